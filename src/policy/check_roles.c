/* Roles: that each can do what it names, and that approvers can approve. */
#include "policy/check.h"

/* Actions that open values under a purpose. */
static const enum action opening[] = {ACTION_READ, ACTION_LOOKUP, ACTION_HISTORY, ACTION_EXPORT, ACTION_PROVIDE,
				      ACTION_DEIDENTIFY};

static bool may(const struct policy_role *r, enum action a)
{
	return r->may >> a & 1;
}

static bool opens(const struct policy_role *r)
{
	for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
		if (may(r, opening[i]))
			return true;
	return false;
}

/* Everything that a partner opens leaves to its organization: an arrangement must let it (T10). */
static bool partner_receives(const struct policy *p, const struct policy_role *r, int purpose)
{
	for (size_t i = 0; i < p->n_arrangements; i++) {
		const struct policy_arrangement *a = &p->arrangements[i];
		bool party = false;

		for (size_t j = 0; j < a->n_parties; j++)
			party = party || str_eq(a->parties[j].organization, r->organization);
		if (!party || !check_has(a->purposes, a->n_purposes, purpose))
			continue;
		for (size_t j = 0; j < a->n_items; j++) {
			size_t words = BITS_WORDS(p->categories[a->items[j].category].n_items);
			const uint64_t *used = check_uses(p->purposes[purpose].uses, p->purposes[purpose].n_uses,
							  a->items[j].category);

			if (used && bits_meet(used, a->items[j].items, words))
				return true;
		}
	}
	return false;
}

static void nothing(struct compile *c, const struct policy_role *r, struct place at, const char *what, struct str name,
		    const char *why)
{
	findings_add(c->f, FINDING_ROLE_OPENS_NOTHING, at, STR("take it out, or let it be reached"),
		     "role \"%.*s\" names %s \"%.*s\", but can never open anything by it: %s", ID(r->id), what, ID(name), why);
}

static void purposes(struct compile *c, const struct node *n, const struct policy_role *r)
{
	const struct policy *p = c->p;
	const struct node *list = node_get(n, "purposes");

	if (!opens(r))
		return;
	for (size_t i = 0; i < r->n_purposes; i++) {
		const struct policy_purpose *o = &p->purposes[r->purposes[i]];
		struct place at = check_place_of(list, o->id);

		if (o->prohibited)
			nothing(c, r, at, "purpose", o->id, "the purpose is prohibited");
		else if (r->kind == ROLE_PARTNER && r->organization.n && !partner_receives(p, r, r->purposes[i]))
			nothing(c, r, at, "purpose", o->id, "no arrangement gives its organization an item for it");
	}
}

static bool looks_up(const struct policy *p, const struct policy_role *r)
{
	for (size_t i = 0; i < r->n_purposes; i++)
		for (size_t k = 0; k < p->n_categories; k++)
			for (size_t j = 0; j < p->categories[k].n_items; j++)
				if (p->categories[k].items[j].lookup && check_purpose_uses(p, r->purposes[i], (int)k, j))
					return true;
	return false;
}

static void actions(struct compile *c, const struct node *n, const struct policy_role *r)
{
	const struct node *list = node_get(n, "may");

	if (may(r, ACTION_LOOKUP) && !r->answers && !looks_up(c->p, r))
		nothing(c, r, check_place_of(list, STR("lookup")), "action", STR("lookup"),
			"none of its purposes uses an item that can be looked up");
	if (r->n_purposes == 0 && opens(r) && !r->answers)
		nothing(c, r, check_place(n, "may"), "purposes", STR("[]"), "it opens values, but has no purpose");
}

static bool reaches(const struct policy *p, const struct policy_role *r, int category, size_t item)
{
	const uint64_t *collected = check_uses(r->collects, r->n_collects, category);

	if (collected && bits_has(collected, item))
		return true;
	for (size_t i = 0; i < r->n_purposes; i++)
		if (check_purpose_uses(p, r->purposes[i], category, item))
			return true;
	return false;
}

static void approvals(struct compile *c, const struct node *n, const struct policy_role *r)
{
	const struct policy *p = c->p;

	for (size_t i = 0; i < r->n_approvals; i++) {
		const struct policy_approval *a = &r->approvals[i];
		const struct node *entry = node_get(node_get(n, "approval"), action_name(a->action));

		check_approver(c, a->by, check_place(entry, "by"));
		if (!may(r, a->action))
			nothing(c, r, entry->key_at, "action", entry->key, "it is not in its `may`");
		for (size_t u = 0; u < a->n_items; u++) {
			const struct policy_category *k = &p->categories[a->items[u].category];

			for (size_t j = 0; j < k->n_items; j++)
				if (bits_has(a->items[u].items, j) && !reaches(p, r, a->items[u].category, j))
					nothing(c, r, check_place_of(node_find(node_get(entry, "items"), k->id), k->items[j].id),
						"item", k->items[j].id, "none of its purposes uses it");
		}
	}
}

static void sets(struct compile *c, const struct node *n, const struct policy_role *r)
{
	for (size_t i = 0; i < r->n_sets; i++) {
		const struct policy_derived *d = &c->p->derived[r->sets[i]];
		bool shared = false;

		for (size_t j = 0; j < d->n_purposes; j++)
			shared = shared || check_has(r->purposes, r->n_purposes, d->purposes[j]);
		if (!shared || !may(r, ACTION_READ))
			nothing(c, r, check_place_of(node_get(n, "sets"), d->id), "set", d->id,
				shared ? "it may not read" : "they have no purpose in common");
	}
}

static void kind(struct compile *c, const struct node *n, const struct policy_role *r)
{
	if (r->kind == ROLE_PARTNER && !node_get(n, "organization"))
		check_missing(c, n, "organization", "a partner belongs to an organization");
	if (r->kind != ROLE_PARTNER && node_get(n, "organization"))
		findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, node_get(n, "organization")->key_at, (struct str){0},
			     "\"organization\" goes with kind partner; role \"%.*s\" is of kind %s", ID(r->id),
			     role_kind_name(r->kind));
}

void check_roles(struct compile *c)
{
	for (size_t i = 0; i < c->p->n_roles; i++) {
		const struct policy_role *r = &c->p->roles[i];
		const struct node *n = check_node(c, "roles", r->id);

		if (words_find(words_role_kind, node_text(n, "kind")) >= 0)
			kind(c, n, r);
		if (c->broken)
			continue; /* what it reaches would be guesswork */
		purposes(c, n, r);
		actions(c, n, r);
		approvals(c, n, r);
		sets(c, n, r);
	}
}
