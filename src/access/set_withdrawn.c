/*
 * What a withdrawn consent does to rows of pseudonymized sets that were made.
 *
 * The law leaves such information its purposes (APPI 41(9)).  But who says that a
 * purpose rests on a consent says that without it nothing is opened, so a row
 * loses that purpose with the withdrawal; for others it stays.
 */
#include "access/access_private.h"
#include "access/set_private.h"

/* True when PURPOSE of P rests on CONSENT, or is related to one that does (T6). */
static bool rests_on(const struct policy *p, const struct policy_purpose *purpose, uint32_t consent)
{
	if (purpose->basis == BASIS_CONSENT && p->consents[purpose->consent].number == consent)
		return true;
	for (size_t i = 0; i < purpose->n_related_to; i++) {
		const struct policy_purpose *q = &p->purposes[purpose->related_to[i]];

		if (q->basis == BASIS_CONSENT && p->consents[q->consent].number == consent)
			return true;
	}
	return false;
}

/* The set numbered NUMBER in P, an index, or POLICY_NONE. */
static int set_numbered(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; i < p->n_derived; i++)
		if (p->derived[i].number == number && p->derived[i].pseudonymized && p->derived[i].from != POLICY_NONE)
			return (int)i;
	return POLICY_NONE;
}

/* The bits of RUN's purposes that rest on CONSENT and that PERSON may not serve any more. */
static uint64_t lost(const struct op_context *c, const struct vault_set_run *run, const struct vault_person *person, uint32_t consent)
{
	const struct policy *p = c->gated->policy;
	int set = set_numbered(p, run->set);
	uint64_t serves, drop = 0;

	if (set == POLICY_NONE)
		return 0; /* nobody reads it any more */
	serves = gate_set_purposes(c->gated->gate, set, &person->state, p->derived[set].items, c->now);
	for (size_t i = 0; i < p->derived[set].n_purposes; i++) {
		const struct policy_purpose *purpose = &p->purposes[p->derived[set].purposes[i]];

		if (serves >> i & 1 || !rests_on(p, purpose, consent))
			continue;
		for (size_t k = 0; k < run->n_purposes; k++)
			if (run->purposes[k] == purpose->number)
				drop |= UINT64_C(1) << k;
	}
	return drop;
}

result set_withdrawn(struct op *op, const struct op_context *c, const struct uuid *id, uint32_t consent, struct error *e)
{
	const struct vault_reader from = op_vault(op, c);
	struct vault_set_runs runs;
	struct vault_person person;

	TRY(vault_set_runs(&from, &runs, e));
	TRY(vault_load_person(&from, id, &person, e));
	for (size_t i = 0; i < runs.n; i++) {
		uint64_t drop = runs.at[i].state == SET_RUN_DESTROYED ? 0 : lost(c, &runs.at[i], &person, consent);

		if (drop)
			TRY(vault_set_narrow(&from, &runs.at[i], id, drop, e));
	}
	return RESULT_OK;
}
