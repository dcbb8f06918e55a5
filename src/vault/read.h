/*
 * vault/read.h - persons and records as they are loaded, values as they are opened.
 *
 * Loading opens nothing: a loaded person is the verified state, a loaded record
 * is sealed.  Values are opened one by one, only those that are asked for.  All
 * of it runs in a transaction that the caller has, so that person and record are
 * of one moment.  What is given lies in the arena; plaintext belongs into an
 * arena that wipes.
 *
 * A record belongs to a person's state: the state says which version of the
 * record there is and in which version each value was written, so an older
 * record or value put back does not open.  An older state together with its
 * older records does verify: only the log tells (docs/formats-vault.md).
 */
#ifndef SEKISHO_VAULT_READ_H
#define SEKISHO_VAULT_READ_H

#include "gate/person.h"
#include "vault/vault.h"

enum {
	VAULT_LOG_KEY = 16,
	VAULT_WRAPPED_LOG_KEY = 48, /* 16 nonce, 16 key, 16 tag */
	VAULT_WRAPPED_KEY = 64,	    /* 16 nonce, 32 key, 16 tag */
	VAULT_WRITE_NONCE = 16,
};

/*
 * What reading needs: a connection with an open transaction, and the arena for
 * all that is given.  One for each request; plaintext lies in ARENA too, so it
 * wipes.
 */
struct vault_reader {
	struct vault *vault;
	struct db *db;
	struct arena *arena;
};

struct vault_person {
	bool exists;
	struct uuid id;
	struct person_state state; /* state.exists as exists */
	uint32_t revision;	   /* of the state: counts from 1 with every change */
	const uint32_t *versions;  /* of the record of each of state.categories */
	uint32_t epoch;		   /* of the KEK of the log key */
	unsigned char log_key[VAULT_WRAPPED_LOG_KEY];
};

/* One write of values: who, when, why. */
struct vault_write {
	uint32_t version; /* of the record, from this write on; the version of each value that it wrote */
	moment at;
	uint32_t actor;
	struct uuid reason; /* of a sealed text, or nil */
	unsigned char nonce[VAULT_WRITE_NONCE];
};

/* One sealed value. */
struct vault_item {
	uint32_t item; /* registry number */
	const struct vault_write *write;
	struct str sealed; /* empty: only the hashes are kept (vault_put.key_only), there is no value */
	const unsigned char (*hashes)[16]; /* in the blind index */
	size_t n_hashes;
};

struct vault_record {
	bool exists;
	struct uuid person;
	uint32_t category;   /* registry number */
	uint32_t version;    /* counts from 1 with every change of values: the ETag */
	uint32_t generation; /* of the key */
	uint32_t epoch;	     /* of the KEK */
	unsigned char key[VAULT_WRAPPED_KEY];
	const struct vault_write *writes;
	size_t n_writes;
	const struct vault_item *items; /* by ascending item */
	size_t n_items;
};

/* One value that another has replaced, or that was taken out. */
struct vault_old_value {
	struct vault_item value; /* without hashes */
	moment replaced;
};

struct vault_history {
	const struct vault_old_value *values; /* by item, then version, ascending */
	size_t n;
};

/*
 * Loads the person ID by FROM into *OUT; nobody there gives exists = false and
 * success.  Fails with seal_broken (the state does not verify), database,
 * out_of_memory.
 */
result vault_load_person(const struct vault_reader *from, const struct uuid *id, struct vault_person *out,
			 struct error *e);

/* Whether the person ID is in D: *THERE.  Nothing is verified.  Fails with database. */
result vault_person_there(struct db *d, const struct uuid *id, bool *there, struct error *e);

/* Lists into IDS, of CAP, the persons of D whose id comes after AFTER, in order; *N is how many.  Fails with database. */
result vault_persons_after(struct db *d, const struct uuid *after, struct uuid *ids, size_t cap, size_t *n,
			   struct error *e);

struct vault_revision {
	struct uuid id;
	uint32_t revision; /* as struct vault_person has it */
};

/*
 * Lists into OUT, of CAP, the persons of D whose id comes after AFTER with their
 * revisions, in order; *N is how many.  Nothing is verified.  Fails with database.
 */
result vault_revisions_after(struct db *d, const struct uuid *after, struct vault_revision *out, size_t cap, size_t *n,
			     struct error *e);

/*
 * Loads the record of PERSON in CATEGORY (registry number) by FROM into *OUT; the
 * person not having it gives exists = false and success.  Fails with seal_broken
 * (malformed, missing or of another version than the person's state says),
 * database, out_of_memory.
 */
result vault_load_record(const struct vault_reader *from, const struct vault_person *person, uint32_t category,
			 struct vault_record *out, struct error *e);

/* Loads all old values of R by FROM into *OUT.  Fails with seal_broken, database, out_of_memory. */
result vault_load_history(const struct vault_reader *from, const struct vault_record *r, struct vault_history *out,
			  struct error *e);

/* The sealed value of ITEM (registry number) in R, or NULL.  R's, not to be freed. */
const struct vault_item *vault_item_find(const struct vault_record *r, uint32_t item);

/* One value to open: which, and what it says. */
struct vault_opened {
	uint32_t item;	 /* in: registry number */
	struct str json; /* out: canonical JSON text; {NULL, 0} when the record has no such value */
};

/*
 * Opens the N values named in WANTED of R, a record of PERSON; FROM's connection
 * is not used.  A value of another version than PERSON's state says does not
 * open.  Fails with seal_broken, out_of_memory; then none is given.
 */
result vault_open_items(const struct vault_reader *from, const struct vault_person *person,
			const struct vault_record *r, struct vault_opened *wanted, size_t n, struct error *e);

/*
 * As vault_open_items for the N old VALUES of R, into OUT[0 to N-1]; FROM's
 * connection is not used.  Fails with seal_broken, out_of_memory.
 */
result vault_open_history(const struct vault_reader *from, const struct vault_record *r,
			  const struct vault_old_value *values, size_t n, struct vault_opened *out, struct error *e);

#endif
