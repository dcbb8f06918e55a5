#include "deid/detect.h"

#include <string.h>

/*
 * The text is read once into runs of digits that may be grouped by single
 * hyphens or blanks.  A run is judged as a whole; what stands next to it decides
 * little, so that a number within a sentence is found.
 */
enum {
	MOST_DIGITS = 19, /* of a card; longer runs are none of ours */
};

struct run {
	unsigned char digit[MOST_DIGITS + 1];
	size_t n;
	unsigned groups;
	bool plus;	 /* a plus sign stands before it */
	char before;	 /* the byte before it, 0 at the beginning */
	char before2;
	bool lettered; /* a letter follows at once */
};

/* The character at S, folded to ASCII where it has a narrow form; its length in *N. */
static unsigned character(struct str s, size_t *n)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned v;

	*n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	if (*n > s.n)
		*n = s.n;
	if (*n != 3)
		return *n == 1 ? c : 0x80;
	v = (c & 15U) << 12 | ((unsigned char)s.p[1] & 63U) << 6 | ((unsigned char)s.p[2] & 63U);
	if (v >= 0xFF01 && v <= 0xFF5E)
		return v - 0xFF01 + '!';
	if (v == 0x3000)
		return ' ';
	if (v == 0x2010 || v == 0x2011 || v == 0x2012 || v == 0x2013 || v == 0x2212 || v == 0x30FC)
		return '-';
	return v;
}

bool deid_is_individual_number(const unsigned char *d)
{
	static const unsigned weight[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
	unsigned sum = 0, rest;

	for (size_t i = 0; i < 11; i++)
		sum += d[i] * weight[i];
	rest = sum % 11;
	return d[11] == (rest <= 1 ? 0 : 11 - rest);
}

static bool is_luhn(const unsigned char *d, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = d[n - 1 - i];

		if (i % 2)
			v = v > 4 ? 2U * v - 9 : 2U * v;
		sum += v;
	}
	return sum % 10 == 0;
}

/* Beginnings and lengths of the card brands used in Japan. */
static bool is_card(const struct run *r)
{
	unsigned two = r->digit[0] * 10U + r->digit[1], four = two * 100 + r->digit[2] * 10U + r->digit[3];
	bool form = false;

	if (r->n == 16)
		form = r->digit[0] == 4 || (two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) ||
		       (four >= 3528 && four <= 3589) || four == 6011 || two == 62 || two == 65;
	else if (r->n == 15)
		form = two == 34 || two == 37;
	else if (r->n == 14)
		form = two == 36 || two == 38 || (four >= 3000 && four <= 3059);
	return form && is_luhn(r->digit, r->n);
}

/* A licence's eleventh digit checks the first ten, by the weights of the individual number's tail; the twelfth counts reissues. */
static bool is_licence(const struct run *r)
{
	static const unsigned weight[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
	unsigned two = r->digit[0] * 10U + r->digit[1];
	unsigned sum = 0, rest;

	if (r->n != 12 || r->groups > 1 || two < 10 || two > 97)
		return false;
	for (size_t i = 0; i < 10; i++)
		sum += r->digit[i] * weight[i];
	rest = sum % 11;
	return r->digit[10] == (rest <= 1 ? 0 : 11 - rest);
}

static bool is_phone(const struct run *r)
{
	if (r->plus && r->n >= 11 && r->n <= 13 && r->digit[0] == 8 && r->digit[1] == 1)
		return true;
	if (r->digit[0] != 0 || r->digit[1] == 0)
		return false;
	/* mobile and IP numbers have eleven digits, the others ten; without hyphens ten digits may be anything */
	if (r->n == 11)
		return (r->digit[2] == 0 && (r->digit[1] == 5 || r->digit[1] >= 7)) || r->groups == 3;
	return r->n == 10 && (r->groups == 3 || r->groups == 1);
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static uint32_t judge(const struct run *r, bool postcode_mark)
{
	uint32_t found = 0;

	if (r->n > MOST_DIGITS || r->lettered)
		return 0;
	if (r->n == 12 && r->groups <= 3 && deid_is_individual_number(r->digit))
		found |= 1U << DEID_FOUND_INDIVIDUAL_NUMBER;
	if (is_licence(r))
		found |= 1U << DEID_FOUND_LICENCE;
	if (r->n == 7 && r->groups == 1 && is_upper(r->before) && is_upper(r->before2))
		found |= 1U << DEID_FOUND_PASSPORT;
	if (r->n == 7 && postcode_mark)
		found |= 1U << DEID_FOUND_ADDRESS;
	if (is_letter(r->before))
		return found;
	if (r->n >= 14 && r->n <= 16 && is_card(r))
		found |= 1U << DEID_FOUND_CARD;
	if (r->n >= 10 && r->n <= 13 && is_phone(r))
		found |= 1U << DEID_FOUND_PHONE;
	return found;
}

/* Reads the run of digits at the beginning of S; gives how many bytes it takes. */
static size_t take_run(struct str s, struct run *r)
{
	size_t at = 0, n = 0, in_group = 0;

	r->n = 0;
	r->groups = 1;
	while (at < s.n) {
		unsigned c = character(str_sub(s, at, s.n), &n);
		size_t skip;

		if (c >= '0' && c <= '9') {
			if (r->n <= MOST_DIGITS)
				r->digit[r->n < MOST_DIGITS ? r->n : MOST_DIGITS] = (unsigned char)(c - '0');
			r->n++;
			in_group++;
			at += n;
			continue;
		}
		/* one hyphen or blank between digits groups them */
		if ((c != '-' && c != ' ') || at + n >= s.n || in_group < 2)
			break;
		c = character(str_sub(s, at + n, s.n), &skip);
		if (c < '0' || c > '9')
			break;
		at += n;
		r->groups++;
		in_group = 0;
	}
	r->lettered = at < s.n && is_letter((char)character(str_sub(s, at, s.n), &n));
	return at;
}

static bool is_atom(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+/=?^_`{|}~.-", c));
}

/* An address of the form local@domain.tld around the @ at AT. */
static bool is_email(struct str s, size_t at)
{
	size_t end = at + 1, dot = 0;

	if (at == 0 || !is_atom(s.p[at - 1]) || s.p[at - 1] == '.')
		return false;
	while (end < s.n && (is_letter(s.p[end]) || (s.p[end] >= '0' && s.p[end] <= '9') || s.p[end] == '-' || s.p[end] == '.')) {
		if (s.p[end] == '.')
			dot = end;
		end++;
	}
	return dot > at + 1 && dot + 2 < end && is_letter(s.p[dot + 1]);
}

static bool find_text(struct str s, struct str what, size_t *at)
{
	const char *p = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;

	*at = p ? (size_t)(p - s.p) : s.n;
	return p != NULL;
}

/* A municipality's last character, and behind it a house number: digits with a hyphen or a counter for blocks. */
static bool is_address(struct str s)
{
	static const char *const ends[] = {"市", "区", "町", "村", "郡"};
	static const char *const counters[] = {"丁目", "番地", "番", "号"};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct str rest;
		size_t at, n;

		if (!find_text(s, str_of(ends[i]), &at) || at == 0)
			continue;
		rest = str_sub(s, at + 3, s.n);
		for (size_t j = 0; j < rest.n; j += n) {
			unsigned c = character(str_sub(rest, j, rest.n), &n);
			struct str behind = str_sub(rest, j + n, rest.n);
			size_t m;

			if (c < '0' || c > '9' || behind.n == 0)
				continue;
			c = character(behind, &m);
			if (c == '-' && behind.n > m && (c = character(str_sub(behind, m, behind.n), &m)) >= '0' && c <= '9')
				return true;
			for (size_t k = 0; k < sizeof counters / sizeof counters[0]; k++)
				if (str_starts(behind, str_of(counters[k])))
					return true;
		}
	}
	return false;
}

uint32_t deid_detect(struct str text)
{
	uint32_t found = 0;
	struct run r = {.before = 0};
	bool mark = false;
	bool wide = false;

	for (size_t i = 0; i < text.n;) {
		size_t n;
		unsigned c = character(str_sub(text, i, text.n), &n);

		if (c >= '0' && c <= '9') {
			size_t taken = take_run(str_sub(text, i, text.n), &r);

			found |= judge(&r, mark);
			i += taken;
			r.before = '0';
			mark = false;
			continue;
		}
		if (c == '@' && is_email(text, i))
			found |= 1U << DEID_FOUND_EMAIL;
		r.plus = c == '+';
		mark = c == 0x3012 || (mark && c == ' ');
		wide = wide || c >= 0x80;
		r.before2 = r.before;
		r.before = c < 0x80 ? (char)c : ' ';
		i += n;
	}
	if (wide && is_address(text))
		found |= 1U << DEID_FOUND_ADDRESS;
	return found;
}

const char *deid_finding_name(enum deid_finding kind)
{
	static const char *const names[DEID_FINDINGS] = {
		[DEID_FOUND_EMAIL] = "e-mail address",
		[DEID_FOUND_PHONE] = "telephone number",
		[DEID_FOUND_CARD] = "payment card number",
		[DEID_FOUND_INDIVIDUAL_NUMBER] = "individual number",
		[DEID_FOUND_PASSPORT] = "passport number",
		[DEID_FOUND_LICENCE] = "driving licence number",
		[DEID_FOUND_ADDRESS] = "postal address",
	};

	return names[kind];
}

bool deid_finding_is_code(enum deid_finding kind)
{
	return kind == DEID_FOUND_INDIVIDUAL_NUMBER || kind == DEID_FOUND_PASSPORT || kind == DEID_FOUND_LICENCE;
}
