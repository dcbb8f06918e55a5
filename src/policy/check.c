#include "policy/check.h"

struct place check_place(const struct node *n, const char *key)
{
	const struct node *value = node_get(n, key);

	return value ? value->at : node_place(n);
}

struct place check_place_of(const struct node *n, struct str name)
{
	const struct node *entry = node_find(n, name);

	if (entry)
		return entry->key_at;
	for (NODE_EACH(e, n))
		if (e->kind == NODE_SCALAR && str_eq(e->text, name))
			return e->at;
	return node_place(n);
}

const uint64_t *check_uses(const struct policy_uses *uses, size_t n_uses, int category)
{
	for (size_t i = 0; i < n_uses; i++)
		if (uses[i].category == category)
			return uses[i].items;
	return NULL;
}

bool check_purpose_uses(const struct policy *p, int purpose, int category, size_t item)
{
	const struct policy_purpose *q = &p->purposes[purpose];
	const uint64_t *items = check_uses(q->uses, q->n_uses, category);

	return items && bits_has(items, item);
}

bool check_has(const int *list, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

bool check_class(const struct policy *p, const struct policy_uses *uses, size_t n_uses, enum data_class class_,
		 const struct policy_item **item)
{
	for (size_t i = 0; i < n_uses; i++) {
		const struct policy_category *k = &p->categories[uses[i].category];

		for (size_t j = 0; j < k->n_items; j++)
			if (k->items[j].class_ == class_ && bits_has(uses[i].items, j)) {
				*item = &k->items[j];
				return true;
			}
	}
	return false;
}

void check_missing(struct compile *c, const struct node *n, const char *key, const char *why)
{
	findings_add(c->f, FINDING_MISSING_KEY, node_place(n), (struct str){0}, "\"%.*s\" lacks the key \"%s\": %s",
		     ID(n->key), key, why);
}

void check_approver(struct compile *c, int role, struct place at)
{
	const struct policy_role *r;

	if (role == POLICY_NONE)
		return;
	r = &c->p->roles[role];
	if (!(r->may >> ACTION_APPROVE & 1))
		findings_add(c->f, FINDING_APPROVER_CANNOT_APPROVE, at, STR("give it `approve` in may, or name another role"),
			     "role \"%.*s\" has to approve, but may not", ID(r->id));
}
