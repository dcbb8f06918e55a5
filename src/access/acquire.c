#include "access/acquire.h"

#include "access/access_private.h"
#include "access/consent.h"
#include "access/record.h"
#include "access/shown.h"
#include "access/state.h"
#include "base/bits.h"
#include "vault/change.h"
#include "vault/index.h"
#include "vault/value.h"

/* A change of values on its way from what was sent to what is stored. */
struct draft {
	struct op_acquire *in;
	const struct op_context *c;
	struct ask *ask;
	struct arena *a;
	struct str *json;    /* by item, canonical; {NULL, 0}: not sent or taken out */
	uint64_t *sent;	     /* items that get a value */
	uint64_t *taken_out; /* items sent as null */
	uint64_t *unchanged; /* items whose value is equal to the one stored */
	bool fresh;	     /* nobody of this id yet */
	struct vault_record record;
	struct gate_acquired acquired;
	struct vault_change *change;
};

/* Refuses with CODE at the item named NAME. */
static void refuse_item(struct draft *d, enum code code, const char *name)
{
	struct buf where;

	buf_init(&where);
	buf_text(&where, "/items/");
	buf_text(&where, name);
	(void)error_at(&d->in->op.error, code, buf_c(&where), "%s", code_meaning(code)); /* ignored: only sets */
	buf_free(&where);
}

/* Checks one value that was sent. */
static result draft_item(struct draft *d, const char *name, const json_t *value, struct error *e)
{
	const struct policy_category *category = d->ask->category;
	int item = policy_item_find(category, str_of(name));
	struct error why = {0};
	struct buf json;

	if (item == POLICY_NONE) {
		/* the name is not repeated: anything may stand there */
		(void)error_at(&d->in->op.error, CODE_ITEM_UNKNOWN, "/items", "%s",
			       code_meaning(CODE_ITEM_UNKNOWN)); /* ignored: only sets */
		return RESULT_OK;
	}
	if (json_is_null(value)) {
		bits_add(d->taken_out, (size_t)item);
		return RESULT_OK;
	}
	buf_init(&json);
	if (ok(value_check(&category->items[item], value, &json, &why))) {
		d->json[item] = str_copy(d->a, buf_view(&json));
		bits_add(d->sent, (size_t)item);
	} else if (d->in->op.error.code == CODE_NONE) {
		d->in->op.error = why;
		if (why.where[0] == '\0') {
			error_clear(&d->in->op.error);
			refuse_item(d, why.code, name);
		}
	}
	buf_wipe(&json);
	if (d->json[item].p || d->in->op.error.code != CODE_NONE)
		return RESULT_OK;
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a value");
}

static result draft_items(struct draft *d, struct error *e)
{
	const char *name;
	const json_t *value;

	d->json = arena_array(d->a, GATE_ITEMS, sizeof *d->json);
	d->sent = arena_array(d->a, BITS_WORDS(GATE_ITEMS) * 3, sizeof *d->sent);
	if (!d->json || !d->sent)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for values");
	d->taken_out = d->sent + BITS_WORDS(GATE_ITEMS);
	d->unchanged = d->taken_out + BITS_WORDS(GATE_ITEMS);
	d->ask->request.items = d->sent;
	if (!d->ask->category)
		return RESULT_OK;
	json_object_foreach((json_t *)d->in->items, name, value)
		TRY(draft_item(d, name, value, e));
	return RESULT_OK;
}

/* The person with the external id that was sent, if there is one: *FOUND. */
static result find_external(struct draft *d, struct uuid *id, bool *found, struct error *e)
{
	const struct policy_category *category = d->ask->category;
	const struct policy_item *item;
	struct vault_found who;
	json_t *value;
	result r;

	*found = false;
	if (!category || category->external_id == POLICY_NONE || !bits_has(d->sent, (size_t)category->external_id))
		return RESULT_OK;
	item = &category->items[category->external_id];
	TRY(ask_value_keys(&d->in->op, item, d->json[category->external_id], op_depends, e));
	value = json_loadb(d->json[category->external_id].p, d->json[category->external_id].n, JSON_DECODE_ANY, NULL);
	if (!value)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a value");
	r = vault_lookup(d->c->access->vault, d->c->db, item, value, &who, e);
	json_decref(value);
	if (ok(r) && who.n) {
		*id = who.ids[0];
		*found = true;
	}
	return r;
}

/* Who it is about: named by id, known by external id, or somebody new. */
static result draft_person(struct draft *d, struct error *e)
{
	struct op_acquire *in = d->in;
	bool may_be_new = in->how == ACQUIRE_CREATE || in->how == ACQUIRE_IMPORT;
	struct uuid id;
	bool found = false;

	if (in->subject.n) {
		if (!uuid_parse(in->subject, &id))
			id = (struct uuid){{0}}; /* nobody's, as any id that is not known */
		found = true;
	} else {
		TRY(find_external(d, &id, &found, e));
	}
	if (found)
		return ask_person(&in->op, d->c, d->ask, &id, e);
	if (!may_be_new)
		return RESULT_OK;
	vault_new_person(d->c->access->vault, &d->ask->person);
	d->ask->id = d->ask->person.id;
	d->fresh = true;
	return RESULT_OK;
}

/* Loads the record, and finds which of the values sent are the ones stored. */
static result draft_record(struct draft *d, struct error *e)
{
	struct ask *ask = d->ask;
	const struct vault_reader from = op_vault(&d->in->op, d->c);
	struct vault_opened *opened;
	size_t n = 0, next = 0;

	vault_no_record(&ask->person, ask->category->number, &d->record);
	if (!ask->person.exists)
		return RESULT_OK;
	TRY(vault_load_record(&from, &ask->person, ask->category->number, &d->record, e));
	if (!d->record.exists)
		return RESULT_OK;
	opened = arena_array(d->a, ask->category->n_items, sizeof *opened);
	if (!opened)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for values");
	for (size_t i = 0; i < ask->category->n_items; i++)
		if (bits_has(d->sent, i))
			opened[n++].item = ask->category->items[i].number;
	TRY(vault_open_items(&from, &ask->person, &d->record, opened, n, e));
	for (size_t i = 0; i < ask->category->n_items; i++) {
		if (!bits_has(d->sent, i))
			continue;
		if (opened[next].json.p && str_eq(opened[next].json, d->json[i]))
			bits_add(d->unchanged, i);
		next++;
	}
	return RESULT_OK;
}

/* Refuses when a new record would lack a required value, or an old one lose it. */
static void check_required(struct draft *d)
{
	const struct policy_category *category = d->ask->category;

	for (size_t i = 0; i < category->n_items; i++) {
		if (!category->items[i].required)
			continue;
		if (bits_has(d->taken_out, i) || (!d->record.exists && !bits_has(d->sent, i)))
			refuse_item(d, CODE_ITEM_MISSING, category->items[i].id.p);
	}
}

static bool bits_any(const uint64_t *set)
{
	for (size_t i = 0; i < BITS_WORDS(GATE_ITEMS); i++)
		if (set[i])
			return true;
	return false;
}

/* Decides what does not depend on how the data came in, for values that come and values that go. */
static result decide_actions(struct draft *d, struct error *e)
{
	uint64_t *both = arena_array(d->a, BITS_WORDS(GATE_ITEMS), sizeof *both);

	if (!both)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for values");
	bits_join(both, d->sent, BITS_WORDS(GATE_ITEMS));
	bits_join(both, d->taken_out, BITS_WORDS(GATE_ITEMS));
	d->ask->request.items = both;
	TRY(ask_decide(&d->in->op, d->c, d->ask, &d->in->verdict, e));
	d->ask->request.items = d->sent;
	return RESULT_OK;
}

/* The birth date that each consent hangs on: as sent with it, else as held. */
static result find_births(struct draft *d, struct error *e)
{
	const struct policy *p = d->ask->policy;

	for (size_t i = 0; i < d->in->n_consents; i++) {
		struct gate_consent *g = &d->in->consents[i];
		int found = policy_consent_find(p, g->consent);
		const struct policy_consent *consent;

		g->birth = DATE_NONE;
		if (found == POLICY_NONE)
			continue;
		consent = &p->consents[found];
		if (consent->birth_category == d->ask->request.category && bits_has(d->sent, (size_t)consent->birth_item))
			consent_birth_of(d->json[consent->birth_item], &g->birth);
		else
			TRY(consent_birth(&d->in->op, d->c, d->ask, consent, &g->birth, e));
	}
	return RESULT_OK;
}

/* Decides an acquisition: gate_acquire, with what only the values can tell. */
static result decide_acquisition(struct draft *d, struct error *e)
{
	struct op_acquire *in = d->in;
	struct op *op = &in->op;

	if (op->error.code != CODE_NONE || !bits_any(d->sent))
		return RESULT_OK;
	if (!in->has_acquisition) {
		ask_refuse(op, CODE_CHANNEL_UNKNOWN);
		return RESULT_OK;
	}
	if (in->has_shown) {
		TRY(shown_take(op, d->c, &in->shown, &in->acquisition, e));
		if (op->error.code != CODE_NONE)
			return RESULT_OK;
	}
	TRY(find_births(d, e));
	in->acquisition.consents = in->consents;
	in->acquisition.n_consents = in->n_consents;
	gate_acquire(d->c->gated->gate, &d->ask->request, &in->acquisition, &d->ask->person.state,
		     d->record.exists ? d->unchanged : NULL, &d->acquired);
	if (d->acquired.code != CODE_NONE) {
		ask_refuse(op, d->acquired.code);
		in->verdict.verdict = VERDICT_DENY;
		for (size_t i = 0; i < d->acquired.n_items; i++) {
			if (!bits_has(d->acquired.refused, i))
				continue;
			bits_remove(in->verdict.allowed, i);
			in->verdict.codes[i] = d->acquired.codes[i];
		}
	}
	return RESULT_OK;
}

static result draft_decide(struct draft *d, struct error *e)
{
	struct op_acquire *in = d->in;
	struct op *op = &in->op;

	TRY(decide_actions(d, e));
	if (in->how != ACQUIRE_CORRECT)
		TRY(decide_acquisition(d, e));
	/* all or nothing: a part that may not be written refuses the whole */
	if (op->error.code == CODE_NONE && in->verdict.verdict == VERDICT_PARTIAL)
		ask_refuse(op, in->verdict.code);
	if (op->error.code != CODE_NONE)
		return RESULT_OK;
	if (in->has_if_match && (!d->record.exists || d->record.version != in->if_match))
		ask_refuse(op, CODE_PRECONDITION_FAILED);
	check_required(d);
	return RESULT_OK;
}

/* Whether item I is written: sent and not the same, and not only a key. */
static bool is_written(const struct draft *d, size_t i)
{
	return bits_has(d->sent, i) && !bits_has(d->unchanged, i);
}

/* Whether item I, the external id, only serves as key: no purpose that was told needs its value (T3). */
static bool is_key_only(const struct draft *d, size_t i)
{
	return d->acquired.key_only && (int)i == d->ask->category->external_id;
}

/* The values to write, and in *N how many. */
static struct vault_put *draft_puts(struct draft *d, size_t *n)
{
	const struct policy_category *category = d->ask->category;
	struct vault_put *puts = arena_array(d->a, category->n_items + 1, sizeof *puts);

	*n = 0;
	for (size_t i = 0; puts && i < category->n_items; i++) {
		if (!is_written(d, i) && !(bits_has(d->taken_out, i) && d->record.exists))
			continue;
		puts[(*n)++] = (struct vault_put){
			.item = &category->items[i],
			.external_id = (int)i == category->external_id,
			.key_only = is_key_only(d, i),
			.json = is_written(d, i) ? d->json[i] : (struct str){NULL, 0},
		};
	}
	return puts;
}

/* Binds the values in STATE to the new acquisition (T2); correct keeps the binding. */
static result bind_values(struct draft *d, struct person_state *state, uint32_t version, struct error *e)
{
	const struct policy_category *category = d->ask->category;
	bool correct = d->in->how == ACQUIRE_CORRECT;
	struct state_value v = {.category = category->number};

	if (!correct)
		TRY(state_acquire(d->a, state, &d->acquired.acquisition, &v.position, e));
	for (size_t i = 0; i < category->n_items; i++) {
		v.item = category->items[i].number;
		v.version = is_written(d, i) ? version : 0;
		if (bits_has(d->taken_out, i))
			TRY(state_remove_value(d->a, state, v.category, v.item, e));
		if (!bits_has(d->sent, i) || is_key_only(d, i))
			continue;
		v.replace = bits_has(d->acquired.replaced, i);
		if (correct && v.version)
			TRY(state_set_version(d->a, state, v.category, v.item, version, e));
		else if (!correct)
			TRY(state_put_value(d->a, state, &v, e));
	}
	return state_compact(d->a, state, e);
}

/* Adds the consents that came with it. */
static result put_consents(struct draft *d, struct person_state *state, struct error *e)
{
	for (size_t i = 0; i < d->in->n_consents; i++) {
		const struct gate_consent *g = &d->in->consents[i];
		int consent = policy_consent_find(d->ask->policy, g->consent);
		struct person_consent c = {.version = g->version,
					   .given = g->at,
					   .withdrawn = MOMENT_NONE,
					   .by_guardian = g->by_guardian};

		if (consent == POLICY_NONE)
			continue;
		c.consent = d->ask->policy->consents[consent].number;
		TRY(state_put_consent(d->a, state, &c, e));
	}
	return RESULT_OK;
}

/* What the change touches and rests on beside the person: unique and looked-up values. */
static result draft_keys(struct draft *d, struct error *e)
{
	const struct policy_category *category = d->ask->category;
	struct op *op = &d->in->op;

	TRY(op_touches(op, &d->ask->id, e));
	for (size_t i = 0; i < category->n_items; i++) {
		const struct policy_item *item = &category->items[i];

		if (!is_written(d, i) || !vault_indexed(category, item))
			continue;
		TRY(ask_value_keys(op, item, d->json[i], op_touches, e));
		if (item->unique || (int)i == category->external_id)
			TRY(ask_value_keys(op, item, d->json[i], op_depends, e));
	}
	return RESULT_OK;
}

/* Refuses a value that another person has though it is unique; lets an old objection live on (T9). */
static result check_others(struct draft *d, struct person_state *state, struct error *e)
{
	struct vault_duplicate duplicate;
	bool objected = false;

	TRY(vault_change_duplicate(d->change, d->c->db, &duplicate, e));
	if (duplicate.item) {
		refuse_item(d, CODE_DUPLICATE, duplicate.item->id.p);
		return RESULT_OK;
	}
	if (d->fresh) {
		TRY(op_depends(&d->in->op, &d->c->access->objections_key, e));
		TRY(vault_change_objected(d->change, d->c->db, &objected, e));
		state->objects_to_all = state->objects_to_all || objected;
	}
	return RESULT_OK;
}

/* Seals everything into a change ready to be stored. */
static result draft_seal(struct draft *d, struct error *e)
{
	struct vault *v = d->c->access->vault;
	struct person_state state = d->ask->person.state;
	uint32_t version = vault_next_version(&d->record);
	struct vault_by by = {d->c->now, d->in->op.actor.number, d->ask->has_reason ? d->ask->reason.id : (struct uuid){{0}}};
	struct vault_put *puts;
	size_t n;

	puts = draft_puts(d, &n);
	if (!puts)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for values");
	TRY(vault_change_begin(v, d->a, &d->ask->person, &d->change, e));
	if (n || !d->record.exists)
		TRY(vault_change_values(d->change, &d->record, puts, n, &by, e));
	else
		version = d->record.version;
	TRY(check_others(d, &state, e));
	if (d->in->op.error.code != CODE_NONE)
		return RESULT_OK;
	state.exists = true;
	TRY(state_add_category(d->a, &state, d->ask->category->number, e));
	TRY(bind_values(d, &state, version, e));
	TRY(put_consents(d, &state, e));
	TRY(vault_change_state(d->change, &state, e));
	d->in->version = version;
	return draft_keys(d, e);
}

static enum action action_of(enum acquire_how how)
{
	switch (how) {
	case ACQUIRE_CREATE:
		return ACTION_CREATE;
	case ACQUIRE_IMPORT:
		return ACTION_IMPORT;
	case ACQUIRE_UPDATE:
		return ACTION_UPDATE;
	default:
		return ACTION_CORRECT;
	}
}

/* The entry's kind is that of what was done: a create of somebody known is an update. */
static enum entry_kind kind_of(const struct draft *d)
{
	switch (d->in->how) {
	case ACQUIRE_IMPORT:
		return ENTRY_IMPORT;
	case ACQUIRE_CORRECT:
		return ENTRY_CORRECT;
	case ACQUIRE_CREATE:
		return d->record.exists ? ENTRY_UPDATE : ENTRY_CREATE;
	default:
		return ENTRY_UPDATE;
	}
}

static result draft_record_entries(struct draft *d, struct error *e)
{
	struct op_acquire *in = d->in;
	struct record record = {.kind = kind_of(d), .ask = d->ask, .verdict = &in->verdict};

	record.person = d->ask->person.exists || in->op.error.code == CODE_NONE ? &d->ask->person : NULL;
	record_text(&record, FACT_CHANNEL, d->acquired.code == CODE_NONE ? in->acquisition.channel : (struct str){NULL, 0});
	if (in->op.error.code == CODE_NONE)
		record_number(&record, FACT_NUMBER, in->version);
	TRY(record_decision(&in->op, d->c, &record, e));
	if (in->op.error.code != CODE_NONE)
		return RESULT_OK;
	for (size_t i = 0; i < in->n_consents; i++) {
		struct record consent = {.kind = ENTRY_CONSENT, .ask = d->ask, .person = &d->ask->person};

		record_text(&consent, FACT_CONSENT, in->consents[i].consent);
		TRY(consent_record(&consent, &in->op, d->c, &in->consents[i], e));
		TRY(record_decision(&in->op, d->c, &consent, e));
	}
	return RESULT_OK;
}

static result acquire_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_acquire *in = (struct op_acquire *)op;
	struct draft *d = arena_new(&op->arena, struct draft); /* the change rests on its record until it is stored */

	in->change = NULL;
	if (!d)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an operation");
	d->in = in;
	d->c = c;
	d->a = &op->arena;
	TRY(ask_begin(op, c, action_of(in->how), &d->ask, e));
	op->ask = d->ask;
	TRY(ask_items(op, d->ask, in->category, (struct str){NULL, 0}, e));
	TRY(draft_items(d, e));
	TRY(draft_person(d, e));
	in->id = d->ask->id;
	ask_count(op, c, d->ask, &d->ask->id, 1);
	TRY(ask_reason(op, c, d->ask, e));
	if (d->ask->category)
		TRY(draft_record(d, e));
	TRY(draft_decide(d, e));
	if (op->error.code == CODE_NONE)
		TRY(draft_seal(d, e));
	in->created = !d->record.exists;
	op->status = in->created ? 201 : 200;
	in->change = op->error.code == CODE_NONE ? d->change : NULL;
	in->approval = d->ask->approval_once ? (struct uuid){{0}} : d->ask->approval.id;
	op->stores = in->change != NULL;
	ask_stores(op, d->ask);
	return draft_record_entries(d, e);
}

static result acquire_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_acquire *in = (const struct op_acquire *)op;

	TRY(ask_store(op, c, op->ask, e));
	if (in->change && in->has_shown)
		TRY(shown_use(c->db, &in->shown, e));
	return in->change ? vault_store(in->change, c->db, e) : RESULT_OK;
}

static void acquire_answer(const struct op *op, struct buf *out)
{
	const struct op_acquire *in = (const struct op_acquire *)op;

	buf_text(out, "{\"id\":\"");
	uuid_write(out, &in->id);
	buf_text(out, "\",\"category\":");
	buf_json(out, in->category);
	buf_text(out, ",\"version\":");
	buf_u64(out, in->version);
	op_answer_log(op, out);
	buf_byte(out, '}');
}

static const struct op_type acquire_type = {
	.name = "acquire",
	.prepare = acquire_prepare,
	.store = acquire_store,
	.answer = acquire_answer,
};

void op_acquire_init(struct op_acquire *a, enum acquire_how how)
{
	*a = (struct op_acquire){.how = how};
	op_init(&a->op, &acquire_type);
}
