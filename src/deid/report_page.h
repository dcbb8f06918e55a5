/*
 * deid/report_page.h - what the files of the report's page share.  Not for use outside them.
 */
#ifndef SEKISHO_DEID_REPORT_PAGE_H
#define SEKISHO_DEID_REPORT_PAGE_H

#include "deid/report.h"

/* A report being written in one language. */
struct page {
	const struct deid_report *r;
	struct buf *b;
	enum deid_language in;
};

/* Appends to PAGE the format EN or JA, by its language, with the arguments behind. */
#define PAGE(page, en, ja, ...)                                                                                   \
	((page)->in == DEID_JA ? buf_printf((page)->b, ja, ##__VA_ARGS__) : buf_printf((page)->b, en, ##__VA_ARGS__))

enum {
	REPORT_BARS = 24,     /* bars of one distribution: more leaves are joined */
	REPORT_HEIGHTS = 256, /* heights of a lattice: one of more is not drawn */
	REPORT_STEPS = 64,    /* sizes of groups: from each power of two to the next */
};

/* Shares of the records by bar, neighbouring leaves joined where there are many. */
struct report_bars {
	double share[2][REPORT_BARS]; /* before, after */
	uint32_t per;		      /* leaves of a bar */
	uint32_t n;
};

/* The transformations of a search by height, the sum of their levels. */
struct report_lattice {
	double at[REPORT_HEIGHTS]; /* how many there are */
	double all;
	unsigned top;	 /* the highest height */
	unsigned chosen; /* that of the transformation that was chosen */
};

/* The bars of R's column at place A of the tuple. */
void report_bars(const struct deid_report *r, size_t a, struct report_bars *bars);

/* The first leaf of bar I of BARS, of R's column at place A, or the LAST.  The hierarchy's. */
struct str report_leaf(const struct deid_report *r, size_t a, const struct report_bars *bars, uint32_t i, bool last);

/* The lattice of R's search into *L; false when there is none, or it is too high. */
bool report_lattice(const struct deid_report *r, struct report_lattice *l);

/* R's records before and after in groups of 1, of 2 to 3, of 4 to 7 and so on, as shares of all, into SHARE; gives the number of steps. */
unsigned report_steps(const struct deid_report *r, double share[2][REPORT_STEPS]);

/* How many of R's checks came to V. */
size_t report_count(const struct deid_report *r, enum deid_verdict v);

/* True when R has a page in LANGUAGE. */
bool report_is_in(const struct deid_report *r, enum deid_language language);

/* True when R's records are written as they were read. */
bool report_is_unchanged(const struct deid_report *r);

/* Appends S to B as text of a page. */
void page_escape(struct buf *b, struct str s);

/* Appends to P the share SHARE in percent. */
void page_percent(struct page *p, double share);

/* What P calls its figures before what was done, or AFTER it.  Static. */
const char *page_kind(const struct page *p, bool after);

/* Appends to P the figure of its risks. */
void page_risks(struct page *p);

/* Appends to P the figure of the sizes of its groups. */
void page_sizes(struct page *p);

/* Appends to P the figure of the levels that were chosen. */
void page_levels(struct page *p);

/* Appends to P the figure of the distribution of the column at place A. */
void page_distribution(struct page *p, size_t a);

/* Appends to P the figure of the lattice; nothing when there is none to draw. */
void page_lattice(struct page *p);

#endif
