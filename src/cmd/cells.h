/*
 * cmd/cells.h - what the cells of a row mean: columns to items, text to JSON.
 *
 * rows.h says the rules.  Nothing here knows the policy beyond the item types it was given.
 */
#ifndef SEKISHO_CMD_CELLS_H
#define SEKISHO_CMD_CELLS_H

#include "base/arena.h"
#include "cmd/rows.h"

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_TEXTS, CELL_NUMBERS, CELL_FILE };

/* What a column is for. */
enum column_use { COLUMN_ITEM, COLUMN_ACQUIRED_AT, COLUMN_SHOWN_AT, COLUMN_NOTICE_VERSION, COLUMN_NOTICE_LANGUAGE, COLUMN_NOTHING };

struct column {
	struct str name; /* as the file has it */
	enum column_use use;
	const char *item; /* id */
	enum cell_kind kind;
};

struct cells {
	const struct rows_config *c;
	struct arena arena; /* of columns and map */
	struct column *columns; /* of CSV; of JSON lines those that the map names */
	size_t n, cap;
	struct str *from, *to; /* the map */
	size_t n_map;
};

/* Makes X empty for the file that C describes; C is borrowed. */
void cells_init(struct cells *x, const struct rows_config *c);

/* Frees what X owns. */
void cells_free(struct cells *x);

/* Reads the map of X.  Fails with usage, out_of_memory. */
result cells_map(struct cells *x, struct error *e);

/* Adds the next column, named NAME, to X.  Fails with column_unknown, out_of_memory. */
result cells_column(struct cells *x, struct str name, struct error *e);

/* Checks that X's columns are each there once and that the map names none that is missing.  Fails with column_unknown. */
result cells_complete(struct cells *x, struct error *e);

/* The column of X that holds item ID, or ID.  X's, or ID itself. */
struct str cells_column_of(const struct cells *x, struct str id);

/* Makes of the cells FIELD, one a column of X, the row *VALUE, the caller's to json_decref.  Fails with out_of_memory. */
result cells_row(const struct cells *x, const struct str *field, json_t **value, struct error *e);

/*
 * Makes of the JSON object in LINE, by X's map, the row *VALUE, the caller's to
 * json_decref; NULL, with the reason in BAD, when the row is bad.  Fails with
 * out_of_memory.
 */
result cells_object(const struct cells *x, struct str line, json_t **value, struct error *bad, struct error *e);

/* Appends to B the VALUE of an item as a cell of CSV; NULL and null are an empty one, what is neither text nor number is JSON. */
void cell_write(struct buf *b, const json_t *value);

#endif
