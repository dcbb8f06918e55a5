#include "deid/workers.h"

#include <signal.h>
#include <time.h>

/* How long the calling thread waits before it looks at the world again. */
enum { LOOK_NS = 100000000 };

result workers_init(struct workers *w, struct error *e)
{
	pthread_condattr_t steady;
	bool made;

	*w = (struct workers){.helpers = 0};
	if (pthread_mutex_init(&w->lock, NULL) != 0)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for threads");
	made = pthread_condattr_init(&steady) == 0;
	if (made) {
		made = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&w->changed, &steady) == 0;
		(void)pthread_condattr_destroy(&steady); /* ignored: nobody has it */
	}
	if (made)
		return RESULT_OK;
	(void)pthread_mutex_destroy(&w->lock); /* ignored: nobody has it */
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for threads");
}

void workers_free(struct workers *w)
{
	(void)pthread_cond_destroy(&w->changed); /* ignored: nobody has it */
	(void)pthread_mutex_destroy(&w->lock);	 /* ignored: nobody has it */
}

void workers_more(struct workers *w)
{
	pthread_cond_signal(&w->changed);
}

/* Under the lock: the task is over, for the error E unless that is NULL. */
static void finish(struct workers *w, const struct error *e)
{
	if (e && w->error.code == CODE_NONE)
		w->error = *e;
	w->over = true;
	pthread_cond_broadcast(&w->changed);
}

/* Under the lock: waits for something to take; the calling thread no longer than until its next look. */
static void wait_for_more(struct workers *w, bool calling)
{
	struct timespec until;

	if (!calling) {
		pthread_cond_wait(&w->changed, &w->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(&w->changed, &w->lock, &until); /* ignored: however it ends, it is looked at again */
}

/* Under the lock, which it gives up while it works: one turn of WORKER. */
static void take_turn(struct workers *w, void *worker, bool calling)
{
	enum workers_turn turn = w->task->take(worker, w->busy);
	struct error e = {0};
	result r;

	if (turn == TURN_NOTHING) {
		if (w->busy == 0)
			finish(w, NULL);
		else
			wait_for_more(w, calling);
		return;
	}
	w->busy += turn == TURN_PART;
	pthread_mutex_unlock(&w->lock);
	r = w->task->work(worker, &e);
	pthread_mutex_lock(&w->lock);
	w->busy -= turn == TURN_PART;
	if (!ok(r))
		finish(w, &e);
	else if (turn == TURN_PART && w->busy == 0)
		pthread_cond_broadcast(&w->changed); /* who waits may see that it was the last */
}

static void work(struct workers *w, bool calling)
{
	struct error e = {0};
	void *worker = NULL;
	result r = w->task->begin(w->task->ctx, &worker, &e);

	pthread_mutex_lock(&w->lock);
	if (!ok(r) && calling)
		finish(w, &e);
	while (ok(r) && !w->over) {
		take_turn(w, worker, calling);
		if (!calling)
			continue;
		pthread_mutex_unlock(&w->lock);
		if (w->task->look(w->task->ctx)) {
			pthread_mutex_lock(&w->lock);
			finish(w, NULL);
		} else {
			pthread_mutex_lock(&w->lock);
		}
	}
	pthread_mutex_unlock(&w->lock);
	w->task->end(worker);
}

static void *help(void *w)
{
	work(w, false);
	return NULL;
}

/* Signals go to the threads that were there before: a handler of theirs is not run by a helper. */
void workers_help(struct workers *w, unsigned count)
{
	sigset_t all, before;

	if (sigfillset(&all) != 0 || pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return;
	while (w->helpers + 1 < count && w->helpers < WORKERS_MOST &&
	       pthread_create(&w->helper[w->helpers], NULL, help, w) == 0)
		w->helpers++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

result workers_run(struct workers *w, const struct workers_task *task, struct error *e)
{
	w->task = task;
	work(w, true);
	for (unsigned i = 0; i < w->helpers; i++)
		(void)pthread_join(w->helper[i], NULL); /* ignored: it is ours and joinable */
	w->helpers = 0;
	if (w->error.code == CODE_NONE)
		return RESULT_OK;
	return error_at(e, w->error.code, w->error.where, "%s", w->error.message);
}
