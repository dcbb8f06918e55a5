#include "test.h"

#include <string.h>

#include "base/charset.h"

/* Decodes TEXT of SET in pieces of CAP bytes of output; the outcome, with what was given in OUT. */
static result decode(enum charset set, struct str text, size_t cap, struct buf *out, struct error *e)
{
	struct charset_decoder *d;
	struct source s;
	result r;

	buf_init(out);
	assert_ok(charset_open(&d, set, source_memory(&text), "t.csv", e), e);
	s = charset_source(d);
	for (;;) {
		char piece[128];
		size_t n;

		r = s.read(s.ctx, piece, cap, &n, e);
		if (!ok(r) || n == 0)
			break;
		buf_add(out, piece, n);
	}
	charset_close(d);
	return r;
}

static void assert_decodes(enum charset set, struct str text, const char *expected)
{
	for (size_t cap = 2 * SOURCE_MIN; cap <= 128; cap += 7) {
		struct error e = {0};
		struct buf out;

		assert_ok(decode(set, text, cap, &out, &e), &e);
		assert_string_equal(buf_c(&out), expected);
		buf_free(&out);
	}
}

static void assert_refuses(enum charset set, struct str text, const char *where, const char *offset)
{
	for (size_t cap = 2 * SOURCE_MIN; cap <= 128; cap += 7) {
		struct error e = {0};
		struct buf out;

		if (ok(decode(set, text, cap, &out, &e)))
			fail_msg("bytes that are no text were taken");
		assert_int_equal(e.code, CODE_ENCODING);
		assert_string_equal(e.where, where);
		assert_non_null(strstr(e.message, offset));
		buf_free(&out);
	}
}

static void utf8_comes_through_without_its_mark(void **state)
{
	(void)state;
	assert_decodes(CHARSET_UTF8, STR("\xEF\xBB\xBF" "a\xE5\x8C\x97,\xF0\xA0\xAE\xB7 and some more text, longer than a piece"),
		       "a\xE5\x8C\x97,\xF0\xA0\xAE\xB7 and some more text, longer than a piece");
	assert_decodes(CHARSET_UTF8, STR(""), "");
	assert_decodes(CHARSET_UTF8, STR("a"), "a");
}

static void shift_jis_and_euc_become_utf8(void **state)
{
	static const char kita[] = "\xE5\x8C\x97\xE6\xB5\x9C\xE2\x91\xA0,\xEF\xBD\xB1\n"; /* a circled digit and a half-width kana, too */

	(void)state;
	assert_decodes(CHARSET_SHIFT_JIS, STR("\x96\x6B\x95\x6C\x87\x40,\xB1\n"), kita);
	assert_decodes(CHARSET_EUC_JP, STR("\xCB\xCC\xC9\xCD\xAD\xA1,\x8E\xB1\n"), kita);
}

static void the_first_bad_byte_is_named_by_line_column_and_offset(void **state)
{
	(void)state;
	assert_refuses(CHARSET_UTF8, STR("ab\nc\xE5\x8C\x97\x96\x6B and more"), "t.csv:2:3", "at byte 7");
	assert_refuses(CHARSET_UTF8, STR("\xEF\xBB\xBF" "a\xFF"), "t.csv:1:2", "at byte 4");
	assert_refuses(CHARSET_UTF8, STR("a\xE5\x8C"), "t.csv:1:2", "ends within");
	assert_refuses(CHARSET_SHIFT_JIS, STR("ab\nc\x96\x6B\xFF\xFF"), "t.csv:2:3", "at byte 6");
	assert_refuses(CHARSET_SHIFT_JIS, STR("a\n\x96"), "t.csv:2:1", "ends within");
	assert_refuses(CHARSET_EUC_JP, STR("\xCB\xCC\xCB\x20"), "t.csv:1:2", "at byte 2");
}

static void names_are_known_in_any_case(void **state)
{
	enum charset set;

	(void)state;
	assert_true(charset_from_name(STR("UTF-8"), &set));
	assert_int_equal(set, CHARSET_UTF8);
	assert_true(charset_from_name(STR("Shift_JIS"), &set));
	assert_int_equal(set, CHARSET_SHIFT_JIS);
	assert_true(charset_from_name(STR("eucJP-ms"), &set));
	assert_int_equal(set, CHARSET_EUC_JP);
	assert_false(charset_from_name(STR("latin1"), &set));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_comes_through_without_its_mark),
		cmocka_unit_test(shift_jis_and_euc_become_utf8),
		cmocka_unit_test(the_first_bad_byte_is_named_by_line_column_and_offset),
		cmocka_unit_test(names_are_known_in_any_case),
	};

	return cmocka_run_group_tests_name("base/charset", tests, NULL, NULL);
}
