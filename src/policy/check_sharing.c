/* What leaves, what is derived, and what an exception opens. */
#include "policy/check.h"

#include <string.h>

static const char *const sections[ARRANGEMENT_KINDS] = {"joint_use", "outsourcing", "provision"};

static const struct node *arrangement_node(const struct compile *c, const struct policy_arrangement *o)
{
	return node_at(c->p->root, o->id);
}

/* Some role may provide for PURPOSE, or a partner of the arrangement reads for it. */
static bool provided(const struct policy *p, const struct policy_arrangement *o, int purpose)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		bool partner = false;

		if (!check_has(r->purposes, r->n_purposes, purpose))
			continue;
		for (size_t j = 0; j < o->n_parties && r->kind == ROLE_PARTNER; j++)
			partner = partner || str_eq(o->parties[j].organization, r->organization);
		if ((r->may >> ACTION_PROVIDE & 1) || (partner && (r->may >> ACTION_READ & 1)))
			return true;
	}
	return false;
}

static void roles(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	for (size_t i = 0; i < o->n_purposes; i++) {
		const struct policy_purpose *q = &c->p->purposes[o->purposes[i]];
		struct place at = o->kind == ARRANGEMENT_PROVISION ? check_place(n, "purpose")
								   : check_place_of(node_get(n, "purposes"), q->id);

		if (!provided(c->p, o, o->purposes[i]))
			findings_add(c->f, FINDING_ARRANGEMENT_WITHOUT_ROLE, at,
				     STR("give a role the purpose and `provide`"),
				     "no role may provide for purpose \"%.*s\" of %.*s", ID(q->id), ID(o->id));
	}
}

static void items(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	const struct policy *p = c->p;

	for (size_t u = 0; u < o->n_items; u++) {
		const struct policy_category *k = &p->categories[o->items[u].category];
		struct buf unused;

		buf_init(&unused);
		for (size_t j = 0; j < k->n_items; j++) {
			bool used = !bits_has(o->items[u].items, j);

			for (size_t i = 0; i < o->n_purposes && !used; i++)
				used = check_purpose_uses(p, o->purposes[i], o->items[u].category, j);
			if (!used)
				buf_printf(&unused, "%s%.*s", unused.n ? ", " : "", ID(k->items[j].id));
		}
		if (unused.n) {
			findings_add(c->f, FINDING_ANNOUNCED_ITEM_UNUSED, check_place_of(node_get(n, "items"), k->id),
				     STR("take them out, or answer in decisions.yaml: they never leave"),
				     "%.*s announces items of \"%.*s\" that none of its purposes uses: %s", ID(o->id),
				     ID(k->id), buf_c(&unused));
			findings_about(c->f, sections[o->kind], n->key);
		}
		buf_free(&unused);
	}
}

static void classes(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	const struct policy_item *item;

	if (o->kind != ARRANGEMENT_OUTSOURCING && check_class(c->p, o->items, o->n_items, DATA_INDIVIDUAL_NUMBER, &item))
		findings_add(c->f, FINDING_INDIVIDUAL_NUMBER_SHARED, check_place(n, "items"),
			     STR("individual numbers go only where the Number Act 19 lists it"),
			     "%.*s has the individual number \"%.*s\"", ID(o->id), ID(item->id));
	if (o->kind == ARRANGEMENT_PROVISION && o->basis == PROVISION_OPT_OUT &&
	    check_class(c->p, o->items, o->n_items, DATA_SPECIAL_CARE, &item))
		findings_add(c->f, FINDING_SPECIAL_CARE_OPT_OUT, check_place(n, "items"),
			     STR("special-care information is never provided by opt-out (APPI 27(2))"),
			     "%.*s has the special-care item \"%.*s\"", ID(o->id), ID(item->id));
}

static void abroad(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	for (size_t i = 0; i < o->n_parties; i++) {
		const struct policy_party *party = &o->parties[i];
		const struct node *listed = node_get(n, "parties") ? node_get(n, "parties")->first : n;

		for (size_t j = 0; j < i; j++)
			listed = listed->next;
		if (party->from != DATE_NONE && party->until != DATE_NONE && party->until < party->from)
			findings_add(c->f, FINDING_DATE_ORDER, check_place(listed, "until"), (struct str){0},
				     "it ends before it begins");
		if (party->abroad && party->foreign == FOREIGN_NONE && !node_get(listed, "foreign") && !node_get(n, "foreign"))
			findings_add(c->f, FINDING_FOREIGN_WITHOUT_BASIS, node_place(listed),
				     STR("add foreign: {basis: consent | equal_country | equal_system | law} (APPI 28)"),
				     "\"%.*s\" is abroad, and %.*s says no basis for that", ID(party->organization), ID(o->id));
	}
}

static void foreign_keys(struct compile *c, const struct node *n)
{
	static const struct {
		const char *key, *basis;
	} of_basis[] = {{"country_unknown", "consent"}, {"measures_unknown", "consent"}, {"review", "equal_system"}};
	const struct node *foreign = node_get(n, "foreign");
	struct str basis = node_text(foreign, "basis");

	if (str_is(basis, "equal_system") && !node_get(foreign, "system"))
		check_missing(c, foreign, "system", "an equal system is one by contract, rules or certification");
	if (str_is(basis, "consent") && !node_get(foreign, "consent"))
		check_missing(c, foreign, "consent", "a basis of consent names the consent");
	if ((str_is(basis, "consent") || str_is(basis, "equal_system")) && !node_get(foreign, "information") &&
	    !node_get(foreign, "country_unknown"))
		findings_add(c->f, FINDING_FOREIGN_WITHOUT_INFORMATION, foreign->at,
			     STR("write foreign/NAME.<language>.md and name it in `information` (APPI 28(2), (3))"),
			     "nothing says what people are told of the country and of the recipient's measures");
	if (str_is(basis, "equal_system") && !node_get(foreign, "review"))
		findings_add(c->f, FINDING_FOREIGN_WITHOUT_REVIEW, foreign->at, STR("add review: {every: P1Y}"),
			     "nothing says how often the recipient's measures and its country's laws are checked (Enforcement Rules 18(1))");
	for (size_t i = 0; i < sizeof of_basis / sizeof *of_basis; i++)
		if (node_get(foreign, of_basis[i].key) && basis.n && !str_is(basis, of_basis[i].basis))
			findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, node_get(foreign, of_basis[i].key)->key_at, (struct str){0},
				     "\"%s\" goes with basis %s", of_basis[i].key, of_basis[i].basis);
}

/* 27(5)(iii): name, address and representative of who is responsible. */
static void responsible(struct compile *c, const struct node *n, struct str id)
{
	static const char *const needed[] = {"address", "representative"};
	struct str name = node_text(n, "responsible");
	const struct node *organization = check_node(c, "organizations", name);

	for (size_t i = 0; organization && i < sizeof needed / sizeof *needed; i++)
		if (!node_get(organization, needed[i]))
			findings_add(c->f, FINDING_JOINT_USE_INCOMPLETE, check_place(n, "responsible"),
				     STR("name, address and representative are announced (APPI 27(5)(iii))"),
				     "organization \"%.*s\" is responsible for joint use \"%.*s\" and has no %s", ID(name),
				     ID(id), needed[i]);
}

static void basis(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	const struct node *given = node_get(n, "basis");
	const struct policy_consent *consent = o->consent == POLICY_NONE ? NULL : &c->p->consents[o->consent];

	if (given && given->kind == NODE_MAP && given->n == 0)
		check_missing(c, given, "consent", "a provision rests on a consent or a statute");
	if (consent && !str_eq(consent->provision, n->key) &&
	    !check_has(consent->purposes, consent->n_purposes, o->n_purposes ? o->purposes[0] : POLICY_NONE))
		findings_add(c->f, FINDING_CONSENT_DOES_NOT_COVER, given->at, STR("let the consent name the provision"),
			     "%.*s rests on consent \"%.*s\", which does not cover it", ID(o->id), ID(consent->id));
}

/* True when data of category CATEGORY was itself received by opt-out. */
static bool received_by_opt_out(const struct compile *c, int category)
{
	const struct policy_category *k = &c->p->categories[category];

	for (size_t i = 0; i < k->n_channels; i++) {
		const struct node *channel = check_node(c, "channels", c->p->channels[k->channels[i].channel].id);

		if (str_is(node_text(channel, "received_as"), "opt_out"))
			return true;
	}
	return false;
}

/* The matters of 27(2), each of which is announced and filed before. */
static void opt_out(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	static const char *const outer[] = {"method", "from"}, *const inner[] = {"acquired", "stop", "updated"};
	const struct node *given = node_get(n, "opt_out");

	for (size_t i = 0; i < sizeof outer / sizeof *outer; i++)
		if (!node_get(n, outer[i]))
			findings_add(c->f, FINDING_OPT_OUT_INCOMPLETE, node_place(n), STR("add it (APPI 27(2), Enforcement Rules 11)"),
				     "%.*s is by opt-out and lacks \"%s\"", ID(o->id), outer[i]);
	for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
		if (!node_get(given, inner[i]))
			findings_add(c->f, FINDING_OPT_OUT_INCOMPLETE, check_place(n, "opt_out"),
				     STR("add it under opt_out (APPI 27(2), Enforcement Rules 11)"),
				     "%.*s is by opt-out and lacks \"opt_out.%s\"", ID(o->id), inner[i]);
	for (size_t i = 0; i < o->n_items; i++)
		if (received_by_opt_out(c, o->items[i].category))
			findings_add(c->f, FINDING_OPT_OUT_AGAIN, check_place(n, "items"),
				     STR("let it rest on a consent, or leave the category out (APPI 27(2))"),
				     "%.*s passes on data of \"%.*s\", some of which was itself received by opt-out", ID(o->id),
				     ID(c->p->categories[o->items[i].category].id));
}

/* What goes with one basis of a provision, or with one class of items. */
static void provision_keys(struct compile *c, const struct policy_arrangement *o, const struct node *n)
{
	const struct node *named_by = node_get(node_get(n, "recipient"), "named_by");
	const struct policy_item *item;
	bool by_opt_out = o->basis == PROVISION_OPT_OUT;

	if (by_opt_out)
		opt_out(c, o, n);
	else if (node_get(n, "opt_out"))
		findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, node_get(n, "opt_out")->key_at, (struct str){0},
			     "\"opt_out\" goes with basis opt_out");
	if (named_by && (o->basis == PROVISION_CONSENT) == str_is(named_by->text, "record"))
		findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, named_by->at,
			     STR("a consent names its recipient; by statute or opt-out the record of provision does"),
			     "\"named_by: %.*s\" does not go with the basis of %.*s", ID(named_by->text), ID(o->id));
	if (check_class(c->p, o->items, o->n_items, DATA_REFERABLE, &item) && !node_get(n, "confirmed"))
		findings_add(c->f, FINDING_REFERABLE_UNCONFIRMED, check_place(n, "items"),
			     STR("say in `confirmed` how it is known that the recipient has the person's consent (APPI 31(1))"),
			     "%.*s has the personally-referable item \"%.*s\", and nothing says how the recipient's consent is confirmed",
			     ID(o->id), ID(item->id));
}

static void arrangement(struct compile *c, const struct policy_arrangement *o)
{
	const struct node *n = arrangement_node(c, o);

	classes(c, o, n);
	abroad(c, o, n);
	foreign_keys(c, n);
	for (NODE_EACH(party, node_get(n, "parties")))
		foreign_keys(c, party);
	if (o->kind == ARRANGEMENT_JOINT_USE)
		responsible(c, n, n->key);
	if (c->broken)
		return;
	if (o->kind == ARRANGEMENT_PROVISION) {
		basis(c, o, n);
		provision_keys(c, o, n);
	}
	roles(c, o, n);
	items(c, o, n);
}

static bool collected(const struct policy *p, int category, size_t item)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		const uint64_t *items = check_uses(p->roles[i].collects, p->roles[i].n_collects, category);

		if (items && bits_has(items, item))
			return true;
	}
	return false;
}

static const struct node *item_node(const struct compile *c, int category, struct str item)
{
	return node_find(node_get(check_node(c, "categories", c->p->categories[category].id), "items"), item);
}

static void set(struct compile *c, const struct policy_derived *o)
{
	const struct policy *p = c->p;
	const struct node *sets = node_get(p->root, "deidentified");
	const struct node *n = node_find(node_get(sets, o->pseudonymized ? "pseudonymized" : "anonymized"), o->id);
	const struct node *output = node_get(n, "output");

	for (size_t i = 0; o->from != POLICY_NONE && o->items && i < p->categories[o->from].n_items; i++) {
		const struct policy_item *item = &p->categories[o->from].items[i];
		struct place at = check_place_of(output, item->id);

		if (!bits_has(o->items, i))
			continue;
		if (!collected(p, o->from, i) && !c->broken)
			findings_add(c->f, FINDING_SET_ITEM_NOT_COLLECTED, at, STR("let a role collect it, or leave it out"),
				     "set \"%.*s\" has item \"%.*s\", which no role collects", ID(o->id), ID(item->id));
		if (item->class_ == DATA_INDIVIDUAL_NUMBER)
			findings_add(c->f, FINDING_INDIVIDUAL_NUMBER_SHARED, at, STR("leave it out"),
				     "set \"%.*s\" has the individual number \"%.*s\"", ID(o->id), ID(item->id));
		else if (item->direct || item->type == ITEM_PERSON ||
			 node_get(item_node(c, o->from, item->id), "biometric"))
			findings_add(c->f, FINDING_SET_IDENTIFIES, at, STR("leave it out"),
				     "set \"%.*s\" has item \"%.*s\", which identifies a person alone", ID(o->id), ID(item->id));
		else if (item->class_ == DATA_PROPERTY || item->type == ITEM_CARD)
			findings_add(c->f, FINDING_SET_PROPERTY, at, STR("leave it out"),
				     "set \"%.*s\" has item \"%.*s\", whose misuse costs people money", ID(o->id), ID(item->id));
	}
	check_outputs(c, o, n);
	for (size_t i = 0; i < o->n_purposes; i++) {
		const struct policy_purpose *q = &p->purposes[o->purposes[i]];

		if (q->contacts_person)
			findings_add(c->f, FINDING_SET_CONTACTS, check_place_of(node_get(n, "purposes"), q->id),
				     STR("a pseudonymized set never serves to contact people (APPI 41(8))"),
				     "set \"%.*s\" serves purpose \"%.*s\", for which people are contacted", ID(o->id), ID(q->id));
	}
}

/* The item of ARTICLE ("27-1-1") that LAW names is one of 1 to LAST. */
static bool grounded(struct str law, const char *article, unsigned last)
{
	uint64_t item;

	return str_starts(law, str_of(article)) && str_to_u64(str_sub(law, strlen(article), law.n), last, &item) && item > 0;
}

static void exception(struct compile *c, const struct policy_exception *o)
{
	const struct node *n = check_node(c, "exceptions", o->id);
	const char *wrong = NULL;

	check_approver(c, o->approver, check_place(node_get(n, "approval"), "by"));
	if ((o->covers & COVERS_USE) && !grounded(o->law_use, "18-3-", 6))
		wrong = "use, which needs one of 18-3-1 to 18-3-6";
	else if ((o->covers & COVERS_PROVIDE) && !grounded(o->law_provide, "27-1-", 7))
		wrong = "provide, which needs one of 27-1-1 to 27-1-7";
	else if ((o->covers & COVERS_ACQUIRE) && !grounded(o->law_acquire, "20-2-", 8))
		wrong = "acquire, which needs one of 20-2-1 to 20-2-8";
	if (wrong)
		findings_add(c->f, FINDING_EXCEPTION_LAW, check_place(n, "law"),
			     STR("name the ground of each act: law: {use: 18-3-2, provide: 27-1-2}"),
			     "exception \"%.*s\" covers %s", ID(o->id), wrong);
}

void check_sharing(struct compile *c)
{
	for (size_t i = 0; i < c->p->n_arrangements; i++)
		arrangement(c, &c->p->arrangements[i]);
	for (size_t i = 0; i < c->p->n_derived; i++)
		set(c, &c->p->derived[i]);
	for (size_t i = 0; i < c->p->n_exceptions; i++)
		exception(c, &c->p->exceptions[i]);
}
