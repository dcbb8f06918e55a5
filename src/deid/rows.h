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
	/* Told the N columns COLUMN that are asked for once these are known, in the order of a table's tuple; NULL: nothing to do. */
	result (*begin)(void *ctx, const size_t *column, size_t n, struct error *e);
	/* The next row, or *MORE cleared.  A row with a fault is given with it. */
	result (*next)(void *ctx, struct csv_row *row, bool *more, struct error *e);
	/* Appends the place of field FIELD of the row that was given last to B. */
	void (*where)(const void *ctx, size_t field, struct buf *b);
	/* Fails with malformed and the place of the fault of ROW, which was given last. */
	result (*refuse)(const void *ctx, const struct csv_row *row, struct error *e);
	bool unchecked; /* texts may be no UTF-8 */
	const uint64_t *times; /* how many records the row given last stands for: only asked columns are there; NULL: one, and all */
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

/* How many rows of a query have which values, counted in its database. */
struct deid_counted_rows {
	struct foreign *f; /* opened for writing, with its query; the caller's */
	struct arena arena; /* the caller's, too */
	struct str *field; /* of all columns; empty where they are not asked for */
	const size_t *column;
	size_t n;
	bool given; /* a row */
	uint64_t times;
};

/* The rows of R. */
struct deid_rows deid_rows_counted(struct deid_counted_rows *r);

#endif
