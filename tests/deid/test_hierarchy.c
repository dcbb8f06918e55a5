#include "test.h"

#include <string.h>

#include "deid/hierarchy.h"
#include "deid/rule.h"

static result read_text(struct deid_hierarchy *h, struct str text, struct error *e)
{
	return deid_hierarchy_read(h, source_memory(&text), ';', "h.csv", e);
}

static void a_file_gives_levels_with_their_values(void **state)
{
	struct deid_hierarchy h;
	struct error e = {0};

	(void)state;
	assert_ok(read_text(&h, STR("a;x;*\nb;y;*\nc;x;*\n"), &e), &e);
	assert_int_equal(h.levels, 3);
	assert_int_equal(h.level[1].values, 2);
	assert_int_equal(h.level[1].first[2], 0);
	assert_int_equal(h.level[1].size[2], 2);
	assert_int_equal(h.level[2].values, 1);
	deid_hierarchy_free(&h);
}

static void assert_refused(struct str text, const char *where, const char *says)
{
	struct deid_hierarchy h;
	struct error e = {0};

	if (ok(read_text(&h, text, &e)))
		fail_msg("a hierarchy that is none was taken");
	assert_int_equal(e.code, CODE_HIERARCHY_INVALID);
	assert_string_equal(e.where, where);
	assert_non_null(strstr(e.message, says));
	deid_hierarchy_free(&h);
}

static void what_is_no_tree_is_refused_with_its_line(void **state)
{
	(void)state;
	assert_refused(STR("a;x;1\nb;y;1\nc;x;2\n"), "h.csv:3", "line 1");
	assert_refused(STR("a;x\nb;y\na;x\n"), "h.csv:3:1", "line 1");
	assert_refused(STR(""), "h.csv", "empty");
}

static void lines_of_different_length_are_refused(void **state)
{
	struct deid_hierarchy h;
	struct error e = {0};

	(void)state;
	assert_fails(read_text(&h, STR("a;x;*\nb;y\n"), &e), &e, CODE_MALFORMED);
	deid_hierarchy_free(&h);
}

/* What RULE makes of the values in VALUES (one a blank), as a file. */
static void assert_makes(const char *rule, const char *values, const char *expected)
{
	const struct deid_rule *r;
	struct deid_hierarchy h;
	struct deid_dict d;
	struct arena a;
	struct buf b;
	struct error e = {0};
	struct str rest = str_of(values);

	arena_init(&a, 0, false);
	deid_dict_init(&d);
	assert_ok(deid_rule_parse(&a, str_of(rule), &r, &e), &e);
	while (rest.n) {
		struct str v = str_sub(rest, 0, str_find(rest, ' '));

		assert_true(deid_rule_accepts(r, v));
		assert_true(deid_dict_add(&d, v) != DEID_NONE);
		rest = str_sub(rest, v.n + 1, rest.n);
	}
	assert_ok(deid_rule_apply(r, &d, &h, &e), &e);
	buf_init(&b);
	deid_hierarchy_write(&h, ';', &b);
	assert_string_equal(buf_c(&b), expected);
	buf_free(&b);
	deid_hierarchy_free(&h);
	deid_dict_free(&d);
	arena_free(&a);
}

static void rules_make_the_levels_that_they_say(void **state)
{
	(void)state;
	assert_makes("bands(5,10,bottom=15,top=90)", "3 17 94 -2", "3;<15;<15;*\n17;15-19;15-19;*\n94;>=90;>=90;*\n-2;<15;<15;*\n");
	assert_makes("bands(10)", "-3 0 9 10", "-3;-10--1;*\n0;0-9;*\n9;0-9;*\n10;10-19;*\n");
	assert_makes("date", "2024-05-31 1999/12/01",
		     "2024-05-31;2024-05;2024-Q2;2024;2020s;*\n1999/12/01;1999-12;1999-Q4;1999;1990s;*\n");
	assert_makes("mask(right)", "1234 56", "1234;123*;12**;1***;*\n56;5*;**;**;*\n");
	assert_makes("mask(left,2)", "12345", "12345;**345;****5;*\n");
	assert_makes("prefecture", "東京都千代田区 大阪府", "東京都千代田区;東京都;関東;*\n大阪府;大阪府;近畿;*\n");
	assert_makes("list(A:x|y,B:z)", "z x y", "z;B;*\nx;A;*\ny;A;*\n");
}

static void rules_that_make_no_tree_or_no_sense_are_refused(void **state)
{
	static const char *const wrong[] = {"bands(5,12)", "bands()", "bands(5,bottom=9,top=3)", "date(year,month)", "mask(up)",
					    "mask(right,0)", "list(A:x,B:x)", "list()", "prefecture(1)", "bands(5", "nothing(1)"};
	const struct deid_rule *r;
	struct arena a;
	struct error e = {0};

	(void)state;
	arena_init(&a, 0, false);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_fails(deid_rule_parse(&a, str_of(wrong[i]), &r, &e), &e, CODE_HIERARCHY_INVALID);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_gives_levels_with_their_values),
		cmocka_unit_test(what_is_no_tree_is_refused_with_its_line),
		cmocka_unit_test(lines_of_different_length_are_refused),
		cmocka_unit_test(rules_make_the_levels_that_they_say),
		cmocka_unit_test(rules_that_make_no_tree_or_no_sense_are_refused),
	};

	return cmocka_run_group_tests_name("deid/hierarchy", tests, NULL, NULL);
}
