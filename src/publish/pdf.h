/*
 * publish/pdf.h - a statement, form or other wording as a PDF.
 *
 * A PDF is printed by a program of its own, sekisho-print, which ends with it: the
 * libraries that set text and read fonts take memory for good, and they have no
 * business in a process that holds keys.  What it is to print is a job, a text.
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

/* Appends to OUT the job of printing VIEW (borrowed) with what ABOUT says: JSON.  Fails with out_of_memory. */
result pdf_job(json_t *view, const struct pdf_about *about, struct buf *out, struct error *e);

/*
 * Reads JOB into *VIEW, the caller's to json_decref, and *ABOUT, whose texts are
 * *VIEW's.  Fails with malformed.
 */
result pdf_job_read(struct str job, json_t **view, struct pdf_about *about, struct error *e);

/*
 * Appends to OUT the PDF that JOB asks for, by the program sekisho-print, which
 * lies beside the running one or below libexec/.  Waits for it.  Fails with io (it is not
 * there), internal (it failed), out_of_memory.
 */
result pdf_write(struct str job, struct buf *out, struct error *e);

#endif
