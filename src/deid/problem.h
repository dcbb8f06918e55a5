/*
 * deid/problem.h - what is searched: tuples, hierarchies, models, metric, limit.
 *
 * A problem is made once and then only read; threads share it.  It points into
 * the hierarchies that it was made with.
 */
#ifndef SEKISHO_DEID_PROBLEM_H
#define SEKISHO_DEID_PROBLEM_H

#include "deid/group.h"
#include "deid/metric.h"
#include "deid/model.h"

struct deid_problem {
	struct arena arena;
	const struct deid_hierarchy *const *h; /* by attribute */
	size_t attributes;
	size_t *offset;	      /* by attribute: where its levels begin when all are in one row; one more at the end */
	struct deid_pack pack;
	struct deid_cells *cells; /* at level 0 */
	uint32_t tuples;	  /* that it was made of */
	uint32_t *cell_of;	  /* by tuple */
	uint64_t rows;
	uint64_t limit; /* rows that may be suppressed */
	uint64_t population_size; /* persons that the table's are taken from: for population-unique */

	struct deid_metric metric;
	const struct deid_model *model;
	size_t models;
	bool histograms;     /* some model needs a sensitive column's distribution */
	bool by_record_only; /* every model is by record, so that nothing else makes a class fail */
	bool whole_table;    /* some model is about the whole table */
	bool merging;	     /* with no suppression, what fails here fails at all finer levels */
	uint32_t min_size;   /* rows that a class needs for sure */
	double shared_min;   /* delta's lower bound is above 0: a population class without rows fails */

	struct deid_sensitive *sensitive; /* distributions over the whole table */
	uint64_t sensitive_rows;	  /* rows of the whole table */
	size_t sensitives;
	uint32_t aux_n;
	uint32_t largest_sensitive; /* values of the sensitive column with most */
};

/* What a problem is made of. */
struct deid_input {
	const struct deid_hierarchy *const *h; /* by attribute */
	size_t attributes;
	const struct deid_hierarchy *const *sensitive_h; /* by sensitive column */
	size_t sensitives;

	const uint32_t *code; /* by tuple: attributes, then sensitive columns: leaves */
	const uint32_t *count; /* by tuple */
	uint32_t tuples;
	const uint32_t *population_code;  /* by tuple of the population: attributes only; NULL when there is none */
	const uint32_t *population_count;
	uint32_t population_tuples;

	const struct deid_model *model; /* `sensitive` is set */
	size_t models;
	enum deid_metric_kind metric;
	const double *weight; /* by attribute, or NULL */
	struct deid_decimal suppression; /* share of the rows that may be suppressed */
	uint64_t population_size;
	const struct deid_problem *whole; /* when the tuples are part of a larger table: that table's, for its distributions */
};

/*
 * Makes P of IN; IN's hierarchies, models and weights outlive it.  P is freed by
 * deid_problem_free whatever the outcome.  Fails with model_invalid (k above the
 * rows, a population that does not hold the table, a hierarchical distance
 * without a root), too_large and out_of_memory.
 */
result deid_problem_make(struct deid_problem *p, const struct deid_input *in, struct error *e);

/* Frees what P holds. */
void deid_problem_free(struct deid_problem *p);

/* Reads TEXT, all of it, as a number into *OUT; false when it is none. */
bool deid_number_parse(struct str text, double *out);

#endif
