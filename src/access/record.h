/*
 * access/record.h - an operation's entry in the log (docs/formats-log.md).
 *
 * What an entry says is what the answer says and no more: kind, actor, role,
 * purpose, category, items allowed and withheld, result; of the person only the
 * MAC of the entry's nonce under the person's log key, or random bytes where
 * there is nobody.
 */
#ifndef SEKISHO_ACCESS_RECORD_H
#define SEKISHO_ACCESS_RECORD_H

#include "access/ask.h"
#include "evidence/entry.h"

enum { RECORD_FACTS = 16 };

struct record {
	enum entry_kind kind;
	const struct ask *ask; /* NULL: by the system itself, about nobody */
	const struct gate_verdict *verdict; /* its items, or NULL for what is on the whole person */
	const struct vault_person *person;  /* instead of the ask's */
	bool no_subject;		    /* it concerns nobody: no subject in the entry */
	/* several persons in one entry (a look-up) */
	bool several;
	const struct vault_person *const *persons;
	size_t n_persons;
	struct entry_fact facts[RECORD_FACTS]; /* in the order of facts.def */
	size_t n_facts;
};

/* Adds to R a fact KEY, in the order of facts.def: TEXT (none when empty), or a NUMBER. */
void record_text(struct record *r, enum entry_fact_key key, struct str text);
void record_number(struct record *r, enum entry_fact_key key, int64_t number);

/*
 * Adds to R the fact that the wording VERSION was shown in LANGUAGE ("3/ja"), in
 * OP's arena.  Fails with out_of_memory.
 */
result record_wording(struct record *r, struct op *op, uint32_t version, struct str language, struct error *e);

/*
 * Adds to OP the entry that R describes, made with the log keys of C.  Refusal or success is taken from
 * op->error and the verdict.  Fails with seal_broken, out_of_memory.
 */
result record_decision(struct op *op, const struct op_context *c, const struct record *r, struct error *e);

#endif
