#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "deid/group.h"

/* Each way of numbering (by index, by small and by large keys, in two goes), against comparing every cell with every other. */

enum { ROWS = 3000, MOST = 8 };

struct space {
	struct deid_hierarchy h[MOST];
	const struct deid_hierarchy *hp[MOST];
	size_t attributes;
	struct deid_pack pack;
	struct deid_cells *cells;
	uint32_t leaf[ROWS][MOST];
};

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*dice >> 33) % sides;
}

/* LEAVES leaves, their hundreds, and all. */
static void make_hierarchy(struct deid_hierarchy *h, uint32_t leaves)
{
	struct buf b;
	struct error e = {0};
	struct str text;

	buf_init(&b);
	for (uint32_t i = 0; i < leaves; i++) {
		buf_u64(&b, i);
		buf_str(&b, STR(";"));
		buf_u64(&b, i / 100);
		buf_str(&b, STR("h;*\n"));
	}
	text = buf_view(&b);
	assert_ok(deid_hierarchy_read(h, source_memory(&text), ';', "made", &e), &e);
	buf_free(&b);
}

/* ATTRIBUTES of LEAVES leaves each; the rows are drawn from few, so that many are the same. */
static void make_space(struct space *s, size_t attributes, uint32_t leaves)
{
	uint64_t dice = attributes;
	struct error e = {0};

	s->attributes = attributes;
	for (size_t a = 0; a < attributes; a++) {
		make_hierarchy(&s->h[a], leaves);
		s->hp[a] = &s->h[a];
	}
	assert_ok(deid_pack_make(&s->pack, s->hp, attributes, &e), &e);
	s->cells = deid_cells_make(&s->pack, ROWS, false, false);
	assert_non_null(s->cells);
	memset(s->cells->levels, 0, attributes);
	for (uint32_t i = 0; i < ROWS; i++) {
		if (i && roll(&dice, 2)) {
			memcpy(s->leaf[i], s->leaf[roll(&dice, i)], sizeof s->leaf[i]);
			s->leaf[i][roll(&dice, (uint32_t)attributes)] = roll(&dice, leaves);
		} else {
			for (size_t a = 0; a < attributes; a++)
				s->leaf[i][a] = roll(&dice, leaves);
		}
		s->cells->count[i] = roll(&dice, 9);
		for (size_t c = 0; c < s->pack.chunks; c++)
			s->cells->chunk[c][i] = deid_pack_code(&s->pack, c, s->leaf[i]);
	}
}

static void free_space(struct space *s)
{
	free(s->cells);
	deid_pack_free(&s->pack);
	for (size_t a = 0; a < s->attributes; a++)
		deid_hierarchy_free(&s->h[a]);
}

static bool same(const struct space *s, const uint8_t *levels, uint32_t i, uint32_t j)
{
	for (size_t a = 0; a < s->attributes; a++) {
		const uint32_t *first = s->h[a].level[levels[a]].first;

		if (first[s->leaf[i][a]] != first[s->leaf[j][a]])
			return false;
	}
	return true;
}

static void check_classes(const struct space *s, const uint8_t *levels, const struct deid_classes *k)
{
	uint32_t *size = calloc(ROWS, sizeof *size);
	uint32_t classes = 0;

	assert_non_null(size);
	for (uint32_t i = 0; i < ROWS; i++) {
		uint32_t j = 0;

		while (j < classes && !same(s, levels, i, k->first[j]))
			j++;
		if (j == classes)
			assert_int_equal(k->first[classes++], i);
		assert_int_equal(k->of[i], j);
		size[j] += s->cells->count[i];
	}
	assert_int_equal(k->n, classes);
	assert_memory_equal(k->size, size, classes * sizeof *size);
	free(size);
}

static void check_space(size_t attributes, uint32_t leaves)
{
	struct space *s = calloc(1, sizeof *s);
	struct deid_grouper *g;
	uint64_t dice = 7;
	struct error e = {0};

	assert_non_null(s);
	make_space(s, attributes, leaves);
	g = deid_grouper_make(&s->pack, ROWS, 1);
	assert_non_null(g);
	for (int round = 0; round < 6; round++) {
		struct deid_classes k;
		uint8_t levels[MOST] = {0};

		for (size_t a = 0; round && a < attributes; a++)
			levels[a] = (uint8_t)roll(&dice, 3);
		assert_ok(deid_group(g, s->cells, levels, &k, &e), &e);
		check_classes(s, levels, &k);
	}
	deid_grouper_free(g);
	free_space(s);
	free(s);
}

static void classes_are_those_of_comparing_cells_when_keys_are_an_index(void **state)
{
	(void)state;
	check_space(2, 300);
}

static void classes_are_those_of_comparing_cells_when_keys_are_small(void **state)
{
	(void)state;
	check_space(3, 900);
}

static void classes_are_those_of_comparing_cells_when_keys_are_large(void **state)
{
	(void)state;
	check_space(6, 900);
}

static void classes_are_those_of_comparing_cells_when_no_key_holds_all(void **state)
{
	(void)state;
	check_space(8, 900);
}

/* Cells between the grouped ones and the classes: what deid_group_from makes of the classes is what grouping those gives. */
static void classes_of_coarser_cells_are_known_without_grouping_them(void **state)
{
	struct space *s = calloc(1, sizeof *s);
	struct deid_grouper *g, *finer;
	struct deid_classes k, between, again;
	struct deid_cells *cells;
	const uint8_t middle[MOST] = {0, 1, 1}, top[MOST] = {1, 1, 2};
	struct error e = {0};

	(void)state;
	assert_non_null(s);
	make_space(s, 3, 900);
	g = deid_grouper_make(&s->pack, ROWS, 1);
	finer = deid_grouper_make(&s->pack, ROWS, 1);
	assert_non_null(g);
	assert_non_null(finer);
	assert_ok(deid_group(g, s->cells, top, &k, &e), &e);
	assert_ok(deid_group(finer, s->cells, middle, &between, &e), &e);
	assert_int_equal(deid_group_counts(finer, &between).n, between.n);
	assert_ptr_equal(deid_group_counts(finer, &between).count, between.size);
	cells = deid_group_cells(finer, s->cells, middle, &between);
	assert_non_null(cells);
	deid_group_from(g, &k, between.first, between.n);
	assert_ok(deid_group(finer, cells, top, &again, &e), &e);
	assert_int_equal(k.n, again.n);
	assert_memory_equal(k.of, again.of, cells->n * sizeof *k.of);
	assert_memory_equal(k.first, again.first, k.n * sizeof *k.first);
	assert_memory_equal(k.size, again.size, k.n * sizeof *k.size);
	free(cells);
	deid_grouper_free(g);
	deid_grouper_free(finer);
	free_space(s);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_those_of_comparing_cells_when_keys_are_an_index),
		cmocka_unit_test(classes_are_those_of_comparing_cells_when_keys_are_small),
		cmocka_unit_test(classes_are_those_of_comparing_cells_when_keys_are_large),
		cmocka_unit_test(classes_are_those_of_comparing_cells_when_no_key_holds_all),
		cmocka_unit_test(classes_of_coarser_cells_are_known_without_grouping_them),
	};

	return cmocka_run_group_tests_name("deid/group", tests, NULL, NULL);
}
