/*
 * deid/metric.h - what a transformation costs.
 *
 * Smaller is better.  Two families:
 *
 *  - by value: each record pays for each attribute by the value that it is left
 *    with, or a worst price when it is suppressed.  loss, loss-geometric,
 *    precision, entropy, height.  Costs are integers, so a sum over records is
 *    exact in any order; each attribute's share of its worst is floored to ten
 *    decimals before the (weighted) mean.
 *  - by class: the classes decide.  discernability, aecs, ambiguity, kl.  Sums
 *    that are not of integers are rounded (ambiguity to 40 bits, kl to ten
 *    decimals), so that their order does not decide between equals.
 *
 * A `key` orders transformations as their scores do.
 */
#ifndef SEKISHO_DEID_METRIC_H
#define SEKISHO_DEID_METRIC_H

#include "deid/hierarchy.h"

enum deid_metric_kind {
	DEID_LOSS,
	DEID_LOSS_GEOMETRIC,
	DEID_PRECISION,
	DEID_ENTROPY,
	DEID_HEIGHT,
	DEID_DISCERNABILITY,
	DEID_AECS,
	DEID_AMBIGUITY,
	DEID_KL,
	DEID_METRIC_KINDS,
};

struct deid_metric {
	struct arena arena;
	enum deid_metric_kind kind;
	const struct deid_hierarchy *const *h; /* by attribute */
	size_t attributes;
	const double *weight; /* by attribute, or NULL: all alike */
	double weights;	      /* their sum */
	uint64_t rows;

	/* by value: gap[a][level * leaves + leaf] is the worst price less the price; worst_sum[a] and price_sum[a][level] are
	 * sums over the table's rows */
	uint64_t **gap;
	uint64_t **price_sum;
	uint64_t *base; /* what no transformation can avoid */
	uint64_t *span; /* worst less base; 0 when the attribute cannot cost anything */

	/* by class */
	double log_tuples; /* kl: sum over tuples of count * log2(count) */
	double *log_leaves; /* by attribute: log2 of the leaves */
};

/* The kind of metric that NAME is, or DEID_METRIC_KINDS when there is none. */
enum deid_metric_kind deid_metric_named(struct str name);

/* The name of KIND.  Static. */
const char *deid_metric_name(enum deid_metric_kind kind);

/* True when M is by value. */
static inline bool deid_metric_by_value(const struct deid_metric *m)
{
	return m->kind <= DEID_HEIGHT;
}

/*
 * Makes M of KIND over the N attributes with the hierarchies H (which outlive
 * it), WEIGHT by attribute or NULL (outlives it, too).  Then deid_metric_count
 * takes the tuples, and deid_metric_ready closes it.  Freed by deid_metric_free
 * whatever the outcome.  Fails with out_of_memory.
 */
result deid_metric_make(struct deid_metric *m, enum deid_metric_kind kind, const struct deid_hierarchy *const *h, size_t n,
			const double *weight, struct error *e);

/* Adds COUNT rows that have LEAF in attribute A of M. */
void deid_metric_count(struct deid_metric *m, size_t a, uint32_t leaf, uint64_t count);

/* Ends the counting of the table's ROWS in M.  Fails with too_large when sums may not fit. */
result deid_metric_ready(struct deid_metric *m, uint64_t rows, struct error *e);

/* Frees what M holds. */
void deid_metric_free(struct deid_metric *m);

/*
 * By value: the share of attribute A's worst price that PRICE, summed over all
 * rows, is: floored to ten decimals, in parts of 1e-10.
 */
double deid_metric_share(const struct deid_metric *m, size_t a, uint64_t price);

/* By value: the key of M that the attributes' shares SHARE add up to. */
double deid_metric_key(const struct deid_metric *m, const double *share);

/* How much above KEY a bound must be before it surely is: what sums of M may be off by rounding. */
double deid_metric_slack(const struct deid_metric *m, double key);

/* The score that KEY stands for. */
double deid_metric_score(const struct deid_metric *m, double key);

/* X, a sum over classes, as M rounds it. */
double deid_metric_round(const struct deid_metric *m, double x);

#endif
