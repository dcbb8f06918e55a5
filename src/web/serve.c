#include "web/serve.h"

#include <string.h>

#include "web/asset.h"

void web_set_guards(struct http_request *r)
{
	http_set(r, "X-Content-Type-Options", STR("nosniff"));
	http_set(r, "Referrer-Policy", STR("no-referrer"));
	http_set(r, "Cross-Origin-Resource-Policy", STR("same-origin"));
}

enum web_language web_language_of(struct http_request *r)
{
	return web_language_choose(http_query(r, "language"), http_header(r, "Accept-Language"));
}

void web_answer_page(struct http_request *r, struct str page, enum web_language language)
{
	web_set_guards(r);
	http_set(r, "Content-Security-Policy", STR(WEB_CSP));
	http_set(r, "Cross-Origin-Opener-Policy", STR("same-origin"));
	http_set(r, "Content-Language", str_of(web_language_tag(language)));
	http_set(r, "Vary", STR("Accept-Language"));
	http_set(r, "Cache-Control", STR("no-store"));
	http_answer(r, 200, "text/html; charset=utf-8", page);
}

bool web_has(struct http_request *r, const char *etag)
{
	struct str known = http_header(r, "If-None-Match");

	return str_is(known, "*") || (known.n > 0 && memmem(known.p, known.n, etag, strlen(etag)));
}

void web_answer_asset(struct http_request *r)
{
	const struct web_asset *asset = web_asset_find(http_param(r, 0));
	struct error e = {.code = CODE_NO_SUCH_RESOURCE};

	if (!asset) {
		http_problem(r, &e, NULL);
		return;
	}
	web_set_guards(r);
	http_set(r, "ETag", str_of(asset->etag));
	http_set(r, "Cache-Control", STR("no-cache")); /* kept, but asked for again: a new program has new files */
	if (web_has(r, asset->etag))
		http_answer(r, 304, NULL, STR(""));
	else
		http_answer(r, 200, asset->type, asset->body);
}
