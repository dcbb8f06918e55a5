/*
 * md4c calls back for every block, span and piece of text; the reader keeps the
 * open ones as frames, each with the list that its children go to.  Pieces of
 * plain text are gathered, so that an insertion which md4c gave in pieces is
 * found whole.
 */
#include "publish/document.h"

#include <md4c.h>
#include <string.h>

#include "publish/fact.h"
#include "publish/part.h"
#include "publish/reference.h"

enum frame_kind { FRAME_BLOCKS, FRAME_INLINES, FRAME_ROWS, FRAME_TABLE, FRAME_CODE, FRAME_HTML };

struct frame {
	enum frame_kind kind;
	json_t *node;	  /* borrowed: its parent has it */
	json_t *children; /* borrowed: NODE has it */
	bool implicit;	  /* a paragraph that md4c leaves out in tight lists */
	bool span;	  /* of TYPE */
	MD_SPANTYPE type;
};

struct reader {
	const struct wording *w;
	struct str text;
	json_t *blocks;
	struct frame stack[DOCUMENT_DEPTH + 8];
	size_t depth;
	struct buf run;	  /* plain text gathered */
	const char *from; /* where the run stands in the text */
	const char *last; /* the last place known */
	bool failed;	  /* memory */
	const char *refused; /* why nothing is read */
};

static struct place place_at(const struct reader *r, const char *p)
{
	struct place at = {r->w->file, 1, 1};

	if (p < r->text.p || p > r->text.p + r->text.n)
		p = r->last ? r->last : r->text.p;
	for (const char *c = r->text.p; c < p; c++) {
		if (*c == '\n') {
			at.line++;
			at.column = 1;
		} else {
			at.column += ((unsigned char)*c & 0xC0) != 0x80;
		}
	}
	return at;
}

#define FIND(r, code, at, hint, ...)                                                             \
	do {                                                                                     \
		if ((r)->w->found)                                                               \
			findings_add((r)->w->found, code, place_at(r, at), STR(hint), __VA_ARGS__); \
	} while (0)

static struct frame *top(struct reader *r)
{
	return &r->stack[r->depth - 1];
}

/* Adds V, taken over, to the children of the innermost frame. */
static void put(struct reader *r, json_t *v)
{
	if (!v || !top(r)->children || json_array_append_new(top(r)->children, v) != 0)
		r->failed = true;
}

/* Opens a frame of KIND for NODE, which is in the tree already, with its children at CHILDREN. */
static bool push(struct reader *r, enum frame_kind kind, json_t *node, json_t *children)
{
	if (r->depth >= sizeof r->stack / sizeof *r->stack) {
		r->refused = "nested deeper than is taken";
		return false;
	}
	r->stack[r->depth++] = (struct frame){.kind = kind, .node = node, .children = children};
	return true;
}

json_t *document_text(struct str text)
{
	return json_pack("{s:s%}", "text", text.p ? text.p : "", text.n);
}

json_t *document_paragraph(struct str text)
{
	return json_pack("{s:s, s:[o]}", "type", "paragraph", "content", document_text(text));
}

/* Opens the node V, taken over, whose children are its member MEMBER. */
static bool open_node(struct reader *r, enum frame_kind kind, json_t *v, const char *member)
{
	put(r, v);
	return !r->failed && push(r, kind, v, json_object_get(v, member));
}

/* Inline content must stand in an inline frame: in a tight list the paragraph is not said. */
static bool need_inlines(struct reader *r)
{
	if (top(r)->kind != FRAME_BLOCKS)
		return true;
	if (!open_node(r, FRAME_INLINES, json_pack("{s:s, s:[]}", "type", "paragraph", "content"), "content"))
		return false;
	top(r)->implicit = true;
	return true;
}

/* Text ------------------------------------------------------------------------------------------------------- */

static void put_text(struct reader *r, struct str s)
{
	if (s.n)
		put(r, document_text(s));
}

/* {{PATH}}, which stands at AT in the text. */
static void put_fact(struct reader *r, struct str path, struct str whole, const char *at)
{
	struct buf b;
	enum fact_state state;

	buf_init(&b);
	state = fact_write(&b, r->w->policy, r->w->language, path);
	if (state == FACT_TEXT && buf_ok(&b)) {
		put(r, json_pack("{s:s%, s:s%}", "text", b.p ? b.p : "", b.n, "fact", path.p, path.n));
	} else {
		put_text(r, whole);
		if (state == FACT_UNKNOWN)
			FIND(r, FINDING_UNKNOWN_FACT, at, "name a key by its path, such as purposes.billing",
			     "the policy has no fact \"%.*s\"", (int)path.n, path.p);
		else if (state == FACT_SILENT)
			FIND(r, FINDING_FACT_WITHOUT_TEXT, at, "name one of its parts",
			     "the fact \"%.*s\" has no text of its own", (int)path.n, path.p);
	}
	r->failed |= !buf_ok(&b);
	buf_free(&b);
}

/* Where WHOLE, which the run has, stands in the text: not before AFTER. */
static const char *where(const struct reader *r, struct str whole, const char *after)
{
	const char *end = r->text.p + r->text.n;
	const char *p = after && after < end ? memmem(after, (size_t)(end - after), whole.p, whole.n) : NULL;

	return p ? p : after;
}

/* The end of the run: its text goes to the tree, with its facts. */
static void flush(struct reader *r)
{
	struct str s = buf_view(&r->run);
	const char *at = r->from;
	size_t done = 0;

	r->failed |= !buf_ok(&r->run);
	if (s.n == 0 || !need_inlines(r))
		return;
	for (size_t i = 0; i + 1 < s.n; i++) {
		const char *close;
		struct str whole, path;

		if (s.p[i] != '{' || s.p[i + 1] != '{')
			continue;
		close = memmem(s.p + i, s.n - i, "}}", 2);
		if (!close)
			break;
		whole = (struct str){s.p + i, (size_t)(close + 2 - s.p) - i};
		path = str_trim(str_sub(whole, 2, whole.n - 4));
		if (str_starts(path, STR(">"))) {
			i += whole.n - 1;
			continue;
		}
		put_text(r, str_sub(s, done, i - done));
		at = where(r, whole, at);
		put_fact(r, path, whole, at);
		i += whole.n - 1;
		done = i + 1;
	}
	put_text(r, str_sub(s, done, s.n));
	buf_reset(&r->run);
	r->from = NULL;
}

static void gather(struct reader *r, struct str s)
{
	if (!r->from)
		r->from = s.p >= r->text.p && s.p < r->text.p + r->text.n ? s.p : r->last;
	buf_str(&r->run, s);
}

/* A line end within a paragraph: a blank, but nothing between two characters of Japanese. */
static void soft_break(struct reader *r, const char *next)
{
	bool before = r->run.n && (unsigned char)r->run.p[r->run.n - 1] >= 0x80;
	bool after = next && next < r->text.p + r->text.n && (unsigned char)*next >= 0x80;

	if (!(before && after && fact_ja(r->w->policy, r->w->language)))
		gather(r, STR(" "));
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n, void *ctx)
{
	struct reader *r = ctx;
	struct str s = {p, n};
	bool inside = p >= r->text.p && p < r->text.p + r->text.n;

	/* md4c 0.4.8 has been seen to give a length below zero, for a span whose end came before its start */
	if (n > DOCUMENT_BYTES || (inside && n > (size_t)(r->text.p + r->text.n - p)))
		r->refused = "one on which the reader of Markdown fails";
	if (r->refused)
		return 1;
	if (type != MD_TEXT_SOFTBR && type != MD_TEXT_BR && inside)
		r->last = p;
	if (type == MD_TEXT_HTML && top(r)->kind != FRAME_HTML)
		FIND(r, FINDING_RAW_HTML, p, "write Markdown; a sign such as < is written \\<", "raw HTML is not taken");
	if (top(r)->kind == FRAME_CODE || type == MD_TEXT_CODE) {
		buf_str(&r->run, s);
	} else if (type == MD_TEXT_SOFTBR) {
		const char *next = r->last ? memchr(r->last, '\n', (size_t)(r->text.p + r->text.n - r->last)) : NULL;

		soft_break(r, next ? next + 1 : NULL);
	} else if (type == MD_TEXT_BR) {
		flush(r);
		put(r, json_pack("{s:b}", "break", 1));
	} else if (type == MD_TEXT_NULLCHAR) {
		gather(r, STR("\uFFFD"));
	} else if (type == MD_TEXT_ENTITY) {
		if (!r->from)
			r->from = r->last;
		reference_write(&r->run, s);
	} else {
		gather(r, s);
	}
	return r->failed || r->refused != NULL;
}

/* Blocks ----------------------------------------------------------------------------------------------------- */

/* What was inline in a block that holds blocks has ended. */
static void end_implicit(struct reader *r)
{
	flush(r);
	if (r->depth && top(r)->implicit)
		r->depth--;
}

static bool open_table(struct reader *r)
{
	return open_node(r, FRAME_TABLE, json_pack("{s:s, s:[], s:[]}", "type", "table", "head", "rows"), "rows");
}

static bool open_row(struct reader *r)
{
	json_t *row = json_array();

	/* the row of the head is the head itself */
	if (top(r)->kind == FRAME_ROWS) {
		json_decref(row);
		return push(r, FRAME_ROWS, top(r)->node, top(r)->children);
	}
	put(r, row);
	return !r->failed && push(r, FRAME_ROWS, NULL, row);
}

static bool open_list_of(struct reader *r)
{
	json_t *list = json_array();

	put(r, list);
	return !r->failed && push(r, top(r)->kind == FRAME_ROWS ? FRAME_INLINES : FRAME_BLOCKS, NULL, list);
}

static bool open_html(struct reader *r)
{
	bool opened = open_node(r, FRAME_HTML, json_pack("{s:s, s:[]}", "type", "paragraph", "content"), "content");

	r->from = NULL;
	return opened;
}

static bool enter(struct reader *r, MD_BLOCKTYPE type, void *detail)
{
	switch (type) {
	case MD_BLOCK_DOC:
		return push(r, FRAME_BLOCKS, NULL, r->blocks);
	case MD_BLOCK_QUOTE:
		return open_node(r, FRAME_BLOCKS, json_pack("{s:s, s:[]}", "type", "quote", "blocks"), "blocks");
	case MD_BLOCK_UL:
		return open_node(r, FRAME_BLOCKS, json_pack("{s:s, s:b, s:[]}", "type", "list", "ordered", 0, "items"), "items");
	case MD_BLOCK_OL:
		return open_node(r, FRAME_BLOCKS,
				 json_pack("{s:s, s:b, s:i, s:[]}", "type", "list", "ordered", 1, "start",
					   (int)((MD_BLOCK_OL_DETAIL *)detail)->start, "items"),
				 "items");
	case MD_BLOCK_LI:
		return open_list_of(r);
	case MD_BLOCK_HR:
		put(r, json_pack("{s:s}", "type", "rule"));
		return push(r, FRAME_CODE, NULL, NULL);
	case MD_BLOCK_H:
		return open_node(r, FRAME_INLINES,
				 json_pack("{s:s, s:i, s:[]}", "type", "heading", "level",
					   (int)((MD_BLOCK_H_DETAIL *)detail)->level, "content"),
				 "content");
	case MD_BLOCK_CODE:
		put(r, json_pack("{s:s, s:s}", "type", "code", "text", ""));
		return !r->failed && push(r, FRAME_CODE, json_array_get(top(r)->children, json_array_size(top(r)->children) - 1), NULL);
	case MD_BLOCK_HTML:
		return open_html(r);
	case MD_BLOCK_P:
		return open_node(r, FRAME_INLINES, json_pack("{s:s, s:[]}", "type", "paragraph", "content"), "content");
	case MD_BLOCK_TABLE:
		return open_table(r);
	case MD_BLOCK_THEAD:
		return push(r, FRAME_ROWS, NULL, json_object_get(top(r)->node, "head"));
	case MD_BLOCK_TBODY:
		return push(r, FRAME_TABLE, top(r)->node, top(r)->children);
	case MD_BLOCK_TR:
		return open_row(r);
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		return open_list_of(r);
	}
	return false;
}

static int on_enter(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct reader *r = ctx;

	if (type != MD_BLOCK_DOC)
		end_implicit(r);
	return !enter(r, type, detail);
}

/* The part that the paragraph of CONTENT is, {{> name ids}}, or an empty text. */
static struct str part_of(const json_t *content)
{
	const char *text = json_string_value(json_object_get(json_array_get(content, 0), "text"));
	struct str s = str_trim(str_of(text));

	if (json_array_size(content) != 1 || !str_starts(s, STR("{{>")) || s.n < 6 || !str_starts(str_sub(s, s.n - 2, 2), STR("}}")))
		return (struct str){NULL, 0};
	return str_trim(str_sub(s, 3, s.n - 5));
}

/* The paragraph that ended is the last block of its frame: a part takes its place. */
static void replace_part(struct reader *r, const json_t *content)
{
	struct str part = part_of(content), name = str_sub(part, 0, str_find(part, ' '));
	struct str ids = str_trim(str_sub(part, name.n, part.n));
	json_t *made = NULL, *list = top(r)->children;

	if (!part.n)
		return;
	if (!part_known(name)) {
		FIND(r, FINDING_UNKNOWN_PART, where(r, STR("{{>"), r->last), "see the list of parts in the manual",
		     "there is no part \"%.*s\"", (int)name.n, name.p);
		return;
	}
	if (!ok(part_make(r->w, name, ids, &made, NULL))) {
		r->failed = true;
		return;
	}
	if (json_array_remove(list, json_array_size(list) - 1) != 0 || json_array_extend(list, made) != 0)
		r->failed = true;
	json_decref(made);
}

static void end_span(struct reader *r);

static int on_leave(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct reader *r = ctx;
	struct frame ended;

	(void)detail;
	while (top(r)->span) /* nor does it end all that have */
		end_span(r);
	if (top(r)->kind == FRAME_CODE) {
		if (top(r)->node && json_object_set_new(top(r)->node, "text", json_stringn(r->run.p ? r->run.p : "", r->run.n)) != 0)
			r->failed = true;
		buf_reset(&r->run);
	} else {
		end_implicit(r);
	}
	ended = *top(r);
	r->depth--;
	if (type == MD_BLOCK_HTML)
		FIND(r, FINDING_RAW_HTML, r->last, "write Markdown; a sign such as < is written \\<", "raw HTML is not taken");
	if (type == MD_BLOCK_P)
		replace_part(r, ended.children);
	return r->failed || r->refused != NULL;
}

/* Spans ------------------------------------------------------------------------------------------------------ */

/* True when a statement may lead to HREF. */
static bool may_lead_to(struct str href)
{
	static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (str_starts(href, str_of(schemes[i])))
			return true;
	return false;
}

static const struct policy_clause *clause_of(const struct policy *p, struct str anchor)
{
	for (size_t i = 0; i < p->n_clauses; i++)
		if (str_eq(p->clauses[i].anchor, anchor))
			return &p->clauses[i];
	return NULL;
}

/* Appends to OUT the destination HREF with its facts. */
static void write_href(struct reader *r, struct str href, struct buf *out)
{
	for (size_t i = 0; i < href.n; i++) {
		struct str rest = str_sub(href, i, href.n);
		const char *close = str_starts(rest, STR("{{")) ? memmem(rest.p, rest.n, "}}", 2) : NULL;
		struct str path;

		if (!close) {
			buf_byte(out, href.p[i]);
			continue;
		}
		path = str_trim(str_sub(rest, 2, (size_t)(close - rest.p) - 2));
		if (fact_write(out, r->w->policy, r->w->language, path) != FACT_TEXT)
			FIND(r, FINDING_UNKNOWN_FACT, href.p, "name a key by its path, such as purposes.billing",
			     "the policy has no fact \"%.*s\" to link to", (int)path.n, path.p);
		i += (size_t)(close - rest.p) + 1;
	}
}

static bool open_link(struct reader *r, const MD_SPAN_A_DETAIL *a)
{
	struct str href = {a->href.text, a->href.size}, written;
	struct buf b;
	bool opened;

	buf_init(&b);
	write_href(r, href, &b);
	written = buf_view(&b);
	if (str_starts(written, STR("#"))) {
		struct str anchor = str_sub(written, 1, written.n);

		if (!clause_of(r->w->policy, anchor))
			FIND(r, FINDING_UNKNOWN_ANCHOR, href.p, "link to the anchor of a heading",
			     "no clause has the anchor \"%.*s\"", (int)anchor.n, anchor.p);
	} else if (!may_lead_to(written)) {
		FIND(r, FINDING_BAD_LINK, href.p, "give a clause (#anchor) or an address with https:, mailto: or tel:",
		     "a statement does not link to \"%.*s\"", (int)(written.n > 80 ? 80 : written.n), written.p ? written.p : "");
		written = STR("");
	}
	opened = open_node(r, FRAME_INLINES,
			   json_pack("{s:s%, s:[]}", "link", written.p ? written.p : "", written.n, "content"), "content");
	r->failed |= !buf_ok(&b);
	buf_free(&b);
	return opened;
}

/* A link without text says the title of its clause. */
static void close_link(struct reader *r)
{
	const struct frame *f = top(r);
	struct str href = str_of(json_string_value(json_object_get(f->node, "link")));
	const struct policy_clause *clause;

	if (json_array_size(f->children) || !href.n)
		return;
	clause = clause_of(r->w->policy, str_sub(href, 1, href.n));
	put_text(r, clause ? policy_text_in(r->w->policy, &clause->title, (int)r->w->language) : href);
}

static bool enter_span(struct reader *r, MD_SPANTYPE type, void *detail)
{
	switch (type) {
	case MD_SPAN_EM:
		return open_node(r, FRAME_INLINES, json_pack("{s:[]}", "em"), "em");
	case MD_SPAN_STRONG:
		return open_node(r, FRAME_INLINES, json_pack("{s:[]}", "strong"), "strong");
	case MD_SPAN_A:
		return open_link(r, detail);
	case MD_SPAN_IMG:
		FIND(r, FINDING_BAD_LINK, r->last, "say it in words", "a statement has no pictures");
		return push(r, FRAME_INLINES, NULL, top(r)->children);
	case MD_SPAN_CODE:
		return open_node(r, FRAME_CODE, json_pack("{s:s}", "code", ""), "code");
	default:
		return push(r, FRAME_INLINES, NULL, top(r)->children);
	}
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct reader *r = ctx;

	flush(r);
	if (!need_inlines(r) || !enter_span(r, type, detail))
		return 1;
	top(r)->span = true;
	top(r)->type = type;
	return r->failed;
}

/* The end of the innermost span. */
static void end_span(struct reader *r)
{
	if (top(r)->type == MD_SPAN_CODE) {
		if (json_object_set_new(top(r)->node, "code", json_stringn(r->run.p ? r->run.p : "", r->run.n)) != 0)
			r->failed = true;
		buf_reset(&r->run);
		r->from = NULL;
	} else {
		flush(r);
		if (top(r)->type == MD_SPAN_A)
			close_link(r);
	}
	r->depth--;
}

/* md4c 0.4.8 may end a span that has not begun, as in `[](<*>	)*>`: that is nothing. */
static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct reader *r = ctx;

	(void)detail;
	if (top(r)->span && top(r)->type == type)
		end_span(r);
	return r->failed || r->refused != NULL;
}

/* The whole -------------------------------------------------------------------------------------------------- */

/* Says that nothing is read of the text, since it is WHAT. */
static result refuse(struct reader *r, const char *what, json_t **out, struct error *e)
{
	FIND(r, FINDING_TOO_MANY, r->last, "divide it", "the text is %s", what);
	json_decref(r->blocks);
	*out = json_array();
	return *out ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a text");
}

result document_read(const struct wording *w, struct str text, json_t **out, struct error *e)
{
	const MD_PARSER parser = {.flags = MD_FLAG_TABLES,
				  .enter_block = on_enter,
				  .leave_block = on_leave,
				  .enter_span = on_enter_span,
				  .leave_span = on_leave_span,
				  .text = on_text};
	struct reader r = {.w = w, .text = text, .blocks = json_array(), .last = text.p};
	int stopped;

	*out = NULL;
	if (!r.blocks)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a text");
	if (!str_utf8_valid(text))
		return refuse(&r, "not UTF-8", out, e);
	if (text.n > DOCUMENT_BYTES)
		return refuse(&r, "longer than is taken", out, e);
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_sub(text, 3, text.n);
	buf_init(&r.run);
	stopped = text.n ? md_parse(text.p, (MD_SIZE)text.n, &parser, &r) : 0;
	buf_free(&r.run);
	if (r.refused)
		return refuse(&r, r.refused, out, e);
	if (stopped || r.failed) {
		json_decref(r.blocks);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a text");
	}
	*out = r.blocks;
	return RESULT_OK;
}

void document_plain(const json_t *v, struct buf *out)
{
	static const char *const members[] = {"text", "code", "content", "strong", "em", "items", "blocks", "head", "rows"};
	const json_t *one;
	size_t i;

	if (json_is_string(v)) {
		buf_add(out, json_string_value(v), json_string_length(v));
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, one)
			document_plain(one, out);
	} else if (json_is_object(v)) {
		for (i = 0; i < sizeof members / sizeof *members; i++)
			document_plain(json_object_get(v, members[i]), out);
	}
}
