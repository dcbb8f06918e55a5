/* What leaves, is derived or opened by exception: arrangements, sets, exceptions. */
#include "policy/build.h"
#include "policy/words.h"

static const char *const sections[ARRANGEMENT_KINDS] = {"joint_use", "outsourcing", "provision"};

static struct str controller_country(const struct compile *c)
{
	struct str id = node_text(node_get(c->p->root, "policy"), "organization");

	return node_text(node_find(node_get(c->p->root, "organizations"), id), "country");
}

/* One recipient, with the dates of N and the foreign basis of N or of what is AROUND it. */
static void party(struct compile *c, const struct node *n, struct str organization, const struct node *around,
		  struct policy_party *o)
{
	struct str country = node_text(node_find(node_get(c->p->root, "organizations"), organization), "country");
	const struct node *foreign = node_get(n, "foreign");

	o->organization = organization;
	o->from = build_date(n, "from");
	o->until = build_date(n, "until");
	o->abroad = country.n && !str_eq(country, controller_country(c));
	o->foreign = (enum foreign_basis)(1 + build_word(foreign ? foreign : node_get(around, "foreign"), "basis",
							 words_foreign_basis, -1));
}

static void parties(struct compile *c, const struct node *n, struct policy_arrangement *o)
{
	const struct node *list = node_get(n, "parties");
	size_t count = o->kind != ARRANGEMENT_JOINT_USE ? 1 : list && list->kind == NODE_LIST ? list->n : 0;

	o->parties = compile_array(c, count, sizeof *o->parties);
	if (!o->parties)
		return;
	o->n_parties = count;
	if (o->kind == ARRANGEMENT_OUTSOURCING)
		party(c, n, node_text(n, "processor"), NULL, &o->parties[0]);
	else if (o->kind == ARRANGEMENT_PROVISION)
		party(c, n, node_text(n, "recipient"), NULL, &o->parties[0]);
	else if (count)
		for (NODE_EACH(e, list))
			party(c, e, node_text(e, "organization"), n, &o->parties[e->position]);
}

static void provision(struct compile *c, const struct node *n, struct policy_arrangement *o)
{
	const struct node *basis = node_get(n, "basis");
	int purpose = policy_purpose_find(c->p, node_text(n, "purpose"));

	if (purpose != POLICY_NONE) {
		o->purposes = compile_array(c, 1, sizeof *o->purposes);
		if (!o->purposes)
			return;
		o->purposes[o->n_purposes++] = purpose;
	}
	o->consent = policy_consent_find(c->p, node_text(basis, "consent"));
	o->statute = node_text(basis, "statute");
	build_text(c, node_get(node_get(n, "recipient"), "class"), &o->recipient_class);
	if (basis && basis->kind == NODE_SCALAR)
		o->basis = str_is(basis->text, "opt_out") ? PROVISION_OPT_OUT : PROVISION_SUCCESSION;
	else
		o->basis = o->statute.n ? PROVISION_STATUTE : PROVISION_CONSENT;
}

static struct str full_id(struct compile *c, const char *section, struct str id)
{
	struct buf b;
	struct str full;

	buf_init(&b);
	buf_printf(&b, "%s.%.*s", section, (int)id.n, id.p);
	full = str_copy(c->a, buf_view(&b));
	buf_free(&b);
	if (!full.p)
		c->no_memory = true;
	return full;
}

static void arrangement(struct compile *c, const struct node *n, enum arrangement_kind kind,
			struct policy_arrangement *o)
{
	struct str was = node_text(n, "was");

	o->kind = kind;
	o->id = full_id(c, sections[kind], n->key);
	if (was.n)
		o->was = full_id(c, sections[kind], was);
	o->at = n->key_at;
	o->consent = POLICY_NONE;
	parties(c, n, o);
	build_items(c, node_get(n, "items"), &o->items, &o->n_items);
	if (kind == ARRANGEMENT_PROVISION)
		provision(c, n, o);
	else
		build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
	if (!duration_parse(node_text(node_get(n, "review"), "every"), &o->review))
		o->review = (struct duration){0};
}

static void arrangements(struct compile *c)
{
	struct policy *p = c->p;
	size_t count = 0;

	for (int kind = 0; kind < ARRANGEMENT_KINDS; kind++) {
		const struct node *section = build_section(c, sections[kind]);

		count += section ? section->n : 0;
	}
	p->arrangements = compile_array(c, count, sizeof *p->arrangements);
	if (!p->arrangements)
		return;
	for (int kind = 0; kind < ARRANGEMENT_KINDS; kind++)
		for (NODE_EACH(n, build_section(c, sections[kind])))
			arrangement(c, n, (enum arrangement_kind)kind, &p->arrangements[p->n_arrangements++]);
}

static void derived(struct compile *c, const struct node *n, bool pseudonymized)
{
	struct policy_derived *o = &c->p->derived[c->p->n_derived++];
	const struct node *output = node_get(n, "output");

	o->id = n->key;
	o->was = node_text(n, "was");
	o->at = n->key_at;
	o->pseudonymized = pseudonymized;
	o->from = policy_category_find(c->p, node_text(n, "from"));
	if (o->from != POLICY_NONE && output && output->kind == NODE_MAP)
		o->items = build_bits(c, o->from, output);
	if (o->items)
		build_outputs(c, n, o);
	build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
	o->leaves_by = build_word_bits(node_get(n, "leaves_by"), words_leaves_by);
	if (!duration_parse(node_text(node_get(n, "keep"), "for"), &o->keep))
		o->keep = (struct duration){0};
	build_strings(c, node_get(n, "recipients"), &o->recipients, &o->n_recipients);
	build_strings(c, node_get(n, "deliver"), &o->deliver, &o->n_deliver);
	if (!duration_parse(node_text(n, "every"), &o->every))
		o->every = (struct duration){0};
}

static void sets(struct compile *c)
{
	const struct node *section = build_section(c, "deidentified");
	const struct node *anonymized = node_get(section, "anonymized");
	const struct node *pseudonymized = node_get(section, "pseudonymized");
	struct policy *p = c->p;

	p->derived = compile_array(c, (anonymized ? anonymized->n : 0) + (pseudonymized ? pseudonymized->n : 0),
				   sizeof *p->derived);
	if (!p->derived)
		return;
	for (NODE_EACH(n, anonymized && anonymized->kind == NODE_MAP ? anonymized : NULL))
		derived(c, n, false);
	for (NODE_EACH(n, pseudonymized && pseudonymized->kind == NODE_MAP ? pseudonymized : NULL))
		derived(c, n, true);
}

static void exception_law(const struct node *law, struct policy_exception *o)
{
	if (law && law->kind == NODE_SCALAR) {
		o->law_use = o->covers & COVERS_USE ? law->text : (struct str){0};
		o->law_provide = o->covers & COVERS_PROVIDE ? law->text : (struct str){0};
		o->law_acquire = o->covers & COVERS_ACQUIRE ? law->text : (struct str){0};
		return;
	}
	o->law_use = node_text(law, "use");
	o->law_provide = node_text(law, "provide");
	o->law_acquire = node_text(law, "acquire");
}

static void exception(struct compile *c, const struct node *n, struct policy_exception *o)
{
	static const char *const covers[] = {"use", "provide", "acquire", NULL}; /* the order of the COVERS_ bits */
	const struct node *approval = node_get(n, "approval");

	o->covers = build_word_bits(node_get(n, "covers"), covers);
	exception_law(node_get(n, "law"), o);
	o->opens = build_word_bits(node_get(n, "opens"), words_data_class);
	build_strings(c, node_get(n, "facts"), &o->facts, &o->n_facts);
	o->recipient_stated = node_get(n, "recipient") != NULL;
	o->approver = policy_role_find(c->p, node_text(approval, "by"));
	o->has_afterwards = duration_parse(node_text(approval, "afterwards"), &o->afterwards);
	if (!duration_parse(node_text(n, "for"), &o->length))
		o->length = (struct duration){0};
}

void build_sharing(struct compile *c)
{
	arrangements(c);
	sets(c);
	for (NODE_EACH(n, build_section(c, "exceptions")))
		exception(c, n, &c->p->exceptions[n->position]);
}
