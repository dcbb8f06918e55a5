#include "vault/normal.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "crypto/crypto.h"

enum { LONG_VOWEL = 0x30FC };

static bool is_digit(int32_t c)
{
	return c >= '0' && c <= '9';
}

/* What people use as a hyphen, beside those that NFKC makes "-" already. */
static bool is_hyphen(int32_t c)
{
	return c == '-' || c == 0x02D7 || (c >= 0x2010 && c <= 0x2015) || c == 0x2043 || c == 0x2212 || c == 0x2500 ||
	       c == 0x2501;
}

/* NFKC leaves the usual and the ideographic space as U+0020. */
static bool is_blank(int32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static void add_char(struct buf *out, int32_t c)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);

	buf_add(out, bytes, (size_t)n);
}

/* The character of the N bytes at P, which utf8proc made, and its length in *LENGTH. */
static int32_t char_at(const utf8proc_uint8_t *p, size_t n, size_t *length)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t used = utf8proc_iterate(p, (utf8proc_ssize_t)n, &c);

	*length = used > 0 ? (size_t)used : 1;
	return used > 0 ? c : 0xFFFD;
}

static void fold_text(const utf8proc_uint8_t *p, size_t n, enum normal_blanks blanks, struct buf *out)
{
	size_t length, next_length, start = out->n;
	int32_t c, before = 0;
	bool gap = false;

	for (size_t i = 0; i < n; i += length) {
		c = char_at(p + i, n - i, &length);
		if (is_blank(c)) {
			gap = blanks == NORMAL_COLLAPSE && out->n > start;
			continue;
		}
		if (gap)
			buf_byte(out, ' ');
		gap = false;
		if (is_hyphen(c) || (c == LONG_VOWEL && is_digit(before) && i + length < n &&
				     is_digit(char_at(p + i + length, n - i - length, &next_length))))
			c = '-';
		add_char(out, c);
		before = c;
	}
}

bool normal_text(struct str s, enum normal_blanks blanks, struct buf *out)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t n;

	if (!str_utf8_valid(s))
		return false;
	n = utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &mapped,
			 UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	if (n < 0)
		return false;
	fold_text(mapped, (size_t)n, blanks, out);
	crypto_wipe(mapped, (size_t)n);
	free(mapped);
	return buf_ok(out);
}

bool normal_digits(struct str s, struct buf *out)
{
	struct buf plain;
	bool good;

	buf_init(&plain);
	good = normal_text(s, NORMAL_DROP, &plain);
	for (size_t i = 0; good && i < plain.n; i++) {
		if (is_digit(plain.p[i]))
			buf_byte(out, plain.p[i]);
		else
			good = plain.p[i] == '-';
	}
	buf_wipe(&plain);
	return good && buf_ok(out);
}

/* Appends the digits of the number in PLAIN, which may begin with "+"; false when anything but separators is in between. */
static bool phone_digits(struct str plain, struct buf *digits)
{
	static const char vowel[] = "\xE3\x83\xBC";

	for (size_t i = 0; i < plain.n; i++) {
		char c = plain.p[i];

		if (is_digit(c))
			buf_byte(digits, c);
		else if (str_starts(str_sub(plain, i, plain.n), (struct str){vowel, 3}))
			i += 2;
		else if (c != '-' && c != '(' && c != ')' && c != '.' && c != '/' && !(c == '+' && i == 0))
			return false;
	}
	return buf_ok(digits);
}

static bool add_phone(struct str d, bool international, struct buf *out)
{
	if (!international) {
		if ((d.n != 10 && d.n != 11) || d.p[0] != '0' || d.p[1] == '0')
			return false;
		buf_text(out, "+81");
		buf_str(out, str_sub(d, 1, d.n));
		return buf_ok(out);
	}
	if (d.n < 7 || d.n > 16 || d.p[0] == '0')
		return false;
	buf_byte(out, '+');
	if (!str_starts(d, STR("81"))) {
		buf_str(out, d);
		return d.n <= 15 && buf_ok(out);
	}
	d = str_sub(d, d.p[2] == '0' ? 3 : 2, d.n);
	buf_text(out, "81");
	buf_str(out, d);
	return (d.n == 9 || d.n == 10) && d.p[0] != '0' && buf_ok(out);
}

bool normal_phone(struct str s, struct buf *out)
{
	struct buf plain, digits;
	bool good;

	buf_init(&plain);
	buf_init(&digits);
	good = normal_text(s, NORMAL_DROP, &plain) && phone_digits(buf_view(&plain), &digits) &&
	       add_phone(buf_view(&digits), plain.n > 0 && plain.p[0] == '+', out);
	buf_wipe(&plain);
	buf_wipe(&digits);
	return good;
}
