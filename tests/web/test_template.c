#include "test.h"

#include <jansson.h>
#include <string.h>

#include "web/template.h"

/* The partials of a case: a JSON object of texts. */
static bool find_partial(const void *ctx, struct str name, struct str *text)
{
	const json_t *v = json_object_getn(ctx, name.p, name.n);

	if (!v)
		return false;
	*text = str_of(json_string_value(v));
	return true;
}

static void check_case(const char *file, const json_t *test)
{
	const char *template = json_string_value(json_object_get(test, "template"));
	const char *expected = json_string_value(json_object_get(test, "expected"));
	struct template_partials partials = {find_partial, json_object_get(test, "partials")};
	struct error e = {0};
	struct buf out;

	buf_init(&out);
	assert_ok(template_render(str_of(template), json_object_get(test, "data"), &partials, &out, &e), &e);
	if (strcmp(buf_c(&out), expected) != 0)
		fail_msg("%s: %s:\n  %s\nexpected %s\ngave     %s", file,
			 json_string_value(json_object_get(test, "name")), template, expected, buf_c(&out));
	buf_free(&out);
}

static void run_spec(const char *file, size_t cases)
{
	json_error_t problem;
	json_t *spec, *tests, *test;
	struct buf path;
	size_t i;

	buf_init(&path);
	buf_printf(&path, "%s/data/mustache/specs/%s.json", TEST_SOURCE_DIR, file);
	spec = json_load_file(buf_c(&path), 0, &problem);
	if (!spec)
		fail_msg("%s: %s", buf_c(&path), problem.text);
	tests = json_object_get(spec, "tests");
	assert_int_equal(json_array_size(tests), cases);
	json_array_foreach(tests, i, test)
		check_case(file, test);
	json_decref(spec);
	buf_free(&path);
}

static void values_are_as_specified(void **state)
{
	(void)state;
	run_spec("interpolation", 42);
}

static void sections_are_as_specified(void **state)
{
	(void)state;
	run_spec("sections", 34);
}

static void inverted_sections_are_as_specified(void **state)
{
	(void)state;
	run_spec("inverted", 22);
}

static void comments_are_as_specified(void **state)
{
	(void)state;
	run_spec("comments", 12);
}

static void partials_are_as_specified(void **state)
{
	(void)state;
	run_spec("partials", 12);
}

static void delimiters_are_as_specified(void **state)
{
	(void)state;
	run_spec("delimiters", 14);
}

static void value_cannot_leave_text_or_attribute(void **state)
{
	json_t *view = json_pack("{s:s}", "v", "<b a=\"1\" c='2'>&amp;");
	struct error e = {0};
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_ok(template_render(STR("<p title=\"{{v}}\">{{v}}</p>"), view, NULL, &out, &e), &e);
	assert_string_equal(buf_c(&out), "<p title=\"&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;\">"
					 "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;</p>");
	buf_free(&out);
	json_decref(view);
}

static void refuse(const char *template, const json_t *view, const struct template_partials *partials, const char *where)
{
	struct error e = {0};
	struct buf out;
	result r;

	buf_init(&out);
	r = template_render(str_of(template), view, partials, &out, &e);
	assert_string_equal(e.where, where);
	assert_fails(r, &e, CODE_MALFORMED);
	buf_free(&out);
}

static void render_refuses_what_is_not_closed(void **state)
{
	json_t *view = json_pack("{s:b, s:b}", "yes", 1, "no", 0);

	(void)state;
	refuse("a\n{{yes", view, NULL, "line 2");
	refuse("{{{yes}}", view, NULL, "line 1");
	refuse("a\n\n{{#yes}}b", view, NULL, "line 3");
	refuse("a\n\n{{#no}}b", view, NULL, "line 3");
	refuse("{{#yes}}\n{{/no}}", view, NULL, "line 2");
	refuse("{{#no}}\n{{/yes}}", view, NULL, "line 2");
	refuse("{{/yes}}", view, NULL, "line 1");
	refuse("{{=<%=}}", view, NULL, "line 1");
	refuse("{{=<% %>}}", view, NULL, "line 1");
	json_decref(view);
}

static void render_refuses_partial_without_end(void **state)
{
	json_t *texts = json_pack("{s:s}", "again", "{{>again}}");
	struct template_partials partials = {find_partial, texts};
	json_t *view = json_object();

	(void)state;
	refuse("{{>again}}", view, &partials, "line 1");
	json_decref(view);
	json_decref(texts);
}

static void empty_text_counts_as_false(void **state)
{
	json_t *view = json_pack("{s:s, s:i}", "empty", "", "zero", 0);
	struct error e = {0};
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_ok(template_render(STR("{{#empty}}x{{/empty}}{{^empty}}y{{/empty}}{{#zero}}{{zero}}{{/zero}}"), view, NULL,
				  &out, &e),
		  &e);
	assert_string_equal(buf_c(&out), "y0");
	buf_free(&out);
	json_decref(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_as_specified),
		cmocka_unit_test(sections_are_as_specified),
		cmocka_unit_test(inverted_sections_are_as_specified),
		cmocka_unit_test(comments_are_as_specified),
		cmocka_unit_test(partials_are_as_specified),
		cmocka_unit_test(delimiters_are_as_specified),
		cmocka_unit_test(value_cannot_leave_text_or_attribute),
		cmocka_unit_test(render_refuses_what_is_not_closed),
		cmocka_unit_test(render_refuses_partial_without_end),
		cmocka_unit_test(empty_text_counts_as_false),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
