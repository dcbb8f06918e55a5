#include "policy/words.h"

#include "policy/policy.h"

const char *const words_action[] = {
	[ACTION_READ] = "read",	      [ACTION_LOOKUP] = "lookup",   [ACTION_HISTORY] = "history",
	[ACTION_CREATE] = "create",   [ACTION_UPDATE] = "update",   [ACTION_CORRECT] = "correct",
	[ACTION_IMPORT] = "import",   [ACTION_EXPORT] = "export",   [ACTION_PROVIDE] = "provide",
	[ACTION_ERASE] = "erase",     [ACTION_SUSPEND] = "suspend", [ACTION_RESUME] = "resume",
	[ACTION_OBJECT] = "object",   [ACTION_HOLD] = "hold",	    [ACTION_RELEASE] = "release",
	[ACTION_CONSENT] = "consent", [ACTION_EVENT] = "event",	    [ACTION_CLAIM] = "claim",
	[ACTION_APPROVE] = "approve", [ACTION_PUBLISH] = "publish", [ACTION_TRACE] = "trace",
	[ACTION_DEIDENTIFY] = "deidentify", [ACTION_AUDIT] = "audit", [ACTIONS] = NULL,
};

const char *const words_request_kind[] = {
	[REQUEST_NOTIFY_PURPOSE] = "notify_purpose",
	[REQUEST_DISCLOSE] = "disclose",
	[REQUEST_DISCLOSE_PROVISION_RECORDS] = "disclose_provision_records",
	[REQUEST_CORRECT] = "correct",
	[REQUEST_ADD] = "add",
	[REQUEST_DELETE] = "delete",
	[REQUEST_SUSPEND_USE] = "suspend_use",
	[REQUEST_ERASE] = "erase",
	[REQUEST_SUSPEND_PROVISION] = "suspend_provision",
	[REQUEST_KINDS] = NULL,
};

const char *const words_role_kind[] = {
	[ROLE_APPLICATION] = "application", [ROLE_STAFF] = "staff", [ROLE_PARTNER] = "partner",
	[ROLE_PERSON] = "person", [ROLE_AGENT] = "agent", [ROLE_SYSTEM] = "system", [ROLE_KINDS] = NULL,
};

const char *const words_item_type[] = {
	[ITEM_TEXT] = "text",
	[ITEM_LONG_TEXT] = "long_text",
	[ITEM_NAME] = "name",
	[ITEM_ADDRESS] = "address",
	[ITEM_PHONE] = "phone",
	[ITEM_EMAIL] = "email",
	[ITEM_CODE] = "code",
	[ITEM_DATE] = "date",
	[ITEM_DATETIME] = "datetime",
	[ITEM_NUMBER] = "number",
	[ITEM_PERSON] = "person",
	[ITEM_LIST] = "list",
	[ITEM_FILE] = "file",
	[ITEM_BANK_ACCOUNT] = "bank_account",
	[ITEM_CARD] = "card",
	[ITEM_INDIVIDUAL_NUMBER] = "individual_number",
	[ITEM_TYPES] = NULL,
};

const char *const words_leaves_by[] = {"outsourcing", "statute", "succession", "joint_use", NULL};

const char *const words_data_class[] = {
	[DATA_ORDINARY] = "ordinary",
	[DATA_SPECIAL_CARE] = "special_care",
	[DATA_PROPERTY] = "property",
	[DATA_INDIVIDUAL_NUMBER] = "individual_number",
	[DATA_COMMUNICATION_SECRET] = "communication_secret",
	[DATA_REFERABLE] = "referable",
	[DATA_CLASSES] = NULL,
};

const char *const words_channel_kind[] = {
	[CHANNEL_ORAL] = "oral",
	[CHANNEL_FORM] = "form",
	[CHANNEL_DOCUMENT] = "document",
	[CHANNEL_MESSAGE] = "message",
	[CHANNEL_DEVICE] = "device",
	[CHANNEL_THIRD_PARTY] = "third_party",
	[CHANNEL_JOINT_USE] = "joint_use",
	[CHANNEL_LEGACY] = "legacy",
	[CHANNEL_SUCCESSION] = "succession",
	[CHANNEL_KINDS] = NULL,
};

const char *const words_foreign_basis[] = {"consent", "equal_country", "equal_system", "law", NULL};

int words_find(const char *const *words, struct str s)
{
	for (int i = 0; words[i]; i++)
		if (str_is(s, words[i]))
			return i;
	return -1;
}

const char *action_name(enum action a)
{
	return words_action[a];
}

const char *role_kind_name(enum role_kind r)
{
	return words_role_kind[r];
}

const char *request_kind_name(enum request_kind k)
{
	return words_request_kind[k];
}

const char *item_type_name(enum item_type t)
{
	return words_item_type[t];
}

const char *channel_kind_name(enum channel_kind c)
{
	return words_channel_kind[c];
}

bool action_parse(struct str s, enum action *out)
{
	int i = words_find(words_action, s);

	if (i >= 0)
		*out = (enum action)i;
	return i >= 0;
}

bool request_kind_parse(struct str s, enum request_kind *out)
{
	int i = words_find(words_request_kind, s);

	if (i >= 0)
		*out = (enum request_kind)i;
	return i >= 0;
}
