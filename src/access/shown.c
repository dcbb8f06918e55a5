#include "access/shown.h"

#include "access/access_private.h"
#include "access/record.h"

static bool may_collect(const struct policy_role *role)
{
	return role && role->may & (1u << ACTION_CREATE | 1u << ACTION_UPDATE | 1u << ACTION_IMPORT);
}

/* The notice NAME as it reads in VERSION, once that was published; NULL when there is none. */
static const struct policy_notice *wording_of(const struct policy_set *set, struct str name, uint32_t version, moment at,
					      const struct policy **p)
{
	int notice;

	*p = policy_set_version(set, version);
	if (!*p || (*p)->published > at)
		return NULL;
	notice = policy_notice_find(*p, name);
	return notice != POLICY_NONE && (*p)->notices[notice].wording.version == version ? &(*p)->notices[notice] : NULL;
}

/* True when what S says was shown is the wording that the policy has. */
static bool is_wording(const struct op_shown *s, const struct op_context *c)
{
	const struct policy *p;
	const struct policy_notice *notice = wording_of(c->gated->set, s->notice, s->version, s->at, &p);

	for (size_t i = 0; notice && i < p->n_languages; i++)
		if (str_eq(p->languages[i], s->language))
			return notice->wording.has[i] &&
			       (!s->has_hash || str_eq((struct str){(const char *)s->hash, sizeof s->hash},
						       (struct str){(const char *)notice->wording.hash[i], POLICY_HASH}));
	return false;
}

static result shown_record(struct op *op, const struct op_context *c, const struct ask *ask, struct error *e)
{
	const struct op_shown *s = (const struct op_shown *)op;
	struct record record = {.kind = ENTRY_SHOWN, .ask = ask, .no_subject = true};
	bool is_channel = ask->policy && policy_channel_find(ask->policy, s->channel) != POLICY_NONE;

	if (op->error.code == CODE_NONE) {
		TRY(record_wording(&record, op, s->version, s->language, e));
		record_text(&record, FACT_CHANNEL, is_channel ? s->channel : (struct str){NULL, 0});
		record_text(&record, FACT_NOTICE, s->notice);
	}
	return record_decision(op, c, &record, e);
}

static result shown_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_shown *s = (struct op_shown *)op;
	struct ask *ask;

	TRY(ask_begin(op, c, ACTION_CREATE, &ask, e));
	op->ask = ask;
	if (s->at == MOMENT_NONE)
		s->at = c->now;
	if (!ask->request.actor.active)
		ask_refuse(op, CODE_UNAUTHORIZED);
	else if (!may_collect(ask->role))
		ask_refuse(op, CODE_ROLE_LACKS_ACTION);
	else if (s->channel.n && policy_channel_find(ask->policy, s->channel) == POLICY_NONE)
		ask_refuse(op, CODE_CHANNEL_UNKNOWN);
	else if (s->at > c->now || !is_wording(s, c))
		ask_refuse(op, CODE_NOTICE_NOT_SHOWN);
	if (op->error.code == CODE_NONE) {
		s->id = uuid_make(c->now, &c->access->entropy);
		op->stores = true;
		op->status = 201;
		TRY(op_touches(op, &s->id, e));
	}
	return shown_record(op, c, ask, e);
}

static result shown_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_shown *s = (const struct op_shown *)op;
	struct db_stmt *stmt = db_stmt(c->db, SQL_NOTICE_SHOWN_INSERT, e);

	if (!stmt)
		return RESULT_FAIL;
	db_bind_uuid(stmt, 1, &s->id);
	db_bind_i64(stmt, 2, op->actor.number);
	db_bind_text(stmt, 3, s->notice);
	db_bind_i64(stmt, 4, s->version);
	db_bind_text(stmt, 5, s->language);
	db_bind_i64(stmt, 6, s->at);
	return db_run(stmt, e);
}

static void shown_answer(const struct op *op, struct buf *out)
{
	const struct op_shown *s = (const struct op_shown *)op;

	buf_text(out, "{\"id\":\"");
	uuid_write(out, &s->id);
	buf_text(out, "\",\"shown_at\":\"");
	moment_write(out, s->at);
	buf_byte(out, '"');
	op_answer_log(op, out);
	buf_byte(out, '}');
}

static const struct op_type shown_type = {
	.name = "shown",
	.prepare = shown_prepare,
	.store = shown_store,
	.answer = shown_answer,
};

void op_shown_init(struct op_shown *s)
{
	*s = (struct op_shown){.at = MOMENT_NONE};
	op_init(&s->op, &shown_type);
}

result shown_take(struct op *op, const struct op_context *c, const struct uuid *id, struct gate_acquisition *a,
		  struct error *e)
{
	struct db_stmt *s = db_stmt(c->db, SQL_NOTICE_SHOWN_GET, e);
	bool row;

	if (!s)
		return RESULT_FAIL;
	TRY(op_depends(op, id, e));
	TRY(op_touches(op, id, e));
	db_bind_uuid(s, 1, id);
	TRY(db_step(s, &row, e));
	if (!row || db_i64(s, 0) != (int64_t)op->actor.number) {
		ask_refuse(op, CODE_NOTICE_NOT_SHOWN);
		db_reset(s);
		return RESULT_OK;
	}
	a->has_notice = true;
	a->has_hash = false; /* it was checked when it was shown */
	a->notice = str_copy(&op->arena, db_text(s, 1));
	a->notice_version = (uint32_t)db_i64(s, 2);
	a->language = str_copy(&op->arena, db_text(s, 3));
	a->shown_at = db_i64(s, 4);
	db_reset(s);
	if (!a->notice.p || !a->language.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for what was shown");
	return RESULT_OK;
}

result shown_use(struct db *d, const struct uuid *id, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_NOTICE_SHOWN_USE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, id);
	return db_run(s, e);
}
