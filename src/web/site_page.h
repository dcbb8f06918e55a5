/*
 * web/site_page.h - one page of a site: its view filled in and rendered; for web/site.c and web/site_forms.c.
 */
#ifndef SEKISHO_WEB_SITE_PAGE_H
#define SEKISHO_WEB_SITE_PAGE_H

#include "web/site.h"

/* What is being made: the pages of one edition in one language, or those of the whole site. */
struct maker {
	struct site *site;
	const struct edition *of;
	size_t language;
	const char *prefix; /* of paths: "" or "versions/3/" */
	const char *root;   /* from there to the site's root: "" or "../../" */
	bool in_force;	    /* false: a page says that it is of another version */
	bool upcoming;
	bool feed;
};

/* Adds to M's site the file NAME.LANGUAGE ENDING of TYPE with the body B, which is taken over.  Fails with out_of_memory. */
result maker_add(const struct maker *m, const char *name, const char *ending, const char *type, struct buf *b, struct error *e);

/* The label WORD of templates/privacy.json in M's language.  Static words; NULL when there is none. */
json_t *maker_label(const json_t *words, const char *word);

/* The words of pages in M's language, the caller's; NULL without memory. */
json_t *maker_words(const struct maker *m);

/* What every page has, for the page called NAME (its switch is on_<ON>) with TITLE; the caller's.  NULL without memory. */
json_t *maker_view(const struct maker *m, const char *name, const char *on, const char *title);

/* Adds to VIEW version, dates and the formats in which NAME is there too ("json": NAME.<language>.json).  False without memory. */
bool maker_facts(const struct maker *m, json_t *view, const char *name, bool json);

/* The list of {label, date, text} for the dates of M's edition, called by WORDS of maker_words; the caller's.  NULL without memory. */
json_t *maker_dates(const struct maker *m, const json_t *words);

/* BLOCKS as HTML text, with clauses on the page STATEMENT and headings from LEVEL on; the caller's.  NULL without memory. */
json_t *maker_html(const json_t *blocks, const char *statement, int level);

/* Appends TEMPLATE_NAME over VIEW (borrowed) to OUT.  Fails with out_of_memory, internal. */
result page_render(const char *template_name, const json_t *view, struct buf *out, struct error *e);

/*
 * Renders TEMPLATE_NAME over VIEW and adds it as NAME.<language>.html.  Takes VIEW over.  Fails with out_of_memory,
 * internal.
 */
result maker_page(const struct maker *m, const char *template_name, const char *name, json_t *view, struct error *e);

/* The file name of the statement's page, for links from another page, in B, which the caller frees; B's. */
const char *maker_statement(const struct maker *m, struct buf *b);

/* The clauses of VIEW, {anchor, title, html}, with links to clauses on the page STATEMENT; the caller's.  NULL without memory. */
json_t *maker_clauses(const json_t *view, const char *statement);

/* Adds the PDF of VIEW (borrowed) as NAME, to be made when it is asked for.  Fails with out_of_memory. */
result maker_pdf(const struct maker *m, const char *name, json_t *view, struct error *e);

/*
 * Makes the wording NAME as the page PAGE and its PDF, and gives its title in
 * *TITLE, the caller's; NULL when it is not there in M's language.  ON as in maker_view.
 * Fails with out_of_memory, internal.
 */
result maker_wording(const struct maker *m, struct str name, const char *page, const char *on, json_t **title,
		     struct error *e);

/* Makes the pages on requests.  Fails with out_of_memory, internal. */
result maker_forms(const struct maker *m, struct error *e);

/* Makes the page on coverage, without evidence.  Fails with out_of_memory, internal. */
result maker_coverage(const struct maker *m, struct error *e);

/* True when M's language is Japanese. */
bool maker_ja(const struct maker *m);

#endif
