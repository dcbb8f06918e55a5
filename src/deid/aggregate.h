/*
 * deid/aggregate.h - columns whose values are replaced by one for each class:
 * microaggregation (Domingo-Ferrer, Mateo-Sanz 2002) within the classes of a plan.
 *
 * Means are rounded to two decimals more than the column has, halves away from 0;
 * means of days to the nearest day, halves to the later one.  The median of an even
 * number is the mean of the two in the middle, exactly, and the first of the two
 * where values are words, whose order is that of the hierarchy's lines.  Of modes
 * that are as frequent the first one is taken.
 */
#ifndef SEKISHO_DEID_AGGREGATE_H
#define SEKISHO_DEID_AGGREGATE_H

#include "deid/job.h"

/* Reads TEXT, such as "income=mean", into *OUT, which points into it.  Fails with usage and says what would be right. */
result deid_aggregate_parse(struct str text, struct deid_aggregate *out, struct error *e);

/* The name of HOW.  Static. */
const char *deid_aggregate_name(enum deid_aggregate_how how);

/*
 * Notes in D, N columns as they are declared, the aggregates of R's job, so that the
 * table is read for them: which columns hold quantities, and which get groups of
 * neighbouring values for a hierarchy.  Fails with usage, column_unknown (a column
 * that is not in the output), model_invalid (twice; a model is about the column; no
 * k to group by), out_of_memory.
 */
result deid_aggregate_declare(struct deid_run *r, struct deid_declared *d, size_t n, struct error *e);

/*
 * Aggregates within the classes of R's plan what its job asks for: sets `aggregated`,
 * `class_of`, and `after` anew.  Fails with out_of_memory.
 */
result deid_aggregate(struct deid_run *r, struct error *e);

/* The share of its variation that A lost, SSE over SST: 0 when there was none; NAN when its values are words. */
double deid_aggregate_loss(const struct deid_aggregated *a);

/* What replaces the values of C in R's output, or NULL where nothing does.  R's. */
const struct deid_aggregated *deid_aggregated(const struct deid_run *r, const struct deid_column *c);

#endif
