/*
 * What all releases of a set together tell apart: against an attacker who does not
 * know the definition, but tries all tables that could have been published so.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deid/narrow.h"

enum { CELLS = 6, PEOPLE_MOST = 8, RELEASES_MOST = 3, TRIALS = 400, K = 3 };

/* A table of persons who differ only in which of six cells they are in, and how each release joins cells. */
struct trial {
	unsigned people[CELLS];
	unsigned joined[RELEASES_MOST][CELLS]; /* the group that a release writes the cell as */
	size_t releases;
	uint64_t published[RELEASES_MOST][CELLS]; /* by group; 0: left out */
};

static uint32_t seed = 1;

static unsigned chance(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 16) % n;
}

static void make_trial(struct trial *t)
{
	unsigned people = 3 + chance(PEOPLE_MOST - 2);

	memset(t, 0, sizeof *t);
	t->releases = 2 + chance(RELEASES_MOST - 1);
	for (unsigned i = 0; i < people; i++)
		t->people[chance(CELLS)]++;
	for (size_t r = 0; r < t->releases; r++) {
		unsigned groups = 1 + chance(3);
		uint64_t size[CELLS] = {0};

		for (size_t c = 0; c < CELLS; c++) {
			t->joined[r][c] = chance(groups);
			size[t->joined[r][c]] += t->people[c];
		}
		for (size_t g = 0; g < CELLS; g++)
			t->published[r][g] = size[g] >= K ? size[g] : 0;
	}
}

/* True when the table OTHER could have been published as T was. */
static bool fits(const struct trial *t, const unsigned *other)
{
	for (size_t r = 0; r < t->releases; r++) {
		uint64_t size[CELLS] = {0};

		for (size_t c = 0; c < CELLS; c++)
			size[t->joined[r][c]] += other[c];
		for (size_t g = 0; g < CELLS; g++)
			if ((size[g] >= K ? size[g] : 0) != t->published[r][g])
				return false;
	}
	return true;
}

/* What the attacker is sure of about each set of cells: at least LOW and at most HIGH persons are in it. */
struct bounds {
	unsigned low[1 << CELLS], high[1 << CELLS];
};

static void consider(struct bounds *b, const unsigned *other)
{
	for (unsigned set = 0; set < 1 << CELLS; set++) {
		unsigned n = 0;

		for (unsigned c = 0; c < CELLS; c++)
			n += set >> c & 1 ? other[c] : 0;
		b->low[set] = n < b->low[set] ? n : b->low[set];
		b->high[set] = n > b->high[set] ? n : b->high[set];
	}
}

/* Tries all tables of LEFT persons in the cells from CELL on. */
static void all_tables(const struct trial *t, unsigned *other, size_t cell, unsigned left, struct bounds *b)
{
	if (cell == CELLS - 1) {
		other[cell] = left;
		if (fits(t, other))
			consider(b, other);
		return;
	}
	for (other[cell] = 0; other[cell] <= left; other[cell]++)
		all_tables(t, other, cell + 1, left - other[cell], b);
}

/* True when some release publishes the cell. */
static bool is_published(const struct trial *t, unsigned c)
{
	for (size_t r = 0; r < t->releases; r++)
		if (t->published[r][t->joined[r][c]])
			return true;
	return false;
}

/*
 * True when the attacker, who knows how many persons there are and what was
 * published, is sure that somebody is in a set of published cells, and fewer than K.
 */
static bool attacked(const struct trial *t)
{
	struct bounds b;
	unsigned other[CELLS], people = 0;

	memset(b.low, 0xff, sizeof b.low);
	memset(b.high, 0, sizeof b.high);
	for (size_t c = 0; c < CELLS; c++)
		people += t->people[c];
	all_tables(t, other, 0, people, &b);
	for (unsigned set = 1; set < 1 << CELLS; set++) {
		bool told = true;

		for (unsigned c = 0; c < CELLS; c++)
			told = told && (!(set >> c & 1) || is_published(t, c));
		if (told && b.low[set] > 0 && b.high[set] < K)
			return true;
	}
	return false;
}

static struct str key_of(char text[8], unsigned group)
{
	int n = snprintf(text, 8, "g%u\x1f", group);

	return (struct str){text, (size_t)n};
}

/* What the measure says of T, its last release being the one that is made. */
static uint64_t measured(const struct trial *t)
{
	struct deid_narrowing n;
	struct deid_dict kept;
	struct arena a;
	struct error e = {0};
	char text[RELEASES_MOST][8];
	size_t last = t->releases - 1;
	uint64_t smallest;

	arena_init(&a, 0, false);
	deid_dict_init(&kept);
	assert_ok(deid_narrowing_init(&n, last, (struct deid_watches){NULL, 0}, &a, &e), &e);
	for (size_t r = 0; r < t->releases; r++)
		for (unsigned g = 0; g < CELLS; g++) {
			if (!t->published[r][g])
				continue;
			if (r == last)
				assert_int_not_equal(deid_dict_add(&kept, key_of(text[0], g)), DEID_NONE);
			else
				assert_ok(deid_narrowing_published(&n, r, key_of(text[0], g), &e), &e);
		}
	for (size_t c = 0; c < CELLS; c++) {
		struct str earlier[RELEASES_MOST];

		for (size_t r = 0; r < t->releases; r++)
			earlier[r] = key_of(text[r], t->joined[r][c]);
		if (t->people[c])
			assert_ok(deid_narrowing_add(&n, &(struct deid_view){.key = earlier[last], .earlier = earlier}, t->people[c], &e), &e);
	}
	assert_ok(deid_narrowing_smallest(&n, &kept, &smallest, &e), &e);
	deid_narrowing_free(&n);
	deid_dict_free(&kept);
	arena_free(&a);
	return smallest;
}

static void nobody_is_narrowed_down_below_the_measure(void **state)
{
	unsigned safe = 0, found = 0, refused = 0;
	int trials = getenv("SEKISHO_TEST_LONG") ? 100 * TRIALS : TRIALS;

	(void)state;
	for (int i = 0; i < trials; i++) {
		struct trial t;
		uint64_t smallest;
		bool is;

		make_trial(&t);
		smallest = measured(&t);
		is = attacked(&t);
		if (is && (smallest == 0 || smallest >= K))
			fail_msg("trial %d: an attacker narrows somebody down, and the measure says %llu", i, (unsigned long long)smallest);
		safe += !is && smallest >= K;
		found += is;
		refused += smallest && smallest < K;
	}
	/* each outcome was there, or this showed nothing */
	assert_true(safe > 20);
	assert_true(found > 20);
	assert_true(refused >= found);
}

static void the_same_classes_again_narrow_nobody_down(void **state)
{
	struct trial t = {.people = {3, 4, 0, 5, 1, 0}, .releases = 2};

	(void)state;
	for (unsigned c = 0; c < CELLS; c++)
		t.joined[0][c] = t.joined[1][c] = c / 2;
	for (size_t r = 0; r < 2; r++) {
		t.published[r][0] = 7;
		t.published[r][1] = 5;
	}
	assert_int_equal(measured(&t), 5);
	/* one cell more in the second: with the first release, three of the seven stand alone */
	t.joined[1][0] = 3;
	t.published[1][0] = 4;
	t.published[1][3] = 3;
	assert_int_equal(measured(&t), 3);
	/* left out of the second, they are those who are missing in it */
	t.published[1][3] = 0;
	assert_int_equal(measured(&t), 3);
	/* a class that a later release leaves out tells no more than it did */
	t.joined[1][0] = 0;
	t.published[1][0] = 0;
	assert_int_equal(measured(&t), 5);
	t.published[1][1] = 0;
	assert_int_equal(measured(&t), 0);
}

/* Values of one column ------------------------------------------------------------------------------------------ */

enum { PLACES = 4, VALUES = 2, SOME = 2, DIFFERENT = 2, BOXES = PLACES * VALUES };

/* Persons by place and value; each release joins places, and tells of classes of SOME persons with DIFFERENT values how many have which. */
struct valued {
	unsigned people[BOXES];
	unsigned joined[RELEASES_MOST][PLACES];
	size_t releases;
};

/* What a release tells of a class: how many have each value; all 0 when it leaves the class out. */
static void told_of(const struct valued *t, const unsigned *people, size_t r, unsigned group, unsigned out[VALUES])
{
	unsigned n = 0, different = 0;

	for (size_t v = 0; v < VALUES; v++) {
		out[v] = 0;
		for (size_t p = 0; p < PLACES; p++)
			out[v] += t->joined[r][p] == group ? people[p * VALUES + v] : 0;
		n += out[v];
		different += out[v] > 0;
	}
	if (n < SOME || different < DIFFERENT)
		memset(out, 0, VALUES * sizeof *out);
}

static bool fits_values(const struct valued *t, const unsigned *other)
{
	unsigned here[VALUES], there[VALUES];

	for (size_t r = 0; r < t->releases; r++)
		for (unsigned g = 0; g < PLACES; g++) {
			told_of(t, t->people, r, g, here);
			told_of(t, other, r, g, there);
			if (memcmp(here, there, sizeof here) != 0)
				return false;
		}
	return true;
}

/* Takes out of SURE the sets of places where OTHER has nobody, or people with DIFFERENT values. */
static void consider_values(const unsigned *other, bool sure[1 << PLACES])
{
	for (unsigned set = 1; set < 1 << PLACES; set++) {
		unsigned different = 0;

		for (size_t v = 0; v < VALUES; v++) {
			unsigned n = 0;

			for (size_t p = 0; p < PLACES; p++)
				n += set >> p & 1 ? other[p * VALUES + v] : 0;
			different += n > 0;
		}
		if (different == 0 || different >= DIFFERENT)
			sure[set] = false;
	}
}

static void all_values(const struct valued *t, unsigned *other, size_t box, unsigned left, bool sure[1 << PLACES])
{
	if (box == BOXES - 1) {
		other[box] = left;
		if (fits_values(t, other))
			consider_values(other, sure);
		return;
	}
	for (other[box] = 0; other[box] <= left; other[box]++)
		all_values(t, other, box + 1, left - other[box], sure);
}

static bool is_told_of(const struct valued *t, size_t r, size_t place)
{
	unsigned told[VALUES], n = 0;

	told_of(t, t->people, r, t->joined[r][place], told);
	for (size_t v = 0; v < VALUES; v++)
		n += told[v];
	return n > 0;
}

/* True when an attacker who tries all tables is sure that people are in some places that releases tell of, and have less than DIFFERENT values. */
static bool learns_values(const struct valued *t)
{
	bool sure[1 << PLACES];
	unsigned other[BOXES], people = 0, told = 0;

	memset(sure, 1, sizeof sure);
	for (size_t b = 0; b < BOXES; b++)
		people += t->people[b];
	for (size_t p = 0; p < PLACES; p++)
		for (size_t r = 0; r < t->releases; r++)
			told |= (unsigned)is_told_of(t, r, p) << p;
	all_values(t, other, 0, people, sure);
	for (unsigned set = 1; set < 1 << PLACES; set++)
		if (sure[set] && (set & ~told) == 0)
			return true;
	return false;
}

/* True when the measure finds T's last release, with those before it, in order. */
static bool values_hold(const struct valued *t)
{
	const bool tells[RELEASES_MOST] = {true, true, true};
	struct deid_model model;
	const struct deid_watch watch = {&model, true, tells};
	size_t last = t->releases - 1, failed;
	struct deid_narrowing n;
	struct deid_dict kept;
	struct arena a;
	struct error e = {0};
	char text[RELEASES_MOST][8];
	uint64_t smallest;

	arena_init(&a, 0, false);
	deid_dict_init(&kept);
	assert_ok(deid_model_parse(STR("distinct-l=2:v"), &model, &e), &e);
	assert_ok(deid_narrowing_init(&n, last, (struct deid_watches){&watch, 1}, &a, &e), &e);
	for (size_t p = 0; p < PLACES; p++) {
		struct str earlier[RELEASES_MOST];

		for (size_t r = 0; r < t->releases; r++) {
			earlier[r] = key_of(text[r], t->joined[r][p]);
			if (!is_told_of(t, r, p))
				continue;
			if (r == last)
				assert_int_not_equal(deid_dict_add(&kept, earlier[r]), DEID_NONE);
			else
				assert_ok(deid_narrowing_published(&n, r, earlier[r], &e), &e);
		}
		for (size_t v = 0; v < VALUES; v++) {
			const struct str value = str_of(v ? "yes" : "no");
			const struct deid_view view = {earlier[last], earlier, &value};

			if (t->people[p * VALUES + v])
				assert_ok(deid_narrowing_add(&n, &view, t->people[p * VALUES + v], &e), &e);
		}
	}
	assert_ok(deid_narrowing_smallest(&n, &kept, &smallest, &e), &e);
	assert_ok(deid_narrowing_watch(&n, &kept, &failed, &e), &e);
	deid_narrowing_free(&n);
	deid_dict_free(&kept);
	arena_free(&a);
	return failed == 1 && (!smallest || smallest >= SOME);
}

static void nobody_learns_values_that_the_measure_does_not_see(void **state)
{
	unsigned safe = 0, found = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct valued t = {.releases = 2 + chance(2)};
		unsigned people = 3 + chance(5);
		bool holds, learns;

		for (unsigned k = 0; k < people; k++)
			t.people[chance(BOXES)]++;
		for (size_t r = 0; r < t.releases; r++)
			for (size_t p = 0; p < PLACES; p++)
				t.joined[r][p] = chance(2);
		holds = values_hold(&t);
		learns = learns_values(&t);
		if (holds && learns)
			fail_msg("trial %d: an attacker learns values, and the measure does not see it", i);
		safe += holds && !learns;
		found += learns;
	}
	assert_true(safe > 20);
	assert_true(found > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_narrowed_down_below_the_measure),
		cmocka_unit_test(nobody_learns_values_that_the_measure_does_not_see),
		cmocka_unit_test(the_same_classes_again_narrow_nobody_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
