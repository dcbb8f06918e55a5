/*
 * web/privacy.h - what is served under /privacy/: the site of the published versions (web/site.h).
 *
 * The site is made when the first request after a publication, or after a version
 * came into force, asks for it, and is kept in memory; a PDF when it is asked for,
 * and the last few are kept.  A thread of its own makes both, and the requests that
 * ask for them are parked: no event thread waits.  The same thread makes the page on
 * coverage anew with the evidence that the log holds: it goes on counting where it was,
 * once a minute (once a second while it is behind) and for a second at the most, and the page says how far it came.
 */
#ifndef SEKISHO_WEB_PRIVACY_H
#define SEKISHO_WEB_PRIVACY_H

#include "http/http.h"

struct privacy;

/* Makes an empty holder of the site in *OUT, for api_config.pages_state, the caller's to free.  Fails with out_of_memory. */
result privacy_new(struct privacy **out, struct error *e);

/* Ends P's thread and frees P, once no server has it; NULL is nothing. */
void privacy_free(struct privacy *p);

/* Answers R, at /privacy, with the way to /privacy/, where relative links lead to the right pages; CTX is not looked at. */
void privacy_redirect(struct http_request *r, void *ctx);

/*
 * Answers R, whose pattern is "/privacy/" (the statement in the language that R asks for, as any page named without one) or "/privacy/" and a star, with
 * that file of the site of the server CTX; 304 when R has it; no_such_resource when there is none.
 */
void privacy_answer(struct http_request *r, void *ctx);

/* As privacy_answer, once what R of CTX asked for was made, or could not be. */
void privacy_woken(struct http_request *r, void *ctx);

#endif
