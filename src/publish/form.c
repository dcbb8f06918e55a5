#include "publish/form.h"

#include <string.h>

#include "publish/fact.h"
#include "publish/form_sections.h"
#include "publish/say.h"
#include "publish/statement.h"

static const struct form_kind kinds[FORMS] = {
	{"form-notify-purpose", "form_notify_purpose", {"32-2"}, {REQUEST_NOTIFY_PURPOSE}, 1},
	{"form-disclose", "form_disclose", {"33-1"}, {REQUEST_DISCLOSE}, 1},
	{"form-disclose-provision-records",
	 "form_disclose_provision_records",
	 {"33-5"},
	 {REQUEST_DISCLOSE_PROVISION_RECORDS},
	 1},
	{"form-correct", NULL, {"34-1"}, {REQUEST_CORRECT, REQUEST_ADD, REQUEST_DELETE}, 3},
	{"form-suspend-use", "form_suspend_use", {"35-1", "35-5"}, {REQUEST_SUSPEND_USE}, 1},
	{"form-erase", "form_erase", {"35-1", "35-5"}, {REQUEST_ERASE}, 1},
	{"form-suspend-provision", "form_suspend_provision", {"35-3", "35-5"}, {REQUEST_SUSPEND_PROVISION}, 1},
};

const char *form_page(size_t form)
{
	return kinds[form].page;
}

bool form_granted(const struct policy *p, size_t form)
{
	for (size_t i = 0; i < kinds[form].n; i++)
		if (p->requests >> kinds[form].kinds[i] & 1)
			return true;
	return false;
}

static const struct node *texts_of(const struct policy *p)
{
	return node_get(node_get(p->root, "requests"), "forms");
}

/* The name of the company's text for the kind K of request; empty when it has none. */
static struct str text_of(const struct policy *p, enum request_kind k)
{
	return node_text(texts_of(p), request_kind_name(k));
}

bool form_has_text(const struct policy *p, struct str name)
{
	for (NODE_EACH(n, texts_of(p)))
		if (n->kind == NODE_SCALAR && str_eq(n->text, name))
			return true;
	return false;
}

bool form_costs(const struct policy *p, size_t form)
{
	const struct form f = {.kind = &kinds[form]};

	for (NODE_EACH(n, node_get(node_get(node_get(p->root, "requests"), "fee"), "kinds")))
		if (form_is_for(&f, n->text))
			return true;
	return false;
}

bool form_is_for(const struct form *f, struct str word)
{
	for (size_t i = 0; i < f->kind->n; i++)
		if (str_is(word, request_kind_name(f->kind->kinds[i])))
			return true;
	return false;
}

/* Blocks ----------------------------------------------------------------------------------------------------- */

void form_section(struct form *f, const char *anchor, const char *word)
{
	json_t *section = json_pack("{s:s, s:s, s:[]}", "anchor", anchor, "title", say(word, part_ja(&f->p)), "blocks");

	part_put(&f->p, f->clauses, section);
	f->p.blocks = json_object_get(section, "blocks");
}

void form_line(struct form *f, const char *word)
{
	form_line_with(f, word, STR(""));
}

void form_line_with(struct form *f, const char *word, struct str value)
{
	struct buf b;

	buf_init(&b);
	say_with(&b, word, part_ja(&f->p), value);
	part_put(&f->p, f->p.blocks, buf_ok(&b) ? document_paragraph(buf_view(&b)) : NULL);
	buf_free(&b);
}

void form_line_take(struct form *f, const char *word, struct buf *b)
{
	f->p.failed |= !buf_ok(b);
	form_line_with(f, word, buf_view(b));
	buf_free(b);
}

json_t *form_fields(struct form *f)
{
	json_t *block = json_pack("{s:s, s:[]}", "type", "fields", "fields");

	part_put(&f->p, f->p.blocks, block);
	return json_object_get(block, "fields");
}

/* How many lines of hand-writing an INPUT has room for. */
static int lines_of(const char *input)
{
	if (strcmp(input, "long") == 0)
		return 4;
	return strcmp(input, "address") == 0 || strcmp(input, "sign") == 0 ? 2 : 1;
}

void form_field(struct form *f, json_t *fields, const char *id, const char *word, const char *input)
{
	part_put(&f->p, fields, json_pack("{s:s, s:s, s:s, s:i}", "id", id, "label", say(word, part_ja(&f->p)), "input", input,
					  "lines", lines_of(input)));
}

json_t *form_choices(struct form *f, const char *id, const char *word, bool one)
{
	json_t *block = json_pack("{s:s, s:s, s:s, s:b, s:[]}", "type", "choices", "id", id, "label",
				  say(word, part_ja(&f->p)), "one", one, "items");

	part_put(&f->p, f->p.blocks, block);
	return json_object_get(block, "items");
}

void form_choice(struct form *f, json_t *items, struct str text, struct str note)
{
	struct buf said;
	json_t *item;

	buf_init(&said);
	buf_str(&said, text);
	if (said.n && said.p[0] >= 'a' && said.p[0] <= 'z')
		said.p[0] = (char)(said.p[0] - 'a' + 'A'); /* it stands alone */
	item = json_pack("{s:s%}", "text", said.p ? said.p : "", said.n);
	f->p.failed |= !buf_ok(&said);
	buf_free(&said);
	if (note.n)
		f->p.failed |= json_object_set_new(item, "note", json_stringn(note.p, note.n)) != 0;
	part_put(&f->p, items, item);
}

void form_choices_of(struct form *f, json_t *items, const struct node *n, struct str note)
{
	for (NODE_EACH(one, n)) {
		struct buf b;

		buf_init(&b);
		if (one->kind == NODE_SCALAR)
			fact_word(&b, f->p.in->policy, f->p.in->language, one->text);
		else if (!fact_node(&b, f->p.in->policy, f->p.in->language, one))
			buf_reset(&b);
		f->p.failed |= !buf_ok(&b);
		form_choice(f, items, buf_view(&b), note);
		buf_free(&b);
	}
}

/* The form ----------------------------------------------------------------------------------------------------- */

/* The title of the form: of one that several kinds share, the kinds that P grants. */
static void write_title(const struct form *f, struct buf *out)
{
	const struct policy *policy = f->p.in->policy;
	bool ja = part_ja(&f->p), any = false;
	struct buf names, what;

	if (f->kind->title) {
		buf_text(out, say(f->kind->title, ja));
		return;
	}
	buf_init(&names);
	buf_init(&what);
	for (size_t i = 0; i < f->kind->n; i++) {
		if (!(policy->requests >> f->kind->kinds[i] & 1))
			continue;
		if (any)
			buf_text(&names, ja ? "・" : ", ");
		any = true;
		buf_text(&names, say(request_kind_name(f->kind->kinds[i]), ja));
	}
	say_with(&what, "form_of_data", ja, buf_view(&names));
	say_with(out, "form_title", ja, buf_view(&what));
	buf_free(&what);
	buf_free(&names);
}

/* Which law gives the right: "I make this request under …". */
static void law_line(struct form *f)
{
	bool ja = part_ja(&f->p);
	struct buf b;

	buf_init(&b);
	say_article(&b, str_of(f->kind->law[0]), ja);
	if (f->kind->law[1]) {
		buf_text(&b, ja ? "または" : " or ");
		say_article(&b, str_of(f->kind->law[1]), ja);
	}
	form_line_take(f, "form_under", &b);
}

/* To whom the form goes. */
static void addressee(struct form *f)
{
	const struct policy *policy = f->p.in->policy;
	struct str id = node_text(node_get(policy->root, "requests"), "desk");
	struct buf b;

	buf_init(&b);
	buf_str(&b, fact_organization(policy, f->p.in->language, node_text(node_get(policy->root, "policy"), "organization")));
	buf_text(&b, part_ja(&f->p) ? "　" : ", ");
	buf_str(&b, fact_text(policy, f->p.in->language, node_get(node_find(node_get(policy->root, "desks"), id), "to")));
	form_line_take(f, "form_addressee", &b);
}

/* Puts the company's texts for the kinds of F, each once, on top. */
static result own_texts(struct form *f, const struct edition *ed, struct error *e)
{
	struct str shown[3] = {{NULL, 0}};

	for (size_t i = 0; i < f->kind->n; i++) {
		struct str name = text_of(ed->policy, f->kind->kinds[i]);
		bool seen = !(ed->policy->requests >> f->kind->kinds[i] & 1) || !name.n;
		struct error missing = {0};
		json_t *view = NULL;

		for (size_t k = 0; k < i; k++)
			seen |= str_eq(shown[k], name);
		if (seen)
			continue;
		shown[i] = name;
		if (!ok(wording_view(ed, name, f->p.in->language, NULL, &view, &missing))) {
			if (missing.code != CODE_NO_SUCH_RESOURCE)
				return error_set(e, missing.code, "%s", missing.message);
			continue;
		}
		f->p.failed |= json_array_extend(f->p.blocks, json_object_get(view, "blocks")) != 0;
		json_decref(view);
	}
	return RESULT_OK;
}

/* The view without its sections. */
static json_t *head_of(const struct form *f)
{
	const struct policy *p = f->p.in->policy;
	struct str name = fact_organization(p, f->p.in->language, node_text(node_get(p->root, "policy"), "organization"));
	struct buf title;
	json_t *v;

	buf_init(&title);
	write_title(f, &title);
	v = json_pack("{s:s%, s:s%, s:s%, s:[], s:[]}", "language", p->languages[f->p.in->language].p,
		      p->languages[f->p.in->language].n, "title", title.p ? title.p : "", title.n, "organization",
		      name.p ? name.p : "", name.n, "lead", "clauses");
	buf_free(&title);
	return v;
}

result form_view(const struct edition *ed, size_t form, size_t language, json_t **out, struct error *e)
{
	const struct wording w = {.policy = ed->policy, .language = language, .on = ed->on, .file = kinds[form].page};
	struct form f = {.p = {.in = &w}, .kind = &kinds[form], .costs = form_costs(ed->policy, form)};
	json_t *view = head_of(&f);
	result done = RESULT_OK;

	*out = NULL;
	if (view) {
		f.clauses = json_object_get(view, "clauses");
		f.p.blocks = json_object_get(view, "lead");
		addressee(&f);
		law_line(&f);
		done = own_texts(&f, ed, e);
		form_ask(&f);
		form_tell(&f);
	}
	if (ok(done) && (!view || f.p.failed))
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a form");
	if (ok(done))
		*out = view;
	else
		json_decref(view);
	return done;
}
