/*
 * web/status.h - the page at /: what runs here, by which policy, and what it decided today.
 *
 * A page is a template over a view, a JSON value that the caller makes; this
 * folder knows no policy, log or database.  Nothing on a page needs JavaScript
 * or inline style, so that it is sent under WEB_CSP.
 */
#ifndef SEKISHO_WEB_STATUS_H
#define SEKISHO_WEB_STATUS_H

#include <jansson.h>

#include "base/result.h"
#include "base/str.h"

/* The Content-Security-Policy of every page. */
#define WEB_CSP                                                                                     \
	"default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; " \
	"base-uri 'none'; frame-ancestors 'none'"

enum web_language { WEB_JA, WEB_EN, WEB_LANGUAGES };

/*
 * The language of a page: QUERY (the value of ?language=) when it names one we
 * have, else the one that ACCEPT (the Accept-Language header) likes best, else
 * Japanese.  Either may be empty.
 */
enum web_language web_language_choose(struct str query, struct str accept);

/* "ja" or "en", as in the lang attribute, for LANGUAGE.  Static. */
const char *web_language_tag(enum web_language language);

/*
 * Appends to OUT the page for VIEW in LANGUAGE.  The texts in VIEW are in that
 * language already.  Its shape, all members required unless marked:
 *
 *	{"version": "0.1.0", "since": "2026-11-25T06:00:00Z",
 *	 "zone": {"name": "Asia/Tokyo", "minutes": 540},       times are shown in it
 *	 "policy": {"organization": "…", "version": 3, "effective": "2026-11-01",
 *	            "statement": "/privacy/",                  optional: clauses link into it
 *	            "clauses": [{"anchor": "purposes", "title": "…"}, …]},
 *	 "today": {"date": "2026-11-25",
 *	           "purposes": [{"id": "billing", "title": "…", "allowed": 120, "denied": 3}, …]},
 *	 "log": {"origin": "…", "generation": 1, "size": 1234, "root": "base64…", "time": "2026-11-25T06:00:00Z"}}
 *
 * Fails with internal (VIEW lacks a member) or out_of_memory.
 */
result web_status_page(const json_t *view, enum web_language language, struct buf *out, struct error *e);

#endif
