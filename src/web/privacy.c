#include "web/privacy.h"

#include <pthread.h>
#include <stdlib.h>

#include "api/api.h"
#include "web/serve.h"
#include "web/site.h"

struct privacy {
	pthread_mutex_t lock; /* for all below */
	struct site *site;    /* NULL: none was made yet */
	uint32_t published, in_force; /* what SITE is made of */
};

result privacy_new(struct privacy **out, struct error *e)
{
	struct privacy *p = calloc(1, sizeof *p);

	*out = NULL;
	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the published pages");
	if (pthread_mutex_init(&p->lock, NULL) != 0) {
		free(p);
		return error_set(e, CODE_INTERNAL, "no lock for the published pages");
	}
	*out = p;
	return RESULT_OK;
}

void privacy_free(struct privacy *p)
{
	if (!p)
		return;
	site_free(p->site);
	(void)pthread_mutex_destroy(&p->lock); /* ignored: nobody has it */
	free(p);
}

/* Makes P's site of all versions of API, of which IN_FORCE is in force. */
static result make(struct privacy *p, struct api *api, uint32_t in_force, struct error *e)
{
	struct db *d = api_database(api, e);
	struct editions *all = NULL;
	struct site *site = NULL;
	result done = RESULT_FAIL;

	if (!d)
		return RESULT_FAIL;
	TRY_OUT(editions_load(d, &all, e));
	if (in_force > all->n) { /* this thread reads from before the publication: soon */
		done = error_set(e, CODE_STOPPING, "a version is being published");
		goto out;
	}
	TRY_OUT(site_make(all->list, all->n, in_force - 1, &site, e));
	site_free(p->site);
	p->site = site;
	p->published = (uint32_t)all->n;
	p->in_force = in_force;
	done = RESULT_OK;
out:
	editions_free(all);
	return done;
}

/* Appends M as an HTTP date, which is in whole seconds and always GMT. */
static void http_date(struct buf *b, moment m)
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	date d = moment_date(m, 0);
	int year, month, day, second = (int)((m - date_start(d, 0)) / MS_PER_SECOND);

	date_split(d, &year, &month, &day);
	buf_printf(b, "%s, %02d %s %d %02d:%02d:%02d GMT", days[date_weekday(d)], day, months[month - 1], year, second / 3600,
		   second / 60 % 60, second % 60);
}

static void answer_file(struct http_request *r, struct site_file *f)
{
	struct error e = {0};
	struct str body;
	struct buf modified;

	if (!ok(site_body(f, &body, &e))) {
		http_problem(r, &e, NULL);
		return;
	}
	buf_init(&modified);
	http_date(&modified, f->modified);
	web_set_guards(r);
	http_set(r, "Content-Security-Policy", STR(WEB_CSP));
	http_set(r, "ETag", str_of(f->etag));
	http_set(r, "Last-Modified", buf_view(&modified));
	http_set(r, "Cache-Control", STR("no-cache")); /* kept, but asked for again: a revision shows at once */
	if (web_has(r, f->etag))
		http_answer(r, 304, NULL, STR(""));
	else
		http_answer(r, 200, f->type, body);
	buf_free(&modified);
}

/* The file of P that R asks for: at /privacy/ itself the statement in R's language. */
static struct site_file *find(struct privacy *p, struct http_request *r)
{
	struct str path = http_param(r, 0);
	struct site_file *f;
	struct buf name;

	if (path.n)
		return site_find(p->site, path);
	buf_init(&name);
	buf_printf(&name, "statement.%s.html", web_language_tag(web_language_of(r)));
	f = site_find(p->site, buf_view(&name));
	buf_free(&name);
	http_set(r, "Vary", STR("Accept-Language"));
	return f ? f : site_find(p->site, STR("index.html"));
}

static void answer(struct privacy *p, struct http_request *r, struct api *api)
{
	uint32_t published = 0, in_force = 0;
	struct error e = {0};
	struct site_file *f;

	if (!api_versions(api, &published, &in_force)) {
		(void)error_set(&e, CODE_STOPPING, "no policy is in force yet"); /* ignored: only sets */
	} else if ((p->site && p->published == published && p->in_force == in_force) || ok(make(p, api, in_force, &e))) {
		f = find(p, r);
		if (f) {
			answer_file(r, f);
			return;
		}
		(void)error_set(&e, CODE_NO_SUCH_RESOURCE, "nothing is published there"); /* ignored: only sets */
	}
	http_problem(r, &e, NULL);
}

void privacy_answer(struct http_request *r, void *ctx)
{
	struct privacy *p = api_pages_state(ctx);
	struct error e = {.code = CODE_NO_SUCH_RESOURCE};

	if (!p) {
		http_problem(r, &e, NULL);
		return;
	}
	pthread_mutex_lock(&p->lock);
	answer(p, r, ctx);
	pthread_mutex_unlock(&p->lock);
}
