/* Fields and choices of forms: ruled boxes, large enough to write in by hand. */
#include <pango/pangocairo.h>

#include "publish/pdf_private.h"

#define LABEL 0.3 /* of the width */
#define SQUARE 8.0
#define PAD 6.0
#define WHOLE 330.0 /* fields that together are lower are never parted */

static const struct pdf_look LABEL_TEXT = {PDF_GOTHIC, 9, 0, 0, "TH"}, CHOICE_TEXT = {PDF_MINCHO, 9.5, 0, 0, "LBody"},
			     CHOICES_LABEL = {PDF_GOTHIC, 9, 3, 2, "P"};

static void set_line(struct printer *p)
{
	cairo_set_line_width(p->cr, 0.6);
	cairo_set_source_rgb(p->cr, 0.35, 0.4, 0.47);
}

static void box(struct printer *p, const double rect[4], bool filled)
{
	if (filled) {
		cairo_set_source_rgb(p->cr, 0.93, 0.94, 0.96);
		cairo_rectangle(p->cr, rect[0], rect[1], rect[2], rect[3]);
		cairo_fill(p->cr);
	}
	set_line(p);
	cairo_rectangle(p->cr, rect[0], rect[1], rect[2], rect[3]);
	cairo_stroke(p->cr);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
}

/* Prints all lines of LAYOUT, which is of R, from (X, Y) on. */
static void print_layout(struct printer *p, const struct pdf_run *r, PangoLayout *layout, const struct pdf_look *look,
			 const double at[2])
{
	int n = pango_layout_get_line_count(layout);

	for (int i = 0; i < n; i++)
		pdf_line(p, r, layout, i, look, (double[]){at[0], at[1] + i * look->size * LEADING});
}

/* Fields ------------------------------------------------------------------------------------------------------ */

static double field_height(const json_t *v)
{
	switch (json_integer_value(json_object_get(v, "lines"))) {
	case 1: return 25;
	case 2: return 42;
	default: return 84;
	}
}

/* The units of a date at the right of where they are written before. */
static void print_units(struct printer *p, const json_t *units, double x, double y)
{
	const json_t *unit;
	size_t i;

	json_array_foreach(units, i, unit)
		pdf_at(p, str_of(json_string_value(unit)), (double[]){x + 60 + (double)i * 64, y}, 9, 0);
}

/* Prints the field V and gives its height; with DRAW false only that. */
static double print_field(struct printer *p, const json_t *v, bool draw)
{
	double x = MARGIN + p->left, width = PAGE_WIDTH - MARGIN - x, height = field_height(v), label = width * LABEL;
	struct pdf_run r;
	PangoLayout *layout;
	double text;

	pdf_run_begin(&r);
	buf_str(&r.text, pdf_member(v, "label"));
	layout = pdf_layout(p, &r, &LABEL_TEXT, label - 2 * PAD);
	text = pango_layout_get_line_count(layout) * LABEL_TEXT.size * LEADING;
	height = text + PAD > height ? text + PAD : height;
	if (!draw)
		goto out;
	box(p, (double[]){x, p->y, label, height}, true);
	box(p, (double[]){x + label, p->y, width - label, height}, false);
	pdf_tag(p, "TR");
	pdf_tag(p, "TH");
	print_layout(p, &r, layout, &LABEL_TEXT, (double[]){x + PAD, p->y + (height - text) / 2 + 1});
	pdf_untag(p, "TH");
	pdf_tag(p, "TD");
	print_units(p, json_object_get(v, "units"), x + label, p->y + (height - 9 * LEADING) / 2);
	pdf_untag(p, "TD");
	pdf_untag(p, "TR");
out:
	g_object_unref(layout);
	pdf_run_end(&r);
	return height;
}

/* Small boxes beside each other, each under its label: what the company fills in. */
static void print_office(struct printer *p, const json_t *fields)
{
	size_t n = json_array_size(fields), i;
	double x = MARGIN + p->left, width = (PAGE_WIDTH - MARGIN - x) / (double)n;
	const json_t *field;

	pdf_need(p, 52);
	pdf_tag(p, "TR");
	json_array_foreach(fields, i, field) {
		double at = x + (double)i * width;

		box(p, (double[]){at, p->y, width, 18}, true);
		box(p, (double[]){at, p->y + 18, width, 32}, false);
		pdf_tag(p, "TH");
		pdf_at(p, pdf_member(field, "label"), (double[]){at + PAD, p->y + 3}, 8, 0);
		pdf_untag(p, "TH");
	}
	pdf_untag(p, "TR");
	p->y += 52;
}

double pdf_fields_start(struct printer *p, const json_t *v)
{
	const json_t *fields = json_object_get(v, "fields"), *field;
	double height = 12;
	size_t i;

	json_array_foreach(fields, i, field)
		height += print_field(p, field, false);
	return height < WHOLE ? height : 60;
}

void pdf_fields(struct printer *p, const json_t *v)
{
	const json_t *fields = json_object_get(v, "fields"), *field;
	size_t i;

	pdf_need(p, pdf_fields_start(p, v));
	p->y += 2;
	pdf_tag(p, "Table");
	if (str_is(pdf_member(json_array_get(fields, 0), "input"), "office")) {
		print_office(p, fields);
	} else {
		json_array_foreach(fields, i, field) {
			pdf_need(p, print_field(p, field, false));
			p->y += print_field(p, field, true);
		}
	}
	pdf_untag(p, "Table");
	p->y += 8;
}

/* Choices ----------------------------------------------------------------------------------------------------- */

static void run_choice(struct pdf_run *r, const json_t *item)
{
	pdf_run_begin(r);
	buf_str(&r->text, pdf_member(item, "text"));
	if (pdf_member(item, "note").n) {
		buf_text(&r->text, "  ");
		pdf_run_soft(r, pdf_member(item, "note"));
	}
}

/* How many columns the ITEMS stand in: as many as hold the widest of them. */
static int columns_of(struct printer *p, const json_t *items, double all)
{
	double widest = 1;
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		struct pdf_run r;
		PangoLayout *layout;
		double width;

		run_choice(&r, item);
		layout = pdf_layout(p, &r, &CHOICE_TEXT, -1);
		width = pdf_width(layout) + SQUARE + 2 * PAD + 6;
		widest = width > widest ? width : widest;
		g_object_unref(layout);
		pdf_run_end(&r);
	}
	return widest > all / 2 ? 1 : widest > all / 3 ? 2 : widest > all / 4 ? 3 : 4;
}

/* Prints ITEM at X, WIDTH wide, and gives its height; with DRAW false only that. */
static double print_choice(struct printer *p, const json_t *item, double x, double width, bool draw)
{
	double leading = CHOICE_TEXT.size * LEADING, height;
	struct pdf_run r;
	PangoLayout *layout;

	run_choice(&r, item);
	layout = pdf_layout(p, &r, &CHOICE_TEXT, width - SQUARE - 2 * PAD);
	height = pango_layout_get_line_count(layout) * leading + 3;
	if (draw) {
		box(p, (double[]){x + 2, p->y + (leading - SQUARE) / 2, SQUARE, SQUARE}, false);
		pdf_tag(p, "LI");
		pdf_tag(p, CHOICE_TEXT.tag);
		print_layout(p, &r, layout, &CHOICE_TEXT, (double[]){x + SQUARE + PAD + 2, p->y});
		pdf_untag(p, CHOICE_TEXT.tag);
		pdf_untag(p, "LI");
	}
	g_object_unref(layout);
	pdf_run_end(&r);
	return height;
}

/* The height of the N items from FROM on, which stand beside each other. */
static double row_height(struct printer *p, const json_t *items, size_t from, size_t n, double width)
{
	double height = 0;

	for (size_t i = from; i < from + n && i < json_array_size(items); i++) {
		double one = print_choice(p, json_array_get(items, i), 0, width, false);

		height = one > height ? one : height;
	}
	return height;
}

void pdf_choices(struct printer *p, const json_t *v)
{
	const json_t *items = json_object_get(v, "items");
	double x = MARGIN + p->left, all = PAGE_WIDTH - MARGIN - x;
	size_t n = (size_t)columns_of(p, items, all);
	double width = all / (double)n;

	pdf_need(p, 48);
	pdf_text(p, pdf_member(v, "label"), &CHOICES_LABEL);
	pdf_tag(p, "L");
	for (size_t i = 0; i < json_array_size(items); i += n) {
		double height = row_height(p, items, i, n, width);

		pdf_need(p, height);
		for (size_t k = i; k < i + n && k < json_array_size(items); k++)
			print_choice(p, json_array_get(items, k), x + (double)(k - i) * width, width, true);
		p->y += height;
	}
	pdf_untag(p, "L");
	p->y += 6;
}
