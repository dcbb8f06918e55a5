#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy_dir.h"
#include "policy/publish.h"
#include "policy/source.h"
#include "publish/texts.h"

#define EXAMPLE TEST_SOURCE_DIR "/cases/policy/example"

struct rig {
	char dir[64];
	char policy[96];
	struct db *d;
	struct findings f;
	struct error e;
};

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);
	char path[96];

	assert_non_null(r);
	policy_dir_make(r->dir, sizeof r->dir);
	snprintf(r->policy, sizeof r->policy, "%s/policy", r->dir);
	policy_dir_copy(EXAMPLE, r->policy);
	snprintf(path, sizeof path, "%s/sekisho.db", r->dir);
	findings_init(&r->f);
	assert_ok(db_open(path, DB_CREATE, &r->d, &r->e), &r->e);
	assert_ok(db_migrate(r->d, &r->e), &r->e);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *r = *state;

	db_close(r->d);
	findings_free(&r->f);
	policy_dir_remove(r->dir);
	free(r);
	return 0;
}

static moment at(const char *text)
{
	moment m;

	assert_true(moment_parse(str_of(text), &m));
	return m;
}

static result publish(struct rig *r, const char *now, struct policy_published *out)
{
	enum db_outcome outcome;
	result done;

	findings_free(&r->f);
	findings_init(&r->f);
	assert_ok(db_begin_write(r->d, &r->e), &r->e);
	done = policy_publish_dir(r->d, r->policy, &(struct policy_candidate){.texts = edition_texts, .now = at(now)}, &r->f, out,
				  &r->e);
	if (!ok(done)) {
		db_rollback(r->d);
		return done;
	}
	return db_commit(r->d, &outcome, &r->e);
}

static struct policy_set *load(struct rig *r)
{
	struct policy_set *set;

	assert_ok(policy_set_load(r->d, &set, &r->e), &r->e);
	return set;
}

/* The dates of a second version, announced long enough ahead. */
static void next_version(struct rig *r)
{
	policy_dir_edit(r->policy, "policy.yaml", "revised: 2026-10-15", "revised: 2026-12-01");
	policy_dir_edit(r->policy, "policy.yaml", "effective: 2026-11-01", "effective: 2027-02-01");
}

static void first_version_with_a_past_date_counts_from_that_date(void **state)
{
	struct rig *r = *state;
	struct policy_published v;
	struct policy_set *set;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	assert_int_equal(v.version, 1);
	assert_true(v.published == at("2026-10-31T15:00:00Z"));
	assert_true(v.in_force == v.published);
	set = load(r);
	assert_int_equal(set->n, 1);
	assert_null(policy_set_at(set, at("2026-10-31T14:59:59Z")));
	assert_ptr_equal(policy_set_at(set, at("2026-10-31T15:00:00Z")), set->versions[0]);
	assert_memory_equal(set->versions[0]->hash, v.hash, sizeof v.hash);
	policy_set_free(set);
}

static void first_version_with_a_later_date_is_in_force_from_then(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-10-20T01:00:00Z", &v), &r->e);
	assert_true(v.published == at("2026-10-20T01:00:00Z"));
	assert_true(v.in_force == at("2026-10-31T15:00:00Z"));
}

static void same_files_have_the_same_hash_and_a_changed_one_another(void **state)
{
	struct rig *r = *state;
	struct policy_published v, w;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &w), &r->e);
	assert_int_equal(w.version, 2);
	assert_memory_not_equal(v.hash, w.hash, sizeof v.hash);
	policy_dir_edit(r->policy, "policy.yaml", "revised: 2026-12-01", "revised: 2026-10-15");
	policy_dir_edit(r->policy, "policy.yaml", "effective: 2027-02-01", "effective: 2026-11-01");
	assert_fails(publish(r, "2026-12-03T01:00:00Z", &w), &r->e, CODE_POLICY_DATE);
}

static void later_version_is_refused_before_an_earlier_one(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-10-20T01:00:00Z", &v), &r->e);
	policy_dir_edit(r->policy, "policy.yaml", "revised: 2026-10-15", "revised: 2026-10-16");
	policy_dir_edit(r->policy, "policy.yaml", "effective: 2026-11-01", "effective: 2026-10-31");
	policy_dir_edit(r->policy, "policy.yaml", "until: 2026-10-31", "until: 2026-10-30");
	assert_fails(publish(r, "2026-10-21T01:00:00Z", &v), &r->e, CODE_POLICY_DATE);
}

static void change_of_purposes_is_announced_as_long_ahead_as_promised(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "en: Contact about the above", "en: Contact about this");
	policy_dir_decide(r->policy, 1, "purpose-reworded:purposes.contact.text", "editorial");
	assert_fails(publish(r, "2027-01-19T01:00:00Z", &v), &r->e, CODE_POLICY_DATE);
	assert_ok(publish(r, "2027-01-18T01:00:00Z", &v), &r->e);
}

static void other_change_needs_no_announcement(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "hours: \"Mo-Fr 09:30", "hours: \"Mo-Fr 09:00");
	assert_ok(publish(r, "2027-01-31T01:00:00Z", &v), &r->e);
	assert_true(v.in_force == at("2027-01-31T15:00:00Z"));
}

static void policy_with_errors_is_not_published(void **state)
{
	struct rig *r = *state;
	struct policy_published v;
	struct policy_set *set;

	policy_dir_edit(r->policy, "policy.yaml", "purposes: [billing, contact]", "purposes: [biling, contact]");
	assert_fails(publish(r, "2026-11-25T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.count[SEVERITY_ERROR], 1);
	assert_int_equal(r->f.list[0].code, FINDING_UNKNOWN_PURPOSE);
	set = load(r);
	assert_int_equal(set->n, 0);
	policy_set_free(set);
}

static void change_is_published_once_it_is_decided(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "uses: {customer: [failure_history, facilities]}",
			"uses: {customer: [failure_history, facilities, gender]}");
	assert_fails(publish(r, "2026-12-02T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.n, 1);
	assert_int_equal(r->f.list[0].code, FINDING_PURPOSE_WIDENED);
	assert_true(str_is(r->f.list[0].message, "\"Management and improvement of facilities\" now also uses: Gender."));
	/* neither the answer of another change, nor one for another version, nor one that does not fit */
	policy_dir_decide(r->policy, 1, "purpose-widened:purposes.billing", "related");
	policy_dir_decide(r->policy, 2, "purpose-widened:purposes.facilities", "related");
	policy_dir_decide(r->policy, 1, "purpose-widened:purposes.facilities", "consent");
	assert_fails(publish(r, "2026-12-02T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	policy_dir_edit(r->policy, "decisions.yaml", "since: 1, answer: consent", "since: 1, answer: related");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	assert_int_equal(v.version, 2);
}

static void answer_of_another_kind_is_refused_with_those_that_fit(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "items: {customer: [name, email]}, clauses", "items: {customer: [name, email, phone]}, clauses");
	policy_dir_decide(r->policy, 1, "shared-item-added:outsourcing.mail_cloud.items", "consent");
	assert_fails(publish(r, "2026-12-02T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.n, 1);
	assert_true(str_is(r->f.list[0].message, "Example Cloud, Inc. now also receives: Telephone number. The answer \"consent\" does not fit."));
	assert_true(str_is(r->f.list[0].hint, "APPI 25, 27(5)(i): supervise the processor: assess, contract, review; decisions.yaml: "
					      "about \"shared-item-added:outsourcing.mail_cloud.items\", since 1, answer entrusted"));
	policy_dir_edit(r->policy, "decisions.yaml", "since: 1, answer: consent", "since: 1, answer: entrusted");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
}

/* The example with version 1 published, its dates set for the next. */
static void first_of_two(struct rig *r)
{
	struct policy_published v;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
}

#define CATCH_ALL "catch-all-purpose:purposes.work_scope"

static void answer_stands_while_the_facts_at_its_path_do(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	first_of_two(r);
	policy_dir_edit(r->policy, "policy.yaml", "hours: \"Mo-Fr 09:30", "hours: \"Mo-Fr 09:00");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 0);
}

static void answer_for_facts_that_changed_is_asked_for_again(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	first_of_two(r);
	policy_dir_edit(r->policy, "policy.yaml", "uses: {customer: [customer_number, contact_details]}\n  personnel",
			"uses: {customer: [customer_number, contact_details, gender]}\n  personnel");
	policy_dir_decide(r->policy, 1, "purpose-widened:purposes.work_scope", "related");
	assert_fails(publish(r, "2026-12-02T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.n, 2);
	assert_int_equal(r->f.list[0].code, FINDING_CATCH_ALL_PURPOSE); /* asked again … */
	assert_int_equal(r->f.list[1].code, FINDING_ANSWER_OUTDATED);	/* … and why */
	assert_string_equal(r->f.list[1].at.file, "decisions.yaml");
	assert_int_equal(r->f.list[1].at.line, 2);
	policy_dir_edit(r->policy, "decisions.yaml", "work_scope\", answer: accepted, by: officer, on: 2026-10-15", "work_scope\", answer: accepted, by: officer, on: 2026-12-01");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 0);
}

static void answer_that_comes_back_for_other_facts_does_not_stand(void **state)
{
	static const char answer[] = "- {about: \"" CATCH_ALL "\", answer: accepted, by: officer, on: 2026-10-15, why: {ja: 都度、理由を記録する, en: Each use states its reason}}\n";
	struct rig *r = *state;
	struct policy_published v;

	first_of_two(r);
	policy_dir_edit(r->policy, "decisions.yaml", answer, "");
	policy_dir_edit(r->policy, "policy.yaml", "uses: {customer: [customer_number, contact_details]}\n  personnel",
			"uses: {customer: [customer_number]}\n  personnel");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 1); /* the question, open */
	policy_dir_edit(r->policy, "decisions.yaml", "- {about: \"announced", "@- {about: \"announced");
	policy_dir_edit(r->policy, "decisions.yaml", "@", answer);
	assert_fails(publish(r, "2026-12-03T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.list[1].code, FINDING_ANSWER_OUTDATED);
}

static void answer_on_wording_stands_while_the_clause_reads_so(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	policy_dir_edit(r->policy, "statement.en.md", "# ", "## Pseudonymized information {#pseudonymized-sets keeps=deidentified.pseudonymized}\n\nWe publish the items of pseudonymized information.\n\n# ");
	policy_dir_edit(r->policy, "statement.ja.md", "# ", "## 仮名加工情報 {#pseudonymized-sets keeps=deidentified.pseudonymized}\n\n仮名加工情報の取扱いです。\n\n# ");
	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.list[0].code, FINDING_OVER_PROMISE);
	next_version(r);
	policy_dir_edit(r->policy, "decisions.yaml", "- {about: \"announced", "- {about: \"over-promise:deidentified.pseudonymized\", answer: kept, by: officer, on: 2026-11-30, why: {ja: 守る, en: We keep it}}\n- {about: \"announced");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 0);
	policy_dir_edit(r->policy, "policy.yaml", "hours: \"Mo-Fr 09:30", "hours: \"Mo-Fr 09:00");
	assert_ok(publish(r, "2026-12-03T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 0);
	/* in the other language: the clause is one */
	policy_dir_edit(r->policy, "statement.ja.md", "仮名加工情報の取扱いです。", "仮名加工情報の項目を公表します。");
	assert_fails(publish(r, "2026-12-04T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.count[SEVERITY_ERROR], 1);
	policy_dir_edit(r->policy, "decisions.yaml", "on: 2026-11-30", "on: 2026-12-04");
	assert_ok(publish(r, "2026-12-04T01:00:00Z", &v), &r->e);
}

static void answer_since_a_version_counts_for_the_change_from_it_alone(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	first_of_two(r);
	policy_dir_edit(r->policy, "decisions.yaml", "about: \"" CATCH_ALL "\",", "about: \"" CATCH_ALL "\", since: 1,");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 0);
	assert_ok(publish(r, "2026-12-03T01:00:00Z", &v), &r->e);
	assert_int_equal(r->f.n, 1);
	assert_int_equal(r->f.list[0].code, FINDING_CATCH_ALL_PURPOSE);
}

static void texts_that_are_written_wrongly_are_not_published(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	policy_dir_edit(r->policy, "statement.en.md", "# ", "{{> nothing}}\n\n# ");
	assert_fails(publish(r, "2026-11-25T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
	assert_int_equal(r->f.count[SEVERITY_ERROR], 1);
	assert_int_equal(r->f.list[0].code, FINDING_UNKNOWN_PART);
}

static void nothing_is_published_without_a_check_of_its_texts(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(db_begin_write(r->d, &r->e), &r->e);
	assert_fails(policy_publish_dir(r->d, r->policy, &(struct policy_candidate){.now = at("2026-11-25T01:00:00Z")}, &r->f, &v, &r->e),
		     &r->e, CODE_USAGE);
	db_rollback(r->d);
}

static const struct policy_item *item_of(const struct policy *p, const char *category, const char *item)
{
	const struct policy_category *k = &p->categories[policy_category_find(p, str_of(category))];

	return &k->items[policy_item_find(k, str_of(item))];
}

static void longer_keeping_holds_for_older_data_only_when_decided(void **state)
{
	struct rig *r = *state;
	struct policy_published v;
	struct policy_set *set;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "keep: {for: P5Y, from: contract_end,", "keep: {for: P6Y, from: contract_end,");
	policy_dir_edit(r->policy, "policy.yaml", "keep: {for: P3M, from: acquisition}", "keep: {for: P4M, from: acquisition}");
	policy_dir_decide(r->policy, 1, "keep-longer:categories.customer.keep", "longer");
	policy_dir_decide(r->policy, 1, "keep-longer:purposes.quality.keep", "promised");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	policy_dir_edit(r->policy, "policy.yaml", "hours: \"Mo-Fr 09:30", "hours: \"Mo-Fr 09:00");
	assert_ok(publish(r, "2026-12-03T01:00:00Z", &v), &r->e);
	set = load(r);
	assert_false(item_of(set->versions[0], "customer", "name")->keeps_longer);
	assert_true(item_of(set->versions[1], "customer", "name")->keeps_longer);
	assert_false(item_of(set->versions[1], "customer", "identity_document")->keeps_longer); /* it has its own */
	assert_false(set->versions[1]->purposes[policy_purpose_find(set->versions[1], STR("quality"))].keeps_longer);
	assert_false(item_of(set->versions[2], "customer", "name")->keeps_longer); /* decided once, for one change */
	policy_set_free(set);
}

static void another_policy_is_refused(void **state)
{
	struct rig *r = *state;
	struct policy_published v;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "id: kitahama\n", "id: elsewhere\n");
	assert_fails(publish(r, "2026-12-02T01:00:00Z", &v), &r->e, CODE_POLICY_INVALID);
}

static uint32_t purpose_number(const struct policy *p, const char *id)
{
	int i = policy_purpose_find(p, str_of(id));

	assert_int_not_equal(i, POLICY_NONE);
	return p->purposes[i].number;
}

static void renamed_id_keeps_its_number_and_a_new_one_gets_its_own(void **state)
{
	struct rig *r = *state;
	struct policy_published v;
	struct policy_set *set;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "policy.yaml", "  operations: {kind: staff,", "  works: {was: operations, kind: staff,");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	policy_dir_decide(r->policy, 2, "role-added:roles.operations", "accepted");
	policy_dir_edit(r->policy, "policy.yaml", "  works: {was: operations, kind: staff,",
			"  operations: {kind: staff, purposes: [facilities], may: [read]}\n  works: {kind: staff,");
	assert_ok(publish(r, "2026-12-03T01:00:00Z", &v), &r->e);
	set = load(r);
	{
		const struct policy *one = set->versions[0], *two = set->versions[1], *three = set->versions[2];
		uint32_t number = one->roles[policy_role_find(one, STR("operations"))].number;

		assert_int_equal(two->roles[policy_role_find(two, STR("works"))].number, number);
		assert_int_equal(three->roles[policy_role_find(three, STR("works"))].number, number);
		assert_int_equal(three->roles[policy_role_find(three, STR("operations"))].number, one->n_roles + 1);
		assert_int_equal(purpose_number(one, "billing"), purpose_number(three, "billing"));
	}
	policy_set_free(set);
}

static uint32_t notice_version(const struct policy *p, const char *id)
{
	return p->notices[policy_notice_find(p, str_of(id))].wording.version;
}

static uint32_t consent_version(const struct policy *p, const char *id)
{
	return p->consents[policy_consent_find(p, str_of(id))].wording.version;
}

static void wording_version_moves_with_text_purposes_or_scope(void **state)
{
	struct rig *r = *state;
	struct policy_published v;
	struct policy_set *set;

	assert_ok(publish(r, "2026-11-25T01:00:00Z", &v), &r->e);
	next_version(r);
	policy_dir_edit(r->policy, "notices/survey.en.md", "Your answers", "What you answer");
	policy_dir_edit(r->policy, "policy.yaml", "shop: {purposes: [provide_service, billing, analysis]",
			"shop: {purposes: [provide_service, billing, analysis, quality]");
	policy_dir_edit(r->policy, "policy.yaml", "uses: {customer: [contact_details, services_used]}\n    contacts",
			"uses: {customer: [contact_details, services_used, gender]}\n    contacts");
	policy_dir_decide(r->policy, 1, "purpose-widened:purposes.proposals", "consent");
	policy_dir_decide(r->policy, 1, "consent-widened:consents.marketing", "ask_again");
	policy_dir_decide(r->policy, 1, "channel-widened:notices.shop.purposes", "announced");
	assert_ok(publish(r, "2026-12-02T01:00:00Z", &v), &r->e);
	set = load(r);
	assert_int_equal(notice_version(set->versions[0], "survey"), 1);
	assert_int_equal(notice_version(set->versions[1], "survey"), 2);
	assert_int_equal(notice_version(set->versions[1], "shop"), 2);
	assert_int_equal(notice_version(set->versions[1], "sign_up"), 1);
	assert_int_equal(consent_version(set->versions[1], "marketing"), 2);
	assert_int_equal(consent_version(set->versions[1], "partner_offer"), 1);
	policy_set_free(set);
}

static void stored_version_that_was_changed_is_refused(void **state)
{
	struct rig *r = *state;
	struct source s;
	struct arena a;
	struct buf b;

	arena_init(&a, 0, false);
	buf_init(&b);
	assert_ok(source_read(&a, r->policy, &s, &r->e), &r->e);
	source_pack(&s, &b);
	assert_ok(source_unpack(&a, buf_view(&b), &s, &r->e), &r->e);
	assert_non_null(source_find(&s, STR("notices/survey.ja.md")));
	assert_fails(source_unpack(&a, str_sub(buf_view(&b), 0, b.n - 1), &s, &r->e), &r->e, CODE_MALFORMED);
	assert_fails(source_unpack(&a, STR("sekisho policy 2\n"), &s, &r->e), &r->e, CODE_MALFORMED);
	buf_free(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_version_with_a_past_date_counts_from_that_date, set_up, tear_down),
		cmocka_unit_test_setup_teardown(first_version_with_a_later_date_is_in_force_from_then, set_up, tear_down),
		cmocka_unit_test_setup_teardown(same_files_have_the_same_hash_and_a_changed_one_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(later_version_is_refused_before_an_earlier_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(change_of_purposes_is_announced_as_long_ahead_as_promised, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_change_needs_no_announcement, set_up, tear_down),
		cmocka_unit_test_setup_teardown(policy_with_errors_is_not_published, set_up, tear_down),
		cmocka_unit_test_setup_teardown(change_is_published_once_it_is_decided, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answer_of_another_kind_is_refused_with_those_that_fit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answer_stands_while_the_facts_at_its_path_do, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answer_for_facts_that_changed_is_asked_for_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answer_that_comes_back_for_other_facts_does_not_stand, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answer_on_wording_stands_while_the_clause_reads_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(answer_since_a_version_counts_for_the_change_from_it_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(texts_that_are_written_wrongly_are_not_published, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_published_without_a_check_of_its_texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(longer_keeping_holds_for_older_data_only_when_decided, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_policy_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(renamed_id_keeps_its_number_and_a_new_one_gets_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wording_version_moves_with_text_purposes_or_scope, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stored_version_that_was_changed_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("policy/publish", tests, NULL, NULL);
}
