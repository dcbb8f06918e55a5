#include "test.h"

#include <string.h>

#include "crypto/crypto.h"
#include "vault/value.h"

/* The canonical text of the JSON text IN as ITEM in OUT, or the code that refuses it. */
static enum code check(const struct policy_item *item, const char *in, struct buf *out)
{
	json_t *value = json_loads(in, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct error e = {0};

	assert_non_null(value);
	buf_reset(out);
	if (ok(value_check(item, value, out, &e)))
		e.code = CODE_NONE;
	json_decref(value);
	return e.code;
}

struct value_case {
	enum item_type type;
	const char *in;
	const char *kept; /* NULL: refused */
};

static const struct value_case value_cases[] = {
	{ITEM_TEXT, "\"abc\"", "\"abc\""},
	{ITEM_TEXT, "\" 株式会社　北浜 \"", "\" 株式会社　北浜 \""},
	{ITEM_TEXT, "\"\"", NULL},
	{ITEM_TEXT, "\"  \"", NULL},
	{ITEM_TEXT, "\"a\\nb\"", NULL},
	{ITEM_TEXT, "\"a\\u0000b\"", NULL},
	{ITEM_TEXT, "\"a\\u0085b\"", NULL},
	{ITEM_TEXT, "5", NULL},
	{ITEM_TEXT, "[\"a\"]", NULL},
	{ITEM_TEXT, "null", NULL},
	{ITEM_LONG_TEXT, "\"a\\nb\\tc\"", "\"a\\nb\\tc\""},
	{ITEM_LONG_TEXT, "\"a\\u0007\"", NULL},
	{ITEM_NAME, "\"山田 太郎\"", "\"山田 太郎\""},
	{ITEM_ADDRESS, "\"大阪市中央区北浜4-1-1\\n北浜ビル\"", "\"大阪市中央区北浜4-1-1\\n北浜ビル\""},
	{ITEM_PHONE, "\"06-0000-0000\"", "\"06-0000-0000\""},
	{ITEM_PHONE, "\"０９０－１２３４－５６７８\"", "\"０９０－１２３４－５６７８\""},
	{ITEM_PHONE, "\"+81 (0)3 1234 5678\"", "\"+81 (0)3 1234 5678\""},
	{ITEM_PHONE, "\"+1 202-555-0123\"", "\"+1 202-555-0123\""},
	{ITEM_PHONE, "\"0120-000-000\"", "\"0120-000-000\""},
	{ITEM_PHONE, "\"12345\"", NULL},
	{ITEM_PHONE, "\"06-0000-000\"", NULL},
	{ITEM_PHONE, "\"06-0000-0000 ext 5\"", NULL},
	{ITEM_PHONE, "\"0012025550123\"", NULL},
	{ITEM_PHONE, "\"+0312345678\"", NULL},
	{ITEM_PHONE, "\"+81312345\"", NULL},
	{ITEM_PHONE, "\"+1234567890123456\"", NULL},
	{ITEM_EMAIL, "\"taro.yamada+x@mail.example.jp\"", "\"taro.yamada+x@mail.example.jp\""},
	{ITEM_EMAIL, "\"a..b.@docomo.example\"", "\"a..b.@docomo.example\""},
	{ITEM_EMAIL, "\"taro@日本.example\"", "\"taro@日本.example\""},
	{ITEM_EMAIL, "\"taro\"", NULL},
	{ITEM_EMAIL, "\"taro@localhost\"", NULL},
	{ITEM_EMAIL, "\"taro@-a.example\"", NULL},
	{ITEM_EMAIL, "\"taro@a..example\"", NULL},
	{ITEM_EMAIL, "\"taro @a.example\"", NULL},
	{ITEM_EMAIL, "\"taro@a.example \"", NULL},
	{ITEM_EMAIL, "\"a@b@c.example\"", NULL},
	{ITEM_EMAIL, "\"@a.example\"", NULL},
	{ITEM_EMAIL, "\"taro＠example.jp\"", NULL},
	{ITEM_EMAIL, "\"taro@ｅxample.jp\"", NULL},
	{ITEM_DATE, "\"2024-02-29\"", "\"2024-02-29\""},
	{ITEM_DATE, "\"2026-02-29\"", NULL},
	{ITEM_DATE, "\"2026/02/28\"", NULL},
	{ITEM_DATE, "20260228", NULL},
	{ITEM_DATETIME, "\"2026-12-01T09:00:00+09:00\"", "\"2026-12-01T09:00:00+09:00\""},
	{ITEM_DATETIME, "\"2026-12-01T09:00:00\"", NULL},
	{ITEM_DATETIME, "\"2026-12-01\"", NULL},
	{ITEM_NUMBER, "5", "5"},
	{ITEM_NUMBER, "-2.5", "-2.5"},
	{ITEM_NUMBER, "\"5\"", NULL},
	{ITEM_NUMBER, "101", NULL},
	{ITEM_NUMBER, "-3", NULL},
	{ITEM_NUMBER, "true", NULL},
	{ITEM_CODE, "\"f\"", "\"f\""},
	{ITEM_CODE, "\"F\"", NULL},
	{ITEM_CODE, "\"\"", NULL},
	{ITEM_PERSON, "\"0190163D-8694-739B-AEA5-966C26F8AD91\"", "\"0190163d-8694-739b-aea5-966c26f8ad91\""},
	{ITEM_PERSON, "\"0190163d8694739baea5966c26f8ad91\"", NULL},
	{ITEM_CARD, "\"4111 1111 1111 1111\"", "\"4111111111111111\""},
	{ITEM_CARD, "\"４１１１－１１１１－１１１１－１１１１\"", "\"4111111111111111\""},
	{ITEM_CARD, "\"4111111111111112\"", NULL},
	{ITEM_CARD, "\"0000000000000000\"", NULL},
	{ITEM_CARD, "\"18\"", NULL},
	{ITEM_CARD, "4111111111111111", NULL},
	{ITEM_INDIVIDUAL_NUMBER, "\"983205673214\"", "\"983205673214\""},
	{ITEM_INDIVIDUAL_NUMBER, "\"1234 5678 9018\"", "\"123456789018\""},
	{ITEM_INDIVIDUAL_NUMBER, "\"111111111118\"", "\"111111111118\""},
	{ITEM_INDIVIDUAL_NUMBER, "\"999999999996\"", "\"999999999996\""},
	{ITEM_INDIVIDUAL_NUMBER, "\"100000000005\"", "\"100000000005\""},
	{ITEM_INDIVIDUAL_NUMBER, "\"000000000000\"", "\"000000000000\""},
	{ITEM_INDIVIDUAL_NUMBER, "\"983205673215\"", NULL},
	{ITEM_INDIVIDUAL_NUMBER, "\"98320567321\"", NULL},
	{ITEM_INDIVIDUAL_NUMBER, "\"9832056732144\"", NULL},
	{ITEM_BANK_ACCOUNT, "\"例示銀行 北浜支店 普通 1234567 キタハマ\"", "\"例示銀行 北浜支店 普通 1234567 キタハマ\""},
	{ITEM_BANK_ACCOUNT, "\"例示銀行\"", NULL},
	{ITEM_FILE, "\"aGVsbG8=\"", "\"aGVsbG8=\""},
	{ITEM_FILE, "\"aGVsbG8\"", NULL},
	{ITEM_FILE, "\"\"", NULL},
	{ITEM_FILE, "{\"media\":\"image/png\",\"data\":\"aGVsbG8=\"}", "{\"media\":\"image/png\",\"data\":\"aGVsbG8=\"}"},
	{ITEM_FILE, "{\"media\":\"text/html\",\"data\":\"aGVsbG8=\"}", NULL},
	{ITEM_FILE, "{\"media\":\"image/png\"}", NULL},
	{ITEM_FILE, "{\"media\":\"image/png\",\"data\":\"aGVsbG8=\",\"x\":1}", NULL},
	{ITEM_LIST, "[\"a\", \"b\"]", "[\"a\",\"b\"]"},
	{ITEM_LIST, "[]", NULL},
	{ITEM_LIST, "[\"a\", 5]", NULL},
	{ITEM_LIST, "\"a\"", NULL},
};

static void values_are_taken_and_refused_by_type(void **state)
{
	struct str codes[] = {STR("f"), STR("m")}, media[] = {STR("image/png")};
	struct policy_item item = {.values = codes, .n_values = 2, .media = media, .n_media = 1, .list_of = ITEM_TEXT,
				   .has_min = true, .has_max = true, .min = -2.5, .max = 100};
	struct buf out;

	(void)state;
	buf_init(&out);
	for (size_t i = 0; i < sizeof value_cases / sizeof value_cases[0]; i++) {
		const struct value_case *c = &value_cases[i];
		enum code code;

		item.type = c->type;
		code = check(&item, c->in, &out);
		if (c->kept ? code != CODE_NONE || !str_is(buf_view(&out), c->kept) : code != CODE_ITEM_INVALID)
			fail_msg("%s: %s, kept as %s", c->in, code_text(code), buf_c(&out));
	}
	buf_free(&out);
}

static void many_values_are_a_list_of_that_type(void **state)
{
	struct policy_item item = {.type = ITEM_EMAIL, .many = true};
	struct buf out, big;

	(void)state;
	buf_init(&out);
	buf_init(&big);
	assert_int_equal(check(&item, "[\"a@b.example\",\"c@d.example\"]", &out), CODE_NONE);
	assert_int_equal(check(&item, "[\"a@b.example\",\"c\"]", &out), CODE_ITEM_INVALID);
	assert_int_equal(check(&item, "\"a@b.example\"", &out), CODE_ITEM_INVALID);
	item.type = ITEM_NUMBER;
	buf_text(&big, "[0");
	for (int i = 0; i < VALUE_ELEMENTS; i++)
		buf_text(&big, ",1");
	buf_byte(&big, ']');
	assert_int_equal(check(&item, buf_c(&big), &out), CODE_TOO_LARGE);
	buf_free(&out);
	buf_free(&big);
}

static void a_value_above_the_limit_is_too_large(void **state)
{
	struct policy_item item = {.type = ITEM_LONG_TEXT};
	struct buf out, big;

	(void)state;
	buf_init(&out);
	buf_init(&big);
	buf_byte(&big, '"');
	for (int i = 0; i < VALUE_MAX - 2; i++)
		buf_byte(&big, 'a');
	buf_byte(&big, '"');
	assert_int_equal(check(&item, buf_c(&big), &out), CODE_NONE);
	big.p[big.n - 1] = 'a';
	buf_byte(&big, '"');
	assert_int_equal(check(&item, buf_c(&big), &out), CODE_TOO_LARGE);
	buf_free(&out);
	buf_free(&big);
}

struct same_case {
	enum item_type type;
	const char *a, *b;
	bool same;
};

static const struct same_case same_cases[] = {
	{ITEM_PHONE, "03-1234-5678", "0312345678", true},
	{ITEM_PHONE, "03-1234-5678", "０３－１２３４－５６７８", true},
	{ITEM_PHONE, "03-1234-5678", "03ー1234ー5678", true},
	{ITEM_PHONE, "03-1234-5678", "03‐1234―5678", true},
	{ITEM_PHONE, "03-1234-5678", "03−1234─5678", true},
	{ITEM_PHONE, "03-1234-5678", "(03)1234-5678", true},
	{ITEM_PHONE, "03-1234-5678", "+81 3 1234 5678", true},
	{ITEM_PHONE, "03-1234-5678", "+81-(0)3-1234-5678", true},
	{ITEM_PHONE, "03-1234-5678", "＋８１３１２３４５６７８", true},
	{ITEM_PHONE, "03-1234-5678", "03-1234-5679", false},
	{ITEM_PHONE, "090-1234-5678", "+819012345678", true},
	{ITEM_PHONE, "+1 202 555 0123", "+12025550123", true},
	{ITEM_EMAIL, "Taro@Example.JP", "taro@example.jp", true},
	{ITEM_EMAIL, "taro@example.jp", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", true},
	{ITEM_EMAIL, "taro@example.jp", " taro@example.jp ", true},
	{ITEM_EMAIL, "taro@example.jp", "ta\xE2\x80\x8Bro@example.jp", true},
	{ITEM_EMAIL, "taro@example.jp", "tarо@example.jp", false}, /* a Cyrillic o */
	{ITEM_NAME, "山田太郎", "山田　太郎", true},
	{ITEM_NAME, "ヤマダ ガク", "ﾔﾏﾀﾞ ｶﾞｸ", true},
	{ITEM_NAME, "ヤマダ ガク", "ﾔﾏﾀﾞｶﾞｸ", true},
	{ITEM_NAME, "やまだ", "ヤマダ", false},
	{ITEM_NAME, "エリー", "エリ-", false},
	{ITEM_NAME, "Straße", "STRASSE", true},
	{ITEM_NAME, "が", "か\xE3\x82\x99", true},
	{ITEM_ADDRESS, "大阪市北浜４－１－１", "大阪市北浜4ー1ー1", true},
	{ITEM_ADDRESS, "大阪市北浜4-1-1", "大阪市 北浜 4−1−1", true},
	{ITEM_ADDRESS, "北浜タワー1", "北浜タワ-1", false},
	{ITEM_TEXT, "C-0001", "Ｃ－０００１", true},
	{ITEM_TEXT, "C-0001", "c‐0001", true},
	{ITEM_TEXT, "C-0001", "C0001", false},
	{ITEM_TEXT, "0001", "1", false},
	{ITEM_TEXT, "a b", "a　 b", true},
	{ITEM_TEXT, "a b", "ab", false},
	{ITEM_TEXT, "①", "1", true},
	{ITEM_CARD, "4111 1111 1111 1111", "４１１１－１１１１－１１１１－１１１１", true},
	{ITEM_INDIVIDUAL_NUMBER, "983205673214", "9832-0567-3214", true},
	{ITEM_DATE, "2026-12-01", "２０２６-１２-０１", true},
	{ITEM_DATETIME, "2026-12-01T09:00:00+09:00", "2026-12-01T00:00:00Z", true},
	{ITEM_NUMBER, "1", "1.0", true},
	{ITEM_NUMBER, "0", "-0.0", true},
	{ITEM_NUMBER, "1", "1.5", false},
	{ITEM_PERSON, "0190163D-8694-739B-AEA5-966C26F8AD91", "0190163d-8694-739b-aea5-966c26f8ad91", true},
};

static void what_people_take_for_the_same_is_looked_up_as_the_same(void **state)
{
	struct buf a, b;

	(void)state;
	buf_init(&a);
	buf_init(&b);
	for (size_t i = 0; i < sizeof same_cases / sizeof same_cases[0]; i++) {
		const struct same_case *c = &same_cases[i];

		buf_reset(&a);
		buf_reset(&b);
		if (!value_lookup_text(c->type, str_of(c->a), &a))
			fail_msg("%s is not looked up", c->a);
		if (!value_lookup_text(c->type, str_of(c->b), &b) && c->same)
			fail_msg("%s is not looked up", c->b);
		if (str_eq(buf_view(&a), buf_view(&b)) != c->same)
			fail_msg("%s and %s", c->a, c->b);
	}
	buf_free(&a);
	buf_free(&b);
}

static void what_can_be_nobodys_is_not_looked_up(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_false(value_lookup_text(ITEM_TEXT, STR("  "), &out));
	assert_false(value_lookup_text(ITEM_TEXT, STR("\xFF"), &out));
	assert_false(value_lookup_text(ITEM_PHONE, STR("12"), &out));
	assert_false(value_lookup_text(ITEM_CARD, STR("4111111111111112"), &out));
	assert_false(value_lookup_text(ITEM_LONG_TEXT, STR("a"), &out));
	assert_false(value_lookup_text(ITEM_FILE, STR("aGVsbG8="), &out));
	buf_free(&out);
}

static bool join(void *ctx, struct str element)
{
	struct buf *all = ctx;

	buf_str(all, element);
	buf_byte(all, '|');
	return true;
}

static void each_element_of_a_value_is_given_unescaped(void **state)
{
	struct buf all;

	(void)state;
	buf_init(&all);
	assert_true(value_each(STR("\"a\\u0041\\n\""), join, &all));
	assert_true(value_each(STR("[\"x\",1.5,\"\"]"), join, &all));
	assert_string_equal(buf_c(&all), "aA\n|x|1.5||");
	assert_false(value_each(STR("[\"x\""), join, &all));
	assert_false(value_each(STR("[{}]"), join, &all));
	buf_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_taken_and_refused_by_type),
		cmocka_unit_test(many_values_are_a_list_of_that_type),
		cmocka_unit_test(a_value_above_the_limit_is_too_large),
		cmocka_unit_test(what_people_take_for_the_same_is_looked_up_as_the_same),
		cmocka_unit_test(what_can_be_nobodys_is_not_looked_up),
		cmocka_unit_test(each_element_of_a_value_is_given_unescaped),
	};

	return cmocka_run_group_tests_name("vault/value", tests, NULL, NULL);
}
