/* Creating, reading, changing and finding persons. */
#include "api/handlers.h"
#include "api/view.h"

/* Reading -------------------------------------------------------------------------------------------------- */

static void set_etag(struct call *c, uint32_t version)
{
	struct buf b;

	buf_init(&b);
	buf_byte(&b, '"');
	buf_u64(&b, version);
	buf_byte(&b, '"');
	http_set(c->http, "ETag", buf_view(&b));
	buf_free(&b);
}

static void render_read(struct call *c)
{
	struct buf b;

	buf_init(&b);
	if (c->u.read.history)
		view_history(&c->u.read, &b);
	else
		view_read(&c->u.read, &b);
	set_etag(c, c->u.read.version);
	http_answer(c->http, 200, "application/json", buf_view(&b));
	buf_wipe(&b);
}

static void read_as(struct http_request *r, void *ctx, bool history)
{
	struct call *c = call_begin(r, ctx);

	if (!c)
		return;
	if (http_query(r, "join").n) {
		set_join_decided(c, http_query(r, "join"));
		return;
	}
	op_read_init(&c->u.read);
	call_fill(c);
	c->u.read.subject = http_param(r, 0);
	c->u.read.category = http_param(r, 1);
	c->u.read.items = http_query(r, "items");
	c->u.read.history = history;
	call_submit(c, render_read);
}

void handle_read(struct http_request *r, void *ctx)
{
	read_as(r, ctx, false);
}

void handle_history(struct http_request *r, void *ctx)
{
	read_as(r, ctx, true);
}

/* Acquiring ------------------------------------------------------------------------------------------------ */

/* The `notice` of an acquisition. */
static bool take_notice(struct call *c, const json_t *notice, struct gate_acquisition *a)
{
	json_int_t version = json_integer_value(json_object_get(notice, "version"));
	struct str hash, shown;

	if (json_is_object(notice) && json_object_get(notice, "shown")) {
		if (!call_text(c, notice, "shown", &shown))
			return false;
		c->u.acquire.has_shown = uuid_parse(shown, &c->u.acquire.shown);
		if (!c->u.acquire.has_shown)
			call_malformed(c, "/acquisition/notice/shown", "the id that POST /v1/notices/{id}:shown gave");
		return c->u.acquire.has_shown;
	}
	if (!json_is_object(notice) || !json_is_integer(json_object_get(notice, "version")) || version < 1 ||
	    version > UINT32_MAX) {
		call_malformed(c, "/acquisition/notice", "a notice has id, version (a number), language, shown_at, and may have hash");
		return false;
	}
	a->has_notice = true;
	a->notice_version = (uint32_t)version;
	a->shown_at = a->at;
	if (!call_text(c, notice, "id", &a->notice) || !call_text(c, notice, "language", &a->language) ||
	    !call_text(c, notice, "hash", &hash) || !call_time(c, notice, "shown_at", &a->shown_at))
		return false;
	a->has_hash = hash.n != 0;
	if (a->has_hash && !hex_decode(hash, a->hash, sizeof a->hash)) {
		call_malformed(c, "/acquisition/notice/hash", "a hash is 64 hex digits");
		return false;
	}
	return true;
}

static bool take_acquisition(struct call *c)
{
	const json_t *v = json_object_get(c->body, "acquisition");
	struct op_acquire *in = &c->u.acquire;
	const json_t *notice;
	struct str operator_;

	if (!v || json_is_null(v))
		return true;
	if (!json_is_object(v)) {
		call_malformed(c, "/acquisition", "an acquisition is an object: channel, at, notice");
		return false;
	}
	in->has_acquisition = true;
	in->acquisition.at = access_now(c->api->access);
	if (!call_text(c, v, "channel", &in->acquisition.channel) || !call_text(c, v, "operator", &operator_) ||
	    !call_time(c, v, "at", &in->acquisition.at))
		return false;
	in->acquisition.operator_given = operator_.n != 0;
	notice = json_object_get(v, "notice");
	return !notice || json_is_null(notice) || take_notice(c, notice, &in->acquisition);
}

/* One of the `consents` that come with an acquisition. */
static bool take_consent(struct call *c, const json_t *v)
{
	struct op_acquire *in = &c->u.acquire;
	struct gate_consent *g = &in->consents[in->n_consents];

	if (!json_is_object(v) || !json_is_integer(json_object_get(v, "version"))) {
		call_malformed(c, "/consents", "a consent has consent, version (a number), language, at, channel");
		return false;
	}
	*g = (struct gate_consent){.version = (uint32_t)json_integer_value(json_object_get(v, "version")),
				   .at = access_now(c->api->access),
				   .birth = DATE_NONE};
	if (!call_text(c, v, "consent", &g->consent) || !call_text(c, v, "language", &g->language) ||
	    !call_text(c, v, "channel", &g->channel) || !call_time(c, v, "at", &g->at))
		return false;
	in->n_consents++;
	return true;
}

static bool take_consents(struct call *c)
{
	const json_t *list = json_object_get(c->body, "consents");

	if (!list || json_is_null(list))
		return true;
	if (!json_is_array(list) || json_array_size(list) > ACQUIRE_CONSENTS) {
		call_malformed(c, "/consents", "a list of consents, 16 at the most");
		return false;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!take_consent(c, json_array_get(list, i)))
			return false;
	return true;
}

/* If-Match: the version in quotes, or * for any. */
static bool take_if_match(struct call *c)
{
	struct str h = http_header(c->http, "If-Match");
	uint64_t version;

	if (!h.n || str_is(h, "*"))
		return true;
	if (h.n < 3 || h.p[0] != '"' || h.p[h.n - 1] != '"' || !str_to_u64(str_sub(h, 1, h.n - 2), UINT32_MAX, &version)) {
		call_malformed(c, "If-Match", "the ETag of the record, such as \"3\"");
		return false;
	}
	c->u.acquire.has_if_match = true;
	c->u.acquire.if_match = (uint32_t)version;
	return true;
}

static void render_acquired(struct call *c)
{
	if (!c->u.op.replayed)
		set_etag(c, c->u.acquire.version);
	call_render_answer(c);
}

static bool known_members(struct call *c, const char *const *known, size_t n)
{
	const char *key;
	const json_t *value;

	json_object_foreach(c->body, key, value) {
		bool found = false;

		for (size_t i = 0; i < n; i++)
			found = found || str_is(str_of(key), known[i]);
		if (!found) {
			call_malformed(c, "", "the body has a member that this call does not take");
			return false;
		}
	}
	return true;
}

/* What create and change share: items, acquisition, consents. */
static bool take_body(struct call *c)
{
	static const char *const known[] = {"id", "category", "items", "acquisition", "consents", "reason", "correct"};
	struct op_acquire *in = &c->u.acquire;
	struct str reason;

	if (!known_members(c, known, sizeof known / sizeof *known))
		return false;
	in->items = json_object_get(c->body, "items");
	if (!json_is_object(in->items)) {
		call_malformed(c, "/items", "items is an object: item to value");
		return false;
	}
	if (!call_text(c, c->body, "reason", &reason) || !take_acquisition(c) || !take_consents(c))
		return false;
	if (reason.n)
		in->op.reason = reason;
	return true;
}

void handle_create(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);

	if (!c || !call_body(c))
		return;
	op_acquire_init(&c->u.acquire, ACQUIRE_CREATE);
	call_fill(c);
	if (!take_body(c) || !call_text(c, c->body, "category", &c->u.acquire.category) ||
	    !call_text(c, c->body, "id", &c->u.acquire.subject))
		return;
	call_submit(c, render_acquired);
}

void handle_change(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	bool correct;

	if (!c || !call_body(c))
		return;
	correct = json_is_true(json_object_get(c->body, "correct"));
	op_acquire_init(&c->u.acquire, correct ? ACQUIRE_CORRECT : ACQUIRE_UPDATE);
	call_fill(c);
	c->u.acquire.subject = http_param(r, 0);
	c->u.acquire.category = http_param(r, 1);
	if (!take_body(c) || !take_if_match(c))
		return;
	call_submit(c, render_acquired);
}

/* Finding -------------------------------------------------------------------------------------------------- */

static void render_lookup(struct call *c)
{
	const struct op_lookup *l = &c->u.lookup;
	struct buf b;

	buf_init(&b);
	buf_text(&b, "{\"ids\":[");
	for (size_t i = 0; i < l->n; i++) {
		buf_text(&b, i ? ",\"" : "\"");
		uuid_write(&b, &l->ids[i]);
		buf_byte(&b, '"');
	}
	buf_text(&b, l->more ? "],\"more\":true" : "]");
	op_answer_log(&l->op, &b);
	buf_byte(&b, '}');
	http_answer(c->http, 200, "application/json", buf_view(&b));
	buf_free(&b);
}

void handle_lookup(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct str join;

	if (!c || !call_body(c) || !call_text(c, c->body, "join", &join))
		return;
	if (join.n) {
		set_join_decided(c, join);
		return;
	}
	op_lookup_init(&c->u.lookup);
	call_fill(c);
	c->u.op.idempotency.set = false; /* a look-up changes nothing: it is decided anew each time */
	if (!call_text(c, c->body, "category", &c->u.lookup.category) || !call_text(c, c->body, "item", &c->u.lookup.item))
		return;
	c->u.lookup.value = json_object_get(c->body, "value");
	if (!c->u.lookup.value) {
		call_malformed(c, "/value", "the value to look for is missing");
		return;
	}
	call_submit(c, render_lookup);
}

/* What if --------------------------------------------------------------------------------------------------- */

static void render_what_if(struct call *c)
{
	struct buf b;

	buf_init(&b);
	view_what_if(&c->u.what_if, &b);
	http_answer(c->http, 200, "application/json", buf_view(&b));
	buf_free(&b);
}

/* The names of a list joined by commas, in the request's arena. */
static struct str joined(struct call *c, const struct str *list, size_t n)
{
	struct buf b;
	struct str out;

	buf_init(&b);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(&b, ',');
		buf_str(&b, list[i]);
	}
	out = str_copy(http_arena(c->http), buf_view(&b));
	buf_free(&b);
	return out;
}

void handle_what_if(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct op_what_if *w;
	const struct str *items;
	struct str action, purpose, join;
	size_t n;

	if (!c || !call_body(c))
		return;
	w = &c->u.what_if;
	op_what_if_init(w);
	call_fill(c);
	c->u.op.idempotency.set = false;
	if (!call_text(c, c->body, "action", &action) || !call_text(c, c->body, "purpose", &purpose) ||
	    !call_text(c, c->body, "subject", &w->subject) || !call_text(c, c->body, "category", &w->category) ||
	    !call_text(c, c->body, "set", &w->set) || !call_text(c, c->body, "join", &join) ||
	    !call_texts(c, c->body, "items", &items, &n))
		return;
	/* either may be named first: a set with what identifies, or what identifies with a set */
	w->joins = join.n != 0;
	if (w->joins && !w->set.n)
		w->set = join;
	w->action = ACTION_READ;
	if (action.n && !action_parse(action, &w->action)) {
		call_malformed(c, "/action", "there is no such action");
		return;
	}
	if (purpose.n)
		c->u.op.purpose = purpose;
	w->items = n ? joined(c, items, n) : (struct str){NULL, 0};
	call_submit(c, render_what_if);
}
