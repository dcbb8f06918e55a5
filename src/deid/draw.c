#include "deid/draw.h"

#include "crypto/crypto.h"

typedef unsigned __int128 wide;

enum {
	/* A draw that leaves the scale a million times behind comes with a chance of exp(-1,000,000): never.  Giving it up
	 * keeps all products within 128 bits. */
	FARTHEST = 1 << 20,
	BYTES_MOST = sizeof(wide),
};

/* A fraction of what may be large: products of several shares. */
struct fraction {
	wide num;
	wide den;
};

void deid_draw_init(struct deid_draw *d, struct entropy entropy)
{
	d->entropy = entropy;
	d->left = 0;
}

void deid_draw_end(struct deid_draw *d)
{
	crypto_wipe(d->pool, sizeof d->pool);
	d->left = 0;
}

/* N random bytes as a number. */
static wide take_bytes(struct deid_draw *d, size_t n)
{
	wide x = 0;

	if (d->left < n) {
		d->entropy.fill(d->entropy.ctx, d->pool, sizeof d->pool);
		d->left = sizeof d->pool;
	}
	for (size_t i = 0; i < n; i++)
		x = x << 8 | d->pool[--d->left];
	return x;
}

/* As many bits as N - 1 has are drawn until they are below N: no remainder is taken, which would favour small numbers. */
static wide below(struct deid_draw *d, wide n)
{
	size_t bytes = 0;
	wide mask = 0, x;

	while (mask < n - 1)
		mask = mask << 1 | 1;
	while (bytes < BYTES_MOST && mask >> (8 * bytes))
		bytes++;
	do
		x = take_bytes(d, bytes) & mask;
	while (x >= n);
	return x;
}

uint64_t deid_draw_below(struct deid_draw *d, uint64_t n)
{
	return (uint64_t)below(d, n);
}

static bool bernoulli(struct deid_draw *d, wide num, wide den)
{
	return below(d, den) < num;
}

bool deid_draw_share(struct deid_draw *d, struct deid_share p)
{
	return bernoulli(d, p.num, p.den);
}

/*
 * Algorithm 1, for the product of the N fractions X, none above 1: true with a chance
 * of exp(-product).  It needs draws of a chance of product/k, which are as many
 * draws that all have to come out, one for each factor: no product is made.
 */
static bool exp_of_product(struct deid_draw *d, const struct fraction *x, size_t n)
{
	for (uint64_t k = 1;; k++) {
		bool all = bernoulli(d, 1, k);

		for (size_t i = 0; i < n && all; i++)
			all = bernoulli(d, x[i].num, x[i].den);
		if (!all)
			return k % 2;
	}
}

/* True with a chance of exp(-N), each step of 1 having to come out. */
static bool exp_of_whole(struct deid_draw *d, wide n)
{
	static const struct fraction one = {1, 1};

	while (n > 0 && exp_of_product(d, &one, 1))
		n--;
	return n == 0;
}

static bool exp_of(struct deid_draw *d, wide num, wide den)
{
	struct fraction rest = {num % den, den};

	return exp_of_whole(d, num / den) && exp_of_product(d, &rest, 1);
}

bool deid_draw_exp(struct deid_draw *d, struct deid_share x)
{
	return exp_of(d, x.num, x.den);
}

/* Algorithm 2. */
int64_t deid_draw_laplace(struct deid_draw *d, struct deid_share scale)
{
	for (;;) {
		uint64_t u = deid_draw_below(d, scale.num), v = 0;
		bool negative;

		if (!exp_of(d, u, scale.num))
			continue;
		while (v < FARTHEST && exp_of_whole(d, 1))
			v++;
		u = (u + scale.num * v) / scale.den;
		negative = bernoulli(d, 1, 2);
		if (v == FARTHEST || (negative && u == 0))
			continue;
		return negative ? -(int64_t)u : (int64_t)u;
	}
}

/*
 * True with a chance of exp(-(num/den)^2 / 2).  With num/den = q + r, q whole and r below 1,
 * the exponent is q^2/2 + qr + r^2/2: three draws that all have to come out, in
 * numbers no larger than num and den.
 */
static bool exp_of_half_square(struct deid_draw *d, wide num, wide den)
{
	wide q = num / den;
	struct fraction r = {num % den, den};
	const struct fraction half_square[] = {r, r, {1, 2}};

	if (q >= FARTHEST || !exp_of(d, q * q, 2))
		return false;
	for (wide i = 0; i < q; i++)
		if (!exp_of_product(d, &r, 1))
			return false;
	return exp_of_product(d, half_square, 3);
}

/* Algorithm 3: with sigma = a/b and t = floor(sigma) + 1, the square is that of (|y| - sigma^2/t) / sigma = (|y| b^2 t - a^2) / (abt). */
int64_t deid_draw_gaussian(struct deid_draw *d, struct deid_share sigma)
{
	const uint64_t t = sigma.num / sigma.den + 1;
	const wide a = sigma.num, b = sigma.den;

	for (;;) {
		int64_t y = deid_draw_laplace(d, (struct deid_share){t, 1});
		wide far = (wide)(y < 0 ? -y : y) * b * b * t, near = a * a;

		if (exp_of_half_square(d, far > near ? far - near : near - far, a * b * t))
			return y;
	}
}

struct deid_share deid_share_reduced(struct deid_share x)
{
	uint64_t a = x.num, b = x.den;

	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a ? (struct deid_share){x.num / a, x.den / a} : x;
}
