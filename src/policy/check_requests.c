/* The rights of persons: procedures, fees, grounds. */
#include "policy/check.h"

/* Fees are allowed for these kinds only (APPI 38(1)). */
static const uint32_t with_fee = UINT32_C(1) << REQUEST_NOTIFY_PURPOSE | UINT32_C(1) << REQUEST_DISCLOSE |
				 UINT32_C(1) << REQUEST_DISCLOSE_PROVISION_RECORDS;

/* The grounds that the law gives (APPI 34(1), 35(1), (3), (5)). */
static const struct {
	enum request_kind kind;
	const char *grounds[6];
} lawful[] = {
	{REQUEST_CORRECT, {"not_factual"}},
	{REQUEST_SUSPEND_USE, {"beyond_purpose", "improper", "no_longer_needed", "incident", "harm"}},
	{REQUEST_ERASE, {"beyond_purpose", "improper", "no_longer_needed", "incident", "harm"}},
	{REQUEST_SUSPEND_PROVISION, {"unlawful_provision", "no_longer_needed", "incident", "harm"}},
};

static void fee(struct compile *c, const struct node *requests)
{
	for (NODE_EACH(n, node_get(node_get(requests, "fee"), "kinds"))) {
		enum request_kind kind;

		if (n->kind == NODE_SCALAR && request_kind_parse(n->text, &kind) && !(with_fee >> kind & 1))
			findings_add(c->f, FINDING_FEE_NOT_ALLOWED, n->at,
				     STR("fees are allowed for notify_purpose, disclose and disclose_provision_records (APPI 38)"),
				     "a fee is taken for \"%.*s\"", ID(n->text));
	}
}

static void procedures(struct compile *c, const struct node *requests)
{
	const struct node *forms = node_get(requests, "forms");

	if (!forms || forms->kind != NODE_MAP)
		return; /* then what `by`, `desk` and `identity` say holds for all kinds */
	for (NODE_EACH(n, node_get(requests, "kinds")))
		if (n->kind == NODE_SCALAR && words_find(words_request_kind, n->text) >= 0 && !node_find(forms, n->text))
			findings_add(c->f, FINDING_RIGHT_WITHOUT_PROCEDURE, n->at, STR("give it a form in requests.forms"),
				     "the right \"%.*s\" is promised, and there is no form for it", ID(n->text));
}

static bool lists(const struct node *list, const char *word)
{
	for (NODE_EACH(n, list))
		if (n->kind == NODE_SCALAR && str_is(n->text, word))
			return true;
	return false;
}

static void grounds(struct compile *c, const struct node *requests)
{
	for (size_t i = 0; i < sizeof lawful / sizeof *lawful; i++) {
		const char *kind = request_kind_name(lawful[i].kind);
		const struct node *list = node_get(node_get(requests, "grounds"), kind);

		for (size_t j = 0; list && lawful[i].grounds[j]; j++) {
			if (lists(list, lawful[i].grounds[j]))
				continue;
			findings_add(c->f, FINDING_GROUNDS_NARROWER, list->key_at,
				     STR("add it, or answer in decisions.yaml why it is left out"),
				     "\"%s\" is not granted on the ground \"%s\", which the law gives", kind,
				     lawful[i].grounds[j]);
			findings_about(c->f, "requests.grounds", list->key);
		}
	}
}

static void refusals(struct compile *c, const struct node *requests)
{
	for (NODE_EACH(n, node_get(requests, "refuse"))) {
		const struct node *by = node_get(node_get(n, "approval"), "by");

		if (by)
			check_approver(c, policy_role_find(c->p, by->text), by->at);
	}
}

void check_requests(struct compile *c)
{
	const struct node *requests = node_get(c->p->root, "requests");

	fee(c, requests);
	procedures(c, requests);
	grounds(c, requests);
	refusals(c, requests);
}
