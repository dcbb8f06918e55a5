/* Parts on what leaves and what is derived: joint use, outsourcing, provision, transmission, de-identified sets. */
#include "publish/fact.h"
#include "publish/part.h"
#include "publish/say.h"

/* Appends the organization ID, with its country when that is not the controller's. */
static void write_party(struct part *p, struct buf *b, struct str id)
{
	const struct policy *policy = p->in->policy;
	const struct node *all = node_get(policy->root, "organizations");
	struct str home = node_text(node_find(all, node_text(node_get(policy->root, "policy"), "organization")), "country");
	struct str country = node_text(node_find(all, id), "country");

	buf_str(b, fact_organization(policy, p->in->language, id));
	if (!country.n || str_eq(country, home))
		return;
	buf_text(b, part_ja(p) ? "（" : " (");
	fact_word(b, policy, p->in->language, country);
	buf_text(b, part_ja(p) ? "）" : ")");
}

static json_t *party(struct part *p, struct str id)
{
	struct buf b;

	buf_init(&b);
	write_party(p, &b, id);
	return part_take(&b);
}

static void write_until(struct part *p, struct buf *b, date until)
{
	if (until == DATE_NONE)
		return;
	buf_text(b, part_ja(p) ? "（" : " (until ");
	say_date(b, until, part_ja(p));
	buf_text(b, part_ja(p) ? "まで）" : ")");
}

/* Those who take part in A on the day of the page. */
static json_t *parties(struct part *p, const struct policy_arrangement *a)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct policy_party *one = &a->parties[i];

		if ((one->from != DATE_NONE && p->in->on < one->from) || (one->until != DATE_NONE && p->in->on > one->until))
			continue;
		if (b.n)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		write_party(p, &b, one->organization);
		write_until(p, &b, one->until);
	}
	return part_take(&b);
}

static json_t *purposes(struct part *p, const int *list, size_t n)
{
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_text(&b, part_ja(p) ? "、" : "; ");
		buf_str(&b, policy_text_in(p->in->policy, &p->in->policy->purposes[list[i]].text, (int)p->in->language));
	}
	return part_take(&b);
}

/* The arrangement's own name, behind its section. */
static struct str own_id(const struct policy_arrangement *a)
{
	return str_sub(a->id, str_find(a->id, '.') + 1, a->id.n);
}

static const struct node *node_of(const struct part *p, const struct policy_arrangement *a)
{
	return node_at(p->in->policy->root, a->id);
}

/* Who answers for a joint use: name, address, representative (27(5)(iii)). */
static json_t *responsible(struct part *p, const struct policy_arrangement *a)
{
	const struct policy *policy = p->in->policy;
	struct str id = node_text(node_of(p, a), "responsible");
	const struct node *org = node_find(node_get(policy->root, "organizations"), id);
	const struct node *rep = node_get(org, "representative");
	struct buf b;

	buf_init(&b);
	buf_str(&b, fact_organization(policy, p->in->language, id));
	buf_text(&b, part_ja(p) ? "　" : ", ");
	buf_str(&b, fact_text(policy, p->in->language, node_get(org, "address")));
	buf_text(&b, part_ja(p) ? "　" : ", ");
	buf_str(&b, fact_text(policy, p->in->language, node_get(rep, "title")));
	buf_byte(&b, ' ');
	buf_str(&b, fact_text(policy, p->in->language, node_get(rep, "name")));
	return part_take(&b);
}

void part_joint_use(struct part *p)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];
		json_t *rows;

		if (a->kind != ARRANGEMENT_JOINT_USE || !part_wants(p, own_id(a)))
			continue;
		rows = PART_TABLE(p, "head_measure", "head_content");
		PART_ROW(p, rows, part_label(p, "head_items"), part_uses(p, a->items, a->n_items));
		PART_ROW(p, rows, part_label(p, "head_parties"), parties(p, a));
		PART_ROW(p, rows, part_label(p, "head_purpose"), purposes(p, a->purposes, a->n_purposes));
		PART_ROW(p, rows, part_label(p, "head_responsible"), responsible(p, a));
	}
}

static json_t *recipients(struct part *p, const struct policy_arrangement *a)
{
	if (a->n_parties && a->parties[0].organization.n)
		return parties(p, a);
	return part_text(policy_text_in(p->in->policy, &a->recipient_class, (int)p->in->language));
}

void part_outsourcing(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = PART_TABLE(p, "head_processor", "head_task", "head_items");

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];

		if (a->kind == ARRANGEMENT_OUTSOURCING && part_wants(p, own_id(a)))
			PART_ROW(p, rows, recipients(p, a), part_node(p, node_get(node_of(p, a), "task")),
			    part_uses(p, a->items, a->n_items));
	}
}

void part_provision(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = PART_TABLE(p, "head_recipient", "head_purpose", "head_items", "head_method");

	for (size_t i = 0; i < policy->n_arrangements; i++) {
		const struct policy_arrangement *a = &policy->arrangements[i];

		if (a->kind == ARRANGEMENT_PROVISION && part_wants(p, own_id(a)))
			PART_ROW(p, rows, recipients(p, a), purposes(p, a->purposes, a->n_purposes),
			    part_uses(p, a->items, a->n_items), part_node(p, node_get(node_of(p, a), "method")));
	}
}

/* Telecommunications Business Act 27-12: what is sent, to whom, what for; and how to stop it. */
static json_t *opt_out(struct part *p, const struct node *n)
{
	struct str url = node_text(n, "opt_out");

	if (!url.n)
		return part_text(STR(""));
	if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
		return part_text(url);
	return json_pack("[{s:s%, s:o}]", "link", url.p, url.n, "content", part_label(p, "open_page"));
}

void part_external_transmission(struct part *p)
{
	const struct node *all = node_get(node_get(p->in->policy->root, "web"), "external_transmission");
	json_t *rows;

	if (!all || !all->n)
		return;
	rows = PART_TABLE(p, "head_sent_to", "head_sent", "head_our_purpose", "head_their_purpose", "head_opt_out");
	for (NODE_EACH(n, all))
		if (part_wants(p, n->key))
			PART_ROW(p, rows, party(p, node_text(n, "to")), part_node(p, node_get(n, "sends")),
			    part_node(p, node_get(n, "purpose")), part_node(p, node_get(n, "their_purpose")), opt_out(p, n));
}

void part_cookies(struct part *p)
{
	const struct node *all = node_get(node_get(p->in->policy->root, "web"), "cookies");
	json_t *rows;

	if (!all || !all->n)
		return;
	rows = PART_TABLE(p, "head_name", "head_purpose", "head_period");
	for (NODE_EACH(n, all))
		if (part_wants(p, n->key))
			PART_ROW(p, rows, part_text(n->key), part_node(p, node_get(n, "purpose")), part_node(p, node_get(n, "keep")));
}

/* De-identified sets ----------------------------------------------------------------------------------------- */

/* True when B ends with S. */
static bool said_last(const struct buf *b, struct str s)
{
	return b->n >= s.n && str_eq(str_sub(buf_view(b), b->n - s.n, s.n), s);
}

/* Appends WORD and the fact under KEY of HOW, when it is there, behind a comma unless an opening bracket stands before it. */
static void write_how(struct part *p, struct buf *b, const struct node *how, const char *key, const char *word)
{
	const struct node *n = node_get(how, key);
	bool ja = part_ja(p);

	if (!n)
		return;
	if (!said_last(b, ja ? STR("（") : STR("(")))
		buf_text(b, ja ? "、" : ", ");
	buf_text(b, say(word, ja));
	if (!ja)
		buf_byte(b, ' ');
	if (!fact_node(b, p->in->policy, p->in->language, n))
		buf_str(b, n->text);
}

/* The items of the set at NODE, with what is done to each: `gender: keep`, `age: {bands: 10}`. */
static json_t *output_of(struct part *p, const struct policy_derived *d, const struct node *n, bool how)
{
	const struct policy_category *c = &p->in->policy->categories[d->from];
	struct buf b;

	buf_init(&b);
	for (NODE_EACH(item, node_get(n, "output"))) {
		int i = policy_item_find(c, item->key);

		if (b.n)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		buf_str(&b, i == POLICY_NONE ? item->key : policy_text_in(p->in->policy, &c->items[i].label, (int)p->in->language));
		if (!how)
			continue;
		buf_text(&b, part_ja(p) ? "（" : " (");
		if (item->kind == NODE_SCALAR)
			buf_text(&b, say("how_keep", part_ja(p)));
		write_how(p, &b, item, "bands", "how_bands");
		write_how(p, &b, item, "bottom", "how_bottom");
		write_how(p, &b, item, "top", "how_top");
		write_how(p, &b, item, "to", "how_to");
		buf_text(&b, part_ja(p) ? "）" : ")");
	}
	if (how)
		write_how(p, &b, node_get(n, "model"), "k", "how_k");
	return part_take(&b);
}

/* How often the period at N comes round. */
static json_t *every(struct part *p, const struct node *n)
{
	struct duration period;
	struct buf b;

	buf_init(&b);
	if (!part_ja(p))
		buf_text(&b, "every ");
	if (duration_parse(n->text, &period))
		say_duration(&b, period, part_ja(p));
	if (part_ja(p))
		buf_text(&b, "ごと");
	return part_take(&b);
}

void part_anonymized(struct part *p)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_derived; i++) {
		const struct policy_derived *d = &policy->derived[i];
		const struct node *n = node_find(node_get(node_get(policy->root, "deidentified"), "anonymized"), d->id);
		json_t *rows;

		if (d->pseudonymized || !part_wants(p, d->id))
			continue;
		rows = PART_TABLE(p, "head_measure", "head_content");
		PART_ROW(p, rows, part_label(p, "head_people"),
		    part_text(policy_text_in(policy, &policy->categories[d->from].people, (int)p->in->language)));
		PART_ROW(p, rows, part_label(p, "head_items"), output_of(p, d, n, false));
		PART_ROW(p, rows, part_label(p, "head_work"), output_of(p, d, n, true));
		if (node_get(n, "every"))
			PART_ROW(p, rows, part_label(p, "head_frequency"), every(p, node_get(n, "every")));
		if (node_get(n, "deliver"))
			PART_ROW(p, rows, part_label(p, "head_method"), part_node(p, node_get(n, "deliver")));
	}
}

void part_pseudonymized(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = NULL;

	for (size_t i = 0; i < policy->n_derived; i++) {
		const struct policy_derived *d = &policy->derived[i];
		const struct node *n = node_find(node_get(node_get(policy->root, "deidentified"), "pseudonymized"), d->id);

		if (!d->pseudonymized || !part_wants(p, d->id))
			continue;
		if (!rows)
			rows = PART_TABLE(p, "head_people", "head_items", "head_purpose", "head_period");
		PART_ROW(p, rows, part_text(policy_text_in(policy, &policy->categories[d->from].people, (int)p->in->language)),
		    output_of(p, d, n, true), purposes(p, d->purposes, d->n_purposes), part_node(p, node_get(n, "keep")));
	}
}
