#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b)
{
	*b = (struct buf){NULL, 0, 0, false};
}

void buf_free(struct buf *b)
{
	free(b->p);
	buf_init(b);
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

static bool buf_grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : 128;
	char *p;

	while (cap < need) {
		if (cap > SIZE_MAX / 2) {
			cap = need;
			break;
		}
		cap *= 2;
	}
	/* not realloc: what it leaves behind may be somebody's address */
	p = malloc(cap);
	if (!p) {
		b->failed = true;
		return false;
	}
	if (b->p) {
		memcpy(p, b->p, b->n);
		explicit_bzero(b->p, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

char *buf_room(struct buf *b, size_t n)
{
	char *at;

	if (b->failed)
		return NULL;
	if (n > SIZE_MAX - b->n - 1) {
		b->failed = true;
		return NULL;
	}
	/* one byte more than asked, so that buf_c never has to grow */
	if (b->cap < b->n + n + 1 && !buf_grow(b, b->n + n + 1))
		return NULL;
	at = b->p + b->n;
	b->n += n;
	return at;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *at = buf_room(b, n);

	if (at && n)
		memcpy(at, p, n);
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_text(struct buf *b, const char *c)
{
	buf_add(b, c, strlen(c));
}

void buf_byte(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_u64(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof digits;

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	buf_add(b, digits + i, sizeof digits - i);
}

const char *u64_grouped(uint64_t n, char room[U64_GROUPED])
{
	char *p = room + U64_GROUPED - 1;

	*p = '\0';
	for (unsigned digits = 0; digits == 0 || n; digits++, n /= 10) {
		if (digits && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
	}
	return p;
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int n;
	char *at;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0) {
		b->failed = true;
		return;
	}
	at = buf_room(b, (size_t)n);
	if (at && vsnprintf(at, (size_t)n + 1, format, args) != n)
		b->failed = true;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

/* The two-character escape of C, 0 when C is written another way. */
static char json_short(unsigned char c)
{
	switch (c) {
	case '"':
		return '"';
	case '\\':
		return '\\';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

void buf_json(struct buf *b, struct str s)
{
	size_t from = 0;

	buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char two;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, s.p + from, i - from);
		from = i + 1;
		two = json_short(c);
		if (two) {
			buf_byte(b, '\\');
			buf_byte(b, two);
		} else {
			buf_text(b, "\\u00");
			buf_hex(b, &c, 1);
		}
	}
	if (s.n)
		buf_add(b, s.p + from, s.n - from);
	buf_byte(b, '"');
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = p;
	char *at = n <= SIZE_MAX / 2 ? buf_room(b, n * 2) : NULL;

	if (!at) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		at[2 * i] = digits[in[i] >> 4];
		at[2 * i + 1] = digits[in[i] & 15];
	}
}

static const char base64_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void base64_encode(struct buf *b, const unsigned char *in, size_t n, const char *digits, bool pad)
{
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)in[i] << 16;
		char four[4];

		if (left > 1)
			v |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			v |= in[i + 2];
		four[0] = digits[v >> 18];
		four[1] = digits[(v >> 12) & 63];
		four[2] = left > 1 ? digits[(v >> 6) & 63] : '=';
		four[3] = left > 2 ? digits[v & 63] : '=';
		buf_add(b, four, pad || left > 2 ? 4 : left + 1);
	}
}

void buf_base64(struct buf *b, const void *p, size_t n)
{
	base64_encode(b, p, n, base64_std, true);
}

void buf_base64url(struct buf *b, const void *p, size_t n)
{
	base64_encode(b, p, n, base64_url, false);
}

struct str buf_view(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

const char *buf_c(struct buf *b)
{
	char *at = buf_room(b, 1);

	if (!at)
		return "";
	*at = '\0';
	b->n--;
	return b->p;
}

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct str s, void *out, size_t n)
{
	unsigned char *to = out;

	if (s.n % 2 || s.n / 2 != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_digit(s.p[2 * i]);
		int lo = hex_digit(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		to[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

static int base64_digit(char c, bool url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (url ? '-' : '+'))
		return 62;
	if (c == (url ? '_' : '/'))
		return 63;
	return -1;
}

/* S without padding; canonical only: the unused bits of the last digit are zero. */
static bool base64_bits(struct str s, bool url, void *out, size_t cap, size_t *n)
{
	unsigned char *to = out;
	uint32_t v = 0;
	unsigned bits = 0;
	size_t made = 0;

	if (s.n % 4 == 1 || s.n / 4 * 3 + (s.n % 4 ? s.n % 4 - 1 : 0) > cap)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = base64_digit(s.p[i], url);

		if (d < 0)
			return false;
		v = v << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[made++] = (unsigned char)(v >> bits);
			v &= (1U << bits) - 1;
		}
	}
	if (v)
		return false;
	*n = made;
	return true;
}

bool base64_decode(struct str s, void *out, size_t cap, size_t *n)
{
	if (s.n % 4)
		return false;
	for (int i = 0; i < 2 && s.n && s.p[s.n - 1] == '='; i++)
		s.n--;
	return base64_bits(s, false, out, cap, n);
}

bool base64url_decode(struct str s, void *out, size_t cap, size_t *n)
{
	return base64_bits(s, true, out, cap, n);
}
