/*
 * deid/checking.h - what the files of the law's checks share.  Not for use outside them.
 */
#ifndef SEKISHO_DEID_CHECKING_H
#define SEKISHO_DEID_CHECKING_H

#include "deid/aggregate.h"
#include "deid/checks.h"

struct checking {
	const struct deid_run *r;
	struct deid_checks *c;
	bool failed_memory;
};

/* Appends CHECK to K's checks with the sentences in DETAIL, which is freed. */
void check_add(struct checking *k, struct deid_check check, struct said *detail);

/*
 * What column C is written with, where it is not generalized: its values, or, with
 * A, one text for each class.
 */

/* Rows of K's output by value of its column C, as A replaces it; in the checks' arena, or NULL, noted in K. */
uint64_t *check_count_values(struct checking *k, const struct deid_column *c, const struct deid_aggregated *a);

/* The number of values that column C of K has, as A replaces it. */
uint32_t check_values_of(const struct checking *k, const struct deid_column *c, const struct deid_aggregated *a);

/* Value I of the column C, as A replaces it.  The run's. */
struct str check_value(const struct deid_column *c, const struct deid_aggregated *a, uint32_t i);

/* Adds to K whether a column of the output is a code that links it to its source. */
void check_links(struct checking *k);

/* Adds to K whether values that stand out are treated. */
void check_peculiar(struct checking *k);

/* Makes the texts to publish and to tell the recipient, of K's columns that leave. */
void check_make_texts(struct checking *k);

/* Adds to K whether those texts name the columns that the output begins with, all of them and no other. */
void check_written(struct checking *k);

#endif
