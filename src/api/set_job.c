#include "api/set_job.h"

#include "access/counts.h"
#include "api/view.h"
#include "api/view_set.h"
#include "deid/making.h"
#include "deid/output.h"

/* A job's own copy of what it does. */
struct work {
	struct set_job what;
	struct access *access;
	struct job *job;
	struct arena arena; /* holds this */
};

static void work_free(void *ctx)
{
	struct arena arena = ((struct work *)ctx)->arena;

	arena_free(&arena);
}

/* Pseudonymized --------------------------------------------------------------------------------------------- */

/* The output of the set that S names, by the policy of G, in A; none when there is no such set: the step is refused then. */
static result output_of(const struct gated *g, struct op_set_step *s, struct arena *a, struct error *e)
{
	int set = g && g->policy ? policy_derived_find(g->policy, s->set) : POLICY_NONE;
	struct deid_output *output;

	if (set == POLICY_NONE || g->policy->derived[set].from == POLICY_NONE)
		return RESULT_OK;
	TRY(deid_output_make(g->policy, &g->policy->derived[set], a, &output, e));
	s->output = deid_output_of(output);
	return RESULT_OK;
}

/* What the run of S came to. */
static json_t *run_view(const struct op_set_step *s)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:{s:I, s:I}}", "run", (json_int_t)s->run.run, "rows", (json_int_t)s->run.rows, "left_out",
			 (json_int_t)s->run.left_out, "emptied", (json_int_t)s->run.emptied, "log", "generation",
			 (json_int_t)s->op.generation, "index", (json_int_t)(s->op.first + s->op.n_entries - 1));
}

/* Makes the next step of W's run; *COMPLETE with its last, and then *ANSWER. */
static result step(struct work *w, bool *complete, json_t **answer, struct error *e)
{
	struct gated *g = access_gated(w->access);
	struct op_set_step s;
	struct arena arena;
	result r;

	arena_init(&arena, 0, false);
	op_set_step_init(&s);
	s.set = w->what.set;
	s.number = w->what.run;
	s.policy = g && g->policy ? g->policy->version : 0;
	s.op.actor = w->what.actor;
	s.op.request = uuid_make(access_now(w->access), access_entropy(w->access));
	r = output_of(g, &s, &arena, e);
	if (ok(r)) {
		access_run(job_reader(w->job), &s.op);
		*complete = s.complete;
		if (s.op.error.code != CODE_NONE)
			r = error_set(e, s.op.error.code, "%s", s.op.error.message);
		else if (!job_goes_on(w->job, s.run.rows + s.run.left_out) && !s.complete)
			r = error_set(e, CODE_STOPPING, "it was broken off; the run is destroyed");
		else if (s.complete)
			*answer = run_view(&s);
	}
	op_release(&s.op);
	arena_free(&arena);
	gated_unref(g);
	return r;
}

static result make_run(struct job *job, void *ctx, json_t **answer, struct error *e)
{
	struct work *w = ctx;
	struct error later = {0};
	bool complete = false;
	result r = RESULT_OK;

	w->job = job;
	if (!job_goes_on(job, 0))
		r = error_set(e, CODE_STOPPING, "it was called off before it began; the run is destroyed");
	while (ok(r) && !complete) {
		r = step(w, &complete, answer, e);
		if (!complete)
			job_rest(job);
	}
	if (!ok(r) && e->code != CODE_STOPPING)
		counts_run(access_counts(w->access), RUN_FAILED);
	if (!ok(r))
		(void)access_set_break_off(w->access, job_reader(job), w->what.number, w->what.run, &later); /* ignored: else the housekeeper does */
	return r;
}

/* Anonymized ------------------------------------------------------------------------------------------------ */

static bool goes_on(void *ctx, uint64_t persons)
{
	struct work *w = ctx;

	return job_goes_on(w->job, persons);
}

/* What the report says of publication and of what the recipient is told. */
static void tell(void *ctx, const struct policy *p, const struct policy_derived *set, size_t language, struct buf *published,
		 struct buf *told)
{
	const struct work *w = ctx;
	const struct recipient_letter letter = {.policy = p,
						.set = set,
						.recipient = w->what.recipient,
						.means = w->what.means,
						.on = moment_date(access_now(w->access), p->zone)};

	recipient_published(p, set, language, published);
	if (!ok(recipient_statement(&letter, language, told, NULL)))
		told->failed = true;
}

/* Adds to V what the command line writes into files of what M made. */
static bool add_files(json_t *v, struct access *a, const struct deid_making *m, struct error *e)
{
	const struct op_made_set *r = &m->recorded;
	const struct policy *p = r->op.gated->policy;
	const struct recipient_letter letter = {.policy = p,
						.set = r->made_of,
						.recipient = m->recipient,
						.means = m->means,
						.on = moment_date(access_now(a), p->zone),
						.release = r->release,
						.records = r->facts.records};
	json_t *statements = view_statements(&letter, e), *files;

	if (!statements)
		return false;
	files = json_pack("{s:s%, s:o, s:O, s:s%}", "content", r->facts.content.p, r->facts.content.n, "statements", statements, "report",
			  m->report, "page", m->page.p, m->page.n);
	return files && json_object_update_new(v, files) == 0;
}

static json_t *made_view(struct work *w, const struct deid_making *m, struct error *e)
{
	const struct op_made_set *r = &m->recorded;
	json_t *v = json_pack("{s:I, s:o, s:I, s:I, s:I, s:o}", "release", (json_int_t)r->release, "hash", view_hash(r->facts.output),
			      "records", (json_int_t)r->facts.records, "suppressed", (json_int_t)r->facts.suppressed, "left_out",
			      (json_int_t)r->facts.left_out, "log", view_log(&r->op));

	if (v && w->what.files && !add_files(v, w->access, m, e)) {
		json_decref(v);
		return NULL;
	}
	return v;
}

static result make_release(struct job *job, void *ctx, json_t **answer, struct error *e)
{
	struct work *w = ctx;
	struct deid_making m;
	result r;

	w->job = job;
	if (!job_goes_on(job, 0))
		return error_set(e, CODE_STOPPING, "it was called off before it began");
	deid_making_init(&m);
	m.access = w->access;
	m.reader = job_reader(job);
	m.actor = w->what.actor;
	m.set = w->what.set;
	m.recipient = w->what.recipient;
	m.means = w->what.means;
	m.goes_on = goes_on;
	m.tell = tell;
	m.ctx = w;
	r = deid_make(&m, e);
	if (ok(r))
		*answer = made_view(w, &m, e);
	else if (e->code != CODE_STOPPING)
		counts_run(access_counts(w->access), RUN_FAILED);
	if (!ok(r) && m.recorded.op.outcome == OP_COMMITTED)
		*answer = view_refusal(&m.recorded.op);
	deid_making_free(&m);
	return r;
}

/* Both ------------------------------------------------------------------------------------------------------ */

result set_job_begin(struct access *a, const struct set_job *what, struct error *e)
{
	struct job_work work = {
		.run = what->run ? make_run : make_release,
		.free = work_free,
		.id = what->id,
		.actor = what->actor.number,
		.about = what->set,
		.patience_ms = what->patience_ms,
	};
	struct arena arena;
	struct work *w;

	arena_init(&arena, 0, false);
	w = arena_new(&arena, struct work);
	if (!w)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a job");
	w->what = *what;
	w->access = a;
	w->what.set = str_copy(&arena, what->set); /* an empty text is one */
	w->what.recipient = str_copy(&arena, what->recipient);
	w->what.means = str_copy(&arena, what->means);
	w->arena = arena;
	work.ctx = w;
	if (w->what.set.p && w->what.recipient.p && w->what.means.p)
		return job_begin(access_jobs(a), &work, e);
	work_free(w);
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a job");
}

json_t *set_job_problem(struct job_view *v)
{
	json_t *out = json_pack("{s:s, s:i, s:s}", "code", code_text(v->error.code), "status", code_status(v->error.code), "detail",
				v->error.message);

	if (out && v->answer && json_object_update(out, v->answer) != 0) {
		json_decref(out);
		out = NULL;
	}
	json_decref(v->answer);
	v->answer = NULL;
	return out;
}

json_t *set_job_view(const struct uuid *id, struct job_view *v)
{
	struct buf text;
	json_t *out;

	buf_init(&text);
	uuid_write(&text, id);
	out = json_pack("{s:s, s:s, s:s, s:I}", "job", buf_c(&text), "set", v->about, "state", job_state_name(v->state), "persons",
			(json_int_t)v->persons);
	buf_free(&text);
	if (out && ((v->state == JOB_FAILED && json_object_set_new(out, "problem", set_job_problem(v)) != 0) ||
		    (v->answer && json_object_update(out, v->answer) != 0))) {
		json_decref(out);
		out = NULL;
	}
	json_decref(v->answer);
	v->answer = NULL;
	return out;
}
