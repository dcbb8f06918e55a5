#include "web/site_page.h"

#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "publish/fact.h"
#include "publish/say.h"
#include "web/asset.h"
#include "web/blocks.h"
#include "web/template.h"

bool maker_ja(const struct maker *m)
{
	return fact_ja(m->of->policy, m->language);
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a page");
}

/* The name of the file NAME in the language LANGUAGE of M's policy, with ENDING, in OUT. */
static void write_name(struct buf *out, const struct maker *m, const char *name, size_t language, const char *ending)
{
	buf_text(out, name);
	buf_byte(out, '.');
	buf_str(out, m->of->policy->languages[language]);
	buf_text(out, ending);
}

/* The text in B as JSON; B is freed.  NULL without memory. */
static json_t *take(struct buf *b)
{
	json_t *v = buf_ok(b) ? json_stringn(b->p ? b->p : "", b->n) : NULL;

	buf_free(b);
	return v;
}

static struct site_file *new_file(struct site *s)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		struct site_file *files = arena_array(&s->arena, cap, sizeof *files);

		if (!files)
			return NULL;
		if (s->n)
			memcpy(files, s->files, s->n * sizeof *files);
		s->files = files;
		s->cap = cap;
	}
	return &s->files[s->n];
}

result maker_add(const struct maker *m, const char *name, const char *ending, const char *type, struct buf *b, struct error *e)
{
	struct site_file *f = new_file(m->site);
	struct buf path;

	buf_init(&path);
	buf_text(&path, m->prefix);
	if (*ending)
		write_name(&path, m, name, m->language, ending);
	else
		buf_text(&path, name);
	if (f)
		*f = (struct site_file){.path = str_copy(&m->site->arena, buf_view(&path)), .type = type, .body = *b,
					.modified = m->of->policy->version ? m->of->policy->published
									   : date_start(m->of->on, m->of->policy->zone)};
	if (!f || !f->path.p || !buf_ok(b)) {
		buf_free(&path);
		buf_free(b);
		return no_memory(e);
	}
	buf_free(&path);
	m->site->n++;
	return RESULT_OK;
}

json_t *maker_words(const struct maker *m)
{
	const struct web_asset *text = web_template_find(STR("privacy.json"));
	json_t *all = json_loadb(text->body.p, text->body.n, 0, NULL);
	json_t *words = json_object_get(all, maker_ja(m) ? "ja" : "en");

	json_incref(words);
	json_decref(all);
	return words;
}

json_t *maker_label(const json_t *words, const char *word)
{
	return json_object_get(words, word);
}

/* The page NAME in the other languages of M's policy. */
static json_t *other_languages(const struct maker *m, const char *name)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->of->policy->n_languages; i++) {
		struct maker there = *m;
		struct buf href;
		json_t *words;

		if (i == m->language)
			continue;
		there.language = i;
		words = maker_words(&there);
		buf_init(&href);
		write_name(&href, m, name, i, ".html");
		if (json_array_append_new(list, json_pack("{s:s, s:O, s:o}", "lang", m->of->policy->languages[i].p, "name",
							  json_object_get(words, "language_name"), "href", take(&href))) != 0) {
			json_decref(list);
			list = NULL;
		}
		json_decref(words);
	}
	return list;
}

json_t *maker_view(const struct maker *m, const char *name, const char *on, const char *title)
{
	const struct policy *p = m->of->policy;
	struct str organization = fact_organization(p, m->language, node_text(node_get(p->root, "policy"), "organization"));
	json_t *others = other_languages(m, name), *view;
	struct buf feed, on_name;

	buf_init(&feed);
	buf_init(&on_name);
	buf_printf(&on_name, "on_%s", on);
	if (m->feed) {
		buf_text(&feed, m->root);
		write_name(&feed, m, "feed", m->language, ".xml");
	}
	view = json_pack("{s:s%, s:o, s:s%, s:s, s:s, s:s, s:b, s:o, s:o, s:b}", "lang", p->languages[m->language].p,
			 p->languages[m->language].n, "t", maker_words(m), "organization", organization.p, organization.n, "title",
			 title, "root", m->root, "base", "", "any_other", json_array_size(others) > 0, "other", others, "feed",
			 take(&feed), buf_c(&on_name), 1);
	buf_free(&on_name);
	return view;
}

/* Adds to LIST the date D, called by WORD, when there is one. */
static bool add_date(const struct maker *m, json_t *list, json_t *word, date d)
{
	struct buf iso, said;

	if (d == DATE_NONE)
		return true;
	buf_init(&iso);
	buf_init(&said);
	date_write(&iso, d);
	say_date(&said, d, maker_ja(m));
	return json_array_append_new(list, json_pack("{s:O, s:o, s:o}", "label", word, "date", take(&iso), "text", take(&said))) == 0;
}

json_t *maker_dates(const struct maker *m, const json_t *words)
{
	const struct policy *p = m->of->policy;
	json_t *list = json_array();

	if (list && add_date(m, list, maker_label(words, "effective"), p->effective) &&
	    add_date(m, list, maker_label(words, "revised"), p->revised) &&
	    add_date(m, list, maker_label(words, "established"), p->established))
		return list;
	json_decref(list);
	return NULL;
}

static json_t *version_text(const struct maker *m)
{
	bool ja = maker_ja(m);
	struct buf b;

	buf_init(&b);
	if (!m->of->policy->version)
		buf_text(&b, say("draft", ja));
	else if (ja)
		buf_printf(&b, "%s%u%s", say("version", ja), (unsigned)m->of->policy->version, say("version_end", ja));
	else
		buf_u64(&b, m->of->policy->version);
	return take(&b);
}

static bool add_format(const struct maker *m, json_t *list, const char *name, const char *ending, const char *type, json_t *label)
{
	struct buf href;

	buf_init(&href);
	write_name(&href, m, name, m->language, ending);
	return json_array_append_new(list, json_pack("{s:o, s:s, s:O}", "href", take(&href), "type", type, "name", label)) == 0;
}

/* The permanent address of the page NAME of M's version, from the root. */
static bool add_permanent(const struct maker *m, json_t *list, const char *name, json_t *label)
{
	struct buf href;

	if (!m->of->policy->version || *m->prefix)
		return true;
	buf_init(&href);
	buf_printf(&href, "versions/%u/", (unsigned)m->of->policy->version);
	write_name(&href, m, name, m->language, ".html");
	return json_array_append_new(list, json_pack("{s:o, s:s, s:O}", "href", take(&href), "type", "text/html", "name", label)) == 0;
}

bool maker_facts(const struct maker *m, json_t *view, const char *name, bool json)
{
	json_t *words = json_object_get(view, "t"), *formats = json_array();
	bool fits = formats && add_format(m, formats, name, ".pdf", "application/pdf", maker_label(words, "pdf")) &&
		    (!json || add_format(m, formats, name, ".json", "application/json", maker_label(words, "json"))) &&
		    add_permanent(m, formats, name, maker_label(words, "this_version"));

	fits &= json_object_set_new(view, "formats", formats) == 0;
	fits &= json_object_set_new(view, "formats_any", json_true()) == 0;
	fits &= json_object_set_new(view, "version_text", version_text(m)) == 0;
	fits &= json_object_set_new(view, "dates", maker_dates(m, words)) == 0;
	fits &= json_object_set_new(view, "superseded", json_boolean(!m->in_force)) == 0;
	if (m->upcoming)
		fits &= json_object_set(words, "superseded", maker_label(words, "upcoming")) == 0;
	return fits;
}

json_t *maker_html(const json_t *blocks, const char *statement, int level)
{
	struct blocks_style style = {statement, level};
	struct buf b;

	buf_init(&b);
	blocks_html(blocks, &style, &b);
	return take(&b);
}

static bool find_template(const void *ctx, struct str name, struct str *text)
{
	const struct web_asset *found = web_template_find(name);

	(void)ctx;
	if (found)
		*text = found->body;
	return found != NULL;
}

result page_render(const char *template_name, const json_t *view, struct buf *out, struct error *e)
{
	const struct template_partials partials = {.find = find_template};

	return template_render(web_template_find(str_of(template_name))->body, view, &partials, out, e);
}

result maker_page(const struct maker *m, const char *template_name, const char *name, json_t *view, struct error *e)
{
	struct buf page;
	result done;

	if (!view)
		return no_memory(e);
	buf_init(&page);
	done = page_render(template_name, view, &page, e);
	json_decref(view);
	if (ok(done))
		return maker_add(m, name, ".html", "text/html; charset=utf-8", &page, e);
	buf_free(&page);
	return done;
}
