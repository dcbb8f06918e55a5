/* T13: reading and providing sets. */
#include "gate/set.h"

#include <string.h>

#include "gate/ask.h"

/* One request while the checks are put to it. */
struct set_ask {
	const struct gate *g;
	const struct gate_set_request *r;
	const struct gate_role *role;
	const struct gate_purpose *purpose;
	size_t purpose_index;
	const struct policy_derived *set;
	date today;
};

/* Check 2; neither an exception nor a person's request opens a set: there is no person in it to open. */
static enum code ask_purpose(struct set_ask *ask)
{
	const struct gate_set_request *r = ask->r;
	int index;

	if (r->purpose_kind == PURPOSE_EXCEPTION)
		return CODE_EXCEPTION_SCOPE;
	if (r->purpose_kind == PURPOSE_NONE || !r->purpose.n)
		return CODE_PURPOSE_MISSING;
	index = r->purpose_kind == PURPOSE_DECLARED ? gate_purpose_of(ask->g, r->purpose) : POLICY_NONE;
	if (index == POLICY_NONE)
		return CODE_PURPOSE_UNKNOWN;
	ask->purpose_index = (size_t)index;
	ask->purpose = &ask->g->purposes[index];
	return ask->purpose->prohibited ? CODE_PURPOSE_PROHIBITED : CODE_NONE;
}

static bool among(const int *list, size_t n, size_t wanted)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] >= 0 && (size_t)list[i] == wanted)
			return true;
	return false;
}

/* Checks 1 to 4, and whether people would be contacted. */
static enum code ask_who(struct set_ask *ask)
{
	const struct gate_set_request *r = ask->r;
	const struct policy_role *role = ask->role->policy;
	const struct policy_derived *set;
	enum code code = ask_purpose(ask);

	if (code != CODE_NONE)
		return code;
	if ((r->action != ACTION_READ && r->action != ACTION_PROVIDE) || !(role->may >> r->action & 1))
		return CODE_ROLE_LACKS_ACTION;
	if (!bits_has(ask->role->purposes, ask->purpose_index))
		return CODE_ROLE_LACKS_PURPOSE;
	if (r->set < 0 || (size_t)r->set >= ask->g->here->n_derived)
		return CODE_SET_UNKNOWN;
	set = &ask->g->here->derived[r->set];
	if (set->from == POLICY_NONE || !set->items)
		return CODE_SET_UNKNOWN;
	/* an anonymized set is a release, delivered by its declared means to its declared recipients, and joined with nothing (43(4), (5)) */
	if (!set->pseudonymized)
		return r->joins ? CODE_SET_JOIN : CODE_SET_LEAVES;
	ask->set = set;
	if (!among(role->sets, role->n_sets, (size_t)r->set))
		return CODE_ROLE_LACKS_SET;
	if (ask->purpose->policy->contacts_person)
		return CODE_SET_CONTACT;
	if (!among(ask->set->purposes, ask->set->n_purposes, ask->purpose_index))
		return CODE_PURPOSE_MISMATCH;
	return ask->purpose->needs_reason && !r->reason_given ? CODE_REASON_MISSING : CODE_NONE;
}

/* By which of the ways of leaves_by what A arranges leaves; 0: by none that there is for such a set (41(6)). */
static unsigned way_of(const struct policy_arrangement *a)
{
	switch (a->kind) {
	case ARRANGEMENT_JOINT_USE:
		return LEAVES_JOINT_USE;
	case ARRANGEMENT_OUTSOURCING:
		return LEAVES_OUTSOURCING;
	default:
		return a->basis == PROVISION_STATUTE      ? LEAVES_STATUTE
		       : a->basis == PROVISION_SUCCESSION ? LEAVES_SUCCESSION
							  : 0;
	}
}

/* The party of A that RECIPIENT names, or the only one when it names none; NULL. */
static const struct policy_party *party_of(const struct policy_arrangement *a, struct str recipient)
{
	if (!recipient.n)
		return a->n_parties == 1 ? &a->parties[0] : NULL;
	for (size_t i = 0; i < a->n_parties; i++)
		if (str_eq(a->parties[i].organization, recipient))
			return &a->parties[i];
	return NULL;
}

/* Whether A announces every column of the set. */
static bool announces(const struct set_ask *ask, const struct policy_arrangement *a)
{
	size_t words = ask->g->categories[ask->set->from].words;

	for (size_t u = 0; u < a->n_items; u++)
		if (a->items[u].category == ask->set->from)
			return bits_within(ask->set->items, a->items[u].items, words);
	return bits_none(ask->set->items, words);
}

/* T13 and check 5 for what leaves to RECIPIENT by A. */
static enum code ask_arrangement(const struct set_ask *ask, const struct policy_arrangement *a, struct str recipient)
{
	const struct policy_party *party = party_of(a, recipient);

	if (!(ask->set->leaves_by & way_of(a)))
		return CODE_SET_LEAVES;
	if (!party)
		return CODE_RECIPIENT_UNKNOWN;
	if ((party->from != DATE_NONE && ask->today < party->from) ||
	    (party->until != DATE_NONE && ask->today > party->until))
		return CODE_RECIPIENT_LEFT;
	if (!announces(ask, a))
		return CODE_ITEM_NOT_ANNOUNCED;
	if (!among(a->purposes, a->n_purposes, ask->purpose_index))
		return CODE_PURPOSE_NOT_ANNOUNCED;
	if (a->kind == ARRANGEMENT_OUTSOURCING && !ask->r->reviewed)
		return CODE_PROCESSOR_NOT_REVIEWED;
	return party->abroad && party->foreign == FOREIGN_NONE ? CODE_FOREIGN_NO_BASIS : CODE_NONE;
}

/* What a partner reads is provided to its organization (T10), by whichever arrangement with it allows that. */
static enum code ask_partner(const struct set_ask *ask)
{
	struct str organization = ask->role->policy->organization;
	enum code code = CODE_SET_LEAVES;

	for (size_t i = 0; i < ask->g->here->n_arrangements; i++) {
		const struct policy_arrangement *a = &ask->g->here->arrangements[i];
		enum code by;

		if (!organization.n || !party_of(a, organization))
			continue;
		by = ask_arrangement(ask, a, organization);
		if (by == CODE_NONE)
			return CODE_NONE;
		if (code == CODE_SET_LEAVES)
			code = by;
	}
	return code;
}

static enum code ask_leaving(const struct set_ask *ask)
{
	const struct gate_set_request *r = ask->r;

	if (ask->role->policy->kind == ROLE_PARTNER)
		return ask_partner(ask);
	if (r->action != ACTION_PROVIDE)
		return CODE_NONE;
	if (!ask->set->leaves_by)
		return CODE_SET_LEAVES; /* whoever it were */
	for (size_t i = 0; i < ask->g->here->n_arrangements; i++)
		if (str_eq(ask->g->here->arrangements[i].id, r->arrangement))
			return ask_arrangement(ask, &ask->g->here->arrangements[i], r->recipient);
	return CODE_RECIPIENT_UNKNOWN;
}

/* Check 7: an approval that is about a column, or about the action whatever it opens. */
static bool needs_approval(const struct set_ask *ask)
{
	const struct policy_role *role = ask->role->policy;
	size_t words = ask->g->categories[ask->set->from].words;

	for (size_t i = 0; i < role->n_approvals; i++) {
		const struct policy_approval *a = &role->approvals[i];

		if (a->action != ask->r->action)
			continue;
		if (!a->n_items)
			return true;
		for (size_t u = 0; u < a->n_items; u++)
			if (a->items[u].category == ask->set->from && bits_meet(a->items[u].items, ask->set->items, words))
				return true;
	}
	return false;
}

static enum code ask_what(const struct set_ask *ask)
{
	enum code code;

	if (ask->r->joins)
		return CODE_SET_JOIN;
	code = ask_leaving(ask);
	if (code != CODE_NONE)
		return code;
	if (ask->r->limit_exceeded)
		return CODE_LIMIT_EXCEEDED;
	return !ask->r->approved && needs_approval(ask) ? CODE_APPROVAL_REQUIRED : CODE_NONE;
}

/* Check 4 for each column: `uses` are the only items that a purpose opens, in a set too. */
static void columns(const struct set_ask *ask, struct gate_verdict *out)
{
	const struct gate_category *c = &ask->g->categories[ask->set->from];
	bool some = false;

	out->n_items = c->policy->n_items;
	for (size_t i = 0; i < out->n_items; i++) {
		if (!bits_has(ask->set->items, i))
			continue;
		bits_add(out->asked, i);
		if (out->code == CODE_NONE && bits_has(ask->purpose->uses[ask->set->from], i)) {
			bits_add(out->allowed, i);
			some = true;
			continue;
		}
		out->codes[i] = (uint16_t)(out->code == CODE_NONE ? CODE_PURPOSE_MISMATCH : out->code);
	}
	if (out->code != CODE_NONE)
		return;
	out->verdict = some ? VERDICT_ALLOW : VERDICT_DENY;
	for (size_t w = 0; w < c->words; w++) {
		if (out->asked[w] == out->allowed[w])
			continue;
		out->code = CODE_PURPOSE_MISMATCH;
		out->verdict = some ? VERDICT_PARTIAL : VERDICT_DENY;
	}
}

void gate_decide_set(const struct gate *g, const struct gate_set_request *r, struct gate_verdict *out)
{
	struct set_ask ask = {.g = g, .r = r, .today = moment_date(r->now, g->here->zone)};

	memset(out, 0, offsetof(struct gate_verdict, codes));
	out->code = CODE_UNAUTHORIZED;
	if (!r->actor.active || r->actor.role >= g->numbers.roles || !g->role_of[r->actor.role])
		return;
	ask.role = &g->roles[g->role_of[r->actor.role] - 1];
	out->code = ask_who(&ask);
	if (out->code == CODE_NONE)
		out->code = ask_what(&ask);
	if (ask.set && ask.purpose)
		columns(&ask, out);
}

uint64_t gate_set_purposes(const struct gate *g, int set, const struct person_state *state, const uint64_t *items,
			   moment now)
{
	const struct policy_derived *d = &g->here->derived[set];
	const struct gate_request r = {.action = ACTION_DEIDENTIFY, .category = d->from, .now = now};
	uint64_t mask = 0;

	for (size_t i = 0; i < d->n_purposes && i < GATE_SET_PURPOSES; i++) {
		struct gate_ask ask = {.g = g, .r = &r, .state = state, .action = GATE_ACTION(ACTION_DEIDENTIFY)};

		ask.today = moment_date(now, g->here->zone);
		ask.purpose_index = (size_t)d->purposes[i];
		ask.purpose = &g->purposes[d->purposes[i]];
		ask.category = &g->categories[d->from];
		ask.words = ask.category->words;
		memcpy(ask.asked, items, ask.words * sizeof *items);
		if (!ask.purpose->prohibited && gate_ask_serves(&ask))
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

/* The set numbered SET in P, or NULL. */
static const struct policy_derived *set_in(const struct policy *p, uint32_t set)
{
	for (size_t i = 0; i < p->n_derived; i++)
		if (p->derived[i].number == set && p->derived[i].pseudonymized)
			return &p->derived[i];
	return NULL;
}

date gate_set_until(const struct gate *g, uint32_t set, uint32_t version, moment made)
{
	static const struct duration grace = {.days = 30};
	const struct gate_version *then = gate_version_of(g, version);
	const struct policy_derived *promised = then ? set_in(then->policy, set) : NULL;
	const struct policy_derived *now = set_in(g->here, set);
	date day = moment_date(made, g->here->zone), until = day, other;
	size_t last = g->here->version;

	if (promised)
		until = date_period_end(day, promised->keep);
	while (last > 0 && !set_in(g->set->versions[last - 1], set))
		last--;
	if (now)
		other = date_period_end(day, now->keep);
	else if (last) /* versions[last] is the first without it */
		other = date_period_end(moment_date(g->set->versions[last]->in_force, g->here->zone), grace);
	else
		return day;
	return !promised || other < until ? other : until;
}

void gate_set_fact_of(const struct gate *g, const struct gate_set_request *r, enum code code, struct buf *b)
{
	const struct gate_request as = {.actor = r->actor, .purpose_kind = r->purpose_kind, .purpose = r->purpose,
					.category = POLICY_NONE};
	bool of_set = code == CODE_SET_CONTACT || code == CODE_SET_JOIN || code == CODE_SET_LEAVES;

	gate_fact_of(g, &as, POLICY_NONE, code, b);
	if (!of_set || r->set < 0 || (size_t)r->set >= g->here->n_derived)
		return;
	buf_text(b, g->here->derived[r->set].pseudonymized ? ".pseudonymized." : ".anonymized.");
	buf_str(b, g->here->derived[r->set].id);
	if (!g->here->derived[r->set].pseudonymized) {
		buf_text(b, code == CODE_SET_LEAVES ? ".deliver" : "");
		return;
	}
	if (code == CODE_SET_LEAVES)
		buf_text(b, ".leaves_by");
	else if (code == CODE_SET_CONTACT)
		buf_text(b, ".purposes");
}
