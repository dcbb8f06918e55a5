/*
 * deid/noise.h - noise for columns of numbers that leave as they are.
 *
 * What is asked is written as COLUMN=DISTRIBUTION:SIZE[,range=LOW..HIGH][,step=STEP]:
 *
 *   income=laplace:50000                       discrete Laplace of that scale
 *   height=gaussian:1.5                        discrete Gaussian of that sigma
 *   income=laplace:epsilon=1,range=0..9000000  Laplace of the scale (HIGH - LOW) / epsilon
 *
 * Values are taken to the grid of STEP (without it that of the last decimal place that
 * the column has; with epsilon that of the range's ends, so that the data does not
 * decide), brought into the range, given noise of whole steps, and brought into the range
 * again.  Each cell's noise is its own; an empty cell stays empty.
 *
 * With epsilon, any two values within the range give each written value with chances that
 * differ by the factor exp(epsilon) at most: the Laplace mechanism for one cell, whose
 * sensitivity is the range (C. Dwork, F. McSherry, K. Nissim, A. Smith, TCC 2006;
 * discrete: A. Ghosh, T. Roughgarden, M. Sundararajan, STOC 2009).
 */
#ifndef SEKISHO_DEID_NOISE_H
#define SEKISHO_DEID_NOISE_H

#include "deid/dict.h"
#include "deid/draw.h"
#include "deid/model.h"

struct deid_run;
struct deid_declared;
struct deid_column;

/* A number as it is written: NUM over ten to the power of PLACES. */
struct deid_fixed {
	int64_t num;
	unsigned places;
};

struct deid_noise {
	struct str text;	  /* as written */
	struct str column;
	bool gaussian;
	bool epsilon;		  /* `size` is that, not the scale */
	struct deid_decimal size; /* scale, sigma or epsilon */
	bool has_range;
	struct deid_fixed low, high;
	bool has_step;
	struct deid_decimal step;
};

/* One column's noise and what it did. */
struct deid_noised {
	struct deid_noise asked;
	const struct deid_column *column;
	struct deid_decimal step;  /* of the grid */
	struct deid_share scale;   /* scale or sigma, in steps */
	int64_t low, high;	   /* of the range, in steps */
	struct deid_dict exact;	   /* values on the grid and within the range, without noise, */
	uint64_t *exact_rows;	   /* and the records of the output with each */
	uint64_t records;	   /* of the output with a number */
	uint64_t empty;		   /* and without */
	uint64_t clamped;	   /* outside the range */
	uint64_t changed;	   /* written as another number */
	double moved;		   /* their mean distance from what was read, over `records` */
};

/* Reads TEXT as a number, -12.50: at most 12 digits before the point and 6 behind it, into *OUT; false when it is none. */
bool deid_fixed_parse(struct str text, struct deid_fixed *out);

/* Reads TEXT into *OUT, which points into it.  Fails with model_invalid and says what would be right. */
result deid_noise_parse(struct str text, struct deid_noise *out, struct error *e);

/*
 * Reads what R's job asks for, and marks in the N columns DECLARED those that have to hold
 * numbers.  Fails with model_invalid (noise that is not written right, twice for a column,
 * or for one that is not insensitive), column_unknown, out_of_memory.
 */
result deid_noise_declare(struct deid_run *r, struct deid_declared *declared, size_t n, struct error *e);

/*
 * Adds to R, which has its plan, the noise that its job asks for: the columns' values are
 * replaced by what is to be written.  Fails with model_invalid (a range that is not on the grid, a
 * scale too large or small for it), out_of_memory.
 */
result deid_noise_add(struct deid_run *r, struct error *e);

/* The noise of R's column C, or NULL.  R's. */
const struct deid_noised *deid_noise_of(const struct deid_run *r, const struct deid_column *c);

/* Frees what R has of noise. */
void deid_noise_free(struct deid_run *r);

#endif
