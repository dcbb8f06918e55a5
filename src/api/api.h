/*
 * api/api.h - the HTTP interface over an open instance (docs/http-api.md).
 *
 * One table routes and documents.  A handler reads the request, fills in an
 * operation of access/, parks the request and submits; when the operation is
 * done, the request is woken, and its answer is rendered from what the operation
 * made.  No handler waits, and none sees more than the decision allowed.
 *
 * A second server on the instance's control socket takes commands of the command
 * line (api/control.h), so that the log keeps one writer.
 */
#ifndef SEKISHO_API_API_H
#define SEKISHO_API_API_H

#include "access/access.h"
#include "http/http.h"

struct api;

struct api_config {
	const char *listen; /* "127.0.0.1:8420" */
	const char *tls_cert, *tls_key; /* NULL: plain */
	unsigned max_connections; /* 0: as http/ has it */
	const struct http_route *pages; /* further routes with the server as their ctx, borrowed (web/pages.h) */
	size_t n_pages;
	void *pages_state; /* what the pages keep, borrowed; given by api_pages_state; may be NULL */
};

/*
 * Serves A as C says, and its control socket; gives the server in *OUT, the
 * caller's to stop.  Fails with io (the address is in use), usage, out_of_memory.
 */
result api_start(struct access *a, const struct api_config *c, struct api **out, struct error *e);

/* The URL that S listens on.  S's. */
const char *api_url(const struct api *s);

/*
 * The view of the status page (web/status.h says its shape) in LANGUAGE, "ja" or
 * "en"; the caller's to json_decref.  NULL when no policy is in force.
 */
json_t *api_status_view(struct api *s, const char *language);

/* What C's pages_state was when S was started, or NULL. */
void *api_pages_state(const struct api *s);

/* The clock that S runs by.  S's. */
const struct clock *api_clock(const struct api *s);

/*
 * How many versions S has published into *PUBLISHED and which of them is in force into *IN_FORCE, both from 1; false when
 * none is in force.
 */
bool api_versions(struct api *s, uint32_t *published, uint32_t *in_force);

/*
 * Has USE read S's database, for what is not personal data, with CTX, from any thread; the reader is opened and closed
 * for it.  Fails with database, out_of_memory, and with what USE fails with.
 */
result api_read_database(struct api *s, result (*use)(struct db *d, void *ctx, struct error *e), void *ctx, struct error *e);

/* Stops taking requests, answers what was taken in, frees S; NULL is nothing. */
void api_stop(struct api *s);

#endif
