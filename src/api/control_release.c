#include "api/control_release.h"

#include "access/set_look.h"
#include "api/control_person.h"
#include "api/view.h"
#include "api/view_set.h"

static struct str text_of(const json_t *request, const char *key)
{
	const json_t *v = json_object_get(request, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){NULL, 0};
}

/* Delivering ------------------------------------------------------------------------------------------------ */

static json_t *delivered_view(struct access *a, const struct op_delivery *d, struct error *e)
{
	const struct policy *p = d->op.gated->policy;
	const struct release_facts *f = &d->content.facts;
	const struct recipient_letter letter = {.policy = p,
						.set = d->made_of,
						.recipient = d->recipient,
						.means = d->means,
						.on = moment_date(access_now(a), p->zone),
						.release = d->release,
						.records = f->records};
	json_t *statements = view_statements(&letter, e);

	if (!statements)
		return NULL;
	return json_pack("{s:I, s:I, s:s%, s:o, s:o, s:o}", "release", (json_int_t)d->release, "delivery", (json_int_t)d->number,
			 "content", f->content.p, f->content.n, "hash", view_hash(f->output), "statements", statements, "log",
			 view_log(&d->op));
}

json_t *control_release_deliver(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	json_int_t release = json_integer_value(json_object_get(request, "release"));
	struct op_delivery d;
	json_t *answer = NULL;

	op_delivery_init(&d);
	d.set = text_of(request, "set");
	d.recipient = text_of(request, "recipient");
	d.means = text_of(request, "means");
	d.release = release > 0 && release <= UINT32_MAX ? (uint32_t)release : 0;
	if (control_fill(a, request, &d.op, e)) {
		answer = control_run(reader, &d.op, e);
		if (!answer && e->code == CODE_NONE)
			answer = delivered_view(a, &d, e);
	}
	op_release(&d.op);
	return answer;
}

/* Listing --------------------------------------------------------------------------------------------------- */

static json_t *set_view(const struct set_looked *x, date today)
{
	json_t *v = json_pack("{s:s%, s:o}", "set", x->set->id.p, x->set->id.n, "releases", view_releases(&x->releases));

	if (v && json_object_update_new(v, view_due(x, today)) == 0)
		return v;
	json_decref(v);
	return NULL;
}

json_t *control_release_list(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct gated *g = access_gated(a);
	struct db *db = access_reader_db(reader, e);
	struct sets_looked all = {.n = 0};
	json_t *sets = json_array();
	struct arena arena;
	bool fine;

	(void)request;
	arena_init(&arena, 0, false);
	fine = db && (!g || !g->policy || ok(access_sets(a, g, db, &arena, &all, e)));
	for (size_t i = 0; fine && i < all.n; i++)
		if (!all.at[i].set->pseudonymized)
			fine = json_array_append_new(sets, set_view(&all.at[i], moment_date(access_now(a), g->policy->zone))) == 0;
	access_reader_rest(reader);
	gated_unref(g);
	arena_free(&arena);
	if (fine)
		return json_pack("{s:o}", "sets", sets);
	json_decref(sets);
	return NULL;
}
