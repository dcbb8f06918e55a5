/* PostgreSQL as a database that is not ours. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "db/foreign_engine.h"
#include "db/sql_texts.h"

enum { COPY_PIECE = 1 << 16 };

struct pg_foreign {
	struct foreign base;
	PGconn *conn;
	PGresult *row;	  /* that `field` points into, or NULL */
	const char *text; /* of the statement at hand, when a person's */
	bool begun;	  /* it was sent */
};

static struct pg_foreign *of(struct foreign *f)
{
	return (struct pg_foreign *)f;
}

/* A fault of what was asked rather than of the server. */
static bool is_of_query(const char *state)
{
	static const char *const classes[] = {"0A", "21", "22", "2F", "38", "39", "42", "44", "54", "P0"};

	if (strcmp(state, "25006") == 0) /* something is changed where nothing may be */
		return true;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strncmp(state, classes[i], 2) == 0)
			return true;
	return false;
}

/*
 * What the server said in R, which is freed and may be NULL, as E.  Its details are
 * never told, and its words only where they cannot be about a value that it read.
 */
static result fail(struct pg_foreign *p, PGresult *r, struct error *e)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE), *at = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
	const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	struct str words = foreign_line(said ? said : PQerrorMessage(p->conn));
	uint64_t place = 0;

	if (!state)
		(void)error_at(e, CODE_DATABASE, p->base.label, "%.*s", (int)words.n, words.p); /* ignored: this fails anyway */
	else if (p->text && at && str_to_u64(str_of(at), INT32_MAX, &place))
		(void)foreign_refuse(e, p->text, (long)place - 1, true, said); /* ignored: as above */
	else if (strncmp(state, "22", 2) == 0 || strncmp(state, "P0", 2) == 0)
		(void)error_at(e, CODE_QUERY_INVALID, p->base.label, "the query fails on a value that it reads (SQLSTATE %s)", state); /* ignored: as above */
	else
		(void)error_at(e, is_of_query(state) ? CODE_QUERY_INVALID : CODE_DATABASE, p->base.label, "%.*s (SQLSTATE %s)", /* ignored: as above */
			       (int)words.n, words.p, state);
	PQclear(r);
	return RESULT_FAIL;
}

static void finish(struct pg_foreign *p)
{
	PGresult *r;

	PQclear(p->row);
	p->row = NULL;
	while (p->begun && (r = PQgetResult(p->conn)))
		PQclear(r);
	p->begun = false;
	p->text = NULL;
}

static void engine_close(struct foreign *f)
{
	struct pg_foreign *p = of(f);

	PQclear(p->row);
	PQfinish(p->conn); /* the server rolls back what is open */
}

static result command(struct pg_foreign *p, const char *text, struct error *e)
{
	PGresult *r = PQexec(p->conn, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		return fail(p, r, e);
	PQclear(r);
	return RESULT_OK;
}

static result take_columns(struct pg_foreign *p, const PGresult *r, struct error *e)
{
	struct foreign *f = &p->base;

	TRY(foreign_room(f, (size_t)PQnfields(r), e));
	for (size_t i = 0; i < f->columns; i++) {
		f->name[i] = str_copy(&f->arena, str_of(PQfname(r, (int)i)));
		if (!f->name[i].p)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a query");
	}
	return RESULT_OK;
}

static result engine_prepare(struct foreign *f, const char *text, bool asked, struct error *e)
{
	struct pg_foreign *p = of(f);
	result done = RESULT_FAIL;
	PGresult *r;

	finish(p);
	p->text = asked ? text : NULL;
	r = PQprepare(p->conn, "", text, 0, NULL);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		return fail(p, r, e);
	PQclear(r);
	r = PQdescribePrepared(p->conn, "");
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		return fail(p, r, e);
	if (asked && PQnfields(r) == 0)
		done = foreign_refuse(e, text, -1, false, "the query is none that gives rows and changes nothing");
	else if (asked && PQnparams(r))
		done = foreign_refuse(e, text, -1, false, "the query waits for parameters, and there are none");
	else
		done = take_columns(p, r, e);
	PQclear(r);
	return done;
}

static result begin(struct pg_foreign *p, struct error *e)
{
	if (!PQsendQueryPrepared(p->conn, "", 0, NULL, NULL, NULL, 0) || !PQsetSingleRowMode(p->conn))
		return fail(p, NULL, e);
	p->begun = true;
	return RESULT_OK;
}

static result engine_next(struct foreign *f, bool *more, struct error *e)
{
	struct pg_foreign *p = of(f);
	ExecStatusType status;

	*more = false;
	if (!p->begun)
		TRY(begin(p, e));
	PQclear(p->row);
	p->row = PQgetResult(p->conn);
	status = PQresultStatus(p->row);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		finish(p);
		return RESULT_OK;
	}
	if (status != PGRES_SINGLE_TUPLE) {
		PGresult *r = p->row;

		p->row = NULL;
		return fail(p, r, e);
	}
	for (size_t i = 0; i < f->columns; i++) {
		f->field[i] = (struct str){PQgetvalue(p->row, 0, (int)i), (size_t)PQgetlength(p->row, 0, (int)i)};
		if (f->field[i].n > FOREIGN_MAX_ROW)
			return error_at(e, CODE_TOO_LARGE, f->label, "a value is larger than %d MiB", FOREIGN_MAX_ROW >> 20);
	}
	*more = true;
	return RESULT_OK;
}

static result engine_ask(struct foreign *f, const char *text, struct str name, bool *row, struct error *e)
{
	struct pg_foreign *p = of(f);
	const char *values[] = {name.p};
	const int lengths[] = {(int)name.n}, formats[] = {1}; /* the bytes of a name, without the need of a NUL behind them */
	PGresult *r;

	finish(p);
	r = PQexecParams(p->conn, text, 1, NULL, values, lengths, formats, 0);
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return fail(p, r, e);
	*row = PQntuples(r) > 0;
	PQclear(r);
	return RESULT_OK;
}

/* FIELD as COPY reads it. */
static void copy_field(struct buf *b, struct str field)
{
	static const char special[] = "\\\t\n\r", letter[] = "\\tnr";

	for (size_t i = 0; i < field.n; i++) {
		const char *at = field.p[i] ? strchr(special, field.p[i]) : NULL;

		if (at)
			buf_byte(b, '\\');
		buf_byte(b, at ? letter[at - special] : field.p[i]);
	}
}

/* Sends what B has, as soon as it is MANY bytes. */
static result send(struct pg_foreign *p, struct buf *b, size_t many, struct error *e)
{
	if (!buf_ok(b))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a table");
	if (b->n < many || b->n == 0)
		return RESULT_OK;
	if (PQputCopyData(p->conn, b->p, (int)b->n) != 1)
		return fail(p, NULL, e);
	buf_reset(b);
	return RESULT_OK;
}

static result send_rows(struct pg_foreign *p, const struct foreign_rows *rows, struct buf *b, struct error *e)
{
	struct str *field = arena_array(&p->base.arena, rows->columns, sizeof *field);

	if (!field)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a table");
	while (rows->next(rows->ctx, field)) {
		for (size_t i = 0; i < rows->columns; i++) {
			copy_field(b, field[i]);
			buf_byte(b, i + 1 < rows->columns ? '\t' : '\n');
		}
		TRY(send(p, b, COPY_PIECE, e));
	}
	return send(p, b, 0, e);
}

static result engine_load(struct foreign *f, const char *load, const struct foreign_rows *rows, struct error *e)
{
	struct pg_foreign *p = of(f);
	PGresult *r;
	struct buf b;
	result done;

	finish(p);
	r = PQexec(p->conn, load);
	if (PQresultStatus(r) != PGRES_COPY_IN)
		return fail(p, r, e);
	PQclear(r);
	buf_init(&b);
	done = send_rows(p, rows, &b, e);
	buf_free(&b);
	if (PQputCopyEnd(p->conn, ok(done) ? NULL : "given up") != 1)
		return fail(p, NULL, e);
	p->begun = true; /* its outcome is waiting */
	r = PQgetResult(p->conn);
	if (ok(done) && PQresultStatus(r) != PGRES_COMMAND_OK)
		return fail(p, r, e);
	PQclear(r);
	finish(p);
	return done;
}

static result engine_commit(struct foreign *f, struct error *e)
{
	struct pg_foreign *p = of(f);
	PGresult *r;

	finish(p);
	if (PQtransactionStatus(p->conn) != PQTRANS_INTRANS) /* the server would take the command and undo all */
		return error_at(e, CODE_DATABASE, f->label, "the transaction has failed before it was to be committed");
	r = PQexec(p->conn, sql_postgresql_foreign_commit);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQstatus(p->conn) == CONNECTION_OK)
		return fail(p, r, e);
	PQclear(r);
	if (PQstatus(p->conn) == CONNECTION_OK)
		return RESULT_OK;
	return error_at(e, CODE_DATABASE, f->label,
			"the connection was lost while the table was committed: it is there whole or not at all; look which");
}

static const struct foreign_engine engine = {
	.close = engine_close,
	.prepare = engine_prepare,
	.next = engine_next,
	.ask = engine_ask,
	.load = engine_load,
	.commit = engine_commit,
};

static const struct foreign_words words = {
	.value = sql_postgresql_foreign_value,
	.count = sql_postgresql_foreign_count,
	.count_written = sql_postgresql_foreign_count_written,
	.end_reading = sql_postgresql_foreign_end_reading,
	.taken = sql_postgresql_foreign_taken,
	.make_map = sql_postgresql_foreign_make_map,
	.make_kept = sql_postgresql_foreign_make_kept,
	.word = sql_postgresql_foreign_word,
	.load = sql_postgresql_foreign_load,
	.ready = sql_postgresql_foreign_ready,
	.join = sql_postgresql_foreign_join,
	.longest_name = 63,
};

/* Notices are for terminals; a library does not print. */
static void ignore_notice(void *ctx, const char *said)
{
	(void)ctx;
	(void)said;
}

bool foreign_postgresql_has_password(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool has = !options;

	for (const PQconninfoOption *o = options; o && o->keyword; o++)
		has = has || (o->val && strcmp(o->keyword, "password") == 0);
	PQconninfoFree(options);
	return has;
}

static void label(struct pg_foreign *p)
{
	const char *host = PQhost(p->conn), *database = PQdb(p->conn);
	struct str parts[] = {STR("postgresql://"), str_of(host ? host : ""), STR("/"), str_of(database ? database : "")};
	size_t n = 0;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t take = parts[i].n < sizeof p->base.label - 1 - n ? parts[i].n : sizeof p->base.label - 1 - n;

		memcpy(p->base.label + n, parts[i].p, take);
		n += take;
	}
	p->base.label[n] = '\0';
}

static result set_up(struct pg_foreign *p, const char *url, struct error *e)
{
	/* what comes later wins: the URL may say how long to wait, and not in what letters to speak */
	const char *const keys[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding", NULL};
	const char *const values[] = {"10", "sekisho", url, "UTF8", NULL};
	PQconninfoOption *options = PQconninfoParse(url, NULL);

	PQconninfoFree(options);
	if (!options) /* libpq would repeat the URL, with what may be a password */
		return error_set(e, CODE_USAGE, "the URL of the database is not well-formed; it is postgresql://USER@HOST:PORT/DATABASE");
	p->conn = PQconnectdbParams(keys, values, 1);
	if (!p->conn)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a database connection");
	label(p);
	PQsetNoticeProcessor(p->conn, ignore_notice, NULL);
	if (PQstatus(p->conn) != CONNECTION_OK)
		return fail(p, NULL, e);
	TRY(command(p, sql_postgresql_foreign_open, e));
	return command(p, p->base.use == FOREIGN_WRITE ? sql_postgresql_foreign_begin_write : sql_postgresql_foreign_begin_read, e);
}

result foreign_postgresql_open(const char *url, enum foreign_use use, struct foreign **out, struct error *e)
{
	struct pg_foreign *p = calloc(1, sizeof *p);

	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a database connection");
	p->base.engine = &engine;
	p->base.words = &words;
	p->base.use = use;
	arena_init(&p->base.arena, 0, false);
	arena_init(&p->base.all, 0, false);
	arena_init(&p->base.kept, 0, false);
	if (!ok(set_up(p, url, e))) {
		foreign_close(&p->base);
		return RESULT_FAIL;
	}
	*out = &p->base;
	return RESULT_OK;
}
