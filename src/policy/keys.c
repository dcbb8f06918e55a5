#include "policy/keys.h"

static const struct {
	const char *noun;
	const char *section;
	enum finding_code unknown;
} kinds[REF_KINDS] = {
	[REF_ORGANIZATION] = {"organization", "organizations", FINDING_UNKNOWN_ORGANIZATION},
	[REF_ENTITY] = {"organization under this policy", NULL, FINDING_UNKNOWN_ORGANIZATION},
	[REF_DESK] = {"desk", "desks", FINDING_UNKNOWN_DESK},
	[REF_CERTIFIED_BODY] = {"certified body", NULL, FINDING_UNKNOWN_CERTIFIED_BODY},
	[REF_SERVICE] = {"service", "services", FINDING_UNKNOWN_SERVICE},
	[REF_EVENT] = {"event", "events", FINDING_UNKNOWN_EVENT},
	[REF_NOTICE] = {"notice", "notices", FINDING_UNKNOWN_NOTICE},
	[REF_CHANNEL] = {"channel", "channels", FINDING_UNKNOWN_CHANNEL},
	[REF_CATEGORY] = {"category", "categories", FINDING_UNKNOWN_CATEGORY},
	[REF_PURPOSE] = {"purpose", "purposes", FINDING_UNKNOWN_PURPOSE},
	[REF_CONSENT] = {"consent", "consents", FINDING_UNKNOWN_CONSENT},
	[REF_ROLE] = {"role", "roles", FINDING_UNKNOWN_ROLE},
	[REF_JOINT_USE] = {"joint use", "joint_use", FINDING_UNKNOWN_ARRANGEMENT},
	[REF_PROVISION] = {"provision", "provision", FINDING_UNKNOWN_ARRANGEMENT},
	[REF_DERIVED] = {"pseudonymized set", NULL, FINDING_UNKNOWN_SET},
	[REF_OWN_ITEM] = {"item", NULL, FINDING_UNKNOWN_ITEM},
	[REF_ITEM] = {"item", NULL, FINDING_UNKNOWN_ITEM},
};

const char *ref_noun(enum ref_kind kind)
{
	return kinds[kind].noun;
}

enum finding_code ref_unknown(enum ref_kind kind)
{
	return kinds[kind].unknown;
}

const char *ref_section(enum ref_kind kind)
{
	return kinds[kind].section;
}

const struct key *key_find(const struct key *keys, struct str name)
{
	for (; keys->name; keys++)
		if (str_is(name, keys->name))
			return keys;
	return NULL;
}
