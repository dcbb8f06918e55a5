/*
 * deid/evaluate.h - one transformation: its classes, whether it holds, its score,
 * and what it tells about the transformations below and above it.
 *
 * A transformation is a level for each attribute.  At it, the classes that fail a
 * model are suppressed; models of the whole table then suppress the smallest
 * classes, all of one size at a time, until they hold.  It is feasible when the
 * suppressed rows are within the limit and some row is left.
 *
 * An evaluator is one thread's working memory.
 */
#ifndef SEKISHO_DEID_EVALUATE_H
#define SEKISHO_DEID_EVALUATE_H

#include "deid/problem.h"

struct deid_evaluator;

struct deid_outcome {
	bool feasible;
	double key;	     /* of the metric; only when feasible */
	uint64_t suppressed; /* rows */
	uint64_t forced;     /* rows that every finer transformation suppresses, too */
	uint32_t classes;    /* that are kept */
	uint64_t smallest;   /* rows of the smallest that is kept */
	bool hopeless;	     /* no finer transformation is feasible */

	double between;	     /* by-class metrics: no key between the cells' levels and these is below */
};

/* An evaluator for P, which must outlive it; NULL when there is no memory.  Freed by deid_evaluator_free. */
struct deid_evaluator *deid_evaluator_make(struct deid_problem *p);

/* Frees V (NULL is fine). */
void deid_evaluator_free(struct deid_evaluator *v);

/*
 * Evaluates LEVELS from CELLS (of the problem, at levels no coarser) with V into
 * *OUT.  SHARE, unless NULL, gets for each attribute and each level up to that
 * in LEVELS the metric's share that a finer transformation has there at least, at
 * problem.offset[attribute] + level; by-value metrics only, and only when not
 * hopeless.  Fails with out_of_memory.
 */
result deid_evaluate(struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels,
		     struct deid_outcome *out, double *share, struct error *e);

/*
 * Makes OUT, V's last outcome, what it had been from CELLS instead, between those it
 * came from and LEVELS, at which it was: each of them some of those, FIRST (by
 * cell) being the first.  Only for discernability and aecs, for which CELLS need
 * have no more than counts, and where cells have no `aux`.
 */
void deid_evaluated_from(struct deid_evaluator *v, const struct deid_cells *cells, const uint32_t *first,
			 const uint8_t *levels, struct deid_outcome *out);

/* What V's last evaluation came to: the classes, by class whether it is kept, and the cells at those levels. */
const struct deid_classes *deid_evaluated_classes(const struct deid_evaluator *v);

/* True when class I of V's last evaluation is suppressed. */
bool deid_evaluated_suppressed(const struct deid_evaluator *v, uint32_t i);

/*
 * The cells of V's last evaluation, of CELLS at LEVELS, or NULL when there is no
 * memory; freed by free.  V's classes are no longer valid afterwards.
 */
struct deid_cells *deid_evaluated_cells(struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels);

#endif
