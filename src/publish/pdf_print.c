/*
 * Text is set by pango line by line, so that a paragraph may go over to the next
 * page.  Strong text is set in Gothic, as Japanese documents do, since the fonts
 * have no bold of their own.
 */
#include "publish/pdf_print.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "publish/pdf_private.h"

static const struct pdf_look TITLE = {PDF_GOTHIC, 17, 0, 4, "H1"}, LINE = {PDF_GOTHIC, 9, 0, 14, "P"},
			     CLAUSE = {PDF_GOTHIC, 12, 12, 5, "H2"}, HEADING = {PDF_GOTHIC, BODY + 0.5, 6, 3, "H3"};

static cairo_status_t write_out(void *ctx, const unsigned char *p, unsigned n)
{
	struct buf *out = ctx;

	buf_add(out, p, n);
	return buf_ok(out) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* Blocks ----------------------------------------------------------------------------------------------------- */

static void print_blocks(struct printer *p, const json_t *blocks);

static void indent(struct printer *p, double left)
{
	p->left = left + INDENT < 160 ? left + INDENT : left;
}

static void print_list(struct printer *p, const json_t *v)
{
	bool ordered = json_is_true(json_object_get(v, "ordered"));
	const json_t *items = json_object_get(v, "items"), *item;
	long long number = (long long)json_integer_value(json_object_get(v, "start"));
	double left = p->left;
	size_t i;

	pdf_tag(p, "L");
	json_array_foreach(items, i, item) {
		struct buf mark;

		buf_init(&mark);
		if (ordered)
			buf_printf(&mark, "%lld.", number++);
		else
			buf_text(&mark, "•");
		pdf_need(p, BODY * LEADING * 2);
		pdf_tag(p, "LI");
		pdf_tag(p, "Lbl");
		pdf_at(p, buf_view(&mark), (double[]){MARGIN + left, p->y + BODY * 0.1}, BODY * 0.9, 0);
		pdf_untag(p, "Lbl");
		buf_free(&mark);
		indent(p, left);
		pdf_tag(p, "LBody");
		print_blocks(p, item);
		pdf_untag(p, "LBody");
		pdf_untag(p, "LI");
		p->left = left;
	}
	pdf_untag(p, "L");
}

/* How much of the block V stays together at its beginning. */
static double start_of(struct printer *p, const json_t *v)
{
	struct str type = pdf_member(v, "type");
	struct pdf_run r;
	double height;

	if (str_is(type, "table"))
		return pdf_table_start(p, v);
	if (str_is(type, "fields"))
		return pdf_fields_start(p, v);
	if (!str_is(type, "paragraph"))
		return 3 * BODY * LEADING;
	pdf_run_begin(&r);
	pdf_run_inlines(&r, json_object_get(v, "content"));
	height = pdf_run_start(p, &r, &PDF_TEXT);
	pdf_run_end(&r);
	return height;
}

/* Prints R as the heading LOOK on the page on which NEXT, which may be NULL, begins. */
static void print_heading(struct printer *p, const struct pdf_run *r, const struct pdf_look *look, const json_t *next)
{
	pdf_need(p, pdf_run_start(p, r, look) + look->after + (next ? start_of(p, next) : 0));
	pdf_run(p, r, look);
}

static void print_block(struct printer *p, const json_t *v, const json_t *next)
{
	struct str type = pdf_member(v, "type");
	double left = p->left;
	struct pdf_run r;

	if (str_is(type, "paragraph")) {
		pdf_inlines(p, json_object_get(v, "content"), &PDF_TEXT);
	} else if (str_is(type, "heading")) {
		pdf_run_begin(&r);
		pdf_run_inlines(&r, json_object_get(v, "content"));
		print_heading(p, &r, &HEADING, next);
		pdf_run_end(&r);
	} else if (str_is(type, "list")) {
		print_list(p, v);
	} else if (str_is(type, "table")) {
		pdf_table(p, v);
	} else if (str_is(type, "quote")) {
		indent(p, left);
		print_blocks(p, json_object_get(v, "blocks"));
		p->left = left;
	} else if (str_is(type, "code")) {
		pdf_text(p, pdf_member(v, "text"), &PDF_TEXT);
	} else if (str_is(type, "fields")) {
		pdf_fields(p, v);
	} else if (str_is(type, "choices")) {
		pdf_choices(p, v);
	} else {
		pdf_rule(p, p->y + 4);
		p->y += 10;
	}
}

static void print_blocks(struct printer *p, const json_t *blocks)
{
	const json_t *v;
	size_t i;

	json_array_foreach(blocks, i, v)
		print_block(p, v, json_array_get(blocks, i + 1));
}

static void print_clause(struct printer *p, const json_t *clause)
{
	const json_t *blocks = json_object_get(clause, "blocks"), *first = json_array_get(blocks, 0);
	struct buf dest, at;
	struct pdf_run r;

	pdf_run_begin(&r);
	buf_str(&r.text, pdf_member(clause, "title"));
	pdf_need(p, pdf_run_start(p, &r, &CLAUSE) + CLAUSE.after + (first ? start_of(p, first) : 0));
	buf_init(&at);
	buf_init(&dest);
	buf_printf(&at, "page=%d pos=[%.1f %.1f]", p->page, MARGIN, p->y);
	cairo_pdf_surface_add_outline(p->surface, CAIRO_PDF_OUTLINE_ROOT, pdf_member(clause, "title").p, buf_c(&at), 0);
	buf_printf(&dest, "name='%s'", pdf_member(clause, "anchor").p); /* an anchor is of [a-z0-9-] */
	cairo_tag_begin(p->cr, CAIRO_TAG_DEST, buf_c(&dest));
	pdf_run(p, &r, &CLAUSE);
	cairo_tag_end(p->cr, CAIRO_TAG_DEST);
	buf_free(&dest);
	buf_free(&at);
	pdf_run_end(&r);
	print_blocks(p, blocks);
}

/* Prints the view of P from its first page on. */
static void print_all(struct printer *p)
{
	const json_t *clause;
	size_t i;

	p->page = 1;
	p->y = MARGIN;
	p->left = 0;
	pdf_tag(p, "Document");
	pdf_text(p, pdf_member(p->view, "title"), &TITLE);
	pdf_text(p, str_of(p->about->line), &LINE);
	print_blocks(p, json_object_get(p->view, "lead"));
	print_blocks(p, json_object_get(p->view, "blocks"));
	json_array_foreach(json_object_get(p->view, "clauses"), i, clause)
		print_clause(p, clause);
	pdf_untag(p, "Document");
	pdf_next_page(p);
}

/* Title, author and date, so that nothing of the machine or the hour gets into the file. */
static void set_about(struct printer *p)
{
	struct buf when;

	buf_init(&when);
	date_write(&when, moment_date(p->about->created, 0));
	buf_text(&when, "T00:00:00Z");
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, pdf_member(p->view, "title").p);
	if (p->about->organization)
		cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, p->about->organization);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, buf_c(&when));
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_MOD_DATE, buf_c(&when));
	buf_free(&when);
}

/* Prints P's view into OUT, or, with NULL, nowhere, and sets how many pages that takes. */
static cairo_status_t print_once(struct printer *p, struct buf *out)
{
	cairo_status_t status;

	p->surface = cairo_pdf_surface_create_for_stream(out ? write_out : NULL, out, PAGE_WIDTH, PAGE_HEIGHT);
	p->cr = cairo_create(p->surface);
	pango_cairo_update_context(p->cr, p->context);
	set_about(p);
	print_all(p);
	p->pages = p->page - 1;
	status = cairo_status(p->cr);
	cairo_destroy(p->cr);
	cairo_surface_finish(p->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	cairo_surface_destroy(p->surface);
	return status;
}

result pdf_print(const json_t *view, const struct pdf_about *about, struct buf *out, struct error *e)
{
	struct printer p = {.view = view, .about = about};
	PangoFontMap *map = pango_cairo_font_map_new(); /* our own, so that no two threads share one */
	cairo_status_t status;

	p.context = pango_font_map_create_context(map);
	pango_context_set_round_glyph_positions(p.context, FALSE); /* a page has no pixels */
	pango_context_set_language(p.context, pango_language_from_string(about->language));
	g_object_unref(map);
	status = print_once(&p, NULL); /* only then the pages are counted */
	if (status == CAIRO_STATUS_SUCCESS)
		status = print_once(&p, out);
	g_object_unref(p.context);
	if (status == CAIRO_STATUS_NO_MEMORY || !buf_ok(out))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a PDF");
	if (status != CAIRO_STATUS_SUCCESS)
		return error_set(e, CODE_INTERNAL, "a PDF was not made: %s", cairo_status_to_string(status));
	pdf_finish(out, about->language);
	return RESULT_OK;
}
