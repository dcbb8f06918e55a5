#include "road.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/admin.h"
#include "access/import.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "publish/texts.h"
#include "vault/read.h"
#include "web/pages.h"

enum { BATCH = 500 };

static struct road road;

void road_items(uint64_t n, struct buf *out)
{
	buf_printf(out,
		   "{\"customer_number\":\"C%08llu\",\"name\":\"\xE9\xAB\x99\xE6\xA9\x8B %04llu\",\"name_kana\":\"\xE3\x82\xBF\xE3\x82\xAB\","
		   "\"address\":\"\xE5\xA4\xA7\xE9\x98\xAA\xE5\xB8\x82\xE4\xB8\xAD\xE5\xA4\xAE\xE5\x8C\xBA%llu-1\",\"phone\":\"06-%04llu-%04llu\","
		   "\"email\":\"p%llu@mail.example\",\"gender\":\"f\",\"birth_date\":\"1980-02-%02llu\","
		   "\"services_used\":[\"cloud 2024-04-01\"],\"payment_status\":\"paid\"}",
		   (unsigned long long)n, (unsigned long long)(n % 10000), (unsigned long long)(n % 977),
		   (unsigned long long)(n / 10000 % 10000), (unsigned long long)(n % 10000), (unsigned long long)n,
		   (unsigned long long)(n % 28 + 1));
}

void road_now(struct road *r, struct buf *out)
{
	moment_write(out, access_now(r->access));
}

/* The batch of people FROM to TO - 1 as access_import takes it. */
static json_t *batch_of(struct road *r, uint64_t from, uint64_t to)
{
	struct buf b, now;
	json_t *v;

	buf_init(&b);
	buf_init(&now);
	road_now(r, &now);
	buf_printf(&b,
		   "{\"token\":\"%s\",\"purpose\":\"provide_service\",\"category\":\"customer\",\"channel\":\"web_form\","
		   "\"import\":\"0190c0de-0000-7000-8000-000000000001\",\"next\":%llu,\"rows\":[",
		   r->loader, (unsigned long long)to);
	for (uint64_t n = from; n < to; n++) {
		buf_printf(&b, "%s{\"row\":%llu,\"items\":", n > from ? "," : "", (unsigned long long)n);
		road_items(n, &b);
		buf_printf(&b, ",\"at\":\"%s\",\"notice\":{\"id\":\"sign_up\",\"version\":1,\"language\":\"ja\",\"shown_at\":\"%s\"}}",
			   buf_c(&now), buf_c(&now));
	}
	buf_text(&b, "]}");
	v = json_loadb(b.p, b.n, 0, NULL);
	buf_free(&b);
	buf_free(&now);
	return v;
}

result road_import(struct road *r, uint64_t from, uint64_t to, struct error *e)
{
	for (uint64_t n = from; n < to; n += BATCH) {
		json_t *request = batch_of(r, n, n + BATCH < to ? n + BATCH : to);
		json_t *answer = request ? access_import(r->access, r->reader, request, e) : NULL;
		size_t rejected = json_array_size(json_object_get(answer, "rejected"));

		if (rejected)
			/* ignored: only sets */
			(void)error_set(e, CODE_INTERNAL, "%zu people were refused, the first as %s", rejected,
					json_string_value(json_object_get(
						json_array_get(json_object_get(answer, "rejected"), 0), "code")));
		json_decref(request);
		json_decref(answer);
		if (!answer || rejected)
			return RESULT_FAIL;
	}
	return RESULT_OK;
}

static result token_make(struct road *r, const char *role, char out[ROAD_TOKEN], struct error *e)
{
	struct op_token t;
	bool made;

	op_token_init(&t);
	t.name = str_of(role);
	t.role = str_of(role);
	access_run(r->reader, &t.op);
	made = t.op.outcome == OP_COMMITTED && t.op.error.code == CODE_NONE;
	memcpy(out, t.text, sizeof t.text);
	if (!made)
		*e = t.op.error;
	op_release(&t.op);
	return made ? RESULT_OK : RESULT_FAIL;
}

/* Reads back who was made, in the order of the ids, which is that of their making. */
static result ids_read(struct road *r, struct error *e)
{
	struct db *d = access_reader_db(r->reader, e);
	struct uuid after = {{0}};
	size_t n = 0;

	r->ids = calloc(ROAD_PEOPLE + 512, sizeof *r->ids);
	if (!d || !r->ids)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the ids");
	do {
		TRY(vault_persons_after(d, &after, r->ids + r->n_ids, 512, &n, e));
		r->n_ids += n;
		if (n)
			after = r->ids[r->n_ids - 1];
	} while (n && r->n_ids < ROAD_PEOPLE);
	access_reader_rest(r->reader);
	return RESULT_OK;
}

static result road_serve(struct road *r, struct error *e)
{
	struct api_config c = {.listen = "127.0.0.1:0", .max_connections = 2000};

	c.pages = web_pages(&c.n_pages);
	return api_start(r->access, &c, &r->api, e);
}

static result road_access(struct road *r, struct error *e)
{
	const struct access_options o = {.clock = clock_system(), .entropy = crypto_entropy()};

	TRY(access_open(r->dir, &o, &r->access, e));
	return access_reader_open(r->access, &r->reader, e);
}

void road_shut(struct road *r)
{
	api_stop(r->api);
	access_reader_close(r->reader);
	access_close(r->access);
	r->api = NULL;
	r->reader = NULL;
	r->access = NULL;
}

result road_again(struct road *r, struct error *e)
{
	TRY(road_access(r, e));
	return road_serve(r, e);
}

static result road_make(struct road *r, struct error *e)
{
	const struct access_options o = {.clock = clock_system(), .entropy = crypto_entropy()};
	struct access_plan plan = {.dir = r->dir, .policy_dir = BENCH_SOURCE_DIR "/examples/reference",
					 .texts = edition_texts};
	struct findings f;
	result made;

	memcpy(r->dir, "./bench-road-XXXXXX", 20);
	if (!mkdtemp(r->dir))
		return error_set(e, CODE_IO, "cannot make a directory in the working directory");
	TRY(crypto_init(e));
	findings_init(&f);
	made = access_init(&plan, &o, &f, e);
	findings_free(&f);
	TRY(made);
	TRY(road_access(r, e));
	TRY(token_make(r, "loader", r->loader, e));
	TRY(token_make(r, "billing_app", r->billing, e));
	TRY(road_import(r, 0, ROAD_PEOPLE, e));
	TRY(ids_read(r, e));
	r->created = ROAD_PEOPLE;
	return road_serve(r, e);
}

result road_open(struct road **out, struct error *e)
{
	*out = &road;
	return road.api ? RESULT_OK : road_make(&road, e);
}

void road_close(void)
{
	char command[128];

	road_shut(&road);
	free(road.ids);
	if (road.dir[0] && snprintf(command, sizeof command, "%s", road.dir) > 0 && fork() == 0) {
		execlp("rm", "rm", "-rf", command, (char *)NULL);
		_exit(1);
	}
	road = (struct road){.access = NULL};
}
