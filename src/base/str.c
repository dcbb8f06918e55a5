#include "base/str.h"

#include <string.h>

struct str str_of(const char *c)
{
	return (struct str){c, c ? strlen(c) : 0};
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

bool str_starts(struct str a, struct str prefix)
{
	return a.n >= prefix.n && str_eq((struct str){a.p, prefix.n}, prefix);
}

bool str_has_at(struct str s, size_t at, const char *word)
{
	if (at < s.n && *word && s.p[at] != *word) /* so that searching byte by byte is cheap */
		return false;
	return str_starts(str_sub(s, at, s.n), str_of(word));
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from >= s.n)
		return (struct str){s.p ? s.p + s.n : NULL, 0};
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){s.p + from, n};
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_copy(struct arena *a, struct str s)
{
	char *p = arena_copy(a, s.p, s.n);

	return (struct str){p, p ? s.n : 0};
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 20)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t d;

		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		d = (uint64_t)(s.p[i] - '0');
		if (v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

/* The length of the well-formed sequence at P (N bytes left), 0 when there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xBF;
	size_t need;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	need = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (n < need)
		return 0;
	if (p[0] == 0xE0)
		lo = 0xA0;
	else if (p[0] == 0xED)
		hi = 0x9F;
	else if (p[0] == 0xF0)
		lo = 0x90;
	else if (p[0] == 0xF4)
		hi = 0x8F;
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return need;
}

bool str_utf8_valid(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t step;

		while (i + 8 <= s.n) {
			uint64_t w;

			memcpy(&w, s.p + i, 8);
			if (w & UINT64_C(0x8080808080808080))
				break;
			i += 8;
		}
		if (i == s.n)
			break;
		step = utf8_sequence((const unsigned char *)s.p + i, s.n - i);
		if (!step)
			return false;
		i += step;
	}
	return true;
}

static unsigned min_u(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
	enum { MAX = 64 };
	unsigned rows[3][MAX + 1];

	if (a.n > MAX || b.n > MAX)
		return limit + 1;
	for (unsigned j = 0; j <= b.n; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *now = rows[i % 3];
		const unsigned *before = rows[(i + 2) % 3];
		const unsigned *earlier = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned same = a.p[i - 1] == b.p[j - 1] ? 0 : 1;

			now[j] = min_u(min_u(before[j] + 1, now[j - 1] + 1), before[j - 1] + same);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				now[j] = min_u(now[j], earlier[j - 2] + 1);
		}
	}
	return min_u(rows[a.n % 3][b.n], limit + 1);
}
