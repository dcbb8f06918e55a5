/*
 * access/erase.h - erasing a person, a category, or what is due (T8, T9).
 *
 * What a hold or an `at_least` keeps is not erased: it is suspended for every
 * purpose and erased by itself once nothing keeps it.  The answer is a
 * certificate: what is gone now, and the date from which no backup of keys can
 * open a copy.  With the values go the rows of pseudonymized sets that were made
 * of them: what is erased serves nowhere any more, though the law would let such
 * rows stay (APPI 41(9)).
 */
#ifndef SEKISHO_ACCESS_ERASE_H
#define SEKISHO_ACCESS_ERASE_H

#include "access/op.h"
#include "vault/change.h"
#include "vault/keys.h"

/* Given: all down to due.  Made: the rest. */
struct op_erase {
	struct op op;
	struct str subject; /* id as sent */
	struct str basis;   /* request, not_needed, law */
	const struct str *categories; size_t n_categories; /* ids; none: all */
	bool keep_objection; /* leave keyed hashes of contact values, so that the objection lives on (T9) */
	bool due;	     /* by the housekeeper: only values whose keeping is over; not decided, but recorded */

	struct uuid id;
	bool whole;	   /* the person is gone */
	bool keeps;	   /* something is kept for now: 202 */
	size_t erased, kept; /* values */
	uint32_t *gone;	     /* registry numbers of the items erased */
	uint64_t set_rows;   /* of pseudonymized sets, that went with them */
	struct vault_finality finality;
	struct vault_change *change;
};

/* Makes X ready; the asker then fills in what is given. */
void op_erase_init(struct op_erase *x);

/* Appends to OUT `,"final":{"key_until","copies_until"}`: how final F is, as every certificate says it. */
void erase_answer_final(const struct vault_finality *f, struct buf *out);

#endif
