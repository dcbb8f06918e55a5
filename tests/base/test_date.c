#include "test.h"

#include "base/date.h"

static date day(const char *text)
{
	date d;

	assert_true(date_parse(str_of(text), &d));
	return d;
}

static struct duration period(const char *text)
{
	struct duration p;

	assert_true(duration_parse(str_of(text), &p));
	return p;
}

static void every_day_splits_and_joins(void **state)
{
	int y, m, d;

	(void)state;
	for (date t = day("1600-01-01"); t <= day("2400-12-31"); t++) {
		date_split(t, &y, &m, &d);
		assert_int_equal(date_make(y, m, d), t);
	}
	assert_int_equal(date_weekday(day("2026-11-25")), 2);
	assert_int_equal(date_weekday(day("1969-12-31")), 2);
}

static void a_period_ends_on_the_corresponding_day_or_the_months_last(void **state)
{
	(void)state;
	assert_int_equal(date_plus(day("2026-04-30"), period("P1M")), day("2026-05-30"));
	assert_int_equal(date_plus(day("2026-01-31"), period("P1M")), day("2026-02-28"));
	assert_int_equal(date_plus(day("2024-02-29"), period("P1Y")), day("2025-02-28"));
	assert_int_equal(date_plus(day("2026-12-31"), period("P2M")), day("2027-02-28"));
	assert_int_equal(date_plus(day("2026-12-30"), period("P1W")), day("2027-01-06"));
}

static void a_period_does_not_count_the_day_of_its_event(void **state)
{
	static const char *const cases[][3] = {
		{"2026-04-30", "P1M", "2026-05-31"}, {"2025-02-28", "P3Y", "2028-02-29"},
		{"2026-01-30", "P1M", "2026-02-28"}, {"2026-01-31", "P1M", "2026-02-28"},
		{"2024-02-29", "P1Y", "2025-02-28"}, {"2024-02-28", "P1Y", "2025-02-28"},
		{"2026-03-31", "P5Y", "2031-03-31"}, {"2026-12-31", "P6M", "2027-06-30"},
		{"2026-03-15", "P3M", "2026-06-15"}, {"2026-03-15", "P30D", "2026-04-14"},
		{"2026-01-30", "P1M10D", "2026-03-10"}, {"2026-03-15", "PT24H", "2026-03-16"},
		{"2026-03-15", "PT23H", "2026-03-15"}, {"2026-08-30", "P6M", "2027-02-28"},
		{"2027-08-30", "P6M", "2028-02-29"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(date_period_end(day(cases[i][0]), period(cases[i][1])), day(cases[i][2]));
	assert_int_equal(date_period_end(day("9999-01-01"), period("P1Y")), day("9999-12-31"));
}

static void an_age_is_reached_at_the_end_of_the_eve(void **state)
{
	(void)state;
	assert_int_equal(date_age_eve(day("2008-04-01"), 18), day("2026-03-31"));
	assert_int_equal(date_age(day("2008-04-01"), day("2026-03-31")), 17);
	assert_int_equal(date_age(day("2008-04-01"), day("2026-04-01")), 18);
	assert_int_equal(date_age_eve(day("2008-02-29"), 18), day("2026-02-28"));
	assert_int_equal(date_age(day("2008-02-29"), day("2026-03-01")), 18);
	assert_int_equal(date_age_eve(day("2008-02-29"), 20), day("2028-02-28"));
}

static void moments_need_a_zone_and_keep_it(void **state)
{
	struct buf b;
	moment m;

	(void)state;
	assert_true(moment_parse(STR("2026-12-01T09:00:00.1239+09:00"), &m));
	buf_init(&b);
	moment_write(&b, m);
	assert_string_equal(buf_c(&b), "2026-12-01T00:00:00.123Z");
	buf_free(&b);
	assert_false(moment_parse(STR("2026-12-01T09:00:00"), &m));
	assert_false(moment_parse(STR("2026-02-30T09:00:00Z"), &m));
	assert_false(moment_parse(STR("2026-12-01T24:00:00Z"), &m));
	assert_true(moment_parse(STR("2026-10-31T15:00:00Z"), &m));
	assert_int_equal(moment_date(m, 540), day("2026-11-01"));
	assert_true(date_start(day("2026-11-01"), 540) == m);
}

static void durations_take_each_unit_once_and_in_order(void **state)
{
	struct duration p;
	struct buf b;

	(void)state;
	p = period("P1Y2M10DT2H30M");
	assert_int_equal(p.years, 1);
	assert_int_equal(p.months, 2);
	assert_int_equal(p.days, 10);
	assert_true(p.ms == INT64_C(9000000));
	buf_init(&b);
	duration_write(&b, p);
	assert_string_equal(buf_c(&b), "P1Y2M10DT2H30M");
	buf_free(&b);
	assert_false(duration_parse(STR("P"), &p));
	assert_false(duration_parse(STR("PT"), &p));
	assert_false(duration_parse(STR("P1D1Y"), &p));
	assert_false(duration_parse(STR("P1H"), &p));
	assert_false(duration_parse(STR("P1Y1Y"), &p));
	assert_false(duration_parse(STR("1Y"), &p));
	assert_false(duration_parse(STR("P-1D"), &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_splits_and_joins),
		cmocka_unit_test(a_period_ends_on_the_corresponding_day_or_the_months_last),
		cmocka_unit_test(a_period_does_not_count_the_day_of_its_event),
		cmocka_unit_test(an_age_is_reached_at_the_end_of_the_eve),
		cmocka_unit_test(moments_need_a_zone_and_keep_it),
		cmocka_unit_test(durations_take_each_unit_once_and_in_order),
	};

	return cmocka_run_group_tests_name("base/date", tests, NULL, NULL);
}
