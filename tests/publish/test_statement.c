/* The statement's view, what changed between two of them, and what keeps its clauses. */
#include "example.h"

#include <string.h>

#include "publish/coverage.h"
#include "publish/revision.h"
#include "publish/statement.h"

static struct draft example;

static int set_up(void **state)
{
	(void)state;
	example_read(TEST_SOURCE_DIR "/../examples/reference", &example);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	draft_free(&example);
	return 0;
}

static json_t *view_in(size_t language)
{
	struct error e = {0};
	json_t *v;

	assert_ok(statement_view(&example.edition, language, NULL, &v, &e), &e);
	return v;
}

static const char *member(const json_t *v, const char *name)
{
	return json_string_value(json_object_get(v, name));
}

static void languages_have_the_policy_s_clauses_in_their_order(void **state)
{
	(void)state;
	for (size_t l = 0; l < example.policy->n_languages; l++) {
		json_t *v = view_in(l);
		const json_t *clauses = json_object_get(v, "clauses");

		assert_int_equal(json_array_size(clauses), example.policy->n_clauses);
		for (size_t i = 0; i < example.policy->n_clauses; i++) {
			const json_t *clause = json_array_get(clauses, i);

			assert_string_equal(member(clause, "anchor"), example.policy->clauses[i].anchor.p);
			assert_string_equal(member(clause, "title"), example.policy->clauses[i].title.in[l].p);
			assert_int_equal(json_array_size(json_object_get(clause, "keeps")), example.policy->clauses[i].n_keeps);
			assert_true(json_array_size(json_object_get(clause, "blocks")) > 0);
		}
		json_decref(v);
	}
}

/* Written, read again and compared with the policy: nothing is lost and nothing changed on the way. */
static void facts_come_back_from_json_as_they_are(void **state)
{
	json_t *v = view_in(0), *again, *value, *fact;
	char *text = json_dumps(v, 0);
	const char *path;

	(void)state;
	again = json_loads(text, 0, NULL);
	assert_int_equal(json_equal(v, again), 1);
	assert_true(json_object_size(json_object_get(again, "facts")) > 30);
	json_object_foreach(json_object_get(again, "facts"), path, value) {
		fact = fact_value(node_at(example.policy->root, str_of(path)));
		assert_int_equal(json_equal(value, fact), 1);
		json_decref(fact);
	}
	free(text);
	json_decref(again);
	json_decref(v);
}

static void clauses_added_removed_and_changed_are_told_apart(void **state)
{
	json_t *before = view_in(1), *after = json_deep_copy(before), *clauses = json_object_get(after, "clauses"), *changes;

	(void)state;
	changes = revision_changes(before, after);
	assert_int_equal(json_array_size(changes), 0);
	json_decref(changes);
	json_object_set_new(json_array_get(clauses, 1), "title", json_string("Other"));
	json_array_remove(clauses, 0);
	json_array_append_new(clauses, json_pack("{s:s, s:s, s:[], s:[]}", "anchor", "new", "title", "New", "keeps", "blocks"));
	changes = revision_changes(before, after);
	assert_int_equal(json_array_size(changes), 3);
	assert_string_equal(member(json_array_get(changes, 0), "kind"), "changed");
	assert_string_equal(member(json_array_get(changes, 0), "title"), "Other");
	assert_string_equal(member(json_array_get(changes, 1), "kind"), "added");
	assert_string_equal(member(json_array_get(changes, 1), "anchor"), "new");
	assert_string_equal(member(json_array_get(changes, 2), "kind"), "removed");
	json_decref(changes);
	json_decref(after);
	json_decref(before);
}

static const json_t *fact_of(const json_t *view, const char *path)
{
	const json_t *clause, *fact;
	size_t i, k;

	json_array_foreach(json_object_get(view, "clauses"), i, clause)
		json_array_foreach(json_object_get(clause, "facts"), k, fact)
			if (strcmp(member(fact, "path"), path) == 0)
				return fact;
	fail_msg("no clause has %s", path);
	return NULL;
}

static void coverage_says_what_is_kept_and_what_is_not(void **state)
{
	json_t *tally = json_pack("{s:{s:i, s:s, s:i}, s:{s:i, s:s, s:i}}", "read", "count", 9, "time", "a", "index", 9,
				  "read purpose billing", "count", 3, "time", "b", "index", 7);
	struct error e = {0};
	json_t *view;

	(void)state;
	assert_ok(coverage_view(example.policy, 1, tally, &view, &e), &e);
	assert_string_equal(member(fact_of(view, "purposes.billing"), "state"), "kept");
	assert_int_equal(json_integer_value(json_object_get(fact_of(view, "purposes.billing"), "count")), 3);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(fact_of(view, "purposes.billing"), "last"), "index")), 7);
	assert_string_equal(member(fact_of(view, "incidents"), "state"), "not");
	assert_string_equal(member(fact_of(view, "requests.fee"), "state"), "not");
	assert_string_equal(member(fact_of(view, "organizations.minato"), "state"), "stated");
	assert_string_equal(member(fact_of(view, "joint_use"), "state"), "partly");
	json_decref(view);
	json_decref(tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages_have_the_policy_s_clauses_in_their_order),
		cmocka_unit_test(facts_come_back_from_json_as_they_are),
		cmocka_unit_test(clauses_added_removed_and_changed_are_told_apart),
		cmocka_unit_test(coverage_says_what_is_kept_and_what_is_not),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
