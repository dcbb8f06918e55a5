/* Taking what was erased out of the WAL, beside everything else. */
#include "road.h"

#include <sys/stat.h>
#include <time.h>

#include "evidence/reader.h"

enum { ROUND_MS = 100, PATIENCE_MS = 5000 };

static int64_t real_ms(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* As road_open with the housekeeper at work. */
static void open_kept(struct road *r)
{
	struct access_options o = road_options(r);
	struct error e = {0};

	o.no_housekeeper = false;
	assert_ok(access_open(r->dir, &o, &r->access, &e), &e);
	assert_ok(access_reader_open(r->access, &r->reader, &e), &e);
}

static void erase(struct road *r, const struct uuid *id)
{
	struct op_erase x;

	op_erase_init(&x);
	road_ask(&x.op, &r->desk, "inquiry");
	x.subject = road_text(id);
	x.basis = STR("request");
	access_run(r->reader, &x.op);
	assert_int_equal(x.op.error.code, CODE_NONE);
	op_release(&x.op);
}

static int64_t wal_size(const struct road *r)
{
	char path[1400];
	struct stat st;

	snprintf(path, sizeof path, "%s/sekisho.db-wal", r->dir);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void an_old_reader_keeps_nobody_waiting_after_an_erasure(void **state)
{
	struct access_reader *old;
	struct log_head head;
	struct error e = {0};
	struct road r;
	struct uuid id;
	int64_t began;

	(void)state;
	road_make(&r);
	id = road_made(&r, "C1", "");
	road_shut(&r);
	open_kept(&r);
	assert_ok(access_reader_open(r.access, &old, &e), &e);
	assert_ok(log_head_read(access_reader_db(old, &e), 0, &head, &e), &e); /* its snapshot stays */
	erase(&r, &id);
	began = real_ms();
	for (int i = 0; i < 5; i++) {
		char number[16];

		snprintf(number, sizeof number, "D%d", i);
		(void)road_made(&r, number, ""); /* ignored: that it is made is all */
		usleep(ROUND_MS * 1000);
	}
	assert_true(real_ms() - began < PATIENCE_MS);
	access_reader_close(old);
	road_remove(&r);
}

static void what_was_erased_leaves_the_wal_when_readers_rest(void **state)
{
	struct road r;
	struct uuid id;
	int64_t began;

	(void)state;
	road_make(&r);
	id = road_made(&r, "C1", "");
	road_shut(&r);
	open_kept(&r);
	erase(&r, &id);
	access_reader_rest(r.reader);
	began = real_ms();
	while (wal_size(&r) != 0 && real_ms() - began < PATIENCE_MS)
		usleep(1000);
	assert_int_equal(wal_size(&r), 0);
	road_remove(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_reader_keeps_nobody_waiting_after_an_erasure),
		cmocka_unit_test(what_was_erased_leaves_the_wal_when_readers_rest),
	};

	return cmocka_run_group_tests_name("access/wal", tests, NULL, NULL);
}
