/* The published policy, and the wordings that people are shown. */
#include "api/handlers.h"
#include "api/view.h"

static json_t *text_view(const struct policy *p, const struct policy_text *t)
{
	json_t *v = json_object();

	for (size_t i = 0; i < p->n_languages; i++)
		if (t->in[i].p && json_object_setn_new(v, p->languages[i].p, p->languages[i].n,
						       json_stringn(t->in[i].p, t->in[i].n)) != 0)
			break;
	return v;
}

static json_t *ids_of(const struct policy *p, const int *purposes, size_t n)
{
	json_t *v = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(v, json_string(p->purposes[purposes[i]].id.p)) != 0)
			break;
	return v;
}

static json_t *hash_view(const unsigned char *hash)
{
	struct buf b;
	json_t *v;

	buf_init(&b);
	buf_hex(&b, hash, POLICY_HASH);
	v = json_stringn(b.p, b.n);
	buf_free(&b);
	return v;
}

static json_t *purposes_view(const struct policy *p)
{
	json_t *list = json_object();

	for (size_t i = 0; i < p->n_purposes; i++) {
		const struct policy_purpose *q = &p->purposes[i];
		json_t *uses = json_object();

		for (size_t k = 0; k < q->n_uses; k++) {
			const struct policy_category *cat = &p->categories[q->uses[k].category];
			json_t *items = json_array();

			for (size_t n = 0; n < cat->n_items; n++)
				if (q->uses[k].items[n / 64] >> (n % 64) & 1 &&
				    json_array_append_new(items, json_string(cat->items[n].id.p)) != 0)
					break;
			if (json_object_set_new(uses, cat->id.p, items) != 0)
				break;
		}
		if (json_object_set_new(list, q->id.p,
					json_pack("{s:o, s:o, s:b, s:b}", "text", text_view(p, &q->text), "uses", uses,
						  "may_object", q->may_object, "needs_reason", q->needs_reason)) != 0)
			break;
	}
	return list;
}

static json_t *categories_view(const struct policy *p)
{
	json_t *list = json_object();

	for (size_t i = 0; i < p->n_categories; i++) {
		const struct policy_category *cat = &p->categories[i];
		json_t *items = json_object();

		for (size_t n = 0; n < cat->n_items; n++)
			if (json_object_set_new(items, cat->items[n].id.p,
						json_pack("{s:s, s:o, s:b}", "type", item_type_name(cat->items[n].type), "label",
							  text_view(p, &cat->items[n].label), "required",
							  cat->items[n].required)) != 0)
				break;
		if (json_object_set_new(list, cat->id.p,
					json_pack("{s:o, s:o}", "people", text_view(p, &cat->people), "items", items)) != 0)
			break;
	}
	return list;
}

static json_t *roles_view(const struct policy *p)
{
	json_t *list = json_object();

	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *role = &p->roles[i];
		json_t *may = json_array();

		for (int a = 0; a < ACTIONS; a++)
			if (role->may >> a & 1 && json_array_append_new(may, json_string(action_name((enum action)a))) != 0)
				break;
		if (json_object_set_new(list, role->id.p,
					json_pack("{s:s, s:o, s:o}", "kind", role_kind_name(role->kind), "purposes",
						  ids_of(p, role->purposes, role->n_purposes), "may", may)) != 0)
			break;
	}
	return list;
}

static json_t *clauses_view(const struct policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_clauses; i++)
		if (json_array_append_new(list, json_pack("{s:s, s:o}", "anchor", p->clauses[i].anchor.p, "title",
							  text_view(p, &p->clauses[i].title))) != 0)
			break;
	return list;
}

static json_t *policy_view(const struct policy *p)
{
	return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", p->id.p, "version",
			 (json_int_t)p->version, "effective", view_date(p->effective), "published",
			 view_moment(p->published), "in_force", view_moment(p->in_force), "hash", hash_view(p->hash),
			 "clauses", clauses_view(p), "purposes", purposes_view(p), "categories", categories_view(p), "roles",
			 roles_view(p));
}

static void no_such(struct http_request *r)
{
	struct error e = {0};

	(void)error_set(&e, CODE_NO_SUCH_RESOURCE, "%s", code_meaning(CODE_NO_SUCH_RESOURCE)); /* ignored: only sets */
	api_problem(r, &e);
}

void handle_policy(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct gated *g;

	if (!c)
		return;
	op_approve_init(&c->u.approve);
	g = access_gated(c->api->access);
	if (g && g->policy)
		http_answer_json(r, 200, policy_view(g->policy));
	else
		no_such(r);
	gated_unref(g);
}

void handle_policy_version(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct gated *g;
	const struct policy *p = NULL;
	uint64_t n;

	if (!c)
		return;
	op_approve_init(&c->u.approve);
	g = access_gated(c->api->access);
	if (g && str_to_u64(http_param(r, 0), UINT32_MAX, &n))
		p = policy_set_version(g->set, (uint32_t)n);
	if (p)
		http_answer_json(r, 200, policy_view(p));
	else
		no_such(r);
	gated_unref(g);
}

/* Wordings --------------------------------------------------------------------------------------------------- */

static const struct policy_wording *wording_of(const struct policy *p, struct str id, bool notice)
{
	int i = notice ? policy_notice_find(p, id) : policy_consent_find(p, id);

	if (i == POLICY_NONE)
		return NULL;
	return notice ? &p->notices[i].wording : &p->consents[i].wording;
}

/* The wording ID as it reads in version N; N 0: in force.  *P is the policy version that it was found in. */
static const struct policy_wording *wording_find(const struct gated *g, struct str id, bool notice, uint64_t n,
						 const struct policy **p)
{
	*p = g->policy;
	if (!n)
		return *p ? wording_of(*p, id, notice) : NULL;
	for (size_t i = 0; i < g->set->n; i++) {
		const struct policy_wording *w = wording_of(g->set->versions[i], id, notice);

		*p = g->set->versions[i];
		if (w && w->version == n)
			return w;
	}
	return NULL;
}

static int language_of(const struct policy *p, struct str name)
{
	for (size_t i = 0; i < p->n_languages; i++)
		if (str_eq(p->languages[i], name))
			return (int)i;
	return name.n ? -1 : p->default_language;
}

static void wording(struct http_request *r, void *ctx, bool notice)
{
	struct api *a = ctx;
	struct gated *g = access_gated(a->access);
	struct str version = http_query(r, "version");
	const struct policy_wording *w = NULL;
	const struct policy *p;
	uint64_t n = 0;
	int l = -1;

	if (g && (!version.n || str_to_u64(version, UINT32_MAX, &n)))
		w = wording_find(g, http_param(r, 0), notice, n, &p);
	if (w)
		l = language_of(p, http_query(r, "language"));
	if (l < 0 || !w->has[l])
		no_such(r);
	else
		http_answer_json(r, 200,
				 json_pack("{s:s%, s:I, s:s%, s:o, s:s%}", "id", http_param(r, 0).p, http_param(r, 0).n,
					   "version", (json_int_t)w->version, "language", p->languages[l].p,
					   p->languages[l].n, "hash", hash_view(w->hash[l]), "text", w->text[l].p,
					   w->text[l].n));
	gated_unref(g);
}

void handle_notice(struct http_request *r, void *ctx)
{
	wording(r, ctx, true);
}

void handle_consent_wording(struct http_request *r, void *ctx)
{
	wording(r, ctx, false);
}

void handle_shown(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct op_shown *s;
	struct str hash;
	json_int_t version;

	if (!c || !call_body(c))
		return;
	s = &c->u.shown;
	op_shown_init(s);
	call_fill(c);
	s->notice = http_param(r, 0);
	version = json_integer_value(json_object_get(c->body, "version"));
	if (version < 1 || version > UINT32_MAX) {
		call_malformed(c, "/version", "the number of the wording's version");
		return;
	}
	s->version = (uint32_t)version;
	if (!call_text(c, c->body, "language", &s->language) || !call_text(c, c->body, "hash", &hash) ||
	    !call_text(c, c->body, "channel", &s->channel) || !call_time(c, c->body, "at", &s->at))
		return;
	s->has_hash = hash.n != 0;
	if (s->has_hash && !hex_decode(hash, s->hash, sizeof s->hash)) {
		call_malformed(c, "/hash", "a hash is 64 hex digits");
		return;
	}
	call_submit(c, call_render_answer);
}
