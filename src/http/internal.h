/*
 * http/internal.h - what the files of this folder share: server, loop, request.
 *
 * A loop owns one daemon of the library, its thread, its connections and its
 * requests.  Fields are grouped by who may touch them.
 */
#ifndef SEKISHO_HTTP_INTERNAL_H
#define SEKISHO_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"

struct http_field {
	struct str name, value;
};

/* What the library will call us with next for a request. */
enum http_stage {
	STAGE_HEAD,   /* the head is complete */
	STAGE_BODY,   /* parts of the body, or its end */
	STAGE_PARKED, /* nothing: suspended */
	STAGE_WOKEN,  /* resumed */
	STAGE_DONE,   /* answered */
};

struct http_request {
	/* The event thread's; while parked, the one who will wake it may read. */
	struct http_loop *loop;
	struct MHD_Connection *connection; /* NULL once the client has gone */
	struct http_connection *peer;
	enum http_stage stage;
	const struct http_route *route;
	enum http_method method;
	const char *target_at; /* where the library keeps the target; only compared */
	struct str target, path, query;
	struct http_field *fields;
	size_t n_fields;
	struct str params[HTTP_PARAMS_MAX];
	size_t n_params;
	struct arena arena;
	struct buf body;
	size_t dropped; /* bytes of a body that is too large */
	struct uuid id;
	void *kept;
	void (*kept_free)(void *);

	/* The answer. */
	int status; /* 0: none yet */
	struct buf out;
	struct http_field set[HTTP_SET_MAX];
	size_t n_set;
	bool close; /* the connection ends with this answer */

	/* The event thread's alone. */
	struct http_request *prev, *next; /* among the parked, oldest first; next: among the free */
	int64_t parked_at;

	/* The waker's until the push, then the event thread's. */
	struct http_request *next_woken;
};

/* A connection, from accept to close; the event thread's. */
struct http_connection {
	struct MHD_Connection *connection;
	struct http_request *request; /* the one in work, or NULL */
	struct http_connection *prev, *next;
	int64_t since; /* of its last step: accepted, request line, answer, done */
	bool surplus;  /* above max_connections */
};

struct http_loop {
	struct http_server *server;
	pthread_t thread;
	bool started;

	/* The event thread's. */
	struct MHD_Daemon *daemon;
	int epoll_fd; /* the daemon's */
	struct http_request *free;
	struct http_request *parked_first, *parked_last;
	struct http_connection *connections;
	int64_t now, swept;
	bool began; /* `before` ran in this wake-up */
	bool quiet; /* the daemon takes no connections any more */
	unsigned char random[1024];
	size_t random_left;

	/* Shared: the stack of woken requests, and whether the thread sleeps. */
	int event_fd;
	_Atomic(struct http_request *) woken;
	atomic_bool sleeping;
	atomic_uint wakers; /* inside http_wake now */

	/* Written by the event thread, read by http_counts. */
	atomic_uint_fast64_t requests, answers, refused, open, parked;
	atomic_int_fast64_t oldest_parked_at; /* INT64_MAX: none */
};

struct http_server {
	struct http_config config;
	int listen_fd;
	bool unix_bound; /* the name of the socket is ours to remove at the end */
	struct buf url;	 /* NUL at the end */
	struct buf key, cert; /* PEM, NUL at the end */
	atomic_bool stopping;
	atomic_int_fast64_t stop_by; /* on the monotonic clock */
	unsigned n_loops;
	struct http_loop *loops;
};

/* Opens the socket of S's `listen` and fills url, unix_bound and listen_fd.  Fails with io, usage in E. */
result http_listen(struct http_server *s, struct error *e);

/* Prepares L of S and starts its daemon and thread.  Fails with io, usage, out_of_memory in E; http_loop_free in any case. */
result http_loop_start(struct http_loop *l, struct http_server *s, struct error *e);

/* Makes the sleeping thread of L look again. */
void http_loop_signal(struct http_loop *l);

/* Frees what L has; its thread has ended. */
void http_loop_free(struct http_loop *l);

/* A request on C for the target at TARGET, from L's free list; NULL when there is no memory.  request_release gives it back. */
struct http_request *request_take(struct http_loop *l, struct MHD_Connection *c, const char *target);

/* Puts R, wiped, among the free. */
void request_release(struct http_request *r);

/* Frees all that is among the free of L. */
void requests_free(struct http_loop *l);

/*
 * Looks at R's whole head: METHOD, VERSION and the headers of its connection, and
 * routes it.  Leaves R answered when it is refused.
 */
void request_head(struct http_request *r, const char *method, const char *version);

/* Refuses R before any handler: CODE and why; with CLOSE its connection ends. */
void request_refuse(struct http_request *r, enum code code, bool close, const char *why);

/* Hands R's answer to the library.  False when it does not take it. */
bool request_send(struct http_request *r);

#endif
