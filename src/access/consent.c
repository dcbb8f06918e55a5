#include "access/consent.h"

#include "access/access_private.h"
#include "access/record.h"
#include "access/set_private.h"
#include "access/state.h"

void consent_birth_of(struct str json, date *out)
{
	*out = DATE_NONE;
	if (json.n != 12 || json.p[0] != '"' || !date_parse(str_sub(json, 1, 10), out))
		*out = DATE_NONE;
}

result consent_birth(struct op *op, const struct op_context *c, const struct ask *ask,
		     const struct policy_consent *consent, date *out, struct error *e)
{
	const struct vault_reader from = op_vault(op, c);
	const struct policy_category *category;
	struct vault_record record;
	struct vault_opened opened;

	*out = DATE_NONE;
	if (consent->birth_category == POLICY_NONE || !ask->person.exists)
		return RESULT_OK;
	category = &ask->policy->categories[consent->birth_category];
	TRY(vault_load_record(&from, &ask->person, category->number, &record, e));
	if (!record.exists)
		return RESULT_OK;
	opened = (struct vault_opened){.item = category->items[consent->birth_item].number};
	TRY(vault_open_items(&from, &ask->person, &record, &opened, 1, e));
	consent_birth_of(opened.json, out);
	return RESULT_OK;
}

/* What was typed about the guardian is kept sealed like a reason. */
static result seal_guardian(struct op_consent *in, const struct op_context *c, struct ask *ask, struct error *e)
{
	struct buf text;
	result r;

	if (!in->consent.by_guardian)
		return ask_reason(&in->op, c, ask, e);
	if (in->guardian.n == 0 || in->proof.n == 0) {
		ask_refuse(&in->op, CODE_GUARDIAN_NEEDED);
		return RESULT_OK;
	}
	buf_init(&text);
	buf_text(&text, "guardian: ");
	buf_str(&text, in->guardian);
	buf_text(&text, "\nproof: ");
	buf_str(&text, in->proof);
	in->op.reason = str_copy(&in->op.arena, buf_view(&text));
	r = in->op.reason.p ? ask_reason(&in->op, c, ask, e) : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a consent");
	in->op.reason = (struct str){NULL, 0};
	buf_wipe(&text);
	return r;
}

static result consent_decide(struct op_consent *in, const struct op_context *c, struct ask *ask, int consent,
			     struct error *e)
{
	struct gate_verdict v;
	enum code code;

	TRY(ask_decide(&in->op, c, ask, &v, e));
	if (in->op.error.code != CODE_NONE)
		return RESULT_OK;
	TRY(consent_birth(&in->op, c, ask, &ask->policy->consents[consent], &in->consent.birth, e));
	code = gate_consent(c->gated->gate, &in->consent, &ask->person.state, c->now);
	if (code != CODE_NONE)
		ask_refuse(&in->op, code);
	if (in->consent.withdraw && in->op.error.code == CODE_NO_CONSENT)
		in->op.error.status = 409; /* nothing is decided against: there is nothing to withdraw */
	return RESULT_OK;
}

/* The state with the consent recorded. */
static result consent_change(struct op_consent *in, const struct op_context *c, struct ask *ask, int consent,
			     struct error *e)
{
	struct person_state state = ask->person.state;
	struct person_consent now = {
		.consent = ask->policy->consents[consent].number,
		.version = in->consent.version,
		.given = in->consent.at,
		.withdrawn = MOMENT_NONE,
		.by_guardian = in->consent.by_guardian,
	};
	const struct uuid rows = set_rows_key();

	for (size_t i = 0; in->consent.withdraw && i < state.n_consents; i++) {
		if (state.consents[i].consent != now.consent)
			continue;
		now = state.consents[i];
		now.withdrawn = in->consent.at;
	}
	in->op.status = in->consent.withdraw ? 200 : 201;
	for (size_t i = 0; i < state.n_consents; i++)
		if (state.consents[i].consent == now.consent)
			in->op.status = 200;
	TRY(vault_change_begin(c->access->vault, &in->op.arena, &ask->person, &in->change, e));
	TRY(state_put_consent(&in->op.arena, &state, &now, e));
	TRY(vault_change_state(in->change, &state, e));
	in->op.stores = true;
	if (in->consent.withdraw) {
		in->withdrawn = now.consent;
		TRY(op_touches(&in->op, &rows, e));
	}
	return op_touches(&in->op, &ask->id, e);
}

result consent_record(struct record *r, struct op *op, const struct op_context *c, const struct gate_consent *g,
		      struct error *e)
{
	const struct policy *p = policy_set_version(c->gated->set, g->version);
	int consent = p ? policy_consent_find(p, g->consent) : POLICY_NONE;

	if (g->withdraw)
		return RESULT_OK;
	TRY(record_wording(r, op, g->version, g->language, e));
	record_text(r, FACT_CHANNEL, g->channel);
	record_number(r, FACT_NUMBER, g->version);
	for (size_t i = 0; consent != POLICY_NONE && i < p->n_languages; i++)
		if (str_eq(p->languages[i], g->language))
			record_text(r, FACT_HASH, (struct str){(const char *)p->consents[consent].wording.hash[i], POLICY_HASH});
	return RESULT_OK;
}

static result consent_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_consent *in = (struct op_consent *)op;
	struct record record = {.kind = in->consent.withdraw ? ENTRY_WITHDRAW : ENTRY_CONSENT};
	struct ask *ask;
	int consent;

	in->change = NULL;
	in->withdrawn = 0;
	TRY(ask_begin(op, c, ACTION_CONSENT, &ask, e));
	op->ask = ask;
	record.ask = ask;
	consent = ask->policy ? policy_consent_find(ask->policy, in->consent.consent) : POLICY_NONE;
	if (consent == POLICY_NONE)
		ask_refuse(op, CODE_CONSENT_UNKNOWN);
	if (uuid_parse(in->subject, &in->id))
		TRY(ask_person(op, c, ask, &in->id, e));
	ask_count(op, c, ask, &in->id, 1);
	if (in->consent.withdraw && in->consent.at == MOMENT_NONE)
		in->consent.at = c->now;
	TRY(seal_guardian(in, c, ask, e));
	TRY(consent_decide(in, c, ask, consent, e));
	if (op->error.code == CODE_NONE)
		TRY(consent_change(in, c, ask, consent, e));
	ask_stores(op, ask);
	record_text(&record, FACT_CONSENT, consent == POLICY_NONE ? (struct str){NULL, 0} : in->consent.consent);
	if (op->error.code == CODE_NONE)
		TRY(consent_record(&record, op, c, &in->consent, e));
	return record_decision(op, c, &record, e);
}

static result consent_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_consent *in = (const struct op_consent *)op;

	TRY(ask_store(op, c, op->ask, e));
	if (in->change)
		TRY(vault_store(in->change, c->db, e));
	return in->change && in->withdrawn ? set_withdrawn(op, c, &in->id, in->withdrawn, e) : RESULT_OK;
}

static void consent_answer(const struct op *op, struct buf *out)
{
	op_answer_id(op, &((const struct op_consent *)op)->id, out);
}

static const struct op_type consent_type = {
	.name = "consent",
	.prepare = consent_prepare,
	.store = consent_store,
	.answer = consent_answer,
};

void op_consent_init(struct op_consent *c)
{
	*c = (struct op_consent){.consent = {.at = MOMENT_NONE, .birth = DATE_NONE}};
	op_init(&c->op, &consent_type);
}
