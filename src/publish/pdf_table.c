/* Tables: columns as wide as their texts ask, heads again on each page, rows whole where a page holds them. */
#include <math.h>
#include <pango/pangocairo.h>

#include "publish/pdf_private.h"

#define PAD 5.0	 /* beside the text of a cell */
#define RISE 3.5 /* over and under it */
#define KEEP 250.0 /* a row that is lower is never parted */

enum { COLUMNS = 8 };

static const struct pdf_look CELL_TEXT = {PDF_MINCHO, 9, 0, 0, "TD"}, CELL_HEAD = {PDF_GOTHIC, 9, 0, 0, "TH"};

struct columns {
	size_t n;
	double width[COLUMNS]; /* with PAD */
	const json_t *head;
};

struct row {
	struct {
		struct pdf_run run;
		PangoLayout *layout;
	} cells[COLUMNS];
	size_t n;
	int lines;
	bool head;
};

static const struct pdf_look *look_of(const struct row *r, size_t column)
{
	return r->head || column == 0 ? &CELL_HEAD : &CELL_TEXT;
}

static double leading(void)
{
	return CELL_TEXT.size * LEADING;
}

static double height_of(int lines)
{
	return lines * leading() + 2 * RISE;
}

static void row_make(struct printer *p, const struct columns *c, const json_t *cells, bool head, struct row *r)
{
	const json_t *cell;
	size_t i;

	*r = (struct row){.head = head};
	json_array_foreach(cells, i, cell) {
		int lines;

		if (i >= c->n)
			break;
		pdf_run_begin(&r->cells[i].run);
		pdf_run_inlines(&r->cells[i].run, cell);
		r->cells[i].layout = pdf_layout(p, &r->cells[i].run, look_of(r, i), c->width[i] - 2 * PAD);
		lines = pango_layout_get_line_count(r->cells[i].layout);
		r->lines = lines > r->lines ? lines : r->lines;
		r->n = i + 1;
	}
}

static void row_end(struct row *r)
{
	for (size_t i = 0; i < r->n; i++) {
		g_object_unref(r->cells[i].layout);
		pdf_run_end(&r->cells[i].run);
	}
}

/* Prints the lines of R from FROM to TO (without it). */
static void print_lines(struct printer *p, const struct columns *c, const struct row *r, int from, int to)
{
	double x = MARGIN + p->left, height = height_of(to - from);

	if (r->head) {
		cairo_set_source_rgb(p->cr, 0.93, 0.94, 0.96);
		cairo_rectangle(p->cr, x, p->y, PAGE_WIDTH - MARGIN - x, height);
		cairo_fill(p->cr);
		cairo_set_source_rgb(p->cr, 0, 0, 0);
	}
	pdf_tag(p, "TR");
	for (size_t i = 0; i < r->n; i++) {
		const struct pdf_look *look = look_of(r, i);
		int n = pango_layout_get_line_count(r->cells[i].layout);

		pdf_tag(p, look->tag);
		for (int k = from; k < to && k < n; k++)
			pdf_line(p, &r->cells[i].run, r->cells[i].layout, k, look,
				 (double[]){x + PAD, p->y + RISE + (k - from) * leading() + 1});
		pdf_untag(p, look->tag);
		x += c->width[i];
	}
	pdf_untag(p, "TR");
	p->y += height;
	pdf_rule(p, p->y);
}

static void print_head(struct printer *p, const struct columns *c)
{
	struct row head;

	row_make(p, c, c->head, true, &head);
	if (height_of(head.lines) < KEEP) /* a higher one would leave no room for rows */
		print_lines(p, c, &head, 0, head.lines);
	row_end(&head);
}

static void print_row(struct printer *p, const struct columns *c, const struct row *r)
{
	bool fresh = false;
	int from = 0;

	while (from < r->lines) {
		int room = (int)((BOTTOM - p->y - 2 * RISE) / leading()), to = r->lines;

		if (r->lines - from > room) {
			if (!fresh && (room < 3 || (from == 0 && height_of(r->lines) < KEEP))) {
				pdf_next_page(p);
				print_head(p, c);
				fresh = true;
				continue;
			}
			to = from + (room > 1 ? room : 1);
			to -= r->lines - to == 1 && to - from > 2; /* not one line alone on the next page */
		}
		print_lines(p, c, r, from, to);
		from = to;
		fresh = false;
	}
}

/* Columns ------------------------------------------------------------------------------------------------------ */

/* What a column asks: WIDE with its texts in one line, NARROW with its longest word. */
struct ask {
	double wide, narrow;
};

static void ask_cells(struct printer *p, const json_t *cells, bool head, struct ask *asks, size_t n)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) {
		struct pdf_run run;
		PangoLayout *layout;
		double width;

		if (i >= n)
			break;
		pdf_run_begin(&run);
		pdf_run_inlines(&run, cell);
		layout = pdf_layout(p, &run, head || i == 0 ? &CELL_HEAD : &CELL_TEXT, -1);
		width = pdf_width(layout) + 2 * PAD;
		asks[i].wide = width > asks[i].wide ? width : asks[i].wide;
		pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
		pango_layout_set_width(layout, 0);
		width = pdf_width(layout) + 2 * PAD + 1;
		asks[i].narrow = width > asks[i].narrow ? width : asks[i].narrow;
		g_object_unref(layout);
		pdf_run_end(&run);
	}
}

/* Gives each column its longest word, and of what is left the more the longer its texts are, but no more than they need. */
static void share(struct columns *c, struct ask *asks, double all)
{
	double most = all / (double)c->n * 1.2, rest = all, weights = 0;

	for (size_t i = 0; i < c->n; i++) {
		asks[i].narrow = asks[i].narrow < most ? asks[i].narrow : most;
		asks[i].narrow = asks[i].narrow > 48 ? asks[i].narrow : 48;
		asks[i].wide = asks[i].wide > asks[i].narrow ? asks[i].wide : asks[i].narrow;
		c->width[i] = asks[i].narrow;
		rest -= asks[i].narrow;
		weights += sqrt(asks[i].wide - asks[i].narrow);
	}
	for (int round = 0; round < 4 && rest > 0.5 && weights > 0; round++) {
		double given = 0, next = 0;

		for (size_t i = 0; i < c->n; i++) {
			double more = rest * sqrt(asks[i].wide - c->width[i]) / weights, need = asks[i].wide - c->width[i];

			more = more < need ? more : need;
			c->width[i] += more;
			given += more;
			next += sqrt(asks[i].wide - c->width[i]);
		}
		rest -= given;
		weights = next;
	}
	for (size_t i = 0; i < c->n; i++) /* too little or too much: the same for all */
		c->width[i] += rest / (double)c->n;
}

static void columns_of(struct printer *p, const json_t *v, struct columns *c)
{
	double all = PAGE_WIDTH - 2 * MARGIN - p->left;
	struct ask asks[COLUMNS] = {{0, 0}};
	const json_t *row;
	size_t i;

	c->head = json_object_get(v, "head");
	c->n = json_array_size(c->head) < COLUMNS ? json_array_size(c->head) : COLUMNS;
	ask_cells(p, c->head, true, asks, c->n);
	json_array_foreach(json_object_get(v, "rows"), i, row)
		ask_cells(p, row, false, asks, c->n);
	if (c->n == 2) { /* such tables are alike all over the document */
		c->width[0] = asks[0].narrow > all * 0.3 && asks[0].narrow < all * 0.5 ? asks[0].narrow : all * 0.3;
		c->width[1] = all - c->width[0];
	} else {
		share(c, asks, all);
	}
}

void pdf_table(struct printer *p, const json_t *v)
{
	const json_t *cells;
	struct columns c;
	size_t i;

	columns_of(p, v, &c);
	if (c.n == 0)
		return;
	pdf_need(p, pdf_table_start(p, v));
	pdf_tag(p, "Table");
	print_head(p, &c);
	json_array_foreach(json_object_get(v, "rows"), i, cells) {
		struct row r;

		row_make(p, &c, cells, false, &r);
		print_row(p, &c, &r);
		row_end(&r);
	}
	pdf_untag(p, "Table");
	p->y += 8;
}

double pdf_table_start(struct printer *p, const json_t *v)
{
	struct columns c;
	struct row head, first;
	double height;

	columns_of(p, v, &c);
	row_make(p, &c, c.head, true, &head);
	row_make(p, &c, json_array_get(json_object_get(v, "rows"), 0), false, &first);
	height = height_of(head.lines) + (height_of(first.lines) < KEEP ? height_of(first.lines) : height_of(3));
	row_end(&head);
	row_end(&first);
	return height;
}
