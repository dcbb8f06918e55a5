/* What a value is bound to (T2, T5, T6), and what a consent covers (T7). */
#include "gate/table.h"

/* True when PURPOSES, BOUND and (unless NULL) WITHIN share a purpose. */
static bool meet(const uint64_t *purposes, const uint64_t *bound, const uint64_t *within, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (purposes[i] & bound[i] & (within ? within[i] : UINT64_MAX))
			return true;
	return false;
}

static void join(uint64_t *mask, const uint64_t *bound, const uint64_t *within, size_t words)
{
	for (size_t i = 0; i < words; i++)
		mask[i] |= bound[i] & (within ? within[i] : UINT64_MAX);
}

/*
 * The purposes told with the notice of A, NULL when that notice is not known.  A
 * wording that still served after the purpose was gone does not bind to it (T5);
 * one shown before its version was in force binds to what it says.
 */
static const uint64_t *told(const struct gate *g, const struct person_acquisition *a, const uint64_t **within)
{
	const struct gate_version *wording = gate_version_of(g, a->notice_version);

	if (!wording || a->notice >= g->numbers.notices)
		return NULL;
	*within = a->notice_version <= a->policy_version ? g->versions[a->policy_version - 1].declared : NULL;
	return wording->notices[a->notice];
}

static bool promised_on(const struct gate_promise *p, date on)
{
	return (p->from == DATE_NONE || on >= p->from) && (p->until == DATE_NONE || on <= p->until);
}

bool gate_bound(const struct gate *g, const struct person_acquisition *a, const uint64_t *purposes)
{
	const struct gate_version *then = gate_version_of(g, a->policy_version);
	const uint64_t *bound, *within = NULL;

	if (!then)
		return false;
	if (a->notice) {
		bound = told(g, a, &within);
		return bound && meet(purposes, bound, within, g->purpose_words);
	}
	if (a->channel >= g->numbers.channels || !then->channels[a->channel])
		return false;
	if (!then->legacy[a->channel])
		return bits_meet(purposes, then->channels[a->channel], g->purpose_words);
	for (size_t i = 0; i < then->n_history; i++)
		if (promised_on(&then->history[i], moment_date(a->at, g->here->zone)) &&
		    bits_meet(purposes, then->history[i].purposes, g->purpose_words))
			return true;
	return false;
}

void gate_binding(const struct gate *g, const struct person_acquisition *a, uint64_t *mask)
{
	const struct gate_version *then = gate_version_of(g, a->policy_version);
	const uint64_t *bound, *within = NULL;

	if (!then)
		return;
	if (a->notice) {
		bound = told(g, a, &within);
		if (bound)
			join(mask, bound, within, g->purpose_words);
		return;
	}
	if (a->channel >= g->numbers.channels || !then->channels[a->channel])
		return;
	if (!then->legacy[a->channel]) {
		bits_join(mask, then->channels[a->channel], g->purpose_words);
		return;
	}
	for (size_t i = 0; i < then->n_history; i++)
		if (promised_on(&then->history[i], moment_date(a->at, g->here->zone)))
			bits_join(mask, then->history[i].purposes, g->purpose_words);
}

const struct person_consent *gate_consent_of(const struct person_state *state, uint32_t consent)
{
	for (size_t i = state->n_consents; i-- > 0;)
		if (state->consents[i].consent == consent)
			return &state->consents[i];
	return NULL;
}

bool gate_covers(const struct gate *g, const struct person_consent *c, size_t purpose, size_t category, size_t item)
{
	const struct gate_version *wording = gate_version_of(g, c->version);
	const struct gate_scope *scope;

	if (!wording || c->consent >= g->numbers.consents)
		return false;
	scope = &wording->scopes[c->consent];
	return scope->purposes && bits_has(scope->purposes, purpose) && bits_has(scope->items[category], item);
}

bool gate_serves(const struct gate *g, const struct person_acquisition *a, size_t purpose, size_t category, size_t item,
		 const struct person_state *state)
{
	const struct gate_purpose *p = &g->purposes[purpose];

	if (gate_bound(g, a, p->serves))
		return true;
	for (size_t i = 0; i < p->n_through; i++) {
		const struct gate_purpose *q = &g->purposes[p->through[i]];
		const struct person_consent *c = gate_consent_of(state, q->consent);
		uint64_t only[GATE_PURPOSE_WORDS] = {0};

		/* never through a consent that is gone (T6) */
		if (!c || c->withdrawn != MOMENT_NONE || !gate_covers(g, c, p->through[i], category, item))
			continue;
		bits_add(only, p->through[i]);
		if (c->given <= a->at || gate_bound(g, a, only))
			return true;
	}
	return false;
}

bool gate_value_bound(const struct gate *g, const struct person_state *state, size_t value, uint32_t purpose)
{
	const struct person_value *v = &state->values[value];
	uint64_t only[GATE_PURPOSE_WORDS] = {0};
	size_t p = 0;

	while (p < g->here->n_purposes && g->purposes[p].number != purpose)
		p++;
	if (p == g->here->n_purposes)
		return false;
	if (g->purposes[p].consent && gate_consent_of(state, g->purposes[p].consent))
		return true;
	bits_add(only, p);
	for (size_t i = 0; i < v->n_acquired; i++)
		if (v->acquired[i] < state->n_acquisitions && gate_bound(g, &state->acquisitions[v->acquired[i]], only))
			return true;
	return false;
}

size_t gate_value_at(const struct person_state *state, size_t low, size_t guess, uint32_t category, uint32_t item)
{
	uint64_t wanted = (uint64_t)category << 32 | item;
	size_t high = state->n_values;
	size_t mid = guess;

	while (low < high) {
		const struct person_value *v;
		uint64_t here;

		if (mid < low || mid >= high)
			mid = low + (high - low) / 2;
		v = &state->values[mid];
		here = (uint64_t)v->category << 32 | v->item;
		if (here == wanted)
			return mid;
		if (here < wanted)
			low = mid + 1;
		else
			high = mid;
		mid = SIZE_MAX; /* the guess was wrong: halve from now on */
	}
	return low;
}

const struct person_value *gate_value_of(const struct person_state *state, size_t low, size_t guess, uint32_t category,
					 uint32_t item)
{
	size_t at = gate_value_at(state, low, guess, category, item);

	if (at >= state->n_values || state->values[at].item != item || state->values[at].category != category)
		return NULL;
	return &state->values[at];
}
