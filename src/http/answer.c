#include <string.h>
#include <strings.h>

#include "http/internal.h"

/* True for what the server says itself about the framing of an answer. */
static bool is_framing(const char *name)
{
	return strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0 ||
	       strcasecmp(name, "Connection") == 0;
}

void http_set(struct http_request *r, const char *name, struct str value)
{
	struct http_field f;

	if (value.n == 0 || is_framing(name))
		return;
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7F)
			return;
	if (r->n_set == HTTP_SET_MAX)
		return;
	f.name = str_copy(&r->arena, str_of(name));
	f.value = str_copy(&r->arena, value);
	if (f.name.p && f.value.p)
		r->set[r->n_set++] = f;
}

static bool is_set(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_set; i++)
		if (strcasecmp(r->set[i].name.p, name) == 0)
			return true;
	return false;
}

/* The body stands in r->out already. */
static void answer_finish(struct http_request *r, int status, const char *type)
{
	if (type)
		http_set(r, "Content-Type", str_of(type));
	r->status = status;
}

void http_answer(struct http_request *r, int status, const char *type, struct str body)
{
	if (r->status)
		return;
	buf_reset(&r->out);
	buf_str(&r->out, body);
	answer_finish(r, status, type);
}

static int out_add(const char *p, size_t n, void *data)
{
	struct buf *b = data;

	buf_add(b, p, n);
	return buf_ok(b) ? 0 : -1;
}

void http_answer_json(struct http_request *r, int status, json_t *v)
{
	if (!r->status) {
		buf_reset(&r->out);
		if (json_dump_callback(v, out_add, &r->out, JSON_COMPACT) != 0)
			r->out.failed = true; /* request_send says so */
		answer_finish(r, status, "application/json");
	}
	json_decref(v);
}

static void member(struct buf *b, const char *name, struct str value)
{
	buf_byte(b, b->n ? ',' : '{');
	buf_json(b, str_of(name));
	buf_byte(b, ':');
	buf_json(b, value);
}

static int status_of(const struct error *e)
{
	return e->status ? e->status : code_status(e->code);
}

static void problem_body(struct http_request *r, const struct error *e, json_t *extra)
{
	struct buf *b = &r->out;
	const char *key;
	json_t *value;

	buf_reset(b);
	buf_text(b, "{\"type\":\"urn:sekisho:error:");
	buf_text(b, code_text(e->code));
	buf_byte(b, '"');
	member(b, "title", str_of(code_meaning(e->code)));
	buf_text(b, ",\"status\":");
	buf_u64(b, (uint64_t)status_of(e));
	/* a fault's message may name files and statements: it is for the operator's log */
	if (e->message[0] && code_class(e->code) != CLASS_FAULT)
		member(b, "detail", str_of(e->message));
	member(b, "code", str_of(code_text(e->code)));
	if (e->where[0] == '/')
		member(b, "pointer", str_of(e->where));
	buf_text(b, ",\"request_id\":\"");
	uuid_write(b, &r->id);
	buf_byte(b, '"');
	json_object_foreach(extra, key, value) {
		buf_byte(b, ',');
		buf_json(b, str_of(key));
		buf_byte(b, ':');
		if (json_dump_callback(value, out_add, b, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
			b->failed = true;
	}
	buf_byte(b, '}');
}

void http_problem(struct http_request *r, const struct error *e, json_t *extra)
{
	int status = status_of(e);

	if (!r->status) {
		problem_body(r, e, extra);
		if (status == 401 && !is_set(r, "WWW-Authenticate"))
			http_set(r, "WWW-Authenticate", STR("Bearer"));
		if ((status == 429 || status == 503) && !is_set(r, "Retry-After"))
			http_set(r, "Retry-After", STR("1"));
		answer_finish(r, status, "application/problem+json");
	}
	json_decref(extra);
}

void request_refuse(struct http_request *r, enum code code, bool close, const char *why)
{
	struct error e = {.code = CODE_NONE};
	result failed = error_set(&e, code, "%s", why);

	atomic_fetch_add_explicit(&r->loop->refused, 1, memory_order_relaxed);
	r->close |= close;
	if (!ok(failed))
		http_problem(r, &e, NULL);
}

bool request_send(struct http_request *r)
{
	struct MHD_Response *response;
	enum MHD_Result taken = MHD_YES;

	if (!buf_ok(&r->out)) {
		/* no memory for the answer: say only that */
		buf_reset(&r->out);
		r->status = code_status(CODE_OUT_OF_MEMORY);
		r->n_set = 0;
	}
	/* r->out lives until the library reports the request completed, which is after its last byte was sent */
	response = MHD_create_response_from_buffer(r->out.n, r->out.n ? r->out.p : (void *)(uintptr_t)"",
						   MHD_RESPMEM_PERSISTENT);
	if (!response)
		return false;
	for (size_t i = 0; i < r->n_set && taken == MHD_YES; i++)
		taken = MHD_add_response_header(response, r->set[i].name.p, r->set[i].value.p);
	if (taken == MHD_YES && (r->close || atomic_load_explicit(&r->loop->server->stopping, memory_order_relaxed)))
		taken = MHD_add_response_header(response, "Connection", "close");
	if (taken == MHD_YES)
		taken = MHD_queue_response(r->connection, (unsigned)r->status, response);
	MHD_destroy_response(response);
	r->stage = STAGE_DONE;
	atomic_fetch_add_explicit(&r->loop->answers, 1, memory_order_relaxed);
	return taken == MHD_YES;
}
