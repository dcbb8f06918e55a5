/*
 * crypto/crypto.h - what is used of libsodium, in the few shapes that Sekisho needs.
 *
 * Sealing is XChaCha20-Poly1305, keyed hashes and derivation are BLAKE2b, a
 * passphrase becomes a key by argon2id.  No primitive is made here.  Keys are
 * plain arrays of 32 bytes; what lives long lies in a key slab (crypto/slab.h),
 * what lives for one call is wiped by its maker (CRYPTO_WIPED).
 *
 * Ownership: nothing here allocates; outputs are the caller's.  Threads: all of
 * it may be called from any thread once crypto_init has succeeded.
 */
#ifndef SEKISHO_CRYPTO_CRYPTO_H
#define SEKISHO_CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/result.h"
#include "base/str.h"

enum {
	CRYPTO_KEY = 32,
	CRYPTO_NONCE = 24,
	CRYPTO_TAG = 16,  /* that a seal adds to a text */
	CRYPTO_MAC = 16,  /* short keyed hash */
	CRYPTO_HASH = 32, /* long keyed hash */
	CRYPTO_SALT = 16,
};

/* A key for the time of one call.  Declare it as CRYPTO_WIPED, so that it is zeroed on every way out. */
struct crypto_key {
	unsigned char b[CRYPTO_KEY];
};

/* Zeroes K; what CRYPTO_WIPED calls. */
void crypto_key_wipe(struct crypto_key *k);

/* Attribute of a local struct crypto_key that is wiped when its scope ends. */
#define CRYPTO_WIPED __attribute__((cleanup(crypto_key_wipe))) struct crypto_key

/* Makes the library ready; may be called again.  Fails with internal when it cannot be. */
result crypto_init(struct error *e);

/* The machine's source of randomness; needs crypto_init. */
struct entropy crypto_entropy(void);

/* Zeroes the N bytes at P so that no compiler leaves it out. */
void crypto_wipe(void *p, size_t n);

/* As free for P, memory of malloc, which is zeroed before: for libraries that hold personal values for a while. */
void crypto_wipe_free(void *p);

/* True when the N bytes at A and B are the same; takes as long whether they are or not. */
bool crypto_equal(const void *a, const void *b, size_t n);

/*
 * Seals the N bytes at TEXT with KEY and NONCE (never used twice with one key),
 * bound to AD, into the N + CRYPTO_TAG bytes at OUT, which may be TEXT.
 */
void crypto_seal(const struct crypto_key *key, const unsigned char nonce[CRYPTO_NONCE], struct str ad, const void *text,
		 size_t n, unsigned char *out);

/*
 * Opens SEALED into its n - CRYPTO_TAG bytes at OUT.  False, and OUT is zeroed,
 * when it was not sealed with this KEY, NONCE and AD or is too short.
 */
bool crypto_open(const struct crypto_key *key, const unsigned char nonce[CRYPTO_NONCE], struct str ad,
		 struct str sealed, unsigned char *out);

/* Derives from MASTER into *OUT the subkey number ID of CONTEXT, exactly 8 characters that name its use. */
void crypto_derive(const struct crypto_key *master, const char *context, uint64_t id, struct crypto_key *out);

/* The keyed hash of the COUNT PARTS, one behind the other, under the KEY_N bytes (16 to 64) at KEY into the N bytes (16 to 64) at OUT. */
void crypto_mac(const void *key, size_t key_n, const struct str *parts, size_t count, unsigned char *out, size_t n);

/* What argon2id costs; kept beside what the key opens. */
struct crypto_cost {
	uint32_t passes;
	uint32_t kib;
};

/* The cost for new passphrases: 3 passes over 64 MiB. */
struct crypto_cost crypto_cost_new(void);

/*
 * Derives *OUT from PASSPHRASE and SALT with COST.  Fails with key_invalid when
 * COST is out of bounds (1 to 16 passes, 8 MiB to 1 GiB), out_of_memory.
 */
result crypto_passphrase(struct str passphrase, const unsigned char salt[CRYPTO_SALT], struct crypto_cost cost,
			 struct crypto_key *out, struct error *e);

#endif
