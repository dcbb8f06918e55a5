/* Facts that say too much, too little, or twice: catch-alls, people who are left out, grounds of refusal, identity. */
#include "policy/check.h"
#include "policy/phrase.h"

static const char catch_all[] = "any other|other purposes|other scope|scope necessary|necessary scope|ancillary|incidental|related thereto|business activities|and other operations|その他上記|その他これ|その他一切|その他の業務|その他必要|その他当|付随|附帯|附随|に関連する業務|に関する一切|一切の業務|必要な範囲|上記に準ずる|業務の遂行に必要";

static const char incidental[] = "any other|ancillary|incidental|付随|附帯|附随|その他一切";

/* Asks whether the text N of the thing ID under SECTION is as specific as can be. */
static void specific(struct compile *c, const char *section, struct str id, const struct node *n)
{
	const char *pattern = *section == 'p' ? catch_all : incidental;
	const struct node *hit = n && n->kind == NODE_SCALAR && phrase_in(n->text, pattern) ? n : NULL;

	for (NODE_EACH(k, n && n->kind == NODE_MAP && !hit ? n : NULL))
		if (!hit && k->kind == NODE_SCALAR && phrase_in(k->text, pattern))
			hit = k;
	if (!hit)
		return;
	findings_add(c->f, FINDING_CATCH_ALL_PURPOSE, hit->at, STR("say what it covers, or answer in decisions.yaml"),
		     "\"%.*s\" of %s reads as a catch-all: is it as specific as can be (APPI 17(1))?", ID(id), section);
	findings_about(c->f, section, id);
}

static void catch_alls(struct compile *c)
{
	for (NODE_EACH(n, node_get(c->p->root, "purposes")))
		if (!node_is_true(node_get(n, "needs_reason"))) /* those are asked about already */
			specific(c, "purposes", n->key, node_get(n, "text"));
	for (NODE_EACH(n, node_get(c->p->root, "services")))
		specific(c, "services", n->key, n);
}

static bool some_text(const struct node *n, const char *pattern)
{
	if (!n)
		return false;
	if (n->kind == NODE_SCALAR)
		return phrase_in(n->text, pattern);
	for (NODE_EACH(k, n))
		if (k->kind == NODE_SCALAR && phrase_in(k->text, pattern))
			return true;
	return false;
}

/* Kinds of people that a policy of this kind usually covers, and what gives them away. */
static const struct {
	const char *id, *pattern, *evidence, *noun;
} people[] = {
	{"employees", "employee|staff|worker|personnel|従業|社員|職員|教職員|スタッフ", NULL, "those who work for the company"},
	{"applicants", "applicant|candidate|応募|求職|採用", "hiring|recruit|採用", "applicants"},
	{"visitors", "visitor|guest|来訪|来館|入館|入校|来校|来院|見舞", "security of the|safety of the|center safe|premises|入館|来訪|防犯|構内", "visitors"},
};

static void people_missing(struct compile *c)
{
	const struct node *root = c->p->root;

	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		bool covered = false, evident = !people[i].evidence;

		for (NODE_EACH(n, node_get(root, "categories")))
			covered = covered || some_text(node_get(n, "people"), people[i].pattern);
		for (NODE_EACH(n, node_get(root, "purposes")))
			evident = evident || some_text(node_get(n, "text"), people[i].evidence);
		if (covered || !evident)
			continue;
		findings_add(c->f, FINDING_PEOPLE_MISSING, node_place(node_get(root, "categories")),
			     STR("add a category, or answer in decisions.yaml where their data is covered"),
			     "no category is of %s", people[i].noun);
		findings_about(c->f, "categories", str_of(people[i].id));
	}
}

/* True when LAW, "33-2-1", is a ground on which a request of KIND may be refused. */
static bool statutory(struct str law, enum request_kind kind)
{
	bool disclosure = kind == REQUEST_DISCLOSE || kind == REQUEST_DISCLOSE_PROVISION_RECORDS;

	if (str_starts(law, STR("37-")) || str_starts(law, STR("38-")))
		return true; /* who asks, for what, and the fee */
	if (disclosure)
		return str_starts(law, STR("33-2-")) || str_starts(law, STR("33-5"));
	if (kind == REQUEST_NOTIFY_PURPOSE)
		return str_starts(law, STR("32-2")) || str_starts(law, STR("21-4-"));
	if (kind == REQUEST_CORRECT || kind == REQUEST_ADD || kind == REQUEST_DELETE)
		return str_starts(law, STR("34-"));
	return str_starts(law, STR("35-"));
}

static void refusals(struct compile *c, const struct node *requests)
{
	for (NODE_EACH(n, node_get(requests, "refuse"))) {
		const struct node *of = node_get(n, "of"), *law = node_get(n, "law");
		const char *wrong = NULL;

		for (int kind = 0; law && kind < REQUEST_KINDS && !wrong; kind++) {
			const char *name = request_kind_name((enum request_kind)kind);
			bool meant = of && of->kind == NODE_SCALAR && str_is(of->text, "all");

			for (NODE_EACH(k, of))
				meant = meant || (k->kind == NODE_SCALAR && str_is(k->text, name));
			if (meant && !statutory(law->text, (enum request_kind)kind))
				wrong = name;
		}
		if (!wrong)
			continue;
		findings_add(c->f, FINDING_REFUSAL_NOT_STATUTORY, law->at,
			     STR("name the ground in the law, or answer in decisions.yaml"),
			     "the law gives no ground \"%.*s\" to refuse \"%s\"", ID(law->text), wrong);
		findings_about(c->f, "requests.refuse", n->key);
	}
}

static bool lists(const struct node *list, const char *word)
{
	for (NODE_EACH(n, list))
		if (n->kind == NODE_SCALAR && str_is(n->text, word))
			return true;
	return false;
}

static void identity(struct compile *c, const struct node *requests)
{
	const struct node *documents = node_get(node_get(requests, "identity"), "documents");
	const struct node *card = node_get(node_get(requests, "identity"), "individual_number_card");
	const struct node *statutory_agent = node_get(node_get(node_get(requests, "proxies"), "statutory"), "documents");
	const struct node *mismatch = node_get(node_get(requests, "identity"), "address_mismatch");

	if (lists(documents, "individual_number_card") && !node_get(card, "side"))
		findings_add(c->f, FINDING_IDENTITY_RISK, check_place_of(documents, STR("individual_number_card")),
			     STR("add individual_number_card: {side: front}"),
			     "nothing says that only the front of an individual number card is copied");
	if (lists(statutory_agent, "family_register") && !lists(node_get(node_get(requests, "papers"), "mask"), "registered_domicile"))
		findings_add(c->f, FINDING_IDENTITY_RISK, check_place_of(statutory_agent, STR("family_register")),
			     STR("add papers: {mask: [registered_domicile]}"),
			     "nothing says that the registered domicile on a family register is masked");
	if (mismatch && str_is(mismatch->text, "refuse"))
		findings_add(c->f, FINDING_ADDRESS_MISMATCH_REFUSED, mismatch->at, STR("ask instead of refusing (APPI 37(2))"),
			     "who has moved is refused, as addresses then differ");
	if (!node_get(requests, "answer"))
		findings_add(c->f, FINDING_UNDEFINED_PERIOD, node_place(requests), STR("add answer: {within: P14D} (APPI 39)"),
			     "nothing says within what time requests are answered");
}

/* A set serves a purpose that uses nothing of the category that it is made from. */
static void set_purposes(struct compile *c)
{
	const struct policy *p = c->p;

	for (size_t i = 0; i < p->n_derived; i++) {
		const struct policy_derived *o = &p->derived[i];
		const struct node *n = node_find(node_get(node_get(p->root, "deidentified"), "pseudonymized"), o->id);

		for (size_t k = 0; o->pseudonymized && o->from != POLICY_NONE && k < o->n_purposes; k++) {
			const struct policy_purpose *q = &p->purposes[o->purposes[k]];

			if (check_uses(q->uses, q->n_uses, o->from))
				continue;
			findings_add(c->f, FINDING_SET_PURPOSE_ELSEWHERE, check_place_of(node_get(n, "purposes"), q->id),
				     STR("declare the purpose for these people, or take it out"),
				     "set \"%.*s\" is made from \"%.*s\", of whose data purpose \"%.*s\" uses nothing",
				     ID(o->id), ID(p->categories[o->from].id), ID(q->id));
		}
	}
}

/* What a tag sends is named without a rest: "and so on" tells nobody anything (Rules 22-2-29). */
static void transmissions(struct compile *c)
{
	static const char rest[] = "など|等、|等。|等を|等の情報|その他|etc.|and so on|and the like|and others|and other information|among others";

	for (NODE_EACH(n, node_get(node_get(c->p->root, "web"), "external_transmission"))) {
		const struct node *sends = node_get(n, "sends");
		const struct node *one = sends && sends->kind == NODE_MAP ? sends->first : sends;

		for (; one; one = one == sends ? NULL : one->next) {
			bool ends = one->text.n > 3 && str_eq(str_sub(one->text, one->text.n - 3, 3), STR("等"));

			if (one->kind == NODE_SCALAR && (ends || phrase_in(one->text, rest)))
				findings_add(c->f, FINDING_TRANSMISSION_VAGUE, one->at, STR("name all that is sent"),
					     "what transmission \"%.*s\" sends ends in a rest that nobody can know", ID(n->key));
		}
	}
}

void check_texts(struct compile *c)
{
	const struct node *requests = node_get(c->p->root, "requests");

	catch_alls(c);
	people_missing(c);
	refusals(c, requests);
	transmissions(c);
	if (requests)
		identity(c, requests);
	if (!c->broken)
		set_purposes(c);
}
