/* What changes in sets made from personal data: what is in them, how coarse, for whom, how long. */
#include "policy/compile.h"
#include "policy/diff_private.h"
#include "policy/words.h"

#include <stdlib.h>

#define ID(s) (int)(s).n, (s).p

/* A set of the policy P, with its node. */
struct set {
	const struct policy *p;
	const struct policy_derived *of;
	const struct node *n;
};

static struct set set_of(const struct policy *p, const struct policy_derived *o)
{
	const struct node *section = node_get(node_get(p->root, "deidentified"), o->pseudonymized ? "pseudonymized" : "anonymized");

	return (struct set){p, o, node_find(section, o->id)};
}

/* A new change of CODE in D at KEY of the set X. */
static struct change *of_set(struct diff *d, enum finding_code code, const struct set *x, const char *key)
{
	struct change *c = diff_add(d, code, "deidentified.%s.%.*s%s", x->of->pseudonymized ? "pseudonymized" : "anonymized",
				    ID(x->of->id), key);

	if (code == FINDING_SET_ADDED || code == FINDING_SET_WIDENED)
		diff_act(c, x->of->pseudonymized ? ACT_PSEUDONYMIZED : ACT_ANONYMIZED);
	if (code == FINDING_SET_FINER)
		diff_act(c, x->of->pseudonymized ? ACT_PSEUDONYMIZED_FINER : ACT_ANONYMIZED_FINER);
	c->what = diff_name_node(x->p, node_get(x->n, "name"), x->of->id);
	return c;
}

static struct diff_items output(const struct set *x, struct policy_uses *uses)
{
	*uses = (struct policy_uses){x->of->from, x->of->items};
	return (struct diff_items){x->p, uses, x->of->from != POLICY_NONE && x->of->items};
}

static struct diff_served served(const struct set *x)
{
	return (struct diff_served){x->p, x->of->purposes, x->of->n_purposes};
}

/* What has to be published of a set -------------------------------------------------------------------------- */

/* The lists of a set that name who gets it and how. */
static const char *const lists[] = {"recipients", "leaves_by", "deliver"};

static void list_added(struct diff *d, const struct set *x, const struct set *y, const char *key)
{
	const struct node *was = node_get(x->n, key), *is = node_get(y->n, key);
	struct buf path;

	buf_init(&path);
	buf_printf(&path, ".%s", key);
	if (diff_extra_words(d, is, was, NULL))
		diff_extra_words(d, is, was, of_set(d, FINDING_SET_WIDENED, y, buf_c(&path)));
	buf_free(&path);
}

static void widened(struct diff *d, const struct set *x, const struct set *y)
{
	struct policy_uses was, is;
	const struct diff_items had = output(x, &was), has = output(y, &is);

	if (diff_extra(d, has, had, NULL))
		diff_extra(d, has, had, of_set(d, FINDING_SET_WIDENED, y, ".output"));
	if (diff_extra_purposes(d, served(y), served(x), NULL))
		diff_extra_purposes(d, served(y), served(x), of_set(d, FINDING_SET_WIDENED, y, ".purposes"));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		list_added(d, x, y, lists[i]);
}

/* How coarse ------------------------------------------------------------------------------------------------- */

static bool number_of(const struct node *n, const char *key, double *out)
{
	struct str text = node_text(n, key);

	return text.n && build_number(text, out);
}

/* True when the number KEY of Y is gone or makes the set finer than that of X: when it falls, or RISES. */
static bool finer_number(const struct node *x, const struct node *y, const char *key, bool rises)
{
	double was, is;

	if (!number_of(x, key, &was))
		return false;
	return !number_of(y, key, &is) || (rises ? is > was : is < was);
}

/* The column of X about the item of NUMBER in the registry, or NULL. */
static const struct policy_output *column_of(const struct set *x, uint32_t number)
{
	if (x->of->from == POLICY_NONE)
		return NULL;
	for (size_t i = 0; i < x->of->n_outputs; i++)
		if (x->p->categories[x->of->from].items[x->of->outputs[i].item].number == number)
			return &x->of->outputs[i];
	return NULL;
}

/* A value in the group of one hierarchy and in that of another. */
struct grouped {
	struct str was, is;
};

static int by_group(const void *a, const void *b)
{
	return str_cmp(((const struct grouped *)a)->was, ((const struct grouped *)b)->was);
}

static int by_leaf(const void *value, const void *leaf)
{
	return str_cmp(*(const struct str *)value, ((const struct policy_leaf *)leaf)->value);
}

/* True when Y's hierarchy tells two values apart that X's joins. */
static bool finer_levels(struct diff *d, const struct policy_output *x, const struct policy_output *y)
{
	struct grouped *both = arena_array(d->out->a, x->n_leaves + 1, sizeof *both);
	size_t n = 0;

	d->out->failed = d->out->failed || !both;
	for (size_t i = 0; both && i < x->n_leaves; i++) {
		const struct policy_leaf *leaf = bsearch(&x->leaves[i].value, y->leaves, y->n_leaves, sizeof *leaf, by_leaf);

		if (leaf)
			both[n++] = (struct grouped){x->leaves[i].label, leaf->label};
	}
	if (n)
		qsort(both, n, sizeof *both, by_group);
	for (size_t i = 1; i < n; i++)
		if (str_eq(both[i].was, both[i - 1].was) && !str_eq(both[i].is, both[i - 1].is))
			return true;
	return false;
}

/* True when an item is given in more detail by Y than by X; both say how it is made coarser, or `keep`. */
static bool finer(const struct node *x, const struct node *y)
{
	static const char *const levels[] = {"month", "quarter", "year", "decade", NULL};
	int was = words_find(levels, node_text(x, "to")), is = words_find(levels, node_text(y, "to"));

	if (!x || x->kind != NODE_MAP)
		return false;
	if (!y || y->kind != NODE_MAP)
		return true;
	if (was >= 0 && is < was) /* -1: no level any more */
		return true;
	/* of a code more digits are finer; where none were cut before, there is nothing to be finer than */
	return finer_number(x, y, "bands", false) || finer_number(x, y, "bottom", false) || finer_number(x, y, "top", true) ||
	       finer_number(x, y, "digits", true) || (node_get(x, "hierarchy") && !node_get(y, "hierarchy"));
}

/* As finer for the item of NUMBER, when both X and Y write it by a hierarchy. */
static bool finer_leaves(struct diff *d, const struct set *x, const struct set *y, uint32_t number)
{
	const struct policy_output *was = column_of(x, number), *is = column_of(y, number);

	return was && is && was->kind == OUTPUT_LEVEL && is->kind == OUTPUT_LEVEL && finer_levels(d, was, is);
}

/* The items of both sets that Y gives in more detail than X, listed in C, a change in D; NULL only counts. */
static size_t finer_items(struct diff *d, const struct set *x, const struct set *y, struct change *c)
{
	size_t n = 0;

	if (x->of->from == POLICY_NONE || y->of->from == POLICY_NONE)
		return 0;
	for (NODE_EACH(item, node_get(y->n, "output"))) {
		const struct policy_category *k = &y->p->categories[y->of->from], *was = &x->p->categories[x->of->from];
		int i = policy_item_find(k, item->key);
		const struct policy_item *before = i == POLICY_NONE ? NULL : diff_item(was, k->items[i].number);

		if (!before)
			continue;
		if (!finer(node_find(node_get(x->n, "output"), before->id), item) && !finer_leaves(d, x, y, before->number))
			continue;
		n++;
		if (!c)
			continue;
		diff_more(d, c, diff_name(y->p, k->items[i].label, k->items[i].id));
		diff_reach(d, c, k->items[i].number);
	}
	return n;
}

/* The models of Y that ask for less than before, as one change; NULL as long as there is none. */
struct weaker {
	struct diff *d;
	const struct set *y;
	struct change *c;
};

/* Adds that NAME (k, or l and t of the item ABOUT) goes FROM something TO less. */
static void add_weaker(struct weaker *w, const char *name, struct str about, struct str from, struct str to)
{
	struct buf text;

	if (!w->c)
		w->c = of_set(w->d, FINDING_SET_FINER, w->y, ".model");
	buf_init(&text);
	buf_text(&text, name);
	if (about.n) {
		buf_byte(&text, '.');
		buf_str(&text, about);
	}
	buf_printf(&text, " %.*s → %.*s", ID(from), (int)(to.n ? to.n : 1), to.n ? to.p : "–");
	diff_more(w->d, w->c, diff_plain(str_copy(w->d->out->a, buf_view(&text))));
	w->d->out->failed = w->d->out->failed || !buf_ok(&text);
	buf_free(&text);
}

/* What l or t, the model KEY, asks in X of each column and not or less in Y; t RISES where it asks for less. */
static void weaker_columns(struct weaker *w, const struct set *x, const char *key, bool rises)
{
	const struct node *was = node_get(node_get(x->n, "model"), key), *is = node_get(node_get(w->y->n, "model"), key);

	for (NODE_EACH(n, was)) {
		const struct policy_category *k = &x->p->categories[x->of->from];
		int item = policy_item_find(k, n->key);
		const struct policy_item *now = item == POLICY_NONE || w->y->of->from == POLICY_NONE
							? NULL
							: diff_item(&w->y->p->categories[w->y->of->from], k->items[item].number);
		const struct node *same = now ? node_find(is, now->id) : NULL;
		double before, after;

		if (!build_number(n->text, &before))
			continue;
		if (!same || !build_number(same->text, &after) || (rises ? after > before : after < before))
			add_weaker(w, key, n->key, n->text, same ? same->text : (struct str){NULL, 0});
	}
}

static void weaker_model(struct diff *d, const struct set *x, const struct set *y)
{
	const struct node *was = node_get(x->n, "model"), *is = node_get(y->n, "model");
	struct weaker w = {.d = d, .y = y};

	if (finer_number(was, is, "k", false))
		add_weaker(&w, "k", (struct str){NULL, 0}, node_text(was, "k"), node_text(is, "k"));
	if (x->of->from == POLICY_NONE)
		return;
	weaker_columns(&w, x, "l", false);
	weaker_columns(&w, x, "t", true);
	for (size_t i = 0; i < x->of->n_outputs; i++) {
		const struct policy_output *before = &x->of->outputs[i];
		const struct policy_item *item = &x->p->categories[x->of->from].items[before->item];
		const struct policy_output *after = column_of(y, item->number);

		/* a column under l or t forms no classes any more */
		if (after && !before->l && !before->t.n && (after->l || after->t.n))
			add_weaker(&w, "k", item->id, node_text(was, "k"), (struct str){NULL, 0});
	}
}

/* How long, and what is gone --------------------------------------------------------------------------------- */

static enum longer kept(const struct set *x, const struct set *y)
{
	const struct node *was = node_get(x->n, "keep"), *is = node_get(y->n, "keep");
	struct duration before, after;

	if (!was || !is || node_same(was, is))
		return AS_LONG;
	if (!str_eq(node_text(was, "from"), node_text(is, "from")) || !duration_parse(node_text(was, "for"), &before) ||
	    !duration_parse(node_text(is, "for"), &after))
		return LONGER;
	return diff_lengths(before, after);
}

static struct change_name kept_name(struct diff *d, const struct set *x)
{
	struct duration length;

	return duration_parse(node_text(node_get(x->n, "keep"), "for"), &length) ? diff_length(d, length)
									       : diff_words("no time", "定めなし");
}

static void narrowed(struct diff *d, const struct set *x, const struct set *y)
{
	struct policy_uses was, is;
	const struct diff_items had = output(x, &was), has = output(y, &is);
	size_t gone = 0;
	struct change *c;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		gone += diff_extra_words(d, node_get(x->n, lists[i]), node_get(y->n, lists[i]), NULL);
	if (!gone && !diff_extra(d, had, has, NULL) && !diff_extra_purposes(d, served(x), served(y), NULL) &&
	    !finer_items(d, y, x, NULL) && kept(x, y) != SHORTER)
		return;
	c = of_set(d, FINDING_SET_NARROWED, y, "");
	diff_extra(d, had, has, c);
	diff_extra_purposes(d, served(x), served(y), c);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		diff_extra_words(d, node_get(x->n, lists[i]), node_get(y->n, lists[i]), c);
	finer_items(d, y, x, c);
	if (kept(x, y) == SHORTER)
		diff_more(d, c, kept_name(d, y));
}

static void changed(struct diff *d, const struct set *x, const struct set *y)
{
	struct change *c;

	widened(d, x, y);
	if (finer_items(d, x, y, NULL))
		finer_items(d, x, y, of_set(d, FINDING_SET_FINER, y, ".output"));
	weaker_model(d, x, y);
	if (kept(x, y) == LONGER) {
		c = of_set(d, FINDING_SET_KEPT_LONGER, y, ".keep");
		c->from = kept_name(d, x);
		c->to = kept_name(d, y);
	}
	narrowed(d, x, y);
}

void diff_sets(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_derived; i++) {
		const struct set y = set_of(d->after, &d->after->derived[i]);
		const struct policy_derived *was = diff_derived(d->before, y.of->number);
		struct policy_uses uses;

		if (was) {
			const struct set x = set_of(d->before, was);

			changed(d, &x, &y);
			continue;
		}
		diff_extra(d, output(&y, &uses), (struct diff_items){.p = d->before}, of_set(d, FINDING_SET_ADDED, &y, ""));
	}
	for (size_t i = 0; i < d->before->n_derived; i++) {
		const struct set x = set_of(d->before, &d->before->derived[i]);

		if (!diff_derived(d->after, x.of->number))
			of_set(d, FINDING_SET_REMOVED, &x, "");
	}
}
