#include "test.h"

#include "faulty_disk.h"
#include "log_fixture.h"

static void reopen(struct fixture *f)
{
	log_close(f->log);
	f->log = NULL;
	assert_ok(log_open(f->d, &f->config, &f->log, &f->e), &f->e);
}

/* Appends one entry TEXT; fails as log_append and db_commit. */
static result append_one(struct fixture *f, const char *text, struct error *e)
{
	struct str entry = str_of(text);
	struct log_entries batch = {&entry, 1, STR("who")};

	return fixture_append(f, &batch, e);
}

static void expect_entry(struct fixture *f, uint64_t index, const char *text)
{
	struct log_reader *r;
	struct str entry;

	assert_ok(log_reader_make(f->d, log_generation(f->log), &r, &f->e), &f->e);
	assert_ok(log_reader_entry(r, index, &entry, &f->e), &f->e);
	assert_true(str_is(entry, text));
	log_reader_free(r);
}

static void new_log_is_empty_and_signed(void **state)
{
	struct fixture *f = *state;
	struct checkpoint c;
	struct buf b;

	buf_init(&b);
	log_checkpoint(f->log, &b);
	assert_ok(checkpoint_open(buf_view(&b), log_key(f->log), &c, &f->e), &f->e);
	assert_int_equal(c.size, 0);
	assert_true(str_is(c.origin, "sekisho.invalid/test/g1"));
	assert_int_equal(log_generation(f->log), 1);
	buf_free(&b);
}

static void what_was_appended_is_read_after_opening_again(void **state)
{
	struct fixture *f = *state;
	struct log_reader *r;
	struct log_batch batch;
	struct str entries[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
	struct log_entries three = {entries, 3, STR("three persons")};
	struct str entry;

	assert_ok(fixture_append(f, &three, &f->e), &f->e);
	assert_ok(append_one(f, "four", &f->e), &f->e);
	assert_int_equal(log_size(f->log), 4);
	reopen(f);
	assert_int_equal(log_size(f->log), 4);
	expect_entry(f, 1, "two");
	expect_entry(f, 3, "four");
	assert_ok(log_reader_make(f->d, 1, &r, &f->e), &f->e);
	assert_ok(log_reader_batch(r, 2, &batch, &f->e), &f->e);
	assert_int_equal(batch.first, 0);
	assert_int_equal(batch.count, 3);
	assert_true(str_is(batch.refs, "three persons"));
	assert_fails(log_reader_entry(r, 4, &entry, &f->e), &f->e, CODE_NO_SUCH_RESOURCE);
	assert_fails(log_reader_entry(r, UINT64_MAX, &entry, &f->e), &f->e, CODE_NO_SUCH_RESOURCE);
	log_reader_free(r);
}

static void empty_and_oversized_batches_are_refused(void **state)
{
	struct fixture *f = *state;
	struct buf big;
	struct str entry;
	struct log_entries none = {&entry, 0, STR("")}, one = {&entry, 1, STR("")};

	buf_init(&big);
	assert_non_null(buf_room(&big, ENTRY_MAX + 1));
	memset(big.p, 'x', big.n);
	assert_fails(fixture_append(f, &none, &f->e), &f->e, CODE_MALFORMED);
	entry = buf_view(&big);
	assert_fails(fixture_append(f, &one, &f->e), &f->e, CODE_MALFORMED);
	entry.n = 0;
	assert_fails(fixture_append(f, &one, &f->e), &f->e, CODE_MALFORMED);
	entry.n = ENTRY_MAX;
	assert_ok(fixture_append(f, &one, &f->e), &f->e);
	assert_int_equal(log_size(f->log), 1);
	buf_free(&big);
}

static void rolled_back_append_leaves_no_trace(void **state)
{
	struct fixture *f = *state;
	struct str entry = STR("never");
	struct log_entries batch = {&entry, 1, STR("")};
	uint64_t first;

	assert_ok(append_one(f, "one", &f->e), &f->e);
	assert_ok(db_begin_write(f->d, &f->e), &f->e);
	assert_ok(log_append(f->log, f->d, &batch, &first, &f->e), &f->e);
	assert_int_equal(first, 1);
	assert_int_equal(log_size(f->log), 1);
	db_rollback(f->d);
	log_rolled_back(f->log);
	assert_ok(append_one(f, "two", &f->e), &f->e);
	expect_entry(f, 1, "two");
	reopen(f);
	assert_int_equal(log_size(f->log), 2);
}

static void two_appends_in_one_transaction_follow_each_other(void **state)
{
	struct fixture *f = *state;
	struct str entry = STR("x");
	struct log_entries batch = {&entry, 1, STR("")};
	enum db_outcome outcome;
	uint64_t first;

	assert_ok(db_begin_write(f->d, &f->e), &f->e);
	assert_ok(log_append(f->log, f->d, &batch, &first, &f->e), &f->e);
	assert_ok(log_append(f->log, f->d, &batch, &first, &f->e), &f->e);
	assert_int_equal(first, 1);
	assert_ok(db_commit(f->d, &outcome, &f->e), &f->e);
	log_committed(f->log);
	reopen(f);
	assert_int_equal(log_size(f->log), 2);
}

static void older_writer_is_fenced(void **state)
{
	struct fixture *f = *state;
	struct log *older = f->log;
	struct log *newer;

	assert_ok(append_one(f, "one", &f->e), &f->e);
	assert_ok(log_open(f->d, &f->config, &newer, &f->e), &f->e);
	assert_fails(append_one(f, "two", &f->e), &f->e, CODE_LOG_FENCED);
	f->log = newer;
	assert_ok(append_one(f, "three", &f->e), &f->e);
	f->log = older;
	assert_fails(append_one(f, "four", &f->e), &f->e, CODE_LOG_FENCED);
	assert_int_equal(log_size(older), 1);
	log_close(newer);
}

static void log_that_was_put_back_is_refused(void **state)
{
	struct fixture *f = *state;
	struct db_wal wal;
	struct db_stmt *s;

	assert_ok(append_one(f, "one", &f->e), &f->e);
	/* a copy of the database as it is now */
	log_close(f->log);
	f->log = NULL;
	assert_ok(db_checkpoint(f->d, DB_CHECKPOINT_TRUNCATE, &wal, &f->e), &f->e);
	{
		struct buf b;

		buf_init(&b);
		assert_ok(file_read(f->url, 1 << 24, &b, &f->e), &f->e);
		assert_ok(file_write(scratch_path(&f->scratch, "copy.db"), b.p, b.n, 0600, &f->e), &f->e);
		buf_free(&b);
	}
	reopen(f);
	assert_ok(append_one(f, "two", &f->e), &f->e);
	assert_ok(log_keep_high_water(f->log, &f->e), &f->e);
	reopen(f); /* the one that goes on is fine */
	log_close(f->log);
	f->log = NULL;
	db_close(f->d);
	f->d = NULL;
	assert_ok(db_open(scratch_path(&f->scratch, "copy.db"), DB_WRITE, &f->d, &f->e), &f->e);
	assert_fails(log_open(f->d, &f->config, &f->log, &f->e), &f->e, CODE_LOG_ROLLED_BACK);
	/* as long as before, but with another history */
	assert_int_equal(rename(f->high_water, scratch_path(&f->scratch, "kept")), 0);
	assert_ok(log_open(f->d, &f->config, &f->log, &f->e), &f->e);
	assert_ok(append_one(f, "TWO", &f->e), &f->e);
	assert_ok(append_one(f, "three", &f->e), &f->e);
	log_close(f->log);
	assert_int_equal(rename(scratch_path(&f->scratch, "kept"), f->high_water), 0);
	assert_fails(log_open(f->d, &f->config, &f->log, &f->e), &f->e, CODE_LOG_ROLLED_BACK);
	/* only a new generation may begin there */
	assert_ok(db_begin_write(f->d, &f->e), &f->e);
	assert_ok(log_next_generation(f->d, &f->config, &f->e), &f->e);
	s = db_stmt(f->d, SQL_LOG_HEAD_CURRENT, &f->e);
	assert_non_null(s);
	{
		enum db_outcome outcome;

		assert_ok(db_commit(f->d, &outcome, &f->e), &f->e);
	}
	assert_ok(log_open(f->d, &f->config, &f->log, &f->e), &f->e);
	assert_int_equal(log_generation(f->log), 2);
	assert_int_equal(log_size(f->log), 0);
	assert_ok(append_one(f, "goes on", &f->e), &f->e);
	expect_entry(f, 0, "goes on");
}

static void high_water_file_of_another_key_is_refused(void **state)
{
	struct fixture *f = *state;
	static const unsigned char other[SIGN_SEED] = {43};
	struct checkpoint c = {.origin = STR("sekisho.invalid/test/g1"), .size = 0};
	struct sign_key key;
	struct buf b;

	sign_key_of(&key, other);
	buf_init(&b);
	checkpoint_sign(&b, &c, &key);
	assert_ok(file_write(f->high_water, b.p, b.n, 0600, &f->e), &f->e);
	log_close(f->log);
	assert_fails(log_open(f->d, &f->config, &f->log, &f->e), &f->e, CODE_LOG_CORRUPT);
	buf_free(&b);
}

static void head_signed_by_another_key_is_refused(void **state)
{
	struct fixture *f = *state;
	static const unsigned char other[SIGN_SEED] = {43};
	struct sign_key key;

	sign_key_of(&key, other);
	f->config.key = &key;
	log_close(f->log);
	assert_fails(log_open(f->d, &f->config, &f->log, &f->e), &f->e, CODE_LOG_CORRUPT);
}

/* Puts ENTRIES, packed, in place of those of the batch at INDEX. */
static void overwrite(struct fixture *f, uint64_t first, const char *entry)
{
	struct str one = str_of(entry);
	struct fixture other;
	struct log_entries batch = {&one, 1, STR("")};
	struct db_stmt *s;
	struct buf packed;
	bool row;

	/* the same entry in a log of its own gives the packed bytes */
	fixture_make(&other, "sekisho.invalid/other", fixture_seed);
	assert_ok(fixture_append(&other, &batch, &other.e), &other.e);
	s = db_stmt(other.d, SQL_LOG_BATCH_AT, &other.e);
	db_bind_i64(s, 1, log_place(1, 0));
	assert_ok(db_step(s, &row, &other.e), &other.e);
	buf_init(&packed);
	buf_str(&packed, db_blob(s, 2));
	db_reset(s);
	fixture_remove(&other);
	{
		sqlite3 *raw;
		sqlite3_stmt *q;

		assert_int_equal(sqlite3_open(f->url, &raw), SQLITE_OK);
		assert_int_equal(sqlite3_prepare_v2(raw, "UPDATE log_batch SET entries = ? WHERE place = ?", -1, &q, NULL),
				 SQLITE_OK);
		sqlite3_bind_blob(q, 1, packed.p, (int)packed.n, SQLITE_STATIC);
		sqlite3_bind_int64(q, 2, log_place(1, first));
		assert_int_equal(sqlite3_step(q), SQLITE_DONE);
		sqlite3_finalize(q);
		assert_int_equal(sqlite3_changes(raw), 1);
		sqlite3_close(raw);
	}
	buf_free(&packed);
}

static void changed_entry_at_the_end_is_found_at_start(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		assert_ok(append_one(f, "entry", &f->e), &f->e);
	overwrite(f, 4, "entrz");
	log_close(f->log);
	assert_false(ok(log_open(f->d, &f->config, &f->log, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "g1/4");
	error_clear(&f->e);
}

static void missing_batch_at_the_end_is_found_at_start(void **state)
{
	struct fixture *f = *state;
	sqlite3 *raw;

	for (int i = 0; i < 5; i++)
		assert_ok(append_one(f, "entry", &f->e), &f->e);
	assert_int_equal(sqlite3_open(f->url, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "DELETE FROM log_batch WHERE (place & 1023) = 3", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(raw);
	log_close(f->log);
	assert_false(ok(log_open(f->d, &f->config, &f->log, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "g1/3");
	error_clear(&f->e);
}

static void log_opens_at_every_size_around_a_tile(void **state)
{
	struct fixture *f = *state;

	fixture_fill(f, 250, 50);
	for (int i = 0; i < 12; i++) {
		fixture_fill(f, 1, 1);
		reopen(f);
	}
	fixture_fill(f, 512 - 262, 125);
	reopen(f);
	fixture_fill(f, 256, 128);
	reopen(f);
	assert_int_equal(log_size(f->log), 768);
}

/* One append with the NTH write failing, then a start: the log is whole, before or after. */
static bool append_with_fault(int nth, enum disk_fault fault)
{
	struct fixture f;
	enum db_outcome outcome = DB_ROLLED_BACK;
	struct str entry = STR("second");
	struct log_entries batch = {&entry, 1, STR("who")};
	struct log *again;
	struct db *d;
	uint64_t first, size;
	bool hit, committed;

	fixture_make(&f, "sekisho.invalid/fault", fixture_seed);
	assert_ok(append_one(&f, "first", &f.e), &f.e);
	faulty_arm(nth, fault, false);
	committed = ok(db_begin_write(f.d, &f.e)) && ok(log_append(f.log, f.d, &batch, &first, &f.e)) &&
		    ok(db_commit(f.d, &outcome, &f.e));
	faulty_disarm();
	hit = disk.hit;
	error_clear(&f.e);
	db_rollback(f.d);
	/* what a start after this finds, on another connection as after a crash */
	assert_ok(db_open(f.url, DB_WRITE, &d, &f.e), &f.e);
	assert_ok(log_open(d, &f.config, &again, &f.e), &f.e);
	size = log_size(again);
	assert_int_equal(committed, outcome == DB_COMMITTED);
	if (outcome == DB_UNKNOWN)
		assert_in_range(size, 1, 2);
	else
		assert_int_equal(size, committed ? 2 : 1);
	log_close(f.log);
	db_close(f.d);
	f.log = again;
	f.d = d;
	assert_ok(append_one(&f, "third", &f.e), &f.e);
	expect_entry(&f, size, "third");
	fixture_remove(&f);
	return hit;
}

static void append_is_whole_or_not_at_all_whichever_write_fails(void **state)
{
	static const enum disk_fault faults[] = {DISK_FULL, DISK_TORN, DISK_IO, DISK_SYNC};

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		int nth = 0;

		while (append_with_fault(nth, faults[i]))
			nth++;
		assert_in_range(nth, 1, 100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(new_log_is_empty_and_signed),
		T(what_was_appended_is_read_after_opening_again),
		T(empty_and_oversized_batches_are_refused),
		T(rolled_back_append_leaves_no_trace),
		T(two_appends_in_one_transaction_follow_each_other),
		T(older_writer_is_fenced),
		T(log_that_was_put_back_is_refused),
		T(high_water_file_of_another_key_is_refused),
		T(head_signed_by_another_key_is_refused),
		T(changed_entry_at_the_end_is_found_at_start),
		T(missing_batch_at_the_end_is_found_at_start),
		T(log_opens_at_every_size_around_a_tile),
#undef T
		cmocka_unit_test(append_is_whole_or_not_at_all_whichever_write_fails),
	};

	faulty_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
