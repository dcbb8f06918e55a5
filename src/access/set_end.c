/* How runs of pseudonymized sets end: by order, and by the housekeeper. */
#include "access/access_private.h"
#include "access/counts.h"
#include "access/erase.h"
#include "access/set_private.h"
#include "access/sweep.h"

enum { CLEAR_STEP = 2000, CLEAR_STEPS = 50 };

/* Why a run ends, as the log says it. */
static const char *const ends[SET_ENDS] = {"", "expired", "removed", "request", "broken_off"};

/* Destroying ------------------------------------------------------------------------------------------------ */

/* The id of the set numbered NUMBER in the latest of S's versions that has it; empty when none has. */
static struct str id_of(const struct policy_set *s, uint32_t number)
{
	for (size_t v = s->n; v-- > 0;)
		for (size_t i = 0; i < s->versions[v]->n_derived; i++)
			if (s->versions[v]->derived[i].number == number)
				return s->versions[v]->derived[i].id;
	return (struct str){NULL, 0};
}

/* Finds the run that D destroys, and whether another of its set stands; refuses what cannot be. */
static result find_run(struct op_set_destroy *d, const struct op_context *c, uint32_t set, struct error *e)
{
	const struct vault_reader from = op_vault(&d->op, c);
	const struct uuid key = set_run_key(set, d->number);
	struct vault_set_runs runs;

	d->run = (struct vault_set_run){.exists = false};
	d->last = true;
	TRY(op_depends(&d->op, &key, e));
	TRY(op_touches(&d->op, &key, e));
	TRY(vault_set_runs(&from, &runs, e));
	for (size_t i = 0; i < runs.n; i++) {
		if (runs.at[i].set != set)
			continue;
		if (runs.at[i].run == d->number)
			d->run = runs.at[i];
		else if (runs.at[i].state != SET_RUN_DESTROYED)
			d->last = false;
	}
	if (!d->run.exists)
		set_refuse(&d->op, CODE_NOT_FOUND, "/run");
	else if (d->run.state == SET_RUN_DESTROYED)
		set_refuse(&d->op, CODE_CONFLICT, "/run");
	return RESULT_OK;
}

/* Asks whether D's actor may destroy the set. */
static result ask_destroying(struct op_set_destroy *d, const struct op_context *c, uint32_t *set, struct error *e)
{
	const struct policy_derived *derived;
	struct gate_verdict verdict;
	struct ask *ask = d->op.ask;

	ask_set(&d->op, c, ask, d->set);
	if (set_named(ask->policy, d->set, &derived) == POLICY_NONE)
		set_refuse(&d->op, CODE_SET_UNKNOWN, "/set");
	ask_count(&d->op, c, ask, NULL, 0);
	TRY(ask_decide(&d->op, c, ask, &verdict, e));
	if (d->op.error.code == CODE_NOT_FOUND) /* that nobody is named is no refusal */
		error_clear(&d->op.error);
	*set = derived ? derived->number : 0;
	return ask_reason(&d->op, c, ask, e);
}

static result destroy_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_destroy *d = (struct op_set_destroy *)op;
	struct record record = {.kind = ENTRY_DEIDENTIFY, .no_subject = true};
	uint32_t set = d->set_number;

	d->run = (struct vault_set_run){.exists = false};
	if (d->end == SET_END_ORDERED) {
		TRY(ask_begin(op, c, ACTION_DEIDENTIFY, &op->ask, e));
		record.ask = op->ask;
		TRY(ask_destroying(d, c, &set, e));
		ask_stores(op, op->ask);
	}
	if (op->error.code == CODE_NONE)
		TRY(find_run(d, c, set, e));
	if (op->error.code == CODE_NONE) {
		d->finality = vault_finality(c->access->vault, d->run.epoch, c->now, c->access->instance.key_backups,
					     c->gated->policy ? c->gated->policy->zone : 0);
		op->stores = true;
		op->status = 200;
	}
	record_text(&record, FACT_BASIS, str_of(ends[d->end]));
	record_text(&record, FACT_ACTION, STR("destroyed"));
	if (d->run.exists) {
		record_number(&record, FACT_NUMBER, d->run.run);
		record_number(&record, FACT_COUNT, (int64_t)d->run.rows);
	}
	record_text(&record, FACT_SET, c->gated && c->gated->set ? id_of(c->gated->set, set) : (struct str){NULL, 0});
	record_text(&record, FACT_METHOD, STR("key_destroyed"));
	return record_decision(op, c, &record, e);
}

static result destroy_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_destroy *d = (struct op_set_destroy *)op;
	struct vault_set_run run = d->run;

	if (op->ask)
		TRY(ask_store(op, c, op->ask, e));
	if (op->error.code != CODE_NONE)
		return RESULT_OK;
	TRY(vault_set_destroy(c->access->vault, c->db, &run, d->end, c->now, e));
	return d->last ? vault_set_unlink(c->db, run.set, e) : RESULT_OK;
}

static void destroy_committed(struct op *op, struct access *a)
{
	if (op->error.code != CODE_NONE)
		return;
	counts_run(a->counts, RUN_DESTROYED);
	access_erased(a);
}

static void destroy_answer(const struct op *op, struct buf *out)
{
	const struct op_set_destroy *d = (const struct op_set_destroy *)op;

	buf_text(out, "{\"set\":");
	buf_json(out, d->set);
	buf_text(out, ",\"run\":");
	buf_u64(out, d->run.run);
	buf_text(out, ",\"rows\":");
	buf_u64(out, d->run.rows);
	buf_text(out, d->last ? ",\"removed_information\":\"destroyed\"" : ",\"removed_information\":\"kept\"");
	erase_answer_final(&d->finality, out);
	op_answer_log(op, out);
	buf_byte(out, '}');
}

static const struct op_type destroy_type = {
	.name = "set_destroy",
	.prepare = destroy_prepare,
	.store = destroy_store,
	.committed = destroy_committed,
	.answer = destroy_answer,
};

void op_set_destroy_init(struct op_set_destroy *d)
{
	*d = (struct op_set_destroy){.end = SET_END_ORDERED};
	op_init(&d->op, &destroy_type);
}

/* Clearing -------------------------------------------------------------------------------------------------- */

/* Deletes rows of a destroyed run: waste without a key. */
struct op_clear {
	struct op op;
	struct vault_set_run run;
	size_t n;
};

static result clear_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	(void)c;
	(void)e;
	op->stores = true;
	return RESULT_OK;
}

static result clear_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_clear *x = (struct op_clear *)op;

	return vault_set_clear(c->db, &x->run, CLEAR_STEP, &x->n, e);
}

static void clear_committed(struct op *op, struct access *a)
{
	(void)op;
	access_erased(a);
}

static const struct op_type clear_type = {
	.name = "set_clear", .prepare = clear_prepare, .store = clear_store, .committed = clear_committed};

/* Runs OP by the system with R and gives its failure back. */
static result run_op(struct access_reader *r, struct op *op, struct error *e)
{
	op->actor.number = ACTOR_SYSTEM;
	access_run(r, op);
	if (op->outcome != OP_FAILED)
		return RESULT_OK;
	if (e && e->code == CODE_NONE)
		*e = op->error;
	return RESULT_FAIL;
}

static result clear_run(struct access_reader *r, const struct vault_set_run *run, struct error *e)
{
	bool more = true;

	for (int i = 0; more && i < CLEAR_STEPS; i++) {
		struct op_clear x = {.run = *run};
		result done;

		op_init(&x.op, &clear_type);
		done = run_op(r, &x.op, e);
		more = x.n == CLEAR_STEP;
		op_release(&x.op);
		TRY(done);
	}
	return RESULT_OK;
}

static result destroy_run(struct access_reader *r, const struct vault_set_run *run, enum vault_set_end end, struct error *e)
{
	struct op_set_destroy d;
	result done;

	op_set_destroy_init(&d);
	d.end = end;
	d.set_number = run->set;
	d.number = run->run;
	done = run_op(r, &d.op, e);
	op_release(&d.op);
	return done;
}

result access_set_break_off(struct access *a, struct access_reader *reader, uint32_t set, uint32_t number, struct error *e)
{
	struct db *d = access_reader_db(reader, e);
	struct arena arena;
	const struct vault_reader from = {a->vault, d, &arena};
	struct vault_set_run run = {.exists = false};
	result r = RESULT_FAIL;

	arena_init(&arena, 0, false);
	if (d)
		r = vault_set_run_load(&from, set, number, &run, e);
	access_reader_rest(reader);
	if (ok(r) && run.exists && run.state == SET_RUN_UNDER_WAY)
		r = destroy_run(reader, &run, SET_END_BROKEN_OFF, e);
	arena_free(&arena);
	return r;
}

/* Why RUN is to end at NOW by the policies of G, or SET_END_NONE; the process that makes the steps of runs was OPENED then. */
static enum vault_set_end due(const struct gated *g, const struct vault_set_run *run, moment opened, moment now)
{
	bool there = false;

	for (size_t i = 0; i < g->policy->n_derived; i++)
		there = there || g->policy->derived[i].number == run->set;
	if (run->state == SET_RUN_UNDER_WAY)
		return run->touched < opened || now - run->touched >= SET_IDLE_MS ? SET_END_BROKEN_OFF : SET_END_NONE;
	if (run->state == SET_RUN_DESTROYED || !set_run_over(g, run, now))
		return SET_END_NONE;
	return there ? SET_END_EXPIRED : SET_END_REMOVED;
}

/* Ends or clears RUN of A, when it is time, with R. */
static result tend_run(struct access *a, struct access_reader *r, const struct gated *g, const struct vault_set_run *run,
		       struct error *e)
{
	enum vault_set_end end = due(g, run, a->opened, access_now(a));
	bool rows = false;

	if (end != SET_END_NONE)
		TRY(destroy_run(r, run, end, e));
	else if (run->state == SET_RUN_DESTROYED) {
		struct db *d = access_reader_db(r, e);

		if (!d)
			return RESULT_FAIL;
		TRY(vault_set_has_rows(d, run, &rows, e));
		access_reader_rest(r);
	}
	return rows || end != SET_END_NONE ? clear_run(r, run, e) : RESULT_OK;
}

result sweep_sets(struct access *a, struct access_reader *r, struct error *e)
{
	struct gated *g = access_gated(a);
	struct db *d = access_reader_db(r, e);
	struct arena arena;
	const struct vault_reader from = {a->vault, d, &arena};
	struct vault_set_runs runs = {NULL, 0};
	result done = RESULT_FAIL;

	arena_init(&arena, 0, false);
	if (d)
		done = vault_set_runs(&from, &runs, e);
	access_reader_rest(r);
	for (size_t i = 0; ok(done) && g && g->gate && i < runs.n; i++)
		done = tend_run(a, r, g, &runs.at[i], e);
	arena_free(&arena);
	gated_unref(g);
	return done;
}

/* Listing --------------------------------------------------------------------------------------------------- */

result access_set_runs(struct access *a, struct access_reader *reader, struct arena *arena, struct set_runs *out,
		       struct error *e)
{
	struct gated *g = access_gated(a);
	struct db *d = access_reader_db(reader, e);
	const struct vault_reader from = {a->vault, d, arena};
	struct vault_set_runs runs = {NULL, 0};
	result r = d ? vault_set_runs(&from, &runs, e) : RESULT_FAIL;
	struct str *ids = arena_array(arena, runs.n + 1, sizeof *ids);

	access_reader_rest(reader);
	if (ok(r) && !ids)
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the runs of sets");
	for (size_t i = 0; ok(r) && g && i < runs.n; i++) {
		ids[i] = str_copy(arena, id_of(g->set, runs.at[i].set));
		if (!ids[i].p)
			ids[i].n = 0;
	}
	*out = (struct set_runs){runs.at, ids, runs.n};
	gated_unref(g);
	return r;
}
