/*
 * vault/vault.h - the only folder that sees keys and plaintext.
 *
 * The vault keeps persons: their state, their records by category, the keys that
 * open them, blind indexes, tokens, sealed texts.  It decides nothing and logs
 * nothing: access/ is its only caller.  Everything that it reads from the
 * database is taken as written by an enemy: bounds are checked, states carry a
 * MAC, values are sealed with what they belong to as associated data.
 *
 * The headers: vault.h (the instance and its root key), keys.h (key-encryption
 * keys by epoch), read.h (load and open), change.h (prepare and store), index.h
 * (look-up), value.h (types), text.h, token.h, refs.h, outside.h.  Every format
 * stands byte for byte in docs/formats-vault.md.
 *
 * Ownership: a vault is its opener's; what its functions give lies in the arena
 * that they were passed.  Threads: a vault may be used by several threads at
 * once, each with its own connection and arena.
 */
#ifndef SEKISHO_VAULT_VAULT_H
#define SEKISHO_VAULT_VAULT_H

#include "base/clock.h"
#include "base/result.h"
#include "db/db.h"

struct vault;

enum key_source { KEY_FILE, KEY_PASSPHRASE };

/* Where the root key comes from, and what is passed in. */
struct vault_config {
	enum key_source source;
	const char *path; /* key file (64 hex digits), or a file with the passphrase; mode 0600 or less, ours */
	struct clock clock;
	struct entropy entropy;
};

/*
 * Makes the instance's keys as C says in D's open write transaction and gives the vault in
 * *OUT, the caller's to close (also when the transaction is then rolled back).
 * With KEY_FILE a missing file is made; one that is there is taken.
 * Fails with io, key_mode (others can read the file), key_invalid (the file
 * holds no key, or an empty passphrase), duplicate (the database has an
 * instance), database, out_of_memory.
 */
result vault_create(struct db *d, const struct vault_config *c, struct vault **out, struct error *e);

/*
 * Opens the vault of D's instance as C says and loads its key-encryption keys; D is only
 * used during the call.  Gives it in *OUT, the caller's to close.
 * Fails with io, key_mode, key_invalid (the key is another instance's),
 * instance_invalid (D holds no instance), database, out_of_memory.
 */
result vault_open(struct db *d, const struct vault_config *c, struct vault **out, struct error *e);

/* Wipes all keys and frees V; NULL is nothing. */
void vault_close(struct vault *v);

/* The instance's id; V's. */
const struct uuid *vault_instance(const struct vault *v);

#endif
