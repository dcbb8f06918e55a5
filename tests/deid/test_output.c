/* How values go into a pseudonymized set: each treatment, and what never stays. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "deid/output.h"
#include "deid/treat.h"
#include "policy/policy.h"

enum { COLUMNS = 8 };

/* A policy with one set, of as many columns as ITEMS, treated as OUTPUT (YAML) says. */
struct scene {
	struct arena arena;
	struct policy_item items[COLUMNS];
	struct policy_category category;
	struct policy_derived set;
	struct policy_output outputs[COLUMNS];
	struct policy policy;
	struct node *root;
	uint64_t columns;
	struct node *output;
};

static struct node *child(struct scene *s, struct node *parent, const char *key, const char *text)
{
	struct node *n = arena_new(&s->arena, struct node), **end = &parent->first;

	assert_non_null(n);
	n->key = str_of(key);
	n->kind = text ? NODE_SCALAR : NODE_MAP;
	if (text)
		n->text = str_of(text);
	while (*end)
		end = &(*end)->next;
	*end = n;
	parent->n++;
	return n;
}

static int by_key(const void *a, const void *b)
{
	return str_cmp((*(struct node *const *)a)->key, (*(struct node *const *)b)->key);
}

/* Sorts the children of all maps below N, as the reader of policies does. */
static void finish(struct scene *s, struct node *n)
{
	size_t i = 0;

	if (n->kind != NODE_MAP)
		return;
	n->by_key = arena_array(&s->arena, n->n + 1, sizeof *n->by_key);
	assert_non_null(n->by_key);
	for (struct node *c = n->first; c; c = c->next) {
		n->by_key[i++] = c;
		finish(s, c);
	}
	qsort(n->by_key, n->n, sizeof *n->by_key, by_key);
}

/* Reads the columns of S, as compiling does, but for hierarchy files. */
static void settle(struct scene *s)
{
	finish(s, s->root);
	s->set.outputs = s->outputs;
	for (s->set.n_outputs = 0; s->set.n_outputs < s->category.n_items; s->set.n_outputs++) {
		struct policy_output *o = &s->outputs[s->set.n_outputs];

		*o = (struct policy_output){.item = (int)s->set.n_outputs};
		policy_output_read(node_find(s->output, s->items[o->item].id), o);
	}
}

static void scene_make(struct scene *s)
{
	struct node *root;

	memset(s, 0, sizeof *s);
	arena_init(&s->arena, 0, false);
	root = arena_new(&s->arena, struct node);
	assert_non_null(root);
	root->kind = NODE_MAP;
	s->root = root;
	s->output = child(s, child(s, child(s, child(s, root, "deidentified", NULL), "pseudonymized", NULL), "study", NULL), "output", NULL);
	s->category = (struct policy_category){.id = STR("customer"), .items = s->items};
	s->set = (struct policy_derived){.id = STR("study"), .pseudonymized = true, .items = &s->columns};
	s->policy = (struct policy){.root = root, .categories = &s->category, .n_categories = 1, .derived = &s->set, .n_derived = 1};
}

/* Adds a column ID of TYPE, treated as the word HOW, or by KEY: VALUE when HOW is NULL. */
static void column(struct scene *s, const char *id, enum item_type type, const char *how, const char *key, const char *value)
{
	struct node *n = child(s, s->output, id, how);

	s->columns |= UINT64_C(1) << s->category.n_items;
	s->items[s->category.n_items++] = (struct policy_item){.id = str_of(id), .type = type};
	if (!how)
		child(s, n, key, value);
}

/* What becomes of the value JSON in the one column of S; "-" when nothing does.  *EMPTIED counts. */
static const char *treated(struct scene *s, const char *json, int32_t days, uint64_t *emptied)
{
	struct str in[COLUMNS] = {str_of(json)}, out[COLUMNS];
	struct set_values v = {.in = in, .n = s->category.n_items, .days = days, .out = out, .arena = &s->arena};
	struct deid_output *o;
	struct set_output how;
	struct error e = {0};

	settle(s);
	assert_ok(deid_output_make(&s->policy, &s->set, &s->arena, &o, &e), &e);
	how = deid_output_of(o);
	assert_ok(how.make(how.ctx, &v, &e), &e);
	*emptied = v.emptied;
	return out[0].p ? out[0].p : "-";
}

static void each_treatment_makes_of_a_value_what_it_says(void **state)
{
	static const struct {
		enum item_type type;
		const char *how, *key, *value, *json, *made;
		int32_t days;
	} cases[] = {
		{ITEM_CODE, "keep", NULL, NULL, "\"f\"", "\"f\"", 5},
		{ITEM_NUMBER, "keep", NULL, NULL, "34", "34", 5},
		{ITEM_LIST, "keep", NULL, NULL, "[\"hosting\",\"cloud\"]", "[\"hosting\",\"cloud\"]", 5},
		{ITEM_DATE, "shift", NULL, NULL, "\"2026-02-27\"", "\"2026-03-04\"", 5},
		{ITEM_DATE, "shift", NULL, NULL, "\"2026-01-02\"", "\"2025-12-28\"", -5},
		{ITEM_DATETIME, "shift", NULL, NULL, "\"2026-02-27T10:20:30Z\"", "\"2026-03-04T10:20:30Z\"", 5},
		{ITEM_DATE, NULL, "to", "year", "\"1970-05-06\"", "\"1970\"", 5},
		{ITEM_DATE, NULL, "to", "quarter", "\"1970-05-06\"", "\"1970-Q2\"", 5},
		{ITEM_DATE, NULL, "to", "month", "\"1970-05-06\"", "\"1970-05\"", 5},
		{ITEM_DATE, NULL, "to", "decade", "\"1970-05-06\"", "\"1970s\"", 5},
		{ITEM_DATETIME, NULL, "to", "month", "\"1970-05-06T01:02:03Z\"", "\"1970-05\"", 5},
		{ITEM_NUMBER, NULL, "bands", "10", "34", "\"30-39\"", 5},
		{ITEM_TEXT, NULL, "digits", "3", "\"541-0041\"", "\"541\"", 5},
		{ITEM_TEXT, NULL, "digits", "2", "\"\xE5\x8C\x97\xE6\xB5\x9C\xE5\xB8\x82\"", "\"\xE5\x8C\x97\xE6\xB5\x9C\"", 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene s;
		uint64_t emptied;

		scene_make(&s);
		column(&s, "column", cases[i].type, cases[i].how, cases[i].key, cases[i].value);
		assert_string_equal(treated(&s, cases[i].json, cases[i].days, &emptied), cases[i].made);
		assert_int_equal(emptied, 0);
		arena_free(&s.arena);
	}
}

static void what_still_identifies_or_cannot_be_treated_is_emptied_and_counted(void **state)
{
	static const struct {
		enum item_type type;
		const char *how, *key, *value, *json, *made;
		uint64_t emptied;
	} cases[] = {
		{ITEM_LONG_TEXT, "keep", NULL, NULL, "\"call 090-1234-5678\"", "-", 1},
		{ITEM_LONG_TEXT, "keep", NULL, NULL, "\"wrote from a.b@mail.example\"", "-", 1},
		{ITEM_LONG_TEXT, "keep", NULL, NULL, "\"paid with 4111 1111 1111 1111\"", "-", 1}, /* Rule 31 (iii) */
		{ITEM_LIST, "keep", NULL, NULL, "[\"hosting\",\"a.b@mail.example\",\"cloud\"]", "[\"hosting\",\"cloud\"]", 1},
		{ITEM_DATE, "shift", NULL, NULL, "\"soon\"", "-", 1},
		{ITEM_DATE, NULL, "to", "year", "\"soon\"", "-", 1},
		{ITEM_NUMBER, NULL, "bands", "10", "\"many\"", "-", 1},
		{ITEM_FILE, "keep", NULL, NULL, "{\"media\":\"image/png\",\"data\":\"AAAA\"}", "-", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene s;
		uint64_t emptied;

		scene_make(&s);
		column(&s, "column", cases[i].type, cases[i].how, cases[i].key, cases[i].value);
		assert_string_equal(treated(&s, cases[i].json, 5, &emptied), cases[i].made);
		assert_int_equal(emptied, cases[i].emptied);
		arena_free(&s.arena);
	}
}

static void bands_are_coded_at_both_ends(void **state)
{
	struct scene s;
	uint64_t emptied;
	struct node *n;

	(void)state;
	scene_make(&s);
	column(&s, "age", ITEM_NUMBER, NULL, "bands", "10");
	n = s.output->first;
	child(&s, n, "bottom", "20");
	child(&s, n, "top", "80");
	assert_string_equal(treated(&s, "17", 5, &emptied), "\"<20\"");
	assert_string_equal(treated(&s, "29", 5, &emptied), "\"20-29\"");
	assert_string_equal(treated(&s, "116", 5, &emptied), "\">=80\"");
	arena_free(&s.arena);
}

static void hierarchies_write_what_stands_above_a_value(void **state)
{
	struct policy_leaf leaves[] = {{STR("kyoto"), STR("west")}, {STR("osaka"), STR("west")}, {STR("tokyo"), STR("east")}};
	const struct policy_output o = {.kind = OUTPUT_LEVEL, .file = STR("regions.csv"), .level = 1, .hash = {0xab, 0xcd}, .leaves = leaves,
					.n_leaves = 3};
	struct deid_treatment t;
	struct error e = {0};
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0, false);
	buf_init(&b);
	assert_ok(deid_treatment_of(&o, STR("city"), &a, &t, &e), &e);
	assert_string_equal(t.how.p, "levels(regions.csv,1,abcd000000000000)");
	assert_true(deid_treat_all(&t, STR("osaka\x1etokyo"), &b));
	assert_string_equal(buf_c(&b), "west|east");
	assert_false(deid_treat(&t, STR("nara"), &b));
	/* read again from what was recorded, without its lines, it says how and treats nothing */
	assert_ok(deid_treatment_parse(STR("city"), STR("levels(regions.csv,1,abcd000000000000)"), &a, &t, &e), &e);
	assert_false(deid_treat(&t, STR("osaka"), &b));
	buf_free(&b);
	arena_free(&a);
}

static void each_element_of_several_and_a_number_with_a_fraction_has_its_band(void **state)
{
	static const struct {
		const char *value, *made; /* NULL: none */
	} cases[] = {
		{"7\x1e" "12\x1e" "12.5", "0-9|10-19|10-19"}, {"19.999", "10-19"}, {"-0.5", "-10--1"}, {"-10.0", "-10--1"}, {"-10.1", "-20--11"},
		{"1.", NULL}, {"1.5e3", NULL}, {"", NULL}, {"7\x1e" "many", NULL},
	};
	struct deid_treatment t;
	struct error e = {0};
	struct arena a;
	struct buf b;

	(void)state;
	arena_init(&a, 0, false);
	buf_init(&b);
	assert_ok(deid_treatment_parse(STR("n"), STR("bands(10)"), &a, &t, &e), &e);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&b);
		assert_int_equal(deid_treat_all(&t, str_of(cases[i].value), &b), cases[i].made != NULL);
		if (cases[i].made)
			assert_string_equal(buf_c(&b), cases[i].made);
	}
	buf_free(&b);
	arena_free(&a);
}

static void a_treatment_that_the_column_does_not_allow_is_refused(void **state)
{
	static const struct {
		enum item_type type;
		enum data_class class_;
		bool direct;
		const char *how, *key, *value;
		enum code code;
	} cases[] = {
		{ITEM_TEXT, DATA_ORDINARY, false, "shift", NULL, NULL, CODE_POLICY_INVALID},
		{ITEM_TEXT, DATA_ORDINARY, false, NULL, "hierarchy", "h.csv", CODE_HIERARCHY_INVALID},
		{ITEM_TEXT, DATA_ORDINARY, false, NULL, "top", "80", CODE_HIERARCHY_INVALID},
		{ITEM_NUMBER, DATA_ORDINARY, false, NULL, "bands", "wide", CODE_HIERARCHY_INVALID},
		{ITEM_TEXT, DATA_ORDINARY, true, "keep", NULL, NULL, CODE_POLICY_INVALID},
		{ITEM_TEXT, DATA_PROPERTY, false, "keep", NULL, NULL, CODE_POLICY_INVALID},
		{ITEM_CARD, DATA_ORDINARY, false, NULL, "digits", "4", CODE_POLICY_INVALID},
		{ITEM_PERSON, DATA_ORDINARY, false, "keep", NULL, NULL, CODE_POLICY_INVALID},
		{ITEM_INDIVIDUAL_NUMBER, DATA_ORDINARY, false, NULL, "digits", "4", CODE_POLICY_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct deid_output *o;
		struct error e = {0};
		struct scene s;

		scene_make(&s);
		column(&s, "column", cases[i].type, cases[i].how, cases[i].key, cases[i].value);
		s.items[0].class_ = cases[i].class_;
		s.items[0].direct = cases[i].direct;
		settle(&s);
		assert_fails(deid_output_make(&s.policy, &s.set, &s.arena, &o, &e), &e, cases[i].code);
		arena_free(&s.arena);
	}
}

static void other_columns_than_the_sets_are_refused_and_a_missing_value_stays_missing(void **state)
{
	struct str in[2] = {{NULL, 0}, STR("1")}, out[2];
	struct deid_output *o;
	struct set_output how;
	struct error e = {0};
	struct scene s;
	struct set_values v = {.in = in, .n = 2, .days = 1, .out = out, .arena = &s.arena};

	(void)state;
	scene_make(&s);
	column(&s, "one", ITEM_TEXT, "keep", NULL, NULL);
	column(&s, "two", ITEM_NUMBER, "keep", NULL, NULL);
	settle(&s);
	assert_ok(deid_output_make(&s.policy, &s.set, &s.arena, &o, &e), &e);
	how = deid_output_of(o);
	assert_ok(how.make(how.ctx, &v, &e), &e);
	assert_null(out[0].p);
	assert_string_equal(out[1].p, "1");
	assert_int_equal(v.emptied, 0);
	v.n = 1;
	assert_fails(how.make(how.ctx, &v, &e), &e, CODE_INTERNAL);
	arena_free(&s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_treatment_makes_of_a_value_what_it_says),
		cmocka_unit_test(what_still_identifies_or_cannot_be_treated_is_emptied_and_counted),
		cmocka_unit_test(bands_are_coded_at_both_ends),
		cmocka_unit_test(hierarchies_write_what_stands_above_a_value),
		cmocka_unit_test(each_element_of_several_and_a_number_with_a_fraction_has_its_band),
		cmocka_unit_test(a_treatment_that_the_column_does_not_allow_is_refused),
		cmocka_unit_test(other_columns_than_the_sets_are_refused_and_a_missing_value_stays_missing),
	};

	return cmocka_run_group_tests_name("deid/output", tests, NULL, NULL);
}
