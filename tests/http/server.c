#include "../test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "server.h"

struct link {
	struct http_request *next;
};

static void fast(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_answer(r, 200, "text/plain", STR("fast"));
}

static void parked(struct http_request *r, void *ctx)
{
	struct test_server *s = ctx;

	http_keep(r, calloc(1, sizeof(struct link)), free);
	http_park(r);
	pthread_mutex_lock(&s->lock);
	if (s->last)
		((struct link *)http_kept(s->last))->next = r;
	else
		s->first = r;
	s->last = r;
	pthread_cond_signal(&s->some);
	pthread_mutex_unlock(&s->lock);
}

static void parked_woken(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_answer(r, 200, "text/plain", STR("parked"));
}

static void echo(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_answer(r, 200, "application/octet-stream", http_body(r));
}

static void json(struct http_request *r, void *ctx)
{
	struct error e = {.code = CODE_NONE};
	json_t *v;

	(void)ctx;
	if (!ok(http_json(r, &v, &e))) {
		http_problem(r, &e, json_pack("{s:s}", "place", e.where));
		return;
	}
	http_answer_json(r, 201, json_pack("{s:i}", "members", (int)json_object_size(v)));
	json_decref(v);
}

static void thing(struct http_request *r, void *ctx)
{
	struct buf b;

	(void)ctx;
	buf_init(&b);
	buf_text(&b, http_route_of(r)->pattern);
	for (int i = 0; http_param(r, i).p; i++) {
		buf_byte(&b, '|');
		buf_str(&b, http_param(r, i));
	}
	if (http_query(r, "items").p) {
		buf_text(&b, "|items=");
		buf_str(&b, http_query(r, "items"));
	}
	if (http_header(r, "sekisho-purpose").p) {
		buf_text(&b, "|purpose=");
		buf_str(&b, http_header(r, "sekisho-purpose"));
	}
	http_set(r, "X-Split", STR("a\r\nInjected: yes"));
	http_answer(r, 200, "text/plain; charset=utf-8", buf_view(&b));
	buf_free(&b);
}

static void silent(struct http_request *r, void *ctx)
{
	(void)r;
	(void)ctx;
}

static void problem(struct http_request *r, void *ctx)
{
	struct error e = {.code = CODE_NONE};

	(void)ctx;
	if (!ok(error_at(&e, code_from_text(http_query(r, "code").p), "/items/phone", "a message")))
		http_problem(r, &e, json_pack("{s:s}", "clause", "#x"));
}

static const struct http_route routes[] = {
	{HTTP_GET, "/fast", fast, NULL, 0, "fast"},
	{HTTP_GET, "/parked", parked, parked_woken, 0, "parked"},
	{HTTP_POST, "/echo", echo, NULL, 1000, "echo"},
	{HTTP_PUT, "/echo", echo, NULL, 1000, "echo"},
	{HTTP_POST, "/json", json, NULL, 100000, "json"},
	{HTTP_POST, "/things:lookup", thing, NULL, 1000, "verb"},
	{HTTP_GET, "/things/{id}/uses", thing, NULL, 0, "literal first"},
	{HTTP_GET, "/things/{id}/{category}", thing, NULL, 0, "two"},
	{HTTP_POST, "/things/{id}:erase", thing, NULL, 1000, "verb behind"},
	{HTTP_GET, "/things/{id}", thing, NULL, 0, "one"},
	{HTTP_GET, "/rest/*", thing, NULL, 0, "rest"},
	{HTTP_GET, "/silent", silent, NULL, 0, "a handler that forgets"},
	{HTTP_GET, "/problem", problem, NULL, 0, "a problem"},
};

static void rest_ms(int ms)
{
	struct timespec t = {.tv_nsec = (long)ms * 1000000};

	nanosleep(&t, NULL);
}

static void *wake_all(void *arg)
{
	struct test_server *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->stop || s->first) {
		struct http_request *r = s->first;

		if (!r || (s->hold && !s->stop)) {
			pthread_cond_wait(&s->some, &s->lock);
			continue;
		}
		s->first = s->last = NULL;
		pthread_mutex_unlock(&s->lock);
		rest_ms(s->batch_ms);
		while (r) {
			struct http_request *next = ((struct link *)http_kept(r))->next;

			http_wake(r);
			r = next;
		}
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static void before(void *ctx)
{
	((struct test_server *)ctx)->begun++;
}

static void after(void *ctx)
{
	((struct test_server *)ctx)->ended++;
}

static void fill(void *ctx, void *out, size_t n)
{
	(void)ctx;
	assert_int_equal(getrandom(out, n, 0), (ssize_t)n);
}

void test_server_start(struct test_server *s, const char *listen, struct http_config c)
{
	struct error e = {.code = CODE_NONE};

	memset(s, 0, sizeof *s);
	c.listen = listen;
	c.routes = routes;
	c.n_routes = sizeof routes / sizeof routes[0];
	c.ctx = s;
	c.clock = clock_system();
	c.entropy = (struct entropy){fill, NULL};
	if (c.threads < 2) {
		c.before = before;
		c.after = after;
	}
	assert_int_equal(pthread_mutex_init(&s->lock, NULL), 0);
	assert_int_equal(pthread_cond_init(&s->some, NULL), 0);
	assert_int_equal(pthread_create(&s->waker, NULL, wake_all, s), 0);
	assert_ok(http_start(&c, &s->server, &e), &e);
}

void test_server_stop(struct test_server *s, int wait_ms)
{
	http_stop(s->server, wait_ms);
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->some);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->waker, NULL);
	pthread_cond_destroy(&s->some);
	pthread_mutex_destroy(&s->lock);
	assert_int_equal(s->begun, s->ended);
}

void test_server_hold(struct test_server *s, bool hold)
{
	pthread_mutex_lock(&s->lock);
	s->hold = hold;
	pthread_cond_signal(&s->some);
	pthread_mutex_unlock(&s->lock);
}
