#include "cmd/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/import.h"
#include "cmd/import_file.h"
#include "cmd/import_send.h"
#include "cmd/progress.h"

/* A request to a server has a bound; what a batch of long rows takes stays far below it. */
enum { BATCH_BYTES = 2 << 20, BATCHES = 2 };

/* A batch that found no room or no time is asked for again, after a while that doubles each time. */
enum { TRIES = 6, WAIT_MS = 200 };

struct batch_row {
	uint64_t line;
	size_t from, to; /* of its cells in originals */
	enum code code;	 /* of a row that cannot be sent */
	struct str column, reason;
};

struct batch {
	json_t *rows; /* those that can be sent; "row" is the index below */
	struct arena arena; /* of reasons */
	struct buf originals;
	struct batch_row row[IMPORT_BATCH];
	size_t n;
	uint64_t from, next; /* rows of the file that the import has come to, before and after it */
};

struct import {
	const struct import_job *job;
	struct control *control;
	struct rows *rows;
	json_t *category; /* its items, and the notice */
	struct uuid id;
	uint64_t read; /* rows taken from the file, with those passed over */
	uint64_t from; /* where the instance says that the import has come to */
	struct import_sender *sender;
	struct rejects rejects;
	struct progress progress;
	struct import_result *result;
	struct batch *batch; /* BATCHES of them */
};

/* Batches -------------------------------------------------------------------------------------------------- */

static void batch_clear(struct batch *b)
{
	json_decref(b->rows);
	b->rows = NULL;
	arena_free(&b->arena);
	arena_init(&b->arena, 0, true);
	buf_reset(&b->originals);
	b->n = 0;
}

/* Keeps why a row cannot even be sent. */
static result batch_bad(struct batch *b, struct batch_row *row, const struct error *bad, struct error *e)
{
	row->code = bad->code;
	row->column = str_copy(&b->arena, str_of(bad->where));
	row->reason = str_copy(&b->arena, str_of(bad->message));
	return row->reason.p ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row");
}

static result batch_add(struct batch *b, struct row *in, struct error *e)
{
	struct batch_row *row = &b->row[b->n];

	*row = (struct batch_row){.line = in->line, .from = b->originals.n};
	buf_str(&b->originals, in->original);
	row->to = b->originals.n;
	if (!in->value)
		TRY(batch_bad(b, row, &in->bad, e));
	else if (json_object_set_new_nocheck(in->value, "row", json_integer((json_int_t)b->n)) != 0 ||
		 json_array_append_new(b->rows, in->value) != 0)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row");
	b->n++;
	return RESULT_OK;
}

/* Reads the next rows into B; none are left when it stays empty. */
static result batch_fill(struct import *m, struct batch *b, struct error *e)
{
	bool more = true;

	batch_clear(b);
	b->rows = json_array();
	while (b->n < m->job->batch && b->originals.n < BATCH_BYTES) {
		struct row row;

		TRY(rows_next(m->rows, &row, &more, e));
		if (!more)
			break;
		TRY(batch_add(b, &row, e));
	}
	m->read += b->n;
	if (!b->rows || !buf_ok(&b->originals))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for rows");
	return RESULT_OK;
}

static json_t *request_of(const struct import *m, const struct batch *b)
{
	const struct import_job *job = m->job;
	struct buf id;
	json_t *v;

	buf_init(&id);
	uuid_write(&id, &m->id);
	v = json_pack("{s:s, s:s%, s:s*, s:s, s:s, s:b, s:s, s:I, s:I, s:O}", "op", "import", "token", job->token.p, job->token.n,
		      "purpose", job->purpose, "category", job->category, "channel", job->channel, "operator", job->by_word ? 1 : 0,
		      "import", buf_c(&id), "from", (json_int_t)b->from, "next", (json_int_t)b->next, "rows", b->rows);
	buf_free(&id);
	return v;
}

/* Rejected rows -------------------------------------------------------------------------------------------- */

/* The column that the pointer WHERE is about: "/items/phone" or "/items/services_used/0". */
static struct str column_of(const struct import *m, struct str where)
{
	const struct str items = STR("/items/");

	if (!str_starts(where, items))
		return where.n && where.p[0] == '/' ? (struct str){NULL, 0} : where;
	where = str_sub(where, items.n, where.n);
	return rows_column_of(m->rows, str_sub(where, 0, str_find(where, '/')));
}

static result reject(struct import *m, const struct batch *b, size_t i, const json_t *answer, struct error *e)
{
	const struct batch_row *row = &b->row[i];
	struct reject x = {.line = row->line,
			   .original = str_sub(buf_view(&b->originals), row->from, row->to - row->from),
			   .column = row->column,
			   .code = code_text(row->code),
			   .reason = row->reason.p};

	if (answer) {
		x.column = column_of(m, str_of(json_string_value(json_object_get(answer, "where"))));
		x.code = json_string_value(json_object_get(answer, "code"));
		x.reason = json_string_value(json_object_get(answer, "message"));
	}
	m->result->rejected++;
	return rejects_add(&m->rejects, &x, e);
}

/* Writes down what ANSWER says was refused of B, and what was not sent, in the order of the file. */
static result batch_settle(struct import *m, const struct batch *b, const json_t *answer, struct error *e)
{
	const json_t *rejected = json_object_get(answer, "rejected");
	size_t next = 0;

	m->result->rows += b->n;
	for (size_t i = 0; i < b->n; i++) {
		const json_t *r = json_array_get(rejected, next);
		bool refused = r && json_integer_value(json_object_get(r, "row")) == (json_int_t)i;

		next += refused;
		if (refused || b->row[i].code != CODE_NONE)
			TRY(reject(m, b, i, refused ? r : NULL, e));
	}
	progress_show(&m->progress, m->result->rows, rows_read(m->rows));
	return rejects_flush(&m->rejects, e);
}

/* The road of a file --------------------------------------------------------------------------------------- */

static result send(struct import *m, const struct batch *b, struct error *e)
{
	json_t *request = request_of(m, b);

	if (!request)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a batch");
	import_send(m->sender, request);
	return RESULT_OK;
}

/* Waits for the answer to B, and sends it again while the instance is too busy: it is stored once. */
static json_t *answer_to(struct import *m, const struct batch *b, struct error *e)
{
	for (int tries = 1;; tries++) {
		const int64_t wait = (int64_t)WAIT_MS << tries;
		const struct timespec pause = {wait / 1000, wait % 1000 * 1000000};
		json_t *answer = import_receive(m->sender, e);

		if (answer || code_class(e->code) != CLASS_BUSY || tries == TRIES)
			return answer;
		error_clear(e);
		(void)nanosleep(&pause, NULL); /* ignored: a shorter wait is one, too */
		if (!ok(send(m, b, e)))
			return NULL;
	}
}

/* Waits for the batch that is under way, if there is one. */
static result receive(struct import *m, const struct batch **under_way, struct error *e)
{
	const struct batch *b = *under_way;
	json_t *answer;
	result r;

	*under_way = NULL;
	if (!b)
		return RESULT_OK;
	answer = answer_to(m, b, e);
	if (!answer)
		return RESULT_FAIL;
	r = batch_settle(m, b, answer, e);
	json_decref(answer);
	return r;
}

static result run_batches(struct import *m, struct error *e)
{
	const struct batch *under_way = NULL;
	size_t turn = 0;

	for (;; turn = (turn + 1) % BATCHES) {
		struct batch *b = &m->batch[turn];
		struct error why = {0};
		result filled = batch_fill(m, b, &why);

		TRY(receive(m, &under_way, e));
		if (!ok(filled)) {
			*e = why;
			return RESULT_FAIL;
		}
		if (!b->n)
			return RESULT_OK;
		b->from = m->from;
		b->next = m->from = m->read;
		TRY(send(m, b, e));
		under_way = b;
	}
}

/* Goes to the row where an earlier import of the same file ended. */
static result pass_over(struct import *m, struct error *e)
{
	struct buf id;
	json_t *answer;
	bool more = true;

	buf_init(&id);
	uuid_write(&id, &m->id);
	answer = control_ask(m->control, json_pack("{s:s, s:s%, s:s}", "op", "import", "token", m->job->token.p, m->job->token.n,
						   "import", buf_c(&id)), e);
	buf_free(&id);
	if (!answer)
		return RESULT_FAIL;
	m->from = (uint64_t)json_integer_value(json_object_get(answer, "next"));
	json_decref(answer);
	if (m->from && !m->job->resume && !m->job->again)
		return error_at(e, CODE_CONFLICT, m->job->file,
				"%llu rows of this file were imported before: --resume goes on behind them, --again begins with the first",
				(unsigned long long)m->from);
	while (!m->job->again && m->read < m->from && more) {
		struct row row;

		TRY(rows_next(m->rows, &row, &more, e));
		json_decref(row.value);
		m->read += more;
	}
	m->result->rows = m->result->before = m->read;
	return RESULT_OK;
}

static result open_rows(struct import *m, struct error *e)
{
	const struct import_job *job = m->job;
	struct rows_config c = {.path = job->file, .charset = job->charset, .map = job->map, .common = job->common};

	m->category = control_ask(m->control, json_pack("{s:s, s:s, s:s}", "op", "category", "category", job->category, "channel",
							job->channel), e);
	if (!m->category)
		return RESULT_FAIL;
	c.items = json_object_get(m->category, "items");
	if (!c.common.notice)
		c.common.notice = json_string_value(json_object_get(m->category, "notice"));
	TRY(rows_open(&c, &m->rows, e));
	TRY(rows_check(m->rows, e));
	return import_identity(job, &m->id, e);
}

static result prepare(struct import *m, struct error *e)
{
	m->batch = calloc(BATCHES, sizeof *m->batch);
	if (!m->batch)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an import");
	for (size_t i = 0; i < BATCHES; i++) {
		arena_init(&m->batch[i].arena, 0, true);
		buf_init(&m->batch[i].originals);
	}
	if (snprintf(m->result->rejects, sizeof m->result->rejects, "%s.rejected.csv", m->job->file) >= (int)sizeof m->result->rejects)
		return error_at(e, CODE_TOO_LARGE, m->job->file, "the path is too long");
	TRY(open_rows(m, e));
	TRY(pass_over(m, e));
	m->rejects = (struct rejects){.path = m->result->rejects, .columns = rows_columns(m->rows), .append = m->result->before != 0};
	if (!m->rejects.append)
		(void)remove(m->result->rejects); /* ignored: most often there is none; one that stays is cut when it is written */
	progress_begin(&m->progress, "rows", rows_size(m->rows));
	m->progress.on = m->progress.on && !m->job->quiet;
	return import_sender_start(m->control, &m->sender, e);
}

result import_run(struct control *c, const struct import_job *job, struct import_result *r, struct error *e)
{
	struct import m = {.job = job, .control = c, .result = r};
	result done;

	memset(r, 0, sizeof *r);
	done = prepare(&m, e);
	if (ok(done)) {
		done = run_batches(&m, e);
		progress_end(&m.progress);
		r->ms = progress_elapsed(&m.progress);
	}
	import_sender_stop(m.sender);
	rejects_close(&m.rejects);
	for (size_t i = 0; m.batch && i < BATCHES; i++) {
		batch_clear(&m.batch[i]);
		arena_free(&m.batch[i].arena);
		buf_wipe(&m.batch[i].originals);
	}
	free(m.batch);
	rows_close(m.rows);
	json_decref(m.category);
	return done;
}
