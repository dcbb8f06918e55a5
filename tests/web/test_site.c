/*
 * The published site of the reference example: the same clauses in every form and
 * language, links that lead somewhere, nothing loaded from elsewhere, the same bytes twice.
 */
#include "publish/example.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"
#include "web/site.h"

enum { PAGE_BYTES = 100 * 1024 };

static struct draft example;
static struct site *site;

static int set_up(void **state)
{
	struct error e = {0};

	(void)state;
	example_read(TEST_SOURCE_DIR "/../examples/reference", &example);
	assert_ok(site_make(&example.edition, 1, 0, &site, &e), &e);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	site_free(site);
	draft_free(&example);
	return 0;
}

static struct str body_of(const char *path)
{
	struct site_file *f = site_find(site, str_of(path));
	struct error e = {0};
	struct str body;

	if (!f)
		fail_msg("there is no %s", path);
	assert_ok(site_body(f, &body, &e), &e);
	return body;
}

static bool has(struct str s, const char *what)
{
	return memmem(s.p, s.n, what, strlen(what)) != NULL;
}

static unsigned count(struct str s, const char *what)
{
	unsigned n = 0;
	const char *p = s.p;

	while ((p = memmem(p, (size_t)(s.p + s.n - p), what, strlen(what))) != NULL) {
		p += strlen(what);
		n++;
	}
	return n;
}

/* What pdftotext reads in the PDF NAME of the site, without blanks, which it sets as it likes. */
static void pdf_text(const char *name, struct buf *out)
{
	struct str body = body_of(name);
	struct scratch s;
	struct error e = {0};
	char path[1024], scratch_text[1024];
	char *const arguments[] = {"pdftotext", "-raw", path, scratch_text, NULL};
	struct buf text;
	int status;
	pid_t child;

	scratch_make(&s);
	snprintf(path, sizeof path, "%s", scratch_path(&s, "x.pdf"));
	snprintf(scratch_text, sizeof scratch_text, "%s", scratch_path(&s, "x.txt"));
	assert_ok(file_write(path, body.p, body.n, 0600, &e), &e);
	assert_int_equal(posix_spawnp(&child, "pdftotext", NULL, NULL, arguments, environ), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	buf_init(&text);
	assert_ok(file_read(scratch_text, 1 << 20, &text, &e), &e);
	for (size_t i = 0; i < text.n; i++)
		if (!strchr(" \n\f", text.p[i]))
			buf_byte(out, text.p[i]);
	buf_free(&text);
	scratch_remove(&s);
}

/* S without blanks, ideographic ones too, in OUT. */
static void without_blanks(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (str_starts(str_sub(s, i, 3), STR("　")))
			i += 2;
		else if (s.p[i] != ' ')
			buf_byte(out, s.p[i]);
	}
}

static void assert_in_pdf(const struct buf *pdf, struct str title)
{
	struct buf needle;
	struct buf plain;

	buf_init(&needle);
	buf_init(&plain);
	without_blanks(title, &needle);
	without_blanks(buf_view(pdf), &plain);
	if (!has(buf_view(&plain), buf_c(&needle)))
		fail_msg("the PDF lacks \"%s\"", buf_c(&needle));
	buf_free(&needle);
	buf_free(&plain);
}

static void every_clause_is_in_html_json_and_pdf(void **state)
{
	const struct policy *p = example.policy;

	(void)state;
	for (size_t l = 0; l < p->n_languages; l++) {
		char name[64], section[256];
		struct str html;
		struct buf pdf;
		json_t *view;

		snprintf(name, sizeof name, "statement.%s.html", p->languages[l].p);
		html = body_of(name);
		snprintf(name, sizeof name, "statement.%s.json", p->languages[l].p);
		view = json_loadb(body_of(name).p, body_of(name).n, 0, NULL);
		snprintf(name, sizeof name, "statement.%s.pdf", p->languages[l].p);
		buf_init(&pdf);
		pdf_text(name, &pdf);
		assert_int_equal(count(html, "<section id=\""), p->n_clauses);
		assert_int_equal(json_array_size(json_object_get(view, "clauses")), p->n_clauses);
		for (size_t i = 0; i < p->n_clauses; i++) {
			snprintf(section, sizeof section, "<section id=\"%s\"", p->clauses[i].anchor.p);
			assert_true(has(html, section));
			assert_in_pdf(&pdf, p->clauses[i].title.in[l]);
		}
		buf_free(&pdf);
		json_decref(view);
	}
}

static void pages_are_small_and_load_nothing_from_elsewhere(void **state)
{
	unsigned pages = 0;

	(void)state;
	for (size_t i = 0; i < site->n; i++) {
		struct site_file *f = &site->files[i];

		if (!str_starts(str_of(f->type), STR("text/html")))
			continue;
		pages++;
		assert_true(f->body.n < PAGE_BYTES);
		for (size_t k = 0; k < 6; k++) {
			static const char *const never[] = {"<script", "<img", "style=\"", "src=\"", "<iframe", "{{"};

			if (has(buf_view(&f->body), never[k]))
				fail_msg("%s has %s", f->path.p, never[k]);
		}
	}
	assert_int_equal(pages, 2 * 14 + 1);
}

/* The link HREF on the page PAGE: another file of the site and, behind #, an id on it. */
static void assert_leads(const struct site_file *page, struct str href)
{
	size_t hash = str_find(href, '#');
	struct str path = hash == 0 ? page->path : str_sub(href, 0, hash);
	struct site_file *target = site_find(site, path);
	struct buf id;

	if (!target)
		fail_msg("%s leads to %.*s, which is not there", page->path.p, (int)href.n, href.p);
	if (hash == href.n)
		return;
	buf_init(&id);
	buf_text(&id, "id=\"");
	buf_str(&id, str_sub(href, hash + 1, href.n));
	buf_byte(&id, '"');
	if (!has(buf_view(&target->body), buf_c(&id)))
		fail_msg("%s leads to %.*s, where there is no such place", page->path.p, (int)href.n, href.p);
	buf_free(&id);
}

static void every_link_leads_somewhere(void **state)
{
	unsigned links = 0;

	(void)state;
	for (size_t i = 0; i < site->n; i++) {
		struct str rest = buf_view(&site->files[i].body);
		const char *at;

		if (!str_starts(str_of(site->files[i].type), STR("text/html")))
			continue;
		while ((at = memmem(rest.p, rest.n, "href=\"", 6)) != NULL) {
			struct str href = str_sub(rest, (size_t)(at - rest.p) + 6, rest.n);

			rest = href;
			href = str_sub(href, 0, str_find(href, '"'));
			if (str_starts(href, STR("https://")) || str_starts(href, STR("mailto:")))
				continue;
			assert_leads(&site->files[i], href);
			links++;
		}
	}
	assert_true(links > 300);
}

static void made_again_it_has_the_same_bytes(void **state)
{
	struct error e = {0};
	struct site *again;

	(void)state;
	assert_ok(site_make(&example.edition, 1, 0, &again, &e), &e);
	assert_int_equal(again->n, site->n);
	for (size_t i = 0; i < site->n; i++) {
		struct str a, b;

		assert_ok(site_body(&site->files[i], &a, &e), &e);
		assert_ok(site_body(&again->files[i], &b, &e), &e);
		assert_string_equal(site->files[i].path.p, again->files[i].path.p);
		if (!str_eq(a, b) || strcmp(site->files[i].etag, again->files[i].etag) != 0)
			fail_msg("%s differs", site->files[i].path.p);
	}
	site_free(again);
}

static void request_forms_say_fee_and_where_to_send(void **state)
{
	(void)state;
	assert_true(has(body_of("forms.ja.html"), "1,000円と消費税"));
	assert_true(has(body_of("forms.ja.html"), "form-disclose.ja.pdf"));
	assert_true(has(body_of("forms.en.html"), "within 14 days of receipt"));
	assert_true(has(body_of("form-disclose.en.html"), "1,000 yen plus consumption tax for each request."));
	assert_true(has(body_of("form-erase.en.html"), "This request costs nothing."));
	assert_false(has(body_of("form-erase.en.html"), "1,000 yen"));
}

/* Each label is of an input that is there once; each choice has its own. */
static void forms_have_a_label_for_every_input(void **state)
{
	struct str body = body_of("form-correct.ja.html"), rest = body;
	unsigned labels = 0;
	const char *at;

	(void)state;
	while ((at = memmem(rest.p, rest.n, "<label for=\"", 12)) != NULL) {
		struct buf id;

		rest = str_sub(rest, (size_t)(at - rest.p) + 12, rest.n);
		buf_init(&id);
		buf_text(&id, " id=\"");
		buf_str(&id, str_sub(rest, 0, str_find(rest, '"')));
		buf_byte(&id, '"');
		assert_int_equal(count(body, buf_c(&id)), 1);
		buf_free(&id);
		labels++;
	}
	assert_true(labels > 15);
	assert_int_equal(count(body, "<label for=\"") + count(body, "<label><input"), count(body, "<input") + count(body, "<textarea"));
	assert_int_equal(count(body, "<fieldset"), count(body, "<legend>"));
	assert_false(has(body, "<form"));
}

/* What is to be filled in is the same on paper. */
static void forms_are_the_same_as_pdf(void **state)
{
	struct str body = body_of("form-suspend-use.ja.html"), rest = body;
	struct buf pdf;
	const char *at;

	(void)state;
	buf_init(&pdf);
	pdf_text("form-suspend-use.ja.pdf", &pdf);
	while ((at = memmem(rest.p, rest.n, "<label for=\"", 12)) != NULL) {
		rest = str_sub(rest, (size_t)(at - rest.p), rest.n);
		rest = str_sub(rest, str_find(rest, '>') + 1, rest.n);
		assert_in_pdf(&pdf, str_sub(rest, 0, str_find(rest, '<')));
	}
	assert_in_pdf(&pdf, STR("漏えいなどの事故"));
	assert_in_pdf(&pdf, STR("当社使用欄"));
	buf_free(&pdf);
}

/* "2 / 4" at the foot, and the language in the file. */
static void pdfs_say_language_and_how_many_pages_they_have(void **state)
{
	struct str body = body_of("statement.en.pdf");
	unsigned pages = count(body, "<< /Type /Page %");
	struct buf pdf;
	char last[32];

	(void)state;
	assert_in_range(pages, 5, 30);
	snprintf(last, sizeof last, "%u/%u", pages, pages);
	assert_true(has(body, "/Lang (en)") && has(body, "/MarkInfo << /Marked true >>") && has(body, "/DisplayDocTitle true"));
	buf_init(&pdf);
	pdf_text("statement.en.pdf", &pdf);
	assert_in_pdf(&pdf, str_of(last));
	buf_free(&pdf);
}

static void tables_have_what_the_law_asks(void **state)
{
	(void)state;
	assert_true(has(body_of("external-transmission.en.html"), "United States of America"));
	assert_true(has(body_of("external-transmission.en.html"), "https://analytics.example/opt-out"));
	assert_true(has(body_of("anonymized.ja.html"), "年齢（10ごとに区切る、20未満はまとめる、80以上はまとめる）"));
	assert_true(has(body_of("anonymized.en.html"), "so that at least 10 people share each combination"));
	assert_true(has(body_of("anonymized.en.html"), ">every month<"));
	assert_true(has(body_of("anonymized.ja.html"), "電子メール"));
}

/* Two published versions: each keeps its address, and the feed and the page on revisions name them. */
static void versions_keep_their_addresses(void **state)
{
	struct edition two[2] = {example.edition, example.edition};
	struct policy first = *example.policy, second = *example.policy;
	struct error e = {0};
	struct site *both;
	struct str body;

	(void)state;
	first.version = 1;
	second.version = 2;
	two[0].policy = &first;
	two[1].policy = &second;
	assert_ok(site_make(two, 2, 1, &both, &e), &e);
	assert_non_null(site_find(both, STR("versions/1/statement.ja.html")));
	assert_non_null(site_find(both, STR("versions/2/form-correct.en.pdf")));
	assert_ok(site_body(site_find(both, STR("versions/1/statement.en.html")), &body, &e), &e);
	assert_true(has(body, "This is an earlier version."));
	assert_true(has(body, "href=\"../../statement.en.html\""));
	assert_ok(site_body(site_find(both, STR("statement.en.html")), &body, &e), &e);
	assert_false(has(body, "This is an earlier version."));
	assert_ok(site_body(site_find(both, STR("history.en.html")), &body, &e), &e);
	assert_true(has(body, "versions/1/statement.en.html") && has(body, "The wording of no clause has changed."));
	assert_ok(site_body(site_find(both, STR("feed.en.xml")), &body, &e), &e);
	assert_int_equal(count(body, "<entry>"), 2);
	site_free(both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_clause_is_in_html_json_and_pdf),
		cmocka_unit_test(pages_are_small_and_load_nothing_from_elsewhere),
		cmocka_unit_test(every_link_leads_somewhere),
		cmocka_unit_test(made_again_it_has_the_same_bytes),
		cmocka_unit_test(request_forms_say_fee_and_where_to_send),
		cmocka_unit_test(forms_have_a_label_for_every_input),
		cmocka_unit_test(forms_are_the_same_as_pdf),
		cmocka_unit_test(pdfs_say_language_and_how_many_pages_they_have),
		cmocka_unit_test(tables_have_what_the_law_asks),
		cmocka_unit_test(versions_keep_their_addresses),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
