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

/* What stands between the elements of a value of several, as treatments take them. */
enum { DEID_ELEMENT_END = 0x1e };

struct deid_treatment {
	struct str item; /* id */
	struct str how;	 /* "keep", "digits(3)", "levels(regions.csv,1,HASH)", or a rule of deid/rule.h with one level */
	bool keep;	 /* values stay as they are */
	const struct deid_rule *rule; /* or NULL */
	bool whole;			    /* the rule takes whole numbers: of others what is below the point goes */
	size_t digits;			    /* characters that are left; 0: all */
	bool by_level;			    /* by a hierarchy file, */
	const struct policy_output *levels; /* whose lines these are; NULL where they are not at hand */
	bool sensitive; /* under l or t: it forms no classes */
};

/*
 * Makes *OUT, in A, of the column O of a policy, about ITEM; O outlives it.  Fails with
 * hierarchy_invalid (what cannot be done here: a version published before the checker refused it), out_of_memory.
 */
result deid_treatment_of(const struct policy_output *o, struct str item, struct arena *a, struct deid_treatment *out, struct error *e);

/* Makes *OUT, in A, of the text HOW about ITEM, without the lines of a hierarchy.  Fails with hierarchy_invalid, out_of_memory. */
result deid_treatment_parse(struct str item, struct str how, struct arena *a, struct deid_treatment *out, struct error *e);

/* Appends to B what T makes of VALUE, one element; false when it can make nothing of it. */
bool deid_treat(const struct deid_treatment *t, struct str value, struct buf *b);

/* As deid_treat with T and B for ELEMENTS, between them DEID_ELEMENT_END; in B a bar stands between them. */
bool deid_treat_all(const struct deid_treatment *t, struct str elements, struct buf *b);

#endif
