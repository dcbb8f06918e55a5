/*
 * deid/write.h - the anonymized table, row by row in the order of the input.
 */
#ifndef SEKISHO_DEID_WRITE_H
#define SEKISHO_DEID_WRITE_H

#include "base/outfile.h"
#include "deid/job.h"

/*
 * Appends R's output to F: a header, then each row that is not suppressed, its
 * quasi-identifying columns at their levels, the sensitive and insensitive ones
 * as they were, the identifying ones left out.  Fails with io or out_of_memory; F
 * is then to be dropped.
 */
result deid_write(const struct deid_run *r, struct outfile *f, struct error *e);

/* Appends the header of R's output to B, with its line end. */
void deid_write_header(const struct deid_run *r, struct buf *b);

#endif
