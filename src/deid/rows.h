/*
 * deid/rows.h - where the rows of a table come from: separated values, or a query.
 *
 * A source of rows is functions and their context; it owns nothing.  The first row
 * names the columns.  Fields are valid until the next call.
 */
#ifndef SEKISHO_DEID_ROWS_H
#define SEKISHO_DEID_ROWS_H

#include "base/csv.h"

struct foreign;

struct deid_rows {
	/* The first row, with the columns' names.  Fails with malformed when there is none. */
	result (*header)(void *ctx, struct csv_row *row, struct error *e);
	/* The next row, or *MORE cleared.  A row with a fault is given with it. */
	result (*next)(void *ctx, struct csv_row *row, bool *more, struct error *e);
	/* Appends the place of field FIELD of the row that was given last to B. */
	void (*where)(const void *ctx, size_t field, struct buf *b);
	/* Fails with malformed and the place of the fault of ROW, which was given last. */
	result (*refuse)(const void *ctx, const struct csv_row *row, struct error *e);
	bool unchecked; /* texts may be no UTF-8 */
	void *ctx;
};

/* Rows of separated values. */
struct deid_csv_rows {
	struct csv_reader *csv; /* the caller's */
	const char *name;
};

/* The rows of R. */
struct deid_rows deid_rows_csv(struct deid_csv_rows *r);

/* Rows of a query. */
struct deid_query_rows {
	struct foreign *f; /* with its query; the caller's */
	uint64_t row;	   /* given last, from 1 */
};

/* The rows of R. */
struct deid_rows deid_rows_query(struct deid_query_rows *r);

#endif
