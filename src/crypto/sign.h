/*
 * crypto/sign.h - Ed25519 signatures (RFC 8032), by libsodium.
 *
 * Ownership: keys and outputs are the caller's; nothing allocates.  Threads: all
 * of it may be called from any thread once crypto_init has succeeded.
 */
#ifndef SEKISHO_CRYPTO_SIGN_H
#define SEKISHO_CRYPTO_SIGN_H

#include "crypto/crypto.h"

enum { SIGN_SEED = 32, SIGN_PUBLIC = 32, SIGN_SIGNATURE = 64 };

struct sign_key {
	unsigned char seed[SIGN_SEED];
	unsigned char pub[SIGN_PUBLIC];
};

/* Zeroes K; what SIGN_WIPED calls. */
void sign_key_wipe(struct sign_key *k);

/* Attribute of a local struct sign_key that is wiped when its scope ends. */
#define SIGN_WIPED __attribute__((cleanup(sign_key_wipe))) struct sign_key

/* Makes in K the key of SEED: the same seed gives the same key and signatures. */
void sign_key_of(struct sign_key *k, const unsigned char seed[SIGN_SEED]);

/* Makes a new key in K with randomness from E. */
void sign_key_new(struct sign_key *k, const struct entropy *e);

/* The signature of TEXT by K into SIGNATURE. */
void sign_make(const struct sign_key *k, struct str text, unsigned char signature[SIGN_SIGNATURE]);

/* True when SIGNATURE is that of TEXT by the key whose public half is PUB. */
bool sign_verify(const unsigned char pub[SIGN_PUBLIC], struct str text, const unsigned char signature[SIGN_SIGNATURE]);

#endif
