/*
 * The library's own limit of depth is 2,048 and its messages quote the text, so
 * depth is looked at first and the messages are ours: a body holds personal
 * values, an error never does.
 */
#include <strings.h>

#include "http/http.h"

static result json_bad(struct error *e, size_t at, const char *what)
{
	struct buf where;
	result r;

	buf_init(&where);
	buf_text(&where, "byte ");
	buf_u64(&where, at);
	r = error_at(e, CODE_MALFORMED, buf_c(&where), "%s (byte %zu)", what, at);
	buf_free(&where);
	return r;
}

/* The byte where TEXT goes deeper than HTTP_JSON_DEPTH, TEXT.n when it nowhere does. */
static size_t json_too_deep(struct str text)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > HTTP_JSON_DEPTH)
				return i;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return text.n;
}

static const char *json_reason(enum json_error_code code)
{
	switch (code) {
	case json_error_invalid_utf8:
		return "the JSON is not in UTF-8";
	case json_error_duplicate_key:
		return "a key stands twice in one JSON object";
	case json_error_premature_end_of_input:
		return "the JSON ends too early";
	case json_error_end_of_input_expected:
		return "something follows the JSON";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "the JSON holds a NUL";
	case json_error_numeric_overflow:
		return "a number in the JSON is too large";
	default:
		return "this is not well-formed JSON";
	}
}

result http_json_parse(struct str text, json_t **out, struct error *e)
{
	size_t deep = json_too_deep(text);
	json_error_t error;
	json_t *v;

	if (deep < text.n)
		return json_bad(e, deep, "the JSON is nested too deep");
	v = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &error);
	if (!v && json_error_code(&error) == json_error_out_of_memory)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read the JSON");
	if (!v)
		return json_bad(e, error.position > 0 ? (size_t)error.position : 0, json_reason(json_error_code(&error)));
	if (!json_is_object(v)) {
		json_decref(v);
		return json_bad(e, 0, "the JSON is no object");
	}
	*out = v;
	return RESULT_OK;
}

/* True for application/json, alone or with charset=utf-8. */
static bool json_media_type(struct str type)
{
	static const char json[] = "application/json", charset[] = "charset=utf-8";
	struct str rest;

	if (type.n < sizeof json - 1 || strncasecmp(type.p, json, sizeof json - 1) != 0)
		return false;
	rest = str_trim(str_sub(type, sizeof json - 1, type.n));
	if (rest.n == 0)
		return true;
	if (rest.p[0] != ';')
		return false;
	rest = str_trim(str_sub(rest, 1, rest.n));
	return rest.n == sizeof charset - 1 && strncasecmp(rest.p, charset, rest.n) == 0;
}

result http_json(struct http_request *r, json_t **out, struct error *e)
{
	if (!json_media_type(http_header(r, "Content-Type")))
		return error_set(e, CODE_MEDIA_TYPE, "the body has to be application/json in UTF-8");
	return http_json_parse(http_body(r), out, e);
}
