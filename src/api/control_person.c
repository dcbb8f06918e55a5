#include "api/control_person.h"

#include "access/erase.h"
#include "access/export.h"
#include "access/mark.h"
#include "access/trace.h"
#include "api/view.h"

enum { ERASE_CATEGORIES = 64 };

static struct str text_of(const json_t *request, const char *key)
{
	const json_t *v = json_object_get(request, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){NULL, 0};
}

bool control_actor(struct access *a, const json_t *request, struct token_actor *out, struct error *e)
{
	if (access_actor(a, text_of(request, "token"), out))
		return true;
	(void)error_set(e, CODE_UNAUTHORIZED, "%s", code_meaning(CODE_UNAUTHORIZED)); /* ignored: only sets */
	return false;
}

bool control_fill(struct access *a, const json_t *request, struct op *op, struct error *e)
{
	op->purpose = text_of(request, "purpose");
	op->reason = text_of(request, "reason");
	op->request = uuid_make(access_now(a), access_entropy(a));
	return control_actor(a, request, &op->actor, e);
}

json_t *control_answer(struct buf *b)
{
	json_t *v = buf_ok(b) ? json_loadb(b->p ? b->p : "", b->n, 0, NULL) : NULL;

	buf_wipe(b);
	return v;
}

/* OP's refusal as a problem document, about person ID unless that is NULL. */
static json_t *refusal(const struct op *op, const struct uuid *id)
{
	json_t *v = view_refusal(op);
	struct buf text;

	if (!v || json_object_set_new(v, "status", json_integer(code_status(op->error.code))) != 0 ||
	    json_object_set_new(v, "code", json_string(code_text(op->error.code))) != 0 ||
	    json_object_set_new(v, "detail", json_string(op->error.message)) != 0) {
		json_decref(v);
		return NULL;
	}
	if (id) {
		buf_init(&text);
		uuid_write(&text, id);
		if (json_object_set_new(v, "id", json_string(buf_c(&text))) != 0) {
			json_decref(v);
			v = NULL;
		}
		buf_free(&text);
	}
	return v;
}

json_t *control_run(struct access_reader *reader, struct op *op, struct error *e)
{
	access_run(reader, op);
	if (op->outcome != OP_COMMITTED) {
		*e = op->error;
		return NULL;
	}
	return op->error.code == CODE_NONE ? NULL : refusal(op, NULL);
}

json_t *control_get(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	json_t *answer = NULL;
	struct op_read r;
	struct buf b;

	op_read_init(&r);
	r.subject = text_of(request, "subject");
	r.category = text_of(request, "category");
	r.items = text_of(request, "items");
	if (control_fill(a, request, &r.op, e)) {
		answer = control_run(reader, &r.op, e);
		if (!answer && e->code == CODE_NONE) {
			buf_init(&b);
			view_read(&r, &b);
			answer = control_answer(&b);
		}
	}
	op_release(&r.op);
	return answer;
}

/* Runs OP; gives its own answer, or its refusal. */
static json_t *run_own(struct access *a, struct access_reader *reader, const json_t *request, struct op *op, struct error *e)
{
	json_t *answer = NULL;
	struct buf b;

	if (!control_fill(a, request, op, e))
		return NULL;
	answer = control_run(reader, op, e);
	if (!answer && e->code == CODE_NONE) {
		buf_init(&b);
		op_answer(op, &b);
		answer = control_answer(&b);
	}
	return answer;
}

json_t *control_erase(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	const json_t *list = json_object_get(request, "categories");
	struct str categories[ERASE_CATEGORIES];
	struct op_erase x;
	json_t *answer;

	if (json_array_size(list) > ERASE_CATEGORIES) {
		(void)error_set(e, CODE_USAGE, "64 categories at the most"); /* ignored: only sets */
		return NULL;
	}
	op_erase_init(&x);
	x.subject = text_of(request, "subject");
	x.basis = text_of(request, "basis");
	x.keep_objection = json_is_true(json_object_get(request, "keep_objection"));
	for (; x.n_categories < json_array_size(list); x.n_categories++)
		categories[x.n_categories] = str_of(json_string_value(json_array_get(list, x.n_categories)));
	x.categories = categories;
	answer = run_own(a, reader, request, &x.op, e);
	op_release(&x.op);
	return answer;
}

json_t *control_hold(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct str until = text_of(request, "until");
	bool release = json_is_true(json_object_get(request, "release"));
	struct op_mark m;
	json_t *answer = NULL;

	op_mark_init(&m, release ? MARK_RELEASE : MARK_HOLD);
	m.subject = text_of(request, "subject");
	m.hold = (uint32_t)json_integer_value(json_object_get(request, "hold"));
	if (until.n && !date_parse(until, &m.on_date))
		(void)error_set(e, CODE_USAGE, "until is a date such as 2027-03-31"); /* ignored: only sets */
	else
		answer = run_own(a, reader, request, &m.op, e);
	op_release(&m.op);
	return answer;
}

json_t *control_uses(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	const json_t *before = json_object_get(request, "before");
	json_t *answer = NULL;
	struct op_trace t;
	struct buf b;

	op_trace_init(&t);
	t.subject = text_of(request, "subject");
	if (json_is_integer(before))
		t.before = json_integer_value(before);
	if (control_fill(a, request, &t.op, e)) {
		answer = control_run(reader, &t.op, e);
		if (!answer && e->code == CODE_NONE) {
			buf_init(&b);
			view_uses(&t, &b);
			answer = control_answer(&b);
		}
	}
	op_release(&t.op);
	return answer;
}

/* Export ---------------------------------------------------------------------------------------------------- */

/* Puts each person of X into PERSONS or REFUSED; those whom the asker may not know of into neither.  False without memory. */
static bool sort_persons(const struct export_step *x, json_t *persons, json_t *refused)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct op_read *r = &x->reads[i];
		struct buf b;

		if (r->op.error.code == CODE_NOT_FOUND)
			continue;
		if (r->op.error.code != CODE_NONE) {
			if (json_array_append_new(refused, refusal(&r->op, &r->id)) != 0)
				return false;
			continue;
		}
		buf_init(&b);
		view_read(r, &b);
		if (json_array_append_new(persons, control_answer(&b)) != 0)
			return false;
	}
	return true;
}

json_t *control_export(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct export_step x = {.purpose = text_of(request, "purpose"),
				.reason = text_of(request, "reason"),
				.category = text_of(request, "category"),
				.items = text_of(request, "items")};
	struct str after = text_of(request, "after");
	json_t *persons = json_array(), *refused = json_array(), *answer = NULL;
	struct buf last;

	buf_init(&last);
	if (after.n && !uuid_parse(after, &x.after))
		(void)error_set(e, CODE_USAGE, "after is the id of a person"); /* ignored: only sets */
	else if (control_actor(a, request, &x.actor, e) && ok(access_export(a, reader, &x, e)) && sort_persons(&x, persons, refused)) {
		uuid_write(&last, &x.after);
		answer = json_pack("{s:O, s:O, s:s, s:b}", "persons", persons, "refused", refused, "after", buf_c(&last), "more", x.more ? 1 : 0);
	}
	export_step_free(&x);
	json_decref(persons);
	json_decref(refused);
	buf_free(&last);
	return answer;
}
