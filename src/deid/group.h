/*
 * deid/group.h - tuples, and their grouping into classes at given levels.
 *
 * `struct deid_cells` is a list of different tuples at some levels, each with
 * how many rows have it.  Grouping takes cells to coarser levels: each cell gets
 * the number of its class.  Cells at coarser levels are much fewer, so that the
 * search keeps some and groups from the smallest that is fine enough.
 *
 * A cell is (quasi-identifying values, sensitive combination): `aux` numbers the
 * latter and does not take part in the class.
 *
 * A grouper is one thread's working memory.
 */
#ifndef SEKISHO_DEID_GROUP_H
#define SEKISHO_DEID_GROUP_H

#include "deid/pack.h"

struct deid_cells {
	uint8_t *levels;  /* by attribute */
	uint32_t **chunk; /* by chunk, by cell: codes */
	uint32_t *aux;	  /* by cell, or NULL when there are no sensitive columns */
	uint32_t *count;  /* by cell: rows; 0 in a cell of the population alone */
	uint64_t *population; /* by cell: persons in the population, or NULL when there is no population table */
	uint32_t n;
};

/* Cells for N tuples of P, with AUX and POPULATION as asked; NULL when there is no memory.  Freed by free. */
struct deid_cells *deid_cells_make(const struct deid_pack *p, uint32_t n, bool aux, bool population);

/* Bytes that deid_cells_make takes for N tuples of P, with AUX and POPULATION as there. */
size_t deid_cells_bytes(const struct deid_pack *p, uint32_t n, bool aux, bool population);

struct deid_grouper;

/* A grouper for P, whose cells are at most N and whose aux numbers are below AUX_N; NULL when there is no memory.
 * Freed by deid_grouper_free. */
struct deid_grouper *deid_grouper_make(struct deid_pack *p, uint32_t n, uint32_t aux_n);

/* Frees G (NULL is fine). */
void deid_grouper_free(struct deid_grouper *g);

/* What a grouping gives; the grouper's, valid until the next one. */
struct deid_classes {
	uint32_t n;
	const uint32_t *of;    /* by cell: its class */
	const uint32_t *first; /* by class: its first cell */
	const uint32_t *size;  /* by class: rows */
	const uint64_t *population; /* by class, or NULL */
};

/*
 * Groups CELLS by their values at LEVELS, which are at least the cells' own, into *OUT.
 * G is overwritten.  Fails with out_of_memory.
 */
result deid_group(struct deid_grouper *g, const struct deid_cells *cells, const uint8_t *levels,
		  struct deid_classes *out, struct error *e);

/*
 * Makes CLASSES, which G grouped last, classes of coarser cells: N of them, each
 * some of those it grouped, FIRST (by cell) being the first of them.
 */
void deid_group_from(struct deid_grouper *g, struct deid_classes *classes, const uint32_t *first, uint32_t n);

/* What G grouped last into CLASSES as cells that have nothing but counts; G's, valid as long as those. */
struct deid_cells deid_group_counts(struct deid_grouper *g, const struct deid_classes *classes);

/*
 * The cells at LEVELS of what G grouped last from CELLS, where classes came to
 * OUT; NULL when there is no memory.  The caller frees them with free.
 */
struct deid_cells *deid_group_cells(struct deid_grouper *g, const struct deid_cells *cells, const uint8_t *levels,
				    const struct deid_classes *out);

#endif
