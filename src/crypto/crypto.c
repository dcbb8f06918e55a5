#include "crypto/crypto.h"

#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(CRYPTO_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(CRYPTO_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(CRYPTO_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(CRYPTO_KEY == crypto_kdf_KEYBYTES, "master key");
_Static_assert(CRYPTO_SALT == crypto_pwhash_SALTBYTES, "salt");

void crypto_key_wipe(struct crypto_key *k)
{
	sodium_memzero(k->b, sizeof k->b);
}

result crypto_init(struct error *e)
{
	if (sodium_init() < 0)
		return error_set(e, CODE_INTERNAL, "the cryptographic library does not start");
	return RESULT_OK;
}

static void entropy_fill(void *ctx, void *out, size_t n)
{
	(void)ctx;
	randombytes_buf(out, n);
}

struct entropy crypto_entropy(void)
{
	return (struct entropy){entropy_fill, NULL};
}

void crypto_wipe_free(void *p)
{
	if (p)
		crypto_wipe(p, malloc_usable_size(p));
	free(p);
}

void crypto_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void crypto_seal(const struct crypto_key *key, const unsigned char nonce[CRYPTO_NONCE], struct str ad, const void *text,
		 size_t n, unsigned char *out)
{
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, text, n, (const unsigned char *)ad.p, ad.n, NULL,
							 nonce, key->b); /* ignored: it cannot fail at these sizes */
}

bool crypto_open(const struct crypto_key *key, const unsigned char nonce[CRYPTO_NONCE], struct str ad,
		 struct str sealed, unsigned char *out)
{
	if (sealed.n < CRYPTO_TAG)
		return false;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, (const unsigned char *)sealed.p, sealed.n,
						       (const unsigned char *)ad.p, ad.n, nonce, key->b) != 0) {
		sodium_memzero(out, sealed.n - CRYPTO_TAG);
		return false;
	}
	return true;
}

void crypto_derive(const struct crypto_key *master, const char *context, uint64_t id, struct crypto_key *out)
{
	(void)crypto_kdf_derive_from_key(out->b, sizeof out->b, id, context, master->b); /* ignored: fails only for other lengths */
}

void crypto_mac(const void *key, size_t key_n, const struct str *parts, size_t count, unsigned char *out, size_t n)
{
	crypto_generichash_state s;

	(void)crypto_generichash_init(&s, key, key_n, n); /* ignored: fails only for lengths that the contract excludes */
	for (size_t i = 0; i < count; i++)
		(void)crypto_generichash_update(&s, (const unsigned char *)parts[i].p, parts[i].n); /* ignored: never fails */
	(void)crypto_generichash_final(&s, out, n); /* ignored: fails only when called twice */
	sodium_memzero(&s, sizeof s);
}

enum { COST_MIN_KIB = 8192, COST_MAX_KIB = 1048576, COST_MAX_PASSES = 16 };

struct crypto_cost crypto_cost_new(void)
{
	return (struct crypto_cost){.passes = 3, .kib = 65536};
}

result crypto_passphrase(struct str passphrase, const unsigned char salt[CRYPTO_SALT], struct crypto_cost cost,
			 struct crypto_key *out, struct error *e)
{
	if (cost.passes < 1 || cost.passes > COST_MAX_PASSES || cost.kib < COST_MIN_KIB || cost.kib > COST_MAX_KIB)
		return error_set(e, CODE_KEY_INVALID, "the cost of the passphrase is out of bounds");
	if (crypto_pwhash(out->b, sizeof out->b, passphrase.p, passphrase.n, salt, cost.passes, (size_t)cost.kib * 1024,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to derive a key from the passphrase");
	return RESULT_OK;
}
