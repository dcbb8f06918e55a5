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

/* Cases in which the law asks for another act than the change alone tells. */
enum diff_act {
#define X(id, answers, law, since, en, ja) ACT_##id,
#include "policy/change_acts.def"
#undef X
	DIFF_ACTS
};

/* Makes C take the answers, and name the act, of the case ACT. */
void diff_act(struct change *c, enum diff_act act);

/* Adds NAME to what C, a change in D, lists. */
void diff_more(struct diff *d, struct change *c, struct change_name name);

/* Makes the item with the number NUMBER one of those that C, a change in D, reaches. */
void diff_reach(struct diff *d, struct change *c, uint32_t number);

/* The name TEXT of P, or the plain words ID where it is empty. */
struct change_name diff_name(const struct policy *p, struct policy_text text, struct str id);

/* The plain words ID, which mean the same in every language. */
static inline struct change_name diff_plain(struct str id)
{
	return (struct change_name){.plain = id};
}

/* The plain words EN, and JA in Japanese. */
static inline struct change_name diff_words(const char *en, const char *ja)
{
	return (struct change_name){.plain = str_of(en), .plain_ja = str_of(ja)};
}

/* What node N of P, a text or a map by language, says; or the plain words ID. */
struct change_name diff_name_node(const struct policy *p, const struct node *n, struct str id);

/*
 * True when Y reads otherwise than X in a language that both policies have; a change
 * of blanks alone is none.  *FROM and *TO then say it in each language, by what
 * did change where that language stays as it is.
 */
bool diff_reworded(struct change_name x, struct change_name y, struct change_name *from, struct change_name *to);

/* What the list X (or one scalar) names, by word or text, and Y does not, listed in C, a change in D; NULL only counts. */
size_t diff_extra_words(struct diff *d, const struct node *x, const struct node *y, struct change *c);

/* Lists in C, a change in D, each of WORDS whose bit is in BITS. */
void diff_more_bits(struct diff *d, struct change *c, uint32_t bits, const char *const *words);

/* Purposes that a thing of the policy P names. */
struct diff_served {
	const struct policy *p;
	const int *list;
	size_t n;
};

/* Lists in C, a change in D, each purpose of X that Y lacks; NULL only counts.  Gives how many. */
size_t diff_extra_purposes(struct diff *d, struct diff_served x, struct diff_served y, struct change *c);

/* As diff_extra_purposes (D, X, Y, C), of the purposes that both policies have: what comes or goes is told as such. */
size_t diff_extra_lasting(struct diff *d, struct diff_served x, struct diff_served y, struct change *c);

/* Appends NAME to B: in Japanese when JA, else in English. */
void diff_say(const struct change_name *name, bool ja, struct buf *b);

/* What LENGTH is called, such as "30 days"; D's. */
struct change_name diff_length(struct diff *d, struct duration length);

/* What clock C of P says, for people; D's. */
struct change_name diff_clock(struct diff *d, const struct policy *p, const struct policy_clock *c);

enum longer { AS_LONG, SHORTER, LONGER };

/* How long Y of AFTER keeps, seen from X of BEFORE; a clock that counts from something else may be longer. */
enum longer diff_clocks(const struct policy *before, const struct policy_clock *x, const struct policy *after,
			const struct policy_clock *y);

/* How long the duration Y is, seen from X. */
enum longer diff_lengths(struct duration x, struct duration y);

/* The thing with the registry number NUMBER in P, of item NUMBER in K, or NULL.  The policy's. */
const struct policy_purpose *diff_purpose(const struct policy *p, uint32_t number);
const struct policy_category *diff_category(const struct policy *p, uint32_t number);
const struct policy_consent *diff_consent(const struct policy *p, uint32_t number);
const struct policy_arrangement *diff_arrangement(const struct policy *p, uint32_t number);
const struct policy_channel *diff_channel(const struct policy *p, uint32_t number);
const struct policy_notice *diff_notice(const struct policy *p, uint32_t number);
const struct policy_role *diff_role(const struct policy *p, uint32_t number);
const struct policy_exception *diff_exception(const struct policy *p, uint32_t number);
const struct policy_derived *diff_derived(const struct policy *p, uint32_t number);
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

/* True when a category of P has the item with the number NUMBER. */
bool diff_holds(const struct policy *p, uint32_t number);

/* The parts, each with its changes in D. */
void diff_uses(struct diff *d);
void diff_categories(struct diff *d);
void diff_sharing(struct diff *d);
void diff_consents(struct diff *d);
void diff_requests(struct diff *d);
void diff_held(struct diff *d);
void diff_channels(struct diff *d);
void diff_roles(struct diff *d);
void diff_exceptions(struct diff *d);
void diff_sets(struct diff *d);
void diff_web(struct diff *d);

#endif
