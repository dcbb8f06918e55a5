#include "deid/treat.h"

#include <stdlib.h>

enum { DIGITS_MOST = 20, HASH_SHOWN = 8 };

static const struct str digits_of = {"digits(", 7}, levels_of = {"levels(", 7}, bands_of = {"bands(", 6};

static void add_part(struct buf *b, const char *key, struct str value)
{
	if (!value.n)
		return;
	buf_byte(b, ',');
	buf_text(b, key);
	buf_byte(b, '=');
	buf_str(b, value);
}

/* Appends to B what O says as one text; false when it says nothing that can be done to a value alone. */
static bool how_of(const struct policy_output *o, struct buf *b)
{
	switch (o->kind) {
	case OUTPUT_KEEP:
		buf_text(b, "keep");
		return true;
	case OUTPUT_TO:
		buf_text(b, "date(");
		buf_str(b, o->to);
		break;
	case OUTPUT_BANDS:
		buf_str(b, bands_of);
		buf_str(b, o->bands);
		add_part(b, "bottom", o->bottom);
		add_part(b, "top", o->top);
		break;
	case OUTPUT_DIGITS:
		buf_str(b, digits_of);
		buf_u64(b, o->digits);
		break;
	case OUTPUT_LEVEL:
		buf_str(b, levels_of);
		buf_str(b, o->file);
		buf_byte(b, ',');
		buf_u64(b, o->level);
		buf_byte(b, ',');
		buf_hex(b, o->hash, HASH_SHOWN);
		break;
	default:
		return false;
	}
	buf_byte(b, ')');
	return true;
}

result deid_treatment_of(const struct policy_output *o, struct str item, struct arena *a, struct deid_treatment *out, struct error *e)
{
	struct buf how;
	result r;

	buf_init(&how);
	if (!how_of(o, &how))
		r = error_set(e, CODE_HIERARCHY_INVALID, "the column \"%.*s\" takes keep, to, bands, digits or a hierarchy with its level",
			      (int)item.n, item.p);
	else if (!buf_ok(&how))
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	else
		r = deid_treatment_parse(item, buf_view(&how), a, out, e);
	buf_free(&how);
	if (!ok(r))
		return r;
	out->levels = out->by_level ? o : NULL;
	out->sensitive = o->l > 0 || o->t.n > 0;
	return RESULT_OK;
}

result deid_treatment_parse(struct str item, struct str how, struct arena *a, struct deid_treatment *out, struct error *e)
{
	uint64_t n;

	*out = (struct deid_treatment){.item = str_copy(a, item), .how = str_copy(a, how)};
	if (!out->item.p || !out->how.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	out->keep = str_is(how, "keep");
	out->by_level = str_starts(how, levels_of);
	out->whole = str_starts(how, bands_of);
	if (out->keep || out->by_level)
		return RESULT_OK;
	if (!str_starts(how, digits_of))
		return deid_rule_parse(a, out->how, &out->rule, e);
	if (how.n <= digits_of.n || !str_to_u64(str_sub(how, digits_of.n, how.n - digits_of.n - 1), DIGITS_MOST, &n) || n == 0)
		return error_set(e, CODE_HIERARCHY_INVALID, "digits takes a number from 1 to %d", DIGITS_MOST);
	out->digits = (size_t)n;
	return RESULT_OK;
}

static int by_value(const void *key, const void *leaf)
{
	return str_cmp(*(const struct str *)key, ((const struct policy_leaf *)leaf)->value);
}

static bool treat_by_level(const struct deid_treatment *t, struct str value, struct buf *b)
{
	const struct policy_leaf *leaf =
		t->levels ? bsearch(&value, t->levels->leaves, t->levels->n_leaves, sizeof *leaf, by_value) : NULL;

	if (leaf)
		buf_str(b, leaf->label);
	return leaf != NULL;
}

/* The whole number at or below VALUE, which has a point, into B; false when it is no plain number. */
static bool whole_of(struct str value, struct buf *b)
{
	size_t point = str_find(value, '.'), sign = value.n && value.p[0] == '-';
	struct str below = str_sub(value, point + 1, value.n);
	bool some = false;
	uint64_t n;

	for (size_t i = 0; i < below.n; i++) {
		if (below.p[i] < '0' || below.p[i] > '9')
			return false;
		some = some || below.p[i] != '0';
	}
	if (!below.n || !str_to_u64(str_sub(value, sign, point - sign), INT64_MAX, &n))
		return false;
	buf_text(b, sign ? "-" : "");
	buf_u64(b, n + (sign && some));
	return true;
}

static bool treat_by_rule(const struct deid_treatment *t, struct str value, struct buf *b)
{
	struct buf whole;
	bool fine;

	buf_init(&whole);
	if (value.n > 10 && value.p[10] == 'T') /* of a time the rule takes the day */
		value = str_sub(value, 0, 10);
	if (t->whole && str_find(value, '.') < value.n && whole_of(value, &whole))
		value = buf_view(&whole);
	fine = deid_rule_accepts(t->rule, value);
	if (fine)
		deid_rule_label(t->rule, 0, value, b);
	b->failed = b->failed || !buf_ok(&whole);
	buf_wipe(&whole);
	return fine;
}

bool deid_treat(const struct deid_treatment *t, struct str value, struct buf *b)
{
	size_t n = 0, at = 0;

	if (t->by_level)
		return treat_by_level(t, value, b);
	if (t->rule)
		return treat_by_rule(t, value, b);
	for (; at < value.n; at++) {
		n += ((unsigned char)value.p[at] & 0xC0) != 0x80; /* a character begins */
		if (t->digits && n > t->digits)
			break;
	}
	buf_str(b, str_sub(value, 0, at));
	return true;
}

bool deid_treat_all(const struct deid_treatment *t, struct str elements, struct buf *b)
{
	bool fine = true, first = true;

	while (elements.n && fine) {
		size_t n = str_find(elements, DEID_ELEMENT_END);

		if (!first)
			buf_byte(b, '|');
		fine = deid_treat(t, str_sub(elements, 0, n), b);
		elements = str_sub(elements, n + 1, elements.n);
		first = false;
	}
	return fine && !first;
}
