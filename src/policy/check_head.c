/* The policy's own dates and languages, and what was renamed. */
#include "policy/check.h"

static void order(struct compile *c, const struct node *n, const char *later, date earlier_date, date later_date,
		  const char *message)
{
	if (earlier_date != DATE_NONE && later_date != DATE_NONE && later_date < earlier_date)
		findings_add(c->f, FINDING_DATE_ORDER, check_place(n, later), (struct str){0}, "%s", message);
}

/* `effective` keeps the time after `revised` that the policy itself promises. */
static void ahead(struct compile *c, const struct node *head)
{
	const struct node *promise = node_get(node_get(node_get(head, "revision"), "ahead"), "for");
	const struct policy *p = c->p;
	struct duration length;
	struct buf hint;
	date earliest;

	if (!promise || !duration_parse(promise->text, &length) || p->revised == DATE_NONE || p->effective == DATE_NONE)
		return;
	earliest = date_plus(p->revised, length);
	if (p->effective >= earliest)
		return;
	buf_init(&hint);
	buf_text(&hint, "the earliest date is ");
	date_write(&hint, earliest);
	findings_add(c->f, FINDING_REVISION_TOO_SOON, check_place(head, "effective"), buf_view(&hint),
		     "effective is sooner after revised than the %.*s that revision.ahead promises", ID(promise->text));
	buf_free(&hint);
}

static void history(struct compile *c, const struct node *head)
{
	const struct policy *p = c->p;

	for (NODE_EACH(n, node_get(head, "history"))) {
		const struct policy_promise *h = n->position < p->n_history ? &p->history[n->position] : NULL;

		if (!h || h->from == DATE_NONE || h->until == DATE_NONE)
			continue;
		order(c, n, "until", h->from, h->until, "a range of history ends before it begins");
		if (p->effective != DATE_NONE && h->until >= p->effective)
			findings_add(c->f, FINDING_DATE_ORDER, check_place(n, "until"), STR("end it on the day before effective"),
				     "a range of history reaches into the time of the policy itself");
		for (size_t i = 0; i < n->position; i++)
			if (p->history[i].from <= h->until && h->from <= p->history[i].until)
				findings_add(c->f, FINDING_DATE_ORDER, check_place(n, "from"), (struct str){0},
					     "two ranges of history overlap");
	}
}

static void languages(struct compile *c, const struct node *head)
{
	const struct node *list = node_get(head, "languages");
	struct str wanted = node_text(head, "default_language");
	const struct policy *p = c->p;

	if (list && list->kind == NODE_LIST && list->n == 0)
		findings_add(c->f, FINDING_MISSING_LANGUAGE, list->at, STR("for example [ja, en]"),
			     "a policy has at least one language");
	if (list && list->kind == NODE_LIST && list->n > POLICY_LANGUAGES)
		findings_add(c->f, FINDING_TOO_MANY, list->at, (struct str){0}, "more than %d languages", POLICY_LANGUAGES);
	if (wanted.n == 0)
		return;
	for (size_t i = 0; i < p->n_languages; i++)
		if (str_eq(p->languages[i], wanted))
			return;
	findings_add(c->f, FINDING_UNKNOWN_LANGUAGE, check_place(head, "default_language"), STR("one of policy.languages"),
		     "the default language \"%.*s\" is not declared", ID(wanted));
}

/* `was` carries the number of an id over, so it must be gone, and claimed once. */
static void renamed(struct compile *c, const struct node *section)
{
	for (NODE_EACH(n, section && section->kind == NODE_MAP ? section : NULL)) {
		struct str was = node_text(n, "was");

		if (was.n == 0)
			continue;
		if (node_find(section, was))
			findings_add(c->f, FINDING_WAS_DECLARED, check_place(n, "was"), (struct str){0},
				     "\"%.*s\" was \"%.*s\", which is still declared", ID(n->key), ID(was));
		for (const struct node *other = section->first; other != n; other = other->next)
			if (str_eq(node_text(other, "was"), was))
				findings_add(c->f, FINDING_WAS_DECLARED, check_place(n, "was"), (struct str){0},
					     "both \"%.*s\" and \"%.*s\" were \"%.*s\"", ID(other->key), ID(n->key), ID(was));
	}
}

/* Who is under the policy says who and where it is (32(1)(i)). */
static void entities(struct compile *c, const struct node *head)
{
	static const char *const needed[] = {"address", "representative"};

	for (NODE_EACH(n, node_get(head, "entities"))) {
		const struct node *o = n->kind == NODE_SCALAR ? check_node(c, "organizations", n->text) : NULL;

		if (o && str_eq(n->text, node_text(head, "organization")))
			findings_add(c->f, FINDING_DUPLICATE_ENTRY, n->at, STR("take it out: it is the controller"),
				     "\"%.*s\" is under the policy already", ID(n->text));
		for (size_t i = 0; o && i < sizeof needed / sizeof *needed; i++)
			if (!node_get(o, needed[i]))
				findings_add(c->f, FINDING_ENTITY_INCOMPLETE, n->at,
					     STR("say name, address and representative of each (APPI 32(1)(i))"),
					     "\"%.*s\" is under the policy and has no %s", ID(n->text), needed[i]);
	}
}

void check_head(struct compile *c)
{
	static const char *const sections[] = {"events", "notices", "channels", "categories", "purposes", "consents",
					       "roles", "exceptions", "joint_use", "outsourcing", "provision", NULL};
	const struct node *root = c->p->root, *head = node_get(root, "policy");
	const struct node *sets = node_get(root, "deidentified");

	if (head && head->kind == NODE_MAP) {
		languages(c, head);
		order(c, head, "revised", c->p->established, c->p->revised, "the policy is revised before it is established");
		order(c, head, "effective", c->p->revised, c->p->effective, "the policy takes effect before it is revised");
		ahead(c, head);
		history(c, head);
		entities(c, head);
	}
	for (int i = 0; sections[i]; i++)
		renamed(c, node_get(root, sections[i]));
	for (NODE_EACH(n, node_get(root, "categories")))
		renamed(c, node_get(n, "items"));
	renamed(c, node_get(sets, "anonymized"));
	renamed(c, node_get(sets, "pseudonymized"));
}
