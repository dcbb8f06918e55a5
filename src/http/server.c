#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "http/internal.h"
#include "http/route.h"

enum { PEM_MAX = 1024 * 1024, DEFAULT_CONNECTIONS = 1000, DEFAULT_IDLE_SECONDS = 60 };

static result server_check(const struct http_config *c, struct error *e)
{
	if ((c->tls_cert == NULL) != (c->tls_key == NULL))
		return error_set(e, CODE_USAGE, "TLS needs both a certificate and a key");
	for (size_t i = 0; i < c->n_routes; i++)
		TRY(route_check(c->routes[i].pattern, e));
	return RESULT_OK;
}

static result pem_read(const char *path, struct buf *b, struct error *e)
{
	TRY(file_read(path, PEM_MAX, b, e));
	buf_byte(b, '\0');
	if (!buf_ok(b))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the certificate");
	return RESULT_OK;
}

static result server_open(struct http_server *s, struct error *e)
{
	const struct http_config *c = &s->config;

	if (c->tls_cert) {
		TRY(pem_read(c->tls_cert, &s->cert, e));
		TRY(pem_read(c->tls_key, &s->key, e));
	}
	TRY(http_listen(s, e));
	s->loops = calloc(c->threads, sizeof *s->loops);
	if (!s->loops)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the server");
	while (s->n_loops < c->threads)
		TRY(http_loop_start(&s->loops[s->n_loops++], s, e));
	return RESULT_OK;
}

result http_start(const struct http_config *c, struct http_server **out, struct error *e)
{
	struct http_server *s;

	TRY(server_check(c, e));
	s = calloc(1, sizeof *s);
	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the server");
	s->config = *c;
	s->config.threads = c->threads ? c->threads : 1;
	s->config.max_connections = c->max_connections ? c->max_connections : DEFAULT_CONNECTIONS;
	s->config.idle_seconds = c->idle_seconds ? c->idle_seconds : DEFAULT_IDLE_SECONDS;
	s->listen_fd = -1;
	buf_init(&s->url);
	buf_init(&s->key);
	buf_init(&s->cert);
	if (!ok(server_open(s, e))) {
		http_stop(s, 0);
		return RESULT_FAIL;
	}
	buf_wipe(&s->key);
	*out = s;
	return RESULT_OK;
}

const char *http_url(const struct http_server *s)
{
	return s->url.p;
}

static void loops_end(struct http_server *s)
{
	for (unsigned i = 0; i < s->n_loops; i++)
		if (s->loops[i].started)
			http_loop_signal(&s->loops[i]);
	for (unsigned i = 0; i < s->n_loops; i++) {
		struct http_loop *l = &s->loops[i];

		if (l->started)
			(void)pthread_join(l->thread, NULL); /* ignored: it is ours and joinable */
		/* whoever woke the last request may not have left http_wake yet */
		while (atomic_load(&l->wakers))
			(void)sched_yield(); /* ignored: on Linux it always succeeds */
		http_loop_free(l);
	}
}

void http_stop(struct http_server *s, int wait_ms)
{
	if (!s)
		return;
	atomic_store(&s->stop_by, clock_monotonic(&s->config.clock) + wait_ms);
	atomic_store(&s->stopping, true);
	loops_end(s);
	free(s->loops);
	if (s->listen_fd >= 0)
		(void)close(s->listen_fd); /* ignored: a listening socket has nothing to lose */
	if (s->unix_bound && s->url.p)
		(void)unlink(s->url.p + strlen("unix:")); /* ignored: it may have been removed by hand */
	buf_wipe(&s->key);
	buf_free(&s->cert);
	buf_free(&s->url);
	free(s);
}

struct http_counts http_counts(const struct http_server *s)
{
	int64_t now = clock_monotonic(&s->config.clock), oldest = INT64_MAX;
	struct http_counts sum = {0};

	for (unsigned i = 0; i < s->n_loops; i++) {
		const struct http_loop *l = &s->loops[i];
		int64_t at = atomic_load_explicit(&l->oldest_parked_at, memory_order_relaxed);

		sum.requests += atomic_load_explicit(&l->requests, memory_order_relaxed);
		sum.answers += atomic_load_explicit(&l->answers, memory_order_relaxed);
		sum.refused += atomic_load_explicit(&l->refused, memory_order_relaxed);
		sum.open += atomic_load_explicit(&l->open, memory_order_relaxed);
		sum.parked += atomic_load_explicit(&l->parked, memory_order_relaxed);
		oldest = at < oldest ? at : oldest;
	}
	sum.oldest_parked_ms = oldest < now ? now - oldest : 0;
	return sum;
}
