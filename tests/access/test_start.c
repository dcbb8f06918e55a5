/* What opening an instance refuses: keys, database, log, clock or lock that are not as they must be. */
#include "road.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/file.h"

/* The path of NAME inside R's instance; in a static buffer. */
static const char *inside(const struct road *r, const char *name)
{
	static char path[1400];

	snprintf(path, sizeof path, "%s/%s", r->dir, name);
	return path;
}

/* Opening R fails with EXPECTED. */
static void open_fails(struct road *r, enum code expected)
{
	const struct access_options o = road_options(r);
	struct access *a = NULL;
	struct error e = {0};

	assert_fails(access_open(r->dir, &o, &a, &e), &e, expected);
	assert_null(a);
}

/* Opening R works, and its OLD customer is there. */
static void open_works(struct road *r, const struct uuid *id)
{
	road_open(r);
	assert_int_equal(road_read(r, &r->billing, "billing", id, "name", NULL), CODE_NONE);
	road_shut(r);
}

static void copy(const char *from, const char *to)
{
	struct error e = {0};
	struct buf b;

	buf_init(&b);
	assert_ok(file_read(from, 64 * 1024 * 1024, &b, &e), &e);
	assert_ok(file_write(to, b.p, b.n, 0600, &e), &e);
	buf_free(&b);
}

/* An instance with one customer, closed. */
static struct uuid made_and_shut(struct road *r)
{
	struct uuid id;

	road_make(r);
	id = road_made(r, "OLD", "");
	road_shut(r);
	return id;
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	static const char *const keys[] = {"keys/root.key", "keys/log.key"};
	struct road r;
	struct uuid id = made_and_shut(&r);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(chmod(inside(&r, keys[i]), 0640), 0);
		open_fails(&r, CODE_KEY_MODE);
		assert_int_equal(chmod(inside(&r, keys[i]), 0600), 0);
		open_works(&r, &id);
	}
	scratch_remove(&r.scratch);
}

static void a_key_of_another_instance_is_refused(void **state)
{
	static const char *const keys[] = {"keys/root.key", "keys/log.key"};
	struct road r, other;
	struct uuid id = made_and_shut(&r);

	(void)state;
	(void)made_and_shut(&other); /* ignored: only its keys are wanted */
	for (size_t i = 0; i < 2; i++) {
		char kept[1400], key[1400];

		snprintf(key, sizeof key, "%s", inside(&r, keys[i]));
		snprintf(kept, sizeof kept, "%s", inside(&r, "kept"));
		copy(key, kept);
		copy(inside(&other, keys[i]), key);
		open_fails(&r, CODE_KEY_INVALID);
		copy(kept, key);
		open_works(&r, &id);
	}
	scratch_remove(&r.scratch);
	scratch_remove(&other.scratch);
}

static void a_missing_or_mangled_key_is_refused(void **state)
{
	static const char *const keys[] = {"keys/root.key", "keys/log.key"};
	struct road r;
	struct error e = {0};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		(void)made_and_shut(&r); /* ignored: it is not read */
		assert_ok(file_write(inside(&r, keys[i]), "not a key\n", 10, 0600, &e), &e);
		open_fails(&r, CODE_KEY_INVALID);
		assert_int_equal(unlink(inside(&r, keys[i])), 0);
		open_fails(&r, CODE_IO);
		scratch_remove(&r.scratch);
	}
}

static void a_database_of_a_newer_version_is_refused(void **state)
{
	struct road r;
	sqlite3 *d = NULL;

	(void)state;
	(void)made_and_shut(&r); /* ignored: it is not read */
	assert_int_equal(sqlite3_open(inside(&r, "sekisho.db"), &d), SQLITE_OK);
	assert_int_equal(sqlite3_exec(d, "INSERT INTO schema_migration (number, name, hash) VALUES (9999, 'later', zeroblob(32))", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_close(d), SQLITE_OK);
	open_fails(&r, CODE_SCHEMA_NEWER);
	scratch_remove(&r.scratch);
}

static void a_second_process_is_refused(void **state)
{
	struct road r;

	(void)state;
	road_make(&r);
	open_fails(&r, CODE_INSTANCE_BUSY);
	road_remove(&r);
}

static void what_is_no_instance_is_refused(void **state)
{
	struct road r;
	struct error e = {0};

	(void)state;
	(void)made_and_shut(&r); /* ignored: it is not read */
	assert_ok(file_write(inside(&r, "config.yaml"), "colour: blue\n", 13, 0600, &e), &e);
	open_fails(&r, CODE_INSTANCE_INVALID);
	assert_int_equal(unlink(inside(&r, "config.yaml")), 0);
	open_fails(&r, CODE_INSTANCE_INVALID);
	scratch_remove(&r.scratch);
}

static void a_clock_that_went_back_is_refused(void **state)
{
	struct road r;
	struct uuid id = made_and_shut(&r);

	(void)state;
	road_pass(&r, -MS_PER_DAY);
	open_fails(&r, CODE_CLOCK);
	road_pass(&r, MS_PER_DAY);
	open_works(&r, &id);
	scratch_remove(&r.scratch);
}

static void time_never_goes_back_for_a_clock_that_is_a_little_slow(void **state)
{
	struct road r;
	struct uuid id = made_and_shut(&r);
	moment last = r.now;

	(void)state;
	road_pass(&r, -60 * MS_PER_SECOND);
	road_open(&r);
	assert_true(access_now(r.access) >= last);
	assert_int_equal(road_read(&r, &r.billing, "billing", &id, "name", NULL), CODE_NONE);
	assert_true(access_now(r.access) >= last);
	road_remove(&r);
}

static void an_older_copy_of_the_database_is_refused(void **state)
{
	struct road r;
	struct uuid id;
	char copied[1400];

	(void)state;
	id = made_and_shut(&r);
	snprintf(copied, sizeof copied, "%s", inside(&r, "copy"));
	copy(inside(&r, "sekisho.db"), copied);
	open_works(&r, &id);
	copy(copied, inside(&r, "sekisho.db"));
	open_fails(&r, CODE_LOG_ROLLED_BACK);
	scratch_remove(&r.scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_others_can_read_is_refused),
		cmocka_unit_test(a_key_of_another_instance_is_refused),
		cmocka_unit_test(a_missing_or_mangled_key_is_refused),
		cmocka_unit_test(a_database_of_a_newer_version_is_refused),
		cmocka_unit_test(a_second_process_is_refused),
		cmocka_unit_test(what_is_no_instance_is_refused),
		cmocka_unit_test(a_clock_that_went_back_is_refused),
		cmocka_unit_test(time_never_goes_back_for_a_clock_that_is_a_little_slow),
		cmocka_unit_test(an_older_copy_of_the_database_is_refused),
	};

	return cmocka_run_group_tests_name("access/start", tests, NULL, NULL);
}
