#include "policy/label.h"

#include <string.h>

#include "policy/citation.h"

static bool letter(struct str s, size_t i)
{
	return i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			   (s.p[i] >= '0' && s.p[i] <= '9'));
}

/* A number at byte *I that is digits or small Roman; L's letters and wide are set. */
static bool number(struct str s, size_t *i, struct label *l)
{
	size_t from = *i;

	if (from >= s.n || (unsigned char)s.p[from] == 0xE3 || (unsigned char)s.p[from] == 0xE4)
		return false; /* Kanji numbers are no labels */
	l->value = citation_number(s, i);
	l->letters = s.p[from] >= 'a' && s.p[from] <= 'z';
	l->wide = l->wide || (unsigned char)s.p[from] >= 0x80;
	return l->value > 0 && l->value < 1000;
}

/* A Roman number of ASCII capitals below 40 at byte I; its length in *N. */
static int capitals(struct str s, size_t i, size_t *n)
{
	int value = 0;
	size_t k = i;

	while (k - i < 3 && str_has_at(s, k, "X")) {
		value += 10;
		k++;
	}
	if (str_has_at(s, k, "IX") || str_has_at(s, k, "IV")) {
		value += str_has_at(s, k, "IX") ? 9 : 4;
		k += 2;
	} else {
		if (str_has_at(s, k, "V")) {
			value += 5;
			k++;
		}
		for (int ones = 0; ones < 3 && str_has_at(s, k, "I"); ones++, k++)
			value++;
	}
	*n = k - i;
	return letter(s, k) || (i > 0 && letter(s, i - 1)) ? 0 : value;
}

/* One character that is a number: in a circle, or Roman. */
static bool one_character(struct str s, size_t i, struct label *l)
{
	int last;

	if (i + 3 > s.n || (unsigned char)s.p[i] != 0xE2 || ((unsigned char)s.p[i + 1] != 0x91 && (unsigned char)s.p[i + 1] != 0x85))
		return false;
	last = (unsigned char)s.p[i + 2];
	if ((unsigned char)s.p[i + 1] == 0x91) { /* U+2460 to U+2473 */
		l->value = last - 0xA0 + 1;
		l->form = LABEL_CIRCLED;
		return l->value >= 1 && l->value <= 20;
	}
	l->value = last - 0xA0 + 1; /* U+2160 to U+216B, and small from U+2170 */
	if (l->value > 16)
		l->value -= 16;
	l->form = LABEL_ROMAN;
	l->wide = true;
	return l->value >= 1 && l->value <= 12;
}

static bool bracketed(struct str s, size_t i, struct label *l, size_t *end)
{
	size_t k = i + (str_has_at(s, i, "（") ? strlen("（") : 1);

	l->wide = str_has_at(s, i, "（");
	l->form = LABEL_BRACKETS;
	if (!number(s, &k, l))
		return false;
	if (!str_has_at(s, k, ")") && !str_has_at(s, k, "）"))
		return false;
	*end = k + (str_has_at(s, k, ")") ? 1 : strlen("）"));
	return true;
}

static bool japanese(struct str s, size_t i, struct label *l, size_t *end)
{
	size_t k = i + strlen("第");

	l->value = citation_number(s, &k);
	if (!l->value || (!str_has_at(s, k, "条") && !str_has_at(s, k, "章")))
		return false;
	l->form = str_has_at(s, k, "条") ? LABEL_ARTICLE : LABEL_CHAPTER;
	*end = k + strlen("条");
	return true;
}

static bool bare(struct str s, size_t i, bool leading, struct label *l, size_t *end)
{
	size_t k = i, n;

	if (str_has_at(s, i, "I") || str_has_at(s, i, "V") || str_has_at(s, i, "X")) {
		l->value = capitals(s, i, &n);
		l->form = LABEL_ROMAN;
		*end = i + n;
		return l->value > 0 && (leading || n > 1);
	}
	if ((i > 0 && letter(s, i - 1)) || !number(s, &k, l))
		return false;
	*end = k;
	if (str_has_at(s, k, ")") || str_has_at(s, k, "）")) {
		l->form = LABEL_PAREN;
		l->wide = l->wide || str_has_at(s, k, "）");
		*end = k + (str_has_at(s, k, ")") ? 1 : strlen("）"));
		return true;
	}
	if (!leading || l->letters)
		return false;
	l->form = str_has_at(s, k, ".") ? LABEL_POINT : LABEL_PLAIN;
	*end = k + str_has_at(s, k, ".");
	return str_has_at(s, *end, " ") || str_has_at(s, *end, "　") || str_has_at(s, *end, "．");
}

/* True when a label may begin with the byte C; most bytes of Japanese text are none. */
static bool begins(unsigned char c)
{
	if (c >= 0x80)
		return c == 0xE2 || c == 0xE7 || c == 0xEF; /* circled and Roman numbers, 第, wide digits and brackets */
	return c == '(' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool label_at(struct str s, size_t i, bool leading, struct label *out)
{
	struct label l = {0};
	size_t end = i + 3;
	bool found;

	if (i >= s.n || !begins((unsigned char)s.p[i]))
		return false;
	if (str_has_at(s, i, "(") || str_has_at(s, i, "（"))
		found = bracketed(s, i, &l, &end);
	else if (str_has_at(s, i, "第"))
		found = japanese(s, i, &l, &end);
	else
		found = one_character(s, i, &l) || bare(s, i, leading, &l, &end);
	if (!found)
		return false;
	l.text = str_sub(s, i, end - i);
	*out = l;
	return true;
}

bool label_alike(const struct label *a, const struct label *b)
{
	bool forms = a->form == b->form || (a->form == LABEL_POINT && b->form == LABEL_PLAIN) ||
		     (a->form == LABEL_PLAIN && b->form == LABEL_POINT);

	return forms && a->value == b->value && a->letters == b->letters;
}
