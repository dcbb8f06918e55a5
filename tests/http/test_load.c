#include "../test.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "server.h"

/*
 * Only a stall that comes back is one: on a busy machine any single run may be
 * paused for longer than the bound.  Where all answers are slow (1,000 connections
 * under a thread sanitizer beside other work), a stall is what is out of line with
 * them; but never more than STALL_MS, below the second after which the event loop
 * looks again by itself, so that a lost wake always shows.
 */
enum { GAP_MS = 250, STALL_MS = 900, OUT_OF_LINE = 4, TRIES = 3 };

static double gap_bound(const struct load_report *report)
{
	double slow = report->p50_ms * OUT_OF_LINE;

	return slow < GAP_MS ? GAP_MS : slow > STALL_MS ? STALL_MS : slow;
}

static void ask_parked(void *ctx, unsigned connection, struct buf *out)
{
	(void)ctx;
	(void)connection;
	buf_text(out, "GET /parked HTTP/1.1\r\nHost: test\r\n\r\n");
}

static bool is_parked(void *ctx, unsigned connection, const struct client_answer *a)
{
	(void)ctx;
	(void)connection;
	return a->status == 200 && str_is(a->body, "parked");
}

static void rest_ms(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

static void no_stall(struct test_server *s, unsigned connections, unsigned idle)
{
	struct load l = {.url = http_url(s->server), .connections = connections, .idle = idle, .ms = 150,
			 .request = ask_parked, .check = is_parked};
	struct load_report report;
	struct error e = {.code = CODE_NONE};

	for (int i = 0; i < TRIES; i++) {
		assert_ok(load_run(&l, &report, &e), &e);
		assert_int_equal(report.errors, 0);
		assert_true(report.answers >= connections);
		if (report.gap_ms <= gap_bound(&report))
			return;
		l.ms = 400;
	}
	fail_msg("at %u connections and %u idle one waits %.0f ms", connections, idle, report.gap_ms);
}

static void no_connection_waits_at_any_count(void **state)
{
	static const unsigned counts[] = {1, 64, 127, 128, 129, 200, 256, 257, 384, 512, 1000};
	struct test_server s;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.max_connections = 1100});
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		no_stall(&s, counts[i], 0);
	no_stall(&s, 64, 900);
	test_server_stop(&s, 2000);
}

static void several_event_threads_share_the_work(void **state)
{
	struct test_server s;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.threads = 3});
	no_stall(&s, 128, 0);
	test_server_stop(&s, 2000);
}

static int ask_once(struct test_server *s, const char *request)
{
	struct error e = {.code = CODE_NONE};
	int fd = -1;

	assert_ok(client_connect(http_url(s->server), &fd, &e), &e);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	return fd;
}

static void wait_for_parked(struct test_server *s, uint64_t n)
{
	for (int i = 0; i < 5000 && http_counts(s->server).parked != n; i++)
		rest_ms(2);
	assert_int_equal(http_counts(s->server).parked, n);
}

static void clients_that_leave_while_parked_harm_nobody(void **state)
{
	enum { CLIENTS = 400 };
	static int fds[CLIENTS];
	struct linger reset = {.l_onoff = 1};
	struct test_server s;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.threads = 1});
	for (int round = 0; round < 3; round++) {
		test_server_hold(&s, true);
		for (int i = 0; i < CLIENTS; i++)
			fds[i] = ask_once(&s, "GET /parked HTTP/1.1\r\nHost: test\r\n\r\n");
		wait_for_parked(&s, CLIENTS);
		/* every other one resets instead of closing */
		for (int i = 0; i < CLIENTS; i++) {
			if (i % 2)
				assert_int_equal(setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
			close(fds[i]);
		}
		rest_ms(20);
		assert_int_equal(http_counts(s.server).parked, CLIENTS);
		assert_true(http_counts(s.server).oldest_parked_ms >= 20);
		test_server_hold(&s, false);
		wait_for_parked(&s, 0);
		assert_int_equal(http_counts(s.server).oldest_parked_ms, 0);
		no_stall(&s, 8, 0);
	}
	test_server_stop(&s, 2000);
}

/* Reads what comes on FD until its end. */
static void read_all(int fd, struct buf *b)
{
	ssize_t n;

	do {
		char *at = buf_room(b, 4096);

		assert_non_null(at);
		n = recv(fd, at, 4096, 0);
		b->n -= 4096 - (n > 0 ? (size_t)n : 0);
	} while (n > 0);
}

static void stop_answers_what_it_took_in(void **state)
{
	enum { CLIENTS = 200 };
	static int fds[CLIENTS];
	struct test_server s;
	struct client_answer a;
	struct buf b;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.threads = 1});
	s.batch_ms = 100;
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = ask_once(&s, "GET /parked HTTP/1.1\r\nHost: test\r\n\r\n");
	for (int i = 0; i < 5000 && http_counts(s.server).requests < CLIENTS; i++)
		rest_ms(1);
	test_server_stop(&s, 5000);
	for (int i = 0; i < CLIENTS; i++) {
		buf_init(&b);
		read_all(fds[i], &b);
		assert_true(b.n > 0);
		assert_int_equal(client_parse(buf_view(&b), false, true, &a), b.n);
		assert_true(is_parked(NULL, 0, &a));
		buf_free(&b);
		close(fds[i]);
	}
}

static void stop_ends_idle_connections_at_once(void **state)
{
	struct test_server s;
	struct timespec from, to;
	struct buf b;
	int fd;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.threads = 1});
	fd = ask_once(&s, "GET /fast HTTP/1.1\r\nHost: test\r\n\r\n");
	rest_ms(50);
	clock_gettime(CLOCK_MONOTONIC, &from);
	test_server_stop(&s, 20000);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(to.tv_sec - from.tv_sec < 10);
	buf_init(&b);
	read_all(fd, &b);
	assert_true(b.n > 0);
	buf_free(&b);
	close(fd);
}

static void connections_over_the_limit_are_told_so(void **state)
{
	struct test_server s;
	struct client_answer a;
	struct buf b;
	int first[2], more;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.max_connections = 2});
	for (int i = 0; i < 2; i++)
		first[i] = ask_once(&s, "GET /fast HTTP/1.1\r\nHost: test\r\n\r\n");
	for (int i = 0; i < 5000 && http_counts(s.server).open < 2; i++)
		rest_ms(1);
	more = ask_once(&s, "GET /fast HTTP/1.1\r\nHost: test\r\n\r\n");
	buf_init(&b);
	read_all(more, &b);
	assert_int_equal(client_parse(buf_view(&b), false, true, &a), b.n);
	assert_int_equal(a.status, 503);
	assert_true(a.closes);
	assert_true(str_is(client_header(a.head, "Retry-After"), "1"));
	assert_non_null(memmem(a.body.p, a.body.n, code_text(CODE_STOPPING), strlen(code_text(CODE_STOPPING))));
	buf_free(&b);
	close(more);
	for (int i = 0; i < 2; i++)
		close(first[i]);
	test_server_stop(&s, 2000);
}

static void slow_requests_are_cut(void **state)
{
	struct test_server s;
	struct error e = {.code = CODE_NONE};
	struct timespec from, to;
	int fd = -1;

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.idle_seconds = 1});
	assert_ok(client_connect(http_url(s.server), &fd, &e), &e);
	clock_gettime(CLOCK_MONOTONIC, &from);
	/* a byte every 100 ms keeps the connection from ever being idle */
	for (int i = 0; i < 200; i++) {
		if (send(fd, i == 0 ? "G" : "E", 1, MSG_NOSIGNAL) != 1)
			break;
		rest_ms(100);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_in_range(to.tv_sec - from.tv_sec, 1, 8);
	close(fd);
	test_server_stop(&s, 2000);
}

static void clients_that_leave_in_the_middle_are_forgotten(void **state)
{
	enum { CLIENTS = 100 };
	static const char *const parts[] = {"GET /fa", "GET /fast HTTP/1.1\r\nHo", "",
					    "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nab"};
	struct test_server s;
	int fds[CLIENTS];

	(void)state;
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.threads = 1});
	for (int i = 0; i < CLIENTS; i++) {
		fds[i] = ask_once(&s, parts[i % 4]);
		assert_int_equal(shutdown(fds[i], SHUT_WR), 0);
	}
	for (int i = 0; i < 1000 && http_counts(s.server).open; i++)
		rest_ms(10);
	assert_int_equal(http_counts(s.server).open, 0);
	for (int i = 0; i < CLIENTS; i++)
		close(fds[i]);
	test_server_stop(&s, 2000);
}

static int allow_many_descriptors(void **state)
{
	struct rlimit limit;

	(void)state;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return -1;
	limit.rlim_cur = limit.rlim_max < 8192 ? limit.rlim_max : 8192;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_connection_waits_at_any_count),
		cmocka_unit_test(several_event_threads_share_the_work),
		cmocka_unit_test(clients_that_leave_while_parked_harm_nobody),
		cmocka_unit_test(stop_answers_what_it_took_in),
		cmocka_unit_test(stop_ends_idle_connections_at_once),
		cmocka_unit_test(connections_over_the_limit_are_told_so),
		cmocka_unit_test(slow_requests_are_cut),
		cmocka_unit_test(clients_that_leave_in_the_middle_are_forgotten),
	};

	return cmocka_run_group_tests(tests, allow_many_descriptors, NULL);
}
