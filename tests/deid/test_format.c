#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deid/detect.h"
#include "deid/format.h"

static struct deid_format format_of(enum deid_format_kind kind, const char *name)
{
	static const struct crypto_key key = {{7, 7}};
	struct deid_format f;
	struct error e = {0};

	assert_ok(deid_format_make(&f, kind, str_of(name), &key, &e), &e);
	return f;
}

static void signs_stay_and_the_rest_becomes_its_like(void **state)
{
	static const struct {
		enum deid_format_kind kind;
		const char *value;
	} cases[] = {
		{DEID_FORMAT_DIGITS, "12345678"},	  {DEID_FORMAT_DIGITS, "0000-0000"},   {DEID_FORMAT_DIGITS, "12/34.56 78_9"},
		{DEID_FORMAT_CAPITALS, "KH-00123456"},    {DEID_FORMAT_CAPITALS, "A1B2"},	{DEID_FORMAT_ALPHANUMERIC, "aB3-xyz9"},
		{DEID_FORMAT_ALPHANUMERIC, "0000000000"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct deid_format f = format_of(cases[i].kind, "customer");
		struct str value = str_of(cases[i].value);
		struct error e = {0};
		struct buf out, back;

		buf_init(&out);
		buf_init(&back);
		assert_ok(deid_format_apply(&f, value, &out, &e), &e);
		assert_int_equal(out.n, value.n);
		assert_false(str_eq(buf_view(&out), value));
		for (size_t k = 0; k < value.n; k++) {
			bool digit = out.p[k] >= '0' && out.p[k] <= '9', capital = out.p[k] >= 'A' && out.p[k] <= 'Z';
			bool small = out.p[k] >= 'a' && out.p[k] <= 'z';

			if (strchr("-/. _", value.p[k]))
				assert_int_equal(out.p[k], value.p[k]);
			else
				assert_true(digit || (capital && cases[i].kind != DEID_FORMAT_DIGITS) ||
					    (small && cases[i].kind == DEID_FORMAT_ALPHANUMERIC));
		}
		assert_ok(deid_format_undo(&f, buf_view(&out), &back, &e), &e);
		assert_true(str_eq(buf_view(&back), value));
		buf_free(&out);
		buf_free(&back);
		deid_format_free(&f);
	}
}

static void what_could_be_tried_out_or_is_of_another_form_is_refused_with_what_would_be_right(void **state)
{
	static const struct {
		enum deid_format_kind kind;
		const char *value, *says;
	} cases[] = {
		{DEID_FORMAT_DIGITS, "1234", "so few values of 4 digits that they could be tried out; 6 at least are right"},
		{DEID_FORMAT_DIGITS, "12-345", "of 5 digits"},
		{DEID_FORMAT_DIGITS, "--", "of 0 digits"},
		{DEID_FORMAT_CAPITALS, "A-12", "of 3 letters and digits"},
		{DEID_FORMAT_ALPHANUMERIC, "a12", "4 at least are right"},
		{DEID_FORMAT_DIGITS, "KH123456", "capitals would take it"},
		{DEID_FORMAT_DIGITS, "kh123456", "alphanumeric would take it"},
		{DEID_FORMAT_CAPITALS, "Kh123456", "alphanumeric would take it"},
		{DEID_FORMAT_DIGITS, "１２３４５６７８", "signs of ASCII"},
		{DEID_FORMAT_DIGITS, "123\t45678", "signs of ASCII"},
		{DEID_FORMAT_DIGITS, "090-1234-5678", "the form of a telephone number"},
		{DEID_FORMAT_DIGITS, "4111 1111 1111 1111", "the form of a payment card number"},
		{DEID_FORMAT_CAPITALS, "TK1234567", "the form of a passport number"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct deid_format f = format_of(cases[i].kind, "customer");
		struct error e = {0};
		struct buf out;

		buf_init(&out);
		assert_false(ok(deid_format_apply(&f, str_of(cases[i].value), &out, &e)));
		assert_int_equal(e.code, CODE_ITEM_INVALID);
		if (!strstr(e.message, cases[i].says))
			fail_msg("%s: %s", cases[i].value, e.message);
		assert_int_equal(out.n, 0);
		buf_free(&out);
		deid_format_free(&f);
	}
}

/* PATTERN into OUT of N bytes, with NUMBER in the place of its four signs. */
static void count_into(char *out, size_t n, const char *pattern, int number)
{
	char digits[12];

	snprintf(out, n, "%s", pattern);
	snprintf(digits, sizeof digits, "%04d", number);
	memcpy(strchr(out, '#'), digits, 4);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Values of a form of which many look like identifiers: twelve digits have a check digit by chance in a sixth of cases. */
static void what_a_value_becomes_never_looks_like_an_identifier_and_is_its_own(void **state)
{
	static const struct {
		enum deid_format_kind kind;
		const char *pattern; /* with four digits that count */
	} forms[] = {
		{DEID_FORMAT_DIGITS, "1####5550000"}, {DEID_FORMAT_DIGITS, "4000####00000000"},
		{DEID_FORMAT_DIGITS, "55####0000"},   {DEID_FORMAT_DIGITS, "52-####-0000"},
		{DEID_FORMAT_CAPITALS, "A####5555"},  {DEID_FORMAT_DIGITS, "12####"},
	};
	size_t refused = 0, again = 0;

	(void)state;
	for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
		struct deid_format f = format_of(forms[k].kind, "customer");
		char(*seen)[20] = calloc(2000, sizeof *seen);
		size_t n = 0;

		assert_non_null(seen);
		for (int v = 0; v < 2000; v++) {
			struct error e = {0};
			struct buf out, back;
			char value[20];

			count_into(value, sizeof value, forms[k].pattern, v);
			buf_init(&out);
			buf_init(&back);
			if (deid_detect(str_of(value))) {
				refused++;
				assert_fails(deid_format_apply(&f, str_of(value), &out, &e), &e, CODE_ITEM_INVALID);
			} else {
				uint16_t x[20];
				size_t numerals = 0;

				assert_ok(deid_format_apply(&f, str_of(value), &out, &e), &e);
				assert_int_equal(deid_detect(buf_view(&out)), 0);
				assert_ok(deid_format_undo(&f, buf_view(&out), &back, &e), &e);
				assert_string_equal(buf_c(&back), value);
				memcpy(seen[n++], out.p, out.n);
				for (const char *c = value; forms[k].kind == DEID_FORMAT_DIGITS && *c; c++)
					if (*c != '-')
						x[numerals++] = (uint16_t)(*c - '0');
				if (numerals) {
					assert_ok(ff1_encrypt(&f.cipher, STR(""), x, numerals, &e), &e);
					again += x[numerals - 1] != out.p[out.n - 1] - '0';
				}
			}
			buf_free(&out);
			buf_free(&back);
		}
		qsort(seen, n, sizeof *seen, by_text);
		for (size_t i = 1; i < n; i++)
			assert_string_not_equal(seen[i - 1], seen[i]);
		free(seen);
		deid_format_free(&f);
	}
	/* both roads were taken, or this shows nothing */
	assert_true(refused > 100);
	assert_true(again > 100);
}

static void kinds_are_found_by_their_names(void **state)
{
	enum deid_format_kind kind;

	(void)state;
	for (int k = DEID_FORMAT_DIGITS; k < DEID_FORMATS; k++) {
		assert_true(deid_format_of(str_of(deid_format_name((enum deid_format_kind)k)), &kind));
		assert_int_equal(kind, k);
	}
	assert_false(deid_format_of(STR("none"), &kind));
	assert_false(deid_format_of(STR(""), &kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_stay_and_the_rest_becomes_its_like),
		cmocka_unit_test(what_could_be_tried_out_or_is_of_another_form_is_refused_with_what_would_be_right),
		cmocka_unit_test(what_a_value_becomes_never_looks_like_an_identifier_and_is_its_own),
		cmocka_unit_test(kinds_are_found_by_their_names),
	};

	return cmocka_run_group_tests_name("deid/format", tests, NULL, NULL);
}
