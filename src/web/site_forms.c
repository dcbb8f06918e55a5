/* The pages of a site on requests: one for each form, the company's other texts, and the page that lists them. */
#include <string.h>

#include "publish/fact.h"
#include "publish/form.h"
#include "publish/part.h"
#include "publish/say.h"
#include "publish/statement.h"
#include "web/site_page.h"

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the forms");
}

/* Adds to LINKS the page PAGE of TITLE, taken over, its PDF, and what a request made with it costs. */
static bool add_link(const struct maker *m, json_t *links, const char *page, json_t *title, struct str fee)
{
	const char *language = m->of->policy->languages[m->language].p;
	json_t *link = json_pack("{s:o, s:o, s:o, s:s%}", "name", title, "href", json_sprintf("%s.%s.html", page, language), "pdf",
				 json_sprintf("%s.%s.pdf", page, language), "fee", fee.p ? fee.p : "", fee.n);

	return json_array_append_new(links, link) == 0;
}

/* Makes the page of the form FORM and its PDF, and adds both to LINKS. */
static result make_form(const struct maker *m, size_t form, json_t *links, struct error *e)
{
	const char *name = form_page(form);
	json_t *view = NULL, *page;
	struct buf statement, fee;
	result done = RESULT_FAIL;
	bool fits;

	TRY(form_view(m->of, form, m->language, &view, e));
	page = maker_view(m, name, "forms", json_string_value(json_object_get(view, "title")));
	fits = page && maker_facts(m, page, name, false);
	/* of its dates a form shows from when it is used */
	while (fits && json_array_size(json_object_get(page, "dates")) > 1)
		fits = json_array_remove(json_object_get(page, "dates"), 1) == 0;
	fits = fits && json_object_set_new(page, "note", json_string(say("form_print", maker_ja(m)))) == 0;
	fits = fits && json_object_set_new(page, "lead",
					   maker_html(json_object_get(view, "lead"), maker_statement(m, &statement), 2)) == 0;
	if (fits) {
		fits = json_object_set_new(page, "clauses", maker_clauses(view, buf_c(&statement))) == 0;
		buf_free(&statement);
	}
	if (!fits) {
		json_decref(page);
		done = no_memory(e);
		goto out;
	}
	TRY_OUT(maker_page(m, "privacy-form.html", name, page, e));
	TRY_OUT(maker_pdf(m, name, view, e));
	buf_init(&fee);
	if (!form_costs(m->of->policy, form))
		buf_text(&fee, say("form_free", maker_ja(m)));
	else if (fact_write(&fee, m->of->policy, m->language, STR("requests.fee")) != FACT_TEXT)
		buf_reset(&fee);
	done = add_link(m, links, name, json_incref(json_object_get(view, "title")), buf_view(&fee)) ? RESULT_OK : no_memory(e);
	buf_free(&fee);
out:
	json_decref(view);
	return done;
}

/* Makes a page of the text NAME in forms/ that no form has on top. */
static result make_other(const struct maker *m, const char *name, json_t *links, struct error *e)
{
	json_t *title = NULL;
	struct buf page;
	result done;

	buf_init(&page);
	buf_printf(&page, "form-own-%s", name + strlen("forms/"));
	for (size_t c = 0; buf_ok(&page) && c < page.n; c++)
		if (page.p[c] == '/')
			page.p[c] = '-';
	done = maker_wording(m, str_of(name), buf_c(&page), "forms", &title, e);
	if (ok(done) && title && !add_link(m, links, buf_c(&page), title, STR("")))
		done = no_memory(e);
	buf_free(&page);
	return done;
}

/* Makes all pages but the list, and gives in *LINKS where they are, the caller's. */
static result make_pages(const struct maker *m, json_t **links, struct error *e)
{
	json_t *names = wording_names(m->of, STR("forms/")), *name;
	result done = names ? RESULT_OK : no_memory(e);
	size_t i;

	*links = json_array();
	for (i = 0; ok(done) && i < FORMS; i++)
		if (form_granted(m->of->policy, i))
			done = make_form(m, i, *links, e);
	json_array_foreach(names, i, name)
		if (ok(done) && !form_has_text(m->of->policy, str_of(json_string_value(name))))
			done = make_other(m, json_string_value(name), *links, e);
	json_decref(names);
	return done;
}

result maker_forms(const struct maker *m, struct error *e)
{
	const struct wording w = {.policy = m->of->policy, .language = m->language, .on = m->of->on, .file = "forms"};
	json_t *links = NULL, *blocks = NULL, *page = NULL;
	struct buf statement;
	result done = RESULT_FAIL;

	TRY_OUT(make_pages(m, &links, e));
	TRY_OUT(part_make(&w, STR("requests"), STR(""), &blocks, e));
	page = maker_view(m, "forms", "forms", say("page_forms", maker_ja(m)));
	if (!page || json_object_set_new(page, "html", maker_html(blocks, maker_statement(m, &statement), 2)) != 0 ||
	    json_object_set(page, "links", links) != 0 ||
	    json_object_set_new(page, "links_any", json_boolean(json_array_size(links) > 0)) != 0)
		done = no_memory(e);
	else
		done = maker_page(m, "privacy-forms.html", "forms", json_incref(page), e);
	buf_free(&statement);
out:
	json_decref(page);
	json_decref(blocks);
	json_decref(links);
	return done;
}
