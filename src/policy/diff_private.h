/* policy/diff_private.h - what the parts of policy/diff.h share; for them alone. */
#ifndef SEKISHO_POLICY_DIFF_PRIVATE_H
#define SEKISHO_POLICY_DIFF_PRIVATE_H

#include "base/bits.h"
#include "policy/diff.h"

/* A comparison under way. */
struct diff {
	const struct policy *before, *after;
	struct changes *out;
	struct change lost; /* stands in for a change when memory has run out */
};

/*
 * A new change of CODE in D about the fact at the path made by FORMAT; never NULL
 * (when memory runs out it is one that is not kept).  D's.
 */
struct change *diff_add(struct diff *d, enum finding_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds NAME to what C, a change in D, lists. */
void diff_more(struct diff *d, struct change *c, struct change_name name);

/* Makes the item with the number NUMBER one of those that C, a change in D, reaches. */
void diff_reach(struct diff *d, struct change *c, uint32_t number);

/* The name TEXT of P, or the plain words ID where it is empty. */
struct change_name diff_name(const struct policy *p, struct policy_text text, struct str id);

/* What node N of P, a text or a map by language, says; or the plain words ID. */
struct change_name diff_name_node(const struct policy *p, const struct node *n, struct str id);

/* The thing with the registry number NUMBER in P, of item NUMBER in K, or NULL.  The policy's. */
const struct policy_purpose *diff_purpose(const struct policy *p, uint32_t number);
const struct policy_category *diff_category(const struct policy *p, uint32_t number);
const struct policy_consent *diff_consent(const struct policy *p, uint32_t number);
const struct policy_arrangement *diff_arrangement(const struct policy *p, uint32_t number);
const struct policy_item *diff_item(const struct policy_category *k, uint32_t number);

/* True when one of the N purposes in LIST of P has the number NUMBER. */
bool diff_lists(const struct policy *p, const int *list, size_t n, uint32_t number);

/* Items that the policy P says in N USES. */
struct diff_items {
	const struct policy *p;
	const struct policy_uses *uses;
	size_t n;
};

/* Lists in C, a change in D, each item that X has and Y lacks, and makes C reach it; NULL only counts.  Gives how many. */
size_t diff_extra(struct diff *d, struct diff_items x, struct diff_items y, struct change *c);

/* The parts, each with its changes in D. */
void diff_purposes(struct diff *d);
void diff_categories(struct diff *d);
void diff_sharing(struct diff *d);
void diff_consents(struct diff *d);
void diff_requests(struct diff *d);

#endif
