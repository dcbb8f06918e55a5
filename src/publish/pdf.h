/*
 * publish/pdf.h - a statement or another wording as a PDF, by pango and cairo.
 *
 * A4, fonts embedded, page numbers, an outline of the clauses.  The same view gives
 * the same bytes wherever the same fonts and libraries are installed.  Tables are
 * set as tables.  It is no tagged PDF: whoever needs structure reads the HTML.
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
