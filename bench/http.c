/*
 * The baselines: the HTTP server with a constant answer at once (http_bare) and
 * parked on a thread that only writes and syncs (http_parked), and that thread's
 * work alone (fdatasync).  What Sekisho does between is what its figures are
 * compared for.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "crypto/crypto.h"
#include "figures.h"
#include "http/http.h"

enum {
	ROW = 254,		   /* bytes that a read writes, by the goal for `disk` */
	FILE_BYTES = 16 << 20,	   /* zero-filled before, as log files are: no block is allocated while measuring */
	GAP_MS = 250,		   /* who waits longer has stalled */
};

static const char answer[] = "{\"id\":\"0190c0de-0000-7000-8000-000000000001\",\"category\":\"customer\",\"version\":1,"
			     "\"items\":{\"name\":\"\xE5\x8C\x97\xE6\xB5\x9C\",\"phone\":\"090-0000-0000\"}}";

/* The file that is written and synced. */
struct disk {
	int fd;
	off_t at;
	char row[ROW];
};

struct server {
	struct http_server *http;
	pthread_t sequencer;
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct http_request *first; /* parked; chained by what is kept with them */
	bool stop, made;
	struct disk disk;
};

/* One server for all figures of this file. */
static struct server server;

static result disk_open(struct disk *d, struct error *e)
{
	char path[] = "./bench-disk-XXXXXX";
	char zeros[4096] = {0};

	d->fd = mkostemp(path, O_CLOEXEC);
	if (d->fd < 0 || unlink(path) != 0)
		return error_set(e, CODE_IO, "cannot make a file in the working directory");
	for (off_t at = 0; at < FILE_BYTES; at += (off_t)sizeof zeros)
		if (pwrite(d->fd, zeros, sizeof zeros, at) != (ssize_t)sizeof zeros)
			return error_set(e, CODE_IO, "cannot fill the file");
	d->at = 0;
	return fsync(d->fd) == 0 ? RESULT_OK : error_set(e, CODE_IO, "cannot sync the file");
}

/* Writes ROWS rows in one write and syncs them. */
static bool disk_commit(struct disk *d, unsigned rows)
{
	static char bytes[ROW * 1024];
	size_t n = (size_t)ROW * (rows < 1024 ? rows : 1024);

	if (d->at + (off_t)n > FILE_BYTES)
		d->at = 0;
	if (pwrite(d->fd, bytes, n, d->at) != (ssize_t)n || fdatasync(d->fd) != 0)
		return false;
	d->at += (off_t)n;
	return true;
}

static void bare(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_answer(r, 200, "application/json", (struct str){answer, sizeof answer - 1});
}

static void parked(struct http_request *r, void *ctx)
{
	struct server *s = ctx;
	bool alone;

	http_park(r);
	pthread_mutex_lock(&s->lock);
	alone = !s->first;
	http_keep(r, s->first, NULL);
	s->first = r;
	pthread_mutex_unlock(&s->lock);
	if (alone)
		pthread_cond_signal(&s->some);
}

static const struct http_route routes[] = {
	{HTTP_GET, "/bare", bare, NULL, 0, "answers at once"},
	{HTTP_GET, "/parked", parked, bare, 0, "answers after a write and sync"},
};

static void *sequence(void *arg)
{
	struct server *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		struct http_request *batch = s->first;
		unsigned rows = 0;

		if (!batch) {
			pthread_cond_wait(&s->some, &s->lock);
			continue;
		}
		s->first = NULL;
		pthread_mutex_unlock(&s->lock);
		for (struct http_request *r = batch; r; r = http_kept(r))
			rows++;
		if (!disk_commit(&s->disk, rows))
			abort();
		while (batch) {
			struct http_request *next = http_kept(batch);

			http_wake(batch);
			batch = next;
		}
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static result server_make(struct error *e)
{
	struct http_config c = {.listen = "127.0.0.1:0", .routes = routes, .n_routes = 2, .ctx = &server,
				.max_connections = 2000, .clock = clock_system(), .entropy = crypto_entropy()};

	if (server.made)
		return RESULT_OK;
	TRY(disk_open(&server.disk, e));
	if (pthread_mutex_init(&server.lock, NULL) != 0 || pthread_cond_init(&server.some, NULL) != 0 ||
	    pthread_create(&server.sequencer, NULL, sequence, &server) != 0)
		return error_set(e, CODE_IO, "cannot start the sequencer");
	TRY(http_start(&c, &server.http, e));
	server.made = true;
	return RESULT_OK;
}

static void server_close(void)
{
	if (!server.made)
		return;
	http_stop(server.http, 1000);
	pthread_mutex_lock(&server.lock);
	server.stop = true;
	pthread_cond_signal(&server.some);
	pthread_mutex_unlock(&server.lock);
	pthread_join(server.sequencer, NULL);
	close(server.disk.fd);
	server = (struct server){.made = false};
}

static void ask(void *ctx, unsigned connection, struct buf *out)
{
	(void)connection;
	buf_text(out, "GET ");
	buf_text(out, ctx);
	buf_text(out, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer abcdefghijklmnopqrstuvwxyz\r\n"
		      "Sekisho-Purpose: billing\r\n\r\n");
}

static bool is_answer(void *ctx, unsigned connection, const struct client_answer *a)
{
	(void)ctx;
	(void)connection;
	return a->status == 200 && str_is(a->body, answer);
}

static result run_load(const char *path, unsigned connections, unsigned idle, int ms, struct sample *out, struct error *e)
{
	struct load l = {.connections = connections, .idle = idle, .ms = ms, .request = ask, .check = is_answer,
			 .ctx = (void *)(uintptr_t)path};
	struct load_report report;

	TRY(server_make(e));
	l.url = http_url(server.http);
	TRY(load_run(&l, &report, e));
	*out = (struct sample){(double)report.answers / report.seconds, report.p50_ms, report.p99_ms, report.p999_ms,
			       report.errors + (report.gap_ms > GAP_MS)};
	return RESULT_OK;
}

static result run_bare(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run_load("/bare", f->n, 0, ms, out, e);
}

static result run_parked(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run_load("/parked", f->n, 0, ms, out, e);
}

static result run_parked_idle(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run_load("/parked", f->n, 900, ms, out, e);
}

static double now_s(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (double)t.tv_sec + (double)t.tv_nsec / 1e9 : 0;
}

static result run_fdatasync(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	double from, until;
	uint64_t n = 0;

	(void)f;
	TRY(server_make(e));
	from = now_s();
	until = from + ms / 1e3;
	for (; now_s() < until; n++)
		if (!disk_commit(&server.disk, 1))
			return error_set(e, CODE_IO, "cannot write and sync");
	*out = (struct sample){.value = (double)n / (now_s() - from)};
	return RESULT_OK;
}

const struct figure figures_http[] = {
	{"fdatasync", "/s", NULL, run_fdatasync, server_close, 0},
	{"http_bare_1", "/s", NULL, run_bare, server_close, 1},
	{"http_bare_64", "/s", NULL, run_bare, server_close, 64},
	{"http_bare_256", "/s", NULL, run_bare, server_close, 256},
	{"http_bare_1000", "/s", NULL, run_bare, server_close, 1000},
	{"http_parked_1", "/s", "fdatasync", run_parked, server_close, 1},
	{"http_parked_64", "/s", "http_bare_64", run_parked, server_close, 64},
	{"http_parked_256", "/s", "http_bare_256", run_parked, server_close, 256},
	{"http_parked_1000", "/s", "http_bare_1000", run_parked, server_close, 1000},
	{"http_parked_64_idle_900", "/s", "http_parked_64", run_parked_idle, server_close, 64},
	{.name = NULL},
};
