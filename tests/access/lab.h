/*
 * tests/access/lab.h - pseudonymized sets of an instance of the reference example (road.h): made, read, tidied up.
 */
#ifndef SEKISHO_TEST_LAB_H
#define SEKISHO_TEST_LAB_H

#include "road.h"

#include "access/set.h"
#include "access/sweep.h"
#include "deid/output.h"

#define MARK "Zyx-Marker-4711"
#define DAY_MS (INT64_C(86400) * 1000)
#define CUSTOMER "\"gender\":\"f\",\"birth_date\":\"1970-05-06\",\"services_used\":[\"hosting " MARK "\"]"

struct lab {
	struct road road;
	struct token_actor analyst;
};

/* Makes the instance of L, and its analyst. */
static inline void lab_make(struct lab *l)
{
	road_make(&l->road);
	l->analyst = road_actor(&l->road, "analyst");
}

/* Begins a run in L by ACTOR: its outcome, its CODE, and the number of the RUN. */
static inline enum op_outcome lab_try_begin(struct lab *l, const struct token_actor *actor, uint32_t *run, enum code *code)
{
	struct op_set_begin b;
	enum op_outcome outcome;

	op_set_begin_init(&b);
	b.op.actor = *actor;
	b.set = STR("service_analysis");
	access_run(l->road.reader, &b.op);
	outcome = b.op.outcome;
	*code = b.op.error.code;
	*run = b.run.run;
	if (outcome == OP_COMMITTED)
		assert_int_equal(b.op.n_entries, 1);
	op_release(&b.op);
	return outcome;
}

/* The code of beginning a run in L by ACTOR; its number goes to *RUN. */
static inline enum code lab_begin(struct lab *l, const struct token_actor *actor, uint32_t *run)
{
	enum code code;

	assert_int_equal(lab_try_begin(l, actor, run, &code), OP_COMMITTED);
	return code;
}

/* Makes in L the next step of RUN: its outcome, its CODE, the run AFTER it, and whether that is COMPLETE. */
static inline enum op_outcome lab_try_step(struct lab *l, uint32_t run, struct vault_set_run *after, bool *complete,
					   enum code *code)
{
	struct gated *g = access_gated(l->road.access);
	struct deid_output *output;
	struct op_set_step s;
	struct arena arena;
	struct error e = {0};
	enum op_outcome outcome;

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
	outcome = s.op.outcome;
	*code = s.op.error.code;
	*after = s.run;
	*complete = s.complete;
	op_release(&s.op);
	arena_free(&arena);
	gated_unref(g);
	return outcome;
}

/* The code in L of the next step of RUN, the run AFTER it, and whether that is COMPLETE. */
static inline enum code lab_step(struct lab *l, uint32_t run, struct vault_set_run *after, bool *complete)
{
	enum code code;

	assert_int_equal(lab_try_step(l, run, after, complete, &code), OP_COMMITTED);
	return code;
}

/* Makes a whole run in L; gives what it says of itself. */
static inline struct vault_set_run lab_run(struct lab *l)
{
	struct vault_set_run run;
	bool complete = false;
	uint32_t number;

	assert_int_equal(lab_begin(l, &l->analyst, &number), CODE_NONE);
	while (!complete)
		assert_int_equal(lab_step(l, number, &run, &complete), CODE_NONE);
	return run;
}

/* The code of reading RUN of L for PURPOSE by ACTOR; the rows given and withheld go to ROWS. */
static inline enum code lab_look(struct lab *l, const struct token_actor *actor, const char *purpose, uint32_t run, size_t rows[2])
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

/* How many rows the analyst of L reads for PURPOSE in the latest run. */
static inline size_t lab_readable(struct lab *l, const char *purpose)
{
	size_t rows[2];

	assert_int_equal(lab_look(l, &l->analyst, purpose, 0, rows), CODE_NONE);
	return rows[0];
}

/* Does in L what the housekeeper does about sets. */
static inline void lab_tidy(struct lab *l)
{
	struct error e = {0};

	access_reader_rest(l->road.reader);
	assert_ok(sweep_sets(l->road.access, l->road.reader, &e), &e);
}

/* How many rows TABLE (link, runs) has in the database of L. */
static inline int64_t lab_count(struct lab *l, const char *table)
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

#endif
