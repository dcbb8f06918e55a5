/* Reading pseudonymized sets, and providing them. */
#include "api/handlers.h"
#include "api/view.h"

static void render_rows(struct call *c)
{
	struct buf b;

	buf_init(&b);
	view_set_read(&c->u.set_read, &b);
	http_answer(c->http, 200, "application/json", buf_view(&b));
	buf_wipe(&b);
}

/* The number TEXT of the query's member WHERE into *OUT; 0 when absent.  False, and answered, when it is none. */
static bool take_number(struct call *c, struct str text, const char *where, uint64_t *out)
{
	*out = 0;
	if (text.n == 0 || (str_to_u64(text, UINT32_MAX, out) && *out > 0))
		return true;
	call_malformed(c, where, "this is a number from 1 on");
	return false;
}

void handle_set_read(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	uint64_t run, limit;

	if (!c || !take_number(c, http_query(r, "run"), "/run", &run) ||
	    !take_number(c, http_query(r, "limit"), "/limit", &limit))
		return;
	op_set_read_init(&c->u.set_read);
	call_fill(c);
	c->u.set_read.set = http_param(r, 0);
	c->u.set_read.number = (uint32_t)run;
	c->u.set_read.limit = (size_t)limit;
	c->u.set_read.after = http_query(r, "after");
	/* rows brought together with what identifies, or a row picked by its token: whatever is asked for so, it is decided against */
	c->u.set_read.joins = http_query(r, "join").n || http_query(r, "token").n;
	call_submit(c, render_rows);
}

void set_join_decided(struct call *c, struct str set)
{
	op_set_read_init(&c->u.set_read);
	call_fill(c);
	c->u.op.idempotency.set = false;
	c->u.set_read.set = set;
	c->u.set_read.joins = true;
	call_submit(c, render_rows);
}

/* The whole number under KEY of the body into *OUT; 0 when absent.  False, and answered, when it is none. */
static bool body_number(struct call *c, const char *key, const char *where, uint64_t *out)
{
	const json_t *v = json_object_get(c->body, key);
	json_int_t n = json_integer_value(v);

	*out = 0;
	if (!v || json_is_null(v))
		return true;
	if (!json_is_integer(v) || n < 1 || n > UINT32_MAX) {
		call_malformed(c, where, "this is a number from 1 on");
		return false;
	}
	*out = (uint64_t)n;
	return true;
}

void handle_set_provide(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct op_set_read *read;
	uint64_t run, limit;

	if (!c || !call_body(c) || !body_number(c, "run", "/run", &run) || !body_number(c, "limit", "/limit", &limit))
		return;
	read = &c->u.set_read;
	op_set_read_init(read);
	call_fill(c);
	read->op.idempotency.set = false; /* decided anew each time: no value is kept for a replay */
	read->provides = true;
	read->set = http_param(r, 0);
	read->number = (uint32_t)run;
	read->limit = (size_t)limit;
	if (call_text(c, c->body, "after", &read->after) && call_text(c, c->body, "arrangement", &read->arrangement) &&
	    call_text(c, c->body, "recipient", &read->recipient))
		call_submit(c, render_rows);
}
