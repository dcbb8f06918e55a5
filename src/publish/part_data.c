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

/* How data of C comes in: the kinds of its channels, each once. */
static json_t *ways_of(struct part *p, const struct policy_category *c)
{
	const struct policy *policy = p->in->policy;
	bool ja = part_ja(p);
	unsigned said = 0;
	struct buf b;

	buf_init(&b);
	for (size_t i = 0; i < c->n_channels; i++) {
		enum channel_kind kind = policy->channels[c->channels[i].channel].kind;

		if (said & 1U << kind)
			continue;
		said |= 1U << kind;
		if (b.n)
			buf_text(&b, ja ? "、" : ", ");
		fact_word(&b, policy, p->in->language, str_of(channel_kind_name(kind)));
	}
	return part_take(&b);
}

void part_collection(struct part *p)
{
	const struct policy *policy = p->in->policy;
	json_t *rows = PART_TABLE(p, "head_people", "head_items", "head_ways");

	for (size_t i = 0; i < policy->n_categories; i++) {
		const struct policy_category *c = &policy->categories[i];

		if (part_wants(p, c->id))
			PART_ROW(p, rows, part_text(in_language(p, &c->people)), items_of(p, c), ways_of(p, c));
	}
}

/* A row for what the clock at NODE keeps: PEOPLE, and the item's LABEL when it is an item's own. */
static void retention_row(struct part *p, json_t *rows, struct str people, struct str label, const struct node *clock)
{
	bool ja = part_ja(p);
	const struct node *reason = node_get(clock, "reason") ? node_get(clock, "reason") : node_get(clock, "law");
	struct buf b;

	buf_init(&b);
	buf_str(&b, people);
	if (label.n) {
		buf_text(&b, ja ? "：" : ": ");
		buf_str(&b, label);
	}
	PART_ROW(p, rows, part_take(&b), part_node(p, clock), part_node(p, reason));
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
	}
}
