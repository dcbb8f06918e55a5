/*
 * deid/search.h - the best transformation of a problem.
 *
 * The transformations are a lattice: a level for each attribute.  The search
 * divides it into boxes between a finest and a coarsest corner.  What the
 * coarsest corner suppresses by record is suppressed everywhere in its box, and
 * what the finest corner costs is paid everywhere: together a bound.  Boxes
 * whose corner is hopeless or whose bound is above the best are dropped; the one
 * with the lowest bound is divided next.  When none is left, the best is the
 * optimum; when time runs out, the lowest bound left says how far it may be off.
 *
 * Between equal scores the transformation with the lexicographically smallest
 * levels wins, in the order of the attributes.
 *
 * Several threads may divide boxes at the same time.  Which of them comes first decides
 * how much is looked at in vain, never the answer: a box is dropped only when nothing in
 * it can be the answer, and of what was evaluated the best is the same in any order.
 * A search that is stopped before its end may differ from run to run.
 */
#ifndef SEKISHO_DEID_SEARCH_H
#define SEKISHO_DEID_SEARCH_H

#include <signal.h>

#include "base/clock.h"
#include "deid/evaluate.h"

enum { DEID_THREADS_MOST = 64 };

struct deid_progress {
	bool found; /* `score` is of a transformation that holds */
	double score;
	double bound;
	int64_t ms;	/* since the start */
	int64_t ms_left; /* until the time limit; -1 without one */
	uint64_t evaluated;
};

struct deid_search_options {
	const struct clock *clock;
	int64_t time_limit; /* ms; 0: none, but a minute where the transformations are more than boxes alone settle */
	const volatile sig_atomic_t *stop; /* set from outside: come to an end; or NULL */
	void (*progress)(void *ctx, const struct deid_progress *p); /* or NULL; a few times a second, in the calling thread */
	void *ctx;
	uint64_t boxes_alone; /* transformations up to which nothing but boxes is used; 0: 100,000 */
	size_t memory; /* bytes for kept cells and boxes; 0: 64 MiB */
	unsigned threads; /* up to DEID_THREADS_MOST; 0: as many as there are cores, 8 at most, once the search has lasted a millisecond or so */
};

struct deid_found {
	uint8_t *levels; /* by attribute; freed by deid_found_free */
	struct deid_outcome outcome;
	double score;
	double bound;	/* no transformation scores below */
	bool optimal;	/* the bound is the score */
	bool stopped;	/* from outside */
	uint64_t evaluated; /* transformations whose classes were made */
	unsigned threads;   /* that searched */
	int64_t ms;
};

/*
 * Searches P as O says into *F, which the caller frees with deid_found_free
 * whatever the outcome.  Fails with no_transformation when none is feasible
 * (F->optimal) or none was found in time, and with out_of_memory.
 */
result deid_search(struct deid_problem *p, const struct deid_search_options *o, struct deid_found *f, struct error *e);

/* Frees what F holds. */
void deid_found_free(struct deid_found *f);

#endif
