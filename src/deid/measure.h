/*
 * deid/measure.h - what a run's output still tells of its records, and what it is
 * still good for.
 *
 * Risks are those of the three usual attackers: the prosecutor knows that someone
 * is in the table, the journalist only that he is in the population, the marketer
 * counts how many he finds on average.
 */
#ifndef SEKISHO_DEID_MEASURE_H
#define SEKISHO_DEID_MEASURE_H

#include "deid/job.h"

struct deid_risk {
	double highest; /* of a record: one over its class */
	double average; /* classes over records */
	double at_risk; /* share of records whose risk is above a fifth */
	double unique;	/* share of records alone in their class */
	double population_pitman; /* share of the population estimated unique */
	double population_zayatz;
};

/* A combination of quasi-identifying columns that singles records out, and no part of it does. */
struct deid_minimal {
	size_t column[3]; /* places in the tuple */
	size_t n;
	uint64_t records;
};

struct deid_attribute {
	double total_variation; /* of the distribution over the leaves, before and after */
	double hellinger;
	uint64_t *before; /* rows by leaf, of the input */
	double *after;	  /* rows by leaf, of the output, a coarser value's spread evenly over its leaves */
	uint32_t *order; /* leaves as they are shown: of a column without a hierarchy by their numbers, where all have one */
};

struct deid_measures {
	struct arena arena;
	struct deid_risk before, after;
	double journalist; /* highest risk against the population table; 0 when there is none */
	struct deid_minimal *minimal;
	size_t minimals;
	size_t minimal_up_to;		  /* columns of a combination that were looked at; 0: none */
	struct deid_attribute *attribute; /* by place in the tuple */
};

/* Measures R into *M, freed by deid_measures_free whatever the outcome.  Fails with out_of_memory. */
result deid_measure(struct deid_run *r, struct deid_measures *m, struct error *e);

/* Frees what M holds. */
void deid_measures_free(struct deid_measures *m);

#endif
