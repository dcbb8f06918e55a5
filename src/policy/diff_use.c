/* What changes in what is held and what it is used for: categories, items, keeping, purposes. */
#include "policy/diff_private.h"

#define ID(s) (int)(s).n, (s).p

/* Keeping ---------------------------------------------------------------------------------------------------- */

/* The two clocks of one thing, and what it is called. */
struct clocks {
	const struct policy_clock *before, *after;
	struct change_name what;
};

/* Adds the change of keeping at PREFIX.ID.keep, if there is one; gives it or NULL. */
static struct change *keeping(struct diff *d, struct clocks k, const char *prefix, struct str id)
{
	enum longer how = diff_clocks(d->before, k.before, d->after, k.after);
	struct change *c;

	if (how == AS_LONG)
		return NULL;
	c = diff_add(d, how == LONGER ? FINDING_KEEP_LONGER : FINDING_KEEP_SHORTER, "%s.%.*s.keep", prefix, ID(id));
	c->what = k.what;
	c->from = diff_clock(d, d->before, k.before);
	c->to = diff_clock(d, d->after, k.after);
	return c;
}

/* Items ------------------------------------------------------------------------------------------------------ */

static void item_keeping(struct diff *d, const struct policy_category *x, const struct policy_item *was,
			 const struct policy_category *y, const struct policy_item *is)
{
	const struct clocks k = {was->keep.set ? &was->keep : &x->keep, is->keep.set ? &is->keep : &y->keep,
				 diff_name(d->after, is->label, is->id)};
	struct change *c;
	struct buf prefix;

	if (!was->keep.set && !is->keep.set)
		return; /* the category's */
	buf_init(&prefix);
	buf_printf(&prefix, "categories.%.*s.items", ID(y->id));
	c = keeping(d, k, buf_c(&prefix), is->id);
	if (c)
		diff_reach(d, c, is->number);
	buf_free(&prefix);
}

static void category_keeping(struct diff *d, const struct policy_category *x, const struct policy_category *y)
{
	const struct clocks k = {&x->keep, &y->keep, diff_name(d->after, y->people, y->id)};
	struct change *c = keeping(d, k, "categories", y->id);

	for (size_t i = 0; c && i < y->n_items; i++)
		if (!y->items[i].keep.set)
			diff_reach(d, c, y->items[i].number);
	for (size_t i = 0; i < y->n_items; i++) {
		const struct policy_item *was = diff_item(x, y->items[i].number);

		if (was)
			item_keeping(d, x, was, y, &y->items[i]);
	}
}

static void items_added(struct diff *d, const struct policy_category *x, const struct policy_category *y)
{
	for (size_t i = 0; i < y->n_items; i++) {
		struct change *c;

		if (diff_item(x, y->items[i].number))
			continue;
		c = diff_add(d, FINDING_ITEM_ADDED, "categories.%.*s.items.%.*s", ID(y->id), ID(y->items[i].id));
		c->what = diff_name(d->after, y->people, y->id);
		diff_more(d, c, diff_name(d->after, y->items[i].label, y->items[i].id));
		c->reach.category = y->number;
	}
}

static void items_removed(struct diff *d, const struct policy_category *x, const struct policy_category *y)
{
	for (size_t i = 0; i < x->n_items; i++) {
		struct change *c;

		if (diff_item(y, x->items[i].number))
			continue;
		c = diff_add(d, FINDING_ITEM_REMOVED, "categories.%.*s.items.%.*s", ID(y->id), ID(x->items[i].id));
		c->what = diff_name(d->after, y->people, y->id);
		diff_more(d, c, diff_name(d->before, x->items[i].label, x->items[i].id));
		diff_reach(d, c, x->items[i].number);
	}
}

void diff_categories(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_categories; i++) {
		const struct policy_category *y = &d->after->categories[i], *x = diff_category(d->before, y->number);

		if (!x) {
			diff_add(d, FINDING_CATEGORY_ADDED, "categories.%.*s", ID(y->id))->what =
				diff_name(d->after, y->people, y->id);
			continue;
		}
		items_added(d, x, y);
		items_removed(d, x, y);
		category_keeping(d, x, y);
	}
	for (size_t i = 0; i < d->before->n_categories; i++) {
		const struct policy_category *x = &d->before->categories[i];
		struct change *c;

		if (diff_category(d->after, x->number))
			continue;
		c = diff_add(d, FINDING_CATEGORY_REMOVED, "categories.%.*s", ID(x->id));
		c->what = diff_name(d->before, x->people, x->id);
		c->reach.category = x->number;
	}
}

/* Purposes --------------------------------------------------------------------------------------------------- */

static struct diff_items used(const struct policy *p, const struct policy_purpose *x)
{
	return (struct diff_items){p, x->uses, x->n_uses};
}

static void purpose_uses(struct diff *d, const struct policy_purpose *x, const struct policy_purpose *y)
{
	struct change *c;

	if (diff_extra(d, used(d->after, y), used(d->before, x), NULL)) {
		c = diff_add(d, FINDING_PURPOSE_WIDENED, "purposes.%.*s", ID(y->id));
		diff_act(c, y->basis == BASIS_CONSENT ? ACT_WIDER_CONSENT : ACT_WIDER_ANNOUNCED);
		c->what = diff_name(d->after, y->text, y->id);
		c->reach.purpose = y->number;
		diff_extra(d, used(d->after, y), used(d->before, x), c);
	}
	if (diff_extra(d, used(d->before, x), used(d->after, y), NULL)) {
		c = diff_add(d, FINDING_PURPOSE_NARROWED, "purposes.%.*s", ID(y->id));
		c->what = diff_name(d->after, y->text, y->id);
		c->reach.purpose = y->number;
		diff_extra(d, used(d->before, x), used(d->after, y), c);
	}
}

/* What Y, a purpose now, is related to that it was not as X (NULL: it was not there). */
static void purpose_related(struct diff *d, const struct policy_purpose *x, const struct policy_purpose *y)
{
	for (size_t i = 0; i < y->n_related_to; i++) {
		const struct policy_purpose *to = &d->after->purposes[y->related_to[i]];
		struct change *c;

		if (x && diff_lists(d->before, x->related_to, x->n_related_to, to->number))
			continue;
		c = diff_add(d, FINDING_PURPOSE_RELATED, "purposes.%.*s.related_to.%.*s", ID(y->id), ID(to->id));
		c->what = diff_name(d->after, y->text, y->id);
		diff_more(d, c, diff_name(d->after, to->text, to->id));
		c->reach.purpose = to->number;
		for (size_t u = 0; u < y->n_uses; u++)
			for (size_t k = 0; k < d->after->categories[y->uses[u].category].n_items; k++)
				if (bits_has(y->uses[u].items, k))
					diff_reach(d, c, d->after->categories[y->uses[u].category].items[k].number);
	}
}

static void purpose_basis(struct diff *d, const struct policy_purpose *x, const struct policy_purpose *y)
{
	const struct policy_consent *was;
	struct change *c;

	if (x->basis != BASIS_CONSENT || x->consent == POLICY_NONE)
		return;
	was = &d->before->consents[x->consent];
	if (y->basis == BASIS_CONSENT && y->consent != POLICY_NONE && d->after->consents[y->consent].number == was->number)
		return;
	c = diff_add(d, FINDING_PURPOSE_BASIS_CHANGED, "purposes.%.*s.basis", ID(y->id));
	c->what = diff_name(d->after, y->text, y->id);
	c->from.plain = was->id;
	c->reach.consent = was->number;
	c->reach.purpose = y->number;
}

static bool has_means(const struct policy_purpose *x, struct str means)
{
	for (size_t i = 0; i < x->n_means; i++)
		if (str_eq(x->means[i], means))
			return true;
	return false;
}

/* The means by which people are contacted for Y and were not for X. */
static void purpose_contacts(struct diff *d, const struct policy_purpose *x, const struct policy_purpose *y)
{
	struct change *c = NULL;

	for (size_t i = 0; i < y->n_means; i++) {
		if (has_means(x, y->means[i]))
			continue;
		if (!c) {
			c = diff_add(d, FINDING_PURPOSE_CONTACTS, "purposes.%.*s.contacts_person", ID(y->id));
			c->what = diff_name(d->after, y->text, y->id);
			c->reach.purpose = y->number;
		}
		diff_more(d, c, diff_plain(y->means[i]));
	}
}

static bool stops_after(const struct policy *p, const struct policy_purpose *x, uint32_t event)
{
	for (size_t i = 0; i < x->n_stops_after; i++)
		if (p->events[x->stops_after[i]].number == event)
			return true;
	return false;
}

static void purpose_safeguards(struct diff *d, const struct policy_purpose *x, const struct policy_purpose *y)
{
	const struct {
		bool lost;
		const char *key;
	} lost[] = {
		{x->may_object && !y->may_object, "may_object"},
		{x->needs_reason && !y->needs_reason, "needs_reason"},
		{x->prohibited && !y->prohibited, "prohibited"},
		{y->observe_until != DATE_NONE && (x->observe_until == DATE_NONE || y->observe_until > x->observe_until),
		 "observe"},
	};
	struct change found = {.n_more = 0}, *c = NULL;

	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
		if (lost[i].lost)
			diff_more(d, &found, (struct change_name){.plain = str_of(lost[i].key)});
	for (size_t i = 0; i < x->n_stops_after; i++) {
		const struct policy_event *event = &d->before->events[x->stops_after[i]];

		if (!stops_after(d->after, y, event->number))
			diff_more(d, &found, (struct change_name){.plain = event->id});
	}
	if (!found.n_more)
		return;
	c = diff_add(d, FINDING_SAFEGUARD_REMOVED, "purposes.%.*s", ID(y->id));
	c->what = diff_name(d->after, y->text, y->id);
	c->more = found.more;
	c->n_more = found.n_more;
	c->cap_more = found.cap_more;
	c->reach.purpose = y->number;
}

static void purpose_changed(struct diff *d, const struct policy_purpose *x, const struct policy_purpose *y)
{
	const struct clocks k = {&x->keep, &y->keep, diff_name(d->after, y->text, y->id)};
	struct change_name from, to;
	struct change *c;

	if (diff_reworded(diff_name(d->before, x->text, x->id), diff_name(d->after, y->text, y->id), &from, &to)) {
		c = diff_add(d, FINDING_PURPOSE_REWORDED, "purposes.%.*s.text", ID(y->id));
		c->what = diff_name(d->after, y->text, y->id);
		c->from = from;
		c->to = to;
		c->reach.purpose = y->number;
	}
	purpose_contacts(d, x, y);
	purpose_uses(d, x, y);
	purpose_basis(d, x, y);
	purpose_safeguards(d, x, y);
	c = keeping(d, k, "purposes", y->id);
	if (c)
		c->reach.purpose = y->number;
}

void diff_uses(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_purposes; i++) {
		const struct policy_purpose *y = &d->after->purposes[i], *x = diff_purpose(d->before, y->number);

		if (x)
			purpose_changed(d, x, y);
		else
			diff_add(d, FINDING_PURPOSE_ADDED, "purposes.%.*s", ID(y->id))->what =
				diff_name(d->after, y->text, y->id);
		purpose_related(d, x, y);
	}
	for (size_t i = 0; i < d->before->n_purposes; i++) {
		const struct policy_purpose *x = &d->before->purposes[i];
		struct change *c;

		if (diff_purpose(d->after, x->number))
			continue;
		c = diff_add(d, FINDING_PURPOSE_REMOVED, "purposes.%.*s", ID(x->id));
		c->what = diff_name(d->before, x->text, x->id);
		c->reach.purpose = x->number;
	}
}
