/* The columns of de-identified sets: the one reading of `output` and `model`. */
#include "policy/build.h"
#include "policy/levels.h"

enum { DIGITS_MOST = 20, LEVELS_MOST = 31 };

static uint32_t count_of(const struct node *n, const char *key, uint32_t most)
{
	uint64_t v;

	return str_to_u64(node_text(n, key), most, &v) ? (uint32_t)v : 0;
}

void policy_output_read(const struct node *n, struct policy_output *out)
{
	if (!n || n->kind != NODE_MAP) {
		out->kind = n && str_is(n->text, "shift") ? OUTPUT_SHIFT : OUTPUT_KEEP;
		return;
	}
	out->to = node_text(n, "to");
	out->bands = node_text(n, "bands");
	out->bottom = node_text(n, "bottom");
	out->top = node_text(n, "top");
	out->digits = count_of(n, "digits", DIGITS_MOST);
	out->file = node_text(n, "hierarchy");
	out->level = count_of(n, "level", LEVELS_MOST);
	/* where several stand, which the checker refuses, the first of these counts */
	if (out->bands.n)
		out->kind = OUTPUT_BANDS;
	else if (out->to.n)
		out->kind = OUTPUT_TO;
	else if (out->digits)
		out->kind = OUTPUT_DIGITS;
	else if (out->file.n && out->level)
		out->kind = OUTPUT_LEVEL;
	else
		out->kind = OUTPUT_NOTHING;
}

/* Reads the hierarchy file that N names into O; what is wrong with it is reported. */
static bool read_levels(struct compile *c, const struct node *n, struct policy_output *o)
{
	const struct source_file *file = source_find(c->files, o->file);
	const char *why = source_why_missing(c->files, o->file);
	const struct levels l = {o->file.p, file ? file->text : (struct str){0}, o->level, node_get(n, "level")->at};

	if (file)
		return levels_read(&l, c->a, o, c->f);
	findings_add(c->f, FINDING_FILE_MISSING, node_get(n, "hierarchy")->at,
		     STR("put it into the policy's directory, and name it by its path there"), "the hierarchy %s is %s", o->file.p,
		     why ? why : "missing");
	return false;
}

void build_outputs(struct compile *c, const struct node *set, struct policy_derived *o)
{
	const struct policy_category *k = &c->p->categories[o->from];
	const struct node *output = node_get(set, "output"), *model = node_get(set, "model");

	o->k = count_of(model, "k", UINT32_MAX);
	o->outputs = compile_array(c, k->n_items, sizeof *o->outputs);
	for (size_t i = 0; o->outputs && i < k->n_items; i++) {
		struct policy_output *x = &o->outputs[o->n_outputs];
		const struct node *n = node_find(output, k->items[i].id);
		const struct node *l = node_find(node_get(model, "l"), k->items[i].id);
		const struct node *t = node_find(node_get(model, "t"), k->items[i].id);
		uint64_t least;

		if (!bits_has(o->items, i))
			continue;
		x->item = (int)i;
		policy_output_read(n, x);
		if (x->kind == OUTPUT_LEVEL && !read_levels(c, n, x))
			x->kind = OUTPUT_NOTHING;
		if (l && str_to_u64(l->text, UINT32_MAX, &least))
			x->l = (uint32_t)least;
		if (t && t->kind == NODE_SCALAR)
			x->t = t->text;
		o->n_outputs++;
	}
}
