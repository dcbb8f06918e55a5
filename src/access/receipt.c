#include "access/receipt.h"

#include "access/access_private.h"
#include "access/record.h"
#include "evidence/log.h"

enum { EVENTS = 100 }; /* of one receipt at the most; older ones are in the log */

/* True when ENTRY says that CONSENT was given or withdrawn. */
static bool is_event(struct str entry, struct str consent)
{
	struct entry_view view;
	struct buf wanted;
	bool found = false;

	if (!entry_scan(entry, &view) || (view.kind != ENTRY_CONSENT && view.kind != ENTRY_WITHDRAW) ||
	    !str_is(view.result, "allow"))
		return false;
	buf_init(&wanted);
	buf_text(&wanted, "\"consent\":");
	buf_json(&wanted, consent);
	/* facts are flat and in one order; a reason, say, may stand before */
	for (size_t i = 0; !found && i < view.facts.n; i++)
		found = (i == 0 || view.facts.p[i - 1] == ',') &&
			str_starts(str_sub(view.facts, i, view.facts.n), buf_view(&wanted));
	buf_free(&wanted);
	return found;
}

/* Goes through all that the log has of the person. */
static result find_events(struct op_receipt *r, const struct op_context *c, struct error *e)
{
	struct trace_use *events = arena_array(&r->trace.op.arena, EVENTS, sizeof *events);

	if (!events)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a receipt");
	r->trace.before = INT64_MAX;
	r->trace.limit = TRACE_MAX;
	do {
		TRY(trace_find(&r->trace, c, e));
		for (size_t i = 0; i < r->trace.n && r->n_events < EVENTS; i++)
			if (is_event(r->trace.uses[i].entry, r->consent))
				events[r->n_events++] = r->trace.uses[i];
		if (r->trace.n)
			r->trace.before = log_place(r->trace.uses[r->trace.n - 1].generation,
						    r->trace.uses[r->trace.n - 1].index);
	} while (r->trace.more && r->trace.n && r->n_events < EVENTS);
	r->events = events;
	return RESULT_OK;
}

/* Finds the consent as the person gave it, in the version whose wording was shown. */
static void find_wording(struct op_receipt *r, const struct op_context *c, const struct ask *ask, uint32_t number)
{
	const struct person_state *state = &ask->person.state;

	for (size_t i = 0; i < state->n_consents; i++) {
		if (state->consents[i].consent != number)
			continue;
		r->state = state->consents[i];
		r->shown = policy_set_version(c->gated->set, r->state.version);
	}
	for (size_t i = 0; r->shown && i < r->shown->n_consents; i++)
		if (r->shown->consents[i].number == number)
			r->wording = &r->shown->consents[i];
	if (!r->wording)
		ask_refuse(&r->trace.op, CODE_NO_CONSENT);
}

/* The registry number of the consent in any version, the newest first; 0 when none has it. */
static uint32_t number_of(const struct policy_set *set, struct str id)
{
	for (size_t i = set->n; i-- > 0;) {
		int consent = policy_consent_find(set->versions[i], id);

		if (consent != POLICY_NONE)
			return set->versions[i]->consents[consent].number;
	}
	return 0;
}

static result receipt_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_receipt *r = (struct op_receipt *)op;
	struct record record = {.kind = ENTRY_TRACE};
	uint32_t number = number_of(c->gated->set, r->consent);
	struct gate_verdict v;
	struct ask *ask;

	r->wording = NULL;
	r->shown = NULL;
	r->n_events = 0;
	TRY(ask_begin(op, c, ACTION_CONSENT, &ask, e));
	op->ask = ask;
	record.ask = ask;
	if (!number)
		ask_refuse(op, CODE_CONSENT_UNKNOWN);
	if (uuid_parse(r->trace.subject, &r->trace.id))
		TRY(ask_person(op, c, ask, &r->trace.id, e));
	ask_count(op, c, ask, &r->trace.id, 1);
	TRY(ask_decide(op, c, ask, &v, e));
	if (op->error.code == CODE_NONE)
		find_wording(r, c, ask, number);
	if (op->error.code == CODE_NONE)
		TRY(find_events(r, c, e));
	TRY(ask_reason(op, c, ask, e));
	ask_stores(op, ask);
	record_text(&record, FACT_CONSENT, number ? r->consent : (struct str){NULL, 0});
	return record_decision(op, c, &record, e);
}

static result receipt_store(struct op *op, const struct op_context *c, struct error *e)
{
	return ask_store(op, c, op->ask, e);
}

static const struct op_type receipt_type = {
	.name = "receipt",
	.prepare = receipt_prepare,
	.store = receipt_store,
	.fresh = true,
};

void op_receipt_init(struct op_receipt *r)
{
	*r = (struct op_receipt){.trace = {.before = INT64_MAX, .limit = TRACE_MAX}};
	op_init(&r->trace.op, &receipt_type);
}
