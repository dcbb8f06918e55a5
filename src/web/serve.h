/*
 * web/serve.h - pages and assets as answers, with the headers that each of them has.
 */
#ifndef SEKISHO_WEB_SERVE_H
#define SEKISHO_WEB_SERVE_H

#include "http/http.h"
#include "web/language.h"

/* The Content-Security-Policy of every page: only our own sheets and pictures, no script at all. */
#define WEB_CSP                                                                                     \
	"default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; " \
	"base-uri 'none'; frame-ancestors 'none'"

/* The language that R asks for, by ?language= or Accept-Language. */
enum web_language web_language_of(struct http_request *r);

/* Sets on R's answer what a browser has to keep to, whatever is shown. */
void web_set_guards(struct http_request *r);

/* True when the If-None-Match of R has ETAG, with its quotes, or is a star. */
bool web_has(struct http_request *r, const char *etag);

/* Answers R with the HTML in PAGE (copied), which is in LANGUAGE; it is never kept by a cache. */
void web_answer_page(struct http_request *r, struct str page, enum web_language language);

/*
 * Answers R, whose pattern is "/assets/" and a star, with that file of assets/;
 * with 304 when If-None-Match has its tag; with no_such_resource when there is none.
 */
void web_answer_asset(struct http_request *r);

#endif
