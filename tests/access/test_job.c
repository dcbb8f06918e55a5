/* Jobs: one after another, looked at by whose they are, called off, and ended with their instance. */
#include "test.h"

#include <stdatomic.h>
#include <time.h>

#include "access/job.h"
#include "road.h"

struct work {
	_Atomic int ran, freed;
	_Atomic bool hold; /* until it is called off, or this is false */
	bool fails;
};

static void nap(void)
{
	const struct timespec ms = {0, 1000000};

	nanosleep(&ms, NULL);
}

static result run(struct job *j, void *ctx, json_t **answer, struct error *e)
{
	struct work *w = ctx;
	uint64_t persons = 0;

	if (!job_goes_on(j, 0))
		return error_set(e, CODE_STOPPING, "called off before it began");
	w->ran++;
	while (job_goes_on(j, ++persons) && w->hold)
		nap();
	if (w->fails)
		return error_set(e, CODE_NO_TRANSFORMATION, "nothing can be made of it");
	if (!job_goes_on(j, persons))
		return error_set(e, CODE_STOPPING, "called off");
	*answer = json_pack("{s:i}", "made", 7);
	return RESULT_OK;
}

static void gone(void *ctx)
{
	((struct work *)ctx)->freed++;
}

static struct job_work work_of(struct work *w, unsigned char id)
{
	return (struct job_work){.run = run, .free = gone, .ctx = w, .id = {{id}}, .actor = 5, .about = STR("a_set")};
}

/* Looks until the job ID is over. */
static struct job_view end_of(struct jobs *jobs, unsigned char id)
{
	struct job_view v;

	do {
		nap();
		assert_true(job_look(jobs, &(struct uuid){{id}}, 5, STR("a_set"), &v));
		if (v.state < JOB_DONE)
			json_decref(v.answer);
	} while (v.state < JOB_DONE);
	return v;
}

static void job_is_done_and_told_to_whose_it_is_alone(void **state)
{
	struct road *r = *state;
	struct jobs *jobs = access_jobs(r->access);
	struct error e = {0};
	struct work w = {.hold = false};
	const struct job_work work = work_of(&w, 1);
	struct job_view v;

	assert_ok(job_begin(jobs, &work, &e), &e);
	v = end_of(jobs, 1);
	assert_int_equal(v.state, JOB_DONE);
	assert_int_equal(json_integer_value(json_object_get(v.answer, "made")), 7);
	assert_string_equal(v.about, "a_set");
	json_decref(v.answer);
	assert_int_equal(w.freed, 1);
	assert_false(job_look(jobs, &(struct uuid){{1}}, 6, STR("a_set"), &v));
	assert_false(job_look(jobs, &(struct uuid){{1}}, 5, STR("b_set"), &v));
	assert_false(job_look(jobs, &(struct uuid){{2}}, 5, STR("a_set"), &v));
	assert_false(job_call_off(jobs, &(struct uuid){{1}}, 6, STR("a_set")));
}

static void jobs_are_done_one_after_another_and_called_off_waiting_or_under_way(void **state)
{
	struct road *r = *state;
	struct jobs *jobs = access_jobs(r->access);
	struct error e = {0};
	struct work first = {.hold = true}, second = {.hold = true};
	const struct job_work one = work_of(&first, 11), two = work_of(&second, 12);
	struct job_view v;

	assert_ok(job_begin(jobs, &one, &e), &e);
	assert_ok(job_begin(jobs, &two, &e), &e);
	do {
		nap();
		assert_true(job_look(jobs, &one.id, 5, STR(""), &v));
	} while (v.state != JOB_UNDER_WAY || !v.persons);
	assert_true(job_look(jobs, &two.id, 5, STR(""), &v));
	assert_int_equal(v.state, JOB_WAITING);
	assert_true(job_call_off(jobs, &two.id, 5, STR("a_set")));
	assert_true(job_call_off(jobs, &one.id, 5, STR("a_set")));
	assert_int_equal(end_of(jobs, 11).state, JOB_CALLED_OFF);
	assert_int_equal(end_of(jobs, 12).state, JOB_CALLED_OFF);
	assert_int_equal(first.ran, 1);
	assert_int_equal(second.ran, 0); /* it never began */
	assert_int_equal(first.freed + second.freed, 2);
}

static void failure_is_kept_with_its_code(void **state)
{
	struct road *r = *state;
	struct jobs *jobs = access_jobs(r->access);
	struct error e = {0};
	struct work w = {.fails = true};
	const struct job_work work = work_of(&w, 21);
	struct job_view v;

	assert_ok(job_begin(jobs, &work, &e), &e);
	v = end_of(jobs, 21);
	assert_int_equal(v.state, JOB_FAILED);
	assert_int_equal(v.error.code, CODE_NO_TRANSFORMATION);
}

static void job_that_nobody_looks_at_is_given_up_and_its_end_told_once(void **state)
{
	struct road *r = *state;
	struct jobs *jobs = access_jobs(r->access);
	struct error e = {0};
	struct work w = {.hold = true};
	struct job_work work = work_of(&w, 31);
	struct job_view v;

	work.patience_ms = 30000;
	assert_ok(job_begin(jobs, &work, &e), &e);
	assert_true(job_look(jobs, &work.id, 5, STR(""), &v));
	road_pass(r, 30001);
	while (!w.freed)
		nap();
	do {
		nap();
		assert_true(job_look(jobs, &work.id, 5, STR(""), &v));
	} while (v.state < JOB_DONE);
	assert_int_equal(v.state, JOB_CALLED_OFF);
	assert_false(job_look(jobs, &work.id, 5, STR(""), &v));
}

static void more_than_may_wait_are_refused_and_the_end_of_the_instance_ends_all(void **state)
{
	struct road *r = *state;
	struct jobs *jobs = access_jobs(r->access);
	struct error e = {0};
	static struct work w[JOBS_WAITING + 2];
	struct job_view v;
	int freed = 0;

	for (size_t i = 0; i < JOBS_WAITING + 1; i++) {
		const struct job_work work = work_of(&w[i], (unsigned char)(100 + i));

		w[i].hold = true;
		assert_false(jobs_full(jobs));
		assert_ok(job_begin(jobs, &work, &e), &e);
		do { /* the first is under way before the others wait */
			nap();
			assert_true(job_look(jobs, &(struct uuid){{100}}, 5, STR(""), &v));
		} while (v.state != JOB_UNDER_WAY);
	}
	assert_true(jobs_full(jobs));
	assert_fails(job_begin(jobs, &(struct job_work){.run = run, .free = gone, .ctx = &w[JOBS_WAITING + 1]}, &e), &e, CODE_STOPPING);
	assert_int_equal(w[JOBS_WAITING + 1].freed, 1);
	road_shut(r);
	for (size_t i = 0; i < JOBS_WAITING + 1; i++)
		freed += w[i].freed;
	assert_int_equal(freed, JOBS_WAITING + 1);
	road_open(r);
}

static int setup(void **state)
{
	static struct road r;

	road_make(&r);
	*state = &r;
	return 0;
}

static int teardown(void **state)
{
	road_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(job_is_done_and_told_to_whose_it_is_alone),
		cmocka_unit_test(jobs_are_done_one_after_another_and_called_off_waiting_or_under_way),
		cmocka_unit_test(failure_is_kept_with_its_code),
		cmocka_unit_test(job_that_nobody_looks_at_is_given_up_and_its_end_told_once),
		cmocka_unit_test(more_than_may_wait_are_refused_and_the_end_of_the_instance_ends_all),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
