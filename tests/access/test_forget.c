/* What the housekeeper forgets by its rule, and that its failures are counted. */
#include "road.h"

#include <sys/stat.h>
#include <time.h>

#include "access/counts.h"
#include "access/shown.h"
#include "access/sweep.h"

static const int64_t DAY = 24 * 3600000;

static struct uuid shown(struct road *r)
{
	struct op_shown s;
	struct uuid id;

	op_shown_init(&s);
	road_ask(&s.op, &r->loader, "provide_service");
	s.notice = STR("sign_up");
	s.version = 1;
	s.language = STR("ja");
	s.channel = STR("web_form");
	access_run(r->reader, &s.op);
	assert_int_equal(s.op.error.code, CODE_NONE);
	id = s.id;
	op_release(&s.op);
	return id;
}

/* The code of taking in the customer NUMBER with the proof ID. */
static enum code create_with(struct road *r, const char *number, const struct uuid *id)
{
	struct op_acquire in;
	enum code code;
	json_t *v = json_pack("{s:s, s:s}", "customer_number", number, "name", "N");

	op_acquire_init(&in, ACQUIRE_CREATE);
	road_ask(&in.op, &r->loader, "provide_service");
	in.category = STR("customer");
	in.items = v;
	in.has_acquisition = true;
	in.acquisition.channel = STR("web_form");
	in.acquisition.at = r->now;
	in.has_shown = true;
	in.shown = *id;
	access_run(r->reader, &in.op);
	code = in.op.error.code;
	op_release(&in.op);
	json_decref(v);
	return code;
}

static void forget(struct road *r)
{
	struct error e = {0};
	struct sweep *s;

	assert_ok(sweep_new(r->access, &s, &e), &e);
	assert_ok(sweep_forget(s, r->reader, &e), &e);
	sweep_free(s);
	access_reader_rest(r->reader);
}

static void a_proof_that_no_acquisition_names_is_forgotten_after_90_days(void **state)
{
	struct road r;
	struct uuid first, second;

	(void)state;
	road_make(&r);
	first = shown(&r);
	second = shown(&r);
	road_pass(&r, 90 * DAY);
	forget(&r);
	assert_int_equal(create_with(&r, "C1", &first), CODE_NONE);
	road_pass(&r, 1);
	forget(&r);
	assert_int_equal(create_with(&r, "C2", &second), CODE_NOTICE_NOT_SHOWN);
	road_remove(&r);
}

/* Where the import ID stands, or -1 when nothing is known of it. */
static int64_t progress(struct road *r, const struct uuid *id)
{
	struct error e = {0};
	struct db_stmt *s = db_stmt(access_reader_db(r->reader, &e), SQL_IMPORT_PROGRESS_GET, &e);
	int64_t next = -1;
	bool row;

	assert_non_null(s);
	db_bind_uuid(s, 1, id);
	assert_ok(db_step(s, &row, &e), &e);
	if (row)
		next = db_i64(s, 0);
	db_reset(s);
	access_reader_rest(r->reader);
	return next;
}

static void put_progress(struct road *r, const struct uuid *id)
{
	char path[1200];
	enum db_outcome outcome;
	struct error e = {0};
	struct db_stmt *s;
	struct db *d;

	snprintf(path, sizeof path, "%s/sekisho.db", r->dir);
	assert_ok(db_open(path, DB_WRITE, &d, &e), &e);
	assert_ok(db_begin_write(d, &e), &e);
	s = db_stmt(d, SQL_IMPORT_PROGRESS_PUT, &e);
	assert_non_null(s);
	db_bind_uuid(s, 1, id);
	db_bind_i64(s, 2, 7);
	db_bind_i64(s, 3, r->now);
	assert_ok(db_run(s, &e), &e);
	assert_ok(db_commit(d, &outcome, &e), &e);
	db_close(d);
}

static void an_import_that_does_not_go_on_is_forgotten_after_30_days(void **state)
{
	const struct uuid id = {{1, 2, 3}};
	struct road r;

	(void)state;
	road_make(&r);
	put_progress(&r, &id);
	road_pass(&r, 30 * DAY);
	forget(&r);
	assert_int_equal(progress(&r, &id), 7);
	road_pass(&r, 1);
	forget(&r);
	assert_int_equal(progress(&r, &id), -1);
	road_remove(&r);
}

/* The housekeeper cannot write its tiles: a file is in the way. */
static void a_round_that_fails_is_counted(void **state)
{
	struct access_options o;
	struct error e = {0};
	char tiles[1200], aside[1200];
	struct road r;
	FILE *f;

	(void)state;
	road_make(&r);
	road_shut(&r);
	o = road_options(&r);
	o.no_housekeeper = false;
	assert_ok(access_open(r.dir, &o, &r.access, &e), &e);
	assert_ok(access_reader_open(r.access, &r.reader, &e), &e);
	snprintf(tiles, sizeof tiles, "%s/tiles", r.dir);
	snprintf(aside, sizeof aside, "%s/aside", r.dir);
	assert_int_equal(rename(tiles, aside), 0);
	f = fopen(tiles, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	road_made(&r, "C1", "");
	for (int i = 0; i < 400 && !counts_failures(access_counts(r.access)); i++) {
		struct timespec rest = {.tv_nsec = 50 * 1000000};

		road_pass(&r, 2000);
		(void)nanosleep(&rest, NULL); /* ignored: sooner or later is the same */
	}
	assert_true(counts_failures(access_counts(r.access)) > 0);
	road_remove(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_that_no_acquisition_names_is_forgotten_after_90_days),
		cmocka_unit_test(an_import_that_does_not_go_on_is_forgotten_after_30_days),
		cmocka_unit_test(a_round_that_fails_is_counted),
	};

	return cmocka_run_group_tests_name("access/forget", tests, NULL, NULL);
}
