/*
 * deid/neighbours.h - a hierarchy of groups of neighbouring values, each of enough
 * records: univariate microaggregation.
 *
 * The values, all numbers or all days, are put in order and cut into groups of at
 * least K records so that the sum of squared distances from the groups' means is
 * least (Domingo-Ferrer, Mateo-Sanz 2002; found as Hansen and Mukherjee 2003 do,
 * by the shortest path).  A value's records stay together, so that a group has
 * more than 2K - 1 records only where it could not be cut between values.  The
 * levels above join two neighbours each, up to one value, "*".
 */
#ifndef SEKISHO_DEID_NEIGHBOURS_H
#define SEKISHO_DEID_NEIGHBOURS_H

#include "deid/hierarchy.h"

/*
 * Makes H, whose leaves are the values of D in its order, with COUNT records each,
 * for groups of K records.  Whatever the outcome, the caller frees H with
 * deid_hierarchy_free.  Fails with value_without_leaf when a value is neither number
 * nor day, and with out_of_memory.
 */
result deid_neighbours_make(struct deid_hierarchy *h, const struct deid_dict *d, const uint64_t *count, uint64_t k,
			    struct error *e);

#endif
