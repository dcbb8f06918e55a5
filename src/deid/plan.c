#include "deid/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deid/recode.h"

/*
 * Local recoding: the first search suppresses as much as serves the score; what
 * it suppressed is a smaller table, whose own optimum is searched the same way,
 * and so on, until what is left is within the limit or nothing more can be kept.
 * Should that leave too much, the first search keeps to the limit: so a table that
 * has a transformation has a plan.
 * Distances of distributions are always to the whole table's.
 */
enum { ROUNDS = 64 };

/* Tuples not yet placed, as a table of their own. */
struct rest {
	uint32_t *tuple; /* numbers in the run's table */
	uint32_t *code;
	uint32_t *count;
	uint32_t n;
	uint64_t rows;
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the plan");
}

/* The sizes of the classes that V evaluated last into S, R's; those that are kept, or all that have rows. */
static result take_sizes(struct deid_run *r, const struct deid_evaluator *v, bool kept_only, struct deid_sizes *s,
			 struct error *e)
{
	const struct deid_classes *k = deid_evaluated_classes(v);
	uint64_t *rows = arena_array(&r->arena, k->n, sizeof *rows);
	size_t n = 0;

	if (!rows)
		return no_memory(e);
	for (uint32_t i = 0; i < k->n; i++)
		if (k->size[i] && !(kept_only && deid_evaluated_suppressed(v, i)))
			rows[n++] = k->size[i];
	return deid_sizes_make(s, rows, n, &r->arena, e);
}

/* Places the tuples of REST that P keeps at LEVELS in a new block; the others stay in REST. */
static result place(struct deid_run *r, struct deid_problem *p, const uint8_t *levels, struct rest *rest, struct error *e)
{
	struct deid_evaluator *v = deid_evaluator_make(p);
	struct deid_block *block = &r->block[r->blocks];
	struct deid_outcome outcome;
	size_t width = r->table.quasi + r->table.sensitive;
	uint32_t left = 0;
	result done = RESULT_FAIL;

	if (!v)
		return no_memory(e);
	TRY_OUT(deid_evaluate(v, p->cells, levels, &outcome, NULL, e));
	*block = (struct deid_block){(const uint8_t *)arena_copy(&r->arena, levels, p->attributes), 0};
	if (!block->levels) {
		done = no_memory(e);
		goto out;
	}
	TRY_OUT(take_sizes(r, v, true, &r->after, e));
	for (uint32_t i = 0; i < rest->n; i++) {
		if (!deid_evaluated_suppressed(v, deid_evaluated_classes(v)->of[p->cell_of[i]])) {
			r->block_of[rest->tuple[i]] = (uint32_t)r->blocks;
			block->rows += rest->count[i];
			rest->rows -= rest->count[i];
			continue;
		}
		rest->tuple[left] = rest->tuple[i];
		rest->count[left] = rest->count[i];
		memmove(rest->code + left * width, rest->code + i * width, width * sizeof *rest->code);
		left++;
	}
	rest->n = left;
	r->blocks++;
	done = RESULT_OK;
out:
	deid_evaluator_free(v);
	return done;
}

static struct deid_search_options options_of(const struct deid_job *j)
{
	return (struct deid_search_options){
		.clock = j->clock,
		.time_limit = j->time_limit,
		.stop = j->stop,
		.progress = j->progress,
		.ctx = j->ctx,
		.threads = j->threads,
	};
}

/* One more round over REST, of which LIMIT rows may be suppressed; *MORE is cleared when nothing was kept. */
static result next_round(struct deid_run *r, struct rest *rest, bool within_limit, bool *more, struct error *e)
{
	struct deid_search_options o = options_of(r->job);
	struct deid_input in = r->in;
	struct deid_problem p;
	struct deid_found f = {.levels = NULL};
	struct error inner = {0};
	result done = RESULT_FAIL;

	*more = false;
	in.code = rest->code;
	in.count = rest->count;
	in.tuples = rest->n;
	in.whole = &r->problem;
	in.suppression = (struct deid_decimal){1, 1};
	if (!ok(deid_problem_make(&p, &in, &inner)))
		goto out; /* fewer rows than a class needs */
	if (within_limit)
		p.limit = r->problem.limit;
	if (!ok(deid_search(&p, &o, &f, &inner)))
		goto out;
	r->found.optimal = r->found.optimal && f.optimal;
	r->found.stopped = r->found.stopped || f.stopped;
	r->found.evaluated += f.evaluated;
	r->found.threads = f.threads > r->found.threads ? f.threads : r->found.threads;
	TRY_OUT(place(r, &p, f.levels, rest, e));
	*more = true;
out:
	if (inner.code == CODE_NO_TRANSFORMATION || inner.code == CODE_MODEL_INVALID)
		done = RESULT_OK;
	else if (inner.code != CODE_NONE)
		done = error_set(e, inner.code, "%s", inner.message);
	else if (*more)
		done = RESULT_OK;
	deid_found_free(&f);
	deid_problem_free(&p);
	return done;
}

/* Nothing is placed: all of R's table is REST. */
static void place_nothing(struct deid_run *r, struct rest *rest)
{
	size_t width = r->table.quasi + r->table.sensitive, n = r->table.tuples;

	for (uint32_t i = 0; i < n; i++) {
		rest->tuple[i] = i;
		r->block_of[i] = DEID_NONE;
	}
	memcpy(rest->count, r->table.count, n * sizeof *rest->count);
	memcpy(rest->code, r->table.code, n * width * sizeof *rest->code);
	rest->n = (uint32_t)n;
	rest->rows = r->table.rows;
	r->blocks = 0;
}

static result begin(struct deid_run *r, struct rest *rest, struct error *e)
{
	size_t width = r->table.quasi + r->table.sensitive, n = r->table.tuples;
	struct deid_evaluator *v = deid_evaluator_make(&r->problem);
	struct deid_outcome outcome;
	result done = RESULT_FAIL;

	if (!v)
		return no_memory(e);
	TRY_OUT(deid_evaluate(v, r->problem.cells, r->problem.cells->levels, &outcome, NULL, e));
	TRY_OUT(take_sizes(r, v, false, &r->before, e));
	r->block = arena_array(&r->arena, ROUNDS + 1, sizeof *r->block);
	r->block_of = malloc((n + 1) * sizeof *r->block_of);
	rest->tuple = malloc((n + 1) * sizeof *rest->tuple);
	rest->count = malloc((n + 1) * sizeof *rest->count);
	rest->code = malloc((n + 1) * width * sizeof *rest->code);
	if (!r->block || !r->block_of || !rest->tuple || !rest->count || !rest->code) {
		done = no_memory(e);
		goto out;
	}
	place_nothing(r, rest);
	done = RESULT_OK;
out:
	deid_evaluator_free(v);
	return done;
}

/* Rounds over all of R's table, of which the first may suppress FIRST rows. */
static result make_rounds(struct deid_run *r, struct rest *rest, uint64_t first, struct error *e)
{
	struct deid_search_options o = options_of(r->job);
	uint64_t limit = r->problem.limit;
	bool more = true;

	deid_found_free(&r->found);
	place_nothing(r, rest);
	r->problem.limit = first;
	TRY(deid_search(&r->problem, &o, &r->found, e));
	r->problem.limit = limit;
	TRY(place(r, &r->problem, r->found.levels, rest, e));
	while (more && rest->rows && r->blocks < ROUNDS)
		TRY(next_round(r, rest, false, &more, e));
	if (rest->rows > limit)
		TRY(next_round(r, rest, true, &more, e));
	return RESULT_OK;
}

static result plan_locally(struct deid_run *r, struct rest *rest, struct error *e)
{
	TRY(deid_recode_allowed(r, false, e));
	TRY(make_rounds(r, rest, r->problem.rows, e));
	/* what the rounds cannot place may be too much; from the optimum within the limit on, it never is */
	if (rest->rows > r->problem.limit)
		TRY(make_rounds(r, rest, r->problem.limit, e));
	r->suppressed = rest->rows;
	return deid_recode_settle(r, e);
}

/* At the levels that were given. */
static result take_given(struct deid_run *r, struct error *e)
{
	const struct deid_problem *p = &r->problem;
	struct deid_evaluator *v = deid_evaluator_make(&r->problem);
	result done = RESULT_FAIL;

	r->found = (struct deid_found){.levels = malloc(p->attributes + 1), .bound = NAN, .evaluated = 1, .threads = 1};
	if (!v || !r->found.levels) {
		done = no_memory(e);
		goto out;
	}
	memcpy(r->found.levels, r->given, p->attributes);
	TRY_OUT(deid_evaluate(v, p->cells, r->given, &r->found.outcome, NULL, e));
	if (r->found.outcome.feasible) {
		r->found.score = deid_metric_score(&p->metric, r->found.outcome.key);
		done = RESULT_OK;
	} else {
		done = error_set(e, CODE_NO_TRANSFORMATION,
				 "at the levels that are given, %llu of %llu records would be suppressed, and %llu may be",
				 (unsigned long long)r->found.outcome.suppressed, (unsigned long long)p->rows, (unsigned long long)p->limit);
	}
out:
	deid_evaluator_free(v);
	return done;
}

static result plan_globally(struct deid_run *r, struct rest *rest, struct error *e)
{
	struct deid_search_options o = options_of(r->job);

	if (r->job->recoding != DEID_RECODE_NONE)
		TRY(deid_recode_allowed(r, true, e));
	if (r->given)
		TRY(take_given(r, e));
	else
		TRY(deid_search(&r->problem, &o, &r->found, e));
	if (r->job->recoding != DEID_RECODE_NONE)
		return deid_recode(r, e);
	TRY(place(r, &r->problem, r->found.levels, rest, e));
	r->suppressed = rest->rows;
	r->score = r->found.score;
	return RESULT_OK;
}

result deid_plan_make(struct deid_run *r, struct error *e)
{
	struct rest rest = {NULL, NULL, NULL, 0, 0};
	result done = RESULT_FAIL;

	TRY_OUT(begin(r, &rest, e));
	done = r->job->recoding == DEID_RECODE_LOCAL ? plan_locally(r, &rest, e) : plan_globally(r, &rest, e);
out:
	free(rest.tuple);
	free(rest.code);
	free(rest.count);
	return done;
}

void deid_plan_free(struct deid_run *r)
{
	free(r->block_of);
	r->block_of = NULL;
}
