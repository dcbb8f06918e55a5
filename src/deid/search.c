#include "deid/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deid/lattice.h"

enum {
	LARGE = 100000,	      /* transformations that are so many that boxes alone may not settle them */
	HEAD_START = 200,    /* evaluations of climbing before boxes get their half */
	LARGE_LIMIT = 60000, /* ms, for so many, when no limit is given */
	STAY = 2, /* times the least bound, up to which going on with a box is worth more than its place */
};

struct box {
	double bound;
	uint8_t *hi;	      /* in the same allocation */
	struct corner *above; /* at hi or coarser */
	uint8_t lo[];
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

static void box_free(struct box *b)
{
	if (!b)
		return;
	corner_drop(b->above);
	free(b);
}

static struct box *box_make(const struct search *s, const uint8_t *lo, const uint8_t *hi, struct corner *above)
{
	size_t n = s->p->attributes;
	struct box *b = malloc(sizeof *b + 2 * n);

	if (!b)
		return NULL;
	*b = (struct box){.above = above};
	b->hi = b->lo + n;
	memcpy(b->lo, lo, n);
	memcpy(b->hi, hi, n);
	above->users++;
	return b;
}

/* Less bound first; of the same, the one that is further along, then the smaller levels. */
static bool box_before(const struct search *s, const struct box *a, const struct box *b)
{
	if (a->bound != b->bound)
		return a->bound < b->bound;
	return levels_cmp(s, a->lo, b->lo) < 0;
}

static bool heap_push(struct search *s, struct box *b)
{
	size_t i = s->n;

	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		struct box **p = realloc(s->heap, cap * sizeof(*p));

		if (!p)
			return false;
		s->heap = p;
		s->cap = cap;
	}
	s->n++;
	for (; i && box_before(s, b, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = b;
	return true;
}

static struct box *heap_pop(struct search *s)
{
	struct box *top = s->heap[0], *last = s->heap[--s->n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < s->n && box_before(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (child >= s->n || !box_before(s, s->heap[child], last))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = last;
	return top;
}

/* Lowers each attribute's coarsest level in B to the last that is not beaten; true when some was. */
static bool tighten(struct search *s, struct box *b)
{
	bool tightened = false;

	if (!b->above->share)
		return false;
	memcpy(s->levels, b->lo, s->p->attributes);
	for (size_t a = 0; a < s->p->attributes; a++) {
		while (b->hi[a] > b->lo[a]) {
			s->levels[a] = b->hi[a];
			if (!beaten(s, bound_at(s, b->above, s->levels), s->levels))
				break;
			b->hi[a]--;
			tightened = true;
		}
		s->levels[a] = b->lo[a];
	}
	return tightened;
}

/* Makes B's bound anew; true when it is beaten. */
static bool bounded_out(struct search *s, struct box *b)
{
	if (b->above->share) {
		double bound = bound_at(s, b->above, b->lo);

		if (bound > b->bound)
			b->bound = bound;
	}
	return beaten(s, b->bound, b->lo);
}

/*
 * Evaluates B's coarsest corner as far as it is not known, from *CELLS, which are
 * NULL when it was known; *GONE when B needs no further look.
 */
static result settle(struct search *s, struct box *b, bool *gone, const struct deid_cells **cells, struct error *e)
{
	*gone = true;
	*cells = NULL;
	for (;;) {
		double between;

		if (bounded_out(s, b))
			return RESULT_OK;
		tighten(s, b);
		if (b->above->share && levels_cmp(s, b->above->levels, b->hi) == 0)
			break;
		TRY(cells_for(s, b->lo, cells, e));
		corner_drop(b->above);
		b->above = corner_make(s, *cells, b->hi, e);
		if (!b->above)
			return RESULT_FAIL;
		if (b->above->outcome.hopeless)
			return RESULT_OK;
		between = b->above->outcome.between;
		if (b->above->share)
			continue;
		if (between > b->bound)
			b->bound = between;
		if (beaten(s, b->bound, b->lo))
			return RESULT_OK;
		break;
	}
	*gone = levels_cmp(s, b->lo, b->hi) == 0;
	return RESULT_OK;
}

/*
 * By value: the attribute whose coarsest level raises the bound most; that level is
 * parted off, being the likeliest to be beaten.
 */
static size_t choose_by_value(struct search *s, const struct box *b, uint8_t *cut)
{
	size_t chosen = SIZE_MAX;
	double most = -1;

	memcpy(s->levels, b->lo, s->p->attributes);
	for (size_t a = 0; a < s->p->attributes; a++) {
		double gain;

		if (b->hi[a] == b->lo[a])
			continue;
		s->levels[a] = b->hi[a];
		gain = bound_at(s, b->above, s->levels);
		s->levels[a] = b->lo[a];
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

static result push_half(struct search *s, const struct box *b, size_t a, uint8_t level, bool upper, struct error *e)
{
	struct box *half = box_make(s, b->lo, b->hi, b->above);

	if (!half)
		return no_memory(e);
	half->bound = b->bound;
	if (upper)
		half->lo[a] = level;
	else
		half->hi[a] = level;
	if (bounded_out(s, half)) {
		box_free(half);
		return RESULT_OK;
	}
	if (!heap_push(s, half)) {
		box_free(half);
		return no_memory(e);
	}
	return RESULT_OK;
}

/*
 * Goes on with the coarser part of the box that was just evaluated from *CELLS: B,
 * its finest corner now at LEVEL in A.  Its coarsest corner's classes are known, so
 * only its cells are made, into *CELLS.
 */
static result go_on(struct search *s, struct box *b, const struct deid_cells **cells, bool *gone, struct error *e)
{
	struct deid_outcome out = b->above->outcome;
	struct deid_classes classes;
	struct deid_cells counts, *made;

	*gone = true;
	if (bounded_out(s, b))
		return RESULT_OK;
	TRY(deid_group(s->grouper, *cells, b->lo, &classes, e));
	counts = deid_group_counts(s->grouper, &classes);
	deid_evaluated_from(s->evaluator, &counts, classes.first, b->hi, &out);
	s->f->evaluated++;
	b->bound = out.between > b->bound ? out.between : b->bound;
	if (beaten(s, b->bound, b->lo) || levels_cmp(s, b->lo, b->hi) == 0)
		return RESULT_OK;
	made = deid_group_cells(s->grouper, *cells, b->lo, &classes);
	if (!made)
		return no_memory(e);
	keep(s, made);
	*cells = made;
	*gone = false;
	return RESULT_OK;
}

/* True when B, just evaluated from CELLS, may be gone on with although it is no longer the box with the least bound. */
static bool may_stay(const struct search *s, const struct box *b, const struct deid_cells *cells)
{
	enum deid_metric_kind kind = s->p->metric.kind;

	return (kind == DEID_AECS || kind == DEID_DISCERNABILITY) && cells && !cells->aux &&
	       (s->n == 0 || b->bound <= s->heap[0]->bound * STAY);
}

/* Divides the box with the least bound, or drops it. */
static result step(struct search *s, struct error *e)
{
	struct box *b = heap_pop(s);
	const struct deid_cells *cells;
	bool gone;
	result r = settle(s, b, &gone, &cells, e);

	while (ok(r) && !gone) {
		uint8_t cut = 0; /* the last level of the finer part */
		size_t a = s->spread ? choose_by_class(s, b, &cut) : choose_by_value(s, b, &cut);

		TRY_OUT(r = push_half(s, b, a, cut, false, e));
		if (!may_stay(s, b, cells)) {
			r = push_half(s, b, a, (uint8_t)(cut + 1), true, e);
			break;
		}
		b->lo[a] = (uint8_t)(cut + 1);
		r = go_on(s, b, &cells, &gone, e);
	}
out:
	box_free(b);
	return r;
}

static bool is_large(const struct deid_problem *p, uint64_t alone)
{
	double transformations = 1;

	for (size_t a = 0; a < p->attributes; a++)
		transformations *= p->h[a]->levels;
	return transformations > (double)(alone ? alone : LARGE);
}

/*
 * Boxes alone settle a small lattice.  In a large one the work is shared evenly
 * with climbing: one raises the bound, the other finds better transformations.
 */
static result run(struct search *s, struct error *e)
{
	uint64_t boxes = 0, climbs = 0;
	bool large = is_large(s->p, s->o->boxes_alone);

	s->time_limit = s->o->time_limit || !large ? s->o->time_limit : LARGE_LIMIT;
	while (s->n && !s->out_of_time && !s->f->stopped) {
		uint64_t before = s->f->evaluated;

		if (large && climbs <= boxes + HEAD_START) {
			TRY(climb(s, e));
			climbs += s->f->evaluated - before + 1;
		} else {
			TRY(step(s, e));
			boxes += s->f->evaluated - before + 1;
		}
		look_at_clock(s, s->n ? s->heap[0]->bound : s->best);
	}
	return RESULT_OK;
}

/* All transformations, as one box. */
static result push_root(struct search *s, struct error *e)
{
	uint8_t *bottom = calloc(1, s->p->attributes + 1);
	struct box *root;

	if (s->top->outcome.hopeless) {
		free(bottom);
		return RESULT_OK;
	}
	root = bottom ? box_make(s, bottom, s->top->levels, s->top) : NULL;
	if (root)
		root->bound = root->above->share ? bound_at(s, root->above, bottom) : 0;
	free(bottom);
	if (!root)
		return no_memory(e);
	if (heap_push(s, root))
		return RESULT_OK;
	box_free(root);
	return no_memory(e);
}

static void free_boxes(struct search *s)
{
	for (size_t i = 0; i < s->n; i++)
		box_free(s->heap[i]);
	free(s->heap);
}

static result conclude(struct search *s, struct error *e)
{
	struct deid_found *f = s->f;
	double bound = s->n ? s->heap[0]->bound : s->best;

	f->ms = clock_monotonic(s->o->clock) - s->begun;
	f->optimal = s->n == 0 || beaten(s, bound, s->heap[0]->lo);
	if (!isfinite(s->best)) {
		if (f->optimal)
			return error_set(e, CODE_NO_TRANSFORMATION,
					 "no transformation meets the privacy models within the suppression limit; allow more "
					 "suppression or ask for less");
		return error_set(e, CODE_NO_TRANSFORMATION,
				 "no transformation that meets the privacy models was found in the time given");
	}
	f->score = deid_metric_score(&s->p->metric, s->best);
	f->bound = f->optimal ? f->score : deid_metric_score(&s->p->metric, bound);
	return RESULT_OK;
}

result deid_search(struct deid_problem *p, const struct deid_search_options *o, struct deid_found *f, struct error *e)
{
	struct search s = {.p = p, .o = o, .f = f, .best = HUGE_VAL, .begun = clock_monotonic(o->clock)};
	result r = RESULT_FAIL;

	*f = (struct deid_found){.levels = NULL};
	TRY_OUT(search_begin(&s, e));
	TRY_OUT(push_root(&s, e));
	TRY_OUT(run(&s, e));
	r = conclude(&s, e);
out:
	free_boxes(&s);
	search_end(&s);
	return r;
}

void deid_found_free(struct deid_found *f)
{
	free(f->levels);
	f->levels = NULL;
}
