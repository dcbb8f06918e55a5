/*
 * deid/recode.h - plans whose records have levels of their own.
 *
 * Two ways begin with the optimum of one level for each column:
 *
 *  - Mondrian divides its classes further, and what it would suppress from the
 *    coarsest levels on; it also divides the whole table so, and takes what scores
 *    better.  It never scores worse than the optimum that it began with.
 *  - Cell suppression leaves the optimum's classes as they are.  Records that it
 *    would suppress lose cells: each cell is at the optimum's level or at the
 *    coarsest.  It is the same division, with one level between.
 *
 * Classes are what the output shows: two parts that are written with the same
 * texts are one class.  All models by class hold for classes joined when they hold
 * for each.
 */
#ifndef SEKISHO_DEID_RECODE_H
#define SEKISHO_DEID_RECODE_H

#include "deid/job.h"

/*
 * Fails with model_invalid when R's models or metric have no meaning where records
 * have levels of their own; POPULATION: a population can be counted.
 */
result deid_recode_allowed(const struct deid_run *r, bool population, struct error *e);

/*
 * Makes R's plan of the levels that its search found, by Mondrian or by cell
 * suppression as its job asks: all that is set of R but for the classes before.
 * Fails with out_of_memory.
 */
result deid_recode(struct deid_run *r, struct error *e);

/*
 * Puts into OF, by tuple, the class that R's plan shows it in, DEID_NONE for what
 * is suppressed, and into *N how many those are.  Fails with out_of_memory.
 */
result deid_recode_classes(const struct deid_run *r, uint32_t *of, uint32_t *n, struct error *e);

/* Makes *S, in A, of classes that have ROWS rows, N of them, which are sorted.  Fails with out_of_memory. */
result deid_sizes_make(struct deid_sizes *s, uint64_t *rows, size_t n, struct arena *a, struct error *e);

/* Counts the classes that R's blocks make (`after`) and scores them by its metric.  Fails with out_of_memory. */
result deid_recode_settle(struct deid_run *r, struct error *e);

#endif
