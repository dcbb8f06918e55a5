#include "test.h"

#include "base/str.h"

static void base64_round_trips_every_length(void **state)
{
	unsigned char in[40], out[40];

	(void)state;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (unsigned char)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof in; n++) {
		struct buf b;
		size_t got = 0;

		buf_init(&b);
		buf_base64(&b, in, n);
		assert_true(base64_decode(buf_view(&b), out, sizeof out, &got));
		assert_int_equal(got, n);
		assert_memory_equal(in, out, n);
		buf_reset(&b);
		buf_base64url(&b, in, n);
		assert_true(base64url_decode(buf_view(&b), out, sizeof out, &got));
		assert_int_equal(got, n);
		assert_memory_equal(in, out, n);
		buf_free(&b);
	}
}

static void base64_refuses_what_is_not_canonical(void **state)
{
	unsigned char out[8];
	size_t n;

	(void)state;
	assert_false(base64_decode(STR("QQ"), out, sizeof out, &n));
	assert_false(base64_decode(STR("QR=="), out, sizeof out, &n));
	assert_false(base64_decode(STR("Q==="), out, sizeof out, &n));
	assert_false(base64_decode(STR("QQ==\n"), out, sizeof out, &n));
	assert_false(base64url_decode(STR("QR"), out, sizeof out, &n));
	assert_false(base64url_decode(STR("Q"), out, sizeof out, &n));
	assert_true(base64_decode(STR("QQ=="), out, sizeof out, &n));
	assert_int_equal(n, 1);
	assert_int_equal(out[0], 'A');
}

static void utf8_refuses_overlong_surrogate_and_cut(void **state)
{
	(void)state;
	assert_true(str_utf8_valid(STR("\xE5\x8C\x97\xE6\xB5\x9C 12345678 \xF0\xA0\xAE\xB7")));
	assert_false(str_utf8_valid(STR("\xC0\xAF")));
	assert_false(str_utf8_valid(STR("\xE0\x9F\xBF")));
	assert_false(str_utf8_valid(STR("\xED\xA0\x80")));
	assert_false(str_utf8_valid(STR("\xF4\x90\x80\x80")));
	assert_false(str_utf8_valid(STR("abcdefgh\xE5\x8C")));
	assert_false(str_utf8_valid(STR("\x80")));
}

static void json_escapes_controls_and_quotes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_json(&b, STR("a\"b\\c\n\x01\xE5\x8C\x97"));
	assert_string_equal(buf_c(&b), "\"a\\\"b\\\\c\\n\\u0001\xE5\x8C\x97\"");
	buf_free(&b);
}

static void distance_counts_edits_up_to_the_limit(void **state)
{
	(void)state;
	assert_int_equal(str_distance(STR("biling"), STR("billing"), 3), 1);
	assert_int_equal(str_distance(STR("billign"), STR("billing"), 3), 1);
	assert_int_equal(str_distance(STR("abc"), STR("xyz"), 2), 3);
	assert_int_equal(str_distance(STR(""), STR("ab"), 3), 2);
}

static void numbers_refuse_sign_blank_and_overflow(void **state)
{
	uint64_t v;

	(void)state;
	assert_true(str_to_u64(STR("18446744073709551615"), UINT64_MAX, &v));
	assert_true(v == UINT64_MAX);
	assert_false(str_to_u64(STR("18446744073709551616"), UINT64_MAX, &v));
	assert_false(str_to_u64(STR("+1"), 10, &v));
	assert_false(str_to_u64(STR(""), 10, &v));
	assert_false(str_to_u64(STR("11"), 10, &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_round_trips_every_length),
		cmocka_unit_test(base64_refuses_what_is_not_canonical),
		cmocka_unit_test(utf8_refuses_overlong_surrogate_and_cut),
		cmocka_unit_test(json_escapes_controls_and_quotes),
		cmocka_unit_test(distance_counts_edits_up_to_the_limit),
		cmocka_unit_test(numbers_refuse_sign_blank_and_overflow),
	};

	return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
