#include "deid/rows.h"

#include "db/foreign_table.h"

/* Separated values ----------------------------------------------------------------------------------------- */

static result csv_header(void *ctx, struct csv_row *row, struct error *e)
{
	struct deid_csv_rows *r = ctx;
	bool more;

	TRY(csv_next(r->csv, row, &more, e));
	if (!more)
		return error_at(e, CODE_MALFORMED, r->name, "the input is empty; its first line names the columns");
	return row->fault == CSV_FINE ? RESULT_OK : csv_refuse(r->csv, row, e);
}

static result csv_row_next(void *ctx, struct csv_row *row, bool *more, struct error *e)
{
	return csv_next(((struct deid_csv_rows *)ctx)->csv, row, more, e);
}

static void csv_row_where(const void *ctx, size_t field, struct buf *b)
{
	csv_where(((const struct deid_csv_rows *)ctx)->csv, field, b);
}

static result csv_row_refuse(const void *ctx, const struct csv_row *row, struct error *e)
{
	return csv_refuse(((const struct deid_csv_rows *)ctx)->csv, row, e);
}

struct deid_rows deid_rows_csv(struct deid_csv_rows *r)
{
	return (struct deid_rows){
		.header = csv_header, .next = csv_row_next, .where = csv_row_where, .refuse = csv_row_refuse, .ctx = r};
}

/* A query -------------------------------------------------------------------------------------------------- */

static result query_header(void *ctx, struct csv_row *row, struct error *e)
{
	struct deid_query_rows *r = ctx;

	*row = (struct csv_row){.count = 0};
	row->field = foreign_columns(r->f, &row->count);
	return row->count ? RESULT_OK : error_set(e, CODE_MALFORMED, "the query gives no columns");
}

static result query_begin(void *ctx, const size_t *column, size_t n, struct error *e)
{
	(void)column;
	(void)n;
	return foreign_start(((struct deid_query_rows *)ctx)->f, e);
}

static result query_next(void *ctx, struct csv_row *row, bool *more, struct error *e)
{
	struct deid_query_rows *r = ctx;

	r->row++;
	return foreign_next(r->f, &row->field, more, e);
}

static void query_where(const void *ctx, size_t field, struct buf *b)
{
	const struct deid_query_rows *r = ctx;
	size_t n;
	const struct str *name = foreign_columns(r->f, &n);

	if (r->row == 0)
		buf_printf(b, "query:column %zu", field + 1);
	else
		buf_printf(b, "query:row %llu:\"%.*s\"", (unsigned long long)r->row, (int)name[field].n, name[field].p);
}

/* A query's rows have no faults: each has all columns. */
static result query_refuse(const void *ctx, const struct csv_row *row, struct error *e)
{
	(void)ctx;
	(void)row;
	return error_set(e, CODE_INTERNAL, "a row of a query has a fault");
}

struct deid_rows deid_rows_query(struct deid_query_rows *r)
{
	return (struct deid_rows){.header = query_header,
				  .begin = query_begin,
				  .next = query_next,
				  .where = query_where,
				  .refuse = query_refuse,
				  .unchecked = true,
				  .ctx = r};
}

/* A query's rows, counted in its database ------------------------------------------------------------------ */

static result counted_header(void *ctx, struct csv_row *row, struct error *e)
{
	struct deid_counted_rows *r = ctx;

	*row = (struct csv_row){.count = 0};
	row->field = foreign_columns(r->f, &row->count);
	r->field = arena_array(&r->arena, row->count, sizeof *r->field);
	return r->field ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row");
}

static result counted_begin(void *ctx, const size_t *column, size_t n, struct error *e)
{
	struct deid_counted_rows *r = ctx;

	r->column = column;
	r->n = n;
	return foreign_count(r->f, column, n, e);
}

static result counted_next(void *ctx, struct csv_row *row, bool *more, struct error *e)
{
	struct deid_counted_rows *r = ctx;
	const struct str *given;

	TRY(foreign_next(r->f, &given, more, e));
	if (!*more)
		return RESULT_OK;
	r->given = true;
	for (size_t i = 0; i < r->n; i++)
		r->field[r->column[i]] = given[i];
	row->field = r->field;
	return str_to_u64(given[r->n], INT64_MAX, &r->times) ? RESULT_OK : error_set(e, CODE_DATABASE, "the database does not count");
}

static void counted_where(const void *ctx, size_t field, struct buf *b)
{
	const struct deid_counted_rows *r = ctx;
	size_t n;
	const struct str *name = foreign_columns(r->f, &n);

	if (r->given)
		buf_printf(b, "query:\"%.*s\"", (int)name[field].n, name[field].p);
	else
		buf_printf(b, "query:column %zu", field + 1);
}

struct deid_rows deid_rows_counted(struct deid_counted_rows *r)
{
	return (struct deid_rows){.header = counted_header,
				  .begin = counted_begin,
				  .next = counted_next,
				  .where = counted_where,
				  .refuse = query_refuse,
				  .unchecked = true,
				  .times = &r->times,
				  .ctx = r};
}
