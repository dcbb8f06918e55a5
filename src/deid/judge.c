#include "deid/judge.h"

bool deid_judge_make(struct deid_judge *j, const struct deid_problem *p)
{
	*j = (struct deid_judge){.p = p};
	arena_init(&j->arena, 0, false);
	if (!p->histograms)
		return true;
	j->histogram = arena_array(&j->arena, p->sensitives, sizeof *j->histogram);
	j->room.sum = arena_array(&j->arena, (size_t)p->largest_sensitive * 3, sizeof *j->room.sum);
	j->room.sorted = arena_array(&j->arena, p->largest_sensitive, sizeof *j->room.sorted);
	if (!j->histogram || !j->room.sum || !j->room.sorted)
		return false;
	for (size_t s = 0; s < p->sensitives; s++) {
		j->histogram[s].count = arena_array(&j->arena, p->sensitive[s].values, sizeof *j->histogram[s].count);
		j->histogram[s].value = arena_array(&j->arena, p->sensitive[s].values, sizeof *j->histogram[s].value);
		if (!j->histogram[s].count || !j->histogram[s].value)
			return false;
	}
	return true;
}

void deid_judge_free(struct deid_judge *j)
{
	arena_free(&j->arena);
	*j = (struct deid_judge){.p = NULL};
}

static void fill_histograms(struct deid_judge *j, const struct deid_members *m)
{
	for (uint32_t k = 0; k < m->n; k++) {
		uint32_t i = m->at[k];

		if (m->cells->count[i] == 0)
			continue;
		for (size_t s = 0; s < j->p->sensitives; s++) {
			struct deid_histogram *h = &j->histogram[s];
			uint32_t leaf = j->p->sensitive[s].of_aux[m->cells->aux[i]];

			if (h->count[leaf] == 0)
				h->value[h->n++] = leaf;
			h->count[leaf] += m->cells->count[i];
		}
	}
}

static void clear_histograms(struct deid_judge *j)
{
	for (size_t s = 0; s < j->p->sensitives; s++) {
		struct deid_histogram *h = &j->histogram[s];

		for (uint32_t i = 0; i < h->n; i++)
			h->count[h->value[i]] = 0;
		h->n = 0;
	}
}

static enum deid_judged check(const struct deid_judge *j, const struct deid_class *c)
{
	const struct deid_problem *p = j->p;
	enum deid_judged found = DEID_HOLDS;

	for (size_t i = 0; i < p->models; i++) {
		const struct deid_model *m = &p->model[i];

		if (!deid_model_by_class(m) ||
		    deid_model_holds(m, c, deid_model_needs_histogram(m) ? &p->sensitive[m->sensitive] : NULL,
				     p->sensitive_rows, &j->room))
			continue;
		if (deid_model_by_record(m))
			return DEID_FAILS_FINER;
		found = DEID_FAILS;
	}
	return found;
}

enum deid_judged deid_judge_class(struct deid_judge *j, const struct deid_members *m)
{
	struct deid_class c = {m->rows, m->persons, j->histogram};
	enum deid_judged found;

	if (m->rows == 0)
		return DEID_NO_ROWS;
	if (!j->histogram)
		return check(j, &c);
	fill_histograms(j, m);
	found = check(j, &c);
	clear_histograms(j);
	return found;
}
