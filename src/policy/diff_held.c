/* What changes in how things held are called, classed, acquired, and kept by law. */
#include <string.h>

#include "policy/diff_private.h"
#include "policy/words.h"

#define ID(s) (int)(s).n, (s).p

/* Wording of facts ------------------------------------------------------------------------------------------- */

/* Adds the change of what is called X before and Y now at PREFIX.ID.KEY, if there is one; gives it or NULL. */
static struct change *reworded(struct diff *d, struct change_name x, struct change_name y, struct str path)
{
	struct change_name from, to;
	struct change *c;

	if (!diff_reworded(x, y, &from, &to))
		return NULL;
	c = diff_add(d, FINDING_FACT_REWORDED, "%.*s", ID(path));
	c->what = y;
	c->from = from;
	c->to = to;
	return c;
}

static void item_reworded(struct diff *d, const struct policy_category *k, const struct policy_item *x,
			  const struct policy_item *y)
{
	struct change *c;
	struct buf path;

	buf_init(&path);
	buf_printf(&path, "categories.%.*s.items.%.*s.label", ID(k->id), ID(y->id));
	c = reworded(d, diff_name(d->before, x->label, x->id), diff_name(d->after, y->label, y->id), buf_view(&path));
	if (c)
		diff_reach(d, c, y->number);
	buf_free(&path);
}

static void people_reworded(struct diff *d, const struct policy_category *x, const struct policy_category *y)
{
	struct change *c;
	struct buf path;

	buf_init(&path);
	buf_printf(&path, "categories.%.*s.people", ID(y->id));
	c = reworded(d, diff_name(d->before, x->people, x->id), diff_name(d->after, y->people, y->id), buf_view(&path));
	if (c)
		c->reach.category = y->number;
	buf_free(&path);
}

/* What the fact KEY of the thing at PATH says in words in each policy. */
static void key_reworded(struct diff *d, struct str was, struct str is, const char *key)
{
	const struct node *x = node_get(node_at(d->before->root, was), key);
	const struct node *y = node_get(node_at(d->after->root, is), key);
	struct buf path;

	if (!x || !y)
		return;
	buf_init(&path);
	buf_printf(&path, "%.*s.%s", ID(is), key);
	reworded(d, diff_name_node(d->before, x, is), diff_name_node(d->after, y, is), buf_view(&path));
	buf_free(&path);
}

static void arrangements_reworded(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_arrangements; i++) {
		const struct policy_arrangement *y = &d->after->arrangements[i];
		const struct policy_arrangement *x = diff_arrangement(d->before, y->number);

		if (!x)
			continue;
		key_reworded(d, x->id, y->id, "task");
		key_reworded(d, x->id, y->id, "method");
		if (x->recipient_class.in[0].n && y->recipient_class.in[0].n) {
			struct buf was, is;

			buf_init(&was);
			buf_init(&is);
			buf_printf(&was, "%.*s.recipient", ID(x->id));
			buf_printf(&is, "%.*s.recipient", ID(y->id));
			key_reworded(d, buf_view(&was), buf_view(&is), "class");
			buf_free(&was);
			buf_free(&is);
		}
	}
}

/* Items ------------------------------------------------------------------------------------------------------ */

/* On what an item may be acquired, in the words of the policy P. */
static struct change_name ground_name(const struct policy *p, const struct policy_item *item)
{
	if (item->acquire == GROUND_CONSENT && item->acquire_consent != POLICY_NONE)
		return diff_plain(p->consents[item->acquire_consent].id);
	if (item->acquire == GROUND_STATUTE)
		return diff_plain(item->acquire_statute);
	return diff_words("none", "なし");
}

static bool same_ground(struct diff *d, const struct policy_item *x, const struct policy_item *y)
{
	if (x->acquire != y->acquire || x->acquire_by_conduct != y->acquire_by_conduct)
		return false;
	if (x->acquire == GROUND_STATUTE)
		return str_eq(x->acquire_statute, y->acquire_statute);
	return x->acquire != GROUND_CONSENT || x->acquire_consent == POLICY_NONE || y->acquire_consent == POLICY_NONE ||
	       d->before->consents[x->acquire_consent].number == d->after->consents[y->acquire_consent].number;
}

/* A new change of CODE at KEY of the item Y in K, which it reaches. */
static struct change *of_item(struct diff *d, enum finding_code code, const struct policy_category *k,
			      const struct policy_item *y, const char *key)
{
	struct change *c = diff_add(d, code, "categories.%.*s.items.%.*s.%s", ID(k->id), ID(y->id), key);

	c->what = diff_name(d->after, y->label, y->id);
	return c;
}

static void item_changed(struct diff *d, const struct policy_category *k, const struct policy_item *x,
			 const struct policy_item *y)
{
	struct change *c;

	item_reworded(d, k, x, y);
	if (x->class_ != y->class_) {
		c = of_item(d, FINDING_ITEM_RECLASSIFIED, k, y, "class");
		c->from = diff_plain(str_of(words_data_class[x->class_]));
		c->to = diff_plain(str_of(words_data_class[y->class_]));
		diff_reach(d, c, y->number);
	}
	if (!x->required && y->required)
		of_item(d, FINDING_ITEM_REQUIRED, k, y, "required");
	if (!same_ground(d, x, y)) {
		c = of_item(d, FINDING_GROUND_CHANGED, k, y, "acquire");
		c->from = ground_name(d->before, x);
		c->to = ground_name(d->after, y);
		diff_reach(d, c, y->number);
	}
}

/* Kept by law, entrusted ------------------------------------------------------------------------------------- */

/* The items of K that its at_least covers. */
static bool covered(const struct policy_category *k, size_t item)
{
	return k->at_least.set && (!k->at_least.items || bits_has(k->at_least.items, item));
}

/* How many items Y covers by law that X does not; C, a change in D, reaches them (NULL: only counts). */
static size_t extra_covered(struct diff *d, const struct policy_category *y, const struct policy_category *x,
			    struct change *c)
{
	size_t n = 0;

	for (size_t i = 0; i < y->n_items; i++) {
		const struct policy_item *was = diff_item(x, y->items[i].number);

		if (!was || !covered(y, i) || covered(x, (size_t)(was - x->items)))
			continue;
		n++;
		if (c)
			diff_reach(d, c, y->items[i].number);
	}
	return n;
}

/* "7 years after contract_end: Payment status" */
static struct change_name at_least_name(struct diff *d, const struct policy *p, const struct policy_category *k)
{
	struct change_name clock = diff_clock(d, p, k->at_least.set ? &k->at_least.clock : NULL);
	struct buf en, ja;

	if (!k->at_least.set || !k->at_least.items)
		return clock;
	buf_init(&en);
	buf_init(&ja);
	buf_str(&en, clock.plain);
	buf_str(&ja, clock.plain_ja);
	for (size_t i = 0, n = 0; i < k->n_items; i++) {
		if (!bits_has(k->at_least.items, i))
			continue;
		buf_printf(&en, "%s%.*s", n ? ", " : ", of ", ID(k->items[i].id));
		buf_printf(&ja, "%s%.*s", n++ ? "、" : "／", ID(k->items[i].id));
	}
	clock.plain = str_copy(d->out->a, buf_view(&en));
	clock.plain_ja = str_copy(d->out->a, buf_view(&ja));
	d->out->failed = d->out->failed || !buf_ok(&en) || !buf_ok(&ja) || !clock.plain.p || !clock.plain_ja.p;
	buf_free(&en);
	buf_free(&ja);
	return clock;
}

static void at_least(struct diff *d, const struct policy_category *x, const struct policy_category *y)
{
	/* what no law kept, none kept for no time: the other way round than `keep` */
	enum longer how = x->at_least.set && y->at_least.set
				  ? diff_clocks(d->before, &x->at_least.clock, d->after, &y->at_least.clock)
				  : AS_LONG;
	size_t more = extra_covered(d, y, x, NULL), fewer = extra_covered(d, x, y, NULL);
	struct change *c;

	if (how == AS_LONG && !more && !fewer)
		return;
	c = diff_add(d, how == LONGER || more ? FINDING_AT_LEAST_LONGER : FINDING_AT_LEAST_SHORTER,
		     "categories.%.*s.at_least", ID(y->id));
	c->what = diff_name(d->after, y->people, y->id);
	c->from = at_least_name(d, d->before, x);
	c->to = at_least_name(d, d->after, y);
	extra_covered(d, y, x, c);
	extra_covered(d, x, y, c);
	for (size_t i = 0; how != AS_LONG && i < y->n_items; i++)
		if (covered(y, i))
			diff_reach(d, c, y->items[i].number);
}

static void entrusted(struct diff *d, const struct policy_category *x, const struct policy_category *y)
{
	const struct diff_served was = {d->before, x->entrusted.purposes, x->entrusted.n_purposes};
	const struct diff_served is = {d->after, y->entrusted.purposes, y->entrusted.n_purposes};
	struct change *c;

	if (!x->entrusted.set || (y->entrusted.set && !diff_extra_purposes(d, is, was, NULL)))
		return;
	c = diff_add(d, FINDING_ENTRUSTED_WIDENED, "categories.%.*s.entrusted", ID(y->id));
	c->what = diff_name(d->after, y->people, y->id);
	c->reach.category = y->number;
	if (y->entrusted.set)
		diff_extra_purposes(d, is, was, c);
	else
		diff_more(d, c, diff_words("no longer as a client's data", "委託を受けた情報としての制限がなくなる"));
}

void diff_held(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_categories; i++) {
		const struct policy_category *y = &d->after->categories[i], *x = diff_category(d->before, y->number);

		if (!x)
			continue;
		people_reworded(d, x, y);
		at_least(d, x, y);
		entrusted(d, x, y);
		for (size_t k = 0; k < y->n_items; k++) {
			const struct policy_item *was = diff_item(x, y->items[k].number);

			if (was)
				item_changed(d, y, was, &y->items[k]);
		}
	}
	arrangements_reworded(d);
}
