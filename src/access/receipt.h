/*
 * access/receipt.h - what a person consented to, with the entries that prove it.
 */
#ifndef SEKISHO_ACCESS_RECEIPT_H
#define SEKISHO_ACCESS_RECEIPT_H

#include "access/trace.h"

/* Given: trace.subject, consent.  Made: the rest. */
struct op_receipt {
	struct op_trace trace;
	struct str consent; /* id */

	struct person_consent state;	     /* as it stands */
	const struct policy *shown;	     /* the version whose wording was shown; op.gated keeps it */
	const struct policy_consent *wording; /* in that version */
	const struct trace_use *events;	     /* entries of giving and withdrawing it, newest first */
	size_t n_events;
};

/* Makes R ready; the asker then fills in what is given. */
void op_receipt_init(struct op_receipt *r);

#endif
