/* De-identified sets: which there are, runs and releases made, delivered, given, destroyed. */
#include "access/job.h"
#include "api/handlers.h"
#include "api/set_job.h"
#include "api/view.h"
#include "api/view_set.h"

/* Looking --------------------------------------------------------------------------------------------------- */

static date today_of(const struct call *c, const struct policy *p)
{
	return moment_date(access_now(c->api->access), p->zone);
}

static void render_sets(struct call *c)
{
	const struct sets_looked *sets = &c->u.set_look.sets;
	const struct policy *p = c->u.op.gated->policy;
	json_t *all = json_array();

	for (size_t i = 0; i < sets->n; i++)
		if (json_array_append_new(all, view_set_state(p, &sets->at[i], today_of(c, p))) != 0)
			break;
	http_answer_json(c->http, 200, json_pack("{s:o}", "sets", all));
}

/* The one set that was asked for, with its runs or releases. */
static void render_runs(struct call *c)
{
	const struct set_looked *x = &c->u.set_look.sets.at[0];
	const struct policy *p = c->u.op.gated->policy;
	json_t *v = view_set_state(p, x, today_of(c, p)), *runs;

	if (!x->set->pseudonymized) {
		runs = view_releases(&x->releases);
	} else {
		runs = json_array();
		for (size_t i = 0; i < x->n_runs; i++)
			if (json_array_append_new(runs, view_run(&x->runs[i])) != 0)
				break;
	}
	if (v && json_object_set_new(v, x->set->pseudonymized ? "runs" : "releases", runs) == 0) {
		http_answer_json(c->http, 200, v);
		return;
	}
	json_decref(v);
	http_answer_json(c->http, 200, NULL);
}

static void look(struct http_request *r, void *ctx, void (*render)(struct call *c))
{
	struct call *c = call_begin(r, ctx);

	if (!c)
		return;
	op_set_look_init(&c->u.set_look);
	call_fill(c);
	c->u.set_look.set = http_param(r, 0);
	call_submit(c, render);
}

void handle_sets(struct http_request *r, void *ctx)
{
	look(r, ctx, render_sets);
}

void handle_set_runs(struct http_request *r, void *ctx)
{
	look(r, ctx, render_runs);
}

/* Making ---------------------------------------------------------------------------------------------------- */

/* Answers C, whose job ID about SET was begun, with where it can be looked at. */
static void answer_begun(struct call *c, struct str set, const struct uuid *id)
{
	struct buf b;

	buf_init(&b);
	buf_text(&b, "/v1/sets/");
	buf_str(&b, set);
	buf_text(&b, "/jobs/");
	uuid_write(&b, id);
	http_set(c->http, "Location", buf_view(&b));
	buf_free(&b);
	call_render_answer(c);
}

/* Begins WHAT, which C's operation allowed, unless this is the answer to an earlier call. */
static void begin(struct call *c, struct set_job *what)
{
	struct error e = {0};

	if (c->u.op.replayed) {
		call_render_answer(c);
		return;
	}
	what->actor = c->u.op.actor;
	if (ok(set_job_begin(c->api->access, what, &e)))
		answer_begun(c, what->set, &what->id);
	else
		api_problem(c->http, &e);
}

static void render_run_begun(struct call *c)
{
	const struct op_set_begin *b = &c->u.set_begin;
	struct set_job what = {.id = b->job, .set = b->set, .run = b->run.run, .number = b->run.set};

	begin(c, &what);
}

static void render_release_begun(struct call *c)
{
	const struct op_made_set *m = &c->u.made_set;
	struct set_job what = {.id = m->job, .set = m->set, .recipient = m->recipient, .means = m->means};

	begin(c, &what);
}

/* True when SET is a pseudonymized set of the policy in force. */
static bool is_pseudonymized(const struct call *c, struct str set)
{
	struct gated *g = access_gated(c->api->access);
	int found = g && g->policy ? policy_derived_find(g->policy, set) : POLICY_NONE;
	bool is = found != POLICY_NONE && g->policy->derived[found].pseudonymized;

	gated_unref(g);
	return is;
}

/* The `reason` of C's body goes before that of the header. */
static bool take_reason(struct call *c)
{
	struct str reason;

	if (!call_text(c, c->body, "reason", &reason))
		return false;
	if (reason.n)
		c->u.op.reason = reason;
	return true;
}

static void begin_run(struct call *c)
{
	op_set_begin_init(&c->u.set_begin);
	call_fill(c);
	c->u.set_begin.set = http_param(c->http, 0);
	c->u.set_begin.job = uuid_make(access_now(c->api->access), access_entropy(c->api->access));
	if (take_reason(c))
		call_submit(c, render_run_begun);
}

static void begin_release(struct call *c)
{
	struct op_made_set *m = &c->u.made_set;

	op_made_set_init(m);
	call_fill(c);
	m->asks = true;
	m->set = http_param(c->http, 0);
	m->job = uuid_make(access_now(c->api->access), access_entropy(c->api->access));
	if (call_text(c, c->body, "recipient", &m->recipient) && call_text(c, c->body, "via", &m->means))
		call_submit(c, render_release_begun);
}

void handle_set_run(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct error e = {0};

	if (!c || (http_body(r).n && !call_body(c)))
		return;
	if (jobs_full(access_jobs(c->api->access))) {
		(void)error_set(&e, CODE_STOPPING, "too much waits to be done already"); /* ignored: only sets */
		api_problem(r, &e);
	} else if (is_pseudonymized(c, http_param(r, 0))) {
		begin_run(c);
	} else {
		begin_release(c);
	}
}

static void answer_no_job(struct http_request *r)
{
	struct error e = {0};

	(void)error_set(&e, CODE_NO_SUCH_RESOURCE, "%s", code_meaning(CODE_NO_SUCH_RESOURCE)); /* ignored: only sets */
	api_problem(r, &e);
}

/* What came of a job: told to whoever began it alone. */
void handle_set_job(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct job_view v;
	struct uuid id;

	if (!c)
		return;
	http_set(r, "Cache-Control", STR("no-store"));
	if (uuid_parse(http_param(r, 1), &id) && job_look(access_jobs(c->api->access), &id, c->actor.number, http_param(r, 0), &v))
		http_answer_json(r, 200, set_job_view(&id, &v));
	else
		answer_no_job(r);
}

void handle_set_job_call_off(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct job_view v;
	struct jobs *jobs;
	struct uuid id;

	if (!c)
		return;
	jobs = access_jobs(c->api->access);
	if (uuid_parse(http_param(r, 1), &id) && job_call_off(jobs, &id, c->actor.number, http_param(r, 0)) &&
	    job_look(jobs, &id, c->actor.number, http_param(r, 0), &v))
		http_answer_json(r, 202, set_job_view(&id, &v));
	else
		answer_no_job(r);
}

/* The number in the place AT of C's path into *OUT; false, and answered, when it is none: there is nothing of that name. */
static bool path_number(struct call *c, int at, uint32_t *out)
{
	uint64_t n;

	if (str_to_u64(http_param(c->http, at), UINT32_MAX, &n) && n > 0) {
		*out = (uint32_t)n;
		return true;
	}
	answer_no_job(c->http);
	return false;
}

void handle_set_destroy(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);

	if (!c || (http_body(r).n && !call_body(c)))
		return;
	op_set_destroy_init(&c->u.set_destroy);
	call_fill(c);
	c->u.set_destroy.set = http_param(r, 0);
	if (!path_number(c, 1, &c->u.set_destroy.number) || !take_reason(c))
		return;
	if (c->u.op.reason.n)
		call_submit(c, call_render_answer);
	else
		call_malformed(c, "/reason", "why it is destroyed is to be said");
}

/* Releases -------------------------------------------------------------------------------------------------- */

void handle_release_deliver(struct http_request *r, void *ctx)
{
	struct call *c = call_begin(r, ctx);
	struct op_delivery *d;

	if (!c || !call_body(c))
		return;
	d = &c->u.delivery;
	op_delivery_init(d);
	call_fill(c);
	d->set = http_param(r, 0);
	if (path_number(c, 1, &d->release) && call_text(c, c->body, "recipient", &d->recipient) && call_text(c, c->body, "via", &d->means))
		call_submit(c, call_render_answer);
}

/* Answers C with what TYPE writes of the release's content; what is kept has to be what the log has the hash of. */
static void give_release(struct call *c, void (*give)(struct call *c, const struct deid_release *content))
{
	struct op_release_read *r = &c->u.release_read;
	struct deid_release content;
	struct error e = {0};

	if (ok(deid_release_parse(r->release.facts.content, &r->op.arena, &content, &e)) &&
	    ok(deid_release_check(&content, r->release.facts.output, &e)))
		give(c, &content);
	else
		api_problem(c->http, &e);
}

static void give_table(struct call *c, const struct deid_release *content)
{
	struct buf b;

	buf_init(&b);
	deid_release_csv(content, &b);
	http_answer(c->http, 200, "text/csv; charset=utf-8; header=present", buf_view(&b));
	buf_free(&b);
}

static void give_report(struct call *c, const struct deid_release *content)
{
	http_answer_json(c->http, 200, view_release_report(&c->u.release_read, content));
}

static void render_table(struct call *c)
{
	give_release(c, give_table);
}

static void render_report(struct call *c)
{
	give_release(c, give_report);
}

static void render_statement(struct call *c)
{
	const struct op_release_read *r = &c->u.release_read;
	const struct policy *p = r->op.gated->policy;
	const struct recipient_letter letter = {.policy = p,
						.set = r->made_of,
						.recipient = r->recipient,
						.means = r->means,
						.on = today_of(c, p),
						.release = r->number,
						.records = r->release.facts.records};
	struct str asked = http_query(c->http, "language");
	size_t language = (size_t)p->default_language;
	struct error e = {0};
	struct buf b;

	for (size_t i = 0; i < p->n_languages; i++)
		if (str_eq(p->languages[i], asked))
			language = i;
	buf_init(&b);
	http_set(c->http, "Content-Language", p->languages[language]);
	if (ok(recipient_statement(&letter, language, &b, &e)))
		http_answer(c->http, 200, "text/plain; charset=utf-8", buf_view(&b));
	else
		api_problem(c->http, &e);
	buf_free(&b);
}

/* The member of the list ACCEPT that comes first of a table, "text/csv", and JSON. */
static bool wants_table(struct str accept)
{
	size_t csv = accept.n, json = accept.n;

	for (size_t i = 0; i < accept.n; i++) {
		if (csv == accept.n && str_has_at(accept, i, "text/csv"))
			csv = i;
		if (json == accept.n && str_has_at(accept, i, "json"))
			json = i;
	}
	return csv < json;
}

static void read_release(struct http_request *r, void *ctx, void (*render)(struct call *c))
{
	struct call *c = call_begin(r, ctx);
	struct op_release_read *read;

	if (!c)
		return;
	read = &c->u.release_read;
	op_release_read_init(read);
	call_fill(c);
	read->set = http_param(r, 0);
	read->statement = render == render_statement;
	read->recipient = http_query(r, "recipient");
	read->means = http_query(r, "via");
	if (path_number(c, 1, &read->number))
		call_submit(c, render);
}

void handle_release_read(struct http_request *r, void *ctx)
{
	read_release(r, ctx, wants_table(http_header(r, "Accept")) ? render_table : render_report);
}

void handle_release_table(struct http_request *r, void *ctx)
{
	read_release(r, ctx, render_table);
}

void handle_release_statement(struct http_request *r, void *ctx)
{
	read_release(r, ctx, render_statement);
}
