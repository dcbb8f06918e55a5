/* Columns of de-identified sets: a treatment that contradicts itself or its item's type, and models that cannot hold. */
#include "policy/check.h"

#include <string.h>

/* One column: the node that says what becomes of it, and its item. */
struct column {
	struct compile *c;
	const struct policy_derived *set;
	const struct policy_output *output;
	const struct policy_item *item;
	const struct node *n;
	enum item_type type; /* of one value: of a list, its elements' */
};

static void wrong(const struct column *k, struct place at, const char *hint, const char *what)
{
	findings_add(k->c->f, FINDING_SET_TREATMENT, at, str_of(hint), "item \"%.*s\" of set \"%.*s\" %s", ID(k->item->id), ID(k->set->id),
		     what);
}

static bool is_day(const struct column *k)
{
	return k->type == ITEM_DATE || k->type == ITEM_DATETIME;
}

/* The number that KEY of K gives, whole and within the bounds of bands, into *OUT; false when it gives none. */
static bool whole(const struct column *k, const char *key, int64_t *out)
{
	enum { MOST = 1000000000 };
	struct str s = node_text(k->n, key);
	bool minus = s.n && s.p[0] == '-';
	double number;
	uint64_t v;

	if (!build_number(s, &number)) /* reported before */
		return false;
	if (!str_to_u64(minus ? str_sub(s, 1, s.n) : s, MOST, &v)) {
		wrong(k, node_get(k->n, key)->at, "a whole number of at most 1,000,000,000", "has bands that are not of whole numbers");
		return false;
	}
	*out = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

/* An end of the bands that is not where a band begins. */
static void end_of_bands(const struct column *k, const char *key, int64_t end, int64_t width)
{
	int64_t below = end % width < 0 ? end - (end % width + width) : end - end % width;
	struct buf hint;

	if (below == end)
		return;
	buf_init(&hint);
	buf_printf(&hint, "%s: %lld or %s: %lld", key, (long long)below, key, (long long)(below + width));
	wrong(k, node_get(k->n, key)->at, buf_c(&hint), "has bands that do not divide: one would be narrower than the others");
	buf_free(&hint);
}

static void bands(const struct column *k)
{
	int64_t width = 0, bottom = 0, top = 0;
	bool has_bottom, has_top;

	if (!whole(k, "bands", &width))
		return;
	if (width < 2) {
		wrong(k, node_get(k->n, "bands")->at, "a width of 2 or more", "has bands that hold one value each");
		return;
	}
	has_bottom = whole(k, "bottom", &bottom);
	has_top = whole(k, "top", &top);
	if (has_bottom && has_top && bottom >= top) {
		wrong(k, node_get(k->n, "bottom")->at, "bottom lies below top", "has a bottom that is not below its top");
		return;
	}
	if (has_bottom)
		end_of_bands(k, "bottom", bottom, width);
	if (has_top)
		end_of_bands(k, "top", top, width);
}

/* A code with values of its own that the hierarchy does not name. */
static void leaves(const struct column *k)
{
	for (size_t i = 0; k->output->kind == OUTPUT_LEVEL && i < k->item->n_values; i++) {
		struct str value = k->item->values[i];
		bool named = false;

		for (size_t j = 0; j < k->output->n_leaves && !named; j++)
			named = str_eq(k->output->leaves[j].value, value);
		if (!named)
			findings_add(k->c->f, FINDING_SET_HIERARCHY, node_get(k->n, "hierarchy")->at, STR("add a line that begins with it"),
				     "the hierarchy of item \"%.*s\" has no line for its value \"%.*s\"", ID(k->item->id), ID(value));
	}
}

/* The ways to make a value coarser, with the types that they take. */
static const struct {
	const char *key;
	bool days, numbers, words;
	const char *hint, *what;
} ways[] = {
	{"to", true, false, false, "`to` is for dates; a number takes bands, a code digits or a hierarchy", "is no date, which `to` needs"},
	{"bands", false, true, false, "`bands` is for numbers; a date takes to, a code digits or a hierarchy", "is no number, which `bands` needs"},
	{"digits", false, false, true, "`digits` is for codes and texts; a date takes to, a number bands",
	 "is a date or a number, whose first characters say nothing of it"},
	{"hierarchy", false, true, true, "`hierarchy` is for codes, texts and numbers; a date takes to", "is a date, which a hierarchy cannot list"},
};

static bool takes(const struct column *k, size_t way)
{
	if (is_day(k))
		return ways[way].days;
	return k->type == ITEM_NUMBER ? ways[way].numbers : ways[way].words;
}

/* Keys that go with another key only. */
static void lone_keys(const struct column *k)
{
	static const struct {
		const char *key, *with, *hint, *what;
	} pairs[] = {
		{"bottom", "bands", "add bands: WIDTH", "has a bottom and no bands"},
		{"top", "bands", "add bands: WIDTH", "has a top and no bands"},
		{"level", "hierarchy", "add hierarchy: FILE", "has a level and no hierarchy"},
		{"hierarchy", "level", "add level: 1 for what stands right above the values", "has a hierarchy and no level of it"},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (node_get(k->n, pairs[i].key) && !node_get(k->n, pairs[i].with))
			wrong(k, node_get(k->n, pairs[i].key)->key_at, pairs[i].hint, pairs[i].what);
}

/* What is said to make the values of K coarser: one way, that its type can take. */
static void coarser(const struct column *k)
{
	size_t found = 0;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct node *way = node_get(k->n, ways[i].key);

		if (!way)
			continue;
		if (found++)
			wrong(k, way->key_at, "take one of to, bands, digits and hierarchy", "is made coarser in two ways at once");
		else if (!takes(k, i))
			wrong(k, way->key_at, ways[i].hint, ways[i].what);
	}
	lone_keys(k);
	if (!found && !k->n->n)
		wrong(k, k->n->at, "write keep, or one of to, bands, digits and hierarchy", "says nothing of what becomes of it");
	if (k->type == ITEM_NUMBER && node_get(k->n, "bands"))
		bands(k);
	leaves(k);
}

static void treatment(const struct column *k)
{
	if (k->type == ITEM_FILE)
		wrong(k, k->n->key_at, "leave it out", "is a file, and files go into no set");
	else if (k->n->kind == NODE_MAP)
		coarser(k);
	else if (k->output->kind == OUTPUT_SHIFT && !is_day(k))
		wrong(k, k->n->at, "`shift` is for dates", "is to move by days, and is no date");
}

/* Models ---------------------------------------------------------------------------------------------------- */

/* Reports of N, what the model LIST asks for a column, at AT that it is WHAT. */
static void wrong_model(struct compile *c, struct place at, const char *hint, const struct node *list, const struct node *n, const char *what)
{
	findings_add(c->f, FINDING_SET_MODEL, at, str_of(hint), "model \"%.*s\" of item \"%.*s\" %s", ID(list->key), ID(n->key), what);
}

/* The column of O about the item ID of its category, or NULL. */
static const struct policy_output *column_of(const struct compile *c, const struct policy_derived *o, struct str id)
{
	for (size_t i = 0; i < o->n_outputs; i++)
		if (str_eq(c->p->categories[o->from].items[o->outputs[i].item].id, id))
			return &o->outputs[i];
	return NULL;
}

static void models_of(struct compile *c, const struct policy_derived *o, const struct node *list)
{
	bool is_t = str_is(list->key, "t");

	for (NODE_EACH(n, list)) {
		const struct policy_output *x = column_of(c, o, n->key);
		const struct policy_item *item = x ? &c->p->categories[o->from].items[x->item] : NULL;
		double t;

		if (!x && policy_item_find(&c->p->categories[o->from], n->key) == POLICY_NONE)
			continue; /* reported before */
		if (!x)
			wrong_model(c, n->key_at, "name a column of `output`", list, n, "is about no column of the set");
		else if (is_t && build_number(n->text, &t) && (t <= 0 || t >= 1))
			wrong_model(c, n->at, "a number between 0 and 1, such as 0.2", list, n, "asks for what always or never holds");
		else if (is_t && n->text.n > str_find(n->text, '.') + 10)
			wrong_model(c, n->at, "at most nine places", list, n, "has more places than are counted");
		else if (!is_t && item->n_values && x->l > item->n_values)
			wrong_model(c, n->at, "ask for no more than the item has values", list, n, "asks for more different values than there are");
	}
}

static void models(struct compile *c, const struct policy_derived *o, const struct node *model)
{
	const struct node *l = node_get(model, "l"), *t = node_get(model, "t");
	size_t under = 0;

	if (l)
		models_of(c, o, l);
	if (t)
		models_of(c, o, t);
	for (size_t i = 0; i < o->n_outputs; i++)
		under += o->outputs[i].l || o->outputs[i].t.n;
	if (under && under == o->n_outputs)
		findings_add(c->f, FINDING_SET_MODEL, node_place(model), STR("leave l and t away from one column at least"),
			     "all columns of set \"%.*s\" are under l or t: none is left to form classes", ID(o->id));
}

void check_outputs(struct compile *c, const struct policy_derived *o, const struct node *set)
{
	const struct node *output = node_get(set, "output");

	for (size_t i = 0; i < o->n_outputs; i++) {
		const struct policy_item *item = &c->p->categories[o->from].items[o->outputs[i].item];
		const struct column k = {c, o, &o->outputs[i], item, node_find(output, item->id),
					 item->type == ITEM_LIST ? item->list_of : item->type};

		if (k.n)
			treatment(&k);
	}
	models(c, o, node_get(set, "model"));
}
