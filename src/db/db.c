#include "db/db.h"

#include "db/engine.h"

result db_open(const char *url, enum db_mode mode, struct db **out, struct error *e)
{
	*out = NULL;
	if (str_starts(str_of(url), STR("postgresql://")))
		return error_set(e, CODE_DATABASE, "this program was built without PostgreSQL");
	return sqlite_open(url, mode, out, e);
}

void db_close(struct db *d)
{
	if (d)
		d->engine->close(d);
}

result db_begin_write(struct db *d, struct error *e)
{
	return d->engine->begin(d, true, e);
}

result db_begin_read(struct db *d, struct error *e)
{
	return d->engine->begin(d, false, e);
}

result db_commit(struct db *d, enum db_outcome *outcome, struct error *e)
{
	return d->engine->commit(d, outcome, e);
}

void db_rollback(struct db *d)
{
	d->engine->rollback(d);
}

struct db_stmt *db_stmt(struct db *d, enum sql_id id, struct error *e)
{
	struct db_stmt *s = d->stmts[id];

	if (s) {
		s->engine->renew(s);
		return s;
	}
	s = d->engine->prepare(d, id, e);
	d->stmts[id] = s;
	return s;
}

void db_bind_i64(struct db_stmt *s, int n, int64_t v)
{
	s->engine->bind_i64(s, n, v);
}

void db_bind_blob(struct db_stmt *s, int n, const void *p, size_t len)
{
	s->engine->bind_blob(s, n, p, len);
}

void db_bind_text(struct db_stmt *s, int n, struct str t)
{
	s->engine->bind_text(s, n, t);
}

void db_bind_null(struct db_stmt *s, int n)
{
	s->engine->bind_null(s, n);
}

void db_bind_uuid(struct db_stmt *s, int n, const struct uuid *u)
{
	s->engine->bind_blob(s, n, u->b, sizeof u->b);
}

result db_step(struct db_stmt *s, bool *row, struct error *e)
{
	return s->engine->step(s, row, e);
}

result db_run(struct db_stmt *s, struct error *e)
{
	bool row;

	do
		TRY(s->engine->step(s, &row, e));
	while (row);
	return RESULT_OK;
}

void db_reset(struct db_stmt *s)
{
	s->engine->reset(s);
}

int64_t db_i64(struct db_stmt *s, int n)
{
	return s->engine->i64(s, n);
}

struct str db_blob(struct db_stmt *s, int n)
{
	return s->engine->blob(s, n);
}

struct str db_text(struct db_stmt *s, int n)
{
	return s->engine->text(s, n);
}

bool db_is_null(struct db_stmt *s, int n)
{
	return s->engine->is_null(s, n);
}

bool db_uuid(struct db_stmt *s, int n, struct uuid *out)
{
	struct str v = s->engine->blob(s, n);

	if (v.n != sizeof out->b)
		return false;
	for (size_t i = 0; i < sizeof out->b; i++)
		out->b[i] = (unsigned char)v.p[i];
	return true;
}

int64_t db_changes(struct db *d)
{
	return d->engine->changes(d);
}

result db_quick_check(struct db *d, struct error *e)
{
	return d->engine->quick_check(d, e);
}

result db_checkpoint(struct db *d, enum db_checkpoint how, struct db_wal *out, struct error *e)
{
	return d->engine->checkpoint(d, how, out, e);
}

int64_t db_wal_pages(const struct db *d)
{
	return d->wal_pages;
}

void db_bind_moment(struct db_stmt *s, int n, moment m)
{
	if (m == MOMENT_NONE)
		db_bind_null(s, n);
	else
		db_bind_i64(s, n, m);
}

moment db_moment(struct db_stmt *s, int n)
{
	return db_is_null(s, n) ? MOMENT_NONE : db_i64(s, n);
}
