/*
 * web/site.h - everything that is published under /privacy/, as files with relative links.
 *
 * The same files are served and written to a directory.  A site is made from
 * editions alone: made again it has the same bytes.
 *
 * Ownership: a site owns its files; a file's body is the site's.  Threads: a site
 * belongs to one thread at a time; but while others only read, one may call site_print and site_evidence.
 */
#ifndef SEKISHO_WEB_SITE_H
#define SEKISHO_WEB_SITE_H

#include <jansson.h>

#include "publish/coverage.h"
#include "publish/edition.h"

enum { SITE_ETAG = 40 };

struct site_file {
	struct str path; /* "statement.ja.html", "versions/3/statement.ja.html" */
	const char *type;
	struct buf body;
	char etag[SITE_ETAG]; /* strong, with its quotes; empty until the body is made */
	moment modified;      /* when what it says was published */
	struct buf job;	      /* of a PDF (publish/pdf.h), else empty; its body may be made, dropped and made again */
	json_t *view;	      /* of a page on coverage, else NULL; its body may be made anew with evidence */
};

struct site {
	struct arena arena;
	struct site_file *files;
	size_t n, cap;
};

/*
 * Makes the site of the N published EDITIONS (of one policy, ascending), of which
 * the one with the index CURRENT is in force, or of one that is not published, into *OUT, the
 * caller's to free with site_free.  Fails with io (a version without statement), out_of_memory.
 */
result site_make(const struct edition *editions, size_t n, size_t current, struct site **out, struct error *e);

/* Frees S; NULL is nothing. */
void site_free(struct site *s);

/* The file of S at PATH, or NULL.  S's. */
struct site_file *site_find(struct site *s, struct str path);

/* True when the body of F is there. */
bool site_made(const struct site_file *f);

/* Appends to OUT the body of F, a PDF.  Reads only what of F never changes.  Fails with io, out_of_memory, internal. */
result site_print(const struct site_file *f, struct buf *out, struct error *e);

/*
 * Appends to OUT the body of F, a page on coverage, with the evidence that C counted up to the time AT.  Reads only what
 * of F never changes.  Fails with out_of_memory, internal.
 */
result site_evidence(const struct site_file *f, const struct coverage_count *c, moment at, struct buf *out, struct error *e);

/* Gives F the body B, which is taken over, and its ETag; a PDF has none again with B empty. */
void site_put(struct site_file *f, struct buf *b);

/*
 * Gives the body of F in *BODY, F's, making it when it was not made yet.  Fails with io, out_of_memory, internal.
 */
result site_body(struct site_file *f, struct str *body, struct error *e);

#endif
