#include "api/call.h"

#include <stdatomic.h>
#include <string.h>

#include "api/view.h"

struct access_reader *api_reader(struct api *a)
{
	struct access_reader *r = pthread_getspecific(a->reader);
	struct error e = {0};

	if (r)
		return r;
	if (!ok(access_reader_open(a->access, &r, &e)))
		return NULL;
	if (pthread_setspecific(a->reader, r) != 0) {
		access_reader_close(r);
		return NULL;
	}
	return r;
}

void api_problem(struct http_request *r, const struct error *e)
{
	http_problem(r, e, NULL);
}

static void call_free(void *p)
{
	struct call *c = p;

	op_release(&c->u.op);
	json_decref(c->body);
}

/* The bearer token of R, or empty. */
static struct str bearer(const struct http_request *r)
{
	struct str h = http_header(r, "Authorization");

	if (h.n < 7 || (!str_starts(h, STR("Bearer ")) && !str_starts(h, STR("bearer "))))
		return (struct str){NULL, 0};
	return str_trim(str_sub(h, 7, h.n));
}

struct call *call_begin(struct http_request *r, void *ctx)
{
	struct api *a = ctx;
	struct token_actor actor;
	struct error e = {0};
	struct call *c;

	if (!access_actor(a->access, bearer(r), &actor) || actor.revoked ||
	    (actor.expires != MOMENT_NONE && access_now(a->access) >= actor.expires)) {
		atomic_fetch_add(&a->unauthorized, 1);
		(void)error_set(&e, CODE_UNAUTHORIZED, "%s", code_meaning(CODE_UNAUTHORIZED)); /* ignored: only sets */
		api_problem(r, &e);
		return NULL;
	}
	c = arena_new(http_arena(r), struct call);
	if (!c) {
		(void)error_set(&e, CODE_OUT_OF_MEMORY, "no memory for a request"); /* ignored: only sets */
		api_problem(r, &e);
		return NULL;
	}
	c->api = a;
	c->http = r;
	c->actor = actor;
	http_keep(r, c, NULL);
	return c;
}

void call_fill(struct call *c)
{
	struct op *op = &c->u.op;
	struct http_request *r = c->http;

	op->actor = c->actor;
	op->purpose = http_header(r, "Sekisho-Purpose");
	op->reason = http_header(r, "Sekisho-Reason");
	op->means = http_header(r, "Sekisho-Means");
	op->request = *http_id(r);
	if (http_method(r) == HTTP_POST) {
		const struct idempotency_call call = {http_header(r, "Idempotency-Key"), http_path(r), http_body(r)};

		access_idempotency(c->api->access, &call, &op->idempotency);
	}
	http_keep(r, c, call_free);
}

bool call_body(struct call *c)
{
	struct error e = {0};

	if (ok(http_json(c->http, &c->body, &e)))
		return true;
	api_problem(c->http, &e);
	return false;
}

static void call_done(struct op *op, void *ctx)
{
	(void)op;
	http_wake(((struct call *)ctx)->http);
}

static void call_go(struct call *c)
{
	struct access_reader *reader = api_reader(c->api);
	struct error e = {0};

	if (!reader) {
		(void)error_set(&e, CODE_OUT_OF_MEMORY, "no memory for a reader"); /* ignored: only sets */
		api_problem(c->http, &e);
		return;
	}
	http_park(c->http);
	access_submit(reader, &c->u.op);
}

void call_submit(struct call *c, void (*render)(struct call *c))
{
	c->render = render;
	c->u.op.done = call_done;
	c->u.op.ctx = c;
	call_go(c);
}

/* "g1/123456": the operation's first entry. */
static void set_log_header(struct call *c)
{
	struct buf b;

	if (c->u.op.outcome != OP_COMMITTED || !c->u.op.n_entries)
		return;
	buf_init(&b);
	buf_byte(&b, 'g');
	buf_u64(&b, c->u.op.generation);
	buf_byte(&b, '/');
	buf_u64(&b, c->u.op.first);
	http_set(c->http, "Sekisho-Log", buf_view(&b));
	buf_free(&b);
}

static void set_retry(struct call *c)
{
	struct buf b;

	if (c->u.op.error.code != CODE_LIMIT_EXCEEDED)
		return;
	buf_init(&b);
	buf_u64(&b, (uint64_t)(c->u.op.retry_ms / MS_PER_SECOND + 1));
	http_set(c->http, "Retry-After", buf_view(&b));
	buf_free(&b);
}

void call_woken(struct http_request *r, void *ctx)
{
	struct call *c = http_kept(r);
	struct access_reader *reader = api_reader(ctx);

	if (reader && !access_deliver(reader, &c->u.op)) {
		call_go(c);
		return;
	}
	http_set(r, "Cache-Control", STR("no-store"));
	set_log_header(c);
	if (c->u.op.error.code == CODE_NONE) {
		c->render(c);
		return;
	}
	set_retry(c);
	http_problem(r, &c->u.op.error, view_refusal(&c->u.op));
}

void call_render_answer(struct call *c)
{
	struct buf b;

	buf_init(&b);
	op_answer(&c->u.op, &b);
	http_answer(c->http, c->u.op.status, "application/json", buf_view(&b));
	buf_free(&b);
}

void call_malformed(struct call *c, const char *where, const char *what)
{
	struct error e = {0};

	(void)error_at(&e, CODE_MALFORMED, where, "%s", what); /* ignored: only sets */
	api_problem(c->http, &e);
}

/* The role was given meanwhile what it lacked: the next try will do. */
static void render_changed(struct call *c)
{
	struct error e = {0};

	(void)error_set(&e, CODE_CONFLICT, "%s", code_meaning(CODE_CONFLICT)); /* ignored: only sets */
	api_problem(c->http, &e);
}

void call_refuse(struct call *c, enum action action)
{
	op_what_if_init(&c->u.what_if);
	call_fill(c);
	c->u.op.idempotency.set = false;
	c->u.what_if.action = action;
	call_submit(c, render_changed);
}

/* The JSON pointer of KEY, for an error. */
static void wrong_type(struct call *c, const char *key, const char *what)
{
	struct buf b;

	buf_init(&b);
	buf_byte(&b, '/');
	buf_text(&b, key);
	call_malformed(c, buf_c(&b), what);
	buf_free(&b);
}

bool call_text(struct call *c, const json_t *object, const char *key, struct str *out)
{
	const json_t *v = json_object_get(object, key);

	*out = (struct str){NULL, 0};
	if (!v || json_is_null(v))
		return true;
	if (!json_is_string(v)) {
		wrong_type(c, key, "this is text");
		return false;
	}
	*out = (struct str){json_string_value(v), json_string_length(v)};
	return true;
}

bool call_time(struct call *c, const json_t *object, const char *key, moment *out)
{
	struct str text;

	if (!call_text(c, object, key, &text))
		return false;
	if (text.p && !moment_parse(text, out)) {
		wrong_type(c, key, "this is a time of RFC 3339 with its zone, such as 2026-12-01T09:00:00+09:00");
		return false;
	}
	return true;
}

bool call_texts(struct call *c, const json_t *object, const char *key, const struct str **out, size_t *n)
{
	const json_t *v = json_object_get(object, key);
	struct str *list;

	*out = NULL;
	*n = 0;
	if (!v || json_is_null(v))
		return true;
	list = arena_array(http_arena(c->http), json_array_size(v) + 1, sizeof *list);
	if (!json_is_array(v) || !list || json_array_size(v) > MARK_NAMES) {
		wrong_type(c, key, "this is a list of texts, 256 at the most");
		return false;
	}
	for (size_t i = 0; i < json_array_size(v); i++) {
		const json_t *one = json_array_get(v, i);

		if (!json_is_string(one)) {
			wrong_type(c, key, "this is a list of texts");
			return false;
		}
		list[i] = (struct str){json_string_value(one), json_string_length(one)};
	}
	*out = list;
	*n = json_array_size(v);
	return true;
}
