/*
 * tests/access/revision.h - a second and a third version of the reference example, each with the changes that the gate feels.
 */
#ifndef SEKISHO_ACCESS_REVISION_H
#define SEKISHO_ACCESS_REVISION_H

#include "policy/policy_dir.h"

/* Replaces FROM by TO in the facts of DIR. */
static inline void revision_edit(const char *dir, const char *from, const char *to)
{
	policy_dir_edit(dir, "policy.yaml", from, to);
}

/* Makes DIR version 2: one change of each kind that the gate feels. */
static inline void revision_second(const char *dir)
{
	revision_edit(dir, "revised: 2026-10-15", "revised: 2026-12-02");
	revision_edit(dir, "effective: 2026-11-01", "effective: 2027-01-01");
	/* a wider purpose, and one that rests on a consent */
	revision_edit(dir, "uses: {customer: [failure_history, facilities]}", "uses: {customer: [failure_history, facilities, gender]}");
	revision_edit(dir, "uses: {customer: [customer_number, contact_details, services_used]}\n    contacts",
	     "uses: {customer: [customer_number, contact_details, services_used, gender]}\n    contacts");
	/* a longer keeping */
	revision_edit(dir, "keep: {for: P3M, from: acquisition}", "keep: {for: P4M, from: acquisition}");
	/* an item and a purpose that go */
	revision_edit(dir, "birth_date, identity_document, credit_record]}", "birth_date, identity_document]}");
	revision_edit(dir, "      credit_record: {", "      #credit_record: {");
	revision_edit(dir, "identity_document, credit_record]", "identity_document]");
	revision_edit(dir, "identity_document, credit_record]", "identity_document]");
	/* what is announced jointly is less now: the answer on it is given anew */
	policy_dir_edit(dir, "decisions.yaml", "answer: never_leaves\n  by: officer\n  on: 2026-10-08",
			"answer: never_leaves\n  by: officer\n  on: 2026-12-01");
	revision_edit(dir, "contract_scope, referral, survey", "contract_scope, survey");
	revision_edit(dir, "purposes: [proposals, referral, survey,", "purposes: [proposals, survey,");
	revision_edit(dir, "  referral:\n    text: {ja: お知り合いのご紹介のお願いとお礼の品などの送付, en: \"Asking customers to introduce others, and sending rewards\"}\n"
		"    uses: {customer: [customer_number, name, address]}\n    contacts_person: {by: [mail]}\n    may_object: true\n", "");
	for (int i = 0; i < 2; i++) {
		const char *statement = i ? "statement.en.md" : "statement.ja.md";

		policy_dir_edit(dir, statement, "purposes.referral,", "");
		policy_dir_edit(dir, statement, "{{purposes.referral.text}}", "-");
	}
}

/* Makes DIR, which is version 2, version 3: what went comes back. */
static inline void revision_third(const char *dir)
{
	revision_edit(dir, "revised: 2026-12-02", "revised: 2027-02-10");
	revision_edit(dir, "effective: 2027-01-01", "effective: 2027-03-01");
	revision_edit(dir, "      #credit_record: {", "      credit_record: {");
	revision_edit(dir, "birth_date, identity_document]}", "birth_date, identity_document, credit_record]}");
	revision_edit(dir, "contract_scope, survey", "contract_scope, referral, survey");
	revision_edit(dir, "purposes: [proposals, survey, partner", "purposes: [proposals, referral, survey, partner");
	revision_edit(dir, "  survey:\n    text:", "  referral:\n    text: {ja: ご紹介, en: Referrals}\n    uses: {customer: [name]}\n  survey:\n    text:");
	policy_dir_decide(dir, 2, "item-added:categories.customer.items.credit_record", "announced");
	policy_dir_decide(dir, 2, "purpose-widened:purposes.identity_check", "related");
	policy_dir_decide(dir, 2, "purpose-added:purposes.referral", "new");
}

/* Decides all that changes from version 1 to 2 in DIR. */
static inline void revision_decide_second(const char *dir)
{
	policy_dir_decide(dir, 1, "purpose-widened:purposes.facilities", "related");
	policy_dir_decide(dir, 1, "purpose-widened:purposes.proposals", "consent");
	policy_dir_decide(dir, 1, "consent-widened:consents.marketing", "ask_again");
	policy_dir_decide(dir, 1, "keep-longer:purposes.quality.keep", "longer");
	policy_dir_decide(dir, 1, "item-removed:categories.customer.items.credit_record", "erase");
}

#endif
