/* Lists: what they name twice, and numbers that stand alone. */
#include "policy/check.h"
#include "policy/label.h"
#include "policy/prose.h"

enum { ELEMENTS = 64, SHORT = 6, NEAR = 100 }; /* NEAR: lines or sections that belong together */

/* The length of a separator of elements at byte I of S, or 0. */
static size_t separator(struct str s, size_t i)
{
	if (str_starts(str_sub(s, i, 3), STR("、")) || str_starts(str_sub(s, i, 3), STR("，")))
		return 3;
	return s.p[i] == ',' && i + 1 < s.n && s.p[i + 1] == ' ' ? 1 : 0;
}

static struct str bare(struct str s)
{
	s = str_trim(s);
	if (str_starts(s, STR("and ")))
		s = str_sub(s, 4, s.n);
	else if (str_starts(s, STR("or ")))
		s = str_sub(s, 3, s.n);
	while (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ')' || s.p[s.n - 1] == ';'))
		s.n--;
	return str_trim(s);
}

/* Cuts SENTENCE at its commas into LIST; gives how many there are. */
static size_t elements(struct str sentence, struct str *list)
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= sentence.n && n < ELEMENTS; i++) {
		size_t width = i < sentence.n ? separator(sentence, i) : 1;

		if (!width)
			continue;
		list[n++] = bare(str_sub(sentence, from, i - from));
		from = i + width;
	}
	return n;
}

/* True when element A says B again: the same, or "A of …" of a longer A. */
static bool again(struct str a, struct str b)
{
	if (a.n < SHORT || b.n < a.n)
		return false;
	if (str_eq(a, b))
		return true;
	return a.n >= 20 && str_starts(b, a) && str_starts(str_sub(b, a.n, b.n), STR(" of "));
}

/* True when A, a name of one word, stands directly before itself: a city and its prefecture, as in "Nagano, Nagano". */
static bool city_of_prefecture(struct str a, struct str b, bool adjacent)
{
	return adjacent && str_eq(a, b) && a.p[0] >= 'A' && a.p[0] <= 'Z' && str_find(a, ' ') == a.n;
}

static void enumeration(struct compile *c, const struct document *d, const struct line *l)
{
	struct str rest = l->text, list[ELEMENTS];

	while (rest.n) {
		struct str sentence = phrase_sentence(&rest);
		size_t n = elements(sentence, list);

		for (size_t i = 1; n >= 3 && i < n; i++)
			for (size_t j = 0; j < i; j++) {
				struct str tail = list[i], plain = list[j];
				bool insertion = str_starts(plain, STR("{{"));

				if (insertion || !(again(plain, tail) || again(tail, plain)) ||
				    city_of_prefecture(plain, tail, j + 1 == i))
					continue;
				findings_add(c->f, FINDING_DUPLICATE_WORDING, prose_at(d, l, list[i].p),
					     STR("name it once, or say how the two differ"), "\"%.*s\" is named twice here",
					     ID(plain));
				return;
			}
	}
}

/* The text inside the first round brackets of S, or empty. */
static struct str bracketed(struct str s)
{
	const char *open = phrase_find(s, "(|（"), *close;
	struct str inside;

	if (!open)
		return (struct str){0};
	inside = str_sub(s, (size_t)(open - s.p) + (*open == '(' ? 1 : 3), s.n);
	close = phrase_find(inside, ")|）");
	return close ? str_sub(inside, 0, (size_t)(close - inside.p)) : (struct str){0};
}

static bool filler(struct str s)
{
	return str_is(s, "etc.") || str_is(s, "etc") || str_is(s, "など") || s.n == 0;
}

/* True when all of the COUNT elements in PART stand in the N of WHOLE. */
static bool contains(const struct str *part, size_t count, const struct str *whole, size_t n)
{
	size_t found = 0, needed = 0;

	for (size_t i = 0; i < count; i++) {
		if (filler(part[i]))
			continue;
		needed++;
		for (size_t j = 0; j < n; j++)
			if (str_starts(whole[j], part[i]) || (part[i].n > 1 && str_eq(str_sub(whole[j], 1, whole[j].n), str_sub(part[i], 1, part[i].n)))) {
				found++;
				break;
			}
	}
	return needed >= 3 && found == needed;
}

/* An item in brackets that lists only what another item of the list has. */
static void overlap(struct compile *c, const struct document *d, size_t at)
{
	struct str part[ELEMENTS], whole[ELEMENTS];
	size_t count = elements(bracketed(d->lines[at].text), part), first = at;

	if (count < 3)
		return;
	while (first > 0 && at - first < NEAR && d->lines[first - 1].kind == d->lines[at].kind)
		first--;
	for (size_t i = first; i < d->n && i < at + NEAR && d->lines[i].kind == d->lines[at].kind; i++) {
		if (i == at || !contains(part, count, whole, elements(d->lines[i].text, whole)))
			continue;
		findings_add(c->f, FINDING_DUPLICATE_WORDING, prose_at(d, &d->lines[at], d->lines[at].text.p),
			     STR("say whose they are, or leave one out"),
			     "line %u of this list names the same things", (unsigned)d->lines[i].number);
		return;
	}
}

static bool next_label(const struct document *d, size_t from, unsigned level, const struct label *one)
{
	for (size_t s = from; s < d->n_sections && s < from + NEAR; s++) {
		struct label l;

		if (d->sections[s].level < level)
			return false;
		if (d->sections[s].level == level && label_at(d->sections[s].title, 0, true, &l) && l.form == one->form &&
		    l.value == one->value + 1)
			return true;
	}
	return false;
}

/* "1." with no "2.": is something missing? */
static void alone(struct compile *c, const struct document *d, size_t s)
{
	struct label l;

	if (!label_at(d->sections[s].title, 0, true, &l) || l.value != 1 || l.form == LABEL_ROMAN)
		return;
	if (!next_label(d, s + 1, d->sections[s].level, &l))
		findings_add(c->f, FINDING_NUMBER_ALONE, prose_heading(d, (long)s),
			     STR("leave the number out, or write what is missing"),
			     "\"%.*s\" is a number 1 without a number 2", ID(d->sections[s].title));
}

void rule_lists(struct compile *c, const struct document *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->lines[i].kind == LINE_BLANK || d->lines[i].kind == LINE_HEADING)
			continue;
		enumeration(c, d, &d->lines[i]);
		if (d->lines[i].kind == LINE_BULLET || d->lines[i].kind == LINE_NUMBERED)
			overlap(c, d, i);
	}
	for (size_t s = 1; s < d->n_sections; s++)
		alone(c, d, s);
}
