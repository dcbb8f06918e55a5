#include "access/approval.h"

/* The row of S, in the column order that all statements here share. */
static result approval_row(struct db_stmt *s, struct arena *a, struct approval *out, struct error *e)
{
	if (!db_uuid(s, 0, &out->id) || !db_uuid(s, 6, &out->subject))
		return error_set(e, CODE_DATABASE, "a row of approvals is malformed");
	out->actor = (uint32_t)db_i64(s, 1);
	out->action = (enum action)db_i64(s, 2);
	out->purpose = str_copy(a, db_text(s, 3));
	out->category = (uint32_t)db_i64(s, 4);
	out->items = str_copy(a, db_blob(s, 5));
	out->state = (enum approval_state)db_i64(s, 7);
	out->approver = (uint32_t)db_i64(s, 8);
	out->asked = db_i64(s, 9);
	out->decided = db_moment(s, 10);
	out->until = db_moment(s, 11);
	if (!out->purpose.p || !out->items.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an approval");
	return RESULT_OK;
}

result approval_find(struct db *d, const struct approval *wanted, struct arena *a, struct approval *out, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_APPROVAL_FIND, e);
	bool row;

	*out = (struct approval){.id = {{0}}};
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, wanted->actor);
	db_bind_i64(s, 2, wanted->action);
	db_bind_text(s, 3, wanted->purpose);
	db_bind_i64(s, 4, wanted->category);
	db_bind_blob(s, 5, wanted->items.p, wanted->items.n);
	db_bind_uuid(s, 6, &wanted->subject);
	db_bind_i64(s, 7, wanted->state);
	db_bind_i64(s, 8, wanted->asked);
	TRY(db_step(s, &row, e));
	if (!row)
		return RESULT_OK;
	TRY(approval_row(s, a, out, e));
	db_reset(s);
	return RESULT_OK;
}

result approval_put(struct db *d, const struct approval *a, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_APPROVAL_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &a->id);
	db_bind_i64(s, 2, a->actor);
	db_bind_i64(s, 3, a->action);
	db_bind_text(s, 4, a->purpose);
	db_bind_i64(s, 5, a->category);
	db_bind_blob(s, 6, a->items.p, a->items.n);
	db_bind_uuid(s, 7, &a->subject);
	db_bind_i64(s, 8, APPROVAL_PENDING);
	db_bind_i64(s, 9, a->asked);
	return db_run(s, e);
}

result approval_load(struct db *d, const struct uuid *id, struct arena *a, struct approval *out, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_APPROVAL_GET, e);
	bool row;

	*out = (struct approval){.id = {{0}}};
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, id);
	TRY(db_step(s, &row, e));
	if (!row)
		return RESULT_OK;
	TRY(approval_row(s, a, out, e));
	db_reset(s);
	return RESULT_OK;
}

result approval_pending(struct db *d, struct arena *a, struct approval **out, size_t *n, struct error *e)
{
	enum { MOST = 100 };
	struct db_stmt *s = db_stmt(d, SQL_APPROVAL_PENDING, e);
	struct approval *list = arena_array(a, MOST, sizeof *list);

	*n = 0;
	*out = list;
	if (!s)
		return RESULT_FAIL;
	if (!list)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for approvals");
	db_bind_i64(s, 1, APPROVAL_PENDING);
	for (;;) {
		bool row;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		if (*n < MOST)
			TRY(approval_row(s, a, &list[(*n)++], e));
	}
}

result approval_update(struct db *d, const struct approval *a, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_APPROVAL_UPDATE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &a->id);
	db_bind_i64(s, 2, a->state);
	db_bind_i64(s, 3, a->approver);
	db_bind_moment(s, 4, a->decided);
	db_bind_moment(s, 5, a->until);
	return db_run(s, e);
}
