/* Required matters: what the law wants said, and nothing says. */
#include "policy/check.h"
#include "policy/matters.h"
#include "policy/prose.h"

#include <string.h>

static const struct matter table[] = {
#define MATTER(code, where, law, since, when, topic, heading, pattern, en, ja) \
	{FINDING_##code, MATTER_##where, law, since, when, topic, heading, pattern, en, ja},
#include "policy/matters.def"
#undef MATTER
};

const struct matter *matters(size_t *count)
{
	*count = sizeof table / sizeof *table;
	return table;
}

/* True when N is, or as a list has, WORD; any N when WORD is empty. */
static bool holds(const struct node *n, struct str word)
{
	if (!n || word.n == 0)
		return n != NULL;
	if (n->kind == NODE_SCALAR)
		return str_eq(n->text, word) || str_is(n->text, "all");
	for (NODE_EACH(k, n))
		if (k->kind == NODE_SCALAR && str_eq(k->text, word))
			return true;
	return false;
}

/* The first node under N that PATH (with `*` for any id, and `=word`) describes, or NULL. */
static const struct node *described(const struct node *n, struct str path)
{
	size_t dot = str_find(path, '.'), equals = str_find(path, '=');
	size_t end = dot < equals ? dot : equals;
	struct str key = str_sub(path, 0, end);
	struct str rest = dot < equals ? str_sub(path, dot + 1, path.n) : (struct str){0};
	struct str word = str_sub(path, equals + 1, path.n);

	for (NODE_EACH(k, n)) {
		const struct node *found;

		if (!str_is(key, "*") && !str_eq(k->key, key))
			continue;
		found = rest.n ? described(k, rest) : holds(k, word) ? k : NULL;
		if (found)
			return found;
	}
	return NULL;
}

static date law_of(const struct policy *p)
{
	return p->law != DATE_NONE ? p->law : p->effective;
}

static bool applies(const struct compile *c, const struct matter *m)
{
	date law = law_of(c->p), since;

	if (m->since[0] && law != DATE_NONE && date_parse(str_of(m->since), &since) && law < since)
		return false;
	return !m->when[0] || described(c->p->root, str_of(m->when));
}

static bool said(const struct document *d, const struct matter *m)
{
	if (!m->pattern[0])
		return prose_section(d, m->topic, m->heading) >= 0;
	if ((m->topic || m->heading) && prose_line(d, m->topic, m->heading, "{{>"))
		return true; /* a part says all facts of its kind */
	return prose_line(d, m->topic, m->heading, m->pattern) != NULL;
}

static void matter(struct compile *c, const struct document *d, const struct matter *m)
{
	long s = m->topic || m->heading ? prose_section(d, m->topic, m->heading) : -1;

	if (!applies(c, m) || said(d, m))
		return;
	if (m->code == FINDING_FACT_UNSTATED)
		findings_add(c->f, m->code, prose_heading(d, s), STR("write a clause about it that keeps the fact"),
			     "the policy has %s, and the statement does not speak of it", d->japanese ? m->ja : m->en);
	else
		findings_add(c->f, m->code, prose_heading(d, s), STR("write it, in a clause that keeps the fact"),
			     "%s asks to say %s", m->law, d->japanese ? m->ja : m->en);
}

/* A category that no clause but those on de-identified sets speaks of. */
static void categories(struct compile *c, const struct document *d)
{
	for (size_t i = 0; i < c->p->n_categories; i++) {
		const struct policy_category *k = &c->p->categories[i];
		struct buf path, people;
		bool found = false;

		buf_init(&path);
		buf_init(&people);
		buf_printf(&path, "categories.%.*s", ID(k->id));
		buf_printf(&people, "{{categories.%.*s.people", ID(k->id));
		for (size_t s = 1; s < d->n_sections && !found; s++)
			found = prose_about(d, s, buf_c(&path), NULL);
		if (!found && !prose_line(d, NULL, NULL, buf_c(&people)))
			findings_add(c->f, FINDING_CATEGORY_NOT_STATED, k->at,
				     STR("write a clause on these people that keeps the category"),
				     "%s does not speak of the people of category \"%.*s\"", d->file, ID(k->id));
		buf_free(&path);
		buf_free(&people);
	}
}

void rule_matters(struct compile *c, const struct document *d)
{
	enum matter_where where = d->kind == DOCUMENT_STATEMENT ? MATTER_STATEMENT : MATTER_NOTICE;

	if (!d->english && !d->japanese)
		return;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].where == where && (where == MATTER_STATEMENT || d->kind == DOCUMENT_WORDING))
			matter(c, d, &table[i]);
	if (where == MATTER_STATEMENT)
		categories(c, d);
}

/* A consent without `minors`. */
static bool without_minors(const struct compile *c)
{
	for (NODE_EACH(k, node_get(c->p->root, "consents")))
		if (!node_get(k, "minors"))
			return true;
	return false;
}

void check_record(struct compile *c, bool pending)
{
	struct checked *k = &c->f->checked;

	_Static_assert(sizeof table / sizeof *table <= CHECKED_MATTERS, "every matter has its bit");
	*k = (struct checked){.law = law_of(c->p), .pending = pending};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].where == MATTER_PENDING ? pending && described(c->p->root, str_of(table[i].when)) : applies(c, &table[i]))
			k->matters[i / 64] |= (uint64_t)1 << i % 64;
}

void check_pending(struct compile *c)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct node *n = table[i].where == MATTER_PENDING ? described(c->p->root, str_of(table[i].when)) : NULL;

		if (n && (strcmp(table[i].pattern, "minors") != 0 || without_minors(c)))
			findings_add(c->f, FINDING_PENDING_LAW, node_place(n), (struct str){0}, "%s: %s", table[i].law,
				     table[i].en);
	}
}
