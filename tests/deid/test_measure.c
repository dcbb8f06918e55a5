#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "deid/measure.h"
#include "scratch.h"

/* Risks and combinations that single out, against counting row by row. */
enum { COLUMNS = 5, ROWS = 40 };

struct fixture {
	struct scratch s;
	struct clock clock;
	struct str name[COLUMNS], hierarchy[COLUMNS], model;
	char rule[COLUMNS][40], input[1100];
	unsigned value[ROWS][COLUMNS];
	struct deid_job job;
	struct deid_run run;
	struct deid_measures m;
};

static uint64_t seeds(void)
{
	return getenv("SEKISHO_TEST_LONG") ? 2000 : 20;
}

static unsigned roll(uint64_t *dice, unsigned sides)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*dice >> 33) % sides;
}

/* ROWS rows of numbers below SIDES, uneven, so that some stand out; everything suppressed but what is alike. */
static void begin(struct fixture *f, uint64_t seed, unsigned sides)
{
	static const char *const names[COLUMNS] = {"a", "b", "c", "d", "e"};
	struct buf text;
	struct error e = {0};

	*f = (struct fixture){.clock = clock_system(), .model = STR("k=2")};
	scratch_make(&f->s);
	buf_init(&text);
	buf_text(&text, "a,b,c,d,e\n");
	for (int i = 0; i < ROWS; i++) {
		for (int c = 0; c < COLUMNS; c++) {
			unsigned x = roll(&seed, sides);

			f->value[i][c] = roll(&seed, x + 1);
			buf_printf(&text, "%s%u", c ? "," : "", f->value[i][c]);
		}
		buf_byte(&text, '\n');
	}
	assert_ok(file_write(scratch_path(&f->s, "t.csv"), text.p, text.n, 0600, &e), &e);
	buf_free(&text);
	snprintf(f->input, sizeof f->input, "%s", scratch_path(&f->s, "t.csv"));
	for (int c = 0; c < COLUMNS; c++) {
		f->name[c] = str_of(names[c]);
		snprintf(f->rule[c], sizeof f->rule[c], "%s=bands(2)", names[c]);
		f->hierarchy[c] = str_of(f->rule[c]);
	}
	f->job = (struct deid_job){.input = f->input,
				   .separator = ',',
				   .quasi = {f->name, COLUMNS},
				   .hierarchies = {f->hierarchy, COLUMNS},
				   .models = {&f->model, 1},
				   .metric = DEID_LOSS,
				   .suppression = {1, 1},
				   .population_size = 400,
				   .clock = &f->clock};
	assert_ok(deid_job_run(&f->job, &f->run, &e), &e);
	assert_ok(deid_measure(&f->run, &f->m, &e), &e);
}

static void end(struct fixture *f)
{
	deid_measures_free(&f->m);
	deid_run_free(&f->run);
	scratch_remove(&f->s);
}

/* True when no other row has the values of ROW in the columns of MASK. */
static bool alone(const struct fixture *f, int row, unsigned mask)
{
	for (int i = 0; i < ROWS; i++) {
		bool same = i != row;

		for (int c = 0; c < COLUMNS; c++)
			same = same && (!(mask >> c & 1) || f->value[i][c] == f->value[row][c]);
		if (same)
			return false;
	}
	return true;
}

/* True when the columns of MASK single ROW out and those of no part of it do. */
static bool minimally_alone(const struct fixture *f, int row, unsigned mask)
{
	if (!alone(f, row, mask))
		return false;
	for (int c = 0; c < COLUMNS; c++)
		if (mask >> c & 1 && alone(f, row, mask & ~(1U << c)))
			return false;
	return true;
}

static uint64_t told(const struct fixture *f, unsigned mask)
{
	for (size_t i = 0; i < f->m.minimals; i++) {
		unsigned m = 0;

		for (size_t j = 0; j < f->m.minimal[i].n; j++)
			m |= 1U << f->m.minimal[i].column[j];
		if (m == mask)
			return f->m.minimal[i].records;
	}
	return 0;
}

static void minimal_sample_uniques_are_those_of_trying_every_combination(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2 * seeds(); seed++) {
		struct fixture f;

		begin(&f, seed, 2 + (unsigned)seed % 9);
		assert_int_equal(f.m.minimal_up_to, 3);
		for (unsigned mask = 1; mask < 1U << COLUMNS; mask++) {
			uint64_t records = 0;

			if (__builtin_popcount(mask) > 3)
				continue;
			for (int row = 0; row < ROWS; row++)
				records += minimally_alone(&f, row, mask);
			assert_int_equal(told(&f, mask), records);
		}
		end(&f);
	}
}

static void risks_before_are_those_of_counting_rows_alike(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(); seed++) {
		double highest = 0, sum = 0, at_risk = 0, unique = 0;
		struct fixture f;

		begin(&f, seed, 3);
		for (int row = 0; row < ROWS; row++) {
			int alike = 0;

			for (int i = 0; i < ROWS; i++)
				alike += memcmp(f.value[i], f.value[row], sizeof f.value[i]) == 0;
			highest = fmax(highest, 1.0 / alike);
			sum += 1.0 / alike;
			at_risk += alike < 5;
			unique += alike == 1;
		}
		assert_true(fabs(f.m.before.highest - highest) < 1e-12);
		assert_true(fabs(f.m.before.average - sum / ROWS) < 1e-12); /* classes over rows */
		assert_true(fabs(f.m.before.at_risk - at_risk / ROWS) < 1e-12);
		assert_true(fabs(f.m.before.unique - unique / ROWS) < 1e-12);
		assert_true(f.m.after.highest <= 0.5 && f.m.after.unique <= 0); /* k=2 */
		end(&f);
	}
}

/* A column's distribution after, with each coarser value spread evenly over what it stands for, by adding up rows. */
static void distances_are_those_of_the_distributions_spread_evenly(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(); seed++) {
		struct fixture f;

		begin(&f, seed, 6);
		for (size_t a = 0; a < COLUMNS; a++) {
			const struct deid_hierarchy *h = f.run.h[a];
			const struct deid_level *level = &h->level[f.run.block[0].levels[a]];
			double variation = 0, roots = 0, kept = (double)(ROWS - f.run.suppressed);

			for (uint32_t leaf = 0; leaf < h->leaf.n; leaf++) {
				double p = 0, q = 0;

				for (uint32_t i = 0; i < f.run.table.tuples; i++) {
					uint32_t own = deid_table_tuple(&f.run.table, i)[a];
					double rows = f.run.table.count[i];

					p += own == leaf ? rows / ROWS : 0;
					if (f.run.block_of[i] != DEID_NONE && level->first[own] == level->first[leaf])
						q += rows / level->size[leaf] / kept;
				}
				variation += fabs(p - q) / 2;
				roots += (sqrt(p) - sqrt(q)) * (sqrt(p) - sqrt(q)) / 2;
			}
			assert_true(fabs(f.m.attribute[a].total_variation - variation) < 1e-9);
			assert_true(fabs(f.m.attribute[a].hellinger - sqrt(roots)) < 1e-9);
		}
		end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minimal_sample_uniques_are_those_of_trying_every_combination),
		cmocka_unit_test(risks_before_are_those_of_counting_rows_alike),
		cmocka_unit_test(distances_are_those_of_the_distributions_spread_evenly),
	};

	return cmocka_run_group_tests_name("deid/measure", tests, NULL, NULL);
}
