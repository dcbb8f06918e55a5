#include "access/read.h"

#include "access/access_private.h"
#include "access/record.h"
#include "base/bits.h"

/* The items of V that are allowed, as values to open in A. */
static struct vault_opened *wanted_items(const struct op_read *r, struct arena *a, size_t *n)
{
	struct vault_opened *wanted = arena_array(a, r->verdict.n_items + 1, sizeof *wanted);

	*n = 0;
	for (size_t i = 0; wanted && i < r->verdict.n_items; i++)
		if (bits_has(r->verdict.allowed, i))
			wanted[(*n)++].item = r->in->items[i].number;
	return wanted;
}

static result read_values(struct op_read *r, const struct op_context *c, const struct ask *ask,
			  const struct vault_record *record, struct error *e)
{
	const struct vault_reader from = op_vault(&r->op, c);
	struct arena *a = &r->op.arena;
	struct str *values = arena_array(a, r->verdict.n_items, sizeof *values);
	struct vault_opened *wanted;
	size_t n, next = 0;

	wanted = wanted_items(r, a, &n);
	if (!values || !wanted)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the values");
	TRY(vault_open_items(&from, &ask->person, record, wanted, n, e));
	for (size_t i = 0; i < r->verdict.n_items; i++)
		if (bits_has(r->verdict.allowed, i))
			values[i] = wanted[next++].json;
	r->values = values;
	return RESULT_OK;
}

/* The position in the category of the item with registry NUMBER, or POLICY_NONE. */
static int item_numbered(const struct policy_category *category, uint32_t number)
{
	for (size_t i = 0; i < category->n_items; i++)
		if (category->items[i].number == number)
			return (int)i;
	return POLICY_NONE;
}

static result read_history(struct op_read *r, const struct op_context *c, const struct vault_record *record,
			   struct error *e)
{
	const struct vault_reader from = op_vault(&r->op, c);
	struct arena *a = &r->op.arena;
	struct vault_history history;
	struct vault_old_value *picked;
	struct vault_opened *opened;
	struct read_old *old;
	size_t n = 0;

	TRY(vault_load_history(&from, record, &history, e));
	picked = arena_array(a, history.n + 1, sizeof *picked);
	opened = arena_array(a, history.n + 1, sizeof *opened);
	old = arena_array(a, history.n + 1, sizeof *old);
	if (!picked || !opened || !old)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the history");
	for (size_t i = 0; i < history.n; i++) {
		const struct vault_old_value *v = &history.values[i];
		int item = item_numbered(r->in, v->value.item);

		if (item == POLICY_NONE || !bits_has(r->verdict.allowed, (size_t)item))
			continue;
		picked[n] = *v;
		old[n++] = (struct read_old){.item = &r->in->items[item],
					     .at = v->value.write->at,
					     .replaced = v->replaced,
					     .version = v->value.write->version,
					     .actor = v->value.write->actor};
	}
	TRY(vault_open_history(&from, record, picked, n, opened, e));
	for (size_t i = 0; i < n; i++)
		old[i].json = opened[i].json;
	r->old = old;
	r->n_old = n;
	return RESULT_OK;
}

static result read_open(struct op_read *r, const struct op_context *c, const struct ask *ask, struct error *e)
{
	const struct vault_reader from = op_vault(&r->op, c);
	struct vault_record record;

	TRY(vault_load_record(&from, &ask->person, r->in->number, &record, e));
	if (!record.exists)
		return error_set(e, CODE_SEAL_BROKEN, "a record that the person's state names is missing");
	r->version = record.version;
	return r->history ? read_history(r, c, &record, e) : read_values(r, c, ask, &record, e);
}

static result read_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_read *r = (struct op_read *)op;
	enum action action = r->exports ? ACTION_EXPORT : r->history ? ACTION_HISTORY : ACTION_READ;
	struct record record = {.kind = r->exports ? ENTRY_EXPORT : r->history ? ENTRY_HISTORY : ENTRY_READ,
				.verdict = &r->verdict};
	struct ask *ask;

	r->in = NULL;
	r->values = NULL;
	r->old = NULL;
	r->n_old = 0;
	r->version = 0;
	TRY(ask_begin(op, c, action, &ask, e));
	TRY(ask_items(op, ask, r->category, r->items, e));
	if (uuid_parse(r->subject, &r->id))
		TRY(ask_person(op, c, ask, &r->id, e));
	ask_count(op, c, ask, &r->id, 1);
	r->in = ask->category;
	TRY(ask_decide(op, c, ask, &r->verdict, e));
	if (op->error.code == CODE_NONE)
		TRY(read_open(r, c, ask, e));
	r->approval = ask->approval_once ? (struct uuid){{0}} : ask->approval.id;
	TRY(ask_reason(op, c, ask, e));
	record.ask = ask;
	op->ask = ask;
	ask_stores(op, ask);
	return record_decision(op, c, &record, e);
}

static result read_store(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type read_type = {.name = "read", .prepare = read_prepare, .store = read_store};

void op_read_init(struct op_read *r)
{
	*r = (struct op_read){.version = 0};
	op_init(&r->op, &read_type);
}
