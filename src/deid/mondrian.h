/*
 * deid/mondrian.h - classes with levels of their own, divided from coarse to fine.
 *
 * Multidimensional partitioning (LeFevre, DeWitt, Ramakrishnan: Mondrian, ICDE
 * 2006), along hierarchies: a part is divided into the values one level finer in
 * one column.  Those values that meet the models by themselves become parts; the
 * others stay together at the coarser value, which has to meet the models without
 * them.  Where it does not, values that would have gained least stay with it.  The
 * column is the one that gains most by the metric, the first of equal ones; levels
 * at which all of a part have one value cost nothing and are taken at once.  A part
 * is done when no division gains anything.
 *
 * Each part meets the models, and so does what is left of the part it came from.
 */
#ifndef SEKISHO_DEID_MONDRIAN_H
#define SEKISHO_DEID_MONDRIAN_H

#include "deid/problem.h"

/* Cells that are written at the same levels and look alike there. */
struct deid_part {
	uint32_t begin; /* places in the partition's cells */
	uint32_t end;
	uint8_t *levels; /* by attribute */
	uint64_t rows;
	uint64_t persons; /* of the population */
};

/* The parts that are kept; cells in none of them are suppressed, or have no rows. */
struct deid_partition {
	struct arena arena;
	const struct deid_problem *p;
	uint32_t *cell; /* the problem's cells, part by part */
	struct deid_part *part;
	size_t n;
	uint64_t suppressed; /* rows in no part */
};

/*
 * Makes T of P's classes at LEVELS that meet the models.  With REST what does not
 * is brought to the coarsest levels, and becomes parts where it meets them there.
 * P outlives T, which is freed by deid_partition_free whatever the outcome.  Fails
 * with out_of_memory.
 */
result deid_partition_make(struct deid_partition *t, struct deid_problem *p, const uint8_t *levels, bool rest,
			   struct error *e);

/*
 * Divides T's parts as long as that gains, level by level; with FLOOR, by
 * attribute, no level is taken but that, at once.  Fails with out_of_memory.
 */
result deid_partition_divide(struct deid_partition *t, const uint8_t *floor, struct error *e);

/* Frees what T holds. */
void deid_partition_free(struct deid_partition *t);

#endif
