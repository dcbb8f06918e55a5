#include "web/pages.h"

#include "web/privacy.h"
#include "web/serve.h"
#include "web/status.h"

static void handle_status(struct http_request *r, void *ctx)
{
	enum web_language language = web_language_of(r);
	json_t *view = api_status_view(ctx, web_language_tag(language));
	struct error e = {0};
	struct buf page;

	buf_init(&page);
	if (!view)
		(void)error_set(&e, CODE_STOPPING, "no policy is in force yet"); /* ignored: only sets */
	if (view && ok(web_status_page(view, language, &page, &e)))
		web_answer_page(r, buf_view(&page), language);
	else
		http_problem(r, &e, NULL);
	buf_free(&page);
	json_decref(view);
}

static void handle_asset(struct http_request *r, void *ctx)
{
	(void)ctx;
	web_answer_asset(r);
}

static const struct http_route pages[] = {
	{HTTP_GET, "/", handle_status, NULL, 0, "The status page"},
	{HTTP_GET, "/privacy", privacy_redirect, NULL, 0, "The way to the published statement"},
	{HTTP_GET, "/privacy/", privacy_answer, privacy_woken, 0, "The published statement"},
	{HTTP_GET, "/privacy/*", privacy_answer, privacy_woken, 0, "Statement, forms, versions and what else is published"},
	{HTTP_GET, "/assets/*", handle_asset, NULL, 0, "Style sheets and pictures of the pages"},
};

const struct http_route *web_pages(size_t *n)
{
	*n = sizeof pages / sizeof *pages;
	return pages;
}
