/* What was changed lately, and what is forgotten. */
#include "test.h"

#include "access/changed.h"

static struct uuid key_of(uint32_t n)
{
	struct uuid key = {{0}};
	uint64_t h = (n + 1) * UINT64_C(0x9E3779B97F4A7C15);

	for (int i = 0; i < 8; i++) {
		key.b[i] = (unsigned char)(n >> (8 * (i % 4)));
		key.b[8 + i] = (unsigned char)(h >> (8 * i));
	}
	return key;
}

static struct changed *made(void)
{
	struct changed *c;
	struct error e = {0};

	assert_ok(changed_new(&c, &e), &e);
	return c;
}

static void a_mark_counts_for_numbers_before_it_only(void **state)
{
	struct changed *c = made();
	struct uuid a = key_of(1), b = key_of(2);
	struct error e = {0};

	(void)state;
	assert_ok(changed_mark(c, &a, 1, &e), &e);
	/* before it is published, too: whoever reads now may not rest on it */
	assert_true(changed_since(c, &a, 0));
	assert_int_equal(changed_number(c), 0);
	changed_publish(c, 1, 1000);
	assert_int_equal(changed_number(c), 1);
	assert_true(changed_since(c, &a, 0));
	assert_false(changed_since(c, &a, 1));
	assert_false(changed_since(c, &b, 0));
	changed_free(c);
}

static void what_is_forgotten_counts_as_changed(void **state)
{
	struct changed *c = made();
	struct uuid a = key_of(1), b = key_of(2), never = key_of(3);
	struct error e = {0};

	(void)state;
	assert_ok(changed_mark(c, &a, 1, &e), &e);
	changed_publish(c, 1, 1000);
	assert_ok(changed_mark(c, &b, 2, &e), &e);
	changed_publish(c, 2, 1000 + CHANGED_FORGET_MS + 1);
	assert_true(changed_since(c, &never, 0)); /* too long ago to tell */
	assert_false(changed_since(c, &never, 1));
	assert_true(changed_since(c, &b, 1));
	changed_free(c);
}

static void very_many_changes_are_forgotten_sooner_and_never_missed(void **state)
{
	enum { COMMITS = 400, KEYS = 1000 };
	struct changed *c = made();
	struct error e = {0};

	(void)state;
	for (uint32_t n = 1; n <= COMMITS; n++) {
		for (uint32_t k = 0; k < KEYS; k++) {
			struct uuid key = key_of(n * KEYS + k);

			assert_ok(changed_mark(c, &key, n, &e), &e);
		}
		changed_publish(c, n, 1000 + n * 10);
	}
	for (uint32_t n = 1; n <= COMMITS; n += 7) {
		struct uuid key = key_of(n * KEYS + 5);

		assert_true(changed_since(c, &key, n - 1));
	}
	/* a fresh reader is not told that all has changed */
	assert_false(changed_since(c, &(struct uuid){{7}}, COMMITS));
	changed_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_counts_for_numbers_before_it_only),
		cmocka_unit_test(what_is_forgotten_counts_as_changed),
		cmocka_unit_test(very_many_changes_are_forgotten_sooner_and_never_missed),
	};

	return cmocka_run_group_tests_name("access/changed", tests, NULL, NULL);
}
