/* Anonymized sets and their releases, and sets altogether, as JSON. */
#include "access/set_look.h"
#include "api/view.h"
#include "api/view_set.h"
#include "deid/release.h"

json_t *view_hash(const unsigned char hash[RELEASE_HASH])
{
	struct buf b;
	json_t *v;

	buf_init(&b);
	buf_hex(&b, hash, RELEASE_HASH);
	v = json_stringn(b.p ? b.p : "", b.n);
	buf_free(&b);
	return v;
}

json_t *view_log(const struct op *op)
{
	return json_pack("{s:I, s:I}", "generation", (json_int_t)op->generation, "index", (json_int_t)op->first);
}

json_t *view_statements(const struct recipient_letter *l, struct error *e)
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

/* Releases -------------------------------------------------------------------------------------------------- */

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
			 (json_int_t)f->k, "hash", view_hash(f->output), "log", "generation", (json_int_t)r->generation, "index",
			 (json_int_t)r->entry, "deliveries", deliveries_view(list, r->release));
}

json_t *view_releases(const struct releases *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		if (json_array_append_new(all, release_view(list, &list->at[i])) != 0)
			break;
	return all;
}

/* How often a size of class occurs in R, and what that means for who is in one. */
static json_t *sizes_view(const struct deid_release *r)
{
	json_t *sizes = json_object();

	for (size_t i = 0; i < r->n_classes; i++) {
		struct buf size;
		bool set;

		buf_init(&size);
		buf_u64(&size, r->classes[i].count);
		set = json_object_set_new(sizes, buf_c(&size),
					  json_integer(1 + json_integer_value(json_object_get(sizes, buf_c(&size))))) == 0;
		buf_free(&size);
		if (!set)
			break;
	}
	return sizes;
}

static json_t *columns_view(const struct deid_release *r)
{
	json_t *columns = json_array();

	for (size_t i = 0; i < r->n_columns; i++)
		if (json_array_append_new(columns, json_pack("{s:s%, s:s%}", "item", r->columns[i].item.p, r->columns[i].item.n, "treatment",
							     r->columns[i].how.p, r->columns[i].how.n)) != 0)
			break;
	return columns;
}

json_t *view_release_report(const struct op_release_read *r, const struct deid_release *content)
{
	const struct releases one = {&r->release, 1, r->deliveries, r->n_deliveries};
	const struct release_facts *f = &r->release.facts;
	json_t *v = release_view(&one, &r->release), *more;

	/* whoever is known to be in it is one of a class: the highest risk is that of the smallest, the mean is one over the mean size */
	more = json_pack("{s:s%, s:o, s:I, s:o, s:{s:f, s:f}, s:o}", "set", r->made_of->id.p, r->made_of->id.n, "columns",
			 columns_view(content), "classes", (json_int_t)content->n_classes, "sizes", sizes_view(content), "risk", "highest",
			 f->smallest ? 1.0 / (double)f->smallest : 0.0, "mean",
			 f->records ? (double)content->n_classes / (double)f->records : 0.0, "made_log",
			 json_pack("{s:I, s:I}", "generation", (json_int_t)r->release.generation, "index", (json_int_t)r->release.entry));
	if (!v || json_object_update_new(v, more) != 0 || json_object_set_new(v, "log", view_log(&r->op)) != 0) {
		json_decref(v);
		return NULL;
	}
	return v;
}

/* Sets ------------------------------------------------------------------------------------------------------ */

static json_t *texts(const struct str *list, size_t n)
{
	json_t *v = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(v, json_stringn(list[i].p, list[i].n)) != 0)
			break;
	return v;
}

static json_t *purposes_of(const struct policy *p, const struct policy_derived *d)
{
	json_t *v = json_array();

	for (size_t i = 0; i < d->n_purposes; i++)
		if (json_array_append_new(v, json_string(p->purposes[d->purposes[i]].id.p)) != 0)
			break;
	return v;
}

/* What X declares and P says of it. */
static json_t *declared_view(const struct policy *p, const struct set_looked *x)
{
	const struct policy_derived *d = x->set;
	const struct node *all = node_get(p->root, "deidentified");
	const struct node *n = node_find(node_get(all, d->pseudonymized ? "pseudonymized" : "anonymized"), d->id);
	json_t *v = json_pack("{s:s%, s:s, s:s, s:o}", "set", d->id.p, d->id.n, "kind", d->pseudonymized ? "pseudonymized" : "anonymized",
			      "from", p->categories[d->from].id.p, "output", view_node(node_get(n, "output")));
	json_t *more;

	if (d->pseudonymized)
		more = json_pack("{s:o, s:o, s:o}", "purposes", purposes_of(p, d), "keep", view_node(node_get(n, "keep")), "leaves_by",
				 view_node(node_get(n, "leaves_by")));
	else
		more = json_pack("{s:o, s:o, s:o, s:o}", "model", view_node(node_get(n, "model")), "every", view_node(node_get(n, "every")),
				 "recipients", texts(d->recipients, d->n_recipients), "deliver", texts(d->deliver, d->n_deliver));
	if (v && json_object_update_new(v, more) == 0)
		return v;
	json_decref(v);
	return NULL;
}

json_t *view_due(const struct set_looked *x, date today)
{
	return json_pack("{s:o, s:b}", "due", x->due == DATE_NONE ? json_null() : view_date(x->due), "is_due",
			 x->due != DATE_NONE && x->due <= today);
}

json_t *view_set_state(const struct policy *p, const struct set_looked *x, date today)
{
	json_t *v = declared_view(p, x);
	json_t *more = x->set->pseudonymized
			       ? json_pack("{s:o, s:I, s:I}", "last", view_moment(x->last), "runs", (json_int_t)x->n_runs, "broken_off",
					   (json_int_t)x->broken_off)
			       : json_pack("{s:o, s:I}", "last", view_moment(x->last), "releases", (json_int_t)x->releases.n);

	if (v && json_object_update_new(v, more) == 0 && json_object_update_new(v, view_due(x, today)) == 0)
		return v;
	json_decref(v);
	return NULL;
}
