/*
 * db/foreign.h - a database that is not an instance's own: a table is taken from it
 * by a query that a person wrote.
 *
 * A connection is one transaction: all that is read through it is of one moment,
 * whoever writes meanwhile.  It is for reading, or for making one new table beside
 * (db/foreign_table.h).  A person's query can change nothing: SQLite refuses
 * by its authorizer whatever is no reading, PostgreSQL by a transaction for reading.
 *
 * Values come as texts, as the database prints them; NULL is an empty text.  Numbers
 * are in their shortest form, days as 2024-05-31, bytes of PostgreSQL in hexadecimal.
 * SQLite does not check that its texts are UTF-8 without NUL: who reads has to.
 *
 * Rows are given one by one and no more are kept in memory.  One thread at a time.
 *
 * Ownership: names and fields are the connection's; names live until the next
 * query, fields until the next row.
 */
#ifndef SEKISHO_DB_FOREIGN_H
#define SEKISHO_DB_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "base/str.h"

struct foreign;

enum foreign_use {
	FOREIGN_READ,
	FOREIGN_WRITE, /* for making a table; SQLite keeps other writers waiting until the end */
};

enum { FOREIGN_MAX_ROW = 64 << 20 }; /* bytes of the longest value */

/* True when URL names a database as foreign_open takes it: "sqlite:FILE", "postgresql://…" or "postgres://…". */
bool foreign_is_url(const char *url);

/* True when URL has a password in it, or cannot be read, so that nobody can tell. */
bool foreign_has_password(const char *url);

/*
 * Opens the database at URL for USE and begins the transaction.  *OUT is the
 * caller's to close.  Fails with usage (no such kind of URL), io (no such file),
 * storage_unavailable (locked), out_of_memory, and database with the database's own
 * words.  No message has a password in it.
 */
result foreign_open(const char *url, enum foreign_use use, struct foreign **out, struct error *e);

/* Closes F, undoing what was not committed; NULL is nothing. */
void foreign_close(struct foreign *f);

/* What messages call F: the file, or the server with the database's name. */
const char *foreign_label(const struct foreign *f);

/* The file of F, where it is one; else NULL. */
const char *foreign_file(const struct foreign *f);

/*
 * Takes QUERY, one statement that a person wrote, for the table that F is asked for,
 * and finds out its columns; nothing is read yet.  Fails with query_invalid, the
 * database's own words and the place in QUERY (query:line:column): not well-formed,
 * more than one statement, one that gives no rows, that changes something, or that
 * waits for parameters; with database when the connection is lost; out_of_memory.
 */
result foreign_query(struct foreign *f, struct str query, struct error *e);

/* The names of the columns of F's query, *N of them. */
const struct str *foreign_columns(const struct foreign *f, size_t *n);

/* Begins to give the rows of F's query.  Fails as foreign_query. */
result foreign_start(struct foreign *f, struct error *e);

/*
 * Gives the next of F's rows in *ROW, as many fields as columns were asked for, and
 * sets *MORE, or clears it after the last.  Fails with query_invalid (a row on which
 * the query fails), too_large (a value over FOREIGN_MAX_ROW), database (the connection
 * was lost), out_of_memory.
 */
result foreign_next(struct foreign *f, const struct str **row, bool *more, struct error *e);

#endif
