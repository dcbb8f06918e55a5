#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "deid/search.h"

static void models_are_read_as_written(void **state)
{
	struct deid_model m;
	struct error e = {0};

	(void)state;
	assert_ok(deid_model_parse(STR("recursive-cl=4.5,3:disease"), &m, &e), &e);
	assert_int_equal(m.kind, DEID_RECURSIVE_CL);
	assert_int_equal(m.a.num, 45);
	assert_int_equal(m.a.den, 10);
	assert_int_equal(m.count, 3);
	assert_true(str_is(m.column, "disease"));
	assert_ok(deid_model_parse(STR("delta=0.1,0.5:p.csv"), &m, &e), &e);
	assert_true(str_is(m.file, "p.csv"));
	assert_int_equal(m.b.num, 5);
}

static void models_that_are_not_right_are_refused(void **state)
{
	static const char *const wrong[] = {
		"",	     "k",	  "k=",	       "k=0",	    "k=-1",	     "k=5:a",	      "k=1.5",
		"q=5",	     "t=0.2",	  "t=1.2:a",   "t=:a",	    "entropy-l=0.5:a", "recursive-cl=3:a", "recursive-cl=3,1:a",
		"delta=0.5,0.1:p", "delta=0.1:p", "delta=0.1,0.5", "average-risk=2", "k-map=5",	     "distinct-l=2:", "k=99999999999",
	};
	struct deid_model m;
	struct error e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_fails(deid_model_parse(str_of(wrong[i]), &m, &e), &e, CODE_MODEL_INVALID);
}

/*
 * 100,000 rows, half (X, A) and half (Y, B), t = 0.4 by the hierarchy A, B -> *:
 * ungeneralized, each class is 0.5 away from the table, so X and Y have to
 * become one.  In 32 bits the sums behind this overflow.
 */
static void a_distance_of_a_half_is_not_lost_to_overflow(void **state)
{
	struct str first = STR("X;*\nY;*\n"), second = STR("A;*\nB;*\n");
	struct deid_hierarchy h[2];
	const struct deid_hierarchy *hp[2] = {&h[0], &h[1]};
	uint32_t code[] = {0, 0, 1, 1}, count[] = {50000, 50000};
	static const char *const models[] = {"t-hierarchical=0.4:s", "t=0.4:s", "t-ordered=0.4:s", "t-hierarchical=0.5:s"};
	static const uint8_t levels[] = {1, 1, 1, 0};
	struct clock clock = clock_system();
	struct deid_search_options o = {.clock = &clock};
	struct error e = {0};

	(void)state;
	assert_ok(deid_hierarchy_read(&h[0], source_memory(&first), ';', "q", &e), &e);
	assert_ok(deid_hierarchy_read(&h[1], source_memory(&second), ';', "s", &e), &e);
	for (size_t i = 0; i < 4; i++) {
		struct deid_model m;
		struct deid_input in = {.h = hp,
					.attributes = 1,
					.sensitive_h = hp + 1,
					.sensitives = 1,
					.code = code,
					.count = count,
					.tuples = 2,
					.model = &m,
					.models = 1,
					.metric = DEID_LOSS,
					.suppression = {0, 1}};
		struct deid_problem p;
		struct deid_found f;

		assert_ok(deid_model_parse(str_of(models[i]), &m, &e), &e);
		assert_ok(deid_problem_make(&p, &in, &e), &e);
		assert_ok(deid_search(&p, &o, &f, &e), &e);
		assert_int_equal(f.levels[0], levels[i]);
		deid_found_free(&f);
		deid_problem_free(&p);
	}
	deid_hierarchy_free(&h[0]);
	deid_hierarchy_free(&h[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(models_are_read_as_written),
		cmocka_unit_test(models_that_are_not_right_are_refused),
		cmocka_unit_test(a_distance_of_a_half_is_not_lost_to_overflow),
	};

	return cmocka_run_group_tests_name("deid/model", tests, NULL, NULL);
}
