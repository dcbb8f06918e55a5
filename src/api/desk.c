/* Requests of persons, and approvals by a second person. */
#include "access/ask.h"
#include "api/handlers.h"

/* Requests -------------------------------------------------------------------------------------------------- */

void handle_request_make(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct op_request *q;
	struct str kind;

	if (!c || !call_body(c))
		return;
	q = &c->u.request;
	op_request_init(q, REQUEST_MAKE);
	call_fill(c);
	q->received = access_now(c->api->access);
	if (!call_text(c, c->body, "kind", &kind) || !call_text(c, c->body, "subject", &q->subject) ||
	    !call_text(c, c->body, "by", &q->by) || !call_text(c, c->body, "channel", &q->channel) ||
	    !call_time(c, c->body, "received_at", &q->received))
		return;
	if (!request_kind_parse(kind, &q->kind)) {
		call_malformed(c, "/kind", "a kind of request, such as disclose, correct, suspend_use, erase");
		return;
	}
	if (!q->by.n || !q->channel.n) {
		call_malformed(c, q->by.n ? "/channel" : "/by", "by (self or proxy) and channel (post, email, web …) are needed");
		return;
	}
	call_submit(c, call_render_answer);
}

static void request_step(struct http_request *r, void *ctx, enum request_step step)
{
	struct call *c = call_begin(r, ctx);
	struct op_request *q;

	if (!c || (http_body(r).n && !call_body(c)))
		return;
	q = &c->u.request;
	op_request_init(q, step);
	call_fill(c);
	q->request = http_param(r, 0);
	if (call_text(c, c->body, "document", &q->document))
		call_submit(c, call_render_answer);
}

void handle_request_identify(struct http_request *r, void *ctx)
{
	request_step(r, ctx, REQUEST_IDENTIFY);
}

void handle_request_close(struct http_request *r, void *ctx)
{
	request_step(r, ctx, REQUEST_CLOSE);
}

/* Approvals ------------------------------------------------------------------------------------------------- */

static json_t *approval_view(const struct approval *a)
{
	struct buf id, asked;
	json_t *v;

	buf_init(&id);
	buf_init(&asked);
	uuid_write(&id, &a->id);
	moment_write(&asked, a->asked);
	v = json_pack("{s:s, s:s, s:I, s:s, s:s%}", "id", buf_c(&id), "action", action_name(a->action), "actor",
		      (json_int_t)a->actor, "asked", buf_c(&asked), "purpose", a->purpose.p, a->purpose.n);
	buf_free(&id);
	buf_free(&asked);
	return v;
}

/* Those that wait, for a role that approves; they name no person. */
void handle_approvals(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct access_reader *reader;
	struct gated *gated;
	const struct policy_role *role;
	struct error e = {0};
	struct approval *list;
	struct db *d;
	json_t *out;
	size_t n = 0;
	bool may;

	if (!c)
		return;
	gated = access_gated(c->api->access);
	role = gated ? policy_role_numbered(gated->policy, c->actor.role) : NULL;
	may = role && role->may >> ACTION_APPROVE & 1;
	gated_unref(gated);
	if (!may) {
		call_refuse(c, ACTION_APPROVE);
		return;
	}
	reader = api_reader(c->api);
	d = reader ? access_reader_db(reader, &e) : NULL;
	if (!d || !ok(approval_pending(d, http_arena(r), &list, &n, &e))) {
		api_problem(r, &e);
		return;
	}
	out = json_array();
	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(out, approval_view(&list[i])) != 0)
			break;
	http_answer_json(r, 200, json_pack("{s:o}", "approvals", out));
}

static void decide(struct http_request *r, void *ctx, bool approve)
{
	struct call *c = call_begin(r, ctx);

	if (!c || (http_body(r).n && !call_body(c)))
		return;
	op_approve_init(&c->u.approve);
	call_fill(c);
	c->u.approve.approval = http_param(r, 0);
	c->u.approve.approve = approve;
	call_submit(c, call_render_answer);
}

void handle_approve(struct http_request *r, void *ctx)
{
	decide(r, ctx, true);
}

void handle_refuse(struct http_request *r, void *ctx)
{
	decide(r, ctx, false);
}
