#include "cmd/rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "cmd/cells.h"
#include "cmd/lines.h"

enum { BLOCK = 1 << 16 };

struct rows {
	struct rows_config c;
	int fd;
	uint64_t size, read;
	bool csv;
	struct descriptor_source file;
	struct charset_decoder *decoder;
	struct csv_reader *reader; /* of CSV */
	struct lines lines;	   /* of JSON lines */
	struct cells cells;
	struct buf columns, original;
};

/* Counts what is read: how far it has come. */
static result read_counted(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	struct rows *r = ctx;
	struct source inner = source_descriptor(&r->file);

	TRY(inner.read(inner.ctx, out, cap, n, e));
	r->read += *n;
	return RESULT_OK;
}

static bool ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && strcmp(path + n - m, end) == 0;
}

/* Begins to read R's file from its first byte. */
static result begin(struct rows *r, struct error *e)
{
	const struct csv_options o = {.max_row = ROWS_LINE_MAX, .name = r->c.path};
	const struct source counted = {read_counted, r};

	csv_close(r->reader);
	charset_close(r->decoder);
	r->reader = NULL;
	r->decoder = NULL;
	r->read = 0;
	if (lseek(r->fd, 0, SEEK_SET) != 0)
		return error_at(e, CODE_IO, r->c.path, "the file cannot be read from its beginning: %s", strerror(errno));
	TRY(charset_open(&r->decoder, r->c.charset, counted, r->c.path, e));
	if (r->csv)
		return csv_open(&r->reader, charset_source(r->decoder), &o, e);
	lines_begin(&r->lines, charset_source(r->decoder));
	return RESULT_OK;
}

static result read_columns(struct rows *r, struct error *e)
{
	struct csv_row row;
	bool more;

	if (!r->csv) {
		buf_text(&r->columns, "original");
		return RESULT_OK;
	}
	TRY(csv_next(r->reader, &row, &more, e));
	if (!more)
		return error_at(e, CODE_MALFORMED, r->c.path, "the file is empty; its first line names the columns");
	if (row.fault != CSV_FINE)
		return csv_refuse(r->reader, &row, e);
	for (size_t i = 0; i < row.count; i++) {
		if (i)
			buf_byte(&r->columns, ',');
		csv_write(&r->columns, row.field[i], ',');
		TRY(cells_column(&r->cells, row.field[i], e));
	}
	return cells_complete(&r->cells, e);
}

static result open_file(struct rows *r, struct error *e)
{
	struct stat s;

	r->csv = ends_with(r->c.path, ".csv");
	if (!r->csv && !ends_with(r->c.path, ".ndjson") && !ends_with(r->c.path, ".jsonl"))
		return error_at(e, CODE_USAGE, r->c.path, "the file's name ends in .csv, .ndjson or .jsonl, which says how it is read");
	r->fd = open(r->c.path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0 || fstat(r->fd, &s) != 0)
		return error_at(e, CODE_IO, r->c.path, "the file cannot be opened: %s", strerror(errno));
	if (!S_ISREG(s.st_mode))
		return error_at(e, CODE_IO, r->c.path, "this is no regular file");
	r->size = (uint64_t)s.st_size;
	r->file = (struct descriptor_source){r->fd, r->c.path};
	return RESULT_OK;
}

result rows_open(const struct rows_config *c, struct rows **out, struct error *e)
{
	struct rows *r = calloc(1, sizeof *r);

	*out = NULL;
	if (!r)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a file");
	r->c = *c;
	r->fd = -1;
	buf_init(&r->columns);
	buf_init(&r->original);
	lines_init(&r->lines, c->path, ROWS_LINE_MAX);
	cells_init(&r->cells, &r->c);
	if (!ok(open_file(r, e)) || !ok(cells_map(&r->cells, e)) || !ok(begin(r, e)) || !ok(read_columns(r, e))) {
		rows_close(r);
		return RESULT_FAIL;
	}
	*out = r;
	return RESULT_OK;
}

void rows_close(struct rows *r)
{
	if (!r)
		return;
	csv_close(r->reader);
	charset_close(r->decoder);
	lines_free(&r->lines);
	cells_free(&r->cells);
	buf_free(&r->columns);
	buf_wipe(&r->original);
	if (r->fd >= 0)
		(void)close(r->fd); /* ignored: only read from */
	free(r);
}

static result next_csv(struct rows *r, struct row *row, bool *more, struct error *e)
{
	struct csv_row in;

	TRY(csv_next(r->reader, &in, more, e));
	if (!*more)
		return RESULT_OK;
	row->line = in.line;
	for (size_t i = 0; i < in.count; i++) {
		if (i)
			buf_byte(&r->original, ',');
		csv_write(&r->original, in.field[i], ',');
	}
	if (in.fault != CSV_FINE) {
		(void)csv_refuse(r->reader, &in, &row->bad); /* ignored: only sets, as the row's fault */
		row->bad.where[0] = '\0';
		return RESULT_OK;
	}
	return cells_row(&r->cells, in.field, &row->value, e);
}

static result next_line(struct rows *r, struct row *row, bool *more, struct error *e)
{
	struct str line;

	TRY(lines_next(&r->lines, &line, &row->line, more, e));
	if (!*more)
		return RESULT_OK;
	csv_write(&r->original, line, ',');
	return cells_object(&r->cells, line, &row->value, &row->bad, e);
}

result rows_next(struct rows *r, struct row *row, bool *more, struct error *e)
{
	memset(row, 0, sizeof *row);
	buf_reset(&r->original);
	TRY(r->csv ? next_csv(r, row, more, e) : next_line(r, row, more, e));
	if (!buf_ok(&r->original)) {
		json_decref(row->value);
		row->value = NULL;
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row");
	}
	row->original = buf_view(&r->original);
	return RESULT_OK;
}

struct str rows_columns(const struct rows *r)
{
	return buf_view(&r->columns);
}

struct str rows_column_of(const struct rows *r, struct str id)
{
	return cells_column_of(&r->cells, id);
}

uint64_t rows_read(const struct rows *r)
{
	return r->read;
}

uint64_t rows_size(const struct rows *r)
{
	return r->size;
}

result rows_check(struct rows *r, struct error *e)
{
	struct source text;
	char *block;
	size_t n = 1;
	result read = RESULT_OK;

	TRY(begin(r, e));
	text = charset_source(r->decoder);
	block = malloc(BLOCK);
	if (!block)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a file");
	while (ok(read) && n)
		read = text.read(text.ctx, block, BLOCK, &n, e);
	free(block);
	TRY(read);
	TRY(begin(r, e));
	if (r->csv) { /* past the line of columns, which is known */
		struct csv_row row;
		bool more;

		TRY(csv_next(r->reader, &row, &more, e));
	}
	return RESULT_OK;
}
