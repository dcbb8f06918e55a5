/* Defined terms, footnotes, and links that lead nowhere. */
#include "policy/check.h"
#include "policy/prose.h"

#include <string.h>

/* Terms that mean nothing by themselves: used, they have to be defined. */
static const struct {
	const char *use, *definition;
} terms[] = {
	{"the Company", "\"Company|\"the Company|“Company|“the Company|'Company|'the Company|the Company means|(the Company|(Company"},
	{"the Services", "\"Service|\"the Service|“Service|“the Service|Services refer|Services\" means|Service\" means|services means|the following Services|Service(s)"},
	{"the Group", "\"Group|\"the Group|“Group|“the Group"},
	{"当社", "「当社」"},
	{"当院", "「当院」"},
	{"当校", "「当校」"},
	{"本サービス", "「本サービス」"},
	{"本サイト", "「本サイト」"},
	{"本ポリシー", "「本ポリシー」"},
	{"当グループ", "「当グループ」"},
};

static const char definitions[] = "hereinafter referred to as|hereinafter|referred to as|以下「|以下、「|以下，「|(\"|(the \"|(“|(the “";

/* The first line of D with TERM, capitals as they are, or NULL; *AT is where. */
static const struct line *first_use(const struct document *d, const char *term, const char **at)
{
	size_t n = strlen(term);

	for (size_t i = 0; i < d->n; i++) {
		struct str text = d->lines[i].text;

		*at = text.n ? memmem(text.p, text.n, term, n) : NULL;
		if (*at && (*at + n == text.p + text.n || !(((*at)[n] >= 'a' && (*at)[n] <= 'z') || (*at)[n] == '-')))
			return &d->lines[i];
	}
	return NULL;
}

static void undefined(struct compile *c, const struct document *d)
{
	const char *at;

	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		const struct line *used = first_use(d, terms[i].use, &at);

		if (used && !prose_line(d, NULL, NULL, terms[i].definition))
			findings_add(c->f, FINDING_TERM_UNDEFINED, prose_at(d, used, at),
				     STR("say at its first place what it means"), "\"%s\" is used here and defined nowhere",
				     terms[i].use);
	}
}

/* The text in the quotes that open at byte I of S; empty when they do not close. */
static struct str quoted(struct str s, size_t i)
{
	static const struct {
		const char *open, *close;
	} quotes[] = {{"「", "」"}, {"“", "”"}, {"\"", "\""}};

	for (size_t k = 0; k < sizeof quotes / sizeof *quotes; k++) {
		struct str inside = str_sub(s, i, s.n);
		const char *close;

		if (!str_starts(inside, str_of(quotes[k].open)))
			continue;
		inside = str_sub(inside, str_of(quotes[k].open).n, inside.n);
		close = phrase_find(inside, quotes[k].close);
		return close ? str_sub(inside, 0, (size_t)(close - inside.p)) : (struct str){0};
	}
	return (struct str){0};
}

/* The term that the next definition of TEXT from byte *FROM on defines; empty when there is none. */
static struct str defined(struct str text, size_t *from)
{
	const char *at = phrase_find(str_sub(text, *from, text.n), definitions);
	struct str term = {0};

	if (!at)
		return term;
	for (size_t i = (size_t)(at - text.p); i < text.n && i < (size_t)(at - text.p) + 48 && !term.n; i++)
		term = quoted(text, i);
	*from = term.n ? (size_t)(term.p - text.p) + term.n : text.n;
	return term;
}

static void defined_twice(struct compile *c, const struct document *d)
{
	enum { TERMS = 256 };
	struct str *seen = compile_array(c, TERMS, sizeof *seen);
	size_t n = 0;

	for (size_t i = 0; seen && i < d->n; i++) {
		size_t from = 0;

		for (struct str term = defined(d->lines[i].text, &from); term.n; term = defined(d->lines[i].text, &from)) {
			size_t k = 0;

			while (k < n && !str_eq(seen[k], term))
				k++;
			if (k < n)
				findings_add(c->f, FINDING_TERM_DEFINED_TWICE, prose_at(d, &d->lines[i], term.p),
					     STR("define it once, where it is first used"), "\"%.*s\" is defined a second time",
					     ID(term));
			else if (n < TERMS)
				seen[n++] = term;
		}
	}
}

/* The number of the footnote mark (*2, ※2) at byte I of S; 0 when there is none. */
static unsigned mark(struct str s, size_t i, size_t *width)
{
	struct str rest = str_sub(s, i, s.n);

	*width = str_starts(rest, STR("※")) ? 3 : 1;
	if (*width == 1 && !(rest.n && rest.p[0] == '*'))
		return 0;
	rest = str_sub(rest, *width, rest.n);
	if (!rest.n || rest.p[0] < '1' || rest.p[0] > '9' || (i > 0 && s.p[i - 1] == '*') || (rest.n > 1 && rest.p[1] == '*'))
		return 0;
	return (unsigned)(rest.p[0] - '0');
}

/* A note that ends in mid sentence, and a list that goes on with it. */
static void split_note(struct compile *c, const struct document *d, size_t i)
{
	struct str text = d->lines[i].text;
	size_t next = i + 1;

	while (next < d->n && d->lines[next].kind == LINE_BLANK)
		next++;
	if (next >= d->n || d->lines[next].kind != LINE_BULLET || phrase_in(str_sub(text, text.n > 6 ? text.n - 6 : 0, 6), ".|:|。|：|following|次"))
		return;
	findings_add(c->f, FINDING_NOTE_SPLIT, prose_at(d, &d->lines[i], text.p), STR("write the sentence in one piece"),
		     "this note breaks off, and a list goes on with it");
}

/* The word that ends S: Latin letters, or Kanji and Katakana; empty when it ends in something else. */
static struct str last_word(struct str s)
{
	size_t from;

	s = str_trim(s);
	for (from = s.n; from > 0 && ((s.p[from - 1] | 0x20) >= 'a' && (s.p[from - 1] | 0x20) <= 'z'); from--)
		continue;
	if (from < s.n)
		return str_sub(s, from, s.n);
	while (from >= 3) {
		unsigned char a = (unsigned char)s.p[from - 3], b = (unsigned char)s.p[from - 2];
		bool katakana = a == 0xe3 && ((b == 0x82 && (unsigned char)s.p[from - 1] >= 0xa1) || b == 0x83);

		if (!katakana && (a < 0xe4 || a > 0xe9))
			break;
		from -= 3;
	}
	return str_sub(s, from, s.n);
}

/* True when the note NUMBER of D says at its beginning what TERM is. */
static bool explains(const struct document *d, unsigned number, struct str term)
{
	struct buf pattern;
	bool found = false;
	size_t width;

	buf_init(&pattern);
	buf_str(&pattern, term);
	buf_byte(&pattern, '>');
	for (size_t i = 0; i < d->n && !found; i++)
		if (mark(d->lines[i].text, 0, &width) == number)
			found = phrase_in(str_sub(d->lines[i].text, width + 1, 3 * term.n + 12), buf_c(&pattern));
	buf_free(&pattern);
	return found;
}

/* The note whose mark, other than NUMBER, stands behind TERM somewhere in D, and which says what TERM is; 0 when there is none. */
static unsigned own_note(const struct document *d, struct str term, unsigned number)
{
	size_t width;

	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 1; k < d->lines[i].text.n; k++) {
			unsigned other = mark(d->lines[i].text, k, &width);

			if (other && other != number && str_eq(last_word(str_sub(d->lines[i].text, 0, k)), term) &&
			    explains(d, other, term))
				return other;
		}
	return 0;
}

/* A word with the mark NUMBER at byte K of L, which a note of its own explains, whose mark does not stand there. */
static void other_mark(struct compile *c, const struct document *d, const struct line *l, size_t k, unsigned number)
{
	struct str term = last_word(str_sub(l->text, 0, k));
	unsigned own = term.n > 3 && !explains(d, number, term) ? own_note(d, term, number) : 0;
	size_t width;

	for (size_t i = 1; own && i < l->text.n; i++)
		if (mark(l->text, i, &width) == own)
			return; /* beside it, or elsewhere in the sentence */
	if (own)
		findings_add(c->f, FINDING_NOTE_MARK_OTHER, prose_at(d, l, l->text.p + k), STR("write its own mark too"),
			     "note %u says what \"%.*s\" is, and here it bears only the mark of note %u", own, ID(term), number);
}

static void notes(struct compile *c, const struct document *d)
{
	unsigned defined_notes = 0;
	size_t width;

	for (size_t i = 0; i < d->n; i++) {
		unsigned number = mark(d->lines[i].text, 0, &width);

		if (!number)
			continue;
		defined_notes |= 1u << number;
		split_note(c, d, i);
	}
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 1; k < d->lines[i].text.n; k++) {
			unsigned number = mark(d->lines[i].text, k, &width);

			if (number && defined_notes >> number & 1)
				other_mark(c, d, &d->lines[i], k, number);
			else if (number)
				findings_add(c->f, FINDING_NOTE_UNDEFINED, prose_at(d, &d->lines[i], d->lines[i].text.p + k),
					     STR("write the note, or take the mark out"), "note %u is written nowhere", number);
		}
}

/* Words that ask to go elsewhere, without saying where. */
static void dead_links(struct compile *c, const struct document *d)
{
	static const char words[] = "click here|see the use of|see our website for|こちらをクリック|こちらをご覧|こちらをご参照|詳細はこちら|別ページをご覧";

	for (size_t i = 0; i < d->n; i++) {
		struct str rest = d->lines[i].text;

		while (rest.n) {
			struct str sentence = phrase_sentence(&rest);
			const char *at = phrase_find(sentence, words);

			if (at && !phrase_in(sentence, "](|://|{{|www."))
				findings_add(c->f, FINDING_DEAD_LINK, prose_at(d, &d->lines[i], at),
					     STR("give the link: [text](address), or {{links.NAME}}"),
					     "this refers to a page and does not say where it is");
		}
	}
}

void rule_terms(struct compile *c, const struct document *d)
{
	if (d->kind == DOCUMENT_STATEMENT)
		undefined(c, d);
	defined_twice(c, d);
	notes(c, d);
	dead_links(c, d);
}
