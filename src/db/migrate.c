#include "db/db.h"
#include "db/engine.h"

/* Reads from D which of the engine's migrations are recorded into PRESENT (one flag each). */
static result read_present(struct db *d, bool *present, struct error *e)
{
	const struct db_engine *g = d->engine;
	struct db_stmt *s = db_stmt(d, SQL_SCHEMA_LIST, e);
	bool row;

	if (!s)
		return RESULT_FAIL;
	for (;;) {
		size_t i = 0;
		int64_t number;
		struct str hash;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		number = db_i64(s, 0);
		hash = db_blob(s, 1);
		while (i < g->migration_count && g->migrations[i].number != number)
			i++;
		if (i == g->migration_count) {
			db_reset(s);
			return error_set(e, CODE_SCHEMA_NEWER, "the database has migration %lld, which this program lacks",
					 (long long)number);
		}
		if (!str_eq(hash, (struct str){(const char *)g->migrations[i].hash, sizeof g->migrations[i].hash})) {
			db_reset(s);
			return error_set(e, CODE_DATABASE, "migration %04d was run from another text than this program's",
					 g->migrations[i].number);
		}
		present[i] = true;
	}
}

static result apply(struct db *d, const struct migration *m, struct error *e)
{
	enum db_outcome outcome;
	struct db_stmt *s;

	TRY(db_begin_write(d, e));
	TRY_OUT(d->engine->script(d, m->text, e));
	s = db_stmt(d, SQL_SCHEMA_RECORD, e);
	if (!s)
		goto out;
	db_bind_i64(s, 1, m->number);
	db_bind_text(s, 2, str_of(m->name));
	db_bind_blob(s, 3, m->hash, sizeof m->hash);
	TRY_OUT(db_run(s, e));
	return db_commit(d, &outcome, e);
out:
	db_rollback(d);
	return error_set(e, CODE_DATABASE, "migration %04d_%s failed", m->number, m->name);
}

enum { MIGRATIONS_MAX = 1000 };

result db_migrate(struct db *d, struct error *e)
{
	const struct db_engine *g = d->engine;
	bool present[MIGRATIONS_MAX] = {false};

	if (g->migration_count > MIGRATIONS_MAX)
		return error_set(e, CODE_INTERNAL, "too many migrations");
	TRY(g->script(d, g->migrations_table, e));
	TRY(read_present(d, present, e));
	for (size_t i = 0; i < g->migration_count; i++)
		if (!present[i])
			TRY(apply(d, &g->migrations[i], e));
	return RESULT_OK;
}

result db_check_schema(struct db *d, struct error *e)
{
	const struct db_engine *g = d->engine;
	bool present[MIGRATIONS_MAX] = {false};

	if (g->migration_count > MIGRATIONS_MAX)
		return error_set(e, CODE_INTERNAL, "too many migrations");
	TRY(read_present(d, present, e));
	for (size_t i = 0; i < g->migration_count; i++)
		if (!present[i])
			return error_set(e, CODE_DATABASE, "the database lacks migration %04d; it has to be migrated first",
					 g->migrations[i].number);
	return RESULT_OK;
}
