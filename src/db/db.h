/*
 * db/db.h - one small SQL interface over two engines.
 *
 * Statements stand in sql/<name>.sql under `-- name: …` and are known here by the
 * generated enum sql_id; there is no SQL in C strings.  Parameters are $1, $2, …
 * up to $63, by name, in whatever order the text has them; columns count from 0.  The same DML text runs on both engines; DDL is per
 * engine in sql/sqlite/ and sql/postgresql/.  A connection belongs to one thread
 * at a time.
 *
 * Ownership: a statement belongs to its connection and lives as long; column
 * values live until the next step or reset of that statement, or the end of the
 * transaction.  There is one statement for each id: asking for it again while it
 * is being read ends that reading.
 *
 * Caveats: SQLite runs in WAL mode with synchronous=FULL, mmap_size=0,
 * secure_delete=ON and wal_autocheckpoint=0: checkpointing is the housekeeper's.
 * A lock that another connection holds is waited for up to 5 s.
 */
#ifndef SEKISHO_DB_DB_H
#define SEKISHO_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/result.h"
#include "base/str.h"
#include "db/sql_ids.h" /* generated: enum sql_id */

struct db;
struct db_stmt;

enum db_mode {
	DB_CREATE, /* make it; fails when it is there */
	DB_WRITE,
	DB_READ,   /* nothing can be changed through this connection */
};

/*
 * Opens the database at URL, a file path or "postgresql://…", in MODE.  Gives in
 * *OUT a connection, the caller's to close.  Fails with database, io,
 * storage_unavailable.
 */
result db_open(const char *url, enum db_mode mode, struct db **out, struct error *e);

/* Closes D, rolling back what is open; NULL is nothing. */
void db_close(struct db *d);

/*
 * Brings D's schema up to this program's: runs the numbered migrations that are
 * missing, each in a transaction, each recorded with its hash.  Fails with
 * schema_newer when the database has one that this program does not know, or
 * with database when a recorded hash differs.
 */
result db_migrate(struct db *d, struct error *e);

/* Checks that D's schema is exactly this program's, changing nothing.  Fails with schema_newer, database. */
result db_check_schema(struct db *d, struct error *e);

/*
 * Begins a transaction on D: for writing (takes the write lock at once), or for
 * reading from one snapshot, which the first statement takes.  Either is ended
 * by db_commit or db_rollback.  Fails with database, storage_unavailable (locked,
 * read-only, full), internal when one is open.
 */
result db_begin_write(struct db *d, struct error *e);
result db_begin_read(struct db *d, struct error *e);

/* What became of a commit. */
enum db_outcome {
	DB_ROLLED_BACK, /* surely not done */
	DB_COMMITTED,	/* surely done and durable */
	DB_UNKNOWN,	/* e.g. fdatasync failed: only reading the database again tells */
};

/*
 * Ends the transaction of D and says in *OUTCOME what became of it; statements
 * still being read are reset.  Succeeds only with DB_COMMITTED.  Fails with
 * storage_unavailable (full or read-only disk, surely rolled back), duplicate or
 * database; whether the transaction is undone, *OUTCOME says, not the code.  No
 * transaction is open afterwards.
 */
result db_commit(struct db *d, enum db_outcome *outcome, struct error *e);

/* Undoes the transaction of D, if one is open. */
void db_rollback(struct db *d);

/*
 * The statement ID of D, prepared on first use; nothing is bound, and a reading
 * under way is ended.  D's, not to be freed; NULL with E set (database) when it
 * cannot be prepared.
 */
struct db_stmt *db_stmt(struct db *d, enum sql_id id, struct error *e);

/*
 * Binds V, T, NULL or the LEN bytes at P to parameter $N of S.  Text T and the LEN bytes at P are borrowed until the
 * statement is stepped to its end or reset; values stay bound over a reset, so
 * that a loop binds only what changes, until db_stmt gives S out again.
 */
void db_bind_i64(struct db_stmt *s, int n, int64_t v);
void db_bind_blob(struct db_stmt *s, int n, const void *p, size_t len);
void db_bind_text(struct db_stmt *s, int n, struct str t);
void db_bind_null(struct db_stmt *s, int n);

/* Binds M to parameter $N of S, NULL for MOMENT_NONE. */
void db_bind_moment(struct db_stmt *s, int n, moment m);

/* Binds the 16 bytes of U, borrowed as above, to parameter $N of S. */
void db_bind_uuid(struct db_stmt *s, int n, const struct uuid *u);

/*
 * Steps S to the next row: *ROW says whether there is one.  A bind that failed
 * and a parameter without a value are reported here.  After the last row, and on
 * failure, the statement is reset.  Fails with database, duplicate (a unique key
 * is taken), storage_unavailable; after storage_unavailable or database in a
 * transaction that writes, roll it back.
 */
result db_step(struct db_stmt *s, bool *row, struct error *e);

/* Runs S to its end, passing over rows.  Fails as db_step. */
result db_run(struct db_stmt *s, struct error *e);

/* Ends the reading of S early; what is bound stays. */
void db_reset(struct db_stmt *s);

/* Column N (from 0) of S's row; 0 or empty for NULL.  What is pointed to is S's. */
int64_t db_i64(struct db_stmt *s, int n);
struct str db_blob(struct db_stmt *s, int n);
struct str db_text(struct db_stmt *s, int n);
bool db_is_null(struct db_stmt *s, int n);

/* Column N of S as a time, MOMENT_NONE for NULL. */
moment db_moment(struct db_stmt *s, int n);

/* Column N of S's row as an id in *OUT; false unless it has 16 bytes. */
bool db_uuid(struct db_stmt *s, int n, struct uuid *out);

/* Rows that the last statement on D changed. */
int64_t db_changes(struct db *d);

/* How far the WAL is written back into the database file. */
enum db_checkpoint {
	DB_CHECKPOINT_STEP,	/* what can be without anyone waiting */
	DB_CHECKPOINT_RESTART,	/* all, waiting some milliseconds for readers of older snapshots; the next writer
				   begins the WAL anew */
	DB_CHECKPOINT_TRUNCATE, /* all, waiting some milliseconds for readers and the writer, and the WAL is emptied:
				   what was deleted is gone from it, too */
};

struct db_wal {
	int64_t pages; /* in the WAL */
	int64_t left;  /* of them not yet written back */
};

/*
 * Writes back the WAL, as far as HOW says, on D, a connection for writing that has
 * no transaction open; *OUT is how it stands then.  Nothing on PostgreSQL.  Fails
 * with database (with RESTART and TRUNCATE also when someone is in the way).
 */
result db_checkpoint(struct db *d, enum db_checkpoint how, struct db_wal *out, struct error *e);

/*
 * Checks that the file under D is whole, as far as can be told without reading each
 * index; nothing on PostgreSQL, which checks for itself.  Fails with database,
 * which says what is broken.
 */
result db_quick_check(struct db *d, struct error *e);

/* Pages in the WAL after the last commit on D; 0 on PostgreSQL. */
int64_t db_wal_pages(const struct db *d);

#endif
