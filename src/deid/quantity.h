/*
 * deid/quantity.h - numbers and days as they stand in a table, exactly.
 *
 * A number is written with a point and at most nine decimals, and at most
 * eighteen digits: it is kept as a whole number of its last decimals.  A day is
 * YYYY-MM-DD.  Sums are of 128 bits, so that no table is too long for them.
 */
#ifndef SEKISHO_DEID_QUANTITY_H
#define SEKISHO_DEID_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef __int128 deid_sum;

enum { DEID_DECIMALS = 9 };

struct deid_quantity {
	bool day;
	unsigned decimals; /* as written; 0 for days */
	int64_t n;	   /* in parts of 10^-decimals, or days since 1970-01-01 */
};

/* Reads S as a number or a day into *OUT; false when it is neither. */
bool deid_quantity_parse(struct str s, struct deid_quantity *out);

/* Q in parts of 10^-DECIMALS, which are no fewer than its own. */
deid_sum deid_quantity_in(const struct deid_quantity *q, unsigned decimals);

/* SUM over N, which is above 0, to the nearest whole number; halves go away from 0. */
deid_sum deid_quotient(deid_sum sum, uint64_t n);

/*
 * Appends V, in parts of 10^-DECIMALS, to B, or the day V (DAY).  Zeros at the end
 * are left out down to LEAST decimals.
 */
void deid_quantity_write(struct buf *b, bool day, deid_sum v, unsigned decimals, unsigned least);

#endif
