#include "test.h"

#include "evidence/subject.h"
#include "log_fixture.h"

static struct uuid person(unsigned char n)
{
	return (struct uuid){{n, 1}};
}

/* Lists all places of WHO, a page of three at a time, into INDEXES; gives how many. */
static size_t list_all(struct fixture *f, struct uuid who, uint64_t *indexes, size_t cap)
{
	int64_t places[3];
	struct subject_page page = {INT64_MAX, places, 3, 0};
	size_t n = 0;

	do {
		assert_ok(subject_list(f->d, &who, &page, &f->e), &f->e);
		for (size_t i = 0; i < page.n; i++) {
			assert_true(n < cap);
			assert_int_equal(places[i] >> LOG_PLACE_BITS, 1);
			assert_true(places[i] < page.before);
			page.before = places[i];
			indexes[n++] = (uint64_t)places[i] & ((UINT64_C(1) << LOG_PLACE_BITS) - 1);
		}
	} while (page.n == page.cap);
	return n;
}

static void rows_come_back_newest_first(void **state)
{
	struct fixture *f = *state;
	struct subject_row rows[500];
	uint64_t indexes[500];

	/* person 1 at every third entry, person 2 at the others; added out of order */
	for (size_t i = 0; i < 500; i++)
		rows[499 - i] = (struct subject_row){person(i % 3 ? 2 : 1), log_place(1, i * 1000)};
	subject_sort(rows, 500);
	assert_ok(subject_add(f->d, rows, 500, &f->e), &f->e);
	assert_int_equal(list_all(f, person(1), indexes, 500), 167);
	for (size_t i = 0; i < 167; i++)
		assert_int_equal(indexes[i], (166 - i) * 3000);
	assert_int_equal(list_all(f, person(2), indexes, 500), 333);
	assert_int_equal(list_all(f, person(3), indexes, 500), 0);
}

static void adding_again_after_a_crash_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct subject_row rows[200];
	uint64_t indexes[300];

	for (size_t i = 0; i < 200; i++)
		rows[i] = (struct subject_row){person(1), log_place(1, i)};
	assert_ok(subject_add(f->d, rows, 130, &f->e), &f->e);
	assert_ok(subject_add(f->d, rows, 200, &f->e), &f->e);
	assert_ok(subject_add(f->d, rows, 200, &f->e), &f->e);
	assert_int_equal(list_all(f, person(1), indexes, 300), 200);
}

static void one_by_one_is_as_all_at_once(void **state)
{
	struct fixture *f = *state;
	uint64_t indexes[300];

	for (size_t i = 0; i < 200; i++) {
		struct subject_row row = {person(1), log_place(1, i * i * 7)};

		assert_ok(subject_add(f->d, &row, 1, &f->e), &f->e);
	}
	assert_int_equal(list_all(f, person(1), indexes, 300), 200);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(indexes[i], (199 - i) * (199 - i) * 7);
}

struct seen {
	uint64_t persons[16];
};

static void see(void *ctx, uint64_t index, uint64_t persons)
{
	struct seen *s = ctx;

	assert_true(index < 16);
	s->persons[index] += persons;
}

static void erased_person_leaves_bare_marks(void **state)
{
	struct fixture *f = *state;
	struct subject_row rows[] = {
		{person(1), log_place(1, 1)}, {person(1), log_place(1, 5)}, {person(2), log_place(1, 5)},
		{{{0}}, log_place(1, 7)},     {person(2), log_place(2, 3)},
	};
	const struct uuid one = person(1), two = person(2);
	struct seen seen = {{0}};
	struct subject_visitor v = {see, &seen};
	uint64_t indexes[16], size;

	subject_sort(rows, 5);
	assert_ok(subject_indexed(f->d, 1, &size, &f->e), &f->e);
	assert_int_equal(size, 0);
	assert_ok(subject_add(f->d, rows, 5, &f->e), &f->e);
	assert_ok(subject_done(f->d, 1, 9, rows, 5, &f->e), &f->e);
	assert_ok(subject_indexed(f->d, 1, &size, &f->e), &f->e);
	assert_int_equal(size, 9);
	assert_ok(subject_erase(f->d, &one, &f->e), &f->e);
	assert_ok(subject_erase(f->d, &two, &f->e), &f->e);
	assert_int_equal(list_all(f, one, indexes, 16), 0);
	assert_ok(subject_visit(f->d, 1, &v, &f->e), &f->e);
	assert_int_equal(seen.persons[1], 1);
	assert_int_equal(seen.persons[5], 2);
	assert_int_equal(seen.persons[7], 1); /* it was about nobody */
	assert_int_equal(seen.persons[3], 0); /* another generation */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(rows_come_back_newest_first),
		T(adding_again_after_a_crash_changes_nothing),
		T(one_by_one_is_as_all_at_once),
		T(erased_person_leaves_bare_marks),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
