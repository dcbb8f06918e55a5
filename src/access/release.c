#include "access/release.h"

#include <string.h>

#include "access/access_private.h"
#include "access/record.h"
#include "access/release_private.h"
#include "crypto/hash.h"

/* Asking ---------------------------------------------------------------------------------------------------- */

static bool has_text(const struct str *list, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], text))
			return true;
	return false;
}

/* The anonymized set that ASK names, or NULL with OP refused. */
static const struct policy_derived *set_asked(struct op *op, const struct ask *ask)
{
	const struct policy_derived *d =
		ask->request.set == POLICY_NONE || !ask->policy ? NULL : &ask->policy->derived[ask->request.set];

	if (d && d->pseudonymized)
		ask_refuse(op, CODE_SET_UNKNOWN);
	return d && !d->pseudonymized ? d : NULL;
}

enum code release_way(const struct policy_derived *d, struct str recipient, struct str means)
{
	if (!has_text(d->recipients, d->n_recipients, recipient))
		return CODE_RECIPIENT_UNKNOWN;
	return means.n && !has_text(d->deliver, d->n_deliver, means) ? CODE_SET_MEANS : CODE_NONE;
}

static void ask_way(struct op *op, const struct policy_derived *d, struct str recipient, struct str means)
{
	enum code code = release_way(d, recipient, means);

	if (code != CODE_NONE)
		ask_refuse(op, code);
}

/* What two operations on releases of the set NUMBER must not do at once. */
static struct uuid set_key(uint32_t number)
{
	unsigned char hash[HASH_SIZE];
	struct uuid key;
	const struct str parts[] = {STR("set releases"), {(const char *)&number, sizeof number}};

	hash_sha256_parts(parts, 2, hash);
	memcpy(key.b, hash, sizeof key.b);
	return key;
}

result release_ask(struct op *op, const struct op_context *c, struct str set, struct ask **ask, const struct policy_derived **d,
		   struct error *e)
{
	struct gate_verdict verdict;
	struct uuid key;

	TRY(ask_begin(op, c, ACTION_DEIDENTIFY, ask, e));
	ask_set(op, c, *ask, set);
	*d = set_asked(op, *ask);
	TRY(ask_decide(op, c, *ask, &verdict, e));
	/* decided for nobody: that there is nobody is no refusal here */
	if (op->error.code == CODE_NOT_FOUND)
		error_clear(&op->error);
	op->ask = *ask;
	if (!*d)
		return RESULT_OK;
	key = set_key((*d)->number);
	TRY(op_depends(op, &key, e));
	return op_touches(op, &key, e);
}

static result last_release(struct db *d, uint32_t set, uint32_t *out, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_SET_RELEASE_LAST, e);
	bool row;

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, set);
	TRY(db_step(s, &row, e));
	*out = row ? (uint32_t)db_i64(s, 0) : 0;
	db_reset(s);
	return RESULT_OK;
}

/* Recording ------------------------------------------------------------------------------------------------- */

static struct str bytes_of(const unsigned char *hash)
{
	return (struct str){(const char *)hash, RELEASE_HASH};
}

/* Adds the entry of R that it was made, or refused. */
static result record_release(struct op_made_set *r, const struct op_context *c, struct ask *ask, struct error *e)
{
	const struct release_facts *f = &r->facts;
	struct record record = {.kind = ENTRY_DEIDENTIFY, .ask = ask, .no_subject = true};

	if (!r->made_of)
		return record_decision(&r->op, c, &record, e);
	if (r->op.error.code != CODE_NONE) {
		record_text(&record, FACT_SET, r->made_of->id);
		return record_decision(&r->op, c, &record, e);
	}
	record_text(&record, FACT_RECIPIENT, r->recipient);
	record_text(&record, FACT_ACTION, STR("made"));
	record_number(&record, FACT_NUMBER, r->release);
	record_number(&record, FACT_COUNT, (int64_t)f->records);
	record_text(&record, FACT_HASH, bytes_of(f->output));
	record_text(&record, FACT_SET, r->made_of->id);
	record_text(&record, FACT_METHOD, f->method);
	record_text(&record, FACT_INPUT, bytes_of(f->input));
	record_number(&record, FACT_K, (int64_t)f->k);
	record_number(&record, FACT_SMALLEST, (int64_t)f->smallest);
	record_number(&record, FACT_SUPPRESSED, (int64_t)f->suppressed);
	record_number(&record, FACT_LEFT_OUT, (int64_t)f->left_out);
	if (f->narrowed)
		record_number(&record, FACT_NARROWED, (int64_t)f->narrowed);
	record_text(&record, FACT_MODELS, f->models);
	return record_decision(&r->op, c, &record, e);
}

/* Adds the entry that RELEASE of the set D went to RECIPIENT by MEANS, or that it was refused. */
static result record_delivery(struct op *op, const struct op_context *c, const struct policy_derived *d,
			      const struct delivery *to, struct error *e)
{
	struct record record = {.kind = ENTRY_DEIDENTIFY, .ask = op->ask, .no_subject = true};

	/* what was refused may be anything, so it is not repeated */
	if (op->error.code == CODE_NONE) {
		record_text(&record, FACT_RECIPIENT, to->recipient);
		record_text(&record, FACT_CHANNEL, to->means);
	}
	record_text(&record, FACT_ACTION, STR("delivered"));
	if (op->error.code == CODE_NONE)
		record_number(&record, FACT_NUMBER, to->release);
	if (d)
		record_text(&record, FACT_SET, d->id);
	return record_decision(op, c, &record, e);
}

static result insert_delivery(const struct op *op, const struct op_context *c, uint32_t set, const struct delivery *to,
			      struct error *e)
{
	struct db_stmt *s = db_stmt(c->db, SQL_SET_DELIVERY_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, set);
	db_bind_i64(s, 2, to->release);
	db_bind_i64(s, 3, to->number);
	db_bind_text(s, 4, to->recipient);
	db_bind_text(s, 5, to->means);
	db_bind_i64(s, 6, c->now);
	db_bind_i64(s, 7, op->actor.number);
	db_bind_i64(s, 8, (int64_t)op->generation);
	db_bind_i64(s, 9, (int64_t)(op->first + op->n_entries - 1)); /* its entry is the last */
	return db_run(s, e);
}

static result insert_release(const struct op_made_set *r, const struct op_context *c, struct error *e)
{
	const struct release_facts *f = &r->facts;
	struct db_stmt *s = db_stmt(c->db, SQL_SET_RELEASE_INSERT, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, r->made_of->number);
	db_bind_i64(s, 2, r->release);
	db_bind_i64(s, 3, c->now);
	db_bind_i64(s, 4, r->op.actor.number);
	db_bind_i64(s, 5, c->gated->policy->version);
	db_bind_i64(s, 6, (int64_t)r->op.generation);
	db_bind_i64(s, 7, (int64_t)r->op.first);
	db_bind_i64(s, 8, (int64_t)f->records);
	db_bind_i64(s, 9, (int64_t)f->suppressed);
	db_bind_i64(s, 10, (int64_t)f->left_out);
	db_bind_i64(s, 11, (int64_t)f->smallest);
	db_bind_i64(s, 12, (int64_t)f->narrowed);
	db_bind_i64(s, 13, (int64_t)f->k);
	db_bind_blob(s, 14, f->input, sizeof f->input);
	db_bind_blob(s, 15, f->output, sizeof f->output);
	db_bind_text(s, 16, f->content);
	return db_run(s, e);
}

/* Making ---------------------------------------------------------------------------------------------------- */

static struct delivery at_once(const struct op_made_set *r)
{
	return (struct delivery){.release = r->release, .number = 1, .recipient = r->recipient, .means = r->means};
}

static result release_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_made_set *r = (struct op_made_set *)op;
	struct delivery to;
	struct ask *ask;

	TRY(release_ask(op, c, r->set, &ask, &r->made_of, e));
	if (r->made_of)
		ask_way(op, r->made_of, r->recipient, r->means);
	if (op->error.code == CODE_NONE && r->failed.code != CODE_NONE)
		(void)error_at(&op->error, r->failed.code, r->failed.where, "%s", r->failed.message); /* ignored: only sets */
	if (op->error.code != CODE_NONE) {
		ask_stores(op, ask);
		return record_release(r, c, ask, e);
	}
	if (r->asks) {
		op->stores = op->idempotency.set; /* its answer alone: the release will have its own entry */
		op->status = 202;
		return RESULT_OK;
	}
	TRY(last_release(c->db, r->made_of->number, &r->release, e));
	r->release++;
	op->stores = true;
	TRY(record_release(r, c, ask, e));
	to = at_once(r);
	return r->means.n ? record_delivery(op, c, r->made_of, &to, e) : RESULT_OK;
}

static result release_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_made_set *r = (struct op_made_set *)op;
	struct delivery to = at_once(r);
	bool stands;

	if (r->asks && op->error.code == CODE_NONE)
		return RESULT_OK; /* an approval is used by what is made */
	TRY(ask_store(op, c, op->ask, e));
	if (op->error.code != CODE_NONE)
		return RESULT_OK;
	TRY(gather_stands(r->gather, c, &stands, e));
	if (!stands)
		return error_set(e, CODE_TOO_LATE, "somebody in the set may not be in it any more");
	TRY(insert_release(r, c, e));
	return r->means.n ? insert_delivery(op, c, r->made_of->number, &to, e) : RESULT_OK;
}

static void release_answer(const struct op *op, struct buf *out)
{
	const struct op_made_set *r = (const struct op_made_set *)op;

	buf_text(out, "{\"set\":");
	buf_json(out, r->set);
	buf_text(out, ",\"job\":\"");
	uuid_write(out, &r->job);
	buf_text(out, "\"}");
}

static const struct op_type release_type = {
	.name = "release", .prepare = release_prepare, .store = release_store, .answer = release_answer};

void op_made_set_init(struct op_made_set *r)
{
	*r = (struct op_made_set){.release = 0};
	op_init(&r->op, &release_type);
}

/* Delivering ------------------------------------------------------------------------------------------------ */

static result delivery_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_delivery *d = (struct op_delivery *)op;
	struct releases all = {.n = 0};
	struct delivery to;
	struct ask *ask;

	TRY(release_ask(op, c, d->set, &ask, &d->made_of, e));
	d->number = 1;
	op->status = 201;
	if (d->made_of) {
		ask_way(op, d->made_of, d->recipient, d->means);
		if (!d->means.n)
			ask_refuse(op, CODE_SET_MEANS);
		TRY(release_load(c->db, d->made_of->number, d->release, &op->arena, &all, e));
	}
	if (d->made_of && !all.n)
		ask_refuse(op, CODE_NO_SUCH_RESOURCE);
	d->number += (uint32_t)all.n_deliveries;
	if (op->error.code == CODE_NONE)
		d->content = all.at[0];
	to = (struct delivery){.release = d->release, .number = d->number, .recipient = d->recipient, .means = d->means};
	op->stores = op->error.code == CODE_NONE;
	ask_stores(op, ask);
	return record_delivery(op, c, d->made_of, &to, e);
}

static result delivery_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_delivery *d = (struct op_delivery *)op;
	const struct delivery to = {.release = d->release, .number = d->number, .recipient = d->recipient, .means = d->means};

	TRY(ask_store(op, c, op->ask, e));
	return op->error.code == CODE_NONE ? insert_delivery(op, c, d->made_of->number, &to, e) : RESULT_OK;
}

static void delivery_answer(const struct op *op, struct buf *out)
{
	const struct op_delivery *d = (const struct op_delivery *)op;

	buf_text(out, "{\"set\":");
	buf_json(out, d->set);
	buf_text(out, ",\"release\":");
	buf_u64(out, d->release);
	buf_text(out, ",\"delivery\":");
	buf_u64(out, d->number);
	buf_text(out, ",\"recipient\":");
	buf_json(out, d->recipient);
	buf_text(out, ",\"via\":");
	buf_json(out, d->means);
	buf_text(out, ",\"hash\":\"");
	buf_hex(out, d->content.facts.output, RELEASE_HASH);
	buf_byte(out, '"');
	op_answer_log(op, out);
	buf_byte(out, '}');
}

static const struct op_type delivery_type = {
	.name = "delivery", .prepare = delivery_prepare, .store = delivery_store, .answer = delivery_answer};

void op_delivery_init(struct op_delivery *d)
{
	*d = (struct op_delivery){.number = 0};
	op_init(&d->op, &delivery_type);
}

/* Listing --------------------------------------------------------------------------------------------------- */

enum { LIST_STEP = 64 };

static result malformed_row(struct error *e)
{
	return error_set(e, CODE_DATABASE, "a row of a release is malformed");
}

static result release_row(struct db_stmt *s, struct arena *a, void *into, struct error *e)
{
	struct release *out = into;
	struct str input = db_blob(s, 13), output = db_blob(s, 14);

	if (input.n != RELEASE_HASH || output.n != RELEASE_HASH)
		return malformed_row(e);
	*out = (struct release){
		.release = (uint32_t)db_i64(s, 1),
		.made = db_i64(s, 2),
		.actor = (uint32_t)db_i64(s, 3),
		.policy = (uint32_t)db_i64(s, 4),
		.generation = (uint64_t)db_i64(s, 5),
		.entry = (uint64_t)db_i64(s, 6),
		.facts = {.records = (uint64_t)db_i64(s, 7),
			  .suppressed = (uint64_t)db_i64(s, 8),
			  .left_out = (uint64_t)db_i64(s, 9),
			  .smallest = (uint64_t)db_i64(s, 10),
			  .narrowed = (uint64_t)db_i64(s, 11),
			  .k = (uint64_t)db_i64(s, 12),
			  .content = str_copy(a, db_text(s, 15))},
	};
	memcpy(out->facts.input, input.p, RELEASE_HASH);
	memcpy(out->facts.output, output.p, RELEASE_HASH);
	return out->facts.content.p ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the releases");
}

static result delivery_row(struct db_stmt *s, struct arena *a, void *into, struct error *e)
{
	struct delivery *out = into;

	*out = (struct delivery){
		.release = (uint32_t)db_i64(s, 0),
		.number = (uint32_t)db_i64(s, 1),
		.recipient = str_copy(a, db_text(s, 2)),
		.means = str_copy(a, db_text(s, 3)),
		.at = db_i64(s, 4),
		.actor = (uint32_t)db_i64(s, 5),
		.generation = (uint64_t)db_i64(s, 6),
		.entry = (uint64_t)db_i64(s, 7),
	};
	return out->recipient.p && out->means.p ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the deliveries");
}

/* A list that grows in an arena. */
struct growing {
	struct arena *a;
	char *at;
	size_t size, n, cap;
	result (*row)(struct db_stmt *s, struct arena *a, void *out, struct error *e); /* makes an element of a row */
};

/* Room for one more element of G; NULL without memory. */
static void *one_more(struct growing *g)
{
	if (g->n == g->cap) {
		char *more = arena_array(g->a, g->cap + LIST_STEP, g->size);

		if (!more)
			return NULL;
		if (g->n)
			memcpy(more, g->at, g->n * g->size);
		g->at = more;
		g->cap += LIST_STEP;
	}
	return g->at + g->n++ * g->size;
}

/* What SQL gives of the set WHICH[0], and of its release WHICH[1] alone unless that is 0, into G. */
static result list_rows(struct db *d, const uint32_t which[2], enum sql_id sql, struct growing *g, struct error *e)
{
	struct db_stmt *s = db_stmt(d, sql, e);
	bool row;

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, which[0]);
	if (which[1])
		db_bind_i64(s, 2, which[1]);
	for (;;) {
		void *out;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		out = one_more(g);
		if (!out)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the releases");
		TRY(g->row(s, g->a, out, e));
	}
}

/* As list_rows with SQL: releases with their deliveries into *OUT, in A. */
static result list_all(struct db *d, const uint32_t which[2], enum sql_id sql, struct arena *a, struct releases *out, struct error *e)
{
	struct growing releases = {.a = a, .size = sizeof(struct release), .row = release_row};
	struct growing deliveries = {.a = a, .size = sizeof(struct delivery), .row = delivery_row};

	TRY(list_rows(d, which, sql, &releases, e));
	TRY(list_rows(d, which, which[1] ? SQL_SET_DELIVERY_OF : SQL_SET_DELIVERY_LIST, &deliveries, e));
	*out = (struct releases){(const struct release *)(void *)releases.at, releases.n,
				 (const struct delivery *)(void *)deliveries.at, deliveries.n};
	return RESULT_OK;
}

result releases_list(struct db *d, uint32_t set, struct arena *a, struct releases *out, struct error *e)
{
	return list_all(d, (const uint32_t[2]){set, 0}, SQL_SET_RELEASE_LIST, a, out, e);
}

result releases_heads(struct db *d, uint32_t set, struct arena *a, struct releases *out, struct error *e)
{
	return list_all(d, (const uint32_t[2]){set, 0}, SQL_SET_RELEASE_HEADS, a, out, e);
}

result release_load(struct db *d, uint32_t set, uint32_t release, struct arena *a, struct releases *out, struct error *e)
{
	*out = (struct releases){.n = 0};
	return release ? list_all(d, (const uint32_t[2]){set, release}, SQL_SET_RELEASE_LOAD, a, out, e) : RESULT_OK;
}
