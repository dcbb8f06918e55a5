/* No connection waits at any count of them: the whole server, real reads, each decided, logged and committed. */
#include "../access/road.h"

#include <time.h>

#include "api/api.h"
#include "client.h"

enum { GAP_MS = 250, STALL_MS = 900, OUT_OF_LINE = 4, TRIES = 3 };

struct asked {
	struct road road;
	struct timespec began;
	struct uuid id;
	char request[512];
};

/* The road's time, going on from where it stood. */
static int64_t going_clock(void *ctx)
{
	const struct asked *a = ctx;
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		abort();
	return a->road.now + (t.tv_sec - a->began.tv_sec) * 1000 + (t.tv_nsec - a->began.tv_nsec) / 1000000;
}

static void ask_read(void *ctx, unsigned connection, struct buf *out)
{
	(void)connection;
	buf_text(out, ((struct asked *)ctx)->request);
}

static bool is_read(void *ctx, unsigned connection, const struct client_answer *a)
{
	(void)ctx;
	(void)connection;
	return a->status == 200 && a->body.n && memmem(a->body.p, a->body.n, "\"customer_number\":\"LOAD\"", 24) &&
	       client_header(a->head, "Sekisho-Log").n;
}

/* Nobody may wait longer than a bound; only a stall that comes back is one, and one in line with all others is none. */
static void no_stall(struct asked *a, const char *url, unsigned connections, unsigned idle)
{
	struct load l = {.url = url, .connections = connections, .idle = idle, .ms = 250, .request = ask_read,
			 .check = is_read, .ctx = a};
	struct load_report report;
	struct error e = {0};

	for (int i = 0; i < TRIES; i++) {
		double bound;

		assert_ok(load_run(&l, &report, &e), &e);
		assert_int_equal(report.errors, 0);
		assert_true(report.answers > 0);
		bound = report.p50_ms * OUT_OF_LINE;
		bound = bound < GAP_MS ? GAP_MS : bound > STALL_MS ? STALL_MS : bound;
		if (report.gap_ms <= bound)
			return;
		l.ms = 600;
	}
	fail_msg("at %u connections and %u idle one waits %.0f ms (p50 %.0f ms)", connections, idle, report.gap_ms,
		 report.p50_ms);
}

static void asked_make(struct asked *a)
{
	struct access_options o;
	struct error e = {0};
	struct op_token t;

	road_make(&a->road);
	a->id = road_made(&a->road, "LOAD", "");
	op_token_init(&t);
	t.name = STR("load");
	t.role = STR("billing_app");
	access_run(a->road.reader, &t.op);
	assert_int_equal(t.op.error.code, CODE_NONE);
	snprintf(a->request, sizeof a->request,
		 "GET /v1/subjects/%.*s/customer?items=customer_number,name HTTP/1.1\r\nHost: test\r\n"
		 "Authorization: Bearer %s\r\nSekisho-Purpose: billing\r\n\r\n",
		 UUID_TEXT, road_text(&a->id).p, t.text);
	op_release(&t.op);
	road_shut(&a->road);
	o = road_options(&a->road);
	o.clock = (struct clock){going_clock, going_clock, a};
	o.no_housekeeper = false;
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &a->began), 0);
	assert_ok(access_open(a->road.dir, &o, &a->road.access, &e), &e);
}

static void no_connection_waits_at_any_count(void **state)
{
	static const unsigned counts[] = {1, 64, 127, 128, 129, 200, 256, 257, 384, 512, 1000};
	const struct api_config c = {.listen = "127.0.0.1:0", .max_connections = 1100};
	static struct asked a;
	struct error e = {0};
	struct api *api;

	(void)state;
	asked_make(&a);
	assert_ok(api_start(a.road.access, &c, &api, &e), &e);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		no_stall(&a, api_url(api), counts[i], 0);
	no_stall(&a, api_url(api), 64, 900);
	api_stop(api);
	access_close(a.road.access);
	scratch_remove(&a.road.scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_connection_waits_at_any_count),
	};

	return cmocka_run_group_tests_name("api/load", tests, NULL, NULL);
}
