/*
 * Text is set by pango line by line, so that a paragraph may go over to the next
 * page.  Strong text is set in Gothic, as Japanese documents do, since the fonts
 * have no bold of their own.
 */
#include "publish/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

/* In points. */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 64.0
#define BOTTOM (PAGE_HEIGHT - MARGIN)
#define BODY 10.0
#define INDENT 16.0
#define CELL 4.0

static const char MINCHO[] = "IPAexMincho, Noto Serif CJK JP, serif";
static const char GOTHIC[] = "IPAexGothic, Noto Sans CJK JP, sans-serif";

enum { LINKS = 64 };

/* Text with what is set otherwise in it. */
struct run {
	struct buf text;
	PangoAttrList *attributes;
	struct {
		unsigned from, to;
		const char *href; /* the view's */
	} links[LINKS];
	size_t n_links;
};

struct printer {
	const json_t *view;
	const struct pdf_about *about;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	double left; /* indentation */
	double y;
	int page;
};

/* How a paragraph is set. */
struct look {
	const char *family;
	double size, before, after;
};

static const struct look TEXT_LOOK = {MINCHO, BODY, 0, 5};

static cairo_status_t write_out(void *ctx, const unsigned char *p, unsigned n)
{
	struct buf *out = ctx;

	buf_add(out, p, n);
	return buf_ok(out) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static struct str member(const json_t *v, const char *name)
{
	const json_t *text = json_object_get(v, name);

	return (struct str){json_string_value(text), json_string_length(text)};
}

/* Runs ------------------------------------------------------------------------------------------------------- */

static void run_begin(struct run *r)
{
	*r = (struct run){.attributes = pango_attr_list_new()};
	buf_init(&r->text);
}

static void run_end(struct run *r)
{
	pango_attr_list_unref(r->attributes);
	buf_free(&r->text);
}

/* From byte FROM of R to its end the attribute A (taken over) holds. */
static void attribute(struct run *r, size_t from, PangoAttribute *a)
{
	a->start_index = (guint)from;
	a->end_index = (guint)r->text.n;
	pango_attr_list_insert(r->attributes, a);
}

static void run_inlines(struct run *r, const json_t *list);

static void run_link(struct run *r, const json_t *v)
{
	size_t from = r->text.n;

	run_inlines(r, json_object_get(v, "content"));
	if (member(v, "link").n == 0 || r->n_links == LINKS)
		return;
	attribute(r, from, pango_attr_foreground_new(0x1d00, 0x3a00, 0x8b00));
	r->links[r->n_links].from = (unsigned)from;
	r->links[r->n_links].to = (unsigned)r->text.n;
	r->links[r->n_links++].href = member(v, "link").p;
}

static void run_inlines(struct run *r, const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		const json_t *strong = json_object_get(v, "strong");
		size_t from = r->text.n;

		if (json_object_get(v, "link")) {
			run_link(r, v);
		} else if (json_object_get(v, "break")) {
			buf_byte(&r->text, '\n');
		} else if (strong || json_object_get(v, "em")) {
			run_inlines(r, strong ? strong : json_object_get(v, "em"));
			attribute(r, from, pango_attr_family_new(GOTHIC));
		} else {
			buf_str(&r->text, member(v, "code"));
			buf_str(&r->text, member(v, "text"));
		}
	}
}

/* Pages ------------------------------------------------------------------------------------------------------ */

/* A layout of R as LOOK says, WIDTH wide; the caller's to unref. */
static PangoLayout *layout_of(struct printer *p, const struct run *r, const struct look *look, double width)
{
	PangoLayout *layout = pango_layout_new(p->context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, look->family);
	pango_font_description_set_absolute_size(font, look->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(layout, 1.55F);
	pango_layout_set_text(layout, r->text.p ? r->text.p : "", (int)r->text.n);
	pango_layout_set_attributes(layout, r->attributes);
	return layout;
}

static double height_of(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

/* Prints S alone at (X, Y) in Gothic of SIZE. */
static void print_at(struct printer *p, struct str s, double x, double y, double size)
{
	const struct look look = {GOTHIC, size, 0, 0};
	struct run r;
	PangoLayout *layout;

	run_begin(&r);
	buf_str(&r.text, s);
	layout = layout_of(p, &r, &look, PAGE_WIDTH - 2 * MARGIN);
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, layout);
	g_object_unref(layout);
	run_end(&r);
}

static void print_foot(struct printer *p)
{
	struct buf number;

	buf_init(&number);
	buf_u64(&number, (uint64_t)p->page);
	print_at(p, str_of(p->about->organization), MARGIN, PAGE_HEIGHT - 44, 8);
	print_at(p, buf_view(&number), PAGE_WIDTH - MARGIN - 16, PAGE_HEIGHT - 44, 8);
	buf_free(&number);
}

static void next_page(struct printer *p)
{
	print_foot(p);
	cairo_show_page(p->cr);
	p->page++;
	p->y = MARGIN;
}

/* Makes sure that NEED points are left on the page. */
static void need(struct printer *p, double points)
{
	if (p->y + points > BOTTOM && p->y > MARGIN)
		next_page(p);
}

static bool has_anchor(const struct printer *p, const char *anchor)
{
	const json_t *clause;
	size_t i;

	json_array_foreach(json_object_get(p->view, "clauses"), i, clause)
		if (str_is(member(clause, "anchor"), anchor))
			return true;
	return false;
}

/* Makes the rectangle lead to HREF. */
static void print_link(struct printer *p, const char *href, const double rect[4])
{
	struct buf b;

	if (href[0] == '#' && !has_anchor(p, href + 1))
		return;
	buf_init(&b);
	buf_printf(&b, "rect=[%.2f %.2f %.2f %.2f] %s='", rect[0], rect[1], rect[2], rect[3], href[0] == '#' ? "dest" : "uri");
	for (const char *c = href + (href[0] == '#'); *c; c++) {
		if (*c == '\'' || *c == '\\')
			buf_byte(&b, '\\');
		buf_byte(&b, *c);
	}
	buf_byte(&b, '\'');
	cairo_tag_begin(p->cr, CAIRO_TAG_LINK, buf_c(&b));
	cairo_tag_end(p->cr, CAIRO_TAG_LINK);
	buf_free(&b);
}

/* The links of R that stand in LINE, which is set at (X, Y) and HEIGHT high. */
static void print_links(struct printer *p, const struct run *r, PangoLayoutLine *line, double x, double y, double height)
{
	int start = line->start_index, end = line->start_index + line->length;

	for (size_t i = 0; i < r->n_links; i++) {
		int from = (int)r->links[i].from, to = (int)r->links[i].to, n, *ranges;

		if (to <= start || from >= end)
			continue;
		pango_layout_line_get_x_ranges(line, from > start ? from : start, to < end ? to : end, &ranges, &n);
		for (int k = 0; k < n; k++) {
			double a = (double)ranges[2 * k] / PANGO_SCALE, b = (double)ranges[2 * k + 1] / PANGO_SCALE;

			print_link(p, r->links[i].href, (double[]){x + a, y, b - a, height});
		}
		g_free(ranges);
	}
}

/* Prints R from the present place on, over as many pages as it takes. */
static void print_run(struct printer *p, const struct run *r, const struct look *look)
{
	double x = MARGIN + p->left, leading = look->size * 1.55;
	PangoLayout *layout = layout_of(p, r, look, PAGE_WIDTH - MARGIN - x);
	PangoLayoutIter *iter = pango_layout_get_iter(layout);

	p->y += p->y > MARGIN ? look->before : 0;
	do {
		PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);

		need(p, leading);
		cairo_move_to(p->cr, x, p->y + look->size);
		pango_cairo_show_layout_line(p->cr, line);
		print_links(p, r, line, x, p->y, leading);
		p->y += leading;
	} while (pango_layout_iter_next_line(iter));
	p->y += look->after;
	pango_layout_iter_free(iter);
	g_object_unref(layout);
}

static void print_text(struct printer *p, struct str s, const struct look *look)
{
	struct run r;

	run_begin(&r);
	buf_str(&r.text, s);
	print_run(p, &r, look);
	run_end(&r);
}

static void print_inlines(struct printer *p, const json_t *list, const struct look *look)
{
	struct run r;

	run_begin(&r);
	run_inlines(&r, list);
	print_run(p, &r, look);
	run_end(&r);
}

/* Tables ----------------------------------------------------------------------------------------------------- */

enum { COLUMNS = 8 };

struct columns {
	size_t n;
	double width[COLUMNS];
};

static void print_rule(struct printer *p, double y)
{
	cairo_set_line_width(p->cr, 0.5);
	cairo_set_source_rgb(p->cr, 0.6, 0.6, 0.6);
	cairo_move_to(p->cr, MARGIN + p->left, y);
	cairo_line_to(p->cr, PAGE_WIDTH - MARGIN, y);
	cairo_stroke(p->cr);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
}

/* Prints the cells of ROW below each other: a row that no page holds. */
static void print_stacked(struct printer *p, const json_t *row)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(row, i, cell)
		print_inlines(p, cell, &TEXT_LOOK);
}

static void print_row(struct printer *p, const json_t *row, const struct columns *c, const char *first)
{
	PangoLayout *layouts[COLUMNS] = {NULL};
	double x = MARGIN + p->left, height = 0;
	const json_t *cell;
	size_t i;

	json_array_foreach(row, i, cell) {
		const struct look look = {i == 0 || first == GOTHIC ? GOTHIC : MINCHO, 9, 0, 0};
		struct run r;

		if (i >= c->n)
			break;
		run_begin(&r);
		run_inlines(&r, cell);
		layouts[i] = layout_of(p, &r, &look, c->width[i] - 2 * CELL);
		height = height_of(layouts[i]) > height ? height_of(layouts[i]) : height;
		run_end(&r);
	}
	if (height + 2 * CELL > BOTTOM - MARGIN) {
		print_stacked(p, row);
	} else {
		need(p, height + 2 * CELL);
		for (i = 0; i < c->n && layouts[i]; i++) {
			cairo_move_to(p->cr, x + (i ? CELL : 0), p->y + CELL);
			pango_cairo_show_layout(p->cr, layouts[i]);
			x += c->width[i];
		}
		p->y += height + 2 * CELL;
		print_rule(p, p->y);
	}
	for (i = 0; i < COLUMNS; i++)
		if (layouts[i])
			g_object_unref(layouts[i]);
}

static void print_table(struct printer *p, const json_t *v)
{
	const json_t *head = json_object_get(v, "head"), *rows = json_object_get(v, "rows"), *row;
	double width = PAGE_WIDTH - 2 * MARGIN - p->left;
	struct columns c = {.n = json_array_size(head) < COLUMNS ? json_array_size(head) : COLUMNS};
	size_t i;

	for (i = 0; i < c.n; i++)
		c.width[i] = c.n != 2 ? width / (double)c.n : i ? width * 0.7 : width * 0.3;
	print_row(p, head, &c, GOTHIC);
	json_array_foreach(rows, i, row)
		print_row(p, row, &c, MINCHO);
	p->y += 8;
}

/* Blocks ----------------------------------------------------------------------------------------------------- */

static void print_blocks(struct printer *p, const json_t *blocks);

static void print_list(struct printer *p, const json_t *v)
{
	bool ordered = json_is_true(json_object_get(v, "ordered"));
	const json_t *items = json_object_get(v, "items"), *item;
	long long number = (long long)json_integer_value(json_object_get(v, "start"));
	double left = p->left;
	size_t i;

	json_array_foreach(items, i, item) {
		struct buf mark;

		buf_init(&mark);
		if (ordered)
			buf_printf(&mark, "%lld.", number++);
		else
			buf_text(&mark, "•");
		need(p, BODY * 2);
		print_at(p, buf_view(&mark), MARGIN + left, p->y + 1.5, BODY * 0.9); /* its base line beside that of the text */
		buf_free(&mark);
		p->left = left + INDENT < 160 ? left + INDENT : left;
		print_blocks(p, item);
		p->left = left;
	}
}

static void print_block(struct printer *p, const json_t *v)
{
	const struct look heading = {GOTHIC, BODY + 0.5, 6, 3};
	struct str type = member(v, "type");
	double left = p->left;

	if (str_is(type, "paragraph")) {
		print_inlines(p, json_object_get(v, "content"), &TEXT_LOOK);
	} else if (str_is(type, "heading")) {
		need(p, 48);
		print_inlines(p, json_object_get(v, "content"), &heading);
	} else if (str_is(type, "list")) {
		print_list(p, v);
	} else if (str_is(type, "table")) {
		print_table(p, v);
	} else if (str_is(type, "quote")) {
		p->left = left + INDENT < 160 ? left + INDENT : left;
		print_blocks(p, json_object_get(v, "blocks"));
		p->left = left;
	} else if (str_is(type, "code")) {
		print_text(p, member(v, "text"), &TEXT_LOOK);
	} else {
		print_rule(p, p->y + 4);
		p->y += 10;
	}
}

static void print_blocks(struct printer *p, const json_t *blocks)
{
	const json_t *v;
	size_t i;

	json_array_foreach(blocks, i, v)
		print_block(p, v);
}

static void print_clause(struct printer *p, const json_t *clause)
{
	const struct look look = {GOTHIC, 12, 12, 5};
	struct buf dest, at;

	need(p, 64);
	buf_init(&at);
	buf_init(&dest);
	buf_printf(&at, "page=%d pos=[%.1f %.1f]", p->page, MARGIN, p->y);
	cairo_pdf_surface_add_outline(p->surface, CAIRO_PDF_OUTLINE_ROOT, member(clause, "title").p, buf_c(&at), 0);
	buf_printf(&dest, "name='%s'", member(clause, "anchor").p); /* an anchor is of [a-z0-9-] */
	cairo_tag_begin(p->cr, CAIRO_TAG_DEST, buf_c(&dest));
	print_text(p, member(clause, "title"), &look);
	cairo_tag_end(p->cr, CAIRO_TAG_DEST);
	buf_free(&dest);
	buf_free(&at);
	print_blocks(p, json_object_get(clause, "blocks"));
}

static void print_all(struct printer *p)
{
	const struct look title = {GOTHIC, 17, 0, 4}, line = {GOTHIC, 9, 0, 14};
	const json_t *clause;
	size_t i;

	print_text(p, member(p->view, "title"), &title);
	print_text(p, str_of(p->about->line), &line);
	print_blocks(p, json_object_get(p->view, "lead"));
	print_blocks(p, json_object_get(p->view, "blocks"));
	json_array_foreach(json_object_get(p->view, "clauses"), i, clause)
		print_clause(p, clause);
	print_foot(p);
}

/* Title, author and date, so that nothing of the machine or the hour gets into the file. */
static void set_about(struct printer *p)
{
	struct buf when;

	buf_init(&when);
	date_write(&when, moment_date(p->about->created, 0));
	buf_text(&when, "T00:00:00Z");
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, member(p->view, "title").p);
	if (p->about->organization)
		cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, p->about->organization);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, buf_c(&when));
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_MOD_DATE, buf_c(&when));
	buf_free(&when);
}

/* A context for layouts with our own font map, so that no two threads share one. */
static PangoContext *new_context(cairo_t *cr, const char *language)
{
	PangoFontMap *map = pango_cairo_font_map_new();
	PangoContext *context = pango_font_map_create_context(map);

	pango_context_set_language(context, pango_language_from_string(language));
	pango_cairo_update_context(cr, context);
	g_object_unref(map);
	return context;
}

result pdf_write(const json_t *view, const struct pdf_about *about, struct buf *out, struct error *e)
{
	struct printer p = {.view = view, .about = about, .y = MARGIN, .page = 1};
	cairo_status_t status;

	p.surface = cairo_pdf_surface_create_for_stream(write_out, out, PAGE_WIDTH, PAGE_HEIGHT);
	p.cr = cairo_create(p.surface);
	p.context = new_context(p.cr, about->language);
	set_about(&p);
	print_all(&p);
	cairo_show_page(p.cr);
	status = cairo_status(p.cr);
	cairo_destroy(p.cr);
	cairo_surface_finish(p.surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p.surface);
	cairo_surface_destroy(p.surface);
	g_object_unref(p.context);
	if (status == CAIRO_STATUS_NO_MEMORY || !buf_ok(out))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a PDF");
	if (status != CAIRO_STATUS_SUCCESS)
		return error_set(e, CODE_INTERNAL, "a PDF was not made: %s", cairo_status_to_string(status));
	return RESULT_OK;
}
