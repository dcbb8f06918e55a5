#include "test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../bench/client.h"
#include "crypto/crypto.h"
#include "web/asset.h"
#include "web/serve.h"

static void page(struct http_request *r, void *ctx)
{
	(void)ctx;
	web_answer_page(r, STR("<p>here</p>"), web_language_of(r));
}

static void asset(struct http_request *r, void *ctx)
{
	(void)ctx;
	web_answer_asset(r);
}

static const struct http_route routes[] = {
	{.method = HTTP_GET, .pattern = "/", .handle = page},
	{.method = HTTP_GET, .pattern = "/assets/*", .handle = asset},
};

static int serve(void **state)
{
	struct http_config c = {.listen = "127.0.0.1:0", .routes = routes, .n_routes = 2, .clock = clock_system(),
				.entropy = crypto_entropy()};
	struct http_server *server;
	struct error e = {0};

	if (!ok(http_start(&c, &server, &e)))
		return -1;
	*state = server;
	return 0;
}

static int stop(void **state)
{
	http_stop(*state, 1000);
	return 0;
}

/* The answer of SERVER to GET PATH with the header lines HEADERS; its text is in B. */
static struct client_answer get(struct http_server *server, const char *path, const char *headers, struct buf *b)
{
	struct client_answer a = {0};
	struct error e = {0};
	ssize_t n = 1;
	int fd;

	buf_init(b);
	buf_printf(b, "GET %s HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n", path, headers);
	assert_ok(client_connect(http_url(server), &fd, &e), &e);
	assert_int_equal(send(fd, b->p, b->n, MSG_NOSIGNAL), (ssize_t)b->n);
	buf_reset(b);
	while (n > 0) {
		char some[4096];

		n = read(fd, some, sizeof some);
		if (n > 0)
			buf_add(b, some, (size_t)n);
	}
	close(fd);
	assert_true(client_parse(buf_view(b), false, true, &a) > 0);
	return a;
}

static void assert_header(const struct client_answer *a, const char *name, const char *value)
{
	if (!str_is(client_header(a->head, name), value))
		fail_msg("%s is not %s in\n%.*s", name, value, (int)a->head.n, a->head.p);
}

static void page_is_guarded_and_in_the_language_asked_for(void **state)
{
	struct client_answer a;
	struct buf b;

	a = get(*state, "/?language=en", "", &b);
	assert_int_equal(a.status, 200);
	assert_true(str_is(a.body, "<p>here</p>"));
	assert_header(&a, "Content-Type", "text/html; charset=utf-8");
	assert_header(&a, "Content-Security-Policy", WEB_CSP);
	assert_header(&a, "X-Content-Type-Options", "nosniff");
	assert_header(&a, "Referrer-Policy", "no-referrer");
	assert_header(&a, "Cache-Control", "no-store");
	assert_header(&a, "Content-Language", "en");
	buf_free(&b);
	a = get(*state, "/", "Accept-Language: en;q=0.2, ja\r\n", &b);
	assert_header(&a, "Content-Language", "ja");
	assert_header(&a, "Vary", "Accept-Language");
	buf_free(&b);
}

static void asset_is_sent_once_and_then_confirmed(void **state)
{
	const struct web_asset *sheet = web_asset_find(STR("page.css"));
	struct client_answer a;
	struct buf b, known;

	a = get(*state, "/assets/page.css", "", &b);
	assert_int_equal(a.status, 200);
	assert_true(str_eq(a.body, sheet->body));
	assert_header(&a, "ETag", sheet->etag);
	assert_header(&a, "Content-Type", "text/css; charset=utf-8");
	buf_free(&b);
	buf_init(&known);
	buf_printf(&known, "If-None-Match: \"other\", W/%s\r\n", sheet->etag);
	a = get(*state, "/assets/page.css", buf_c(&known), &b);
	assert_int_equal(a.status, 304);
	assert_int_equal(a.body.n, 0);
	buf_free(&b);
	a = get(*state, "/assets/page.css", "If-None-Match: \"other\"\r\n", &b);
	assert_int_equal(a.status, 200);
	buf_free(&b);
	buf_free(&known);
}

static void unknown_asset_is_refused(void **state)
{
	static const char *const paths[] = {"/assets/none.css", "/assets/a/page.css", "/assets/status.html"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct buf b;
		struct client_answer a = get(*state, paths[i], "", &b);

		assert_int_equal(a.status, 404);
		assert_non_null(memmem(a.body.p, a.body.n, "\"no_such_resource\"", 18));
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_is_guarded_and_in_the_language_asked_for),
		cmocka_unit_test(asset_is_sent_once_and_then_confirmed),
		cmocka_unit_test(unknown_asset_is_refused),
	};

	return cmocka_run_group_tests(tests, serve, stop);
}
