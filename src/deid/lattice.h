/*
 * deid/lattice.h - what the parts of the search share: corners, kept cells, the
 * best so far, open boxes.  Not for use outside the search.
 *
 * Several workers search at the same time.  What they share is in `struct search`,
 * under the lock of its workers; what is one's own is in `struct worker`.
 */
#ifndef SEKISHO_DEID_LATTICE_H
#define SEKISHO_DEID_LATTICE_H

#include <stdatomic.h>
#include <string.h>

#include "deid/search.h"
#include "deid/stock.h"
#include "deid/workers.h"

/* An evaluated transformation, shared by the boxes that it bounds, whoever has those. */
struct corner {
	atomic_uint users;
	struct deid_outcome outcome;
	double *share; /* by-value metrics: see deid_evaluate */
	uint8_t levels[];
};

/* The best transformation so far. */
struct best {
	double key; /* infinite before there is one */
	uint8_t *levels;
};

/* All transformations between two, both included. */
struct box {
	double bound;
	uint8_t *hi;	      /* in the same allocation */
	struct corner *above; /* at hi or coarser */
	uint8_t lo[];
};

/* Open boxes as a heap, least bound first. */
struct boxes {
	struct box **at;
	size_t n;
	size_t cap;
};

struct search {
	/* set before there is more than one worker, then only read */
	struct deid_problem *p;
	const struct deid_search_options *o;
	struct corner *top; /* at the coarsest levels */
	double *spread;	    /* by-class metrics: by attribute and level, how far its values part the rows, in bits */
	int64_t begun;
	int64_t time_limit;
	bool large; /* so many transformations that boxes alone may not settle them */

	/* under the workers' lock */
	struct workers workers;
	struct deid_found *f;
	struct best best; /* its levels are f's */
	struct boxes open;
	struct stock stock;
	struct deid_dict tried; /* levels that climbing looked at, as texts */
	uint64_t grouped;	/* cells, in all evaluations */
	unsigned number;	/* workers that have begun */
	struct worker *all;

	/* of the calling thread */
	bool helped; /* it has started the others */
	int64_t told;
};

struct worker {
	struct search *s;
	struct worker *next; /* under the lock */
	struct deid_evaluator *evaluator;
	struct deid_grouper *grouper;
	uint8_t *levels; /* working memory */
	double *share;
	struct kept *source; /* cells that it evaluates from */

	struct best best; /* as it was when the worker last looked: what that beats is beaten */

	struct box *box; /* of its turn; NULL: it climbs */
	double bound;	 /* under the lock: the box's, infinite when it has none */
	uint64_t evaluated;
	uint64_t boxes; /* evaluations for boxes, */
	uint64_t climbs; /* and for climbing */

	uint64_t dice;
	struct climber {
		bool begun;
		uint8_t *levels;
		double key;
		size_t move;
		size_t since; /* moves since the last that was taken */
	} climber;
};

/* Less than, equal to or greater than 0 as the levels A of P's attributes come before, with or after B. */
static inline int levels_cmp(const struct deid_problem *p, const uint8_t *a, const uint8_t *b)
{
	for (size_t i = 0; i < p->attributes; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Makes a worker of S into *W, freed by worker_free whatever the outcome.  Fails with out_of_memory. */
result worker_make(struct search *s, struct worker **w, struct error *e);

/* Frees W (NULL is fine). */
void worker_free(struct worker *w);

/* Measures S's spread.  Fails with out_of_memory. */
result measure_spread(struct search *s, struct error *e);

/* Gives up one use of C (NULL is fine), and C with the last. */
void corner_drop(struct corner *c);

/*
 * Evaluates LEVELS from W's source and remembers it when it is the best so far; the
 * corner has one use, the caller's, freed by corner_drop.  NULL, with E set, when
 * there is no memory.
 */
struct corner *corner_make(struct worker *w, const uint8_t *levels, struct error *e);

/* Notes that W evaluated once more, from CELLS cells, and takes over the best that others found. */
void evaluated(struct worker *w, uint32_t cells);

/* Makes W's source cells at LEVELS, or the nearest finer ones that are kept.  Fails with out_of_memory. */
result find_source(struct worker *w, const uint8_t *levels, struct error *e);

/* Keeps CELLS, fewer than the problem's own, as W's source; they are freed even when it fails, with out_of_memory. */
result take_source(struct worker *w, struct deid_cells *cells, struct error *e);

/* True when nothing of P with a key of BOUND or more, the levels being LO at least, can be the answer instead of BEST. */
bool beaten(const struct deid_problem *p, const struct best *best, double bound, const uint8_t *lo);

/* The bound of by-value metrics on all that is between LO and the corner ABOVE; W lends its working memory. */
double bound_at(struct worker *w, const struct corner *above, const uint8_t *lo);

/* A box from LO to HI of P below ABOVE, which it uses; NULL when there is no memory.  Freed by box_free. */
struct box *box_make(const struct deid_problem *p, const uint8_t *lo, const uint8_t *hi, struct corner *above);

/* Frees B (NULL is fine). */
void box_free(struct box *b);

/* Adds B, of P, to BOXES, which free it; false when there is no memory. */
bool boxes_push(struct boxes *boxes, const struct deid_problem *p, struct box *b);

/* Takes the box with the least bound out of BOXES, of P, which have one; it is the caller's. */
struct box *boxes_pop(struct boxes *boxes, const struct deid_problem *p);

/* Frees what BOXES hold. */
void boxes_free(struct boxes *boxes);

/*
 * Tries neighbours of good transformations for some evaluations, so that the best
 * becomes better where the lattice is too large to be searched through.  Fails
 * with out_of_memory.
 */
result climb(struct worker *w, struct error *e);

#endif
