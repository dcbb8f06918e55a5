#include "vault/state.h"

#include <string.h>

#include "vault/codec.h"

enum {
	STATE_FORMAT = 1,
	FLAG_PROVISION_STOPPED = 1,
	FLAG_OBJECTS_TO_ALL = 2,
	FLAGS = 3,
	CONSENT_WITHDRAWN = 1,
	CONSENT_BY_GUARDIAN = 2,
	CONSENT_FLAGS = 3,
};

static void write_numbers(struct writer *w, const uint32_t *numbers, size_t n)
{
	write_number(w, n);
	for (size_t i = 0; i < n; i++)
		write_number(w, numbers[i]);
}

static void write_signed(struct writer *w, int32_t n)
{
	uint32_t u = (uint32_t)n;

	write_number(w, u << 1 ^ (u >> 31 ? UINT32_MAX : 0));
}

static bool write_acquired(struct writer *w, const struct person_value *v, size_t n_acquisitions)
{
	if (v->n_acquired > PERSON_ACQUISITIONS)
		return false;
	write_number(w, v->n_acquired);
	for (size_t i = 0; i < v->n_acquired; i++) {
		if (v->acquired[i] >= n_acquisitions || (i && v->acquired[i] <= v->acquired[i - 1]))
			return false;
		write_number(w, v->acquired[i]);
	}
	return true;
}

/* Appends the values of category number C of S from *NEXT on, and moves *NEXT behind them. */
static bool write_values(struct writer *w, const struct person_state *s, uint32_t category, size_t *next)
{
	size_t n = 0;
	uint32_t before = 0;

	while (*next + n < s->n_values && s->values[*next + n].category == category)
		n++;
	write_number(w, n);
	for (const struct person_value *v = s->values + *next; n > 0; n--, v++, ++*next) {
		if (v->item <= before)
			return false;
		write_number(w, v->item - before);
		write_number(w, v->version);
		if (!write_acquired(w, v, s->n_acquisitions))
			return false;
		before = v->item;
	}
	return true;
}

static bool write_categories(struct writer *w, const struct person_state *s, const uint32_t *versions)
{
	size_t next = 0;

	write_number(w, s->n_categories);
	for (size_t i = 0; i < s->n_categories; i++) {
		if (i && s->categories[i] <= s->categories[i - 1])
			return false;
		write_number(w, s->categories[i]);
		write_number(w, versions[i]);
		if (!write_values(w, s, s->categories[i], &next))
			return false;
	}
	return next == s->n_values;
}

static void write_acquisitions(struct writer *w, const struct person_state *s)
{
	write_number(w, s->n_acquisitions);
	for (size_t i = 0; i < s->n_acquisitions; i++) {
		const struct person_acquisition *a = &s->acquisitions[i];

		write_number(w, a->channel);
		write_number(w, a->notice);
		write_number(w, a->notice_version);
		write_number(w, a->policy_version);
		write_time(w, a->at);
	}
}

static void write_consents(struct writer *w, const struct person_state *s)
{
	write_number(w, s->n_consents);
	for (size_t i = 0; i < s->n_consents; i++) {
		const struct person_consent *c = &s->consents[i];
		bool withdrawn = c->withdrawn != MOMENT_NONE;

		write_number(w, c->consent);
		write_number(w, c->version);
		write_number(w, (withdrawn ? CONSENT_WITHDRAWN : 0u) | (c->by_guardian ? CONSENT_BY_GUARDIAN : 0u));
		write_time(w, c->given);
		if (withdrawn)
			write_time(w, c->withdrawn);
	}
}

static void write_marks(struct writer *w, const struct person_state *s)
{
	write_number(w, s->n_suspensions);
	for (size_t i = 0; i < s->n_suspensions; i++) {
		write_number(w, s->suspensions[i].until_erased);
		write_numbers(w, s->suspensions[i].purposes, s->suspensions[i].n_purposes);
		write_numbers(w, s->suspensions[i].items, s->suspensions[i].n_items);
	}
	write_number(w, s->n_objections);
	for (size_t i = 0; i < s->n_objections; i++) {
		const struct person_objection *o = &s->objections[i];

		write_number(w, o->purpose);
		write_number(w, o->n_means);
		for (size_t k = 0; k < o->n_means; k++) {
			write_number(w, strlen(o->means[k]));
			buf_text(w->out, o->means[k]);
		}
	}
	write_number(w, s->n_events);
	for (size_t i = 0; i < s->n_events; i++) {
		write_number(w, s->events[i].event);
		write_signed(w, s->events[i].on);
		write_number(w, s->events[i].order);
	}
	write_number(w, s->n_holds);
	for (size_t i = 0; i < s->n_holds; i++) {
		write_number(w, s->holds[i].id);
		write_signed(w, s->holds[i].until);
	}
	write_numbers(w, s->stopped, s->n_stopped);
}

bool state_encode(const struct person_state *s, const uint32_t *versions, struct buf *out)
{
	struct writer w = {.out = out};

	buf_byte(out, STATE_FORMAT);
	write_number(&w, (s->provision_stopped ? FLAG_PROVISION_STOPPED : 0u) |
				 (s->objects_to_all ? FLAG_OBJECTS_TO_ALL : 0u));
	write_acquisitions(&w, s);
	if (!write_categories(&w, s, versions))
		return false;
	write_consents(&w, s);
	write_marks(&w, s);
	return true;
}

/* What decoding needs: the bytes, and where the arrays go.  Out of memory is bad, too. */
struct decoder {
	struct reader r;
	struct arena *arena;
};

/* COUNT objects of SIZE bytes of D's arena; NULL and bad when there is no memory. */
static void *take(struct decoder *d, size_t count, size_t size)
{
	void *p = d->r.bad ? NULL : arena_array(d->arena, count, size);

	if (!p)
		d->r.bad = true;
	return p;
}

static const uint32_t *read_numbers(struct decoder *d, size_t *n)
{
	size_t count = read_count(&d->r, 1);
	uint32_t *numbers = take(d, count, sizeof *numbers);

	for (size_t i = 0; numbers && i < count; i++)
		numbers[i] = read_u32(&d->r);
	*n = count;
	return numbers;
}

static int32_t read_signed(struct reader *r)
{
	uint32_t n = read_u32(r);

	return (int32_t)(n >> 1 ^ (n & 1 ? UINT32_MAX : 0));
}

static void read_acquisitions(struct decoder *d, struct person_state *s)
{
	size_t n = read_count(&d->r, 5);
	struct person_acquisition *list = take(d, n, sizeof *list);

	for (size_t i = 0; list && i < n; i++) {
		list[i].channel = read_u32(&d->r);
		list[i].notice = read_u32(&d->r);
		list[i].notice_version = read_u32(&d->r);
		list[i].policy_version = read_u32(&d->r);
		list[i].at = read_time(&d->r);
	}
	s->acquisitions = list;
	s->n_acquisitions = n;
}

static void read_acquired(struct decoder *d, struct person_value *v, size_t n_acquisitions)
{
	size_t n = (size_t)read_number(&d->r, PERSON_ACQUISITIONS);
	uint16_t *positions = take(d, n, sizeof *positions);

	for (size_t i = 0; positions && i < n; i++) {
		positions[i] = (uint16_t)read_number(&d->r, UINT16_MAX);
		if (positions[i] >= n_acquisitions || (i && positions[i] <= positions[i - 1]))
			d->r.bad = true;
	}
	v->acquired = positions;
	v->n_acquired = n;
}

/* A number above BEFORE by what is read, for lists that ascend; 0 and bad when it is not. */
static uint32_t read_ascending(struct reader *r, uint32_t before)
{
	uint32_t step = read_u32(r);

	if (step == 0 || step > UINT32_MAX - before) {
		r->bad = true;
		return 0;
	}
	return before + step;
}

/* Reads one category's values behind those that are in VALUES (room for ROOM) and counts them into S. */
static void read_values(struct decoder *d, struct person_state *s, struct person_value *values, size_t room,
			uint32_t category)
{
	size_t n = read_count(&d->r, 3);
	uint32_t item = 0;

	if (n > room - s->n_values)
		d->r.bad = true;
	for (size_t i = 0; !d->r.bad && i < n; i++) {
		struct person_value *v = &values[s->n_values++];

		item = read_ascending(&d->r, item);
		v->category = category;
		v->item = item;
		v->version = read_u32(&d->r);
		read_acquired(d, v, s->n_acquisitions);
	}
}

static void read_categories(struct decoder *d, struct person_state *s, const uint32_t **versions)
{
	size_t n = read_count(&d->r, 3), room = d->r.rest.n / 3;
	uint32_t *categories = take(d, n, sizeof *categories);
	uint32_t *numbers = take(d, n, sizeof *numbers);
	struct person_value *values = take(d, room, sizeof *values);

	for (size_t i = 0; !d->r.bad && i < n; i++) {
		categories[i] = read_u32(&d->r);
		numbers[i] = read_u32(&d->r);
		if (i && categories[i] <= categories[i - 1])
			d->r.bad = true;
		read_values(d, s, values, room, categories[i]);
	}
	s->categories = categories;
	s->n_categories = n;
	s->values = values;
	*versions = numbers;
}

static void read_consents(struct decoder *d, struct person_state *s)
{
	size_t n = read_count(&d->r, 4);
	struct person_consent *list = take(d, n, sizeof *list);

	for (size_t i = 0; list && i < n; i++) {
		uint64_t flags;

		list[i].consent = read_u32(&d->r);
		list[i].version = read_u32(&d->r);
		flags = read_number(&d->r, CONSENT_FLAGS);
		list[i].given = read_time(&d->r);
		list[i].withdrawn = flags & CONSENT_WITHDRAWN ? read_time(&d->r) : MOMENT_NONE;
		list[i].by_guardian = flags & CONSENT_BY_GUARDIAN;
	}
	s->consents = list;
	s->n_consents = n;
}

static void read_suspensions(struct decoder *d, struct person_state *s)
{
	size_t n = read_count(&d->r, 3);
	struct person_suspension *list = take(d, n, sizeof *list);

	for (size_t i = 0; list && i < n; i++) {
		list[i].until_erased = read_number(&d->r, 1);
		list[i].purposes = read_numbers(d, &list[i].n_purposes);
		list[i].items = read_numbers(d, &list[i].n_items);
	}
	s->suspensions = list;
	s->n_suspensions = n;
}

static void read_objections(struct decoder *d, struct person_state *s)
{
	size_t n = read_count(&d->r, 2);
	struct person_objection *list = take(d, n, sizeof *list);

	for (size_t i = 0; list && !d->r.bad && i < n; i++) {
		const char **means;

		list[i].purpose = read_u32(&d->r);
		list[i].n_means = read_count(&d->r, 1);
		means = take(d, list[i].n_means, sizeof *means);
		for (size_t k = 0; means && k < list[i].n_means; k++) {
			struct str text = read_bytes(&d->r, read_count(&d->r, 1));

			means[k] = d->r.bad ? NULL : arena_copy(d->arena, text.p, text.n);
			if (!means[k])
				d->r.bad = true;
		}
		list[i].means = means;
	}
	s->objections = list;
	s->n_objections = n;
}

static void read_events_and_holds(struct decoder *d, struct person_state *s)
{
	struct person_event *events;
	struct person_hold *holds;

	s->n_events = read_count(&d->r, 3);
	events = take(d, s->n_events, sizeof *events);
	for (size_t i = 0; events && i < s->n_events; i++) {
		events[i].event = read_u32(&d->r);
		events[i].on = read_signed(&d->r);
		events[i].order = read_u32(&d->r);
	}
	s->events = events;
	s->n_holds = read_count(&d->r, 2);
	holds = take(d, s->n_holds, sizeof *holds);
	for (size_t i = 0; holds && i < s->n_holds; i++) {
		holds[i].id = read_u32(&d->r);
		holds[i].until = read_signed(&d->r);
	}
	s->holds = holds;
}

bool state_decode(struct str bytes, struct arena *a, struct person_state *s, const uint32_t **versions)
{
	struct decoder d = {.r = {.rest = bytes}, .arena = a};
	uint64_t flags;

	*s = (struct person_state){0};
	if (read_number(&d.r, UINT32_MAX) != STATE_FORMAT)
		return false;
	flags = read_number(&d.r, FLAGS);
	read_acquisitions(&d, s);
	read_categories(&d, s, versions);
	read_consents(&d, s);
	read_suspensions(&d, s);
	read_objections(&d, s);
	read_events_and_holds(&d, s);
	s->stopped = read_numbers(&d, &s->n_stopped);
	s->provision_stopped = flags & FLAG_PROVISION_STOPPED;
	s->objects_to_all = flags & FLAG_OBJECTS_TO_ALL;
	s->exists = true;
	return !d.r.bad && d.r.rest.n == 0;
}
