#include "test.h"

#include "db/db.h"
#include "faulty_disk.h"
#include "scratch.h"

enum { ROWS = 40, FAULTS_MAX = 200 };

static struct str filling(void)
{
	static const char page[3000] = {'x'};

	return (struct str){page, sizeof page};
}

/* Inserts the ROWS rows from PLACE on in one transaction. */
static result write_rows(struct db *d, int64_t place, enum db_outcome *outcome, struct error *e)
{
	struct db_stmt *s;

	*outcome = DB_ROLLED_BACK;
	TRY(db_begin_write(d, e));
	s = db_stmt(d, SQL_LOG_BATCH_INSERT, e);
	if (!s)
		goto out;
	db_bind_i64(s, 2, 1);
	db_bind_blob(s, 3, filling().p, filling().n);
	db_bind_blob(s, 4, "", 0);
	db_bind_blob(s, 5, "", 0);
	for (int i = 0; i < ROWS; i++) {
		db_bind_i64(s, 1, place + i);
		TRY_OUT(db_run(s, e));
	}
	return db_commit(d, outcome, e);
out:
	db_rollback(d);
	return RESULT_FAIL;
}

/* The number of rows from PLACE on, ROWS at most. */
static int count_rows(struct db *d, int64_t place)
{
	struct error e = {0};
	int n = 0;

	for (int i = 0; i < ROWS; i++) {
		struct db_stmt *s = db_stmt(d, SQL_LOG_BATCH_AT, &e);
		bool row;

		assert_non_null(s);
		db_bind_i64(s, 1, place + i);
		assert_ok(db_step(s, &row, &e), &e);
		n += row && db_i64(s, 0) == place + i;
		db_reset(s);
	}
	return n;
}

/*
 * One transaction with the NTH write failing; then, as after a crash, the files
 * are opened anew by another connection.  False when the fault was not met.
 */
static bool run_with_fault(int nth, enum disk_fault fault, enum db_outcome *outcome, enum code *code)
{
	struct scratch scratch;
	struct error e = {0};
	struct db *d;
	struct db *again;
	bool committed;
	bool hit;
	int rows;

	scratch_make(&scratch);
	assert_ok(db_open(scratch_path(&scratch, "a.db"), DB_CREATE, &d, &e), &e);
	assert_ok(db_migrate(d, &e), &e);
	assert_ok(write_rows(d, 0, outcome, &e), &e);
	faulty_arm(nth, fault, false);
	committed = ok(write_rows(d, 1000, outcome, &e));
	faulty_disarm();
	hit = disk.hit;
	*code = e.code;
	error_clear(&e);
	assert_int_equal(committed, *outcome == DB_COMMITTED);

	assert_ok(db_open(scratch_path(&scratch, "a.db"), DB_WRITE, &again, &e), &e);
	assert_int_equal(count_rows(again, 0), ROWS);
	rows = count_rows(again, 1000);
	assert_true(rows == 0 || rows == ROWS); /* all or nothing */
	if (*outcome != DB_UNKNOWN)
		assert_int_equal(rows, committed ? ROWS : 0);
	/* the connection that met the fault goes on, too */
	assert_ok(write_rows(d, 2000, outcome + 1, &e), &e);
	assert_int_equal(count_rows(again, 2000), ROWS);
	db_close(again);
	db_close(d);
	scratch_remove(&scratch);
	return hit;
}

static void sweep(enum disk_fault fault, enum db_outcome expected, enum code expected_code)
{
	int nth = 0;

	for (; nth < FAULTS_MAX; nth++) {
		enum db_outcome outcome[2];
		enum code code;

		if (!run_with_fault(nth, fault, outcome, &code))
			break;
		assert_int_equal(outcome[0], expected);
		assert_string_equal(code_text(code), code_text(expected_code));
	}
	assert_in_range(nth, 1, FAULTS_MAX - 1);
}

static void full_disk_rolls_back_for_sure(void **state)
{
	(void)state;
	sweep(DISK_FULL, DB_ROLLED_BACK, CODE_STORAGE_UNAVAILABLE);
}

static void torn_write_on_a_full_disk_rolls_back_for_sure(void **state)
{
	(void)state;
	sweep(DISK_TORN, DB_ROLLED_BACK, CODE_STORAGE_UNAVAILABLE);
}

static void read_only_disk_rolls_back_for_sure(void **state)
{
	(void)state;
	sweep(DISK_READ_ONLY, DB_ROLLED_BACK, CODE_STORAGE_UNAVAILABLE);
}

static void failed_write_leaves_the_outcome_unknown(void **state)
{
	(void)state;
	sweep(DISK_IO, DB_UNKNOWN, CODE_DATABASE);
}

static void failed_sync_leaves_the_outcome_unknown(void **state)
{
	(void)state;
	sweep(DISK_SYNC, DB_UNKNOWN, CODE_DATABASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_disk_rolls_back_for_sure),
		cmocka_unit_test(torn_write_on_a_full_disk_rolls_back_for_sure),
		cmocka_unit_test(read_only_disk_rolls_back_for_sure),
		cmocka_unit_test(failed_write_leaves_the_outcome_unknown),
		cmocka_unit_test(failed_sync_leaves_the_outcome_unknown),
	};

	faulty_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
