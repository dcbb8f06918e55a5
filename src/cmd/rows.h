/*
 * cmd/rows.h - rows of a file as the import takes them.
 *
 * CSV (the first line names the columns) or one JSON object a line, of any of our
 * character sets, read as a stream: memory does not grow with the file.  A column
 * or key is an item of the category, or one of acquired_at, shown_at,
 * notice_version and notice_language, by its name or by a map.  A cell becomes
 * the JSON that its item's type asks for:
 *
 *   empty            no value
 *   number           a JSON number
 *   list, many       a JSON array when it begins with "[", else split at ";"
 *   file             a JSON object when it begins with "{", else base64
 *   all else         text
 *
 * What does not fit stays text, and the gate refuses it by its type.
 *
 * Ownership: a row's parts are the reader's until the next call, but for its JSON.
 */
#ifndef SEKISHO_CMD_ROWS_H
#define SEKISHO_CMD_ROWS_H

#include <jansson.h>

#include "base/charset.h"
#include "base/result.h"
#include "base/str.h"

enum { ROWS_LINE_MAX = 1 << 20 };

struct rows;

/* What a row has beside its items, or what all rows have. */
struct rows_common {
	const char *notice;	     /* id, or NULL */
	const char *notice_version;  /* a number as text, or NULL; so too the others */
	const char *notice_language;
	const char *shown_at;
	const char *acquired_at;
};

struct rows_config {
	const char *path;	  /* ends in .csv, .ndjson or .jsonl */
	enum charset charset;
	const json_t *items;	  /* [{"id", "type", "many", "list_of"}, …]; borrowed for the reader's life, as all of this */
	const char *map;	  /* "column=item,…", or NULL; nothing behind the sign: the column is passed over */
	struct rows_common common;
};

struct row {
	uint64_t line;
	json_t *value; /* {"items", "at", "notice"}, the caller's to json_decref; NULL when the row is bad */
	struct error bad; /* then: why, and in `where` which column, if one */
	struct str original; /* the row as it stood: cells of CSV, or one cell with the line */
};

/*
 * Opens the file as C says in *OUT, the caller's to close.  Fails with io, usage
 * (name of the file, map), column_unknown, malformed (no line of columns),
 * out_of_memory, and as reading does.
 */
result rows_open(const struct rows_config *c, struct rows **out, struct error *e);

/* Closes R; NULL is nothing. */
void rows_close(struct rows *r);

/*
 * Reads the next row of R into *ROW and sets *MORE, or clears *MORE at the end.
 * Fails with io, encoding, too_large, out_of_memory.
 */
result rows_next(struct rows *r, struct row *row, bool *more, struct error *e);

/* The columns of R as they stood in the first line, as a line of CSV without its end.  R's. */
struct str rows_columns(const struct rows *r);

/* What the item ID is called in R's file.  R's, or ID itself. */
struct str rows_column_of(const struct rows *r, struct str id);

/* Bytes of R's file that were read so far, and how many there are. */
uint64_t rows_read(const struct rows *r);
uint64_t rows_size(const struct rows *r);

/*
 * Reads the whole of R's file once and checks that it is text of its character set,
 * then begins again.  Fails with encoding (the place) and io.
 */
result rows_check(struct rows *r, struct error *e);

#endif
