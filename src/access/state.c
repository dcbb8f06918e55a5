#include "access/state.h"

#include <string.h>

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a person's state");
}

/* A copy in A of the N elements of SIZE bytes at FROM with room for one more behind them, or NULL. */
static void *grown(struct arena *a, const void *from, size_t n, size_t size)
{
	char *to = arena_array(a, n + 1, size);

	if (to && n)
		memcpy(to, from, n * size);
	return to;
}

/* Takes element I out of the N elements of SIZE bytes at LIST, a copy of one's own. */
static void cut(void *list, size_t *n, size_t size, size_t i)
{
	char *at = (char *)list + i * size;

	memmove(at, at + size, (*n - i - 1) * size);
	(*n)--;
}

static bool numbers_equal(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

result state_add_category(struct arena *a, struct person_state *s, uint32_t category, struct error *e)
{
	uint32_t *list;

	for (size_t i = 0; i < s->n_categories; i++)
		if (s->categories[i] == category)
			return RESULT_OK;
	list = grown(a, s->categories, s->n_categories, sizeof *list);
	if (!list)
		return no_memory(e);
	list[s->n_categories] = category;
	s->categories = list;
	s->n_categories++;
	return RESULT_OK;
}

result state_remove_category(struct arena *a, struct person_state *s, uint32_t category, struct error *e)
{
	uint32_t *categories = grown(a, s->categories, s->n_categories, sizeof *categories);
	struct person_value *values = grown(a, s->values, s->n_values, sizeof *values);
	size_t n = 0;

	if (!categories || !values)
		return no_memory(e);
	for (size_t i = 0; i < s->n_categories; i++)
		if (s->categories[i] != category)
			categories[n++] = s->categories[i];
	s->categories = categories;
	s->n_categories = n;
	n = 0;
	for (size_t i = 0; i < s->n_values; i++)
		if (s->values[i].category != category)
			values[n++] = s->values[i];
	s->values = values;
	s->n_values = n;
	return state_compact(a, s, e);
}

result state_acquire(struct arena *a, struct person_state *s, const struct person_acquisition *acquisition,
		     uint16_t *position, struct error *e)
{
	struct person_acquisition *list;

	if (s->n_acquisitions >= UINT16_MAX)
		return error_set(e, CODE_CONFLICT, "this person has too many acquisitions");
	list = grown(a, s->acquisitions, s->n_acquisitions, sizeof *list);
	if (!list)
		return no_memory(e);
	list[s->n_acquisitions] = *acquisition;
	*position = (uint16_t)s->n_acquisitions;
	s->acquisitions = list;
	s->n_acquisitions++;
	return RESULT_OK;
}

/* Where (CATEGORY, ITEM) stands in the values of S, or where it would; *FOUND tells which. */
static size_t value_place(const struct person_state *s, uint32_t category, uint32_t item, bool *found)
{
	size_t i = 0;

	while (i < s->n_values && (s->values[i].category < category ||
				   (s->values[i].category == category && s->values[i].item < item)))
		i++;
	*found = i < s->n_values && s->values[i].category == category && s->values[i].item == item;
	return i;
}

static bool same_meaning(const struct person_acquisition *a, const struct person_acquisition *b)
{
	return a->channel == b->channel && a->notice == b->notice && a->notice_version == b->notice_version &&
	       a->policy_version == b->policy_version;
}

/* Whether the earlier acquisition OLD says nothing that the later NEW does not (T2). */
static bool is_merged(const struct person_acquisition *old, const struct person_acquisition *new_)
{
	return same_meaning(old, new_) && old->at <= new_->at;
}

/* The positions of V with POSITION added, the oldest dropped when there would be too many. */
static result bind_also(struct arena *a, const struct person_state *s, struct person_value *v, uint16_t position,
			struct error *e)
{
	uint16_t *list = arena_array(a, v->n_acquired + 1, sizeof *list);
	size_t n = 0;

	if (!list)
		return no_memory(e);
	for (size_t i = 0; i < v->n_acquired; i++)
		if (!is_merged(&s->acquisitions[v->acquired[i]], &s->acquisitions[position]))
			list[n++] = v->acquired[i];
	if (n == PERSON_ACQUISITIONS)
		return error_set(e, CODE_CONFLICT, "this value was acquired in too many ways");
	list[n++] = position; /* the newest position is the highest, so the list stays ascending */
	v->acquired = list;
	v->n_acquired = n;
	return RESULT_OK;
}

result state_put_value(struct arena *a, struct person_state *s, const struct state_value *v, struct error *e)
{
	struct person_value *list = grown(a, s->values, s->n_values, sizeof *list);
	struct person_value one;
	bool found;
	size_t i = value_place(s, v->category, v->item, &found);

	if (!list)
		return no_memory(e);
	one = found ? list[i] : (struct person_value){.category = v->category, .item = v->item};
	if (v->version)
		one.version = v->version;
	if (v->replace)
		one.n_acquired = 0;
	TRY(bind_also(a, s, &one, v->position, e));
	if (!found) {
		memmove(list + i + 1, list + i, (s->n_values - i) * sizeof *list);
		s->n_values++;
	}
	list[i] = one;
	s->values = list;
	return RESULT_OK;
}

result state_set_version(struct arena *a, struct person_state *s, uint32_t category, uint32_t item, uint32_t version,
			 struct error *e)
{
	struct person_value *list = grown(a, s->values, s->n_values, sizeof *list);
	bool found;
	size_t i = value_place(s, category, item, &found);

	if (!list)
		return no_memory(e);
	if (found)
		list[i].version = version;
	s->values = list;
	return RESULT_OK;
}

result state_remove_value(struct arena *a, struct person_state *s, uint32_t category, uint32_t item, struct error *e)
{
	struct person_value *list = grown(a, s->values, s->n_values, sizeof *list);
	bool found;
	size_t i = value_place(s, category, item, &found);

	if (!list)
		return no_memory(e);
	if (found)
		cut(list, &s->n_values, sizeof *list, i);
	s->values = list;
	return RESULT_OK;
}

result state_compact(struct arena *a, struct person_state *s, struct error *e)
{
	struct person_acquisition *acquisitions = arena_array(a, s->n_acquisitions + 1, sizeof *acquisitions);
	struct person_value *values = grown(a, s->values, s->n_values, sizeof *values);
	uint16_t *moved = arena_array(a, s->n_acquisitions + 1, sizeof *moved);
	bool *used = arena_array(a, s->n_acquisitions + 1, sizeof *used);
	size_t n = 0;

	if (!acquisitions || !values || !moved || !used)
		return no_memory(e);
	for (size_t i = 0; i < s->n_values; i++)
		for (size_t k = 0; k < values[i].n_acquired; k++)
			used[values[i].acquired[k]] = true;
	for (size_t i = 0; i < s->n_acquisitions; i++) {
		if (!used[i])
			continue;
		moved[i] = (uint16_t)n;
		acquisitions[n++] = s->acquisitions[i];
	}
	if (n == s->n_acquisitions)
		return RESULT_OK;
	for (size_t i = 0; i < s->n_values; i++) {
		uint16_t *list = arena_array(a, values[i].n_acquired, sizeof *list);

		if (!list)
			return no_memory(e);
		for (size_t k = 0; k < values[i].n_acquired; k++)
			list[k] = moved[values[i].acquired[k]];
		values[i].acquired = list;
	}
	s->values = values;
	s->acquisitions = acquisitions;
	s->n_acquisitions = n;
	return RESULT_OK;
}

result state_put_consent(struct arena *a, struct person_state *s, const struct person_consent *c, struct error *e)
{
	struct person_consent *list = grown(a, s->consents, s->n_consents, sizeof *list);
	size_t i = 0;

	if (!list)
		return no_memory(e);
	while (i < s->n_consents && list[i].consent != c->consent)
		i++;
	if (i == s->n_consents)
		s->n_consents++;
	list[i] = *c;
	s->consents = list;
	return RESULT_OK;
}

result state_put_event(struct arena *a, struct person_state *s, uint32_t event, date on, struct error *e)
{
	struct person_event *list = grown(a, s->events, s->n_events, sizeof *list);
	uint32_t order = 0;
	size_t i = 0;

	if (!list)
		return no_memory(e);
	for (size_t k = 0; k < s->n_events; k++)
		if (list[k].order > order)
			order = list[k].order;
	while (i < s->n_events && list[i].event != event)
		i++;
	if (i == s->n_events)
		s->n_events++;
	list[i] = (struct person_event){event, on, order + 1};
	s->events = list;
	return RESULT_OK;
}

result state_remove_event(struct arena *a, struct person_state *s, uint32_t event, bool *found, struct error *e)
{
	struct person_event *list = grown(a, s->events, s->n_events, sizeof *list);

	*found = false;
	if (!list)
		return no_memory(e);
	for (size_t i = 0; i < s->n_events && !*found; i++) {
		if (list[i].event != event)
			continue;
		cut(list, &s->n_events, sizeof *list, i);
		*found = true;
	}
	s->events = list;
	return RESULT_OK;
}

static bool suspension_equal(const struct person_suspension *a, const struct person_suspension *b)
{
	return a->until_erased == b->until_erased &&
	       numbers_equal(a->purposes, a->n_purposes, b->purposes, b->n_purposes) &&
	       numbers_equal(a->items, a->n_items, b->items, b->n_items);
}

result state_suspend(struct arena *a, struct person_state *s, const struct person_suspension *x, struct error *e)
{
	struct person_suspension *list = grown(a, s->suspensions, s->n_suspensions, sizeof *list);

	if (!list)
		return no_memory(e);
	for (size_t i = 0; i < s->n_suspensions; i++)
		if (suspension_equal(&list[i], x))
			return RESULT_OK;
	list[s->n_suspensions] = *x;
	s->suspensions = list;
	s->n_suspensions++;
	return RESULT_OK;
}

result state_resume(struct arena *a, struct person_state *s, const struct person_suspension *x, struct error *e)
{
	struct person_suspension *list = grown(a, s->suspensions, s->n_suspensions, sizeof *list);
	bool all = x->n_purposes == 0 && x->n_items == 0;
	size_t i = 0;

	if (!list)
		return no_memory(e);
	while (i < s->n_suspensions) {
		if (!list[i].until_erased && (all || suspension_equal(&list[i], x)))
			cut(list, &s->n_suspensions, sizeof *list, i);
		else
			i++;
	}
	s->suspensions = list;
	return RESULT_OK;
}

static bool means_equal(const struct person_objection *a, const struct person_objection *b)
{
	if (a->n_means != b->n_means)
		return false;
	for (size_t i = 0; i < a->n_means; i++)
		if (strcmp(a->means[i], b->means[i]) != 0)
			return false;
	return true;
}

result state_object(struct arena *a, struct person_state *s, const struct person_objection *x, bool on, struct error *e)
{
	struct person_objection *list = grown(a, s->objections, s->n_objections, sizeof *list);
	size_t i = 0;

	if (!list)
		return no_memory(e);
	/* lifting an objection by no means in particular lifts all to that purpose */
	while (i < s->n_objections) {
		if (list[i].purpose == x->purpose && ((!on && x->n_means == 0) || means_equal(&list[i], x)))
			cut(list, &s->n_objections, sizeof *list, i);
		else
			i++;
	}
	if (on)
		list[s->n_objections++] = *x;
	s->objections = list;
	return RESULT_OK;
}

result state_stop_provision(struct arena *a, struct person_state *s, uint32_t arrangement, bool on, struct error *e)
{
	uint32_t *list = grown(a, s->stopped, s->n_stopped, sizeof *list);

	if (!list)
		return no_memory(e);
	if (!arrangement) {
		s->provision_stopped = on;
		s->n_stopped = 0;
		return RESULT_OK;
	}
	for (size_t i = 0; i < s->n_stopped; i++) {
		if (list[i] != arrangement)
			continue;
		cut(list, &s->n_stopped, sizeof *list, i);
		break;
	}
	if (on)
		list[s->n_stopped++] = arrangement;
	s->stopped = list;
	return RESULT_OK;
}

result state_hold(struct arena *a, struct person_state *s, date until, uint32_t *id, struct error *e)
{
	struct person_hold *list = grown(a, s->holds, s->n_holds, sizeof *list);

	*id = 1;
	if (!list)
		return no_memory(e);
	for (size_t i = 0; i < s->n_holds; i++)
		if (list[i].id >= *id)
			*id = list[i].id + 1;
	list[s->n_holds++] = (struct person_hold){*id, until};
	s->holds = list;
	return RESULT_OK;
}

result state_release(struct arena *a, struct person_state *s, uint32_t id, bool *found, struct error *e)
{
	struct person_hold *list = grown(a, s->holds, s->n_holds, sizeof *list);
	size_t i = 0;

	*found = false;
	if (!list)
		return no_memory(e);
	while (i < s->n_holds) {
		if (id && list[i].id != id) {
			i++;
			continue;
		}
		cut(list, &s->n_holds, sizeof *list, i);
		*found = true;
	}
	s->holds = list;
	return RESULT_OK;
}
