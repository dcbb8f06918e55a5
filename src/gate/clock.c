/* Clocks (T8): how long a value may be read for a purpose, and when an event ends one. */
#include "gate/table.h"

enum { CLOCKS_MAX = 60000 };

static bool clock_eq(const struct gate_clock *a, const struct gate_clock *b)
{
	return a->length.years == b->length.years && a->length.months == b->length.months &&
	       a->length.days == b->length.days && a->length.ms == b->length.ms && a->event == b->event &&
	       a->cancelled_by == b->cancelled_by && a->otherwise == b->otherwise;
}

static int32_t clamp_days(int64_t days)
{
	return days > INT32_MAX / 2 ? INT32_MAX / 2 : (int32_t)days;
}

/* The bounds save almost every decision from counting with the calendar. */
static void clock_bound(struct gate_clock *c)
{
	int64_t days = c->length.days + c->length.ms / MS_PER_DAY;

	c->shortest = clamp_days((int64_t)c->length.years * 365 + (int64_t)c->length.months * 28 + days);
	c->longest = clamp_days((int64_t)c->length.years * 366 + (int64_t)c->length.months * 31 + days + 1);
}

static result clock_grow(struct gate *g, struct error *e)
{
	size_t cap = g->cap_clocks ? g->cap_clocks * 2 : 32;
	struct gate_clock *grown = arena_array(&g->arena, cap, sizeof *grown);

	if (!grown)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the gate");
	for (size_t i = 0; i < g->n_clocks; i++)
		grown[i] = g->clocks[i];
	g->clocks = grown;
	g->cap_clocks = cap;
	if (!g->n_clocks)
		g->n_clocks = 1; /* CLOCK_NONE */
	return RESULT_OK;
}

result gate_clock_add(struct gate *g, const struct policy *p, const struct policy_clock *clock, uint16_t *out,
		      struct error *e)
{
	struct gate_clock c = {.length = clock->length};

	*out = CLOCK_NONE;
	if (!clock->set)
		return RESULT_OK;
	if (clock->event != POLICY_NONE) {
		const struct policy_event *event = &p->events[clock->event];

		c.event = event->number;
		if (event->cancelled_by != POLICY_NONE)
			c.cancelled_by = p->events[event->cancelled_by].number;
	}
	if (clock->otherwise)
		TRY(gate_clock_add(g, p, clock->otherwise, &c.otherwise, e));
	clock_bound(&c);
	for (size_t i = 1; i < g->n_clocks; i++) {
		if (clock_eq(&g->clocks[i], &c)) {
			*out = (uint16_t)i;
			return RESULT_OK;
		}
	}
	if (g->n_clocks >= CLOCKS_MAX)
		return error_set(e, CODE_POLICY_INVALID, "more than %d different clocks", CLOCKS_MAX);
	if (g->n_clocks == g->cap_clocks)
		TRY(clock_grow(g, e));
	*out = (uint16_t)g->n_clocks;
	g->clocks[g->n_clocks++] = c;
	return RESULT_OK;
}

static const struct person_event *event_of(const struct person_state *state, uint32_t event)
{
	for (size_t i = 0; i < state->n_events; i++)
		if (state->events[i].event == event)
			return &state->events[i];
	return NULL;
}

static bool event_later(const struct person_event *a, const struct person_event *b)
{
	return a->on > b->on || (a->on == b->on && a->order > b->order);
}

/* True when C's event is over because the one that cancels it has happened, and not before it. */
static bool cancelled(const struct person_state *state, const struct person_event *event, uint32_t by, date today)
{
	const struct person_event *other = by ? event_of(state, by) : NULL;

	if (!other || other->on > today)
		return false;
	return !event || event->on > today || event_later(other, event);
}

bool gate_event_past(const struct person_state *state, uint32_t event, uint32_t cancelled_by, date today)
{
	const struct person_event *e = event_of(state, event);

	return e && e->on < today && !cancelled(state, e, cancelled_by, today);
}

/* True when a period C that follows FROM has not ended before TODAY. */
static bool period_runs(const struct gate_clock *c, date from, date today)
{
	int64_t passed = (int64_t)today - from;

	if (passed <= c->shortest)
		return true;
	if (passed > c->longest)
		return false;
	return today <= date_period_end(from, c->length);
}

bool gate_clock_runs(const struct gate *g, uint16_t clock, const struct person_state *state,
		     const struct person_acquisition *a, date today)
{
	while (clock != CLOCK_NONE) {
		const struct gate_clock *c = &g->clocks[clock];
		const struct person_event *e;

		if (!c->event)
			return period_runs(c, moment_date(a->at, g->here->zone), today);
		e = event_of(state, c->event);
		if (cancelled(state, e, c->cancelled_by, today))
			return true; /* a running contract never expires */
		if (e && e->on <= today)
			return period_runs(c, e->on, today);
		if (c->otherwise == CLOCK_NONE)
			return e || period_runs(c, moment_date(a->at, g->here->zone), today);
		clock = c->otherwise; /* neither has happened */
	}
	return true;
}

bool gate_value_runs(const struct gate *g, uint32_t item, size_t purpose, const struct person_state *state,
		     const struct person_acquisition *a, date today)
{
	const struct gate_version *here = &g->versions[g->here->version - 1];
	const struct gate_version *then = gate_version_of(g, a->policy_version);
	uint16_t keep, promised;

	if (!then || item >= g->numbers.items)
		return false;
	keep = here->item_keep[item];
	promised = then->item_keep[item];
	if (!gate_clock_runs(g, keep, state, a, today) ||
	    (promised != keep && !gate_clock_runs(g, promised, state, a, today)))
		return false;
	keep = here->purpose_keep[purpose];
	promised = then->purpose_keep[purpose];
	return gate_clock_runs(g, keep, state, a, today) &&
	       (promised == keep || gate_clock_runs(g, promised, state, a, today));
}
