#include "access/request.h"

static struct str copy_text(struct arena *a, struct db_stmt *s, int column, bool *whole)
{
	struct str text = str_copy(a, db_text(s, column));

	*whole = *whole && text.p;
	return text;
}

result person_request_load(struct db *d, const struct uuid *id, struct arena *a, struct person_request *out,
			   struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_PERSON_REQUEST_GET, e);
	bool row, whole = true;

	*out = (struct person_request){.id = *id};
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, id);
	TRY(db_step(s, &row, e));
	if (!row)
		return RESULT_OK;
	out->exists = db_uuid(s, 0, &out->subject);
	out->kind = (enum request_kind)db_i64(s, 1);
	out->state = (enum person_request_state)db_i64(s, 2);
	out->by = copy_text(a, s, 3, &whole);
	out->channel = copy_text(a, s, 4, &whole);
	out->received = db_i64(s, 5);
	out->document = copy_text(a, s, 6, &whole);
	out->identified = db_moment(s, 7);
	out->closed = db_moment(s, 8);
	db_reset(s);
	return whole ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a request");
}

result person_request_put(struct db *d, const struct person_request *r, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_PERSON_REQUEST_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &r->id);
	db_bind_uuid(s, 2, &r->subject);
	db_bind_i64(s, 3, r->kind);
	db_bind_i64(s, 4, r->state);
	db_bind_text(s, 5, r->by);
	db_bind_text(s, 6, r->channel);
	db_bind_i64(s, 7, r->received);
	return db_run(s, e);
}

result person_request_update(struct db *d, const struct person_request *r, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_PERSON_REQUEST_UPDATE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &r->id);
	db_bind_i64(s, 2, r->state);
	db_bind_text(s, 3, r->document);
	db_bind_moment(s, 4, r->identified);
	db_bind_moment(s, 5, r->closed);
	return db_run(s, e);
}
