/*
 * deid/earlier.h - what earlier releases say of the people that a release is made of.
 *
 * They are read from the instance with the treatments that they had, each person
 * in the table is written as they would have written it, and what all of them and
 * the new one together tell apart is measured (deid/narrow.h).
 */
#ifndef SEKISHO_DEID_EARLIER_H
#define SEKISHO_DEID_EARLIER_H

#include "access/access.h"
#include "deid/narrow.h"
#include "deid/release.h"
#include "policy/set.h"

/* The release that is made, and where earlier ones are. */
struct deid_earlier_ask {
	struct access_reader *reader;
	const struct policy_set *policies; /* all versions */
	const struct policy_derived *set;
	const struct deid_treatment *columns;
	size_t n_columns;
	struct deid_names models;
};

struct earlier_release;
struct earlier_watch;

struct deid_earlier {
	struct arena *arena;
	struct deid_earlier_ask ask;
	struct earlier_release *at;
	size_t n;
	struct earlier_watch *watch;
	struct deid_narrowing narrowing;

	/* of the person at hand */
	struct buf *written; /* by earlier release, then by watched column */
	struct str *views;   /* the same */
	struct buf key;
};

/*
 * Makes X ready to compare with the earlier releases that ASK tells of, all of it in
 * A but for what deid_earlier_free frees, whatever the outcome.  Fails with
 * set_narrowed (one has a column that this one lacks: what both together tell
 * cannot be measured), malformed, model_invalid, database, out_of_memory.
 */
result deid_earlier_load(struct deid_earlier *x, const struct deid_earlier_ask *ask, struct arena *a, struct error *e);

/*
 * Adds to X a person with VALUES (by column, elements as treatments take them), whom
 * this release would write as KEY.  Fails with out_of_memory.
 */
result deid_earlier_add(struct deid_earlier *x, struct str key, const struct buf *values, struct error *e);

/* Puts what X's releases and R, which is made by RUN, together tell into RUN's figures.  Fails with out_of_memory. */
result deid_earlier_measure(const struct deid_earlier *x, const struct deid_release *r, struct deid_run *run, struct error *e);

/* Frees what X holds. */
void deid_earlier_free(struct deid_earlier *x);

#endif
