#include "deid/lattice.h"

#include <math.h>
#include <stdlib.h>

enum {
	FEW_CELLS = 500,
	FAR = 5, /* levels */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

void corner_drop(struct corner *c)
{
	if (c && atomic_fetch_sub(&c->users, 1) == 1) {
		free(c->share);
		free(c);
	}
}

bool beaten(const struct deid_problem *p, const struct best *best, double bound, const uint8_t *lo)
{
	if (bound > best->key + deid_metric_slack(&p->metric, best->key))
		return true;
	return bound >= best->key && levels_cmp(p, lo, best->levels) >= 0;
}

double bound_at(struct worker *w, const struct corner *above, const uint8_t *lo)
{
	const struct deid_problem *p = w->s->p;

	for (size_t a = 0; a < p->attributes; a++)
		w->share[a] = above->share[p->offset[a] + lo[a]];
	return deid_metric_key(&p->metric, w->share);
}

/* Makes K, which is held, W's source instead of the one that it has; under the lock. */
static void change_source(struct worker *w, struct kept *k)
{
	stock_drop(w->source);
	w->source = k;
}

result take_source(struct worker *w, struct deid_cells *cells, struct error *e)
{
	struct search *s = w->s;
	struct kept *k;

	pthread_mutex_lock(&s->workers.lock);
	k = stock_add(&s->stock, cells);
	if (k)
		change_source(w, k);
	pthread_mutex_unlock(&s->workers.lock);
	return k ? RESULT_OK : no_memory(e);
}

/* Cells are made when what there is has many: what comes next is coarser, too, and gains. */
result find_source(struct worker *w, const uint8_t *levels, struct error *e)
{
	struct search *s = w->s;
	const struct deid_cells *there;
	struct deid_cells *made;
	struct deid_classes classes;
	int far = 0;

	pthread_mutex_lock(&s->workers.lock);
	change_source(w, stock_find(&s->stock, levels));
	pthread_mutex_unlock(&s->workers.lock);
	there = w->source->cells;
	if (there->n < FEW_CELLS || levels_cmp(s->p, there->levels, levels) == 0)
		return RESULT_OK;
	for (size_t a = 0; a < s->p->attributes; a++)
		far += levels[a] - there->levels[a];
	if (deid_metric_by_value(&s->p->metric) && far < FAR)
		return RESULT_OK; /* the few that gain would not make up for it */
	TRY(deid_group(w->grouper, there, levels, &classes, e));
	made = deid_group_cells(w->grouper, there, levels, &classes);
	return made ? take_source(w, made, e) : no_memory(e);
}

/* As evaluated, under the lock. */
static void note_evaluation(struct worker *w, uint32_t cells)
{
	struct search *s = w->s;

	w->evaluated++;
	s->f->evaluated++;
	s->grouped += cells;
	w->best.key = s->best.key;
	memcpy(w->best.levels, s->best.levels, s->p->attributes);
}

void evaluated(struct worker *w, uint32_t cells)
{
	pthread_mutex_lock(&w->s->workers.lock);
	note_evaluation(w, cells);
	pthread_mutex_unlock(&w->s->workers.lock);
}

/* Makes LEVELS the best when OUTCOME is better, or as good and the levels smaller: so in any order the same is left. */
static void offer(struct worker *w, const uint8_t *levels, const struct deid_outcome *outcome)
{
	struct search *s = w->s;

	pthread_mutex_lock(&s->workers.lock);
	if (outcome->feasible &&
	    (outcome->key < s->best.key ||
	     (outcome->key == s->best.key && levels_cmp(s->p, levels, s->best.levels) < 0))) {
		s->best.key = outcome->key;
		memcpy(s->best.levels, levels, s->p->attributes);
		s->f->outcome = *outcome;
	}
	note_evaluation(w, w->source->cells->n);
	pthread_mutex_unlock(&s->workers.lock);
}

struct corner *corner_make(struct worker *w, const uint8_t *levels, struct error *e)
{
	const struct deid_problem *p = w->s->p;
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
	if (!ok(deid_evaluate(w->evaluator, w->source->cells, levels, &c->outcome, c->share, e))) {
		corner_drop(c);
		return NULL;
	}
	offer(w, levels, &c->outcome);
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

result measure_spread(struct search *s, struct error *e)
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

result worker_make(struct search *s, struct worker **made, struct error *e)
{
	struct deid_problem *p = s->p;
	size_t n = p->attributes + 1;
	struct worker *w = calloc(1, sizeof *w);

	*made = w;
	if (!w)
		return no_memory(e);
	w->s = s;
	w->best.key = HUGE_VAL;
	w->bound = HUGE_VAL;
	w->climber.key = HUGE_VAL;
	w->best.levels = calloc(1, n);
	w->levels = calloc(1, n);
	w->climber.levels = calloc(1, n);
	w->share = calloc(n, sizeof *w->share);
	w->grouper = deid_grouper_make(&p->pack, p->cells->n, p->aux_n);
	w->evaluator = deid_evaluator_make(p);
	if (!w->best.levels || !w->levels || !w->climber.levels || !w->share || !w->grouper || !w->evaluator)
		return no_memory(e);
	pthread_mutex_lock(&s->workers.lock);
	w->dice = s->number++;
	w->next = s->all;
	s->all = w;
	pthread_mutex_unlock(&s->workers.lock);
	return RESULT_OK;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->s->workers.lock);
	for (struct worker **at = &w->s->all; *at; at = &(*at)->next) {
		if (*at == w) {
			*at = w->next;
			break;
		}
	}
	stock_drop(w->source);
	pthread_mutex_unlock(&w->s->workers.lock);
	deid_evaluator_free(w->evaluator);
	deid_grouper_free(w->grouper);
	box_free(w->box);
	free(w->best.levels);
	free(w->levels);
	free(w->climber.levels);
	free(w->share);
	free(w);
}
