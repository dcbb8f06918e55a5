#include "access/erase.h"

#include "access/access_private.h"
#include "access/record.h"
#include "access/set_private.h"
#include "access/state.h"
#include "evidence/subject.h"
#include "vault/set.h"

/* One erasure on its way. */
struct draft {
	struct op_erase *in;
	const struct op_context *c;
	struct ask *ask;
	struct arena *a;
	struct person_state state; /* after */
	uint32_t *kept;		   /* registry numbers of items that something keeps */
	size_t n_kept;
	bool all;		   /* nothing of the person is left */
};

/* True when value I of the person goes now: asked for and kept by nothing, or its time is over. */
static bool value_goes(const struct draft *d, size_t i)
{
	const struct gate *gate = d->c->gated->gate;
	const struct person_state *before = &d->ask->person.state;

	if (d->in->due)
		return gate_keeping(gate, before, i, d->c->now) == KEEPING_DUE;
	return gate_erasable(gate, before, i, d->c->now);
}

static bool category_asked(const struct draft *d, const struct policy_category *category)
{
	if (d->in->n_categories == 0)
		return true;
	for (size_t i = 0; category && i < d->in->n_categories; i++)
		if (str_eq(d->in->categories[i], category->id))
			return true;
	return false;
}

static const struct policy_category *category_numbered(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; i < p->n_categories; i++)
		if (p->categories[i].number == number)
			return &p->categories[i];
	return NULL;
}

/* The items of CATEGORY that go, in *N how many; notes those that are kept. */
static result sort_values(struct draft *d, uint32_t category, uint32_t **going, size_t *n, bool *stays, struct error *e)
{
	const struct person_state *before = &d->ask->person.state;

	*n = 0;
	*stays = false;
	*going = arena_array(d->a, before->n_values + 1, sizeof **going);
	if (!*going)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an erasure");
	for (size_t i = 0; i < before->n_values; i++) {
		if (before->values[i].category != category)
			continue;
		if (value_goes(d, i)) {
			d->in->gone[d->in->erased + *n] = before->values[i].item;
			(*going)[(*n)++] = before->values[i].item;
			continue;
		}
		*stays = true;
		d->kept[d->n_kept++] = before->values[i].item;
	}
	d->in->erased += *n;
	return RESULT_OK;
}

static result erase_values(struct draft *d, const struct vault_record *record, const uint32_t *items, size_t n,
			   struct error *e)
{
	const struct vault_reader from = op_vault(&d->in->op, d->c);
	struct vault_history *history = arena_new(d->a, struct vault_history); /* the change rests on it until it is stored */

	if (!n)
		return RESULT_OK;
	if (!history)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an erasure");
	TRY(vault_load_history(&from, record, history, e));
	TRY(vault_change_erase_items(d->in->change, record, history, items, n, e));
	for (size_t i = 0; i < n; i++)
		TRY(state_remove_value(d->a, &d->state, record->category, items[i], e));
	return RESULT_OK;
}

static result erase_category(struct draft *d, uint32_t number, struct error *e)
{
	const struct policy_category *category = category_numbered(d->ask->policy, number);
	const struct vault_reader from = op_vault(&d->in->op, d->c);
	struct vault_record *record = arena_new(d->a, struct vault_record); /* as the history above */
	uint32_t *items;
	bool stays;
	size_t n;

	if (!category_asked(d, category)) {
		d->all = false;
		return RESULT_OK;
	}
	TRY(sort_values(d, number, &items, &n, &stays, e));
	if (d->in->due && n == 0) {
		d->all = d->all && !stays;
		return RESULT_OK;
	}
	if (!record)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an erasure");
	TRY(vault_load_record(&from, &d->ask->person, number, record, e));
	if (d->in->keep_objection && category)
		TRY(vault_change_objections(d->in->change, record, category, e));
	if (stays) {
		d->all = false;
		return erase_values(d, record, items, n, e);
	}
	TRY(vault_change_erase_record(d->in->change, record, e));
	return state_remove_category(d->a, &d->state, number, e);
}

/* What is kept may serve no purpose until it is erased, too (T9). */
static result suspend_kept(struct draft *d, struct error *e)
{
	struct person_suspension x = {.items = d->kept, .n_items = d->n_kept, .until_erased = true};

	d->in->kept = d->n_kept;
	d->in->keeps = d->n_kept != 0;
	return d->n_kept ? state_suspend(d->a, &d->state, &x, e) : RESULT_OK;
}

static result erase_change(struct draft *d, struct error *e)
{
	struct access *a = d->c->access;
	const struct person_state *before = &d->ask->person.state;
	const struct uuid rows = set_rows_key();

	d->kept = arena_array(d->a, before->n_values + 1, sizeof *d->kept);
	d->in->gone = arena_array(d->a, before->n_values + 1, sizeof *d->in->gone);
	if (!d->kept || !d->in->gone)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an erasure");
	d->state = *before;
	d->all = true;
	TRY(vault_change_begin(a->vault, d->a, &d->ask->person, &d->in->change, e));
	for (size_t i = 0; i < before->n_categories; i++)
		TRY(erase_category(d, before->categories[i], e));
	d->in->finality = vault_finality(a->vault, d->ask->person.epoch, d->c->now, a->instance.key_backups,
					 d->ask->policy->zone);
	d->in->whole = d->all;
	if (d->all)
		TRY(vault_change_erase_person(d->in->change, e));
	else if (!d->in->due)
		TRY(suspend_kept(d, e));
	if (!d->all)
		TRY(state_compact(d->a, &d->state, e));
	if (!d->all)
		TRY(vault_change_state(d->in->change, &d->state, e));
	if (d->in->keep_objection)
		TRY(op_touches(&d->in->op, &a->objections_key, e));
	if (d->in->whole)
		TRY(op_touches(&d->in->op, &a->erasures_key, e));
	if (d->in->erased)
		TRY(op_touches(&d->in->op, &rows, e));
	d->in->op.stores = true;
	d->in->op.status = d->in->keeps ? 202 : 200;
	return op_touches(&d->in->op, &d->ask->id, e);
}

/* Refuses a basis or category that there is none of. */
static void check_input(struct op_erase *in, const struct ask *ask)
{
	if (!str_is(in->basis, "request") && !str_is(in->basis, "not_needed") && !str_is(in->basis, "law"))
		(void)error_at(&in->op.error, CODE_MALFORMED, "/basis",
			       "an erasure is on request, not_needed or by law"); /* ignored: only sets */
	for (size_t i = 0; ask->policy && i < in->n_categories; i++)
		if (policy_category_find(ask->policy, in->categories[i]) == POLICY_NONE)
			ask_refuse(&in->op, CODE_CATEGORY_UNKNOWN);
}

static result erase_decide(struct draft *d, struct error *e)
{
	struct op *op = &d->in->op;
	struct gate_verdict v;

	if (d->in->due) {
		if (!d->ask->person.exists || !d->ask->policy)
			ask_refuse(op, CODE_NOT_FOUND);
		return RESULT_OK;
	}
	check_input(d->in, d->ask);
	ask_count(op, d->c, d->ask, &d->in->id, 1);
	return ask_decide(op, d->c, d->ask, &v, e);
}

static result erase_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_erase *in = (struct op_erase *)op;
	struct draft d = {.in = in, .c = c, .a = &op->arena};
	struct record record = {.kind = ENTRY_ERASE};

	in->change = NULL;
	in->whole = in->keeps = false;
	in->erased = in->kept = 0;
	TRY(ask_begin(op, c, ACTION_ERASE, &d.ask, e));
	op->ask = d.ask;
	record.ask = d.ask;
	if (uuid_parse(in->subject, &in->id))
		TRY(ask_person(op, c, d.ask, &in->id, e));
	TRY(erase_decide(&d, e));
	if (op->error.code == CODE_NONE)
		TRY(erase_change(&d, e));
	if (in->due && op->error.code == CODE_NONE && in->erased == 0 && !in->whole) {
		op->stores = false; /* nothing was due after all: nothing to record */
		return RESULT_OK;
	}
	/* the reason of a person who is gone would go with them */
	d.ask->reason_by_instance = in->whole;
	TRY(ask_reason(op, c, d.ask, e));
	ask_stores(op, d.ask);
	record_text(&record, FACT_BASIS, op->error.code == CODE_NONE ? in->basis : (struct str){NULL, 0});
	record_text(&record, FACT_ACTION, in->whole ? STR("person") : STR("values"));
	record_number(&record, FACT_COUNT, (int64_t)in->erased);
	return record_decision(op, c, &record, e);
}

/* The rows of pseudonymized sets go with what they were made of. */
static result forget_rows(struct op_erase *in, const struct op_context *c, struct error *e)
{
	const struct vault_reader from = op_vault(&in->op, c);
	struct vault_set_forgetting f = {.subject = in->id, .items = in->gone, .n_items = in->whole ? 0 : in->erased};

	in->set_rows = 0;
	if (!in->whole && !in->erased)
		return RESULT_OK;
	TRY(vault_set_forget(&from, &f, e));
	in->set_rows = f.gone;
	return RESULT_OK;
}

static result erase_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_erase *in = (struct op_erase *)op;

	TRY(ask_store(op, c, op->ask, e));
	if (!in->change)
		return RESULT_OK;
	TRY(vault_store(in->change, c->db, e));
	TRY(forget_rows(in, c, e));
	if (!in->whole)
		return RESULT_OK;
	c->access->last_erasure = op->first + op->n_entries;
	return subject_erase(c->db, &in->id, e);
}

void erase_answer_final(const struct vault_finality *f, struct buf *out)
{
	buf_text(out, ",\"final\":{\"key_until\":\"");
	moment_write(out, f->kek_until);
	buf_text(out, "\",\"copies_until\":\"");
	date_write(out, f->copies_until);
	buf_text(out, "\"}");
}

static void erase_answer(const struct op *op, struct buf *out)
{
	const struct op_erase *in = (const struct op_erase *)op;

	buf_text(out, "{\"id\":\"");
	uuid_write(out, &in->id);
	buf_text(out, in->whole ? "\",\"erased\":\"person\"" : "\",\"erased\":\"values\"");
	buf_text(out, ",\"values\":");
	buf_u64(out, in->erased);
	buf_text(out, ",\"kept\":");
	buf_u64(out, in->kept);
	buf_text(out, ",\"set_rows\":");
	buf_u64(out, in->set_rows);
	erase_answer_final(&in->finality, out);
	op_answer_log(op, out);
	buf_byte(out, '}');
}

static void erase_committed(struct op *op, struct access *a)
{
	const struct op_erase *in = (const struct op_erase *)op;

	if (in->change)
		access_erased(a);
}

static const struct op_type erase_type = {
	.name = "erase",
	.prepare = erase_prepare,
	.store = erase_store,
	.committed = erase_committed,
	.answer = erase_answer,
};

void op_erase_init(struct op_erase *x)
{
	*x = (struct op_erase){.basis = {NULL, 0}};
	op_init(&x->op, &erase_type);
}
