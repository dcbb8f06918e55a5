/*
 * http/http.h - HTTP: takes whole, well-formed requests, gives answers.
 *
 * One or more event threads drive libmicrohttpd over its epoll descriptor and an
 * eventfd.  A request reaches the handler once, when its body is complete.  The
 * handler answers at once, or parks it: then someone, on any thread, calls
 * http_wake, and the handler's `woken` runs on the event thread and answers.  No
 * thread ever waits for another.
 *
 * What is refused before a handler sees it: heads over 16 kB, bodies over the
 * limit, two lengths, a length with chunked, a header name with blanks or
 * controls, a NUL, a repeated Authorization or Sekisho-* header, a method or
 * path that no route has.
 *
 * Ownership: a request and its arena live until its answer has been sent or its
 * client has gone *and* nobody has it parked; text given to http_answer is
 * copied.  This is the only folder that includes the HTTP library.
 */
#ifndef SEKISHO_HTTP_HTTP_H
#define SEKISHO_HTTP_HTTP_H

#include <jansson.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/str.h"

struct http_server;
struct http_request;

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHODS };

/* One row of the table that routes and documents. */
struct http_route {
	enum http_method method;
	const char *pattern; /* "/v1/subjects/{id}/{category}", "/v1/subjects/{id}:erase", "/log/*" */
	void (*handle)(struct http_request *r, void *ctx);
	void (*woken)(struct http_request *r, void *ctx); /* after http_wake; NULL when never parked */
	size_t max_body;     /* bytes; 0: no body is taken */
	const char *summary; /* one line for OpenAPI */
};

struct http_config {
	const char *listen;	 /* "127.0.0.1:8420", "[::1]:0", or "unix:/path" */
	const char *tls_cert, *tls_key; /* PEM files; NULL: plain */
	const struct http_route *routes;
	size_t n_routes;
	void *ctx; /* given to the handlers */
	unsigned threads; /* event threads, at least 1 */
	unsigned max_connections;
	unsigned idle_seconds; /* a request not complete, or a connection idle, for so long is closed */
	/* runs on the event thread once per wake-up before and after the handlers: e.g. one read transaction for all */
	void (*before)(void *ctx);
	void (*after)(void *ctx);
	struct clock clock;
};

/* Starts the server: listens and runs its threads.  Gives it in *OUT, the caller's to stop and free.  Fails with io (address in use), usage. */
result http_start(const struct http_config *c, struct http_server **out, struct error *e);

/* The URL that S listens on, such as "http://127.0.0.1:8420".  S's. */
const char *http_url(const struct http_server *s);

/* Stops taking connections and requests, lets what was taken in be answered (at most WAIT_MS), ends the threads, frees S. */
void http_stop(struct http_server *s, int wait_ms);

/* What the request is.  All text is the request's. */
enum http_method http_method(const struct http_request *r);
struct str http_path(const struct http_request *r);
struct str http_param(const struct http_request *r, int n);	       /* the N-th {…} of the pattern, decoded */
struct str http_query(const struct http_request *r, const char *name); /* decoded; empty when absent */
struct str http_header(const struct http_request *r, const char *name);
struct str http_body(const struct http_request *r);
struct arena *http_arena(struct http_request *r);
const struct uuid *http_id(const struct http_request *r); /* request id, made here */
const struct http_route *http_route_of(const struct http_request *r);

/* Keeps P with the request for its handlers; FREE_ (or NULL) is called on it when the request ends. */
void http_keep(struct http_request *r, void *p, void (*free_)(void *));
void *http_kept(const struct http_request *r);

/* The body as JSON: an object without duplicate keys, depth at most 32, UTF-8.  The caller's to json_decref.  Fails with malformed (pointer or byte in E's place), media_type. */
result http_json(struct http_request *r, json_t **out, struct error *e);

/* Adds a header to the answer; NAME and VALUE are copied. */
void http_set(struct http_request *r, const char *name, struct str value);

/* Answers with STATUS and a body of TYPE.  Once per request. */
void http_answer(struct http_request *r, int status, const char *type, struct str body);

/* Answers with V as JSON; takes V over. */
void http_answer_json(struct http_request *r, int status, json_t *v);

/* Answers with an RFC 9457 problem of E's code; EXTRA (taken over, may be NULL) has further members. */
void http_problem(struct http_request *r, const struct error *e, json_t *extra);

/* Parks R: no answer from this call of the handler.  Call before handing R to another thread. */
void http_park(struct http_request *r);

/* From any thread: R's `woken` shall run on its event thread.  Once per park. */
void http_wake(struct http_request *r);

/* Counters for /metrics. */
struct http_counts { uint64_t requests, answers, refused, open, parked; int64_t oldest_parked_ms; };
struct http_counts http_counts(const struct http_server *s);

#endif
