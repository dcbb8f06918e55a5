#include "web/privacy.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "web/serve.h"
#include "web/site.h"

enum {
	PDFS = 12,	       /* so many are kept, those last made */
	RECOUNT_MS = 60000,    /* evidence is as old as this at the most */
	COUNT_MS = 1000,       /* so long a request waits for counting */
	BEHIND_MS = 1000,      /* so long after, the next request goes on with what is left */
	COUNT_ENTRIES = 10000, /* so many between looks at the clock */
};

/* A request that waits for what it asks for to be made. */
struct waiting {
	struct http_request *r;
	struct api *api;
	struct str path; /* "": the statement in the language that R asks for */
	struct waiting *next;
	bool evidence; /* the page on coverage, counted */
	bool failed;
	struct error e;
};

/*
 * Event threads read the site under the lock and never make anything; what has to
 * be made is made by one thread of ours, which alone changes the site.
 */
struct privacy {
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t changed;
	pthread_t thread;
	bool started, stopping;
	struct waiting *first, **last;
	struct site *site;	      /* NULL: none was made yet */
	uint32_t published, in_force; /* what SITE is made of */
	struct site_file *pdfs[PDFS]; /* of SITE: a ring */
	size_t next_pdf;
	bool counted;		      /* SITE's pages on coverage have evidence */
	bool behind;		      /* not of the whole log */
	int64_t counted_at;	      /* monotonic ms */
	struct coverage_count evidence;	     /* the thread's alone, as are */
	uint64_t shown_generation, shown;    /* how far it was when SITE's pages were made */
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
	if (pthread_cond_init(&p->changed, NULL) != 0) {
		(void)pthread_mutex_destroy(&p->lock); /* ignored: nobody has it */
		free(p);
		return error_set(e, CODE_INTERNAL, "no lock for the published pages");
	}
	p->last = &p->first;
	*out = p;
	return RESULT_OK;
}

void privacy_free(struct privacy *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
	if (p->started)
		pthread_join(p->thread, NULL);
	site_free(p->site);
	coverage_count_free(&p->evidence);
	(void)pthread_cond_destroy(&p->changed); /* ignored: nobody has it */
	(void)pthread_mutex_destroy(&p->lock);	 /* ignored: nobody has it */
	free(p);
}

/* Making ------------------------------------------------------------------------------------------------------- */

/* What a site is made of, and the site. */
struct making {
	uint32_t published, in_force;
	struct site *site;
};

/* Makes the site of all versions in D, as M says. */
static result make_from(struct db *d, void *ctx, struct error *e)
{
	struct making *m = ctx;
	struct editions *all = NULL;
	result done = RESULT_FAIL;

	TRY(editions_load(d, &all, e));
	if (m->in_force > all->n) {
		done = error_set(e, CODE_STOPPING, "a version is being published");
		goto out;
	}
	TRY_OUT(site_make(all->list, all->n, m->in_force - 1, &m->site, e));
	m->published = (uint32_t)all->n;
	done = RESULT_OK;
out:
	editions_free(all);
	return done;
}

/* Makes P's site anew unless it is of what API has now. */
static result make_site(struct privacy *p, struct api *api, struct error *e)
{
	struct making m = {0};
	struct site *old;

	if (!api_versions(api, &m.published, &m.in_force))
		return error_set(e, CODE_STOPPING, "no policy is in force yet");
	if (p->site && p->published == m.published && p->in_force == m.in_force)
		return RESULT_OK;
	TRY(api_read_database(api, make_from, &m, e));
	pthread_mutex_lock(&p->lock);
	old = p->site;
	p->site = m.site;
	p->published = m.published;
	p->in_force = m.in_force;
	memset(p->pdfs, 0, sizeof p->pdfs);
	p->counted = false;
	pthread_mutex_unlock(&p->lock);
	site_free(old);
	malloc_trim(0); /* the versions took a multiple of what the pages take */
	return RESULT_OK;
}

/* Makes the PDF F of P's site, and drops the one made longest ago. */
static result make_pdf(struct privacy *p, struct site_file *f, struct error *e)
{
	struct buf body, none;

	buf_init(&body);
	buf_init(&none);
	if (!ok(site_print(f, &body, e))) {
		buf_free(&body);
		return RESULT_FAIL;
	}
	pthread_mutex_lock(&p->lock);
	if (p->pdfs[p->next_pdf])
		site_put(p->pdfs[p->next_pdf], &none);
	site_put(f, &body);
	p->pdfs[p->next_pdf] = f;
	p->next_pdf = (p->next_pdf + 1) % PDFS;
	pthread_mutex_unlock(&p->lock);
	return RESULT_OK;
}

/* True when the evidence on P's pages has to be looked at again. */
static bool is_stale(const struct privacy *p, const struct api *api)
{
	return !p->counted || clock_monotonic(api_clock(api)) - p->counted_at >= (p->behind ? BEHIND_MS : RECOUNT_MS);
}

/* Counting, until the monotonic time UNTIL. */
struct counting {
	struct coverage_count *evidence;
	const struct clock *clock;
	int64_t until;
};

static result count_on(struct db *d, void *ctx, struct error *e)
{
	const struct counting *c = ctx;

	do
		TRY(coverage_tally(d, COUNT_ENTRIES, c->evidence, e));
	while (c->evidence->size < c->evidence->log_size && clock_monotonic(c->clock) < c->until);
	return RESULT_OK;
}

/* Gives P's pages on coverage the evidence counted up to the time AT. */
static result show_evidence(struct privacy *p, moment at, struct error *e)
{
	for (size_t i = 0; i < p->site->n; i++) {
		struct site_file *f = &p->site->files[i];
		struct buf body;

		if (!f->view)
			continue;
		buf_init(&body);
		if (!ok(site_evidence(f, &p->evidence, at, &body, e))) {
			buf_free(&body);
			return RESULT_FAIL;
		}
		pthread_mutex_lock(&p->lock);
		site_put(f, &body);
		f->modified = at;
		pthread_mutex_unlock(&p->lock);
	}
	return RESULT_OK;
}

/* Goes on counting the log of API when P's evidence is stale; the pages change when it has grown. */
static result count_evidence(struct privacy *p, struct api *api, struct error *e)
{
	const struct clock *clock = api_clock(api);
	struct counting c = {&p->evidence, clock, clock_monotonic(clock) + COUNT_MS};

	if (!is_stale(p, api))
		return RESULT_OK;
	TRY(api_read_database(api, count_on, &c, e));
	if (!p->counted || p->shown_generation != p->evidence.generation || p->shown != p->evidence.size)
		TRY(show_evidence(p, clock_now(clock), e));
	p->shown_generation = p->evidence.generation;
	p->shown = p->evidence.size;
	pthread_mutex_lock(&p->lock);
	p->counted = true;
	p->behind = p->evidence.size < p->evidence.log_size;
	p->counted_at = clock_monotonic(clock);
	pthread_mutex_unlock(&p->lock);
	return RESULT_OK;
}

static result make(struct privacy *p, const struct waiting *w, struct error *e)
{
	struct site_file *f;

	TRY(make_site(p, w->api, e));
	if (w->evidence)
		return count_evidence(p, w->api, e);
	f = site_find(p->site, w->path);
	return f && !site_made(f) ? make_pdf(p, f, e) : RESULT_OK;
}

static void *run(void *ctx)
{
	struct privacy *p = ctx;

	pthread_mutex_lock(&p->lock);
	while (!p->stopping) {
		struct waiting *w = p->first;

		if (!w) {
			pthread_cond_wait(&p->changed, &p->lock);
			continue;
		}
		p->first = w->next;
		if (!p->first)
			p->last = &p->first;
		pthread_mutex_unlock(&p->lock);
		w->failed = !ok(make(p, w, &w->e));
		http_wake(w->r);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Starts P's thread with all signals blocked, as the event threads have them. */
static bool start(struct privacy *p)
{
	sigset_t all, before;

	if (p->started)
		return true;
	if (sigfillset(&all) != 0 || pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	p->started = pthread_create(&p->thread, NULL, run, p) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return p->started;
}

/* Has what R of API asks for made by P's thread, or EVIDENCE counted; R is parked unless it is answered. */
static void wait_for(struct privacy *p, struct http_request *r, struct api *api, bool evidence)
{
	struct waiting *w = http_kept(r);
	struct error e = {0};

	if (!w)
		w = arena_new(http_arena(r), struct waiting);
	if (!w || !start(p)) {
		(void)error_set(&e, CODE_OUT_OF_MEMORY, "no memory for a page"); /* ignored: only sets */
		http_problem(r, &e, NULL);
		return;
	}
	*w = (struct waiting){.r = r, .api = api, .path = http_param(r, 0), .evidence = evidence};
	http_keep(r, w, NULL);
	http_park(r);
	*p->last = w;
	p->last = &w->next;
	pthread_cond_signal(&p->changed);
}

/* Answering ---------------------------------------------------------------------------------------------------- */

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

static void answer_file(struct http_request *r, const struct site_file *f)
{
	struct buf modified;

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
		http_answer(r, 200, f->type, buf_view(&f->body));
	buf_free(&modified);
}

/*
 * The file of P that R asks for.  A page without its language ("coverage"), and
 * /privacy/ itself, the statement, are given in R's; then *CHOSEN is true.
 */
static struct site_file *find(struct privacy *p, struct http_request *r, bool *chosen)
{
	struct str path = http_param(r, 0), page = path.n ? path : STR("statement");
	const enum web_language asked = web_language_of(r), tried[] = {asked, asked == WEB_JA ? WEB_EN : WEB_JA};
	struct site_file *f = path.n ? site_find(p->site, path) : NULL;
	struct buf name;

	*chosen = false;
	if (f)
		return f;
	buf_init(&name);
	for (size_t i = 0; !f && i < sizeof tried / sizeof *tried; i++) {
		buf_reset(&name);
		buf_printf(&name, "%.*s.%s.html", (int)page.n, page.p, web_language_tag(tried[i]));
		f = site_find(p->site, buf_view(&name));
	}
	buf_free(&name);
	*chosen = f || !path.n;
	return f || path.n ? f : site_find(p->site, STR("index.html"));
}

/* True when R, for the page on coverage, has to wait for counting: once only, so that it waits for no long log. */
static bool wants_count(const struct privacy *p, struct http_request *r, const struct api *api)
{
	const struct waiting *w = http_kept(r);

	return !p->counted || (!(w && w->evidence) && is_stale(p, api));
}

static void answer(struct privacy *p, struct http_request *r, struct api *api)
{
	uint32_t published = 0, in_force = 0;
	struct error e = {0};
	struct site_file *f;
	bool chosen;

	if (!api_versions(api, &published, &in_force)) {
		(void)error_set(&e, CODE_STOPPING, "no policy is in force yet"); /* ignored: only sets */
		http_problem(r, &e, NULL);
		return;
	}
	if (!p->site || p->published != published || p->in_force != in_force) {
		wait_for(p, r, api, false);
		return;
	}
	f = find(p, r, &chosen);
	if (!f) {
		(void)error_set(&e, CODE_NO_SUCH_RESOURCE, "nothing is published there"); /* ignored: only sets */
		http_problem(r, &e, NULL);
	} else if (!site_made(f) || (f->view && wants_count(p, r, api))) {
		wait_for(p, r, api, f->view != NULL);
	} else {
		if (chosen)
			http_set(r, "Vary", STR("Accept-Language"));
		answer_file(r, f);
	}
}

void privacy_redirect(struct http_request *r, void *ctx)
{
	(void)ctx;
	http_set(r, "Location", STR("/privacy/"));
	http_answer(r, 308, NULL, STR(""));
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

void privacy_woken(struct http_request *r, void *ctx)
{
	const struct waiting *w = http_kept(r);

	if (w->failed)
		http_problem(r, &w->e, NULL);
	else
		privacy_answer(r, ctx);
}
