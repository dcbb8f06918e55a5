#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	READ_STEP = 16384,
	WAIT_MS = 5000, /* an answer that takes longer is an error */
	SUB_BITS = 5,	/* of a histogram's bucket: 3 % */
	BUCKETS = (64 - SUB_BITS) << SUB_BITS,
};

struct peer {
	int fd;
	unsigned number;
	struct buf in, out;
	int64_t sent; /* ns; of the request that is open, 0: none */
	int64_t gap;
	bool warm; /* had its first answer */
};

struct run {
	const struct load *load;
	struct peer *peers;
	unsigned n_peers;
	unsigned warm, waiting; /* peers with a first answer; peers with an open request */
	int epoll;
	bool measuring, ending;
	uint64_t answers, errors;
	uint64_t *histogram;
};

static int64_t now_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Small numbers exactly, larger ones by their top bits. */
static unsigned bucket_of(uint64_t v)
{
	unsigned top;

	if (v < (1U << SUB_BITS))
		return (unsigned)v;
	top = 63 - (unsigned)__builtin_clzll(v);
	return ((top - SUB_BITS + 1) << SUB_BITS) + (unsigned)((v >> (top - SUB_BITS)) & ((1U << SUB_BITS) - 1));
}

static uint64_t bucket_value(unsigned b)
{
	unsigned top = b >> SUB_BITS;
	uint64_t sub = b & ((1U << SUB_BITS) - 1);

	return top == 0 ? sub : (sub | (1U << SUB_BITS)) << (top - 1);
}

static double quantile_ms(const uint64_t *histogram, uint64_t n, double q)
{
	uint64_t rank = (uint64_t)((double)n * q), seen = 0;

	for (unsigned b = 0; b < BUCKETS; b++) {
		seen += histogram[b];
		if (seen > rank)
			return (double)bucket_value(b) / 1e6;
	}
	return 0;
}

static result connect_fail(struct error *e, const char *url)
{
	return error_at(e, CODE_IO, url, "cannot connect: %s", strerrordesc_np(errno));
}

static result connect_to(const char *url, const struct sockaddr *address, socklen_t n, int *fd, struct error *e)
{
	*fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return connect_fail(e, url);
	if (connect(*fd, address, n) != 0) {
		result r = connect_fail(e, url);

		(void)close(*fd); /* ignored: nothing was written */
		*fd = -1;
		return r;
	}
	return RESULT_OK;
}

result client_connect(const char *url, int *fd, struct error *e)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct str host;
	const char *p;
	uint64_t port;
	char text[64];
	int on = 1;

	if (strncmp(url, "unix:", 5) == 0) {
		if (strlen(url + 5) >= sizeof local.sun_path)
			return error_at(e, CODE_USAGE, url, "the path is too long");
		memcpy(local.sun_path, url + 5, strlen(url + 5) + 1);
		return connect_to(url, (const struct sockaddr *)&local, sizeof local, fd, e);
	}
	p = strstr(url, "://");
	host = str_of(p ? p + 3 : url);
	if (str_find(host, ':') >= sizeof text || !str_to_u64(str_sub(host, str_find(host, ':') + 1, host.n), 65535, &port))
		return error_at(e, CODE_USAGE, url, "this is no http://ADDRESS:PORT");
	memcpy(text, host.p, str_find(host, ':'));
	text[str_find(host, ':')] = '\0';
	if (inet_pton(AF_INET, text, &four.sin_addr) != 1)
		return error_at(e, CODE_USAGE, url, "the address is not numeric");
	four.sin_port = htons((uint16_t)port);
	TRY(connect_to(url, (const struct sockaddr *)&four, sizeof four, fd, e));
	if (setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
		return connect_fail(e, url);
	return RESULT_OK;
}

struct str client_header(struct str head, const char *name)
{
	size_t n = strlen(name);

	while (head.n) {
		size_t end = str_find(head, '\n');
		struct str line = str_trim(str_sub(head, 0, end));

		if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0)
			return str_trim(str_sub(line, n + 1, line.n));
		head = str_sub(head, end + 1, head.n);
	}
	return (struct str){NULL, 0};
}

/* A chunked body is not read: nothing here answers so. */
size_t client_parse(struct str bytes, bool head_only, bool closed, struct client_answer *a)
{
	const char *end = bytes.n ? memmem(bytes.p, bytes.n, "\r\n\r\n", 4) : NULL;
	struct str length, rest;
	uint64_t n = 0;

	if (!end || bytes.n < 12)
		return 0;
	a->head = str_sub(bytes, 0, (size_t)(end - bytes.p) + 2);
	rest = str_sub(bytes, a->head.n + 2, bytes.n);
	a->status = 0;
	for (size_t i = 9; i < 12 && bytes.p[i] >= '0' && bytes.p[i] <= '9'; i++)
		a->status = a->status * 10 + (bytes.p[i] - '0');
	length = client_header(a->head, "Connection");
	a->closes = length.n == 5 && strncasecmp(length.p, "close", 5) == 0;
	length = client_header(a->head, "Content-Length");
	if (head_only || a->status / 100 == 1 || a->status == 204 || a->status == 304)
		n = 0;
	else if (!length.p && closed)
		n = rest.n;
	else if (!str_to_u64(length, SIZE_MAX / 2, &n))
		return 0;
	if (rest.n < n)
		return 0;
	a->body = str_sub(rest, 0, (size_t)n);
	return a->head.n + 2 + (size_t)n;
}

static void peer_lose(struct run *r, struct peer *p)
{
	r->errors++;
	if (p->sent)
		r->waiting--;
	p->sent = 0;
	if (!p->warm)
		r->warm++; /* nobody has to wait for it any more */
	p->warm = true;
	(void)close(p->fd); /* ignored: it is broken */
	p->fd = -1;
}

static void peer_send(struct run *r, struct peer *p)
{
	size_t done = 0;

	buf_reset(&p->out);
	r->load->request(r->load->ctx, p->number, &p->out);
	p->sent = now_ns();
	r->waiting++;
	while (done < p->out.n) {
		ssize_t n = send(p->fd, p->out.p + done, p->out.n - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			peer_lose(r, p);
			return;
		}
		done += (size_t)n;
	}
}

static void peer_took(struct run *r, struct peer *p, const struct client_answer *a)
{
	int64_t took = now_ns() - p->sent;

	p->sent = 0;
	r->waiting--;
	if (!r->load->check(r->load->ctx, p->number, a)) {
		r->errors++;
	} else if (r->measuring && p->warm) {
		r->answers++;
		r->histogram[bucket_of((uint64_t)took)]++;
	}
	if (r->measuring && p->warm && took > p->gap)
		p->gap = took;
	if (!p->warm)
		r->warm++;
	p->warm = true;
}

static void peer_read(struct run *r, struct peer *p)
{
	char *at = buf_room(&p->in, READ_STEP);
	struct client_answer a;
	ssize_t n;
	size_t used;

	if (!at) {
		peer_lose(r, p);
		return;
	}
	n = recv(p->fd, at, READ_STEP, MSG_DONTWAIT);
	p->in.n -= READ_STEP - (n > 0 ? (size_t)n : 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || !p->sent) {
		peer_lose(r, p);
		return;
	}
	used = client_parse(buf_view(&p->in), false, false, &a);
	if (!used)
		return;
	peer_took(r, p, &a);
	if (used != p->in.n || a.closes) {
		peer_lose(r, p);
		return;
	}
	buf_reset(&p->in);
	/* before the measured time those that are warm wait for the others */
	if (r->measuring && !r->ending && p->number < r->load->connections)
		peer_send(r, p);
}

static bool run_step(struct run *r)
{
	struct epoll_event events[128];
	int n = epoll_wait(r->epoll, events, 128, 20);

	if (n < 0 && errno != EINTR)
		return false;
	for (int i = 0; i < n; i++)
		peer_read(r, events[i].data.ptr);
	return true;
}

static result run_open(struct run *r, struct error *e)
{
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->peers = calloc(r->n_peers, sizeof *r->peers);
	r->histogram = calloc(BUCKETS, sizeof *r->histogram);
	if (r->epoll < 0 || !r->peers || !r->histogram)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the connections");
	for (unsigned i = 0; i < r->n_peers; i++)
		r->peers[i].fd = -1;
	for (unsigned i = 0; i < r->n_peers; i++) {
		struct peer *p = &r->peers[i];
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};

		p->number = i;
		buf_init(&p->in);
		buf_init(&p->out);
		TRY(client_connect(r->load->url, &p->fd, e));
		if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, p->fd, &event) != 0)
			return connect_fail(e, r->load->url);
		peer_send(r, p);
	}
	return RESULT_OK;
}

static void run_close(struct run *r)
{
	for (unsigned i = 0; r->peers && i < r->n_peers; i++) {
		if (r->peers[i].fd >= 0)
			(void)close(r->peers[i].fd); /* ignored: the run is over */
		buf_free(&r->peers[i].in);
		buf_free(&r->peers[i].out);
	}
	if (r->epoll >= 0)
		(void)close(r->epoll); /* ignored: the run is over */
	free(r->peers);
	free(r->histogram);
}

/* Lets each connection have its first answer, then measures, then waits for what is open. */
static double run_phases(struct run *r)
{
	int64_t from = now_ns(), end;

	while (r->warm < r->n_peers && now_ns() - from < (int64_t)WAIT_MS * 2000000)
		if (!run_step(r))
			break;
	r->measuring = true;
	from = now_ns();
	end = from + (int64_t)r->load->ms * 1000000;
	for (unsigned i = 0; i < r->load->connections; i++)
		if (r->peers[i].fd >= 0 && !r->peers[i].sent)
			peer_send(r, &r->peers[i]);
	while (now_ns() < end)
		if (!run_step(r))
			break;
	end = now_ns();
	r->ending = true;
	while (r->waiting && now_ns() - end < (int64_t)WAIT_MS * 1000000)
		if (!run_step(r))
			break;
	r->errors += r->waiting;
	return (double)(now_ns() - from) / 1e9;
}

static void run_report(struct run *r, struct load_report *out)
{
	int64_t now = now_ns();

	for (unsigned i = 0; i < r->n_peers; i++) {
		struct peer *p = &r->peers[i];
		int64_t gap = p->sent && now - p->sent > p->gap ? now - p->sent : p->gap;

		if ((double)gap / 1e6 > out->gap_ms)
			out->gap_ms = (double)gap / 1e6;
	}
	out->answers = r->answers;
	out->errors = r->errors;
	out->p50_ms = quantile_ms(r->histogram, r->answers, 0.5);
	out->p99_ms = quantile_ms(r->histogram, r->answers, 0.99);
	out->p999_ms = quantile_ms(r->histogram, r->answers, 0.999);
	for (unsigned b = 0; b < BUCKETS; b++)
		if (r->histogram[b])
			out->max_ms = (double)bucket_value(b) / 1e6;
}

result load_run(const struct load *l, struct load_report *out, struct error *e)
{
	struct run r = {.load = l, .n_peers = l->connections + l->idle, .epoll = -1};
	result opened = run_open(&r, e);

	memset(out, 0, sizeof *out);
	if (ok(opened)) {
		out->seconds = run_phases(&r);
		run_report(&r, out);
	}
	run_close(&r);
	return opened;
}
