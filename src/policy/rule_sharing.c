/* What the clause on joint use must say, and what makes its list worthless. */
#include "policy/check.h"
#include "policy/prose.h"

#include <string.h>

#define JOINT "joint use|jointly use|joint users|共同利用|共同して利用"

/* An item "and others" makes the list of items worthless. */
static void catch_all_items(struct compile *c, const struct document *d)
{
	static const char *const openings[] = {"Other items", "Any other", "Other information", "その他", "上記のほか", "上記の他", NULL};

	for (size_t i = 0; i < d->n; i++) {
		const struct line *l = &d->lines[i];

		if (l->kind != LINE_BULLET || !prose_about(d, l->section, "joint_use", JOINT))
			continue;
		for (size_t k = 0; openings[k]; k++)
			if (str_starts(l->text, str_of(openings[k]))) {
				findings_add(c->f, FINDING_CATCH_ALL_ITEM, prose_at(d, l, l->text.p),
					     STR("name the items, as APPI 27(5)(iii) asks"),
					     "this item of a joint use covers whatever is not named");
				break;
			}
	}
}

/* The same in the facts: a label of an announced item. */
static void catch_all_labels(struct compile *c)
{
	const struct policy *p = c->p;

	for (size_t a = 0; a < p->n_arrangements; a++)
		for (size_t u = 0; p->arrangements[a].kind == ARRANGEMENT_JOINT_USE && u < p->arrangements[a].n_items; u++) {
			const struct policy_uses *uses = &p->arrangements[a].items[u];
			const struct policy_category *k = &p->categories[uses->category];

			for (size_t i = 0; i < k->n_items; i++)
				for (size_t g = 0; bits_has(uses->items, i) && g < p->n_languages; g++)
					if (phrase_in(k->items[i].label.in[g], "other items|any other|その他の情報|その他の項目|その他一切")) {
						findings_add(c->f, FINDING_CATCH_ALL_ITEM, k->items[i].at,
							     STR("name the items, as APPI 27(5)(iii) asks"),
							     "item \"%.*s\" of a joint use covers whatever is not named",
							     ID(k->items[i].id));
						break;
					}
		}
}

static const struct node *joint_use(const struct compile *c)
{
	const struct node *section = node_get(c->p->root, "joint_use");

	return section ? section->first : NULL;
}

/* The parties are listed, the company is not among them, and what is said to be done by those listed is not done by it. */
static void without_self(struct compile *c, const struct document *d, long s)
{
	const struct node *n = joint_use(c);
	static const char self[] = "we and|and we|us and|including us|together with us|the Company and|Company and the|当社と|当社および|当社及び|当社、|当社を含|当院と|当校と|当グループ|弊社と|弊社及び|弊社、|両社と|当法人と|当会と|当学園と|本学と|私たちと";
	struct str controller = node_text(node_get(c->p->root, "policy"), "organization");
	struct buf inserted;
	bool named;

	for (NODE_EACH(party, node_get(n, "parties")))
		if (str_eq(node_text(party, "organization"), controller))
			return;
	buf_init(&inserted);
	buf_printf(&inserted, "- {{organizations.%.*s.name}}", ID(controller));
	named = prose_line(d, "joint_use", JOINT, self) != NULL;
	for (size_t i = 0; i < d->n && !named; i++)
		named = prose_about(d, d->lines[i].section, "joint_use", JOINT) &&
			str_eq(str_trim(d->lines[i].whole), buf_view(&inserted));
	buf_free(&inserted);
	if (!named)
		findings_add(c->f, FINDING_JOINT_USE_WITHOUT_SELF, prose_heading(d, s),
			     STR("say \"we and the following companies\""),
			     "the company itself is not among those who use the data jointly");
}

/* Address and representative of the one responsible: there, or a link to where they stand. */
static void responsible(struct compile *c, const struct document *d, long s)
{
	struct str id = node_text(joint_use(c), "responsible");
	const struct node *address = node_get(check_node(c, "organizations", id), "address");
	bool said = prose_line(d, "joint_use", JOINT, ".address}}|representative") || prose_line(d, "joint_use", JOINT, "住所|所在地");

	for (NODE_EACH(k, address))
		for (size_t i = 0; i < d->n && !said; i++)
			said = prose_about(d, d->lines[i].section, "joint_use", JOINT) && k->kind == NODE_SCALAR && d->lines[i].text.n &&
			       memmem(d->lines[i].text.p, d->lines[i].text.n, k->text.p, k->text.n);
	for (size_t i = 0; i < d->n && !said; i++)
		said = prose_about(d, d->lines[i].section, "joint_use", JOINT) &&
		       phrase_in(d->lines[i].text, "address~](#|stands under [|see [|](#");
	if (!said)
		findings_add(c->f, FINDING_JOINT_USE_NOTICE, prose_heading(d, s),
			     STR("write them, or link to the clause that has them (APPI 27(5)(iii))"),
			     "address and representative of the one responsible are not said here");
}

void rule_sharing(struct compile *c, const struct document *d)
{
	long s = prose_section(d, "joint_use", JOINT);

	if (d->kind != DOCUMENT_STATEMENT)
		return;
	catch_all_items(c, d);
	if (!joint_use(c) || s < 0)
		return;
	catch_all_labels(c);
	without_self(c, d, s);
	responsible(c, d, s);
}
