/*
 * deid/links.h - does a column that leaves follow from one that is left out?
 *
 * While a table is read, each identifying column is compared with each that leaves
 * as it is.  Two things are found: that each value of one goes with one value of
 * the other, however the code was made (a number by order, a hash, a token), and
 * that the values are the identifying column's own.
 *
 * Values are compared by hashes of 64 bits.  Of a left-out column's own values a
 * share is kept that is drawn by hash, so that memory does not grow with the rows.
 * One thread uses it.
 */
#ifndef SEKISHO_DEID_LINKS_H
#define SEKISHO_DEID_LINKS_H

#include "base/result.h"
#include "deid/dict.h"

struct deid_links;

enum {
	DEID_LINK_MANY = 20,   /* different values, from which on it is no accident */
	DEID_LINK_NEARLY = 90, /* of a hundred values */
};

struct deid_link {
	size_t column; /* places in the table */
	size_t key;    /* of the one that is left out */
	bool same_values; /* else one to one */
};

/* Compares KEYS columns that are left out with OTHERS that leave; NULL without memory.  Freed by deid_links_free. */
struct deid_links *deid_links_make(size_t keys, size_t others);

/* Frees L (NULL is fine). */
void deid_links_free(struct deid_links *l);

/* Notes in L that the row at hand has the text VALUE in key number KEY.  Fails with out_of_memory. */
result deid_links_key(struct deid_links *l, size_t key, struct str value, struct error *e);

/* Notes in L that the row at hand, whose keys are noted, has the value number CODE in the other column number OTHER.
 * Fails with out_of_memory. */
result deid_links_other(struct deid_links *l, size_t other, uint32_t code, struct error *e);

/* True when each value of the column OTHER of L went with one of the key KEY and the other way, and they were many; to be
 * asked once, when all rows are noted. */
bool deid_links_one_to_one(struct deid_links *l, size_t key, size_t other);

/* True when nearly all of the N texts VALUE are values that the key KEY of L has, and they are many. */
bool deid_links_same_values(const struct deid_links *l, size_t key, const struct str *value, uint32_t n);

#endif
