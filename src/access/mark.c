#include "access/mark.h"

#include "access/access_private.h"
#include "access/record.h"
#include "access/state.h"

/* A kind of mark: the action that the role needs, its entry. */
struct mark_row {
	enum action action;
	enum entry_kind entry;
};

static const struct mark_row mark_rows[] = {
	[MARK_SUSPEND] = {ACTION_SUSPEND, ENTRY_SUSPEND},
	[MARK_RESUME] = {ACTION_RESUME, ENTRY_RESUME},
	[MARK_STOP_PROVISION] = {ACTION_SUSPEND, ENTRY_STOP_PROVISION},
	[MARK_OBJECT] = {ACTION_OBJECT, ENTRY_OBJECT},
	[MARK_HOLD] = {ACTION_HOLD, ENTRY_HOLD},
	[MARK_RELEASE] = {ACTION_RELEASE, ENTRY_RELEASE},
	[MARK_EVENT] = {ACTION_EVENT, ENTRY_EVENT},
	[MARK_EVENT_UNDO] = {ACTION_EVENT, ENTRY_EVENT},
};

/* The registry numbers of the purposes named; refuses when one is unknown. */
static const uint32_t *purpose_numbers(struct op_mark *m, const struct ask *ask, struct error *e)
{
	uint32_t *numbers = arena_array(&m->op.arena, m->n_purposes + 1, sizeof *numbers);

	if (!numbers) {
		(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for a mark"); /* ignored: only sets */
		return NULL;
	}
	for (size_t i = 0; i < m->n_purposes; i++) {
		int p = policy_purpose_find(ask->policy, m->purposes[i]);

		if (p == POLICY_NONE)
			ask_refuse(&m->op, CODE_PURPOSE_UNKNOWN);
		else
			numbers[i] = ask->policy->purposes[p].number;
	}
	return numbers;
}

/* The registry numbers of the items named as category.item; refuses when one is unknown. */
static const uint32_t *item_numbers(struct op_mark *m, const struct ask *ask, struct error *e)
{
	uint32_t *numbers = arena_array(&m->op.arena, m->n_items + 1, sizeof *numbers);

	if (!numbers) {
		(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for a mark"); /* ignored: only sets */
		return NULL;
	}
	for (size_t i = 0; i < m->n_items; i++) {
		size_t dot = str_find(m->items[i], '.');
		int c = policy_category_find(ask->policy, str_sub(m->items[i], 0, dot));
		int item = c == POLICY_NONE ? POLICY_NONE
					    : policy_item_find(&ask->policy->categories[c],
							       str_sub(m->items[i], dot + 1, m->items[i].n));

		if (item == POLICY_NONE)
			ask_refuse(&m->op, CODE_ITEM_UNKNOWN);
		else
			numbers[i] = ask->policy->categories[c].items[item].number;
	}
	return numbers;
}

static result mark_suspend(struct op_mark *m, const struct ask *ask, struct person_state *state, struct error *e)
{
	struct person_suspension x = {.n_purposes = m->n_purposes, .n_items = m->n_items};

	x.purposes = purpose_numbers(m, ask, e);
	x.items = item_numbers(m, ask, e);
	if (!x.purposes || !x.items)
		return RESULT_FAIL;
	if (m->op.error.code != CODE_NONE)
		return RESULT_OK;
	return m->kind == MARK_SUSPEND ? state_suspend(&m->op.arena, state, &x, e)
				       : state_resume(&m->op.arena, state, &x, e);
}

static result mark_object(struct op_mark *m, const struct ask *ask, struct person_state *state, struct error *e)
{
	const char **means = arena_array(&m->op.arena, m->n_means + 1, sizeof *means);
	const uint32_t *purpose = purpose_numbers(m, ask, e);
	struct person_objection x = {.n_means = m->n_means};

	if (!purpose)
		return RESULT_FAIL;
	if (!means)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a mark");
	for (size_t i = 0; i < m->n_means; i++) {
		means[i] = arena_copy(&m->op.arena, m->means[i].p, m->means[i].n);
		if (!means[i])
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a mark");
	}
	x.purpose = purpose[0];
	x.means = means;
	if (m->op.error.code != CODE_NONE)
		return RESULT_OK;
	return state_object(&m->op.arena, state, &x, m->on, e);
}

static result mark_stop(struct op_mark *m, const struct ask *ask, struct person_state *state, struct error *e)
{
	uint32_t number = 0;

	for (size_t i = 0; m->arrangement.n && i < ask->policy->n_arrangements; i++)
		if (str_eq(ask->policy->arrangements[i].id, m->arrangement))
			number = ask->policy->arrangements[i].number;
	if (m->arrangement.n && !number) {
		ask_refuse(&m->op, CODE_REGISTER_UNKNOWN);
		return RESULT_OK;
	}
	return state_stop_provision(&m->op.arena, state, number, m->on, e);
}

static result mark_event(struct op_mark *m, const struct op_context *c, const struct ask *ask,
			 struct person_state *state, struct error *e)
{
	int event = policy_event_find(ask->policy, m->event);
	bool found = true;

	if (event == POLICY_NONE) {
		ask_refuse(&m->op, CODE_EVENT_UNKNOWN);
		return RESULT_OK;
	}
	/* a date that is announced (a contract's end next month) may lie ahead by a year at the most: beyond it is a slip */
	if (m->kind == MARK_EVENT && m->on_date > moment_date(c->now, ask->policy->zone) + 366) {
		ask_refuse(&m->op, CODE_TIME_INVALID);
		return RESULT_OK;
	}
	if (m->kind == MARK_EVENT)
		return state_put_event(&m->op.arena, state, ask->policy->events[event].number, m->on_date, e);
	TRY(state_remove_event(&m->op.arena, state, ask->policy->events[event].number, &found, e));
	if (!found)
		ask_refuse(&m->op, CODE_EVENT_UNKNOWN);
	return RESULT_OK;
}

static result mark_hold(struct op_mark *m, const struct op_context *c, const struct ask *ask,
			struct person_state *state, struct error *e)
{
	bool found = true;

	if (m->kind == MARK_HOLD) {
		if (m->on_date != DATE_NONE && m->on_date < moment_date(c->now, ask->policy->zone)) {
			ask_refuse(&m->op, CODE_TIME_INVALID);
			return RESULT_OK;
		}
		return state_hold(&m->op.arena, state, m->on_date, &m->made_hold, e);
	}
	TRY(state_release(&m->op.arena, state, m->hold, &found, e));
	if (!found)
		ask_refuse(&m->op, CODE_CONFLICT);
	return RESULT_OK;
}

/* Changes STATE as M says, or refuses. */
static result mark_apply(struct op_mark *m, const struct op_context *c, const struct ask *ask,
			 struct person_state *state, struct error *e)
{
	switch (m->kind) {
	case MARK_SUSPEND:
	case MARK_RESUME:
		return mark_suspend(m, ask, state, e);
	case MARK_OBJECT:
		return mark_object(m, ask, state, e);
	case MARK_STOP_PROVISION:
		return mark_stop(m, ask, state, e);
	case MARK_EVENT:
	case MARK_EVENT_UNDO:
		return mark_event(m, c, ask, state, e);
	default:
		return mark_hold(m, c, ask, state, e);
	}
}

/* Seals the changed state. */
static result mark_change(struct op_mark *m, const struct op_context *c, const struct ask *ask, struct error *e)
{
	struct person_state state = ask->person.state;

	TRY(mark_apply(m, c, ask, &state, e));
	if (m->op.error.code != CODE_NONE)
		return RESULT_OK;
	TRY(vault_change_begin(c->access->vault, &m->op.arena, &ask->person, &m->change, e));
	TRY(vault_change_state(m->change, &state, e));
	m->op.stores = true;
	return op_touches(&m->op, &ask->id, e);
}

/* The N names joined by commas, in the operation's arena; only names that the policy has come here. */
static struct str name_list(struct op *op, const struct str *names, size_t n)
{
	struct buf b;
	struct str out;

	buf_init(&b);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(&b, ',');
		buf_str(&b, names[i]);
	}
	out = str_copy(&op->arena, buf_view(&b));
	buf_free(&b);
	return out;
}

static struct str date_text(struct op *op, date d)
{
	struct buf b;
	struct str out;

	buf_init(&b);
	date_write(&b, d);
	out = str_copy(&op->arena, buf_view(&b));
	buf_free(&b);
	return out;
}

/* The facts of the entry; names that were refused as unknown are not repeated. */
static void mark_facts(struct op_mark *m, struct record *r)
{
	bool lifts = m->kind == MARK_EVENT_UNDO || !m->on;

	if (m->op.error.code != CODE_NONE)
		return;
	if (m->kind == MARK_STOP_PROVISION)
		record_text(r, FACT_RECIPIENT, m->arrangement);
	if (m->kind == MARK_EVENT || m->kind == MARK_EVENT_UNDO)
		record_text(r, FACT_EVENT, m->event);
	record_text(r, FACT_BASIS, m->ground);
	if (lifts)
		record_text(r, FACT_ACTION, STR("lifted"));
	if (m->kind == MARK_HOLD || m->kind == MARK_RELEASE)
		record_number(r, FACT_NUMBER, m->kind == MARK_HOLD ? m->made_hold : m->hold);
	record_text(r, FACT_PURPOSES, name_list(&m->op, m->purposes, m->n_purposes));
	record_text(r, FACT_ON, name_list(&m->op, m->items, m->n_items));
	record_text(r, FACT_MEANS, name_list(&m->op, m->means, m->n_means));
	if ((m->kind == MARK_EVENT || m->kind == MARK_HOLD) && m->on_date != DATE_NONE)
		record_text(r, FACT_DATE, date_text(&m->op, m->on_date));
}

static result mark_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_mark *m = (struct op_mark *)op;
	struct record record = {.kind = mark_rows[m->kind].entry};
	struct gate_verdict v;
	struct ask *ask;

	m->change = NULL;
	TRY(ask_begin(op, c, mark_rows[m->kind].action, &ask, e));
	op->ask = ask;
	record.ask = ask;
	if (uuid_parse(m->subject, &m->id))
		TRY(ask_person(op, c, ask, &m->id, e));
	ask_count(op, c, ask, &m->id, 1);
	TRY(ask_decide(op, c, ask, &v, e));
	if (op->error.code == CODE_NONE)
		TRY(mark_change(m, c, ask, e));
	TRY(ask_reason(op, c, ask, e));
	ask_stores(op, ask);
	mark_facts(m, &record);
	return record_decision(op, c, &record, e);
}

static result mark_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_mark *m = (const struct op_mark *)op;

	TRY(ask_store(op, c, op->ask, e));
	return m->change ? vault_store(m->change, c->db, e) : RESULT_OK;
}

static void mark_answer(const struct op *op, struct buf *out)
{
	op_answer_id(op, &((const struct op_mark *)op)->id, out);
}

static const struct op_type mark_type = {
	.name = "mark",
	.prepare = mark_prepare,
	.store = mark_store,
	.answer = mark_answer,
};

void op_mark_init(struct op_mark *m, enum mark_kind kind)
{
	*m = (struct op_mark){.kind = kind, .on = true, .on_date = DATE_NONE};
	op_init(&m->op, &mark_type);
}
