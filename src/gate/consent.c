/* Giving and withdrawing a consent (T7), and whether a wording was the one shown. */
#include "gate/table.h"

const struct policy_consent *gate_consent_in(const struct policy *p, uint32_t number)
{
	for (size_t i = 0; i < p->n_consents; i++)
		if (p->consents[i].number == number)
			return &p->consents[i];
	return NULL;
}

const struct policy_consent *gate_consent_named(const struct gate *g, struct str id, const struct policy **version)
{
	for (size_t v = g->set->n; v-- > 0;) {
		const struct policy *p = g->set->versions[v];

		for (size_t i = 0; i < p->n_consents; i++) {
			if (!str_eq(p->consents[i].id, id))
				continue;
			*version = p;
			return &p->consents[i];
		}
	}
	return NULL;
}

static bool hash_is(const unsigned char *a, const unsigned char *b)
{
	for (size_t i = 0; i < POLICY_HASH; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

bool gate_wording_shown(const struct policy *p, const struct policy_wording *wording, struct str language,
			const unsigned char *hash, moment shown)
{
	if (wording->version != p->version || p->published > shown)
		return false;
	for (size_t l = 0; l < p->n_languages; l++)
		if (str_eq(p->languages[l], language))
			return wording->has[l] && (!hash || hash_is(wording->hash[l], hash));
	return false;
}

static bool known_channel(const struct policy *p, struct str id)
{
	if (str_is(id, "web") || str_is(id, "email") || str_is(id, "phone"))
		return true;
	for (size_t i = 0; i < p->n_channels; i++)
		if (str_eq(p->channels[i].id, id))
			return true;
	return false;
}

/* True when on the day of C its person is known to be under the age from which one decides alone. */
static bool under_age(const struct gate *g, const struct gate_consent *c, const struct policy_consent *wording)
{
	const struct policy_consent *now = gate_consent_in(g->here, wording->number);
	int under = now ? now->minors_under : wording->minors_under;

	return under > 0 && c->birth != DATE_NONE && date_age(c->birth, moment_date(c->at, g->here->zone)) < under;
}

static enum code withdraw(const struct gate *g, const struct gate_consent *c, const struct policy_consent *wording,
			  const struct person_consent *given, moment now)
{
	if (c->at > now)
		return CODE_TIME_INVALID;
	if (!given)
		return CODE_NO_CONSENT;
	/* a guardian's may be withdrawn by the person from the age on */
	if (given->by_guardian && !c->by_guardian && under_age(g, c, wording))
		return CODE_GUARDIAN_NEEDED;
	return CODE_NONE;
}

static enum code give(const struct gate *g, const struct gate_consent *c, const struct policy_consent *named,
		      const struct person_consent *given, moment now)
{
	const struct gate_version *version = gate_version_of(g, c->version);
	const struct policy_consent *wording = version ? gate_consent_in(version->policy, named->number) : NULL;

	if (!known_channel(g->here, c->channel))
		return CODE_CHANNEL_UNKNOWN;
	if (c->at > now || (given && given->withdrawn != MOMENT_NONE && c->at <= given->withdrawn))
		return CODE_TIME_INVALID;
	if (!wording || !gate_wording_shown(version->policy, &wording->wording, c->language,
					    c->has_hash ? c->hash : NULL, c->at))
		return CODE_WORDING_MISMATCH;
	return !c->by_guardian && under_age(g, c, wording) ? CODE_GUARDIAN_NEEDED : CODE_NONE;
}

enum code gate_consent(const struct gate *g, const struct gate_consent *c, const struct person_state *state, moment now)
{
	const struct policy *newest;
	const struct policy_consent *named = gate_consent_named(g, c->consent, &newest);
	const struct person_consent *given;

	if (!named)
		return CODE_CONSENT_UNKNOWN;
	given = state && state->exists ? gate_consent_of(state, named->number) : NULL;
	if (c->withdraw)
		return withdraw(g, c, named, given, now);
	/* one that is gone by now can only be withdrawn */
	return newest->version < g->here->version ? CODE_CONSENT_UNKNOWN : give(g, c, named, given, now);
}
