#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "deid/checks.h"
#include "deid/report.h"
#include "deid/write.h"
#include "scratch.h"

enum { ROWS = 2000 };

/* A table of a column to generalize and one of numbers, and a job that adds noise to it. */
struct bench {
	struct scratch s;
	struct clock clock;
	struct entropy entropy;
	uint64_t seed;
	struct str quasi, other, hierarchy, model, aggregate, noise[2];
	char input[1100];
	struct deid_job job;
	struct deid_run run;
	struct buf out;
};

/* splitmix64 */
static void fill(void *ctx, void *out, size_t n)
{
	uint64_t *at = ctx;
	unsigned char *to = out;

	for (size_t i = 0; i < n; i++) {
		uint64_t z = *at += UINT64_C(0x9E3779B97F4A7C15);

		z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
		to[i] = (unsigned char)(z >> 40);
	}
}

static void begin(struct bench *b, const char *table, const char *noise)
{
	struct error e = {0};

	*b = (struct bench){.clock = clock_system(), .seed = 7, .quasi = STR("age"), .other = STR("pay"),
			    .hierarchy = STR("age=bands(10)"), .model = STR("k=2"), .noise = {str_of(noise)}};
	scratch_make(&b->s);
	buf_init(&b->out);
	assert_ok(file_write(scratch_path(&b->s, "t.csv"), table, strlen(table), 0600, &e), &e);
	snprintf(b->input, sizeof b->input, "%s", scratch_path(&b->s, "t.csv"));
	b->entropy = (struct entropy){fill, &b->seed};
	b->job = (struct deid_job){.input = b->input, .separator = ',', .quasi = {&b->quasi, 1}, .insensitive = {&b->other, 1},
				   .hierarchies = {&b->hierarchy, 1}, .models = {&b->model, 1}, .noise = {b->noise, 1},
				   .entropy = &b->entropy, .suppression = {1, 1}, .clock = &b->clock};
}

/* Runs B's job and reads what it writes. */
static void run(struct bench *b)
{
	struct outfile f = OUTFILE_NONE;
	struct error e = {0};

	assert_ok(deid_job_run(&b->job, &b->run, &e), &e);
	assert_ok(outfile_open(&f, scratch_path(&b->s, "out.csv"), 0600, &e), &e);
	assert_ok(deid_write(&b->run, &f, &e), &e);
	assert_ok(outfile_commit(&f, &e), &e);
	buf_reset(&b->out);
	assert_ok(file_read(scratch_path(&b->s, "out.csv"), 1 << 20, &b->out, &e), &e);
}

static void end(struct bench *b)
{
	deid_run_free(&b->run);
	buf_free(&b->out);
	scratch_remove(&b->s);
}

/* The next number that B's output has in its second column, from *AT on; false behind the last. */
static bool next(struct bench *b, size_t *at, struct deid_fixed *v)
{
	struct str rest = str_sub(buf_view(&b->out), *at, b->out.n), line;
	size_t comma;

	if (rest.n == 0)
		return false;
	line = str_sub(rest, 0, str_find(rest, '\n'));
	*at += line.n + 1;
	comma = str_find(line, ',');
	assert_true(deid_fixed_parse(str_sub(line, comma + 1, line.n), v));
	return true;
}

static void assert_refused(struct bench *b, enum code code, const char *place, const char *says)
{
	struct error e = {0};

	if (ok(deid_job_run(&b->job, &b->run, &e)))
		fail_msg("a job was done that should be refused");
	assert_string_equal(code_text(e.code), code_text(code));
	if (!strstr(e.where, place) || !strstr(e.message, says))
		fail_msg("\"%s: %s\" does not say \"%s\" and \"%s\"", e.where, e.message, place, says);
}

/* ROWS rows with the number PAY each, into a table. */
static void fill_table(struct buf *b, const char *pay)
{
	buf_init(b);
	buf_text(b, "age,pay\n");
	for (int i = 0; i < ROWS; i++)
		buf_printf(b, "%d,%s\n", 20 + i % 10, pay);
}

static void numbers_move_as_far_as_the_distribution_says(void **state)
{
	static const struct {
		const char *noise;
		double mean; /* of the magnitude, in the column's unit */
	} cases[] = {
		/* discrete Laplace of scale s in steps of g: 2q / (1 - q^2) steps, q = exp(-g / s) */
		{"pay=laplace:3", 2.9994},
		{"pay=laplace:3,step=0.5", 2.986},
		{"pay=gaussian:3", 2.3937}, /* sigma times the root of 2/pi */
	};
	struct bench b;
	struct buf table;

	(void)state;
	fill_table(&table, "100.0");
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		const struct deid_noised *n;
		struct deid_fixed v;
		size_t at = 8, rows = 0, moved = 0;
		double sum = 0;

		begin(&b, buf_c(&table), cases[c].noise);
		run(&b);
		while (next(&b, &at, &v)) {
			assert_int_equal(v.places, 1);
			sum += fabs((double)v.num / 10 - 100);
			moved += v.num != 1000;
			rows++;
		}
		n = deid_noise_of(&b.run, deid_table_column(&b.run.table, STR("pay")));
		assert_int_equal(rows, ROWS);
		assert_int_equal(n->records, ROWS);
		assert_int_equal(n->changed, moved);
		assert_int_equal(n->empty + n->clamped, 0);
		assert_true(fabs(n->moved - sum / ROWS) < 1e-9);
		/* the magnitude's deviation is about its mean: five of the mean's over ROWS */
		assert_true(fabs(sum / ROWS - cases[c].mean) < 5 * cases[c].mean / sqrt(ROWS));
		end(&b);
	}
	buf_free(&table);
}

/* With epsilon 2 and a range of 6, the scale is 3, whatever the data has. */
static void an_epsilon_takes_its_scale_and_grid_from_the_range_alone(void **state)
{
	struct bench b;
	const struct deid_noised *n;

	(void)state;
	begin(&b, "age,pay\n21,1.2345\n22,2\n23,99\n", "pay=laplace:epsilon=2,range=0..6");
	run(&b);
	n = &b.run.noised[0];
	assert_true(n->step.num == 1 && n->step.den == 1 && n->scale.num == 3 && n->scale.den == 1);
	assert_true(n->low == 0 && n->high == 6 && n->clamped == 1);
	end(&b);
	begin(&b, "age,pay\n21,1\n22,2\n23,3\n", "pay=laplace:epsilon=0.5,range=-1.5..1.5,step=0.5");
	run(&b);
	n = &b.run.noised[0];
	assert_true(n->step.num == 5 && n->step.den == 10 && n->scale.num == 12 && n->scale.den == 1);
	assert_true(n->low == -3 && n->high == 3);
	end(&b);
}

/* The promise: from any two values each outcome is at most exp(epsilon) times as likely. */
static void an_epsilon_bounds_how_much_likelier_any_outcome_is(void **state)
{
	static const char *const pays[] = {"0", "4"};
	double seen[2][5] = {{0}};
	struct bench b;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct buf table;
		struct deid_fixed v;
		size_t at = 8;

		fill_table(&table, pays[i]);
		begin(&b, buf_c(&table), "pay=laplace:epsilon=1,range=0..4");
		run(&b);
		while (next(&b, &at, &v)) {
			assert_true(v.num >= 0 && v.num <= 4 && v.places == 0);
			seen[i][v.num]++;
		}
		end(&b);
		buf_free(&table);
	}
	for (int x = 0; x < 5; x++) {
		assert_true(seen[0][x] > 50 && seen[1][x] > 50);
		assert_true(fabs(log(seen[0][x] / seen[1][x])) < 1 + 5 * sqrt(1 / seen[0][x] + 1 / seen[1][x]));
	}
	/* at the ends it is used up: the test would see a scale of half the size */
	assert_true(log(seen[0][0] / seen[1][0]) > 0.7);
}

static void values_stay_within_the_range_and_on_the_grid(void **state)
{
	struct deid_fixed v;
	size_t at = 8;
	struct bench b;

	(void)state;
	begin(&b, "age,pay\n21,-999999999999\n22,17\n23,999999999999.999999\n24,\n", "pay=laplace:1000,range=-50..100,step=25");
	run(&b);
	for (int i = 0; i < 3; i++) {
		assert_true(next(&b, &at, &v));
		assert_true(v.num >= -50 && v.num <= 100 && v.num % 25 == 0);
	}
	assert_string_equal(buf_c(&b.out) + at, "20-29,\n"); /* empty stays empty */
	assert_int_equal(b.run.noised[0].empty, 1);
	assert_int_equal(b.run.noised[0].clamped, 2);
	assert_int_equal(b.run.noised[0].records, 3);
	end(&b);
}

static void rows_that_are_left_out_are_not_counted(void **state)
{
	struct deid_fixed v;
	size_t at = 8;
	struct bench b;

	(void)state;
	begin(&b, "age,pay\n21,5\n55,700\n22,6\n", "pay=gaussian:0.001");
	run(&b);
	assert_true(next(&b, &at, &v) && v.num == 5);
	assert_true(next(&b, &at, &v) && v.num == 6);
	assert_false(next(&b, &at, &v));
	assert_int_equal(b.run.noised[0].records, 2);
	assert_int_equal(b.run.noised[0].changed, 0);
	end(&b);
}

static enum deid_verdict peculiar(struct bench *b)
{
	struct deid_checks checks;
	struct error e = {0};
	enum deid_verdict v = DEID_NOT_APPLICABLE;

	run(b);
	assert_ok(deid_check(&b->run, &checks, &e), &e);
	for (size_t i = 0; i < checks.n; i++)
		if (strcmp(checks.at[i].id, "peculiar_values") == 0)
			v = checks.at[i].verdict;
	deid_checks_free(&checks);
	return v;
}

static void noise_hides_no_peculiar_value_but_a_range_does(void **state)
{
	static const struct {
		const char *noise;
		enum deid_verdict verdict;
	} cases[] = {
		{"pay=laplace:0.001", DEID_FAILED},
		{"pay=laplace:100000", DEID_FAILED}, /* no noise is a treatment, be it larger than the value */
		{"pay=laplace:2,range=0..60", DEID_PASSED},
		{"pay=laplace:2,range=0..60,step=10", DEID_PASSED},
	};
	struct buf table;
	struct bench b;

	(void)state;
	buf_init(&table);
	buf_text(&table, "age,pay\n");
	for (int i = 0; i < 400; i++)
		buf_printf(&table, "%d,%d\n", 20 + i % 10, 20 + i % 40);
	buf_text(&table, "25,90000\n");
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		begin(&b, buf_c(&table), cases[c].noise);
		assert_int_equal(peculiar(&b), cases[c].verdict);
		end(&b);
	}
	buf_free(&table);
}

/* Heavy tails are the noise's, and nobody's value. */
static void what_noise_throws_far_is_not_peculiar(void **state)
{
	struct buf table;
	struct bench b;

	(void)state;
	buf_init(&table);
	buf_text(&table, "age,pay\n");
	for (int i = 0; i < ROWS; i++)
		buf_printf(&table, "%d,%d\n", 20 + i % 10, 5 + i % 3);
	begin(&b, buf_c(&table), "pay=laplace:3");
	assert_int_equal(peculiar(&b), DEID_PASSED);
	end(&b);
	buf_free(&table);
}

static void the_report_names_the_noise_and_what_it_did(void **state)
{
	struct deid_measures measures;
	struct deid_checks checks;
	struct error e = {0};
	struct bench b;
	struct deid_report report = {.run = &b.run, .measures = &measures, .checks = &checks};
	json_t *view, *n;
	struct buf page;

	(void)state;
	begin(&b, "age,pay\n21,10\n22,20\n23,3000\n", "pay=laplace:epsilon=1,range=0..100,step=10");
	run(&b);
	assert_ok(deid_measure(&b.run, &measures, &e), &e);
	assert_ok(deid_check(&b.run, &checks, &e), &e);
	view = deid_report_view(&report);
	n = json_array_get(json_object_get(view, "noise"), 0);
	assert_string_equal(json_string_value(json_object_get(n, "column")), "pay");
	assert_string_equal(json_string_value(json_object_get(n, "distribution")), "discrete laplace");
	assert_true(json_real_value(json_object_get(n, "scale")) == 100 && json_real_value(json_object_get(n, "step")) == 10);
	assert_true(json_real_value(json_object_get(n, "epsilon")) == 1 && json_real_value(json_object_get(n, "high")) == 100);
	assert_int_equal(json_integer_value(json_object_get(n, "clamped")), 1);
	assert_int_equal(json_integer_value(json_object_get(n, "records")), 3);
	assert_true(json_real_value(json_object_get(n, "mean_absolute_change")) >= 2900. / 3);
	buf_init(&page);
	deid_report_html(&report, &page);
	assert_non_null(strstr(buf_c(&page), "laplace:epsilon=1,range=0..100,step=10"));
	assert_non_null(strstr(buf_c(&page), "ノイズの付加"));
	assert_non_null(strstr(buf_c(&page), "Noise was added to the numbers of 1 column."));
	buf_free(&page);
	json_decref(view);
	deid_measures_free(&measures);
	deid_checks_free(&checks);
	end(&b);
}

static void what_is_no_number_is_named_with_its_place(void **state)
{
	static const char *const texts[] = {"x", "1,000", "1e5", "+5", ".5", "5.", "--5", "1.2345678", "1234567890123", "０", " 5", "nan"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct bench b;
		char table[100];

		snprintf(table, sizeof table, "age,pay\n21,5\n22,\"%s\"\n", texts[i]);
		begin(&b, table, "pay=laplace:1");
		assert_refused(&b, CODE_MALFORMED, "t.csv:3:4", "no number");
		end(&b);
	}
}

static void noise_that_is_not_written_right_is_refused(void **state)
{
	static const char *const wrong[] = {
		"pay",			       "pay=",			      "pay=laplace",		     "pay=laplace:",
		"pay=laplace:0",	       "pay=laplace:-1",	      "pay=uniform:3",		     "pay=laplace:x",
		"pay=laplace:1,range=5",       "pay=laplace:1,range=5..1",    "pay=laplace:1,range=1..1",    "pay=laplace:1,step=0",
		"pay=laplace:1,step=1,step=2", "pay=laplace:1,bounds=1..2",   "pay=laplace:epsilon=1",	     "pay=gaussian:epsilon=1,range=0..1",
		"pay=laplace:1,step=0.0000001", "pay=laplace:1,range=0..1,range=0..2", "pay=laplace:epsilon=0,range=0..1", "=laplace:1",
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		begin(&b, "age,pay\n21,5\n22,6\n", wrong[i]);
		assert_refused(&b, CODE_MODEL_INVALID, "", "is written such as");
		end(&b);
	}
}

static void noise_goes_only_to_insensitive_columns_once(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "age,pay\n21,5\n22,6\n", "age=laplace:1");
	assert_refused(&b, CODE_MODEL_INVALID, "", "quasi-identifying");
	deid_run_free(&b.run);
	b.noise[0] = STR("zip=laplace:1");
	assert_refused(&b, CODE_COLUMN_UNKNOWN, "", "\"zip\"");
	deid_run_free(&b.run);
	b.noise[0] = b.noise[1] = STR("pay=laplace:1");
	b.job.noise.n = 2;
	assert_refused(&b, CODE_MODEL_INVALID, "", "already");
	deid_run_free(&b.run);
	b.job.noise.n = 1;
	b.aggregate = STR("pay=mean");
	b.job.aggregates = (struct deid_names){&b.aggregate, 1};
	assert_refused(&b, CODE_MODEL_INVALID, "", "microaggregated");
	deid_run_free(&b.run);
	b.job.aggregates.n = 0;
	b.job.sensitive = b.job.insensitive;
	b.job.insensitive.n = 0;
	assert_refused(&b, CODE_MODEL_INVALID, "", "sensitive");
	deid_run_free(&b.run);
	b.job.identifying = b.job.sensitive;
	b.job.sensitive.n = 0;
	assert_refused(&b, CODE_MODEL_INVALID, "", "left out");
	end(&b);
}

static void ranges_off_the_grid_and_steps_that_cannot_be_drawn_are_refused(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "age,pay\n21,5\n22,6\n", "pay=laplace:1,range=0..15,step=10");
	assert_refused(&b, CODE_MODEL_INVALID, "", "multiples");
	end(&b);
	begin(&b, "age,pay\n21,5\n22,6\n", "pay=laplace:999999999,step=0.000001");
	assert_refused(&b, CODE_MODEL_INVALID, "", "larger step");
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_move_as_far_as_the_distribution_says),
		cmocka_unit_test(an_epsilon_takes_its_scale_and_grid_from_the_range_alone),
		cmocka_unit_test(an_epsilon_bounds_how_much_likelier_any_outcome_is),
		cmocka_unit_test(values_stay_within_the_range_and_on_the_grid),
		cmocka_unit_test(rows_that_are_left_out_are_not_counted),
		cmocka_unit_test(noise_hides_no_peculiar_value_but_a_range_does),
		cmocka_unit_test(what_noise_throws_far_is_not_peculiar),
		cmocka_unit_test(the_report_names_the_noise_and_what_it_did),
		cmocka_unit_test(what_is_no_number_is_named_with_its_place),
		cmocka_unit_test(noise_that_is_not_written_right_is_refused),
		cmocka_unit_test(noise_goes_only_to_insensitive_columns_once),
		cmocka_unit_test(ranges_off_the_grid_and_steps_that_cannot_be_drawn_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
