/* Counting the evidence of a log: in any steps it comes to the same as at once. */
#include "test.h"

#include <stdlib.h>

#include "evidence/log_fixture.h"
#include "publish/coverage.h"

enum { ENTRIES = 700 };

/* Appends entry I to F's log: reads and denials for changing purposes and categories. */
static void append(struct fixture *f, uint64_t i)
{
	static const struct str purposes[] = {{"billing", 7}, {"support", 7}, {NULL, 0}}, categories[] = {{"customer", 8}, {NULL, 0}};
	struct entry entry = {.t = INT64_C(1796083200123) + (moment)i, .kind = i % 5 ? ENTRY_READ : ENTRY_EVENT,
			      .actor = STR("a7"), .role = STR("billing_app"), .purpose = purposes[i % 3],
			      .category = categories[i % 2], .result = STR("ok")};
	struct log_entries batch;
	struct str text;
	struct buf b;

	memcpy(entry.nonce, &i, sizeof i);
	buf_init(&b);
	entry_write(&b, &entry);
	text = buf_view(&b);
	batch = (struct log_entries){&text, 1, STR("refs")};
	assert_ok(fixture_append(f, &batch, &f->e), &f->e);
	buf_free(&b);
}

static int64_t counted(const struct coverage_count *c, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(c->tally, key), "count"));
}

static void count_all(struct fixture *f, struct coverage_count *c)
{
	assert_ok(coverage_tally(f->d, UINT64_MAX, c, &f->e), &f->e);
	assert_int_equal(c->size, log_size(f->log));
	assert_int_equal(c->log_size, c->size);
}

static void counting_in_any_steps_comes_to_the_same(void **state)
{
	struct fixture *f = *state;
	struct coverage_count steps = {0}, whole = {0};
	uint64_t random = 20261125;

	for (uint64_t i = 0; i < ENTRIES; i++) {
		append(f, i);
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		if (random >> 61) /* seven of eight times the log grows further first */
			continue;
		assert_ok(coverage_tally(f->d, random >> 33 & 15, &steps, &f->e), &f->e);
		assert_true(steps.size <= i + 1);
		assert_int_equal(steps.log_size, i + 1);
	}
	assert_in_range(steps.size, 1, ENTRIES - 1);
	count_all(f, &steps);
	count_all(f, &whole);
	assert_int_equal(json_equal(steps.tally, whole.tally), 1);
	assert_int_equal(counted(&whole, "read") + counted(&whole, "event"), ENTRIES);
	assert_int_equal(counted(&whole, "event"), ENTRIES / 5);
	coverage_count_free(&whole);
	coverage_count_free(&steps);
}

static void counting_reads_no_more_than_it_may(void **state)
{
	struct fixture *f = *state;
	struct coverage_count c = {0};

	for (uint64_t i = 1; i <= 9; i++)
		append(f, i);
	assert_ok(coverage_tally(f->d, 4, &c, &f->e), &f->e);
	assert_int_equal(c.size, 4);
	assert_int_equal(c.log_size, 9);
	assert_int_equal(counted(&c, "read"), 4);
	assert_ok(coverage_tally(f->d, 0, &c, &f->e), &f->e);
	assert_int_equal(c.size, 4);
	coverage_count_free(&c);
}

static void another_log_is_counted_from_its_beginning(void **state)
{
	struct fixture *f = *state;
	struct coverage_count c = {0}, whole = {0};

	for (uint64_t i = 0; i < 9; i++)
		append(f, i);
	count_all(f, &whole);
	count_all(f, &c);
	c.generation++;
	count_all(f, &c);
	assert_int_equal(json_equal(c.tally, whole.tally), 1);
	c.size += 100; /* more than there is */
	count_all(f, &c);
	assert_int_equal(json_equal(c.tally, whole.tally), 1);
	coverage_count_free(&whole);
	coverage_count_free(&c);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(counting_in_any_steps_comes_to_the_same),
		T(counting_reads_no_more_than_it_may),
		T(another_log_is_counted_from_its_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
