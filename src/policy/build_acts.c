/* What is done with data and by whom: purposes, consents, roles, promises of the past. */
#include "base/bits.h"
#include "policy/build.h"
#include "policy/words.h"

#include <string.h>

static void purpose_basis(struct compile *c, const struct node *n, struct policy_purpose *o)
{
	o->consent = policy_consent_find(c->p, node_text(n, "consent"));
	o->statute = node_text(n, "statute");
	if (o->consent != POLICY_NONE)
		o->basis = BASIS_CONSENT;
	else if (o->statute.n)
		o->basis = BASIS_STATUTE;
}

static void purpose_stops(struct compile *c, const struct node *n, struct policy_purpose *o)
{
	if (!n || n->kind != NODE_MAP)
		return;
	o->stops_after = compile_array(c, n->n, sizeof *o->stops_after);
	if (!o->stops_after)
		return;
	for (NODE_EACH(e, n)) {
		int event = policy_event_find(c->p, e->key);

		if (event != POLICY_NONE)
			o->stops_after[o->n_stops_after++] = event;
	}
}

static void purpose(struct compile *c, const struct node *n, struct policy_purpose *o)
{
	const struct node *contacts = node_get(n, "contacts_person");

	build_text(c, node_get(n, "text"), &o->text);
	build_items(c, node_get(n, "uses"), &o->uses, &o->n_uses);
	purpose_basis(c, node_get(n, "basis"), o);
	o->may_object = node_is_true(node_get(n, "may_object"));
	o->needs_reason = node_is_true(node_get(n, "needs_reason"));
	o->prohibited = node_is_true(node_get(n, "prohibited"));
	o->contacts_person = contacts != NULL;
	build_strings(c, node_get(contacts, "by"), &o->means, &o->n_means);
	purpose_stops(c, node_get(n, "after"), o);
	build_purposes(c, node_get(n, "related_to"), &o->related_to, &o->n_related_to);
	build_clock(c, node_get(n, "keep"), &o->keep);
	o->observe_until = build_date(node_get(n, "observe"), "until");
}

/* Adds the items of USES to those of consent O. */
static void join_items(struct compile *c, struct policy_consent *o, const struct policy_uses *uses, size_t n_uses)
{
	for (size_t i = 0; i < n_uses; i++) {
		size_t words = BITS_WORDS(c->p->categories[uses[i].category].n_items), at = 0;

		while (at < o->n_items && o->items[at].category < uses[i].category)
			at++;
		if (at == o->n_items || o->items[at].category != uses[i].category) {
			memmove(&o->items[at + 1], &o->items[at], (o->n_items - at) * sizeof *o->items);
			o->items[at].category = uses[i].category;
			o->items[at].items = compile_array(c, words, sizeof *o->items[at].items);
			o->n_items++;
			if (!o->items[at].items)
				return;
		}
		bits_join(o->items[at].items, uses[i].items, words);
	}
}

/* The items in scope: those that its purposes use, or the provision's. */
static void consent_items(struct compile *c, struct policy_consent *o)
{
	const struct policy *p = c->p;

	o->items = compile_array(c, p->n_categories + 1, sizeof *o->items);
	for (size_t i = 0; o->items && i < o->n_purposes; i++) {
		const struct policy_purpose *q = &p->purposes[o->purposes[i]];

		join_items(c, o, q->uses, q->n_uses);
		if (c->no_memory)
			return;
	}
	for (size_t i = 0; o->items && o->provision.n && i < p->n_arrangements; i++) {
		const struct policy_arrangement *a = &p->arrangements[i];

		if (a->kind == ARRANGEMENT_PROVISION && str_eq(str_sub(a->id, 10, a->id.n), o->provision))
			join_items(c, o, a->items, a->n_items);
	}
}

static void consent(struct compile *c, const struct node *n, struct policy_consent *o)
{
	const struct node *minors = node_get(n, "minors");
	struct str birth = node_text(minors, "birth_date");
	size_t dot = str_find(birth, '.');
	uint64_t under;

	build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
	o->provision = node_text(n, "provision");
	consent_items(c, o);
	if (str_to_u64(node_text(minors, "under"), 150, &under))
		o->minors_under = (int)under;
	o->birth_category = policy_category_find(c->p, str_sub(birth, 0, dot));
	o->birth_item = POLICY_NONE;
	if (o->birth_category != POLICY_NONE)
		o->birth_item = policy_item_find(&c->p->categories[o->birth_category], str_sub(birth, dot + 1, birth.n));
}

static void approvals(struct compile *c, const struct node *n, struct policy_role *o)
{
	if (!n || n->kind != NODE_MAP)
		return;
	o->approvals = compile_array(c, n->n, sizeof *o->approvals);
	if (!o->approvals)
		return;
	for (NODE_EACH(e, n)) {
		struct policy_approval *a = &o->approvals[o->n_approvals];

		if (!action_parse(e->key, &a->action))
			continue;
		a->by = policy_role_find(c->p, node_text(e, "by"));
		a->has_length = duration_parse(node_text(e, "for"), &a->length);
		build_items(c, node_get(e, "items"), &a->items, &a->n_items);
		o->n_approvals++;
	}
}

static void role_sets(struct compile *c, const struct node *n, struct policy_role *o)
{
	if (!n || n->kind != NODE_LIST)
		return;
	o->sets = compile_array(c, n->n, sizeof *o->sets);
	if (!o->sets)
		return;
	for (NODE_EACH(e, n)) {
		int set = policy_derived_find(c->p, e->text);

		if (set != POLICY_NONE)
			o->sets[o->n_sets++] = set;
	}
}

static uint64_t limit(const struct node *limits, const char *key)
{
	uint64_t v;

	return str_to_u64(node_text(limits, key), UINT32_MAX, &v) ? v : 0;
}

static void role(struct compile *c, const struct node *n, struct policy_role *o)
{
	const struct node *limits = node_get(n, "limits");

	o->kind = (enum role_kind)build_word(n, "kind", words_role_kind, ROLE_APPLICATION);
	build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
	o->may = build_word_bits(node_get(n, "may"), words_action);
	build_items(c, node_get(n, "collects"), &o->collects, &o->n_collects);
	o->answers = build_word_bits(node_get(n, "answers"), words_request_kind);
	o->requests_per_second = limit(limits, "requests_per_second");
	o->persons_per_hour = limit(limits, "persons_per_hour");
	approvals(c, node_get(n, "approval"), o);
	o->organization = node_text(n, "organization");
	role_sets(c, node_get(n, "sets"), o);
}

static void history(struct compile *c)
{
	const struct node *list = node_get(node_get(c->p->root, "policy"), "history");
	struct policy *p = c->p;

	if (!list || list->kind != NODE_LIST)
		return;
	p->history = compile_array(c, list->n, sizeof *p->history);
	if (!p->history)
		return;
	for (NODE_EACH(n, list)) {
		struct policy_promise *o = &p->history[p->n_history++];

		o->from = build_date(n, "from");
		o->until = build_date(n, "until");
		build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
	}
}

void build_acts(struct compile *c)
{
	struct policy *p = c->p;

	for (NODE_EACH(n, build_section(c, "purposes")))
		purpose(c, n, &p->purposes[n->position]);
	for (NODE_EACH(n, build_section(c, "consents")))
		consent(c, n, &p->consents[n->position]);
	for (NODE_EACH(n, build_section(c, "roles")))
		role(c, n, &p->roles[n->position]);
	history(c);
	build_purposes(c, node_get(build_section(c, "individual_numbers"), "tasks"), &p->task_purposes,
		       &p->n_task_purposes);
	p->requests = build_word_bits(node_get(build_section(c, "requests"), "kinds"), words_request_kind);
}
