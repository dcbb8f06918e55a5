#include "publish/statement.h"

#include <string.h>

#include "publish/document.h"
#include "publish/fact.h"

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a statement");
}

/* The file NAME.LANGUAGE.md of ED, or NULL. */
static const struct source_file *file_of(const struct edition *ed, struct str name, size_t language)
{
	const struct source_file *file;
	struct buf b;

	buf_init(&b);
	buf_str(&b, name);
	buf_byte(&b, '.');
	buf_str(&b, ed->policy->languages[language]);
	buf_text(&b, ".md");
	file = buf_ok(&b) ? source_find(ed->files, buf_view(&b)) : NULL;
	buf_free(&b);
	return file;
}

/* Reads FILE of ED into *OUT, a list of blocks, the caller's. */
static result read_blocks(const struct edition *ed, size_t language, const struct source_file *file, struct findings *found,
			  json_t **out, struct error *e)
{
	struct wording w = {.policy = ed->policy, .language = language, .on = ed->on, .file = file->name.p, .found = found};

	if (found) {
		/* a finding outlives the source */
		struct str name = str_copy(&found->arena, file->name);

		w.file = name.p ? name.p : "";
	}
	return document_read(&w, file->text, out, e);
}

/* The level of the heading V, 0 when it is none. */
static int heading_level(const json_t *v)
{
	const char *type = json_string_value(json_object_get(v, "type"));

	return type && strcmp(type, "heading") == 0 ? (int)json_integer_value(json_object_get(v, "level")) : 0;
}

/* The heading V as text, without the braces at its end, into TITLE; the anchor in them into ANCHOR (of TITLE's bytes). */
static void read_heading(const json_t *v, struct buf *text, struct str *title, struct str *anchor)
{
	struct str s;
	const char *open;

	document_plain(v, text);
	s = buf_view(text);
	*anchor = (struct str){NULL, 0};
	*title = str_trim(s);
	open = s.n ? memmem(s.p, s.n, "{#", 2) : NULL;
	if (!open)
		return;
	*title = str_trim(str_sub(s, 0, (size_t)(open - s.p)));
	*anchor = str_sub(s, (size_t)(open - s.p) + 2, s.n);
	anchor->n = str_find(*anchor, '}') < str_find(*anchor, ' ') ? str_find(*anchor, '}') : str_find(*anchor, ' ');
}

static json_t *keeps_of(const struct policy *p, struct str anchor)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_clauses; i++) {
		const struct policy_clause *c = &p->clauses[i];

		if (!str_eq(c->anchor, anchor))
			continue;
		for (size_t k = 0; k < c->n_keeps; k++)
			if (json_array_append_new(list, json_stringn(c->keeps[k].p, c->keeps[k].n)) != 0) {
				json_decref(list);
				return NULL;
			}
	}
	return list;
}

/* The parts of a text under way. */
struct divide {
	const struct policy *p;
	json_t *view;
	json_t *clauses; /* the view's */
	json_t *into;	 /* blocks of what is being filled; the view's */
	bool titled;
};

/* The heading V begins a clause, is the title, or is a block like others. */
static bool divide_heading(struct divide *d, json_t *v)
{
	struct str title, anchor;
	struct buf text;
	json_t *clause;
	bool done = true;

	buf_init(&text);
	read_heading(v, &text, &title, &anchor);
	if (!buf_ok(&text)) {
		done = false;
	} else if (anchor.n && d->clauses) {
		clause = json_pack("{s:s%, s:s%, s:o, s:[]}", "anchor", anchor.p, anchor.n, "title", title.p ? title.p : "",
				   title.n, "keeps", keeps_of(d->p, anchor), "blocks");
		done = json_array_append_new(d->clauses, clause) == 0;
		d->into = json_object_get(clause, "blocks");
	} else if (heading_level(v) == 1 && !d->titled) {
		d->titled = true;
		done = json_object_set_new(d->view, "title", json_stringn(title.p ? title.p : "", title.n)) == 0;
	} else {
		done = json_array_append(d->into, v) == 0;
	}
	buf_free(&text);
	return done;
}

static bool divide(struct divide *d, const json_t *blocks)
{
	json_t *v;
	size_t i;

	json_array_foreach(blocks, i, v)
		if (heading_level(v) ? !divide_heading(d, v) : json_array_append(d->into, v) != 0)
			return false;
	return true;
}

json_t *fact_value(const struct node *n)
{
	json_t *v;
	bool fits = true;

	if (n->kind == NODE_SCALAR)
		return json_stringn(n->text.p ? n->text.p : "", n->text.n);
	v = n->kind == NODE_LIST ? json_array() : json_object();
	for (NODE_EACH(one, n)) {
		json_t *value = fact_value(one);

		if (n->kind == NODE_LIST)
			fits &= json_array_append_new(v, value) == 0;
		else
			fits &= json_object_setn_new(v, one->key.p, one->key.n, value) == 0;
	}
	if (fits)
		return v;
	json_decref(v);
	return NULL;
}

/* Adds to FACTS what the tree V inserts, each path once. */
static bool collect_facts(const struct policy *p, const json_t *v, json_t *facts)
{
	const char *path = json_string_value(json_object_get(v, "fact")), *key;
	json_t *one;
	size_t i;

	if (path && !json_object_get(facts, path) && node_at(p->root, str_of(path)) &&
	    json_object_set_new(facts, path, fact_value(node_at(p->root, str_of(path)))) != 0)
		return false;
	if (json_is_array(v)) {
		json_array_foreach(v, i, one)
			if (!collect_facts(p, one, facts))
				return false;
	} else if (json_is_object(v)) {
		json_object_foreach((json_t *)v, key, one)
			if ((json_is_array(one) || json_is_object(one)) && !collect_facts(p, one, facts))
				return false;
	}
	return true;
}

/* What B says, or null when it says nothing; frees B. */
static json_t *text_or_null(struct buf *b)
{
	json_t *v = !buf_ok(b) ? NULL : b->n ? json_stringn(b->p, b->n) : json_null();

	buf_free(b);
	return v;
}

static json_t *date_or_null(date d)
{
	struct buf b;

	buf_init(&b);
	if (d != DATE_NONE)
		date_write(&b, d);
	return text_or_null(&b);
}

static json_t *moment_or_null(const struct policy *p)
{
	struct buf b;

	buf_init(&b);
	if (p->version)
		moment_write(&b, p->published);
	return text_or_null(&b);
}

static json_t *hash_or_null(const struct policy *p)
{
	struct buf b;

	buf_init(&b);
	if (p->version)
		buf_hex(&b, p->hash, sizeof p->hash);
	return text_or_null(&b);
}

static json_t *languages_of(const struct policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_languages; i++)
		if (json_array_append_new(list, json_stringn(p->languages[i].p, p->languages[i].n)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* The view of P's statement without its text. */
static json_t *head_of(const struct policy *p, size_t language)
{
	struct str name = fact_organization(p, language, node_text(node_get(p->root, "policy"), "organization"));

	return json_pack("{s:s, s:s%, s:o, s:o, s:s%, s:o, s:s%, s:o, s:o, s:o, s:o, s:s, s:[], s:[], s:{}}", "format",
			 "sekisho statement 1", "policy", p->id.p, p->id.n, "version",
			 p->version ? json_integer(p->version) : json_null(), "hash", hash_or_null(p), "language",
			 p->languages[language].p, p->languages[language].n, "languages", languages_of(p), "organization",
			 name.p ? name.p : "", name.n, "established", date_or_null(p->established), "revised",
			 date_or_null(p->revised), "effective", date_or_null(p->effective), "published", moment_or_null(p),
			 "title", "", "lead", "clauses", "facts");
}

result statement_view(const struct edition *ed, size_t language, struct findings *found, json_t **out, struct error *e)
{
	const struct source_file *file = file_of(ed, STR("statement"), language);
	struct divide d = {.p = ed->policy};
	json_t *blocks = NULL;
	result done = RESULT_FAIL;

	*out = NULL;
	if (!file)
		return error_set(e, CODE_IO, "the policy has no statement in \"%s\"", ed->policy->languages[language].p);
	d.view = head_of(ed->policy, language);
	d.clauses = json_object_get(d.view, "clauses");
	d.into = json_object_get(d.view, "lead");
	TRY_OUT(read_blocks(ed, language, file, found, &blocks, e));
	if (!d.into || !divide(&d, blocks) || !collect_facts(ed->policy, blocks, json_object_get(d.view, "facts"))) {
		done = no_memory(e);
		goto out;
	}
	*out = d.view;
	d.view = NULL;
	done = RESULT_OK;
out:
	json_decref(blocks);
	json_decref(d.view);
	return done;
}

result wording_view(const struct edition *ed, struct str name, size_t language, struct findings *found, json_t **out,
		    struct error *e)
{
	const struct source_file *file = file_of(ed, name, language);
	struct divide d = {.p = ed->policy};
	struct str tag = ed->policy->languages[language];
	json_t *blocks = NULL;
	result done = RESULT_FAIL;

	*out = NULL;
	if (!file)
		return error_set(e, CODE_NO_SUCH_RESOURCE, "the policy has no such wording");
	d.view = json_pack("{s:s%, s:s%, s:s%, s:[]}", "name", name.p, name.n, "language", tag.p, tag.n, "title", name.p, name.n,
			   "blocks");
	d.into = json_object_get(d.view, "blocks");
	TRY_OUT(read_blocks(ed, language, file, found, &blocks, e));
	if (!d.into || !divide(&d, blocks)) {
		done = no_memory(e);
		goto out;
	}
	*out = d.view;
	d.view = NULL;
	done = RESULT_OK;
out:
	json_decref(blocks);
	json_decref(d.view);
	return done;
}

/* The name in FILE ("forms/disclosure.ja.md") without language and ending, when it lies in FOLDER; else empty. */
static struct str name_of(struct str file, struct str folder)
{
	size_t dot;

	if (!str_starts(file, folder) || file.n < 4 || !str_starts(str_sub(file, file.n - 3, 3), STR(".md")))
		return (struct str){NULL, 0};
	dot = str_find(file, '.');
	return str_sub(file, 0, dot);
}

json_t *wording_names(const struct edition *ed, struct str folder)
{
	json_t *list = json_array();
	struct str last = {NULL, 0};

	for (size_t i = 0; list && i < ed->files->n; i++) {
		struct str name = name_of(ed->files->files[i].name, folder);

		if (!name.n || str_eq(name, last))
			continue;
		last = name; /* the files are sorted, so that one name's stand together */
		if (json_array_append_new(list, json_stringn(name.p, name.n)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static result check_folder(const struct edition *ed, struct str folder, struct findings *f, struct error *e)
{
	json_t *names = wording_names(ed, folder), *name, *view;
	result done = names ? RESULT_OK : no_memory(e);
	size_t i;

	json_array_foreach(names, i, name)
		for (size_t l = 0; ok(done) && l < ed->policy->n_languages; l++) {
			struct str s = str_of(json_string_value(name));

			if (!file_of(ed, s, l))
				continue;
			done = wording_view(ed, s, l, f, &view, e);
			json_decref(view);
		}
	json_decref(names);
	return done;
}

result statement_check(const struct edition *ed, struct findings *f, struct error *e)
{
	json_t *view;

	for (size_t l = 0; l < ed->policy->n_languages; l++) {
		if (!file_of(ed, STR("statement"), l))
			continue; /* found by the compiler */
		TRY(statement_view(ed, l, f, &view, e));
		json_decref(view);
	}
	TRY(check_folder(ed, STR("forms/"), f, e));
	return check_folder(ed, STR("history/"), f, e);
}
