#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "deid/private.h"
#include "deid/write.h"
#include "scratch.h"

/* From the definition, in 40 decimal digits, with the binomial coefficients as whole numbers. */
static void k_is_the_least_that_the_definition_allows(void **state)
{
	static const struct {
		struct deid_decimal epsilon, delta;
		uint64_t k;
	} cases[] = {
		{{1, 10}, {1, 1000}, 26},    {{5, 10}, {1, 1000}, 27}, {{1, 1}, {1, 100000}, 61},   {{1, 1}, {1, 1000000}, 74},
		{{2, 1}, {1, 1000000}, 131}, {{2, 1}, {1, 100}, 32},   {{3, 1}, {1, 10000}, 181},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(deid_private_k(cases[i].epsilon, cases[i].delta), cases[i].k);
}

/* The chance that more than G * N of N are drawn, term by term. */
static long double naive_above(unsigned n, long double g, long double b)
{
	long double sum = 0;

	for (unsigned j = (unsigned)(g * n) + 1; j <= n; j++)
		sum += expl(lgammal(n + 1.0L) - lgammal(j + 1.0L) - lgammal(n - j + 1.0L) + j * logl(b) + (n - j) * log1pl(-b));
	return sum;
}

static void a_smaller_k_would_promise_too_much(void **state)
{
	(void)state;
	for (int tenths = 1; tenths <= 30; tenths += 4) {
		long double stay = expl(-tenths / 10.0L), g = 1 - stay * stay, most = 0.001L;
		unsigned k = (unsigned)deid_private_k((struct deid_decimal){tenths, 10}, (struct deid_decimal){1, 1000}), smaller = 0;

		for (unsigned n = 1; n < 2000; n++) {
			bool high = naive_above(n, g, 1 - stay) > most;

			/* from k / g - 1 on none is too high, and from (k - 1) / g - 1 on some is */
			assert_false(high && n >= ceill(k / g - 1));
			smaller += high && n >= ceill((k - 1) / g - 1);
		}
		assert_true(smaller > 0);
	}
}

static void fill(void *ctx, void *p, size_t n)
{
	uint64_t *x = ctx;
	unsigned char *to = p;

	for (size_t i = 0; i < n; i++) {
		*x ^= *x << 13;
		*x ^= *x >> 7;
		*x ^= *x << 17;
		to[i] = (unsigned char)(*x >> 32);
	}
}

enum { ROWS = 3000 };

struct bench {
	struct scratch s;
	struct clock clock;
	uint64_t seed;
	struct entropy entropy;
	struct str quasi[2], other[1], models[2], levels[2], hierarchies[2];
	char input[1100];
	struct deid_job job;
};

static void begin(struct bench *b)
{
	struct error e = {0};
	struct buf rows;

	*b = (struct bench){.clock = clock_system(), .seed = 88172645463325252u};
	scratch_make(&b->s);
	buf_init(&rows);
	buf_text(&rows, "name,age,town\n");
	for (unsigned i = 0; i < ROWS; i++)
		buf_printf(&rows, "n%u,%u,%c\n", i, 20 + i * 7 % 50, "CAB"[i % 3]);
	buf_printf(&rows, "alone,99,A\n");
	assert_ok(file_write(scratch_path(&b->s, "t.csv"), rows.p, rows.n, 0600, &e), &e);
	buf_free(&rows);
	snprintf(b->input, sizeof b->input, "%s", scratch_path(&b->s, "t.csv"));
	b->entropy = (struct entropy){.fill = fill, .ctx = &b->seed};
	b->quasi[0] = STR("town");
	b->quasi[1] = STR("age");
	b->other[0] = STR("name");
	b->models[0] = STR("dp=1,0.001");
	b->levels[0] = STR("age=1");
	b->levels[1] = STR("town=0");
	b->hierarchies[0] = STR("age=bands(10,20)");
	b->hierarchies[1] = STR("town=list(x:A|B,y:C)");
	b->job = (struct deid_job){.input = b->input,
				   .separator = ',',
				   .quasi = {b->quasi, 2},
				   .identifying = {b->other, 1},
				   .hierarchies = {b->hierarchies, 2},
				   .models = {b->models, 1},
				   .levels = {b->levels, 2},
				   .suppression = {0, 1},
				   .entropy = &b->entropy,
				   .clock = &b->clock};
}

static void end(struct bench *b)
{
	scratch_remove(&b->s);
}

static void output_of(struct bench *b, struct buf *out, uint64_t *drawn)
{
	struct deid_run run;
	struct outfile f;
	struct error e = {0};

	assert_ok(deid_job_run(&b->job, &run, &e), &e);
	*drawn = run.table.rows;
	assert_int_equal(run.private->records, ROWS + 1);
	assert_int_equal(run.model[0].count, run.private->k);
	assert_ok(outfile_open(&f, scratch_path(&b->s, "out.csv"), 0600, &e), &e);
	assert_ok(deid_write(&run, &f, &e), &e);
	assert_ok(outfile_commit(&f, &e), &e);
	assert_ok(file_read(scratch_path(&b->s, "out.csv"), 1 << 20, out, &e), &e);
	deid_run_free(&run);
}

static void records_are_drawn_and_written_in_the_order_of_their_values(void **state)
{
	struct bench b;
	struct buf out;
	uint64_t drawn, rows = 0, alike = 0, k;
	struct str rest, last = {"", 0};

	(void)state;
	begin(&b);
	buf_init(&out);
	output_of(&b, &out, &drawn);
	k = deid_private_k((struct deid_decimal){1, 1}, (struct deid_decimal){1, 1000});
	/* 3,001 (1 - 1/e) are 1,897; six standard deviations are 158 */
	assert_in_range(drawn, 1897 - 158, 1897 + 158);
	rest = buf_view(&out);
	rest = str_sub(rest, str_find(rest, '\n') + 1, rest.n);
	while (rest.n) {
		struct str row = str_sub(rest, 0, str_find(rest, '\n'));

		rest = str_sub(rest, row.n + 1, rest.n);
		assert_true(str_cmp(last, row) <= 0);
		if (!str_eq(last, row)) {
			assert_true(rows == 0 || alike >= k);
			alike = 0;
		}
		alike++;
		rows++;
		last = row;
		assert_false(str_starts(row, STR("90-99")));
	}
	assert_true(alike >= k && rows <= drawn && rows > 1000);
	buf_free(&out);
	end(&b);
}

static void each_run_draws_anew(void **state)
{
	struct bench b;
	struct buf one, two;
	uint64_t first, second;

	(void)state;
	begin(&b);
	buf_init(&one);
	buf_init(&two);
	output_of(&b, &one, &first);
	output_of(&b, &two, &second);
	assert_false(str_eq(buf_view(&one), buf_view(&two)));
	buf_free(&one);
	buf_free(&two);
	end(&b);
}

static void assert_refused(struct bench *b, const char *says)
{
	struct deid_run run;
	struct error e = {0};
	bool done = ok(deid_job_run(&b->job, &run, &e));

	deid_run_free(&run);
	assert_false(done);
	assert_int_equal(e.code, CODE_MODEL_INVALID);
	if (!strstr(e.message, says))
		fail_msg("\"%s\" does not say \"%s\"", e.message, says);
}

static void what_would_let_records_decide_is_refused(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	b.models[1] = STR("k=5");
	b.job.models.n = 2;
	assert_refused(&b, "no other model");
	b.job.models.n = 1;
	b.job.levels.n = 0;
	assert_refused(&b, "--levels");
	b.job.levels.n = 2;
	b.job.recoding = DEID_RECODE_MONDRIAN;
	assert_refused(&b, "local recoding");
	b.job.recoding = DEID_RECODE_NONE;
	b.job.suppression.num = 1;
	assert_refused(&b, "--suppression");
	b.job.suppression.num = 0;
	b.job.quasi.n = 1;
	b.job.insensitive = (struct deid_names){b.quasi + 1, 1};
	assert_refused(&b, "tells of its record");
	b.job.quasi.n = 2;
	b.job.insensitive.n = 0;
	b.hierarchies[1] = STR("town=mask(right)");
	assert_refused(&b, "mask");
	end(&b);
}

static void wrong_epsilons_and_deltas_are_refused(void **state)
{
	static const char *const wrong[] = {"dp=1", "dp=0,0.1", "dp=0.0001,0.1", "dp=11,0.1", "dp=1,0", "dp=1,1", "dp=1,2", "dp=-1,0.1", "dp=1,0.1:a"};
	struct deid_model m;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct error e = {0};

		assert_fails(deid_model_parse(str_of(wrong[i]), &m, &e), &e, CODE_MODEL_INVALID);
	}
}

static void levels_may_be_given_to_any_model(void **state)
{
	struct bench b;
	struct deid_run run;
	struct error e = {0};

	(void)state;
	begin(&b);
	b.models[0] = STR("k=3");
	b.job.suppression = (struct deid_decimal){1, 100};
	assert_ok(deid_job_run(&b.job, &run, &e), &e);
	assert_int_equal(run.suppressed, 1); /* who is alone */
	assert_int_equal(run.block[0].levels[0], 0);
	assert_int_equal(run.block[0].levels[1], 1);
	assert_false(run.found.optimal);
	deid_run_free(&run);
	b.job.suppression.num = 0;
	assert_fails(deid_job_run(&b.job, &run, &e), &e, CODE_NO_TRANSFORMATION);
	deid_run_free(&run);
	b.levels[0] = STR("age=9");
	assert_refused(&b, "the levels of column \"age\" are 0 to");
	b.levels[0] = STR("agee=1");
	assert_refused(&b, "the level of column \"age\" is not given");
	b.job.levels.n = 1;
	assert_refused(&b, "one level: 2, not 1");
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k_is_the_least_that_the_definition_allows),
		cmocka_unit_test(a_smaller_k_would_promise_too_much),
		cmocka_unit_test(records_are_drawn_and_written_in_the_order_of_their_values),
		cmocka_unit_test(each_run_draws_anew),
		cmocka_unit_test(what_would_let_records_decide_is_refused),
		cmocka_unit_test(wrong_epsilons_and_deltas_are_refused),
		cmocka_unit_test(levels_may_be_given_to_any_model),
	};

	return cmocka_run_group_tests_name("deid/private", tests, NULL, NULL);
}
