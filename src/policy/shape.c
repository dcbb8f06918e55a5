/*
 * The first pass: every node of the file is looked at under the key of the table
 * that it stands for.  Unknown and missing keys, wrong values and names of
 * nothing are reported here, each with what would be right.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "policy/shape.h"

enum { NAME_BYTES = 200 }; /* of an id or key at the most */

static void walk_value(struct walk *w, const struct node *n, const struct key *key);

bool shape_id_form(struct str s)
{
	if (s.n == 0 || s.n > NAME_BYTES || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '_')
			return false;
	return true;
}

void shape_wrong(struct walk *w, enum finding_code code, struct place at, struct str hint, const char *what,
		 struct str value)
{
	w->c->broken = true;
	findings_add(w->c->f, code, at, hint, "%s: %.*s", what, (int)value.n, value.p);
}

/* "unknown key …, did you mean …" for the key at N of a map with the keys KEYS. */
static void unknown_key(struct walk *w, const struct node *n, const struct key *keys)
{
	struct guess g = guess_begin(n->key);
	struct buf hint;

	for (const struct key *k = keys; k->name; k++)
		guess_offer(&g, str_of(k->name));
	buf_init(&hint);
	if (g.best.n) {
		guess_write(&g, &hint);
	} else {
		buf_text(&hint, "the keys here are");
		for (const struct key *k = keys; k->name; k++)
			buf_printf(&hint, "%s %s", k == keys ? "" : ",", k->name);
	}
	w->c->broken = true;
	findings_add(w->c->f, FINDING_UNKNOWN_KEY, n->key_at, buf_view(&hint), "unknown key \"%.*s\"", (int)n->key.n,
		     n->key.p);
	buf_free(&hint);
}

static void missing_key(struct walk *w, const struct node *map, const struct key *key)
{
	enum finding_code code = key->missing ? key->missing : FINDING_MISSING_KEY;
	struct str here = map->key.p ? map->key : str_of(map->at.file);
	struct buf hint;

	buf_init(&hint);
	buf_printf(&hint, "%s: %s, for example %s: %s", key->name, key->en, key->name, key->example);
	findings_add(w->c->f, code, node_place(map), buf_view(&hint), "\"%.*s\" lacks the key \"%s\"%s%s", (int)here.n,
		     here.p, key->name, key->law ? ", see " : "", key->law ? key->law : "");
	buf_free(&hint);
}

void shape_map(struct walk *w, const struct node *map, const struct key *keys)
{
	for (NODE_EACH(n, map)) {
		const struct key *key = key_find(keys, n->key);

		if (key)
			walk_value(w, n, key);
		else
			unknown_key(w, n, keys);
	}
	for (const struct key *k = keys; k->name; k++)
		if ((k->flags & KEY_REQUIRED) && !node_get(map, k->name))
			missing_key(w, map, k);
}

static void wrong_type(struct walk *w, const struct node *n, const struct key *key, const char *wanted)
{
	struct buf hint;

	buf_init(&hint);
	buf_printf(&hint, "for example %s: %s", key->name, key->example ? key->example : "");
	w->c->broken = true;
	findings_add(w->c->f, FINDING_WRONG_TYPE, n->at, buf_view(&hint), "\"%s\" takes %s", key->name, wanted);
	buf_free(&hint);
}

static void walk_text(struct walk *w, const struct node *n, const struct key *key)
{
	const struct policy *p = w->c->p;

	if (n->kind == NODE_SCALAR && n->text.n)
		return;
	if (n->kind != NODE_MAP) {
		wrong_type(w, n, key, "a text that is not empty, or a map of texts by language");
		return;
	}
	for (NODE_EACH(t, n)) {
		bool declared = p->n_languages == 0;

		for (size_t i = 0; i < p->n_languages; i++)
			declared = declared || str_eq(p->languages[i], t->key);
		if (!declared)
			shape_wrong(w, FINDING_UNKNOWN_LANGUAGE, t->key_at, STR("declare it in policy.languages, or take it out"),
				    "a text in a language that the policy does not declare", t->key);
		if (t->kind != NODE_SCALAR || t->text.n == 0)
			wrong_type(w, t, key, "a text that is not empty in each language");
	}
	for (size_t i = 0; i < p->n_languages; i++)
		if (!node_find(n, p->languages[i]))
			findings_add(w->c->f, FINDING_MISSING_LANGUAGE, node_place(n), (struct str){0},
				     "\"%s\" has no text in the declared language \"%.*s\"", key->name,
				     (int)p->languages[i].n, p->languages[i].p);
}

static void walk_item_list(struct walk *w, const struct node *list)
{
	for (NODE_EACH(n, list)) {
		if (n->kind != NODE_SCALAR)
			shape_wrong(w, FINDING_WRONG_TYPE, n->at, STR("for example [name, address]"),
				    "a list of items takes ids", (struct str){0});
		else
			shape_ref(w, REF_OWN_ITEM, KEY_GROUPS, n->text, n->at);
	}
	shape_doubles(w, list);
}

static void walk_items(struct walk *w, const struct node *n, const struct key *key)
{
	const struct node *outer = w->category;

	if (n->kind != NODE_MAP) {
		wrong_type(w, n, key, "a map of categories, each with `all` or a list of items");
		return;
	}
	for (NODE_EACH(c, n)) {
		shape_ref(w, REF_CATEGORY, 0, c->key, c->key_at);
		w->category = node_find(node_get(w->root, "categories"), c->key);
		if (c->kind == NODE_LIST)
			walk_item_list(w, c);
		else if (c->kind != NODE_SCALAR || !str_is(c->text, "all"))
			wrong_type(w, c, key, "`all` or a list of items for each category");
	}
	w->category = outer;
}

static void walk_one(struct walk *w, const struct node *n, const struct key *key)
{
	switch (key->type) {
	case TYPE_MAP:
		if (n->kind != NODE_MAP)
			wrong_type(w, n, key, "a map");
		else
			shape_map(w, n, key->keys);
		return;
	case TYPE_TEXT:
		walk_text(w, n, key);
		return;
	case TYPE_ITEMS:
		walk_items(w, n, key);
		return;
	default:
		if (n->kind != NODE_SCALAR)
			wrong_type(w, n, key, n->kind == NODE_MAP ? "one value, no map" : "one value, no list");
		else
			shape_scalar(w, n, key);
	}
}

static void walk_element(struct walk *w, const struct node *n, const struct key *key)
{
	if (key->each)
		walk_value(w, n, key->each);
	else
		walk_one(w, n, key);
}

static void walk_list(struct walk *w, const struct node *n, const struct key *key)
{
	if (n->kind == NODE_SCALAR && (key->flags & KEY_OR_ONE)) {
		walk_one(w, n, key);
		return;
	}
	if (n->kind != NODE_LIST) {
		wrong_type(w, n, key, key->flags & KEY_OR_ALL ? "`all` or a list" : "a list");
		return;
	}
	for (NODE_EACH(element, n))
		walk_one(w, element, key);
	if (key->type != TYPE_MAP)
		shape_doubles(w, n);
}

/* The category whose items a thing named N under KEY may name. */
static const struct node *category_of(const struct walk *w, const struct node *n, const struct key *key)
{
	const struct node *categories = node_get(w->root, "categories");

	if (key == key_find(keys_policy, STR("categories")))
		return n;
	if (node_get(n, "from") && node_get(n, "output"))
		return node_find(categories, node_text(n, "from"));
	return w->category;
}

static void walk_ids(struct walk *w, const struct node *map, const struct key *key)
{
	struct walk outer = *w;
	size_t count = 0;

	for (NODE_EACH(n, map)) {
		if (!shape_id_form(n->key) || str_is(n->key, "all") ||
		    (str_is(str_of(key->noun), "event") && (str_is(n->key, "acquisition") || str_is(n->key, "creation"))))
			shape_wrong(w, FINDING_BAD_ID, n->key_at,
				    STR("lower-case letters, digits and _, a letter first; not a word that the language has taken"),
				    "no id", n->key);
		if (key->max && ++count == key->max + 1)
			findings_add(w->c->f, FINDING_TOO_MANY, n->key_at, (struct str){0}, "more than %u in \"%s\"",
				     (unsigned)key->max, key->name);
		w->noun = key->noun;
		w->id = n->key;
		w->category = category_of(&outer, n, key);
		walk_element(w, n, key);
		*w = outer;
	}
}

static void walk_named(struct walk *w, const struct node *map, const struct key *key)
{
	for (NODE_EACH(n, map)) {
		if (key->form == FORM_BY_WORD)
			shape_word(w, n->key, n->key_at, key->name, key->key_words);
		else if (key->form == FORM_BY_REF)
			shape_ref(w, key->key_ref, key->flags, n->key, n->key_at);
		else if (n->key.n == 0 || n->key.n > NAME_BYTES)
			shape_wrong(w, FINDING_BAD_ID, n->key_at, STR("1 to 200 bytes"), "no code", n->key);
		walk_element(w, n, key);
	}
}

/* True when a node of N's kind goes with the form and type of KEY. */
static bool fits(const struct node *n, const struct key *key)
{
	if (key->form == FORM_LIST)
		return n->kind == NODE_LIST;
	if (key->form != FORM_ONE || key->type == TYPE_MAP || key->type == TYPE_ITEMS)
		return n->kind == NODE_MAP;
	return n->kind == NODE_SCALAR || key->type == TYPE_TEXT;
}

static void walk_value(struct walk *w, const struct node *n, const struct key *key)
{
	if (n->kind == NODE_SCALAR && (key->flags & KEY_OR_ALL) && str_is(n->text, "all"))
		return;
	if (n->kind == NODE_SCALAR && (key->flags & KEY_OR_WORD) && words_find(key->words, n->text) >= 0)
		return;
	if (n->kind == NODE_SCALAR && (key->flags & KEY_OR_WORD) && !fits(n, key)) {
		shape_word(w, n->text, n->at, key->name, key->words);
		return;
	}
	if (key->other && !fits(n, key) && fits(n, key->other))
		key = key->other;
	if (key->form == FORM_ONE)
		walk_one(w, n, key);
	else if (key->form == FORM_LIST)
		walk_list(w, n, key);
	else if (n->kind != NODE_MAP)
		wrong_type(w, n, key, "a map");
	else if (key->form == FORM_IDS)
		walk_ids(w, n, key);
	else
		walk_named(w, n, key);
}

void shape_check(struct compile *c)
{
	struct walk w = {.c = c, .root = c->p->root};

	shape_map(&w, c->p->root, keys_policy);
	if (!c->p->decisions)
		return;
	if (c->p->decisions->kind != NODE_LIST) {
		shape_wrong(&w, FINDING_WRONG_TYPE, c->p->decisions->at, STR("- {about: CODE:path, answer: …, by: ROLE, on: DATE, why: …}"),
			    "decisions.yaml is a list of decisions", (struct str){0});
		return;
	}
	for (NODE_EACH(n, c->p->decisions)) {
		if (n->kind == NODE_MAP)
			shape_map(&w, n, keys_decision);
		else
			shape_wrong(&w, FINDING_WRONG_TYPE, n->at, STR("{about: CODE:path, answer: …, by: ROLE, on: DATE, why: …}"),
				    "a decision is a map", (struct str){0});
	}
}
