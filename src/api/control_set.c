#include "api/control_set.h"

#include "access/set.h"
#include "api/control_person.h"
#include "api/view.h"
#include "deid/output.h"

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

json_t *control_set_begin(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct op_set_begin b;
	json_t *answer = NULL;

	op_set_begin_init(&b);
	b.set = text_of(request, "set");
	if (control_fill(a, request, &b.op, e)) {
		answer = control_run(reader, &b.op, e);
		if (!answer && e->code == CODE_NONE)
			answer = json_pack("{s:I, s:I}", "run", (json_int_t)b.run.run, "policy", (json_int_t)b.policy);
	}
	op_release(&b.op);
	return answer;
}

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

json_t *control_set_step(struct access *a, struct access_reader *reader, const json_t *request, struct error *e)
{
	struct gated *g = access_gated(a);
	json_t *answer = NULL;
	struct op_set_step s;
	struct arena arena;

	arena_init(&arena, 0, false);
	op_set_step_init(&s);
	s.set = text_of(request, "set");
	s.number = number_of(request, "run");
	s.policy = g && g->policy ? g->policy->version : 0;
	if (control_fill(a, request, &s.op, e) && ok(output_of(g, &s, &arena, e))) {
		answer = control_run(reader, &s.op, e);
		if (!answer && e->code == CODE_NONE)
			answer = json_pack("{s:I, s:I, s:I, s:I, s:b}", "run", (json_int_t)s.run.run, "rows", (json_int_t)s.run.rows,
					   "left_out", (json_int_t)s.run.left_out, "emptied", (json_int_t)s.run.emptied,
					   "complete", s.complete ? 1 : 0);
	}
	op_release(&s.op);
	arena_free(&arena);
	gated_unref(g);
	return answer;
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
	struct buf b;

	(void)request;
	arena_init(&arena, 0, false);
	if (ok(access_set_runs(a, reader, &arena, &runs, e))) {
		buf_init(&b);
		view_set_runs(&runs, &b);
		answer = control_answer(&b);
	}
	arena_free(&arena);
	return answer;
}
