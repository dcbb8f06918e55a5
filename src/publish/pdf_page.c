/* The page under way: its foot, its structure, text on it. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "publish/pdf_private.h"

const char PDF_MINCHO[] = "IPAexMincho, Noto Serif CJK JP, serif";
const char PDF_GOTHIC[] = "IPAexGothic, Noto Sans CJK JP, sans-serif";

const struct pdf_look PDF_TEXT = {PDF_MINCHO, BODY, 0, 5, "P"};

struct str pdf_member(const json_t *v, const char *member)
{
	const json_t *text = json_object_get(v, member);

	return (struct str){json_string_value(text), json_string_length(text)};
}

/* The page ------------------------------------------------------------------------------------------------- */

void pdf_tag(struct printer *p, const char *tag)
{
	cairo_tag_begin(p->cr, tag, NULL);
}

void pdf_untag(struct printer *p, const char *tag)
{
	cairo_tag_end(p->cr, tag);
}

/* Whose paper it is, and "3 / 12". */
static void print_foot(struct printer *p)
{
	struct buf number, name;

	buf_init(&number);
	buf_init(&name);
	buf_printf(&number, "%d / %d", p->page, p->pages);
	buf_text(&name, p->about->organization);
	buf_text(&name, "　");
	buf_str(&name, pdf_member(p->view, "title"));
	pdf_at(p, buf_view(&name), (double[]){MARGIN, PAGE_HEIGHT - 46}, 8, 0);
	pdf_at(p, buf_view(&number), (double[]){PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 46}, 8, 1);
	buf_free(&name);
	buf_free(&number);
}

void pdf_next_page(struct printer *p)
{
	print_foot(p);
	cairo_show_page(p->cr);
	p->page++;
	p->y = MARGIN;
}

bool pdf_need(struct printer *p, double points)
{
	if (p->y + points <= BOTTOM || p->y <= MARGIN)
		return false;
	pdf_next_page(p);
	return true;
}

void pdf_rule(struct printer *p, double y)
{
	cairo_set_line_width(p->cr, 0.5);
	cairo_set_source_rgb(p->cr, 0.6, 0.6, 0.6);
	cairo_move_to(p->cr, MARGIN + p->left, y);
	cairo_line_to(p->cr, PAGE_WIDTH - MARGIN, y);
	cairo_stroke(p->cr);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
}

/* Runs ------------------------------------------------------------------------------------------------------- */

void pdf_run_begin(struct pdf_run *r)
{
	*r = (struct pdf_run){.attributes = pango_attr_list_new()};
	buf_init(&r->text);
}

void pdf_run_end(struct pdf_run *r)
{
	pango_attr_list_unref(r->attributes);
	buf_free(&r->text);
}

/* From byte FROM of R to its end the attribute A (taken over) holds. */
static void attribute(struct pdf_run *r, size_t from, PangoAttribute *a)
{
	a->start_index = (guint)from;
	a->end_index = (guint)r->text.n;
	pango_attr_list_insert(r->attributes, a);
}

void pdf_run_soft(struct pdf_run *r, struct str s)
{
	size_t from = r->text.n;

	buf_str(&r->text, s);
	attribute(r, from, pango_attr_foreground_new(0x5000, 0x5a00, 0x6800));
	attribute(r, from, pango_attr_scale_new(0.88));
}

static void run_link(struct pdf_run *r, const json_t *v)
{
	size_t from = r->text.n;

	pdf_run_inlines(r, json_object_get(v, "content"));
	if (pdf_member(v, "link").n == 0 || r->n_links == PDF_LINKS)
		return;
	attribute(r, from, pango_attr_foreground_new(0x1d00, 0x3a00, 0x8b00));
	r->links[r->n_links].from = (unsigned)from;
	r->links[r->n_links].to = (unsigned)r->text.n;
	r->links[r->n_links++].href = pdf_member(v, "link").p;
}

void pdf_run_inlines(struct pdf_run *r, const json_t *list)
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
			pdf_run_inlines(r, strong ? strong : json_object_get(v, "em"));
			attribute(r, from, pango_attr_family_new(PDF_GOTHIC));
		} else {
			buf_str(&r->text, pdf_member(v, "code"));
			buf_str(&r->text, pdf_member(v, "text"));
		}
	}
}

PangoLayout *pdf_layout(struct printer *p, const struct pdf_run *r, const struct pdf_look *look, double width)
{
	PangoLayout *layout = pango_layout_new(p->context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, look->family);
	pango_font_description_set_absolute_size(font, look->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(layout, r->text.p ? r->text.p : "", (int)r->text.n);
	pango_layout_set_attributes(layout, r->attributes);
	return layout;
}

double pdf_width(PangoLayout *layout)
{
	int width;

	pango_layout_get_size(layout, &width, NULL);
	return (double)width / PANGO_SCALE;
}

void pdf_at(struct printer *p, struct str s, const double at[2], double size, int align)
{
	const struct pdf_look look = {PDF_GOTHIC, size, 0, 0, NULL};
	struct pdf_run r;
	PangoLayout *layout;

	pdf_run_begin(&r);
	buf_str(&r.text, s);
	layout = pdf_layout(p, &r, &look, -1);
	pdf_line(p, &r, layout, 0, &look, (double[]){at[0] - (align ? pdf_width(layout) : 0), at[1]});
	g_object_unref(layout);
	pdf_run_end(&r);
}

static bool has_anchor(const struct printer *p, const char *anchor)
{
	const json_t *clause;
	size_t i;

	json_array_foreach(json_object_get(p->view, "clauses"), i, clause)
		if (str_is(pdf_member(clause, "anchor"), anchor))
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

void pdf_line(struct printer *p, const struct pdf_run *r, PangoLayout *layout, int line, const struct pdf_look *look,
	      const double at[2])
{
	PangoLayoutLine *l = pango_layout_get_line_readonly(layout, line);
	int start = l->start_index, end = l->start_index + l->length;

	cairo_move_to(p->cr, at[0], at[1] + look->size);
	pango_cairo_show_layout_line(p->cr, l);
	for (size_t i = 0; i < r->n_links; i++) {
		int from = (int)r->links[i].from, to = (int)r->links[i].to, n, *ranges;

		if (to <= start || from >= end)
			continue;
		pango_layout_line_get_x_ranges(l, from > start ? from : start, to < end ? to : end, &ranges, &n);
		for (int k = 0; k < n; k++) {
			double a = (double)ranges[2 * k] / PANGO_SCALE, b = (double)ranges[2 * k + 1] / PANGO_SCALE;

			print_link(p, r->links[i].href, (double[]){at[0] + a, at[1], b - a, look->size * LEADING});
		}
		g_free(ranges);
	}
}

/* How many of the lines from LINE on, of N, must not be parted: neither the first nor the last stands alone. */
static int together(int line, int n)
{
	if (n == 3 && line == 0)
		return 3;
	return (line == 0 || line == n - 2) && line + 1 < n ? 2 : 1;
}

void pdf_run(struct printer *p, const struct pdf_run *r, const struct pdf_look *look)
{
	double x = MARGIN + p->left, leading = look->size * LEADING;
	PangoLayout *layout = pdf_layout(p, r, look, PAGE_WIDTH - MARGIN - x);
	int n = pango_layout_get_line_count(layout);

	p->y += p->y > MARGIN ? look->before : 0;
	pdf_need(p, leading * together(0, n));
	pdf_tag(p, look->tag);
	for (int i = 0; i < n; i++) {
		if (p->y + leading * together(i, n) > BOTTOM && p->y > MARGIN) {
			pdf_untag(p, look->tag);
			pdf_next_page(p);
			pdf_tag(p, look->tag);
		}
		pdf_line(p, r, layout, i, look, (double[]){x, p->y});
		p->y += leading;
	}
	pdf_untag(p, look->tag);
	p->y += look->after;
	g_object_unref(layout);
}

double pdf_run_start(struct printer *p, const struct pdf_run *r, const struct pdf_look *look)
{
	PangoLayout *layout = pdf_layout(p, r, look, PAGE_WIDTH - 2 * MARGIN - p->left);
	double height = look->size * LEADING * together(0, pango_layout_get_line_count(layout));

	g_object_unref(layout);
	return look->before + height;
}

void pdf_text(struct printer *p, struct str s, const struct pdf_look *look)
{
	struct pdf_run r;

	pdf_run_begin(&r);
	buf_str(&r.text, s);
	pdf_run(p, &r, look);
	pdf_run_end(&r);
}

void pdf_inlines(struct printer *p, const json_t *list, const struct pdf_look *look)
{
	struct pdf_run r;

	pdf_run_begin(&r);
	pdf_run_inlines(&r, list);
	pdf_run(p, &r, look);
	pdf_run_end(&r);
}
