#include "gate/chance.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "test.h"

enum { ZONE = 540, DAY_0 = 20800, DAYS = 240, ITEMS = 5, CATEGORIES = 2, PURPOSES = 6 };

/* Registry numbers are positions in these pools + 1, over all kinds apart. */
static const char *const purpose_ids[] = {"billing", "contact", "survey", "quality", "offers", "research"};
static const char *const channel_ids[] = {"web_form", "phone_call", "post", "old_files", "merger", "mail"};
static const char *const notice_ids[] = {"sign_up", "short", "poster"};
static const char *const consent_ids[] = {"marketing", "partner", "treatment"};
static const char *const means[] = {"phone", "mail"};

uint32_t chance_below(struct chance *c, uint32_t n)
{
	/* splitmix64, S. Vigna */
	uint64_t z = (c->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) >> 32) % n;
}

bool chance_of(struct chance *c, uint32_t percent)
{
	return chance_below(c, 100) < percent;
}

static void *take(struct arena *a, size_t n, size_t size)
{
	void *p = arena_array(a, n ? n : 1, size);

	assert_non_null(p);
	return p;
}

static date chance_date(struct chance *c)
{
	return DAY_0 + (date)chance_below(c, DAYS);
}

moment chance_moment(struct chance *c)
{
	moment m = date_start(chance_date(c), ZONE);

	switch (chance_below(c, 4)) {
	case 0:
		return m;
	case 1:
		return m - 1;
	case 2:
		return m + 1;
	default:
		return m + chance_below(c, MS_PER_DAY);
	}
}

static struct policy_clock chance_clock(struct chance *c, struct arena *a, const struct policy *p, uint32_t percent)
{
	struct policy_clock clock = {.event = POLICY_NONE};

	if (!chance_of(c, percent))
		return clock;
	clock.set = true;
	if (chance_of(c, 60))
		clock.length.months = 1 + (int32_t)chance_below(c, 4);
	if (chance_of(c, 10))
		clock.length.years = 1;
	if (chance_of(c, 50))
		clock.length.days = (int32_t)chance_below(c, 40);
	if (p->n_events && chance_of(c, 50)) {
		clock.event = (int)chance_below(c, (uint32_t)p->n_events);
		if (chance_of(c, 40)) {
			clock.otherwise = take(a, 1, sizeof clock);
			*clock.otherwise = chance_clock(c, a, p, 100);
		}
	}
	return clock;
}

static int *chance_list(struct chance *c, struct arena *a, size_t n, uint32_t percent, size_t *out)
{
	int *list = take(a, n, sizeof *list);

	*out = 0;
	for (size_t i = 0; i < n; i++)
		if (chance_of(c, percent))
			list[(*out)++] = (int)i;
	return list;
}

static struct policy_uses *chance_uses(struct chance *c, struct arena *a, const struct policy *p, uint32_t percent,
				       size_t *n)
{
	struct policy_uses *uses = take(a, p->n_categories, sizeof *uses);

	*n = 0;
	for (size_t k = 0; k < p->n_categories; k++) {
		if (chance_of(c, 10))
			continue;
		uses[*n].category = (int)k;
		uses[*n].items = take(a, 1, sizeof(uint64_t));
		for (size_t i = 0; i < p->categories[k].n_items; i++)
			if (chance_of(c, percent))
				bits_add(uses[*n].items, i);
		(*n)++;
	}
	return uses;
}

static int chance_index(struct chance *c, size_t n, uint32_t percent)
{
	return n && chance_of(c, percent) ? (int)chance_below(c, (uint32_t)n) : POLICY_NONE;
}

static void make_items(struct chance *c, struct arena *a, struct policy *p)
{
	static const char *const ids[] = {"a", "b", "c", "d", "e"};

	p->categories = take(a, CATEGORIES, sizeof *p->categories);
	for (uint32_t k = 0; k < CATEGORIES; k++) {
		struct policy_category *category = &p->categories[p->n_categories];

		if (p->version > 1 && k && chance_of(c, 10))
			continue;
		p->n_categories++;
		category->id = k ? STR("customer") : STR("employee");
		category->number = k + 1;
		category->items = take(a, ITEMS, sizeof *category->items);
		for (uint32_t i = 0; i < ITEMS; i++) {
			if (i && chance_of(c, 15))
				continue;
			category->items[category->n_items++] = (struct policy_item){
				.id = str_of(ids[i]), .number = k * ITEMS + i + 1,
				.class_ = chance_of(c, 70) ? DATA_ORDINARY
							     : (enum data_class)chance_below(c, DATA_CLASSES),
				.acquire_consent = POLICY_NONE, .acquire_notice = POLICY_NONE,
				.type = chance_of(c, 95) ? ITEM_TEXT : ITEM_INDIVIDUAL_NUMBER};
		}
		category->external_id = chance_index(c, category->n_items, 50);
	}
}

static void make_events(struct chance *c, struct arena *a, struct policy *p)
{
	p->events = take(a, 3, sizeof *p->events);
	for (uint32_t i = 0; i < 3; i++)
		if (chance_of(c, 85))
			p->events[p->n_events++] = (struct policy_event){.id = STR("event"), .number = i + 1};
	for (size_t i = 0; i < p->n_events; i++) {
		p->events[i].cancelled_by = chance_index(c, p->n_events, 50);
		if (p->events[i].cancelled_by == (int)i)
			p->events[i].cancelled_by = POLICY_NONE;
	}
}

static void make_purposes(struct chance *c, struct arena *a, struct policy *p)
{
	p->purposes = take(a, PURPOSES, sizeof *p->purposes);
	for (uint32_t i = 0; i < PURPOSES; i++)
		if (!i || chance_of(c, 85))
			p->purposes[p->n_purposes++] =
				(struct policy_purpose){.id = str_of(purpose_ids[i]), .number = i + 1};
	for (size_t i = 0; i < p->n_purposes; i++) {
		struct policy_purpose *u = &p->purposes[i];

		u->uses = chance_uses(c, a, p, 60, &u->n_uses);
		u->consent = chance_index(c, 3, 30);
		u->basis = u->consent == POLICY_NONE ? BASIS_ANNOUNCED : BASIS_CONSENT;
		u->may_object = chance_of(c, 40);
		u->needs_reason = chance_of(c, 10);
		u->prohibited = chance_of(c, 5);
		u->keep = chance_clock(c, a, p, 25);
		u->keeps_longer = chance_of(c, 20);
		u->stops_after = chance_list(c, a, p->n_events, 10, &u->n_stops_after);
		u->related_to = chance_list(c, a, p->n_purposes, 15, &u->n_related_to);
		u->observe_until = chance_of(c, 10) ? chance_date(c) : DATE_NONE;
	}
	p->task_purposes = chance_list(c, a, p->n_purposes, 25, &p->n_task_purposes);
}

/* A wording of this version, or that of the one before where WAS is told to read the same. */
static void make_wording(struct policy_wording *w, uint32_t version)
{
	w->version = version;
	w->has[0] = true;
	memset(w->hash[0], (int)version, POLICY_HASH);
}

static void make_consents(struct chance *c, struct arena *a, struct policy *p)
{
	p->consents = take(a, 3, sizeof *p->consents);
	p->arrangements = take(a, 1, sizeof *p->arrangements);
	p->arrangements[0].kind = ARRANGEMENT_PROVISION;
	p->arrangements[0].id = STR("provision.insurer");
	p->arrangements[0].purposes = chance_list(c, a, p->n_purposes, 30, &p->arrangements[0].n_purposes);
	p->n_arrangements = 1;
	for (uint32_t i = 0; i < 3; i++) {
		struct policy_consent *k = &p->consents[p->n_consents++];

		k->id = str_of(consent_ids[i]);
		k->number = i + 1;
		if (i == 1)
			k->provision = STR("insurer");
		else
			k->purposes = chance_list(c, a, p->n_purposes, 60, &k->n_purposes);
		k->items = chance_uses(c, a, p, 75, &k->n_items);
		k->minors_under = i == 2 ? 16 : 0;
		make_wording(&k->wording, p->version);
	}
}

static void make_channels(struct chance *c, struct arena *a, struct policy *p)
{
	static const enum channel_kind kinds[] = {CHANNEL_FORM,	  CHANNEL_ORAL,	      CHANNEL_DOCUMENT,
						  CHANNEL_LEGACY, CHANNEL_SUCCESSION, CHANNEL_MESSAGE};

	p->notices = take(a, 3, sizeof *p->notices);
	for (uint32_t i = 0; i < 3; i++) {
		struct policy_notice *n = &p->notices[p->n_notices];

		if (chance_of(c, 10))
			continue;
		p->n_notices++;
		n->id = str_of(notice_ids[i]);
		n->number = i + 1;
		n->purposes = chance_list(c, a, p->n_purposes, 60, &n->n_purposes);
		make_wording(&n->wording, p->version);
	}
	p->channels = take(a, 6, sizeof *p->channels);
	for (uint32_t i = 0; i < 6; i++) {
		struct policy_channel *h = &p->channels[p->n_channels];

		if (chance_of(c, 10))
			continue;
		p->n_channels++;
		*h = (struct policy_channel){.id = str_of(channel_ids[i]), .number = i + 1, .kind = kinds[i],
					     .written = i < 1 || (i == 2 && chance_of(c, 50)),
					     .before = chance_of(c, 50) ? chance_date(c) : DATE_NONE};
		h->notice = chance_index(c, p->n_notices, i < 3 ? 80 : 20);
		h->purposes = chance_list(c, a, p->n_purposes, 50, &h->n_purposes);
	}
}

/* What of the categories refers to the rest. */
static void finish_categories(struct chance *c, struct arena *a, struct policy *p)
{
	for (size_t k = 0; k < p->n_categories; k++) {
		struct policy_category *category = &p->categories[k];

		category->keep = chance_clock(c, a, p, 90);
		category->entrusted.set = chance_of(c, 10);
		category->entrusted.purposes =
			chance_list(c, a, p->n_purposes, 60, &category->entrusted.n_purposes);
		category->at_least.set = chance_of(c, 30);
		category->at_least.clock = chance_clock(c, a, p, 100);
		if (chance_of(c, 50)) {
			category->at_least.items = take(a, 1, sizeof(uint64_t));
			category->at_least.items[0] = chance_below(c, 32);
		}
		category->channels = take(a, 6, sizeof *category->channels);
		for (size_t i = 0; i < p->n_channels; i++)
			if (chance_of(c, 90))
				category->channels[category->n_channels++] = (struct policy_category_channel){
					(int)i, chance_index(c, p->n_notices, 30)};
		for (size_t i = 0; i < category->n_items; i++) {
			struct policy_item *item = &category->items[i];

			item->keep = chance_clock(c, a, p, 25);
			item->keeps_longer = chance_of(c, 20);
			item->acquire = (enum ground_kind)chance_below(c, 3);
			if (item->acquire == GROUND_CONSENT) {
				item->acquire_consent = (int)chance_below(c, 3);
				item->acquire_notice = chance_index(c, p->n_notices, 30);
				item->acquire_by_conduct = item->acquire_notice != POLICY_NONE;
			}
		}
	}
	p->history = take(a, 2, sizeof *p->history);
	for (p->n_history = 0; p->n_history < 2; p->n_history++) {
		struct policy_promise *h = &p->history[p->n_history];

		h->from = chance_of(c, 70) ? chance_date(c) : DATE_NONE;
		h->until = chance_of(c, 70) ? chance_date(c) : DATE_NONE;
		h->purposes = chance_list(c, a, p->n_purposes, 50, &h->n_purposes);
	}
}

static void make_roles(struct chance *c, struct arena *a, struct policy *p)
{
	static const enum role_kind kinds[] = {ROLE_APPLICATION, ROLE_STAFF, ROLE_APPLICATION, ROLE_PARTNER};

	p->roles = take(a, 4, sizeof *p->roles);
	for (uint32_t i = 0; i < 4; i++) {
		struct policy_role *r = &p->roles[p->n_roles];

		if (i && chance_of(c, 10))
			continue;
		p->n_roles++;
		*r = (struct policy_role){.id = STR("role"), .number = i + 1, .kind = kinds[i]};
		r->purposes = chance_list(c, a, p->n_purposes, 85, &r->n_purposes);
		for (int b = 0; b < ACTIONS; b++)
			r->may |= chance_of(c, 85) ? 1u << b : 0;
		if (i == 2)
			r->may &= ~(1u << ACTION_LOOKUP);
		r->answers = i == 1 ? chance_below(c, 1u << REQUEST_KINDS) : 0;
		r->collects = chance_uses(c, a, p, 90, &r->n_collects);
		r->approvals = take(a, 1, sizeof *r->approvals);
		r->n_approvals = chance_of(c, 20);
		r->approvals[0].action = (enum action)chance_below(c, ACTIONS);
		if (chance_of(c, 60))
			r->approvals[0].items = chance_uses(c, a, p, 40, &r->approvals[0].n_items);
	}
}

void chance_policies(struct chance *c, struct arena *a, struct policy_set *out)
{
	moment before = date_start(DAY_0, ZONE);

	out->n = 1 + chance_below(c, 4);
	out->versions = take(a, out->n, sizeof *out->versions);
	for (size_t v = 0; v < out->n; v++) {
		struct policy *p = take(a, 1, sizeof *p);

		p->version = (uint32_t)v + 1;
		p->zone = ZONE;
		p->languages[0] = STR("ja");
		p->n_languages = 1;
		p->in_force = before += (moment)chance_below(c, 50) * MS_PER_DAY;
		p->published = p->in_force - (moment)chance_below(c, 20) * MS_PER_DAY;
		make_events(c, a, p);
		make_items(c, a, p);
		make_purposes(c, a, p);
		make_consents(c, a, p);
		make_channels(c, a, p);
		finish_categories(c, a, p);
		make_roles(c, a, p);
		out->versions[v] = p;
	}
}

static void make_values(struct chance *c, struct arena *a, struct person_state *s)
{
	struct person_value *values = take(a, CATEGORIES * ITEMS, sizeof *values);

	for (uint32_t k = 0; k < CATEGORIES; k++)
		for (uint32_t i = 0; i < ITEMS; i++) {
			struct person_value *v = &values[s->n_values];
			uint16_t *acquired = take(a, 3, sizeof *acquired);

			if (chance_of(c, 25))
				continue;
			s->n_values++;
			*v = (struct person_value){k + 1, k * ITEMS + i + 1, 1, acquired, 1 + chance_below(c, 2)};
			for (size_t j = 0; j < v->n_acquired; j++)
				acquired[j] = (uint16_t)chance_below(c, (uint32_t)s->n_acquisitions);
		}
	s->values = values;
}

static void make_marks(struct chance *c, struct arena *a, struct person_state *s)
{
	struct person_suspension *suspensions = take(a, 1, sizeof *suspensions);
	struct person_objection *objections = take(a, 1, sizeof *objections);
	struct person_hold *holds = take(a, 1, sizeof *holds);
	uint32_t *numbers = take(a, 2, sizeof *numbers);

	numbers[0] = 1 + chance_below(c, PURPOSES);
	numbers[1] = 1 + chance_below(c, ITEMS * CATEGORIES);
	suspensions[0] = (struct person_suspension){numbers, chance_of(c, 60), numbers + 1, chance_of(c, 60),
							   chance_of(c, 30)};
	s->suspensions = suspensions;
	s->n_suspensions = chance_of(c, 15);
	objections[0] = (struct person_objection){1 + chance_below(c, PURPOSES), means, chance_below(c, 3)};
	s->objections = objections;
	s->n_objections = chance_of(c, 20);
	s->objects_to_all = chance_of(c, 5);
	holds[0] = (struct person_hold){1, chance_of(c, 50) ? chance_date(c) : DATE_NONE};
	s->holds = holds;
	s->n_holds = chance_of(c, 20);
}

void chance_person(struct chance *c, struct arena *a, const struct policy_set *set, struct person_state *out)
{
	struct person_acquisition *acquisitions = take(a, 4, sizeof *acquisitions);
	struct person_consent *consents = take(a, 3, sizeof *consents);
	struct person_event *events = take(a, 3, sizeof *events);
	uint32_t *categories = take(a, 2, sizeof *categories);

	memset(out, 0, sizeof *out);
	out->exists = true;
	out->categories = categories;
	for (uint32_t k = 0; k < CATEGORIES; k++)
		if (chance_of(c, 90))
			categories[out->n_categories++] = k + 1;
	out->n_acquisitions = 1 + chance_below(c, 4);
	for (size_t i = 0; i < out->n_acquisitions; i++) {
		acquisitions[i] = (struct person_acquisition){.channel = 1 + chance_below(c, 7),
							      .policy_version = chance_below(c, (uint32_t)set->n + 2),
							      .at = chance_moment(c)};
		if (chance_of(c, 60)) {
			acquisitions[i].notice = 1 + chance_below(c, 4);
			acquisitions[i].notice_version = chance_below(c, (uint32_t)set->n + 2);
		}
	}
	out->acquisitions = acquisitions;
	make_values(c, a, out);
	for (uint32_t i = 0; i < 3; i++)
		if (chance_of(c, 60))
			consents[out->n_consents++] = (struct person_consent){
				i + 1, chance_below(c, (uint32_t)set->n + 2), chance_moment(c),
				chance_of(c, 25) ? chance_moment(c) : MOMENT_NONE, chance_of(c, 20)};
	out->consents = consents;
	for (uint32_t i = 0; i < 3; i++)
		if (chance_of(c, 60))
			events[out->n_events++] = (struct person_event){i + 1, DAY_0 + (date)chance_below(c, 80),
									chance_below(c, 100)};
	out->events = events;
	make_marks(c, a, out);
}

void chance_request(struct chance *c, struct arena *a, const struct policy *p, struct gate_request *out)
{
	static const struct uuid ids[] = {{{1}}, {{2}}};
	uint64_t *items = take(a, 1, sizeof *items);

	memset(out, 0, sizeof *out);
	out->actor.active = chance_of(c, 97);
	out->actor.role = 1 + chance_below(c, 100) % (chance_of(c, 90) ? 3 : 5);
	out->action = chance_of(c, 50) ? (enum action)chance_below(c, 5) : (enum action)chance_below(c, ACTIONS);
	out->purpose_kind = chance_of(c, 90) ? PURPOSE_DECLARED : (enum purpose_kind)chance_below(c, 4);
	if (out->purpose_kind == PURPOSE_DECLARED && chance_of(c, 99))
		out->purpose = str_of(purpose_ids[chance_below(c, PURPOSES)]);
	out->request.open = chance_of(c, 90);
	out->request.kind = (enum request_kind)chance_below(c, REQUEST_KINDS);
	out->request.subject = ids[chance_of(c, 10)];
	out->reason_given = chance_of(c, 70);
	if (chance_of(c, 50))
		out->means = chance_of(c, 50) ? STR("phone") : STR("visit");
	out->category = chance_of(c, 97) ? (int)chance_below(c, (uint32_t)p->n_categories) : POLICY_NONE;
	items[0] = 1 + chance_below(c, 31);
	if (out->category != POLICY_NONE)
		items[0] &= (UINT64_C(1) << p->categories[out->category].n_items) - 1;
	out->items = chance_of(c, 85) ? items : NULL;
	out->limit_exceeded = chance_of(c, 3);
	out->approved = chance_of(c, 50);
	out->now = p->in_force + (moment)chance_below(c, 200) * MS_PER_DAY;
	if (chance_of(c, 50))
		out->now += (moment)chance_below(c, MS_PER_DAY);
	else if (chance_of(c, 50))
		out->now--;
	out->subject = chance_of(c, 90) ? &ids[0] : NULL;
}

void chance_consent(struct chance *c, const struct policy *p, moment now, struct gate_consent *out)
{
	static const char *const ids[] = {"marketing", "partner", "treatment", "unheard_of"};

	memset(out, 0, sizeof *out);
	out->consent = str_of(ids[chance_below(c, chance_of(c, 90) ? 3 : 4)]);
	out->version = chance_of(c, 60) ? p->version : chance_below(c, 6);
	out->language = chance_of(c, 95) ? STR("ja") : STR("en");
	out->has_hash = chance_of(c, 40);
	memset(out->hash, chance_of(c, 80) ? (int)out->version : 99, POLICY_HASH);
	out->at = chance_of(c, 90) ? now - (moment)chance_below(c, 3) * MS_PER_DAY : now + 1;
	out->channel = chance_of(c, 90) ? STR("web") : str_of(channel_ids[chance_below(c, 6)]);
	out->by_guardian = chance_of(c, 30);
	out->birth = chance_of(c, 50) ? DATE_NONE : DAY_0 - 16 * 365 + (date)chance_below(c, 300);
	out->withdraw = chance_of(c, 20);
}

void chance_acquisition(struct chance *c, struct arena *a, const struct policy *p, moment now,
			struct gate_acquisition *out)
{
	struct gate_consent *consent = take(a, 1, sizeof *consent);

	memset(out, 0, sizeof *out);
	out->channel = str_of(channel_ids[chance_below(c, 6)]);
	out->operator_given = chance_of(c, 80);
	out->at = chance_of(c, 95) ? now - (moment)chance_below(c, 40) * MS_PER_DAY : now + 1;
	out->has_notice = chance_of(c, 50);
	out->notice = str_of(notice_ids[chance_below(c, 3)]);
	out->notice_version = chance_of(c, 60) ? p->version : 1 + chance_below(c, 4);
	out->language = chance_of(c, 95) ? STR("ja") : STR("en");
	out->has_hash = chance_of(c, 40);
	memset(out->hash, chance_of(c, 90) ? (int)out->notice_version : 99, POLICY_HASH);
	out->shown_at = out->at - (moment)chance_below(c, 3) * MS_PER_DAY + chance_of(c, 5);
	chance_consent(c, p, now, consent);
	out->consents = consent;
	out->n_consents = chance_of(c, 30);
}
