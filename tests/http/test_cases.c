#include "../test.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "client.h"
#include "server.h"

enum { ANSWER_MS = 5000, CASE_EXPECTS = 16 };

struct expect {
	struct str key, value;
};

struct http_case {
	struct str name;
	struct buf request;
	struct expect expects[CASE_EXPECTS];
	size_t n_expects;
};

static char escaped(struct str s, size_t *i)
{
	unsigned char byte = 0;

	switch (s.p[++*i]) {
	case 'r':
		return '\r';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case '0':
		return '\0';
	case 'x':
		assert_true(hex_decode(str_sub(s, *i + 1, 2), &byte, 1));
		*i += 2;
		return (char)byte;
	default:
		assert_int_equal(s.p[*i], '\\');
		return '\\';
	}
}

/* The length of "{n*" at the start of S with the number in *N, 0 when it is none. */
static size_t repeat_head(struct str s, uint64_t *n)
{
	size_t star = str_find(s, '*');

	return s.n && s.p[0] == '{' && str_to_u64(str_sub(s, 1, star - 1), 100000, n) ? star + 1 : 0;
}

/* Appends S without escapes and repeats to OUT. */
static void unescape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		uint64_t times = 0;
		size_t head = repeat_head(str_sub(s, i, s.n), &times);

		if (head) {
			struct str text = str_sub(s, i + head, str_find(str_sub(s, i + head, s.n), '}'));

			while (times--)
				unescape(text, out);
			i += head + text.n;
		} else {
			buf_byte(out, s.p[i] == '\\' ? escaped(s, &i) : s.p[i]);
		}
	}
}

/* Reads from FD until one answer is whole (or, with CLOSED, until the end). */
static size_t answer_read(int fd, bool head_only, bool closed, struct buf *b, struct client_answer *a)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t used = 0;

	while ((closed || !used) && poll(&p, 1, ANSWER_MS) == 1) {
		char *at = buf_room(b, 65536);
		ssize_t n;

		assert_non_null(at);
		n = recv(fd, at, 65536, 0);
		b->n -= 65536 - (n > 0 ? (size_t)n : 0);
		used = client_parse(buf_view(b), head_only, n <= 0, a);
		if (n <= 0)
			return used;
	}
	return closed ? 0 : used;
}

static bool body_has(struct str body, const struct buf *want)
{
	return want->n && body.n && memmem(body.p, body.n, want->p, want->n);
}

/* True when A is as X expects; CLOSED is looked at elsewhere. */
static bool expect_holds(const struct expect *x, const struct client_answer *a)
{
	struct buf want;
	bool holds = false;

	buf_init(&want);
	unescape(x->value, &want);
	if (str_is(x->key, "status")) {
		uint64_t status;

		holds = str_to_u64(buf_view(&want), 999, &status) && (int)status == a->status;
	} else if (str_is(x->key, "header")) {
		size_t colon = str_find(buf_view(&want), ':');
		char name[64];

		assert_true(colon < sizeof name);
		memcpy(name, want.p, colon);
		name[colon] = '\0';
		holds = str_eq(client_header(a->head, name), str_trim(str_sub(buf_view(&want), colon + 1, want.n)));
	} else if (str_is(x->key, "absent")) {
		holds = !client_header(a->head, buf_c(&want)).p;
	} else if (str_is(x->key, "body")) {
		holds = body_has(a->body, &want);
	} else if (str_is(x->key, "exact")) {
		holds = str_eq(a->body, buf_view(&want));
	} else if (str_is(x->key, "code")) {
		struct buf member;

		buf_init(&member);
		buf_printf(&member, "\"code\":\"%s\"", buf_c(&want));
		holds = body_has(a->body, &member);
		buf_free(&member);
	} else {
		holds = str_is(x->key, "closed") && str_is(x->value, "yes");
	}
	buf_free(&want);
	return holds;
}

/* The number of expectations of C that do not hold. */
static int case_run(const struct test_server *s, const char *file, const struct http_case *c)
{
	struct error e = {.code = CODE_NONE};
	struct client_answer a = {0};
	struct buf answer;
	bool closed = false;
	int fd = -1, wrong = 0;
	bool none = str_is(c->expects[0].key, "status") && str_is(c->expects[0].value, "none");

	for (size_t i = 0; i < c->n_expects; i++)
		closed |= str_is(c->expects[i].key, "closed");
	buf_init(&answer);
	assert_ok(client_connect(http_url(s->server), &fd, &e), &e);
	assert_int_equal(send(fd, c->request.p, c->request.n, MSG_NOSIGNAL), (ssize_t)c->request.n);
	if (answer_read(fd, str_starts(buf_view(&c->request), STR("HEAD ")), closed, &answer, &a) ? none : !none || answer.n) {
		print_error("%s: %.*s: not one whole answer%s\n", file, (int)c->name.n, c->name.p,
			    closed ? " and end" : "");
		wrong++;
	}
	for (size_t i = 0; i < c->n_expects && !wrong && !none; i++) {
		if (expect_holds(&c->expects[i], &a))
			continue;
		print_error("%s: %.*s: not so: %.*s: %.*s\n%.*s\n", file, (int)c->name.n, c->name.p,
			    (int)c->expects[i].key.n, c->expects[i].key.p, (int)c->expects[i].value.n,
			    c->expects[i].value.p, (int)answer.n, answer.p ? answer.p : "");
		wrong++;
	}
	buf_free(&answer);
	close(fd);
	return wrong;
}

static struct str line_take(struct str *text)
{
	size_t n = str_find(*text, '\n');
	struct str line = str_sub(*text, 0, n);

	*text = str_sub(*text, n + 1, text->n);
	return line;
}

/* Reads the next case of *TEXT; false at the end. */
static bool case_read(struct str *text, struct http_case *c)
{
	struct str line;

	c->n_expects = 0;
	buf_reset(&c->request);
	do {
		if (!text->n)
			return false;
		line = line_take(text);
	} while (!line.n);
	assert_true(str_starts(line, STR("case: ")));
	c->name = str_sub(line, 6, line.n);
	while ((line = line_take(text)).n) {
		size_t colon = str_find(line, ':');

		if (str_starts(line, STR("> "))) {
			unescape(str_sub(line, 2, line.n), &c->request);
			continue;
		}
		assert_true(c->n_expects < CASE_EXPECTS && colon < line.n);
		c->expects[c->n_expects++] =
			(struct expect){str_sub(line, 0, colon), str_trim(str_sub(line, colon + 1, line.n))};
	}
	assert_true(c->request.n > 0 && c->n_expects > 0);
	return true;
}

static int file_run(const struct test_server *s, const char *dir, const char *name)
{
	struct error e = {.code = CODE_NONE};
	struct http_case c;
	struct buf text;
	struct str rest;
	char path[512];
	int wrong = 0, cases = 0;

	buf_init(&text);
	buf_init(&c.request);
	assert_ok(path_join(path, sizeof path, dir, name, &e), &e);
	assert_ok(file_read(path, 1 << 20, &text, &e), &e);
	for (rest = buf_view(&text); case_read(&rest, &c); cases++)
		wrong += case_run(s, name, &c);
	assert_true(cases > 0);
	buf_free(&c.request);
	buf_free(&text);
	return wrong;
}

static void run_all(const char *listen, struct http_config config)
{
	static const char dir[] = TEST_SOURCE_DIR "/cases/http";
	struct test_server s;
	struct dirent *entry;
	int wrong = 0, files = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	test_server_start(&s, listen, config);
	while ((entry = readdir(d))) {
		size_t n = strlen(entry->d_name);

		if (n > 5 && strcmp(entry->d_name + n - 5, ".case") == 0) {
			wrong += file_run(&s, dir, entry->d_name);
			files++;
		}
	}
	closedir(d);
	cases_ran("http/*.case", files);
	assert_true(http_counts(s.server).refused > 0);
	test_server_stop(&s, 2000);
	assert_int_equal(wrong, 0);
}

static void every_case_is_answered_as_it_says(void **state)
{
	(void)state;
	run_all("127.0.0.1:0", (struct http_config){.threads = 1});
}

static void a_unix_socket_answers_alike(void **state)
{
	char dir[] = "/tmp/sekisho-http-XXXXXX", listen[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_true(snprintf(listen, sizeof listen, "unix:%s/socket", dir) > 0);
	run_all(listen, (struct http_config){.threads = 1});
	/* the socket is gone, or the directory would not go */
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_answered_as_it_says),
		cmocka_unit_test(a_unix_socket_answers_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
