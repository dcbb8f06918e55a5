/* What the policy says in words: every statement, notice, consent and form goes through the rules on wording. */
#include "policy/check.h"
#include "policy/prose.h"
#include "policy/text.h"

typedef void rule(struct compile *c, const struct document *d);

static rule *const rules[] = {rule_articles, rule_references, rule_lists, rule_terms, rule_names, rule_headings,
			      rule_sharing, rule_rights, rule_promises, NULL};

enum { DOCUMENT_BYTES = 512 * 1024 };

/* Runs the rules over TEXT, the content of FILE in LANGUAGE; MATTERS says whether required matters stand in it. */
static void document(struct compile *c, const struct source_file *file, struct str language, enum document_kind kind,
		     bool matters)
{
	struct document d;
	const char *name = arena_copy(c->a, file->name.p, file->name.n);

	if (!name || file->text.n > DOCUMENT_BYTES || !str_utf8_valid(file->text)) {
		if (name && file->text.n > DOCUMENT_BYTES)
			findings_add(c->f, FINDING_FILE_TOO_LARGE, (struct place){name, 0, 0},
				     STR("a wording has at most 512 KB"), "this wording is too long to be read by anybody");
		c->no_memory = c->no_memory || !name;
		return;
	}
	if (!prose_read(c, name, language, file->text, &d))
		return;
	d.kind = kind;
	for (size_t i = 0; rules[i] && !c->no_memory; i++)
		rules[i](c, &d);
	if (matters)
		rule_matters(c, &d);
}

/* The file DIR/ID.LANGUAGE.md of C's source, or NULL. */
static const struct source_file *wording_file(struct compile *c, const char *dir, struct str id, size_t language)
{
	const struct source_file *file;
	struct buf name;

	buf_init(&name);
	buf_printf(&name, "%s%.*s.%.*s.md", dir, ID(id), ID(c->p->languages[language]));
	file = source_find(c->files, buf_view(&name));
	buf_free(&name);
	return file;
}

/* True when a written channel shows notice NOTICE. */
static bool written(const struct policy *p, int notice)
{
	for (size_t i = 0; i < p->n_channels; i++)
		if (p->channels[i].written && p->channels[i].notice == notice)
			return true;
	for (size_t i = 0; i < p->n_categories; i++)
		for (size_t k = 0; k < p->categories[i].n_channels; k++)
			if (p->categories[i].channels[k].notice == notice && p->channels[p->categories[i].channels[k].channel].written)
				return true;
	return false;
}

/* True when the statement's clauses are read as they were meant: else what seems to be missing may be there. */
static bool clauses_whole(const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		switch (f->list[i].code) {
		case FINDING_BAD_ANCHOR:
		case FINDING_DUPLICATE_ANCHOR:
		case FINDING_UNKNOWN_FACT:
		case FINDING_CLAUSES_DIFFER:
			return false;
		default:
			break;
		}
	return true;
}

static void in_language(struct compile *c, size_t language)
{
	const struct policy *p = c->p;
	struct str name = p->languages[language];
	const struct source_file *file = wording_file(c, "", STR("statement"), language);

	if (file)
		document(c, file, name, DOCUMENT_STATEMENT, clauses_whole(c->f));
	for (size_t i = 0; i < p->n_notices && !c->no_memory; i++) {
		file = wording_file(c, "notices/", p->notices[i].id, language);
		if (file)
			document(c, file, name, DOCUMENT_WORDING, written(p, (int)i));
	}
	for (size_t i = 0; i < p->n_consents && !c->no_memory; i++) {
		file = wording_file(c, "consents/", p->consents[i].id, language);
		if (file)
			document(c, file, name, DOCUMENT_FORM, false);
	}
}

void check_wording(struct compile *c)
{
	for (size_t i = 0; i < c->p->n_languages && !c->no_memory; i++)
		in_language(c, i);
}
