/*
 * deid/stock.h - cells that a search keeps, to evaluate coarser transformations from.
 *
 * Cells at coarse levels are much fewer than the table's: evaluating from them is as
 * much faster.  The stock is bounded in bytes and gives up what was of no use for
 * longest.  Whoever evaluates from some of it holds them meanwhile; they are freed
 * when neither the stock nor anybody holds them.
 *
 * A stock is used under one lock; the cells of what is held are read without.
 */
#ifndef SEKISHO_DEID_STOCK_H
#define SEKISHO_DEID_STOCK_H

#include "deid/problem.h"

struct kept {
	struct deid_cells *cells;
	size_t bytes;
	uint64_t used;	/* when last, counted in uses */
	uint32_t users; /* the stock is one */
	bool own;	/* of the problem, which frees them */
};

struct stock {
	const struct deid_problem *p;
	struct kept **at; /* smallest first; the problem's own last */
	size_t n;
	size_t bytes;
	size_t memory; /* at most */
	uint64_t uses;
};

/*
 * Makes S for P's cells, of at most MEMORY bytes beside those.  Freed by stock_free
 * whatever the outcome.  Fails with out_of_memory.
 */
result stock_make(struct stock *s, const struct deid_problem *p, size_t memory, struct error *e);

/* Frees S; nobody holds any of it. */
void stock_free(struct stock *s);

/* The smallest cells of S that are fine enough for LEVELS; they stay S's, held for the caller until stock_drop. */
struct kept *stock_find(struct stock *s, const uint8_t *levels);

/*
 * Adds CELLS, fewer than the problem's own, to S and gives them held until
 * stock_drop; NULL when there is no memory, and then they are freed.
 */
struct kept *stock_add(struct stock *s, struct deid_cells *cells);

/* Ends the holding of K (NULL is fine). */
void stock_drop(struct kept *k);

#endif
