/*
 * Bytes as a client may send them, to a server in this process: no crash, no
 * leak, and an end.  A line break in front of the input does no harm to HTTP.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "http/http.h"

#include "../bench/client.h"

enum { ANSWER_MS = 2 };

static struct http_server *server;

/* Touches all that a handler may look at. */
static void look(struct http_request *r, void *ctx)
{
	struct error e = {.code = CODE_NONE};
	struct buf b;
	json_t *v;

	(void)ctx;
	buf_init(&b);
	for (int i = 0; i < HTTP_PARAMS_MAX; i++)
		buf_str(&b, http_param(r, i));
	buf_str(&b, http_query(r, "items"));
	buf_str(&b, http_header(r, "Authorization"));
	http_set(r, "X-Seen", buf_view(&b));
	if (!http_body(r).n)
		http_answer(r, 200, "text/plain", buf_view(&b));
	else if (ok(http_json(r, &v, &e)))
		http_answer_json(r, 200, v);
	else
		http_problem(r, &e, NULL);
	buf_free(&b);
}

static void park(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_park(r);
	http_wake(r);
}

static const struct http_route routes[] = {
	{HTTP_GET, "/a/{id}/{category}", look, NULL, 0, ""},
	{HTTP_POST, "/a/{id}:erase", look, NULL, 200, ""},
	{HTTP_POST, "/a", look, NULL, 200, ""},
	{HTTP_GET, "/p", park, look, 0, ""},
	{HTTP_GET, "/r/*", look, NULL, 0, ""},
};

/* So that the socket's name does not stay. */
static void stop(void)
{
	http_stop(server, 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char listen[64];
	struct http_config c = {.listen = listen, .routes = routes, .n_routes = sizeof routes / sizeof routes[0],
				.clock = clock_system(), .entropy = crypto_entropy()};
	struct error e = {.code = CODE_NONE};

	(void)argc;
	(void)argv;
	if (snprintf(listen, sizeof listen, "unix:/tmp/fuzz-http-%ld", (long)getpid()) < 0 ||
	    !ok(http_start(&c, &server, &e)) || atexit(stop) != 0)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct error e = {.code = CODE_NONE};
	struct pollfd p = {.fd = -1, .events = POLLIN};
	char answer[4096];

	if (!ok(client_connect(http_url(server), &p.fd, &e)))
		abort();
	/* what the server no longer reads, it has answered or refused already; a part of a request has no answer */
	if (send(p.fd, data, n, MSG_NOSIGNAL) >= 0 && shutdown(p.fd, SHUT_WR) == 0)
		while (poll(&p, 1, ANSWER_MS) == 1 && recv(p.fd, answer, sizeof answer, 0) > 0)
			;
	close(p.fd);
	return 0;
}
