/*
 * The road: reads, creates and look-ups over HTTP, each decided, logged and
 * committed before its answer, beside a constant answer that is parked on a write
 * and sync.  Every answer is checked: it is of the person that was asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "figures.h"
#include "evidence/log.h"
#include "road.h"

enum { GAP_MS = 250, CONNECTIONS_MAX = 2048 };

/* What each connection asked for last. */
struct asking {
	struct road *road;
	uint64_t state; /* of a simple generator: which person next */
	uint64_t asked[CONNECTIONS_MAX];
	uint64_t *number; /* customer number + 1 of each of road->ids, learned from its first answer; 0: not yet */
	struct buf body;
};

static struct asking asking;

static uint64_t next_person(struct asking *a)
{
	a->state = a->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (a->state >> 33) % a->road->n_ids;
}

static void ask_read(void *ctx, unsigned connection, struct buf *out)
{
	struct asking *a = ctx;

	a->asked[connection] = next_person(a);
	buf_text(out, "GET /v1/subjects/");
	uuid_write(out, &a->road->ids[a->asked[connection]]);
	buf_text(out, "/customer?items=customer_number,name,address HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ");
	buf_text(out, a->road->billing);
	buf_text(out, "\r\nSekisho-Purpose: billing\r\n\r\n");
}

/* The customer number in BODY + 1, or 0. */
static uint64_t number_in(struct str body)
{
	const char *at = body.n ? memmem(body.p, body.n, "\"customer_number\":\"C", 20) : NULL;
	uint64_t n;

	if (!at || !str_to_u64(str_sub(body, (size_t)(at - body.p) + 20, 8), UINT32_MAX, &n))
		return 0;
	return n + 1;
}

/* Whether BODY is of person P: their id, and the number that they had before; no two have the same. */
static bool is_person(struct asking *a, uint64_t p, struct str body)
{
	uint64_t n = number_in(body);
	struct buf id;
	bool right;

	if (!a->number)
		a->number = calloc(a->road->n_ids, sizeof *a->number);
	if (!a->number || !n)
		return false;
	if (!a->number[p])
		a->number[p] = n;
	buf_init(&id);
	uuid_write(&id, &a->road->ids[p]);
	right = memmem(body.p, body.n, id.p, id.n) != NULL && a->number[p] == n;
	buf_free(&id);
	return right;
}

static bool is_read(void *ctx, unsigned connection, const struct client_answer *answer)
{
	struct asking *a = ctx;

	return answer->status == 200 && is_person(a, a->asked[connection], answer->body) &&
	       client_header(answer->head, "Sekisho-Log").n != 0;
}

static void ask_lookup(void *ctx, unsigned connection, struct buf *out)
{
	struct asking *a = ctx;

	a->asked[connection] = next_person(a);
	buf_reset(&a->body);
	buf_printf(&a->body, "{\"category\":\"customer\",\"item\":\"customer_number\",\"value\":\"C%08llu\"}",
		   (unsigned long long)a->asked[connection]);
	buf_printf(out,
		   "POST /v1/subjects:lookup HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nSekisho-Purpose: billing\r\n"
		   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
		   a->road->billing, a->body.n);
	buf_str(out, buf_view(&a->body));
}

static bool is_found(void *ctx, unsigned connection, const struct client_answer *answer)
{
	(void)ctx;
	(void)connection;
	/* exactly one id of 36 characters */
	return answer->status == 200 && answer->body.n > 48 && str_starts(answer->body, STR("{\"ids\":[\"")) &&
	       answer->body.p[45] == '"' && answer->body.p[46] == ']';
}

static void ask_create(void *ctx, unsigned connection, struct buf *out)
{
	struct asking *a = ctx;
	struct buf now;

	a->asked[connection] = a->road->created++;
	buf_init(&now);
	road_now(a->road, &now);
	buf_reset(&a->body);
	buf_text(&a->body, "{\"category\":\"customer\",\"items\":");
	road_items(a->asked[connection], &a->body);
	buf_printf(&a->body,
		   ",\"acquisition\":{\"channel\":\"web_form\",\"at\":\"%s\",\"notice\":{\"id\":\"sign_up\",\"version\":1,"
		   "\"language\":\"ja\",\"shown_at\":\"%s\"}}}",
		   buf_c(&now), buf_c(&now));
	buf_printf(out,
		   "POST /v1/subjects HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nSekisho-Purpose: provide_service\r\n"
		   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
		   a->road->loader, a->body.n);
	buf_str(out, buf_view(&a->body));
	buf_free(&now);
}

static bool is_created(void *ctx, unsigned connection, const struct client_answer *answer)
{
	(void)ctx;
	(void)connection;
	return answer->status == 201;
}

typedef void ask_fn(void *ctx, unsigned connection, struct buf *out);
typedef bool check_fn(void *ctx, unsigned connection, const struct client_answer *a);

static result run_at(const char *url, struct load *l, int ms, struct sample *out, struct error *e)
{
	struct load_report report;

	l->url = url;
	l->ms = ms;
	l->ctx = &asking;
	TRY(load_run(l, &report, e));
	*out = (struct sample){(double)report.answers / report.seconds, report.p50_ms, report.p99_ms, report.p999_ms,
			       report.errors + (report.gap_ms > GAP_MS)};
	return RESULT_OK;
}

static result run(const struct figure *f, ask_fn *request, check_fn *check, int ms, struct sample *out, struct error *e)
{
	struct load l = {.connections = f->n, .request = request, .check = check};

	TRY(road_open(&asking.road, e));
	return run_at(api_url(asking.road->api), &l, ms, out, e);
}

result figure_read_at(const char *url, unsigned n, int ms, struct sample *out, struct error *e)
{
	struct load l = {.connections = n, .request = ask_read, .check = is_read};

	return run_at(url, &l, ms, out, e);
}

result figure_read(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run(f, ask_read, is_read, ms, out, e);
}

/* The log left out, for log_cost: the linker puts these in the place of the two calls. */
static _Atomic bool without_log;

result __real_log_append(struct log *l, struct db *d, const struct log_entries *batch, uint64_t *first, struct error *e);
void __real_log_committed(struct log *l);
result __wrap_log_append(struct log *l, struct db *d, const struct log_entries *batch, uint64_t *first, struct error *e);
void __wrap_log_committed(struct log *l);

result __wrap_log_append(struct log *l, struct db *d, const struct log_entries *batch, uint64_t *first, struct error *e)
{
	if (!without_log)
		return __real_log_append(l, d, batch, first, e);
	*first = 0;
	return RESULT_OK;
}

void __wrap_log_committed(struct log *l)
{
	if (!without_log)
		__real_log_committed(l);
}

static result run_without_log(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	result r;

	without_log = true;
	r = figure_read(f, ms, out, e);
	without_log = false;
	return r;
}

static result run_read(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run(f, ask_read, is_read, ms, out, e);
}

static result run_lookup(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run(f, ask_lookup, is_found, ms, out, e);
}

static result run_write(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	return run(f, ask_create, is_created, ms, out, e);
}

static void close_all(void)
{
	buf_free(&asking.body);
	free(asking.number);
	asking.number = NULL;
	road_close();
}

const struct figure figures_road[] = {
	{"read_64", "/s", "http_parked_64", run_read, close_all, 64},
	{"read_1", "/s", "http_parked_1", run_read, close_all, 1},
	{"read_256", "/s", "read_64", run_read, close_all, 256},
	{"read_1000", "/s", "read_64", run_read, close_all, 1000},
	{"read_64_without_log", "/s", NULL, run_without_log, close_all, 64},
	{"log_cost", "/s", "read_64_without_log", run_read, close_all, 64},
	{"lookup_64", "/s", "read_64", run_lookup, close_all, 64},
	{"write_64", "/s", "sql_alone", run_write, close_all, 64},
	{"write_1", "/s", "http_parked_1", run_write, close_all, 1},
	{.name = NULL},
};
