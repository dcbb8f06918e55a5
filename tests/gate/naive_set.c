/* T13 once more, sentence by sentence. */
#include "gate/naive.h"

#include <string.h>

/* Who asks, of what. */
struct seen {
	const struct policy *now;
	const struct gate_set_request *r;
	const struct policy_role *role;
	const struct policy_purpose *purpose;
	const struct policy_derived *set;
};

static bool in(const int *list, size_t n, const void *base, size_t size, const void *wanted)
{
	for (size_t i = 0; i < n; i++)
		if ((const char *)base + (size_t)list[i] * size == (const char *)wanted)
			return true;
	return false;
}

#define IN(list, n, base, wanted) in(list, n, base, sizeof *(base), wanted)

/* "The only ways in which it leaves": which of them this is. */
static bool declared_way(const struct seen *s, const struct policy_arrangement *a)
{
	bool outsourcing = a->kind == ARRANGEMENT_OUTSOURCING, joint = a->kind == ARRANGEMENT_JOINT_USE;
	bool provision = !outsourcing && !joint;
	unsigned ways = s->set->leaves_by;

	return (outsourcing && (ways & LEAVES_OUTSOURCING)) || (joint && (ways & LEAVES_JOINT_USE)) ||
	       (provision && a->basis == PROVISION_STATUTE && (ways & LEAVES_STATUTE)) ||
	       (provision && a->basis == PROVISION_SUCCESSION && (ways & LEAVES_SUCCESSION));
}

static const struct policy_party *to_whom(const struct policy_arrangement *a, struct str recipient)
{
	const struct policy_party *found = NULL;

	for (size_t i = a->n_parties; i-- > 0;)
		if (str_eq(a->parties[i].organization, recipient))
			found = &a->parties[i];
	return !recipient.n && a->n_parties == 1 ? a->parties : recipient.n ? found : NULL;
}

static enum code by_arrangement(const struct seen *s, const struct policy_arrangement *a, struct str recipient)
{
	const struct policy_party *party = to_whom(a, recipient);
	const struct policy_category *c = &s->now->categories[s->set->from];
	date today = moment_date(s->r->now, s->now->zone);

	if (!declared_way(s, a))
		return CODE_SET_LEAVES;
	if (!party)
		return CODE_RECIPIENT_UNKNOWN;
	if ((party->from != DATE_NONE && party->from > today) || (party->until != DATE_NONE && party->until < today))
		return CODE_RECIPIENT_LEFT;
	for (size_t i = 0; i < c->n_items; i++)
		if (s->set->items[i / 64] >> i % 64 & 1 &&
		    !rule_uses(s->now, a->items, a->n_items, c->items[i].number))
			return CODE_ITEM_NOT_ANNOUNCED;
	if (!IN(a->purposes, a->n_purposes, s->now->purposes, s->purpose))
		return CODE_PURPOSE_NOT_ANNOUNCED;
	if (a->kind == ARRANGEMENT_OUTSOURCING && !s->r->reviewed)
		return CODE_PROCESSOR_NOT_REVIEWED;
	return party->abroad && !party->foreign ? CODE_FOREIGN_NO_BASIS : CODE_NONE;
}

/* Whether, and how, it leaves. */
static enum code leaving(const struct seen *s)
{
	struct str own = s->role->organization;
	enum code first = CODE_NONE;
	bool partner = s->role->kind == ROLE_PARTNER, may = false;

	for (size_t i = 0; partner && i < s->now->n_arrangements; i++) {
		const struct policy_arrangement *a = &s->now->arrangements[i];
		enum code code = own.n && to_whom(a, own) ? by_arrangement(s, a, own) : CODE_SET_LEAVES;

		may = may || code == CODE_NONE;
		if (code != CODE_SET_LEAVES && first == CODE_NONE)
			first = code;
	}
	if (partner)
		return may ? CODE_NONE : first == CODE_NONE ? CODE_SET_LEAVES : first;
	if (s->r->action == ACTION_READ)
		return CODE_NONE;
	for (size_t i = 0; s->set->leaves_by && i < s->now->n_arrangements; i++)
		if (str_eq(s->now->arrangements[i].id, s->r->arrangement))
			return by_arrangement(s, &s->now->arrangements[i], s->r->recipient);
	return s->set->leaves_by ? CODE_RECIPIENT_UNKNOWN : CODE_SET_LEAVES;
}

static bool second_person(const struct seen *s)
{
	const struct policy_category *c = &s->now->categories[s->set->from];

	for (size_t k = 0; k < s->role->n_approvals; k++) {
		const struct policy_approval *a = &s->role->approvals[k];

		for (size_t i = 0; a->action == s->r->action && i < c->n_items; i++)
			if (!a->n_items || (s->set->items[i / 64] >> i % 64 & 1 &&
					    rule_uses(s->now, a->items, a->n_items, c->items[i].number)))
				return true;
	}
	return false;
}

/* Fills S as far as there is something; the code of what is not there. */
static enum code who(struct seen *s)
{
	const struct gate_set_request *r = s->r;

	for (size_t i = 0; i < s->now->n_roles; i++)
		if (s->now->roles[i].number == r->actor.role)
			s->role = &s->now->roles[i];
	if (!r->actor.active || !s->role)
		return CODE_UNAUTHORIZED;
	if (r->purpose_kind == PURPOSE_EXCEPTION)
		return CODE_EXCEPTION_SCOPE;
	if (r->purpose_kind == PURPOSE_NONE || !r->purpose.n)
		return CODE_PURPOSE_MISSING;
	for (size_t i = 0; r->purpose_kind == PURPOSE_DECLARED && i < s->now->n_purposes; i++)
		if (str_eq(s->now->purposes[i].id, r->purpose))
			s->purpose = &s->now->purposes[i];
	if (!s->purpose)
		return CODE_PURPOSE_UNKNOWN;
	return s->purpose->prohibited ? CODE_PURPOSE_PROHIBITED : CODE_NONE;
}

static enum code checks(struct seen *s)
{
	const struct gate_set_request *r = s->r;
	enum code code = who(s);

	if (code != CODE_NONE)
		return code;
	if (!(r->action == ACTION_READ || r->action == ACTION_PROVIDE) || !(s->role->may >> r->action & 1))
		return CODE_ROLE_LACKS_ACTION;
	if (!IN(s->role->purposes, s->role->n_purposes, s->now->purposes, s->purpose))
		return CODE_ROLE_LACKS_PURPOSE;
	if (r->set == POLICY_NONE)
		return CODE_SET_UNKNOWN;
	if (!s->now->derived[r->set].pseudonymized)
		return r->joins ? CODE_SET_JOIN : CODE_SET_LEAVES;
	s->set = &s->now->derived[r->set];
	if (!IN(s->role->sets, s->role->n_sets, s->now->derived, s->set))
		return CODE_ROLE_LACKS_SET;
	if (s->purpose->contacts_person)
		return CODE_SET_CONTACT;
	if (!IN(s->set->purposes, s->set->n_purposes, s->now->purposes, s->purpose))
		return CODE_PURPOSE_MISMATCH;
	if (s->purpose->needs_reason && !r->reason_given)
		return CODE_REASON_MISSING;
	if (r->joins)
		return CODE_SET_JOIN;
	code = leaving(s);
	if (code != CODE_NONE)
		return code;
	if (r->limit_exceeded)
		return CODE_LIMIT_EXCEEDED;
	return second_person(s) && !r->approved ? CODE_APPROVAL_REQUIRED : CODE_NONE;
}

void naive_decide_set(const struct policy *now, const struct gate_set_request *r, struct gate_verdict *out)
{
	struct seen s = {.now = now, .r = r};
	size_t given = 0, withheld = 0;

	memset(out, 0, sizeof *out);
	out->code = checks(&s);
	out->n_items = s.set ? now->categories[s.set->from].n_items : 0;
	for (size_t i = 0; i < out->n_items; i++) {
		bool used = rule_uses(now, s.purpose->uses, s.purpose->n_uses,
				      now->categories[s.set->from].items[i].number);
		enum code code = out->code != CODE_NONE ? out->code : used ? CODE_NONE : CODE_PURPOSE_MISMATCH;

		if (!(s.set->items[i / 64] >> i % 64 & 1))
			continue;
		out->asked[i / 64] |= UINT64_C(1) << i % 64;
		out->allowed[i / 64] |= (uint64_t)(code == CODE_NONE) << i % 64;
		out->codes[i] = (uint16_t)code;
		given += code == CODE_NONE;
		withheld += code != CODE_NONE;
	}
	if (given)
		out->verdict = withheld ? VERDICT_PARTIAL : VERDICT_ALLOW;
	if (withheld && out->code == CODE_NONE)
		out->code = CODE_PURPOSE_MISMATCH;
}
