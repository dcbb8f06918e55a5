#include "test.h"

#include <stdatomic.h>

#include "deid/workers.h"

/* A task whose part N gives two parts of N - 1: there are 2^(N + 1) - 1 of them. */
struct tree {
	struct workers workers;
	unsigned threads; /* that are wanted */
	unsigned failing; /* the part that fails, counted; 0: none */
	unsigned enough;  /* looks after which it is enough; 0: all is done */
	unsigned begun_most; /* workers that can begin; 0: any number */
	pthread_t calling;

	/* under the lock */
	unsigned waiting[64]; /* by size: parts */
	uint64_t done;
	uint64_t asides;

	atomic_uint begun, ended;
	unsigned looks;
};

struct hand {
	struct tree *t;
	unsigned part;
	bool aside;
};

static struct hand hands[WORKERS_MOST];

static result begin(void *ctx, void **worker, struct error *e)
{
	struct tree *t = ctx;
	unsigned number = atomic_fetch_add(&t->begun, 1);

	*worker = NULL;
	if (t->begun_most && number >= t->begun_most)
		return error_set(e, CODE_OUT_OF_MEMORY, "no more hands");
	hands[number] = (struct hand){.t = t};
	*worker = &hands[number];
	return RESULT_OK;
}

static void end(void *worker)
{
	struct hand *h = worker;

	if (h)
		atomic_fetch_add(&h->t->ended, 1);
}

static enum workers_turn take(void *worker, unsigned busy)
{
	struct hand *h = worker;
	unsigned size = 0;

	while (size < 64 && h->t->waiting[size] == 0)
		size++;
	h->aside = size == 64 && busy && h->t->asides < 1000;
	if (h->aside)
		return TURN_ASIDE;
	if (size == 64)
		return TURN_NOTHING;
	h->t->waiting[size]--;
	h->part = size;
	return TURN_PART;
}

static result work(void *worker, struct error *e)
{
	struct hand *h = worker;
	struct tree *t = h->t;
	uint64_t done;

	pthread_mutex_lock(&t->workers.lock);
	if (h->aside) {
		t->asides++;
	} else {
		t->done++;
		for (unsigned i = 0; h->part && i < 2; i++) {
			t->waiting[h->part - 1]++;
			workers_more(&t->workers);
		}
	}
	done = t->done;
	pthread_mutex_unlock(&t->workers.lock);
	return t->failing && done >= t->failing ? error_set(e, CODE_TOO_LARGE, "the part %u fails", t->failing) : RESULT_OK;
}

static bool look(void *ctx)
{
	struct tree *t = ctx;

	assert_true(pthread_equal(pthread_self(), t->calling));
	if (t->looks++ == 0)
		workers_help(&t->workers, t->threads);
	return t->enough && t->looks >= t->enough;
}

/* Runs T, a part of SIZE. */
static result run(struct tree *t, unsigned size, struct error *e)
{
	const struct workers_task task = {t, begin, end, take, work, look};
	result r;

	t->calling = pthread_self();
	t->waiting[size] = 1;
	assert_ok(workers_init(&t->workers, e), e);
	r = workers_run(&t->workers, &task, e);
	workers_free(&t->workers);
	return r;
}

static void all_parts_are_done_by_any_number_of_threads(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 6; threads++) {
		for (unsigned size = 0; size <= 12; size++) {
			struct tree t = {.threads = threads};
			struct error e = {0};

			assert_ok(run(&t, size, &e), &e);
			assert_int_equal(t.done, (2U << size) - 1);
			assert_in_range(t.begun, 1, threads);
			assert_int_equal(t.ended, t.begun);
		}
	}
}

static void the_first_error_ends_the_work_of_all(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct tree t = {.threads = threads, .failing = 1000};
		struct error e = {0};

		assert_false(ok(run(&t, 20, &e)));
		assert_int_equal(e.code, CODE_TOO_LARGE);
		assert_string_equal(e.message, "the part 1000 fails");
		assert_in_range(t.done, 1000, (2U << 20) - 2);
		assert_int_equal(t.ended, t.begun);
	}
}

static void the_calling_thread_may_end_it_early(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct tree t = {.threads = threads, .enough = 10};
		struct error e = {0};

		assert_ok(run(&t, 40, &e), &e);
		assert_int_equal(t.looks, 10);
		assert_int_equal(t.ended, t.begun);
	}
}

static void a_helper_that_cannot_begin_is_one_less(void **state)
{
	struct tree t = {.threads = 4, .begun_most = 2};
	struct error e = {0};

	(void)state;
	assert_ok(run(&t, 14, &e), &e);
	assert_int_equal(t.done, (2U << 14) - 1);
	assert_int_equal(t.begun, 4);
	assert_int_equal(t.ended, 2);
}

static result refuse(void *ctx, void **worker, struct error *e)
{
	(void)ctx;
	*worker = NULL;
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the first");
}

static void without_the_calling_threads_memory_there_is_no_work(void **state)
{
	struct tree t = {.calling = pthread_self()};
	const struct workers_task task = {&t, refuse, end, take, work, look};
	struct error e = {0};

	(void)state;
	t.waiting[3] = 1;
	assert_ok(workers_init(&t.workers, &e), &e);
	assert_false(ok(workers_run(&t.workers, &task, &e)));
	assert_int_equal(e.code, CODE_OUT_OF_MEMORY);
	assert_int_equal(t.done, 0);
	workers_free(&t.workers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_parts_are_done_by_any_number_of_threads),
		cmocka_unit_test(the_first_error_ends_the_work_of_all),
		cmocka_unit_test(the_calling_thread_may_end_it_early),
		cmocka_unit_test(a_helper_that_cannot_begin_is_one_less),
		cmocka_unit_test(without_the_calling_threads_memory_there_is_no_work),
	};

	return cmocka_run_group_tests_name("deid/workers", tests, NULL, NULL);
}
