#include "api/openapi.h"

#include <string.h>

static const char *const methods[HTTP_METHODS] = {"get", "post", "put", "patch", "delete"};

/* A pattern as OpenAPI has it: a last segment of a star becomes a parameter. */
static void path_of(const char *pattern, struct buf *out)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '*') {
		buf_add(out, pattern, n - 1);
		buf_text(out, "{path}");
	} else {
		buf_text(out, pattern);
	}
}

static json_t *header_parameter(const char *name, const char *what, bool required)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:{s:s}}", "name", name, "in", "header", "description", what, "required",
			 required, "schema", "type", "string");
}

/* The parameters in the path, and the headers that calls on personal data take. */
static json_t *parameters(const struct http_route *route, struct str path)
{
	json_t *list = json_array();
	bool personal = strncmp(route->pattern, "/v1/subjects", 12) == 0;

	for (size_t i = 0; i < path.n; i++) {
		size_t end;

		if (path.p[i] != '{')
			continue;
		end = str_find(str_sub(path, i, path.n), '}');
		if (json_array_append_new(list, json_pack("{s:s%, s:s, s:b, s:{s:s}}", "name", path.p + i + 1, end - 1, "in",
							  "path", "required", true, "schema", "type", "string")) != 0)
			break;
	}
	if (personal) {
		(void)json_array_append_new(list, header_parameter("Sekisho-Purpose", "purpose of the policy", true)); /* ignored: a document without it is still one */
		(void)json_array_append_new(list, header_parameter("Sekisho-Reason", "why, for a purpose that needs it", false)); /* ignored: as above */
		(void)json_array_append_new(list, header_parameter("Sekisho-Means", "means of contact", false)); /* ignored: as above */
	}
	return list;
}

static json_t *operation(const struct http_route *route, struct str path)
{
	json_t *o = json_pack("{s:s, s:o, s:{s:{s:s}, s:{s:s, s:{s:{s:{s:s}}}}}}", "summary", route->summary, "parameters",
			      parameters(route, path), "responses", "2XX", "description", "Done", "default", "description",
			      "A problem document (RFC 9457) with a stable code", "content", "application/problem+json", "schema",
			      "$ref", "#/components/schemas/Problem");

	if (o && route->max_body &&
	    json_object_set_new(o, "requestBody",
				json_pack("{s:{s:{s:{s:s}}}}", "content", "application/json", "schema", "type", "object")) != 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static bool add_route(json_t *paths, const struct http_route *route)
{
	struct buf path;
	json_t *item;
	bool added;

	buf_init(&path);
	path_of(route->pattern, &path);
	item = json_object_get(paths, buf_c(&path));
	if (!item) {
		item = json_object();
		added = json_object_set_new(paths, buf_c(&path), item) == 0;
	} else {
		added = true;
	}
	added = added && json_object_set_new(item, methods[route->method], operation(route, buf_view(&path))) == 0;
	buf_free(&path);
	return added;
}

json_t *openapi_document(const struct http_route *routes, size_t n)
{
	json_t *paths = json_object();

	for (size_t i = 0; i < n; i++)
		if (!add_route(paths, &routes[i]))
			break;
	return json_pack(
		"{s:s, s:{s:s, s:s}, s:[{s:[]}], s:o, s:{s:{s:{s:s, s:s}}, s:{s:{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, "
		"s:{s:s}}}}}}",
		"openapi", "3.1.0", "info", "title", "Sekisho", "version", SEKISHO_VERSION, "security", "bearer", "paths", paths,
		"components", "securitySchemes", "bearer", "type", "http", "scheme", "bearer", "schemas", "Problem", "type",
		"object", "properties", "type", "type", "string", "title", "type", "string", "status", "type", "integer",
		"detail", "type", "string", "code", "type", "string");
}
