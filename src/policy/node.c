#include "policy/node.h"

#include <string.h>

const struct node *node_find(const struct node *map, struct str key)
{
	size_t low = 0, high;

	if (!map || map->kind != NODE_MAP)
		return NULL;
	high = map->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(key, map->by_key[middle]->key);

		if (order == 0)
			return map->by_key[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct node *node_get(const struct node *map, const char *key)
{
	return node_find(map, str_of(key));
}

static const struct node *element(const struct node *list, struct str position)
{
	const struct node *n = list->first;
	uint64_t i;

	if (!str_to_u64(position, list->n, &i))
		return NULL;
	for (; n && i; i--)
		n = n->next;
	return n;
}

const struct node *node_at(const struct node *root, struct str path)
{
	const struct node *n = root;

	while (n && path.n) {
		size_t dot = str_find(path, '.');
		struct str head = str_sub(path, 0, dot);

		n = n->kind == NODE_LIST ? element(n, head) : node_find(n, head);
		path = str_sub(path, dot + 1, path.n);
	}
	return n;
}

struct str node_text(const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	return n && n->kind == NODE_SCALAR ? n->text : (struct str){0};
}

bool node_is_true(const struct node *n)
{
	return n && n->kind == NODE_SCALAR && !n->quoted && str_is(n->text, "true");
}

bool node_same(const struct node *x, const struct node *y)
{
	const struct node *b = y ? y->first : NULL;

	if (!x || !y)
		return x == y;
	if (x->kind != y->kind || x->n != y->n || !str_eq(x->text, y->text))
		return false;
	for (NODE_EACH(a, x)) {
		const struct node *other = x->kind == NODE_MAP ? node_find(y, a->key) : b;

		if (!node_same(a, other))
			return false;
		b = b->next;
	}
	return true;
}
