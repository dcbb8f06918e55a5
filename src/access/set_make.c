/* Runs of pseudonymized sets: begun, and made step by step. */
#include "access/access_private.h"
#include "access/counts.h"
#include "access/set_private.h"
#include "base/bits.h"

/* Beginning ------------------------------------------------------------------------------------------------- */

/* Asks whether OP's actor may make the set SET now; *DERIVED is it. */
static result ask_making(struct op *op, const struct op_context *c, struct str set, const struct policy_derived **derived,
			 struct error *e)
{
	struct gate_verdict verdict;
	struct ask *ask;

	TRY(ask_begin(op, c, ACTION_DEIDENTIFY, &ask, e));
	op->ask = ask;
	ask_set(op, c, ask, set);
	if (set_named(ask->policy, set, derived) == POLICY_NONE)
		set_refuse(op, CODE_SET_UNKNOWN, "/set");
	ask_count(op, c, ask, NULL, 0);
	TRY(ask_decide(op, c, ask, &verdict, e));
	/* decided for nobody: that there is nobody is no refusal here, what comes before check 8 is */
	if (op->error.code == CODE_NOT_FOUND)
		error_clear(&op->error);
	return ask_reason(op, c, ask, e);
}

/* What a run of D made now is to say, its lists in A. */
static result plan_run(const struct op_context *c, const struct policy_derived *d, struct arena *a, struct vault_set_run *run,
		       struct error *e)
{
	const struct policy *p = c->gated->policy;
	const struct policy_category *category = &p->categories[d->from];
	uint32_t *purposes = arena_array(a, d->n_purposes + 1, sizeof *purposes);
	uint32_t *items = arena_array(a, category->n_items + 1, sizeof *items);

	if (!purposes || !items)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	*run = (struct vault_set_run){.set = d->number, .policy = p->version, .made = c->now, .purposes = purposes, .items = items};
	for (; run->n_purposes < d->n_purposes; run->n_purposes++)
		purposes[run->n_purposes] = p->purposes[d->purposes[run->n_purposes]].number;
	for (size_t i = 0; i < category->n_items; i++)
		if (bits_has(d->items, i))
			items[run->n_items++] = category->items[i].number;
	run->expires = date_start(gate_set_until(c->gated->gate, d->number, p->version, c->now) + 1, p->zone);
	return RESULT_OK;
}

/* The number that the run will have: the next, unless another is begun first, whereupon this is prepared again. */
static result number_run(struct op_set_begin *b, const struct op_context *c, struct error *e)
{
	const struct uuid key = set_run_key(b->run.set, 0);
	const struct vault_reader from = op_vault(&b->op, c);
	struct vault_set_run latest;

	TRY(op_depends(&b->op, &key, e));
	TRY(op_touches(&b->op, &key, e));
	TRY(vault_set_run_load(&from, b->run.set, 0, &latest, e));
	b->run.run = latest.exists ? latest.run + 1 : 1;
	return RESULT_OK;
}

static result begin_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_begin *b = (struct op_set_begin *)op;
	struct record record = {.kind = ENTRY_DEIDENTIFY, .no_subject = true};
	const struct policy_derived *derived;

	TRY(ask_making(op, c, b->set, &derived, e));
	ask_stores(op, op->ask);
	record.ask = op->ask;
	record_text(&record, FACT_ACTION, STR("begun"));
	if (op->error.code == CODE_NONE) {
		op->stores = true;
		op->status = 202;
		b->policy = c->gated->policy->version;
		TRY(plan_run(c, derived, &op->arena, &b->run, e));
		TRY(number_run(b, c, e));
		record_number(&record, FACT_NUMBER, b->run.run);
	}
	record_text(&record, FACT_SET, derived ? derived->id : (struct str){NULL, 0});
	return record_decision(op, c, &record, e);
}

static result begin_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_begin *b = (struct op_set_begin *)op;
	const struct vault_reader from = op_vault(op, c);

	TRY(ask_store(op, c, op->ask, e));
	return op->error.code == CODE_NONE ? vault_set_begin(&from, &b->run, e) : RESULT_OK;
}

static void begin_answer(const struct op *op, struct buf *out)
{
	const struct op_set_begin *b = (const struct op_set_begin *)op;

	buf_text(out, "{\"set\":");
	buf_json(out, b->set);
	buf_text(out, ",\"run\":");
	buf_u64(out, b->run.run);
	buf_text(out, ",\"job\":\"");
	uuid_write(out, &b->job);
	buf_byte(out, '"');
	op_answer_log(op, out);
	buf_byte(out, '}');
}

static const struct op_type begin_type = {
	.name = "set_begin", .prepare = begin_prepare, .store = begin_store, .answer = begin_answer};

void op_set_begin_init(struct op_set_begin *b)
{
	*b = (struct op_set_begin){.policy = 0};
	op_init(&b->op, &begin_type);
}

/* Steps ----------------------------------------------------------------------------------------------------- */

/* A step while it is made. */
struct step {
	struct op_set_step *in;
	const struct op_context *c;
	const struct policy_derived *derived;
	int set; /* its index */
	struct vault_set_maker maker;
	struct vault_set_row *rows;
	struct vault_person *persons;	     /* those taken */
	const struct vault_person **pointers;
};

static bool has_category(const struct person_state *s, uint32_t category)
{
	for (size_t i = 0; i < s->n_categories; i++)
		if (s->categories[i] == category)
			return true;
	return false;
}

/* Opens what the set has columns of, of P. */
static result open_values(struct step *s, const struct vault_person *p, const struct policy_category *category,
			  struct set_values *v, struct error *e)
{
	const struct vault_reader from = op_vault(&s->in->op, s->c);
	const struct vault_set_run *run = &s->in->run;
	struct vault_opened *wanted = arena_array(from.arena, run->n_items + 1, sizeof *wanted);
	struct str *in = arena_array(from.arena, run->n_items + 1, sizeof *in);
	struct vault_record record;

	*v = (struct set_values){.n = run->n_items, .in = in, .arena = from.arena};
	v->out = arena_array(from.arena, run->n_items + 1, sizeof *v->out);
	if (!wanted || !in || !v->out)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	for (size_t i = 0; i < run->n_items; i++)
		wanted[i].item = run->items[i];
	TRY(vault_load_record(&from, p, category->number, &record, e));
	if (!record.exists)
		return error_set(e, CODE_SEAL_BROKEN, "a record that the person's state names is missing");
	TRY(vault_open_items(&from, p, &record, wanted, run->n_items, e));
	for (size_t i = 0; i < run->n_items; i++)
		in[i] = wanted[i].json;
	return RESULT_OK;
}

/* Gives P a row, when they may serve a purpose of the set; else they are left out. */
static result take_person(struct step *s, const struct vault_person *p, struct error *e)
{
	const struct policy_category *category = &s->c->gated->policy->categories[s->derived->from];
	const struct vault_reader from = op_vault(&s->in->op, s->c);
	struct op_set_step *in = s->in;
	struct vault_set_source source = {.subject = &p->id};
	struct set_values v;

	if (!has_category(&p->state, category->number))
		return RESULT_OK;
	source.purposes = gate_set_purposes(s->c->gated->gate, s->set, &p->state, s->derived->items, s->c->now);
	if (!source.purposes) {
		in->run.left_out++;
		return RESULT_OK;
	}
	TRY(open_values(s, p, category, &v, e));
	v.days = vault_set_days(&s->maker, &p->id, SET_SHIFT_DAYS);
	TRY(in->output.make(in->output.ctx, &v, e));
	source.values = v.out;
	TRY(vault_set_row_seal(&from, &s->maker, &source, &s->rows[in->n_rows], e));
	s->persons[in->n_rows] = *p;
	s->pointers[in->n_rows] = &s->persons[in->n_rows];
	in->n_rows++;
	in->run.rows++;
	in->run.emptied += v.emptied;
	return RESULT_OK;
}

/* Looks at the next persons. */
static result take_persons(struct step *s, struct error *e)
{
	const struct vault_reader from = op_vault(&s->in->op, s->c);
	struct op_set_step *in = s->in;
	struct uuid ids[SET_STEP];
	size_t n;

	s->rows = arena_array(from.arena, SET_STEP, sizeof *s->rows);
	s->persons = arena_array(from.arena, SET_STEP, sizeof *s->persons);
	s->pointers = arena_array(from.arena, SET_STEP, sizeof *s->pointers);
	if (!s->rows || !s->persons || !s->pointers)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	in->rows = s->rows;
	TRY(vault_persons_after(s->c->db, &in->run.after, ids, SET_STEP, &n, e));
	for (size_t i = 0; i < n; i++) {
		struct vault_person p;

		TRY(op_depends(&in->op, &ids[i], e));
		TRY(vault_load_person(&from, &ids[i], &p, e));
		TRY(take_person(s, &p, e));
		in->run.after = ids[i];
	}
	in->run.touched = s->c->now;
	in->complete = n < SET_STEP;
	return RESULT_OK;
}

/* Names those taken, and at the end the whole run. */
static result record_step(struct step *s, struct error *e)
{
	struct op_set_step *in = s->in;
	struct record taken = {.kind = ENTRY_DEIDENTIFY, .ask = in->op.ask, .several = true, .persons = s->pointers,
			       .n_persons = in->n_rows};
	struct record made = {.kind = ENTRY_DEIDENTIFY, .ask = in->op.ask, .no_subject = true};

	if (in->n_rows) {
		record_text(&taken, FACT_ACTION, STR("taken"));
		record_number(&taken, FACT_NUMBER, in->run.run);
		record_number(&taken, FACT_COUNT, (int64_t)in->n_rows);
		record_text(&taken, FACT_SET, s->derived->id);
		TRY(record_decision(&in->op, s->c, &taken, e));
	}
	if (!in->complete)
		return RESULT_OK;
	record_text(&made, FACT_ACTION, STR("made"));
	record_number(&made, FACT_NUMBER, in->run.run);
	record_number(&made, FACT_COUNT, (int64_t)in->run.rows);
	record_number(&made, FACT_UNTIL, in->run.expires);
	record_text(&made, FACT_SET, s->derived->id);
	record_text(&made, FACT_METHOD, STR("keyed"));
	return record_decision(&in->op, s->c, &made, e);
}

/* Refuses S unless its run is under way and the policy is still that which it was begun by. */
static result find_run(struct step *s, struct error *e)
{
	const struct vault_reader from = op_vault(&s->in->op, s->c);
	struct op_set_step *in = s->in;
	const struct uuid key = set_run_key(s->derived->number, in->number);

	TRY(op_depends(&in->op, &key, e));
	TRY(op_touches(&in->op, &key, e));
	TRY(vault_set_run_load(&from, s->derived->number, in->number, &in->run, e));
	if (!in->run.exists || in->number == 0)
		set_refuse(&in->op, CODE_NOT_FOUND, "/run");
	else if (in->run.state != SET_RUN_UNDER_WAY || in->run.policy != s->c->gated->policy->version ||
		 in->policy != in->run.policy)
		set_refuse(&in->op, CODE_CONFLICT, "/run");
	return RESULT_OK;
}

static result make_step(struct step *s, struct error *e)
{
	const struct vault_reader from = op_vault(&s->in->op, s->c);
	result r;

	TRY(vault_set_maker_open(&from, &s->in->run, &s->maker, e));
	r = take_persons(s, e);
	vault_set_maker_wipe(&s->maker);
	return r;
}

static result step_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_step *in = (struct op_set_step *)op;
	struct step s = {.in = in, .c = c};
	struct record record = {.kind = ENTRY_DEIDENTIFY, .no_subject = true};

	in->rows = NULL;
	in->n_rows = 0;
	in->complete = false;
	in->run = (struct vault_set_run){.exists = false};
	TRY(ask_begin(op, c, ACTION_DEIDENTIFY, &op->ask, e));
	/* that it may be made was decided, and approved where it has to be, when it was begun; who asks may have lost it since */
	if (!op->ask->request.actor.active)
		ask_refuse(op, CODE_UNAUTHORIZED);
	else if (!op->ask->role || !(op->ask->role->may >> ACTION_DEIDENTIFY & 1))
		ask_refuse(op, CODE_ROLE_LACKS_ACTION);
	s.set = set_named(op->ask->policy, in->set, &s.derived);
	if (!s.derived)
		set_refuse(op, CODE_SET_UNKNOWN, "/set");
	if (op->error.code == CODE_NONE)
		TRY(find_run(&s, e));
	if (op->error.code == CODE_NONE) {
		TRY(make_step(&s, e));
		op->stores = true;
		op->status = 200;
		return record_step(&s, e);
	}
	record.ask = op->ask;
	record_text(&record, FACT_SET, s.derived ? s.derived->id : (struct str){NULL, 0});
	return record_decision(op, c, &record, e);
}

static result step_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_step *in = (struct op_set_step *)op;
	struct vault_set_run run = in->run;

	for (size_t i = 0; i < in->n_rows; i++)
		TRY(vault_set_row_put(c->db, &in->run, &in->rows[i], e));
	return vault_set_advance(c->access->vault, c->db, &run, in->complete, e);
}

static void step_committed(struct op *op, struct access *a)
{
	if (((const struct op_set_step *)op)->complete)
		counts_run(a->counts, RUN_MADE);
}

static const struct op_type step_type = {
	.name = "set_step", .prepare = step_prepare, .store = step_store, .committed = step_committed};

void op_set_step_init(struct op_set_step *s)
{
	*s = (struct op_set_step){.number = 0};
	op_init(&s->op, &step_type);
}
