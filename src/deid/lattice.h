/*
 * deid/lattice.h - what the parts of the search share: corners, kept cells, the
 * best so far.  Not for use outside the search.
 */
#ifndef SEKISHO_DEID_LATTICE_H
#define SEKISHO_DEID_LATTICE_H

#include <string.h>

#include "deid/search.h"

/* An evaluated transformation, shared by the boxes that it bounds. */
struct corner {
	uint32_t users;
	struct deid_outcome outcome;
	double *share; /* by-value metrics: see deid_evaluate */
	uint8_t levels[];
};

/* Cells at some levels, from which coarser transformations are evaluated. */
struct kept {
	struct deid_cells *cells;
	size_t bytes;
	uint64_t used; /* when last, counted in uses */
};

struct box;

struct search {
	struct deid_problem *p;
	const struct deid_search_options *o;
	struct deid_found *f;
	struct deid_evaluator *evaluator;
	struct corner *top; /* at the coarsest levels */
	double best;	    /* key; infinite before there is one */
	uint8_t *levels;    /* working memory */
	double *share;
	double *spread; /* by-class metrics: by attribute and level, how far its values part the rows, in bits */

	struct box **heap; /* least bound first */
	size_t n;
	size_t cap;

	struct kept *kept; /* smallest first; the problem's own last */
	size_t kept_n;
	size_t kept_bytes;
	size_t memory;
	uint64_t uses;
	struct deid_grouper *grouper;

	struct deid_dict tried; /* levels that climbing looked at, as texts */
	uint64_t dice;
	struct climber {
		uint8_t *levels;
		double key;
		size_t move;
		size_t since; /* moves since the last that was taken */
	} climber;

	int64_t begun;
	int64_t time_limit;
	int64_t told;
	bool out_of_time;
};

/* Less than, equal to or greater than 0 as the levels A of S's attributes come before, with or after B. */
static inline int levels_cmp(const struct search *s, const uint8_t *a, const uint8_t *b)
{
	for (size_t i = 0; i < s->p->attributes; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Makes ready S's working memory.  Fails with out_of_memory; search_end frees it whatever the outcome. */
result search_begin(struct search *s, struct error *e);

/* Frees S's working memory. */
void search_end(struct search *s);

/* Gives up one use of C (NULL is fine), and C with the last. */
void corner_drop(struct corner *c);

/*
 * Evaluates LEVELS from CELLS with S and remembers it when it is the best so far;
 * the corner has one use, the caller's, freed by corner_drop.  NULL, with E set,
 * when there is no memory.
 */
struct corner *corner_make(struct search *s, const struct deid_cells *cells, const uint8_t *levels, struct error *e);

/*
 * Puts into *CELLS cells at LEVELS, or the nearest finer ones that S keeps.  They
 * stay S's, valid until the next call.  Fails with out_of_memory.
 */
result cells_for(struct search *s, const uint8_t *levels, const struct deid_cells **cells, struct error *e);

/* Gives CELLS, fewer than the problem's own, to S, which frees them. */
void keep(struct search *s, struct deid_cells *cells);

/* True when nothing with a key of BOUND or more, the levels being LO at least, can be S's answer. */
bool beaten(const struct search *s, double bound, const uint8_t *lo);

/* The bound of by-value metrics on all that is between LO and the corner ABOVE; S lends its working memory. */
double bound_at(struct search *s, const struct corner *above, const uint8_t *lo);

/* Looks at S's clock, its stop and its progress; BOUND is the least key that is still open. */
void look_at_clock(struct search *s, double bound);

/*
 * Tries neighbours of good transformations for some evaluations, so that S's
 * best becomes better where the lattice is too large to be searched through.
 * Fails with out_of_memory.
 */
result climb(struct search *s, struct error *e);

#endif
