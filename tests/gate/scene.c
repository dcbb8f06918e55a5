#include "gate/scene.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

static void *take(struct scene *s, size_t n, size_t size)
{
	void *p = arena_array(&s->arena, n ? n : 1, size);

	assert_non_null(p);
	return p;
}

void scene_init(struct scene *s)
{
	memset(s, 0, sizeof *s);
	arena_init(&s->arena, 0, false);
}

void scene_free(struct scene *s)
{
	for (size_t i = 0; i < s->n_versions; i++)
		gate_free(s->gates[i]);
	policy_free(s->example);
	arena_free(&s->arena);
}

uint32_t scene_number(struct scene *s, const char *kind, struct str name)
{
	char key[200];

	if (s->example && scene_example_number(s, kind, name))
		return scene_example_number(s, kind, name);
	snprintf(key, sizeof key, "%s %.*s", kind, (int)name.n, name.p);
	for (size_t i = 0; i < s->n_names; i++)
		if (str_is(s->names[i], key))
			return (uint32_t)(i + 1);
	assert_true(s->n_names < SCENE_NAMES);
	s->names[s->n_names++] = str_copy(&s->arena, str_of(key));
	return (uint32_t)s->n_names;
}

/* Where the definition of KIND NAME stands in V, or V->n. */
static size_t defined(const struct scene_version *v, struct str kind, struct str name)
{
	size_t i = 0;

	for (; i < v->n; i++) {
		struct line l = line_of(v->lines[i]);

		if (str_eq(l.words[0], kind) && str_eq(l.words[1], name))
			break;
	}
	return i;
}

void scene_line(struct scene *s, struct str text)
{
	struct line l = line_of(text);
	struct scene_version *v;
	size_t at;

	if (!l.n)
		return;
	if (str_is(l.words[0], "version")) {
		assert_true(s->n_versions < SCENE_VERSIONS);
		v = &s->versions[s->n_versions];
		if (s->n_versions++)
			*v = v[-1];
		v->from = scene_date(line_value(&l, "from:"));
		return;
	}
	if (!s->n_versions || l.n < 2)
		line_bad(text, "no definition");
	v = &s->versions[s->n_versions - 1];
	if (str_is(l.words[0], "remove")) {
		at = defined(v, l.words[1], l.words[2]);
		if (at == v->n)
			line_bad(text, "nothing to remove");
		for (v->n--; at < v->n; at++) {
			v->lines[at] = v->lines[at + 1];
			v->changed[at] = v->changed[at + 1];
		}
		return;
	}
	at = defined(v, l.words[0], l.words[1]);
	assert_true(at < SCENE_LINES);
	if (at == v->n)
		v->n++;
	v->lines[at] = str_copy(&s->arena, text);
	v->changed[at] = (uint32_t)s->n_versions;
}

/* One version while it is being made. */
struct making {
	struct scene *s;
	const struct scene_version *v;
	struct policy *p;
};

/* The position of NAME among the definitions of KIND. */
static int index_of(const struct making *m, const char *kind, struct str name)
{
	int n = 0;

	for (size_t i = 0; i < m->v->n; i++) {
		struct line l = line_of(m->v->lines[i]);

		if (!str_is(l.words[0], kind))
			continue;
		if (str_eq(l.words[1], name))
			return n;
		n++;
	}
	line_bad(name, kind);
	return POLICY_NONE;
}

static int index_or_none(const struct making *m, const char *kind, struct str name)
{
	return name.n ? index_of(m, kind, name) : POLICY_NONE;
}

static int *indexes(const struct making *m, const char *kind, struct line names, size_t *n)
{
	int *list = take(m->s, names.n, sizeof *list);

	for (size_t i = 0; i < names.n; i++)
		list[i] = index_of(m, kind, names.words[i]);
	*n = names.n;
	return list;
}

int scene_category(const struct policy *p, struct str path, int *item)
{
	size_t dot = str_find(path, '.');
	struct str category = str_sub(path, 0, dot), name = str_sub(path, dot + 1, path.n);

	*item = POLICY_NONE;
	for (size_t c = 0; c < p->n_categories; c++) {
		if (!str_eq(p->categories[c].id, category))
			continue;
		for (size_t i = 0; i < p->categories[c].n_items; i++)
			if (str_eq(p->categories[c].items[i].id, name))
				*item = (int)i;
		if (name.n && *item == POLICY_NONE && !str_is(name, "*"))
			line_bad(path, "no such item");
		return (int)c;
	}
	line_bad(path, "no such category");
	return POLICY_NONE;
}

static struct policy_uses *uses_of(const struct making *m, struct line paths, size_t *n)
{
	struct policy_uses *uses = take(m->s, m->p->n_categories, sizeof *uses);

	*n = m->p->n_categories;
	for (size_t c = 0; c < *n; c++) {
		uses[c].category = (int)c;
		uses[c].items = take(m->s, BITS_WORDS(m->p->categories[c].n_items), sizeof(uint64_t));
	}
	for (size_t i = 0; i < paths.n; i++) {
		int item, c = scene_category(m->p, paths.words[i], &item);

		for (size_t j = 0; j < m->p->categories[c].n_items; j++)
			if (item == POLICY_NONE || (size_t)item == j)
				bits_add(uses[c].items, j);
	}
	return uses;
}

static struct policy_clock clock_from(const struct making *m, struct str text)
{
	struct policy_clock c = {.event = POLICY_NONE};
	struct str length = str_sub(text, 0, str_find(text, '/'));
	struct str rest = str_sub(text, length.n + 1, text.n);

	if (!text.n)
		return c;
	c.set = true;
	if (!duration_parse(length, &c.length))
		line_bad(text, "no clock");
	if (rest.n) {
		struct str event = str_sub(rest, 0, str_find(rest, '/'));
		struct str other = str_sub(rest, event.n + 1, rest.n);

		c.event = index_of(m, "event", event);
		if (other.n) {
			c.otherwise = take(m->s, 1, sizeof *c.otherwise);
			*c.otherwise = clock_from(m, str_sub(other, sizeof "else/" - 1, other.n));
		}
	}
	return c;
}

static enum data_class class_of(struct str name)
{
	static const char *const names[] = {"ordinary",		 "special_care",	 "property",
					    "individual_number", "communication_secret", "referable"};

	for (int i = 0; name.n && i < DATA_CLASSES; i++)
		if (str_is(name, names[i]))
			return (enum data_class)i;
	if (name.n)
		line_bad(name, "no class");
	return DATA_ORDINARY;
}

static void make_item(const struct making *m, const struct line *l)
{
	struct str path = l->words[1];
	size_t dot = str_find(path, '.');
	struct policy_category *c = &m->p->categories[index_of(m, "category", str_sub(path, 0, dot))];
	struct policy_item *item = &c->items[c->n_items++];
	struct line ground = line_after(l, "ground:");

	item->id = str_sub(path, dot + 1, path.n);
	item->number = scene_number(m->s, "item", path);
	item->class_ = class_of(line_value(l, "class:"));
	item->type = str_is(line_value(l, "type:"), "individual_number") ? ITEM_INDIVIDUAL_NUMBER : ITEM_TEXT;
	item->keep = clock_from(m, line_value(l, "keep:"));
	item->acquire_consent = item->acquire_notice = POLICY_NONE;
	item->acquire = !ground.n ? GROUND_NONE : str_is(ground.words[0], "statute") ? GROUND_STATUTE : GROUND_CONSENT;
	if (ground.n && str_is(ground.words[0], "consent"))
		item->acquire_consent = index_of(m, "consent", ground.words[1]);
	item->acquire_by_conduct = ground.n && str_is(ground.words[0], "notice");
	if (item->acquire_by_conduct)
		item->acquire_notice = index_of(m, "notice", ground.words[1]);
}

static void make_category(const struct making *m, const struct line *l)
{
	struct policy_category *c = &m->p->categories[index_of(m, "category", l->words[1])];
	struct line channels = line_after(l, "channels:"), entrusted = line_after(l, "entrusted:");
	struct str key = line_value(l, "external_id:");

	c->id = l->words[1];
	c->number = scene_number(m->s, "category", c->id);
	c->channels = take(m->s, channels.n, sizeof *c->channels);
	for (size_t i = 0; i < channels.n; i++) {
		struct str name = str_sub(channels.words[i], 0, str_find(channels.words[i], '/'));

		c->channels[i].channel = index_of(m, "channel", name);
		c->channels[i].notice =
			index_or_none(m, "notice", str_sub(channels.words[i], name.n + 1, channels.words[i].n));
	}
	c->n_channels = channels.n;
	c->keep = clock_from(m, line_value(l, "keep:"));
	c->entrusted.set = entrusted.n > 0;
	c->entrusted.purposes = indexes(m, "purpose", entrusted, &c->entrusted.n_purposes);
	c->external_id = POLICY_NONE;
	for (size_t i = 0; key.n && i < c->n_items; i++)
		if (str_eq(c->items[i].id, key))
			c->external_id = (int)i;
}

static void make_at_least(const struct making *m, const struct line *l)
{
	struct policy_category *c = &m->p->categories[index_of(m, "category", l->words[1])];
	struct line items = line_after(l, "items:");

	c->at_least.set = true;
	c->at_least.clock = clock_from(m, line_value(l, "keep:"));
	if (!items.n)
		return;
	c->at_least.items = take(m->s, BITS_WORDS(c->n_items), sizeof(uint64_t));
	for (size_t i = 0; i < items.n; i++)
		for (size_t j = 0; j < c->n_items; j++)
			if (str_eq(c->items[j].id, items.words[i]))
				bits_add(c->at_least.items, j);
}

static void make_channel(const struct making *m, const struct line *l)
{
	static const char *const kinds[] = {"oral",	   "form",	"document", "message",	 "device",
					    "third_party", "joint_use", "legacy",   "succession"};
	struct policy_channel *c = &m->p->channels[m->p->n_channels++];
	struct str before = line_value(l, "before:");

	c->id = l->words[1];
	c->number = scene_number(m->s, "channel", c->id);
	while (c->kind < CHANNEL_KINDS && !str_is(l->words[2], kinds[c->kind]))
		c->kind++;
	assert_true(c->kind < CHANNEL_KINDS);
	c->written = line_says(l, "is:", "written");
	c->notice = index_or_none(m, "notice", line_value(l, "notice:"));
	c->before = before.n ? scene_date(before) : DATE_NONE;
	c->purposes = indexes(m, "purpose", line_after(l, "purposes:"), &c->n_purposes);
}

static void make_wording(struct policy_wording *w, uint32_t version)
{
	w->version = version;
	w->has[0] = true;
	memset(w->hash[0], (int)version, POLICY_HASH);
}

static void make_notice(const struct making *m, const struct line *l, uint32_t changed)
{
	struct policy_notice *n = &m->p->notices[m->p->n_notices++];

	n->id = l->words[1];
	n->number = scene_number(m->s, "notice", n->id);
	n->purposes = indexes(m, "purpose", line_after(l, "purposes:"), &n->n_purposes);
	make_wording(&n->wording, changed);
}

static void make_purpose(const struct making *m, const struct line *l)
{
	struct policy_purpose *p = &m->p->purposes[m->p->n_purposes++];
	struct str observe = line_value(l, "observe:");

	p->id = l->words[1];
	p->number = scene_number(m->s, "purpose", p->id);
	p->uses = uses_of(m, line_after(l, "uses:"), &p->n_uses);
	p->consent = index_or_none(m, "consent", line_value(l, "consent:"));
	p->basis = p->consent != POLICY_NONE	      ? BASIS_CONSENT
		   : line_says(l, "is:", "statute") ? BASIS_STATUTE
						      : BASIS_ANNOUNCED;
	p->may_object = line_says(l, "is:", "may_object");
	p->needs_reason = line_says(l, "is:", "needs_reason");
	p->contacts_person = line_says(l, "is:", "contacts_person");
	p->prohibited = line_says(l, "is:", "prohibited");
	p->keep = clock_from(m, line_value(l, "keep:"));
	p->stops_after = indexes(m, "event", line_after(l, "after:"), &p->n_stops_after);
	p->related_to = indexes(m, "purpose", line_after(l, "related_to:"), &p->n_related_to);
	p->observe_until = observe.n ? scene_date(observe) : DATE_NONE;
	if (line_says(l, "is:", "task"))
		m->p->task_purposes[m->p->n_task_purposes++] = (int)m->p->n_purposes - 1;
}

/* What the purposes of L use, from their own lines; *CHANGED becomes the latest of their changes. */
static struct line used_by(const struct making *m, struct line purposes, uint32_t *changed)
{
	struct line all = {.n = 0};

	for (size_t i = 0; i < purposes.n; i++) {
		size_t at = defined(m->v, STR("purpose"), purposes.words[i]);
		struct line l = line_of(m->v->lines[at]), uses = line_after(&l, "uses:");

		if (m->v->changed[at] > *changed)
			*changed = m->v->changed[at];
		for (size_t u = 0; u < uses.n; u++)
			all.words[all.n++] = uses.words[u];
	}
	return all;
}

static void make_consent(const struct making *m, const struct line *l, uint32_t changed)
{
	struct policy_consent *c = &m->p->consents[m->p->n_consents++];
	struct line purposes = line_after(l, "purposes:");
	struct str minors = line_value(l, "minors:");
	struct line items = used_by(m, purposes, &changed);
	uint64_t age = 0;

	c->id = l->words[1];
	c->number = scene_number(m->s, "consent", c->id);
	c->purposes = indexes(m, "purpose", purposes, &c->n_purposes);
	c->provision = line_value(l, "provision:");
	if (c->provision.n) {
		struct line provision = line_of(m->v->lines[defined(m->v, STR("provision"), c->provision)]);

		items = line_after(&provision, "items:");
	}
	c->items = uses_of(m, items, &c->n_items);
	if (minors.n)
		assert_true(str_to_u64(minors, 100, &age));
	c->minors_under = (int)age;
	make_wording(&c->wording, changed);
}

/* `provision`, `outsourcing`, `joint_use`. */
static void make_arrangement(const struct making *m, const struct line *l)
{
	struct policy_arrangement *a = &m->p->arrangements[m->p->n_arrangements++];
	struct line parties = line_after(l, "parties:");
	struct str basis = line_value(l, "basis:");
	char id[100];

	snprintf(id, sizeof id, "%.*s.%.*s", (int)l->words[0].n, l->words[0].p, (int)l->words[1].n, l->words[1].p);
	a->id = str_copy(&m->s->arena, str_of(id));
	a->kind = str_is(l->words[0], "provision")     ? ARRANGEMENT_PROVISION
		  : str_is(l->words[0], "outsourcing") ? ARRANGEMENT_OUTSOURCING
						       : ARRANGEMENT_JOINT_USE;
	a->basis = str_is(basis, "statute")	? PROVISION_STATUTE
		   : str_is(basis, "succession") ? PROVISION_SUCCESSION
						 : PROVISION_CONSENT;
	a->purposes = indexes(m, "purpose", line_after(l, "purposes:"), &a->n_purposes);
	a->items = uses_of(m, line_after(l, "items:"), &a->n_items);
	a->parties = take(m->s, parties.n, sizeof *a->parties);
	for (a->n_parties = 0; a->n_parties < parties.n; a->n_parties++) {
		struct str until = line_value(l, "until:");

		a->parties[a->n_parties] = (struct policy_party){
			.organization = parties.words[a->n_parties],
			.from = DATE_NONE,
			.until = until.n ? scene_date(until) : DATE_NONE,
			.abroad = line_says(l, "is:", "abroad"),
		};
	}
}

static void make_set(const struct making *m, const struct line *l)
{
	static const char *const ways[] = {"outsourcing", "statute", "succession", "joint_use"};
	struct policy_derived *d = &m->p->derived[m->p->n_derived++];
	struct line output = line_after(l, "output:");
	int item;

	d->id = l->words[1];
	d->number = scene_number(m->s, "set", d->id);
	d->pseudonymized = !line_says(l, "is:", "anonymized");
	d->from = scene_category(m->p, line_value(l, "from:"), &item);
	d->items = take(m->s, BITS_WORDS(m->p->categories[d->from].n_items), sizeof *d->items);
	for (size_t i = 0; i < output.n; i++) {
		assert_int_equal(scene_category(m->p, output.words[i], &item), d->from);
		bits_add(d->items, (size_t)item);
	}
	d->purposes = indexes(m, "purpose", line_after(l, "purposes:"), &d->n_purposes);
	d->keep = clock_from(m, line_value(l, "keep:")).length;
	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
		d->leaves_by |= line_says(l, "leaves_by:", ways[i]) ? 1u << i : 0;
}

static void make_approvals(const struct making *m, struct line approvals, struct policy_role *r)
{
	r->approvals = take(m->s, approvals.n, sizeof *r->approvals);
	r->n_approvals = approvals.n;
	for (size_t i = 0; i < approvals.n; i++) {
		struct str action = str_sub(approvals.words[i], 0, str_find(approvals.words[i], '/'));
		struct line items = {.n = 0};

		if (action.n < approvals.words[i].n)
			items.words[items.n++] = str_sub(approvals.words[i], action.n + 1, approvals.words[i].n);
		assert_true(action_parse(action, &r->approvals[i].action));
		if (items.n)
			r->approvals[i].items = uses_of(m, items, &r->approvals[i].n_items);
	}
}

static void make_role(const struct making *m, const struct line *l)
{
	struct policy_role *r = &m->p->roles[m->p->n_roles++];
	struct line may = line_after(l, "may:"), answers = line_after(l, "answers:");

	r->id = l->words[1];
	r->number = scene_number(m->s, "role", r->id);
	while (r->kind < ROLE_KINDS && !str_is(l->words[2], role_kind_name(r->kind)))
		r->kind++;
	assert_true(r->kind < ROLE_KINDS);
	r->purposes = indexes(m, "purpose", line_after(l, "purposes:"), &r->n_purposes);
	for (size_t i = 0; i < may.n; i++) {
		enum action a;

		if (!action_parse(may.words[i], &a))
			line_bad(may.words[i], "no action");
		r->may |= 1u << a;
	}
	for (size_t i = 0; i < answers.n; i++) {
		enum request_kind k;

		if (!request_kind_parse(answers.words[i], &k))
			line_bad(answers.words[i], "no kind of request");
		r->answers |= 1u << k;
	}
	r->collects = uses_of(m, line_after(l, "collects:"), &r->n_collects);
	make_approvals(m, line_after(l, "approval:"), r);
	r->organization = line_value(l, "organization:");
	r->sets = indexes(m, "set", line_after(l, "sets:"), &r->n_sets);
}

static void make_history(const struct making *m, const struct line *l)
{
	struct policy_promise *h = &m->p->history[m->p->n_history++];

	h->from = scene_date(str_sub(l->words[1], 0, 10));
	h->until = scene_date(str_sub(l->words[1], 11, 10));
	h->purposes = indexes(m, "purpose", line_after(l, "purposes:"), &h->n_purposes);
}

static void make_event(const struct making *m, const struct line *l)
{
	struct policy_event *e = &m->p->events[m->p->n_events++];

	e->id = l->words[1];
	e->number = scene_number(m->s, "event", e->id);
	e->cancelled_by = index_or_none(m, "event", line_value(l, "cancelled_by:"));
}

/* Only in the version that says it: a decision is about one change. */
static void make_longer(const struct making *m, const struct line *l)
{
	size_t dot = str_find(l->words[1], '.');
	struct policy_category *c;

	if (dot == l->words[1].n) {
		m->p->purposes[index_of(m, "purpose", l->words[1])].keeps_longer = true;
		return;
	}
	c = &m->p->categories[index_of(m, "category", str_sub(l->words[1], 0, dot))];
	for (size_t i = 0; i < c->n_items; i++)
		if (str_eq(c->items[i].id, str_sub(l->words[1], dot + 1, l->words[1].n)))
			c->items[i].keeps_longer = true;
}

static void make(const struct making *m, const struct line *l, uint32_t changed)
{
	static const struct {
		const char *kind;
		void (*make)(const struct making *, const struct line *);
	} makers[] = {{"channel", make_channel}, {"purpose", make_purpose},   {"role", make_role},
		      {"history", make_history}, {"event", make_event},	      {"provision", make_arrangement},
		      {"outsourcing", make_arrangement}, {"joint_use", make_arrangement},
		      {"at_least", make_at_least}, {"set", make_set}};

	if (str_is(l->words[0], "notice"))
		make_notice(m, l, changed);
	else if (str_is(l->words[0], "consent"))
		make_consent(m, l, changed);
	else if (str_is(l->words[0], "longer") && changed == m->p->version)
		make_longer(m, l);
	for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
		if (str_is(l->words[0], makers[i].kind))
			makers[i].make(m, l);
}

static void make_room(struct scene *s, struct policy *p, size_t n)
{
	p->categories = take(s, n, sizeof *p->categories);
	p->channels = take(s, n, sizeof *p->channels);
	p->notices = take(s, n, sizeof *p->notices);
	p->events = take(s, n, sizeof *p->events);
	p->purposes = take(s, n, sizeof *p->purposes);
	p->consents = take(s, n, sizeof *p->consents);
	p->roles = take(s, n, sizeof *p->roles);
	p->arrangements = take(s, n, sizeof *p->arrangements);
	p->derived = take(s, n, sizeof *p->derived);
	p->task_purposes = take(s, n, sizeof *p->task_purposes);
	p->history = take(s, n, sizeof *p->history);
}

static struct policy *make_policy(struct scene *s, size_t index)
{
	struct policy *p = take(s, 1, sizeof *p);
	struct making m = {s, &s->versions[index], p};

	make_room(s, p, m.v->n);
	p->version = (uint32_t)index + 1;
	p->zone = SCENE_ZONE;
	p->published = p->in_force = date_start(m.v->from, SCENE_ZONE);
	p->languages[0] = STR("ja");
	p->n_languages = 1;
	for (size_t i = 0; i < m.v->n; i++)
		if (str_starts(m.v->lines[i], STR("category ")))
			p->categories[p->n_categories++].items = take(s, m.v->n, sizeof(struct policy_item));
	/* items before what refers to them, then the rest in the order of the lines */
	for (int pass = 0; pass < 3; pass++) {
		for (size_t i = 0; i < m.v->n; i++) {
			struct line l = line_of(m.v->lines[i]);

			if (pass == 0 && str_is(l.words[0], "item"))
				make_item(&m, &l);
			else if (pass == 1 && str_is(l.words[0], "category"))
				make_category(&m, &l);
			else if (pass == 2)
				make(&m, &l, m.v->changed[i]);
		}
	}
	return p;
}

void scene_build(struct scene *s)
{
	struct error e = {.code = CODE_NONE};

	for (size_t i = 0; i < s->n_versions; i++)
		s->policies[i] = s->example ? s->example : make_policy(s, i);
	s->set = (struct policy_set){.versions = s->policies, .n = s->n_versions};
	for (size_t i = 0; i < s->n_versions; i++)
		assert_ok(gate_build(&s->set, s->policies[i], &s->gates[i], &e), &e);
}

const struct gate *scene_gate(const struct scene *s, moment t)
{
	const struct gate *gate = NULL;

	for (size_t i = 0; i < s->n_versions; i++)
		if (s->policies[i]->in_force <= t)
			gate = s->gates[i];
	if (!gate)
		fail_msg("no version is in force then");
	return gate;
}
