/* Turns the published versions into the tables of gate/table.h. */
#include <string.h>

#include "gate/set.h"
#include "gate/table.h"

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the gate");
}

/* N zeroed objects of the type of *OUT from G's arena. */
#define TAKE(g, out, n, e)                                                         \
	do {                                                                       \
		(out) = arena_array(&(g)->arena, (n) ? (n) : 1, sizeof *(out));    \
		if (!(out))                                                        \
			return no_memory(e);                                       \
	} while (0)

static void raise(size_t *limit, uint32_t number)
{
	if (number >= *limit)
		*limit = (size_t)number + 1;
}

static void count_numbers(struct gate *g)
{
	struct gate_numbers *n = &g->numbers;

	for (size_t i = 0; i < g->here->n_roles; i++)
		raise(&n->roles, g->here->roles[i].number);
	for (size_t v = 0; v < g->set->n; v++) {
		const struct policy *p = g->set->versions[v];

		for (size_t i = 0; i < p->n_channels; i++)
			raise(&n->channels, p->channels[i].number);
		for (size_t i = 0; i < p->n_notices; i++)
			raise(&n->notices, p->notices[i].number);
		for (size_t i = 0; i < p->n_consents; i++)
			raise(&n->consents, p->consents[i].number);
		for (size_t c = 0; c < p->n_categories; c++)
			for (size_t i = 0; i < p->categories[c].n_items; i++)
				raise(&n->items, p->categories[c].items[i].number);
	}
}

static result check_limits(const struct policy *p, struct error *e)
{
	if (p->n_purposes > GATE_PURPOSES)
		return error_set(e, CODE_POLICY_INVALID, "more than %d purposes", GATE_PURPOSES);
	if (p->n_categories > UINT16_MAX)
		return error_set(e, CODE_POLICY_INVALID, "more than %d categories", UINT16_MAX);
	for (size_t c = 0; c < p->n_categories; c++)
		if (p->categories[c].n_items > GATE_ITEMS)
			return error_set(e, CODE_POLICY_INVALID, "category \"%.*s\" has more than %d items",
					 (int)p->categories[c].id.n, p->categories[c].id.p, GATE_ITEMS);
	for (size_t i = 0; i < p->n_derived; i++)
		if (p->derived[i].n_purposes > GATE_SET_PURPOSES)
			return error_set(e, CODE_POLICY_INVALID, "set \"%.*s\" has more than %d purposes",
					 (int)p->derived[i].id.n, p->derived[i].id.p, GATE_SET_PURPOSES);
	return RESULT_OK;
}

/* Indexes here of the purposes of another version, by registry number; POLICY_NONE: not here. */
static int purpose_here(const struct gate *g, uint32_t number)
{
	for (size_t i = 0; i < g->here->n_purposes; i++)
		if (g->here->purposes[i].number == number)
			return (int)i;
	return POLICY_NONE;
}

static result purpose_mask(struct gate *g, const int *map, const int *purposes, size_t n, const uint64_t **out,
			   struct error *e)
{
	uint64_t *mask;

	TAKE(g, mask, g->purpose_words, e);
	for (size_t i = 0; i < n; i++)
		if (map[purposes[i]] != POLICY_NONE)
			bits_add(mask, (size_t)map[purposes[i]]);
	*out = mask;
	return RESULT_OK;
}

/* The masks of all categories here, for USES said in the version P. */
static result item_masks(struct gate *g, const struct policy *p, const struct policy_uses *uses, size_t n,
			 const uint64_t ***out, struct error *e)
{
	const uint64_t **masks;
	uint64_t **made;

	TAKE(g, masks, g->here->n_categories, e);
	TAKE(g, made, g->here->n_categories, e);
	for (size_t c = 0; c < g->here->n_categories; c++) {
		TAKE(g, made[c], g->categories[c].words, e);
		masks[c] = made[c];
	}
	for (size_t u = 0; u < n; u++) {
		const struct policy_category *category = &p->categories[uses[u].category];

		for (size_t i = 0; i < category->n_items; i++) {
			const struct gate_slot *slot = &g->slots[category->items[i].number];

			if (bits_has(uses[u].items, i) && slot->here)
				bits_add(made[slot->category], slot->item);
		}
	}
	*out = masks;
	return RESULT_OK;
}

static result build_category(struct gate *g, size_t index, struct error *e)
{
	const struct policy_category *p = &g->here->categories[index];
	struct gate_category *c = &g->categories[index];
	uint64_t *all, *individual, *secret, *strict;
	uint32_t *numbers;

	c->policy = p;
	c->number = p->number;
	TAKE(g, numbers, p->n_items, e);
	c->words = BITS_WORDS(p->n_items);
	TAKE(g, all, c->words, e);
	TAKE(g, individual, c->words, e);
	TAKE(g, secret, c->words, e);
	TAKE(g, strict, c->words, e);
	for (size_t i = 0; i < p->n_items; i++) {
		const struct policy_item *item = &p->items[i];

		numbers[i] = item->number;
		bits_add(all, i);
		if (item->class_ == DATA_INDIVIDUAL_NUMBER || item->type == ITEM_INDIVIDUAL_NUMBER)
			bits_add(individual, i);
		if (item->class_ == DATA_COMMUNICATION_SECRET)
			bits_add(secret, i);
		if (item->class_ == DATA_SPECIAL_CARE)
			bits_add(strict, i);
		g->slots[item->number] = (struct gate_slot){(uint16_t)index, (uint16_t)i, true};
	}
	bits_join(strict, individual, c->words);
	bits_join(strict, secret, c->words);
	c->numbers = numbers;
	c->all = all;
	c->individual = individual;
	c->secret = secret;
	c->strict = strict;
	return RESULT_OK;
}

static bool among(const int *list, size_t n, size_t wanted)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] >= 0 && (size_t)list[i] == wanted)
			return true;
	return false;
}

static result build_purpose(struct gate *g, size_t index, struct error *e)
{
	const struct policy_purpose *p = &g->here->purposes[index];
	struct gate_purpose *out = &g->purposes[index];
	uint64_t *serves, *own_use;
	uint16_t *through;

	out->policy = p;
	out->number = p->number;
	out->observe_until = p->observe_until;
	out->prohibited = p->prohibited;
	out->needs_reason = p->needs_reason;
	out->may_object = p->may_object;
	out->stops = p->n_stops_after > 0;
	if (p->basis == BASIS_CONSENT)
		out->consent = g->here->consents[p->consent].number;
	out->secrets = p->basis == BASIS_CONSENT || p->basis == BASIS_STATUTE;
	out->task = among(g->here->task_purposes, g->here->n_task_purposes, index);
	TAKE(g, serves, g->purpose_words, e);
	TAKE(g, through, p->n_related_to, e);
	bits_add(serves, index);
	for (size_t i = 0; i < p->n_related_to; i++) {
		if (g->here->purposes[p->related_to[i]].basis == BASIS_CONSENT)
			through[out->n_through++] = (uint16_t)p->related_to[i];
		else
			bits_add(serves, (size_t)p->related_to[i]);
	}
	TAKE(g, own_use, BITS_WORDS(g->here->n_categories), e);
	for (size_t c = 0; c < g->here->n_categories; c++) {
		const struct policy_entrusted *entrusted = &g->here->categories[c].entrusted;

		if (entrusted->set && !among(entrusted->purposes, entrusted->n_purposes, index))
			bits_add(own_use, c);
	}
	out->serves = serves;
	out->through = through;
	out->own_use = own_use;
	return item_masks(g, g->here, p->uses, p->n_uses, &out->uses, e);
}

static result build_role(struct gate *g, size_t index, struct error *e)
{
	const struct policy_role *p = &g->here->roles[index];
	struct gate_role *out = &g->roles[index];
	uint64_t *purposes;

	out->policy = p;
	TAKE(g, purposes, g->purpose_words, e);
	for (size_t i = 0; i < p->n_purposes; i++)
		bits_add(purposes, (size_t)p->purposes[i]);
	out->purposes = purposes;
	g->role_of[p->number] = (uint16_t)(index + 1);
	return item_masks(g, g->here, p->collects, p->n_collects, &out->collects, e);
}

/* Looks at the ends of ID only: what is the same there is told apart by comparing. */
static uint32_t name_hash(struct str id)
{
	uint64_t head = 0, tail = 0;

	if (id.n >= sizeof head) {
		memcpy(&head, id.p, sizeof head);
		memcpy(&tail, id.p + id.n - sizeof tail, sizeof tail);
	} else {
		for (size_t i = 0; i < id.n; i++)
			head = head << 8 | (unsigned char)id.p[i];
	}
	head = (head ^ id.n) * UINT64_C(0x9e3779b97f4a7c15);
	head = (head ^ (head >> 32) ^ tail ^ (tail >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(head >> 32);
}

static result build_names(struct gate *g, struct error *e)
{
	size_t size = 2;

	while (size < g->here->n_purposes * 2)
		size *= 2;
	TAKE(g, g->names, size, e);
	g->names_mask = (uint32_t)(size - 1);
	for (size_t i = 0; i < g->here->n_purposes; i++) {
		struct str id = g->here->purposes[i].id;
		uint32_t at = name_hash(id) & g->names_mask;

		while (g->names[at].purpose)
			at = (at + 1) & g->names_mask;
		g->names[at] = (struct gate_name){id, i + 1};
	}
	return RESULT_OK;
}

static result build_scope(struct gate *g, const struct policy *p, const int *map, const struct policy_consent *consent,
			  struct gate_scope *out, struct error *e)
{
	const int *purposes = consent->purposes;
	size_t n = consent->n_purposes;

	/* a consent to a provision covers its purpose (T2) */
	for (size_t i = 0; consent->provision.n && i < p->n_arrangements; i++) {
		const struct policy_arrangement *a = &p->arrangements[i];

		if (a->kind != ARRANGEMENT_PROVISION || !str_starts(a->id, STR("provision.")) ||
		    !str_eq(str_sub(a->id, sizeof "provision." - 1, a->id.n), consent->provision))
			continue;
		purposes = a->purposes;
		n = a->n_purposes;
	}
	TRY(purpose_mask(g, map, purposes, n, &out->purposes, e));
	return item_masks(g, p, consent->items, consent->n_items, &out->items, e);
}

static result build_at_least(struct gate *g, const struct policy *p, const struct policy_category *category,
			     struct gate_version *v, struct error *e)
{
	struct policy_clock clock = category->at_least.clock;

	clock.set = category->at_least.set;
	for (size_t i = 0; i < category->n_items; i++)
		if (!category->at_least.items || bits_has(category->at_least.items, i))
			TRY(gate_clock_add(g, p, &clock, &v->item_at_least[category->items[i].number], e));
	return RESULT_OK;
}

static result build_keeps(struct gate *g, const struct policy *p, const int *map, struct gate_version *v,
			  struct error *e)
{
	TAKE(g, v->item_keep, g->numbers.items, e);
	TAKE(g, v->item_at_least, g->numbers.items, e);
	TAKE(g, v->purpose_keep, g->here->n_purposes, e);
	for (size_t c = 0; c < p->n_categories; c++) {
		const struct policy_category *category = &p->categories[c];

		for (size_t i = 0; i < category->n_items; i++) {
			const struct policy_item *item = &category->items[i];

			TRY(gate_clock_add(g, p, item->keep.set ? &item->keep : &category->keep,
					   &v->item_keep[item->number], e));
		}
		TRY(build_at_least(g, p, category, v, e));
	}
	for (size_t i = 0; i < p->n_purposes; i++)
		if (map[i] != POLICY_NONE)
			TRY(gate_clock_add(g, p, &p->purposes[i].keep, &v->purpose_keep[map[i]], e));
	return RESULT_OK;
}

static result build_bindings(struct gate *g, const struct policy *p, const int *map, struct gate_version *v,
			     struct error *e)
{
	TAKE(g, v->notices, g->numbers.notices, e);
	TAKE(g, v->channels, g->numbers.channels, e);
	TAKE(g, v->legacy, g->numbers.channels, e);
	TAKE(g, v->history, p->n_history, e);
	TAKE(g, v->scopes, g->numbers.consents, e);
	for (size_t i = 0; i < p->n_notices; i++)
		TRY(purpose_mask(g, map, p->notices[i].purposes, p->notices[i].n_purposes,
				 &v->notices[p->notices[i].number], e));
	for (size_t i = 0; i < p->n_channels; i++) {
		v->legacy[p->channels[i].number] = p->channels[i].kind == CHANNEL_LEGACY;
		TRY(purpose_mask(g, map, p->channels[i].purposes, p->channels[i].n_purposes,
				 &v->channels[p->channels[i].number], e));
	}
	v->n_history = p->n_history;
	for (size_t i = 0; i < p->n_history; i++) {
		v->history[i].from = p->history[i].from;
		v->history[i].until = p->history[i].until;
		TRY(purpose_mask(g, map, p->history[i].purposes, p->history[i].n_purposes, &v->history[i].purposes, e));
	}
	for (size_t i = 0; i < p->n_consents; i++)
		TRY(build_scope(g, p, map, &p->consents[i], &v->scopes[p->consents[i].number], e));
	return RESULT_OK;
}

/* What version J decided to hold for older data too becomes what version I, before it, promised. */
static void build_decided_keep(struct gate *g, size_t i, size_t j)
{
	const struct policy *p = g->set->versions[j];

	for (size_t c = 0; c < p->n_categories; c++)
		for (size_t k = 0; k < p->categories[c].n_items; k++) {
			const struct policy_item *item = &p->categories[c].items[k];

			if (item->keeps_longer)
				g->versions[i].item_keep[item->number] = g->versions[j].item_keep[item->number];
		}
	for (size_t k = 0; k < p->n_purposes; k++) {
		int here = p->purposes[k].keeps_longer ? purpose_here(g, p->purposes[k].number) : POLICY_NONE;

		if (here != POLICY_NONE)
			g->versions[i].purpose_keep[here] = g->versions[j].purpose_keep[here];
	}
}

/* T1, "unless decided otherwise": by the versions up to the one in force, the latest last. */
static void build_decided_keeps(struct gate *g)
{
	for (size_t j = 1; j < g->here->version; j++)
		for (size_t i = 0; i < j; i++)
			build_decided_keep(g, i, j);
}

static result build_version(struct gate *g, size_t index, struct error *e)
{
	const struct policy *p = g->set->versions[index];
	struct gate_version *v = &g->versions[index];
	uint64_t *declared;
	int *map;

	v->policy = p;
	TAKE(g, map, p->n_purposes, e);
	TAKE(g, declared, g->purpose_words, e);
	for (size_t i = 0; i < p->n_purposes; i++) {
		map[i] = purpose_here(g, p->purposes[i].number);
		if (map[i] != POLICY_NONE)
			bits_add(declared, (size_t)map[i]);
	}
	v->declared = declared;
	TRY(build_bindings(g, p, map, v, e));
	return build_keeps(g, p, map, v, e);
}

static result build_all(struct gate *g, struct error *e)
{
	const struct policy *here = g->here;

	TRY(check_limits(here, e));
	count_numbers(g);
	g->purpose_words = BITS_WORDS(here->n_purposes);
	TAKE(g, g->role_of, g->numbers.roles, e);
	TAKE(g, g->slots, g->numbers.items, e);
	TAKE(g, g->categories, here->n_categories, e);
	TAKE(g, g->purposes, here->n_purposes, e);
	TAKE(g, g->roles, here->n_roles, e);
	g->n_versions = g->set->n;
	TAKE(g, g->versions, g->n_versions, e);
	for (size_t i = 0; i < here->n_categories; i++)
		TRY(build_category(g, i, e));
	for (size_t i = 0; i < here->n_purposes; i++)
		TRY(build_purpose(g, i, e));
	for (size_t i = 0; i < here->n_roles; i++)
		TRY(build_role(g, i, e));
	TRY(build_names(g, e));
	for (size_t i = 0; i < g->n_versions; i++)
		TRY(build_version(g, i, e));
	build_decided_keeps(g);
	return RESULT_OK;
}

result gate_build(const struct policy_set *set, const struct policy *version, struct gate **out, struct error *e)
{
	struct arena arena;
	struct gate *g;

	*out = NULL;
	arena_init(&arena, 0, false);
	g = arena_new(&arena, struct gate);
	if (!g)
		return no_memory(e);
	g->arena = arena; /* the gate lies in its own arena */
	g->set = set;
	g->here = version;
	if (!ok(build_all(g, e))) {
		gate_free(g);
		return RESULT_FAIL;
	}
	*out = g;
	return RESULT_OK;
}

void gate_free(struct gate *g)
{
	struct arena arena;

	if (!g)
		return;
	arena = g->arena;
	arena_free(&arena);
}

const struct policy *gate_policy(const struct gate *g)
{
	return g->here;
}

int gate_purpose_of(const struct gate *g, struct str id)
{
	uint32_t at = name_hash(id) & g->names_mask;

	for (; g->names[at].purpose; at = (at + 1) & g->names_mask)
		if (str_eq(g->names[at].id, id))
			return (int)g->names[at].purpose - 1;
	return POLICY_NONE;
}
