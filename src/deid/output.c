#include "deid/output.h"

#include <jansson.h>
#include <string.h>

#include "deid/detect.h"
#include "deid/treat.h"

enum fate { TREAT, SHIFT, DROP };

struct column {
	enum fate fate;
	struct deid_treatment how; /* of TREAT */
};

struct deid_output {
	struct column *columns; /* in the order of the category, as a run has them */
	size_t n;
};

/* What the policy says ------------------------------------------------------------------------------------- */

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
}

static result cannot(const struct policy_item *item, const char *why, struct error *e)
{
	return error_set(e, CODE_POLICY_INVALID, "the column \"%.*s\" %s", (int)item->id.n, item->id.p, why);
}

static result make_column(const struct policy_output *o, const struct policy_item *item, struct arena *a, struct column *c,
			  struct error *e)
{
	bool day = item->type == ITEM_DATE || item->type == ITEM_DATETIME;

	if (item->direct || item->type == ITEM_PERSON || item->type == ITEM_CARD || item->class_ == DATA_PROPERTY ||
	    item->class_ == DATA_INDIVIDUAL_NUMBER || item->type == ITEM_INDIVIDUAL_NUMBER)
		return cannot(item, "may be in no such set", e); /* the checker refuses it too */
	if (item->type == ITEM_FILE) {
		c->fate = DROP;
		return RESULT_OK;
	}
	if (o->kind == OUTPUT_SHIFT) {
		c->fate = SHIFT;
		return day ? RESULT_OK : cannot(item, "is to move by days, and is no date", e);
	}
	return deid_treatment_of(o, item->id, a, &c->how, e);
}

result deid_output_make(const struct policy *p, const struct policy_derived *set, struct arena *a, struct deid_output **out,
			struct error *e)
{
	const struct policy_category *category = &p->categories[set->from];
	struct deid_output *o = arena_new(a, struct deid_output);

	*out = o;
	if (!o)
		return no_memory(e);
	o->columns = arena_array(a, set->n_outputs + 1, sizeof *o->columns);
	if (!o->columns)
		return no_memory(e);
	for (; o->n < set->n_outputs; o->n++)
		TRY(make_column(&set->outputs[o->n], &category->items[set->outputs[o->n].item], a, &o->columns[o->n], e));
	return RESULT_OK;
}

/* Values ---------------------------------------------------------------------------------------------------- */

/* One text of a value, on its way. */
struct cell {
	const struct column *column;
	int32_t days;
	uint64_t *emptied;
};

/* TEXT, a day with or without a time, moved into B; false when it is none. */
static bool shift(const struct cell *c, struct str text, struct buf *b)
{
	date d;

	if (text.n < 10 || !date_parse(str_sub(text, 0, 10), &d))
		return false;
	date_write(b, d + c->days);
	buf_str(b, str_sub(text, 10, text.n)); /* the time of day stays */
	return true;
}

/* What becomes of TEXT, into B; false: nothing may. */
static bool treat(const struct cell *c, struct str text, struct buf *b)
{
	switch (c->column->fate) {
	case SHIFT:
		return shift(c, text, b);
	case TREAT:
		return deid_treat(&c->column->how, text, b);
	default:
		return false;
	}
}

/* The value V, a string or a number, treated, or NULL when it had to go; the caller's to json_decref.  *FAILED without memory. */
static json_t *treat_one(const struct cell *c, const json_t *v, bool *failed)
{
	char *number = json_is_number(v) ? json_dumps(v, JSON_ENCODE_ANY) : NULL;
	struct str text = number ? str_of(number) : (struct str){json_string_value(v), json_string_length(v)};
	json_t *made = NULL;
	struct buf b;

	buf_init(&b);
	if (text.p && treat(c, text, &b) && !deid_detect(buf_view(&b))) {
		/* a number that is kept stays one */
		made = number && c->column->fate == TREAT && c->column->how.keep ? json_deep_copy(v) : json_stringn(b.p ? b.p : "", b.n);
		*failed = *failed || !made;
	} else {
		++*c->emptied;
	}
	*failed = *failed || !buf_ok(&b) || (json_is_number(v) && !number);
	buf_wipe(&b);
	free(number);
	return made;
}

/* As treat_one for V of any form: of a list what may stay. */
static json_t *treat_value(const struct cell *c, const json_t *v, bool *failed)
{
	json_t *list, *one;
	size_t i;

	if (!json_is_array(v))
		return treat_one(c, v, failed);
	list = json_array();
	*failed = *failed || !list;
	for (i = 0; list && i < json_array_size(v); i++) {
		one = treat_one(c, json_array_get(v, i), failed);
		if (one && json_array_append_new(list, one) != 0)
			*failed = true;
	}
	return list;
}

static result treat_column(const struct column *column, struct set_values *v, size_t i, struct error *e)
{
	const struct cell c = {column, v->days, &v->emptied};
	json_t *value = json_loadb(v->in[i].p, v->in[i].n, JSON_DECODE_ANY, NULL), *made;
	bool failed = !value;
	char *text = NULL;

	v->out[i] = (struct str){NULL, 0};
	made = value ? treat_value(&c, value, &failed) : NULL;
	if (made && !failed)
		text = json_dumps(made, JSON_COMPACT | JSON_ENCODE_ANY);
	failed = failed || (made && !text);
	if (text)
		v->out[i] = str_copy(v->arena, str_of(text));
	failed = failed || (text && !v->out[i].p);
	free(text);
	json_decref(made);
	json_decref(value);
	return failed ? no_memory(e) : RESULT_OK;
}

static result make_values(void *ctx, struct set_values *v, struct error *e)
{
	const struct deid_output *o = ctx;

	if (v->n != o->n)
		return error_set(e, CODE_INTERNAL, "a set has other columns than its output");
	for (size_t i = 0; i < v->n; i++) {
		v->out[i] = (struct str){NULL, 0};
		if (v->in[i].p)
			TRY(treat_column(&o->columns[i], v, i, e));
	}
	return RESULT_OK;
}

struct set_output deid_output_of(struct deid_output *o)
{
	return (struct set_output){make_values, o};
}
