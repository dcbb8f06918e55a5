/* Why: the fact of the policy and the article of the law behind a code. */
#include "gate/gate.h"

/* What a code rests on, and the end of its path. */
enum fact_kind { FACT_NONE, FACT_FIXED, FACT_PURPOSE, FACT_ROLE, FACT_CATEGORY, FACT_ITEM, FACT_KEEP };

struct fact {
	enum fact_kind kind;
	const char *rest;
	const char *law;
};

/* Articles as numbered since 2022-04-01; "" where only the company's own rule refuses. */
static const struct fact facts[CODE_COUNT] = {
	[CODE_PURPOSE_MISSING] = {FACT_FIXED, "purposes", "APPI 18(1)"},
	[CODE_PURPOSE_UNKNOWN] = {FACT_FIXED, "purposes", "APPI 18(1)"},
	[CODE_PURPOSE_PROHIBITED] = {FACT_PURPOSE, "prohibited", "APPI 19"},
	[CODE_ROLE_LACKS_ACTION] = {FACT_ROLE, "may", "APPI 23"},
	[CODE_ROLE_LACKS_PURPOSE] = {FACT_ROLE, "purposes", "APPI 23"},
	[CODE_ROLE_DOES_NOT_COLLECT] = {FACT_ROLE, "collects", ""},
	[CODE_PURPOSE_MISMATCH] = {FACT_PURPOSE, "uses", "APPI 18(1)"},
	[CODE_REASON_MISSING] = {FACT_PURPOSE, "needs_reason", ""},
	[CODE_RECIPIENT_UNKNOWN] = {FACT_FIXED, "provision", "APPI 27(1)"},
	[CODE_RECIPIENT_LEFT] = {FACT_FIXED, "joint_use", "APPI 27(5)(iii)"},
	[CODE_ITEM_NOT_ANNOUNCED] = {FACT_FIXED, "joint_use", "APPI 27(5)(iii)"},
	[CODE_PURPOSE_NOT_ANNOUNCED] = {FACT_FIXED, "joint_use", "APPI 27(5)(iii)"},
	[CODE_PROCESSOR_NOT_REVIEWED] = {FACT_FIXED, "outsourcing", "APPI 25"},
	[CODE_FOREIGN_NO_BASIS] = {FACT_FIXED, "outsourcing", "APPI 28(1)"},
	[CODE_LIMIT_EXCEEDED] = {FACT_ROLE, "limits", ""},
	[CODE_APPROVAL_REQUIRED] = {FACT_ROLE, "approval", ""},
	[CODE_PURPOSE_NOT_BOUND] = {FACT_PURPOSE, NULL, "APPI 18(1)"},
	[CODE_NO_CONSENT] = {FACT_PURPOSE, "basis", ""},
	[CODE_CONSENT_WITHDRAWN] = {FACT_PURPOSE, "basis", ""},
	[CODE_CONSENT_SCOPE] = {FACT_PURPOSE, "basis", ""},
	[CODE_INDIVIDUAL_NUMBER_TASK] = {FACT_FIXED, "individual_numbers.tasks", "Number Act 9"},
	[CODE_SECRECY_NO_CONSENT] = {FACT_ITEM, "class", "Telecommunications Business Act 4"},
	[CODE_OWN_USE] = {FACT_CATEGORY, "entrusted", "APPI 27(5)(i)"},
	[CODE_SUSPENDED] = {FACT_FIXED, "requests", "APPI 35"},
	[CODE_OBJECTED] = {FACT_PURPOSE, "may_object", ""},
	[CODE_PROVISION_STOPPED] = {FACT_FIXED, "requests", "APPI 35"},
	[CODE_AFTER_EVENT] = {FACT_PURPOSE, "after", ""},
	[CODE_RETENTION_EXPIRED] = {FACT_KEEP, "keep", "APPI 22"},
	[CODE_NOT_CONFIRMED] = {FACT_ITEM, "class", "APPI 31(1)"},
	[CODE_EXCEPTION_SCOPE] = {FACT_FIXED, "exceptions", "APPI 18(3)"},
	[CODE_ROLE_LACKS_SET] = {FACT_ROLE, "sets", "APPI 23"},
	[CODE_SET_CONTACT] = {FACT_FIXED, "deidentified", "APPI 41(8)"},
	[CODE_SET_JOIN] = {FACT_FIXED, "deidentified", "APPI 41(7), 43(5)"},
	[CODE_SET_UNKNOWN] = {FACT_FIXED, "deidentified", NULL},
	[CODE_SET_NOT_PUBLISHED] = {FACT_FIXED, "deidentified.anonymized", "APPI 43(4)"},
	[CODE_SET_MEANS] = {FACT_FIXED, "deidentified", "APPI 43(4)"},
	[CODE_SET_NARROWED] = {FACT_FIXED, "deidentified", "Enforcement Rules 34(v)"},
	[CODE_SET_LEAVES] = {FACT_FIXED, "deidentified", "APPI 41(6), 43(4)"},
	[CODE_NOTICE_NOT_SHOWN] = {FACT_FIXED, "notices", "APPI 21(2)"},
	[CODE_CHANNEL_UNKNOWN] = {FACT_CATEGORY, "channels", ""},
	[CODE_OPERATOR_MISSING] = {FACT_FIXED, "channels", ""},
	[CODE_ITEM_NOT_NEEDED] = {FACT_ITEM, NULL, ""},
	[CODE_SPECIAL_CARE_NO_GROUND] = {FACT_ITEM, "acquire", "APPI 20(2)"},
	[CODE_BINDING_WOULD_NARROW] = {FACT_FIXED, "notices", ""},
	[CODE_WORDING_MISMATCH] = {FACT_FIXED, "consents", ""},
	[CODE_CONSENT_UNKNOWN] = {FACT_FIXED, "consents", ""},
	[CODE_GUARDIAN_NEEDED] = {FACT_FIXED, "consents", ""},
};

static void path_add(struct buf *b, const char *text, struct str id)
{
	buf_text(b, text);
	buf_str(b, id);
}

/* The category of R, or NULL; its item number ITEM goes to *NAMED, or NULL. */
static const struct policy_category *category_of(const struct policy *p, const struct gate_request *r, int item,
						 const struct policy_item **named)
{
	const struct policy_category *c;

	*named = NULL;
	if (r->category < 0 || (size_t)r->category >= p->n_categories)
		return NULL;
	c = &p->categories[r->category];
	if (item >= 0 && (size_t)item < c->n_items)
		*named = &c->items[item];
	return c;
}

/* The thing that FACT is said of; false when R names none. */
static bool subject_write(const struct policy *p, const struct gate_request *r, int item, enum fact_kind kind,
			  struct buf *b)
{
	const struct policy_role *role = policy_role_numbered(p, r->actor.role);
	const struct policy_item *named;
	const struct policy_category *category = category_of(p, r, item, &named);

	switch (kind) {
	case FACT_PURPOSE:
		if (r->purpose_kind == PURPOSE_DECLARED && r->purpose.n)
			path_add(b, "purposes.", r->purpose);
		return r->purpose_kind == PURPOSE_DECLARED && r->purpose.n;
	case FACT_ROLE:
		if (role)
			path_add(b, "roles.", role->id);
		return role;
	case FACT_CATEGORY:
	case FACT_ITEM:
	case FACT_KEEP:
		if (!category)
			return false;
		path_add(b, "categories.", category->id);
		if (named && (kind == FACT_ITEM || (kind == FACT_KEEP && named->keep.set)))
			path_add(b, ".items.", named->id);
		return true;
	case FACT_NONE:
	case FACT_FIXED:
		break;
	}
	return false;
}

/* The set that R makes, when it makes one. */
static const struct policy_derived *set_of(const struct policy *p, const struct gate_request *r)
{
	return r->purpose_kind == PURPOSE_SET && r->set >= 0 && (size_t)r->set < p->n_derived ? &p->derived[r->set] : NULL;
}

void gate_fact_of(const struct gate *g, const struct gate_request *r, int item, enum code code, struct buf *b)
{
	const struct policy_derived *set = set_of(gate_policy(g), r);
	const struct fact *fact;

	if ((unsigned)code >= CODE_COUNT)
		return;
	fact = &facts[code];
	/* who may receive a set, and how, the set itself says */
	if (set && (code == CODE_RECIPIENT_UNKNOWN || str_starts(str_of(fact->rest), STR("deidentified")))) {
		path_add(b, set->pseudonymized ? "deidentified.pseudonymized." : "deidentified.anonymized.", set->id);
		return;
	}
	if (fact->kind == FACT_FIXED) {
		buf_text(b, fact->rest);
	} else if (subject_write(gate_policy(g), r, item, fact->kind, b) && fact->rest) {
		buf_byte(b, '.');
		buf_text(b, fact->rest);
	}
}

const char *gate_set_law_of(enum code code, bool pseudonymized)
{
	/* 27(1) is about personal data, which a set is not */
	if (code == CODE_RECIPIENT_UNKNOWN)
		return pseudonymized ? "APPI 41(6)" : "APPI 43(4)";
	return gate_law_of(code);
}

const char *gate_law_of(enum code code)
{
	const char *law = (unsigned)code < CODE_COUNT ? facts[code].law : NULL;

	return law ? law : "";
}
