/* What is held and how it comes in: events, notices, channels, categories, items. */
#include "policy/build.h"
#include "policy/words.h"

/* Sets the id, `was` and place of each thing that SECTION declares. */
#define NAMES(section, array, count)                                                   \
	do {                                                                           \
		const struct node *map_ = node_get(c->p->root, section);               \
		if (!map_ || map_->kind != NODE_MAP)                                   \
			break;                                                         \
		(array) = compile_array(c, map_->n, sizeof *(array));                  \
		if (!(array))                                                          \
			return;                                                        \
		(count) = map_->n;                                                     \
		for (NODE_EACH(n_, map_)) {                                            \
			(array)[n_->position].id = n_->key;                            \
			(array)[n_->position].was = node_text(n_, "was");              \
			(array)[n_->position].at = n_->key_at;                         \
		}                                                                      \
	} while (0)

static void item_names(struct compile *c, struct policy_category *k)
{
	const struct node *items = node_get(node_find(node_get(c->p->root, "categories"), k->id), "items");

	if (!items || items->kind != NODE_MAP)
		return;
	k->items = compile_array(c, items->n, sizeof *k->items);
	if (!k->items)
		return;
	k->n_items = items->n;
	for (NODE_EACH(n, items)) {
		k->items[n->position].id = n->key;
		k->items[n->position].was = node_text(n, "was");
		k->items[n->position].at = n->key_at;
	}
}

void build_names(struct compile *c)
{
	struct policy *p = c->p;

	NAMES("events", p->events, p->n_events);
	NAMES("notices", p->notices, p->n_notices);
	NAMES("channels", p->channels, p->n_channels);
	NAMES("categories", p->categories, p->n_categories);
	NAMES("purposes", p->purposes, p->n_purposes);
	NAMES("consents", p->consents, p->n_consents);
	NAMES("roles", p->roles, p->n_roles);
	NAMES("exceptions", p->exceptions, p->n_exceptions);
	for (size_t i = 0; i < p->n_categories; i++)
		item_names(c, &p->categories[i]);
}

const struct node *build_section(const struct compile *c, const char *section)
{
	const struct node *map = node_get(c->p->root, section);

	return map && map->kind == NODE_MAP ? map : NULL;
}

int build_word(const struct node *map, const char *key, const char *const *words, int fallback)
{
	int i = words_find(words, node_text(map, key));

	return i < 0 ? fallback : i;
}

uint32_t build_word_bits(const struct node *n, const char *const *words)
{
	uint32_t bits = 0;

	if (n && n->kind == NODE_SCALAR) { /* all */
		for (int i = 0; words[i]; i++)
			bits |= UINT32_C(1) << i;
		return bits;
	}
	for (NODE_EACH(e, n)) {
		int i = words_find(words, e->text);

		if (i >= 0)
			bits |= UINT32_C(1) << i;
	}
	return bits;
}

static void events(struct compile *c)
{
	for (NODE_EACH(n, build_section(c, "events")))
		c->p->events[n->position].cancelled_by = policy_event_find(c->p, node_text(n, "cancelled_by"));
}

static void notices(struct compile *c)
{
	for (NODE_EACH(n, build_section(c, "notices"))) {
		struct policy_notice *o = &c->p->notices[n->position];

		o->told = node_is_true(node_get(n, "told"));
		build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
		build_text(c, node_get(n, "voluntary"), &o->voluntary);
	}
}

static void channels(struct compile *c)
{
	for (NODE_EACH(n, build_section(c, "channels"))) {
		struct policy_channel *o = &c->p->channels[n->position];

		o->kind = (enum channel_kind)build_word(n, "kind", words_channel_kind, CHANNEL_FORM);
		o->written = node_is_true(node_get(n, "written"));
		o->notice = policy_notice_find(c->p, node_text(n, "notice"));
		build_purposes(c, node_get(n, "purposes"), &o->purposes, &o->n_purposes);
		o->before = build_date(n, "before");
	}
}

static void item_ground(struct compile *c, const struct node *n, struct policy_item *o)
{
	o->acquire_consent = policy_consent_find(c->p, node_text(n, "consent"));
	o->acquire_statute = node_text(n, "statute");
	o->acquire_by_conduct = node_get(n, "given") != NULL;
	o->acquire_notice = policy_notice_find(c->p, node_text(n, "notice"));
	if (o->acquire_consent != POLICY_NONE)
		o->acquire = GROUND_CONSENT;
	else if (o->acquire_statute.n)
		o->acquire = GROUND_STATUTE;
}

static void code_values(struct compile *c, const struct node *n, struct policy_item *o)
{
	if (!n || n->kind != NODE_MAP)
		return;
	o->values = compile_array(c, n->n, sizeof *o->values);
	if (!o->values)
		return;
	o->n_values = n->n;
	for (NODE_EACH(v, n))
		o->values[v->position] = v->key;
}

static void item(struct compile *c, const struct node *n, struct policy_item *o)
{
	struct str identifies = node_text(n, "identifies");

	o->type = (enum item_type)build_word(n, "type", words_item_type, ITEM_TEXT);
	o->class_ = (enum data_class)build_word(n, "class", words_data_class, DATA_ORDINARY);
	if (o->type == ITEM_INDIVIDUAL_NUMBER)
		o->class_ = DATA_INDIVIDUAL_NUMBER;
	o->required = node_is_true(node_get(n, "required"));
	o->lookup = node_is_true(node_get(n, "lookup"));
	o->unique = node_is_true(node_get(n, "unique"));
	o->many = node_is_true(node_get(n, "many"));
	o->direct = str_is(identifies, "direct");
	o->quasi = str_is(identifies, "quasi");
	build_text(c, node_get(n, "label"), &o->label);
	build_clock(c, node_get(n, "keep"), &o->keep);
	item_ground(c, node_get(n, "acquire"), o);
	o->person_of = policy_category_find(c->p, node_text(n, "of"));
	o->list_of = (enum item_type)build_word(n, "items_of", words_item_type, ITEM_TEXT);
	o->has_min = build_number(node_text(n, "min"), &o->min);
	o->has_max = build_number(node_text(n, "max"), &o->max);
	code_values(c, node_get(n, "values"), o);
	build_strings(c, node_get(n, "media"), &o->media, &o->n_media);
}

static void category_channels(struct compile *c, const struct node *n, struct policy_category *o)
{
	if (!n || n->kind == NODE_SCALAR)
		return;
	o->channels = compile_array(c, n->n, sizeof *o->channels);
	if (!o->channels)
		return;
	for (NODE_EACH(e, n)) {
		struct policy_category_channel *k = &o->channels[o->n_channels];

		k->channel = policy_channel_find(c->p, n->kind == NODE_MAP ? e->key : e->text);
		k->notice = policy_notice_find(c->p, node_text(e, "notice"));
		if (k->channel != POLICY_NONE)
			o->n_channels++;
	}
}

static void category(struct compile *c, const struct node *n, struct policy_category *o)
{
	const struct node *at_least = node_get(n, "at_least"), *covered = node_get(at_least, "items");
	const struct node *entrusted = node_get(n, "entrusted"), *items = node_get(n, "items");
	struct policy_text task = {0};

	build_text(c, node_get(n, "people"), &o->people);
	for (NODE_EACH(i, items && items->kind == NODE_MAP ? items : NULL))
		item(c, i, &o->items[i->position]);
	o->external_id = policy_item_find(o, node_text(n, "external_id"));
	category_channels(c, node_get(n, "channels"), o);
	build_clock(c, node_get(n, "keep"), &o->keep);
	build_clock(c, at_least, &o->at_least.clock);
	o->at_least.set = o->at_least.clock.set;
	if (covered && covered->kind == NODE_LIST)
		o->at_least.items = build_bits(c, (int)n->position, covered);
	if (!entrusted)
		return;
	o->entrusted.set = true;
	o->entrusted.by = node_text(entrusted, "by");
	build_text(c, node_get(entrusted, "task"), &task);
	o->entrusted.task = task.in[c->p->default_language];
	build_purposes(c, node_get(entrusted, "purposes"), &o->entrusted.purposes, &o->entrusted.n_purposes);
}

void build_data(struct compile *c)
{
	events(c);
	notices(c);
	channels(c);
	for (NODE_EACH(n, build_section(c, "categories")))
		category(c, n, &c->p->categories[n->position]);
}
