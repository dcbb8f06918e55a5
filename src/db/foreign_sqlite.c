/* SQLite as a database that is not ours: opened without trust in what its schema says. */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "db/foreign_engine.h"
#include "db/sql_texts.h"

enum { BUSY_MS = 5000 };

struct sqlite_foreign {
	struct foreign base;
	sqlite3 *handle;
	sqlite3_stmt *stmt;
	const char *text; /* that it was prepared of, when a person's */
};

static struct sqlite_foreign *of(struct foreign *f)
{
	return (struct sqlite_foreign *)f;
}

/* What SQLite last said with RC, as E; a person's query is told its place. */
static result fail(struct sqlite_foreign *s, int rc, struct error *e)
{
	const char *said = s->handle ? sqlite3_errmsg(s->handle) : sqlite3_errstr(rc);

	switch (rc & 0xFF) {
	case SQLITE_NOMEM:
		return error_at(e, CODE_OUT_OF_MEMORY, s->base.label, "%s", said);
	case SQLITE_TOOBIG:
		return error_at(e, CODE_TOO_LARGE, s->base.label, "a value is larger than %d MiB", FOREIGN_MAX_ROW >> 20);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_FULL:
	case SQLITE_READONLY:
		return error_at(e, CODE_STORAGE_UNAVAILABLE, s->base.label, "%s", said);
	case SQLITE_CANTOPEN:
		return error_at(e, CODE_IO, s->base.label, "%s", said);
	case SQLITE_ERROR:
	case SQLITE_AUTH:
	case SQLITE_MISMATCH:
		if (s->text)
			return foreign_refuse(e, s->text, sqlite3_error_offset(s->handle), false, said);
		break;
	default:
		break;
	}
	return error_at(e, CODE_DATABASE, s->base.label, "%s (%d)", said, rc);
}

static bool forbidden(const char *function)
{
	/* the same query is asked several times and has to give the same rows */
	static const char *const names[] = {"random", "randomblob", "changes", "total_changes"};

	for (size_t i = 0; function && i < sizeof names / sizeof *names; i++)
		if (sqlite3_stricmp(function, names[i]) == 0)
			return true;
	return false;
}

static int authorize(void *ctx, int action, const char *a, const char *b, const char *c, const char *d)
{
	const struct sqlite_foreign *s = ctx;

	(void)a;
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return s->base.use == FOREIGN_WRITE && forbidden(b) ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static void finish(struct sqlite_foreign *s)
{
	sqlite3_finalize(s->stmt);
	s->stmt = NULL;
	s->text = NULL;
}

static void engine_close(struct foreign *f)
{
	struct sqlite_foreign *s = of(f);

	finish(s);
	sqlite3_close(s->handle); /* rolls back what is open */
}

/* True when TEXT holds more than blanks, semicolons and comments. */
static bool is_more(struct sqlite_foreign *s, const char *text)
{
	while (*text) {
		sqlite3_stmt *another = NULL;
		const char *tail = text;
		int rc = sqlite3_prepare_v2(s->handle, text, -1, &another, &tail);

		sqlite3_finalize(another);
		if (rc != SQLITE_OK || another)
			return true;
		if (tail == text)
			return false;
		text = tail;
	}
	return false;
}

static result check_asked(struct sqlite_foreign *s, const char *text, const char *tail, struct error *e)
{
	if (!s->stmt)
		return foreign_refuse(e, text, -1, false, "the query is empty");
	if (is_more(s, tail))
		return foreign_refuse(e, text, tail - text, false, "the query is more than one statement");
	if (!sqlite3_stmt_readonly(s->stmt) || sqlite3_column_count(s->stmt) == 0 || sqlite3_stmt_isexplain(s->stmt))
		return foreign_refuse(e, text, -1, false, "the query is none that gives rows and changes nothing");
	if (sqlite3_bind_parameter_count(s->stmt))
		return foreign_refuse(e, text, -1, false, "the query waits for parameters, and there are none");
	return RESULT_OK;
}

static result engine_prepare(struct foreign *f, const char *text, bool asked, struct error *e)
{
	struct sqlite_foreign *s = of(f);
	const char *tail = text;
	int rc;

	finish(s);
	sqlite3_set_authorizer(s->handle, asked ? authorize : NULL, s);
	s->text = asked ? text : NULL;
	rc = sqlite3_prepare_v2(s->handle, text, -1, &s->stmt, &tail);
	if (rc != SQLITE_OK)
		return fail(s, rc, e);
	if (asked)
		TRY(check_asked(s, text, tail, e));
	TRY(foreign_room(f, (size_t)sqlite3_column_count(s->stmt), e));
	for (size_t i = 0; i < f->columns; i++) {
		f->name[i] = str_copy(&f->arena, str_of(sqlite3_column_name(s->stmt, (int)i)));
		if (!f->name[i].p)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a query");
	}
	return RESULT_OK;
}

static result engine_next(struct foreign *f, bool *more, struct error *e)
{
	struct sqlite_foreign *s = of(f);
	int rc = sqlite3_step(s->stmt);

	*more = rc == SQLITE_ROW;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(s->stmt);
		return RESULT_OK;
	}
	if (rc != SQLITE_ROW)
		return fail(s, rc, e);
	for (size_t i = 0; i < f->columns; i++) {
		const char *p = (const char *)sqlite3_column_text(s->stmt, (int)i);

		if (!p && sqlite3_errcode(s->handle) == SQLITE_NOMEM)
			return fail(s, SQLITE_NOMEM, e);
		f->field[i] = (struct str){p ? p : "", p ? (size_t)sqlite3_column_bytes(s->stmt, (int)i) : 0};
	}
	return RESULT_OK;
}

static result bind(struct sqlite_foreign *s, const struct str *at, size_t n, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		int rc = sqlite3_bind_text64(s->stmt, (int)i + 1, at[i].p ? at[i].p : "", at[i].n, SQLITE_STATIC, SQLITE_UTF8);

		if (rc != SQLITE_OK)
			return fail(s, rc, e);
	}
	return RESULT_OK;
}

static result engine_ask(struct foreign *f, const char *text, struct str name, bool *row, struct error *e)
{
	struct sqlite_foreign *s = of(f);

	TRY(engine_prepare(f, text, false, e));
	TRY(bind(s, &name, 1, e));
	TRY(engine_next(f, row, e));
	finish(s);
	return RESULT_OK;
}

static result engine_load(struct foreign *f, const char *load, const struct foreign_rows *rows, struct error *e)
{
	struct sqlite_foreign *s = of(f);
	struct arena a;
	struct str *field;
	bool more;
	result r;

	TRY(engine_prepare(f, load, false, e));
	arena_init(&a, 0, false);
	field = arena_array(&a, rows->columns, sizeof *field);
	r = field ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a table");
	while (ok(r) && rows->next(rows->ctx, field)) {
		r = bind(s, field, rows->columns, e);
		if (ok(r))
			r = engine_next(f, &more, e);
	}
	finish(s);
	arena_free(&a);
	return r;
}

static result script(struct sqlite_foreign *s, const char *text, struct error *e)
{
	int rc = sqlite3_exec(s->handle, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? RESULT_OK : fail(s, rc, e);
}

static result engine_commit(struct foreign *f, struct error *e)
{
	finish(of(f));
	sqlite3_set_authorizer(of(f)->handle, NULL, NULL);
	return script(of(f), sql_sqlite_foreign_commit, e);
}

static const struct foreign_engine engine = {
	.close = engine_close,
	.prepare = engine_prepare,
	.next = engine_next,
	.ask = engine_ask,
	.load = engine_load,
	.commit = engine_commit,
};

static const struct foreign_words words = {
	.value = sql_sqlite_foreign_value,
	.count = sql_sqlite_foreign_count,
	.count_written = sql_sqlite_foreign_count_written,
	.end_reading = sql_sqlite_foreign_end_reading,
	.taken = sql_sqlite_foreign_taken,
	.make_map = sql_sqlite_foreign_make_map,
	.make_kept = sql_sqlite_foreign_make_kept,
	.word = sql_sqlite_foreign_word,
	.load = sql_sqlite_foreign_load,
	.ready = sql_sqlite_foreign_ready,
	.join = sql_sqlite_foreign_join,
};

static result set_up(struct sqlite_foreign *s, const char *path, struct error *e)
{
	bool write = s->base.use == FOREIGN_WRITE;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	int rc;

	s->base.file = arena_copy(&s->base.all, path, strlen(path));
	if (!s->base.file)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a database connection");
	rc = sqlite3_open_v2(path, &s->handle, flags, NULL);
	if (rc != SQLITE_OK)
		return fail(s, rc, e);
	sqlite3_busy_timeout(s->handle, BUSY_MS);
	sqlite3_limit(s->handle, SQLITE_LIMIT_LENGTH, FOREIGN_MAX_ROW);
	sqlite3_limit(s->handle, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(s->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	TRY(script(s, sql_sqlite_foreign_open, e));
	if (!write)
		TRY(script(s, sql_sqlite_foreign_open_read, e));
	return script(s, write ? sql_sqlite_foreign_begin_write : sql_sqlite_foreign_begin_read, e);
}

result foreign_sqlite_open(const char *path, enum foreign_use use, struct foreign **out, struct error *e)
{
	struct sqlite_foreign *s = calloc(1, sizeof *s);
	struct str name = str_of(path);
	size_t n = name.n < sizeof s->base.label ? name.n : sizeof s->base.label - 1;

	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a database connection");
	s->base.engine = &engine;
	s->base.words = &words;
	s->base.use = use;
	memcpy(s->base.label, path, n);
	arena_init(&s->base.arena, 0, false);
	arena_init(&s->base.all, 0, false);
	arena_init(&s->base.kept, 0, false);
	if (!ok(set_up(s, path, e))) {
		foreign_close(&s->base);
		return RESULT_FAIL;
	}
	*out = &s->base;
	return RESULT_OK;
}
