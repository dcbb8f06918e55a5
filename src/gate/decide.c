/* The checks on the person's state (8 to 12), and the verdict over all of them. */
#include <string.h>

#include "gate/ask.h"

/* What is the same for all items of one decision. */
struct standing {
	const struct person_consent *consent; /* of the purpose's basis */
	enum code basis;		      /* what check 10 says of it before any item is looked at */
	enum code marks;		      /* what check 11 says, likewise, but for suspensions */
	uint64_t known, serves;	      /* of the first 64 acquisitions: asked before, and the answer */
};

/* What the checks say of one item. */
struct outcome {
	enum code code;
	bool may_know; /* has a value that passes 9 and 10 */
	bool observed; /* passes only because the purpose is observed */
};

/* Check 10, as far as it is the same for all items. */
static enum code basis_code(const struct gate_ask *ask, const struct person_consent *consent)
{
	if (!ask->purpose->consent)
		return CODE_NONE;
	if (!consent)
		return CODE_NO_CONSENT;
	return consent->withdrawn == MOMENT_NONE ? CODE_NONE : CODE_CONSENT_WITHDRAWN;
}

static bool objected(const struct gate_ask *ask)
{
	const struct person_state *state = ask->state;

	if (state->objects_to_all && ask->purpose->may_object)
		return true;
	for (size_t i = 0; i < state->n_objections; i++) {
		const struct person_objection *o = &state->objections[i];

		if (o->purpose != ask->purpose->number)
			continue;
		if (!o->n_means || !ask->r->means.n)
			return true;
		for (size_t m = 0; m < o->n_means; m++)
			if (str_is(ask->r->means, o->means[m]))
				return true;
	}
	return false;
}

static bool stopped(const struct gate_ask *ask)
{
	const struct policy_purpose *p = ask->purpose->policy;

	for (size_t i = 0; i < p->n_stops_after; i++) {
		const struct policy_event *event = &ask->g->here->events[p->stops_after[i]];
		uint32_t by =
			event->cancelled_by == POLICY_NONE ? 0 : ask->g->here->events[event->cancelled_by].number;

		if (gate_event_past(ask->state, event->number, by, ask->today))
			return true;
	}
	return false;
}

/* Check 11 but for suspensions; no mark stops a correction (T9). */
static enum code marks_code(const struct gate_ask *ask)
{
	if (ask->r->action == ACTION_CORRECT)
		return CODE_NONE;
	if (objected(ask))
		return CODE_OBJECTED;
	return ask->purpose->stops && stopped(ask) ? CODE_AFTER_EVENT : CODE_NONE;
}

static bool has_number(const uint32_t *list, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return true;
	return false;
}

static bool suspended(const struct gate_ask *ask, uint32_t item)
{
	const struct person_state *state = ask->state;

	if (ask->r->action == ACTION_CORRECT || (ask->r->action == ACTION_LOOKUP && ask->role->policy->answers))
		return false;
	for (size_t i = 0; i < state->n_suspensions; i++) {
		const struct person_suspension *s = &state->suspensions[i];

		if ((!s->n_purposes || has_number(s->purposes, s->n_purposes, ask->purpose->number)) &&
		    (!s->n_items || has_number(s->items, s->n_items, item)))
			return true;
	}
	return false;
}

/* True when the acquisition at position AT lets ITEM serve the purpose (T2, T6). */
static bool serves(const struct gate_ask *ask, struct standing *s, size_t at, size_t item)
{
	uint64_t bit = at < 64 ? UINT64_C(1) << at : 0;
	bool answer;

	if (ask->purpose->consent)
		return true; /* check 10 asks for the consent */
	if (s->known & bit)
		return s->serves & bit;
	answer = gate_serves(ask->g, &ask->state->acquisitions[at], ask->purpose_index, (size_t)ask->r->category, item,
			     ask->state);
	if (!ask->purpose->n_through) { /* the same for all items */
		s->known |= bit;
		s->serves |= answer ? bit : 0;
	}
	return answer;
}

/* Checks 9 and 12 for the value V of ITEM: whether it is bound, and *RUNS whether a binding's clocks run. */
static bool value_bound(const struct gate_ask *ask, struct standing *s, const struct person_value *v, size_t item,
			bool *runs)
{
	bool bound = false;

	*runs = false;
	for (size_t i = 0; i < v->n_acquired && !*runs; i++) {
		size_t at = v->acquired[i];

		if (at >= ask->state->n_acquisitions || !serves(ask, s, at, item))
			continue;
		bound = true;
		*runs = gate_value_runs(ask->g, v->item, ask->purpose_index, ask->state, &ask->state->acquisitions[at],
					ask->today);
	}
	return bound;
}

/* Check 10. */
static enum code item_basis(const struct gate_ask *ask, const struct standing *s, size_t item)
{
	const struct gate_category *c = ask->category;
	const struct gate_purpose *p = ask->purpose;

	if (s->basis != CODE_NONE)
		return s->basis;
	if (p->consent && !gate_covers(ask->g, s->consent, ask->purpose_index, (size_t)ask->r->category, item))
		return CODE_CONSENT_SCOPE;
	if (bits_has(c->individual, item) && !p->task)
		return CODE_INDIVIDUAL_NUMBER_TASK;
	if (bits_has(c->secret, item) && !p->secrets)
		return CODE_SECRECY_NO_CONSENT;
	return bits_has(p->own_use, (size_t)ask->r->category) ? CODE_OWN_USE : CODE_NONE;
}

/* Checks 9 to 12 for ITEM with the value V, or NULL where there is none. */
static struct outcome judge(const struct gate_ask *ask, struct standing *s, size_t item, const struct person_value *v)
{
	bool waives = ask->observed && !bits_has(ask->category->strict, item);
	bool runs = true, bound = ask->r->action != ACTION_CORRECT; /* nothing to correct is bound to nothing */
	struct outcome o = {.observed = bits_has(ask->waived, item)};
	enum code basis;

	if (v)
		bound = value_bound(ask, s, v, item, &runs);
	if (waives) {
		o.observed = o.observed || !bound || !runs;
		bound = runs = true;
	}
	basis = item_basis(ask, s, item);
	o.may_know = v && bound && basis == CODE_NONE;
	if (!bound)
		o.code = CODE_PURPOSE_NOT_BOUND;
	else if (basis != CODE_NONE)
		o.code = basis;
	else if (suspended(ask, ask->category->numbers[item]))
		o.code = CODE_SUSPENDED;
	else if (s->marks != CODE_NONE)
		o.code = s->marks;
	else if (!runs)
		o.code = CODE_RETENTION_EXPIRED;
	return o;
}

static struct standing standing_of(const struct gate_ask *ask)
{
	struct standing s = {.marks = marks_code(ask)};

	if (ask->purpose->consent)
		s.consent = gate_consent_of(ask->state, ask->purpose->consent);
	s.basis = basis_code(ask, s.consent);
	return s;
}

bool gate_ask_serves(const struct gate_ask *ask)
{
	const struct gate_category *c = ask->category;
	struct standing s = standing_of(ask);
	bool some = false;

	for (size_t item = 0; item < c->policy->n_items; item++) {
		const struct person_value *v = NULL;

		if (bits_has(ask->asked, item))
			v = gate_value_of(ask->state, 0, 0, c->number, c->numbers[item]);
		if (!v)
			continue;
		if (judge(ask, &s, item, v).code != CODE_NONE)
			return false;
		some = true;
	}
	return some;
}

/* True when the set that is made may rest on the purpose INDEX for ITEM. */
static bool set_rests_on(const struct gate_ask *ask, size_t index, size_t item)
{
	const struct gate_purpose *p = &ask->g->purposes[index];
	const struct policy_derived *set = ask->set;

	if (p->prohibited)
		return false;
	if (!set->pseudonymized)
		return bits_has(p->uses[ask->r->category], item);
	for (size_t i = 0; i < set->n_purposes; i++)
		if ((size_t)set->purposes[i] == index)
			return true;
	return false;
}

/* Checks 9 to 12 for ITEM of a set with the value V: CODE_NONE when one purpose lets it serve, else the code that came furthest. */
static enum code judge_for_set(struct gate_ask *ask, size_t item, const struct person_value *v)
{
	enum code furthest = CODE_PURPOSE_NOT_BOUND;

	if (bits_has(ask->category->individual, item))
		return CODE_INDIVIDUAL_NUMBER_TASK;
	if (bits_has(ask->category->secret, item))
		return CODE_SECRECY_NO_CONSENT;
	for (size_t p = 0; p < ask->g->here->n_purposes; p++) {
		struct standing s;
		struct outcome o;

		if (!set_rests_on(ask, p, item))
			continue;
		ask->purpose = &ask->g->purposes[p];
		ask->purpose_index = p;
		s = standing_of(ask);
		o = judge(ask, &s, item, v);
		ask->purpose = NULL;
		if (o.code == CODE_NONE)
			return CODE_NONE;
		if (o.code > furthest)
			furthest = o.code;
	}
	return furthest;
}

/* Checks 9 to 12 for all pending items of a set. */
static void judge_set(struct gate_ask *ask)
{
	uint32_t category = ask->category->number;
	size_t first = gate_value_at(ask->state, 0, 0, category, 0);

	for (size_t item = 0; item < ask->words * 64; item++) {
		uint64_t one[GATE_ITEM_WORDS] = {0};
		enum code code;

		if (!bits_has(ask->pending, item))
			continue;
		code = judge_for_set(ask, item,
				     gate_value_of(ask->state, first, first + item, category, ask->category->numbers[item]));
		if (code == CODE_NONE)
			continue;
		bits_add(one, item);
		gate_ask_refuse(ask, one, code);
	}
}

/* Checks 9 to 12 for all pending items.  False when the actor may not know: then all of them are not_found (8). */
static bool judge_items(struct gate_ask *ask, uint64_t *observed)
{
	const struct gate_category *c = ask->category;
	struct standing s = standing_of(ask);
	uint64_t reached[GATE_ITEM_WORDS];
	bool may_know = ask->role->policy->may & GATE_ACTION(ACTION_LOOKUP);
	size_t first = gate_value_at(ask->state, 0, 0, c->number, 0);

	memcpy(reached, ask->pending, ask->words * sizeof *reached);
	for (size_t w = 0; w < ask->words; w++) {
		for (uint64_t left = reached[w]; left; left &= left - 1) {
			size_t item = w * 64 + (size_t)__builtin_ctzll(left);
			uint32_t number = c->numbers[item];
			struct outcome o = judge(ask, &s, item,
						 gate_value_of(ask->state, first, first + item, c->number,
							       number));

			may_know = may_know || o.may_know;
			if (o.code == CODE_NONE) {
				if (o.observed)
					bits_add(observed, item);
				continue;
			}
			bits_remove(ask->pending, item);
			ask->codes[item] = (uint16_t)o.code;
			if (ask->lowest == CODE_NONE || o.code < ask->lowest)
				ask->lowest = o.code;
		}
	}
	if (may_know)
		return true;
	memcpy(ask->pending, reached, ask->words * sizeof *reached);
	memset(observed, 0, ask->words * sizeof *observed);
	return false;
}

/* The verdict over all items of *ASK; NOT_FOUND: an item failed at check 8. */
static void conclude(const struct gate_ask *ask, bool not_found, struct gate_verdict *out)
{
	out->n_items = ask->category->policy->n_items;
	memcpy(out->asked, ask->asked, ask->words * sizeof *ask->asked);
	memcpy(out->allowed, ask->pending, ask->words * sizeof *ask->pending);
	out->code = ask->lowest;
	if (!bits_none(out->observed, ask->words))
		out->verdict = VERDICT_OBSERVED;
	else if (bits_none(ask->pending, ask->words))
		out->verdict = VERDICT_DENY;
	else
		out->verdict = ask->lowest == CODE_NONE ? VERDICT_ALLOW : VERDICT_PARTIAL;
	if (out->verdict == VERDICT_DENY && not_found)
		out->code = CODE_NOT_FOUND;
}

/* The request is refused as a whole: what it asks for, if anything, is refused with CODE. */
static void refuse_whole(const struct gate *g, struct gate_ask *ask, enum code code, struct gate_verdict *out)
{
	const struct gate_request *r = ask->r;

	out->code = code;
	if (ask->action & (GATE_ON_PERSON | GATE_WITHOUT_PURPOSE) || !r->items || r->category < 0 ||
	    (size_t)r->category >= g->here->n_categories)
		return;
	ask->category = &g->categories[r->category];
	ask->words = ask->category->words;
	for (size_t w = 0; w < ask->words; w++)
		out->asked[w] = ask->pending[w] = r->items[w] & ask->category->all[w];
	out->n_items = ask->category->policy->n_items;
	gate_ask_refuse(ask, ask->category->all, code);
}

static void decide_items(struct gate_ask *ask, struct gate_verdict *out)
{
	bool not_found;

	gate_ask_items(ask);
	if (bits_none(ask->asked, ask->words)) {
		out->n_items = ask->category->policy->n_items;
		out->code = CODE_PURPOSE_MISMATCH; /* the purpose uses nothing of what was asked */
		return;
	}
	not_found = !bits_none(ask->pending, ask->words) &&
		    (!gate_ask_found(ask) ||
		     (ask->purpose && !(ask->action & GATE_ACQUIRES) && !judge_items(ask, out->observed)));
	if (not_found)
		gate_ask_refuse(ask, ask->category->all, CODE_NOT_FOUND);
	else if (ask->set)
		judge_set(ask);
	conclude(ask, not_found, out);
}

void gate_decide(const struct gate *g, const struct gate_request *r, const struct person_state *state,
		 struct gate_verdict *out)
{
	struct gate_ask ask;
	enum code code = gate_ask_open(&ask, g, r, state, out->codes);

	memset(out, 0, offsetof(struct gate_verdict, codes));
	if (code != CODE_NONE) {
		refuse_whole(g, &ask, code, out);
		return;
	}
	if (ask.action & (GATE_ON_PERSON | GATE_WITHOUT_PURPOSE)) {
		out->code = gate_ask_person(&ask);
		out->verdict = out->code == CODE_NONE ? VERDICT_ALLOW : VERDICT_DENY;
		return;
	}
	if (!ask.category) {
		out->code = CODE_CATEGORY_UNKNOWN;
		return;
	}
	decide_items(&ask, out);
}
