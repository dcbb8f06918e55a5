/*
 * deid/workers.h - several threads at one task, whose parts give more parts.
 *
 * Whoever has a task makes a `struct workers_task` of it.  Each worker takes a part
 * under the lock and does it without; doing it may give more parts.  The task is
 * done when there is nothing to take and nobody has a part that could give more.
 * The calling thread is a worker like the others, and alone looks at the world:
 * at clocks, interrupts and whoever wants to see progress.
 */
#ifndef SEKISHO_DEID_WORKERS_H
#define SEKISHO_DEID_WORKERS_H

#include <pthread.h>

#include "base/result.h"

enum { WORKERS_MOST = 64 }; /* that begin beside the calling thread */

enum workers_turn {
	TURN_NOTHING, /* there is nothing to take now */
	TURN_PART,    /* a part of the task was taken, which may give more parts */
	TURN_ASIDE,   /* something useful was taken that gives no parts and need not be done */
};

struct workers_task {
	void *ctx;
	/* Makes one worker's memory into *WORKER, in the worker's thread. */
	result (*begin)(void *ctx, void **worker, struct error *e);
	/* Frees what begin made, which may have failed. */
	void (*end)(void *worker);
	/* Under the lock: takes what WORKER does next, while BUSY other workers have a part. */
	enum workers_turn (*take)(void *worker, unsigned busy);
	/* Without the lock: does it. */
	result (*work)(void *worker, struct error *e);
	/* Without the lock, in the calling thread, ten times a second at least; true: that is enough, the rest is left. */
	bool (*look)(void *ctx);
};

/* Private to workers.c, but for `lock`, under which is all that the task's workers share. */
struct workers {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* there may be something to take, or it is over */
	const struct workers_task *task;
	unsigned busy; /* workers that have a part */
	bool over;
	struct error error; /* the first */
	pthread_t helper[WORKERS_MOST];
	unsigned helpers;
};

/* Makes W ready, freed by workers_free when this succeeded.  Fails with out_of_memory. */
result workers_init(struct workers *w, struct error *e);

/* Frees what W holds; nobody works any more. */
void workers_free(struct workers *w);

/*
 * Does TASK with W in the calling thread and in those that workers_help starts; all
 * have ended when it returns.  Fails as the task's functions do, with the first error; a
 * helper that cannot begin is one less.
 */
result workers_run(struct workers *w, const struct workers_task *task, struct error *e);

/* From `look`: starts helpers until COUNT threads work at W's task, or as many as there can be. */
void workers_help(struct workers *w, unsigned count);

/* Under W's lock: says that there is more to take. */
void workers_more(struct workers *w);

#endif
