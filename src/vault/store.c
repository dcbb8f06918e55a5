/*
 * The statements of a change.  Whatever could be computed has been.
 */
#include "vault/pending.h"

static result conflict(struct error *e)
{
	return error_set(e, CODE_CONFLICT, "the person has changed since the change was prepared");
}

/* Runs S of D, which has to change exactly one row. */
static result run_one(struct db *d, struct db_stmt *s, struct error *e)
{
	TRY(db_run(s, e));
	return db_changes(d) == 1 ? RESULT_OK : conflict(e);
}

static result person_insert(const struct vault_change *c, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	if (!vault_epoch_storable(c->vault, c->person->epoch))
		return conflict(e);
	db_bind_uuid(s, 1, &c->person->id);
	db_bind_i64(s, 2, c->person->epoch);
	db_bind_i64(s, 3, c->person->revision + 1);
	db_bind_blob(s, 4, c->person->log_key, sizeof c->person->log_key);
	db_bind_blob(s, 5, c->state.p, c->state.n);
	return db_run(s, e);
}

static result person_update(const struct vault_change *c, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_UPDATE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &c->person->id);
	db_bind_i64(s, 2, c->person->revision + 1);
	db_bind_blob(s, 3, c->state.p, c->state.n);
	db_bind_i64(s, 4, c->person->revision);
	return run_one(d, s, e);
}

/* Runs the statement ID, whose only parameter is the person. */
static result person_run(const struct vault_change *c, struct db *d, enum sql_id id, struct error *e)
{
	struct db_stmt *s = db_stmt(d, id, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &c->person->id);
	return db_run(s, e);
}

static result person_erase(const struct vault_change *c, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_PERSON_DELETE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &c->person->id);
	db_bind_i64(s, 2, c->person->revision);
	TRY(run_one(d, s, e));
	TRY(person_run(c, d, SQL_VAULT_TEXT_DELETE_PERSON, e));
	return person_run(c, d, SQL_VAULT_OUTSIDE_DELETE_PERSON, e);
}

static result person_store(const struct vault_change *c, struct db *d, struct error *e)
{
	if (c->end == PENDING_ERASED)
		return person_erase(c, d, e);
	return c->person->exists ? person_update(c, d, e) : person_insert(c, d, e);
}

static result record_insert(const struct vault_change *c, const struct pending_record *p, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_RECORD_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	if (!vault_epoch_storable(c->vault, p->now.epoch))
		return conflict(e);
	db_bind_uuid(s, 1, &p->now.person);
	db_bind_i64(s, 2, p->now.category);
	db_bind_i64(s, 3, p->now.version);
	db_bind_i64(s, 4, p->now.generation);
	db_bind_i64(s, 5, p->now.epoch);
	db_bind_blob(s, 6, p->now.key, sizeof p->now.key);
	db_bind_blob(s, 7, p->items.p, p->items.n);
	return db_run(s, e);
}

static result record_update(const struct vault_change *c, const struct pending_record *p, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, p->renew ? SQL_VAULT_RECORD_RENEW : SQL_VAULT_RECORD_UPDATE, e);

	if (!s)
		return RESULT_FAIL;
	if (p->renew && !vault_epoch_storable(c->vault, p->now.epoch))
		return conflict(e);
	db_bind_uuid(s, 1, &p->now.person);
	db_bind_i64(s, 2, p->now.category);
	db_bind_i64(s, 3, p->now.version);
	db_bind_blob(s, 4, p->items.p, p->items.n);
	db_bind_i64(s, 5, p->old->version);
	if (p->renew) {
		db_bind_i64(s, 6, p->now.generation);
		db_bind_i64(s, 7, p->now.epoch);
		db_bind_blob(s, 8, p->now.key, sizeof p->now.key);
	}
	return run_one(d, s, e);
}

/* Runs the statement ID, whose parameters are the person and the category of P. */
static result record_run(const struct pending_record *p, struct db *d, enum sql_id id, struct error *e)
{
	struct db_stmt *s = db_stmt(d, id, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &p->now.person);
	db_bind_i64(s, 2, p->now.category);
	return db_run(s, e);
}

static result record_erase(const struct pending_record *p, struct db *d, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_VAULT_RECORD_DELETE, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &p->now.person);
	db_bind_i64(s, 2, p->now.category);
	db_bind_i64(s, 3, p->old->version);
	TRY(run_one(d, s, e));
	return record_run(p, d, SQL_VAULT_OUTSIDE_DELETE_CATEGORY, e);
}

static result history_store(const struct pending_record *p, struct db *d, struct error *e)
{
	struct db_stmt *s;

	if (p->clear_history)
		TRY(record_run(p, d, SQL_VAULT_HISTORY_DELETE, e));
	for (const struct pending_old *o = p->history; o; o = o->next) {
		const struct vault_write *w = o->old.value.write;

		s = db_stmt(d, SQL_VAULT_HISTORY_INSERT, e);
		if (!s)
			return RESULT_FAIL;
		db_bind_uuid(s, 1, &p->now.person);
		db_bind_i64(s, 2, p->now.category);
		db_bind_i64(s, 3, o->old.value.item);
		db_bind_i64(s, 4, w->version);
		db_bind_i64(s, 5, w->at);
		db_bind_i64(s, 6, w->actor);
		if (uuid_is_nil(&w->reason))
			db_bind_null(s, 7);
		else
			db_bind_uuid(s, 7, &w->reason);
		db_bind_blob(s, 8, w->nonce, sizeof w->nonce);
		db_bind_i64(s, 9, o->old.replaced);
		db_bind_blob(s, 10, o->old.value.sealed.p, o->old.value.sealed.n);
		TRY(db_run(s, e));
	}
	return RESULT_OK;
}

static result outside_blind(const struct pending_record *p, struct db *d, struct error *e)
{
	for (size_t i = 0; i < p->n_blinded; i++) {
		struct db_stmt *s = db_stmt(d, SQL_VAULT_OUTSIDE_DELETE_ITEM, e);

		if (!s)
			return RESULT_FAIL;
		db_bind_uuid(s, 1, &p->now.person);
		db_bind_i64(s, 2, p->now.category);
		db_bind_i64(s, 3, p->blinded[i]);
		TRY(db_run(s, e));
	}
	return RESULT_OK;
}

static result record_store(const struct vault_change *c, const struct pending_record *p, struct db *d, struct error *e)
{
	if (p->erase)
		TRY(record_erase(p, d, e));
	else if (p->old->exists)
		TRY(record_update(c, p, d, e));
	else
		TRY(record_insert(c, p, d, e));
	TRY(history_store(p, d, e));
	return outside_blind(p, d, e);
}

/* Runs the statement ID with each of LIST and the person of C. */
static result hashes_store(const struct vault_change *c, const struct pending_hash *list, struct db *d, enum sql_id id,
			   struct error *e)
{
	for (; list; list = list->next) {
		struct db_stmt *s = db_stmt(d, id, e);

		if (!s)
			return RESULT_FAIL;
		db_bind_i64(s, 1, list->item);
		db_bind_blob(s, 2, list->hash, sizeof list->hash);
		db_bind_uuid(s, 3, &c->person->id);
		TRY(db_run(s, e));
	}
	return RESULT_OK;
}

static result objections_store(const struct vault_change *c, struct db *d, struct error *e)
{
	for (const struct pending_hash *o = c->objections; o; o = o->next) {
		struct db_stmt *s = db_stmt(d, SQL_VAULT_OBJECTION_INSERT, e);

		if (!s)
			return RESULT_FAIL;
		db_bind_blob(s, 1, o->hash, sizeof o->hash);
		TRY(db_run(s, e));
	}
	return RESULT_OK;
}

result vault_store(struct vault_change *c, struct db *d, struct error *e)
{
	if (c->end == PENDING_OPEN)
		return error_set(e, CODE_INTERNAL, "a change without its state");
	TRY(person_store(c, d, e));
	for (const struct pending_record *p = c->records; p; p = p->next)
		TRY(record_store(c, p, d, e));
	TRY(hashes_store(c, c->removes, d, SQL_VAULT_INDEX_DELETE, e));
	TRY(hashes_store(c, c->adds, d, SQL_VAULT_INDEX_INSERT, e));
	return objections_store(c, d, e);
}

result vault_change_duplicate(struct vault_change *c, struct db *d, struct vault_duplicate *out, struct error *e)
{
	bool row = false;

	*out = (struct vault_duplicate){.item = NULL};
	for (const struct pending_hash *h = c->adds; h && !row; h = h->next) {
		struct db_stmt *s = h->unique ? db_stmt(d, SQL_VAULT_INDEX_OTHER, e) : NULL;

		if (!h->unique)
			continue;
		if (!s)
			return RESULT_FAIL;
		db_bind_i64(s, 1, h->item);
		db_bind_blob(s, 2, h->hash, sizeof h->hash);
		db_bind_uuid(s, 3, &c->person->id);
		TRY(db_step(s, &row, e));
		if (row && db_uuid(s, 0, &out->other))
			out->item = h->unique;
		db_reset(s);
	}
	return RESULT_OK;
}

result vault_change_objected(struct vault_change *c, struct db *d, bool *out, struct error *e)
{
	*out = false;
	for (const struct pending_hash *h = c->contacts; h && !*out; h = h->next) {
		struct db_stmt *s = db_stmt(d, SQL_VAULT_OBJECTION_FIND, e);

		if (!s)
			return RESULT_FAIL;
		db_bind_blob(s, 1, h->hash, sizeof h->hash);
		TRY(db_step(s, out, e));
		db_reset(s);
	}
	return RESULT_OK;
}
