/* What changes in what the company's site sends to others and leaves on a visitor's device. */
#include "policy/diff_private.h"

#define ID(s) (int)(s).n, (s).p

static const struct node *section(const struct policy *p, const char *name)
{
	return node_get(node_get(p->root, "web"), name);
}

/* The name of the organization that a transmission N of P goes to. */
static struct change_name receiver(const struct policy *p, const struct node *n)
{
	struct str id = node_text(n, "to");

	return diff_name_node(p, node_get(node_find(node_get(p->root, "organizations"), id), "name"), id);
}

/* Facts of a transmission or a cookie, in their words for people. */
struct aspect {
	const char *key, *en, *ja;
};

/* Lists in FOUND, in D, each of the N ASPECTS in which Y reads otherwise than X; spelling and blanks alone are none. */
static void aspects(struct diff *d, const struct node *x, const struct node *y, const struct aspect *aspects, size_t n,
		    struct change *found)
{
	for (size_t i = 0; i < n; i++) {
		const struct node *was = node_get(x, aspects[i].key), *is = node_get(y, aspects[i].key);
		struct change_name from, to;
		bool same = node_same(was, is);

		if (!same && was && is)
			same = !diff_reworded(diff_name_node(d->before, was, y->key), diff_name_node(d->after, is, y->key), &from, &to);
		if (!same)
			diff_more(d, found, diff_words(aspects[i].en, aspects[i].ja));
	}
}

/* Takes what FOUND lists into a new change of CODE at PATH.ID, if it lists anything. */
static void told(struct diff *d, enum finding_code code, const char *path, const struct node *n, const struct change *found)
{
	struct change *c;

	if (!found->n_more)
		return;
	c = diff_add(d, code, "web.%s.%.*s", path, ID(n->key));
	c->what = diff_plain(n->key);
	c->more = found->more;
	c->n_more = found->n_more;
	c->cap_more = found->cap_more;
}

static void transmissions(struct diff *d)
{
	static const struct aspect facts[] = {{"to", "the recipient", "送信先"},
					      {"sends", "what is sent", "送信される情報"},
					      {"purpose", "the purpose", "利用目的"},
					      {"their_purpose", "the recipient's purpose", "送信先の利用目的"},
					      {"opt_out", "the way to refuse it", "オプトアウトの方法"},
					      {"consent", "the consent before it", "送信前の同意"}};
	const struct node *before = section(d->before, "external_transmission"), *after = section(d->after, "external_transmission");

	for (NODE_EACH(y, after)) {
		const struct node *x = node_find(before, y->key);
		struct change found = {.n_more = 0}, *c;

		if (x) {
			aspects(d, x, y, facts, sizeof facts / sizeof *facts, &found);
			told(d, FINDING_TRANSMISSION_CHANGED, "external_transmission", y, &found);
			continue;
		}
		c = diff_add(d, FINDING_TRANSMISSION_ADDED, "web.external_transmission.%.*s", ID(y->key));
		c->what = receiver(d->after, y);
		c->to = diff_name_node(d->after, node_get(y, "sends"), y->key);
	}
	for (NODE_EACH(x, before))
		if (!node_find(after, x->key))
			diff_add(d, FINDING_TRANSMISSION_REMOVED, "web.external_transmission.%.*s", ID(x->key))->what =
				diff_plain(x->key);
}

/* True when a cookie that stays as X says stays longer as Y says; `session` is the shortest. */
static bool stays_longer(const struct node *x, const struct node *y)
{
	struct duration was, is;

	if (!duration_parse(node_text(y, "keep"), &is))
		return false;
	return !duration_parse(node_text(x, "keep"), &was) || diff_lengths(was, is) == LONGER;
}

static void cookies(struct diff *d)
{
	static const struct aspect facts[] = {{"purpose", "the purpose", "目的"}, {"consent", "the consent before it", "設定前の同意"}};
	const struct node *before = section(d->before, "cookies"), *after = section(d->after, "cookies");

	for (NODE_EACH(y, after)) {
		const struct node *x = node_find(before, y->key);
		struct change found = {.n_more = 0}, *c;

		if (x) {
			aspects(d, x, y, facts, sizeof facts / sizeof *facts, &found);
			if (stays_longer(x, y))
				diff_more(d, &found, diff_words("it stays longer", "残る期間が延びる"));
			told(d, FINDING_COOKIE_CHANGED, "cookies", y, &found);
			continue;
		}
		c = diff_add(d, FINDING_COOKIE_ADDED, "web.cookies.%.*s", ID(y->key));
		c->what = diff_plain(y->key);
		c->to = diff_name_node(d->after, node_get(y, "purpose"), y->key);
	}
	for (NODE_EACH(x, before))
		if (!node_find(after, x->key))
			diff_add(d, FINDING_COOKIE_REMOVED, "web.cookies.%.*s", ID(x->key))->what = diff_plain(x->key);
}

void diff_web(struct diff *d)
{
	transmissions(d);
	cookies(d);
}
