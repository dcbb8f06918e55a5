#include "access/lookup.h"

#include "access/access_private.h"
#include "access/record.h"
#include "base/bits.h"
#include "vault/value.h"

/* The value as one element of ITEM: what is looked up is never the whole list. */
static struct policy_item element_of(const struct policy_item *item)
{
	struct policy_item one = *item;

	one.many = false;
	return one;
}

/* Finds the ids in the index and makes the operation depend on the value. */
static result lookup_find(struct op_lookup *l, const struct op_context *c, const struct policy_item *item,
			  struct vault_found *found, struct error *e)
{
	struct policy_item one = element_of(item);
	struct buf json;
	result r;

	buf_init(&json);
	r = value_check(&one, l->value, &json, &l->op.error);
	if (ok(r)) {
		r = ask_value_keys(&l->op, item, buf_view(&json), op_depends, e);
		if (ok(r))
			r = vault_lookup(c->access->vault, c->db, item, l->value, found, e);
	} else {
		r = RESULT_OK; /* refused: op->error says why */
	}
	buf_wipe(&json);
	return r;
}

/* Decides for each person found, keeps those who pass. */
static result lookup_decide(struct op_lookup *l, const struct op_context *c, struct ask *ask,
			    const struct vault_found *found, const struct vault_person **persons, struct error *e)
{
	struct vault_person *loaded = arena_array(&l->op.arena, found->n, sizeof *loaded);
	const struct vault_reader from = op_vault(&l->op, c);
	struct gate_request request = ask->request;
	struct gate_verdict v;

	if (!loaded)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a look-up");
	for (size_t i = 0; i < found->n; i++) {
		TRY(op_depends(&l->op, &found->ids[i], e));
		TRY(vault_load_person(&from, &found->ids[i], &loaded[i], e));
		request.subject = &found->ids[i];
		gate_decide(c->gated->gate, &request, &loaded[i].state, &v);
		if (v.verdict == VERDICT_DENY)
			continue;
		persons[l->n] = &loaded[i];
		l->ids[l->n++] = found->ids[i];
	}
	return RESULT_OK;
}

/* The key under which a look-up that finds nobody is counted (T12): the value's, or none. */
static size_t count_keys(const struct op_lookup *l, const struct vault_found *found, struct uuid *keys)
{
	if (found->n) {
		for (size_t i = 0; i < found->n; i++)
			keys[i] = found->ids[i];
		return found->n;
	}
	if (!l->op.depends)
		return 0;
	keys[0] = l->op.depends->key;
	return 1;
}

static result lookup_run(struct op_lookup *l, const struct op_context *c, struct ask *ask,
			 const struct vault_person **persons, struct error *e)
{
	struct vault_found found = {.n = 0};
	struct uuid keys[VAULT_FOUND];
	int item = ask->category ? policy_item_find(ask->category, l->item) : POLICY_NONE;

	if (item != POLICY_NONE && !vault_indexed(ask->category, &ask->category->items[item]))
		ask_refuse(&l->op, CODE_ITEM_NOT_INDEXED);
	if (l->op.error.code == CODE_NONE)
		TRY(lookup_find(l, c, &ask->category->items[item], &found, e));
	ask_count(&l->op, c, ask, keys, count_keys(l, &found, keys));
	TRY(ask_decide(&l->op, c, ask, &l->verdict, e));
	/* decided for nobody: that there is nobody is no refusal here, what comes before check 8 is */
	if (l->op.error.code == CODE_NOT_FOUND)
		error_clear(&l->op.error);
	if (l->op.error.code == CODE_NONE) {
		TRY(lookup_decide(l, c, ask, &found, persons, e));
		l->more = found.more;
	}
	return RESULT_OK;
}

static result lookup_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_lookup *l = (struct op_lookup *)op;
	const struct vault_person *persons[VAULT_FOUND];
	struct record record = {.kind = ENTRY_LOOKUP, .verdict = &l->verdict, .several = true};
	struct ask *ask;

	l->n = 0;
	l->more = false;
	TRY(ask_begin(op, c, ACTION_LOOKUP, &ask, e));
	TRY(ask_items(op, ask, l->category, l->item, e));
	if (l->item.n == 0)
		ask_refuse(op, CODE_ITEM_UNKNOWN);
	TRY(lookup_run(l, c, ask, persons, e));
	if (op->error.code == CODE_NONE)
		for (size_t i = 0; i < l->verdict.n_items; i++)
			if (bits_has(l->verdict.asked, i))
				bits_add(l->verdict.allowed, i);
	TRY(ask_reason(op, c, ask, e));
	record.ask = ask;
	record.persons = persons;
	record.n_persons = l->n;
	op->ask = ask;
	ask_stores(op, ask);
	return record_decision(op, c, &record, e);
}

static result lookup_store(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type lookup_type = {.name = "lookup", .prepare = lookup_prepare, .store = lookup_store};

void op_lookup_init(struct op_lookup *l)
{
	*l = (struct op_lookup){.n = 0};
	op_init(&l->op, &lookup_type);
}
