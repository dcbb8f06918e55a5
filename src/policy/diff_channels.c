/* What changes in how data comes in: channels, what they bring, what notices tell. */
#include "policy/diff_private.h"
#include "policy/words.h"

#define ID(s) (int)(s).n, (s).p

/* Channels of a category ------------------------------------------------------------------------------------- */

static bool comes_by(const struct policy *p, const struct policy_category *k, uint32_t channel)
{
	for (size_t i = 0; i < k->n_channels; i++)
		if (p->channels[k->channels[i].channel].number == channel)
			return true;
	return false;
}

/* The channels by which X of P comes in, and Y, the same in the other policy, does not, as a change of CODE in D. */
static void extra_channels(struct diff *d, enum finding_code code, const struct policy *p,
			   const struct policy_category *x, const struct policy_category *y)
{
	const struct policy *q = p == d->after ? d->before : d->after;
	const struct policy_category *now = p == d->after ? x : y;
	struct change *c = NULL;

	for (size_t i = 0; i < x->n_channels; i++) {
		const struct policy_channel *channel = &p->channels[x->channels[i].channel];

		if (comes_by(q, y, channel->number))
			continue;
		if (!c) {
			c = diff_add(d, code, "categories.%.*s.channels", ID(now->id));
			c->what = diff_name(d->after, now->people, now->id);
		}
		diff_more(d, c, diff_plain(channel->id));
	}
}

/* What is told ----------------------------------------------------------------------------------------------- */

/* Purposes that one thing of each policy tells, and the path of the thing now. */
struct told {
	struct diff_served was, is;
	struct str id;
};

static void telling(struct diff *d, const struct told *t, const char *section)
{
	struct change *c;

	if (diff_extra_lasting(d, t->is, t->was, NULL)) {
		c = diff_add(d, FINDING_CHANNEL_WIDENED, "%s.%.*s.purposes", section, ID(t->id));
		c->what = diff_plain(t->id);
		diff_extra_lasting(d, t->is, t->was, c);
	}
	if (diff_extra_lasting(d, t->was, t->is, NULL)) {
		c = diff_add(d, FINDING_CHANNEL_NARROWED, "%s.%.*s.purposes", section, ID(t->id));
		c->what = diff_plain(t->id);
		diff_extra_lasting(d, t->was, t->is, c);
	}
}

static void notices(struct diff *d)
{
	for (size_t i = 0; i < d->after->n_notices; i++) {
		const struct policy_notice *y = &d->after->notices[i], *x = diff_notice(d->before, y->number);

		if (x) {
			const struct told t = {{d->before, x->purposes, x->n_purposes}, {d->after, y->purposes, y->n_purposes}, y->id};

			telling(d, &t, "notices");
		}
	}
}

/* Channels themselves ---------------------------------------------------------------------------------------- */

/* The notice that channel C of P shows, as its number; 0: none. */
static uint32_t shown(const struct policy *p, const struct policy_channel *c)
{
	return c->notice == POLICY_NONE ? 0 : p->notices[c->notice].number;
}

/* True when X and Y say something else; blanks alone are nothing. */
static bool otherwise(struct diff *d, const struct node *x, const struct node *y)
{
	struct change_name from, to;

	if (!x || !y)
		return x != y;
	return !node_same(x, y) &&
	       diff_reworded(diff_name_node(d->before, x, x->text), diff_name_node(d->after, y, y->text), &from, &to);
}

static void channel_changed(struct diff *d, const struct policy_channel *x, const struct policy_channel *y)
{
	static const struct {
		const char *key, *en, *ja;
	} texts[] = {{"provider", "another provider", "提供元"},
		     {"obtained", "how the provider obtained it", "提供元の取得の経緯"},
		     {"received_as", "the basis of its provision", "提供の根拠"},
		     {"place", "where the devices stand", "機器を置く場所"}};
	const struct node *was = node_find(node_get(d->before->root, "channels"), x->id);
	const struct node *is = node_find(node_get(d->after->root, "channels"), y->id);
	struct change found = {.n_more = 0}, *c;

	if (x->kind != y->kind)
		diff_more(d, &found, diff_plain(str_of(words_channel_kind[y->kind])));
	if (x->written && !y->written)
		diff_more(d, &found, diff_words("without proof that the notice was shown", "通知を示した証明が要らない"));
	if (shown(d->before, x) && shown(d->before, x) != shown(d->after, y))
		diff_more(d, &found, diff_words("another notice", "示す通知"));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (otherwise(d, node_get(was, texts[i].key), node_get(is, texts[i].key)))
			diff_more(d, &found, diff_words(texts[i].en, texts[i].ja));
	if (!found.n_more)
		return;
	c = diff_add(d, FINDING_CHANNEL_CHANGED, "channels.%.*s", ID(y->id));
	c->what = diff_plain(y->id);
	c->more = found.more;
	c->n_more = found.n_more;
	c->cap_more = found.cap_more;
}

void diff_channels(struct diff *d)
{
	notices(d);
	for (size_t i = 0; i < d->after->n_channels; i++) {
		const struct policy_channel *y = &d->after->channels[i], *x = diff_channel(d->before, y->number);

		if (x) {
			const struct told t = {{d->before, x->purposes, x->n_purposes}, {d->after, y->purposes, y->n_purposes}, y->id};

			telling(d, &t, "channels");
			channel_changed(d, x, y);
		}
	}
	for (size_t i = 0; i < d->after->n_categories; i++) {
		const struct policy_category *y = &d->after->categories[i], *x = diff_category(d->before, y->number);

		if (!x)
			continue;
		extra_channels(d, FINDING_CHANNEL_ADDED, d->after, y, x);
		extra_channels(d, FINDING_CHANNEL_REMOVED, d->before, x, y);
	}
}
