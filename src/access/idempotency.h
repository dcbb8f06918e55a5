/*
 * access/idempotency.h - calls that are repeated with the same Idempotency-Key.
 *
 * A key belongs to an actor and is kept for a day with a hash of the first call,
 * its address and body, and with its answer, which never holds a personal value.
 * The hashes are keyed, for a body holds personal values that could be guessed
 * from a plain one.  It is stored in the same commit as what the call did.
 */
#ifndef SEKISHO_ACCESS_IDEMPOTENCY_H
#define SEKISHO_ACCESS_IDEMPOTENCY_H

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"
#include "vault/token.h"

enum { IDEMPOTENCY_HASH = VAULT_CALL_HASH };

struct idempotency {
	bool set; /* the call has a key */
	unsigned char key[IDEMPOTENCY_HASH], body[IDEMPOTENCY_HASH]; /* keyed hashes; body: of address and body */
};

/* What an earlier call with this key was answered. */
struct idempotency_answer {
	bool found, other_body;
	int status;
	struct str answer; /* JSON */
};

/* A call as it came. */
struct idempotency_call {
	struct str key; /* its Idempotency-Key, or empty */
	struct str path, body;
};

/* Makes *OUT of CALL with the keys of V; not set when CALL has no key. */
void idempotency_make(struct vault *v, const struct idempotency_call *call, struct idempotency *out);

/* Looks in D for an earlier call of ACTOR with I's key: *OUT, texts in A.  Fails with database, out_of_memory. */
result idempotency_find(struct db *d, uint32_t actor, const struct idempotency *i, struct arena *a,
			struct idempotency_answer *out, struct error *e);

/* What is kept of a call. */
struct idempotency_row {
	uint32_t actor;
	int status;
	struct str answer;
	moment made;
};

/* Keeps ROW under I's key in D's open write transaction; nothing when I is not set.  Fails with duplicate, database, storage_unavailable. */
result idempotency_put(struct db *d, const struct idempotency *i, const struct idempotency_row *row, struct error *e);

/* Forgets in D's open write transaction what was kept before BEFORE.  Fails with database, storage_unavailable. */
result idempotency_forget(struct db *d, moment before, struct error *e);

#endif
