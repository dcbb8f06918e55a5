#include <string.h>

#include "gate/naive.h"

static bool has(const uint64_t *set, size_t i)
{
	return set[i / 64] & (UINT64_C(1) << i % 64);
}

static const struct policy *in_force_at(const struct naive *q, moment t)
{
	const struct policy *p = NULL;

	for (size_t i = 0; i < q->set->n; i++)
		if (q->set->versions[i]->in_force <= t)
			p = q->set->versions[i];
	return p ? p : q->now;
}

static bool wording_right(const struct policy *p, const struct policy_wording *w, struct str language,
			  const unsigned char *hash, moment shown)
{
	for (size_t l = 0; l < p->n_languages; l++)
		if (str_eq(p->languages[l], language) && w->has[l])
			return w->version == p->version && p->published <= shown &&
			       (!hash || memcmp(hash, w->hash[l], POLICY_HASH) == 0);
	return false;
}

/* The consent ID as the newest version has it, NULL when none; that version's number goes to *NEWEST. */
static const struct policy_consent *consent_named(const struct naive *q, struct str id, uint32_t *newest)
{
	const struct policy_consent *found = NULL;

	for (size_t v = 0; v < q->set->n; v++)
		for (size_t i = 0; i < q->set->versions[v]->n_consents; i++)
			if (str_eq(q->set->versions[v]->consents[i].id, id)) {
				found = &q->set->versions[v]->consents[i];
				*newest = q->set->versions[v]->version;
			}
	return found;
}

static const struct policy_consent *consent_numbered(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; p && i < p->n_consents; i++)
		if (p->consents[i].number == number)
			return &p->consents[i];
	return NULL;
}

enum code naive_consent(const struct naive *q, const struct gate_consent *c)
{
	uint32_t newest = 0;
	const struct policy_consent *named = consent_named(q, c->consent, &newest);
	const struct person_consent *given = named ? rule_consent(q, named->number) : NULL;
	const struct policy *p = rule_version(q, c->version);
	const struct policy_consent *wording, *rule;
	bool channel = str_is(c->channel, "web") || str_is(c->channel, "email") || str_is(c->channel, "phone");
	bool child;

	if (!named || (!c->withdraw && newest < q->now->version))
		return CODE_CONSENT_UNKNOWN;
	wording = c->withdraw ? named : consent_numbered(p, named->number);
	rule = consent_numbered(q->now, named->number);
	rule = rule ? rule : wording;
	child = rule && rule->minors_under && c->birth != DATE_NONE &&
		moment_date(c->at, q->now->zone) <= date_age_eve(c->birth, rule->minors_under);
	for (size_t i = 0; i < q->now->n_channels; i++)
		channel = channel || str_eq(q->now->channels[i].id, c->channel);
	if (!c->withdraw && !channel)
		return CODE_CHANNEL_UNKNOWN;
	if (c->at > q->r->now)
		return CODE_TIME_INVALID;
	if (c->withdraw)
		return !given ? CODE_NO_CONSENT
		       : child && given->by_guardian && !c->by_guardian ? CODE_GUARDIAN_NEEDED
									: CODE_NONE;
	if (given && given->withdrawn != MOMENT_NONE && given->withdrawn >= c->at)
		return CODE_TIME_INVALID;
	if (!wording || !wording_right(p, &wording->wording, c->language, c->has_hash ? c->hash : NULL, c->at))
		return CODE_WORDING_MISMATCH;
	return child && !c->by_guardian ? CODE_GUARDIAN_NEEDED : CODE_NONE;
}

/* One act of acquiring. */
struct act {
	const struct naive *q;
	const struct gate_acquisition *a;
	const struct policy *then;
	const struct policy_category *category;
	const struct policy_channel *channel; /* of `then` */
	const struct policy_notice *notice;   /* of `then`, or NULL */
	struct person_acquisition made;
};

static enum code find_channel(struct act *t)
{
	const struct policy *now = t->q->now;
	uint32_t number = 0;

	for (size_t i = 0; i < t->category->n_channels; i++)
		if (str_eq(now->channels[t->category->channels[i].channel].id, t->a->channel))
			number = now->channels[t->category->channels[i].channel].number;
	for (size_t c = 0; number && c < t->then->n_categories; c++) {
		const struct policy_category *category = &t->then->categories[c];

		for (size_t i = 0; category->number == t->category->number && i < category->n_channels; i++) {
			const struct policy_channel *channel = &t->then->channels[category->channels[i].channel];
			int notice = category->channels[i].notice;

			if (channel->number != number)
				continue;
			t->channel = channel;
			notice = notice == POLICY_NONE ? channel->notice : notice;
			if (notice != POLICY_NONE && channel->kind != CHANNEL_LEGACY &&
			    channel->kind != CHANNEL_SUCCESSION)
				t->notice = &t->then->notices[notice];
			return CODE_NONE;
		}
	}
	return CODE_CHANNEL_UNKNOWN;
}

static const struct policy_notice *notice_numbered(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; p && i < p->n_notices; i++)
		if (p->notices[i].number == number)
			return &p->notices[i];
	return NULL;
}

static bool proven(const struct act *t)
{
	const struct gate_acquisition *a = t->a;
	const struct policy *p = rule_version(t->q, a->notice_version);
	const struct policy_notice *n = t->notice ? notice_numbered(p, t->notice->number) : NULL;

	if (!a->has_notice || !n || !(str_eq(n->id, a->notice) || str_eq(t->notice->id, a->notice)))
		return false;
	if (a->shown_at > a->at || a->at > t->q->r->now ||
	    !wording_right(p, &n->wording, a->language, a->has_hash ? a->hash : NULL, a->shown_at))
		return false;
	for (uint32_t v = a->notice_version + 1; rule_version(t->q, v); v++) {
		const struct policy_notice *newer = notice_numbered(rule_version(t->q, v), n->number);

		if (newer && newer->wording.version > a->notice_version)
			return a->at - rule_version(t->q, v)->in_force < INT64_C(30) * MS_PER_DAY;
	}
	return true;
}

static enum code check_notice(struct act *t)
{
	const struct policy_channel *c = t->channel;
	bool bare = c->kind == CHANNEL_LEGACY || c->kind == CHANNEL_SUCCESSION;
	bool asked = !bare && (c->written || t->a->has_notice), staff = false;

	for (size_t i = 0; i < t->q->now->n_roles; i++)
		if (t->q->now->roles[i].number == t->q->r->actor.role)
			staff = t->q->now->roles[i].kind == ROLE_STAFF;
	if (c->kind == CHANNEL_ORAL && !staff && !t->a->operator_given)
		return CODE_OPERATOR_MISSING;
	if (asked && !proven(t))
		return CODE_NOTICE_NOT_SHOWN;
	if (t->a->at > t->q->r->now || (c->kind == CHANNEL_LEGACY && c->before != DATE_NONE &&
					moment_date(t->a->at, t->q->now->zone) >= c->before))
		return CODE_TIME_INVALID;
	t->made = (struct person_acquisition){c->number, t->notice ? t->notice->number : 0,
					      !t->notice ? 0 : asked ? t->a->notice_version : t->notice->wording.version,
					      t->then->version, t->a->at};
	return CODE_NONE;
}

static struct person_consent as_given(const struct act *t, const struct gate_consent *c)
{
	uint32_t newest;

	return (struct person_consent){consent_named(t->q, c->consent, &newest)->number, c->version, c->at,
				       MOMENT_NONE, false};
}

static bool reaches(const struct act *t, const struct person_consent *c, uint32_t item)
{
	for (size_t p = 0; p < t->q->now->n_purposes; p++)
		if (rule_covers(t->q, c, t->q->now->purposes[p].number, item))
			return true;
	return false;
}

static bool grounded(const struct act *t, const struct policy_item *item)
{
	const struct person_consent *held;
	uint32_t number;

	if (item->class_ != DATA_SPECIAL_CARE || item->acquire == GROUND_STATUTE)
		return true;
	if (item->acquire == GROUND_NONE)
		return false;
	if (item->acquire_by_conduct)
		return notice_numbered(t->then, t->q->now->notices[item->acquire_notice].number);
	number = t->q->now->consents[item->acquire_consent].number;
	for (size_t i = 0; i < t->a->n_consents; i++) {
		struct person_consent c = as_given(t, &t->a->consents[i]);

		if (!t->a->consents[i].withdraw && c.consent == number && c.given <= t->a->at &&
		    reaches(t, &c, item->number))
			return true;
	}
	held = rule_consent(t->q, number);
	return held && held->withdrawn == MOMENT_NONE && held->given <= t->a->at && reaches(t, held, item->number);
}

static bool needed(const struct act *t, const struct policy_item *item)
{
	const struct policy *now = t->q->now;

	for (size_t p = 0; p < now->n_purposes; p++) {
		const struct policy_purpose *purpose = &now->purposes[p];

		if (purpose->prohibited || !rule_uses(now, purpose->uses, purpose->n_uses, item->number))
			continue;
		if (rule_told(t->q, purpose->number, &t->made))
			return true;
		for (size_t i = 0; i < t->a->n_consents; i++) {
			struct person_consent c = as_given(t, &t->a->consents[i]);

			if (!t->a->consents[i].withdraw && rule_covers(t->q, &c, purpose->number, item->number))
				return true;
		}
	}
	return false;
}

static bool told_before(const struct act *t, const struct policy_item *item, uint32_t purpose)
{
	for (size_t i = 0; t->q->s && i < t->q->s->n_values; i++) {
		const struct person_value *v = &t->q->s->values[i];

		for (size_t j = 0; v->item == item->number && v->category == t->category->number && j < v->n_acquired; j++)
			if (v->acquired[j] < t->q->s->n_acquisitions &&
			    rule_told(t->q, purpose, &t->q->s->acquisitions[v->acquired[j]]))
				return true;
	}
	return false;
}

static bool narrowed(const struct act *t, const struct policy_item *item)
{
	const struct policy *now = t->q->now;

	for (size_t p = 0; p < now->n_purposes; p++)
		if (rule_uses(now, now->purposes[p].uses, now->purposes[p].n_uses, item->number) &&
		    told_before(t, item, now->purposes[p].number) && !rule_told(t->q, now->purposes[p].number, &t->made))
			return true;
	return false;
}

static enum code check_items(const struct act *t, const struct gate_verdict *v, const uint64_t *unchanged)
{
	const struct policy_item *items = t->category->items;
	enum code worst = CODE_NONE;

	for (int round = 0; round < 3 && worst == CODE_NONE; round++)
		for (size_t i = 0; i < t->category->n_items; i++) {
			bool key = t->category->external_id == (int)i;
			bool idle = key && !needed(t, &items[i]);

			if (!has(v->asked, i))
				continue;
			if (round == 0 && !grounded(t, &items[i]))
				worst = CODE_SPECIAL_CARE_NO_GROUND;
			if (round == 1 && !key && !needed(t, &items[i]))
				worst = CODE_ITEM_NOT_NEEDED;
			if (round == 2 && !idle && !has(unchanged, i) && narrowed(t, &items[i]))
				worst = CODE_BINDING_WOULD_NARROW;
		}
	return worst;
}

enum code naive_acquire(const struct naive *q, const struct gate_acquisition *a, const uint64_t *unchanged,
			struct person_acquisition *binding)
{
	struct act t = {.q = q, .a = a, .then = in_force_at(q, a->at)};
	struct gate_verdict v;
	enum code code;

	memset(binding, 0, sizeof *binding);
	naive_decide(q, &v);
	if (v.verdict != VERDICT_ALLOW) {
		enum code lowest = v.code;

		for (size_t i = 0; i < v.n_items; i++)
			if (has(v.asked, i) && !has(v.allowed, i) && v.codes[i] < lowest)
				lowest = v.codes[i];
		return lowest;
	}
	t.category = &q->now->categories[q->r->category];
	for (size_t i = 0; q->s && i < q->now->n_roles; i++)
		if (q->now->roles[i].number == q->r->actor.role && !(q->now->roles[i].may >> ACTION_UPDATE & 1))
			return CODE_DUPLICATE;
	code = find_channel(&t);
	if (code == CODE_NONE)
		code = check_notice(&t);
	for (size_t i = 0; code == CODE_NONE && i < a->n_consents; i++)
		code = naive_consent(q, &a->consents[i]);
	if (code == CODE_NONE)
		code = check_items(&t, &v, unchanged);
	if (code == CODE_NONE)
		*binding = t.made;
	return code;
}

static bool clock_keeps(const struct naive *q, const struct policy *p, const struct policy_clock *clock,
			const struct person_value *v)
{
	struct policy_clock c = *clock;

	c.set = true;
	for (size_t i = 0; i < v->n_acquired; i++)
		if (v->acquired[i] < q->s->n_acquisitions && rule_clock(q, p, &c, &q->s->acquisitions[v->acquired[i]]))
			return true;
	return false;
}

static bool law_keeps(const struct naive *q, const struct policy *p, const struct person_value *v)
{
	for (size_t c = 0; c < p->n_categories; c++)
		for (size_t i = 0; i < p->categories[c].n_items; i++)
			if (p->categories[c].items[i].number == v->item && p->categories[c].at_least.set &&
			    (!p->categories[c].at_least.items || has(p->categories[c].at_least.items, i)) &&
			    clock_keeps(q, p, &p->categories[c].at_least.clock, v))
				return true;
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

static bool purpose_keeps(const struct naive *q, const struct policy_purpose *p, const struct person_value *v)
{
	const struct person_consent *c = NULL;

	if (p->prohibited || !rule_uses(q->now, p->uses, p->n_uses, v->item))
		return false;
	if (p->basis == BASIS_CONSENT) {
		c = rule_consent(q, q->now->consents[p->consent].number);
		if (!c || !rule_covers(q, c, p->number, v->item))
			return false;
	}
	for (size_t i = 0; i < v->n_acquired; i++) {
		const struct person_acquisition *a = &q->s->acquisitions[v->acquired[i]];

		if (v->acquired[i] < q->s->n_acquisitions && (c || rule_serves(q, v->item, p, a)) &&
		    rule_kept(q, v->item, p->number, a))
			return true;
	}
	return false;
}

enum keeping naive_keeping(const struct naive *q, size_t value)
{
	const struct person_value *v = &q->s->values[value];
	const struct policy *last = q->now;
	bool waits = false;

	for (size_t i = 0; i < q->s->n_suspensions; i++) {
		const struct person_suspension *s = &q->s->suspensions[i];

		for (size_t k = 0; s->until_erased && k < s->n_items; k++)
			waits = waits || s->items[k] == v->item;
		waits = waits || (s->until_erased && s->n_items == 0);
	}
	for (size_t p = 0; !waits && p < q->now->n_purposes; p++)
		if (purpose_keeps(q, &q->now->purposes[p], v))
			return KEEPING_RUNS;
	while (last && !has_item(last, v->item))
		last = rule_version(q, last->version - 1);
	if (!waits && last && last != q->now &&
	    rule_today(q) <= moment_date(rule_version(q, last->version + 1)->in_force, q->now->zone) + 30)
		return KEEPING_RUNS;
	if (last && law_keeps(q, last, v))
		return KEEPING_BY_LAW;
	for (size_t i = 0; i < q->s->n_holds; i++)
		if (q->s->holds[i].until == DATE_NONE || rule_today(q) <= q->s->holds[i].until)
			return KEEPING_HELD;
	return KEEPING_DUE;
}
