/*
 * publish/pdf_print.h - a statement, form or other wording as a PDF, by pango and cairo; for the program sekisho-print alone.
 *
 * A4, fonts embedded, tagged, an outline of the clauses, "3 / 12" at the foot of
 * each page.  The same view gives the same bytes wherever the same fonts and
 * libraries are installed.  Forms have ruled boxes to write in by hand; fields that
 * a viewer fills in are not there, whoever has a screen fills in the HTML.
 */
#ifndef SEKISHO_PUBLISH_PDF_PRINT_H
#define SEKISHO_PUBLISH_PDF_PRINT_H

#include "publish/pdf.h"

/*
 * Appends to OUT the PDF of VIEW, as publish/statement.h and publish/form.h have
 * them, with what ABOUT says.  Fails with internal (a font or the library), out_of_memory.
 */
result pdf_print(const json_t *view, const struct pdf_about *about, struct buf *out, struct error *e);

#endif
