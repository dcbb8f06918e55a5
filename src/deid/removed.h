/*
 * deid/removed.h - what leads from a pseudonymized table back to people (APPI 41(2), Rule 32: removed information).
 *
 * One secret key, and for each column whose values became tokens the list of
 * values with their tokens.  A token is random, or keyed by the secret key, never
 * computed from the value alone.  From the key come also the days by which a
 * person's dates move and the key of each column whose format is kept.
 *
 * It lies in a file of its own, sealed under a key that is not in it; a later
 * table of the same people goes on from there with the same tokens.
 */
#ifndef SEKISHO_DEID_REMOVED_H
#define SEKISHO_DEID_REMOVED_H

#include "crypto/crypto.h"
#include "deid/dict.h"
#include "deid/format.h"

enum {
	DEID_TOKEN = 16,	    /* bytes, before they are written as text */
	DEID_TOKEN_TEXT = 2 + 22,   /* "p_", then base64url */
	DEID_MOST_DAYS = 3650,
};

/* A column that became tokens, or with a format others of its kind. */
struct deid_removed_column {
	struct str name;
	enum deid_format_kind format; /* DEID_FORMAT_NONE: tokens */
	struct deid_dict values;
	struct buf token; /* DEID_TOKEN bytes for each value, when random */
	struct deid_removed_column *next;
};

struct deid_removed {
	struct arena arena;
	struct crypto_key key;
	bool keyed;	    /* tokens by `key` instead of random ones */
	unsigned most_days; /* that a date moves, either way; 1 to DEID_MOST_DAYS */
	struct deid_removed_column *column, *last;
};

/* Makes R hold no column, and KEY, which tokens and days are made by as KEYED and MOST_DAYS say. */
void deid_removed_init(struct deid_removed *r, const struct crypto_key *key, bool keyed, unsigned most_days);

/* Wipes and frees what R holds; one that is all zero is nothing. */
void deid_removed_free(struct deid_removed *r);

/* The column NAME of R, made with FORMAT when it is not there; NULL when there is no memory.  R's. */
struct deid_removed_column *deid_removed_column(struct deid_removed *r, struct str name, enum deid_format_kind format);

/* Appends to OUT the token of VALUE in C, a column of R; a new one with randomness from ENTROPY.  Fails with out_of_memory. */
result deid_removed_token(const struct deid_removed *r, struct deid_removed_column *c, struct str value,
			  const struct entropy *entropy, struct buf *out, struct error *e);

/* Days by which R moves the dates of PERSON: never none, the same for all of them. */
int deid_removed_days(const struct deid_removed *r, struct str person);

/* The key into *OUT by which R keeps the format of the column NAME. */
void deid_removed_format_key(const struct deid_removed *r, struct str name, struct crypto_key *out);

/* Appends R to OUT as lines of JSON: the key, then each column's format or tokens.  Fails with out_of_memory. */
result deid_removed_write(const struct deid_removed *r, struct buf *out, struct error *e);

/*
 * Reads into R, which is freed whatever the outcome, what deid_removed_write made: TEXT of the file that messages call NAME.
 * Fails with malformed and the line, or out_of_memory.
 */
result deid_removed_read(struct deid_removed *r, struct str text, const char *name, struct error *e);

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
