/*
 * deid/draw.h - random draws whose chances are exactly what they are said to be.
 *
 * Everything is made of whole numbers and of fair bits: no chance is a floating-
 * point number, so that none is rounded, and the low digits of what is drawn
 * betray nothing of what it is added to (I. Mironov, On significance of the least
 * significant bits for differential privacy, CCS 2012).  The algorithms are those
 * of C. Canonne, G. Kamath, T. Steinke, The Discrete Gaussian for Differential
 * Privacy, NeurIPS 2020 (arXiv:2004.00010), sections 5.1 to 5.3.
 *
 * A share is a rational number; numerator and denominator are at most DEID_DRAW_MOST.
 * How long a draw takes depends on what comes of it.
 */
#ifndef SEKISHO_DEID_DRAW_H
#define SEKISHO_DEID_DRAW_H

#include "base/clock.h"

#define DEID_DRAW_MOST UINT64_C(1000000000000)

struct deid_share {
	uint64_t num;
	uint64_t den; /* above 0 */
};

/* A source of random bytes, asked for in larger pieces. */
struct deid_draw {
	struct entropy entropy;
	unsigned char pool[512];
	size_t left;
};

/* Makes D draw from ENTROPY. */
void deid_draw_init(struct deid_draw *d, struct entropy entropy);

/* Forgets what D has not yet used. */
void deid_draw_end(struct deid_draw *d);

/* A number from 0 to N - 1, each as likely as the others; N is above 0. */
uint64_t deid_draw_below(struct deid_draw *d, uint64_t n);

/* True with a chance of P, which is at most 1, in D. */
bool deid_draw_share(struct deid_draw *d, struct deid_share p);

/* True with a chance of exp(-X) in D. */
bool deid_draw_exp(struct deid_draw *d, struct deid_share x);

/*
 * A whole number of the discrete Laplace distribution of SCALE, which is above 0,
 * in D: z with a chance proportional to exp(-|z| / SCALE).  Its magnitude is at
 * most 2^60.
 */
int64_t deid_draw_laplace(struct deid_draw *d, struct deid_share scale);

/*
 * A whole number of the discrete Gaussian distribution of SIGMA, which is above 0, in D:
 * z with a chance proportional to exp(-z^2 / (2 SIGMA^2)).  Its magnitude is at
 * most 2^60.
 */
int64_t deid_draw_gaussian(struct deid_draw *d, struct deid_share sigma);

/* X with numerator and denominator divided by what they share. */
struct deid_share deid_share_reduced(struct deid_share x);

#endif
