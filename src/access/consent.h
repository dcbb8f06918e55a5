/*
 * access/consent.h - consents given and withdrawn (T7), and the age that a consent may hang on.
 */
#ifndef SEKISHO_ACCESS_CONSENT_H
#define SEKISHO_ACCESS_CONSENT_H

#include "access/record.h"
#include "access/ask.h"
#include "access/op.h"
#include "vault/change.h"

/* Given: subject, consent (its birth date is found here).  Made: the rest. */
struct op_consent {
	struct op op;
	struct str subject; /* id as sent */
	struct gate_consent consent;
	struct str guardian, proof; /* with by_guardian: who, and by what it was shown; sealed as the entry's reason */

	struct uuid id;
	struct vault_change *change;
	uint32_t withdrawn; /* registry number of the consent that is withdrawn; 0: none is */
};

/* Makes C ready; the asker then fills in what is given. */
void op_consent_init(struct op_consent *c);

/*
 * The birth date of ASK's person, where the policy names one for CONSENT and it
 * is held, into *OUT, else DATE_NONE.  It is opened by C for this check alone.  Fails
 * with seal_broken, database, out_of_memory.
 */
result consent_birth(struct op *op, const struct op_context *c, const struct ask *ask,
		     const struct policy_consent *consent, date *out, struct error *e);

/* Reads JSON, the canonical value of a date, into *OUT; DATE_NONE when it is none. */
void consent_birth_of(struct str json, date *out);

/*
 * Adds to R, the record of OP in C, what was shown to whoever gave G: version,
 * language and hash of the wording, and how it came in; nothing when G withdraws.
 * Fails with out_of_memory.
 */
result consent_record(struct record *r, struct op *op, const struct op_context *c, const struct gate_consent *g,
		      struct error *e);

#endif
