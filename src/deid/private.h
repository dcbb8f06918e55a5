/*
 * deid/private.h - differential privacy of the k-anonymization kind.
 *
 * Records are drawn by chance, each with the same; the levels are given, so that no
 * record decides about them; classes of fewer than k are suppressed; what is left is
 * written in the order of its values.  That is (epsilon, delta)-differentially private
 * where k is large enough for both and for the chance of being drawn: N. Li, W. Qardaji,
 * D. Su, On sampling, anonymization, and differential privacy, ASIACCS 2012, theorem 5.
 * The chance is 1 - exp(-epsilon), as in R. Bild, K. Kuhn, F. Prasser, SafePub, PoPETs
 * 2018, and is met exactly (deid/draw.h).
 *
 * The guarantee is that of the table that is written.  A report says more of the records
 * than the table does, and is not for whoever gets the table.
 */
#ifndef SEKISHO_DEID_PRIVATE_H
#define SEKISHO_DEID_PRIVATE_H

#include "deid/job.h"

struct deid_private {
	struct deid_decimal epsilon;
	struct deid_decimal delta;
	struct str both;    /* as written: "1,0.00001" */
	uint64_t k;	    /* that follows from them */
	uint64_t records;   /* of the input; the run's table has those that were drawn */
};

/*
 * The least k for which the suppression of smaller classes, after drawing with a chance of
 * 1 - exp(-EPSILON), is (EPSILON, DELTA)-differentially private; EPSILON from 0.001 to 10,
 * DELTA above 0 and below 1.
 */
uint64_t deid_private_k(struct deid_decimal epsilon, struct deid_decimal delta);

/* Makes of M, a model of the kind DEID_DP of R's, what R does for it, and M a k.  Fails with out_of_memory. */
result deid_private_begin(struct deid_run *r, struct deid_model *m, struct error *e);

/*
 * Fails with model_invalid when R's job asks besides differential privacy for what would
 * let records decide more than whether they are there.  R's columns are DECLARED, N of them.
 */
result deid_private_allowed(const struct deid_run *r, const struct deid_declared *declared, size_t n, struct error *e);

/* Draws the records of R's table.  Fails with no_transformation when none is drawn. */
result deid_private_draw(struct deid_run *r, struct error *e);

#endif
