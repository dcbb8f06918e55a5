/*
 * Pseudonymized sets on the road to personal data: who gets a row, when a run
 * may be read and when not any more, and what is left of it then.
 */
#include "road.h"
#include "revision.h"

#include "access/set.h"
#include "access/sweep.h"
#include "base/file.h"
#include "deid/output.h"

#define MARK "Zyx-Marker-4711"
#define DAY_MS (INT64_C(86400) * 1000)
#define CUSTOMER "\"gender\":\"f\",\"birth_date\":\"1970-05-06\",\"services_used\":[\"hosting " MARK "\"]"

struct lab {
	struct road road;
	struct token_actor analyst;
};

static void lab_make(struct lab *l)
{
	road_make(&l->road);
	l->analyst = road_actor(&l->road, "analyst");
}

/* The code of beginning a run by ACTOR; its number goes to *RUN. */
static enum code begin(struct lab *l, const struct token_actor *actor, uint32_t *run)
{
	struct op_set_begin b;
	enum code code;

	op_set_begin_init(&b);
	b.op.actor = *actor;
	b.set = STR("service_analysis");
	access_run(l->road.reader, &b.op);
	assert_int_equal(b.op.outcome, OP_COMMITTED);
	assert_int_equal(b.op.n_entries, 1);
	code = b.op.error.code;
	*run = b.run.run;
	op_release(&b.op);
	return code;
}

/* The code of the next step of RUN, and the run after it. */
static enum code step(struct lab *l, uint32_t run, struct vault_set_run *after, bool *complete)
{
	struct gated *g = access_gated(l->road.access);
	struct deid_output *output;
	struct op_set_step s;
	struct arena arena;
	struct error e = {0};
	enum code code;

	arena_init(&arena, 0, false);
	assert_ok(deid_output_make(g->policy, &g->policy->derived[policy_derived_find(g->policy, STR("service_analysis"))], &arena,
				   &output, &e),
		  &e);
	op_set_step_init(&s);
	s.op.actor = l->analyst;
	s.set = STR("service_analysis");
	s.number = run;
	s.policy = g->policy->version;
	s.output = deid_output_of(output);
	access_run(l->road.reader, &s.op);
	assert_int_equal(s.op.outcome, OP_COMMITTED);
	code = s.op.error.code;
	*after = s.run;
	*complete = s.complete;
	op_release(&s.op);
	arena_free(&arena);
	gated_unref(g);
	return code;
}

/* Makes a whole run; gives what it says of itself. */
static struct vault_set_run make(struct lab *l)
{
	struct vault_set_run run;
	bool complete = false;
	uint32_t number;

	assert_int_equal(begin(l, &l->analyst, &number), CODE_NONE);
	while (!complete)
		assert_int_equal(step(l, number, &run, &complete), CODE_NONE);
	return run;
}

/* The code of reading for PURPOSE by ACTOR; the rows given and withheld go to ROWS. */
static enum code look(struct lab *l, const struct token_actor *actor, const char *purpose, uint32_t run, size_t rows[2])
{
	struct op_set_read r;
	enum code code;

	op_set_read_init(&r);
	road_ask(&r.op, actor, purpose);
	r.set = STR("service_analysis");
	r.number = run;
	access_run(l->road.reader, &r.op);
	assert_int_equal(r.op.outcome, OP_COMMITTED);
	assert_int_equal(r.op.n_entries, 1);
	code = r.op.error.code;
	rows[0] = code == CODE_NONE ? r.page.n : 0;
	rows[1] = code == CODE_NONE ? r.page.withheld : 0;
	if (code != CODE_NONE)
		assert_null(r.rows);
	op_release(&r.op);
	return code;
}

static size_t readable(struct lab *l, const char *purpose)
{
	size_t rows[2];

	assert_int_equal(look(l, &l->analyst, purpose, 0, rows), CODE_NONE);
	return rows[0];
}

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

static void tidy(struct lab *l)
{
	struct error e = {0};

	access_reader_rest(l->road.reader);
	assert_ok(sweep_sets(l->road.access, l->road.reader, &e), &e);
}

/* How many rows QUERY, a count, finds in the database. */
static int64_t count(struct lab *l, const char *table)
{
	struct error e = {0};
	char path[1200];
	struct db *d;
	int64_t n = 0;
	bool row;
	static const struct {
		const char *name;
		enum sql_id id;
	} lists[] = {{"link", SQL_VAULT_SET_LINK_LIST}, {"runs", SQL_VAULT_SET_RUNS}};

	snprintf(path, sizeof path, "%s/sekisho.db", l->road.dir);
	assert_ok(db_open(path, DB_READ, &d, &e), &e);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct db_stmt *s;

		if (strcmp(table, lists[i].name) != 0)
			continue;
		s = db_stmt(d, lists[i].id, &e);
		assert_non_null(s);
		for (;;) {
			assert_ok(db_step(s, &row, &e), &e);
			if (!row)
				break;
			n++;
		}
	}
	db_close(d);
	return n;
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
	run = make(&l);
	assert_true(run.rows == 2 && run.left_out == 1 && run.emptied == 0 && run.run == 1);
	assert_int_equal(look(&l, &l.analyst, "analysis", 1, rows), CODE_NONE);
	assert_true(rows[0] == 2 && rows[1] == 0);
	assert_int_equal(look(&l, &l.analyst, "quality", 1, rows), CODE_NONE);
	assert_true(rows[0] == 1 && rows[1] == 1);
	/* 41(9): a suspension after the run counts in the next one */
	mark(&l, &half, MARK_SUSPEND, "analysis");
	assert_int_equal(readable(&l, "analysis"), 2);
	assert_int_equal(make(&l).rows, 1);
	assert_int_equal(readable(&l, "analysis"), 1);
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
	run = make(&l);
	assert_true(run.expires - l.road.now == 366 * DAY_MS - 9 * 3600 * 1000); /* from 2027-12-02 00:00 on */
	before = l.road.now;
	l.road.now = run.expires - 1;
	assert_int_equal(readable(&l, "analysis"), 1);
	tidy(&l);
	assert_int_equal(readable(&l, "analysis"), 1);
	l.road.now = run.expires;
	assert_int_equal(look(&l, &l.analyst, "analysis", 1, rows), CODE_NOT_FOUND); /* before anybody has swept */
	assert_int_equal(count(&l, "link"), 1);
	tidy(&l);
	assert_int_equal(count(&l, "link"), 0);
	assert_int_equal(count(&l, "runs"), 1); /* the record of it */
	tidy(&l); /* nothing more to do */
	l.road.now = before + 367 * DAY_MS;
	assert_int_equal(look(&l, &l.analyst, "analysis", 0, rows), CODE_NOT_FOUND);
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
	(void)make(&l); /* ignored: what it says is known */
	take_set_out(&l);
	removed = l.road.now;
	assert_int_equal(look(&l, &l.analyst, "analysis", 1, rows), CODE_SET_UNKNOWN);
	l.road.now = removed + 31 * DAY_MS - 9 * 3600 * 1000 - 1; /* 2026-12-31 is the last day */
	tidy(&l);
	assert_int_equal(count(&l, "link"), 1);
	l.road.now++;
	tidy(&l);
	assert_int_equal(count(&l, "link"), 0);
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
	assert_int_equal(begin(&l, &l.analyst, &number), CODE_NONE);
	assert_int_equal(step(&l, number, &run, &complete), CODE_NONE);
	assert_true(!complete && run.rows == SET_STEP);
	assert_int_equal(look(&l, &l.analyst, "analysis", number, rows), CODE_NOT_FOUND);
	/* as after a crash */
	road_shut(&l.road);
	road_open(&l.road);
	assert_int_equal(look(&l, &l.analyst, "analysis", number, rows), CODE_NOT_FOUND);
	tidy(&l);
	/* whoever goes on within the hour gets the rest */
	assert_int_equal(step(&l, number, &run, &complete), CODE_NONE);
	assert_true(complete && run.rows == SET_STEP + 3);
	assert_int_equal(step(&l, number, &run, &complete), CODE_CONFLICT);
	assert_int_equal(begin(&l, &l.analyst, &number), CODE_NONE);
	assert_int_equal(number, 2);
	road_pass(&l.road, SET_IDLE_MS - 1);
	tidy(&l);
	assert_int_equal(step(&l, number, &run, &complete), CODE_NONE);
	road_pass(&l.road, SET_IDLE_MS);
	tidy(&l);
	assert_int_equal(step(&l, number, &run, &complete), CODE_CONFLICT);
	assert_int_equal(step(&l, 9, &run, &complete), CODE_NOT_FOUND);
	assert_int_equal(look(&l, &l.analyst, "analysis", number, rows), CODE_NOT_FOUND);
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
	(void)make(&l); /* ignored: what it says is known */
	(void)make(&l); /* ignored: likewise */
	assert_int_equal(erase(&l, &one), 2);
	assert_int_equal(readable(&l, "analysis"), 1);
	assert_int_equal(begin(&l, &l.analyst, &number), CODE_NONE);
	assert_int_equal(step(&l, number, &run, &complete), CODE_NONE);
	assert_int_equal(run.rows, 1);
	assert_int_equal(erase(&l, &other), 3);
	assert_int_equal(readable(&l, "analysis"), 0);
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
	(void)make(&l); /* ignored: what it says is known */
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
	(void)make(&l); /* ignored: what it says is known */
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
	assert_int_equal(begin(&l, &officer, &number), CODE_ROLE_LACKS_ACTION);
	assert_int_equal(begin(&l, &l.road.billing, &number), CODE_ROLE_LACKS_ACTION);
	assert_int_equal(count(&l, "runs"), 0);
	assert_int_equal(count(&l, "link"), 0);
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
