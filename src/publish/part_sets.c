/* Parts on what is derived: anonymized and pseudonymized sets. */
#include "publish/fact.h"
#include "publish/part.h"
#include "publish/say.h"

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
	struct buf value;

	if (!n)
		return;
	if (!said_last(b, ja ? STR("（") : STR("(")))
		buf_text(b, ja ? "、" : ", ");
	buf_init(&value);
	if (!fact_node(&value, p->in->policy, p->in->language, n))
		buf_str(&value, n->text);
	p->failed |= !buf_ok(&value);
	say_with(b, word, ja, buf_view(&value));
	buf_free(&value);
}

/* Appends what WORD says of VALUE, behind a comma. */
static void write_also(struct part *p, struct buf *b, const char *word, struct str value)
{
	buf_text(b, part_ja(p) ? "、" : ", ");
	say_with(b, word, part_ja(p), value);
}

/* True when the label of leaf I of O stood at a leaf before it. */
static bool is_again(const struct policy_output *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(o->leaves[k].label, o->leaves[i].label))
			return true;
	return false;
}

/* Appends the groups that a hierarchy leaves: their names, or where these are very many that it does. */
static void write_groups(struct part *p, struct buf *b, const struct policy_output *o)
{
	enum { NAMED_MOST = 12 };
	bool ja = part_ja(p);
	struct buf names;
	size_t n = 0;

	buf_init(&names);
	for (size_t i = 0; i < o->n_leaves && n <= NAMED_MOST; i++) {
		if (is_again(o, i))
			continue;
		buf_text(&names, n++ ? ja ? "、" : ", " : "");
		buf_str(&names, o->leaves[i].label);
	}
	if (n > NAMED_MOST)
		buf_text(b, say("how_level_many", ja));
	else
		say_with(b, "how_level", ja, buf_view(&names));
	p->failed |= !buf_ok(&names);
	buf_free(&names);
}

/* Appends what becomes of the values of the column O, which N says. */
static void write_treatment(struct part *p, struct buf *b, const struct policy_output *o, const struct node *n)
{
	bool ja = part_ja(p);
	struct buf least;

	buf_text(b, ja ? "（" : " (");
	if (o->kind == OUTPUT_KEEP || o->kind == OUTPUT_SHIFT)
		buf_text(b, say(o->kind == OUTPUT_SHIFT ? "how_shift" : "how_keep", ja));
	else if (o->kind == OUTPUT_LEVEL)
		write_groups(p, b, o);
	write_how(p, b, n, "bands", "how_bands");
	write_how(p, b, n, "bottom", "how_bottom");
	write_how(p, b, n, "top", "how_top");
	write_how(p, b, n, "to", "how_to");
	write_how(p, b, n, "digits", "how_digits");
	buf_init(&least);
	say_number(&least, o->l);
	if (o->l)
		write_also(p, b, "how_l", buf_view(&least));
	if (o->t.n)
		write_also(p, b, "how_t", o->t);
	p->failed |= !buf_ok(&least);
	buf_free(&least);
	buf_text(b, ja ? "）" : ")");
}

/* The items of the set D at N, in the policy's order, with what is done to each when HOW: `gender: keep`, `age: {bands: 10}`. */
static json_t *output_of(struct part *p, const struct policy_derived *d, const struct node *n, bool how)
{
	const struct policy_category *c = &p->in->policy->categories[d->from];
	bool classing = true;
	struct buf b;

	buf_init(&b);
	for (NODE_EACH(item, node_get(n, "output"))) {
		int i = policy_item_find(c, item->key);

		if (b.n)
			buf_text(&b, part_ja(p) ? "、" : ", ");
		buf_str(&b, i == POLICY_NONE ? item->key : policy_text_in(p->in->policy, &c->items[i].label, (int)p->in->language));
		for (size_t k = 0; how && k < d->n_outputs; k++) {
			if (d->outputs[k].item != i)
				continue;
			write_treatment(p, &b, &d->outputs[k], item);
			classing = classing && !d->outputs[k].l && !d->outputs[k].t.n;
		}
	}
	if (how)
		write_how(p, &b, node_get(n, "model"), "k", classing ? "how_k" : "how_k_others");
	return part_take(&b);
}

/* What is done for security and complaints (43(6)), below all sets. */
static void measures(struct part *p)
{
	const struct node *all = node_get(node_get(p->in->policy->root, "deidentified"), "measures");
	json_t *list;

	if (!all || !all->n || p->ids.n)
		return;
	part_put(p, p->blocks, document_paragraph(str_of(say("anonymized_measures", part_ja(p)))));
	list = part_list(p);
	for (NODE_EACH(n, all))
		part_item(p, list, part_node(p, n));
}

/* What the set D at N is called, of whom it is made and what it has. */
static void set_rows(struct part *p, json_t *rows, const struct policy_derived *d, const struct node *n)
{
	const struct policy *policy = p->in->policy;

	if (node_get(n, "name"))
		PART_ROW(p, rows, part_label(p, "head_name"), part_node(p, node_get(n, "name")));
	PART_ROW(p, rows, part_label(p, "head_people"),
	    part_text(policy_text_in(policy, &policy->categories[d->from].people, (int)p->in->language)));
	PART_ROW(p, rows, part_label(p, "head_items"), output_of(p, d, n, false));
	PART_ROW(p, rows, part_label(p, "head_work"), output_of(p, d, n, true));
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
		set_rows(p, rows, d, n);
		if (node_get(n, "every"))
			PART_ROW(p, rows, part_label(p, "head_frequency"), part_every(p, node_get(n, "every")));
		if (node_get(n, "deliver"))
			PART_ROW(p, rows, part_label(p, "head_method"), part_node(p, node_get(n, "deliver")));
	}
	measures(p);
}

void part_pseudonymized(struct part *p)
{
	const struct policy *policy = p->in->policy;

	for (size_t i = 0; i < policy->n_derived; i++) {
		const struct policy_derived *d = &policy->derived[i];
		const struct node *n = node_find(node_get(node_get(policy->root, "deidentified"), "pseudonymized"), d->id);
		json_t *rows;

		if (!d->pseudonymized || !part_wants(p, d->id))
			continue;
		rows = PART_TABLE(p, "head_measure", "head_content");
		set_rows(p, rows, d, n);
		PART_ROW(p, rows, part_label(p, "head_purpose"), part_purpose_list(p, d->purposes, d->n_purposes));
		PART_ROW(p, rows, part_label(p, "head_period"), part_node(p, node_get(n, "keep")));
	}
}
