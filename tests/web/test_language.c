#include "test.h"

#include "web/language.h"

static void query_wins_over_header(void **state)
{
	(void)state;
	assert_int_equal(web_language_choose(STR("en"), STR("ja")), WEB_EN);
	assert_int_equal(web_language_choose(STR("ja"), STR("en-GB,en;q=0.9")), WEB_JA);
	assert_int_equal(web_language_choose(STR("fr"), STR("en")), WEB_EN);
}

static void header_is_weighed(void **state)
{
	(void)state;
	assert_int_equal(web_language_choose(STR(""), STR("fr, en-US;q=0.7, ja;q=0.65")), WEB_EN);
	assert_int_equal(web_language_choose(STR(""), STR("en;q=0.5,ja;q=0.875")), WEB_JA);
	assert_int_equal(web_language_choose(STR(""), STR("ja;q=0,en;q=0.001")), WEB_EN);
	assert_int_equal(web_language_choose(STR(""), STR("en;q=1.000,ja;q=0.999")), WEB_EN);
}

static void japanese_when_nothing_fits(void **state)
{
	(void)state;
	assert_int_equal(web_language_choose(STR(""), STR("")), WEB_JA);
	assert_int_equal(web_language_choose(STR(""), STR("de,*;q=0.1")), WEB_JA);
	assert_int_equal(web_language_choose(STR(""), STR(",,;q=,en;q=x;,;")), WEB_JA);
	assert_int_equal(web_language_choose(STR("e"), STR("eng")), WEB_JA);
}

static void assert_writes(struct buf *b, const char *expected)
{
	assert_string_equal(buf_c(b), expected);
	buf_free(b);
}

static void dates_and_times_read_as_in_the_language(void **state)
{
	date d = date_make(2026, 11, 1);
	struct buf b;

	(void)state;
	buf_init(&b);
	web_write_date(&b, d, WEB_JA);
	assert_writes(&b, "2026年11月1日");
	web_write_date(&b, d, WEB_EN);
	assert_writes(&b, "1 November 2026");
	web_write_time(&b, date_start(d, 0) - 1, 540, WEB_JA);
	assert_writes(&b, "2026年11月1日 08:59");
	web_write_time(&b, date_start(d, 540), 540, WEB_EN);
	assert_writes(&b, "1 November 2026, 00:00");
	web_write_time(&b, date_start(d, 0), -300, WEB_EN);
	assert_writes(&b, "31 October 2026, 19:00");
}

static void numbers_are_grouped(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	web_write_number(&b, 999);
	assert_writes(&b, "999");
	web_write_number(&b, 1000);
	assert_writes(&b, "1,000");
	web_write_number(&b, UINT64_MAX);
	assert_writes(&b, "18,446,744,073,709,551,615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(query_wins_over_header),
		cmocka_unit_test(header_is_weighed),
		cmocka_unit_test(japanese_when_nothing_fits),
		cmocka_unit_test(dates_and_times_read_as_in_the_language),
		cmocka_unit_test(numbers_are_grouped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
