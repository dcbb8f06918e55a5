/*
 * deid/pseudonym.h - pseudonymously processed information of a table (APPI 41, Rule 31).
 *
 * Columns that identify become tokens, become values of the same form or are left
 * out, dates of one person move by the same number of days, and in what is kept
 * each cell that still holds an identifier, an identification code or a card number
 * is emptied and counted.
 *
 * What was removed (deid/removed.h) goes to a file of its own: only it leads back.
 *
 * The table is read and written as a stream; what grows is the list of different
 * values that became tokens.
 */
#ifndef SEKISHO_DEID_PSEUDONYM_H
#define SEKISHO_DEID_PSEUDONYM_H

#include <jansson.h>
#include <signal.h>

#include "base/outfile.h"
#include "base/source.h"
#include "deid/removed.h"

struct deid_pseudonym_names {
	const struct str *at;
	size_t n;
};

struct deid_pseudonymize {
	const char *input; /* what messages call it */
	char separator;
	struct deid_pseudonym_names tokens;  /* columns whose values become tokens */
	struct deid_pseudonym_names formats; /* whose values become others of the same form, */
	const enum deid_format_kind *kinds;  /* each of which */
	struct deid_pseudonym_names dates;   /* whose days move */
	struct deid_pseudonym_names keep;
	struct deid_pseudonym_names left_out;
	struct str person;		  /* the column that tells whose row it is; needed for dates */
	struct deid_removed *removed;	  /* the key, and what earlier tables removed; what is new is added */
	const struct entropy *entropy;
	const volatile sig_atomic_t *stop; /* NULL, or it ends when this is not 0 */
};

struct deid_pseudonymized {
	uint64_t rows;
	uint64_t tokens;    /* all that the removed information has now */
	uint64_t new_tokens; /* of them, those of this table */
	uint64_t emptied;   /* cells of kept columns */
	json_t *view;	    /* the report */
};

/*
 * Reads SOURCE (UTF-8) as J says and appends the pseudonymized table to F; *P is
 * freed by deid_pseudonymized_free whatever the outcome, and F is to be dropped
 * when this fails.  Fails with malformed, column_unknown (a column missing or not
 * declared), item_invalid (a date that is none, a value whose format cannot be kept,
 * a kept column of credentials), usage (a column declared twice or in another way than
 * before), stopping, io, out_of_memory, and as the source does.
 */
result deid_pseudonymize(const struct deid_pseudonymize *j, struct source source, struct outfile *f,
			 struct deid_pseudonymized *p, struct error *e);

/* Frees what P holds. */
void deid_pseudonymized_free(struct deid_pseudonymized *p);

#endif
