/*
 * A body as JSON, and the same bytes as path and query: what is taken is within
 * its bounds, what is refused says so.
 */
#include <stdlib.h>

#include "http/http.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static int depth_of(const json_t *v)
{
	const char *key;
	json_t *inner;
	size_t i;
	int most = 0;

	json_object_foreach((json_t *)(uintptr_t)v, key, inner)
		if (depth_of(inner) > most)
			most = depth_of(inner);
	json_array_foreach(v, i, inner)
		if (depth_of(inner) > most)
			most = depth_of(inner);
	return json_is_object(v) || json_is_array(v) ? most + 1 : 0;
}

static void try_json(struct str text)
{
	struct error e = {.code = CODE_NONE};
	json_t *v = NULL;

	if (!ok(http_json_parse(text, &v, &e))) {
		if (e.code != CODE_MALFORMED || v)
			abort();
		return;
	}
	if (!json_is_object(v) || depth_of(v) > HTTP_JSON_DEPTH || !str_utf8_valid(text))
		abort();
	json_decref(v);
}

static void try_target(struct str text)
{
	static const char *const patterns[] = {"/v1/{a}/{b}", "/v1/{a}:erase", "/v1/log/*", "/v1"};
	struct str raw[HTTP_PARAMS_MAX], rest = text, name, value, out;
	struct arena a;
	size_t n;

	arena_init(&a, 0, false);
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		if (!route_match(patterns[i], text, raw, &n))
			continue;
		for (size_t k = 0; k < n; k++)
			if (raw[k].n == 0 || (route_decode(&a, raw[k], false, &out) && !str_utf8_valid(out)))
				abort();
	}
	while (route_next_pair(&rest, &name, &value))
		if (route_decode(&a, value, true, &out) && str_find(out, '\0') < out.n)
			abort();
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	struct str text = {(const char *)data, n};

	try_json(text);
	try_target(text);
	return 0;
}
