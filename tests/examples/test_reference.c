#include "test.h"

#include <string.h>

#include "policy/policy.h"

#define REFERENCE TEST_SOURCE_DIR "/../examples/reference"

struct rig {
	struct findings f;
	struct policy *p;
	struct error e;
};

static int set_up(void **state)
{
	static struct rig r;

	memset(&r, 0, sizeof r);
	findings_init(&r.f);
	assert_ok(policy_compile(REFERENCE, &r.f, &r.p, &r.e), &r.e);
	*state = &r;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *r = *state;

	policy_free(r->p);
	findings_free(&r->f);
	return 0;
}

static void reference_compiles_without_a_finding(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < r->f.n; i++)
		print_error("%s:%u:%u: [%s] %.*s\n", r->f.list[i].at.file, (unsigned)r->f.list[i].at.line,
			    (unsigned)r->f.list[i].at.column, finding_text(r->f.list[i].code),
			    (int)r->f.list[i].message.n, r->f.list[i].message.p);
	assert_int_equal(r->f.n, 0);
	assert_non_null(r->p);
}

static void has_clause(const struct policy *p, const char *section, struct str id, const char *rest)
{
	struct buf path;
	struct str clause;

	buf_init(&path);
	buf_printf(&path, "%s.%.*s%s", section, (int)id.n, id.p, rest);
	clause = policy_clause_of(p, buf_view(&path));
	if (!clause.n)
		fail_msg("no clause keeps %.*s", (int)path.n, path.p);
	buf_wipe(&path);
}

static void every_fact_that_a_refusal_may_name_is_kept_by_a_clause(void **state)
{
	const struct policy *p = ((struct rig *)*state)->p;
	static const char *const sections[] = {"joint_use", "outsourcing", "provision", "exceptions", "deidentified"};

	for (size_t i = 0; i < p->n_purposes; i++)
		has_clause(p, "purposes", p->purposes[i].id, ".uses");
	for (size_t i = 0; i < p->n_roles; i++)
		has_clause(p, "roles", p->roles[i].id, ".may");
	for (size_t i = 0; i < p->n_categories; i++)
		has_clause(p, "categories", p->categories[i].id, ".keep");
	for (size_t i = 0; i < p->n_consents; i++)
		has_clause(p, "consents", p->consents[i].id, "");
	for (size_t i = 0; i < p->n_notices; i++)
		has_clause(p, "notices", p->notices[i].id, "");
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		assert_true(policy_clause_of(p, str_of(sections[i])).n > 0);
}

static void refusals_lead_to_the_clause_that_people_would_look_for(void **state)
{
	static const struct {
		const char *fact, *clause;
	} cases[] = {
		{"purposes", "lawful-use"},
		{"purposes.billing.uses", "purposes"},
		{"purposes.proposals.basis", "marketing"},
		{"purposes.survey.after", "marketing"},
		{"categories.customer.keep", "retention"},
		{"categories.employee.items.my_number.keep", "retention"},
		{"categories.employee.items.health_check.acquire", "special-care"},
		{"joint_use", "joint-use"},
		{"joint_use.group.items", "joint-use"},
		{"outsourcing.mail_cloud.foreign", "foreign"},
		{"requests.fee.amount", "fee"},
		{"deidentified.anonymized.purchaser_statistics.output", "anonymized"},
	};
	const struct policy *p = ((struct rig *)*state)->p;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str clause = policy_clause_of(p, str_of(cases[i].fact));

		if (!str_is(clause, cases[i].clause))
			fail_msg("%s leads to \"%.*s\", not to %s", cases[i].fact, (int)clause.n, clause.p,
				 cases[i].clause);
	}
}

static void every_top_level_key_of_the_language_is_used(void **state)
{
	static const char *const keys[] = {
		"sekisho", "policy", "organizations", "officer", "desks", "certified_bodies", "links", "services",
		"events", "notices", "channels", "categories", "purposes", "consents", "roles", "exceptions",
		"joint_use", "outsourcing", "provision", "requests", "complaints", "incidents", "deidentified",
		"individual_numbers", "security", "web", "management_system"};
	const struct policy *p = ((struct rig *)*state)->p;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_non_null(node_get(p->root, keys[i]));
	assert_int_equal(p->root->n, sizeof keys / sizeof *keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reference_compiles_without_a_finding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_fact_that_a_refusal_may_name_is_kept_by_a_clause, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refusals_lead_to_the_clause_that_people_would_look_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_top_level_key_of_the_language_is_used, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
