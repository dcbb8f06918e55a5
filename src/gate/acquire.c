/* Create, update, import: what may come in, and what that binds it to (T2, T3, T4). */
#include <string.h>

#include "gate/ask.h"

/* One act of acquiring, in the terms of the version in force at that time. */
struct intake {
	struct gate_ask ask;
	const struct gate_acquisition *a;
	const struct policy *then; /* in force when it was acquired; before the first version: that in force now */
	const struct policy_channel *channel;	/* of `then` */
	const struct policy_notice *notice;	/* of `then`; NULL: none */
	struct gate_acquired *out;
	uint64_t bound[GATE_PURPOSE_WORDS]; /* purposes that the notice, or what stands in for it, binds to */
};

/* The channel that CATEGORY of P names with the registry number NUMBER, or, when that is 0, with the id ID. */
static const struct policy_category_channel *channel_of(const struct policy *p, const struct policy_category *category,
							uint32_t number, struct str id)
{
	for (size_t i = 0; i < category->n_channels; i++) {
		const struct policy_channel *c = &p->channels[category->channels[i].channel];

		if (number ? c->number == number : str_eq(c->id, id))
			return &category->channels[i];
	}
	return NULL;
}

/* Finds channel and notice: the channel has to be the category's now, and have been so when it was used. */
static enum code find_channel(struct intake *in)
{
	const struct policy *here = in->ask.g->here;
	const struct policy_category *category = in->ask.category->policy;
	const struct policy_category_channel *named = channel_of(here, category, 0, in->a->channel);
	uint32_t number;

	if (!named)
		return CODE_CHANNEL_UNKNOWN;
	number = here->channels[named->channel].number;
	named = NULL;
	for (size_t i = 0; i < in->then->n_categories; i++)
		if (in->then->categories[i].number == category->number)
			named = channel_of(in->then, &in->then->categories[i], number, in->a->channel);
	if (!named)
		return CODE_CHANNEL_UNKNOWN;
	in->channel = &in->then->channels[named->channel];
	if (in->channel->kind == CHANNEL_LEGACY || in->channel->kind == CHANNEL_SUCCESSION)
		return CODE_NONE; /* history and the predecessor's purposes bind, no notice (T2) */
	if (named->notice != POLICY_NONE)
		in->notice = &in->then->notices[named->notice];
	else if (in->channel->notice != POLICY_NONE)
		in->notice = &in->then->notices[in->channel->notice];
	return CODE_NONE;
}

static const struct policy_notice *notice_in(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; i < p->n_notices; i++)
		if (p->notices[i].number == number)
			return &p->notices[i];
	return NULL;
}

/* True when at AT a newer wording of notice NUMBER than VERSION had been in force for 30 days (T4). */
static bool superseded(const struct gate *g, uint32_t number, uint32_t version, moment at)
{
	static const struct duration grace = {.days = 30};

	for (size_t v = version; v < g->set->n; v++) {
		const struct policy *p = g->set->versions[v];
		const struct policy_notice *notice = notice_in(p, number);

		if (notice && notice->wording.version > version)
			return at >= moment_plus(p->in_force, grace, g->here->zone);
	}
	return false;
}

/* True when the proof that came with the data holds (T4). */
static bool notice_proven(const struct intake *in)
{
	const struct gate_acquisition *a = in->a;
	const struct gate_version *version = gate_version_of(in->ask.g, a->notice_version);
	const struct policy_notice *shown = version ? notice_in(version->policy, in->notice->number) : NULL;

	return a->has_notice && shown && (str_eq(a->notice, shown->id) || str_eq(a->notice, in->notice->id)) &&
	       a->shown_at <= a->at && a->at <= in->ask.r->now &&
	       gate_wording_shown(version->policy, &shown->wording, a->language, a->has_hash ? a->hash : NULL,
				  a->shown_at) &&
	       !superseded(in->ask.g, in->notice->number, a->notice_version, a->at);
}

/* Who took it down, what was shown, and when; fills in the acquisition. */
static enum code check_notice(struct intake *in)
{
	const struct policy_channel *channel = in->channel;
	struct person_acquisition *made = &in->out->acquisition;
	bool bare = channel->kind == CHANNEL_LEGACY || channel->kind == CHANNEL_SUCCESSION;
	bool proof = !bare && (channel->written || in->a->has_notice);

	if (channel->kind == CHANNEL_ORAL && in->ask.role->policy->kind != ROLE_STAFF && !in->a->operator_given)
		return CODE_OPERATOR_MISSING;
	if (proof && !(in->notice && notice_proven(in)))
		return CODE_NOTICE_NOT_SHOWN;
	if (in->a->at > in->ask.r->now)
		return CODE_TIME_INVALID;
	if (channel->kind == CHANNEL_LEGACY && channel->before != DATE_NONE &&
	    moment_date(in->a->at, in->ask.g->here->zone) >= channel->before)
		return CODE_TIME_INVALID;
	made->channel = channel->number;
	made->policy_version = in->then->version;
	made->at = in->a->at;
	if (in->notice) {
		made->notice = in->notice->number;
		made->notice_version = proof ? in->a->notice_version : in->notice->wording.version;
	}
	gate_binding(in->ask.g, made, in->bound);
	return CODE_NONE;
}

static enum code check_consents(const struct intake *in)
{
	for (size_t i = 0; i < in->a->n_consents; i++) {
		enum code code = gate_consent(in->ask.g, &in->a->consents[i], in->ask.state, in->ask.r->now);

		if (code != CODE_NONE)
			return code;
	}
	return CODE_NONE;
}

/* What comes with the data as consent number I, as if it were recorded already. */
static struct person_consent coming(const struct intake *in, size_t i)
{
	const struct gate_consent *c = &in->a->consents[i];
	const struct policy *version;
	const struct policy_consent *named = gate_consent_named(in->ask.g, c->consent, &version);

	return (struct person_consent){.consent = named ? named->number : 0,
				       .version = c->version,
				       .given = c->at,
				       .withdrawn = c->withdraw ? c->at : MOMENT_NONE};
}

/* True when C covers ITEM for one of its purposes. */
static bool consent_reaches(const struct intake *in, const struct person_consent *c, size_t item)
{
	for (size_t p = 0; p < in->ask.g->here->n_purposes; p++)
		if (gate_covers(in->ask.g, c, p, (size_t)in->ask.r->category, item))
			return true;
	return false;
}

static bool grounds(const struct intake *in, const struct person_consent *c, uint32_t consent, size_t item)
{
	return c->consent == consent && c->withdrawn == MOMENT_NONE && c->given <= in->a->at &&
	       consent_reaches(in, c, item);
}

/* True when the special-care ITEM has its ground, dated no later than the acquisition (20(2)). */
static bool has_ground(const struct intake *in, size_t index)
{
	const struct policy *here = in->ask.g->here;
	const struct policy_item *item = &in->ask.category->policy->items[index];
	const struct person_consent *given;
	uint32_t consent;

	if (item->acquire == GROUND_STATUTE)
		return true;
	if (item->acquire != GROUND_CONSENT)
		return false;
	if (item->acquire_by_conduct) /* under a notice that hung there: nothing is recorded per person */
		return item->acquire_notice != POLICY_NONE &&
		       notice_in(in->then, here->notices[item->acquire_notice].number);
	consent = here->consents[item->acquire_consent].number;
	for (size_t i = 0; i < in->a->n_consents; i++) {
		struct person_consent c = coming(in, i);

		if (grounds(in, &c, consent, index))
			return true;
	}
	given = in->ask.state && in->ask.state->exists ? gate_consent_of(in->ask.state, consent) : NULL;
	return given && grounds(in, given, consent, index);
}

/* True when a purpose told, or one of a consent that comes with it, uses ITEM (T3). */
static bool needed(const struct intake *in, size_t item)
{
	const struct gate *g = in->ask.g;

	for (size_t p = 0; p < g->here->n_purposes; p++) {
		const struct gate_purpose *purpose = &g->purposes[p];

		if (purpose->prohibited || !bits_has(purpose->uses[in->ask.r->category], item))
			continue;
		if (bits_has(in->bound, p))
			return true;
		for (size_t i = 0; i < in->a->n_consents; i++) {
			struct person_consent c = coming(in, i);

			if (c.withdrawn == MOMENT_NONE && gate_covers(g, &c, p, (size_t)in->ask.r->category, item))
				return true;
		}
	}
	return false;
}

/* True when overwriting ITEM would take a purpose that uses it away from the value stored (T3). */
static bool narrows(const struct intake *in, size_t item)
{
	const struct gate_ask *ask = &in->ask;
	const struct policy_category *category = ask->category->policy;
	uint64_t before[GATE_PURPOSE_WORDS] = {0};
	const struct person_value *v;

	if (!ask->state || !ask->state->exists)
		return false;
	v = gate_value_of(ask->state, 0, SIZE_MAX, category->number, category->items[item].number);
	for (size_t i = 0; v && i < v->n_acquired; i++)
		if (v->acquired[i] < ask->state->n_acquisitions)
			gate_binding(ask->g, &ask->state->acquisitions[v->acquired[i]], before);
	for (size_t p = 0; p < ask->g->here->n_purposes; p++)
		if (bits_has(before, p) && !bits_has(in->bound, p) &&
		    bits_has(ask->g->purposes[p].uses[ask->r->category], item))
			return true;
	return false;
}

/* Refuses the items of IN for which CHECK is not as WANTED, with CODE; true when it refused none. */
static bool each_item(struct intake *in, const uint64_t *items, bool (*check)(const struct intake *, size_t),
		      bool wanted, enum code code)
{
	uint64_t refused[GATE_ITEM_WORDS] = {0};

	for (size_t i = 0; i < in->ask.category->policy->n_items; i++)
		if (bits_has(items, i) && check(in, i) != wanted)
			bits_add(refused, i);
	gate_ask_refuse(&in->ask, refused, code);
	return in->ask.lowest == CODE_NONE;
}

/* The checks on the items themselves; true when all may come in. */
static bool check_items(struct intake *in, const uint64_t *unchanged)
{
	const struct policy_category *category = in->ask.category->policy;
	uint64_t items[GATE_ITEM_WORDS] = {0};

	for (size_t i = 0; i < category->n_items; i++)
		if (bits_has(in->ask.asked, i) && category->items[i].class_ == DATA_SPECIAL_CARE)
			bits_add(items, i);
	if (!each_item(in, items, has_ground, true, CODE_SPECIAL_CARE_NO_GROUND))
		return false;
	memcpy(items, in->ask.asked, in->ask.words * sizeof *items);
	if (category->external_id != POLICY_NONE && bits_has(items, (size_t)category->external_id) &&
	    !needed(in, (size_t)category->external_id)) {
		in->out->key_only = true;
		bits_remove(items, (size_t)category->external_id);
	}
	if (!each_item(in, items, needed, true, CODE_ITEM_NOT_NEEDED))
		return false;
	for (size_t w = 0; unchanged && w < in->ask.words; w++)
		items[w] &= ~unchanged[w];
	if (!each_item(in, items, narrows, false, CODE_BINDING_WOULD_NARROW))
		return false;
	memcpy(in->out->replaced, items, sizeof items);
	return true;
}

/* The checks on the act as a whole, after 1 to 7. */
static enum code check_act(struct intake *in)
{
	const struct gate_ask *ask = &in->ask;
	bool known = ask->state && ask->state->exists;
	enum code code;

	if (!gate_ask_found(ask))
		return CODE_NOT_FOUND;
	if (known && !(ask->role->policy->may & GATE_ACTION(ACTION_UPDATE)))
		return CODE_DUPLICATE; /* a known person makes it an update (T3) */
	code = find_channel(in);
	if (code == CODE_NONE)
		code = check_notice(in);
	return code == CODE_NONE ? check_consents(in) : code;
}

static void acquire(struct intake *in, const uint64_t *unchanged)
{
	struct gate_ask *ask = &in->ask;
	enum code code;

	gate_ask_items(ask);
	if (bits_none(ask->asked, ask->words))
		ask->lowest = CODE_PURPOSE_MISMATCH; /* nothing comes in */
	if (ask->lowest != CODE_NONE)
		return;
	code = check_act(in);
	if (code != CODE_NONE)
		gate_ask_refuse(ask, ask->category->all, code);
	else if (!check_items(in, unchanged))
		in->out->key_only = false;
}

void gate_acquire(const struct gate *g, const struct gate_request *r, const struct gate_acquisition *a,
		  const struct person_state *state, const uint64_t *unchanged, struct gate_acquired *out)
{
	struct intake in = {.a = a, .out = out};
	enum code code = gate_ask_open(&in.ask, g, r, state, out->codes);

	memset(out, 0, offsetof(struct gate_acquired, codes));
	if (code == CODE_NONE && !(in.ask.action & GATE_ACQUIRES))
		code = CODE_ROLE_LACKS_ACTION;
	if (code == CODE_NONE && !in.ask.category)
		code = CODE_CATEGORY_UNKNOWN;
	out->code = code;
	if (code != CODE_NONE)
		return;
	in.then = policy_set_at(g->set, a->at);
	if (!in.then)
		in.then = g->here;
	acquire(&in, unchanged);
	out->code = in.ask.lowest;
	out->n_items = in.ask.category->policy->n_items;
	for (size_t w = 0; w < in.ask.words; w++)
		out->refused[w] = in.ask.asked[w] & ~in.ask.pending[w];
	if (out->code != CODE_NONE)
		memset(&out->acquisition, 0, sizeof out->acquisition);
}
