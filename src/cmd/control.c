#include "cmd/control.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "access/instance.h"
#include "api/control.h"
#include "crypto/crypto.h"

struct control {
	struct access *access; /* opened here, or NULL: */
	struct access_reader *reader;
	CURL *curl; /* to the server */
	char socket[PATH_MAX];
};

static result open_here(struct control *c, const char *dir, struct error *e)
{
	const struct access_options o = {.clock = clock_system(), .entropy = crypto_entropy()};

	TRY(access_open(dir, &o, &c->access, e));
	return access_reader_open(c->access, &c->reader, e);
}

result control_open(const char *dir, struct control **out, struct error *e)
{
	struct control *c = calloc(1, sizeof *c);
	struct instance i;
	result r;

	*out = NULL;
	if (!c)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a command");
	r = crypto_init(e);
	if (ok(r))
		r = open_here(c, dir, e);
	if (!ok(r) && e->code == CODE_INSTANCE_BUSY) {
		error_clear(e);
		r = instance_read(dir, &i, e);
		c->curl = curl_easy_init();
		memcpy(c->socket, i.socket, sizeof c->socket);
		if (ok(r) && !c->curl)
			r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a command");
	}
	if (!ok(r)) {
		control_close(c);
		return r;
	}
	*out = c;
	return RESULT_OK;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	access_reader_close(c->reader);
	access_close(c->access);
	if (c->curl)
		curl_easy_cleanup(c->curl);
	free(c);
}

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *b = ctx;

	buf_add(b, p, size * n);
	return buf_ok(b) ? size * n : 0;
}

/* Posts BODY to the control socket; the answer into OUT. */
static result post(struct control *c, const char *body, size_t n, struct buf *out, struct error *e)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	CURLcode done;

	curl_easy_reset(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
	curl_easy_setopt(c->curl, CURLOPT_URL, "http://localhost/control");
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, out);
	done = curl_easy_perform(c->curl);
	curl_slist_free_all(headers);
	if (done != CURLE_OK)
		return error_at(e, CODE_IO, c->socket, "the server that has this instance open does not answer: %s",
				curl_easy_strerror(done));
	return RESULT_OK;
}

/* The problem document V as an error. */
static void problem(const json_t *v, struct error *e)
{
	const char *code = json_string_value(json_object_get(v, "code"));
	const char *detail = json_string_value(json_object_get(v, "detail"));
	enum code c = code ? code_from_text(code) : CODE_NONE;

	(void)error_set(e, c == CODE_NONE ? CODE_INTERNAL : c, "%s", detail ? detail : "the server did not say why"); /* ignored: only sets */
}

static json_t *ask_server(struct control *c, const json_t *request, struct error *e)
{
	char *body = json_dumps(request, JSON_COMPACT);
	json_t *v = NULL;
	struct buf answer;
	long status = 0;

	if (!body) {
		(void)error_set(e, CODE_OUT_OF_MEMORY, "no memory for a command"); /* ignored: only sets */
		return NULL;
	}
	buf_init(&answer);
	if (ok(post(c, body, strlen(body), &answer, e))) {
		curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
		v = json_loadb(answer.p ? answer.p : "", answer.n, 0, NULL);
		if (!v || status != 200) {
			problem(v, e);
			json_decref(v);
			v = NULL;
		}
	}
	buf_wipe(&answer);
	crypto_wipe(body, strlen(body));
	free(body);
	return v;
}

json_t *control_ask(struct control *c, json_t *request, struct error *e)
{
	json_t *answer = c->access ? control_call(c->access, c->reader, request, e) : ask_server(c, request, e);

	json_decref(request);
	return answer;
}
