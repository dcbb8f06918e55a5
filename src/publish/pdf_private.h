/*
 * publish/pdf_private.h - what the files of publish/pdf_print.h share: the page under way, and text set on it.
 *
 * All places and sizes are in points, from the upper left corner.
 */
#ifndef SEKISHO_PUBLISH_PDF_PRIVATE_H
#define SEKISHO_PUBLISH_PDF_PRIVATE_H

#include "base/str.h"
#include "publish/pdf_print.h"

/* The libraries' types, by which the header does without theirs. */
typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;
typedef struct _PangoAttrList PangoAttrList;
typedef struct _PangoContext PangoContext;
typedef struct _PangoLayout PangoLayout;

#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 64.0
#define BOTTOM (PAGE_HEIGHT - MARGIN)
#define BODY 10.0
#define INDENT 16.0
#define LEADING 1.55 /* of a line, by its size */

extern const char PDF_MINCHO[], PDF_GOTHIC[];

enum { PDF_LINKS = 64 };

/* Text with what is set otherwise in it. */
struct pdf_run {
	struct buf text;
	PangoAttrList *attributes;
	struct {
		unsigned from, to;
		const char *href; /* the view's */
	} links[PDF_LINKS];
	size_t n_links;
};

/* A view being printed.  It is printed twice: first only to count the pages. */
struct printer {
	const json_t *view;
	const struct pdf_about *about;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	double left; /* indentation */
	double y;
	int page, pages; /* pages: 0 while they are counted */
};

/* How text is set. */
struct pdf_look {
	const char *family;
	double size, before, after;
	const char *tag; /* of the text's structure: "P" */
};

extern const struct pdf_look PDF_TEXT;

/* The text MEMBER of V; empty when there is none.  V's. */
struct str pdf_member(const json_t *v, const char *member);

/* Begins and ends in P an element TAG of the document's structure, "H1" or "Table". */
void pdf_tag(struct printer *p, const char *tag);
void pdf_untag(struct printer *p, const char *tag);

/* Makes sure that POINTS are left on the page, or begins a new one; true when it did. */
bool pdf_need(struct printer *p, double points);

/* Ends the page and begins the next. */
void pdf_next_page(struct printer *p);

/* Draws a line across the page at height Y. */
void pdf_rule(struct printer *p, double y);

/* Begins R, to be ended with pdf_run_end; adds to it the inlines LIST, or S, smaller and softer. */
void pdf_run_begin(struct pdf_run *r);
void pdf_run_soft(struct pdf_run *r, struct str s);
void pdf_run_inlines(struct pdf_run *r, const json_t *list);
void pdf_run_end(struct pdf_run *r);

/* A layout of R as LOOK says, WIDTH wide, or as wide as it is when that is negative; the caller's to unref. */
PangoLayout *pdf_layout(struct printer *p, const struct pdf_run *r, const struct pdf_look *look, double width);

/* How wide LAYOUT is. */
double pdf_width(PangoLayout *layout);

/* Prints line LINE of LAYOUT, which is of R and set as LOOK says, with its upper left corner at the place AT. */
void pdf_line(struct printer *p, const struct pdf_run *r, PangoLayout *layout, int line, const struct pdf_look *look,
	      const double at[2]);

/* Prints R as LOOK says from the present place on, over as many pages as it takes. */
void pdf_run(struct printer *p, const struct pdf_run *r, const struct pdf_look *look);

/* The height of the first lines of R, set as LOOK says, which stay together. */
double pdf_run_start(struct printer *p, const struct pdf_run *r, const struct pdf_look *look);

/* Prints S, or the inlines LIST, as LOOK says. */
void pdf_text(struct printer *p, struct str s, const struct pdf_look *look);
void pdf_inlines(struct printer *p, const json_t *list, const struct pdf_look *look);

/* Prints S, one line in Gothic of SIZE, with its upper left corner at AT; its upper right one when ALIGN is 1. */
void pdf_at(struct printer *p, struct str s, const double at[2], double size, int align);

/* Prints the table V; the height that its beginning takes together. */
void pdf_table(struct printer *p, const json_t *v);
double pdf_table_start(struct printer *p, const json_t *v);

/* Prints the fields, or choices, V of a form, to be filled in by hand; the height that the beginning of fields takes together. */
void pdf_fields(struct printer *p, const json_t *v);
double pdf_fields_start(struct printer *p, const json_t *v);
void pdf_choices(struct printer *p, const json_t *v);

/*
 * Appends to the PDF in OUT, which cairo has made, an update that says in which
 * LANGUAGE it is and that its title is shown; nothing when it is not made as expected.
 */
void pdf_finish(struct buf *out, const char *language);

#endif
