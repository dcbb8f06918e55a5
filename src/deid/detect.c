#include "deid/detect.h"

#include <string.h>

#include "deid/rule.h"

/*
 * The text is read once into runs of digits that may be grouped by single
 * hyphens or blanks.  A run is judged as a whole; what stands next to it decides
 * little, so that a number within a sentence is found.
 */
enum {
	MOST_DIGITS = 19, /* of a card; longer runs are none of ours */
	MOST_GROUPS = 4,
	NEAR = 64, /* characters around an @ that are looked at, and bytes behind a word that says what comes */
};

struct run {
	unsigned char digit[MOST_DIGITS + 1];
	size_t n;
	unsigned groups;
	size_t group[MOST_GROUPS]; /* digits of the first groups */
	bool plus;		   /* a plus sign stands before it */
	unsigned letters;	   /* capital letters at once before it, and no other letter or digit before those */
	unsigned behind;	   /* letters at once behind it */
	bool lettered;		   /* letters before it that are not `letters` */
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
	if (v == 0xFF65 || v == 0xFF70)
		return v == 0xFF70 ? '-' : v;
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

/* Numbers that the caller does not pay for, or that cost: written as four digits and six, like a pension number. */
static bool is_service(const struct run *r)
{
	static const unsigned beginnings[] = {120, 800, 570, 990, 180, 170};
	unsigned four = r->digit[0] * 1000U + r->digit[1] * 100U + r->digit[2] * 10U + r->digit[3];

	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
		if (four == beginnings[i])
			return true;
	return false;
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
	return r->n == 10 && (r->groups == 3 || r->groups == 1 || (r->groups == 2 && is_service(r)));
}

static bool is_pension(const struct run *r)
{
	return r->n == 10 && r->groups == 2 && r->group[0] == 4 && !is_service(r);
}

static bool is_letter(unsigned c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_upper(unsigned c)
{
	return c >= 'A' && c <= 'Z';
}

static uint32_t judge(const struct run *r, bool postcode)
{
	bool bare = r->letters == 0 && !r->lettered && r->behind == 0;
	uint32_t found = 0;

	if (r->n > MOST_DIGITS || r->lettered)
		return 0;
	if (r->groups == 1 && r->letters == 2) {
		if (r->n == 7 && r->behind == 0)
			found |= 1U << DEID_FOUND_PASSPORT;
		if (r->n == 8 && r->behind == 2)
			found |= 1U << DEID_FOUND_RESIDENCE_CARD;
	}
	if (!bare)
		return found;
	if (r->n == 12 && r->groups <= 3 && deid_is_individual_number(r->digit))
		found |= 1U << DEID_FOUND_INDIVIDUAL_NUMBER;
	if (is_licence(r))
		found |= 1U << DEID_FOUND_LICENCE;
	if (is_pension(r))
		found |= 1U << DEID_FOUND_PENSION;
	if (r->n == 7 && postcode)
		found |= 1U << DEID_FOUND_ADDRESS;
	if (r->n >= 14 && r->n <= 16 && is_card(r))
		found |= 1U << DEID_FOUND_CARD;
	if (r->n >= 10 && r->n <= 13 && is_phone(r))
		found |= 1U << DEID_FOUND_PHONE;
	return found;
}

/* The digit that the text S begins with, its length in *N; -1 when it is none. */
static int digit_at(struct str s, size_t *n)
{
	unsigned c;

	*n = 0;
	if (s.n == 0)
		return -1;
	c = character(s, n);
	return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
}

/*
 * How many bytes at the beginning of S stand between two groups of one number: a
 * hyphen or blank, or brackets as in 03(1234)5678; 0 when there is none.
 */
static size_t between_groups(struct str s, bool brackets)
{
	size_t n, m, digit;
	unsigned c;

	if (s.n == 0)
		return 0;
	c = character(s, &n);
	if (c != '-' && c != ' ' && !(brackets && (c == '(' || c == ')')))
		return 0;
	if (digit_at(str_sub(s, n, s.n), &digit) >= 0)
		return n;
	if (c != ')' || s.n <= n)
		return 0;
	c = character(str_sub(s, n, s.n), &m);
	return (c == '-' || c == ' ') && digit_at(str_sub(s, n + m, s.n), &digit) >= 0 ? n + m : 0;
}

/* Reads the run of digits at the beginning of S; gives how many bytes it takes. */
static size_t take_run(struct str s, struct run *r)
{
	size_t at = 0, n = 0, in_group = 0;

	r->n = 0;
	r->groups = 1;
	r->behind = 0;
	while (at < s.n) {
		int d = digit_at(str_sub(s, at, s.n), &n);

		if (d >= 0) {
			if (r->n < MOST_DIGITS)
				r->digit[r->n] = (unsigned char)d;
			r->n++;
			in_group++;
			if (r->groups <= MOST_GROUPS)
				r->group[r->groups - 1] = in_group;
			at += n;
			continue;
		}
		n = in_group < 2 ? 0 : between_groups(str_sub(s, at, s.n), r->digit[0] == 0);
		if (n == 0)
			break;
		at += n;
		r->groups++;
		in_group = 0;
	}
	for (size_t j = at; j < s.n && is_letter(character(str_sub(s, j, s.n), &n)); j += n)
		r->behind++;
	return at;
}

static bool is_alphanumeric(unsigned c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

static bool is_atom(unsigned c)
{
	return is_alphanumeric(c) || (c && c < 0x80 && strchr("!#$%&'*+/=?^_`{|}~.-", (int)c));
}

/* An address of the form local@domain.tld, BEFORE being the character before the @, and S what is behind it. */
static bool is_email(unsigned before, struct str s)
{
	unsigned c, last = '.';
	size_t n, at = 0, labels = 0, letters = 0;

	if (before == '.' || !is_atom(before))
		return false;
	for (size_t i = 0; at < s.n && i < 4 * NEAR; i++, at += n) {
		c = character(str_sub(s, at, s.n), &n);
		if (!is_alphanumeric(c) && c != '-' && c != '.')
			break;
		if (c == '.') {
			if (last == '.')
				return false;
			labels++;
			letters = 0;
		} else if (is_letter(c)) {
			letters++;
			if (labels && letters >= 2)
				return true;
		}
		last = c;
	}
	return false;
}

static bool find_text(struct str s, struct str what, size_t *at)
{
	const char *p = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;

	*at = p ? (size_t)(p - s.p) : s.n;
	return p != NULL;
}

static bool holds(struct str s, const char *what)
{
	size_t at;

	return find_text(s, str_of(what), &at);
}

static bool begins_with_one(struct str s, const char *const *list)
{
	for (; *list; list++)
		if (str_starts(s, str_of(*list)))
			return true;
	return false;
}

/* A house number at the beginning of S: digits with a hyphen and digits, or a counter for blocks. */
static bool is_house_number(struct str s)
{
	static const char *const counters[] = {"丁目", "番地", "番", "号", NULL};
	size_t n, at = 0;

	while (digit_at(str_sub(s, at, s.n), &n) >= 0)
		at += n;
	if (at == 0 || at >= s.n)
		return false;
	if (begins_with_one(str_sub(s, at, s.n), counters))
		return true;
	return character(str_sub(s, at, s.n), &n) == '-' && digit_at(str_sub(s, at + n, s.n), &n) >= 0;
}

/* Behind the name of a municipality, S: a place's name, and a house number; a sentence that goes on is none. */
static bool is_place(struct str s)
{
	static const char *const words[] = {"場", "民", "内", "長", "販", "況", "価", "政", "立", "街", "議", NULL};
	static const char *const ends[] = {"、", "。", "，", "を", "で", "は", "では", NULL};
	size_t n;

	if (begins_with_one(s, words))
		return false;
	for (size_t at = 0; at < s.n && at < NEAR; at += n) {
		struct str here = str_sub(s, at, s.n);

		if (digit_at(here, &n) >= 0) {
			if (is_house_number(here))
				return true;
			for (size_t m; digit_at(str_sub(s, at + n, s.n), &m) >= 0; n = m)
				at += n;
			continue;
		}
		character(here, &n);
		if (begins_with_one(here, ends))
			return false;
	}
	return false;
}

/* A municipality with a house number, anywhere in S. */
static bool is_address(struct str s)
{
	static const char *const ends[] = {"市", "区", "町", "村", "郡"};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct str rest = s;
		size_t at;

		while (find_text(rest, str_of(ends[i]), &at)) {
			bool named = at > 0 || rest.p > s.p;

			rest = str_sub(rest, at + strlen(ends[i]), rest.n);
			if (named && is_place(rest))
				return true;
		}
	}
	return false;
}

/* True when the text S begins, after at most one blank, with a prefecture and goes on: a postcode stood before it. */
static bool goes_on_with_prefecture(struct str s)
{
	struct str prefecture, region;
	size_t n;

	if (s.n && character(s, &n) == ' ')
		s = str_sub(s, n, s.n);
	return deid_rule_prefecture(s, &prefecture, &region) && s.n > prefecture.n;
}

/* Digits, two at least, behind WORD in S and near it. */
static bool digits_behind(struct str s, const char *word)
{
	size_t at, n;

	while (find_text(s, str_of(word), &at)) {
		s = str_sub(s, at + strlen(word), s.n);
		for (size_t i = 0, m; i < s.n && i < NEAR / 2; i += n) {
			bool digit = digit_at(str_sub(s, i, s.n), &n) >= 0;

			if (digit && digit_at(str_sub(s, i + n, s.n), &m) >= 0)
				return true;
			character(str_sub(s, i, s.n), &n);
		}
	}
	return false;
}

/* The symbol and number of an insured person: both words with digits, or one behind a word for the insured. */
static bool is_insurance(struct str s)
{
	static const char *const words[] = {"被保険者", "保険証", "資格確認書", "健康保険", "介護保険", NULL};
	bool symbol = digits_behind(s, "記号"), number = digits_behind(s, "番号");

	if (symbol && number)
		return true;
	for (const char *const *w = words; (symbol || number) && *w; w++) {
		size_t at;

		if (find_text(s, str_of(*w), &at) &&
		    (digits_behind(str_sub(s, at, s.n), "番号") || digits_behind(str_sub(s, at, s.n), "記号")))
			return true;
	}
	return false;
}

/* What is found in TEXT because of its words. */
static uint32_t by_words(struct str text)
{
	uint32_t found = 0;

	if (is_address(text))
		found |= 1U << DEID_FOUND_ADDRESS;
	if (is_insurance(text))
		found |= 1U << DEID_FOUND_INSURANCE;
	return found;
}

/* The kinds of numbers that TEXT, a column's name or a free text, speaks of. */
static uint32_t spoken_of(struct str text)
{
	static const struct {
		const char *word;
		enum deid_finding kind;
	} words[] = {
		{"個人番号", DEID_FOUND_INDIVIDUAL_NUMBER}, {"マイナンバー", DEID_FOUND_INDIVIDUAL_NUMBER},
		{"my_number", DEID_FOUND_INDIVIDUAL_NUMBER}, {"免許", DEID_FOUND_LICENCE},
		{"licence", DEID_FOUND_LICENCE},	    {"年金", DEID_FOUND_PENSION},
		{"pension", DEID_FOUND_PENSION},
	};
	uint32_t kinds = 0;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (holds(text, words[i].word))
			kinds |= 1U << words[i].kind;
	if ((holds(text, "保険証") || holds(text, "被保険者")) && (holds(text, "番号") || holds(text, "記号")))
		kinds |= 1U << DEID_FOUND_INSURANCE;
	return kinds;
}

/* Those of KINDS that the number in R may be by its digits alone. */
static uint32_t by_length(uint32_t kinds, const struct run *r)
{
	uint32_t may = 0;

	if (r->n == 12)
		may |= 1U << DEID_FOUND_INDIVIDUAL_NUMBER | 1U << DEID_FOUND_LICENCE;
	if (r->n == 10)
		may |= 1U << DEID_FOUND_PENSION;
	return kinds & may;
}

/* Letters that stand at once before what comes: capitals, up to three; other letters, and digits, make R lettered. */
static void note_before(struct run *r, unsigned c)
{
	r->plus = c == '+';
	if (is_upper(c) && !r->lettered) {
		r->letters++;
		r->lettered = r->letters > 2;
	} else {
		r->letters = 0;
		r->lettered = is_letter(c) || (r->lettered && is_upper(c));
	}
}

uint32_t deid_detect_field(struct str name, struct str text)
{
	uint32_t found = 0, named = spoken_of(name), kinds = named;
	struct run r = {.n = 0};
	bool mark = false, wide = false, digits = false;
	unsigned before = 0;

	for (size_t i = 0; i < text.n;) {
		size_t n;
		unsigned c = character(str_sub(text, i, text.n), &n);

		if (c >= '0' && c <= '9') {
			i += take_run(str_sub(text, i, text.n), &r);
			found |= judge(&r, mark || goes_on_with_prefecture(str_sub(text, i, text.n)));
			if (!digits)
				kinds |= spoken_of(text);
			found |= by_length(kinds, &r);
			if (r.n >= 2)
				found |= named & 1U << DEID_FOUND_INSURANCE;
			r.letters = 0;
			r.lettered = false;
			digits = true;
			mark = false;
			before = '0';
			continue;
		}
		i += n;
		if (c == '@' && is_email(before, str_sub(text, i, text.n)))
			found |= 1U << DEID_FOUND_EMAIL;
		note_before(&r, c);
		mark = c == 0x3012 || (mark && c == ' ');
		wide = wide || c >= 0x80;
		before = c;
	}
	return wide && digits ? found | by_words(text) : found;
}

uint32_t deid_detect(struct str text)
{
	return deid_detect_field((struct str){NULL, 0}, text);
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
		[DEID_FOUND_RESIDENCE_CARD] = "residence card number",
		[DEID_FOUND_PENSION] = "basic pension number",
		[DEID_FOUND_INSURANCE] = "insured person's symbol and number",
		[DEID_FOUND_ADDRESS] = "postal address",
	};

	return names[kind];
}

bool deid_finding_is_code(enum deid_finding kind)
{
	return kind >= DEID_FOUND_INDIVIDUAL_NUMBER && kind <= DEID_FOUND_INSURANCE;
}
