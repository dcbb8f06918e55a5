/*
 * bench/client.h - a client that loads a server and believes nothing.
 *
 * A closed loop over many connections on one epoll: each connection sends its
 * next request when its answer is whole (no pipelining), every answer is handed
 * to a check, and per connection the longest time between two answers is kept:
 * a total rate hides a connection that stalls.  Figures and tests share it.
 */
#ifndef SEKISHO_BENCH_CLIENT_H
#define SEKISHO_BENCH_CLIENT_H

#include "base/result.h"
#include "base/str.h"

struct client_answer {
	int status;
	struct str head; /* status line and headers, with their line ends */
	struct str body;
	bool closes; /* "Connection: close" */
};

struct load {
	const char *url;      /* as http_url gives it: "http://127.0.0.1:8420", "unix:/path" */
	unsigned connections; /* that ask */
	unsigned idle;	      /* that ask once and then stay open */
	int ms;		      /* of the measured time */
	/* appends to OUT the next request of CONNECTION (idle ones are numbered behind the others) */
	void (*request)(void *ctx, unsigned connection, struct buf *out);
	/* whether A is the right answer to it */
	bool (*check)(void *ctx, unsigned connection, const struct client_answer *a);
	void *ctx;
};

struct load_report {
	uint64_t answers; /* right ones, in the measured time */
	uint64_t errors;  /* wrong answers, closed connections, none within 5 s */
	double seconds;
	double p50_ms, p99_ms, p999_ms, max_ms; /* from request to whole answer */
	double gap_ms; /* the longest that one connection waited for an answer, unanswered ones too */
};

/*
 * Runs L and fills *OUT.  Each connection gets one answer before the measured
 * time begins, so that accepting is not measured.  Fails in E with usage (the
 * URL), io (it can't connect), out_of_memory; wrong answers are counted only.
 */
result load_run(const struct load *l, struct load_report *out, struct error *e);

/* Connects to URL, blocking.  Gives the descriptor in *FD, the caller's to close.  Fails in E with usage, io. */
result client_connect(const char *url, int *fd, struct error *e);

/*
 * Finds one whole answer at the start of BYTES: its parts in *A, its length as
 * the result; 0 when more bytes are needed.  HEAD_ONLY for an answer to HEAD.
 * An answer without a length is whole when CLOSED.
 */
size_t client_parse(struct str bytes, bool head_only, bool closed, struct client_answer *a);

/* The value of header NAME in HEAD, {NULL, 0} when absent. */
struct str client_header(struct str head, const char *name);

#endif
