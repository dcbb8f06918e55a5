#include "api/control_set.h"

#include "access/set.h"
#include "api/control_person.h"
#include "api/set_job.h"
#include "api/view.h"
#include "api/view_set.h"

static struct str text_of(const json_t *request, const char *key)
{
	const json_t *v = json_object_get(request, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : (struct str){NULL, 0};
}

static uint32_t number_of(const json_t *request, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(request, key));

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

enum { PATIENCE_MS = 30000 }; /* a command asks some times a second; one that was killed does not */

/* A job WHAT of A was begun: its id, and of a run its number. */
static json_t *job_begun(struct access *a, const struct set_job *what, struct error *e)
{
	struct buf id;
	json_t *v;

	if (!ok(set_job_begin(a, what, e)))
		return NULL;
	buf_init(&id);
	uuid_write(&id, &what->id);
	v = json_pack("{s:s, s:I}", "job", buf_c(&id), "run", (json_int_t)what->run);
	buf_free(&id);
	return v;
}

json_t *control_set_run(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct set_job what = {.id = uuid_make(access_now(a), access_entropy(a)), .patience_ms = PATIENCE_MS};
	struct op_set_begin b;
	json_t *answer = NULL;

	op_set_begin_init(&b);
	b.set = what.set = text_of(request, "set");
	b.job = what.id;
	if (jobs_full(access_jobs(a)))
		(void)error_set(e, CODE_STOPPING, "too much waits to be done already"); /* ignored: only sets */
	else if (control_fill(a, request, &b.op, e)) {
		answer = control_run(reader, &b.op, e);
		what.actor = b.op.actor;
		what.run = b.run.run;
		what.number = b.run.set;
		if (!answer && e->code == CODE_NONE)
			answer = job_begun(a, &what, e);
	}
	op_release(&b.op);
	return answer;
}

json_t *control_release_make(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct set_job what = {.id = uuid_make(access_now(a), access_entropy(a)), .files = true, .patience_ms = PATIENCE_MS};
	struct op_made_set m;
	json_t *answer = NULL;

	op_made_set_init(&m);
	m.asks = true;
	m.job = what.id;
	m.set = what.set = text_of(request, "set");
	m.recipient = what.recipient = text_of(request, "recipient");
	m.means = what.means = text_of(request, "means");
	if (control_fill(a, request, &m.op, e)) {
		answer = control_run(reader, &m.op, e);
		what.actor = m.op.actor;
		if (!answer && e->code == CODE_NONE)
			answer = job_begun(a, &what, e);
	}
	op_release(&m.op);
	return answer;
}

/* The id of the job that REQUEST names into *ID, and who asks into *ACTOR; false with E set. */
static bool job_asked(struct access *a, const json_t *request, struct uuid *id, struct token_actor *actor, struct error *e)
{
	if (!control_actor(a, request, actor, e))
		return false;
	if (!uuid_parse(text_of(request, "job"), id))
		*id = (struct uuid){{0}}; /* no job has it */
	return true;
}

static json_t *no_job(struct error *e)
{
	(void)error_set(e, CODE_NO_SUCH_RESOURCE, "there is no such job: it was called off, or the server began anew"); /* ignored: only sets */
	return NULL;
}

json_t *control_job_look(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct token_actor actor;
	struct job_view v;
	struct uuid id;

	(void)reader;
	if (!job_asked(a, request, &id, &actor, e))
		return NULL;
	if (!job_look(access_jobs(a), &id, actor.number, text_of(request, "set"), &v))
		return no_job(e);
	if (v.state != JOB_FAILED)
		return set_job_view(&id, &v);
	if (v.answer)
		return set_job_problem(&v);
	*e = v.error;
	return NULL;
}

json_t *control_job_call_off(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct token_actor actor;
	struct uuid id;

	(void)reader;
	if (!job_asked(a, request, &id, &actor, e))
		return NULL;
	return job_call_off(access_jobs(a), &id, actor.number, text_of(request, "set")) ? json_object() : no_job(e);
}

json_t *control_set_read(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct op_set_read r;
	json_t *answer = NULL;
	struct buf b;

	op_set_read_init(&r);
	r.set = text_of(request, "set");
	r.number = number_of(request, "run");
	r.after = text_of(request, "after");
	r.limit = number_of(request, "limit");
	if (control_fill(a, request, &r.op, e)) {
		answer = control_run(reader, &r.op, e);
		if (!answer && e->code == CODE_NONE) {
			buf_init(&b);
			view_set_read(&r, &b);
			answer = control_answer(&b);
		}
	}
	op_release(&r.op);
	return answer;
}

json_t *control_set_destroy(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct op_set_destroy d;
	json_t *answer = NULL;
	struct buf b;

	op_set_destroy_init(&d);
	d.set = text_of(request, "set");
	d.number = number_of(request, "run");
	if (control_fill(a, request, &d.op, e)) {
		answer = control_run(reader, &d.op, e);
		if (!answer && e->code == CODE_NONE) {
			buf_init(&b);
			op_answer(&d.op, &b);
			answer = control_answer(&b);
		}
	}
	op_release(&d.op);
	return answer;
}

json_t *control_set_list(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct arena arena;
	struct set_runs runs;
	json_t *answer = NULL;

	(void)request;
	arena_init(&arena, 0, false);
	if (ok(access_set_runs(a, reader, &arena, &runs, e)))
		answer = view_set_runs(&runs);
	arena_free(&arena);
	return answer;
}
