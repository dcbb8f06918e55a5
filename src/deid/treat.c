#include "deid/treat.h"

enum { DIGITS_MOST = 20 };

static void add_part(struct buf *b, const struct node *n, const char *key)
{
	struct str value = node_text(n, key);

	if (!value.n)
		return;
	buf_byte(b, ',');
	buf_text(b, key);
	buf_byte(b, '=');
	buf_str(b, value);
}

void deid_treat_bands(const struct node *n, struct buf *b)
{
	buf_text(b, "bands(");
	buf_str(b, node_text(n, "bands"));
	add_part(b, n, "bottom");
	add_part(b, n, "top");
	buf_byte(b, ')');
}

/* Appends to B what N says as one text; false when it says what cannot be done here. */
static bool how_of(const struct node *n, struct buf *b)
{
	struct str to = node_text(n, "to"), digits = node_text(n, "digits");

	if (!n || n->kind != NODE_MAP) {
		buf_text(b, "keep");
		return true;
	}
	if (node_text(n, "bands").n) {
		deid_treat_bands(n, b);
		return true;
	}
	if (to.n) {
		buf_text(b, "date(");
		buf_str(b, to);
	} else if (digits.n) {
		buf_text(b, "digits(");
		buf_str(b, digits);
	} else {
		return false;
	}
	buf_byte(b, ')');
	return true;
}

result deid_treatment_of(const struct node *n, struct str item, struct arena *a, struct deid_treatment *out, struct error *e)
{
	struct buf how;
	result r;

	buf_init(&how);
	if (how_of(n, &how))
		r = deid_treatment_parse(item, buf_view(&how), a, out, e);
	else
		r = error_set(e, CODE_HIERARCHY_INVALID,
			      "the column \"%.*s\" takes keep, bands, to or digits; a hierarchy file is for the standalone command",
			      (int)item.n, item.p);
	buf_free(&how);
	return r;
}

result deid_treatment_parse(struct str item, struct str how, struct arena *a, struct deid_treatment *out, struct error *e)
{
	static const struct str digits = {"digits(", 7};
	uint64_t n;

	*out = (struct deid_treatment){.item = str_copy(a, item), .how = str_copy(a, how)};
	if (!out->item.p || !out->how.p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	if (str_is(how, "keep"))
		return RESULT_OK;
	if (!str_starts(how, digits))
		return deid_rule_parse(a, out->how, &out->rule, e);
	if (how.n <= digits.n || !str_to_u64(str_sub(how, digits.n, how.n - digits.n - 1), DIGITS_MOST, &n) || n == 0)
		return error_set(e, CODE_HIERARCHY_INVALID, "digits takes a number from 1 to %d", DIGITS_MOST);
	out->digits = (size_t)n;
	return RESULT_OK;
}

bool deid_treat(const struct deid_treatment *t, struct str value, struct buf *b)
{
	size_t n = 0, at = 0;

	if (t->rule) {
		/* of a time the rule takes the day */
		struct str day = value.n > 10 && value.p[10] == 'T' ? str_sub(value, 0, 10) : value;

		if (!deid_rule_accepts(t->rule, day))
			return false;
		deid_rule_label(t->rule, 0, day, b);
		return true;
	}
	for (; at < value.n; at++) {
		n += ((unsigned char)value.p[at] & 0xC0) != 0x80; /* a character begins */
		if (t->digits && n > t->digits)
			break;
	}
	buf_str(b, str_sub(value, 0, at));
	return true;
}
