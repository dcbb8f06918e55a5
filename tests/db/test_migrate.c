#include "test.h"

#include "db/db.h"
#include "db/engine.h"
#include "db/sql_texts.h"
#include "scratch.h"

struct fixture {
	struct scratch scratch;
	struct db *d;
	struct error e;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	scratch_make(&f->scratch);
	assert_ok(db_open(scratch_path(&f->scratch, "a.db"), DB_CREATE, &f->d, &f->e), &f->e);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	db_close(f->d);
	scratch_remove(&f->scratch);
	free(f);
	return 0;
}

static void record(struct fixture *f, int number, const unsigned char *hash)
{
	struct db_stmt *s = db_stmt(f->d, SQL_SCHEMA_RECORD, &f->e);

	assert_non_null(s);
	db_bind_i64(s, 1, number);
	db_bind_text(s, 2, STR("a_test"));
	db_bind_blob(s, 3, hash, 32);
	assert_ok(db_run(s, &f->e), &f->e);
}

static void empty_database_has_no_schema(void **state)
{
	struct fixture *f = *state;

	assert_fails(db_check_schema(f->d, &f->e), &f->e, CODE_DATABASE);
}

static void migrating_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;

	assert_ok(db_migrate(f->d, &f->e), &f->e);
	assert_ok(db_migrate(f->d, &f->e), &f->e);
	assert_ok(db_check_schema(f->d, &f->e), &f->e);
}

static void each_migration_is_recorded_with_its_hash(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;
	bool row;

	assert_ok(db_migrate(f->d, &f->e), &f->e);
	s = db_stmt(f->d, SQL_SCHEMA_LIST, &f->e);
	for (size_t i = 0; i < SQL_SQLITE_MIGRATIONS; i++) {
		assert_ok(db_step(s, &row, &f->e), &f->e);
		assert_true(row);
		assert_int_equal(db_i64(s, 0), sql_sqlite_migrations[i].number);
		assert_int_equal(db_blob(s, 1).n, 32);
		assert_memory_equal(db_blob(s, 1).p, sql_sqlite_migrations[i].hash, 32);
	}
	assert_ok(db_step(s, &row, &f->e), &f->e);
	assert_false(row);
}

static void newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	const unsigned char hash[32] = {1};

	assert_ok(db_migrate(f->d, &f->e), &f->e);
	record(f, 9999, hash);
	assert_fails(db_check_schema(f->d, &f->e), &f->e, CODE_SCHEMA_NEWER);
	assert_fails(db_migrate(f->d, &f->e), &f->e, CODE_SCHEMA_NEWER);
}

static void changed_migration_is_refused(void **state)
{
	struct fixture *f = *state;
	const unsigned char hash[32] = {1};

	assert_ok(f->d->engine->script(f->d, sql_sqlite_migrations_table, &f->e), &f->e);
	record(f, sql_sqlite_migrations[0].number, hash);
	assert_fails(db_migrate(f->d, &f->e), &f->e, CODE_DATABASE);
	assert_fails(db_check_schema(f->d, &f->e), &f->e, CODE_DATABASE);
}

static void missing_migration_is_noticed(void **state)
{
	struct fixture *f = *state;

	assert_ok(f->d->engine->script(f->d, sql_sqlite_migrations_table, &f->e), &f->e);
	assert_fails(db_check_schema(f->d, &f->e), &f->e, CODE_DATABASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(empty_database_has_no_schema),
		T(migrating_twice_changes_nothing),
		T(each_migration_is_recorded_with_its_hash),
		T(newer_schema_is_refused),
		T(changed_migration_is_refused),
		T(missing_migration_is_noticed),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
