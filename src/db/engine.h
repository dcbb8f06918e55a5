/*
 * db/engine.h - what an engine gives to db/db.h; seen inside this folder only.
 *
 * An engine is one table of functions.  Its connection begins with a struct db
 * and its statement with a struct db_stmt, so that the hot calls (bind, step,
 * column) cost one indirect call and no look-up.  The functions have the
 * contracts of their namesakes in db/db.h; `prepare` is called once for each
 * statement of a connection, whose result db.c keeps.
 *
 * Ownership: `close` frees the connection with all of its statements.
 */
#ifndef SEKISHO_DB_ENGINE_H
#define SEKISHO_DB_ENGINE_H

#include "db/db.h"

struct sql_text {
	const char *name;
	const char *text;
};

struct migration {
	int number;
	const char *name;
	unsigned char hash[32]; /* SHA-256 of the file as it stands in sql/ */
	const char *text;
};

struct db_engine {
	const struct migration *migrations; /* by number */
	size_t migration_count;
	const char *migrations_table; /* DDL that makes schema_migration unless it is there */

	void (*close)(struct db *d);
	result (*script)(struct db *d, const char *text, struct error *e); /* several statements, no parameters */
	result (*begin)(struct db *d, bool write, struct error *e);
	result (*commit)(struct db *d, enum db_outcome *outcome, struct error *e);
	void (*rollback)(struct db *d);
	int64_t (*changes)(struct db *d);
	result (*checkpoint)(struct db *d, enum db_checkpoint how, struct db_wal *out, struct error *e);

	result (*quick_check)(struct db *d, struct error *e);

	struct db_stmt *(*prepare)(struct db *d, enum sql_id id, struct error *e);
	void (*renew)(struct db_stmt *s); /* reset, and nothing bound */
	void (*reset)(struct db_stmt *s);
	void (*bind_i64)(struct db_stmt *s, int n, int64_t v);
	void (*bind_blob)(struct db_stmt *s, int n, const void *p, size_t len);
	void (*bind_text)(struct db_stmt *s, int n, struct str t);
	void (*bind_null)(struct db_stmt *s, int n);
	result (*step)(struct db_stmt *s, bool *row, struct error *e);
	int64_t (*i64)(struct db_stmt *s, int n);
	struct str (*blob)(struct db_stmt *s, int n);
	struct str (*text)(struct db_stmt *s, int n);
	bool (*is_null)(struct db_stmt *s, int n);
};

struct db_stmt {
	const struct db_engine *engine;
};

struct db {
	const struct db_engine *engine;
	struct db_stmt *stmts[SQL_COUNT]; /* NULL until first used */
	int64_t wal_pages; /* after the last commit */
};

/* Opens the SQLite database PATH in MODE; *OUT is the caller's to close.  Fails as db_open. */
result sqlite_open(const char *path, enum db_mode mode, struct db **out, struct error *e);

#endif
