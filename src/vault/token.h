/*
 * vault/token.h - bearer tokens, kept only as keyed hashes; so are repeated calls.
 *
 * A token is `skt_` and 32 random bytes in base64url.  The table in memory that
 * requests are checked against is access's; here are the text, the hash and the
 * rows.
 */
#ifndef SEKISHO_VAULT_TOKEN_H
#define SEKISHO_VAULT_TOKEN_H

#include "vault/vault.h"

enum { VAULT_TOKEN_TEXT = 47, VAULT_TOKEN_HASH = 32, VAULT_TOKEN_MAC = 16, VAULT_TOKEN_NAME = 200, VAULT_CALL_HASH = 16 };

struct vault_token {
	unsigned char hash[VAULT_TOKEN_HASH];
	struct str name;
	uint32_t role;	    /* registry number */
	struct uuid person; /* who it is carried by, or nil */
	uint32_t actor;	    /* of the actor's registry: "a7" in the log */
	moment created;
	moment expires; /* MOMENT_NONE: never */
	moment revoked; /* MOMENT_NONE: it stands */
	unsigned char mac[VAULT_TOKEN_MAC]; /* of all but `revoked` */
};

/* Makes a new token: its text, NUL behind it, into TEXT, its hash into HASH.  The caller wipes TEXT. */
void vault_token_make(struct vault *v, char text[VAULT_TOKEN_TEXT + 1], unsigned char hash[VAULT_TOKEN_HASH]);

/* The hash of the token TEXT as it was sent, into HASH; false when it has not the form of a token. */
bool vault_token_hash(struct vault *v, struct str text, unsigned char hash[VAULT_TOKEN_HASH]);

/*
 * Binds with V's key what T says - name, role, person, actor, dates - to its hash:
 * sets T->mac.  Before it is put; a row that was changed in the database is then
 * no longer genuine.
 */
void vault_token_bind(struct vault *v, struct vault_token *t);

/* True when T, as it was loaded, says what was bound by V; its revocation is not bound. */
bool vault_token_genuine(struct vault *v, const struct vault_token *t);

/*
 * A keyed hash of the N PARTS, one behind the other, into HASH: whether two calls
 * were the same can be told by it, what they said cannot be guessed from it
 * without V's key.
 */
void vault_call_hash(struct vault *v, const struct str *parts, size_t n, unsigned char hash[VAULT_CALL_HASH]);

/* Stores T in D's open write transaction.  Fails with duplicate (a standing token has this name), too_large (the name), database, storage_unavailable. */
result vault_token_put(struct db *d, const struct vault_token *t, struct error *e);

/* Revokes at AT the standing token NAME in D's open write transaction: *FOUND.  Fails with database, storage_unavailable. */
result vault_token_revoke(struct db *d, struct str name, moment at, bool *found, struct error *e);

/* Loads all tokens of D, revoked ones too, into *OUT (the arena A's) and *N, by creation.  Fails with database, out_of_memory. */
result vault_token_load(struct db *d, struct arena *a, const struct vault_token **out, size_t *n, struct error *e);

#endif
