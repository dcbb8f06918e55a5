#include "access/idempotency.h"

void idempotency_make(struct vault *v, const struct idempotency_call *call, struct idempotency *out)
{
	/* a path has no line feed, so address and body stay apart */
	const struct str parts[] = {call->path, STR("\n"), call->body};

	out->set = call->key.n != 0;
	if (!out->set)
		return;
	vault_call_hash(v, &call->key, 1, out->key);
	vault_call_hash(v, parts, sizeof parts / sizeof *parts, out->body);
}

result idempotency_find(struct db *d, uint32_t actor, const struct idempotency *i, struct arena *a,
			struct idempotency_answer *out, struct error *e)
{
	struct db_stmt *s;
	bool row;

	*out = (struct idempotency_answer){.found = false};
	if (!i->set)
		return RESULT_OK;
	s = db_stmt(d, SQL_IDEMPOTENCY_GET, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, actor);
	db_bind_blob(s, 2, i->key, sizeof i->key);
	TRY(db_step(s, &row, e));
	if (!row)
		return RESULT_OK;
	out->found = true;
	out->other_body = !str_eq(db_blob(s, 0), (struct str){(const char *)i->body, sizeof i->body});
	out->status = (int)db_i64(s, 1);
	out->answer = str_copy(a, db_text(s, 2));
	db_reset(s);
	return out->answer.p ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for an answer");
}

result idempotency_put(struct db *d, const struct idempotency *i, const struct idempotency_row *row, struct error *e)
{
	struct db_stmt *s;

	if (!i->set)
		return RESULT_OK;
	s = db_stmt(d, SQL_IDEMPOTENCY_INSERT, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, row->actor);
	db_bind_blob(s, 2, i->key, sizeof i->key);
	db_bind_blob(s, 3, i->body, sizeof i->body);
	db_bind_i64(s, 4, row->status);
	db_bind_text(s, 5, row->answer);
	db_bind_i64(s, 6, row->made);
	return db_run(s, e);
}

result idempotency_forget(struct db *d, moment before, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_IDEMPOTENCY_FORGET, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, before);
	return db_run(s, e);
}
