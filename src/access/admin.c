#include "access/admin.h"

#include "access/access_private.h"
#include "access/record.h"
#include "access/set_private.h"

/* Requests of persons ------------------------------------------------------------------------------------- */

static result request_load(struct op_request *r, const struct op_context *c, struct error *e)
{
	struct uuid id;

	if (!uuid_parse(r->request, &id)) {
		ask_refuse(&r->op, CODE_NOT_FOUND);
		return RESULT_OK;
	}
	TRY(op_depends(&r->op, &id, e));
	TRY(person_request_load(c->db, &id, &r->op.arena, &r->row, e));
	if (!r->row.exists)
		ask_refuse(&r->op, CODE_NOT_FOUND);
	return RESULT_OK;
}

/* The next state of the request, if this step may be taken from the one it is in. */
static void request_step(struct op_request *r, moment now)
{
	bool identify = r->step == REQUEST_IDENTIFY;

	if (r->row.state == PERSON_REQUEST_CLOSED || (identify && r->row.state != PERSON_REQUEST_RECEIVED)) {
		ask_refuse(&r->op, CODE_REQUEST_STATE);
		return;
	}
	if (identify && r->document.n == 0) {
		(void)error_at(&r->op.error, CODE_MALFORMED, "/document",
			       "the kind of document that identified the person"); /* ignored: only sets */
		return;
	}
	r->row.state = identify ? PERSON_REQUEST_IDENTIFIED : PERSON_REQUEST_CLOSED;
	if (identify) {
		r->row.identified = now;
		r->row.document = r->document;
	} else {
		r->row.closed = now;
	}
}

static void request_make(struct op_request *r, const struct op_context *c, const struct ask *ask)
{
	r->row = (struct person_request){
		.exists = true,
		.id = uuid_make(c->now, &c->access->entropy),
		.subject = ask->id,
		.kind = r->kind,
		.state = PERSON_REQUEST_RECEIVED,
		.by = r->by,
		.channel = r->channel,
		.received = r->received,
		.identified = MOMENT_NONE,
		.closed = MOMENT_NONE,
	};
	if (r->received > c->now)
		ask_refuse(&r->op, CODE_TIME_INVALID);
	r->op.status = 201;
}

/* A request is made, identified and closed by a role that answers its kind; it may know whether the person exists. */
static void request_decide(struct op_request *r, const struct ask *ask, enum request_kind kind)
{
	if (!ask->request.actor.active || !ask->role)
		ask_refuse(&r->op, CODE_UNAUTHORIZED);
	else if (!(ask->role->answers >> kind & 1))
		ask_refuse(&r->op, CODE_ROLE_LACKS_ACTION);
	else if (!ask->person.exists)
		ask_refuse(&r->op, CODE_NOT_FOUND);
}

static result request_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	static const struct str steps[] = {{"received", 8}, {"identified", 10}, {"closed", 6}};
	struct op_request *r = (struct op_request *)op;
	struct record record = {.kind = ENTRY_REQUEST};
	struct ask *ask;
	struct uuid subject;

	r->row = (struct person_request){.exists = false};
	TRY(ask_begin(op, c, ACTION_CONSENT, &ask, e));
	op->ask = ask;
	record.ask = ask;
	if (r->step != REQUEST_MAKE)
		TRY(request_load(r, c, e));
	if (r->step == REQUEST_MAKE ? uuid_parse(r->subject, &subject) : r->row.exists)
		TRY(ask_person(op, c, ask, r->step == REQUEST_MAKE ? &subject : &r->row.subject, e));
	request_decide(r, ask, r->step == REQUEST_MAKE ? r->kind : r->row.kind);
	if (op->error.code == CODE_NONE && r->step == REQUEST_MAKE)
		request_make(r, c, ask);
	else if (op->error.code == CODE_NONE)
		request_step(r, c->now);
	if (op->error.code == CODE_NONE) {
		op->stores = true;
		TRY(op_touches(op, &r->row.id, e));
		record_text(&record, FACT_BASIS, str_of(request_kind_name(r->row.kind)));
	}
	record_text(&record, FACT_ACTION, steps[r->step]);
	return record_decision(op, c, &record, e);
}

static result request_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_request *r = (const struct op_request *)op;

	return r->step == REQUEST_MAKE ? person_request_put(c->db, &r->row, e)
				       : person_request_update(c->db, &r->row, e);
}

static void request_answer(const struct op *op, struct buf *out)
{
	op_answer_id(op, &((const struct op_request *)op)->row.id, out);
}

static const struct op_type request_type = {
	.name = "request",
	.prepare = request_prepare,
	.store = request_store,
	.answer = request_answer,
};

void op_request_init(struct op_request *r, enum request_step step)
{
	*r = (struct op_request){.step = step};
	op_init(&r->op, &request_type);
}

/* Approvals ------------------------------------------------------------------------------------------------ */

/* The rule that asked for the approval, by the policy of now; NULL when it asks no more. */
static const struct policy_approval *approval_rule(const struct ask *ask, const struct op_context *c, const struct approval *row)
{
	struct token_actor asker;

	if (!tokens_actor(c->access->tokens, row->actor, &asker))
		return NULL;
	for (size_t i = 0; ask->policy && i < ask->policy->n_roles; i++) {
		const struct policy_role *role = &ask->policy->roles[i];

		for (size_t k = 0; role->number == asker.role && k < role->n_approvals; k++)
			if (role->approvals[k].action == row->action)
				return &role->approvals[k];
	}
	return NULL;
}

/* Whether the approver may: another person than who asked, of the role that the rule names. */
static void approve_decide(struct op_approve *in, const struct op_context *c, const struct ask *ask,
			   const struct policy_approval *rule)
{
	struct token_actor asker = {0};

	if (in->op.error.code != CODE_NONE)
		return;
	if (!rule || in->row.state != APPROVAL_PENDING) {
		ask_refuse(&in->op, CODE_CONFLICT);
		return;
	}
	(void)tokens_actor(c->access->tokens, in->row.actor, &asker); /* ignored: approval_rule has found it */
	if (rule->by < 0 || ask->policy->roles[rule->by].number != in->op.actor.role ||
	    in->op.actor.number == in->row.actor ||
	    (!uuid_is_nil(&asker.person) && uuid_eq(&asker.person, &in->op.actor.person)))
		ask_refuse(&in->op, CODE_ROLE_LACKS_ACTION);
}

static result approve_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_approve *in = (struct op_approve *)op;
	struct record record = {.kind = ENTRY_APPROVAL, .no_subject = true};
	const struct policy_approval *rule = NULL;
	struct gate_verdict v;
	struct ask *ask;
	struct uuid id;

	in->row = (struct approval){.id = {{0}}};
	TRY(ask_begin(op, c, ACTION_APPROVE, &ask, e));
	op->ask = ask;
	record.ask = ask;
	TRY(ask_decide(op, c, ask, &v, e));
	if (uuid_parse(in->approval, &id)) {
		TRY(op_depends(op, &id, e));
		TRY(approval_load(c->db, &id, &op->arena, &in->row, e));
	}
	if (uuid_is_nil(&in->row.id))
		ask_refuse(op, CODE_NOT_FOUND);
	else
		rule = approval_rule(ask, c, &in->row);
	approve_decide(in, c, ask, rule);
	if (op->error.code == CODE_NONE) {
		in->row.state = in->approve ? APPROVAL_APPROVED : APPROVAL_REFUSED;
		in->row.approver = op->actor.number;
		in->row.decided = c->now;
		if (in->approve && rule->has_length)
			in->row.until = moment_plus(c->now, rule->length, ask->policy->zone);
		op->stores = true;
		TRY(op_touches(op, &in->row.id, e));
	}
	TRY(ask_reason(op, c, ask, e));
	ask_stores(op, ask);
	record_text(&record, FACT_ACTION, in->approve ? STR("approved") : STR("refused"));
	return record_decision(op, c, &record, e);
}

static result approve_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_approve *in = (const struct op_approve *)op;

	TRY(ask_store(op, c, op->ask, e));
	return op->error.code == CODE_NONE ? approval_update(c->db, &in->row, e) : RESULT_OK;
}

static void approve_answer(const struct op *op, struct buf *out)
{
	op_answer_id(op, &((const struct op_approve *)op)->row.id, out);
}

static const struct op_type approve_type = {
	.name = "approve",
	.prepare = approve_prepare,
	.store = approve_store,
	.answer = approve_answer,
};

void op_approve_init(struct op_approve *a)
{
	*a = (struct op_approve){.approve = false};
	op_init(&a->op, &approve_type);
}

/* What would be allowed ----------------------------------------------------------------------------------- */

static result what_if_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_what_if *w = (struct op_what_if *)op;
	struct record record = {.kind = ENTRY_DECIDE, .verdict = &w->verdict};
	const struct policy_derived *derived = NULL;
	struct ask *ask;
	struct uuid id;

	TRY(ask_begin(op, c, w->action, &ask, e));
	w->asked = (struct gate_set_request){.joins = w->joins};
	if (w->set.n)
		derived = set_name(ask, w->set, &w->asked);
	else if (w->action != ACTION_AUDIT && w->action != ACTION_APPROVE)
		TRY(ask_items(op, ask, w->category, w->items, e));
	if (uuid_parse(w->subject, &id)) {
		TRY(ask_person(op, c, ask, &id, e));
		ask_count(op, c, ask, &id, 1);
	}
	op->ask = ask;
	w->in = ask->category;
	record.ask = ask;
	record.no_subject = w->subject.n == 0;
	record_text(&record, FACT_ACTION, str_of(action_name(w->action)));
	if (derived)
		record_text(&record, FACT_SET, derived->id);
	TRY(ask_decide(op, c, ask, &w->verdict, e));
	ask->approval_new = false; /* nothing is asked for by asking what would be */
	return record_decision(op, c, &record, e);
}

static const struct op_type what_if_type = {.name = "decide", .prepare = what_if_prepare};

void op_what_if_init(struct op_what_if *w)
{
	*w = (struct op_what_if){.action = ACTION_READ};
	op_init(&w->op, &what_if_type);
}

/* Refused without a token --------------------------------------------------------------------------------- */

static result refused_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_refused *r = (const struct op_refused *)op;
	struct record record = {.kind = ENTRY_REFUSED, .no_subject = true};

	record_number(&record, FACT_COUNT, (int64_t)r->count);
	return record_decision(op, c, &record, e);
}

static const struct op_type refused_type = {.name = "refused", .prepare = refused_prepare};

void op_refused_init(struct op_refused *r)
{
	*r = (struct op_refused){.count = 0};
	op_init(&r->op, &refused_type);
	r->op.actor.number = ACTOR_SYSTEM;
}
