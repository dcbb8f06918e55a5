/*
 * From nodes to plain arrays: the values that several things have in common, and
 * the head of the policy.  What the first pass has reported as wrong is left out
 * here without another word.
 */
#include <stdlib.h>

#include "policy/build.h"

void *compile_array(struct compile *c, size_t count, size_t size)
{
	void *p = arena_array(c->a, count ? count : 1, size);

	if (!p)
		c->no_memory = true;
	return p;
}

bool build_number(struct str s, double *out)
{
	size_t i = s.n && s.p[0] == '-' ? 1 : 0;
	size_t digits = 0, points = 0;

	for (; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] == '.' && digits && i + 1 < s.n)
			points++;
		else
			return false;
	}
	if (digits == 0 || digits > 30 || points > 1)
		return false;
	*out = strtod(s.p, NULL); /* a node's text ends in NUL */
	return true;
}

date build_date(const struct node *map, const char *key)
{
	date d;

	return date_parse(node_text(map, key), &d) ? d : DATE_NONE;
}

void build_text(struct compile *c, const struct node *n, struct policy_text *text)
{
	const struct policy *p = c->p;

	if (!n)
		return;
	for (size_t i = 0; i < p->n_languages; i++) {
		const struct node *t = n->kind == NODE_MAP ? node_find(n, p->languages[i]) : n;

		if (t && t->kind == NODE_SCALAR)
			text->in[i] = t->text;
	}
}

void build_strings(struct compile *c, const struct node *n, struct str **list, size_t *count)
{
	if (!n || n->kind != NODE_LIST)
		return;
	*list = compile_array(c, n->n, sizeof **list);
	if (!*list)
		return;
	for (NODE_EACH(e, n))
		if (e->kind == NODE_SCALAR)
			(*list)[(*count)++] = e->text;
}

void build_purposes(struct compile *c, const struct node *n, int **list, size_t *count)
{
	if (!n || n->kind != NODE_LIST)
		return;
	*list = compile_array(c, n->n, sizeof **list);
	if (!*list)
		return;
	for (NODE_EACH(e, n)) {
		int purpose = policy_purpose_find(c->p, e->text);

		if (purpose != POLICY_NONE)
			(*list)[(*count)++] = purpose;
	}
}

void build_clock(struct compile *c, const struct node *n, struct policy_clock *clock)
{
	const struct node *otherwise = node_get(n, "else");

	if (!n || !duration_parse(node_text(n, "for"), &clock->length))
		return;
	clock->set = true;
	clock->event = policy_event_find(c->p, node_text(n, "from"));
	clock->law = node_text(n, "law");
	build_text(c, node_get(n, "reason"), &clock->reason);
	if (!otherwise)
		return;
	clock->otherwise = compile_array(c, 1, sizeof *clock->otherwise);
	if (clock->otherwise)
		build_clock(c, otherwise, clock->otherwise);
	if (clock->otherwise && !clock->otherwise->set)
		clock->otherwise = NULL;
}

/* Adds item or group NAME of category CATEGORY to BITS. */
static void add_item(struct compile *c, int category, struct str name, uint64_t *bits)
{
	const struct policy_category *k = &c->p->categories[category];
	int item = policy_item_find(k, name);
	const struct node *groups;

	if (item != POLICY_NONE) {
		bits_add(bits, (size_t)item);
		return;
	}
	groups = node_get(node_find(node_get(c->p->root, "categories"), k->id), "groups");
	for (NODE_EACH(e, node_find(groups, name))) {
		item = e->kind == NODE_SCALAR ? policy_item_find(k, e->text) : POLICY_NONE;
		if (item != POLICY_NONE)
			bits_add(bits, (size_t)item);
	}
}

uint64_t *build_bits(struct compile *c, int category, const struct node *n)
{
	size_t n_items = c->p->categories[category].n_items;
	uint64_t *bits = compile_array(c, BITS_WORDS(n_items), sizeof *bits);

	if (!bits)
		return NULL;
	if (n->kind == NODE_SCALAR)
		for (size_t i = 0; i < n_items; i++)
			bits_add(bits, i);
	else if (n->kind == NODE_MAP)
		for (NODE_EACH(e, n))
			add_item(c, category, e->key, bits);
	else
		for (NODE_EACH(e, n))
			add_item(c, category, e->text, bits);
	return bits;
}

static int by_category(const void *x, const void *y)
{
	const struct policy_uses *a = x, *b = y;

	return (a->category > b->category) - (a->category < b->category);
}

void build_items(struct compile *c, const struct node *n, struct policy_uses **uses, size_t *n_uses)
{
	if (!n || n->kind != NODE_MAP)
		return;
	*uses = compile_array(c, n->n, sizeof **uses);
	if (!*uses)
		return;
	for (NODE_EACH(e, n)) {
		int category = policy_category_find(c->p, e->key);

		if (category == POLICY_NONE)
			continue;
		(*uses)[*n_uses].category = category;
		(*uses)[*n_uses].items = build_bits(c, category, e);
		if (!(*uses)[*n_uses].items)
			return;
		(*n_uses)++;
	}
	qsort(*uses, *n_uses, sizeof **uses, by_category);
}

void build_languages(struct compile *c)
{
	struct policy *p = c->p;
	const struct node *head = node_get(p->root, "policy");
	struct str wanted = node_text(head, "default_language");

	for (NODE_EACH(n, node_get(head, "languages"))) {
		if (n->kind != NODE_SCALAR || p->n_languages == POLICY_LANGUAGES)
			continue;
		if (str_eq(n->text, wanted))
			p->default_language = (int)p->n_languages;
		p->languages[p->n_languages++] = n->text;
	}
}

void build_head(struct compile *c)
{
	struct policy *p = c->p;
	const struct node *head = node_get(p->root, "policy");

	p->id = node_text(head, "id");
	p->established = build_date(head, "established");
	p->revised = build_date(head, "revised");
	p->effective = build_date(head, "effective");
	p->law = build_date(head, "law");
	p->zone_name = node_text(head, "time_zone");
	if (p->zone_name.n == 0)
		p->zone_name = STR("Asia/Tokyo");
	if (!zone_parse(p->zone_name, &p->zone))
		p->zone = 0;
}
