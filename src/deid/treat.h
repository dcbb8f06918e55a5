/*
 * deid/treat.h - how one column of a declared set is written: as it is, or coarser.
 *
 * A treatment is made of what the policy says (`{bands: 10, top: 80}`) and kept as
 * one text (`bands(10,top=80)`), by which the same values are written the same way
 * years later, when an earlier release is looked at again.
 */
#ifndef SEKISHO_DEID_TREAT_H
#define SEKISHO_DEID_TREAT_H

#include "deid/rule.h"
#include "policy/policy.h"

struct deid_treatment {
	struct str item; /* id */
	struct str how;	 /* "keep", "digits(3)", or a rule of deid/rule.h with one level */
	const struct deid_rule *rule; /* NULL: keep or digits */
	size_t digits;	 /* characters that are left; 0: all */
};

/* Appends to B the rule, as deid/rule.h has it, for the bands that N asks for: `bands`, `bottom`, `top`. */
void deid_treat_bands(const struct node *n, struct buf *b);

/*
 * Makes *OUT, in A, of what N, a node of `output` about ITEM, says.  Fails with
 * hierarchy_invalid (what cannot be done here: a hierarchy file), out_of_memory.
 */
result deid_treatment_of(const struct node *n, struct str item, struct arena *a, struct deid_treatment *out, struct error *e);

/* Makes *OUT, in A, of the text HOW about ITEM.  Fails with hierarchy_invalid, out_of_memory. */
result deid_treatment_parse(struct str item, struct str how, struct arena *a, struct deid_treatment *out, struct error *e);

/* Appends to B what T makes of VALUE; false when it can make nothing of it. */
bool deid_treat(const struct deid_treatment *t, struct str value, struct buf *b);

#endif
