#include "test.h"

#include <sys/stat.h>

#include "db/db.h"
#include "db/sql_texts.h"
#include "scratch.h"

/* The tests use the tables of the log, which are always there. */
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
	assert_ok(db_migrate(f->d, &f->e), &f->e);
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

static void insert(struct db *d, int64_t place, const char *entries, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_BATCH_INSERT, e);

	assert_non_null(s);
	db_bind_i64(s, 1, place);
	db_bind_i64(s, 2, 1);
	db_bind_blob(s, 3, entries, strlen(entries));
	db_bind_blob(s, 4, NULL, 0);
	db_bind_blob(s, 5, "x", 1);
	assert_ok(db_run(s, e), e);
}

static bool present(struct db *d, int64_t place)
{
	struct error e = {0};
	struct db_stmt *s = db_stmt(d, SQL_LOG_BATCH_AT, &e);
	bool row;

	assert_non_null(s);
	db_bind_i64(s, 1, place);
	assert_ok(db_step(s, &row, &e), &e);
	row = row && db_i64(s, 0) == place;
	db_reset(s);
	return row;
}

static void every_statement_prepares(void **state)
{
	struct fixture *f = *state;

	assert_true(SQL_COUNT > 0);
	for (size_t i = 0; i < SQL_COUNT; i++)
		if (!db_stmt(f->d, (enum sql_id)i, &f->e))
			fail_msg("%s: %s", sql_texts[i].name, f->e.message);
}

static void create_refuses_a_file_that_is_there(void **state)
{
	struct fixture *f = *state;
	struct db *d;

	assert_fails(db_open(scratch_path(&f->scratch, "a.db"), DB_CREATE, &d, &f->e), &f->e, CODE_IO);
	assert_null(d);
}

static void open_refuses_a_file_that_is_missing_or_no_database(void **state)
{
	struct fixture *f = *state;
	const char *path = scratch_path(&f->scratch, "b.db");
	struct db *d;
	FILE *other;

	assert_fails(db_open(path, DB_WRITE, &d, &f->e), &f->e, CODE_IO);
	other = fopen(path, "w");
	assert_non_null(other);
	assert_true(fputs("this is a text and not a database, however long it may be", other) >= 0);
	assert_int_equal(fclose(other), 0);
	assert_fails(db_open(path, DB_WRITE, &d, &f->e), &f->e, CODE_DATABASE);
}

static void files_are_for_the_owner_alone(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(scratch_path(&f->scratch, "a.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(scratch_path(&f->scratch, "a.db-wal"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void committed_rows_are_there_after_opening_again(void **state)
{
	struct fixture *f = *state;
	enum db_outcome outcome = DB_UNKNOWN;

	assert_ok(db_begin_write(f->d, &f->e), &f->e);
	insert(f->d, 7, "seven", &f->e);
	assert_int_equal(db_changes(f->d), 1);
	assert_ok(db_commit(f->d, &outcome, &f->e), &f->e);
	assert_int_equal(outcome, DB_COMMITTED);
	db_close(f->d);
	assert_ok(db_open(scratch_path(&f->scratch, "a.db"), DB_WRITE, &f->d, &f->e), &f->e);
	assert_ok(db_check_schema(f->d, &f->e), &f->e);
	assert_true(present(f->d, 7));
}

static void rolled_back_rows_are_gone(void **state)
{
	struct fixture *f = *state;

	assert_ok(db_begin_write(f->d, &f->e), &f->e);
	insert(f->d, 7, "seven", &f->e);
	db_rollback(f->d);
	assert_false(present(f->d, 7));
	db_rollback(f->d); /* nothing is open: nothing happens */
}

static void second_begin_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_ok(db_begin_read(f->d, &f->e), &f->e);
	assert_fails(db_begin_write(f->d, &f->e), &f->e, CODE_INTERNAL);
	db_rollback(f->d);
}

static void commit_without_transaction_is_surely_nothing(void **state)
{
	struct fixture *f = *state;
	enum db_outcome outcome = DB_UNKNOWN;

	assert_fails(db_commit(f->d, &outcome, &f->e), &f->e, CODE_DATABASE);
	assert_int_equal(outcome, DB_ROLLED_BACK);
}

static void taken_key_is_a_duplicate(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;

	insert(f->d, 7, "seven", &f->e);
	s = db_stmt(f->d, SQL_LOG_BATCH_INSERT, &f->e);
	db_bind_i64(s, 1, 7);
	db_bind_i64(s, 2, 1);
	db_bind_blob(s, 3, "again", 5);
	db_bind_blob(s, 4, "", 0);
	db_bind_blob(s, 5, "", 0);
	assert_fails(db_run(s, &f->e), &f->e, CODE_DUPLICATE);
}

static void unbound_and_unknown_parameters_are_refused(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s = db_stmt(f->d, SQL_LOG_BATCH_AT, &f->e);
	bool row;

	assert_fails(db_step(s, &row, &f->e), &f->e, CODE_DATABASE);
	assert_false(row);
	s = db_stmt(f->d, SQL_LOG_BATCH_AT, &f->e);
	db_bind_i64(s, 1, 1);
	db_bind_i64(s, 2, 1);
	assert_fails(db_step(s, &row, &f->e), &f->e, CODE_DATABASE);
	s = db_stmt(f->d, SQL_LOG_BATCH_AT, &f->e);
	db_bind_i64(s, 1, 1);
	db_bind_i64(s, 64, 1);
	assert_fails(db_step(s, &row, &f->e), &f->e, CODE_DATABASE);
}

static void statement_taken_while_read_starts_again(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;
	bool row;

	insert(f->d, 7, "seven", &f->e);
	s = db_stmt(f->d, SQL_LOG_BATCH_AT, &f->e);
	db_bind_i64(s, 1, 7);
	assert_ok(db_step(s, &row, &f->e), &f->e);
	assert_true(row);
	assert_true(present(f->d, 7));
	assert_false(present(f->d, 8));
}

static void columns_come_back_as_they_went_in(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;
	struct uuid u;
	bool row;

	insert(f->d, INT64_MAX, "with \0 no end", &f->e);
	s = db_stmt(f->d, SQL_LOG_BATCH_AT, &f->e);
	db_bind_i64(s, 1, INT64_MAX);
	assert_ok(db_step(s, &row, &f->e), &f->e);
	assert_true(row);
	assert_true(db_i64(s, 0) == INT64_MAX);
	assert_true(str_is(db_blob(s, 2), "with "));
	assert_int_equal(db_blob(s, 3).n, 0);
	assert_false(db_is_null(s, 3));
	assert_true(str_is(db_text(s, 2), "with "));
	assert_false(db_uuid(s, 2, &u));
	db_reset(s);
}

static void reader_sees_one_snapshot(void **state)
{
	struct fixture *f = *state;
	struct db *r;

	assert_ok(db_open(scratch_path(&f->scratch, "a.db"), DB_READ, &r, &f->e), &f->e);
	assert_ok(db_begin_read(r, &f->e), &f->e);
	assert_false(present(r, 7));
	insert(f->d, 7, "seven", &f->e);
	assert_false(present(r, 7));
	db_rollback(r);
	assert_true(present(r, 7));
	db_close(r);
}

static void end_of_transaction_ends_every_reading(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;
	struct db *r;
	bool row;

	insert(f->d, 1, "one", &f->e);
	assert_ok(db_open(scratch_path(&f->scratch, "a.db"), DB_READ, &r, &f->e), &f->e);
	assert_ok(db_begin_read(r, &f->e), &f->e);
	s = db_stmt(r, SQL_LOG_BATCH_AT, &f->e);
	db_bind_i64(s, 1, 1);
	assert_ok(db_step(s, &row, &f->e), &f->e);
	assert_true(row);
	db_rollback(r); /* the statement still stands on its row */
	insert(f->d, 2, "two", &f->e);
	assert_true(present(r, 2));
	db_close(r);
}

static void reader_cannot_write(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;
	struct db *r;

	assert_ok(db_open(scratch_path(&f->scratch, "a.db"), DB_READ, &r, &f->e), &f->e);
	s = db_stmt(r, SQL_LOG_BATCH_INSERT, &f->e);
	assert_non_null(s);
	db_bind_i64(s, 1, 7);
	db_bind_i64(s, 2, 1);
	db_bind_blob(s, 3, "x", 1);
	db_bind_blob(s, 4, "x", 1);
	db_bind_blob(s, 5, "x", 1);
	assert_fails(db_run(s, &f->e), &f->e, CODE_STORAGE_UNAVAILABLE);
	db_close(r);
}

static void checkpoint_writes_back_and_truncate_empties_the_wal(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	struct db_wal wal;

	insert(f->d, 7, "seven", &f->e);
	assert_int_equal(stat(scratch_path(&f->scratch, "a.db-wal"), &st), 0);
	assert_true(st.st_size > 0);
	assert_true(db_wal_pages(f->d) > 0);
	assert_ok(db_checkpoint(f->d, DB_CHECKPOINT_STEP, &wal, &f->e), &f->e);
	assert_int_equal(wal.left, 0);
	assert_int_equal(wal.pages, db_wal_pages(f->d));
	assert_ok(db_checkpoint(f->d, DB_CHECKPOINT_RESTART, &wal, &f->e), &f->e);
	insert(f->d, 8, "eight", &f->e);
	assert_true(db_wal_pages(f->d) < wal.pages); /* it began anew */
	assert_ok(db_checkpoint(f->d, DB_CHECKPOINT_TRUNCATE, &wal, &f->e), &f->e);
	assert_int_equal(stat(scratch_path(&f->scratch, "a.db-wal"), &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void reader_keeps_the_wal_from_being_written_back(void **state)
{
	struct fixture *f = *state;
	struct db *r;
	struct db_wal wal;

	assert_ok(db_open(scratch_path(&f->scratch, "a.db"), DB_READ, &r, &f->e), &f->e);
	assert_ok(db_begin_read(r, &f->e), &f->e);
	assert_false(present(r, 7));
	insert(f->d, 7, "seven", &f->e);
	assert_ok(db_checkpoint(f->d, DB_CHECKPOINT_STEP, &wal, &f->e), &f->e);
	assert_true(wal.left > 0);
	assert_fails(db_checkpoint(f->d, DB_CHECKPOINT_RESTART, &wal, &f->e), &f->e, CODE_DATABASE);
	db_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(every_statement_prepares),
		T(create_refuses_a_file_that_is_there),
		T(open_refuses_a_file_that_is_missing_or_no_database),
		T(files_are_for_the_owner_alone),
		T(committed_rows_are_there_after_opening_again),
		T(rolled_back_rows_are_gone),
		T(second_begin_is_refused),
		T(commit_without_transaction_is_surely_nothing),
		T(taken_key_is_a_duplicate),
		T(unbound_and_unknown_parameters_are_refused),
		T(statement_taken_while_read_starts_again),
		T(columns_come_back_as_they_went_in),
		T(reader_sees_one_snapshot),
		T(end_of_transaction_ends_every_reading),
		T(reader_cannot_write),
		T(checkpoint_writes_back_and_truncate_empties_the_wal),
		T(reader_keeps_the_wal_from_being_written_back),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
