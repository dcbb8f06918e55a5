#include "http/route.h"

#include <string.h>

static struct str segment_take(struct str *rest)
{
	size_t n = str_find(*rest, '/');
	struct str s = str_sub(*rest, 0, n);

	*rest = n < rest->n ? str_sub(*rest, n + 1, rest->n) : (struct str){NULL, 0};
	return s;
}

static bool is_star(struct str segment)
{
	return str_is(segment, "*");
}

static bool is_param(struct str segment)
{
	return segment.n > 0 && segment.p[0] == '{';
}

/* The verb behind a `{name}`, with its colon; empty when there is none. */
static struct str param_verb(struct str segment)
{
	size_t end = str_find(segment, '}');

	return str_sub(segment, end + 1, segment.n);
}

result route_check(const char *p, struct error *e)
{
	struct str rest = str_of(p);
	size_t params = 0;

	if (rest.n == 0 || rest.p[0] != '/')
		return error_set(e, CODE_USAGE, "the pattern \"%s\" does not begin with a slash", p);
	rest = str_sub(rest, 1, rest.n);
	while (rest.p) {
		struct str s = segment_take(&rest);
		struct str verb;

		if (is_star(s) && rest.p)
			return error_set(e, CODE_USAGE, "in the pattern \"%s\" the star is not the last segment", p);
		if (is_star(s) || is_param(s))
			params++;
		if (!is_param(s))
			continue;
		verb = param_verb(s);
		if (str_find(s, '}') == s.n || (verb.n && verb.p[0] != ':'))
			return error_set(e, CODE_USAGE, "in the pattern \"%s\" a {name} is not a whole segment", p);
	}
	if (params > HTTP_PARAMS_MAX)
		return error_set(e, CODE_USAGE, "the pattern \"%s\" has more than %d parameters", p, HTTP_PARAMS_MAX);
	return RESULT_OK;
}

/* SEGMENT of a pattern against SENT; *PARAM is what stands for a `{name}`. */
static bool segment_fits(struct str segment, struct str sent, struct str *param)
{
	struct str verb;

	if (!is_param(segment))
		return str_eq(segment, sent);
	verb = param_verb(segment);
	if (sent.n <= verb.n || !str_eq(str_sub(sent, sent.n - verb.n, verb.n), verb))
		return false;
	*param = str_sub(sent, 0, sent.n - verb.n);
	return str_find(*param, ':') == param->n;
}

bool route_match(const char *pattern, struct str path, struct str *raw, size_t *n)
{
	struct str rest = str_of(pattern + 1);
	size_t params = 0;

	if (path.n == 0 || path.p[0] != '/')
		return false;
	path = str_sub(path, 1, path.n);
	while (rest.p) {
		struct str segment = segment_take(&rest);

		if (!path.p || params > HTTP_PARAMS_MAX)
			return false;
		if (is_star(segment)) {
			raw[params++] = path;
			*n = params;
			return path.n > 0;
		}
		if (!segment_fits(segment, segment_take(&path), &raw[params]))
			return false;
		params += is_param(segment);
	}
	*n = params;
	return !path.p;
}

bool route_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
	char *to = arena_copy(a, s.p, s.n);
	size_t n = 0;

	if (!to)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			int hi = s.n - i > 2 ? hex_digit(s.p[i + 1]) : -1;
			int lo = s.n - i > 2 ? hex_digit(s.p[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return false;
		to[n++] = c;
	}
	to[n] = '\0';
	*out = (struct str){to, n};
	return str_utf8_valid(*out);
}

bool route_climbs(struct str s)
{
	while (s.p) {
		struct str segment = segment_take(&s);

		if (str_is(segment, ".") || str_is(segment, ".."))
			return true;
	}
	return false;
}

bool route_next_pair(struct str *rest, struct str *name, struct str *value)
{
	struct str pair;
	size_t at;

	if (rest->n == 0)
		return false;
	at = str_find(*rest, '&');
	pair = str_sub(*rest, 0, at);
	*rest = at < rest->n ? str_sub(*rest, at + 1, rest->n) : (struct str){NULL, 0};
	at = str_find(pair, '=');
	*name = str_sub(pair, 0, at);
	*value = at < pair.n ? str_sub(pair, at + 1, pair.n) : (struct str){"", 0};
	return true;
}
