/*
 * The strict look at a head.
 *
 * The library is lenient: it folds lines, ends lines at a bare LF, takes blanks
 * in names, cuts at a NUL, believes the first of two lengths.  It parses in place,
 * though: method, target, version, names and values stand where they came in,
 * each ended by a NUL in place of the separator.  So we demand that between two
 * of them lies exactly what the grammar has there, and that all of it together is
 * as long as the head was; whatever the library passed over shows as a gap.  On a
 * version of the library that copies instead, every request would be refused,
 * not one let through.
 */
#include <string.h>
#include <strings.h>

#include "http/internal.h"
#include "http/route.h"

struct head {
	struct http_request *r;
	uintptr_t next; /* where the next header line has to begin */
	size_t capacity;
	const char *wrong; /* why it is refused, or NULL */
};

static bool is_token(struct str s)
{
	static const char other[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!alnum && (c == '\0' || !strchr(other, c)))
			return false;
	}
	return s.n > 0;
}

static bool is_field_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return false;
	}
	return str_utf8_valid(s);
}

/* Only blanks from FROM to TO. */
static bool only_blanks(const char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != ' ' && *from != '\t')
			return false;
	return from == to;
}

static enum MHD_Result head_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n,
				  const char *value, size_t value_n)
{
	struct head *h = cls;
	struct http_request *r = h->r;
	struct http_field f = {{name, name_n}, {value, value ? value_n : 0}};

	(void)kind;
	if ((uintptr_t)name != h->next || !value || !only_blanks(name + name_n + 1, value))
		h->wrong = "a header line is folded, has a NUL, or does not end in CR LF";
	else if (!is_token(f.name))
		h->wrong = "a header name has a character that no name has";
	else if (!is_field_text(f.value))
		h->wrong = "a header value has a control character or is not UTF-8";
	if (h->wrong || r->n_fields == h->capacity)
		return MHD_NO;
	h->next = (uintptr_t)value + value_n + 2;
	f.value = str_trim(f.value);
	r->fields[r->n_fields++] = f;
	return MHD_YES;
}

/* Whether a header may come only once: a second would mean something else to the next reader. */
static bool is_single(struct str name)
{
	static const struct str single[] = {
		{"Authorization", 13}, {"Content-Length", 14}, {"Content-Type", 12}, {"Expect", 6}, {"Host", 4},
		{"Idempotency-Key", 15}, {"If-Match", 8}, {"If-None-Match", 13}, {"Transfer-Encoding", 17},
	};
	static const struct str ours = {"Sekisho-", 8};

	if (name.n >= ours.n && strncasecmp(name.p, ours.p, ours.n) == 0)
		return true;
	for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
		if (name.n == single[i].n && strncasecmp(name.p, single[i].p, name.n) == 0)
			return true;
	return false;
}

static const char *head_repeats(const struct http_request *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		struct str name = r->fields[i].name;

		if (!is_single(name))
			continue;
		for (size_t j = i + 1; j < r->n_fields; j++)
			if (r->fields[j].name.n == name.n && strncasecmp(r->fields[j].name.p, name.p, name.n) == 0)
				return "a header that may come once comes twice";
	}
	return NULL;
}

static bool is_host(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || strchr("/?#@\\,\"<>", s.p[i]))
			return false;
	return s.n > 0;
}

/* What is wrong with how the body is framed and where it goes to, or NULL. */
static const char *head_framing(const struct http_request *r, bool http10)
{
	struct str length = http_header(r, "Content-Length");
	struct str coding = http_header(r, "Transfer-Encoding");
	struct str host = http_header(r, "Host");
	uint64_t n;

	if (coding.p && length.p)
		return "a length and a transfer coding contradict each other";
	if (coding.p && http10)
		return "HTTP/1.0 has no transfer coding";
	if (coding.p && (coding.n != 7 || strncasecmp(coding.p, "chunked", 7) != 0))
		return "the only transfer coding taken is chunked";
	if (length.p && !str_to_u64(length, UINT64_MAX, &n))
		return "the content length is no number";
	if (!host.p && !http10)
		return "there is no Host";
	if (host.p && !is_host(host))
		return "the Host is none";
	return NULL;
}

static bool method_known(struct str s, enum http_method *out, bool *head)
{
	static const char *const names[HTTP_METHODS] = {
		[HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};

	*head = str_is(s, "HEAD");
	for (int m = 0; m < HTTP_METHODS; m++) {
		if (str_is(s, names[m]) || (m == HTTP_GET && *head)) {
			*out = (enum http_method)m;
			return true;
		}
	}
	return false;
}

/* Reads the request line as the library split it; what is wrong with it, or NULL. */
static const char *head_line(struct head *h, const char *method, const char *version)
{
	struct http_request *r = h->r;
	uintptr_t m = (uintptr_t)method, t = (uintptr_t)r->target_at, v = (uintptr_t)version;
	struct str name = str_of(method);
	size_t query;

	if (!is_token(name) || t != m + name.n + 1 || v != t + r->target.n + 1)
		return "the request line is not: method, target, version, with one blank between";
	if (strcmp(version, MHD_HTTP_VERSION_1_1) != 0 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
		return "the version is neither HTTP/1.1 nor HTTP/1.0";
	if (r->target.n == 0 || r->target.p[0] != '/')
		return "the target is no path";
	for (size_t i = 0; i < r->target.n; i++)
		if (r->target.p[i] <= ' ' || r->target.p[i] > '~' || r->target.p[i] == '#')
			return "the target has a character that has to be percent-encoded";
	query = str_find(r->target, '?');
	r->path = str_sub(r->target, 0, query);
	r->query = str_sub(r->target, query + 1, r->target.n);
	h->next = v + strlen(version) + 2;
	return NULL;
}

static const char *head_fields(struct head *h, const char *method)
{
	struct http_request *r = h->r;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	int n = MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, NULL, NULL);

	h->capacity = n > 0 ? (size_t)n : 0;
	r->fields = arena_array(&r->arena, h->capacity, sizeof *r->fields);
	if (!r->fields || !info)
		return "the head can't be read";
	(void)MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, head_field, h); /* ignored: a count */
	if (h->wrong)
		return h->wrong;
	if (h->next + 2 != (uintptr_t)method + info->header_size)
		return "a header line is folded, has a NUL, or does not end in CR LF";
	return head_repeats(r);
}

static const char *query_check(struct http_request *r)
{
	struct str rest = r->query, name, value, decoded;

	while (route_next_pair(&rest, &name, &value))
		if (!route_decode(&r->arena, name, true, &decoded) || !route_decode(&r->arena, value, true, &decoded))
			return "the query is not well encoded";
	return NULL;
}

static const char *params_decode(struct http_request *r, const struct str *raw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!route_decode(&r->arena, raw[i], false, &r->params[i]) || route_climbs(r->params[i]))
			return "the path is not well encoded";
	r->n_params = n;
	return NULL;
}

/* Appends METHOD to the Allow list in B. */
static void allow_add(struct buf *b, enum http_method m)
{
	static const char *const names[HTTP_METHODS] = {
		[HTTP_GET] = "GET, HEAD", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};

	if (b->n)
		buf_text(b, ", ");
	buf_text(b, names[m]);
}

static void refuse_method(struct http_request *r)
{
	const struct http_config *c = &r->loop->server->config;
	struct str raw[HTTP_PARAMS_MAX];
	bool seen[HTTP_METHODS] = {false};
	struct buf allow;
	size_t n;

	buf_init(&allow);
	for (size_t i = 0; i < c->n_routes; i++) {
		enum http_method m = c->routes[i].method;

		if (seen[m] || !route_match(c->routes[i].pattern, r->path, raw, &n))
			continue;
		seen[m] = true;
		allow_add(&allow, m);
	}
	if (allow.n) {
		http_set(r, "Allow", buf_view(&allow));
		request_refuse(r, CODE_METHOD_NOT_ALLOWED, false, "this address does not take that method");
	} else {
		request_refuse(r, CODE_NO_SUCH_RESOURCE, false, "there is no such address");
	}
	buf_free(&allow);
}

static void head_route(struct http_request *r, bool known)
{
	const struct http_config *c = &r->loop->server->config;
	struct str raw[HTTP_PARAMS_MAX];
	const char *wrong;
	uint64_t length = 0;
	size_t n = 0;

	for (size_t i = 0; known && !r->route && i < c->n_routes; i++)
		if (c->routes[i].method == r->method && route_match(c->routes[i].pattern, r->path, raw, &n))
			r->route = &c->routes[i];
	if (!r->route) {
		refuse_method(r);
		return;
	}
	wrong = params_decode(r, raw, n);
	if (!wrong)
		wrong = query_check(r);
	if (wrong)
		request_refuse(r, CODE_MALFORMED, true, wrong);
	else if (str_to_u64(http_header(r, "Content-Length"), UINT64_MAX, &length) && length > r->route->max_body)
		request_refuse(r, CODE_TOO_LARGE, true, "the body is larger than is taken here");
}

void request_head(struct http_request *r, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct head h = {.r = r};
	bool head_method, known;
	const char *wrong;

	if (info && info->header_size > HTTP_HEAD_MAX) {
		request_refuse(r, CODE_HEAD_TOO_LARGE, true, "the head is larger than is taken here");
		return;
	}
	wrong = head_line(&h, method, version);
	if (!wrong)
		wrong = head_fields(&h, method);
	if (!wrong)
		wrong = head_framing(r, strcmp(version, MHD_HTTP_VERSION_1_0) == 0);
	if (wrong) {
		request_refuse(r, CODE_MALFORMED, true, wrong);
		return;
	}
	known = method_known(str_of(method), &r->method, &head_method);
	if (r->peer->surplus)
		request_refuse(r, CODE_STOPPING, true, "there are more connections than this server takes");
	else if (atomic_load_explicit(&r->loop->server->stopping, memory_order_relaxed))
		request_refuse(r, CODE_STOPPING, true, "the server is stopping");
	else
		head_route(r, known);
}
