/* The checks that do not depend on the person (1 to 7), and whether there is one (8). */
#include "gate/ask.h"

#include <string.h>

void gate_ask_refuse(struct gate_ask *ask, const uint64_t *mask, enum code code)
{
	for (size_t w = 0; w < ask->words; w++) {
		uint64_t refused = mask[w] & ask->pending[w];

		if (!refused)
			continue;
		ask->pending[w] &= ~refused;
		if (ask->lowest == CODE_NONE || code < ask->lowest)
			ask->lowest = code;
		for (; refused; refused &= refused - 1)
			ask->codes[w * 64 + (size_t)__builtin_ctzll(refused)] = (uint16_t)code;
	}
}

/* Check 2. */
static enum code ask_purpose(struct gate_ask *ask)
{
	const struct gate_request *r = ask->r;
	int index;

	switch (r->purpose_kind) {
	case PURPOSE_DECLARED:
		if (!r->purpose.n)
			return CODE_PURPOSE_MISSING;
		index = gate_purpose_of(ask->g, r->purpose);
		if (index == POLICY_NONE)
			return CODE_PURPOSE_UNKNOWN;
		ask->purpose_index = (size_t)index;
		ask->purpose = &ask->g->purposes[index];
		if (ask->purpose->prohibited)
			return CODE_PURPOSE_PROHIBITED;
		ask->observed = ask->purpose->observe_until != DATE_NONE &&
				ask->today <= ask->purpose->observe_until;
		return CODE_NONE;
	case PURPOSE_PERSON_REQUEST:
		ask->person_request = true;
		return r->request.open ? CODE_NONE : CODE_PURPOSE_UNKNOWN; /* only while it is open (T9) */
	case PURPOSE_EXCEPTION:
		return CODE_EXCEPTION_SCOPE; /* no ground opens anything here */
	case PURPOSE_SET:
		if (r->action != ACTION_DEIDENTIFY)
			return CODE_PURPOSE_MISSING;
		if (r->set < 0 || (size_t)r->set >= ask->g->here->n_derived)
			return CODE_SET_UNKNOWN;
		ask->set = &ask->g->here->derived[r->set];
		return ask->set->from == r->category && ask->set->items ? CODE_NONE : CODE_PURPOSE_MISMATCH;
	case PURPOSE_NONE:
		break;
	}
	return CODE_PURPOSE_MISSING;
}

/* Check 3 but for `collects`. */
static enum code ask_role(const struct gate_ask *ask)
{
	const struct policy_role *role = ask->role->policy;

	if (!(role->may & ask->action))
		return CODE_ROLE_LACKS_ACTION;
	if (ask->person_request)
		return role->answers >> ask->r->request.kind & 1 ? CODE_NONE : CODE_ROLE_LACKS_PURPOSE;
	if (ask->purpose && !bits_has(ask->role->purposes, ask->purpose_index))
		return CODE_ROLE_LACKS_PURPOSE;
	return CODE_NONE;
}

static void ask_for(struct gate_ask *ask)
{
	const struct gate_request *r = ask->r;
	const uint64_t *items = r->items;

	ask->category = &ask->g->categories[r->category];
	ask->words = ask->category->words;
	if (!items)
		items = ask->set ? ask->set->items : ask->purpose ? ask->purpose->uses[r->category] : ask->category->all;
	for (size_t w = 0; w < ask->words; w++) {
		ask->pending[w] = ask->asked[w] = items[w] & ask->category->all[w];
		ask->waived[w] = 0;
	}
}

enum code gate_ask_open(struct gate_ask *ask, const struct gate *g, const struct gate_request *r,
			const struct person_state *state, uint16_t *codes)
{
	enum code code;

	memset(ask, 0, offsetof(struct gate_ask, asked)); /* of the rest what counts is set by ask_for */
	ask->g = g;
	ask->r = r;
	ask->state = state;
	ask->codes = codes;
	ask->action = (unsigned)r->action < ACTIONS ? GATE_ACTION(r->action) : 0;
	ask->today = moment_date(r->now, g->here->zone);
	if (!r->actor.active || r->actor.role >= g->numbers.roles || !g->role_of[r->actor.role])
		return CODE_UNAUTHORIZED;
	ask->role = &g->roles[g->role_of[r->actor.role] - 1];
	if (!(ask->action & GATE_WITHOUT_PURPOSE)) {
		code = ask_purpose(ask);
		if (code != CODE_NONE)
			return code;
	}
	code = ask_role(ask);
	if (code == CODE_NONE && r->category != POLICY_NONE) {
		if (r->category < 0 || (size_t)r->category >= g->here->n_categories)
			return CODE_CATEGORY_UNKNOWN;
		ask_for(ask);
	}
	return code;
}

/* Check 4. */
static void ask_uses(struct gate_ask *ask)
{
	const uint64_t *uses = ask->purpose->uses[ask->r->category];
	bool reason_missing = ask->purpose->needs_reason && !ask->r->reason_given;
	uint64_t unused[GATE_ITEM_WORDS], all[GATE_ITEM_WORDS];

	for (size_t w = 0; w < ask->words; w++) {
		unused[w] = ask->pending[w] & ~uses[w];
		all[w] = reason_missing ? UINT64_MAX : 0;
		if (!ask->observed)
			continue;
		ask->waived[w] = (unused[w] | (ask->pending[w] & all[w])) & ~ask->category->strict[w];
		unused[w] &= ask->category->strict[w];
		all[w] &= ask->category->strict[w];
	}
	gate_ask_refuse(ask, unused, CODE_PURPOSE_MISMATCH);
	if (reason_missing)
		gate_ask_refuse(ask, all, CODE_REASON_MISSING);
}

/* Check 4 for the making of a set: only what its output declares. */
static void ask_output(struct gate_ask *ask)
{
	uint64_t others[GATE_ITEM_WORDS];

	for (size_t w = 0; w < ask->words; w++)
		others[w] = ~ask->set->items[w];
	gate_ask_refuse(ask, others, CODE_PURPOSE_MISMATCH);
}

/* True when APPROVAL is about ACTION; whoever may not read alone may not read what was there before alone either. */
static bool approval_for(const struct policy_approval *approval, enum action action)
{
	return approval->action == action || (action == ACTION_HISTORY && approval->action == ACTION_READ);
}

/* Check 7. */
static void ask_approval(struct gate_ask *ask)
{
	const struct policy_role *role = ask->role->policy;

	for (size_t i = 0; i < role->n_approvals; i++) {
		const struct policy_approval *approval = &role->approvals[i];

		if (!approval_for(approval, ask->r->action))
			continue;
		if (!approval->n_items)
			gate_ask_refuse(ask, ask->category->all, CODE_APPROVAL_REQUIRED);
		for (size_t u = 0; u < approval->n_items; u++)
			if (approval->items[u].category == ask->r->category)
				gate_ask_refuse(ask, approval->items[u].items, CODE_APPROVAL_REQUIRED);
	}
}

/* True when data would leave for a recipient that no arrangement is looked up for here (check 5). */
static bool leaves(const struct gate_ask *ask)
{
	return ask->r->action == ACTION_PROVIDE || ask->role->policy->kind == ROLE_PARTNER;
}

void gate_ask_items(struct gate_ask *ask)
{
	const uint64_t *all = ask->category->all;

	if (ask->action & GATE_ACQUIRES && !ask->person_request) {
		const uint64_t *collects = ask->role->collects[ask->r->category];
		uint64_t others[GATE_ITEM_WORDS];

		for (size_t w = 0; w < ask->words; w++)
			others[w] = ~collects[w];
		gate_ask_refuse(ask, others, CODE_ROLE_DOES_NOT_COLLECT);
	}
	if (ask->purpose && !(ask->action & GATE_ACQUIRES))
		ask_uses(ask);
	if (ask->set)
		ask_output(ask);
	if (leaves(ask))
		gate_ask_refuse(ask, all, CODE_RECIPIENT_UNKNOWN);
	if (ask->r->limit_exceeded)
		gate_ask_refuse(ask, all, CODE_LIMIT_EXCEEDED);
	if (!ask->r->approved)
		ask_approval(ask);
}

enum code gate_ask_person(const struct gate_ask *ask)
{
	const struct policy_role *role = ask->role->policy;

	if (ask->purpose && ask->purpose->needs_reason && !ask->r->reason_given)
		return CODE_REASON_MISSING;
	if (leaves(ask))
		return CODE_RECIPIENT_UNKNOWN;
	if (ask->r->limit_exceeded)
		return CODE_LIMIT_EXCEEDED;
	for (size_t i = 0; i < role->n_approvals; i++)
		if (!ask->r->approved && role->approvals[i].action == ask->r->action)
			return CODE_APPROVAL_REQUIRED;
	return gate_ask_found(ask) ? CODE_NONE : CODE_NOT_FOUND;
}

static bool has_category(const struct person_state *state, uint32_t category)
{
	for (size_t i = 0; i < state->n_categories; i++)
		if (state->categories[i] == category)
			return true;
	return false;
}

bool gate_ask_found(const struct gate_ask *ask)
{
	const struct gate_request *r = ask->r;
	bool creates = ask->action & (GATE_ACTION(ACTION_CREATE) | GATE_ACTION(ACTION_IMPORT));

	if (ask->action & GATE_WITHOUT_PURPOSE && r->action != ACTION_TRACE)
		return true; /* not about one person */
	/* to whom a person request is not about, it opens nothing: as if they were not there (T9) */
	if (ask->person_request && !(r->subject && uuid_eq(r->subject, &r->request.subject)))
		return false;
	if (!ask->state || !ask->state->exists)
		return creates && !r->subject;
	return creates || !ask->category || has_category(ask->state, ask->category->number);
}
