/* Items: what goes with a type, and what the law asks of a class. */
#include "policy/check.h"

/* Keys that belong to one type, and whether that type needs them. */
static const struct {
	const char *key;
	enum item_type type;
	bool needed;
} typed_keys[] = {
	{"of", ITEM_PERSON, true},    {"items_of", ITEM_LIST, true}, {"values", ITEM_CODE, true},
	{"media", ITEM_FILE, false},  {"min", ITEM_NUMBER, false},   {"max", ITEM_NUMBER, false},
};

static void type_keys(struct compile *c, const struct node *n, const struct policy_item *o)
{
	for (size_t i = 0; i < sizeof typed_keys / sizeof *typed_keys; i++) {
		const struct node *value = node_get(n, typed_keys[i].key);

		if (value && o->type != typed_keys[i].type)
			findings_add(c->f, FINDING_KEY_OF_OTHER_TYPE, value->key_at, (struct str){0},
				     "\"%s\" goes with type %s; item \"%.*s\" is of type %s", typed_keys[i].key,
				     item_type_name(typed_keys[i].type), ID(o->id), item_type_name(o->type));
		if (!value && o->type == typed_keys[i].type && typed_keys[i].needed)
			check_missing(c, n, typed_keys[i].key, "its type needs it");
	}
	if (o->has_min && o->has_max && o->max < o->min)
		findings_add(c->f, FINDING_BAD_NUMBER, check_place(n, "max"), (struct str){0}, "max is less than min");
}

static bool indexable(const struct policy_item *o)
{
	return o->type != ITEM_LONG_TEXT && o->type != ITEM_LIST && o->type != ITEM_FILE && o->type != ITEM_PERSON &&
	       !o->many;
}

static void lookup(struct compile *c, const struct node *n, const struct policy_item *o)
{
	if (o->lookup && !indexable(o))
		findings_add(c->f, FINDING_LOOKUP_TYPE, node_get(n, "lookup")->key_at,
			     STR("look up by a short single value, such as a number, name or address"),
			     "item \"%.*s\" cannot be looked up: %s", ID(o->id),
			     o->many ? "it holds several values" : item_type_name(o->type));
	if (o->unique && !o->lookup)
		findings_add(c->f, FINDING_UNIQUE_WITHOUT_LOOKUP, node_get(n, "unique")->key_at, STR("add lookup: true"),
			     "item \"%.*s\" is unique but has no look-up index", ID(o->id));
}

/* An exception that lets special care be acquired stands in for the ground of 20(2). */
static bool acquired_by_exception(const struct policy *p)
{
	for (size_t i = 0; i < p->n_exceptions; i++)
		if ((p->exceptions[i].covers & COVERS_ACQUIRE) && (p->exceptions[i].opens >> DATA_SPECIAL_CARE & 1))
			return true;
	return false;
}

/* A ground is named, whether or not what it names is declared. */
static bool has_ground(const struct node *n)
{
	const struct node *acquire = node_get(n, "acquire");

	return node_get(acquire, "consent") || node_get(acquire, "statute");
}

static void class_rules(struct compile *c, const struct node *n, const struct policy_item *o)
{
	int declared = words_find(words_data_class, node_text(n, "class"));
	bool by_type = o->type == ITEM_INDIVIDUAL_NUMBER;

	if (declared >= 0 && (by_type != (declared == DATA_INDIVIDUAL_NUMBER)) &&
	    (by_type || declared == DATA_INDIVIDUAL_NUMBER))
		findings_add(c->f, FINDING_CLASS_CONFLICT, check_place(n, "class"),
			     STR("the class individual_number goes with the type individual_number, and only with it"),
			     "item \"%.*s\" is of type %s and class %s", ID(o->id), item_type_name(o->type),
			     words_data_class[declared]);
	if (o->class_ == DATA_SPECIAL_CARE && !has_ground(n) && !acquired_by_exception(c->p))
		findings_add(c->f, FINDING_SPECIAL_CARE_WITHOUT_GROUND, node_place(n),
			     STR("say acquire: {consent: …} or acquire: {statute: …} (APPI 20(2))"),
			     "item \"%.*s\" is special-care information and has no ground for its acquisition", ID(o->id));
	if (o->acquire_by_conduct && o->acquire_notice == POLICY_NONE)
		check_missing(c, node_get(n, "acquire"), "notice", "a consent by conduct is given under a notice");
}

static void by_conduct(struct compile *c, const struct policy_category *k, const struct node *n,
		       const struct policy_item *o)
{
	struct buf path;

	if (!o->acquire_by_conduct)
		return;
	buf_init(&path);
	buf_printf(&path, "%.*s.items.%.*s", ID(k->id), ID(o->id));
	findings_add(c->f, FINDING_CONSENT_BY_CONDUCT, check_place(node_get(n, "acquire"), "given"),
		     STR("answer in decisions.yaml"), "is the conduct under the notice really a consent to item \"%.*s\"?",
		     ID(o->id));
	findings_about(c->f, "categories", buf_view(&path));
	buf_free(&path);
}

static void external_id(struct compile *c, const struct node *n, const struct policy_category *k)
{
	const struct policy_item *o;

	if (k->external_id == POLICY_NONE)
		return;
	o = &k->items[k->external_id];
	if (!o->lookup || !o->unique || o->many)
		findings_add(c->f, FINDING_EXTERNAL_ID, check_place(n, "external_id"),
			     STR("give the item lookup: true and unique: true"),
			     "the external id \"%.*s\" must be one value that is looked up and unique", ID(o->id));
}

void check_items(struct compile *c)
{
	for (size_t i = 0; i < c->p->n_categories; i++) {
		const struct policy_category *k = &c->p->categories[i];
		const struct node *n = check_node(c, "categories", k->id), *items = node_get(n, "items");

		external_id(c, n, k);
		for (NODE_EACH(e, items && items->kind == NODE_MAP ? items : NULL)) {
			const struct policy_item *o = &k->items[e->position];

			if (e->kind != NODE_MAP || words_find(words_item_type, node_text(e, "type")) < 0)
				continue;
			type_keys(c, e, o);
			lookup(c, e, o);
			class_rules(c, e, o);
			by_conduct(c, k, e, o);
		}
	}
}
