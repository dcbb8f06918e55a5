/* Purposes and consents: what they use, what they rest on, who acts for them. */
#include "policy/check.h"

static bool in_a_role(const struct policy *p, int purpose)
{
	for (size_t i = 0; i < p->n_roles; i++)
		if (check_has(p->roles[i].purposes, p->roles[i].n_purposes, purpose))
			return true;
	return false;
}

/* Purpose O uses the communication secret ITEM: by consent, or on a ground that a person has looked at. */
static void secrets(struct compile *c, const struct policy_purpose *o, const struct node *n, const struct policy_item *item)
{
	if (o->basis == BASIS_STATUTE) {
		findings_add(c->f, FINDING_COMMUNICATION_SECRET_STATUTE, check_place(n, "basis"),
			     STR("name the lawful business (Penal Code 35) or the statute, and answer in decisions.yaml"),
			     "purpose \"%.*s\" opens the communication secret \"%.*s\" without a consent: is it what the service itself needs?",
			     ID(o->id), ID(item->id));
		findings_about(c->f, "purposes", o->id);
	} else if (o->basis != BASIS_CONSENT) {
		findings_add(c->f, FINDING_COMMUNICATION_SECRET_BASIS, check_place(n, "uses"),
			     STR("let it rest on a consent or a statute, or open it by an exception (Telecommunications Business Act 4)"),
			     "purpose \"%.*s\" uses the communication secret \"%.*s\" without a consent", ID(o->id),
			     ID(item->id));
	}
}

static void classes(struct compile *c, int purpose, const struct node *n)
{
	const struct policy *p = c->p;
	const struct policy_purpose *o = &p->purposes[purpose];
	const struct policy_item *item;

	if (check_class(p, o->uses, o->n_uses, DATA_INDIVIDUAL_NUMBER, &item)) {
		if (!check_has(p->task_purposes, p->n_task_purposes, purpose))
			findings_add(c->f, FINDING_INDIVIDUAL_NUMBER_TASK, check_place(n, "uses"),
				     STR("only a purpose in individual_numbers.tasks may use it (Number Act 9)"),
				     "purpose \"%.*s\" uses the individual number \"%.*s\" and is no declared task",
				     ID(o->id), ID(item->id));
		if (o->basis == BASIS_CONSENT)
			findings_add(c->f, FINDING_INDIVIDUAL_NUMBER_CONSENT, check_place(n, "basis"),
				     STR("a consent cannot extend the use of individual numbers (Number Act 9, 19)"),
				     "purpose \"%.*s\" uses the individual number \"%.*s\" by consent", ID(o->id),
				     ID(item->id));
	}
	if (check_class(p, o->uses, o->n_uses, DATA_COMMUNICATION_SECRET, &item))
		secrets(c, o, n, item);
}

static void entrusted(struct compile *c, int purpose, const struct node *n)
{
	const struct policy_purpose *o = &c->p->purposes[purpose];

	for (size_t i = 0; i < o->n_uses; i++) {
		const struct policy_category *k = &c->p->categories[o->uses[i].category];

		if (k->entrusted.set && !check_has(k->entrusted.purposes, k->entrusted.n_purposes, purpose))
			findings_add(c->f, FINDING_OWN_USE, check_place_of(node_get(n, "uses"), k->id),
				     STR("entrusted data serves the purposes named in `entrusted` alone"),
				     "purpose \"%.*s\" uses category \"%.*s\", which is a client's data", ID(o->id), ID(k->id));
	}
}

/* True when consent CONSENT covers PURPOSE, itself or by its provision. */
static bool consent_covers(const struct policy *p, int consent, int purpose)
{
	const struct policy_consent *o = &p->consents[consent];

	if (check_has(o->purposes, o->n_purposes, purpose))
		return true;
	for (size_t i = 0; i < p->n_arrangements; i++) {
		const struct policy_arrangement *a = &p->arrangements[i];

		if (a->kind == ARRANGEMENT_PROVISION && o->provision.n &&
		    str_eq(str_sub(a->id, sizeof "provision." - 1, a->id.n), o->provision) &&
		    check_has(a->purposes, a->n_purposes, purpose))
			return true;
	}
	return false;
}

static void questions(struct compile *c, int purpose, const struct node *n)
{
	const struct policy_purpose *o = &c->p->purposes[purpose];

	if (o->needs_reason) {
		findings_add(c->f, FINDING_CATCH_ALL_PURPOSE, check_place(n, "needs_reason"), STR("answer in decisions.yaml"),
			     "purpose \"%.*s\" is a catch-all: is it as specific as can be (APPI 17(1))?", ID(o->id));
		findings_about(c->f, "purposes", o->id);
	}
	if (!o->prohibited && !in_a_role(c->p, purpose)) {
		findings_add(c->f, FINDING_PURPOSE_IN_NO_ROLE, o->at, STR("give it to a role, or answer in decisions.yaml"),
			     "no role may act for purpose \"%.*s\"", ID(o->id));
		findings_about(c->f, "purposes", o->id);
	}
}

/* A basis that is a map names one ground. */
static void one_basis(struct compile *c, const struct node *basis)
{
	if (!basis || basis->kind != NODE_MAP)
		return;
	if (basis->n == 0)
		check_missing(c, basis, "consent", "a basis names a consent or a statute, or is `announced`");
	if (node_get(basis, "consent") && node_get(basis, "statute"))
		findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, node_get(basis, "statute")->key_at,
			     STR("name the one that the purpose rests on"), "a basis is a consent or a statute, not both");
}

static void purpose(struct compile *c, int purpose)
{
	const struct policy *p = c->p;
	const struct policy_purpose *o = &p->purposes[purpose];
	const struct node *n = check_node(c, "purposes", o->id);
	const struct node *uses = node_get(n, "uses");

	classes(c, purpose, n);
	entrusted(c, purpose, n);
	one_basis(c, node_get(n, "basis"));
	if (uses && uses->kind == NODE_MAP && uses->n == 0 && !o->prohibited)
		findings_add(c->f, FINDING_PURPOSE_WITHOUT_ITEMS, uses->at, STR("name the items that it opens"),
			     "purpose \"%.*s\" uses no item", ID(o->id));
	if (o->basis == BASIS_CONSENT && !c->broken && !consent_covers(p, o->consent, purpose))
		findings_add(c->f, FINDING_CONSENT_DOES_NOT_COVER, check_place(n, "basis"),
			     STR("name the purpose in the consent's purposes"),
			     "purpose \"%.*s\" rests on consent \"%.*s\", which does not cover it", ID(o->id),
			     ID(p->consents[o->consent].id));
	if (check_has(o->related_to, o->n_related_to, purpose))
		findings_add(c->f, FINDING_DUPLICATE_ENTRY, check_place(n, "related_to"), (struct str){0},
			     "purpose \"%.*s\" is related to itself", ID(o->id));
	if (!c->broken)
		questions(c, purpose, n);
}

static void unused_items(struct compile *c, int category)
{
	const struct policy *p = c->p;
	const struct policy_category *k = &p->categories[category];

	for (size_t i = 0; i < k->n_items; i++) {
		bool used = (int)i == k->external_id; /* always admitted, as key */

		for (size_t j = 0; j < p->n_purposes && !used; j++)
			used = check_purpose_uses(p, (int)j, category, i);
		if (!used)
			findings_add(c->f, FINDING_UNUSED_ITEM, k->items[i].at,
				     STR("let a purpose use it, or do not hold it"),
				     "no purpose uses item \"%.*s\" of category \"%.*s\"", ID(k->items[i].id), ID(k->id));
	}
}

static void consent(struct compile *c, const struct policy_consent *o)
{
	const struct node *n = check_node(c, "consents", o->id), *minors = node_get(n, "minors");
	bool purposes = node_get(n, "purposes") && node_get(n, "purposes")->n > 0, provision = node_get(n, "provision");
	const struct policy_item *item;

	if (purposes == provision)
		findings_add(c->f, FINDING_CONSENT_WITHOUT_SCOPE, o->at, STR("give it either purposes or one provision"),
			     "consent \"%.*s\" covers %s", ID(o->id), purposes ? "purposes and a provision" : "nothing");
	if (check_class(c->p, o->items, o->n_items, DATA_INDIVIDUAL_NUMBER, &item))
		findings_add(c->f, FINDING_INDIVIDUAL_NUMBER_CONSENT, o->at,
			     STR("a consent cannot extend the use of individual numbers (Number Act 9, 19)"),
			     "consent \"%.*s\" covers the individual number \"%.*s\"", ID(o->id), ID(item->id));
	if (o->birth_item != POLICY_NONE && c->p->categories[o->birth_category].items[o->birth_item].type != ITEM_DATE)
		findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, check_place(minors, "birth_date"), STR("name an item of type date"),
			     "the birth date of consent \"%.*s\" is no date", ID(o->id));
}

void check_purposes(struct compile *c)
{
	for (size_t i = 0; i < c->p->n_purposes; i++)
		purpose(c, (int)i);
	for (size_t i = 0; i < c->p->n_consents; i++)
		consent(c, &c->p->consents[i]);
	for (size_t i = 0; i < c->p->n_categories && !c->broken; i++)
		unused_items(c, (int)i);
}
