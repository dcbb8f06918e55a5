#include "deid/lattice.h"

#include <math.h>
#include <stdlib.h>

enum {
	KEPT_MOST = 1024,
	FEW_CELLS = 500,
	FAR = 5, /* levels */
	MEMORY = 64 << 20,
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

void corner_drop(struct corner *c)
{
	if (c && --c->users == 0) {
		free(c->share);
		free(c);
	}
}

bool beaten(const struct search *s, double bound, const uint8_t *lo)
{
	if (bound > s->best + deid_metric_slack(&s->p->metric, s->best))
		return true;
	return bound >= s->best && levels_cmp(s, lo, s->f->levels) >= 0;
}

double bound_at(struct search *s, const struct corner *above, const uint8_t *lo)
{
	for (size_t a = 0; a < s->p->attributes; a++)
		s->share[a] = above->share[s->p->offset[a] + lo[a]];
	return deid_metric_key(&s->p->metric, s->share);
}

static bool all_at_most(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] > b[i])
			return false;
	return true;
}

/* The place of the smallest kept cells that are fine enough for LEVELS. */
static size_t source_for(const struct search *s, const uint8_t *levels)
{
	size_t i = 0;

	while (i + 1 < s->kept_n && !all_at_most(s->kept[i].cells->levels, levels, s->p->attributes))
		i++;
	return i;
}

/* Gives up the kept cells that were of use longest ago; the problem's own are last and stay. */
static void forget_one(struct search *s)
{
	size_t oldest = 0;

	for (size_t i = 1; i + 1 < s->kept_n; i++)
		if (s->kept[i].used < s->kept[oldest].used)
			oldest = i;
	s->kept_bytes -= s->kept[oldest].bytes;
	free(s->kept[oldest].cells);
	s->kept_n--;
	memmove(&s->kept[oldest], &s->kept[oldest + 1], (s->kept_n - oldest) * sizeof *s->kept);
}

void keep(struct search *s, struct deid_cells *cells)
{
	size_t bytes = deid_cells_bytes(&s->p->pack, cells->n, cells->aux, cells->population), at = 0;

	while (s->kept_n > 1 && (s->kept_n == KEPT_MOST || s->kept_bytes + bytes > s->memory))
		forget_one(s);
	while (at + 1 < s->kept_n && s->kept[at].cells->n < cells->n)
		at++;
	memmove(&s->kept[at + 1], &s->kept[at], (s->kept_n - at) * sizeof *s->kept);
	s->kept[at] = (struct kept){cells, bytes, ++s->uses};
	s->kept_n++;
	s->kept_bytes += bytes;
}

/* Cells are made when what there is has many: what comes next is coarser, too, and gains. */
result cells_for(struct search *s, const uint8_t *levels, const struct deid_cells **cells, struct error *e)
{
	struct kept *source = &s->kept[source_for(s, levels)];
	struct deid_cells *made;
	struct deid_classes classes;
	int far = 0;

	source->used = ++s->uses;
	*cells = source->cells;
	if (source->cells->n < FEW_CELLS || levels_cmp(s, source->cells->levels, levels) == 0)
		return RESULT_OK;
	for (size_t a = 0; a < s->p->attributes; a++)
		far += levels[a] - source->cells->levels[a];
	if (deid_metric_by_value(&s->p->metric) && far < FAR)
		return RESULT_OK; /* the few that gain would not make up for it */
	TRY(deid_group(s->grouper, source->cells, levels, &classes, e));
	made = deid_group_cells(s->grouper, source->cells, levels, &classes);
	if (!made)
		return no_memory(e);
	*cells = made;
	keep(s, made);
	return RESULT_OK;
}

void look_at_clock(struct search *s, double bound)
{
	int64_t ms = clock_monotonic(s->o->clock) - s->begun;

	s->f->ms = ms;
	if (s->o->stop && *s->o->stop)
		s->f->stopped = true;
	if (s->time_limit && ms >= s->time_limit)
		s->out_of_time = true;
	if (s->o->progress && ms - s->told >= 200) {
		struct deid_progress p = {isfinite(s->best), deid_metric_score(&s->p->metric, s->best),
					  deid_metric_score(&s->p->metric, bound), ms,
					  s->time_limit ? s->time_limit - ms : -1, s->f->evaluated};

		s->told = ms;
		s->o->progress(s->o->ctx, &p);
	}
}

static void offer(struct search *s, const uint8_t *levels, const struct deid_outcome *outcome)
{
	if (!outcome->feasible || outcome->key > s->best ||
	    (outcome->key == s->best && levels_cmp(s, levels, s->f->levels) >= 0))
		return;
	s->best = outcome->key;
	s->f->outcome = *outcome;
	memcpy(s->f->levels, levels, s->p->attributes);
}

struct corner *corner_make(struct search *s, const struct deid_cells *cells, const uint8_t *levels, struct error *e)
{
	struct deid_problem *p = s->p;
	struct corner *c = malloc(sizeof *c + p->attributes);

	if (!c) {
		(void)no_memory(e); /* ignored: told by NULL */
		return NULL;
	}
	*c = (struct corner){.users = 1};
	memcpy(c->levels, levels, p->attributes);
	if (deid_metric_by_value(&p->metric)) {
		c->share = malloc((p->offset[p->attributes] + 1) * sizeof *c->share);
		if (!c->share) {
			corner_drop(c);
			(void)no_memory(e); /* ignored: told by NULL */
			return NULL;
		}
	}
	if (!ok(deid_evaluate(s->evaluator, cells, levels, &c->outcome, c->share, e))) {
		corner_drop(c);
		return NULL;
	}
	s->f->evaluated++;
	offer(s, levels, &c->outcome);
	return c;
}

/*
 * How far each level of the attribute at place I of CHUNK parts the rows: entropy
 * of order 1/2.  That is between the number of values, which takes rare ones for
 * as much as frequent ones, and Shannon's, which hardly sees them: what is
 * suppressed are rare combinations.
 */
static result spread_attribute(struct search *s, size_t chunk, size_t i, struct error *e)
{
	const struct deid_pack *pack = &s->p->pack;
	size_t a = pack->order[i];
	const struct deid_hierarchy *h = s->p->h[a];
	double *rows = calloc((size_t)h->leaf.n * h->levels + 1, sizeof *rows);

	if (!rows)
		return no_memory(e);
	for (uint32_t j = 0; j < s->p->cells->n; j++) {
		uint32_t leaf = deid_pack_leaf(pack, i, s->p->cells->chunk[chunk][j]);

		for (unsigned l = 0; l < h->levels; l++)
			rows[(size_t)l * h->leaf.n + h->level[l].first[leaf]] += s->p->cells->count[j];
	}
	for (unsigned l = 0; l < h->levels; l++) {
		double sum = 0;

		for (uint32_t j = 0; j < h->leaf.n; j++)
			sum += sqrt(rows[(size_t)l * h->leaf.n + j]);
		s->spread[s->p->offset[a] + l] = 2 * log2(sum);
	}
	free(rows);
	return RESULT_OK;
}

static result measure_spread(struct search *s, struct error *e)
{
	const struct deid_pack *pack = &s->p->pack;

	if (deid_metric_by_value(&s->p->metric))
		return RESULT_OK;
	s->spread = calloc(s->p->offset[s->p->attributes] + 1, sizeof *s->spread);
	if (!s->spread)
		return no_memory(e);
	for (size_t c = 0; c < pack->chunks; c++)
		for (size_t i = pack->chunk[c].from; i < pack->chunk[c].from + pack->chunk[c].n; i++)
			TRY(spread_attribute(s, c, i, e));
	return RESULT_OK;
}

result search_begin(struct search *s, struct error *e)
{
	struct deid_problem *p = s->p;
	size_t n = p->attributes + 1;

	s->f->levels = calloc(1, n);
	s->levels = calloc(1, n);
	s->share = calloc(n, sizeof *s->share);
	s->kept = calloc(KEPT_MOST + 1, sizeof *s->kept);
	s->grouper = deid_grouper_make(&p->pack, p->cells->n, p->aux_n);
	s->evaluator = deid_evaluator_make(p);
	s->memory = s->o->memory ? s->o->memory : MEMORY;
	if (!s->f->levels || !s->levels || !s->share || !s->kept || !s->grouper || !s->evaluator)
		return no_memory(e);
	s->kept[s->kept_n++].cells = p->cells;
	TRY(measure_spread(s, e));
	for (size_t a = 0; a < p->attributes; a++)
		s->levels[a] = (uint8_t)(p->h[a]->levels - 1);
	s->top = corner_make(s, p->cells, s->levels, e);
	return s->top ? RESULT_OK : RESULT_FAIL;
}

void search_end(struct search *s)
{
	for (size_t i = 0; i + 1 < s->kept_n; i++)
		free(s->kept[i].cells);
	free(s->kept);
	free(s->levels);
	free(s->share);
	free(s->spread);
	corner_drop(s->top);
	deid_grouper_free(s->grouper);
	deid_evaluator_free(s->evaluator);
	deid_dict_free(&s->tried);
	free(s->climber.levels);
}
