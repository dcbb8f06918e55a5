#include "test.h"

#include "deid/search.h"

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((*dice >> 33) % sides);
}

/* 300 rows over five columns of eight leaves in four levels, many of them alike. */
static void make_large(struct deid_hierarchy *h, uint32_t *code)
{
	const char *lines = "0;0;0;*\n1;0;0;*\n2;2;0;*\n3;2;0;*\n4;4;4;*\n5;4;4;*\n6;6;4;*\n7;6;4;*\n";
	struct error e = {0};
	uint64_t dice = 7;

	for (size_t a = 0; a < 5; a++) {
		struct str s = str_of(lines);

		assert_ok(deid_hierarchy_read(&h[a], source_memory(&s), ';', "h", &e), &e);
	}
	for (size_t i = 0; i < 300 * 5; i++)
		code[i] = roll(&dice, 1 + roll(&dice, 8));
}

/* What has been stopped, by a signal or by time, still has its best and how far that may be off. */
static void a_search_that_is_stopped_says_how_far_off_it_may_be(void **state)
{
	struct deid_hierarchy h[5];
	const struct deid_hierarchy *hp[5] = {&h[0], &h[1], &h[2], &h[3], &h[4]};
	uint32_t code[300 * 5], count[300];
	struct deid_model k = {.kind = DEID_K, .count = 4, .text = STR("k")};
	struct deid_input in = {.h = hp, .attributes = 5, .code = code, .count = count, .tuples = 300, .model = &k, .models = 1,
				.suppression = {1, 20}};
	volatile sig_atomic_t stop = 1;
	struct clock clock = clock_system();
	struct error e = {0};

	(void)state;
	make_large(h, code);
	for (size_t i = 0; i < 300; i++)
		count[i] = 1;
	for (int metric = 0; metric < DEID_METRIC_KINDS; metric++) {
		struct deid_problem p;
		double optimum = 0;

		in.metric = (enum deid_metric_kind)metric;
		assert_ok(deid_problem_make(&p, &in, &e), &e);
		for (unsigned threads = 1; threads <= 4; threads++) {
			struct deid_search_options whole = {.clock = &clock, .threads = threads, .boxes_alone = threads % 2};
			struct deid_search_options o = whole;
			struct deid_found f;

			assert_ok(deid_search(&p, &whole, &f, &e), &e);
			assert_true(f.optimal);
			assert_true(threads == 1 || f.score == optimum);
			optimum = f.score;
			deid_found_free(&f);
			o.stop = &stop;
			assert_ok(deid_search(&p, &o, &f, &e), &e);
			assert_true(f.stopped);
			assert_true(f.bound <= optimum);
			assert_true(f.score >= optimum);
			assert_true(f.optimal == (f.bound == f.score));
			deid_found_free(&f);
		}
		deid_problem_free(&p);
	}
	for (size_t a = 0; a < 5; a++)
		deid_hierarchy_free(&h[a]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_that_is_stopped_says_how_far_off_it_may_be),
	};

	return cmocka_run_group_tests_name("deid/stopped", tests, NULL, NULL);
}
