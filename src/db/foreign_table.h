/*
 * db/foreign_table.h - a new table beside the one that a query gives, made inside its
 * database: the rows never leave it.
 *
 * A connection opened for writing counts what rows there are in some columns, and is
 * told by small temporary tables what to make of them.  A *map* goes from each value
 * of a column to its label (several, where records differ in how coarse they are)
 * and to a part of a key.  The parts of a row, added up, are its key, one number or
 * several; rows whose key is in the table of *kept* keys are written, the others left
 * out, and so are rows with a value that no map has.
 *
 * All is one transaction: the table is there whole after foreign_commit, or not at
 * all.  What is used: common table expressions, temporary tables, CREATE TABLE AS,
 * joins, INTERSECT, count(DISTINCT); no cursors, triggers, sequences or updates.
 *
 * Each statement fails with database (the connection was lost, or the database's own
 * words), query_invalid, storage_unavailable (full, locked), out_of_memory.
 */
#ifndef SEKISHO_DB_FOREIGN_TABLE_H
#define SEKISHO_DB_FOREIGN_TABLE_H

#include <stdint.h>

#include "db/foreign.h"

/*
 * Begins to give how many rows of F's query have which texts in the N columns at
 * COLUMN (their numbers): foreign_next gives these and the count behind them; the same
 * texts may come several times.  Fails as above.
 */
result foreign_count(struct foreign *f, const size_t *column, size_t n, struct error *e);

/* Fails with conflict when the database of F has something named NAME already, with usage when none may be so named, and as above. */
result foreign_absent(struct foreign *f, struct str name, struct error *e);

/* Ends the reading of F, which may change nothing, and begins the making.  Fails as above. */
result foreign_begin_making(struct foreign *f, struct error *e);

/* Rows that are given to a temporary table, as texts. */
struct foreign_rows {
	size_t columns;
	/* Puts the next row into FIELD, or gives false behind the last. */
	bool (*next)(void *ctx, struct str *field);
	void *ctx;
};

/* Makes in F the map number NUMBER of ROWS: value, part, labels.  Fails as above. */
result foreign_map(struct foreign *f, size_t number, struct foreign_rows rows, struct error *e);

/* Makes in F the table of kept keys of ROWS: WORDS numbers that are the key, then levels.  Fails as above. */
result foreign_kept(struct foreign *f, size_t words, struct foreign_rows rows, struct error *e);

/* A column of the new table. */
struct foreign_column {
	size_t from;	   /* column of the query */
	struct str name;
	bool mapped;	   /* else it stays as it is */
	size_t map;	   /* number of the map, */
	size_t word;	   /* which part of the key it adds to, */
	const unsigned *levels; /* and at which levels its labels are, in their order */
	size_t labels;	   /* one: all rows have it; else the kept keys' level number `map` says which */
};

struct foreign_layout {
	const struct foreign_column *at;
	size_t n;
	size_t words;
};

/* Makes in F the table NAME with COLUMNS.  Fails as above. */
result foreign_publish(struct foreign *f, struct str name, const struct foreign_layout *columns, struct error *e);

/*
 * Begins to give how many rows of the table NAME of F have which texts in its N columns
 * COLUMN, as foreign_count does.  Fails as above.
 */
result foreign_count_written(struct foreign *f, struct str name, const struct str *column, size_t n, struct error *e);

/* Counts the different values in the N columns COLUMN of F's query, each into OUT.  Fails as above. */
result foreign_distinct(struct foreign *f, const size_t *column, size_t n, uint64_t *out, struct error *e);

/* Counts the different pairs of values of the columns A and B of F's query into *OUT.  Fails as above. */
result foreign_pairs(struct foreign *f, size_t a, size_t b, uint64_t *out, struct error *e);

/*
 * Counts into *OUT which values of column KEY of F's query the column OTHER has too; with
 * LISTED, the map of that number has instead of it.  Fails as above.
 */
result foreign_shared(struct foreign *f, size_t key, size_t other, const size_t *listed, uint64_t *out, struct error *e);

/* Ends F's transaction: the table is there.  Fails as above; when the connection was lost just then, nobody knows. */
result foreign_commit(struct foreign *f, struct error *e);

#endif
