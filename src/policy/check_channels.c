/*
 * How data comes in: for each channel of each category, which purposes bind what
 * it brings (T2), and whether that lets in what is needed (T3).
 */
#include "policy/check.h"

/* The purposes that bind what comes by channel K of a category. */
static void add_bound(const struct policy *p, const struct policy_category_channel *k, uint64_t *bound)
{
	const struct policy_channel *channel = &p->channels[k->channel];
	int notice = k->notice != POLICY_NONE ? k->notice : channel->notice;
	const int *purposes = channel->purposes;
	size_t n = channel->n_purposes;

	if (notice != POLICY_NONE) {
		purposes = p->notices[notice].purposes;
		n = p->notices[notice].n_purposes;
	}
	for (size_t i = 0; i < n; i++)
		bits_add(bound, (size_t)purposes[i]);
	if (channel->kind != CHANNEL_LEGACY || notice != POLICY_NONE)
		return;
	for (size_t i = 0; i < p->n_history; i++)
		for (size_t j = 0; j < p->history[i].n_purposes; j++)
			bits_add(bound, (size_t)p->history[i].purposes[j]);
}

/* True when a purpose in BOUND uses item ITEM of CATEGORY. */
static bool lets_in(const struct policy *p, const uint64_t *bound, int category, size_t item)
{
	for (size_t i = 0; i < p->n_purposes; i++)
		if (bits_has(bound, i) && check_purpose_uses(p, (int)i, category, item))
			return true;
	return false;
}

static bool none(const uint64_t *bits, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (bits[i])
			return false;
	return true;
}

static void required_items(struct compile *c, int category, const struct policy_channel *channel,
			   const uint64_t *bound, struct place at)
{
	const struct policy_category *k = &c->p->categories[category];

	for (size_t i = 0; i < k->n_items; i++)
		if (k->items[i].required && (int)i != k->external_id && !lets_in(c->p, bound, category, i))
			findings_add(c->f, FINDING_REQUIRED_ITEM_UNREACHABLE, at,
				     STR("let one of the purposes told there use the item, or take the channel out"),
				     "channel \"%.*s\" cannot bring in the required item \"%.*s\": no purpose that is told there uses it",
				     ID(channel->id), ID(k->items[i].id));
}

static bool has_required(const struct policy_category *k)
{
	for (size_t i = 0; i < k->n_items; i++)
		if (k->items[i].required)
			return true;
	return false;
}

static void written(struct compile *c, const struct policy_category *k, const struct policy_category_channel *e,
		    struct place at)
{
	const struct policy *p = c->p;
	const struct policy_channel *channel = &p->channels[e->channel];
	int notice = e->notice != POLICY_NONE ? e->notice : channel->notice;

	if (!channel->written)
		return;
	if (notice == POLICY_NONE)
		findings_add(c->f, FINDING_WRITTEN_WITHOUT_NOTICE, at,
			     STR("name the notice that is shown there (APPI 21(2))"),
			     "channel \"%.*s\" is written and shows no notice", ID(channel->id));
	else if (has_required(k) && !node_get(check_node(c, "notices", p->notices[notice].id), "voluntary"))
		findings_add(c->f, FINDING_WRITTEN_WITHOUT_VOLUNTARY, at, STR("give the notice its `voluntary`"),
			     "channel \"%.*s\" asks for a required item, and notice \"%.*s\" does not say what follows from not giving it",
			     ID(channel->id), ID(p->notices[notice].id));
}

/* Items that can come in by none of the channels, nor with a consent that uses them (T3). */
static void unreachable(struct compile *c, int category, uint64_t *bound_anywhere)
{
	const struct policy *p = c->p;
	const struct policy_category *k = &p->categories[category];

	for (size_t i = 0; i < p->n_purposes; i++)
		if (p->purposes[i].basis == BASIS_CONSENT)
			bits_add(bound_anywhere, i);
	for (size_t i = 0; i < k->n_items; i++) {
		bool used = false;

		for (size_t j = 0; j < p->n_purposes && !used; j++)
			used = check_purpose_uses(p, (int)j, category, i);
		if (used && (int)i != k->external_id && !lets_in(p, bound_anywhere, category, i))
			findings_add(c->f, FINDING_UNREACHABLE_ITEM, k->items[i].at,
				     STR("let a notice or channel of the category tell a purpose that uses it"),
				     "no channel of category \"%.*s\" can bring in item \"%.*s\"", ID(k->id),
				     ID(k->items[i].id));
	}
}

static void category(struct compile *c, int category)
{
	const struct policy *p = c->p;
	const struct policy_category *k = &p->categories[category];
	const struct node *list = node_get(check_node(c, "categories", k->id), "channels");
	size_t words = BITS_WORDS(p->n_purposes);
	uint64_t *bound = compile_array(c, words, sizeof *bound);
	uint64_t *anywhere = compile_array(c, words, sizeof *anywhere);

	if (!bound || !anywhere)
		return;
	for (size_t i = 0; i < k->n_channels; i++) {
		const struct policy_channel *channel = &p->channels[k->channels[i].channel];
		struct place at = check_place_of(list, channel->id);

		for (size_t w = 0; w < words; w++)
			bound[w] = 0;
		add_bound(p, &k->channels[i], bound);
		bits_join(anywhere, bound, words);
		written(c, k, &k->channels[i], at);
		if (!none(bound, words))
			required_items(c, category, channel, bound, at);
		else if (channel->kind != CHANNEL_LEGACY)
			findings_add(c->f, FINDING_CHANNEL_BINDS_NOTHING, at, STR("give it a notice or purposes"),
				     "what comes in by channel \"%.*s\" is bound to no purpose", ID(channel->id));
	}
	unreachable(c, category, anywhere);
}

/* Keys that belong to one kind of channel, or to two, and whether those need them. */
static const struct {
	const char *key;
	enum channel_kind kind, or_kind;
	bool needed;
} kind_keys[] = {
	{"arrangement", CHANNEL_JOINT_USE, CHANNEL_JOINT_USE, true},
	{"provider", CHANNEL_THIRD_PARTY, CHANNEL_SUCCESSION, true},
	{"since", CHANNEL_SUCCESSION, CHANNEL_SUCCESSION, true},
	{"obtained", CHANNEL_THIRD_PARTY, CHANNEL_THIRD_PARTY, false},
	{"received_as", CHANNEL_THIRD_PARTY, CHANNEL_THIRD_PARTY, false},
	{"before", CHANNEL_LEGACY, CHANNEL_LEGACY, false},
	{"place", CHANNEL_DEVICE, CHANNEL_DEVICE, false},
};

static void channel(struct compile *c, const struct node *n, const struct policy_channel *o)
{
	for (size_t i = 0; i < sizeof kind_keys / sizeof *kind_keys; i++) {
		const struct node *value = node_get(n, kind_keys[i].key);
		bool goes = o->kind == kind_keys[i].kind || o->kind == kind_keys[i].or_kind;

		if (value && !goes)
			findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, value->key_at, (struct str){0},
				     "\"%s\" goes with kind %s; channel \"%.*s\" is of kind %s", kind_keys[i].key,
				     channel_kind_name(kind_keys[i].kind), ID(o->id), channel_kind_name(o->kind));
		if (!value && goes && kind_keys[i].needed)
			check_missing(c, n, kind_keys[i].key, "its kind needs it");
	}
	if (o->kind == CHANNEL_LEGACY && c->p->n_history == 0)
		findings_add(c->f, FINDING_LEGACY_WITHOUT_HISTORY, o->at, STR("say in policy.history what was promised"),
			     "what comes in by channel \"%.*s\" is bound by policy.history, and there is none", ID(o->id));
}

void check_channels(struct compile *c)
{
	for (size_t i = 0; i < c->p->n_channels; i++) {
		const struct policy_channel *o = &c->p->channels[i];
		const struct node *n = check_node(c, "channels", o->id);

		if (words_find(words_channel_kind, node_text(n, "kind")) >= 0)
			channel(c, n, o);
	}
	if (c->broken)
		return; /* what is bound where would be guesswork */
	for (size_t i = 0; i < c->p->n_categories && !c->no_memory; i++)
		category(c, (int)i);
}
