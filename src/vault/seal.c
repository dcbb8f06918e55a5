/*
 * One value, sealed alone: nonce and associated data bind it to its place, so
 * that it opens nowhere else (docs/formats-vault.md, Sealed value).
 */
#include <string.h>

#include "vault/codec.h"
#include "vault/inside.h"

enum { VALUE_FORMAT = 1, VALUE_AD = 1 + 16 + 16 + 4 * 4, BLOCK = 16 };

static void value_ad(const struct vault *v, const struct seal_place *at, unsigned char ad[VALUE_AD])
{
	ad[0] = VALUE_FORMAT;
	memcpy(ad + 1, v->instance.b, 16);
	memcpy(ad + 17, at->subject->b, 16);
	put_u32(ad + 33, at->category);
	put_u32(ad + 37, at->item);
	put_u32(ad + 41, at->version);
	put_u32(ad + 45, at->generation);
}

static void value_nonce(const unsigned char write[VAULT_WRITE_NONCE], uint32_t item, unsigned char nonce[CRYPTO_NONCE])
{
	memcpy(nonce, write, VAULT_WRITE_NONCE);
	put_u32(nonce + VAULT_WRITE_NONCE, 0);
	put_u32(nonce + VAULT_WRITE_NONCE + 4, item);
}

size_t padded_size(size_t n)
{
	return (n / BLOCK + 1) * BLOCK;
}

void pad_text(unsigned char *p, size_t n)
{
	p[n] = 0x80;
	memset(p + n + 1, 0, padded_size(n) - n - 1);
}

size_t unpadded_size(const unsigned char *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	return n > 0 && p[n - 1] == 0x80 ? n - 1 : SIZE_MAX;
}

size_t vault_sealed_size(size_t n)
{
	return padded_size(n) + CRYPTO_TAG;
}

void vault_seal_value(const struct vault *v, const struct crypto_key *key, const struct seal_place *at, struct str json,
		      unsigned char *out)
{
	unsigned char ad[VALUE_AD], full[CRYPTO_NONCE];

	value_ad(v, at, ad);
	value_nonce(at->nonce, at->item, full);
	memmove(out, json.p, json.n);
	pad_text(out, json.n);
	crypto_seal(key, full, (struct str){(const char *)ad, sizeof ad}, out, padded_size(json.n), out);
}

bool vault_open_value(const struct vault *v, const struct crypto_key *key, const struct seal_place *at,
		      struct str sealed, unsigned char *out, struct str *json)
{
	unsigned char ad[VALUE_AD], full[CRYPTO_NONCE];
	size_t n;

	if (sealed.n < BLOCK + CRYPTO_TAG || sealed.n % BLOCK)
		return false;
	value_ad(v, at, ad);
	value_nonce(at->nonce, at->item, full);
	if (!crypto_open(key, full, (struct str){(const char *)ad, sizeof ad}, sealed, out))
		return false;
	n = unpadded_size(out, sealed.n - CRYPTO_TAG);
	if (n == SIZE_MAX)
		return false;
	*json = (struct str){(const char *)out, n};
	return true;
}
