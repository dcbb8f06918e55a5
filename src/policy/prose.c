#include "policy/prose.h"

#include <string.h>

struct place prose_at(const struct document *d, const struct line *l, const char *p)
{
	uint32_t column = 1;

	for (const char *q = l->whole.p; q < p; q++)
		column += ((unsigned char)*q & 0xC0) != 0x80;
	return (struct place){d->file, l->number, column};
}

enum { LINE_BYTES = 4096 }; /* of a line, what the rules look at: more is no sentence for people */

/* S up to LINE_BYTES, whole characters. */
static struct str bounded(struct str s)
{
	size_t n = LINE_BYTES;

	if (s.n <= n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return str_sub(s, 0, n);
}

static struct str indented(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_sub(s, 1, s.n);
	return s;
}

static bool numbered(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i > 0 && i < 4 && i + 1 < s.n && (s.p[i] == '.' || s.p[i] == ')') && s.p[i + 1] == ' ';
}

/* The mark of a line and what is behind it. */
static enum line_kind kind_of(struct str whole, struct str *text, unsigned *level)
{
	struct str s = str_trim(whole);
	unsigned marks = 0;

	*text = s;
	if (s.n == 0)
		return LINE_BLANK;
	while (marks < s.n && s.p[marks] == '#')
		marks++;
	if (marks && marks <= 6 && marks < s.n && s.p[marks] == ' ' && whole.p[0] == '#') {
		size_t open = 0;

		while (open < s.n && !str_starts(str_sub(s, open, 2), STR("{#")))
			open++;
		*text = str_trim(str_sub(s, marks, open - marks));
		*level = marks;
		return LINE_HEADING;
	}
	if (s.n > 2 && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '+') && s.p[1] == ' ') {
		*text = indented(str_sub(s, 2, s.n));
		return LINE_BULLET;
	}
	return numbered(s) ? LINE_NUMBERED : LINE_TEXT;
}

/* The clause whose anchor stands in the heading WHOLE, or NULL. */
static const struct policy_clause *clause_in(const struct policy *p, struct str whole)
{
	for (size_t i = 0; i + 2 < whole.n; i++) {
		struct str anchor = str_sub(whole, i + 2, whole.n);
		size_t n = 0;

		if (whole.p[i] != '{' || whole.p[i + 1] != '#')
			continue;
		while (n < anchor.n && anchor.p[n] != ' ' && anchor.p[n] != '}')
			n++;
		for (size_t j = 0; j < p->n_clauses; j++)
			if (str_eq(p->clauses[j].anchor, str_sub(anchor, 0, n)))
				return &p->clauses[j];
	}
	return NULL;
}

static void begin_section(const struct compile *c, struct document *d, const struct line *l, unsigned level)
{
	struct section *s = &d->sections[d->n_sections];
	long parent = (long)d->n_sections - 1;

	while (parent > 0 && d->sections[parent].level >= level)
		parent = d->sections[parent].parent;
	*s = (struct section){.title = l->text, .level = level, .first = d->n + 1, .parent = parent > 0 ? parent : -1};
	s->clause = clause_in(c->p, l->whole);
	if (!s->clause && s->parent >= 0)
		s->clause = d->sections[s->parent].clause;
	d->n_sections++;
}

static void end_sections(struct document *d)
{
	for (size_t i = 0; i < d->n_sections; i++) {
		struct section *s = &d->sections[i];
		size_t next = i + 1;

		s->end = next < d->n_sections ? d->sections[next].first - 1 : d->n;
		while (i && next < d->n_sections && d->sections[next].level > s->level)
			next++;
		s->whole_end = next < d->n_sections ? d->sections[next].first - 1 : d->n;
	}
}

bool prose_read(struct compile *c, const char *file, struct str language, struct str text, struct document *out)
{
	size_t lines = 1;
	bool fenced = false;
	uint32_t number = 0;

	*out = (struct document){.file = file, .japanese = str_is(language, "ja"), .english = str_is(language, "en")};
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	out->lines = compile_array(c, lines, sizeof *out->lines);
	out->sections = compile_array(c, lines + 1, sizeof *out->sections);
	if (!out->lines || !out->sections)
		return false;
	out->n_sections = 1;
	out->sections[0].parent = -1;
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_sub(text, 3, text.n);
	while (text.n) {
		size_t n = str_find(text, '\n');
		struct line *l = &out->lines[out->n];
		unsigned level = 0;

		l->whole = str_sub(text, 0, n);
		l->number = ++number;
		text = str_sub(text, n + 1, text.n);
		l->kind = kind_of(l->whole, &l->text, &level);
		l->text = bounded(l->text);
		if (str_starts(l->text, STR("```"))) {
			fenced = !fenced;
			l->kind = LINE_BLANK;
		}
		if (fenced)
			l->kind = LINE_BLANK;
		if (l->kind == LINE_BLANK)
			l->text = (struct str){0};
		if (l->kind == LINE_HEADING)
			begin_section(c, out, l, level);
		l->section = out->n_sections - 1;
		out->n++;
	}
	end_sections(out);
	return true;
}

static bool under(struct str path, struct str of)
{
	return str_starts(path, of) && (path.n == of.n || path.p[of.n] == '.');
}

bool prose_about(const struct document *d, size_t s, const char *path, const char *heading)
{
	const struct policy_clause *clause = d->sections[s].clause;

	for (size_t i = 0; path && clause && i < clause->n_keeps; i++)
		if (under(clause->keeps[i], str_of(path)) || under(str_of(path), clause->keeps[i]))
			return true;
	for (long i = (long)s; heading && i >= 0; i = d->sections[i].parent)
		if (phrase_in(d->sections[i].title, heading))
			return true;
	return false;
}

const struct line *prose_line(const struct document *d, const char *path, const char *heading, const char *pattern)
{
	for (size_t i = 0; i < d->n; i++)
		if (phrase_in(d->lines[i].text, pattern) &&
		    ((!path && !heading) || prose_about(d, d->lines[i].section, path, heading)))
			return &d->lines[i];
	return NULL;
}

long prose_section(const struct document *d, const char *path, const char *heading)
{
	for (size_t i = 1; i < d->n_sections; i++)
		if (prose_about(d, i, path, heading))
			return (long)i;
	return -1;
}

struct place prose_heading(const struct document *d, long s)
{
	if (s <= 0)
		return (struct place){d->file, 1, 1};
	return (struct place){d->file, d->lines[d->sections[s].first - 1].number, 1};
}
