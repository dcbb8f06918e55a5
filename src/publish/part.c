#include "publish/part.h"

#include "base/bits.h"
#include "publish/fact.h"
#include "publish/say.h"

static const struct {
	const char *name;
	void (*make)(struct part *p);
} parts[] = {
	{"purposes", part_purposes},
	{"collection", part_collection},
	{"retention", part_retention},
	{"joint_use", part_joint_use},
	{"outsourcing", part_outsourcing},
	{"provision", part_provision},
	{"external_transmission", part_external_transmission},
	{"cookies", part_cookies},
	{"requests", part_requests},
	{"refusals", part_refusals},
	{"security", part_security},
	{"anonymized", part_anonymized},
	{"pseudonymized", part_pseudonymized},
	{"desks", part_desks},
	{"organizations", part_organizations},
	{"complaints", part_complaints},
	{"cameras", part_cameras},
	{"consents", part_consents},
	{"foreign", part_foreign},
};

static int part_find(struct str name)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_is(name, parts[i].name))
			return (int)i;
	return -1;
}

bool part_known(struct str name)
{
	return part_find(name) >= 0;
}

result part_make(const struct wording *w, struct str name, struct str ids, json_t **out, struct error *e)
{
	struct part p = {.in = w, .ids = ids, .blocks = json_array()};
	const char *none = say("nothing", fact_ja(w->policy, w->language));

	*out = NULL;
	if (p.blocks)
		parts[part_find(name)].make(&p);
	if (p.blocks && json_array_size(p.blocks) == 0)
		part_put(&p, p.blocks, document_paragraph(str_of(none)));
	if (!p.blocks || p.failed) {
		json_decref(p.blocks);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a part of a statement");
	}
	*out = p.blocks;
	return RESULT_OK;
}

void part_put(struct part *p, json_t *in, json_t *v)
{
	if (!in || !v) {
		json_decref(v);
		p->failed = true;
	} else if (json_array_append_new(in, v) != 0) {
		p->failed = true;
	}
}

bool part_wants(const struct part *p, struct str id)
{
	struct str rest = p->ids;

	while (rest.n) {
		size_t n = str_find(rest, ' ');

		if (str_eq(str_sub(rest, 0, n), id))
			return true;
		rest = str_trim(str_sub(rest, n, rest.n));
	}
	return p->ids.n == 0;
}

json_t *part_text(struct str text)
{
	return json_pack("[o]", document_text(text));
}

json_t *part_node(struct part *p, const struct node *n)
{
	struct buf b;

	buf_init(&b);
	if (n && !fact_node(&b, p->in->policy, p->in->language, n))
		buf_reset(&b);
	return part_take(&b);
}

/* Appends the people of U and the items of theirs that it names. */
static void write_uses(struct part *p, struct buf *b, const struct policy_uses *u)
{
	const struct policy *policy = p->in->policy;
	const struct policy_category *c = &policy->categories[u->category];
	bool ja = fact_ja(policy, p->in->language);
	size_t start;

	buf_str(b, policy_text_in(policy, &c->people, (int)p->in->language));
	buf_text(b, ja ? "：" : ": ");
	start = b->n;
	for (size_t i = 0; i < c->n_items; i++) {
		if (!bits_has(u->items, i))
			continue;
		if (b->n > start)
			buf_text(b, ja ? "、" : ", ");
		buf_str(b, policy_text_in(policy, &c->items[i].label, (int)p->in->language));
	}
}

json_t *part_uses(struct part *p, const struct policy_uses *uses, size_t n)
{
	json_t *cell = json_array();

	for (size_t u = 0; u < n; u++) {
		struct buf b;

		buf_init(&b);
		write_uses(p, &b, &uses[u]);
		if (u + 1 < n)
			buf_text(&b, fact_ja(p->in->policy, p->in->language) ? "。" : ".");
		part_put(p, cell, document_text(buf_view(&b)));
		p->failed |= !buf_ok(&b);
		buf_free(&b);
		if (u + 1 < n)
			part_put(p, cell, json_pack("{s:b}", "break", 1));
	}
	return cell;
}

json_t *part_take(struct buf *b)
{
	json_t *v = buf_ok(b) ? part_text(buf_view(b)) : NULL;

	buf_free(b);
	return v;
}

bool part_ja(const struct part *p)
{
	return fact_ja(p->in->policy, p->in->language);
}

json_t *part_label(struct part *p, const char *word)
{
	return part_text(str_of(say(word, fact_ja(p->in->policy, p->in->language))));
}

json_t *part_table(struct part *p, const char *const *heads, size_t n)
{
	json_t *table = json_pack("{s:s, s:[], s:[]}", "type", "table", "head", "rows");

	for (size_t i = 0; i < n; i++)
		part_put(p, json_object_get(table, "head"), part_label(p, heads[i]));
	part_put(p, p->blocks, table);
	return json_object_get(table, "rows");
}

json_t *part_list(struct part *p)
{
	json_t *list = json_pack("{s:s, s:b, s:[]}", "type", "list", "ordered", 0, "items");

	part_put(p, p->blocks, list);
	return json_object_get(list, "items");
}

void part_row(struct part *p, json_t *rows, json_t **cells, size_t n)
{
	json_t *row = json_array();

	for (size_t i = 0; i < n; i++)
		part_put(p, row, cells[i]);
	part_put(p, rows, row);
}

void part_item(struct part *p, json_t *list, json_t *content)
{
	part_put(p, list, json_pack("[{s:s, s:o}]", "type", "paragraph", "content", content));
}
