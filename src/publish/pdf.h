/*
 * publish/pdf.h - a statement or another wording as a PDF, by pango and cairo.
 *
 * A4, fonts embedded, tagged, an outline of the clauses, "3 / 12" at the foot of
 * each page.  The same view gives the same bytes wherever the same fonts and
 * libraries are installed.  Forms have ruled boxes to write in by hand; fields that
 * a viewer fills in are not there, whoever has a screen fills in the HTML.
 */
#ifndef SEKISHO_PUBLISH_PDF_H
#define SEKISHO_PUBLISH_PDF_H

#include <jansson.h>

#include "base/date.h"
#include "base/result.h"

/* What stands beside the text. */
struct pdf_about {
	const char *organization;
	const char *line;     /* under the title: version and dates; may be empty */
	const char *language; /* "ja" */
	moment created;	      /* the date in the file */
};

/*
 * Appends to OUT the PDF of VIEW, a statement or a wording of
 * publish/statement.h, with what ABOUT says.  Fails with internal (a font or the library), out_of_memory.
 */
result pdf_write(const json_t *view, const struct pdf_about *about, struct buf *out, struct error *e);

#endif
