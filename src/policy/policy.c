#include "policy/policy.h"

/* The position of ID in the section of the file that declares it, which is its index. */
static int find(const struct node *section, struct str id)
{
	const struct node *n = id.n ? node_find(section, id) : NULL;

	return n ? (int)n->position : POLICY_NONE;
}

int policy_category_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "categories"), id);
}

int policy_item_find(const struct policy_category *c, struct str id)
{
	for (size_t i = 0; i < c->n_items; i++)
		if (str_eq(c->items[i].id, id))
			return (int)i;
	return POLICY_NONE;
}

int policy_channel_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "channels"), id);
}

int policy_notice_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "notices"), id);
}

int policy_event_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "events"), id);
}

int policy_purpose_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "purposes"), id);
}

int policy_consent_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "consents"), id);
}

int policy_role_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "roles"), id);
}

int policy_arrangement_find(const struct policy *p, struct str id)
{
	for (size_t i = 0; i < p->n_arrangements; i++)
		if (str_eq(p->arrangements[i].id, id))
			return (int)i;
	return POLICY_NONE;
}

int policy_exception_find(const struct policy *p, struct str id)
{
	return find(node_get(p->root, "exceptions"), id);
}

int policy_derived_find(const struct policy *p, struct str id)
{
	for (size_t i = 0; i < p->n_derived; i++)
		if (str_eq(p->derived[i].id, id))
			return (int)i;
	return POLICY_NONE;
}

/* True when PATH is FACT or lies in it; how long FACT is tells which of two is nearer. */
static bool covers(struct str fact, struct str path)
{
	return str_starts(path, fact) && (path.n == fact.n || path.p[fact.n] == '.');
}

struct str policy_clause_of(const struct policy *p, struct str path)
{
	struct str anchor = {0};
	size_t nearest = 0;

	for (size_t i = 0; i < p->n_clauses; i++)
		for (size_t j = 0; j < p->clauses[i].n_keeps; j++) {
			struct str fact = p->clauses[i].keeps[j];

			if (fact.n > nearest && covers(fact, path)) {
				nearest = fact.n;
				anchor = p->clauses[i].anchor;
			}
		}
	return anchor;
}

struct str policy_text_in(const struct policy *p, const struct policy_text *t, int language)
{
	bool has = language >= 0 && (size_t)language < p->n_languages && t->in[language].n;

	return t->in[has ? language : p->default_language];
}

const struct policy_role *policy_role_numbered(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; p && i < p->n_roles; i++)
		if (p->roles[i].number == number)
			return &p->roles[i];
	return NULL;
}
