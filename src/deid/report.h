/*
 * deid/report.h - what was done, how safe it is and what it is good for: one view,
 * as JSON for programs and as one page for people, in English and in Japanese.
 */
#ifndef SEKISHO_DEID_REPORT_H
#define SEKISHO_DEID_REPORT_H

#include <jansson.h>

#include "deid/checks.h"
#include "deid/measure.h"

struct deid_report {
	const struct deid_run *run;
	const struct deid_measures *measures;
	const struct deid_checks *checks;
	int64_t write_us;
	int64_t peak_kb;
	enum deid_language first; /* the one that a page shows first */
	unsigned languages;	  /* those that a page has, as bits 1 << language; 0: all */
};

/* The view of R, in all languages, or NULL when there is no memory; the caller frees it with json_decref. */
json_t *deid_report_view(const struct deid_report *r);

/* The records of R that are written at LEVEL in its quasi-identifying column A. */
uint64_t deid_report_records_at(const struct deid_run *r, size_t a, unsigned level);

/* The cells of R's quasi-identifying column A that cell suppression took: those coarser than the search found them. */
uint64_t deid_report_cells_taken(const struct deid_run *r, size_t a);

/* Appends R to B as a page of HTML that needs nothing else. */
void deid_report_html(const struct deid_report *r, struct buf *b);

/* Appends to B in LANGUAGE what R's run did and how safe it is: one sentence, and how good it is in another. */
void deid_report_sentence(const struct deid_report *r, enum deid_language language, struct buf *b);

#endif
