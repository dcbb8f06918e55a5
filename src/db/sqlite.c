#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/sql_texts.h"

enum {
	BUSY_MS = 5000,
	RESTART_MS = 20, /* that a commit may be delayed to begin the WAL anew */
	TRUNCATE_MS = 50, /* or to empty it: whoever waits for readers holds the writer up */
};

result sqlite_fail(sqlite3 *handle, int rc, const char *what, struct error *e)
{
	enum code code = CODE_DATABASE;

	switch (rc & 0xFF) {
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		code = CODE_STORAGE_UNAVAILABLE;
		break;
	case SQLITE_CONSTRAINT:
		if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
		    rc == SQLITE_CONSTRAINT_ROWID)
			code = CODE_DUPLICATE;
		break;
	case SQLITE_NOMEM:
		code = CODE_OUT_OF_MEMORY;
		break;
	case SQLITE_CANTOPEN:
		code = CODE_IO;
		break;
	default:
		break;
	}
	return error_set(e, code, "%s: %s (%d)", what, handle ? sqlite3_errmsg(handle) : sqlite3_errstr(rc), rc);
}

static struct sqlite_db *of(struct db *d)
{
	return (struct sqlite_db *)d;
}

static void engine_close(struct db *d)
{
	struct sqlite_db *s = of(d);

	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite_stmt_free((struct sqlite_stmt *)d->stmts[i]);
	sqlite3_finalize(s->begin_write);
	sqlite3_finalize(s->begin_read);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	sqlite3_close(s->handle); /* rolls back what is open */
	free(s);
}

static result engine_script(struct db *d, const char *text, struct error *e)
{
	int rc = sqlite3_exec(of(d)->handle, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? RESULT_OK : sqlite_fail(of(d)->handle, rc, "running a script", e);
}

/* Steps S, which gives no rows, to its end. */
static int run(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	sqlite3_reset(s);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* A statement left on a row would keep the snapshot of a transaction that is over. */
static void reset_all(struct sqlite_db *s)
{
	for (size_t i = 0; s->reading && i < SQL_COUNT; i++)
		if (s->base.stmts[i])
			sqlite_reset(s->base.stmts[i]);
}

static result engine_begin(struct db *d, bool write, struct error *e)
{
	struct sqlite_db *s = of(d);
	int rc;

	if (!sqlite3_get_autocommit(s->handle))
		return error_set(e, CODE_INTERNAL, "a transaction is open already");
	reset_all(s);
	rc = run(write ? s->begin_write : s->begin_read);
	return rc == SQLITE_OK ? RESULT_OK : sqlite_fail(s->handle, rc, "begin", e);
}

static void engine_rollback(struct db *d)
{
	struct sqlite_db *s = of(d);

	reset_all(s);
	if (!sqlite3_get_autocommit(s->handle))
		run(s->rollback); /* cannot leave the transaction open: after a failed write SQLite has rolled back itself */
}

/*
 * True when a commit that failed with RC surely left nothing behind.  In WAL
 * mode a full or read-only disk is met while frames are written, before the one
 * that carries the commit mark is whole, so no recovery can find it.  Any other
 * failure may have come after that: of the sync, of the shared index.
 */
static bool surely_undone(int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_BUSY:
	case SQLITE_CONSTRAINT: /* a deferred foreign key */
		return true;
	default:
		return false;
	}
}

static result engine_commit(struct db *d, enum db_outcome *outcome, struct error *e)
{
	struct sqlite_db *s = of(d);
	result r;
	int rc;

	*outcome = DB_ROLLED_BACK;
	reset_all(s);
	if (sqlite3_get_autocommit(s->handle))
		return error_set(e, CODE_DATABASE, "no transaction is open to commit: a failed write has undone it");
	rc = run(s->commit);
	if (rc == SQLITE_OK) {
		*outcome = DB_COMMITTED;
		return RESULT_OK;
	}
	r = sqlite_fail(s->handle, rc, "commit", e);
	*outcome = surely_undone(rc) ? DB_ROLLED_BACK : DB_UNKNOWN;
	engine_rollback(d);
	return r;
}

static int64_t engine_changes(struct db *d)
{
	return sqlite3_changes64(of(d)->handle);
}

static result engine_checkpoint(struct db *d, enum db_checkpoint how, struct db_wal *out, struct error *e)
{
	static const int waits[] = {
		[DB_CHECKPOINT_STEP] = BUSY_MS, /* it never waits */
		[DB_CHECKPOINT_RESTART] = RESTART_MS,
		[DB_CHECKPOINT_TRUNCATE] = TRUNCATE_MS,
	};
	static const int modes[] = {
		[DB_CHECKPOINT_STEP] = SQLITE_CHECKPOINT_PASSIVE,
		[DB_CHECKPOINT_RESTART] = SQLITE_CHECKPOINT_RESTART,
		[DB_CHECKPOINT_TRUNCATE] = SQLITE_CHECKPOINT_TRUNCATE,
	};
	struct sqlite_db *s = of(d);
	int all = 0, done = 0, rc;

	sqlite3_busy_timeout(s->handle, waits[how]);
	rc = sqlite3_wal_checkpoint_v2(s->handle, NULL, modes[how], &all, &done);
	sqlite3_busy_timeout(s->handle, BUSY_MS);
	*out = (struct db_wal){all > 0 ? all : 0, all > done ? all - done : 0};
	if (rc == SQLITE_OK)
		return RESULT_OK;
	if (rc == SQLITE_BUSY && how == DB_CHECKPOINT_STEP)
		return RESULT_OK; /* another connection is at it; what is left says that work remains */
	return error_set(e, CODE_DATABASE, "writing back the WAL: %s", sqlite3_errmsg(s->handle));
}

static result prepare_one(struct sqlite_db *s, const char *text, sqlite3_stmt **out, struct error *e);

static result engine_quick_check(struct db *d, struct error *e)
{
	struct sqlite_db *s = of(d);
	sqlite3_stmt *q = NULL;
	const char *said;
	result r = RESULT_OK;
	int rc;

	TRY(prepare_one(s, sql_sqlite_quick_check, &q, e));
	rc = sqlite3_step(q);
	said = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
	if (rc != SQLITE_ROW)
		r = sqlite_fail(s->handle, rc, "checking the database", e);
	else if (!said || strcmp(said, "ok") != 0)
		r = error_set(e, CODE_DATABASE, "the database file is damaged: %.300s", said ? said : "no memory to say how");
	sqlite3_finalize(q);
	return r;
}

/* After each commit: how long the WAL is now. */
static int note_wal(void *ctx, sqlite3 *handle, const char *database, int pages)
{
	struct db *d = ctx;

	(void)handle;
	(void)database;
	d->wal_pages = pages;
	return SQLITE_OK;
}

static const struct db_engine engine = {
	.migrations = sql_sqlite_migrations,
	.migration_count = SQL_SQLITE_MIGRATIONS,
	.migrations_table = sql_sqlite_migrations_table,
	.close = engine_close,
	.script = engine_script,
	.begin = engine_begin,
	.commit = engine_commit,
	.rollback = engine_rollback,
	.changes = engine_changes,
	.checkpoint = engine_checkpoint,
	.quick_check = engine_quick_check,
	.prepare = sqlite_prepare,
	.renew = sqlite_renew,
	.reset = sqlite_reset,
	.bind_i64 = sqlite_bind_i64,
	.bind_blob = sqlite_bind_blob,
	.bind_text = sqlite_bind_text,
	.bind_null = sqlite_bind_null,
	.step = sqlite_step,
	.i64 = sqlite_i64,
	.blob = sqlite_blob,
	.text = sqlite_text,
	.is_null = sqlite_is_null,
};

/* Makes the empty file PATH, readable by nobody else; SQLite gives its WAL the same mode. */
static result make_file(const char *path, struct error *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char text[128];

	if (fd < 0 || close(fd) != 0)
		return error_at(e, CODE_IO, path, "cannot make the database: %s", strerror_r(errno, text, sizeof text));
	return RESULT_OK;
}

static result prepare_one(struct sqlite_db *s, const char *text, sqlite3_stmt **out, struct error *e)
{
	int rc = sqlite3_prepare_v3(s->handle, text, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);

	return rc == SQLITE_OK ? RESULT_OK : sqlite_fail(s->handle, rc, "preparing a statement", e);
}

/* A database that is no longer in WAL mode would commit by other rules than those above. */
static result check_wal(struct sqlite_db *s, struct error *e)
{
	sqlite3_stmt *q = NULL;
	const unsigned char *mode;
	bool wal;

	TRY(prepare_one(s, sql_sqlite_journal_mode, &q, e));
	mode = sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_text(q, 0) : NULL;
	wal = mode && str_is(str_of((const char *)mode), "wal");
	sqlite3_finalize(q);
	return wal ? RESULT_OK : error_set(e, CODE_DATABASE, "the database is not in WAL mode, or is none");
}

static result set_up(struct sqlite_db *s, const char *path, enum db_mode mode, struct error *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	int rc;

	if (mode == DB_CREATE)
		TRY(make_file(path, e));
	rc = sqlite3_open_v2(path, &s->handle, flags, NULL);
	if (rc != SQLITE_OK)
		return sqlite_fail(s->handle, rc, "opening the database", e);
	sqlite3_busy_timeout(s->handle, BUSY_MS);
	if (mode == DB_CREATE)
		TRY(engine_script(&s->base, sql_sqlite_make, e));
	TRY(engine_script(&s->base, sql_sqlite_open, e));
	sqlite3_wal_hook(s->handle, note_wal, &s->base); /* after the script: wal_autocheckpoint takes it away */
	if (mode == DB_READ)
		TRY(engine_script(&s->base, sql_sqlite_open_read, e));
	TRY(check_wal(s, e));
	TRY(prepare_one(s, sql_sqlite_begin_write, &s->begin_write, e));
	TRY(prepare_one(s, sql_sqlite_begin_read, &s->begin_read, e));
	TRY(prepare_one(s, sql_sqlite_commit, &s->commit, e));
	return prepare_one(s, sql_sqlite_rollback, &s->rollback, e);
}

result sqlite_open(const char *path, enum db_mode mode, struct db **out, struct error *e)
{
	struct sqlite_db *s = calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a database connection");
	s->base.engine = &engine;
	if (!ok(set_up(s, path, mode, e))) {
		engine_close(&s->base);
		return RESULT_FAIL;
	}
	*out = &s->base;
	return RESULT_OK;
}
