#include "api/api.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "access/instance.h"
#include "api/control.h"
#include "api/handlers.h"

enum { STOP_MS = 10000, CONTROL_BODY = 8 * 1024 * 1024 };

struct server {
	struct api api;
	struct http_route *routes; /* the API's and the pages' */
	char control[PATH_MAX + 8];
};

/* After the handlers of one wake-up. */
static void after(void *ctx)
{
	struct api *a = ctx;
	struct access_reader *r = pthread_getspecific(a->reader);

	if (r)
		access_reader_idle(r);
}

static void reader_gone(void *p)
{
	access_reader_close(p);
}

static void handle_control(struct http_request *r, void *ctx)
{
	struct api *a = ctx;
	struct access_reader *reader = api_reader(a);
	struct error e = {0};
	json_t *request = NULL, *answer = NULL;

	if (!reader)
		(void)error_set(&e, CODE_OUT_OF_MEMORY, "no memory for a reader"); /* ignored: only sets */
	else if (ok(http_json(r, &request, &e)))
		answer = control_call(a->access, reader, request, &e);
	if (answer)
		http_answer_json(r, 200, answer);
	else
		http_problem(r, &e, NULL);
	json_decref(request);
}

static const struct http_route control_routes[] = {
	{HTTP_POST, "/control", handle_control, NULL, CONTROL_BODY, "A command of the command line"},
};

static result routes_join(struct server *s, const struct api_config *c, size_t *n, struct error *e)
{
	size_t n_api;
	const struct http_route *own = api_routes(&n_api);

	*n = n_api + c->n_pages;
	s->routes = calloc(*n, sizeof *s->routes);
	if (!s->routes)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the routes");
	memcpy(s->routes, own, n_api * sizeof *own);
	if (c->n_pages)
		memcpy(s->routes + n_api, c->pages, c->n_pages * sizeof *own);
	return RESULT_OK;
}

static result serve(struct server *s, const struct api_config *c, struct error *e)
{
	const char *socket = access_instance(s->api.access)->socket; /* PATH_MAX bytes at the most */
	struct http_config h = {
		.listen = c->listen,
		.tls_cert = c->tls_cert,
		.tls_key = c->tls_key,
		.ctx = &s->api,
		.max_connections = c->max_connections,
		.after = after,
		.clock = *access_clock(s->api.access),
		.entropy = *access_entropy(s->api.access),
	};
	struct http_server *http;

	TRY(routes_join(s, c, &h.n_routes, e));
	h.routes = s->routes;
	TRY(http_start(&h, &http, e));
	s->api.http = http;
	memcpy(s->control, "unix:", 5);
	memcpy(s->control + 5, socket, strlen(socket) + 1);
	h.listen = s->control;
	h.tls_cert = h.tls_key = NULL;
	h.routes = control_routes;
	h.n_routes = sizeof control_routes / sizeof *control_routes;
	return http_start(&h, &s->api.control, e);
}

result api_start(struct access *a, const struct api_config *c, struct api **out, struct error *e)
{
	struct server *s = calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a server");
	s->api.access = a;
	s->api.started = access_now(a);
	s->api.pages_state = c->pages_state;
	if (pthread_key_create(&s->api.reader, reader_gone) != 0) {
		free(s);
		return error_set(e, CODE_INTERNAL, "cannot make a key for the threads' readers");
	}
	if (!ok(serve(s, c, e))) {
		api_stop(&s->api);
		return RESULT_FAIL;
	}
	*out = &s->api;
	return RESULT_OK;
}

const char *api_url(const struct api *s)
{
	return http_url(s->http);
}

void *api_pages_state(const struct api *s)
{
	return s->pages_state;
}

const struct clock *api_clock(const struct api *s)
{
	return access_clock(s->access);
}

bool api_versions(struct api *s, uint32_t *published, uint32_t *in_force)
{
	struct gated *g = access_gated(s->access);
	bool any = g && g->policy;

	if (any) {
		*published = (uint32_t)g->set->n;
		*in_force = g->policy->version;
	}
	gated_unref(g);
	return any;
}

result api_read_database(struct api *s, result (*use)(struct db *d, void *ctx, struct error *e), void *ctx, struct error *e)
{
	struct access_reader *reader = NULL;
	struct db *d;
	result done = RESULT_FAIL;

	TRY(access_reader_open(s->access, &reader, e));
	d = access_reader_db(reader, e);
	if (d)
		done = use(d, ctx, e);
	access_reader_close(reader);
	return done;
}

void api_stop(struct api *a)
{
	struct server *s = (struct server *)a; /* its first member */

	if (!s)
		return;
	http_stop(s->api.http, STOP_MS);
	http_stop(s->api.control, STOP_MS);
	(void)pthread_key_delete(s->api.reader); /* ignored: the key exists */
	free(s->routes);
	free(s);
}
