/* What may still be kept, and what is due for erasing (T8, T5, T9). */
#include "gate/table.h"

static bool clock_runs_for(const struct gate *g, uint16_t clock, const struct person_state *state,
			   const struct person_value *v, date today)
{
	if (clock == CLOCK_NONE)
		return false;
	for (size_t i = 0; i < v->n_acquired; i++)
		if (v->acquired[i] < state->n_acquisitions &&
		    gate_clock_runs(g, clock, state, &state->acquisitions[v->acquired[i]], today))
			return true;
	return false;
}

/* True when the purpose number PURPOSE is bound to V, which stands at SLOT here, and its clock runs. */
static bool purpose_keeps(const struct gate *g, size_t purpose, const struct gate_slot *slot,
			  const struct person_state *state, const struct person_value *v, date today)
{
	const struct gate_purpose *p = &g->purposes[purpose];

	if (p->prohibited || !bits_has(p->uses[slot->category], slot->item))
		return false;
	if (p->consent) { /* bound once the consent was ever given, to what is in its scope (T2) */
		const struct person_consent *c = gate_consent_of(state, p->consent);

		if (!c || !gate_covers(g, c, purpose, slot->category, slot->item))
			return false;
	}
	for (size_t i = 0; i < v->n_acquired; i++) {
		const struct person_acquisition *a;

		if (v->acquired[i] >= state->n_acquisitions)
			continue;
		a = &state->acquisitions[v->acquired[i]];
		if ((p->consent || gate_serves(g, a, purpose, slot->category, slot->item, state)) &&
		    gate_value_runs(g, v->item, purpose, state, a, today))
			return true;
	}
	return false;
}

static bool has_item(const struct policy *p, uint32_t item)
{
	for (size_t c = 0; c < p->n_categories; c++)
		for (size_t i = 0; i < p->categories[c].n_items; i++)
			if (p->categories[c].items[i].number == item)
				return true;
	return false;
}

/* What keeps V, whose item is gone in the version in force: 30 days from then on, then only what the law asks (T5). */
static enum keeping removed_keeping(const struct gate *g, const struct person_state *state, const struct person_value *v,
				    date today)
{
	static const struct duration grace = {.days = 30};
	size_t last = g->here->version;

	while (last > 0 && !has_item(g->set->versions[last - 1], v->item))
		last--;
	if (!last)
		return KEEPING_DUE;
	if (today <= date_period_end(moment_date(g->set->versions[last]->in_force, g->here->zone), grace))
		return KEEPING_RUNS;
	return clock_runs_for(g, g->versions[last - 1].item_at_least[v->item], state, v, today) ? KEEPING_BY_LAW
												: KEEPING_DUE;
}

static enum keeping kept_by_clocks(const struct gate *g, const struct person_state *state, const struct person_value *v,
				   date today)
{
	const struct gate_slot *slot;

	if (v->item >= g->numbers.items)
		return KEEPING_DUE;
	slot = &g->slots[v->item];
	if (!slot->here)
		return removed_keeping(g, state, v, today);
	for (size_t p = 0; p < g->here->n_purposes; p++)
		if (purpose_keeps(g, p, slot, state, v, today))
			return KEEPING_RUNS;
	return clock_runs_for(g, g->versions[g->here->version - 1].item_at_least[v->item], state, v, today)
		       ? KEEPING_BY_LAW
		       : KEEPING_DUE;
}

static bool is_held(const struct person_state *state, date today)
{
	for (size_t i = 0; i < state->n_holds; i++)
		if (state->holds[i].until == DATE_NONE || today <= state->holds[i].until)
			return true;
	return false;
}

/* True when an at_least of the last version that has V's item keeps it. */
static bool law_keeps(const struct gate *g, const struct person_state *state, const struct person_value *v, date today)
{
	size_t last = g->here->version;

	if (v->item >= g->numbers.items)
		return false;
	while (last > 0 && !has_item(g->set->versions[last - 1], v->item))
		last--;
	return last && clock_runs_for(g, g->versions[last - 1].item_at_least[v->item], state, v, today);
}

/* True when an erasure of ITEM was accepted that a hold or a law put off: no purpose's clock counts any more (T9). */
static bool erasure_waits(const struct person_state *state, uint32_t item)
{
	for (size_t i = 0; i < state->n_suspensions; i++) {
		const struct person_suspension *s = &state->suspensions[i];

		if (!s->until_erased)
			continue;
		for (size_t k = 0; k < s->n_items; k++)
			if (s->items[k] == item)
				return true;
		if (!s->n_items)
			return true;
	}
	return false;
}

enum keeping gate_keeping(const struct gate *g, const struct person_state *state, size_t value, moment now)
{
	const struct person_value *v = &state->values[value];
	date today = moment_date(now, g->here->zone);
	enum keeping by_clocks;

	if (erasure_waits(state, v->item))
		by_clocks = law_keeps(g, state, v, today) ? KEEPING_BY_LAW : KEEPING_DUE;
	else
		by_clocks = kept_by_clocks(g, state, v, today);
	if (by_clocks != KEEPING_DUE)
		return by_clocks;
	return is_held(state, today) ? KEEPING_HELD : KEEPING_DUE;
}

bool gate_erasable(const struct gate *g, const struct person_state *state, size_t value, moment now)
{
	date today = moment_date(now, g->here->zone);

	return !is_held(state, today) && !law_keeps(g, state, &state->values[value], today);
}
