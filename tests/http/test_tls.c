#include "../test.h"

#include <curl/curl.h>

#include "client.h"
#include "server.h"

static const char cert[] = TEST_SOURCE_DIR "/cases/http/tls/cert.pem";
static const char key[] = TEST_SOURCE_DIR "/cases/http/tls/key.pem";
static const char other[] = TEST_SOURCE_DIR "/cases/http/tls/other.pem";

static size_t keep(char *p, size_t size, size_t n, void *to)
{
	buf_add(to, p, size * n);
	return size * n;
}

/* GETs PATH (or POSTs BODY there) with CURL and checks the answer. */
static void fetch(CURL *curl, const struct test_server *s, const char *path, const char *body, const char *answer)
{
	struct buf url, got;
	long status = 0;

	buf_init(&url);
	buf_init(&got);
	buf_text(&url, http_url(s->server));
	buf_text(&url, path);
	curl_easy_setopt(curl, CURLOPT_URL, buf_c(&url));
	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (body)
		curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	assert_int_equal(status, 200);
	assert_true(str_is(buf_view(&got), answer));
	buf_free(&url);
	buf_free(&got);
}

static void tls_answers_and_parks_on_one_connection(void **state)
{
	struct test_server s;
	long connections = 0;
	CURL *curl = curl_easy_init();

	(void)state;
	assert_non_null(curl);
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.tls_cert = cert, .tls_key = key});
	assert_true(str_starts(str_of(http_url(s.server)), STR("https://127.0.0.1:")));
	curl_easy_setopt(curl, CURLOPT_CAINFO, cert);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	for (int i = 0; i < 20; i++) {
		fetch(curl, &s, "/fast", NULL, "fast");
		fetch(curl, &s, "/parked", NULL, "parked");
		fetch(curl, &s, "/echo", "some text", "some text");
		curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
		assert_int_equal(connections, 0);
	}
	curl_easy_cleanup(curl);
	test_server_stop(&s, 2000);
}

static void plain_http_is_not_answered_over_tls(void **state)
{
	struct test_server s;
	CURL *curl = curl_easy_init();
	struct buf url;

	(void)state;
	assert_non_null(curl);
	test_server_start(&s, "127.0.0.1:0", (struct http_config){.tls_cert = cert, .tls_key = key});
	buf_init(&url);
	buf_text(&url, "http");
	buf_text(&url, http_url(s.server) + 5);
	buf_text(&url, "/fast");
	curl_easy_setopt(curl, CURLOPT_URL, buf_c(&url));
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	assert_int_not_equal(curl_easy_perform(curl), CURLE_OK);
	assert_int_equal(http_counts(s.server).requests, 0);
	curl_easy_cleanup(curl);
	buf_free(&url);
	test_server_stop(&s, 2000);
}

static void start_refuses_what_it_cannot_serve(void **state)
{
	static const struct {
		struct http_config c;
		enum code code;
	} cases[] = {
		{{.listen = "127.0.0.1:0", .tls_cert = cert}, CODE_USAGE},
		{{.listen = "127.0.0.1:0", .tls_cert = cert, .tls_key = other}, CODE_USAGE},
		{{.listen = "127.0.0.1:0", .tls_cert = cert, .tls_key = "/nowhere/key.pem"}, CODE_IO},
		{{.listen = "127.0.0.1"}, CODE_USAGE},
		{{.listen = "[::1:80"}, CODE_USAGE},
		{{.listen = ":80"}, CODE_USAGE},
		{{.listen = "127.0.0.1:http"}, CODE_USAGE},
		{{.listen = "203.0.113.1:0"}, CODE_IO},
		{{.listen = "unix:"}, CODE_USAGE},
		{{.listen = "unix:/nowhere/at/all"}, CODE_IO},
		{{.listen = "unix:" TEST_SOURCE_DIR "/meson.build"}, CODE_IO},
	};
	struct http_server *s = NULL;
	struct error e = {.code = CODE_NONE};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct http_config c = cases[i].c;

		c.clock = clock_system();
		assert_fails(http_start(&c, &s, &e), &e, cases[i].code);
		assert_null(s);
	}
}

static void start_refuses_an_address_in_use_and_a_bad_pattern(void **state)
{
	static const char *const patterns[] = {"x", "/a/*/b", "/{id", "/{id}x", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"};
	struct test_server first;
	struct http_server *s = NULL;
	struct error e = {.code = CODE_NONE};
	struct http_config c = {.clock = clock_system()};

	(void)state;
	test_server_start(&first, "127.0.0.1:0", (struct http_config){.threads = 1});
	c.listen = http_url(first.server) + sizeof "http://" - 1;
	assert_fails(http_start(&c, &s, &e), &e, CODE_IO);
	test_server_stop(&first, 1000);
	c.listen = "127.0.0.1:0";
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		struct http_route bad = {.pattern = patterns[i]};

		c.routes = &bad;
		c.n_routes = 1;
		assert_fails(http_start(&c, &s, &e), &e, CODE_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_answers_and_parks_on_one_connection),
		cmocka_unit_test(plain_http_is_not_answered_over_tls),
		cmocka_unit_test(start_refuses_what_it_cannot_serve),
		cmocka_unit_test(start_refuses_an_address_in_use_and_a_bad_pattern),
	};

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
