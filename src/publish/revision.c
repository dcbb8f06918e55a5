#include "publish/revision.h"

#include "crypto/hash.h"
#include "publish/say.h"

static struct str member(const json_t *v, const char *name)
{
	const json_t *text = json_object_get(v, name);

	return (struct str){json_string_value(text), json_string_length(text)};
}

static const json_t *clause_in(const json_t *view, struct str anchor)
{
	const json_t *clause;
	size_t i;

	json_array_foreach(json_object_get(view, "clauses"), i, clause)
		if (str_eq(member(clause, "anchor"), anchor))
			return clause;
	return NULL;
}

static bool same(const json_t *a, const json_t *b, const char *name)
{
	return json_equal(json_object_get(a, name), json_object_get(b, name)) == 1;
}

static bool add(json_t *list, const char *kind, const json_t *clause)
{
	return json_array_append_new(list, json_pack("{s:s, s:O, s:O}", "kind", kind, "anchor", json_object_get(clause, "anchor"),
						     "title", json_object_get(clause, "title"))) == 0;
}

json_t *revision_changes(const json_t *before, const json_t *after)
{
	json_t *list = json_array();
	const json_t *clause;
	bool fits = list != NULL;
	size_t i;

	json_array_foreach(json_object_get(after, "clauses"), i, clause) {
		const json_t *old = clause_in(before, member(clause, "anchor"));

		if (!old)
			fits &= add(list, "added", clause);
		else if (!same(old, clause, "title") || !same(old, clause, "blocks"))
			fits &= add(list, "changed", clause);
	}
	json_array_foreach(json_object_get(before, "clauses"), i, clause)
		if (!clause_in(after, member(clause, "anchor")))
			fits &= add(list, "removed", clause);
	if (fits)
		return list;
	json_decref(list);
	return NULL;
}

/* Appends S as text of XML. */
static void xml(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '&')
			buf_text(out, "&amp;");
		else if (c == '<')
			buf_text(out, "&lt;");
		else if (c == '>')
			buf_text(out, "&gt;");
		else if (c == '"')
			buf_text(out, "&quot;");
		else if (c >= 0x20 || c == '\t' || c == '\n')
			buf_byte(out, (char)c);
	}
}

/* Appends <id> with a name made of WHAT and the language: the same for ever (RFC 9562, version 8). */
static void id(struct buf *out, struct str what, struct str language)
{
	const struct str parts[] = {STR("sekisho statement "), what, STR(" "), language};
	unsigned char h[HASH_SIZE];

	hash_sha256_parts(parts, sizeof parts / sizeof *parts, h);
	h[6] = (unsigned char)((h[6] & 0x0F) | 0x80);
	h[8] = (unsigned char)((h[8] & 0x3F) | 0x80);
	buf_text(out, "<id>urn:uuid:");
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_byte(out, '-');
		buf_hex(out, &h[i], 1);
	}
	buf_text(out, "</id>\n");
}

/* The summary of the entry of V: what changed since BEFORE, or that it is the first. */
static void summary(struct buf *out, const json_t *before, const json_t *v, bool ja)
{
	json_t *changes = before ? revision_changes(before, v) : NULL, *one;
	size_t i;

	buf_text(out, "<summary>");
	if (!before)
		buf_text(out, say("first_version", ja));
	else if (json_array_size(changes) == 0)
		buf_text(out, say("no_changes", ja));
	json_array_foreach(changes, i, one) {
		if (i)
			buf_text(out, ja ? "、" : "; ");
		buf_text(out, say(json_string_value(json_object_get(one, "kind")), ja));
		buf_text(out, ja ? "：" : ": ");
		xml(out, member(one, "title"));
	}
	buf_text(out, "</summary>\n");
	json_decref(changes);
}

static void entry(struct buf *out, const json_t *before, const json_t *v, bool ja)
{
	long long version = (long long)json_integer_value(json_object_get(v, "version"));

	buf_text(out, "<entry>\n");
	id(out, member(v, "hash"), member(v, "language"));
	buf_text(out, "<title>");
	xml(out, member(v, "title"));
	buf_printf(out, ja ? "（%s%lld%s）" : " (%s %lld%s)", say("version", ja), version, ja ? say("version_end", ja) : "");
	buf_text(out, "</title>\n<updated>");
	xml(out, member(v, "published"));
	buf_printf(out, "</updated>\n<link href=\"versions/%lld/statement.", version);
	xml(out, member(v, "language"));
	buf_text(out, ".html\" type=\"text/html\"/>\n");
	summary(out, before, v, ja);
	buf_text(out, "</entry>\n");
}

void revision_feed(const json_t *const *views, size_t n, bool ja, struct buf *out)
{
	const json_t *last = views[n - 1];

	buf_text(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	xml(out, member(last, "language"));
	buf_text(out, "\">\n");
	id(out, member(last, "policy"), member(last, "language"));
	buf_text(out, "<title>");
	xml(out, member(last, "organization"));
	buf_text(out, ja ? "　" : ": ");
	buf_text(out, say("page_history", ja));
	buf_text(out, "</title>\n<updated>");
	xml(out, member(last, "published"));
	buf_text(out, "</updated>\n<author><name>");
	xml(out, member(last, "organization"));
	buf_text(out, "</name></author>\n<link rel=\"self\" href=\"feed.");
	xml(out, member(last, "language"));
	buf_text(out, ".xml\" type=\"application/atom+xml\"/>\n");
	for (size_t i = n; i-- > 0;)
		entry(out, i ? views[i - 1] : NULL, views[i], ja);
	buf_text(out, "</feed>\n");
}
