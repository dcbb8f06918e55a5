/*
 * access/read.h - reading one person's values, and their history.
 */
#ifndef SEKISHO_ACCESS_READ_H
#define SEKISHO_ACCESS_READ_H

#include "access/op.h"
#include "vault/read.h"

/* One value that another has replaced. */
struct read_old {
	const struct policy_item *item;
	struct str json; /* canonical */
	moment at;	 /* written */
	moment replaced;
	uint32_t version, actor;
};

/* Given: all down to exports.  Made, in op.arena: the rest. */
struct op_read {
	struct op op;
	struct str subject;  /* id as sent; what is none is nobody */
	struct str category; /* id */
	struct str items;    /* ids joined by commas; empty: all that the purpose uses */
	bool history;	     /* the old values instead of the present ones */
	bool exports;	     /* it is one of many: action and kind are export */

	struct uuid id;
	const struct policy_category *in; /* NULL when there is none */
	struct gate_verdict verdict;
	struct uuid approval;	 /* that is wanted (approval_required); else nil */
	uint32_t version;	 /* of the record: its ETag */
	const struct str *values; /* of the category's items by position, canonical JSON; {NULL, 0}: no value */
	const struct read_old *old; /* with history: by item and version */
	size_t n_old;
};

/* Makes R ready; the asker then fills in what is given. */
void op_read_init(struct op_read *r);

#endif
