#include "db/sqlite.h"

#include <stdlib.h>

#include "db/sql_texts.h"

static struct sqlite_stmt *of(struct db_stmt *s)
{
	return (struct sqlite_stmt *)s;
}

/* Fills S's table of parameters from the names in its text. */
static result map_parameters(struct sqlite_stmt *s, struct error *e)
{
	int count = sqlite3_bind_parameter_count(s->handle);

	for (int i = 1; i <= count; i++) {
		const char *name = sqlite3_bind_parameter_name(s->handle, i);
		uint64_t n;

		if (!name || name[0] != '$' || !str_to_u64(str_of(name + 1), PARAM_MAX, &n) || n == 0)
			return error_set(e, CODE_DATABASE, "statement %s: parameters are $1 to $%d",
					 sql_texts[s->id].name, PARAM_MAX);
		s->index[n] = (unsigned char)i;
		s->wanted |= UINT64_C(1) << n;
	}
	return RESULT_OK;
}

void sqlite_stmt_free(struct sqlite_stmt *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->handle);
	free(s);
}

struct db_stmt *sqlite_prepare(struct db *d, enum sql_id id, struct error *e)
{
	struct sqlite_stmt *s = calloc(1, sizeof *s);
	result r;
	int rc;

	if (!s) {
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a statement");
		goto out;
	}
	s->base.engine = d->engine;
	s->owner = (struct sqlite_db *)d;
	s->id = id;
	rc = sqlite3_prepare_v3(s->owner->handle, sql_texts[id].text, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL);
	if (rc == SQLITE_OK)
		r = map_parameters(s, e);
	else
		r = sqlite_fail(s->owner->handle, rc, sql_texts[id].name, e);
	if (ok(r))
		return &s->base;
out:
	sqlite_stmt_free(s);
	return NULL;
}

void sqlite_reset(struct db_stmt *base)
{
	struct sqlite_stmt *s = of(base);

	sqlite3_reset(s->handle);
	s->owner->reading -= s->on_row;
	s->on_row = false;
}

void sqlite_renew(struct db_stmt *base)
{
	struct sqlite_stmt *s = of(base);

	if (s->on_row)
		sqlite_reset(base);
	s->bind_rc = SQLITE_OK;
	s->bound = 0;
}

/* SQLite's number of $N in S, or 0 (which SQLite refuses) when the text has none; what N is now has a value. */
static int bind_index(struct sqlite_stmt *s, int n)
{
	if (n < 1 || n > PARAM_MAX)
		return 0;
	s->bound |= UINT64_C(1) << n;
	return s->index[n];
}

static void bind_done(struct sqlite_stmt *s, int rc)
{
	if (rc != SQLITE_OK && s->bind_rc == SQLITE_OK)
		s->bind_rc = rc;
}

void sqlite_bind_i64(struct db_stmt *base, int n, int64_t v)
{
	struct sqlite_stmt *s = of(base);

	bind_done(s, sqlite3_bind_int64(s->handle, bind_index(s, n), v));
}

void sqlite_bind_blob(struct db_stmt *base, int n, const void *p, size_t len)
{
	struct sqlite_stmt *s = of(base);

	/* a NULL pointer would bind NULL, but nothing is an empty blob here */
	bind_done(s, sqlite3_bind_blob64(s->handle, bind_index(s, n), p ? p : "", len, SQLITE_STATIC));
}

void sqlite_bind_text(struct db_stmt *base, int n, struct str t)
{
	struct sqlite_stmt *s = of(base);

	bind_done(s, sqlite3_bind_text64(s->handle, bind_index(s, n), t.p ? t.p : "", t.n, SQLITE_STATIC, SQLITE_UTF8));
}

void sqlite_bind_null(struct db_stmt *base, int n)
{
	struct sqlite_stmt *s = of(base);

	bind_done(s, sqlite3_bind_null(s->handle, bind_index(s, n)));
}

result sqlite_step(struct db_stmt *base, bool *row, struct error *e)
{
	struct sqlite_stmt *s = of(base);
	result r;
	int rc;

	*row = false;
	if (s->bind_rc != SQLITE_OK || (s->bound & s->wanted) != s->wanted) {
		sqlite_reset(base);
		return error_set(e, CODE_DATABASE, "statement %s: a parameter has no value or does not exist",
				 sql_texts[s->id].name);
	}
	rc = sqlite3_step(s->handle);
	if (rc == SQLITE_ROW) {
		s->owner->reading += !s->on_row;
		s->on_row = true;
		*row = true;
		return RESULT_OK;
	}
	r = rc == SQLITE_DONE ? RESULT_OK : sqlite_fail(s->owner->handle, rc, sql_texts[s->id].name, e);
	sqlite_reset(base);
	return r;
}

int64_t sqlite_i64(struct db_stmt *s, int n)
{
	return sqlite3_column_int64(of(s)->handle, n);
}

struct str sqlite_blob(struct db_stmt *s, int n)
{
	const void *p = sqlite3_column_blob(of(s)->handle, n);

	return (struct str){p, p ? (size_t)sqlite3_column_bytes(of(s)->handle, n) : 0};
}

struct str sqlite_text(struct db_stmt *s, int n)
{
	const unsigned char *p = sqlite3_column_text(of(s)->handle, n);

	return (struct str){(const char *)p, p ? (size_t)sqlite3_column_bytes(of(s)->handle, n) : 0};
}

bool sqlite_is_null(struct db_stmt *s, int n)
{
	return sqlite3_column_type(of(s)->handle, n) == SQLITE_NULL;
}
