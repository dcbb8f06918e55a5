#include "publish/fact.h"

#include "publish/say.h"

bool fact_ja(const struct policy *p, size_t language)
{
	return str_is(p->languages[language], "ja");
}

struct str fact_text(const struct policy *p, size_t language, const struct node *n)
{
	const struct node *in;

	if (!n || n->kind == NODE_LIST)
		return (struct str){NULL, 0};
	if (n->kind == NODE_SCALAR)
		return n->text;
	in = node_find(n, p->languages[language]);
	if (!in)
		in = node_find(n, p->languages[p->default_language]);
	return in && in->kind == NODE_SCALAR ? in->text : (struct str){NULL, 0};
}

struct str fact_organization(const struct policy *p, size_t language, struct str id)
{
	struct str name = fact_text(p, language, node_get(node_find(node_get(p->root, "organizations"), id), "name"));

	return name.n ? name : id;
}

void fact_word(struct buf *out, const struct policy *p, size_t language, struct str word)
{
	struct str said = say_word(word, fact_ja(p, language));

	if (said.n) {
		buf_str(out, said);
		return;
	}
	for (size_t i = 0; i < word.n; i++)
		buf_byte(out, word.p[i] == '_' ? ' ' : word.p[i]);
}

/* True when the scalar N stands under a key whose values name organizations, and names one. */
static bool is_organization(const struct policy *p, const struct node *n)
{
	static const char *const keys[] = {"organization", "processor", "recipient", "responsible", "provider", "to", "address", "by"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_is(n->key, keys[i]))
			return node_find(node_get(p->root, "organizations"), n->text) != NULL;
	return false;
}

static void write_scalar(struct buf *out, const struct policy *p, size_t language, const struct node *n)
{
	struct duration period;
	uint64_t number;
	date d;

	if (is_organization(p, n))
		buf_str(out, fact_organization(p, language, n->text));
	else if (!n->quoted && date_parse(n->text, &d))
		say_date(out, d, fact_ja(p, language));
	else if (!n->quoted && duration_parse(n->text, &period))
		say_duration(out, period, fact_ja(p, language));
	else if (!n->quoted && (n->text.n == 1 || n->text.p[0] != '0') && str_to_u64(n->text, UINT32_MAX, &number))
		say_number(out, number);
	else if (!n->quoted && say_word(n->text, fact_ja(p, language)).n)
		fact_word(out, p, language, n->text);
	else
		buf_str(out, n->text);
}

static bool write_list(struct buf *out, const struct policy *p, size_t language, const struct node *n)
{
	size_t start = out->n;

	for (NODE_EACH(one, n)) {
		if (out->n > start)
			buf_text(out, fact_ja(p, language) ? "、" : ", ");
		if (!fact_node(out, p, language, one))
			return false;
	}
	return true;
}

/* The event ID as its `text` calls it, or in the language's own words. */
static void write_event(struct buf *out, const struct policy *p, size_t language, struct str id)
{
	struct str called = fact_text(p, language, node_get(node_find(node_get(p->root, "events"), id), "text"));

	if (called.n)
		buf_str(out, called);
	else
		fact_word(out, p, language, id);
}

static bool write_clock_once(struct buf *out, const struct policy *p, size_t language, const struct node *n)
{
	struct duration period;

	if (!duration_parse(node_text(n, "for"), &period))
		return false;
	if (fact_ja(p, language)) {
		write_event(out, p, language, node_text(n, "from"));
		buf_text(out, "から");
		say_duration(out, period, true);
	} else {
		say_duration(out, period, false);
		buf_text(out, " from ");
		write_event(out, p, language, node_text(n, "from"));
	}
	return true;
}

/* {for, from, else}: "取得から6か月", "6 months from acquisition"; and what counts until the event. */
static bool write_clock(struct buf *out, const struct policy *p, size_t language, const struct node *n)
{
	if (!write_clock_once(out, p, language, n))
		return false;
	for (const struct node *other = node_get(n, "else"); other; other = node_get(other, "else")) {
		buf_text(out, fact_ja(p, language) ? "（それがないときは、" : " (where there is none, ");
		if (!write_clock_once(out, p, language, other))
			return false;
		buf_text(out, fact_ja(p, language) ? "）" : ")");
	}
	return true;
}

/* {amount, tax}: what a request costs, with the tax that comes on top. */
static void write_fee(struct buf *out, const struct policy *p, size_t language, const struct node *n)
{
	bool ja = fact_ja(p, language);
	struct str tax = node_text(n, "tax");

	write_scalar(out, p, language, node_get(n, "amount"));
	buf_text(out, ja ? "円" : " yen");
	if (str_is(tax, "consumption"))
		buf_text(out, ja ? "と消費税" : " plus consumption tax");
	else if (str_is(tax, "included"))
		buf_text(out, ja ? "（消費税込み）" : ", tax included");
}

bool fact_node(struct buf *out, const struct policy *p, size_t language, const struct node *n)
{
	struct str text;

	if (n->kind == NODE_SCALAR) {
		write_scalar(out, p, language, n);
		return true;
	}
	if (n->kind == NODE_LIST)
		return write_list(out, p, language, n);
	text = fact_text(p, language, n);
	if (text.n) {
		buf_str(out, text);
		return true;
	}
	if (node_get(n, "name"))
		return fact_node(out, p, language, node_get(n, "name"));
	if (node_get(n, "for") && node_get(n, "from"))
		return write_clock(out, p, language, n);
	if (node_get(n, "amount")) {
		write_fee(out, p, language, n);
		return true;
	}
	return node_get(n, "text") && fact_node(out, p, language, node_get(n, "text"));
}

enum fact_state fact_write(struct buf *out, const struct policy *p, size_t language, struct str path)
{
	const struct node *n = path.n ? node_at(p->root, path) : NULL;
	size_t start = out->n;

	if (!n)
		return FACT_UNKNOWN;
	if (fact_node(out, p, language, n))
		return FACT_TEXT;
	if (buf_ok(out))
		out->n = start;
	return FACT_SILENT;
}
