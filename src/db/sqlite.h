/*
 * db/sqlite.h - the SQLite engine's own structures; seen inside this folder only.
 *
 * sqlite.c knows connections and transactions, sqlite_stmt.c statements.
 */
#ifndef SEKISHO_DB_SQLITE_H
#define SEKISHO_DB_SQLITE_H

#include <sqlite3.h>

#include "db/engine.h"

enum { PARAM_MAX = 63 };

struct sqlite_db {
	struct db base;
	sqlite3 *handle;
	sqlite3_stmt *begin_write;
	sqlite3_stmt *begin_read;
	sqlite3_stmt *commit;
	sqlite3_stmt *rollback;
	unsigned reading; /* statements that stand on a row: they would hold the snapshot */
};

struct sqlite_stmt {
	struct db_stmt base;
	struct sqlite_db *owner;
	sqlite3_stmt *handle;
	enum sql_id id;
	int bind_rc;	 /* the first bind that failed, SQLITE_OK when none */
	bool on_row;	 /* counted in owner->reading */
	uint64_t wanted; /* bit n: the text has $n */
	uint64_t bound;	 /* bit n: $n has a value */
	/* SQLite numbers $n by first use in the text: index[n] is its number for $n. */
	unsigned char index[PARAM_MAX + 1];
};

/*
 * Sets E from what SQLite last said on HANDLE with RC while doing WHAT: full
 * and read-only disks and a lock that was not given are storage_unavailable, a
 * unique key that is taken is duplicate, the rest database.  Always fails.
 */
result sqlite_fail(sqlite3 *handle, int rc, const char *what, struct error *e);

/* Prepares statement ID on D, a struct sqlite_db.  The connection's; NULL with E set (database) when it cannot be. */
struct db_stmt *sqlite_prepare(struct db *d, enum sql_id id, struct error *e);

/* Frees S, which may be NULL. */
void sqlite_stmt_free(struct sqlite_stmt *s);

/* Resets S, and nothing is bound any more. */
void sqlite_renew(struct db_stmt *s);

/* Ends the reading of S; what is bound stays. */
void sqlite_reset(struct db_stmt *s);

/* Binds V, T, NULL or the LEN bytes at P to parameter $N of S; what fails, sqlite_step reports. */
void sqlite_bind_i64(struct db_stmt *s, int n, int64_t v);
void sqlite_bind_blob(struct db_stmt *s, int n, const void *p, size_t len);
void sqlite_bind_text(struct db_stmt *s, int n, struct str t);
void sqlite_bind_null(struct db_stmt *s, int n);

/* Steps S; *ROW says whether there is a row.  Fails as db_step. */
result sqlite_step(struct db_stmt *s, bool *row, struct error *e);

/* Column N of S's row; 0 or empty for NULL. */
int64_t sqlite_i64(struct db_stmt *s, int n);
struct str sqlite_blob(struct db_stmt *s, int n);
struct str sqlite_text(struct db_stmt *s, int n);
bool sqlite_is_null(struct db_stmt *s, int n);

#endif
