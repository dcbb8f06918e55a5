/* policy/check.h - what the checks of meaning share; for policy/ alone. */
#ifndef SEKISHO_POLICY_CHECK_H
#define SEKISHO_POLICY_CHECK_H

#include "base/bits.h"
#include "policy/compile.h"
#include "policy/words.h"

/* An id for "%.*s". */
#define ID(s) (int)(s).n, (s).p

/* The node of thing ID under SECTION ("roles"); NULL when there is none.  The policy's. */
static inline const struct node *check_node(const struct compile *c, const char *section, struct str id)
{
	return node_find(node_get(c->p->root, section), id);
}

/* The place of the value under KEY of N, or of N when it has none. */
struct place check_place(const struct node *n, const char *key);

/* The place of element NAME in the list or map N, or of N. */
struct place check_place_of(const struct node *n, struct str name);

/* The items of CATEGORY among the N_USES of USES, or NULL.  The policy's. */
const uint64_t *check_uses(const struct policy_uses *uses, size_t n_uses, int category);

/* True when purpose PURPOSE uses item ITEM of CATEGORY. */
bool check_purpose_uses(const struct policy *p, int purpose, int category, size_t item);

/* True when NUMBER is in the COUNT numbers of LIST. */
bool check_has(const int *list, size_t count, int number);

/* True when one of the items in the N_USES of USES is of class CLASS_; *ITEM is the first. */
bool check_class(const struct policy *p, const struct policy_uses *uses, size_t n_uses, enum data_class class_,
		 const struct policy_item **item);

/* Reports that the map N lacks KEY, which WHY asks for. */
void check_missing(struct compile *c, const struct node *n, const char *key, const char *why);

/* Reports that role ROLE (POLICY_NONE: reported before), named at AT, may not approve. */
void check_approver(struct compile *c, int role, struct place at);

/* Checks the columns of the set O at SET: treatments, and what its models ask for. */
void check_outputs(struct compile *c, const struct policy_derived *o, const struct node *set);

#endif
