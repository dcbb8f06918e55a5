#include "test.h"

#include "publish/say.h"

static void assert_duration(const char *iso, bool ja, const char *expected)
{
	struct duration d;
	struct buf b;

	assert_true(duration_parse(str_of(iso), &d));
	buf_init(&b);
	say_duration(&b, d, ja);
	assert_string_equal(buf_c(&b), expected);
	buf_free(&b);
}

static void periods_are_said_in_words(void **state)
{
	(void)state;
	assert_duration("P5Y", true, "5年");
	assert_duration("P1Y6M", true, "1年6か月");
	assert_duration("P14D", false, "14 days");
	assert_duration("P1Y1M", false, "1 year 1 month");
	assert_duration("PT1H30M", false, "1 hour 30 minutes");
}

static void words_have_names_in_both_languages(void **state)
{
	(void)state;
	assert_string_equal(say("disclose", true), "開示");
	assert_string_equal(say("disclose", false), "disclosure");
	assert_string_equal(say("no_such_word", true), "no_such_word");
	assert_null(say_word(STR("no_such_word"), false).p);
}

static void assert_article(const char *law, bool ja, const char *expected)
{
	struct buf b;

	buf_init(&b);
	say_article(&b, str_of(law), ja);
	assert_string_equal(buf_c(&b), expected);
	buf_free(&b);
}

static void articles_are_cited_as_each_language_does(void **state)
{
	(void)state;
	assert_article("33-2-1", true, "第33条第2項第1号");
	assert_article("33-2-1", false, "Article 33(2)(i)");
	assert_article("37-1", true, "第37条第1項");
	assert_article("40", false, "Article 40");
	assert_article("Number Act 9", false, "Number Act 9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_said_in_words),
		cmocka_unit_test(words_have_names_in_both_languages),
		cmocka_unit_test(articles_are_cited_as_each_language_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
