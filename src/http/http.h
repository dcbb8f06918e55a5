/*
 * http/http.h - HTTP: takes whole, well-formed requests, gives answers.
 *
 * One or more event threads drive libmicrohttpd over its epoll descriptor and an
 * eventfd.  A request reaches the handler once, when its body is complete.  The
 * handler answers at once, or parks it: then someone, on any thread, calls
 * http_wake, and the route's `woken` runs on the event thread and answers.  No
 * thread ever waits for another.
 *
 * What is refused before a handler sees it: heads over 16 kB, bodies over the
 * route's limit (by their announced length before they are read), two lengths, a
 * length with chunked, other codings than chunked, a header name with blanks or
 * controls, a NUL, a folded or bare-LF header line, a value that is not UTF-8, a
 * missing or second Host, a repeated Authorization or Sekisho-* header, a target
 * that does not decode, a method or path that no route has.  Each is answered by
 * a problem document; after one that casts doubt on where the request ends, the
 * connection is closed.  A client that closes its sending side has gone: it may
 * get no answer.
 *
 * Ownership: a request and its arena live until its answer has been sent or its
 * client has gone *and* nobody has it parked; text given to http_answer is
 * copied; what a request gives is the request's.  Personal values pass through:
 * body, answer and arena are wiped before they are used again.
 *
 * Threads: all calls on a request belong to its event thread, but for http_wake,
 * and while it is parked its arena, body and headers may be used by the one who
 * will wake it.  This is the only folder that includes the HTTP library.
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

enum {
	HTTP_HEAD_MAX = 16 * 1024,	/* bytes of request line and headers */
	HTTP_BODY_MAX = 1024 * 1024,	/* what most routes with a body take */
	HTTP_PARAMS_MAX = 8,		/* {…} and * in one pattern */
	HTTP_SET_MAX = 24,		/* headers of one answer */
	HTTP_JSON_DEPTH = 32,
};

/*
 * One row of the table that routes and documents.  A pattern is literal but for
 * whole segments `{name}`, a verb behind one (`{id}:erase`), and a last segment
 * `*` that stands for one or more segments.  The first row that fits wins, so
 * literal rows come before `{name}`.  `{name}` fits one segment that is not empty
 * and has no colon (a colon in an id is sent as %3A).  HEAD is answered by the
 * row of GET.
 */
struct http_route {
	enum http_method method;
	const char *pattern; /* "/v1/subjects/{id}/{category}", "/v1/subjects/{id}:erase", "/log/" and a star */
	void (*handle)(struct http_request *r, void *ctx);
	void (*woken)(struct http_request *r, void *ctx); /* after http_wake; NULL when never parked */
	size_t max_body;     /* bytes; 0: no body is taken */
	const char *summary; /* one line for OpenAPI */
};

struct http_config {
	const char *listen;	 /* "127.0.0.1:8420", "[::1]:0", or "unix:/path" (mode 0600) */
	const char *tls_cert, *tls_key; /* PEM files; NULL: plain */
	const struct http_route *routes; /* borrowed for the server's life, as all of this */
	size_t n_routes;
	void *ctx; /* given to the handlers */
	unsigned threads; /* event threads; 0 is 1 */
	unsigned max_connections; /* more are answered 503; 0 is 1,000 */
	unsigned idle_seconds; /* idle so long: closed; a request or answer that takes twice as long: closed; 0 is 60 */
	/*
	 * On each event thread, once a wake-up: `before` ahead of the first handler
	 * that runs in it, `after` behind the last, e.g. for one read transaction.
	 * Either may be NULL.
	 */
	void (*before)(void *ctx);
	void (*after)(void *ctx);
	struct clock clock;
	struct entropy entropy; /* for request ids */
};

/*
 * Starts the server of C: listens and runs its threads.  Gives it in *OUT, the
 * caller's to stop.  Fails with E set: io (the address is in use, a file can't
 * be read), usage (no such address, a bad pattern, a certificate that does not
 * fit), out_of_memory.
 */
result http_start(const struct http_config *c, struct http_server **out, struct error *e);

/* The URL that S listens on, such as "http://127.0.0.1:8420" or "unix:/path".  S's. */
const char *http_url(const struct http_server *s);

/*
 * Stops S taking connections and requests, lets what was taken in be answered for
 * at most WAIT_MS, closes what is left, ends the threads, frees S.  It always
 * waits for those who have a request parked to wake it: stop the server before
 * whoever wakes.  NULL is nothing.
 */
void http_stop(struct http_server *s, int wait_ms);

/* The method of R (HEAD counts as GET) and its path as sent, without the query. */
enum http_method http_method(const struct http_request *r);
struct str http_path(const struct http_request *r);

/* The N-th `{…}` or `*` of R's pattern, decoded; empty when there is none. */
struct str http_param(const struct http_request *r, int n);

/* The first value of NAME in R's query, decoded; empty when absent.  {NULL, 0} only when absent. */
struct str http_query(struct http_request *r, const char *name);

/* The first value of header NAME (any case) of R, without blanks around it; {NULL, 0} when absent. */
struct str http_header(const struct http_request *r, const char *name);

/* R's whole body. */
struct str http_body(const struct http_request *r);

/* R's arena. */
struct arena *http_arena(struct http_request *r);

/* The id of R, made here; it stands in every problem document. */
const struct uuid *http_id(const struct http_request *r);

/* The row that R was routed by. */
const struct http_route *http_route_of(const struct http_request *r);

/* Keeps P with R for its handlers; FREE_ (or NULL) is called on it when the request ends. */
void http_keep(struct http_request *r, void *p, void (*free_)(void *));

/* What was kept with R, or NULL. */
void *http_kept(const struct http_request *r);

/*
 * Reads R's body as JSON into *OUT, the caller's to json_decref: an object of
 * type application/json without duplicate keys, at most 32 deep, in UTF-8.  Fails with
 * media_type, malformed (E's place is "byte N"), out_of_memory.
 */
result http_json(struct http_request *r, json_t **out, struct error *e);

/* As http_json for TEXT, whatever its type: a line of NDJSON, say.  Fails with malformed, out_of_memory in E; *OUT is the caller's. */
result http_json_parse(struct str text, json_t **out, struct error *e);

/*
 * Adds a header to R's answer; NAME and VALUE are copied.  Left out: a value that
 * is empty or has controls (it would be a second header), and what frames the
 * answer, which the server says itself.
 */
void http_set(struct http_request *r, const char *name, struct str value);

/* Answers R with STATUS and a BODY of TYPE (copied; NULL: no Content-Type).  Once per request: later answers are ignored. */
void http_answer(struct http_request *r, int status, const char *type, struct str body);

/* Answers R with STATUS and V as JSON; takes V over. */
void http_answer_json(struct http_request *r, int status, json_t *v);

/*
 * Answers R with an RFC 9457 problem of E's code, status and message (not told
 * when the fault is ours); E's place is the "pointer" when it is one.  EXTRA
 * (taken over, may be NULL) is an object of further members.  Adds Retry-After to
 * 429 and 503, WWW-Authenticate to 401.
 */
void http_problem(struct http_request *r, const struct error *e, json_t *extra);

/*
 * Parks R: no answer from this call of the handler.  Call before handing R to
 * another thread; whoever could not hand it over calls http_wake itself.
 */
void http_park(struct http_request *r);

/* From any thread: R's `woken` shall run on its event thread, and may park it again.  Once per park.  R is not the caller's afterwards. */
void http_wake(struct http_request *r);

/* Counters for /metrics, since the start but for the last three, which are of now. */
struct http_counts {
	uint64_t requests; /* request lines taken in */
	uint64_t answers;  /* given, refusals too */
	uint64_t refused;  /* before any handler */
	uint64_t open;	   /* connections */
	uint64_t parked;
	int64_t oldest_parked_ms; /* how long the oldest parked request has waited; 0: none */
};

/* The counters of S, from any thread. */
struct http_counts http_counts(const struct http_server *s);

#endif
