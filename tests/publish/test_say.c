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

static void assert_said(void (*say_it)(struct buf *, struct str, bool), const char *what, bool ja, const char *expected)
{
	struct buf b;

	buf_init(&b);
	say_it(&b, str_of(what), ja);
	assert_string_equal(buf_c(&b), expected);
	buf_free(&b);
}

static void laws_are_called_by_their_names(void **state)
{
	(void)state;
	assert_said(say_law, "Corporation Tax Act 126", true, "法人税法第126条");
	assert_said(say_law, "Corporation Tax Act 126", false, "Corporation Tax Act, Article 126");
	assert_said(say_law, "Number Act 9(4)", true, "番号法第9条第4項");
	assert_said(say_law, "Telecommunications Business Act 27-12", true, "電気通信事業法第27条の12");
	assert_said(say_law, "Income Tax Act", true, "所得税法");
	assert_said(say_law, "Companies Act 13, 15(2), 16", true, "会社法第13条、第15条第2項、第16条");
	assert_said(say_law, "33-2-3", true, "個人情報保護法第33条第2項第3号");
	assert_said(say_law, "Sea Act 5", true, "Sea Act 5");
	assert_said(say_law, "Income Tax Actuary 5", true, "Income Tax Actuary 5");
}

static void hours_are_said_in_words(void **state)
{
	(void)state;
	assert_said(say_hours, "Mo-Fr 09:30-18:00; PH off", true, "月曜日から金曜日の9時30分から18時まで、祝日を除く");
	assert_said(say_hours, "Mo-Fr 09:30-18:00; PH off", false, "Monday to Friday, 9:30 to 18:00; public holidays excepted");
	assert_said(say_hours, "Mo,We 10:00-12:00,13:00-17:00", false, "Monday, Wednesday, 10:00 to 12:00, 13:00 to 17:00");
	assert_said(say_hours, "Mo-Fr 9-18", true, "Mo-Fr 9-18");
	assert_said(say_hours, "Mo-Fr 09:30-18", false, "Mo-Fr 09:30-18");
	assert_said(say_hours, "any time", false, "any time");
	assert_said(say_hours, "", true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_said_in_words),
		cmocka_unit_test(words_have_names_in_both_languages),
		cmocka_unit_test(articles_are_cited_as_each_language_does),
		cmocka_unit_test(laws_are_called_by_their_names),
		cmocka_unit_test(hours_are_said_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
