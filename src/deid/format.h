/*
 * deid/format.h - values that become others of the same form: eight digits become eight digits.
 *
 * Letters and digits are enciphered together by FF1 (crypto/ff1.h); hyphens, blanks
 * and other signs of ASCII stay where they are.  Within a column values stay one to
 * one.
 *
 * A value never becomes one that the detectors (deid/detect.h) take for a telephone
 * number, a card, an individual number or another identifier: what looks like one is
 * enciphered again, until it does not.  That stays one to one because a value
 * that looks like one is not taken in the first place.
 */
#ifndef SEKISHO_DEID_FORMAT_H
#define SEKISHO_DEID_FORMAT_H

#include "crypto/crypto.h"
#include "crypto/ff1.h"

enum deid_format_kind {
	DEID_FORMAT_NONE,
	DEID_FORMAT_DIGITS,	  /* 0-9 */
	DEID_FORMAT_CAPITALS,	  /* 0-9, A-Z */
	DEID_FORMAT_ALPHANUMERIC, /* 0-9, A-Z, a-z */
	DEID_FORMATS,
};

struct deid_format {
	enum deid_format_kind kind;
	struct str name;
	struct ff1 cipher;
};

/* The name of KIND, such as "digits".  Static. */
const char *deid_format_name(enum deid_format_kind kind);

/* The kind called TEXT into *OUT; false when none is. */
bool deid_format_of(struct str text, enum deid_format_kind *out);

/*
 * Makes F encipher values of the column NAME, which has to outlive it, as KIND under
 * KEY.  F is freed by deid_format_free whatever the outcome.  Fails with out_of_memory.
 */
result deid_format_make(struct deid_format *f, enum deid_format_kind kind, struct str name, const struct crypto_key *key,
			struct error *e);

/* Wipes and frees what F holds; one that is all zero is nothing. */
void deid_format_free(struct deid_format *f);

/*
 * Appends to OUT what VALUE, not empty, becomes by F.  Fails with item_invalid when it has a character that F's
 * kind does not take, when there are so few of its form that they could be tried out, or when it looks like an identifier;
 * with out_of_memory.
 */
result deid_format_apply(const struct deid_format *f, struct str value, struct buf *out, struct error *e);

/* Appends to OUT the value that became VALUE by F; fails as deid_format_apply does. */
result deid_format_undo(const struct deid_format *f, struct str value, struct buf *out, struct error *e);

#endif
