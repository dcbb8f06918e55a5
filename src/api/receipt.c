/* A consent receipt: JSON after the sections of ISO/IEC TS 27560, with the entries of the log that prove it. */
#include "api/handlers.h"
#include "api/view.h"
#include "base/bits.h"
#include "evidence/entry.h"

static json_t *text_in(const struct policy *p, const struct policy_text *t)
{
	json_t *v = json_object();

	for (size_t i = 0; i < p->n_languages; i++)
		if (t->in[i].n && json_object_setn_new(v, p->languages[i].p, p->languages[i].n,
						       json_stringn(t->in[i].p, t->in[i].n)) != 0)
			break;
	return v;
}

/* The arrangement that the consent is for, or NULL. */
static const struct policy_arrangement *provision_of(const struct policy *p, const struct policy_consent *c)
{
	for (size_t i = 0; c->provision.n && i < p->n_arrangements; i++)
		if (p->arrangements[i].kind == ARRANGEMENT_PROVISION &&
		    str_eq(str_sub(p->arrangements[i].id, sizeof "provision." - 1, SIZE_MAX), c->provision))
			return &p->arrangements[i];
	return NULL;
}

static json_t *purposes_view(const struct policy *p, const int *purposes, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, json_pack("{s:s, s:o}", "id", p->purposes[purposes[i]].id.p, "text",
							  text_in(p, &p->purposes[purposes[i]].text))) != 0)
			break;
	return list;
}

/* The items in scope, each category with how long it is kept. */
static json_t *types_view(const struct policy *p, const struct policy_consent *c)
{
	json_t *list = json_array();

	for (size_t u = 0; u < c->n_items; u++) {
		const struct policy_category *k = &p->categories[c->items[u].category];
		const struct node *said = node_find(node_get(p->root, "categories"), k->id);
		json_t *items = json_array();

		for (size_t i = 0; i < k->n_items; i++)
			if (bits_has(c->items[u].items, i) &&
			    json_array_append_new(items, json_pack("{s:s, s:o}", "id", k->items[i].id.p, "label",
								   text_in(p, &k->items[i].label))) != 0)
				break;
		if (json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "category", k->id.p, "people",
							  text_in(p, &k->people), "items", items, "retention",
							  view_node(node_get(said, "keep")))) != 0)
			break;
	}
	return list;
}

static json_t *recipients_view(const struct policy *p, const struct policy_arrangement *a)
{
	json_t *list = json_array();

	for (size_t i = 0; a && i < a->n_parties; i++) {
		const struct node *o = node_find(node_get(p->root, "organizations"), a->parties[i].organization);

		if (json_array_append_new(list, o ? view_node(o) : text_in(p, &a->recipient_class)) != 0)
			break;
	}
	return list;
}

static json_t *processing_view(const struct op_receipt *r)
{
	const struct policy *p = r->shown;
	const struct policy_arrangement *a = provision_of(p, r->wording);
	const struct node *said = node_find(node_get(p->root, "consents"), r->wording->id);

	return json_pack("{s:o, s:o, s:o, s:s, s:o}", "purposes",
			 a ? purposes_view(p, a->purposes, a->n_purposes)
			   : purposes_view(p, r->wording->purposes, r->wording->n_purposes),
			 "pii_information", types_view(p, r->wording), "recipients", recipients_view(p, a), "lawful_basis",
			 "consent", "withdrawal_method", view_node(node_get(said, "withdraw")));
}

static json_t *notice_view(const struct op_receipt *r)
{
	const struct policy_wording *w = &r->wording->wording;
	json_t *texts = json_object();

	for (size_t i = 0; i < r->shown->n_languages; i++) {
		struct buf hash;
		json_t *one;

		if (!w->has[i])
			continue;
		buf_init(&hash);
		buf_hex(&hash, w->hash[i], POLICY_HASH);
		one = json_pack("{s:s%, s:s%}", "sha256", hash.p, hash.n, "text", w->text[i].p, w->text[i].n);
		buf_free(&hash);
		if (json_object_setn_new(texts, r->shown->languages[i].p, r->shown->languages[i].n, one) != 0)
			break;
	}
	return json_pack("{s:s, s:I, s:o}", "consent", r->wording->id.p, "version", (json_int_t)w->version, "wording", texts);
}

static json_t *event_view(struct api *a, const struct trace_use *u, struct error *e)
{
	struct entry_view view;
	struct buf proof, place;
	json_t *v = NULL;

	buf_init(&proof);
	buf_init(&place);
	buf_printf(&place, "g%llu/%llu", (unsigned long long)u->generation, (unsigned long long)u->index);
	if (entry_scan(u->entry, &view) && ok(api_log_receipt(a, u->generation, u->index, &proof, e)))
		v = json_pack("{s:s, s:s%, s:s%, s:s%, s:s%}", "type", view.kind == ENTRY_CONSENT ? "given" : "withdrawn",
			      "recorded", view.t.p, view.t.n, "log", place.p, place.n, "entry", u->entry.p, u->entry.n, "proof",
			      proof.p, proof.n);
	buf_free(&proof);
	buf_free(&place);
	return v;
}

static json_t *receipt_view(struct call *c, struct error *e)
{
	const struct op_receipt *r = &c->u.receipt;
	const struct node *root = r->shown->root;
	struct str controller = node_text(node_get(root, "policy"), "organization");
	json_t *events = json_array();
	struct buf id;
	json_t *v;

	for (size_t i = r->n_events; i-- > 0;) {
		json_t *one = event_view(c->api, &r->events[i], e);

		if (!one || json_array_append_new(events, one) != 0) {
			json_decref(events);
			return NULL;
		}
	}
	buf_init(&id);
	uuid_write(&id, &r->trace.id);
	v = json_pack("{s:{s:s, s:o, s:s%}, s:o, s:o, s:{s:o}, s:{s:s, s:o, s:o, s:s}, s:o, s:{s:I, s:I}}", "record_metadata", "schema",
		      "ISO/IEC TS 27560", "created", view_moment(access_now(c->api->access)), "pii_principal_id", id.p, id.n,
		      "notice", notice_view(r), "pii_processing", processing_view(r), "party_identification",
		      "pii_controller", view_node(node_find(node_get(root, "organizations"), controller)), "consent", "state",
		      r->state.withdrawn == MOMENT_NONE ? "given" : "withdrawn", "given", view_moment(r->state.given),
		      "withdrawn", view_moment(r->state.withdrawn), "given_by", r->state.by_guardian ? "guardian" : "self", "events",
		      events, "log", "generation", (json_int_t)r->trace.op.generation, "index", (json_int_t)r->trace.op.first);
	buf_free(&id);
	return v;
}

static void render_receipt(struct call *c)
{
	struct error e = {0};
	json_t *v = receipt_view(c, &e);

	if (v)
		http_answer_json(c->http, 200, v);
	else
		api_problem(c->http, &e);
}

void handle_receipt(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);

	if (!c)
		return;
	op_receipt_init(&c->u.receipt);
	call_fill(c);
	c->u.receipt.trace.subject = http_param(r, 0);
	c->u.receipt.consent = http_param(r, 1);
	call_submit(c, render_receipt);
}
