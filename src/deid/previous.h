/*
 * deid/previous.h - a run measured against tables that were released before, files of separated values.
 *
 * Such a file has the run's quasi-identifying columns, at whatever level of the
 * same hierarchies.  At which levels it was written is found out: the lowest ones
 * at which every value of a column occurs, or, where there are none (local
 * recoding), those of each record, the first that fits counting.
 */
#ifndef SEKISHO_DEID_PREVIOUS_H
#define SEKISHO_DEID_PREVIOUS_H

#include "deid/job.h"

/*
 * Reads FILES, separated as R's input, and puts into R's figures how many there
 * are and what all of them and R's output tell apart together (deid/narrow.h).
 * Fails with column_unknown (a quasi-identifying column is missing),
 * value_without_leaf (a value that the column's hierarchy has at no level), malformed, encoding,
 * io, too_large (records at more than 256 different levels), out_of_memory.
 */
result deid_previous_measure(struct deid_run *r, const struct deid_names *files, struct error *e);

#endif
