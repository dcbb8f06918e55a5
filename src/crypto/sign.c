#include "crypto/sign.h"

#include <sodium.h>
#include <string.h>

void sign_key_wipe(struct sign_key *k)
{
	sodium_memzero(k, sizeof *k);
}

void sign_key_of(struct sign_key *k, const unsigned char seed[SIGN_SEED])
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES];

	memcpy(k->seed, seed, sizeof k->seed);
	crypto_sign_seed_keypair(k->pub, secret, seed);
	sodium_memzero(secret, sizeof secret);
}

void sign_key_new(struct sign_key *k, const struct entropy *e)
{
	unsigned char seed[SIGN_SEED];

	e->fill(e->ctx, seed, sizeof seed);
	sign_key_of(k, seed);
	sodium_memzero(seed, sizeof seed);
}

void sign_make(const struct sign_key *k, struct str text, unsigned char signature[SIGN_SIGNATURE])
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES];

	/* libsodium's secret key is the seed with the public key behind it */
	memcpy(secret, k->seed, sizeof k->seed);
	memcpy(secret + sizeof k->seed, k->pub, sizeof k->pub);
	crypto_sign_detached(signature, NULL, (const unsigned char *)text.p, text.n, secret);
	sodium_memzero(secret, sizeof secret);
}

bool sign_verify(const unsigned char pub[SIGN_PUBLIC], struct str text, const unsigned char signature[SIGN_SIGNATURE])
{
	return crypto_sign_verify_detached(signature, (const unsigned char *)text.p, text.n, pub) == 0;
}
