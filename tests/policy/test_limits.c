/* Inputs too large for a case file, and speed of a long policy. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "policy/compile.h"
#include "policy/policy_dir.h"
#include "policy/yaml.h"

#define EXAMPLE TEST_SOURCE_DIR "/cases/policy/example"

/* Reads TEXT as YAML and gives the code of its only finding, or FINDING_CODES when there is none. */
static enum finding_code read_text(struct str text, struct place *at)
{
	struct error e = {0};
	struct findings f;
	struct arena a;
	struct node *root;
	enum finding_code code = FINDING_CODES;

	arena_init(&a, 0, false);
	findings_init(&f);
	assert_ok(yaml_read(&a, "policy.yaml", text, &f, &root, &e), &e);
	assert_in_range(f.n, 0, 1);
	if (f.n) {
		code = f.list[0].code;
		*at = f.list[0].at;
		at->file = NULL;
	}
	findings_free(&f);
	arena_free(&a);
	return code;
}

static void file_of_more_than_8_MB_is_refused(void **state)
{
	struct place at = {0};
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_text(&b, "a: 1\n");
	while (b.n < YAML_BYTES)
		buf_byte(&b, '#');
	assert_int_equal(read_text(buf_view(&b), &at), FINDING_CODES);
	buf_byte(&b, '#');
	assert_int_equal(read_text(buf_view(&b), &at), FINDING_FILE_TOO_LARGE);
	buf_free(&b);
}

static void nesting_of_16_is_read_and_of_17_is_refused(void **state)
{
	struct place at = {0};

	(void)state;
	assert_int_equal(read_text(STR("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"), &at), FINDING_CODES);
	assert_int_equal(read_text(STR("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), &at), FINDING_YAML_DEPTH);
	assert_int_equal(at.column, 17);
}

static void map_with_many_keys_is_read_fast(void **state)
{
	struct place at = {0};
	struct buf b;

	(void)state;
	buf_init(&b);
	for (int i = 0; i < 200000; i++)
		buf_printf(&b, "key_%d: %d\n", i, i);
	assert_int_equal(read_text(buf_view(&b), &at), FINDING_CODES);
	buf_text(&b, "key_7: 1\n");
	assert_int_equal(read_text(buf_view(&b), &at), FINDING_DUPLICATE_KEY);
	assert_int_equal(at.line, 200001);
	buf_free(&b);
}

static void position_counts_characters_from_one(void **state)
{
	struct error e = {0};
	struct findings f;
	struct arena a;
	struct node *root;
	const struct node *n;

	(void)state;
	arena_init(&a, 0, false);
	findings_init(&f);
	assert_ok(yaml_read(&a, "policy.yaml", STR("\xEF\xBB\xBF# x\na: {北浜: [1, 北, 3]}\n"), &f, &root, &e), &e);
	assert_int_equal(f.n, 0);
	n = node_at(root, STR("a.北浜.2"));
	assert_non_null(n);
	assert_true(str_is(n->text, "3"));
	assert_int_equal(n->at.line, 2);
	assert_int_equal(n->at.column, 16);
	assert_null(node_at(root, STR("a.北浜.3")));
	assert_null(node_at(root, STR("a.b")));
	findings_free(&f);
	arena_free(&a);
}

/* The example with COUNT more items in a category, all used. */
static void with_items(const char *dir, int count, struct findings *f, struct policy **p)
{
	struct error e = {0};
	struct buf items;

	policy_dir_copy(EXAMPLE, dir);
	buf_init(&items);
	for (int i = 0; i < count; i++)
		buf_printf(&items, "      more_%d: {type: text}\n", i); /* `center_security` uses all of visitor */
	buf_text(&items, "      entered_at: {type: datetime");
	policy_dir_edit(dir, "policy.yaml", "      entered_at: {type: datetime", buf_c(&items));
	buf_free(&items);
	assert_ok(policy_compile(dir, f, p, &e), &e);
}

static void category_takes_512_items_and_no_more(void **state)
{
	char dir[64], sub[80];

	(void)state;
	policy_dir_make(dir, sizeof dir);
	for (int count = 510; count <= 511; count++) {
		struct findings f;
		struct policy *p;

		findings_init(&f);
		snprintf(sub, sizeof sub, "%s/%d", dir, count);
		with_items(sub, count, &f, &p);
		if (count == 510) {
			assert_non_null(p);
			assert_int_equal(f.n, 0);
		} else {
			assert_null(p);
			assert_int_equal(f.n, 1);
			assert_int_equal(f.list[0].code, FINDING_TOO_MANY);
		}
		policy_free(p);
		findings_free(&f);
	}
	policy_dir_remove(dir);
}

static void clause_is_that_of_the_nearest_fact(void **state)
{
	struct error e = {0};
	struct findings f;
	struct policy *p;

	(void)state;
	findings_init(&f);
	assert_ok(policy_compile(EXAMPLE, &f, &p, &e), &e);
	assert_non_null(p);
	assert_true(str_is(policy_clause_of(p, STR("purposes.billing")), "purposes"));
	assert_true(str_is(policy_clause_of(p, STR("purposes.proposals")), "proposals"));
	assert_true(str_is(policy_clause_of(p, STR("categories.employee.items.name")), "employees"));
	assert_true(str_is(policy_clause_of(p, STR("categories.employees")), "retention"));
	assert_int_equal(policy_clause_of(p, STR("services")).n, 0);
	assert_true(str_is(policy_text_in(p, &p->purposes[policy_purpose_find(p, STR("billing"))].text, 1),
			   "Calculation and invoicing of fees"));
	policy_free(p);
	findings_free(&f);
}

static void compiled_example_says_what_the_file_says(void **state)
{
	struct error e = {0};
	struct findings f;
	struct policy *p;
	const struct policy_category *k;
	const struct policy_purpose *q;

	(void)state;
	findings_init(&f);
	assert_ok(policy_compile(EXAMPLE, &f, &p, &e), &e);
	assert_non_null(p);
	assert_int_equal(p->n_languages, 2);
	assert_int_equal(p->zone, 540);
	k = &p->categories[policy_category_find(p, STR("customer"))];
	assert_int_equal(k->external_id, policy_item_find(k, STR("customer_number")));
	assert_true(k->keep.set);
	assert_int_equal(k->keep.event, policy_event_find(p, STR("contract_end")));
	assert_int_equal(k->keep.otherwise->event, policy_event_find(p, STR("last_contact")));
	assert_int_equal(k->items[policy_item_find(k, STR("identity_document"))].keep.event, POLICY_NONE);
	q = &p->purposes[policy_purpose_find(p, STR("inquiry"))];
	assert_int_equal(q->n_uses, 1);
	assert_true(bits_has(q->uses[0].items, (size_t)policy_item_find(k, STR("phone"))));
	assert_false(bits_has(q->uses[0].items, (size_t)policy_item_find(k, STR("card_number"))));
	q = &p->purposes[policy_purpose_find(p, STR("proposals"))];
	assert_int_equal(q->basis, BASIS_CONSENT);
	assert_int_equal(q->consent, policy_consent_find(p, STR("marketing")));
	assert_int_equal(p->n_arrangements, 4);
	assert_true(p->arrangements[policy_arrangement_find(p, STR("outsourcing.mail_cloud"))].parties[0].abroad);
	assert_true(str_starts(p->notices[policy_notice_find(p, STR("recording"))].wording.text[1], STR("Calls may be")));
	policy_free(p);
	findings_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_of_more_than_8_MB_is_refused),
		cmocka_unit_test(nesting_of_16_is_read_and_of_17_is_refused),
		cmocka_unit_test(map_with_many_keys_is_read_fast),
		cmocka_unit_test(position_counts_characters_from_one),
		cmocka_unit_test(category_takes_512_items_and_no_more),
		cmocka_unit_test(clause_is_that_of_the_nearest_fact),
		cmocka_unit_test(compiled_example_says_what_the_file_says),
	};

	return cmocka_run_group_tests_name("policy/limits", tests, NULL, NULL);
}
