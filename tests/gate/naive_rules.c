#include "gate/naive.h"

const struct policy *rule_version(const struct naive *q, uint32_t n)
{
	for (size_t i = 0; i < q->set->n; i++)
		if (q->set->versions[i]->version == n)
			return q->set->versions[i];
	return NULL;
}

static date day_of(const struct naive *q, moment m)
{
	return moment_date(m, q->now->zone);
}

date rule_today(const struct naive *q)
{
	return day_of(q, q->r->now);
}

static bool in_list(const struct policy *p, const int *purposes, size_t n, uint32_t number)
{
	return n > 0 && (p->purposes[purposes[0]].number == number || in_list(p, purposes + 1, n - 1, number));
}

bool rule_uses(const struct policy *p, const struct policy_uses *uses, size_t n, uint32_t item)
{
	if (!n)
		return false;
	for (size_t i = 0; i < p->categories[uses->category].n_items; i++)
		if (uses->items[i / 64] & (UINT64_C(1) << i % 64) &&
		    p->categories[uses->category].items[i].number == item)
			return true;
	return rule_uses(p, uses + 1, n - 1, item);
}

const struct person_consent *rule_consent(const struct naive *q, uint32_t consent)
{
	const struct person_consent *last = NULL;

	for (size_t i = 0; q->s && i < q->s->n_consents; i++)
		if (q->s->consents[i].consent == consent)
			last = &q->s->consents[i];
	return last;
}

/* The last day: of months by trying the days of the month that it ends in, from the corresponding one down. */
static date last_day(date event, struct duration p)
{
	int y, m, d;
	date day;

	date_split(event + 1, &y, &m, &d);
	m += p.months;
	y += p.years + (m - 1) / 12;
	m = (m - 1) % 12 + 1;
	day = date_make(y, m, d);
	for (int try = 31; day == DATE_NONE; try--)
		if (date_make(y, m, try) != DATE_NONE)
			return date_make(y, m, try) + p.days;
	return day - 1 + p.days;
}

static const struct person_event *happened(const struct naive *q, const struct policy *p, int event, date until)
{
	for (size_t i = 0; event != POLICY_NONE && i < q->s->n_events; i++)
		if (q->s->events[i].event == p->events[event].number && q->s->events[i].on <= until)
			return &q->s->events[i];
	return NULL;
}

/* Whether A came after B. */
static bool after(const struct person_event *a, const struct person_event *b)
{
	return a->on == b->on ? a->order > b->order : a->on > b->on;
}

bool rule_clock(const struct naive *q, const struct policy *p, const struct policy_clock *c,
		const struct person_acquisition *a)
{
	const struct person_event *event, *against;
	date today = rule_today(q);

	if (!c->set)
		return true;
	if (c->event == POLICY_NONE)
		return today <= last_day(day_of(q, a->at), c->length);
	event = happened(q, p, c->event, today);
	against = happened(q, p, p->events[c->event].cancelled_by, today);
	if (against && (!event || after(against, event)))
		return true;
	if (event)
		return today <= last_day(event->on, c->length);
	if (c->otherwise)
		return rule_clock(q, p, c->otherwise, a);
	if (happened(q, p, c->event, INT32_MAX))
		return true; /* it lies ahead */
	return today <= last_day(day_of(q, a->at), c->length);
}

static bool item_kept_in(const struct naive *q, const struct policy *p, uint32_t item,
			 const struct person_acquisition *a)
{
	for (size_t c = 0; c < p->n_categories; c++)
		for (size_t i = 0; i < p->categories[c].n_items; i++) {
			const struct policy_item *it = &p->categories[c].items[i];

			if (it->number == item &&
			    !rule_clock(q, p, it->keep.set ? &it->keep : &p->categories[c].keep, a))
				return false;
		}
	return true;
}

static bool purpose_kept_in(const struct naive *q, const struct policy *p, uint32_t purpose,
			    const struct person_acquisition *a)
{
	for (size_t i = 0; i < p->n_purposes; i++)
		if (p->purposes[i].number == purpose && !rule_clock(q, p, &p->purposes[i].keep, a))
			return false;
	return true;
}

/* Whether P decided that its longer keeping of ITEM (or of PURPOSE; 0: not asked) holds for older data too. */
static bool decided_longer(const struct policy *p, uint32_t item, uint32_t purpose)
{
	for (size_t c = 0; c < p->n_categories; c++)
		for (size_t i = 0; i < p->categories[c].n_items; i++)
			if (item && p->categories[c].items[i].number == item)
				return p->categories[c].items[i].keeps_longer;
	for (size_t i = 0; i < p->n_purposes; i++)
		if (purpose && p->purposes[i].number == purpose)
			return p->purposes[i].keeps_longer;
	return false;
}

/* The version whose promise holds for what was acquired under THEN. */
static const struct policy *promising(const struct naive *q, const struct policy *then, uint32_t item, uint32_t purpose)
{
	const struct policy *p = then;

	for (uint32_t v = then->version + 1; v <= q->now->version; v++)
		if (decided_longer(rule_version(q, v), item, purpose))
			p = rule_version(q, v);
	return p;
}

bool rule_kept(const struct naive *q, uint32_t item, uint32_t purpose, const struct person_acquisition *a)
{
	const struct policy *then = rule_version(q, a->policy_version);

	return then && item_kept_in(q, q->now, item, a) && purpose_kept_in(q, q->now, purpose, a) &&
	       item_kept_in(q, promising(q, then, item, 0), item, a) &&
	       purpose_kept_in(q, promising(q, then, 0, purpose), purpose, a);
}

static bool has_purpose(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; i < p->n_purposes; i++)
		if (p->purposes[i].number == number)
			return true;
	return false;
}

static bool notice_tells(const struct naive *q, const struct policy *then, uint32_t purpose,
			 const struct person_acquisition *a)
{
	const struct policy *wording = rule_version(q, a->notice_version);

	for (size_t i = 0; wording && i < wording->n_notices; i++)
		if (wording->notices[i].number == a->notice)
			return in_list(wording, wording->notices[i].purposes, wording->notices[i].n_purposes, purpose) &&
			       (wording->version > then->version || has_purpose(then, purpose));
	return false;
}

static bool history_tells(const struct policy *p, date on, uint32_t purpose)
{
	for (size_t i = 0; i < p->n_history; i++) {
		const struct policy_promise *h = &p->history[i];

		if ((h->from == DATE_NONE || h->from <= on) && (h->until == DATE_NONE || on <= h->until) &&
		    in_list(p, h->purposes, h->n_purposes, purpose))
			return true;
	}
	return false;
}

bool rule_told(const struct naive *q, uint32_t purpose, const struct person_acquisition *a)
{
	const struct policy *then = rule_version(q, a->policy_version);

	if (!then)
		return false;
	if (a->notice)
		return notice_tells(q, then, purpose, a);
	for (size_t i = 0; i < then->n_channels; i++) {
		const struct policy_channel *c = &then->channels[i];

		if (c->number == a->channel)
			return c->kind == CHANNEL_LEGACY ? history_tells(then, day_of(q, a->at), purpose)
							 : in_list(then, c->purposes, c->n_purposes, purpose);
	}
	return false;
}

bool rule_covers(const struct naive *q, const struct person_consent *c, uint32_t purpose, uint32_t item)
{
	const struct policy *p = rule_version(q, c->version);

	for (size_t i = 0; p && i < p->n_consents; i++) {
		const struct policy_consent *k = &p->consents[i];

		if (k->number != c->consent || !rule_uses(p, k->items, k->n_items, item))
			continue;
		if (!k->provision.n)
			return in_list(p, k->purposes, k->n_purposes, purpose);
		for (size_t j = 0; j < p->n_arrangements; j++)
			if (str_eq(str_sub(p->arrangements[j].id, 10, 100), k->provision) &&
			    in_list(p, p->arrangements[j].purposes, p->arrangements[j].n_purposes, purpose))
				return true;
	}
	return false;
}

bool rule_serves(const struct naive *q, uint32_t item, const struct policy_purpose *purpose,
		 const struct person_acquisition *a)
{
	if (rule_told(q, purpose->number, a))
		return true;
	for (size_t i = 0; i < purpose->n_related_to; i++) {
		const struct policy_purpose *other = &q->now->purposes[purpose->related_to[i]];
		const struct person_consent *c;

		if (other->basis != BASIS_CONSENT) {
			if (rule_told(q, other->number, a))
				return true;
			continue;
		}
		c = rule_consent(q, q->now->consents[other->consent].number);
		if (c && c->withdrawn == MOMENT_NONE && rule_covers(q, c, other->number, item) &&
		    (rule_told(q, other->number, a) || c->given <= a->at))
			return true;
	}
	return false;
}

bool rule_over(const struct naive *q, int event)
{
	const struct person_event *e = happened(q, q->now, event, rule_today(q) - 1);
	const struct person_event *against = happened(q, q->now, q->now->events[event].cancelled_by, rule_today(q));

	return e && !(against && after(against, e));
}
