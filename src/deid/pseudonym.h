/*
 * deid/pseudonym.h - pseudonymously processed information of a table (APPI 41, Rule 31).
 *
 * Columns that identify become tokens or are left out, dates of one person move
 * by the same number of days, and in what is kept each cell that still holds an
 * identifier, an identification code or a card number is emptied and counted.  A
 * token is random, or keyed by a secret key; it is never computed from the value
 * alone, so that nobody can try values out.
 *
 * What was removed (each token's value, the keys) is sealed under a key of its
 * own, apart from the table: only it leads back.
 *
 * The table is read and written as a stream; what grows is the list of different
 * values that became tokens.
 */
#ifndef SEKISHO_DEID_PSEUDONYM_H
#define SEKISHO_DEID_PSEUDONYM_H

#include <jansson.h>

#include "base/outfile.h"
#include "base/source.h"
#include "crypto/crypto.h"

struct deid_pseudonym_names {
	const struct str *at;
	size_t n;
};

struct deid_pseudonymize {
	const char *input; /* what messages call it */
	char separator;
	struct deid_pseudonym_names tokens;  /* columns whose values become tokens */
	struct deid_pseudonym_names dates;   /* whose days move */
	struct deid_pseudonym_names keep;
	struct deid_pseudonym_names removed; /* left out */
	struct str person;   /* the column that tells whose row it is; needed for dates */
	unsigned most_days;  /* that a date moves, either way; at least 1 */
	bool keyed;	     /* tokens by `key` instead of random ones */
	struct crypto_key key; /* for keyed tokens and for the days */
	const struct entropy *entropy;
};

/* What was done, and what leads back. */
struct deid_pseudonymized {
	uint64_t rows;
	uint64_t tokens;
	uint64_t emptied; /* cells of kept columns */
	json_t *view;	  /* the report */
	struct buf removed; /* the removed information, JSON lines; a secret */
};

/*
 * Reads SOURCE (UTF-8) as J says and appends the pseudonymized table to F; *P is
 * freed by deid_pseudonymized_free whatever the outcome, and F is to be dropped
 * when this fails.  Fails with malformed, column_unknown (a column missing or not
 * declared), item_invalid (a date that is none, a kept column of credentials),
 * usage, io, out_of_memory, and as the source does.
 */
result deid_pseudonymize(const struct deid_pseudonymize *j, struct source source, struct outfile *f,
			 struct deid_pseudonymized *p, struct error *e);

/* Wipes and frees what P holds. */
void deid_pseudonymized_free(struct deid_pseudonymized *p);

/*
 * Appends to OUT the TEXT sealed under KEY with a nonce from ENTROPY, as a file
 * of its own: "SKREM1" and two zero bytes, the nonce, the sealed bytes.  Fails
 * with out_of_memory.
 */
result deid_removed_seal(const struct crypto_key *key, const struct entropy *entropy, struct str text, struct buf *out,
			 struct error *e);

/* Opens FILE, what deid_removed_seal made, with KEY and appends the text to OUT.  Fails with key_invalid, out_of_memory. */
result deid_removed_open(const struct crypto_key *key, struct str file, struct buf *out, struct error *e);

#endif
