/*
 * deid/rule.h - hierarchies made by a rule of the values that appear.
 *
 * A rule is written as a name with arguments:
 *
 *   bands(5,10,20)                  whole numbers in bands, each width a multiple of the one before
 *   bands(5,10,bottom=15,top=90)    and all below 15 and from 90 on joined from the first band on
 *   date(month,quarter,year,decade) days written 2024-05-31 or 2024/05/31, any of the four units
 *   mask(right) mask(left,2)        characters hidden from one end, so many more at each level
 *   prefecture                      Japanese addresses: prefecture, then region
 *   list(A:x|y|z,B:v|w)             a code list: values named, each in a group
 *
 * Above the last level all values are one, "*".
 */
#ifndef SEKISHO_DEID_RULE_H
#define SEKISHO_DEID_RULE_H

#include "deid/hierarchy.h"

struct deid_rule;

/* True when TEXT has the form of a rule, right or wrong, rather than of a file name. */
bool deid_rule_looks_like(struct str text);

/*
 * Makes *R of the rule TEXT; it lives in A.  Fails with hierarchy_invalid and
 * says what would be right, and with out_of_memory.
 */
result deid_rule_parse(struct arena *a, struct str text, const struct deid_rule **r, struct error *e);

/* True when R can place VALUE. */
bool deid_rule_accepts(const struct deid_rule *r, struct str value);

/* True when ADDRESS begins with the name of a prefecture, *PREFECTURE, of the region *REGION; both are static. */
bool deid_rule_prefecture(struct str address, struct str *prefecture, struct str *region);

/* Appends to B what R makes of VALUE, which it accepts, STEP steps above the first level. */
void deid_rule_label(const struct deid_rule *r, unsigned step, struct str value, struct buf *b);

/* True when the levels that R makes, and how many, do not depend on the values that there are. */
bool deid_rule_is_fixed(const struct deid_rule *r);

/* What R expects of a value, a sentence for messages.  Static. */
const char *deid_rule_expects(const struct deid_rule *r);

/*
 * Makes *H of the values of D by R; the leaves keep D's numbers.  *H is freed by
 * deid_hierarchy_free whatever the outcome.  Each value was accepted by R.
 * Fails with out_of_memory, and with hierarchy_invalid when R would need too
 * many levels.
 */
result deid_rule_apply(const struct deid_rule *r, const struct deid_dict *d, struct deid_hierarchy *h, struct error *e);

#endif
