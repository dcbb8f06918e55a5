#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "deid/risk.h"
#include "deid/search.h"
#include "deid/table.h"

/* The published reference results on the "Adult" extract: see tests/data/adult/README.md. */
static const char *const columns[] = {"sex",	   "age",	     "race",	  "marital-status", "education",
				      "native-country", "workclass", "occupation", "salary-class"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const struct {
	const char *model;
	const char *suppression;
	enum deid_metric_kind metric;
	const char *levels;
	double score;
	uint64_t suppressed;
	uint32_t classes;
} references[] = {
	{"k=5", "0", DEID_LOSS, "041132210", 0.6355438466888889, 0, 24},
	{"k=5", "0.05", DEID_LOSS, "030021120", 0.26963466275555553, 1346, 397},
	{"k=5", "1", DEID_LOSS, "030021110", 0.22770032318888891, 2553, 602},
	{"k=10", "0.05", DEID_LOSS, "030121120", 0.3178416058111111, 1437, 196},
	{"k=5", "0.05", DEID_DISCERNABILITY, "001232211", 7220555, 105, 356},
	{"k=5", "0.05", DEID_AECS, "101132201", 28.808022922636102, 906, 1046},
};

struct adult {
	struct deid_hierarchy h[COLUMNS];
	const struct deid_hierarchy *hp[COLUMNS];
	struct deid_table table;
};

static int read_adult(void **state)
{
	static struct adult a;
	struct deid_declared declared[COLUMNS];
	struct deid_read o = {.name = "adult.csv", .separator = ';', .declared = declared, .declared_n = COLUMNS};
	struct buf b;
	struct error e = {0};
	struct str s;

	for (size_t i = 0; i < COLUMNS; i++) {
		char path[300];

		snprintf(path, sizeof path, TEST_SOURCE_DIR "/data/adult/adult_hierarchy_%s.csv", columns[i]);
		assert_ok(deid_hierarchy_load(&a.h[i], path, ';', &e), &e);
		a.hp[i] = &a.h[i];
		declared[i] = (struct deid_declared){.name = str_of(columns[i]), .role = DEID_QUASI, .file = &a.h[i]};
	}
	buf_init(&b);
	assert_ok(file_read(TEST_SOURCE_DIR "/data/adult/adult.csv", 1 << 24, &b, &e), &e);
	s = buf_view(&b);
	assert_ok(deid_table_read(&a.table, source_memory(&s), &o, &e), &e);
	buf_free(&b);
	*state = &a;
	return 0;
}

static int free_adult(void **state)
{
	struct adult *a = *state;

	deid_table_free(&a->table);
	for (size_t i = 0; i < COLUMNS; i++)
		deid_hierarchy_free(&a->h[i]);
	return 0;
}

static void the_table_is_read_whole(void **state)
{
	const struct adult *a = *state;

	assert_int_equal(a->table.rows, 30162);
	assert_int_equal(a->table.tuples, 19502);
	assert_int_equal(a->table.bad_rows, 0);
}

/* Searches for reference number I in A with THREADS threads. */
static void find_reference(const struct adult *a, size_t i, unsigned threads)
{
	struct clock clock = clock_system();
	struct deid_search_options o = {.clock = &clock, .threads = threads};
	struct deid_model m;
	struct deid_input in = {.h = a->hp,
				.attributes = COLUMNS,
				.code = a->table.code,
				.count = a->table.count,
				.tuples = a->table.tuples,
				.model = &m,
				.models = 1,
				.metric = references[i].metric};
	struct deid_problem p;
	struct deid_found f;
	struct error e = {0};

	assert_ok(deid_model_parse(str_of(references[i].model), &m, &e), &e);
	assert_true(deid_decimal_parse(str_of(references[i].suppression), &in.suppression));
	assert_ok(deid_problem_make(&p, &in, &e), &e);
	assert_ok(deid_search(&p, &o, &f, &e), &e);
	assert_true(fabs(f.score - references[i].score) < 1e-10);
	assert_true(f.optimal);
	assert_true(f.bound == f.score);
	for (size_t c = 0; c < COLUMNS; c++)
		assert_int_equal(f.levels[c], references[i].levels[c] - '0');
	assert_int_equal(f.outcome.suppressed, references[i].suppressed);
	assert_int_equal(f.outcome.classes, references[i].classes);
	if (threads)
		assert_int_equal(f.threads, threads);
	deid_found_free(&f);
	deid_problem_free(&p);
}

static void each_reference_optimum_is_found_with_its_score_by_any_number_of_threads(void **state)
{
	for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
		for (unsigned threads = 0; threads <= 4; threads++)
			find_reference(*state, i, threads);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/*
 * The values that the test suite of ARX, another implementation, expects for this
 * table by both estimators, at three sizes of the population (TestRiskMetrics.java,
 * testDecisionRule2; it compares four digits).  Examples in print: test_published.c.
 */
static void estimates_of_population_uniques_agree_with_another_implementation(void **state)
{
	const struct adult *a = *state;
	uint32_t *count = calloc(a->table.tuples, sizeof *count);
	struct deid_size *at = calloc(a->table.tuples, sizeof *at);
	struct deid_sizes s = {at, 0};

	assert_non_null(count);
	assert_non_null(at);
	for (uint32_t i = 0; i < a->table.tuples; i++)
		count[i] = a->table.count[i];
	qsort(count, a->table.tuples, sizeof *count, by_size);
	for (uint32_t i = 0; i < a->table.tuples; i++) {
		if (s.n == 0 || at[s.n - 1].size != count[i])
			at[s.n++] = (struct deid_size){count[i], 0};
		at[s.n - 1].classes++;
	}
	assert_int_equal(at[0].classes, 15512);
	assert_true(fabs(deid_population_unique_pitman(&s, 301620) - 0.27684993883653597) < 1e-8);
	assert_true(fabs(deid_population_unique_zayatz(&s, 301620) - 0.3207402393466189) < 1e-8);
	assert_true(fabs(deid_population_unique_zayatz(&s, 150810) - 0.3577099234829125) < 1e-8);
	assert_true(fabs(deid_population_unique_pitman(&s, 3016200) - 0.1446083531167384) < 1e-8);
	assert_true(deid_population_unique_pitman(&s, 30162) == 15512.0 / 30162);
	free(count);
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_read_whole),
		cmocka_unit_test(each_reference_optimum_is_found_with_its_score_by_any_number_of_threads),
		cmocka_unit_test(estimates_of_population_uniques_agree_with_another_implementation),
	};

	return cmocka_run_group_tests_name("deid/adult", tests, read_adult, free_adult);
}
