/*
 * Pseudonymized sets on the road to personal data: who gets a row, when a run
 * may be read and when not any more, and what is left of it then.
 */
#include "lab.h"
#include "revision.h"

#include "base/file.h"

static void mark(struct lab *l, const struct uuid *id, enum mark_kind kind, const char *purpose)
{
	struct str purposes[] = {str_of(purpose)};
	struct op_mark m;

	op_mark_init(&m, kind);
	road_ask(&m.op, &l->road.desk, "inquiry");
	m.subject = road_text(id);
	m.ground = STR("35-5");
	m.purposes = purposes;
	m.n_purposes = 1;
	access_run(l->road.reader, &m.op);
	assert_int_equal(m.op.error.code, CODE_NONE);
	op_release(&m.op);
}

static void who_may_serve_gets_a_row_and_the_others_are_counted(void **state)
{
	struct vault_set_run run;
	struct uuid suspended, half;
	size_t rows[2];
	struct lab l;

	(void)state;
	lab_make(&l);
	(void)road_made(&l.road, "C1", CUSTOMER); /* ignored: who it is does not matter */
	road_pass(&l.road, 1);
	suspended = road_made(&l.road, "C2", CUSTOMER);
	road_pass(&l.road, 1);
	half = road_made(&l.road, "C3", CUSTOMER);
	road_pass(&l.road, 1);
	mark(&l, &suspended, MARK_SUSPEND, "analysis");
	mark(&l, &suspended, MARK_SUSPEND, "quality");
	mark(&l, &half, MARK_SUSPEND, "quality");
	run = lab_run(&l);
	assert_true(run.rows == 2 && run.left_out == 1 && run.emptied == 0 && run.run == 1);
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", 1, rows), CODE_NONE);
	assert_true(rows[0] == 2 && rows[1] == 0);
	assert_int_equal(lab_look(&l, &l.analyst, "quality", 1, rows), CODE_NONE);
	assert_true(rows[0] == 1 && rows[1] == 1);
	/* 41(9): a suspension after the run counts in the next one */
	mark(&l, &half, MARK_SUSPEND, "analysis");
	assert_int_equal(lab_readable(&l, "analysis"), 2);
	assert_int_equal(lab_run(&l).rows, 1);
	assert_int_equal(lab_readable(&l, "analysis"), 1);
	road_remove(&l.road);
}

static void a_run_is_read_through_its_last_day_and_then_destroyed_with_its_keys(void **state)
{
	char path[1300], wal[1320];
	struct vault_set_run run;
	size_t rows[2];
	struct buf bytes;
	struct error e = {0};
	struct lab l;
	int64_t before;

	(void)state;
	lab_make(&l); /* 2026-12-01 09:00 */
	(void)road_made(&l.road, "C1", CUSTOMER); /* ignored: who it is does not matter */
	run = lab_run(&l);
	assert_true(run.expires - l.road.now == 366 * DAY_MS - 9 * 3600 * 1000); /* from 2027-12-02 00:00 on */
	before = l.road.now;
	l.road.now = run.expires - 1;
	assert_int_equal(lab_readable(&l, "analysis"), 1);
	lab_tidy(&l);
	assert_int_equal(lab_readable(&l, "analysis"), 1);
	l.road.now = run.expires;
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", 1, rows), CODE_NOT_FOUND); /* before anybody has swept */
	assert_int_equal(lab_count(&l, "link"), 1);
	lab_tidy(&l);
	assert_int_equal(lab_count(&l, "link"), 0);
	assert_int_equal(lab_count(&l, "runs"), 1); /* the record of it */
	lab_tidy(&l); /* nothing more to do */
	l.road.now = before + 367 * DAY_MS;
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", 0, rows), CODE_NOT_FOUND);
	road_shut(&l.road);
	snprintf(path, sizeof path, "%s/sekisho.db", l.road.dir);
	snprintf(wal, sizeof wal, "%s-wal", path);
	buf_init(&bytes);
	assert_ok(file_read(path, 1 << 28, &bytes, &e), &e);
	assert_null(memmem(bytes.p, bytes.n, MARK, strlen(MARK)));
	/* secure_delete: what was wrapped is not in a free page either */
	assert_null(memmem(bytes.p, bytes.n, run.key, sizeof run.key));
	buf_reset(&bytes);
	if (ok(file_read(wal, 1 << 28, &bytes, &e)))
		assert_null(memmem(bytes.p, bytes.n, run.key, sizeof run.key));
	buf_free(&bytes);
	road_open(&l.road);
	road_remove(&l.road);
}

/* Publishes the policy without the set, the wider for it of nothing. */
static void take_set_out(struct lab *l)
{
	char dir[1200];
	struct op_publish p;
	struct findings f;

	snprintf(dir, sizeof dir, "%s", scratch_path(&l->road.scratch, "revised"));
	policy_dir_copy(TEST_SOURCE_DIR "/../examples/reference", dir);
	policy_dir_edit(dir, "policy.yaml",
			"    service_analysis:\n      from: customer\n"
			"      output: {gender: keep, birth_date: {to: year}, services_used: keep}\n"
			"      purposes: [analysis, quality]\n      keep: {for: P1Y, from: creation}\n"
			"      leaves_by: [outsourcing, statute]\n",
			"");
	policy_dir_edit(dir, "policy.yaml", "    sets: [service_analysis]\n", "");
	policy_dir_edit(dir, "decisions.yaml",
			"- about: over-promise:deidentified.pseudonymized\n  answer: kept\n  by: officer\n  on: 2026-10-08\n"
			"  why: The items of pseudonymized information are published knowingly; the statement lists them.\n",
			"");
	findings_init(&f);
	op_publish_init(&p);
	p.dir = dir;
	p.texts = edition_texts;
	p.findings = &f;
	access_run(l->road.reader, &p.op);
	if (p.op.error.code != CODE_NONE)
		fail_msg("%s", p.op.error.message);
	op_release(&p.op);
	findings_free(&f);
}

static void a_set_that_leaves_the_policy_is_read_no_more_and_destroyed_after_30_days(void **state)
{
	size_t rows[2];
	moment removed;
	struct lab l;

	(void)state;
	lab_make(&l); /* 2026-12-01 09:00 */
	(void)road_made(&l.road, "C1", CUSTOMER); /* ignored: who it is does not matter */
	(void)lab_run(&l); /* ignored: what it says is known */
	take_set_out(&l);
	removed = l.road.now;
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", 1, rows), CODE_SET_UNKNOWN);
	l.road.now = removed + 31 * DAY_MS - 9 * 3600 * 1000 - 1; /* 2026-12-31 is the last day */
	lab_tidy(&l);
	assert_int_equal(lab_count(&l, "link"), 1);
	l.road.now++;
	lab_tidy(&l);
	assert_int_equal(lab_count(&l, "link"), 0);
	road_remove(&l.road);
}

static void a_run_that_is_broken_off_is_never_read_and_goes_after_an_hour(void **state)
{
	struct vault_set_run run;
	uint32_t number;
	size_t rows[2];
	bool complete;
	struct lab l;

	(void)state;
	lab_make(&l);
	for (int i = 0; i < SET_STEP + 3; i++) {
		char name[16];

		snprintf(name, sizeof name, "C%d", i);
		(void)road_made(&l.road, name, CUSTOMER); /* ignored: who it is does not matter */
		road_pass(&l.road, 1);
	}
	assert_int_equal(lab_begin(&l, &l.analyst, &number), CODE_NONE);
	assert_int_equal(lab_step(&l, number, &run, &complete), CODE_NONE);
	assert_true(!complete && run.rows == SET_STEP);
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", number, rows), CODE_NOT_FOUND);
	/* as after a crash */
	road_shut(&l.road);
	road_open(&l.road);
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", number, rows), CODE_NOT_FOUND);
	lab_tidy(&l);
	/* whoever goes on within the hour gets the rest */
	assert_int_equal(lab_step(&l, number, &run, &complete), CODE_NONE);
	assert_true(complete && run.rows == SET_STEP + 3);
	assert_int_equal(lab_step(&l, number, &run, &complete), CODE_CONFLICT);
	assert_int_equal(lab_begin(&l, &l.analyst, &number), CODE_NONE);
	assert_int_equal(number, 2);
	road_pass(&l.road, SET_IDLE_MS - 1);
	lab_tidy(&l);
	assert_int_equal(lab_step(&l, number, &run, &complete), CODE_NONE);
	road_pass(&l.road, SET_IDLE_MS);
	lab_tidy(&l);
	assert_int_equal(lab_step(&l, number, &run, &complete), CODE_CONFLICT);
	assert_int_equal(lab_step(&l, 9, &run, &complete), CODE_NOT_FOUND);
	assert_int_equal(lab_look(&l, &l.analyst, "analysis", number, rows), CODE_NOT_FOUND);
	road_remove(&l.road);
}

/* Erases ID, or of them CATEGORY alone; gives the certificate's rows of sets. */
static uint64_t erase(struct lab *l, const struct uuid *id)
{
	struct op_erase x;
	uint64_t rows;

	op_erase_init(&x);
	road_ask(&x.op, &l->road.desk, "inquiry");
	x.op.reason = STR("asked");
	x.subject = road_text(id);
	x.basis = STR("request");
	access_run(l->road.reader, &x.op);
	assert_int_equal(x.op.error.code, CODE_NONE);
	rows = x.set_rows;
	op_release(&x.op);
	return rows;
}

static void an_erasure_takes_the_rows_of_every_run_and_of_one_under_way(void **state)
{
	struct vault_set_run run;
	struct uuid one, other;
	uint32_t number;
	bool complete;
	struct lab l;

	(void)state;
	lab_make(&l);
	one = road_made(&l.road, "C1", CUSTOMER);
	road_pass(&l.road, 1);
	other = road_made(&l.road, "C2", CUSTOMER);
	(void)lab_run(&l); /* ignored: what it says is known */
	(void)lab_run(&l); /* ignored: likewise */
	assert_int_equal(erase(&l, &one), 2);
	assert_int_equal(lab_readable(&l, "analysis"), 1);
	assert_int_equal(lab_begin(&l, &l.analyst, &number), CODE_NONE);
	assert_int_equal(lab_step(&l, number, &run, &complete), CODE_NONE);
	assert_int_equal(run.rows, 1);
	assert_int_equal(erase(&l, &other), 3);
	assert_int_equal(lab_readable(&l, "analysis"), 0);
	road_remove(&l.road);
}

/* A read that waits with its answer while RUN is destroyed. */
static void a_run_that_was_destroyed_governs_every_answer_sent_after(void **state)
{
	struct op_set_destroy d;
	struct op_set_read r;
	struct lab l;

	(void)state;
	lab_make(&l);
	(void)road_made(&l.road, "C1", CUSTOMER); /* ignored: who it is does not matter */
	(void)lab_run(&l); /* ignored: what it says is known */
	op_set_read_init(&r);
	road_ask(&r.op, &l.analyst, "analysis");
	r.set = STR("service_analysis");
	access_run(l.road.reader, &r.op);
	assert_int_equal(r.page.n, 1);
	op_set_destroy_init(&d);
	d.op.actor = l.analyst;
	d.op.reason = STR("study ended");
	d.set = STR("service_analysis");
	d.number = 1;
	access_run(l.road.reader, &d.op);
	assert_int_equal(d.op.error.code, CODE_NONE);
	assert_true(d.last);
	assert_false(access_deliver(l.road.reader, &r.op)); /* C2 */
	access_run(l.road.reader, &r.op);
	assert_int_equal(r.op.error.code, CODE_NOT_FOUND);
	assert_null(r.rows);
	op_release(&d.op);
	op_release(&r.op);
	road_remove(&l.road);
}

static void an_erasure_governs_every_answer_sent_after(void **state)
{
	struct op_set_read r;
	struct uuid one;
	struct lab l;

	(void)state;
	lab_make(&l);
	one = road_made(&l.road, "C1", CUSTOMER);
	(void)lab_run(&l); /* ignored: what it says is known */
	op_set_read_init(&r);
	road_ask(&r.op, &l.analyst, "analysis");
	r.set = STR("service_analysis");
	access_run(l.road.reader, &r.op);
	assert_int_equal(r.page.n, 1);
	assert_int_equal(erase(&l, &one), 1);
	assert_false(access_deliver(l.road.reader, &r.op)); /* C2 */
	access_run(l.road.reader, &r.op);
	assert_int_equal(r.op.error.code, CODE_NONE);
	assert_int_equal(r.page.n, 0);
	op_release(&r.op);
	road_remove(&l.road);
}

static void who_may_not_make_a_set_begins_none(void **state)
{
	struct token_actor officer;
	uint32_t number;
	struct lab l;

	(void)state;
	lab_make(&l);
	officer = l.road.officer;
	assert_int_equal(lab_begin(&l, &officer, &number), CODE_ROLE_LACKS_ACTION);
	assert_int_equal(lab_begin(&l, &l.road.billing, &number), CODE_ROLE_LACKS_ACTION);
	assert_int_equal(lab_count(&l, "runs"), 0);
	assert_int_equal(lab_count(&l, "link"), 0);
	road_remove(&l.road);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_may_serve_gets_a_row_and_the_others_are_counted),
		cmocka_unit_test(a_run_is_read_through_its_last_day_and_then_destroyed_with_its_keys),
		cmocka_unit_test(a_set_that_leaves_the_policy_is_read_no_more_and_destroyed_after_30_days),
		cmocka_unit_test(a_run_that_is_broken_off_is_never_read_and_goes_after_an_hour),
		cmocka_unit_test(an_erasure_takes_the_rows_of_every_run_and_of_one_under_way),
		cmocka_unit_test(a_run_that_was_destroyed_governs_every_answer_sent_after),
		cmocka_unit_test(an_erasure_governs_every_answer_sent_after),
		cmocka_unit_test(who_may_not_make_a_set_begins_none),
	};

	return cmocka_run_group_tests_name("access/set", tests, NULL, NULL);
}
