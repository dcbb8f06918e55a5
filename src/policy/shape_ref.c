/* Names: whether they are declared, and what was probably meant. */
#include "policy/shape.h"

#include <stdlib.h>

struct guess guess_begin(struct str word)
{
	return (struct guess){.word = word, .distance = word.n < 4 ? 2 : word.n < 8 ? 3 : 4};
}

void guess_offer(struct guess *g, struct str offer)
{
	unsigned distance = str_distance(g->word, offer, g->distance);

	if (distance < g->distance) {
		g->distance = distance;
		g->best = offer;
	}
}

void guess_write(const struct guess *g, struct buf *b)
{
	if (g->best.n)
		buf_printf(b, "did you mean \"%.*s\"?", (int)g->best.n, g->best.p);
}

/* Goes through the names of KIND that may be used here: true when NAME is one; otherwise they are offered to G. */
static bool in_map(const struct node *map, struct str name, struct guess *g)
{
	if (node_find(map, name))
		return true;
	for (NODE_EACH(n, map))
		guess_offer(g, n->key);
	return false;
}

static bool certified(const struct walk *w, struct str name, struct guess *g)
{
	for (NODE_EACH(n, node_get(w->root, "certified_bodies"))) {
		struct str id = node_text(n, "organization");

		if (str_eq(id, name))
			return true;
		guess_offer(g, id);
	}
	return false;
}

/* The controller, or one that keeps the policy with it. */
static bool entity(const struct walk *w, struct str name, struct guess *g)
{
	const struct node *head = node_get(w->root, "policy");

	if (str_eq(node_text(head, "organization"), name))
		return true;
	guess_offer(g, node_text(head, "organization"));
	for (NODE_EACH(n, node_get(head, "entities"))) {
		if (n->kind == NODE_SCALAR && str_eq(n->text, name))
			return true;
		if (n->kind == NODE_SCALAR)
			guess_offer(g, n->text);
	}
	return false;
}

/* "category.item" */
static bool dotted(const struct walk *w, struct str name, struct guess *g)
{
	size_t dot = str_find(name, '.');

	for (NODE_EACH(c, node_get(w->root, "categories"))) {
		if (str_eq(c->key, str_sub(name, 0, dot)))
			return in_map(node_get(c, "items"), str_sub(name, dot + 1, name.n), g);
		guess_offer(g, c->key);
	}
	return false;
}

static bool declared(const struct walk *w, enum ref_kind kind, unsigned flags, struct str name, struct guess *g)
{
	switch (kind) {
	case REF_CERTIFIED_BODY:
		return certified(w, name, g);
	case REF_ENTITY:
		return entity(w, name, g);
	case REF_DERIVED:
		return in_map(node_get(node_get(w->root, "deidentified"), "pseudonymized"), name, g);
	case REF_ITEM:
		return dotted(w, name, g);
	case REF_OWN_ITEM:
		if (!w->category)
			return true; /* the category itself was reported */
		if ((flags & KEY_GROUPS) && in_map(node_get(w->category, "groups"), name, g))
			return true;
		return in_map(node_get(w->category, "items"), name, g);
	default:
		return in_map(node_get(w->root, ref_section(kind)), name, g);
	}
}

void shape_ref(struct walk *w, enum ref_kind kind, unsigned flags, struct str name, struct place at)
{
	struct guess g = guess_begin(name);
	struct str of = w->category ? w->category->key : (struct str){0};
	struct buf hint;

	if (declared(w, kind, flags, name, &g))
		return;
	w->c->broken = true;
	buf_init(&hint);
	guess_write(&g, &hint);
	if (kind == REF_OWN_ITEM)
		findings_add(w->c->f, ref_unknown(kind), at, buf_view(&hint),
			     "%s%s%.*s%s names item \"%.*s\", which category \"%.*s\" does not declare",
			     w->noun ? w->noun : "the policy", w->noun ? " \"" : "", (int)w->id.n, w->id.p,
			     w->noun ? "\"" : "", (int)name.n, name.p, (int)of.n, of.p);
	else
		findings_add(w->c->f, ref_unknown(kind), at, buf_view(&hint),
			     "%s%s%.*s%s names %s \"%.*s\", which is not declared", w->noun ? w->noun : "the policy",
			     w->noun ? " \"" : "", (int)w->id.n, w->id.p, w->noun ? "\"" : "", ref_noun(kind),
			     (int)name.n, name.p);
	buf_free(&hint);
}

void shape_word(struct walk *w, struct str value, struct place at, const char *name, const char *const *words)
{
	struct guess g = guess_begin(value);
	struct buf hint;

	if (words_find(words, value) >= 0)
		return;
	w->c->broken = true;
	buf_init(&hint);
	for (int i = 0; words[i]; i++)
		guess_offer(&g, str_of(words[i]));
	guess_write(&g, &hint);
	buf_text(&hint, hint.n ? " It takes" : "it takes");
	for (int i = 0; words[i]; i++)
		buf_printf(&hint, "%s %s", i ? "," : "", words[i]);
	findings_add(w->c->f, FINDING_BAD_WORD, at, buf_view(&hint), "\"%s\" does not take \"%.*s\"", name,
		     (int)value.n, value.p);
	buf_free(&hint);
}

static int by_text(const void *x, const void *y)
{
	const struct node *const *a = x, *const *b = y;
	int order = str_cmp((*a)->text, (*b)->text);

	if (order)
		return order;
	return (*a)->at.line != (*b)->at.line ? ((*a)->at.line < (*b)->at.line ? -1 : 1)
					      : ((*a)->at.column < (*b)->at.column ? -1 : 1);
}

void shape_doubles(struct walk *w, const struct node *list)
{
	const struct node **sorted;
	size_t n = 0;

	if (list->n < 2)
		return;
	sorted = compile_array(w->c, list->n, sizeof *sorted);
	if (!sorted)
		return;
	for (NODE_EACH(e, list))
		if (e->kind == NODE_SCALAR)
			sorted[n++] = e;
	qsort(sorted, n, sizeof *sorted, by_text);
	for (size_t i = 1; i < n; i++)
		if (str_eq(sorted[i - 1]->text, sorted[i]->text))
			findings_add(w->c->f, FINDING_DUPLICATE_ENTRY, sorted[i]->at, STR("take one of them out"),
				     "the list names \"%.*s\" twice", (int)sorted[i]->text.n, sorted[i]->text.p);
}
