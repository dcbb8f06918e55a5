/* What changes from one policy to another: each row edits the example and says what is told of it, in order. */
#include "test.h"

#include <stdio.h>

#include "policy/diff.h"
#include "policy/policy_dir.h"

#define EXAMPLE TEST_SOURCE_DIR "/cases/policy/example"

enum { EDITS = 5 };

struct row {
	const char *says;
	struct {
		const char *file, *from, *to;
	} edits[EDITS];
	const char *changes; /* "CODE PATH\n" for each */
};

#define YAML "policy.yaml"

static const struct row rows[] = {
	{"the order of the file, comments and spelling of a list are no change",
	 {{YAML, "purposes: [billing, contact]", "purposes: [contact, billing]"}},
	 ""},
	{"a new purpose", /* in no role: a question of the checker, no error */
	 {{YAML, "  personnel:\n    text:", "  training:\n    text: {ja: 研修, en: Training}\n    uses: {customer: [services_used]}\n  personnel:\n    text:"}},
	 "purpose-added purposes.training\n"},
	{"a purpose that says something else", {{YAML, "en: Contact about the above", "en: Contact about all"}},
	 "purpose-reworded purposes.contact.text\n"},
	{"a purpose that uses more, and another that uses less",
	 {{YAML, "uses: {customer: [failure_history, facilities]}", "uses: {customer: [failure_history, facilities, gender]}"},
	  {YAML, "uses: {customer: [name, address, email]}", "uses: {customer: [name, email]}"}},
	 "purpose-narrowed purposes.survey\npurpose-widened purposes.facilities\n"},
	{"a purpose that is related to another", {{YAML, "related_to: [quality]", "related_to: [quality, survey]"}},
	 "purpose-related purposes.analysis.related_to.survey\n"},
	{"a purpose that no longer rests on consent",
	 {{YAML, "    basis: {consent: marketing}", "    basis: announced"}},
	 "purpose-basis-changed purposes.proposals.basis\n"},
	{"safeguards that are gone",
	 {{YAML, "    may_object: true\n    after: {contract_end: stop}", "    keep: {for: P1Y, from: acquisition}"}},
	 "safeguard-removed purposes.survey\nkeep-shorter purposes.survey.keep\n"},
	{"an item that is new, and one that is gone",
	 {{YAML, "      purchase: {type: text, label: {ja: 購入品, en: Purchase}}",
	   "      purchase: {type: text, label: {ja: 購入品, en: Purchase}}\n      shop: {type: text, label: {ja: 店舗, en: Shop}}"},
	  {YAML, "      credit_record: {type: long_text, label: {ja: 信用情報機関等から得た情報, en: Information obtained from credit bureaus and the like}}\n", ""},
	  {YAML, "birth_date, identity_document, credit_record]}", "birth_date, identity_document]}"},
	  {YAML, "payment_status, identity_document, credit_record]}", "payment_status, identity_document]}"},
	  {YAML, "collects: {customer: [customer_number, name, credit_record,", "collects: {customer: [customer_number, name,"}},
	 "item-removed categories.customer.items.credit_record\nitem-added categories.purchaser.items.shop\n"
	 "purpose-narrowed purposes.identity_check\npurpose-widened purposes.analysis\nsharing-narrowed joint_use.group\n"},
	{"keeping longer and shorter",
	 {{YAML, "keep: {for: P1Y, from: acquisition, reason: {ja: 事故", "keep: {for: P18M, from: acquisition, reason: {ja: 事故"},
	  {YAML, "keep: {for: P6M, from: acquisition}}", "keep: {for: P5M, from: acquisition}}"},
	  {YAML, "else: {for: P1Y, from: last_contact}", "else: {for: P2Y, from: last_contact}"}},
	 "keep-shorter categories.customer.items.identity_document.keep\nkeep-longer categories.customer.keep\n"
	 "keep-longer categories.visitor.keep\n"},
	{"a renamed clock is the same, another event is not",
	 {{YAML, "  last_contact: {}", "  last_talk: {was: last_contact}"},
	  {YAML, "else: {for: P1Y, from: last_contact}", "else: {for: P1Y, from: last_talk}"},
	  {YAML, "keep: {for: P1Y, from: last_contact", "keep: {for: P1Y, from: contract_end"}},
	 "keep-longer categories.contact_person.keep\n"},
	{"a joint use with another party and purpose",
	 {{YAML, "parties: [{organization: kitahama_sales,", "parties: [{organization: printing}, {organization: kitahama_sales,"},
	  {YAML, "purposes: [proposals, survey, quality, analysis]                      #", "purposes: [proposals, survey, quality, analysis, inquiry] #"}},
	 "recipient-added joint_use.group.parties\n"
	 "shared-purpose-added joint_use.group.purposes\n"},
	{"a processor that gets more", {{YAML, "items: {customer: [name, email]}, clauses", "items: {customer: [name, email, phone]}, clauses"}},
	 "shared-item-added outsourcing.mail_cloud.items\n"},
	{"a new processor, and one that is gone",
	 {{YAML, "  letter_shop: {processor:", "  letter_press: {processor:"}},
	 "sharing-removed outsourcing.letter_shop\n"
	 "sharing-added outsourcing.letter_press\n"},
	{"a processor that gets less", {{YAML, "[customer_number, name, address, payment_status]}, clauses", "[name, address, payment_status]}, clauses"}},
	 "sharing-narrowed outsourcing.letter_shop\n"},
	{"a consent that covers more", {{YAML, "marketing: {purposes: [proposals],", "marketing: {purposes: [proposals, referral],"}},
	 "consent-widened consents.marketing\n"},
	{"wordings", {{"notices/survey.en.md", "Your answers", "What you answer"}}, "wording-changed notices.survey\n"},
	{"a right less", {{YAML, "kinds: [notify_purpose, disclose, disclose_provision_records, correct,", "kinds: [disclose, disclose_provision_records, correct,"},
	  {YAML, "fee: {kinds: [notify_purpose, disclose,", "fee: {kinds: [disclose,"}, {YAML, "notify_purpose: forms/disclosure, ", ""}},
	 "right-removed requests.kinds.notify_purpose\n"},
	{"a new kind of people, and one that is gone",
	 {{YAML, "  visitor:\n    people:", "  guest:\n    people:"}, {YAML, "uses: {visitor: all, customer: [name]}", "uses: {guest: all, customer: [name]}"},
	  {YAML, "collects: {visitor: all}", "collects: {guest: all}"}},
	 "category-removed categories.visitor\n"
	 "category-added categories.guest\npurpose-widened purposes.center_security\n"
	 "purpose-narrowed purposes.center_security\n"},
	{"a consent that is asked, and one that is not",
	 {{YAML, "  marketing: {purposes: [proposals],", "  offers: {text: {ja: 同意します, en: I agree}, purposes: [proposals],"}, {YAML, "basis: {consent: marketing}", "basis: {consent: offers}"},
	  {"statement.ja.md", "consents.marketing", "consents.offers"}, {"statement.en.md", "consents.marketing", "consents.offers"}},
	 "purpose-basis-changed purposes.proposals.basis\n"
	 "consent-removed consents.marketing\n"
	 "consent-added consents.offers\n"},
	{"a fee that rises", {{YAML, "amount: 1000", "amount: 1500"}}, "fee-raised requests.fee.amount\n"},
};

/* These are read from the edited example to the example as it stands. */
static const struct row rows_back[] = {
	{"a right more and a fee that falls",
	 {{YAML, "kinds: [notify_purpose, disclose, disclose_provision_records, correct,", "kinds: [disclose, disclose_provision_records, correct,"},
	  {YAML, "fee: {kinds: [notify_purpose, disclose,", "fee: {kinds: [disclose,"}, {YAML, "notify_purpose: forms/disclosure, ", ""},
	  {YAML, "amount: 1000", "amount: 1500"}},
	 "right-added requests.kinds.notify_purpose\n"
	 "fee-lowered requests.fee.amount\n"},
};

static struct policy *compiled(const char *dir)
{
	struct error e = {0};
	struct findings f;
	struct policy *p;

	findings_init(&f);
	assert_ok(policy_compile(dir, &f, &p, &e), &e);
	if (!p)
		fail_msg("%s:%u: %.*s", f.list[0].at.file, f.list[0].at.line, (int)f.list[0].message.n, f.list[0].message.p);
	findings_free(&f);
	return p;
}

/* What changes from P to Q, one to a line; both are freed. */
static void told(struct policy *p, struct policy *q, struct buf *out)
{
	struct changes changes;
	struct error e = {0};
	struct arena a;

	arena_init(&a, 0, false);
	assert_ok(policy_diff_number(p, q, &e), &e);
	assert_ok(policy_diff(p, q, &a, &changes, &e), &e);
	for (size_t i = 0; i < changes.n; i++) {
		const struct change *c = &changes.list[i];
		struct buf en, ja;

		buf_init(&en);
		buf_init(&ja);
		buf_printf(out, "%s %.*s\n", finding_text(c->code), (int)c->path.n, c->path.p);
		change_write(c, false, &en);
		change_write(c, true, &ja);
		assert_null(strchr(buf_c(&en), '{'));
		assert_true(en.n > 10 && ja.n > 10);
		assert_false(str_eq(buf_view(&en), buf_view(&ja)));
		assert_true(c->act.law[0] && c->act.since[0] && c->act.en[0] && c->act.ja[0]);
		buf_free(&en);
		buf_free(&ja);
	}
	arena_free(&a);
	policy_free(p);
	policy_free(q);
}

static void expect(const char *says, const struct buf *out, const char *wanted)
{
	struct str got = out->n ? buf_view(out) : STR("");

	if (!str_is(got, wanted))
		fail_msg("%s:\n%.*s", says, (int)got.n, got.p);
}

static void check(const struct row *row, bool back)
{
	char dir[64], policy[96];
	struct buf out;

	policy_dir_make(dir, sizeof dir);
	snprintf(policy, sizeof policy, "%s/policy", dir);
	policy_dir_copy(EXAMPLE, policy);
	for (int i = 0; i < EDITS && row->edits[i].file; i++)
		policy_dir_edit(policy, row->edits[i].file, row->edits[i].from, row->edits[i].to);
	buf_init(&out);
	told(compiled(back ? policy : EXAMPLE), compiled(back ? EXAMPLE : policy), &out);
	expect(row->says, &out, row->changes);
	buf_free(&out);
	policy_dir_remove(dir);
}

static void each_change_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i], false);
	for (size_t i = 0; i < sizeof rows_back / sizeof *rows_back; i++)
		check(&rows_back[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_change_is_told)};

	return cmocka_run_group_tests_name("policy/diff", tests, NULL, NULL);
}
