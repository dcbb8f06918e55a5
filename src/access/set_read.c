#include <string.h>

#include "access/access_private.h"
#include "access/set_private.h"

struct uuid set_run_key(uint32_t set, uint32_t number)
{
	/* no id of a person begins so: these are of version 7 */
	struct uuid key = {{'s', 'e', 't', 'r', 'u', 'n'}};

	for (int i = 0; i < 4; i++) {
		key.b[8 + i] = (unsigned char)(set >> (24 - 8 * i));
		key.b[12 + i] = (unsigned char)(number >> (24 - 8 * i));
	}
	return key;
}

struct uuid set_rows_key(void)
{
	return (struct uuid){{'s', 'e', 't', 'r', 'o', 'w', 's'}};
}

bool set_run_over(const struct gated *g, const struct vault_set_run *run, moment now)
{
	return now >= run->expires ||
	       moment_date(now, g->policy->zone) > gate_set_until(g->gate, run->set, run->policy, run->made);
}

int set_named(const struct policy *p, struct str set, const struct policy_derived **derived)
{
	int found = p ? policy_derived_find(p, set) : POLICY_NONE;

	*derived = NULL;
	if (found == POLICY_NONE || !p->derived[found].pseudonymized || p->derived[found].from == POLICY_NONE)
		return POLICY_NONE;
	*derived = &p->derived[found];
	return found;
}

void set_refuse(struct op *op, enum code code, const char *where)
{
	(void)error_at(&op->error, code, where, "%s", code_meaning(code)); /* ignored: only sets */
}

/* Finds the run that is asked for, and that may be read, by FROM: r->run; none has exists = false. */
static result find_run(struct op_set_read *r, const struct op_context *c, const struct vault_reader *from, struct error *e)
{
	struct vault_set_runs runs;

	r->run = (struct vault_set_run){.exists = false};
	TRY(vault_set_runs(from, &runs, e));
	for (size_t i = 0; i < runs.n; i++)
		if (runs.at[i].set == r->derived->number && runs.at[i].state == SET_RUN_COMPLETE &&
		    (!r->number || runs.at[i].run == r->number) && !set_run_over(c->gated, &runs.at[i], c->now))
			r->run = runs.at[i]; /* the latest: they come in order */
	return RESULT_OK;
}

/* The bit of the purpose asked for in the rows of r->run; 0 when it was none of the set's then. */
static uint64_t purpose_bit(const struct op_set_read *r, const struct ask *ask)
{
	int purpose = policy_purpose_find(ask->policy, ask->request.purpose);

	for (size_t i = 0; purpose != POLICY_NONE && i < r->run.n_purposes; i++)
		if (r->run.purposes[i] == ask->policy->purposes[purpose].number)
			return UINT64_C(1) << i;
	return 0;
}

/* Reads the place that the asker was at. */
static bool place_parse(struct str text, unsigned char place[VAULT_SET_PLACE])
{
	memset(place, 0, VAULT_SET_PLACE);
	return text.n == 0 || (text.n == SET_PLACE_TEXT && hex_decode(text, place, VAULT_SET_PLACE));
}

/* Lists, still sealed, the rows that are asked for, and counts them against the role's limits as persons (T12). */
static result list_rows(struct op_set_read *r, const struct op_context *c, struct ask *ask, struct error *e)
{
	const struct vault_reader from = op_vault(&r->op, c);
	struct uuid *keys;

	r->page = (struct vault_set_page){.limit = r->limit && r->limit < SET_ROWS ? r->limit : SET_ROWS};
	if (!place_parse(r->after, r->page.after))
		set_refuse(&r->op, CODE_MALFORMED, "/after");
	if (r->derived)
		TRY(find_run(r, c, &from, e));
	if (r->run.exists) {
		const struct uuid run = set_run_key(r->run.set, r->run.run), rows = set_rows_key();

		TRY(op_depends(&r->op, &run, e));
		TRY(op_depends(&r->op, &rows, e));
		r->page.purpose = purpose_bit(r, ask);
		TRY(vault_set_list(&from, &r->run, &r->page, e));
	}
	keys = arena_array(&r->op.arena, r->page.n + 1, sizeof *keys);
	if (!keys)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for rows of a set");
	for (size_t i = 0; i < r->page.n; i++)
		memcpy(keys[i].b, r->page.rows[i].place, sizeof keys[i].b);
	ask_count(&r->op, c, ask, keys, r->page.n);
	return RESULT_OK;
}

const struct policy_derived *set_name(struct ask *ask, struct str set, struct gate_set_request *asked)
{
	const struct policy_derived *derived;
	int found = set_named(ask->policy, set, &derived);

	if (found == POLICY_NONE && ask->policy)
		found = policy_derived_find(ask->policy, set); /* an anonymized one: the gate says why not */
	asked->set = found;
	ask->of_set = asked;
	if (!derived)
		return NULL;
	ask->request.category = derived->from;
	ask->category = &ask->policy->categories[derived->from];
	ask->category_text = ask->category->id;
	ask->request.items = derived->items;
	return derived;
}

/* What the gate is asked: R of ASK. */
static void name_set(struct op_set_read *r, struct ask *ask)
{
	r->asked = (struct gate_set_request){.joins = r->joins, .arrangement = r->arrangement, .recipient = r->recipient};
	r->derived = set_name(ask, r->set, &r->asked);
	r->in = r->derived ? ask->category : NULL;
}

static result record_read(struct op_set_read *r, const struct op_context *c, struct ask *ask, struct error *e)
{
	struct record record = {.kind = r->provides ? ENTRY_TRANSFER : ENTRY_READ, .ask = ask, .verdict = &r->verdict, .no_subject = true};
	bool known = r->provides && ask->policy && r->op.error.code == CODE_NONE;

	record_text(&record, FACT_RECIPIENT, known ? r->arrangement : (struct str){NULL, 0});
	if (r->run.exists)
		record_number(&record, FACT_NUMBER, r->run.run);
	if (r->op.error.code == CODE_NONE)
		record_number(&record, FACT_COUNT, (int64_t)r->page.n);
	record_text(&record, FACT_SET, r->derived ? r->derived->id : (struct str){NULL, 0});
	return record_decision(&r->op, c, &record, e);
}

static result read_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_set_read *r = (struct op_set_read *)op;
	const struct vault_reader from = op_vault(op, c);
	struct ask *ask;

	r->in = NULL;
	r->rows = NULL;
	r->run = (struct vault_set_run){.exists = false};
	TRY(ask_begin(op, c, r->provides ? ACTION_PROVIDE : ACTION_READ, &ask, e));
	op->ask = ask;
	name_set(r, ask);
	TRY(list_rows(r, c, ask, e));
	TRY(ask_decide(op, c, ask, &r->verdict, e));
	if (op->error.code == CODE_NONE && !r->run.exists)
		set_refuse(op, CODE_NOT_FOUND, "/run");
	if (op->error.code == CODE_NONE)
		TRY(vault_set_open(&from, &r->run, &r->page, &r->rows, e));
	TRY(ask_reason(op, c, ask, e));
	ask_stores(op, ask);
	return record_read(r, c, ask, e);
}

static result read_store(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type read_type = {.name = "set_read", .prepare = read_prepare, .store = read_store};

void op_set_read_init(struct op_set_read *r)
{
	*r = (struct op_set_read){.number = 0};
	op_init(&r->op, &read_type);
}

struct str set_read_value(const struct op_set_read *r, size_t row, uint32_t item)
{
	for (size_t i = 0; i < r->run.n_items; i++)
		if (r->run.items[i] == item)
			return r->rows[row].values[i];
	return (struct str){NULL, 0};
}
