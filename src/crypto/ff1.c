#include "crypto/ff1.h"

#include <openssl/evp.h>
#include <string.h>

#include "crypto/crypto.h"

/*
 * The names are those of the standard where it has them: u and v numerals on the
 * left and right, b bytes for the number of the longer half, d bytes of the
 * pseudorandom y.  The halves stay where they are: even rounds add to the left
 * what the right one gives, odd rounds the other way round, which is the
 * standard's exchange of A and B after each.
 */
enum {
	BLOCK = 16,
	ROUNDS = 10,
	HALF = FF1_LENGTH / 2 + 1,		       /* numerals */
	NUMBER = HALF * 2,			       /* bytes that the number of a half takes */
	LAST = (FF1_TWEAK + NUMBER) / BLOCK + 2,       /* blocks of Q */
	RANDOM = ((NUMBER + 3) / 4 * 4 + 4) / BLOCK + 1, /* blocks of S */
};

struct rounds {
	const struct ff1 *f;
	uint16_t *x;
	size_t n, u, b, d;
	size_t q_n;
	unsigned char start[BLOCK];	    /* the MAC behind P */
	unsigned char q[LAST * BLOCK];	    /* the tweak in front, then zeros, the round and the number */
	unsigned char s[RANDOM * BLOCK];
	uint32_t y[RANDOM * BLOCK / 4];
};

result ff1_make(struct ff1 *f, const void *key, size_t n, unsigned radix, struct error *e)
{
	const EVP_CIPHER *aes = n == 16 ? EVP_aes_128_ecb() : n == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();

	*f = (struct ff1){.radix = radix};
	if (n != 16 && n != 24 && n != 32)
		return error_set(e, CODE_KEY_INVALID, "a key of %zu bytes; AES takes 16, 24 or 32", n);
	if (radix < 2 || radix > FF1_RADIX)
		return error_set(e, CODE_USAGE, "a radix is from 2 to %d", FF1_RADIX);
	f->aes = EVP_CIPHER_CTX_new();
	if (!f->aes || EVP_EncryptInit_ex(f->aes, aes, NULL, key, NULL) != 1)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a cipher");
	return RESULT_OK;
}

void ff1_free(struct ff1 *f)
{
	EVP_CIPHER_CTX_free(f->aes); /* which cleanses the schedule */
	f->aes = NULL;
}

size_t ff1_shortest(unsigned radix)
{
	uint64_t strings = radix;
	size_t n = 1;

	for (; n < 2 || strings < FF1_DOMAIN; n++)
		strings *= radix;
	return n;
}

/* The block of AES of IN into OUT, which may be IN. */
static bool block(const struct ff1 *f, const unsigned char *in, unsigned char *out)
{
	int n;

	return EVP_EncryptUpdate(f->aes, out, &n, in, BLOCK) == 1 && n == BLOCK;
}

/* The number that the N numerals at X write in F's radix, in the B bytes at OUT. */
static void number(const struct ff1 *f, const uint16_t *x, size_t n, unsigned char *out, size_t b)
{
	memset(out, 0, b);
	for (size_t i = 0; i < n; i++) {
		uint32_t carry = x[i];

		for (size_t k = b; k-- > 0;) {
			carry += out[k] * f->radix;
			out[k] = (unsigned char)carry;
			carry >>= 8;
		}
	}
}

/* Bytes that the highest number of N numerals takes. */
static size_t bytes_of(const struct ff1 *f, size_t n)
{
	unsigned char highest[NUMBER];
	uint16_t x[HALF];
	size_t zeros = 0;

	for (size_t i = 0; i < n; i++)
		x[i] = (uint16_t)(f->radix - 1);
	number(f, x, n, highest, 2 * n);
	while (highest[zeros] == 0)
		zeros++;
	return 2 * n - zeros;
}

static void store(unsigned char *out, size_t n, size_t value)
{
	while (n-- > 0) {
		out[n] = (unsigned char)value;
		value >>= 8;
	}
}

/* Steps 1 to 5 of the standard, and what step 6 has in common for all rounds. */
static result begin(struct rounds *r, const struct ff1 *f, struct str tweak, uint16_t *x, size_t n, struct error *e)
{
	unsigned char p[BLOCK] = {1, 2, 1};

	if (n < ff1_shortest(f->radix) || n > FF1_LENGTH)
		return error_set(e, CODE_ITEM_INVALID, "%zu numerals; %zu to %d are taken", n, ff1_shortest(f->radix), FF1_LENGTH);
	if (tweak.n > FF1_TWEAK)
		return error_set(e, CODE_ITEM_INVALID, "a tweak of %zu bytes; at most %d are taken", tweak.n, FF1_TWEAK);
	for (size_t i = 0; i < n; i++)
		if (x[i] >= f->radix)
			return error_set(e, CODE_ITEM_INVALID, "a numeral is not below the radix %u", f->radix);
	memset(r, 0, sizeof *r);
	r->f = f;
	r->x = x;
	r->n = n;
	r->u = n / 2;
	r->b = bytes_of(f, n - r->u);
	r->d = (r->b + 3) / 4 * 4 + 4;
	r->q_n = (tweak.n + 1 + r->b + BLOCK - 1) / BLOCK * BLOCK;
	if (tweak.n)
		memcpy(r->q, tweak.p, tweak.n);
	store(p + 3, 3, f->radix);
	p[6] = ROUNDS;
	p[7] = (unsigned char)r->u;
	store(p + 8, 4, n);
	store(p + 12, 4, tweak.n);
	return block(f, p, r->start) ? RESULT_OK : error_set(e, CODE_INTERNAL, "the block cipher does not work");
}

static void blend(unsigned char *to, const unsigned char *from)
{
	for (size_t i = 0; i < BLOCK; i++)
		to[i] ^= from[i];
}

/* Steps 6 i to iv of round I: makes y, as big-endian words, of the half at FROM of N numerals. */
static bool random_of(struct rounds *r, unsigned i, const uint16_t *from, size_t n)
{
	r->q[r->q_n - r->b - 1] = (unsigned char)i;
	number(r->f, from, n, r->q + r->q_n - r->b, r->b);
	memcpy(r->s, r->start, BLOCK);
	for (size_t at = 0; at < r->q_n; at += BLOCK) {
		blend(r->s, r->q + at);
		if (!block(r->f, r->s, r->s))
			return false;
	}
	for (size_t j = 1; j * BLOCK < r->d; j++) {
		unsigned char *s = r->s + j * BLOCK;

		store(s, BLOCK, j);
		blend(s, r->s);
		if (!block(r->f, s, s))
			return false;
	}
	for (size_t k = 0; k < r->d / 4; k++) {
		const unsigned char *s = r->s + k * 4;

		r->y[k] = (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 | (uint32_t)s[2] << 8 | s[3];
	}
	return true;
}

/* The last numeral of y, which loses it. */
static uint32_t last_of(struct rounds *r)
{
	uint64_t rest = 0;

	for (size_t k = 0; k < r->d / 4; k++) {
		uint64_t v = rest << 32 | r->y[k];

		r->y[k] = (uint32_t)(v / r->f->radix);
		rest = v % r->f->radix;
	}
	return (uint32_t)rest;
}

/* Steps 6 v to vii: adds y to the N numerals at TO, or takes it off, modulo as many as there are. */
static void add(struct rounds *r, uint16_t *to, size_t n, bool off)
{
	uint32_t carry = 0, radix = r->f->radix;

	while (n-- > 0) {
		/* the radix at most, so that no sum leaves 0 to twice the radix */
		uint32_t y = last_of(r) + carry;
		uint32_t sum = off ? to[n] + radix - y : to[n] + y;

		to[n] = (uint16_t)(sum % radix);
		carry = off ? sum < radix : sum >= radix;
	}
}

static result crypt(const struct ff1 *f, struct str tweak, uint16_t *x, size_t n, bool back, struct error *e)
{
	struct rounds r;
	bool well = true;

	TRY(begin(&r, f, tweak, x, n, e));
	for (unsigned k = 0; well && k < ROUNDS; k++) {
		unsigned i = back ? ROUNDS - 1 - k : k;
		uint16_t *left = x, *right = x + r.u;

		if (i % 2 == 0) {
			well = random_of(&r, i, right, n - r.u);
			add(&r, left, r.u, back);
		} else {
			well = random_of(&r, i, left, r.u);
			add(&r, right, n - r.u, back);
		}
	}
	crypto_wipe(&r, sizeof r);
	return well ? RESULT_OK : error_set(e, CODE_INTERNAL, "the block cipher does not work");
}

result ff1_encrypt(const struct ff1 *f, struct str tweak, uint16_t *x, size_t n, struct error *e)
{
	return crypt(f, tweak, x, n, false, e);
}

result ff1_decrypt(const struct ff1 *f, struct str tweak, uint16_t *x, size_t n, struct error *e)
{
	return crypt(f, tweak, x, n, true, e);
}
