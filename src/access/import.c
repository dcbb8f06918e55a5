#include "access/import.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_private.h"
#include "access/acquire.h"

/* The operation that says how far the file has come. */
struct op_progress {
	struct op op;
	struct uuid import;
	bool has_from;
	int64_t from, next;
};

/* How far the import ID has come: *NEXT, 0 when it has not begun. */
static result progress_read(struct db *d, const struct uuid *id, int64_t *next, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_IMPORT_PROGRESS_GET, e);
	bool row;

	*next = 0;
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, id);
	TRY(db_step(s, &row, e));
	if (row)
		*next = db_i64(s, 0);
	db_reset(s);
	return RESULT_OK;
}

static result progress_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	(void)c;
	(void)e;
	op->stores = true;
	return RESULT_OK;
}

static result progress_store(struct op *op, const struct op_context *c, struct error *e)
{
	const struct op_progress *p = (const struct op_progress *)op;
	struct db_stmt *s;
	int64_t at;

	if (p->has_from) {
		TRY(progress_read(c->db, &p->import, &at, e));
		if (at != p->from)
			return error_set(e, CODE_CONFLICT, "this import has come to row %lld, not %lld: another one runs, or this batch is in already",
					 (long long)at, (long long)p->from);
	}
	s = db_stmt(c->db, SQL_IMPORT_PROGRESS_PUT, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, &p->import);
	db_bind_i64(s, 2, p->next);
	db_bind_i64(s, 3, c->now);
	return db_run(s, e);
}

static const struct op_type progress_type = {.name = "progress", .prepare = progress_prepare, .store = progress_store};

/* One batch, and those of its operations that are not done yet. */
struct batch {
	struct op_acquire *rows;
	struct op **ops; /* the rows' and last the progress */
	size_t n;
	struct op_progress progress;
	pthread_mutex_t lock;
	pthread_cond_t all;
	size_t waiting;
};

static struct str text_of(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){NULL, 0};
}

static void batch_done(struct op *op, void *ctx)
{
	struct batch *b = ctx;

	(void)op;
	pthread_mutex_lock(&b->lock);
	if (--b->waiting == 0)
		pthread_cond_signal(&b->all);
	pthread_mutex_unlock(&b->lock);
}

/* The time TEXT says into *OUT: a time with zone; false when it is none. */
static bool time_of(struct str text, moment *out)
{
	return text.n && moment_parse(text, out);
}

/* The notice of one row, where it has one. */
static bool row_notice(const json_t *notice, struct gate_acquisition *a)
{
	const json_t *version = json_object_get(notice, "version");

	if (!json_is_object(notice))
		return true;
	a->has_notice = true;
	a->notice = text_of(notice, "id");
	a->language = text_of(notice, "language");
	a->notice_version = (uint32_t)json_integer_value(version);
	a->shown_at = a->at;
	return json_is_integer(version) && (!json_object_get(notice, "shown_at") || time_of(text_of(notice, "shown_at"), &a->shown_at));
}

/* Makes an operation of ROW; a time that is none becomes a refusal by the operation itself, as every other fault of a row. */
static void row_fill(struct access *a, const json_t *request, const json_t *row, const struct token_actor *actor,
		     struct str purpose, struct op_acquire *in)
{
	op_acquire_init(in, ACQUIRE_IMPORT);
	in->op.actor = *actor;
	in->op.purpose = purpose;
	in->op.request = uuid_make(clock_now(&a->clock), &a->entropy);
	in->category = text_of(request, "category");
	in->items = json_object_get(row, "items");
	in->has_acquisition = true;
	in->acquisition.channel = text_of(request, "channel");
	in->acquisition.operator_given = json_is_true(json_object_get(request, "operator"));
	in->acquisition.at = clock_now(&a->clock);
	if (json_object_get(row, "at") && !time_of(text_of(row, "at"), &in->acquisition.at))
		in->acquisition.at = INT64_MAX; /* no time: refused as time_invalid */
	if (!row_notice(json_object_get(row, "notice"), &in->acquisition))
		in->acquisition.shown_at = INT64_MAX;
}

static bool batch_make(struct batch *b, size_t n)
{
	memset(b, 0, sizeof *b);
	b->n = n;
	b->rows = calloc(n, sizeof *b->rows);
	b->ops = calloc(n + 1, sizeof *b->ops);
	return b->rows && b->ops && pthread_mutex_init(&b->lock, NULL) == 0 && pthread_cond_init(&b->all, NULL) == 0;
}

static void batch_free(struct batch *b)
{
	for (size_t i = 0; b->rows && i < b->n; i++)
		op_release(&b->rows[i].op);
	op_release(&b->progress.op);
	free(b->rows);
	free(b->ops);
}

static void batch_run(struct batch *b, struct access_reader *reader)
{
	for (size_t i = 0; i < b->n; i++)
		b->ops[i] = &b->rows[i].op;
	b->ops[b->n] = &b->progress.op;
	for (size_t i = 0; i <= b->n; i++) {
		b->ops[i]->done = batch_done;
		b->ops[i]->ctx = b;
	}
	b->waiting = b->n + 1;
	access_reader_rest(reader);
	access_submit_group(reader, b->ops, b->n + 1);
	pthread_mutex_lock(&b->lock);
	while (b->waiting)
		pthread_cond_wait(&b->all, &b->lock);
	pthread_mutex_unlock(&b->lock);
	access_reader_rest(reader);
}

/* What was refused; NULL with E set when the batch as a whole failed. */
static json_t *batch_answer(const struct batch *b, const json_t *rows, struct error *e)
{
	json_t *rejected = json_array();

	for (size_t i = 0; i < b->n; i++) {
		const struct op *op = &b->rows[i].op;

		if (op->outcome != OP_COMMITTED) {
			*e = op->error;
			json_decref(rejected);
			return NULL;
		}
		if (op->error.code == CODE_NONE)
			continue;
		if (json_array_append_new(rejected,
					  json_pack("{s:O, s:s, s:s, s:s}", "row", json_object_get(json_array_get(rows, i), "row"),
						    "code", code_text(op->error.code), "where", op->error.where, "message",
						    op->error.message)) != 0)
			break;
	}
	return json_pack("{s:o}", "rejected", rejected);
}

static json_t *progress_view(struct access_reader *reader, const struct uuid *import, struct error *e)
{
	struct db *d = access_reader_db(reader, e);
	int64_t next;

	if (!d || !ok(progress_read(d, import, &next, e)))
		return NULL;
	access_reader_rest(reader);
	return json_pack("{s:I}", "next", (json_int_t)next);
}

/* What the rows are brought in for: PURPOSE, or the first of ACTOR's role in G. */
static struct str purpose_of(struct str purpose, const struct token_actor *actor, const struct gated *g)
{
	const struct policy_role *role = policy_role_numbered(g ? g->policy : NULL, actor->role);

	return purpose.n || !role || !role->n_purposes ? purpose : g->policy->purposes[role->purposes[0]].id;
}

/* Runs the batch that REQUEST describes. */
static json_t *import_batch(struct access *a, struct access_reader *reader, const json_t *request,
			    const struct token_actor *actor, const struct uuid *import, struct error *e)
{
	const json_t *rows = json_object_get(request, "rows");
	const json_t *from = json_object_get(request, "from");
	struct gated *g = access_gated(a); /* keeps the purpose's name */
	struct str purpose = purpose_of(text_of(request, "purpose"), actor, g);
	json_t *answer = NULL;
	struct batch b;

	if (batch_make(&b, json_array_size(rows))) {
		op_init(&b.progress.op, &progress_type);
		b.progress.op.actor = *actor;
		b.progress.import = *import;
		b.progress.has_from = from != NULL;
		b.progress.from = json_integer_value(from);
		b.progress.next = json_integer_value(json_object_get(request, "next"));
		for (size_t i = 0; i < b.n; i++)
			row_fill(a, request, json_array_get(rows, i), actor, purpose, &b.rows[i]);
		batch_run(&b, reader);
		answer = batch_answer(&b, rows, e);
	} else {
		(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for a batch"); /* ignored: only sets */
	}
	batch_free(&b);
	gated_unref(g);
	return answer;
}

json_t *access_import(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	const json_t *rows = json_object_get(request, "rows");
	struct token_actor actor;
	struct uuid import;

	if (!access_actor(a, text_of(request, "token"), &actor)) {
		(void)error_set(e, CODE_UNAUTHORIZED, "%s", code_meaning(CODE_UNAUTHORIZED)); /* ignored: only sets */
		return NULL;
	}
	if (!uuid_parse(text_of(request, "import"), &import) || json_array_size(rows) > IMPORT_BATCH) {
		(void)error_set(e, CODE_MALFORMED, "an import has an id and 1000 rows at the most in one batch"); /* ignored: only sets */
		return NULL;
	}
	return rows ? import_batch(a, reader, request, &actor, &import, e) : progress_view(reader, &import, e);
}
