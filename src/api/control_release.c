#include "api/control_release.h"

#include "api/view.h"
#include "deid/making.h"
#include "publish/recipient.h"

static struct str text_of(const json_t *request, const char *key)
{
	const json_t *v = json_object_get(request, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){NULL, 0};
}

static bool actor_of(struct access *a, const json_t *request, struct token_actor *out, struct error *e)
{
	if (access_actor(a, text_of(request, "token"), out))
		return true;
	(void)error_set(e, CODE_UNAUTHORIZED, "%s", code_meaning(CODE_UNAUTHORIZED)); /* ignored: only sets */
	return false;
}

static json_t *hash_view(const unsigned char *hash)
{
	struct buf b;
	json_t *v;

	buf_init(&b);
	buf_hex(&b, hash, RELEASE_HASH);
	v = json_stringn(b.p ? b.p : "", b.n);
	buf_free(&b);
	return v;
}

/* What goes with a release, in each language of L's policy. */
static json_t *statements_view(const struct recipient_letter *l, struct error *e)
{
	json_t *all = json_object();

	for (size_t i = 0; i < l->policy->n_languages; i++) {
		struct buf text;
		bool made;

		buf_init(&text);
		made = ok(recipient_statement(l, i, &text, e)) &&
		       json_object_setn_new(all, l->policy->languages[i].p, l->policy->languages[i].n, json_stringn(text.p, text.n)) == 0;
		buf_free(&text);
		if (!made) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

/* The place of OP's entry. */
static json_t *log_view(const struct op *op)
{
	return json_pack("{s:I, s:I}", "generation", (json_int_t)op->generation, "index", (json_int_t)op->first);
}

/* What the report says of publication and of what the recipient is told; CTX is the deid_making. */
static void tell(void *ctx, const struct policy *p, const struct policy_derived *set, size_t language, struct buf *published,
		 struct buf *told)
{
	const struct deid_making *m = ctx;
	const struct recipient_letter letter = {.policy = p,
						.set = set,
						.recipient = m->recipient,
						.means = m->means,
						.on = moment_date(access_now(m->access), p->zone)};

	recipient_published(p, set, language, published);
	if (!ok(recipient_statement(&letter, language, told, NULL)))
		told->failed = true;
}

static json_t *made_view(struct deid_making *m, struct error *e)
{
	const struct op_made_set *r = &m->recorded;
	const struct policy *p = r->op.gated->policy;
	const struct recipient_letter letter = {.policy = p,
						.set = r->made_of,
						.recipient = m->recipient,
						.means = m->means,
						.on = moment_date(access_now(m->access), p->zone),
						.release = r->release,
						.records = r->facts.records};
	json_t *statements = statements_view(&letter, e);

	if (!statements)
		return NULL;
	return json_pack("{s:I, s:s%, s:o, s:o, s:O, s:s%, s:o, s:I, s:I, s:I}", "release", (json_int_t)r->release, "content",
			 r->facts.content.p, r->facts.content.n, "hash", hash_view(r->facts.output), "statements", statements, "report",
			 m->report, "page", m->page.p, m->page.n, "log", log_view(&r->op), "records", (json_int_t)r->facts.records,
			 "suppressed", (json_int_t)r->facts.suppressed, "left_out", (json_int_t)r->facts.left_out);
}

json_t *control_release_make(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct deid_making m;
	json_t *answer = NULL;

	deid_making_init(&m);
	m.access = a;
	m.reader = reader;
	m.set = text_of(request, "set");
	m.recipient = text_of(request, "recipient");
	m.means = text_of(request, "means");
	m.tell = tell;
	m.ctx = &m;
	if (actor_of(a, request, &m.actor, e) && ok(deid_make(&m, e)))
		answer = made_view(&m, e);
	deid_making_free(&m);
	return answer;
}

/* Delivering ------------------------------------------------------------------------------------------------ */

static json_t *delivered_view(struct access *a, const struct op_delivery *d, const struct release *r, struct error *e)
{
	const struct policy *p = d->op.gated->policy;
	const struct recipient_letter letter = {.policy = p,
						.set = d->made_of,
						.recipient = d->recipient,
						.means = d->means,
						.on = moment_date(access_now(a), p->zone),
						.release = r->release,
						.records = r->facts.records};
	json_t *statements = statements_view(&letter, e);

	if (!statements)
		return NULL;
	return json_pack("{s:I, s:I, s:s%, s:o, s:o, s:o}", "release", (json_int_t)r->release, "delivery", (json_int_t)d->number,
			 "content", r->facts.content.p, r->facts.content.n, "hash", hash_view(r->facts.output), "statements", statements,
			 "log", log_view(&d->op));
}

json_t *control_release_deliver(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	json_int_t release = json_integer_value(json_object_get(request, "release"));
	struct releases list = {.n = 0};
	struct op_delivery d;
	struct arena arena;
	struct db *db;
	json_t *answer = NULL;

	op_delivery_init(&d);
	arena_init(&arena, 0, false);
	d.set = text_of(request, "set");
	d.recipient = text_of(request, "recipient");
	d.means = text_of(request, "means");
	d.release = release > 0 && release <= UINT32_MAX ? (uint32_t)release : 0;
	d.op.request = uuid_make(access_now(a), access_entropy(a));
	if (actor_of(a, request, &d.op.actor, e)) {
		access_run(reader, &d.op);
		*e = d.op.error;
		db = e->code == CODE_NONE ? access_reader_db(reader, e) : NULL;
		if (db && ok(releases_list(db, d.made_of->number, &arena, &list, e)) && d.release <= list.n)
			answer = delivered_view(a, &d, &list.at[d.release - 1], e);
		access_reader_rest(reader);
	}
	op_release(&d.op);
	arena_free(&arena);
	return answer;
}

/* Listing --------------------------------------------------------------------------------------------------- */

static json_t *deliveries_view(const struct releases *list, uint32_t release)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n_deliveries; i++) {
		const struct delivery *d = &list->deliveries[i];

		if (d->release == release &&
		    json_array_append_new(all, json_pack("{s:s%, s:s%, s:o, s:I, s:{s:I, s:I}}", "recipient", d->recipient.p, d->recipient.n,
							 "means", d->means.p, d->means.n, "at", view_moment(d->at), "actor",
							 (json_int_t)d->actor, "log", "generation", (json_int_t)d->generation, "index",
							 (json_int_t)d->entry)) != 0)
			break;
	}
	return all;
}

static json_t *release_view(const struct releases *list, const struct release *r)
{
	const struct release_facts *f = &r->facts;

	return json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:{s:I, s:I}, s:o}", "release",
			 (json_int_t)r->release, "made", view_moment(r->made), "actor", (json_int_t)r->actor, "policy",
			 (json_int_t)r->policy, "records", (json_int_t)f->records, "suppressed", (json_int_t)f->suppressed, "left_out",
			 (json_int_t)f->left_out, "smallest", (json_int_t)f->smallest, "narrowed", (json_int_t)f->narrowed, "k",
			 (json_int_t)f->k, "hash", hash_view(f->output), "log", "generation", (json_int_t)r->generation, "index",
			 (json_int_t)r->entry, "deliveries", deliveries_view(list, r->release));
}

/* When the set D is to be made next: a period after the last time, the day of that not counted; DATE_NONE: no time is set. */
static date due_of(const struct policy_derived *d, const struct releases *list, date today, int zone)
{
	if (!d->every.years && !d->every.months && !d->every.days)
		return DATE_NONE;
	return list->n ? date_period_end(moment_date(list->at[list->n - 1].made, zone), d->every) : today;
}

static json_t *set_view(struct access *a, struct db *db, const struct policy *p, const struct policy_derived *d, struct error *e)
{
	date today = moment_date(access_now(a), p->zone), due;
	json_t *all = json_array(), *set = NULL;
	struct releases list = {.n = 0};
	struct arena arena;
	struct buf text;

	arena_init(&arena, 0, false);
	buf_init(&text);
	if (ok(releases_list(db, d->number, &arena, &list, e))) {
		for (size_t i = 0; i < list.n; i++)
			if (json_array_append_new(all, release_view(&list, &list.at[i])) != 0)
				break;
		due = due_of(d, &list, today, p->zone);
		if (due != DATE_NONE)
			date_write(&text, due);
		set = json_pack("{s:s%, s:s*, s:b, s:O}", "set", d->id.p, d->id.n, "due", text.n ? buf_c(&text) : NULL, "is_due",
				due != DATE_NONE && due <= today, "releases", all);
	}
	json_decref(all);
	buf_free(&text);
	arena_free(&arena);
	return set;
}

json_t *control_release_list(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct gated *g = access_gated(a);
	struct db *db = access_reader_db(reader, e);
	const struct policy *p = g ? g->policy : NULL;
	json_t *sets = json_array();
	bool fine = db != NULL;

	(void)request;
	for (size_t i = 0; p && fine && i < p->n_derived; i++)
		if (!p->derived[i].pseudonymized)
			fine = json_array_append_new(sets, set_view(a, db, p, &p->derived[i], e)) == 0;
	access_reader_rest(reader);
	gated_unref(g);
	if (fine)
		return json_pack("{s:o}", "sets", sets);
	json_decref(sets);
	return NULL;
}
