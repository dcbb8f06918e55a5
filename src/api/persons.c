/* Consents, marks, events, erasure and uses of a person. */
#include "api/handlers.h"
#include "api/view.h"

/* Erasure --------------------------------------------------------------------------------------------------- */

void handle_erase(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct op_erase *x;
	struct str reason;

	if (!c || !call_body(c))
		return;
	x = &c->u.erase;
	op_erase_init(x);
	call_fill(c);
	x->subject = http_param(r, 0);
	if (!call_text(c, c->body, "basis", &x->basis) || !call_text(c, c->body, "reason", &reason) ||
	    !call_texts(c, c->body, "categories", &x->categories, &x->n_categories))
		return;
	x->keep_objection = json_is_true(json_object_get(c->body, "keep_objection"));
	if (reason.n)
		x->op.reason = reason;
	call_submit(c, call_render_answer);
}

/* Consents -------------------------------------------------------------------------------------------------- */

/* `by`: "self", or {"guardian": …, "proof": …}. */
static bool take_by(struct call *c, struct op_consent *in)
{
	const json_t *by = json_object_get(c->body, "by");

	if (!by || json_is_null(by) || (json_is_string(by) && str_is(str_of(json_string_value(by)), "self")))
		return true;
	if (!json_is_object(by)) {
		call_malformed(c, "/by", "\"self\", or {\"guardian\": who, \"proof\": by what}");
		return false;
	}
	in->consent.by_guardian = true;
	return call_text(c, by, "guardian", &in->guardian) && call_text(c, by, "proof", &in->proof);
}

static bool take_consent_body(struct call *c, struct op_consent *in)
{
	const json_t *version = json_object_get(c->body, "version");
	struct str hash;

	if (!json_is_integer(version) || json_integer_value(version) < 1 || json_integer_value(version) > UINT32_MAX) {
		call_malformed(c, "/version", "the version of the wording that was shown, a number");
		return false;
	}
	in->consent.version = (uint32_t)json_integer_value(version);
	in->consent.at = access_now(c->api->access);
	if (!call_text(c, c->body, "language", &in->consent.language) || !call_text(c, c->body, "hash", &hash) ||
	    !call_text(c, c->body, "channel", &in->consent.channel) || !call_time(c, c->body, "at", &in->consent.at))
		return false;
	in->consent.has_hash = hash.n != 0;
	if (in->consent.has_hash && !hex_decode(hash, in->consent.hash, sizeof in->consent.hash)) {
		call_malformed(c, "/hash", "a hash is 64 hex digits");
		return false;
	}
	return take_by(c, in);
}

void handle_consent(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);

	if (!c || !call_body(c))
		return;
	op_consent_init(&c->u.consent);
	call_fill(c);
	c->u.consent.subject = http_param(r, 0);
	c->u.consent.consent.consent = http_param(r, 1);
	if (take_consent_body(c, &c->u.consent))
		call_submit(c, call_render_answer);
}

void handle_withdraw(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);

	if (!c)
		return;
	op_consent_init(&c->u.consent);
	call_fill(c);
	c->u.consent.subject = http_param(r, 0);
	c->u.consent.consent.consent = http_param(r, 1);
	c->u.consent.consent.withdraw = true;
	call_submit(c, call_render_answer);
}

/* Marks ----------------------------------------------------------------------------------------------------- */

/* A mark's call with its body read, or NULL when it was answered. */
static struct op_mark *mark_begin(struct http_request *r, void *ctx, enum mark_kind kind, struct call **out)
{
	struct call *c = call_begin(r, ctx);
	struct str reason;

	*out = c;
	if (!c || (http_route_of(r)->max_body && !call_body(c)))
		return NULL;
	op_mark_init(&c->u.mark, kind);
	call_fill(c);
	c->u.mark.subject = http_param(r, 0);
	if (!call_text(c, c->body, "reason", &reason))
		return NULL;
	if (reason.n)
		c->u.op.reason = reason;
	return &c->u.mark;
}

/* {"items": {"category": ["item", …]}}: which items, as "category.item". */
static bool take_items(struct call *c, struct op_mark *m)
{
	const json_t *items = json_object_get(c->body, "items");
	struct str *list = arena_array(http_arena(c->http), MARK_NAMES, sizeof *list);
	const char *category;
	const json_t *names;

	m->items = list;
	if (!items || json_is_null(items) || (json_is_string(items) && str_is(str_of(json_string_value(items)), "all")))
		return true;
	json_object_foreach((json_t *)items, category, names) {
		for (size_t i = 0; i < json_array_size(names); i++) {
			struct buf b;

			if (!list || m->n_items == MARK_NAMES || !json_is_string(json_array_get(names, i)))
				break;
			buf_init(&b);
			buf_text(&b, category);
			buf_byte(&b, '.');
			buf_text(&b, json_string_value(json_array_get(names, i)));
			list[m->n_items++] = str_copy(http_arena(c->http), buf_view(&b));
			buf_free(&b);
		}
	}
	if (m->n_items)
		return true;
	call_malformed(c, "/items", "items is an object, category to a list of items, or \"all\"");
	return false;
}

/* `purposes`: "all" or a list. */
static bool take_purposes(struct call *c, struct op_mark *m)
{
	const json_t *v = json_object_get(c->body, "purposes");

	if (json_is_string(v) && str_is(str_of(json_string_value(v)), "all"))
		return true;
	if (!json_is_array(v) || json_array_size(v) == 0) {
		call_malformed(c, "/purposes", "a list of purposes, or \"all\"");
		return false;
	}
	return call_texts(c, c->body, "purposes", &m->purposes, &m->n_purposes);
}

static void suspend_or_resume(struct http_request *r, void *ctx, enum mark_kind kind)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, kind, &c);

	if (m && take_purposes(c, m) && take_items(c, m) && call_text(c, c->body, "ground", &m->ground))
		call_submit(c, call_render_answer);
}

void handle_suspend(struct http_request *r, void *ctx)
{
	suspend_or_resume(r, ctx, MARK_SUSPEND);
}

void handle_resume(struct http_request *r, void *ctx)
{
	suspend_or_resume(r, ctx, MARK_RESUME);
}

void handle_stop_provision(struct http_request *r, void *ctx)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, MARK_STOP_PROVISION, &c);

	if (!m || !call_text(c, c->body, "provision", &m->arrangement))
		return;
	if (!m->arrangement.n) {
		call_malformed(c, "/provision", "an arrangement such as provision.insurer, or \"all\"");
		return;
	}
	if (str_is(m->arrangement, "all"))
		m->arrangement = (struct str){NULL, 0};
	m->on = !json_is_false(json_object_get(c->body, "on"));
	call_submit(c, call_render_answer);
}

void handle_object(struct http_request *r, void *ctx)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, MARK_OBJECT, &c);
	struct str *purpose;

	if (!m)
		return;
	purpose = arena_new(http_arena(r), struct str);
	if (!purpose || !call_text(c, c->body, "purpose", purpose) || !call_texts(c, c->body, "means", &m->means, &m->n_means))
		return;
	if (!purpose->n) {
		call_malformed(c, "/purpose", "the purpose that the person objects to");
		return;
	}
	m->purposes = purpose;
	m->n_purposes = 1;
	m->on = !json_is_false(json_object_get(c->body, "on"));
	call_submit(c, call_render_answer);
}

/* The date at the pointer WHERE, DATE_NONE when absent and not REQUIRED. */
static bool take_date(struct call *c, const char *where, bool required, date *out)
{
	struct str text;

	if (!call_text(c, c->body, where + 1, &text))
		return false;
	if (!text.p && !required)
		return true;
	if (text.p && date_parse(text, out))
		return true;
	call_malformed(c, where, "a date such as 2026-03-31");
	return false;
}

void handle_hold(struct http_request *r, void *ctx)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, MARK_HOLD, &c);

	if (m && take_date(c, "/until", false, &m->on_date))
		call_submit(c, call_render_answer);
}

void handle_release(struct http_request *r, void *ctx)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, MARK_RELEASE, &c);
	const json_t *hold = m ? json_object_get(c->body, "hold") : NULL;

	if (!m)
		return;
	if (hold && (!json_is_integer(hold) || json_integer_value(hold) < 0 || json_integer_value(hold) > UINT32_MAX)) {
		call_malformed(c, "/hold", "the number of the hold; without it, all are released");
		return;
	}
	m->hold = hold ? (uint32_t)json_integer_value(hold) : 0;
	call_submit(c, call_render_answer);
}

void handle_event(struct http_request *r, void *ctx)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, MARK_EVENT, &c);

	if (!m || !take_date(c, "/date", true, &m->on_date))
		return;
	m->event = http_param(r, 1);
	call_submit(c, call_render_answer);
}

void handle_event_undo(struct http_request *r, void *ctx)
{
	struct call *c;
	struct op_mark *m = mark_begin(r, ctx, MARK_EVENT_UNDO, &c);

	if (!m)
		return;
	m->event = http_param(r, 1);
	call_submit(c, call_render_answer);
}

/* Uses ------------------------------------------------------------------------------------------------------ */

static void render_uses(struct call *c)
{
	struct buf b;

	buf_init(&b);
	view_uses(&c->u.trace, &b);
	http_answer(c->http, 200, "application/json", buf_view(&b));
	buf_free(&b);
}

void handle_uses(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct str after, limit;
	uint64_t n;

	if (!c)
		return;
	op_trace_init(&c->u.trace);
	call_fill(c);
	c->u.trace.subject = http_param(r, 0);
	after = http_query(r, "after");
	limit = http_query(r, "limit");
	if (after.n) {
		if (!str_to_u64(after, INT64_MAX, &n)) {
			call_malformed(c, "after", "the cursor of the page before");
			return;
		}
		c->u.trace.before = (int64_t)n;
	}
	if (limit.n) {
		if (!str_to_u64(limit, TRACE_MAX, &n) || n == 0) {
			call_malformed(c, "limit", "a number from 1 to 1000");
			return;
		}
		c->u.trace.limit = (size_t)n;
	}
	call_submit(c, render_uses);
}
