#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "deid/draw.h"

/*
 * What is drawn is counted and compared with its exact chances by chi-square.  The bytes are always the same ones, so
 * that a test that passes always does; the bound is so far out that other bytes would pass too, and a scale that is
 * off by a twentieth is found (the last test but one).
 */
enum { DRAWS = 200000, SPAN = 64 };

struct seed {
	uint64_t at;
	struct deid_draw draw;
};

/* splitmix64 */
static void fill(void *ctx, void *out, size_t n)
{
	struct seed *s = ctx;
	unsigned char *to = out;

	for (size_t i = 0; i < n; i++) {
		uint64_t z = s->at += UINT64_C(0x9E3779B97F4A7C15);

		z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
		to[i] = (unsigned char)(z >> 40);
	}
}

static void begin(struct seed *s, uint64_t at)
{
	s->at = at;
	deid_draw_init(&s->draw, (struct entropy){fill, s});
}

/* The chi-square of N counts in all against their chances, those of few together; how far above its mean, in deviations. */
static double excess(const uint64_t *count, const double *chance, size_t n, uint64_t all)
{
	double sum = 0, freedom = -1, few = 0, rest = 0;

	for (size_t i = 0; i < n; i++) {
		double expected = chance[i] * (double)all;

		if (expected < 20) {
			few += (double)count[i];
			rest += expected;
			continue;
		}
		sum += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
		freedom++;
	}
	if (rest > 0.5) {
		sum += (few - rest) * (few - rest) / rest;
		freedom++;
	}
	return (sum - freedom) / sqrt(2 * freedom);
}

static double laplace(double z, double scale)
{
	return exp(-fabs(z) / scale);
}

static double gaussian(double z, double sigma)
{
	return exp(-z * z / (2 * sigma * sigma));
}

/* How far DRAWS draws of SIZE by DRAW are from the law WEIGHT of size SAID; the last place is for all beyond. */
static double measure(struct seed *s, int64_t (*draw)(struct deid_draw *, struct deid_share), struct deid_share size,
		      double (*weight)(double, double), double said)
{
	uint64_t count[2 * SPAN + 2] = {0};
	double chance[2 * SPAN + 2] = {0}, all = 0, inside = 0;

	for (int i = 0; i < DRAWS; i++) {
		int64_t z = draw(&s->draw, size);

		count[z >= -SPAN && z <= SPAN ? z + SPAN : 2 * SPAN + 1]++;
	}
	for (int z = -100 * SPAN; z <= 100 * SPAN; z++)
		all += weight(z, said);
	for (int z = -SPAN; z <= SPAN; z++) {
		chance[z + SPAN] = weight(z, said) / all;
		inside += chance[z + SPAN];
	}
	chance[2 * SPAN + 1] = fmax(0, 1 - inside);
	return excess(count, chance, 2 * SPAN + 2, DRAWS);
}

static void numbers_below_a_bound_are_equally_likely(void **state)
{
	static const uint64_t bounds[] = {1, 2, 3, 5, 7, 100, 129};
	struct seed s;

	(void)state;
	begin(&s, 1);
	for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++) {
		uint64_t count[129] = {0};
		double chance[129];

		for (uint64_t i = 0; i < bounds[b]; i++)
			chance[i] = 1 / (double)bounds[b];
		for (int i = 0; i < DRAWS; i++) {
			uint64_t x = deid_draw_below(&s.draw, bounds[b]);

			assert_true(x < bounds[b]);
			count[x]++;
		}
		if (bounds[b] > 1)
			assert_true(excess(count, chance, bounds[b], DRAWS) < 6);
	}
}

/* A remainder of 64 random bits would fall into the lower third of 3 * 2^62 twice as often. */
static void large_bounds_favour_no_part(void **state)
{
	const uint64_t third = UINT64_C(1) << 62;
	uint64_t count[3] = {0};
	double chance[3] = {1 / 3., 1 / 3., 1 / 3.};
	struct seed s;

	(void)state;
	begin(&s, 2);
	for (int i = 0; i < DRAWS; i++)
		count[deid_draw_below(&s.draw, 3 * third) / third]++;
	assert_true(excess(count, chance, 3, DRAWS) < 6);
}

static void assert_chance(uint64_t hits, double chance)
{
	double deviation = sqrt(DRAWS * chance * (1 - chance));

	assert_true(fabs((double)hits - DRAWS * chance) <= 5 * deviation + 1e-9);
}

static void chances_are_what_was_asked_for(void **state)
{
	static const struct deid_share shares[] = {{0, 1}, {1, 1}, {1, 3}, {999999, 1000000}, {1, 1000000}, {333333333333, 1000000000000}};
	static const struct deid_share powers[] = {{0, 1}, {1, 1}, {1, 2}, {7, 3}, {1, 1000000}, {12, 1}, {693147180559, 1000000000000}};
	struct seed s;

	(void)state;
	begin(&s, 3);
	for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
		uint64_t hits = 0;

		for (int n = 0; n < DRAWS; n++)
			hits += deid_draw_share(&s.draw, shares[i]);
		assert_chance(hits, (double)shares[i].num / (double)shares[i].den);
	}
	for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
		uint64_t hits = 0;

		for (int n = 0; n < DRAWS; n++)
			hits += deid_draw_exp(&s.draw, powers[i]);
		assert_chance(hits, exp(-(double)powers[i].num / (double)powers[i].den));
	}
}

static const struct deid_share sizes[] = {{1, 3}, {1, 1}, {5, 2}, {7, 1}, {123456789, 100000000}, {1000000000000, 700000000001}};

static void laplace_is_the_discrete_laplace(void **state)
{
	struct seed s;

	(void)state;
	begin(&s, 4);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		assert_true(measure(&s, deid_draw_laplace, sizes[i], laplace, (double)sizes[i].num / (double)sizes[i].den) < 6);
}

static void gaussian_is_the_discrete_gaussian(void **state)
{
	struct seed s;

	(void)state;
	begin(&s, 5);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		assert_true(measure(&s, deid_draw_gaussian, sizes[i], gaussian, (double)sizes[i].num / (double)sizes[i].den) < 6);
}

static void tails_are_as_heavy_as_they_should_be(void **state)
{
	uint64_t far_laplace = 0, far_gaussian = 0;
	double all = 0, beyond = 0;
	struct seed s;

	(void)state;
	begin(&s, 6);
	for (int i = 0; i < DRAWS; i++) {
		far_laplace += llabs(deid_draw_laplace(&s.draw, (struct deid_share){10, 1})) > 70;
		far_gaussian += llabs(deid_draw_gaussian(&s.draw, (struct deid_share){10, 1})) > 35;
	}
	/* the discrete Laplace beyond m: 2 q^(m + 1) / (1 + q) */
	assert_chance(far_laplace, 2 * exp(-7.1) / (1 + exp(-0.1)));
	for (int z = -2000; z <= 2000; z++) {
		all += gaussian(z, 10);
		beyond += abs(z) > 35 ? gaussian(z, 10) : 0;
	}
	assert_chance(far_gaussian, beyond / all);
}

/* The largest scales that are taken; the low digits are as even as the high ones. */
static void huge_scales_keep_their_size_and_their_low_digits(void **state)
{
	const struct deid_share huge = {DEID_DRAW_MOST, 1};
	uint64_t low[2][10] = {{0}};
	double chance[10], sum[2] = {0, 0}, square = 0, scale = (double)huge.num;
	enum { FEWER = DRAWS / 4 };
	struct seed s;

	(void)state;
	begin(&s, 7);
	for (int i = 0; i < FEWER; i++) {
		int64_t l = deid_draw_laplace(&s.draw, huge), g = deid_draw_gaussian(&s.draw, huge);

		sum[0] += fabs((double)l) / scale;
		sum[1] += (double)g / scale;
		square += (double)g / scale * ((double)g / scale);
		low[0][llabs(l) % 10]++;
		low[1][llabs(g) % 10]++;
	}
	for (int i = 0; i < 10; i++)
		chance[i] = 0.1;
	assert_true(excess(low[0], chance, 10, FEWER) < 6 && excess(low[1], chance, 10, FEWER) < 6);
	assert_true(fabs(sum[0] / FEWER - 1) < 5 / sqrt(FEWER));
	assert_true(fabs(sum[1] / FEWER) < 5 / sqrt(FEWER));
	assert_true(fabs(square / FEWER - 1) < 5 * sqrt(2. / FEWER));
}

/* The smallest scale: a step is all but never taken. */
static void tiny_scales_change_nothing(void **state)
{
	const struct deid_share tiny = {1, DEID_DRAW_MOST};
	struct seed s;

	(void)state;
	begin(&s, 8);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(deid_draw_laplace(&s.draw, tiny), 0);
		assert_int_equal(deid_draw_gaussian(&s.draw, tiny), 0);
	}
}

static void the_measure_finds_a_scale_that_is_off_by_a_twentieth(void **state)
{
	struct seed s;

	(void)state;
	begin(&s, 9);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		double size = (double)sizes[i].num / (double)sizes[i].den;

		assert_true(measure(&s, deid_draw_laplace, sizes[i], laplace, size * 1.05) > 20);
		assert_true(measure(&s, deid_draw_gaussian, sizes[i], gaussian, size * 0.95) > 20);
		assert_true(measure(&s, deid_draw_gaussian, sizes[i], laplace, size) > 20);
	}
}

static void shares_are_reduced(void **state)
{
	struct deid_share x = deid_share_reduced((struct deid_share){1000000000, 250000000});

	(void)state;
	assert_true(x.num == 4 && x.den == 1);
	x = deid_share_reduced((struct deid_share){0, 10});
	assert_true(x.num == 0 && x.den == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_below_a_bound_are_equally_likely),
		cmocka_unit_test(large_bounds_favour_no_part),
		cmocka_unit_test(chances_are_what_was_asked_for),
		cmocka_unit_test(laplace_is_the_discrete_laplace),
		cmocka_unit_test(gaussian_is_the_discrete_gaussian),
		cmocka_unit_test(tails_are_as_heavy_as_they_should_be),
		cmocka_unit_test(huge_scales_keep_their_size_and_their_low_digits),
		cmocka_unit_test(tiny_scales_change_nothing),
		cmocka_unit_test(the_measure_finds_a_scale_that_is_off_by_a_twentieth),
		cmocka_unit_test(shares_are_reduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
