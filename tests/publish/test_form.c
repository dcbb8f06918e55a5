/* Request forms, made of the facts: what is granted has one, and each asks and tells what the facts say. */
#include "example.h"

#include <string.h>

#include "policy/compile.h"
#include "publish/form.h"

/* The facts of the example that make its requests less: for what a form must not say then. */
static const char small[] =
	"sekisho: 1\n"
	"policy: {id: a, organization: a, effective: 2026-11-01, languages: [ja, en], default_language: ja, time_zone: Asia/Tokyo}\n"
	"organizations: {a: {name: {ja: 甲, en: A}, country: JP}}\n"
	"desks: {d: {to: {ja: 係, en: Desk}, address: a}}\n"
	"requests: {kinds: [disclose, delete], desk: d, deliver: {methods: [paper], chosen_by: company, postage: company}}\n";
static const char statement[] = "# T\n\n## C {#c keeps=requests}\n\nx\n";

enum { NOTIFY, DISCLOSE, RECORDS, CORRECT, SUSPEND, ERASE, PROVISION };

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

static json_t *form_of(const struct edition *ed, size_t form, size_t language)
{
	struct error e = {0};
	json_t *v;

	assert_ok(form_view(ed, form, language, &v, &e), &e);
	return v;
}

static const json_t *section(const json_t *view, const char *anchor)
{
	const json_t *clause;
	size_t i;

	json_array_foreach(json_object_get(view, "clauses"), i, clause)
		if (strcmp(json_string_value(json_object_get(clause, "anchor")), anchor) == 0)
			return clause;
	return NULL;
}

/* All that V says, with its members' names. */
static bool says(const json_t *v, const char *what)
{
	char *text = json_dumps(v, JSON_ENCODE_ANY);
	bool found = strstr(text, what) != NULL;

	free(text);
	return found;
}

static size_t choices(const json_t *view, const char *anchor)
{
	const json_t *block;
	size_t i;

	json_array_foreach(json_object_get(section(view, anchor), "blocks"), i, block)
		if (json_object_get(block, "items"))
			return json_array_size(json_object_get(block, "items"));
	return 0;
}

static void each_right_that_is_granted_has_one_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		assert_true(form_granted(example.policy, i));
		for (size_t l = 0; l < example.policy->n_languages; l++) {
			json_t *v = form_of(&example.edition, i, l);

			assert_non_null(section(v, "person"));
			assert_non_null(section(v, "proxy"));
			assert_non_null(section(v, "signature"));
			assert_non_null(section(v, "next"));
			assert_true((section(v, "grounds") != NULL) == (i >= CORRECT));
			assert_true((section(v, "what") != NULL) == (i == CORRECT));
			json_decref(v);
		}
	}
}

static void grounds_are_those_of_the_facts_with_their_article(void **state)
{
	json_t *v = form_of(&example.edition, SUSPEND, 1);

	(void)state;
	assert_int_equal(choices(v, "grounds"), 5);
	assert_true(says(section(v, "grounds"), "Used beyond the purposes") && says(section(v, "grounds"), "Article 35(1)"));
	json_decref(v);
	v = form_of(&example.edition, PROVISION, 0);
	assert_int_equal(choices(v, "grounds"), 4);
	assert_true(says(section(v, "grounds"), "第35条第3項"));
	json_decref(v);
	v = form_of(&example.edition, CORRECT, 0);
	assert_int_equal(choices(v, "grounds"), 1); /* of three kinds, once */
	assert_int_equal(choices(v, "what"), 3);
	json_decref(v);
}

static void fee_is_said_only_where_the_law_allows_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		json_t *v = form_of(&example.edition, i, 1);
		const json_t *fee = section(v, "fee");

		assert_true(says(fee, "1,000 yen") == (i <= RECORDS));
		assert_true(says(fee, "Postage stamps") == false && says(fee, "postage stamps") == (i <= RECORDS));
		assert_true(says(fee, "costs nothing") == (i > RECORDS));
		json_decref(v);
	}
}

static void papers_are_asked_for_with_what_to_mask(void **state)
{
	json_t *v = form_of(&example.edition, DISCLOSE, 0);
	const json_t *enclosed = section(v, "enclosed");

	(void)state;
	assert_true(says(enclosed, "運転免許証") && says(enclosed, "戸籍謄本") && says(enclosed, "印鑑登録証明書"));
	assert_true(says(enclosed, "表面だけ"));
	assert_true(says(enclosed, "塗りつぶしてください：個人番号（マイナンバー）、本籍"));
	json_decref(v);
}

static void it_says_what_happens_next_and_where_to_complain(void **state)
{
	json_t *v = form_of(&example.edition, DISCLOSE, 1);
	const json_t *next = section(v, "next");

	(void)state;
	assert_true(says(next, "within 14 days") && says(next, "we explain why") && says(next, "privacy@minato-akari.example"));
	assert_true(says(next, "Another law would be violated (Article 33(2)(iii))"));
	assert_true(says(next, "Todai Privacy Foundation"));
	assert_false(says(next, "pass on to"));
	json_decref(v);
	v = form_of(&example.edition, ERASE, 1);
	assert_true(says(section(v, "next"), "pass on to: joint users, processors, recipients"));
	assert_false(says(section(v, "next"), "Another law would be violated"));
	json_decref(v);
}

static void own_text_stands_on_top(void **state)
{
	json_t *v = form_of(&example.edition, CORRECT, 1);

	(void)state;
	assert_true(says(json_object_get(v, "lead"), "If only your address or telephone number has changed"));
	assert_true(form_has_text(example.policy, STR("forms/correction")));
	assert_false(form_has_text(example.policy, STR("forms/other")));
	assert_string_equal(json_string_value(json_object_get(v, "title")),
			    "Request for correction, addition, deletion of retained personal data");
	json_decref(v);
}

/* Few facts: no proxies, no grounds, one kind of three, the company chooses how it answers. */
static void what_the_facts_do_not_say_is_not_asked(void **state)
{
	struct source_file files[] = {{STR("policy.yaml"), STR(small)}, {STR("statement.en.md"), STR(statement)},
				      {STR("statement.ja.md"), STR(statement)}};
	const struct source s = {.files = files, .n = 3};
	struct edition ed = {.files = &s};
	struct error e = {0};
	struct policy *p;
	json_t *v;

	(void)state;
	assert_ok(policy_compile_stored(&s, &p, &e), &e);
	ed.policy = p;
	ed.on = p->effective;
	assert_false(form_granted(p, NOTIFY) || form_granted(p, ERASE));
	assert_true(form_granted(p, DISCLOSE) && form_granted(p, CORRECT));
	v = form_of(&ed, CORRECT, 0);
	assert_string_equal(json_string_value(json_object_get(v, "title")), "保有個人データの削除請求書");
	assert_null(section(v, "proxy"));
	assert_null(section(v, "requester"));
	assert_null(section(v, "grounds"));
	assert_true(says(section(v, "delivery"), "お答えは次の方法によります：書面。"));
	assert_true(says(section(v, "delivery"), "当社が負担します"));
	assert_true(says(section(v, "next"), "遅滞なくお答えします。"));
	json_decref(v);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_right_that_is_granted_has_one_form),
		cmocka_unit_test(grounds_are_those_of_the_facts_with_their_article),
		cmocka_unit_test(fee_is_said_only_where_the_law_allows_one),
		cmocka_unit_test(papers_are_asked_for_with_what_to_mask),
		cmocka_unit_test(it_says_what_happens_next_and_where_to_complain),
		cmocka_unit_test(own_text_stands_on_top),
		cmocka_unit_test(what_the_facts_do_not_say_is_not_asked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
