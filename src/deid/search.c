#include "deid/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An evaluated transformation, shared by the boxes that it bounds. */
struct corner {
	uint32_t users;
	struct deid_outcome outcome;
	double *share; /* by-value metrics: see deid_evaluate */
	uint8_t levels[];
};

struct box {
	double bound;
	uint8_t *hi;	      /* in the same allocation */
	struct corner *above; /* at hi or coarser */
	struct corner *below; /* by-class metrics: at lo or finer, or NULL while unknown */
	uint8_t lo[];
};

struct search {
	struct deid_problem *p;
	const struct deid_search_options *o;
	struct deid_found *f;
	struct deid_evaluator *evaluator;
	double best; /* key; infinite before there is one */
	uint8_t *levels; /* working memory */
	double *share;

	struct box **heap; /* least bound first */
	size_t n;
	size_t cap;

	struct deid_cells **kept; /* at several levels, smallest first; the problem's own last */
	size_t kept_n;
	size_t kept_bytes;

	int64_t begun;
	int64_t told;
	bool out_of_time;
};

enum { KEPT_MOST = 256 };

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

static void corner_drop(struct corner *c)
{
	if (c && --c->users == 0) {
		free(c->share);
		free(c);
	}
}

static void box_free(struct box *b)
{
	if (!b)
		return;
	corner_drop(b->above);
	corner_drop(b->below);
	free(b);
}

static struct box *box_make(const struct search *s, const uint8_t *lo, const uint8_t *hi, struct corner *above,
			    struct corner *below)
{
	size_t n = s->p->attributes;
	struct box *b = malloc(sizeof *b + 2 * n);

	if (!b)
		return NULL;
	*b = (struct box){.above = above, .below = below};
	b->hi = b->lo + n;
	memcpy(b->lo, lo, n);
	memcpy(b->hi, hi, n);
	above->users++;
	if (below)
		below->users++;
	return b;
}

/* Less bound first; of the same, the one that is further along, then the smaller levels. */
static bool box_before(const struct search *s, const struct box *a, const struct box *b)
{
	if (a->bound != b->bound)
		return a->bound < b->bound;
	return memcmp(a->lo, b->lo, s->p->attributes) < 0;
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

/* True when nothing at or above BOUND, the levels being LO at least, can be the answer. */
static bool beaten(const struct search *s, double bound, const uint8_t *lo)
{
	if (bound > s->best + deid_metric_slack(&s->p->metric, s->best))
		return true;
	return bound >= s->best && memcmp(lo, s->f->levels, s->p->attributes) >= 0;
}

/* The bound of by-value metrics on all that is between LO and the corner ABOVE. */
static double bound_at(struct search *s, const struct corner *above, const uint8_t *lo)
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

/* The smallest kept cells that are fine enough for LEVELS. */
static const struct deid_cells *source_for(const struct search *s, const uint8_t *levels)
{
	size_t i = 0;

	while (i + 1 < s->kept_n && !all_at_most(s->kept[i]->levels, levels, s->p->attributes))
		i++;
	return s->kept[i];
}

static void look_at_clock(struct search *s)
{
	int64_t ms = clock_monotonic(s->o->clock) - s->begun;

	s->f->ms = ms;
	if (s->o->stop && *s->o->stop)
		s->f->stopped = true;
	if (s->o->time_limit && ms >= s->o->time_limit)
		s->out_of_time = true;
	if (s->o->progress && ms - s->told >= 200) {
		struct deid_progress p = {isfinite(s->best), deid_metric_score(&s->p->metric, s->best),
					  deid_metric_score(&s->p->metric, s->n ? s->heap[0]->bound : s->best), ms,
					  s->o->time_limit ? s->o->time_limit - ms : -1, s->f->evaluated};

		s->told = ms;
		s->o->progress(s->o->ctx, &p);
	}
}

static void offer(struct search *s, const uint8_t *levels, const struct deid_outcome *outcome)
{
	if (!outcome->feasible || outcome->key > s->best ||
	    (outcome->key == s->best && memcmp(levels, s->f->levels, s->p->attributes) >= 0))
		return;
	s->best = outcome->key;
	s->f->outcome = *outcome;
	memcpy(s->f->levels, levels, s->p->attributes);
}

/* Evaluates LEVELS; NULL when there is no memory. */
static struct corner *corner_make(struct search *s, const uint8_t *levels, struct error *e)
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
	if (!ok(deid_evaluate(s->evaluator, source_for(s, levels), levels, &c->outcome, c->share, e))) {
		corner_drop(c);
		return NULL;
	}
	s->f->evaluated++;
	offer(s, levels, &c->outcome);
	return c;
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
	double bound = b->bound;

	if (b->above->share)
		bound = bound_at(s, b->above, b->lo);
	else if (b->below)
		bound = deid_outcome_bound(s->p, &b->below->outcome, &b->above->outcome);
	if (bound > b->bound)
		b->bound = bound;
	return beaten(s, b->bound, b->lo);
}

/* Evaluates B's corners as far as they are not known; *GONE when B needs no further look. */
static result settle(struct search *s, struct box *b, bool *gone, struct error *e)
{
	size_t n = s->p->attributes;

	*gone = true;
	for (;;) {
		if (bounded_out(s, b))
			return RESULT_OK;
		tighten(s, b);
		if (memcmp(b->above->levels, b->hi, n) == 0)
			break;
		corner_drop(b->above);
		b->above = corner_make(s, b->hi, e);
		if (!b->above)
			return RESULT_FAIL;
		if (b->above->outcome.hopeless)
			return RESULT_OK;
	}
	if (memcmp(b->lo, b->hi, n) == 0)
		return RESULT_OK;
	if (!b->above->share && (!b->below || memcmp(b->below->levels, b->lo, n) != 0)) {
		corner_drop(b->below);
		b->below = corner_make(s, b->lo, e);
		if (!b->below)
			return RESULT_FAIL;
		if (bounded_out(s, b))
			return RESULT_OK;
	}
	*gone = false;
	return RESULT_OK;
}

/* The attribute by which B is divided: the one whose next level raises the bound most. */
static size_t choose(struct search *s, const struct box *b)
{
	size_t chosen = SIZE_MAX;
	double most = -1;

	memcpy(s->levels, b->lo, s->p->attributes);
	for (size_t a = 0; a < s->p->attributes; a++) {
		double bound;

		if (b->hi[a] == b->lo[a])
			continue;
		s->levels[a] = (uint8_t)(b->lo[a] + 1);
		bound = b->above->share ? bound_at(s, b->above, s->levels) : (double)(b->hi[a] - b->lo[a]);
		s->levels[a] = b->lo[a];
		if (bound > most) {
			most = bound;
			chosen = a;
		}
	}
	return chosen;
}

static result push_half(struct search *s, const struct box *b, size_t a, uint8_t level, bool upper, struct error *e)
{
	struct box *half = box_make(s, b->lo, b->hi, b->above, b->below);

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

static result divide(struct search *s, const struct box *b, struct error *e)
{
	size_t a = choose(s, b);
	unsigned cut = b->above->share ? b->lo[a] : (b->lo[a] + b->hi[a]) / 2U;

	TRY(push_half(s, b, a, (uint8_t)cut, false, e));
	return push_half(s, b, a, (uint8_t)(cut + 1), true, e);
}

static result run(struct search *s, struct error *e)
{
	while (s->n && !s->out_of_time && !s->f->stopped) {
		struct box *b = heap_pop(s);
		bool gone;
		result r;

		r = settle(s, b, &gone, e);
		if (ok(r) && !gone)
			r = divide(s, b, e);
		box_free(b);
		TRY(r);
		look_at_clock(s);
	}
	return RESULT_OK;
}

static result begin(struct search *s, struct error *e)
{
	struct deid_problem *p = s->p;
	size_t n = p->attributes + 1;
	uint8_t *top = calloc(2, n);
	struct corner *above;
	struct box *root = NULL;

	s->f->levels = calloc(1, n);
	s->levels = calloc(1, n);
	s->share = calloc(n, sizeof *s->share);
	s->kept = calloc(KEPT_MOST, sizeof(*s->kept));
	s->evaluator = deid_evaluator_make(p);
	if (!top || !s->f->levels || !s->levels || !s->share || !s->kept || !s->evaluator) {
		free(top);
		return no_memory(e);
	}
	s->kept[s->kept_n++] = p->cells;
	for (size_t a = 0; a < p->attributes; a++)
		top[a] = (uint8_t)(p->h[a]->levels - 1);
	above = corner_make(s, top, e);
	if (above && !above->outcome.hopeless)
		root = box_make(s, top + n, top, above, NULL);
	if (root) {
		root->bound = -HUGE_VAL;
		if (!heap_push(s, root)) {
			box_free(root);
			root = NULL;
		}
	}
	free(top);
	if (!above)
		return RESULT_FAIL;
	if (!above->outcome.hopeless && !root) {
		corner_drop(above);
		return no_memory(e);
	}
	corner_drop(above);
	return RESULT_OK;
}

static void end(struct search *s)
{
	for (size_t i = 0; i < s->n; i++)
		box_free(s->heap[i]);
	free(s->heap);
	for (size_t i = 0; i + 1 < s->kept_n; i++)
		free(s->kept[i]);
	free(s->kept);
	free(s->levels);
	free(s->share);
	deid_evaluator_free(s->evaluator);
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
	TRY_OUT(begin(&s, e));
	TRY_OUT(run(&s, e));
	r = conclude(&s, e);
out:
	end(&s);
	return r;
}

void deid_found_free(struct deid_found *f)
{
	free(f->levels);
	f->levels = NULL;
}
