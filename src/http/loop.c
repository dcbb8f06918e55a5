/*
 * The event loop.  The library runs without threads of its own: its internal
 * epoll loop waits without limit whenever exactly 128 events came, so that 128,
 * 256 or 512 connections stall.  Here poll(2) waits on the daemon's epoll
 * descriptor and on an eventfd, and MHD_run never waits.
 *
 * The rules of suspending that this file keeps: a request is suspended before
 * anyone else gets it; it is resumed on this thread only; resuming wakes nobody,
 * so whoever wakes signals the eventfd, once per sleep of this thread; a request
 * is freed when the library reports it completed, unless it is parked, then when
 * it is woken; nothing is suspended when the daemon stops.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/internal.h"

enum {
	POOL_BYTES = 32 * 1024, /* of a connection: a head of 16 kB with its header list, and the answer's head */
	SPARE = 64,		/* connections over the limit that are taken to be told so */
	SWEEP_MS = 1000,
	STOP_MS = 20, /* how often a stopping loop looks whether it is done */
	DROP_MAX = 1024 * 1024, /* bytes of a too large body that are passed over before the connection is cut */
};

static int64_t loop_clock(const struct http_loop *l)
{
	return clock_monotonic(&l->server->config.clock);
}

/* Before the first handler of a wake-up. */
static void loop_begin(struct http_loop *l)
{
	const struct http_config *c = &l->server->config;

	if (l->began)
		return;
	l->began = true;
	if (c->before)
		c->before(c->ctx);
}

static void parked_note(struct http_loop *l)
{
	int64_t at = l->parked_first ? l->parked_first->parked_at : INT64_MAX;

	atomic_store_explicit(&l->oldest_parked_at, at, memory_order_relaxed);
}

void http_park(struct http_request *r)
{
	struct http_loop *l = r->loop;

	r->stage = STAGE_PARKED;
	r->parked_at = l->now;
	r->prev = l->parked_last;
	r->next = NULL;
	if (l->parked_last)
		l->parked_last->next = r;
	else
		l->parked_first = r;
	l->parked_last = r;
	atomic_fetch_add_explicit(&l->parked, 1, memory_order_relaxed);
	parked_note(l);
	MHD_suspend_connection(r->connection);
}

static void parked_remove(struct http_loop *l, struct http_request *r)
{
	if (r->prev)
		r->prev->next = r->next;
	else
		l->parked_first = r->next;
	if (r->next)
		r->next->prev = r->prev;
	else
		l->parked_last = r->prev;
	r->prev = r->next = NULL;
	atomic_fetch_sub_explicit(&l->parked, 1, memory_order_relaxed);
	parked_note(l);
}

void http_loop_signal(struct http_loop *l)
{
	const uint64_t one = 1;
	ssize_t n;

	/* only a full counter makes it fail, and then the thread will wake as well */
	do
		n = write(l->event_fd, &one, sizeof one);
	while (n < 0 && errno == EINTR);
}

void http_wake(struct http_request *r)
{
	struct http_loop *l = r->loop;
	struct http_request *top;

	/* from the push on, R may be gone at any moment, and the loop too but for `wakers` */
	atomic_fetch_add(&l->wakers, 1);
	top = atomic_load_explicit(&l->woken, memory_order_relaxed);
	do
		r->next_woken = top;
	while (!atomic_compare_exchange_weak(&l->woken, &top, r));
	/* sequentially consistent with loop_sleep: either it sees R, or we see that it sleeps */
	if (atomic_load(&l->sleeping) && atomic_exchange(&l->sleeping, false))
		http_loop_signal(l);
	atomic_fetch_sub(&l->wakers, 1);
}

/* Resumes all that was woken, in the order of waking. */
static void loop_resume(struct http_loop *l)
{
	struct http_request *r = atomic_exchange(&l->woken, NULL), *first = NULL;

	while (r) {
		struct http_request *next = r->next_woken;

		r->next_woken = first;
		first = r;
		r = next;
	}
	for (r = first; r;) {
		struct http_request *next = r->next_woken;

		parked_remove(l, r);
		r->stage = STAGE_WOKEN;
		if (r->connection)
			MHD_resume_connection(r->connection);
		else
			request_release(r);
		r = next;
	}
}

static struct http_connection *peer_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* The library is done with R; whoever has it parked is not. */
static void request_ended(struct http_request *r)
{
	r->peer->request = NULL;
	r->peer->since = r->loop->now;
	r->peer = NULL;
	r->connection = NULL;
	if (r->stage != STAGE_PARKED)
		request_release(r);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http_loop *l = cls;
	struct http_connection *p = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		p = calloc(1, sizeof *p);
		*context = p; /* without memory on_target refuses */
		if (!p)
			return;
		p->connection = c;
		p->since = l->now;
		p->surplus = atomic_fetch_add_explicit(&l->open, 1, memory_order_relaxed) * l->server->config.threads >=
			     l->server->config.max_connections;
		p->next = l->connections;
		if (p->next)
			p->next->prev = p;
		l->connections = p;
	} else if (p) {
		/* some errors close a connection without a word that its request is completed */
		if (p->request)
			request_ended(p->request);
		if (p->prev)
			p->prev->next = p->next;
		else
			l->connections = p->next;
		if (p->next)
			p->next->prev = p->prev;
		atomic_fetch_sub_explicit(&l->open, 1, memory_order_relaxed);
		free(p);
		*context = NULL;
	}
}

/* The request line has come; what is given back is the request's context from now on. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *c)
{
	struct http_loop *l = cls;
	struct http_connection *p = peer_of(c);
	struct http_request *r;

	atomic_fetch_add_explicit(&l->requests, 1, memory_order_relaxed);
	if (!p || !target)
		return NULL;
	r = request_take(l, c, target);
	if (!r)
		return NULL;
	r->peer = p;
	p->request = r;
	p->since = l->now;
	return r;
}

static void on_completed(void *cls, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code)
{
	(void)cls;
	(void)c;
	(void)code;
	if (*context)
		request_ended(*context);
	*context = NULL;
}

/* Hands R's answer over, or refuses it when its handler gave none. */
static enum MHD_Result loop_answer(struct http_request *r)
{
	r->peer->since = r->loop->now;
	return request_send(r) ? MHD_YES : MHD_NO;
}

/* After a handler: answered, parked, or a fault of the handler. */
static enum MHD_Result loop_settle(struct http_request *r)
{
	struct error e = {.code = CODE_INTERNAL};

	if (r->stage == STAGE_PARKED)
		return MHD_YES;
	if (!r->status)
		http_problem(r, &e, NULL);
	return loop_answer(r);
}

static bool has_body(const struct http_request *r)
{
	struct str length = http_header(r, "Content-Length");

	return http_header(r, "Transfer-Encoding").p || (length.p && !str_is(length, "0"));
}

static enum MHD_Result take_body(struct http_request *r, const char *data, size_t n)
{
	if (r->dropped || n > r->route->max_body - r->body.n) {
		r->dropped += n;
		return r->dropped > DROP_MAX ? MHD_NO : MHD_YES;
	}
	buf_add(&r->body, data, n);
	return buf_ok(&r->body) ? MHD_YES : MHD_NO;
}

static enum MHD_Result take_end(struct http_request *r)
{
	if (r->status)
		return loop_answer(r);
	if (r->dropped) {
		request_refuse(r, CODE_TOO_LARGE, true, "the body is larger than is taken here");
		return loop_answer(r);
	}
	loop_begin(r->loop);
	r->route->handle(r, r->loop->server->config.ctx);
	return loop_settle(r);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
				  const char *version, const char *data, size_t *n, void **context)
{
	struct http_request *r = *context;

	(void)cls;
	(void)c;
	(void)url;
	if (!r)
		return MHD_NO;
	switch (r->stage) {
	case STAGE_HEAD:
		r->stage = STAGE_BODY;
		request_head(r, method, version);
		/* an answer given now ends the connection; without a body to come it can wait for the next call */
		return r->status && (r->close || has_body(r)) ? loop_answer(r) : MHD_YES;
	case STAGE_BODY:
		if (*n) {
			size_t got = *n;

			*n = 0;
			return take_body(r, data, got);
		}
		return take_end(r);
	case STAGE_WOKEN:
		loop_begin(r->loop);
		r->stage = STAGE_BODY;
		if (r->route->woken)
			r->route->woken(r, r->loop->server->config.ctx);
		return loop_settle(r);
	default:
		return MHD_NO;
	}
}

/* Targets are decoded by route.c, strictly; the library's own decoding would be lost work. */
static size_t keep_encoded(void *cls, struct MHD_Connection *c, char *s)
{
	(void)cls;
	(void)c;
	return strlen(s);
}

/* The library tells of what it refused itself only here. */
static void on_log(void *cls, const char *format, va_list args)
{
	struct http_loop *l = cls;

	(void)args;
	if (strncmp(format, "Error processing request", 24) == 0)
		atomic_fetch_add_explicit(&l->refused, 1, memory_order_relaxed);
}

/* True when the client of FD has closed its side and nothing of what it sent is left to read. */
static bool has_left(int fd)
{
	char byte;

	return recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Cuts P when it takes too long, or when its client left before a request was whole. */
static void sweep_one(struct http_loop *l, struct http_connection *p)
{
	int64_t rested = l->now - p->since, limit = (int64_t)l->server->config.idle_seconds * 2 * MS_PER_SECOND;
	bool waits = !p->request || p->request->stage <= STAGE_BODY;
	const union MHD_ConnectionInfo *info;

	if (rested < SWEEP_MS || (p->request && p->request->stage == STAGE_PARKED))
		return;
	info = MHD_get_connection_info(p->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info && (rested >= limit || (waits && has_left(info->connect_fd))))
		(void)shutdown(info->connect_fd, SHUT_RDWR); /* ignored: it may be closed already */
}

/*
 * Once a second: the library's own limit starts anew with each byte, ours with
 * each step of a request; and when the end of what a client sends comes together
 * with bytes, the library takes the bytes and never sees the end.  A parked
 * request is no client's fault.
 */
static void loop_sweep(struct http_loop *l)
{
	if (l->now - l->swept < SWEEP_MS)
		return;
	l->swept = l->now;
	for (struct http_connection *p = l->connections; p; p = p->next)
		sweep_one(l, p);
}

/* Takes no new connections, and ends those that are between two requests; what has come in on them is still read. */
static void loop_quiet(struct http_loop *l)
{
	MHD_socket fd = MHD_quiesce_daemon(l->daemon);

	l->quiet = true;
	if (fd != MHD_INVALID_SOCKET)
		(void)close(fd); /* ignored: our duplicate of a listening socket */
	for (struct http_connection *p = l->connections; p; p = p->next) {
		const union MHD_ConnectionInfo *info;

		if (p->request)
			continue;
		info = MHD_get_connection_info(p->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info)
			(void)shutdown(info->connect_fd, SHUT_RD); /* ignored: it may be closed already */
	}
}

/* True when L may end: nobody has a request parked, and all is answered or the time is over. */
static bool loop_done(struct http_loop *l)
{
	if (!atomic_load(&l->server->stopping))
		return false;
	if (!l->quiet)
		loop_quiet(l);
	if (l->parked_first)
		return false;
	return !l->connections || loop_clock(l) >= atomic_load(&l->server->stop_by);
}

static int loop_timeout(struct http_loop *l)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int most = l->quiet ? STOP_MS : SWEEP_MS;

	if (MHD_get_timeout(l->daemon, &ms) == MHD_YES && ms < (MHD_UNSIGNED_LONG_LONG)most)
		return (int)ms;
	return most;
}

static void loop_sleep(struct http_loop *l)
{
	struct pollfd fds[2] = {{.fd = l->epoll_fd, .events = POLLIN}, {.fd = l->event_fd, .events = POLLIN}};
	int timeout = loop_timeout(l);
	uint64_t count;

	atomic_store(&l->sleeping, true);
	if (atomic_load(&l->woken))
		timeout = 0;
	if (poll(fds, 2, timeout) > 0 && (fds[1].revents & POLLIN) &&
	    read(l->event_fd, &count, sizeof count) != sizeof count)
		count = 0; /* it was taken already: nothing to count */
	atomic_store(&l->sleeping, false);
}

static void *loop_run(void *arg)
{
	struct http_loop *l = arg;
	const struct http_config *c = &l->server->config;

	(void)pthread_setname_np(pthread_self(), "http"); /* ignored: a name for operators, no more */
	while (!loop_done(l)) {
		loop_sleep(l);
		l->now = loop_clock(l);
		loop_resume(l);
		(void)MHD_run(l->daemon); /* ignored: fails only for a daemon with threads */
		if (l->began && c->after)
			c->after(c->ctx);
		l->began = false;
		loop_sweep(l);
	}
	MHD_stop_daemon(l->daemon);
	l->daemon = NULL;
	return NULL;
}

static struct MHD_Daemon *loop_daemon(struct http_loop *l, int fd)
{
	struct http_server *s = l->server;
	const struct http_config *c = &s->config;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_KEY, 0, s->key.p},
		{MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert.p},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG;

	if (c->tls_cert)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_log, l,
				MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, on_target, l,
				MHD_OPTION_NOTIFY_COMPLETED, on_completed, l, MHD_OPTION_NOTIFY_CONNECTION,
				on_connection, l, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, l,
				MHD_OPTION_CONNECTION_LIMIT, c->max_connections + SPARE,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
				c->idle_seconds, MHD_OPTION_ARRAY, c->tls_cert ? tls : none, MHD_OPTION_END);
}

/* The daemon of L over a duplicate of the listening socket, so that each closes its own. */
static result loop_open(struct http_loop *l, struct error *e)
{
	const union MHD_DaemonInfo *info;
	int fd = dup(l->server->listen_fd);

	l->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fd >= 0 && l->event_fd >= 0)
		l->daemon = loop_daemon(l, fd);
	if (!l->daemon) {
		if (fd >= 0)
			(void)close(fd); /* ignored: nothing was done with it */
		return error_set(e, CODE_USAGE, l->server->config.tls_cert
							? "the server can't be made: do certificate and key fit?"
							: "the server can't be made");
	}
	info = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return error_set(e, CODE_INTERNAL, "the HTTP library has no epoll descriptor");
	l->epoll_fd = info->epoll_fd;
	return RESULT_OK;
}

result http_loop_start(struct http_loop *l, struct http_server *s, struct error *e)
{
	sigset_t all, before;
	int failed;

	l->server = s;
	l->event_fd = -1;
	l->now = l->swept = loop_clock(l);
	atomic_store(&l->oldest_parked_at, INT64_MAX);
	TRY(loop_open(l, e));
	/* signals are for the main thread, SIGPIPE is for nobody; faults of this thread stay its own */
	if (sigfillset(&all) != 0 || sigdelset(&all, SIGSEGV) != 0 || sigdelset(&all, SIGBUS) != 0 ||
	    sigdelset(&all, SIGFPE) != 0 || sigdelset(&all, SIGILL) != 0 || sigdelset(&all, SIGABRT) != 0 || pthread_sigmask(SIG_BLOCK, &all, &before) != 0)
		return error_set(e, CODE_IO, "signals can't be kept from the event thread");
	failed = pthread_create(&l->thread, NULL, loop_run, l);
	if (pthread_sigmask(SIG_SETMASK, &before, NULL) != 0 || failed)
		return error_set(e, CODE_IO, "the event thread can't be started");
	l->started = true;
	return RESULT_OK;
}

void http_loop_free(struct http_loop *l)
{
	if (l->daemon)
		MHD_stop_daemon(l->daemon);
	requests_free(l);
	if (l->event_fd >= 0)
		(void)close(l->event_fd); /* ignored: an eventfd has nothing to lose */
}
