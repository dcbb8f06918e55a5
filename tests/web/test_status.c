#include "test.h"

#include <jansson.h>
#include <string.h>

#include "web/asset.h"
#include "web/status.h"

/* A view with three purposes, one of them without a decision, and an organization that tries to be markup. */
static json_t *example(void)
{
	return json_pack("{s:s, s:s, s:{s:s, s:i}, s:{s:s, s:i, s:s, s:s, s:[{s:s, s:s}]},"
			 " s:{s:s, s:[{s:s, s:s, s:i, s:i}, {s:s, s:s, s:i, s:i}, {s:s, s:s, s:i, s:i}]},"
			 " s:{s:s, s:i, s:i, s:s, s:s}}",
			 "version", "0.1.0", "since", "2026-11-25T06:12:00Z", "zone", "name", "Asia/Tokyo", "minutes", 540,
			 "policy", "organization", "<b>&\"Co'", "version", 3, "effective", "2026-11-01", "statement",
			 "/privacy/", "clauses", "anchor", "purposes", "title", "Purposes of use", "today", "date",
			 "2026-11-25", "purposes", "id", "billing", "title", "Billing", "allowed", 1204, "denied", 0, "id",
			 "proposals", "title", "Proposals", "allowed", 1, "denied", 2, "id", "survey", "title", "Survey",
			 "allowed", 0, "denied", 0, "log", "origin", "log.example/a", "generation", 2, "size", 128467, "root",
			 "AAAA", "time", "2026-11-25T08:03:11Z");
}

static char *page(enum web_language language, struct buf *out)
{
	json_t *view = example();
	struct error e = {0};

	buf_init(out);
	assert_ok(web_status_page(view, language, out, &e), &e);
	json_decref(view);
	assert_non_null(buf_c(out));
	return out->p;
}

static void page_shows_policy_decisions_and_log(void **state)
{
	static const char *const expected[] = {
		"<html lang=\"en\">", "Version 3 ", "1 November 2026", "<b>1,207</b>", "allowed 1,205", "denied 2",
		"<a href=\"/privacy/#purposes\">Purposes of use</a>", "log.example/a/g2", "128,467", "AAAA",
		"25 November 2026, 17:03", "<li>Survey</li>", "?language=ja",
	};
	struct buf out;
	char *text = page(WEB_EN, &out);

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		if (!strstr(text, expected[i]))
			fail_msg("the page lacks %s", expected[i]);
	assert_null(strstr(text, "{{"));
	buf_free(&out);
}

static void page_speaks_japanese(void **state)
{
	struct buf out;
	char *text = page(WEB_JA, &out);

	(void)state;
	assert_non_null(strstr(text, "<html lang=\"ja\">"));
	assert_non_null(strstr(text, "2026年11月25日 17:03"));
	assert_non_null(strstr(text, "?language=en"));
	buf_free(&out);
}

static void view_cannot_become_markup(void **state)
{
	struct buf out;
	char *text = page(WEB_EN, &out);

	(void)state;
	assert_null(strstr(text, "<b>&"));
	assert_non_null(strstr(text, "<h1>&lt;b&gt;&amp;&quot;Co&#39;</h1>"));
	buf_free(&out);
}

/* What WEB_CSP forbids would silently not work: scripts and styles in the page, or anything from elsewhere. */
static void page_keeps_to_its_security_policy(void **state)
{
	static const char *const forbidden[] = {"<script", "style=", "<style", " onclick", "http://", "https://", "javascript:"};
	struct buf out;
	char *text = page(WEB_JA, &out);

	(void)state;
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		if (strstr(text, forbidden[i]))
			fail_msg("the page has %s", forbidden[i]);
	buf_free(&out);
}

static void page_refuses_view_without_log(void **state)
{
	json_t *view = example();
	struct error e = {0};
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_int_equal(json_object_del(view, "log"), 0);
	assert_fails(web_status_page(view, WEB_EN, &out, &e), &e, CODE_INTERNAL);
	buf_free(&out);
	json_decref(view);
}

static void page_refuses_purpose_without_count(void **state)
{
	json_t *view = example();
	struct error e = {0};
	struct buf out;
	result r;

	(void)state;
	buf_init(&out);
	json_object_del(json_array_get(json_object_get(json_object_get(view, "today"), "purposes"), 1), "denied");
	r = web_status_page(view, WEB_EN, &out, &e);
	assert_string_equal(e.where, "today.purposes");
	assert_fails(r, &e, CODE_INTERNAL);
	buf_free(&out);
	json_decref(view);
}

static void empty_day_says_so(void **state)
{
	json_t *view = example();
	struct error e = {0};
	struct buf out;

	(void)state;
	buf_init(&out);
	json_array_clear(json_object_get(json_object_get(view, "today"), "purposes"));
	assert_ok(web_status_page(view, WEB_EN, &out, &e), &e);
	assert_non_null(strstr(buf_c(&out), "No decisions yet today."));
	assert_null(strstr(buf_c(&out), "<table"));
	assert_null(strstr(buf_c(&out), "<details"));
	buf_free(&out);
	json_decref(view);
}

static void assets_are_found_by_name_alone(void **state)
{
	const struct web_asset *sheet = web_asset_find(STR("page.css"));

	(void)state;
	assert_non_null(sheet);
	assert_string_equal(sheet->type, "text/css; charset=utf-8");
	assert_int_equal(sheet->etag[0], '"');
	assert_true(sheet->body.n > 1000);
	assert_null(web_asset_find(STR("../page.css")));
	assert_null(web_asset_find(STR("status.html")));
	assert_null(web_template_find(STR("page.css")));
}

/* Both languages have the same texts, none of them empty but where grammar wants nothing. */
static void languages_have_the_same_texts(void **state)
{
	const struct web_asset *file = web_template_find(STR("text.json"));
	json_t *all = json_loadb(file->body.p, file->body.n, JSON_REJECT_DUPLICATES, NULL);
	json_t *ja = json_object_get(all, "ja"), *en = json_object_get(all, "en"), *text;
	const char *key;

	(void)state;
	assert_non_null(all);
	assert_int_equal(json_object_size(ja), json_object_size(en));
	json_object_foreach(ja, key, text) {
		assert_true(json_string_length(text) > 0);
		if (!json_is_string(json_object_get(en, key)))
			fail_msg("English lacks %s", key);
	}
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_shows_policy_decisions_and_log),
		cmocka_unit_test(page_speaks_japanese),
		cmocka_unit_test(view_cannot_become_markup),
		cmocka_unit_test(page_keeps_to_its_security_policy),
		cmocka_unit_test(page_refuses_view_without_log),
		cmocka_unit_test(page_refuses_purpose_without_count),
		cmocka_unit_test(empty_day_says_so),
		cmocka_unit_test(assets_are_found_by_name_alone),
		cmocka_unit_test(languages_have_the_same_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
