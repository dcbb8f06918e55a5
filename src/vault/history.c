/*
 * The values that others have replaced, as they lie in their table.
 */
#include <string.h>

#include "vault/inside.h"

static result broken(struct error *e)
{
	return error_set(e, CODE_SEAL_BROKEN, "an old value is not as it was written");
}

/* Reads the current row of S into *OLD, in A. */
static result history_row(struct db_stmt *s, struct arena *a, struct vault_old_value *old, struct error *e)
{
	int64_t item = db_i64(s, 0), version = db_i64(s, 1), actor = db_i64(s, 3);
	struct str nonce = db_blob(s, 5), sealed = db_blob(s, 7);
	struct vault_write *write = arena_new(a, struct vault_write);
	const char *copy = arena_copy(a, sealed.p, sealed.n);

	if (!write || !copy)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read old values");
	if (item < 1 || item > UINT32_MAX || version < 1 || version > UINT32_MAX || actor < 0 || actor > UINT32_MAX ||
	    nonce.n != sizeof write->nonce || (!db_is_null(s, 4) && !db_uuid(s, 4, &write->reason)))
		return broken(e);
	write->version = (uint32_t)version;
	write->at = db_i64(s, 2);
	write->actor = (uint32_t)actor;
	memcpy(write->nonce, nonce.p, nonce.n);
	old->value = (struct vault_item){.item = (uint32_t)item, .write = write, .sealed = {copy, sealed.n}};
	old->replaced = db_i64(s, 6);
	return RESULT_OK;
}

/* Old values as they come in, before their number is known. */
struct chain {
	struct chain *next;
	struct vault_old_value old;
};

static result history_read(struct db_stmt *s, struct arena *a, struct chain **first, size_t *n, struct error *e)
{
	struct chain **last = first;
	bool row;

	for (*n = 0;; ++*n) {
		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		*last = arena_new(a, struct chain);
		if (!*last)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read old values");
		TRY(history_row(s, a, &(*last)->old, e));
		last = &(*last)->next;
	}
}

result vault_load_history(const struct vault_reader *from, const struct vault_record *r, struct vault_history *out,
			  struct error *e)
{
	struct db_stmt *s = db_stmt(from->db, SQL_VAULT_HISTORY_LOAD, e);
	struct vault_old_value *values;
	struct chain *first = NULL;
	size_t n = 0;
	result done;

	*out = (struct vault_history){NULL, 0};
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &r->person);
	db_bind_i64(s, 2, r->category);
	done = history_read(s, from->arena, &first, &n, e);
	db_reset(s);
	TRY(done);
	values = arena_array(from->arena, n, sizeof *values);
	if (!values)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read old values");
	for (size_t i = 0; i < n; i++, first = first->next)
		values[i] = first->old;
	*out = (struct vault_history){values, n};
	return RESULT_OK;
}
