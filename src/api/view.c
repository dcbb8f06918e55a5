#include "api/view.h"

#include "access/ask.h"
#include "base/bits.h"
#include "evidence/log.h"

/* As gate_fact_of for a set that was asked for. */
static void set_fact_of(const struct gate *g, const struct ask *ask, enum code code, struct buf *path)
{
	struct gate_set_request r = *ask->of_set;

	r.actor = ask->request.actor;
	r.purpose_kind = ask->request.purpose_kind;
	r.purpose = ask->request.purpose;
	gate_set_fact_of(g, &r, code, path);
}

void view_clause(const struct op *op, int item, enum code code, struct buf *out)
{
	const struct gated *g = op->gated;
	struct buf path;
	struct str anchor = {NULL, 0};

	if (g && g->gate && op->ask) {
		buf_init(&path);
		if (op->ask->of_set)
			set_fact_of(g->gate, op->ask, code, &path);
		else
			gate_fact_of(g->gate, &op->ask->request, item, code, &path);
		if (path.n)
			anchor = policy_clause_of(g->policy, buf_view(&path));
		buf_free(&path);
	}
	if (!anchor.n) {
		buf_text(out, "null");
		return;
	}
	buf_text(out, "\"#");
	buf_str(out, anchor); /* an anchor is of [a-z0-9-] */
	buf_byte(out, '"');
}

static void law_text(const char *law, struct buf *out)
{
	struct str text = str_of(law);

	if (text.n)
		buf_json(out, text);
	else
		buf_text(out, "null");
}

void view_withheld(const struct op *op, const struct policy_category *category, const struct gate_verdict *v,
		   struct buf *out)
{
	bool first = true;

	buf_byte(out, '[');
	for (size_t i = 0; category && i < v->n_items; i++) {
		enum code code = (enum code)v->codes[i];

		if (!bits_has(v->asked, i) || bits_has(v->allowed, i))
			continue;
		if (!first)
			buf_byte(out, ',');
		first = false;
		buf_text(out, "{\"item\":");
		buf_json(out, category->items[i].id);
		buf_text(out, ",\"code\":");
		buf_json(out, str_of(code_text(code)));
		buf_text(out, ",\"clause\":");
		view_clause(op, (int)i, code, out);
		buf_text(out, ",\"law\":");
		law_text(gate_law_of(code), out);
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
}

static void head(const struct op_read *r, struct buf *out)
{
	buf_text(out, "{\"id\":\"");
	uuid_write(out, &r->id);
	buf_text(out, "\",\"category\":");
	buf_json(out, r->in->id);
	buf_text(out, ",\"version\":");
	buf_u64(out, r->version);
}

static void tail(const struct op_read *r, struct buf *out)
{
	buf_text(out, ",\"withheld\":");
	view_withheld(&r->op, r->in, &r->verdict, out);
	if (r->verdict.verdict == VERDICT_OBSERVED)
		buf_text(out, ",\"observed\":true");
	op_answer_log(&r->op, out);
	buf_byte(out, '}');
}

void view_read(const struct op_read *r, struct buf *out)
{
	bool first = true;

	head(r, out);
	buf_text(out, ",\"items\":{");
	for (size_t i = 0; i < r->verdict.n_items; i++) {
		if (!bits_has(r->verdict.allowed, i))
			continue;
		if (!first)
			buf_byte(out, ',');
		first = false;
		buf_json(out, r->in->items[i].id);
		buf_byte(out, ':');
		if (r->values[i].p)
			buf_str(out, r->values[i]);
		else
			buf_text(out, "null");
	}
	buf_byte(out, '}');
	tail(r, out);
}

void view_history(const struct op_read *r, struct buf *out)
{
	head(r, out);
	buf_text(out, ",\"history\":[");
	for (size_t i = 0; i < r->n_old; i++) {
		const struct read_old *o = &r->old[i];

		if (i)
			buf_byte(out, ',');
		buf_text(out, "{\"item\":");
		buf_json(out, o->item->id);
		buf_text(out, ",\"version\":");
		buf_u64(out, o->version);
		buf_text(out, ",\"at\":\"");
		moment_write(out, o->at);
		buf_text(out, "\",\"replaced\":\"");
		moment_write(out, o->replaced);
		buf_text(out, "\",\"actor\":\"a");
		buf_u64(out, o->actor);
		buf_text(out, "\",\"value\":");
		buf_str(out, o->json);
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
	tail(r, out);
}

void view_what_if(const struct op_what_if *w, struct buf *out)
{
	const struct gate_verdict *v = &w->verdict;
	bool first = true;

	buf_text(out, "{\"action\":");
	buf_json(out, str_of(action_name(w->action)));
	buf_text(out, ",\"allowed\":[");
	for (size_t i = 0; w->in && i < v->n_items; i++) {
		if (!bits_has(v->allowed, i))
			continue;
		if (!first)
			buf_byte(out, ',');
		first = false;
		buf_json(out, w->in->items[i].id);
	}
	buf_text(out, "],\"withheld\":");
	view_withheld(&w->op, w->in, v, out);
	op_answer_log(&w->op, out);
	buf_byte(out, '}');
}

void view_uses(const struct op_trace *t, struct buf *out)
{
	buf_text(out, "{\"id\":\"");
	uuid_write(out, &t->id);
	buf_text(out, "\",\"uses\":[");
	for (size_t i = 0; i < t->n; i++) {
		const struct trace_use *u = &t->uses[i];

		buf_text(out, i ? ",{\"generation\":" : "{\"generation\":");
		buf_u64(out, u->generation);
		buf_text(out, ",\"index\":");
		buf_u64(out, u->index);
		buf_text(out, ",\"proof\":\"/v1/log/g");
		buf_u64(out, u->generation);
		buf_byte(out, '/');
		buf_u64(out, u->index);
		buf_text(out, "/proof\",\"entry\":");
		buf_str(out, u->entry);
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
	if (t->more && t->n) {
		buf_text(out, ",\"next\":\"?after=");
		buf_u64(out, (uint64_t)log_place(t->uses[t->n - 1].generation, t->uses[t->n - 1].index));
		buf_byte(out, '"');
	}
	op_answer_log(&t->op, out);
	buf_byte(out, '}');
}

/* The verdict and category of OP, when it has such. */
static const struct gate_verdict *verdict_of(const struct op *op, const struct policy_category **category)
{
	*category = op->ask ? op->ask->category : NULL;
	/* the operation is the first member of each */
	if (str_is(str_of(op->type->name), "read"))
		return &((const struct op_read *)op)->verdict;
	if (str_is(str_of(op->type->name), "acquire"))
		return &((const struct op_acquire *)op)->verdict;
	if (str_is(str_of(op->type->name), "set_read"))
		return &((const struct op_set_read *)op)->verdict;
	if (str_is(str_of(op->type->name), "decide"))
		return &((const struct op_what_if *)op)->verdict;
	return NULL;
}

static void refusal_log(const struct op *op, struct buf *out)
{
	if (op->outcome == OP_COMMITTED && op->n_entries)
		op_answer_log(op, out);
}

static const char *law_of_refusal(const struct op *op)
{
	const struct ask *ask = op->ask;

	if (ask && (ask->of_set || ask->request.purpose_kind == PURPOSE_SET))
		return gate_set_law_of(op->error.code, ask->of_set != NULL);
	return gate_law_of(op->error.code);
}

json_t *view_refusal(const struct op *op)
{
	const struct policy_category *category;
	const struct gate_verdict *v = verdict_of(op, &category);
	struct buf b;
	json_t *out;

	buf_init(&b);
	buf_text(&b, "{\"clause\":");
	view_clause(op, POLICY_NONE, op->error.code, &b);
	buf_text(&b, ",\"law\":");
	law_text(law_of_refusal(op), &b);
	refusal_log(op, &b);
	/* who may not know gets the same body whether there is somebody or not */
	if (v && category && op->error.code != CODE_NOT_FOUND) {
		buf_text(&b, ",\"withheld\":");
		view_withheld(op, category, v, &b);
	}
	if (op->error.code == CODE_APPROVAL_REQUIRED && op->ask && !uuid_is_nil(&op->ask->approval.id)) {
		buf_text(&b, ",\"approval\":\"");
		uuid_write(&b, &op->ask->approval.id);
		buf_byte(&b, '"');
	}
	buf_byte(&b, '}');
	out = buf_ok(&b) ? json_loadb(b.p, b.n, 0, NULL) : NULL;
	buf_free(&b);
	return out;
}

json_t *view_date(date d)
{
	struct buf b;
	json_t *v;

	buf_init(&b);
	date_write(&b, d);
	v = json_stringn(b.p, b.n);
	buf_free(&b);
	return v;
}

json_t *view_moment(moment m)
{
	struct buf b;
	json_t *v;

	if (m == MOMENT_NONE)
		return json_null();
	buf_init(&b);
	moment_write(&b, m);
	v = json_stringn(b.p, b.n);
	buf_free(&b);
	return v;
}

json_t *view_node(const struct node *n)
{
	json_t *v;

	if (!n)
		return json_null();
	if (n->kind == NODE_SCALAR)
		return json_stringn(n->text.p ? n->text.p : "", n->text.n);
	v = n->kind == NODE_LIST ? json_array() : json_object();
	for (NODE_EACH(child, n))
		if (n->kind == NODE_LIST ? json_array_append_new(v, view_node(child))
					 : json_object_setn_new(v, child->key.p, child->key.n, view_node(child)))
			break;
	return v;
}
