#include "web/site.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "publish/fact.h"
#include "publish/part.h"
#include "publish/pdf.h"
#include "publish/revision.h"
#include "publish/say.h"
#include "publish/statement.h"
#include "web/asset.h"
#include "web/site_page.h"

static const char HTML_PAGE[] = "privacy-page.html";

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the published pages");
}

result maker_pdf(const struct maker *m, const char *name, json_t *view, struct error *e)
{
	const struct policy *p = m->of->policy;
	struct str organization = fact_organization(p, m->language, node_text(node_get(p->root, "policy"), "organization"));
	struct pdf_about about = {.language = p->languages[m->language].p, .created = date_start(p->effective, p->zone)};
	bool ja = maker_ja(m);
	struct buf line, of, nothing;
	result done;

	buf_init(&nothing);
	TRY(maker_add(m, name, ".pdf", "application/pdf", &nothing, e));
	buf_init(&line);
	buf_init(&of);
	if (p->version && ja)
		buf_printf(&line, "%s%u%s　", say("version", ja), (unsigned)p->version, say("version_end", ja));
	else if (p->version)
		buf_printf(&line, "%s %u, ", say("version", ja), (unsigned)p->version);
	buf_text(&line, ja ? "施行日　" : "in force from ");
	say_date(&line, p->effective, ja);
	buf_str(&of, organization);
	about.organization = buf_c(&of);
	about.line = buf_c(&line);
	done = pdf_job(view, &about, &m->site->files[m->site->n - 1].job, e);
	buf_free(&of);
	buf_free(&line);
	return done;
}

static result add_json(const struct maker *m, const char *name, const json_t *v, struct error *e)
{
	char *text = json_dumps(v, JSON_INDENT(1) | JSON_SORT_KEYS);
	struct buf b;

	buf_init(&b);
	if (!text)
		return no_memory(e);
	buf_text(&b, text);
	buf_byte(&b, '\n');
	free(text);
	return maker_add(m, name, ".json", "application/json", &b, e);
}

json_t *maker_clauses(const json_t *view, const char *statement)
{
	json_t *list = json_array(), *clause;
	size_t i;

	json_array_foreach(json_object_get(view, "clauses"), i, clause)
		if (json_array_append_new(list, json_pack("{s:O, s:O, s:o}", "anchor", json_object_get(clause, "anchor"), "title",
							  json_object_get(clause, "title"), "html",
							  maker_html(json_object_get(clause, "blocks"), statement, 3))) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static result make_statement(const struct maker *m, json_t *view, struct error *e)
{
	const char *title = json_string_value(json_object_get(view, "title"));
	json_t *page = maker_view(m, "statement", "statement", title && *title ? title : say("page_statement", maker_ja(m)));
	const json_t *lead = json_object_get(view, "lead");
	bool fits = page && maker_facts(m, page, "statement", true);

	fits = fits && json_object_set_new(page, "lead", json_array_size(lead) ? maker_html(lead, "", 2) : json_null()) == 0;
	fits = fits && json_object_set_new(page, "clauses", maker_clauses(view, "")) == 0;
	if (!fits) {
		json_decref(page);
		return no_memory(e);
	}
	TRY(maker_page(m, "privacy-statement.html", "statement", page, e));
	TRY(add_json(m, "statement", view, e));
	return maker_pdf(m, "statement", view, e);
}

const char *maker_statement(const struct maker *m, struct buf *b)
{
	buf_init(b);
	buf_text(b, "statement.");
	buf_str(b, m->of->policy->languages[m->language]);
	buf_text(b, ".html");
	return buf_c(b);
}

/* The page NAME of BLOCKS (borrowed) under TITLE. */
static result make_page(const struct maker *m, const char *name, const char *title, const json_t *blocks, const char *on,
			struct error *e)
{
	json_t *page = maker_view(m, name, on, title);
	struct buf statement;
	bool fits = page && json_object_set_new(page, "html", maker_html(blocks, maker_statement(m, &statement), 2)) == 0;

	buf_free(&statement);
	if (!fits) {
		json_decref(page);
		return no_memory(e);
	}
	return maker_page(m, HTML_PAGE, name, page, e);
}

/* A page of the parts NAMES (ended by NULL) alone. */
static result make_parts(const struct maker *m, const char *name, const char *title, const char *const *names, const char *on,
			 struct error *e)
{
	const struct wording w = {.policy = m->of->policy, .language = m->language, .on = m->of->on, .file = name};
	json_t *blocks = json_array(), *made = NULL;
	result done = RESULT_FAIL;

	for (; *names; names++) {
		struct buf word;
		int headed;

		buf_init(&word);
		buf_printf(&word, "part_%s", *names);
		headed = json_array_append_new(blocks, json_pack("{s:s, s:i, s:[{s:s}]}", "type", "heading", "level", 2, "content",
								 "text", say(buf_c(&word), maker_ja(m))));
		buf_free(&word);
		if (headed != 0) {
			done = no_memory(e);
			goto out;
		}
		TRY_OUT(part_make(&w, str_of(*names), STR(""), &made, e));
		if (json_array_extend(blocks, made) != 0) {
			done = no_memory(e);
			goto out;
		}
		json_decref(made);
		made = NULL;
	}
	done = make_page(m, name, say(title, maker_ja(m)), blocks, on, e);
out:
	json_decref(made);
	json_decref(blocks);
	return done;
}

result maker_wording(const struct maker *m, struct str name, const char *page, const char *on, json_t **title,
			   struct error *e)
{
	struct error missing = {0};
	json_t *view = NULL, *text;
	result done;

	*title = NULL;
	if (!ok(wording_view(m->of, name, m->language, NULL, &view, &missing)))
		return missing.code == CODE_NO_SUCH_RESOURCE ? RESULT_OK : error_set(e, missing.code, "%s", missing.message);
	text = json_object_get(view, "title");
	done = make_page(m, page, json_string_value(text), json_object_get(view, "blocks"), on, e);
	if (ok(done))
		done = maker_pdf(m, page, view, e);
	if (ok(done))
		*title = json_incref(text);
	json_decref(view);
	return done;
}

/* All pages of M's edition in M's language; its statement in *VIEW, the caller's. */
static result make_edition(const struct maker *m, json_t **view, struct error *e)
{
	static const char *const external[] = {"external_transmission", "cookies", NULL};
	static const char *const derived[] = {"anonymized", "pseudonymized", NULL};

	TRY(statement_view(m->of, m->language, NULL, view, e));
	TRY(make_statement(m, *view, e));
	TRY(maker_forms(m, e));
	TRY(make_parts(m, "external-transmission", "page_external", external, "external", e));
	return make_parts(m, "anonymized", "page_anonymized", derived, "anonymized", e);
}

/* Pages of the whole site -------------------------------------------------------------------------------------- */

/* The entry of the page on revisions for the edition OF, whose statement is VIEW and the one before BEFORE. */
static json_t *revision_view(const struct maker *m, const json_t *before, const json_t *view, json_t *words)
{
	unsigned version = (unsigned)m->of->policy->version;
	const char *language = m->of->policy->languages[m->language].p;
	json_t *changes = before ? revision_changes(before, view) : json_array(), *change;
	bool ja = maker_ja(m);
	size_t i;

	json_array_foreach(changes, i, change) {
		const char *kind = json_string_value(json_object_get(change, "kind"));

		if (json_object_set(change, "kind_text", maker_label(words, kind)) != 0)
			break;
		if (strcmp(kind, "removed") != 0 &&
		    json_object_set_new(change, "href", json_sprintf("versions/%u/statement.%s.html#%s", version, language,
								     json_string_value(json_object_get(change, "anchor")))) != 0)
			break;
	}
	return json_pack("{s:i, s:o, s:o, s:b, s:b, s:b, s:o, s:o}", "version", (int)version, "href",
			 version ? json_sprintf("versions/%u/statement.%s.html", version, language)
				 : json_sprintf("statement.%s.html", language),
			 "name",
			 !version ? json_string(say("draft", ja))
			 : ja	  ? json_sprintf("%s%u%s", say("version", ja), version, say("version_end", ja))
				  : json_sprintf("%s %u", say("version", ja), version),
			 "first", before == NULL, "published", version > 0, "changes_any", json_array_size(changes) > 0, "changes", changes, "dates",
			 maker_dates(m, words));
}

/* Pages for the statements that were made before the first version, and in LIST where they are. */
static result make_earlier(const struct maker *m, json_t *list, struct error *e)
{
	const struct node *history = node_get(node_get(m->of->policy->root, "policy"), "history");
	const char *language = m->of->policy->languages[m->language].p;
	size_t n = 0;

	for (NODE_EACH(one, history)) {
		struct str statement = node_text(one, "statement");
		json_t *title = NULL, *entry;
		struct buf page, said;
		date d;

		buf_init(&page);
		buf_printf(&page, "earlier-%zu", ++n);
		if (statement.n && !ok(maker_wording(m, statement, buf_c(&page), "history", &title, e))) {
			buf_free(&page);
			return RESULT_FAIL;
		}
		buf_init(&said);
		if (date_parse(node_text(one, "from"), &d))
			say_date(&said, d, maker_ja(m));
		buf_text(&said, maker_ja(m) ? "から" : " to ");
		if (date_parse(node_text(one, "until"), &d))
			say_date(&said, d, maker_ja(m));
		buf_text(&said, maker_ja(m) ? "まで" : "");
		entry = json_pack("{s:s, s:o}", "text", buf_c(&said), "href",
				  title ? json_sprintf("%s.%s.html", buf_c(&page), language) : json_null());
		buf_free(&page);
		buf_free(&said);
		json_decref(title);
		if (json_array_append_new(list, entry) != 0)
			return no_memory(e);
	}
	return RESULT_OK;
}

/* The page on revisions, from the statements VIEWS of the N EDITIONS. */
static result make_history(struct maker *m, const struct edition *editions, json_t *const *views, size_t n, struct error *e)
{
	json_t *page = maker_view(m, "history", "history", say("page_history", maker_ja(m)));
	json_t *words = json_object_get(page, "t"), *versions = json_array(), *earlier = json_array();
	const struct edition *now = m->of;
	bool fits = true;

	for (size_t i = n; i-- > 0;) {
		m->of = &editions[i];
		fits &= json_array_append_new(versions, revision_view(m, i ? views[i - 1] : NULL, views[i], words)) == 0;
	}
	m->of = now;
	fits &= ok(make_earlier(m, earlier, e));
	fits &= json_object_set_new(page, "earlier_any", json_boolean(json_array_size(earlier) > 0)) == 0;
	fits &= json_object_set_new(page, "versions", versions) == 0;
	fits &= json_object_set_new(page, "earlier", earlier) == 0;
	if (fits)
		return maker_page(m, "privacy-history.html", "history", page, e);
	json_decref(page);
	return no_memory(e);
}

static result add_feed(const struct maker *m, json_t *const *views, size_t n, struct error *e)
{
	struct buf b;

	buf_init(&b);
	revision_feed((const json_t *const *)views, n, maker_ja(m), &b);
	return maker_add(m, "feed", ".xml", "application/atom+xml; charset=utf-8", &b, e);
}

/* The files that are the same for every site. */
static result add_assets(const struct maker *m, struct error *e)
{
	static const char *const names[] = {"icon.svg", "page.css", "privacy.css", "statement.schema.json"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct web_asset *asset = web_asset_find(str_of(names[i]));
		struct buf b;

		buf_init(&b);
		buf_str(&b, asset->body);
		TRY(maker_add(m, names[i], "", asset->type, &b, e));
	}
	return RESULT_OK;
}

/* index.html: the current statement in the default language. */
static result add_index(const struct maker *m, struct error *e)
{
	struct buf name, body;
	const struct site_file *statement;

	buf_init(&name);
	buf_printf(&name, "statement.%s.html", m->of->policy->languages[m->of->policy->default_language].p);
	statement = site_find(m->site, buf_view(&name));
	buf_free(&name);
	buf_init(&body);
	buf_str(&body, buf_view(&statement->body));
	return maker_add(m, "index.html", "", statement->type, &body, e);
}

/* The permanent pages of the edition M->of, the I-th; its statement in *VIEW, the caller's. */
static result make_version(struct maker m, size_t i, size_t current, json_t **view, struct error *e)
{
	struct buf prefix;
	result done;

	buf_init(&prefix);
	buf_printf(&prefix, "versions/%u/", (unsigned)m.of->policy->version);
	m.prefix = buf_c(&prefix);
	m.root = "../../";
	m.in_force = i == current;
	m.upcoming = i > current;
	done = make_edition(&m, view, e);
	buf_free(&prefix);
	return done;
}

/* Everything in one language, whose index in the current edition M->of is M->language. */
static result make_language(struct maker *m, const struct edition *editions, size_t n, size_t current, struct error *e)
{
	json_t **views = arena_array(&m->site->arena, n, sizeof *views), *view = NULL;
	bool published = m->of->policy->version > 0;
	result done = views ? RESULT_OK : no_memory(e);
	size_t made = 0;

	m->feed = published;
	for (size_t i = 0; published && ok(done) && i < n; i++) {
		struct maker there = *m;

		there.of = &editions[i];
		done = make_version(there, i, current, &views[i], e);
		made = i + 1;
	}
	if (ok(done))
		done = make_edition(m, &view, e);
	if (ok(done))
		done = maker_coverage(m, e);
	if (ok(done))
		done = make_history(m, editions, published ? views : &view, published ? n : 1, e);
	if (ok(done) && published)
		done = add_feed(m, views, n, e);
	for (size_t i = 0; i < made; i++)
		json_decref(views[i]);
	json_decref(view);
	return done;
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct site_file *)a)->path, ((const struct site_file *)b)->path);
}

static void write_etag(struct site_file *f)
{
	unsigned char hash[HASH_SIZE];
	struct buf b;

	hash_sha256(f->body.p, f->body.n, hash);
	buf_init(&b);
	buf_byte(&b, '"');
	buf_hex(&b, hash, 16);
	buf_byte(&b, '"');
	memcpy(f->etag, buf_c(&b), b.n < SITE_ETAG ? b.n + 1 : 0);
	buf_free(&b);
}

/* The languages that all of the N EDITIONS have, with the same index: bits. */
static bool in_all(const struct edition *editions, size_t n, size_t current, size_t language)
{
	struct str tag = editions[current].policy->languages[language];

	for (size_t i = 0; i < n; i++)
		if (language >= editions[i].policy->n_languages || !str_eq(editions[i].policy->languages[language], tag))
			return false;
	return true;
}

static result make_site(struct site *s, const struct edition *editions, size_t n, size_t current, struct error *e)
{
	struct maker m = {.site = s, .of = &editions[current], .prefix = "", .root = "", .in_force = true};

	for (size_t l = 0; l < m.of->policy->n_languages; l++) {
		/* a language that came later has no versions before itself */
		size_t from = 0;

		while (from < current && !in_all(editions + from, n - from, current - from, l))
			from++;
		m.language = l;
		TRY(make_language(&m, editions + from, n - from, current - from, e));
	}
	TRY(add_assets(&m, e));
	TRY(add_index(&m, e));
	qsort(s->files, s->n, sizeof *s->files, by_path);
	for (size_t i = 0; i < s->n; i++)
		if (!s->files[i].job.n)
			write_etag(&s->files[i]);
	return RESULT_OK;
}

result site_make(const struct edition *editions, size_t n, size_t current, struct site **out, struct error *e)
{
	struct arena arena;
	struct site *s;

	*out = NULL;
	arena_init(&arena, 0, false);
	s = arena_new(&arena, struct site);
	if (!s) {
		arena_free(&arena);
		return no_memory(e);
	}
	s->arena = arena;
	if (ok(make_site(s, editions, n, current, e))) {
		*out = s;
		return RESULT_OK;
	}
	site_free(s);
	return RESULT_FAIL;
}

void site_free(struct site *s)
{
	struct arena arena;

	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		buf_free(&s->files[i].body);
		buf_free(&s->files[i].job);
		json_decref(s->files[i].view);
	}
	arena = s->arena; /* it holds S itself */
	arena_free(&arena);
}

struct site_file *site_find(struct site *s, struct str path)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->files[i].path, path))
			return &s->files[i];
	return NULL;
}

bool site_made(const struct site_file *f)
{
	return f->job.n == 0 || f->body.n > 0;
}

result site_print(const struct site_file *f, struct buf *out, struct error *e)
{
	return pdf_write(buf_view(&f->job), out, e);
}

void site_put(struct site_file *f, struct buf *b)
{
	buf_free(&f->body);
	f->body = *b;
	if (f->body.n)
		write_etag(f);
}

result site_body(struct site_file *f, struct str *body, struct error *e)
{
	struct buf made;

	if (!site_made(f)) {
		buf_init(&made);
		if (!ok(site_print(f, &made, e))) {
			buf_free(&made);
			return RESULT_FAIL;
		}
		site_put(f, &made);
	}
	*body = buf_view(&f->body);
	return RESULT_OK;
}
