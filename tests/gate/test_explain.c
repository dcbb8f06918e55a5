#include "test.h"

#include <string.h>

#include "gate/scene.h"

static const char *const lines[] = {
	"version 1 from: 2026-11-01",
	"notice sign_up purposes: billing",
	"channel web_form form is: written notice: sign_up",
	"category customer channels: web_form keep: P5Y",
	"item customer.name",
	"item customer.paper keep: P6M",
	"purpose billing uses: customer.*",
	"role app application purposes: billing may: read",
};

static void scene_make(struct scene *s)
{
	scene_init(s);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		scene_line(s, str_of(lines[i]));
	scene_build(s);
}

static struct gate_request request(struct scene *s)
{
	return (struct gate_request){.actor = {.active = true, .role = scene_number(s, "role", STR("app"))},
				     .purpose_kind = PURPOSE_DECLARED,
				     .purpose = STR("billing"),
				     .now = scene_moment(STR("2026-12-01"))};
}

static void every_code_names_the_fact_it_rests_on(void **state)
{
	static const struct {
		enum code code;
		int item;
		const char *path;
	} cases[] = {
		{CODE_PURPOSE_MISMATCH, 0, "purposes.billing.uses"},
		{CODE_PURPOSE_NOT_BOUND, 0, "purposes.billing"},
		{CODE_PURPOSE_UNKNOWN, POLICY_NONE, "purposes"},
		{CODE_NO_CONSENT, 0, "purposes.billing.basis"},
		{CODE_ROLE_LACKS_ACTION, POLICY_NONE, "roles.app.may"},
		{CODE_ROLE_DOES_NOT_COLLECT, 0, "roles.app.collects"},
		{CODE_RETENTION_EXPIRED, 0, "categories.customer.keep"},
		{CODE_RETENTION_EXPIRED, 1, "categories.customer.items.paper.keep"},
		{CODE_SECRECY_NO_CONSENT, 0, "categories.customer.items.name.class"},
		{CODE_OWN_USE, 0, "categories.customer.entrusted"},
		{CODE_INDIVIDUAL_NUMBER_TASK, 0, "individual_numbers.tasks"},
		{CODE_NOT_FOUND, 0, ""},
		{CODE_UNAUTHORIZED, POLICY_NONE, ""},
		{CODE_IO, POLICY_NONE, ""},
	};
	struct gate_request r;
	struct scene s;
	struct buf b;

	(void)state;
	scene_make(&s);
	r = request(&s);
	buf_init(&b);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_reset(&b);
		gate_fact_of(s.gates[0], &r, cases[i].item, cases[i].code, &b);
		assert_string_equal(buf_c(&b), cases[i].path);
	}
	buf_free(&b);
	scene_free(&s);
}

static void a_law_is_cited_only_where_the_law_refuses(void **state)
{
	(void)state;
	assert_string_equal(gate_law_of(CODE_PURPOSE_MISMATCH), "APPI 18(1)");
	assert_string_equal(gate_law_of(CODE_PURPOSE_NOT_BOUND), "APPI 18(1)");
	assert_string_equal(gate_law_of(CODE_RETENTION_EXPIRED), "APPI 22");
	assert_string_equal(gate_law_of(CODE_SUSPENDED), "APPI 35");
	assert_string_equal(gate_law_of(CODE_NOTICE_NOT_SHOWN), "APPI 21(2)");
	assert_string_equal(gate_law_of(CODE_SPECIAL_CARE_NO_GROUND), "APPI 20(2)");
	assert_string_equal(gate_law_of(CODE_INDIVIDUAL_NUMBER_TASK), "Number Act 9");
	assert_string_equal(gate_law_of(CODE_SECRECY_NO_CONSENT), "Telecommunications Business Act 4");
	assert_string_equal(gate_law_of(CODE_OBJECTED), "");
	assert_string_equal(gate_law_of(CODE_AFTER_EVENT), "");
	assert_string_equal(gate_law_of(CODE_IO), "");
}

static void a_category_that_is_none_is_refused(void **state)
{
	struct person_state nobody = {.exists = false};
	struct gate_verdict v;
	struct gate_request r;
	struct scene s;

	(void)state;
	scene_make(&s);
	r = request(&s);
	for (r.category = -2; r.category < 3; r.category++) {
		gate_decide(s.gates[0], &r, &nobody, &v);
		assert_int_equal(v.verdict, VERDICT_DENY);
		assert_string_equal(code_text(v.code), r.category ? "category_unknown" : "not_found");
	}
	scene_free(&s);
}

static void a_policy_with_too_many_purposes_is_not_built(void **state)
{
	struct policy p = {.version = 1, .n_purposes = 1025};
	struct policy *versions[] = {&p};
	struct policy_set set = {.versions = versions, .n = 1};
	struct error e = {.code = CODE_NONE};
	struct gate *g;

	(void)state;
	assert_fails(gate_build(&set, &p, &g, &e), &e, CODE_POLICY_INVALID);
	assert_null(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_names_the_fact_it_rests_on),
		cmocka_unit_test(a_law_is_cited_only_where_the_law_refuses),
		cmocka_unit_test(a_category_that_is_none_is_refused),
		cmocka_unit_test(a_policy_with_too_many_purposes_is_not_built),
	};

	return cmocka_run_group_tests_name("gate/explain", tests, NULL, NULL);
}
