#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/internal.h"
#include "http/route.h"

enum {
	REQUEST_ARENA = 8192, /* bytes of a request's first block, kept warm */
	REQUEST_KEEP = 32768, /* a larger buffer is not kept for the next request */
};

/* Fills from the loop's pool: one call of the machine's source serves 64 ids. */
static void pool_fill(void *ctx, void *out, size_t n)
{
	struct http_loop *l = ctx;
	const struct entropy *source = &l->server->config.entropy;

	if (n > sizeof l->random) {
		source->fill(source->ctx, out, n);
		return;
	}
	if (l->random_left < n) {
		source->fill(source->ctx, l->random, sizeof l->random);
		l->random_left = sizeof l->random;
	}
	l->random_left -= n;
	memcpy(out, l->random + l->random_left, n);
}

struct http_request *request_take(struct http_loop *l, struct MHD_Connection *c, const char *target)
{
	struct http_request *r = l->free;
	struct entropy pool = {pool_fill, l};

	if (r) {
		l->free = r->next;
		r->next = NULL;
	} else {
		r = calloc(1, sizeof *r);
		if (!r)
			return NULL;
		arena_init(&r->arena, REQUEST_ARENA, true);
		buf_init(&r->body);
		buf_init(&r->out);
	}
	r->loop = l;
	r->connection = c;
	r->target_at = target;
	r->target = str_copy(&r->arena, str_of(target));
	r->id = uuid_make(clock_now(&l->server->config.clock), &pool);
	if (!r->target.p) {
		request_release(r);
		return NULL;
	}
	return r;
}

static void buf_recycle(struct buf *b)
{
	if (b->cap > REQUEST_KEEP) {
		buf_wipe(b);
		return;
	}
	if (b->p)
		explicit_bzero(b->p, b->n);
	buf_reset(b);
}

void request_release(struct http_request *r)
{
	struct http_loop *l = r->loop;
	struct arena arena = r->arena;
	struct buf body = r->body, out = r->out;

	if (r->kept_free)
		r->kept_free(r->kept);
	arena_reset(&arena);
	buf_recycle(&body);
	buf_recycle(&out);
	memset(r, 0, sizeof *r);
	r->arena = arena;
	r->body = body;
	r->out = out;
	r->loop = l;
	r->next = l->free;
	l->free = r;
}

void requests_free(struct http_loop *l)
{
	while (l->free) {
		struct http_request *r = l->free;

		l->free = r->next;
		arena_free(&r->arena);
		buf_wipe(&r->body);
		buf_wipe(&r->out);
		free(r);
	}
}

enum http_method http_method(const struct http_request *r)
{
	return r->method;
}

struct str http_path(const struct http_request *r)
{
	return r->path;
}

struct str http_param(const struct http_request *r, int n)
{
	if (n < 0 || (size_t)n >= r->n_params)
		return (struct str){NULL, 0};
	return r->params[n];
}

struct str http_query(struct http_request *r, const char *name)
{
	struct str rest = r->query, n, v, decoded;

	while (route_next_pair(&rest, &n, &v)) {
		/* the head was refused unless the whole query decodes; only memory can fail here */
		if (!route_decode(&r->arena, n, true, &decoded) || !str_is(decoded, name))
			continue;
		if (!route_decode(&r->arena, v, true, &decoded))
			break;
		return decoded;
	}
	return (struct str){NULL, 0};
}

struct str http_header(const struct http_request *r, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].name.n == n && strncasecmp(r->fields[i].name.p, name, n) == 0)
			return r->fields[i].value;
	return (struct str){NULL, 0};
}

struct str http_body(const struct http_request *r)
{
	return buf_view(&r->body);
}

struct arena *http_arena(struct http_request *r)
{
	return &r->arena;
}

const struct uuid *http_id(const struct http_request *r)
{
	return &r->id;
}

const struct http_route *http_route_of(const struct http_request *r)
{
	return r->route;
}

void http_keep(struct http_request *r, void *p, void (*free_)(void *))
{
	r->kept = p;
	r->kept_free = free_;
}

void *http_kept(const struct http_request *r)
{
	return r->kept;
}
