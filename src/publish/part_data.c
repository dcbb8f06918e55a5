/* Parts on what is held and what for: purposes, collection, retention. */
#include "base/bits.h"
#include "publish/fact.h"
#include "publish/part.h"
#include "publish/say.h"

static struct str in_language(const struct part *p, const struct policy_text *t)
{
	return policy_text_in(p->in->policy, t, (int)p->in->language);
}

void part_purposes(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = PART_TABLE(p, "head_purpose", "head_used");

	for (size_t i = 0; i < policy->n_purposes; i++) {
		const struct policy_purpose *purpose = &policy->purposes[i];

		if (part_wants(p, purpose->id))
			PART_ROW(p, rows, part_text(in_language(p, &purpose->text)), part_uses(p, purpose->uses, purpose->n_uses));
	}
}

/* The items of C by label. */
static json_t *items_of(struct part *p, const struct policy_category *c)
{
	bool ja = part_ja(p);
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < c->n_items; i++) {
		if (b.n)
			buf_text(&b, ja ? "、" : ", ");
		buf_str(&b, in_language(p, &c->items[i].label));
	}
	return part_take(&b);
}

/* Behind a kind of channel: from whom, and since when it was theirs. */
static void write_source(struct part *p, struct buf *b, const struct node *n)
{
	const struct policy *policy = p->in->policy;
	date since;

	if (!node_get(n, "provider"))
		return;
	buf_text(b, part_ja(p) ? "（" : " (");
	buf_str(b, fact_organization(policy, p->in->language, node_text(n, "provider")));
	if (date_parse(node_text(n, "since"), &since)) {
		buf_text(b, part_ja(p) ? "、" : ", ");
		say_date(b, since, part_ja(p));
	}
	buf_text(b, part_ja(p) ? "）" : ")");
}

/* How data of C comes in: the kinds of its channels, each once, but for each whom it comes from. */
static json_t *ways_of(struct part *p, const struct policy_category *c)
{
	const struct policy *policy = p->in->policy;
	bool ja = part_ja(p);
	unsigned said = 0;
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < c->n_channels; i++) {
		const struct policy_channel *channel = &policy->channels[c->channels[i].channel];
		const struct node *n = node_find(node_get(policy->root, "channels"), channel->id);
		enum channel_kind kind = channel->kind;

		if ((said & 1U << kind) && !node_get(n, "provider"))
			continue;
		said |= 1U << kind;
		if (b.n)
			buf_text(&b, ja ? "、" : ", ");
		fact_word(&b, policy, p->in->language, str_of(channel_kind_name(kind)));
		write_source(p, &b, n);
	}
	return part_take(&b);
}

/* The people of C, and which of several organizations hold their data. */
static json_t *people_of(struct part *p, const struct policy_category *c)
{
	const struct policy *policy = p->in->policy;
	const struct node *holders = node_get(node_find(node_get(policy->root, "categories"), c->id), "held_by");
	bool first = true;
	struct buf b;

	buf_init(&b);
	buf_str(&b, in_language(p, &c->people));
	if (holders)
		buf_text(&b, part_ja(p) ? "（" : " (");
	for (const struct node *n = holders && holders->kind == NODE_LIST ? holders->first : holders; n;
	     n = n == holders ? NULL : n->next) {
		if (!first)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		first = false;
		buf_str(&b, fact_organization(policy, p->in->language, n->text));
	}
	if (holders)
		buf_text(&b, part_ja(p) ? "）" : ")");
	return part_take(&b);
}

void part_collection(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = PART_TABLE(p, "head_people", "head_items", "head_ways");

	for (size_t i = 0; i < policy->n_categories; i++) {
		const struct policy_category *c = &policy->categories[i];

		if (part_wants(p, c->id))
			PART_ROW(p, rows, people_of(p, c), items_of(p, c), ways_of(p, c));
	}
}

/* The camera or other device at N, the channel CHANNEL: what it takes of whom, and what for. */
static void camera_tables(struct part *p, const struct node *n, int channel)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_categories; i++) {
		const struct policy_category *c = &policy->categories[i];
		const struct node *keep = node_get(node_find(node_get(policy->root, "categories"), c->id), "keep");

		for (size_t k = 0; k < c->n_channels; k++) {
			int own = c->channels[k].notice, notice = own != POLICY_NONE ? own : policy->channels[channel].notice;
			json_t *rows;

			if (c->channels[k].channel != channel || notice == POLICY_NONE)
				continue;
			rows = PART_TABLE(p, "head_measure", "head_content");
			PART_ROW(p, rows, part_label(p, "head_place"), part_node(p, node_get(n, "place")));
			PART_ROW(p, rows, part_label(p, "head_items"), items_of(p, c));
			PART_ROW(p, rows, part_label(p, "head_purpose"),
			    part_purpose_list(p, policy->notices[notice].purposes, policy->notices[notice].n_purposes));
			PART_ROW(p, rows, part_label(p, "head_period"), part_node(p, keep));
		}
	}
}

void part_cameras(struct part *p)
{
	for (NODE_EACH(n, node_get(p->in->policy->root, "channels")))
		if (node_get(n, "place") && part_wants(p, n->key))
			camera_tables(p, n, policy_channel_find(p->in->policy, n->key));
}

/* Below which age a guardian consents to what N asks, and how that is shown. */
static json_t *minors_of(struct part *p, const struct node *n)
{
	const struct node *minors = node_get(n, "minors");
	struct buf b;

	buf_init(&b);
	if (minors) {
		if (!part_ja(p))
			buf_text(&b, "under ");
		buf_str(&b, node_text(minors, "under"));
		buf_text(&b, say("under_age", part_ja(p)));
	}
	if (node_get(minors, "proof")) {
		buf_text(&b, part_ja(p) ? "（" : " (");
		if (!fact_node(&b, p->in->policy, p->in->language, node_get(minors, "proof")))
			p->failed |= !buf_ok(&b);
		buf_text(&b, part_ja(p) ? "）" : ")");
	}
	return part_take(&b);
}

void part_consents(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = NULL;

	for (size_t i = 0; i < policy->n_consents; i++) {
		const struct policy_consent *c = &policy->consents[i];
		const struct node *n = node_find(node_get(policy->root, "consents"), c->id);
		const struct node *provision = node_find(node_get(policy->root, "provision"), c->provision);
		int purpose = policy_purpose_find(policy, node_text(provision, "purpose"));

		if (!part_wants(p, c->id))
			continue;
		if (!rows)
			rows = PART_TABLE(p, "head_agreed", "head_withdraw", "head_minors");
		PART_ROW(p, rows, purpose == POLICY_NONE ? part_purpose_list(p, c->purposes, c->n_purposes)
							 : part_purpose_list(p, &purpose, 1),
		    part_node(p, node_get(n, "withdraw")), minors_of(p, n));
	}
}

/* A row for what the clock at NODE keeps: PEOPLE, and the item's LABEL when it is an item's own. */
static void retention_row(struct part *p, json_t *rows, struct str people, struct str label, const struct node *clock)
{
	bool ja = part_ja(p);
	const struct node *reason = node_get(clock, "reason");
	struct buf b, law;

	buf_init(&law);
	say_law(&law, node_text(clock, "law"), ja);
	buf_init(&b);
	buf_str(&b, people);
	if (label.n) {
		buf_text(&b, ja ? "：" : ": ");
		buf_str(&b, label);
	}
	PART_ROW(p, rows, part_take(&b), part_node(p, clock), reason ? part_node(p, reason) : part_text(buf_view(&law)));
	p->failed |= !buf_ok(&law);
	buf_free(&law);
}

/* What a law wants kept of N, a category of PEOPLE. */
static void at_least_row(struct part *p, json_t *rows, struct str people, const struct policy_category *c, const struct node *n)
{
	struct buf label;
	size_t start;

	buf_init(&label);
	for (NODE_EACH(item, node_get(n, "items"))) {
		int i = policy_item_find(c, item->text);

		if (label.n)
			buf_text(&label, part_ja(p) ? "、" : ", ");
		start = label.n;
		if (i != POLICY_NONE)
			buf_str(&label, in_language(p, &c->items[i].label));
		if (label.n == start)
			buf_str(&label, item->text);
	}
	buf_text(&label, say("kept_by_law", part_ja(p)));
	p->failed |= !buf_ok(&label);
	retention_row(p, rows, people, buf_view(&label), n);
	buf_free(&label);
}

/* The purposes that data serves for a shorter time than it is kept, when the part speaks of all. */
static void purpose_rows(struct part *p, json_t *rows)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_purposes && !p->ids.n; i++) {
		const struct node *keep = node_get(node_find(node_get(policy->root, "purposes"), policy->purposes[i].id), "keep");

		if (keep)
			retention_row(p, rows, str_of(say("use_for", part_ja(p))), in_language(p, &policy->purposes[i].text), keep);
	}
}

void part_retention(struct part *p)
{
	const struct policy *policy = p->in->policy;
	const struct node *categories = node_get(policy->root, "categories");
	json_t *rows = PART_TABLE(p, "head_people", "head_period", "head_reason");

	for (size_t i = 0; i < policy->n_categories; i++) {
		const struct policy_category *c = &policy->categories[i];
		const struct node *n = node_find(categories, c->id);
		struct str people = in_language(p, &c->people);

		if (!part_wants(p, c->id))
			continue;
		retention_row(p, rows, people, STR(""), node_get(n, "keep"));
		for (size_t k = 0; k < c->n_items; k++) {
			const struct node *keep = node_get(node_find(node_get(n, "items"), c->items[k].id), "keep");

			if (keep)
				retention_row(p, rows, people, in_language(p, &c->items[k].label), keep);
		}
		if (node_get(n, "at_least"))
			at_least_row(p, rows, people, c, node_get(n, "at_least"));
	}
	purpose_rows(p, rows);
}
