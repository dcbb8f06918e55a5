#include "deid/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deid/lattice.h"

enum {
	LARGE = 100000,	      /* transformations that are so many that boxes alone may not settle them */
	HEAD_START = 200,    /* evaluations of climbing before boxes get their half */
	LARGE_LIMIT = 60000, /* ms, for so many, when no limit is given */
	STAY = 2, /* times the least bound, up to which going on with a box is worth more than its place */
	MEMORY = 64 << 20,
	THREADS_UNASKED = 8,
	WORTH_HELP = 200000, /* cells grouped, about a millisecond, after which threads are worth their start */
	CELL_BYTES = 80,     /* of a worker's working memory */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

/* Lowers each attribute's coarsest level in B to the last that is not beaten. */
static void tighten(struct worker *w, struct box *b)
{
	const struct deid_problem *p = w->s->p;

	if (!b->above->share)
		return;
	memcpy(w->levels, b->lo, p->attributes);
	for (size_t a = 0; a < p->attributes; a++) {
		while (b->hi[a] > b->lo[a]) {
			w->levels[a] = b->hi[a];
			if (!beaten(p, &w->best, bound_at(w, b->above, w->levels), w->levels))
				break;
			b->hi[a]--;
		}
		w->levels[a] = b->lo[a];
	}
}

/* Makes B's bound anew; true when it is beaten. */
static bool bounded_out(struct worker *w, struct box *b)
{
	if (b->above->share) {
		double bound = bound_at(w, b->above, b->lo);

		if (bound > b->bound)
			b->bound = bound;
	}
	return beaten(w->s->p, &w->best, b->bound, b->lo);
}

/*
 * Evaluates B's coarsest corner as far as it is not known; *FRESH when it was not and W's
 * source is what it came from; *GONE when B needs no further look.
 */
static result settle(struct worker *w, struct box *b, bool *gone, bool *fresh, struct error *e)
{
	const struct deid_problem *p = w->s->p;

	*gone = true;
	*fresh = false;
	for (;;) {
		double between;

		if (bounded_out(w, b))
			return RESULT_OK;
		tighten(w, b);
		if (b->above->share && levels_cmp(p, b->above->levels, b->hi) == 0)
			break;
		TRY(find_source(w, b->lo, e));
		corner_drop(b->above);
		b->above = corner_make(w, b->hi, e);
		if (!b->above)
			return RESULT_FAIL;
		*fresh = true;
		if (b->above->outcome.hopeless)
			return RESULT_OK;
		between = b->above->outcome.between;
		if (b->above->share)
			continue;
		if (between > b->bound)
			b->bound = between;
		if (beaten(p, &w->best, b->bound, b->lo))
			return RESULT_OK;
		break;
	}
	*gone = levels_cmp(p, b->lo, b->hi) == 0;
	return RESULT_OK;
}

/*
 * By value: the attribute whose coarsest level raises the bound most; that level is
 * parted off, being the likeliest to be beaten.
 */
static size_t choose_by_value(struct worker *w, const struct box *b, uint8_t *cut)
{
	const struct deid_problem *p = w->s->p;
	size_t chosen = SIZE_MAX;
	double most = -1;

	memcpy(w->levels, b->lo, p->attributes);
	for (size_t a = 0; a < p->attributes; a++) {
		double gain;

		if (b->hi[a] == b->lo[a])
			continue;
		w->levels[a] = b->hi[a];
		gain = bound_at(w, b->above, w->levels);
		w->levels[a] = b->lo[a];
		if (gain > most) {
			most = gain;
			chosen = a;
			*cut = (uint8_t)(b->hi[a] - 1);
		}
	}
	return chosen;
}

/*
 * By class: the attribute whose levels part the rows most differently, between the
 * two levels where that changes most; so one half is the likeliest to be hopeless
 * and the other to be beaten.
 */
static size_t choose_by_class(const struct search *s, const struct box *b, uint8_t *cut)
{
	size_t chosen = SIZE_MAX;
	double most = -1;

	for (size_t a = 0; a < s->p->attributes; a++) {
		const double *spread = s->spread + s->p->offset[a];

		for (unsigned l = b->lo[a]; l < b->hi[a]; l++) {
			double gain = spread[b->lo[a]] - spread[b->hi[a]] + spread[l] - spread[l + 1];

			if (gain > most) {
				most = gain;
				chosen = a;
				*cut = (uint8_t)l;
			}
		}
	}
	return chosen;
}

static result push(struct search *s, struct box *b, struct error *e)
{
	bool pushed;

	pthread_mutex_lock(&s->workers.lock);
	pushed = boxes_push(&s->open, s->p, b);
	if (pushed)
		workers_more(&s->workers);
	pthread_mutex_unlock(&s->workers.lock);
	if (pushed)
		return RESULT_OK;
	box_free(b);
	return no_memory(e);
}

static result push_half(struct worker *w, const struct box *b, size_t a, uint8_t level, bool upper, struct error *e)
{
	struct box *half = box_make(w->s->p, b->lo, b->hi, b->above);

	if (!half)
		return no_memory(e);
	half->bound = b->bound;
	if (upper)
		half->lo[a] = level;
	else
		half->hi[a] = level;
	if (!bounded_out(w, half))
		return push(w->s, half, e);
	box_free(half);
	return RESULT_OK;
}

/*
 * Goes on with the coarser part of the box that was just evaluated from W's source:
 * B, its finest corner now at LEVEL in A.  Its coarsest corner's classes are known,
 * so only its cells are made.
 */
static result go_on(struct worker *w, struct box *b, bool *gone, struct error *e)
{
	const struct deid_problem *p = w->s->p;
	const struct deid_cells *source = w->source->cells;
	struct deid_outcome out = b->above->outcome;
	struct deid_classes classes;
	struct deid_cells counts, *made;

	*gone = true;
	if (bounded_out(w, b))
		return RESULT_OK;
	TRY(deid_group(w->grouper, source, b->lo, &classes, e));
	counts = deid_group_counts(w->grouper, &classes);
	deid_evaluated_from(w->evaluator, &counts, classes.first, b->hi, &out);
	evaluated(w, source->n);
	b->bound = out.between > b->bound ? out.between : b->bound;
	if (beaten(p, &w->best, b->bound, b->lo) || levels_cmp(p, b->lo, b->hi) == 0)
		return RESULT_OK;
	made = deid_group_cells(w->grouper, source, b->lo, &classes);
	if (!made)
		return no_memory(e);
	*gone = false;
	return take_source(w, made, e);
}

/* True when B, just evaluated from W's source, may be gone on with although it is no longer the box with the least bound. */
static bool may_stay(struct worker *w, const struct box *b)
{
	struct search *s = w->s;
	enum deid_metric_kind kind = s->p->metric.kind;
	bool may;

	if ((kind != DEID_AECS && kind != DEID_DISCERNABILITY) || w->source->cells->aux)
		return false;
	pthread_mutex_lock(&s->workers.lock);
	may = s->open.n == 0 || b->bound <= s->open.at[0]->bound * STAY;
	pthread_mutex_unlock(&s->workers.lock);
	return may;
}

/* Divides W's box, or drops it. */
static result step(struct worker *w, struct error *e)
{
	struct box *b = w->box;
	bool gone, fresh;
	result r = settle(w, b, &gone, &fresh, e);

	while (ok(r) && !gone) {
		uint8_t cut = 0; /* the last level of the finer part */
		size_t a = w->s->spread ? choose_by_class(w->s, b, &cut) : choose_by_value(w, b, &cut);

		TRY_OUT(r = push_half(w, b, a, cut, false, e));
		if (!fresh || !may_stay(w, b)) {
			r = push_half(w, b, a, (uint8_t)(cut + 1), true, e);
			break;
		}
		b->lo[a] = (uint8_t)(cut + 1);
		r = go_on(w, b, &gone, e);
	}
out:
	box_free(b);
	w->box = NULL;
	return r;
}

static bool is_large(const struct deid_problem *p, uint64_t alone)
{
	double transformations = 1;

	for (size_t a = 0; a < p->attributes; a++)
		transformations *= p->h[a]->levels;
	return transformations > (double)(alone ? alone : LARGE);
}

/* All transformations, as one box. */
static result push_root(struct worker *w, struct error *e)
{
	struct search *s = w->s;
	uint8_t *bottom = calloc(1, s->p->attributes + 1);
	struct box *root;

	if (s->top->outcome.hopeless) {
		free(bottom);
		return RESULT_OK;
	}
	root = bottom ? box_make(s->p, bottom, s->top->levels, s->top) : NULL;
	if (root)
		root->bound = root->above->share ? bound_at(w, root->above, bottom) : 0;
	free(bottom);
	return root ? push(s, root, e) : no_memory(e);
}

/* A worker; the first, in the calling thread, finds what all begin with. */
static result begin(void *ctx, void **worker, struct error *e)
{
	struct search *s = ctx;
	struct worker *w = NULL;
	result r = worker_make(s, &w, e);

	*worker = w;
	if (!ok(r) || s->top)
		return r;
	TRY(find_source(w, s->p->cells->levels, e));
	for (size_t a = 0; a < s->p->attributes; a++)
		w->levels[a] = (uint8_t)(s->p->h[a]->levels - 1);
	s->top = corner_make(w, w->levels, e);
	return s->top ? push_root(w, e) : RESULT_FAIL;
}

static void end(void *worker)
{
	worker_free(worker);
}

/*
 * Boxes alone settle a small lattice.  In a large one the work is shared evenly
 * with climbing: one raises the bound, the other finds better transformations.
 */
static enum workers_turn take(void *worker, unsigned busy)
{
	struct worker *w = worker;
	struct search *s = w->s;

	if (s->open.n == 0 && busy == 0)
		return TURN_NOTHING;
	if (s->large && (s->open.n == 0 || w->climbs <= w->boxes + HEAD_START))
		return TURN_ASIDE;
	if (s->open.n == 0)
		return TURN_NOTHING;
	w->box = boxes_pop(&s->open, s->p);
	w->bound = w->box->bound;
	return TURN_PART;
}

static result work(void *worker, struct error *e)
{
	struct worker *w = worker;
	uint64_t before = w->evaluated;
	result r;

	if (!w->box) {
		r = climb(w, e);
		/* where all was looked at before, boxes are of more use for a while */
		w->climbs += w->evaluated == before ? HEAD_START : w->evaluated - before + 1;
		return r;
	}
	r = step(w, e);
	w->boxes += w->evaluated - before + 1;
	pthread_mutex_lock(&w->s->workers.lock);
	w->bound = HUGE_VAL;
	pthread_mutex_unlock(&w->s->workers.lock);
	return r;
}

/* Under the lock: no key below this is still open. */
static double least_open(const struct search *s)
{
	double least = s->open.n ? s->open.at[0]->bound : s->best.key;

	for (const struct worker *w = s->all; w; w = w->next)
		least = w->bound < least ? w->bound : least;
	return least;
}

/* How many threads are to work: as asked for, else as many as there are cores and room for their working memory. */
static unsigned threads_of(const struct search *s)
{
	long most = (long)(s->stock.memory / ((size_t)s->p->cells->n * CELL_BYTES + 1)), cores;

	if (s->o->threads)
		return s->o->threads;
	cores = sysconf(_SC_NPROCESSORS_ONLN);
	most = most < THREADS_UNASKED ? most : THREADS_UNASKED;
	return (unsigned)(cores < 1 || most < 1 ? 1 : cores < most ? cores : most);
}

/* Looks at clock, stop and progress; true when the search is to come to an end. */
static bool look(void *ctx)
{
	struct search *s = ctx;
	const struct deid_search_options *o = s->o;
	int64_t ms = clock_monotonic(o->clock) - s->begun;
	struct deid_progress p;
	bool help;

	pthread_mutex_lock(&s->workers.lock);
	help = !s->helped && (o->threads || s->grouped > WORTH_HELP);
	p = (struct deid_progress){isfinite(s->best.key), deid_metric_score(&s->p->metric, s->best.key),
				   deid_metric_score(&s->p->metric, least_open(s)), ms,
				   s->time_limit ? s->time_limit - ms : -1, s->f->evaluated};
	pthread_mutex_unlock(&s->workers.lock);
	s->helped = s->helped || help;
	if (help)
		workers_help(&s->workers, threads_of(s));
	if (o->progress && ms - s->told >= 200) {
		s->told = ms;
		o->progress(o->ctx, &p);
	}
	s->f->stopped = o->stop && *o->stop;
	return s->f->stopped || (s->time_limit && ms >= s->time_limit);
}

static result conclude(struct search *s, struct error *e)
{
	struct deid_found *f = s->f;
	double bound = least_open(s);

	f->ms = clock_monotonic(s->o->clock) - s->begun;
	f->threads = s->number;
	f->optimal = s->open.n == 0 || beaten(s->p, &s->best, bound, s->open.at[0]->lo);
	if (!isfinite(s->best.key)) {
		if (f->optimal)
			return error_set(e, CODE_NO_TRANSFORMATION,
					 "no transformation meets the privacy models within the suppression limit; allow more "
					 "suppression or ask for less");
		return error_set(e, CODE_NO_TRANSFORMATION,
				 "no transformation that meets the privacy models was found in the time given");
	}
	f->score = deid_metric_score(&s->p->metric, s->best.key);
	f->bound = f->optimal ? f->score : deid_metric_score(&s->p->metric, bound);
	return RESULT_OK;
}

result deid_search(struct deid_problem *p, const struct deid_search_options *o, struct deid_found *f, struct error *e)
{
	struct search s = {.p = p, .o = o, .f = f, .best = {HUGE_VAL, NULL}, .begun = clock_monotonic(o->clock)};
	const struct workers_task task = {&s, begin, end, take, work, look};
	result r = RESULT_FAIL;

	*f = (struct deid_found){.levels = calloc(1, p->attributes + 1)};
	if (!f->levels)
		return no_memory(e);
	s.best.levels = f->levels;
	s.large = is_large(p, o->boxes_alone);
	s.time_limit = o->time_limit || !s.large ? o->time_limit : LARGE_LIMIT;
	TRY(workers_init(&s.workers, e));
	TRY_OUT(stock_make(&s.stock, p, o->memory ? o->memory : MEMORY, e));
	TRY_OUT(measure_spread(&s, e));
	TRY_OUT(workers_run(&s.workers, &task, e));
	r = conclude(&s, e);
out:
	boxes_free(&s.open);
	corner_drop(s.top);
	stock_free(&s.stock);
	deid_dict_free(&s.tried);
	free(s.spread);
	workers_free(&s.workers);
	return r;
}

void deid_found_free(struct deid_found *f)
{
	free(f->levels);
	f->levels = NULL;
}
