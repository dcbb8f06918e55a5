/* Markdown to the tree: what is taken, what is refused and where, what never breaks. */
#include "example.h"

#include <stdlib.h>
#include <string.h>

#include "publish/document.h"

static struct draft example;

static int set_up(void **state)
{
	(void)state;
	example_read(TEST_SOURCE_DIR "/cases/policy/example", &example);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	draft_free(&example);
	return 0;
}

/* Reads TEXT in LANGUAGE (0: ja, 1: en); the tree is the caller's, findings go to F. */
static json_t *read_text(struct str text, size_t language, struct findings *f)
{
	const struct wording w = {example.policy, language, example.edition.on, "t.md", f};
	struct error e = {0};
	json_t *v;

	assert_ok(document_read(&w, text, &v, &e), &e);
	return v;
}

static void assert_tree(const char *text, size_t language, const char *expected)
{
	struct findings f;
	char *found;
	json_t *v;

	findings_init(&f);
	v = read_text(str_of(text), language, &f);
	found = json_dumps(v, JSON_COMPACT);
	assert_string_equal(found, expected);
	assert_int_equal(f.n, 0);
	free(found);
	json_decref(v);
	findings_free(&f);
}

static void assert_finding(const char *text, enum finding_code code, unsigned line, unsigned column)
{
	struct findings f;

	findings_init(&f);
	json_decref(read_text(str_of(text), 0, &f));
	assert_true(f.n > 0);
	assert_string_equal(finding_text(f.list[0].code), finding_text(code));
	assert_int_equal(f.list[0].at.line, line);
	assert_int_equal(f.list[0].at.column, column);
	findings_free(&f);
}

static void paragraph_has_its_marks(void **state)
{
	(void)state;
	assert_tree("a *b* **c** `d`", 1,
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"a \"},{\"em\":[{\"text\":\"b\"}]},{\"text\":\" \"},"
		    "{\"strong\":[{\"text\":\"c\"}]},{\"text\":\" \"},{\"code\":\"d\"}]}]");
}

static void tight_items_are_paragraphs(void **state)
{
	(void)state;
	assert_tree("- a\n  1. b\n- c", 1,
		    "[{\"type\":\"list\",\"ordered\":false,\"items\":[[{\"type\":\"paragraph\",\"content\":[{\"text\":\"a\"}]},"
		    "{\"type\":\"list\",\"ordered\":true,\"start\":1,\"items\":[[{\"type\":\"paragraph\",\"content\":[{\"text\":\"b\"}]}]]}],"
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"c\"}]}]]}]");
}

static void table_has_head_and_rows(void **state)
{
	(void)state;
	assert_tree("| a | b |\n|---|---|\n| c | d |", 1,
		    "[{\"type\":\"table\",\"head\":[[{\"text\":\"a\"}],[{\"text\":\"b\"}]],"
		    "\"rows\":[[[{\"text\":\"c\"}],[{\"text\":\"d\"}]]]}]");
}

static void fact_stands_in_the_language(void **state)
{
	(void)state;
	assert_tree("{{policy.effective}}", 0,
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"2026年11月1日\",\"fact\":\"policy.effective\"}]}]");
	assert_tree("{{policy.effective}}", 1,
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"1 November 2026\",\"fact\":\"policy.effective\"}]}]");
	assert_tree("{{ requests.fee }}", 0,
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"1,000円と消費税\",\"fact\":\"requests.fee\"}]}]");
	assert_tree("{{requests.answer.within}}", 1,
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"14 days\",\"fact\":\"requests.answer.within\"}]}]");
}

static void reference_without_text_says_the_title(void **state)
{
	(void)state;
	assert_tree("[](#company)", 1,
		    "[{\"type\":\"paragraph\",\"content\":[{\"link\":\"#company\",\"content\":[{\"text\":\"The company\"}]}]}]");
}

static void fact_leads_a_link(void **state)
{
	(void)state;
	assert_tree("[x]({{links.site_terms}})", 1,
		    "[{\"type\":\"paragraph\",\"content\":[{\"link\":\"https://kitahama.example/terms\",\"content\":[{\"text\":\"x\"}]}]}]");
}

static void line_ends_are_blanks_but_in_japanese(void **state)
{
	(void)state;
	assert_tree("個人\n情報", 0, "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"個人情報\"}]}]");
	assert_tree("a\r\nb", 0, "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"a b\"}]}]");
}

static void byte_order_mark_and_tabs_are_taken(void **state)
{
	(void)state;
	assert_tree("\xEF\xBB\xBF- a\n\t- b", 1,
		    "[{\"type\":\"list\",\"ordered\":false,\"items\":[[{\"type\":\"paragraph\",\"content\":[{\"text\":\"a\"}]},"
		    "{\"type\":\"list\",\"ordered\":false,\"items\":[[{\"type\":\"paragraph\",\"content\":[{\"text\":\"b\"}]}]]}]]}]");
}

static void character_references_are_read(void **state)
{
	(void)state;
	assert_tree("&lt;&#x3042;&#0;&unknown;", 1,
		    "[{\"type\":\"paragraph\",\"content\":[{\"text\":\"<あ\xEF\xBF\xBD&unknown;\"}]}]");
}

static void part_takes_its_paragraph(void **state)
{
	struct findings f;
	json_t *v;

	(void)state;
	findings_init(&f);
	v = read_text(STR("a\n\n{{> purposes billing}}\n\nb"), 1, &f);
	assert_int_equal(json_array_size(v), 3);
	assert_string_equal(json_string_value(json_object_get(json_array_get(v, 1), "type")), "table");
	assert_int_equal(json_array_size(json_object_get(json_array_get(v, 1), "rows")), 1);
	assert_int_equal(f.n, 0);
	json_decref(v);
	findings_free(&f);
}

static void html_is_refused_where_it_stands(void **state)
{
	(void)state;
	assert_finding("a\n\n個人<script>x</script>", FINDING_RAW_HTML, 3, 3);
	assert_finding("a <!-- b -->", FINDING_RAW_HTML, 1, 3);
}

static void what_is_missing_is_found_where_it_stands(void **state)
{
	(void)state;
	assert_finding("a\nb {{no.such}}", FINDING_UNKNOWN_FACT, 2, 3);
	assert_finding("{{purposes}}", FINDING_FACT_WITHOUT_TEXT, 1, 1);
	assert_finding("\r\n\r\n{{> nothing}}", FINDING_UNKNOWN_PART, 3, 1);
	assert_finding("[x](#nowhere)", FINDING_UNKNOWN_ANCHOR, 1, 5);
	assert_finding("[x](javascript:alert)", FINDING_BAD_LINK, 1, 5);
}

/* What a link leads to when it is refused: nothing. */
static void refused_link_leads_nowhere(void **state)
{
	json_t *v = read_text(STR("[x](data:text/html,y)"), 1, NULL);
	const json_t *link = json_array_get(json_object_get(json_array_get(v, 0), "content"), 0);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(link, "link")), "");
	json_decref(v);
}

/* md4c gives the end of an emphasis here that it never began. */
static void spans_that_do_not_match_break_nothing(void **state)
{
	json_t *v = read_text(STR("[](<*>\t){>}} }} ```>}}{{>}} }} \n{{*> }}\n[](<>){{> }}"), 0, NULL);

	(void)state;
	assert_int_equal(json_array_size(v), 1);
	json_decref(v);
}

static void too_deep_and_too_long_are_findings(void **state)
{
	char *deep = calloc(1, 4001), *text = calloc(1, DOCUMENT_BYTES + 2);

	(void)state;
	memset(deep, '>', 4000);
	memset(text, 'a', DOCUMENT_BYTES + 1);
	assert_finding(deep, FINDING_TOO_MANY, 1, 1);
	assert_finding(text, FINDING_TOO_MANY, 1, 1);
	free(deep);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paragraph_has_its_marks),
		cmocka_unit_test(tight_items_are_paragraphs),
		cmocka_unit_test(table_has_head_and_rows),
		cmocka_unit_test(fact_stands_in_the_language),
		cmocka_unit_test(reference_without_text_says_the_title),
		cmocka_unit_test(fact_leads_a_link),
		cmocka_unit_test(line_ends_are_blanks_but_in_japanese),
		cmocka_unit_test(byte_order_mark_and_tabs_are_taken),
		cmocka_unit_test(character_references_are_read),
		cmocka_unit_test(part_takes_its_paragraph),
		cmocka_unit_test(html_is_refused_where_it_stands),
		cmocka_unit_test(what_is_missing_is_found_where_it_stands),
		cmocka_unit_test(refused_link_leads_nowhere),
		cmocka_unit_test(spans_that_do_not_match_break_nothing),
		cmocka_unit_test(too_deep_and_too_long_are_findings),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
