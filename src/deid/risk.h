/*
 * deid/risk.h - how likely a record of the table is found to be someone's.
 */
#ifndef SEKISHO_DEID_RISK_H
#define SEKISHO_DEID_RISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Classes by their size: CLASSES classes of SIZE rows each. */
struct deid_size {
	uint64_t size;
	uint64_t classes;
};

/* The sizes of a table's classes, ascending, each once. */
struct deid_sizes {
	struct deid_size *at;
	size_t n;
};

/* Pitman's sampling formula fitted to a sample. */
struct deid_pitman {
	double alpha;
	double theta;
};

/*
 * Fits Pitman's sampling formula to S, the class sizes of a sample, by maximum
 * likelihood into *FIT.  False when there is no such fit: none of the rows of S is
 * unique, or all are.
 */
bool deid_pitman_fit(const struct deid_sizes *s, struct deid_pitman *fit);

/*
 * The share of a population of POPULATION persons that is unique in it, as
 * estimated from S, the class sizes of a sample of it, by Pitman's model
 * (Hoshino 2001) as deid_pitman_fit has it.  0 when S is empty.
 */
double deid_population_unique_pitman(const struct deid_sizes *s, uint64_t population);

/*
 * As deid_population_unique_pitman, by Zayatz (1991): a population's uniques from
 * the classes of the sample S of POPULATION persons by the hypergeometric law.
 */
double deid_population_unique_zayatz(const struct deid_sizes *s, uint64_t population);

#endif
