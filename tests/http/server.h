/*
 * tests/http/server.h - a server with a few routes to test against.
 *
 * GET /fast answers at once, GET /parked after a thread has woken it, in batches
 * as a sequencer would; POST /echo gives its body back, POST /json the number of
 * members of the JSON it got; GET /things/{id} and its verbs show parameters.
 */
#ifndef SEKISHO_TEST_HTTP_SERVER_H
#define SEKISHO_TEST_HTTP_SERVER_H

#include <pthread.h>

#include "http/http.h"

struct test_server {
	struct http_server *server;
	pthread_t waker;
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct http_request *first, *last; /* parked, chained by what is kept with them */
	bool stop, hold; /* hold: wake nobody for now */
	unsigned begun, ended; /* calls of before and after */
	int batch_ms;	       /* the waker rests so long before a batch */
};

/* Starts S at LISTEN with what else is set in C (routes, ctx, clock and entropy are set here).  Asserts that it works. */
void test_server_start(struct test_server *s, const char *listen, struct http_config c);

/* Stops server and waker of S, giving answers WAIT_MS. */
void test_server_stop(struct test_server *s, int wait_ms);

/* Holds the waker of S back when HOLD, else lets it wake. */
void test_server_hold(struct test_server *s, bool hold);

#endif
