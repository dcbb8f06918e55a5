/* What changes from one policy to another: each row edits the example and says what is told of it, in order. */
#include "test.h"

#include <stdio.h>

#include "policy/diff.h"
#include "policy/policy_dir.h"

#define EXAMPLE TEST_SOURCE_DIR "/cases/policy/example"

enum { EDITS = 6 };

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
	 "purpose-narrowed purposes.survey\n"
	 "purpose-widened purposes.facilities\n"},
	{"a purpose that is related to another", {{YAML, "related_to: [quality]", "related_to: [quality, survey]"}},
	 "purpose-related purposes.analysis.related_to.survey\n"},
	{"a purpose that no longer rests on consent",
	 {{YAML, "    basis: {consent: marketing}", "    basis: announced"}},
	 "purpose-basis-changed purposes.proposals.basis\n"},
	{"safeguards that are gone",
	 {{YAML, "    may_object: true\n    after: {contract_end: stop}", "    keep: {for: P1Y, from: acquisition}"}},
	 "safeguard-removed purposes.survey\n"
	 "keep-shorter purposes.survey.keep\n"},
	{"an item that is new, and one that is gone",
	 {{YAML, "      purchase: {type: text, label: {ja: 購入品, en: Purchase}}",
	   "      purchase: {type: text, label: {ja: 購入品, en: Purchase}}\n      shop: {type: text, label: {ja: 店舗, en: Shop}}"},
	  {YAML, "      credit_record: {type: long_text, label: {ja: 信用情報機関等から得た情報, en: Information obtained from credit bureaus and the like}}\n", ""},
	  {YAML, "birth_date, identity_document, credit_record]}", "birth_date, identity_document]}"},
	  {YAML, "payment_status, identity_document, credit_record]}", "payment_status, identity_document]}"},
	  {YAML, "collects: {customer: [customer_number, name, credit_record,", "collects: {customer: [customer_number, name,"}},
	 "item-removed categories.customer.items.credit_record\n"
	 "item-added categories.purchaser.items.shop\n"
	 "purpose-narrowed purposes.identity_check\n"
	 "purpose-widened purposes.analysis\n"
	 "sharing-narrowed joint_use.group\n"},
	{"keeping longer and shorter",
	 {{YAML, "keep: {for: P1Y, from: acquisition, reason: {ja: 事故", "keep: {for: P18M, from: acquisition, reason: {ja: 事故"},
	  {YAML, "keep: {for: P6M, from: acquisition}}", "keep: {for: P5M, from: acquisition}}"},
	  {YAML, "else: {for: P1Y, from: last_contact}", "else: {for: P2Y, from: last_contact}"}},
	 "keep-shorter categories.customer.items.identity_document.keep\n"
	 "keep-longer categories.customer.keep\n"
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
	 "category-added categories.guest\n"
	 "purpose-widened purposes.center_security\n"
	 "purpose-narrowed purposes.center_security\n"},
	{"a consent that is asked, and one that is not",
	 {{YAML, "  marketing: {purposes: [proposals],", "  offers: {text: {ja: 同意します, en: I agree}, purposes: [proposals],"}, {YAML, "basis: {consent: marketing}", "basis: {consent: offers}"},
	  {"statement.ja.md", "consents.marketing", "consents.offers"}, {"statement.en.md", "consents.marketing", "consents.offers"}},
	 "purpose-basis-changed purposes.proposals.basis\n"
	 "consent-removed consents.marketing\n"
	 "consent-added consents.offers\n"},
	{"a fact in other words in one language, in all, and with other blanks alone",
	 {{YAML, "en: Telephone number}, identifies: direct, lookup: true}\n      email", "en: Mobile number}, identifies: direct, lookup: true}\n      email"},
	  {YAML, "people: {ja: データセンターへの入館者, en: Visitors of the data center}", "people: {ja: データセンターへの来訪者, en: Visitors and contractors of the data center}"},
	  {YAML, "en: Bank account}", "en: Bank  account }"},
	  {YAML, "en: Sending mail}", "en: Sending mail and messages}"},
	  {YAML, "method: {ja: 暗号化したファイル,", "method: {ja: ファイル,"}},
	 "fact-reworded categories.customer.items.phone.label\n"
	 "fact-reworded categories.visitor.people\n"
	 "fact-reworded outsourcing.mail_cloud.task\n"
	 "fact-reworded provision.insurer.method\n"},
	{"an item of another class, one that has to be given, another ground",
	 {{YAML, ", class: special_care, acquire: {statute: Industrial Safety and Health Act 66}", ""},
	  {YAML, "entered_at: {type: datetime,", "entered_at: {type: datetime, required: true,"}},
	 "item-required categories.visitor.items.entered_at.required\n"
	 "item-reclassified categories.employee.items.health_check.class\n"
	 "ground-changed categories.employee.items.health_check.acquire\n"},
	{"what a law keeps, for longer and of more",
	 {{YAML, "at_least: {for: P7Y, from: contract_end, items: [payment_status]", "at_least: {for: P8Y, from: contract_end, items: [payment_status, bank_account]"}},
	 "at-least-longer categories.customer.at_least\n"},
	{"what a law keeps, of less", {{YAML, "    at_least: {for: P7Y, from: contract_end, items: [payment_status], law: Corporation Tax Act 126}\n", ""}},
	 "at-least-shorter categories.customer.at_least\n"},
	{"another channel, and one that is gone",
	 {{YAML, "    channels: [telephone, web_form,", "    channels: [counter, telephone, web_form,"}, {YAML, "postcard, fax, bureau, from_group, old_files]", "postcard, bureau, from_group, old_files]"}},
	 "channel-added categories.customer.channels\n"
	 "channel-removed categories.customer.channels\n"},
	{"a notice and a channel that tell more and less",
	 {{YAML, "survey: {purposes: [survey, quality, analysis]", "survey: {purposes: [survey, quality, referral]"},
	  {YAML, "email: {kind: message, purposes: [inquiry, contact]}", "email: {kind: message, purposes: [inquiry, billing]}"}},
	 "channel-widened notices.survey.purposes\n"
	 "channel-narrowed notices.survey.purposes\n"
	 "channel-widened channels.email.purposes\n"
	 "channel-narrowed channels.email.purposes\n"},
	{"channels of another kind, without proof, of another provider",
	 {{YAML, "fax: {kind: document, written: true, notice: sign_up}", "fax: {kind: document, notice: sign_up}"},
	  {YAML, "counter: {kind: oral, notice: entrance}", "counter: {kind: form, notice: entrance}"},
	  {YAML, "provider: credit_bureau, obtained: {ja: 加盟店からの登録, en: Registered by its members}", "provider: insurer, obtained: {ja: 加盟店からの登録, en: Registered by its members}"}},
	 "channel-changed channels.counter\n"
	 "channel-changed channels.fax\n"
	 "channel-changed channels.bureau\n"},
	{"people who are contacted by another means", {{YAML, "contacts_person: {by: [mail]}", "contacts_person: {by: [mail, phone]}"}},
	 "purpose-contacts purposes.referral.contacts_person\n"},
	{"consents that are harder to take back, and for younger people",
	 {{YAML, "withdraw: [web, email, phone]", "withdraw: [web]"}, {YAML, "minors: {under: 16,", "minors: {under: 14,"}},
	 "safeguard-removed consents.marketing\n"
	 "safeguard-removed consents.partner_offer\n"},
	{"roles: one more, one less, wider and narrower",
	 {{YAML, "  auditor: {kind: staff, purposes: [], may: [audit]}", "  reviewer: {kind: staff, purposes: [], may: [audit, trace]}"},
	  {YAML, "limits: {persons_per_hour: 200}}\n  marketing", "limits: {persons_per_hour: 300}}\n  marketing"},
	  {YAML, "approval: {export: {by: officer, for: PT1H}}", "approval: {export: {by: officer, for: PT2H}}"},
	  {YAML, "credit_desk: {kind: staff, purposes: [identity_check], may: [read, lookup, create, update]", "credit_desk: {kind: staff, purposes: [identity_check], may: [read, create, update, correct]"},
	  {YAML, "purposes: [billing, contact], may: [read, lookup, provide]", "purposes: [billing, contact, survey], may: [read, lookup, provide]"}},
	 "role-removed roles.auditor\n"
	 "role-widened roles.billing_app\n"
	 "role-widened roles.support_desk\n"
	 "role-widened roles.analyst\n"
	 "role-widened roles.credit_desk\n"
	 "role-narrowed roles.credit_desk\n"
	 "role-added roles.reviewer\n"},
	{"exceptions: one more, wider, narrower",
	 {{YAML, "opens: [ordinary, property], facts: [statute, document_number, requester]", "opens: [ordinary], facts: [statute, requester]"},
	  {YAML, "approval: {by: officer, afterwards: PT24H}, for: PT4H", "approval: {by: officer}, for: PT8H"},
	  {YAML, "  state_cooperation: {law", "  cooperation: {law"}},
	 "exception-removed exceptions.state_cooperation\n"
	 "exception-widened exceptions.warrant\n"
	 "exception-narrowed exceptions.warrant\n"
	 "exception-widened exceptions.emergency\n"
	 "exception-narrowed exceptions.emergency\n"
	 "exception-added exceptions.cooperation\n"},
	{"parties that stay longer and shorter",
	 {{YAML, "{organization: kitahama_sales, from: 2020-04-01}, {organization: kitahama_field, from: 2020-04-01, until: 2027-03-31}",
	   "{organization: kitahama_sales, from: 2020-04-01, until: 2028-03-31}, {organization: kitahama_field, from: 2020-04-01}"}},
	 "recipient-longer joint_use.group.parties.kitahama_field.until\n"
	 "recipient-shorter joint_use.group.parties.kitahama_sales.until\n"},
	{"a processor that is abroad now, and one that is no more",
	 {{YAML, "printing: {name: {ja: 北浜印刷株式会社, en: \"Kitahama Printing Co., Ltd.\"}, country: JP}", "printing: {name: {ja: 北浜印刷株式会社, en: \"Kitahama Printing Co., Ltd.\"}, country: VN}"},
	  {YAML, "incident], review: {every: P1Y}}\n  mail", "incident], review: {every: P1Y}, foreign: {basis: equal_country}}\n  mail"},
	  {YAML, "cloud_abroad: {name: {ja: 例示クラウド社, en: \"Example Cloud, Inc.\"}, country: US}", "cloud_abroad: {name: {ja: 例示クラウド社, en: \"Example Cloud, Inc.\"}, country: JP}"}},
	 "recipient-abroad outsourcing.letter_shop.foreign\n"
	 "recipient-home outsourcing.mail_cloud.foreign\n"},
	{"a processor abroad on another basis, reviewed less, and with fewer clauses",
	 {{YAML, "foreign: {basis: equal_system, system: contract, information: foreign/us, review: {every: P1Y}}", "foreign: {basis: equal_country}"},
	  {YAML, "clauses: [security, audit, return_or_erase, incident, no_training], review: {every: P1Y}", "clauses: [security, audit, return_or_erase, incident], review: {every: P2Y}"}},
	 "safeguard-removed outsourcing.mail_cloud\n"
	 "recipient-abroad outsourcing.mail_cloud.foreign\n"},
	{"a provision on another basis, and another who answers for a joint use",
	 {{YAML, "basis: {consent: partner_offer}, items", "basis: opt_out, opt_out: {acquired: {ja: 申込書, en: Applications}, stop: inquiry, updated: {ja: 毎月, en: Every month}}, from: 2026-12-01, items"},
	  {YAML, "responsible: kitahama\n", "responsible: insurer\n"}},
	 "responsible-changed joint_use.group.responsible\n"
	 "recipient-shorter provision.insurer.until\n"
	 "sharing-basis-changed provision.insurer.basis\n"},
	{"another organization under the policy", {{YAML, "policy:\n", "policy:\n  entities: [insurer]\n"}},
	 "controller-added policy.entities\n"},
	{"data that is handled in another country", {{YAML, "countries: [JP, US]", "countries: [JP, US, VN]"}}, "country-added security.environment.countries\n"},
	{"another task for individual numbers", {{YAML, "{tasks: [withholding_tax],", "{tasks: [withholding_tax, personnel],"}},
	 "task-added individual_numbers.tasks\n"},
	{"a new set, and one that is gone", {{YAML, "    purchaser_statistics: {from", "    shop_statistics: {from"}},
	 "set-removed deidentified.anonymized.purchaser_statistics\n"
	 "set-added deidentified.anonymized.shop_statistics\n"},
	{"a set with more of everything",
	 {{YAML, "age: {bands: 10, bottom: 20, top: 80}}, model: {k: 10}, every: P1M, recipients: [research_buyer], deliver: [email, document]",
	   "age: {bands: 5, bottom: 20, top: 80}, purchase: keep}, model: {k: 5}, every: P1M, recipients: [research_buyer, insurer], deliver: [email, document, web]"},
	  {YAML, "purposes: [analysis, quality], keep: {for: P1Y, from: creation}, leaves_by: [outsourcing, statute]",
	   "purposes: [analysis, quality, facilities], keep: {for: P2Y, from: creation}, leaves_by: [outsourcing, statute, joint_use]"}},
	 "set-widened deidentified.anonymized.purchaser_statistics.output\n"
	 "set-finer deidentified.anonymized.purchaser_statistics.output\n"
	 "set-finer deidentified.anonymized.purchaser_statistics.model\n"
	 "set-widened deidentified.anonymized.purchaser_statistics.recipients\n"
	 "set-widened deidentified.anonymized.purchaser_statistics.deliver\n"
	 "set-widened deidentified.pseudonymized.service_analysis.purposes\n"
	 "set-kept-longer deidentified.pseudonymized.service_analysis.keep\n"
	 "set-widened deidentified.pseudonymized.service_analysis.leaves_by\n"},
	{"a column that forms no classes any more",
	 {{YAML, "model: {k: 10}, every", "model: {k: 10, l: {gender: 2}}, every"}},
	 "set-finer deidentified.anonymized.purchaser_statistics.model\n"},
	{"a set with less, and coarser",
	 {{YAML, "output: {gender: keep, birth_date: {to: year}, services_used: keep}", "output: {birth_date: {to: decade}, services_used: keep}"}},
	 "set-narrowed deidentified.pseudonymized.service_analysis\n"},
	{"what the website sends and sets",
	 {{YAML, "cookies: {session: {purpose: {ja: ログインの維持, en: Keeping you signed in}, keep: session}}", "cookies: {session: {purpose: {ja: ログインの維持, en: Keeping you signed in}, keep: P1Y}, cart: {purpose: {ja: かご, en: Cart}, keep: session}}"},
	  {YAML, "their_purpose: {ja: 同左, en: The same}, opt_out: \"https://analytics.example/opt-out\"", "their_purpose: {ja: 広告, en: Advertising}"}},
	 "cookie-changed web.cookies.session\n"
	 "cookie-added web.cookies.cart\n"
	 "transmission-changed web.external_transmission.page_statistics\n"},
	{"what the website sends to another and no longer sets",
	 {{YAML, "  cookies: {session: {purpose: {ja: ログインの維持, en: Keeping you signed in}, keep: session}}\n", ""},
	  {YAML, "    page_statistics: {to", "    page_counts: {to"}},
	 "cookie-removed web.cookies.session\n"
	 "transmission-removed web.external_transmission.page_statistics\n"
	 "transmission-added web.external_transmission.page_counts\n"},
	{"requests that are harder",
	 {{YAML, "  answer: {within: P14D}\n  deliver: {methods: [electronic, paper], chosen_by: person", "  answer: {within: P30D}\n  deliver: {methods: [paper], chosen_by: company"},
	  {YAML, "address_mismatch: ask", "address_mismatch: refuse"},
	  {YAML, "    mandated: {documents: [letter_of_authority_with_registered_seal, seal_certificate]}\n", ""},
	  {YAML, "business: {law: 33-2-2, of: [disclose], approval: {by: officer}", "business: {law: 33-2-2, of: [disclose, notify_purpose]"},
	  {YAML, "incomplete: {law: 37-1, of: all, ask_first: true,", "incomplete: {law: 37-1, of: all,"}},
	 "request-harder requests.answer.within\n"
	 "request-harder requests.deliver.methods\n"
	 "request-harder requests.deliver.chosen_by\n"
	 "request-harder requests.identity.address_mismatch\n"
	 "request-harder requests.proxies.mandated\n"
	 "refusal-widened requests.refuse.incomplete\n"
	 "refusal-widened requests.refuse.business\n"},
	{"a ground less, and tax on the fee", /* narrower than the law: a question of the checker, no error */
	 {{YAML, "suspend_provision: [unlawful_provision, no_longer_needed, incident, harm]", "suspend_provision: [unlawful_provision]"},
	  {YAML, "amount: 1000, tax: consumption", "amount: 1000, tax: included"}},
	 "ground-removed requests.grounds.suspend_provision\n"
	 "fee-lowered requests.fee.amount\n"},
	{"a fee on less",
	 {{YAML, "fee: {kinds: [notify_purpose, disclose, disclose_provision_records]", "fee: {kinds: [disclose]"}},
	 "fee-narrowed requests.fee.kinds\n"},
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
	{"a consent that covers less", {{YAML, "marketing: {purposes: [proposals],", "marketing: {purposes: [proposals, referral],"}},
	 "consent-narrowed consents.marketing\n"},
	{"data that is a client's no more",
	 {{YAML, "    channels: [counter]\n", "    channels: [counter]\n    entrusted: {by: insurer, task: {ja: 入館の管理, en: Admission}, purposes: [center_security]}\n"}},
	 "entrusted-widened categories.visitor.entrusted\n"},
	{"a fee on more",
	 {{YAML, "fee: {kinds: [notify_purpose, disclose, disclose_provision_records]", "fee: {kinds: [disclose]"}},
	 "fee-widened requests.fee.kinds\n"},
	{"requests that are easier, refused less, on more grounds",
	 {{YAML, "  answer: {within: P14D}\n  deliver", "  answer: {within: P30D}\n  deliver"},
	  {YAML, "  by: [post, email, web]", "  by: [post]"},
	  {YAML, "    business: {law: 33-2-2, of: [disclose], approval", "    business: {law: 33-2-2, of: [disclose, notify_purpose], approval"},
	  {YAML, "suspend_provision: [unlawful_provision, no_longer_needed, incident, harm]", "suspend_provision: [unlawful_provision]"}},
	 "request-easier requests.by\n"
	 "request-easier requests.answer.within\n"
	 "ground-added requests.grounds.suspend_provision\n"
	 "refusal-narrowed requests.refuse.business\n"},
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

static void language_that_is_gone_is_told(void **state)
{
	struct policy *p = compiled(EXAMPLE), *q = compiled(EXAMPLE);
	struct buf out;

	(void)state;
	q->n_languages = 1;
	buf_init(&out);
	told(p, q, &out);
	expect("a language less", &out, "language-removed policy.languages\n");
	buf_free(&out);
}

static void what_was_filed_of_an_opt_out_is_told_when_it_changes(void **state)
{
	char dir[64], policy[96];
	struct policy *p, *q;
	struct buf out;

	(void)state;
	policy_dir_make(dir, sizeof dir);
	snprintf(policy, sizeof policy, "%s/policy", dir);
	policy_dir_copy(EXAMPLE, policy);
	policy_dir_edit(policy, YAML, "basis: {consent: partner_offer}, items",
			"basis: opt_out, opt_out: {acquired: {ja: 申込書, en: Applications}, stop: inquiry, updated: {ja: 毎月, en: Every month}}, from: 2026-12-01, items");
	p = compiled(policy);
	policy_dir_edit(policy, YAML, "updated: {ja: 毎月, en: Every month}", "updated: {ja: 毎年, en: Every year}");
	q = compiled(policy);
	policy_dir_remove(dir);
	buf_init(&out);
	told(p, q, &out);
	expect("an opt-out", &out, "opt-out-changed provision.insurer.opt_out\n");
	buf_free(&out);
}

/* What is said of a fact of which one language changed, in both languages. */
static void change_of_one_language_is_told_by_what_changed(void **state)
{
	char dir[64], policy[96];
	struct policy *p = compiled(EXAMPLE), *q;
	struct changes changes;
	struct error e = {0};
	struct arena a;
	struct buf en, ja;

	(void)state;
	policy_dir_make(dir, sizeof dir);
	snprintf(policy, sizeof policy, "%s/policy", dir);
	policy_dir_copy(EXAMPLE, policy);
	policy_dir_edit(policy, YAML, "text: {ja: 人事管理,", "text: {ja: 人事の管理,");
	q = compiled(policy);
	policy_dir_remove(dir);
	arena_init(&a, 0, false);
	buf_init(&en);
	buf_init(&ja);
	assert_ok(policy_diff_number(p, q, &e), &e);
	assert_ok(policy_diff(p, q, &a, &changes, &e), &e);
	assert_int_equal(changes.n, 1);
	change_write(&changes.list[0], false, &en);
	change_write(&changes.list[0], true, &ja);
	assert_string_equal(buf_c(&en), "The purpose \"人事管理\" now reads \"人事の管理\".");
	assert_string_equal(buf_c(&ja), "利用目的の文「人事管理」が「人事の管理」に変わります。");
	buf_free(&en);
	buf_free(&ja);
	arena_free(&a);
	policy_free(p);
	policy_free(q);
}

/* Each edit makes one change that the law asks another act for: the answers that it takes, and the article. */
static const struct {
	const char *from, *to, *answers, *law;
} kinds[] = {
	{"uses: {customer: [failure_history, facilities]}", "uses: {customer: [failure_history, facilities, gender]}", "related", "APPI 17(2), 21(3), 18(1)"},
	{"parties: [{organization: kitahama_sales,", "parties: [{organization: printing}, {organization: kitahama_sales,", "announced consent", "APPI 27(5)(iii), 27(6)"},
	{"items: {customer: [name, email]}, clauses", "items: {customer: [name, email, phone]}, clauses", "entrusted", "APPI 25, 27(5)(i)"},
	{"basis: {consent: partner_offer}, items", "basis: opt_out, opt_out: {acquired: {ja: 申込書, en: Applications}, stop: inquiry, updated: {ja: 毎月, en: Every month}}, from: 2026-12-01, items", "filed", "APPI 27(2), 27(3), 29"},
	{"basis: {consent: partner_offer}, items", "basis: succession, items", "succession", "APPI 27(5)(ii), 18(2)"},
	{"basis: {consent: partner_offer}, items", "basis: {statute: Insurance Act 1}, items", "statute", "APPI 27(1)(i)"},
	{"foreign: {basis: equal_system, system: contract, information: foreign/us, review: {every: P1Y}}", "foreign: {basis: equal_country}", "equal_country", "APPI 28(1), Enforcement Rules 15"},
	{"foreign: {basis: equal_system, system: contract, information: foreign/us, review: {every: P1Y}}", "foreign: {basis: consent, consent: partner_offer, information: foreign/us}", "consent", "APPI 28(1), 28(2)"},
	{"foreign: {basis: equal_system, system: contract, information: foreign/us, review: {every: P1Y}}", "foreign: {basis: law}", "statute", "APPI 28(1), 27(1)(i)"},
	{"recipients: [research_buyer]", "recipients: [research_buyer, insurer]", "announced", "APPI 43(3), 44"},
	{"leaves_by: [outsourcing, statute]", "leaves_by: [outsourcing, statute, joint_use]", "announced", "APPI 41(1) to 41(4), 41(6)"},
	{"model: {k: 10}", "model: {k: 5}", "accepted", "APPI 43(1), Enforcement Rules 34"},
};

static void each_kind_takes_the_answers_that_the_law_asks_of_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char dir[64], policy[96];
		struct policy *p = compiled(EXAMPLE), *q;
		struct changes changes;
		struct error e = {0};
		struct arena a;
		size_t asked = 0;

		policy_dir_make(dir, sizeof dir);
		snprintf(policy, sizeof policy, "%s/policy", dir);
		policy_dir_copy(EXAMPLE, policy);
		policy_dir_edit(policy, YAML, kinds[i].from, kinds[i].to);
		q = compiled(policy);
		policy_dir_remove(dir);
		arena_init(&a, 0, false);
		assert_ok(policy_diff_number(p, q, &e), &e);
		assert_ok(policy_diff(p, q, &a, &changes, &e), &e);
		for (size_t k = 0; k < changes.n; k++)
			if (changes.list[k].answers[0]) {
				asked++;
				assert_string_equal(changes.list[k].answers, kinds[i].answers);
				assert_string_equal(changes.list[k].act.law, kinds[i].law);
			}
		assert_int_equal(asked, 1);
		arena_free(&a);
		policy_free(p);
		policy_free(q);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_is_told),
		cmocka_unit_test(language_that_is_gone_is_told),
		cmocka_unit_test(what_was_filed_of_an_opt_out_is_told_when_it_changes),
		cmocka_unit_test(each_kind_takes_the_answers_that_the_law_asks_of_it),
		cmocka_unit_test(change_of_one_language_is_told_by_what_changed),
	};

	return cmocka_run_group_tests_name("policy/diff", tests, NULL, NULL);
}
