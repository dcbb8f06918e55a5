/*
 * The statement: headings that end in {#anchor keeps=path,path} become clauses.
 * The default language's statement gives the clauses and their facts; those of
 * the other languages must have the same anchors.  Inside of fenced code nothing
 * is looked at.
 */
#include <string.h>

#include "base/bits.h"
#include "crypto/hash.h"
#include "policy/text.h"

struct statement {
	struct compile *c;
	const char *file; /* the arena's */
	size_t language;
	uint32_t line;
	bool first;   /* the default language: makes clauses */
	uint64_t *seen; /* bits of clauses that this language has */
	struct policy_clause *open; /* the clause that is being read … */
	const char *since;	    /* … from here on */
	size_t cap;
};

static struct place place_in(const struct statement *s, struct str line, const char *at)
{
	uint32_t column = 1;

	for (const char *p = line.p; p < at; p++)
		column += ((unsigned char)*p & 0xC0) != 0x80;
	return (struct place){s->file, s->line, column};
}

static bool anchor_form(struct str a)
{
	if (a.n == 0 || a.n > 200 || a.p[0] < 'a' || a.p[0] > 'z')
		return false;
	for (size_t i = 1; i < a.n; i++)
		if (!(a.p[i] >= 'a' && a.p[i] <= 'z') && !(a.p[i] >= '0' && a.p[i] <= '9') && a.p[i] != '-')
			return false;
	return true;
}

static struct policy_clause *clause_find(const struct policy *p, struct str anchor)
{
	for (size_t i = 0; i < p->n_clauses; i++)
		if (str_eq(p->clauses[i].anchor, anchor))
			return &p->clauses[i];
	return NULL;
}

static void fact(struct statement *s, struct str path, struct place at)
{
	if (path.n == 0 || !node_at(s->c->p->root, path))
		findings_add(s->c->f, FINDING_UNKNOWN_FACT, at, STR("name a key by its path, such as purposes.billing"),
			     "the policy has no fact \"%.*s\"", (int)path.n, path.p);
}

/* Reads the comma-separated PATHS of a heading at AT into clause O. */
static void read_keeps(struct statement *s, struct str paths, struct place at, struct policy_clause *o)
{
	size_t count = 1;

	for (size_t i = 0; i < paths.n; i++)
		count += paths.p[i] == ',';
	o->keeps = compile_array(s->c, count, sizeof *o->keeps);
	while (o->keeps && paths.n) {
		size_t n = str_find(paths, ',');
		struct str path = str_copy(s->c->a, str_sub(paths, 0, n));

		fact(s, path, at);
		o->keeps[o->n_keeps++] = path;
		paths = str_sub(paths, n + 1, paths.n);
	}
}

/* The words in the braces of a heading: #anchor, then keeps=…; false when they are anything else. */
static bool read_braces(struct str inside, struct str *anchor, struct str *keeps)
{
	*anchor = *keeps = (struct str){0};
	while (inside.n) {
		size_t n = str_find(inside, ' ');
		struct str word = str_sub(inside, 0, n);

		if (word.n && word.p[0] == '#' && !anchor->n)
			*anchor = str_sub(word, 1, word.n);
		else if (str_starts(word, STR("keeps=")) && !keeps->n)
			*keeps = str_sub(word, 6, word.n);
		else if (word.n)
			return false;
		inside = str_sub(inside, n + 1, inside.n);
	}
	return anchor_form(*anchor);
}

static void add_clause(struct statement *s, struct str anchor, struct str keeps, struct str title, struct place at)
{
	struct policy *p = s->c->p;
	struct policy_clause *o = clause_find(p, anchor);

	if (o && bits_has(s->seen, (size_t)(o - p->clauses))) {
		findings_add(s->c->f, FINDING_DUPLICATE_ANCHOR, at, STR("an anchor names one clause"),
			     "the anchor \"%.*s\" stands twice", (int)anchor.n, anchor.p);
		return;
	}
	if (!o && !s->first) {
		findings_add(s->c->f, FINDING_CLAUSES_DIFFER, at, STR("give all languages the same clauses"),
			     "the statement of the default language has no clause \"%.*s\"", (int)anchor.n, anchor.p);
		return;
	}
	if (!o) {
		if (p->n_clauses == s->cap) {
			findings_add(s->c->f, FINDING_TOO_MANY, at, (struct str){0}, "more than %u clauses",
				     (unsigned)s->cap);
			return;
		}
		o = &p->clauses[p->n_clauses++];
		o->anchor = str_copy(s->c->a, anchor);
		o->at = at;
		read_keeps(s, keeps, at, o);
	}
	bits_add(s->seen, (size_t)(o - p->clauses));
	o->title.in[s->language] = str_copy(s->c->a, title);
}

/* The clause under way ends before END: its text goes into its hash, behind those of the languages before. */
static void close_clause(struct statement *s, const char *end)
{
	unsigned char hash[HASH_SIZE];
	struct str parts[2];

	if (!s->open)
		return;
	parts[0] = (struct str){(const char *)s->open->hash, sizeof s->open->hash};
	parts[1] = (struct str){s->since, (size_t)(end - s->since)};
	hash_sha256_parts(parts, 2, hash);
	memcpy(s->open->hash, hash, sizeof hash);
	s->open = NULL;
}

static void heading(struct statement *s, struct str line)
{
	struct str text = str_trim(line), anchor, keeps, inside;
	size_t open = str_find(text, '{');
	struct place at;

	while (open < text.n && !str_starts(str_sub(text, open, text.n), STR("{#")))
		open += 1 + str_find(str_sub(text, open + 1, text.n), '{');
	if (open >= text.n)
		return;
	at = place_in(s, line, text.p + open);
	inside = str_sub(text, open + 1, text.n - open - 2);
	if (text.p[text.n - 1] != '}' || !read_braces(inside, &anchor, &keeps)) {
		findings_add(s->c->f, FINDING_BAD_ANCHOR, at,
			     STR("end the heading with {#anchor keeps=path,path}; an anchor has lower-case letters, digits and -"),
			     "this is no anchor");
		return;
	}
	text = str_sub(text, 0, open);
	while (text.n && text.p[0] == '#')
		text = str_sub(text, 1, text.n);
	close_clause(s, line.p);
	add_clause(s, anchor, keeps, str_trim(text), at);
	s->open = clause_find(s->c->p, anchor);
	s->since = line.p;
}

/* {{path}} inserts a fact. */
static void insertions(struct statement *s, struct str line)
{
	for (size_t i = 0; i + 1 < line.n; i++) {
		struct str rest = str_sub(line, i + 2, line.n);
		size_t n;

		if (line.p[i] != '{' || line.p[i + 1] != '{')
			continue;
		n = str_find(rest, '}');
		if (!str_starts(rest, STR(">"))) /* {{> part}} is made from many facts (publish/part.h) */
			fact(s, str_trim(str_sub(rest, 0, n)), place_in(s, line, line.p + i));
		i += n + 2;
	}
}

/* ](#anchor) is a link to a clause. */
static void links(struct statement *s, struct str line)
{
	for (size_t i = 0; i + 2 < line.n; i++) {
		struct str anchor = str_sub(line, i + 3, line.n);

		if (!str_starts(str_sub(line, i, 3), STR("](#")))
			continue;
		anchor = str_sub(anchor, 0, str_find(anchor, ')'));
		if (!clause_find(s->c->p, anchor))
			findings_add(s->c->f, FINDING_UNKNOWN_ANCHOR, place_in(s, line, line.p + i + 2),
				     STR("link to the anchor of a heading"), "no clause has the anchor \"%.*s\"",
				     (int)anchor.n, anchor.p);
	}
}

/* Calls EACH for the lines of TEXT that stand outside of fenced code. */
static void each_line(struct statement *s, struct str text, bool headings)
{
	bool fenced = false;

	s->line = 0;
	while (text.n) {
		size_t n = str_find(text, '\n');
		struct str line = str_sub(text, 0, n);

		s->line++;
		if (str_starts(str_trim(line), STR("```")))
			fenced = !fenced;
		else if (!fenced && headings && str_starts(line, STR("#")))
			heading(s, line);
		else if (!fenced && !headings) {
			insertions(s, line);
			links(s, line);
		}
		text = str_sub(text, n + 1, text.n);
	}
}

static void missing_clauses(struct statement *s)
{
	const struct policy *p = s->c->p;

	for (size_t i = 0; i < p->n_clauses; i++)
		if (!bits_has(s->seen, i))
			findings_add(s->c->f, FINDING_CLAUSES_DIFFER, p->clauses[i].at,
				     STR("give all languages the same clauses"),
				     "%s has no clause \"%.*s\"", s->file, (int)p->clauses[i].anchor.n,
				     p->clauses[i].anchor.p);
}

/* Reads the statement in LANGUAGE, FIRST or to be compared with the first; false when there is none to read. */
static bool read_statement(struct compile *c, size_t language, bool first, size_t cap)
{
	struct place at = node_get(c->p->root, "policy") ? node_get(c->p->root, "policy")->key_at
							 : (struct place){"policy.yaml", 1, 1};
	const struct source_file *file = text_file(c, STR("statement"), language, at);
	struct statement s = {.c = c, .language = language, .first = first, .cap = cap};
	struct str name = text_file_name(c, STR("statement"), c->p->languages[language]);

	s.seen = compile_array(c, BITS_WORDS(cap), sizeof *s.seen);
	if (!file || !name.p || !s.seen)
		return false;
	s.file = name.p;
	each_line(&s, file->text, true);
	close_clause(&s, file->text.p + file->text.n);
	each_line(&s, file->text, false);
	if (!first)
		missing_clauses(&s);
	return true;
}

void text_statement(struct compile *c)
{
	enum { CLAUSES = 1024 };
	struct policy *p = c->p;
	bool first;

	p->clauses = compile_array(c, CLAUSES, sizeof *p->clauses);
	if (!p->clauses || p->n_languages == 0)
		return;
	first = !read_statement(c, (size_t)p->default_language, true, CLAUSES);
	for (size_t i = 0; i < p->n_languages && !c->no_memory; i++)
		if ((int)i != p->default_language && read_statement(c, i, first, CLAUSES))
			first = false;
	for (size_t i = 0; i < p->n_clauses && !c->no_memory; i++)
		if (!p->clauses[i].n_keeps) {
			findings_add(c->f, FINDING_CLAUSE_WITHOUT_FACT, p->clauses[i].at,
				     STR("name the facts that it states by keeps=, or answer in decisions.yaml"),
				     "no fact stands behind the clause \"%.*s\": nothing keeps what it promises",
				     (int)p->clauses[i].anchor.n, p->clauses[i].anchor.p);
			findings_about(c->f, "statement", p->clauses[i].anchor);
		}
}
