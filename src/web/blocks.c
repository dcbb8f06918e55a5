#include "web/blocks.h"

#include <string.h>

#include "publish/document.h"
#include "web/template.h"

static struct str text_of(const json_t *v, const char *member)
{
	const json_t *text = json_object_get(v, member);

	return (struct str){json_string_value(text), json_string_length(text)};
}

static void inlines(const json_t *list, const struct blocks_style *s, struct buf *out);

static void wrapped(const char *tag, const json_t *list, const struct blocks_style *s, struct buf *out)
{
	buf_printf(out, "<%s>", tag);
	inlines(list, s, out);
	buf_printf(out, "</%s>", tag);
}

static void link_html(const json_t *v, const struct blocks_style *s, struct buf *out)
{
	struct str href = text_of(v, "link");

	if (!href.n) {
		inlines(json_object_get(v, "content"), s, out);
		return;
	}
	buf_text(out, "<a href=\"");
	if (href.p[0] == '#')
		buf_text(out, s->statement);
	html_escape(out, href);
	buf_text(out, "\">");
	inlines(json_object_get(v, "content"), s, out);
	buf_text(out, "</a>");
}

static void inline_html(const json_t *v, const struct blocks_style *s, struct buf *out)
{
	if (json_object_get(v, "strong"))
		wrapped("strong", json_object_get(v, "strong"), s, out);
	else if (json_object_get(v, "em"))
		wrapped("em", json_object_get(v, "em"), s, out);
	else if (json_object_get(v, "link"))
		link_html(v, s, out);
	else if (json_object_get(v, "break"))
		buf_text(out, "<br>");
	else if (json_object_get(v, "code")) {
		buf_text(out, "<code>");
		html_escape(out, text_of(v, "code"));
		buf_text(out, "</code>");
	} else {
		html_escape(out, text_of(v, "text"));
	}
}

static void inlines(const json_t *list, const struct blocks_style *s, struct buf *out)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		inline_html(v, s, out);
}

static void list_html(const json_t *v, const struct blocks_style *s, struct buf *out)
{
	bool ordered = json_is_true(json_object_get(v, "ordered"));
	const json_t *items = json_object_get(v, "items"), *item;
	json_int_t start = json_integer_value(json_object_get(v, "start"));
	size_t i;

	if (ordered && start != 1)
		buf_printf(out, "<ol start=\"%lld\">\n", (long long)start);
	else
		buf_text(out, ordered ? "<ol>\n" : "<ul>\n");
	json_array_foreach(items, i, item) {
		const json_t *only = json_array_get(item, 0);

		buf_text(out, "<li>");
		/* an item that is one paragraph is shown tight */
		if (json_array_size(item) == 1 && str_is(text_of(only, "type"), "paragraph"))
			inlines(json_object_get(only, "content"), s, out);
		else
			blocks_html(item, s, out);
		buf_text(out, "</li>\n");
	}
	buf_text(out, ordered ? "</ol>\n" : "</ul>\n");
}

/* Opens TAG, which is ROLE in a wide table: laid out as cards on a phone it would not be taken for one. */
static void open_tag(const char *tag, const char *role, bool wide, struct buf *out)
{
	if (wide)
		buf_printf(out, "<%s role=\"%s\">", tag, role);
	else
		buf_printf(out, "<%s>", tag);
}

/* The cells of ROW under those of HEAD, whose texts name them where they stand below each other. */
static void row_html(const json_t *row, const json_t *head, const struct blocks_style *s, struct buf *out)
{
	bool wide = head != NULL;
	const json_t *cell;
	struct buf label;
	size_t i;

	open_tag("tr", "row", wide, out);
	json_array_foreach(row, i, cell) {
		if (i == 0) {
			buf_text(out, wide ? "<th scope=\"row\" role=\"rowheader\">" : "<th scope=\"row\">");
		} else if (wide) {
			buf_init(&label);
			document_plain(json_array_get(head, i), &label);
			buf_text(out, "<td role=\"cell\" data-label=\"");
			html_escape(out, buf_view(&label));
			buf_text(out, "\">");
			buf_free(&label);
		} else {
			buf_text(out, "<td>");
		}
		inlines(cell, s, out);
		buf_text(out, i == 0 ? "</th>" : "</td>");
	}
	buf_text(out, "</tr>\n");
}

static void table_html(const json_t *v, const struct blocks_style *s, struct buf *out)
{
	const json_t *head = json_object_get(v, "head"), *rows = json_object_get(v, "rows"), *one;
	bool wide = json_array_size(head) > 3; /* more than a phone holds */
	size_t i;

	if (wide)
		buf_text(out, "<table class=\"wide\" role=\"table\">\n");
	else
		buf_text(out, json_array_size(head) == 2 ? "<table class=\"pairs\">\n" : "<table>\n");
	open_tag("thead", "rowgroup", wide, out);
	open_tag("tr", "row", wide, out);
	json_array_foreach(head, i, one) {
		buf_text(out, wide ? "<th scope=\"col\" role=\"columnheader\">" : "<th scope=\"col\">");
		inlines(one, s, out);
		buf_text(out, "</th>");
	}
	buf_text(out, "</tr></thead>\n");
	open_tag("tbody", "rowgroup", wide, out);
	buf_byte(out, '\n');
	json_array_foreach(rows, i, one)
		row_html(one, wide ? head : NULL, s, out);
	buf_text(out, "</tbody>\n</table>\n");
}

/* Forms ------------------------------------------------------------------------------------------------------- */

/* Fields are filled in on the screen or by hand on paper; nothing is sent, so they stand in no <form>. */
static void input_html(const json_t *v, struct buf *out)
{
	struct str input = text_of(v, "input"), id = text_of(v, "id"), automatic = text_of(v, "auto");

	if (str_is(input, "long") || str_is(input, "address")) {
		buf_printf(out, "<textarea id=\"%.*s\" rows=\"%d\" autocomplete=\"%s\"></textarea>", (int)id.n, id.p,
			   (int)json_integer_value(json_object_get(v, "lines")), automatic.n ? automatic.p : "off");
	} else {
		buf_printf(out, "<input id=\"%.*s\" type=\"%.*s\" autocomplete=\"%s\">", (int)id.n, id.p, (int)input.n, input.p,
			   automatic.n ? automatic.p : "off");
	}
}

static void date_html(const json_t *v, struct buf *out)
{
	const json_t *unit;
	size_t i;

	buf_text(out, "<span class=\"date\">");
	json_array_foreach(json_object_get(v, "units"), i, unit) {
		buf_text(out, "<label><input type=\"text\" inputmode=\"numeric\" maxlength=\"4\" autocomplete=\"off\"> ");
		html_escape(out, str_of(json_string_value(unit)));
		buf_text(out, "</label> ");
	}
	buf_text(out, "</span>");
}

static void field_html(const json_t *v, struct buf *out)
{
	struct str input = text_of(v, "input"), id = text_of(v, "id");
	bool dated = str_is(input, "date"), hand = str_is(input, "sign") || str_is(input, "office");

	if (dated)
		buf_printf(out, "<div class=\"field\" role=\"group\" aria-labelledby=\"%.*s\"><span id=\"%.*s\">", (int)id.n, id.p,
			   (int)id.n, id.p);
	else if (hand)
		buf_text(out, "<div class=\"field\"><span>");
	else
		buf_printf(out, "<div class=\"field\"><label for=\"%.*s\">", (int)id.n, id.p);
	html_escape(out, text_of(v, "label"));
	buf_text(out, dated || hand ? "</span>" : "</label>");
	if (dated)
		date_html(v, out);
	else if (hand)
		buf_printf(out, "<span class=\"hand %.*s\"></span>", (int)input.n, input.p);
	else
		input_html(v, out);
	buf_text(out, "</div>\n");
}

static void fields_html(const json_t *v, struct buf *out)
{
	const json_t *field;
	size_t i;

	buf_text(out, "<div class=\"fields\">\n");
	json_array_foreach(json_object_get(v, "fields"), i, field)
		field_html(field, out);
	buf_text(out, "</div>\n");
}

static void choices_html(const json_t *v, struct buf *out)
{
	struct str id = text_of(v, "id");
	const json_t *item;
	size_t i;

	buf_text(out, "<fieldset class=\"choices\">\n<legend>");
	html_escape(out, text_of(v, "label"));
	buf_text(out, "</legend>\n");
	json_array_foreach(json_object_get(v, "items"), i, item) {
		buf_printf(out, "<label><input type=\"%s\" name=\"%.*s\"> <span>",
			   json_is_true(json_object_get(v, "one")) ? "radio" : "checkbox", (int)id.n, id.p);
		html_escape(out, text_of(item, "text"));
		if (text_of(item, "note").n) {
			buf_text(out, " <small>");
			html_escape(out, text_of(item, "note"));
			buf_text(out, "</small>");
		}
		buf_text(out, "</span></label>\n");
	}
	buf_text(out, "</fieldset>\n");
}

static void block_html(const json_t *v, const struct blocks_style *s, struct buf *out)
{
	struct str type = text_of(v, "type");

	if (str_is(type, "paragraph")) {
		wrapped("p", json_object_get(v, "content"), s, out);
		buf_byte(out, '\n');
	} else if (str_is(type, "heading")) {
		json_int_t level = json_integer_value(json_object_get(v, "level"));
		char tag[4] = "h2";

		level = level < s->heading ? s->heading : level > 6 ? 6 : level;
		tag[1] = (char)('0' + level);
		wrapped(tag, json_object_get(v, "content"), s, out);
		buf_byte(out, '\n');
	} else if (str_is(type, "list")) {
		list_html(v, s, out);
	} else if (str_is(type, "table")) {
		table_html(v, s, out);
	} else if (str_is(type, "quote")) {
		buf_text(out, "<blockquote>\n");
		blocks_html(json_object_get(v, "blocks"), s, out);
		buf_text(out, "</blockquote>\n");
	} else if (str_is(type, "code")) {
		buf_text(out, "<pre><code>");
		html_escape(out, text_of(v, "text"));
		buf_text(out, "</code></pre>\n");
	} else if (str_is(type, "fields")) {
		fields_html(v, out);
	} else if (str_is(type, "choices")) {
		choices_html(v, out);
	} else {
		buf_text(out, "<hr>\n");
	}
}

void blocks_html(const json_t *blocks, const struct blocks_style *s, struct buf *out)
{
	const json_t *v;
	size_t i;

	json_array_foreach(blocks, i, v)
		block_html(v, s, out);
}
