#include "test.h"

#include "deid/metric.h"

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((*dice >> 33) % sides);
}

/* Else of two transformations that lose the same in other columns the search would take either, by the last bit of a sum. */
static void the_same_losses_in_other_columns_are_equal(void **state)
{
	enum { COLUMNS = 9 };
	static const enum deid_metric_kind kinds[] = {DEID_LOSS, DEID_LOSS_GEOMETRIC, DEID_PRECISION, DEID_ENTROPY};
	static const double alike[COLUMNS] = {0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3};
	uint64_t dice = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct deid_metric m = {.kind = kinds[i % 4], .attributes = COLUMNS, .weight = i % 8 < 4 ? NULL : alike, .weights = 2.7};
		double share[COLUMNS], key;

		for (int c = 0; c < COLUMNS; c++)
			share[c] = roll(&dice, 100000) * 1e5;
		key = deid_metric_key(&m, share);
		for (int c = COLUMNS - 1; c > 0; c--) {
			unsigned other = roll(&dice, (unsigned)c + 1);
			double kept = share[c];

			share[c] = share[other];
			share[other] = kept;
		}
		if (deid_metric_key(&m, share) < key || deid_metric_key(&m, share) > key)
			fail_msg("%s: %.17g and %.17g", deid_metric_name(m.kind), key, deid_metric_key(&m, share));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_losses_in_other_columns_are_equal),
	};

	return cmocka_run_group_tests_name("deid/metric", tests, NULL, NULL);
}
