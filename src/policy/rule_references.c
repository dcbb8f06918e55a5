/* References by number: those that point nowhere, that are written otherwise, and that mix "and" with "or". */
#include "policy/check.h"
#include "policy/citation.h"
#include "policy/label.h"
#include "policy/prose.h"

struct labels {
	struct label *list;
	size_t *chapter; /* of each: the outermost section below the title */
	size_t n;
};

/* The outermost section around S that is not the title of the whole document. */
static size_t chapter_of(const struct document *d, size_t s)
{
	while (d->sections[s].parent >= 0 && d->sections[d->sections[s].parent].level > 1)
		s = (size_t)d->sections[s].parent;
	return s;
}

/* The labels that the headings and lines of D bear. */
static bool collect(struct compile *c, const struct document *d, struct labels *out)
{
	out->list = compile_array(c, d->n + 1, sizeof *out->list);
	out->chapter = compile_array(c, d->n + 1, sizeof *out->chapter);
	for (size_t i = 0; out->list && out->chapter && i < d->n; i++) {
		struct str text = d->lines[i].text;
		size_t skip = 0;

		while (str_starts(str_sub(text, skip, text.n), STR("*")) || str_starts(str_sub(text, skip, text.n), STR("【")))
			skip += text.p[skip] == '*' ? 1 : 3;
		if (label_at(text, skip, true, &out->list[out->n]))
			out->chapter[out->n++] = chapter_of(d, d->lines[i].section);
	}
	return out->list && out->chapter;
}

static bool ends_with(struct str s, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		struct str w = str_of(words[i]);

		if (s.n >= w.n && str_eq(str_sub(s, s.n - w.n, w.n), w))
			return true;
	}
	return false;
}

static bool starts_with(struct str s, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (str_starts(s, str_of(words[i])))
			return true;
	return false;
}

/* True when the label L in TEXT is one that the sentence refers to. */
static bool is_reference(struct str text, const struct label *l)
{
	static const char *const before[] = {"above ", "Section ", "section ", "Chapter ", "Clause ", "clause ", "send to ",
					     "Send to ", "contact ", "see ", "See ", "in ", "上記", "前記", "下記", "本方針", NULL};
	static const char *const after[] = {" above", " below", " in 1", "に定める", "に記載", "のとおり", "をご覧", "を参照",
					    "の窓口", "の各社", "に掲げる", "の手続", "までお問", "へお送り", NULL};
	struct str head = str_sub(text, 0, (size_t)(l->text.p - text.p));
	struct str tail = str_sub(text, head.n + l->text.n, text.n);

	if (head.n == 0)
		return false;
	return ends_with(head, before) || starts_with(tail, after);
}

static void judge(struct compile *c, const struct document *d, const struct line *line, const struct labels *all,
		  const struct label *l)
{
	const struct label *other = NULL, *same = NULL;
	size_t chapter = chapter_of(d, line->section);

	for (size_t i = 0; i < all->n && !(same && same->wide == l->wide); i++) {
		if (l->form != LABEL_ROMAN && all->chapter[i] != chapter)
			continue; /* small numbers begin anew in each chapter */
		if (label_alike(&all->list[i], l))
			same = &all->list[i];
		else if (all->list[i].value == l->value && all->list[i].form != LABEL_ARTICLE)
			other = &all->list[i];
	}
	if (same && same->wide == l->wide)
		return;
	if (same)
		findings_add(c->f, FINDING_NUMERAL_MISMATCH, prose_at(d, line, l->text.p),
			     STR("write both with the same characters, or link to the heading's anchor"),
			     "\"%.*s\" refers to \"%.*s\" with characters that only look alike", ID(l->text), ID(same->text));
	else if (other)
		findings_add(c->f, FINDING_REFERENCE_FORM, prose_at(d, line, l->text.p), STR("write it as it stands there"),
			     "\"%.*s\" is referred to, but what bears that number is written \"%.*s\"", ID(l->text),
			     ID(other->text));
	else
		findings_add(c->f, FINDING_REFERENCE_NOWHERE, prose_at(d, line, l->text.p),
			     STR("name a heading or an item that is there, or link to its anchor"),
			     "\"%.*s\" is referred to, and nothing here bears that number", ID(l->text));
}

enum { JOIN_NONE, JOIN_COMMA, JOIN_AND, JOIN_OR };

/* What joins two labels, when nothing else stands between them. */
static int join(struct str between)
{
	static const struct {
		const char *text;
		int join;
	} words[] = {{"and", JOIN_AND}, {"及び", JOIN_AND}, {"および", JOIN_AND}, {"並びに", JOIN_AND}, {"と", JOIN_AND},
		     {"or", JOIN_OR}, {"又は", JOIN_OR}, {"または", JOIN_OR}, {"若しくは", JOIN_OR}, {"もしくは", JOIN_OR},
		     {",", JOIN_COMMA}, {"、", JOIN_COMMA}};

	between = str_trim(between);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(between, words[i].text))
			return words[i].join;
	return JOIN_NONE;
}

/* "i) and ii) or iii)": which belong together? */
static void grouping(struct compile *c, const struct document *d, const struct line *line)
{
	struct label l, last = {0}, first = {0};
	bool ands = false, ors = false;
	struct str text = line->text;

	for (size_t i = 0; i < text.n;) {
		int joined;

		if (!label_at(text, i, false, &l) || l.form == LABEL_ARTICLE) {
			i += phrase_char(text.p + i, text.n - i);
			continue;
		}
		joined = last.text.p ? join(str_sub(text, (size_t)(last.text.p - text.p) + last.text.n,
						    (size_t)(l.text.p - last.text.p) - last.text.n))
				     : JOIN_NONE;
		if (joined == JOIN_NONE) {
			ands = ors = false;
			first = l;
		}
		ands = ands || joined == JOIN_AND;
		ors = ors || joined == JOIN_OR;
		if (ands && ors) {
			findings_add(c->f, FINDING_AND_OR_GROUPING, prose_at(d, line, first.text.p),
				     STR("say which belong together, as in \"1, and either 2 or 3\""),
				     "\"and\" and \"or\" join these without saying which belong together");
			return;
		}
		last = l;
		i += l.text.n;
	}
}

/* True when byte I of TEXT is inside a citation of a law; *END is its end then. */
static bool in_citation(struct str text, size_t i, size_t *end)
{
	struct citation o;
	size_t from = 0;

	while (citation_next(text, &from, &o)) {
		size_t begin = (size_t)(o.text.p - text.p);

		if (i >= begin && i < begin + o.text.n) {
			*end = begin + o.text.n;
			return true;
		}
		if (begin > i)
			return false;
	}
	return false;
}

void rule_references(struct compile *c, const struct document *d)
{
	struct labels all = {0};

	if (!collect(c, d, &all))
		return;
	for (size_t i = 0; i < d->n; i++) {
		const struct line *line = &d->lines[i];
		struct label l;

		grouping(c, d, line);
		for (size_t k = 0; k < line->text.n;) {
			size_t step = phrase_char(line->text.p + k, line->text.n - k), end;

			if (label_at(line->text, k, false, &l)) {
				step = l.text.n;
				if (in_citation(line->text, k, &end))
					step = end - k;
				else if (l.form != LABEL_ARTICLE && is_reference(line->text, &l))
					judge(c, d, line, &all, &l);
			}
			k += step;
		}
	}
}
