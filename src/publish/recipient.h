/*
 * publish/recipient.h - what goes with an anonymized set to its recipient (APPI 43(4), Enforcement Rules 37).
 *
 * Made of the policy's facts: that it is anonymously processed information, whose
 * and which items it has, how it was processed and is provided, and what the
 * recipient's duties are (44 to 46).
 */
#ifndef SEKISHO_PUBLISH_RECIPIENT_H
#define SEKISHO_PUBLISH_RECIPIENT_H

#include "policy/policy.h"

/* What is provided, and to whom. */
struct recipient_letter {
	const struct policy *policy;
	const struct policy_derived *set;
	struct str recipient; /* organization's id */
	struct str means;     /* "email"; empty: as declared */
	date on;
	uint32_t release;     /* its number; 0: not said */
	uint64_t records;
};

/* Appends to OUT the statement that L describes, plain text in LANGUAGE (an index of its policy's).  Fails with out_of_memory. */
result recipient_statement(const struct recipient_letter *l, size_t language, struct buf *out, struct error *e);

/*
 * Appends to OUT, in LANGUAGE, where the items of SET of P are published: the
 * version, its date, and the clause that tells of it.
 */
void recipient_published(const struct policy *p, const struct policy_derived *set, size_t language, struct buf *out);

#endif
