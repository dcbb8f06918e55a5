/*
 * vault/inside.h - the vault from the inside: its keys, wrapping, sealing of items.
 *
 * Only vault/ includes this.  Derived keys are read-only once the vault is open;
 * the KEKs are guarded by a lock that is held for one wrapping at a time.
 */
#ifndef SEKISHO_VAULT_INSIDE_H
#define SEKISHO_VAULT_INSIDE_H

#include <pthread.h>

#include "crypto/crypto.h"
#include "crypto/slab.h"
#include "vault/keys.h"
#include "vault/read.h"
#include "vault/set.h"

struct kek {
	uint32_t epoch;
	moment created;
	struct crypto_key *key; /* the slab's */
};

struct vault {
	/* fixed once open */
	struct uuid instance;
	struct clock clock;
	struct entropy entropy;
	struct key_slab *slab;
	struct crypto_key *instance_key;
	struct crypto_key *wrap_key;	  /* of KEKs */
	struct crypto_key *state_key;	  /* MAC of states */
	struct crypto_key *token_key;	  /* hash of tokens */
	struct crypto_key *index_key;	  /* master of one key per item */
	struct crypto_key *objection_key; /* master of one key per type */
	struct crypto_key *text_key;	  /* texts of nobody in particular */
	/* under LOCK */
	pthread_rwlock_t lock;
	struct kek keks[VAULT_KEKS]; /* by ascending epoch */
	size_t n_keks;
};

/* What a wrapped key opens; the letter is in the associated data. */
enum wrap_kind { WRAP_LOG = 'L', WRAP_DATA = 'D', WRAP_OUTSIDE = 'O', WRAP_SET = 'P', WRAP_LINK = 'X' };

/* What a wrapped key belongs to: it does not unwrap for another. */
struct wrap_place {
	enum wrap_kind kind;
	const struct uuid *subject;
	uint32_t category; /* of a set's keys: the set; 0 for a log key */
	uint32_t number;   /* data: key generation; outside: item; set: run; else 0 */
};

/*
 * Wraps the N bytes (16 or 32) at KEY for AT under the current KEK of V into the
 * 16 + N + 16 bytes at OUT; the epoch is given back.
 */
uint32_t vault_wrap(struct vault *v, const struct wrap_place *at, const void *key, size_t n, unsigned char *out);

/* Unwraps WRAPPED, 16 + N + 16 bytes for AT in EPOCH, into KEY; false, KEY zeroed, when it does not unwrap or the KEK is gone. */
bool vault_unwrap(struct vault *v, uint32_t epoch, const struct wrap_place *at, const unsigned char *wrapped, size_t n,
		  void *key);

/* Wraps WRAPPED, a key of N bytes of AT in *EPOCH, anew under the current KEK, in place, and sets *EPOCH; false when it does not unwrap. */
bool vault_rewrap(struct vault *v, const struct wrap_place *at, unsigned char *wrapped, size_t n, uint32_t *epoch);

/* Derives into *OUT the subkey CONTEXT of the KEK of EPOCH (0: of the current one, whose number is given back); 0 when it is gone. */
uint32_t vault_kek_derive(struct vault *v, uint32_t epoch, const char *context, struct crypto_key *out);

/* True when what was wrapped under EPOCH may still be stored: its KEK is the current one, or was within the grace. */
bool vault_epoch_storable(struct vault *v, uint32_t epoch);

/* Inserts a new random KEK of EPOCH into D's open write transaction.  Fails with database, storage_unavailable. */
result vault_kek_insert(struct vault *v, struct db *d, uint32_t epoch, struct error *e);

/* Unwraps the log key of PERSON into KEY; false when it does not unwrap. */
bool vault_log_key(struct vault *v, const struct vault_person *person, unsigned char key[VAULT_LOG_KEY]);

/* Unwraps the data key of R into *KEY; false when it does not unwrap. */
bool vault_data_key(struct vault *v, const struct vault_record *r, struct crypto_key *key);

/* Opens the link key of SET by FROM into KEY; *THERE is false when it has none.  Fails with seal_broken, database. */
result vault_set_link(const struct vault_reader *from, uint32_t set, bool *there, struct crypto_key *key, struct error *e);

/* Deletes the row at PLACE of RUN from D.  Fails with database, storage_unavailable. */
result vault_set_row_delete(struct db *d, const struct vault_set_run *run, const unsigned char place[VAULT_SET_PLACE],
			    struct error *e);

/* Where the row of the person SUBJECT stands among those of RUN, by the LINK key of its set, into PLACE. */
void vault_set_place(const struct crypto_key *link, const struct vault_set_run *run, const struct uuid *subject,
		     unsigned char place[VAULT_SET_PLACE]);

/* Bytes of a text of N bytes once padded: the next multiple of 16 above N. */
size_t padded_size(size_t n);

/* Pads the N bytes at P, which have room for padded_size(N): 0x80, then zeros. */
void pad_text(unsigned char *p, size_t n);

/* Bytes of the text in the N padded bytes at P; SIZE_MAX when they are not padded. */
size_t unpadded_size(const unsigned char *p, size_t n);

/* Where a value is sealed. */
struct seal_place {
	const struct uuid *subject;
	uint32_t category, item, version, generation;
	const unsigned char *nonce; /* of the write */
};

/* Bytes of a sealed value whose text has N bytes. */
size_t vault_sealed_size(size_t n);

/* Seals JSON at AT under KEY into the vault_sealed_size(JSON.n) bytes at OUT. */
void vault_seal_value(const struct vault *v, const struct crypto_key *key, const struct seal_place *at, struct str json,
		      unsigned char *out);

/*
 * Opens SEALED, which was sealed at AT under KEY, into OUT (SEALED.n bytes) and
 * gives its text in *JSON, part of OUT; false when it does not open.
 */
bool vault_open_value(const struct vault *v, const struct crypto_key *key, const struct seal_place *at,
		      struct str sealed, unsigned char *out, struct str *json);

#endif
