#include "access/sweep.h"

#include "access/housekeeper.h"

#include <stdlib.h>

#include "access/access_private.h"
#include "access/erase.h"
#include "access/idempotency.h"
#include "access/record.h"
#include "evidence/reader.h"
#include "evidence/subject.h"
#include "vault/keys.h"
#include "vault/read.h"
#include "vault/refs.h"

enum {
	INDEX_STEP = 512,    /* entries indexed in one operation: no answer waits long for it */
	REWRAP_STEP = 500,   /* persons whose keys are wrapped anew in one operation */
	DUE_STEP = 2000,     /* persons looked at in one round */
	DUE_ROUNDS = 64,     /* at a time */
};

struct sweep {
	struct access *access;
	struct uuid due_after; /* the last person looked at */
	uint64_t indexed;      /* of the log's entries, in the index */
	uint32_t epoch; /* of the keys, that the rewrapping is for */
	struct vault_rewrap rewrap;
	bool rewrapping;
	moment forgot; /* when that was last done */
};

result sweep_new(struct access *a, struct sweep **out, struct error *e)
{
	*out = calloc(1, sizeof **out);
	if (!*out)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the housekeeper");
	(*out)->access = a;
	return RESULT_OK;
}

void sweep_free(struct sweep *s)
{
	free(s);
}

/* Runs OP with R and gives its failure back. */
static result run(struct access_reader *r, struct op *op, struct error *e)
{
	op->actor.number = ACTOR_SYSTEM;
	access_run(r, op);
	if (op->outcome == OP_FAILED) {
		if (e && e->code == CODE_NONE)
			*e = op->error;
		return RESULT_FAIL;
	}
	return RESULT_OK;
}

/* The index by person --------------------------------------------------------------------------------------- */

struct op_index {
	struct op op;
	uint64_t generation, from, to;
	struct subject_row *rows;
	size_t n;
};

/* Whether the row's person is still there; those who are erased become marks of nobody. */
static result index_erased(struct op_index *in, const struct op_context *c, struct error *e)
{
	const struct subject_row *before = NULL;
	bool there = false;

	subject_sort(in->rows, in->n);
	if (in->from >= c->access->last_erasure)
		return RESULT_OK;
	for (size_t i = 0; i < in->n; i++) {
		struct subject_row *row = &in->rows[i];

		if (uuid_is_nil(&row->subject))
			continue;
		if (!before || !uuid_eq(&before->subject, &row->subject))
			TRY(vault_person_there(c->db, &row->subject, &there, e));
		before = row;
		if (!there) {
			before = NULL;
			row->subject = (struct uuid){{0}};
		}
	}
	subject_sort(in->rows, in->n);
	return RESULT_OK;
}

static result index_batch(struct op_index *in, const struct op_context *c, const struct log_batch *b, size_t cap,
			  struct error *e)
{
	const struct vault_ref *refs;
	size_t n;

	TRY(vault_open_refs(c->access->vault, b->refs, &in->op.arena, &refs, &n, e));
	if (in->n + n > cap)
		return error_set(e, CODE_INTERNAL, "a batch names more persons than there is room for");
	for (size_t i = 0; i < n; i++)
		in->rows[in->n++] = (struct subject_row){refs[i].subject, log_place(in->generation, b->first + refs[i].entry)};
	return RESULT_OK;
}

/* Gathers the rows of the next batches, INDEX_STEP entries or one batch. */
static result index_gather(struct op_index *in, const struct op_context *c, struct log_reader *r, uint64_t size,
			   struct error *e)
{
	size_t cap = (size_t)INDEX_STEP * 8 + LOG_BATCH_MAX;

	in->rows = arena_array(&in->op.arena, cap, sizeof *in->rows);
	if (!in->rows)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the index");
	in->to = in->from;
	while (in->to < size && in->to - in->from < INDEX_STEP && in->n < (size_t)INDEX_STEP * 8) {
		struct log_batch b;

		TRY(log_reader_batch(r, in->to, &b, e));
		TRY(index_batch(in, c, &b, cap, e));
		in->to = b.first + b.count;
	}
	return index_erased(in, c, e);
}

static result index_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_index *in = (struct op_index *)op;
	struct log_reader *r = NULL;
	struct log_head head;
	result done;

	in->n = 0;
	TRY(op_depends(op, &c->access->erasures_key, e));
	TRY(log_head_read(c->db, 0, &head, e));
	in->generation = head.generation;
	TRY(subject_indexed(c->db, head.generation, &in->from, e));
	TRY(log_reader_make(c->db, head.generation, &r, e));
	done = index_gather(in, c, r, head.size, e);
	log_reader_free(r);
	op->stores = ok(done) && in->to > in->from;
	return done;
}

static result index_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_index *in = (const struct op_index *)op;

	TRY(subject_add(c->db, in->rows, in->n, e));
	return subject_done(c->db, in->generation, in->to, in->rows, in->n, e);
}

static const struct op_type index_type = {.name = "index", .prepare = index_prepare, .store = index_store};

result sweep_index(struct sweep *s, struct access_reader *r, struct error *e)
{
	/* a quiet log costs nothing */
	while (s->indexed != log_size(s->access->log)) {
		struct op_index in = {.n = 0};
		bool more;
		result done;

		op_init(&in.op, &index_type);
		done = run(r, &in.op, e);
		more = ok(done) && in.to - in.from >= INDEX_STEP;
		if (ok(done))
			s->indexed = in.to;
		op_release(&in.op);
		if (!more)
			return done;
	}
	return RESULT_OK;
}

/* Keys ------------------------------------------------------------------------------------------------------ */

enum key_step { KEY_ROTATE, KEY_REWRAP, KEY_DESTROY };

struct op_key_step {
	struct op op;
	enum key_step step;
	struct vault_rewrap *rewrap, next;
	size_t destroyed;
	uint32_t epoch; /* that was begun */
};

static result store_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	(void)c;
	(void)e;
	op->stores = true;
	return RESULT_OK;
}

/* A KEK may go when every batch sealed under it is in the index: then all of the log is. */
static bool refs_indexed(void *ctx, uint32_t epoch)
{
	struct op_context *c = ctx;
	struct log_head head;
	uint64_t indexed;

	(void)epoch;
	return ok(log_head_read(c->db, 0, &head, NULL)) && ok(subject_indexed(c->db, head.generation, &indexed, NULL)) &&
	       indexed == head.size;
}

static result key_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_key_step *k = (struct op_key_step *)op;
	struct op_context here = *c;
	const struct vault_refs_indexed indexed = {refs_indexed, &here};
	struct record record = {.kind = ENTRY_KEY, .no_subject = true};

	switch (k->step) {
	case KEY_ROTATE:
		TRY(vault_keys_rotate(c->access->vault, c->db, &k->epoch, e));
		record_number(&record, FACT_NUMBER, k->epoch);
		return record_decision(op, c, &record, e);
	case KEY_REWRAP:
		k->next = *k->rewrap;
		return vault_rewrap_step(c->access->vault, c->db, REWRAP_STEP, &k->next, e);
	default:
		return vault_keys_destroy(c->access->vault, c->db, k->rewrap, &indexed, &k->destroyed, e);
	}
}

static void key_committed(struct op *op, struct access *a)
{
	struct op_key_step *k = (struct op_key_step *)op;

	if (k->step == KEY_REWRAP)
		*k->rewrap = k->next;
	else if (!ok(vault_keys_reload(a->vault, a->writer, &op->error)))
		op->outcome = OP_FAILED;
}

static const struct op_type key_type = {
	.name = "key",
	.prepare = store_prepare,
	.store = key_store,
	.committed = key_committed,
	.alone = true,
};

static result key_run(struct sweep *s, struct access_reader *r, enum key_step step, struct error *e)
{
	struct op_key_step k = {.step = step, .rewrap = &s->rewrap};
	result done;

	op_init(&k.op, &key_type);
	done = run(r, &k.op, e);
	op_release(&k.op);
	return done;
}

result sweep_rotate(struct access_reader *r, uint32_t *epoch, struct error *e)
{
	struct op_key_step k = {.step = KEY_ROTATE};
	result done;

	op_init(&k.op, &key_type);
	done = run(r, &k.op, e);
	*epoch = k.epoch;
	op_release(&k.op);
	return done;
}

result sweep_keys(struct sweep *s, struct access_reader *r, struct error *e)
{
	if (vault_keys_due(s->access->vault))
		TRY(key_run(s, r, KEY_ROTATE, e));
	if (vault_epoch(s->access->vault) != s->epoch) {
		/* another epoch, begun here, by command, or before this process: its rewrapping may be half done */
		s->epoch = vault_epoch(s->access->vault);
		s->rewrap = (struct vault_rewrap){.done = 0};
		s->rewrapping = s->epoch > 1;
	}
	if (s->rewrapping && !s->rewrap.finished)
		TRY(key_run(s, r, KEY_REWRAP, e));
	if (s->rewrapping && s->rewrap.finished)
		TRY(key_run(s, r, KEY_DESTROY, e));
	return RESULT_OK;
}

/* What is forgotten ----------------------------------------------------------------------------------------- */

enum { FORGET_HOURS = 1, SHOWN_DAYS = 90, IMPORT_DAYS = 30, IDEMPOTENCY_DAYS = 1 };

static const int64_t HOUR = 3600000, DAY = 24 * 3600000;

/* Runs STATEMENT, which forgets what is before the moment or, as an id made then, before ID. */
static result forget(struct db *d, enum sql_id statement, moment before, const struct uuid *id, struct error *e)
{
	struct db_stmt *s = db_stmt(d, statement, e);

	if (!s)
		return RESULT_FAIL;
	if (id)
		db_bind_uuid(s, 1, id);
	else
		db_bind_i64(s, 1, before);
	return db_run(s, e);
}

static result forget_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct uuid first = {{0}};
	uint64_t ms = (uint64_t)(c->now - SHOWN_DAYS * DAY);

	(void)op;
	for (int i = 0; i < 6; i++) /* ids begin with the time at which they were made (RFC 9562) */
		first.b[i] = (unsigned char)(ms >> (40 - 8 * i));
	TRY(forget(c->db, SQL_NOTICE_SHOWN_FORGET, 0, &first, e));
	TRY(forget(c->db, SQL_IMPORT_PROGRESS_FORGET, c->now - IMPORT_DAYS * DAY, NULL, e));
	return idempotency_forget(c->db, c->now - IDEMPOTENCY_DAYS * DAY, e);
}

static const struct op_type forget_type = {.name = "forget", .prepare = store_prepare, .store = forget_store};

result sweep_forget(struct sweep *s, struct access_reader *r, struct error *e)
{
	moment now = access_now(s->access);
	struct op op;
	result done;

	if (s->forgot && now < s->forgot + FORGET_HOURS * HOUR)
		return RESULT_OK;
	op_init(&op, &forget_type);
	done = run(r, &op, e);
	op_release(&op);
	if (ok(done))
		s->forgot = now;
	return done;
}

/* What is due ----------------------------------------------------------------------------------------------- */

static bool has_due(const struct gate *gate, const struct person_state *state, moment now)
{
	for (size_t i = 0; i < state->n_values; i++)
		if (gate_keeping(gate, state, i, now) == KEEPING_DUE)
			return true;
	return false;
}

static result erase_due(struct access_reader *r, const struct uuid *id, struct error *e)
{
	struct op_erase x;
	struct buf text;
	result done;

	buf_init(&text);
	uuid_write(&text, id);
	op_erase_init(&x);
	x.subject = buf_view(&text);
	x.basis = STR("not_needed");
	x.due = true;
	done = run(r, &x.op, e);
	op_release(&x.op);
	buf_free(&text);
	return done;
}

/* Looks at the next persons; *N is how many there were. */
static result look_at(struct sweep *s, struct access_reader *r, struct uuid *due, size_t *n_due, size_t *n, struct error *e)
{
	struct access *a = s->access;
	struct gated *gated = access_gated(a);
	struct uuid ids[DUE_ROUNDS];
	struct db *d = access_reader_db(r, e);
	struct arena arena;
	const struct vault_reader from = {a->vault, d, &arena};
	result done = RESULT_FAIL;

	arena_init(&arena, 0, false);
	*n_due = 0;
	if (d && gated && gated->gate)
		done = vault_persons_after(d, &s->due_after, ids, DUE_ROUNDS, n, e);
	for (size_t i = 0; ok(done) && i < *n; i++) {
		struct vault_person p;

		done = vault_load_person(&from, &ids[i], &p, e);
		if (ok(done) && p.exists && has_due(gated->gate, &p.state, access_now(a)))
			due[(*n_due)++] = ids[i];
		arena_reset(&arena);
		s->due_after = ids[i];
	}
	arena_free(&arena);
	gated_unref(gated);
	access_reader_rest(r);
	return done;
}

result sweep_due(struct sweep *s, struct access_reader *r, struct error *e)
{
	for (size_t looked = 0; looked < DUE_STEP;) {
		struct uuid due[DUE_ROUNDS];
		size_t n_due, n = 0;

		TRY(look_at(s, r, due, &n_due, &n, e));
		for (size_t i = 0; i < n_due; i++)
			TRY(erase_due(r, &due[i], e));
		looked += n;
		if (n < DUE_ROUNDS) {
			s->due_after = (struct uuid){{0}}; /* once round: from the first again, next time */
			return RESULT_OK;
		}
	}
	return RESULT_OK;
}
