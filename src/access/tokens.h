/*
 * access/tokens.h - who may ask: bearer tokens and the actors they stand for.
 *
 * The table is in memory, filled from the database at start; a token made or
 * revoked holds for every answer sent after the command returned, because a
 * revocation counts the gate's epoch up.  A token itself is never kept, only
 * its keyed hash.
 *
 * Also here: how many persons an actor has asked for within the hour, and how
 * many requests within the second (T12).
 *
 * Threads: any.
 */
#ifndef SEKISHO_ACCESS_TOKENS_H
#define SEKISHO_ACCESS_TOKENS_H

#include "base/clock.h"
#include "base/result.h"
#include "base/str.h"

enum { TOKEN_HASH = 32, TOKEN_NAME = 200 };

struct tokens;

/* The actor behind a token, as copied out for one operation. */
struct token_actor {
	uint32_t number; /* "a7" in the log; 0: nobody, 1: the system itself */
	uint32_t role;	 /* registry number; 0 for the system */
	struct uuid person;
	moment expires; /* MOMENT_NONE: never */
	bool revoked;
};

/* Makes an empty table in *OUT, the caller's to free with tokens_free.  Fails with out_of_memory. */
result tokens_new(struct tokens **out, struct error *e);

/* Frees T; NULL is nothing. */
void tokens_free(struct tokens *t);

/* Puts ACTOR with its token's keyed HASH into T, replacing an actor of the same number.  Fails with out_of_memory. */
result tokens_put(struct tokens *t, const unsigned char hash[TOKEN_HASH], const struct token_actor *actor, struct error *e);

/* Finds the actor of HASH into *OUT; false when there is none.  Expired and revoked ones are found. */
bool tokens_find(struct tokens *t, const unsigned char hash[TOKEN_HASH], struct token_actor *out);

/* Finds actor NUMBER as it is now into *OUT; false when there is none. */
bool tokens_actor(struct tokens *t, uint32_t number, struct token_actor *out);

/* Revokes actor NUMBER of T; false when there is none. */
bool tokens_revoke(struct tokens *t, uint32_t number);

/* One request of an actor, to be counted. */
struct token_asking {
	uint32_t actor;		 /* number */
	const struct uuid *keys; /* of the persons (or blind indexes) asked for */
	size_t n;
	uint64_t requests_per_second, persons_per_hour; /* limits of its role; 0: none */
	int64_t now_ms; /* monotonic */
};

/*
 * Counts A in T.  True when it is within its limits; a person asked for again
 * within the hour counts once.  What exceeds a limit is not counted on top.
 * *RETRY_MS is, when false, how long until it may succeed.
 */
bool tokens_count(struct tokens *t, const struct token_asking *a, int64_t *retry_ms);

#endif
