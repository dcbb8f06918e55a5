/*
 * access/request.h - requests of persons, as the gate needs them (T9).
 *
 * The desk keeps its cases elsewhere; here is only what opens a person's data to
 * the role that answers: whose request, of which kind, identified or closed.
 */
#ifndef SEKISHO_ACCESS_REQUEST_H
#define SEKISHO_ACCESS_REQUEST_H

#include "base/arena.h"
#include "db/db.h"
#include "policy/policy.h"

enum person_request_state { PERSON_REQUEST_RECEIVED, PERSON_REQUEST_IDENTIFIED, PERSON_REQUEST_CLOSED };

struct person_request {
	bool exists;
	struct uuid id, subject;
	enum request_kind kind;
	enum person_request_state state;
	struct str by, channel; /* who asks ("self", "proxy"), how it came in */
	moment received;
	struct str document; /* kind of document that identified the person; empty before */
	moment identified, closed; /* MOMENT_NONE before */
};

/* Loads request ID from D into *OUT, texts in A; not there gives exists = false and success.  Fails with database, out_of_memory. */
result person_request_load(struct db *d, const struct uuid *id, struct arena *a, struct person_request *out,
			   struct error *e);

/* Stores R, new, in D's open write transaction.  Fails with duplicate, database, storage_unavailable. */
result person_request_put(struct db *d, const struct person_request *r, struct error *e);

/* Stores R's state, document and times anew in D's open write transaction.  Fails with database, storage_unavailable. */
result person_request_update(struct db *d, const struct person_request *r, struct error *e);

#endif
