#include "access/job.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/access_private.h"

enum {
	REST_MS = 50,	     /* at the most, for others */
	NAP_MS = 5,
	BEHIND_PAGES = 1000, /* of the WAL: whoever begins it anew has to write them first, and the answers wait */
	BEHIND_MS = 2000,    /* at the most, for the WAL */
};

struct job {
	struct job *next;
	struct jobs *of;
	struct job_work work; /* ABOUT lies in `about` */
	char about[JOB_ABOUT];
	_Atomic uint64_t persons;
	_Atomic int64_t looked; /* monotonic ms */
	_Atomic bool off;

	/* its thread's, while it is under way */
	struct access_reader *reader;
	uint64_t ops;	 /* that the sequencer had committed when it rested last */
	int64_t rested;	 /* monotonic ms, then */

	/* under the lock */
	enum job_state state;
	struct error error;
	json_t *answer;
};

struct jobs {
	struct access *access;
	pthread_mutex_t lock; /* everything below */
	pthread_cond_t some;
	pthread_t thread;
	bool started, stopping;
	struct job *first, **end; /* those that wait, the one under way, those that are over: as they came */
	size_t waiting;
};

result jobs_new(struct access *a, struct jobs **out, struct error *e)
{
	struct jobs *j = calloc(1, sizeof *j);

	*out = NULL;
	if (!j)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for jobs");
	j->access = a;
	j->end = &j->first;
	if (pthread_mutex_init(&j->lock, NULL) != 0 || pthread_cond_init(&j->some, NULL) != 0) {
		free(j);
		return error_set(e, CODE_INTERNAL, "cannot make a lock for jobs");
	}
	*out = j;
	return RESULT_OK;
}

static int64_t now_ms(const struct jobs *j)
{
	return clock_monotonic(&j->access->clock);
}

static bool is_over(const struct job *job)
{
	return job->state >= JOB_DONE;
}

static void job_free(struct job *job)
{
	if (job->work.free)
		job->work.free(job->work.ctx);
	json_decref(job->answer);
	free(job);
}

/* Takes JOB out of J's list and frees it. */
static void forget(struct jobs *j, struct job *job)
{
	struct job **at = &j->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	if (j->end == &job->next)
		j->end = at;
	job_free(job);
}

/* Forgets the oldest of those that are over while there are more than are kept. */
static void forget_old(struct jobs *j)
{
	struct job *oldest = NULL;
	size_t n = 0;

	for (struct job *job = j->first; job; job = job->next) {
		if (!is_over(job))
			continue;
		if (!oldest)
			oldest = job;
		n++;
	}
	if (n > JOBS_KEPT)
		forget(j, oldest);
}

static struct job *next_waiting(struct jobs *j)
{
	struct job *job = j->first;

	while (job && job->state != JOB_WAITING)
		job = job->next;
	return job;
}

/* Does JOB, which is under way, without the lock. */
static void run(struct jobs *j, struct job *job)
{
	struct error e = {0};
	json_t *answer = NULL;
	result done;

	done = access_reader_open(j->access, &job->reader, &e);
	if (ok(done))
		done = job->work.run(job, job->work.ctx, &answer, &e);
	access_reader_close(job->reader);
	job->reader = NULL;
	if (job->work.free)
		job->work.free(job->work.ctx);
	job->work.free = NULL;
	pthread_mutex_lock(&j->lock);
	job->state = ok(done) ? JOB_DONE : job->off ? JOB_CALLED_OFF : JOB_FAILED;
	job->error = e;
	job->answer = answer;
	forget_old(j);
	pthread_mutex_unlock(&j->lock);
}

static void *jobs_main(void *arg)
{
	struct jobs *j = arg;
	struct job *job;

	(void)pthread_setname_np(pthread_self(), "jobs"); /* ignored: a name for operators, no more */
	for (;;) {
		pthread_mutex_lock(&j->lock);
		while (!(job = next_waiting(j)) && !j->stopping)
			pthread_cond_wait(&j->some, &j->lock);
		if (job) {
			job->state = JOB_UNDER_WAY;
			j->waiting--;
		}
		pthread_mutex_unlock(&j->lock);
		if (!job)
			return NULL;
		run(j, job);
	}
}

void jobs_stop(struct jobs *j)
{
	struct job *next;

	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	for (struct job *job = j->first; job; job = job->next)
		job->off = true;
	pthread_cond_signal(&j->some);
	pthread_mutex_unlock(&j->lock);
	if (j->started)
		(void)pthread_join(j->thread, NULL); /* ignored: the thread exists and is joined once */
	for (struct job *job = j->first; job; job = next) {
		next = job->next;
		job_free(job);
	}
	(void)pthread_cond_destroy(&j->some);  /* ignored: nobody waits any more */
	(void)pthread_mutex_destroy(&j->lock); /* ignored: nobody holds it any more */
	free(j);
}

/* Puts JOB, under the lock, among those that wait. */
static result add(struct jobs *j, struct job *job, struct error *e)
{
	if (j->stopping || j->waiting >= JOBS_WAITING)
		return error_set(e, CODE_STOPPING, "too much waits to be done already");
	if (!j->started && pthread_create(&j->thread, NULL, jobs_main, j) != 0)
		return error_set(e, CODE_INTERNAL, "cannot start the thread for jobs");
	j->started = true;
	*j->end = job;
	j->end = &job->next;
	j->waiting++;
	pthread_cond_signal(&j->some);
	return RESULT_OK;
}

result job_begin(struct jobs *j, const struct job_work *work, struct error *e)
{
	struct job *job = work->about.n < JOB_ABOUT ? calloc(1, sizeof *job) : NULL;
	result r;

	if (!job) {
		if (work->free)
			work->free(work->ctx);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a job");
	}
	job->of = j;
	job->work = *work;
	if (work->about.n)
		memcpy(job->about, work->about.p, work->about.n);
	job->work.about = (struct str){job->about, work->about.n};
	job->looked = now_ms(j);
	pthread_mutex_lock(&j->lock);
	r = add(j, job, e);
	pthread_mutex_unlock(&j->lock);
	if (!ok(r))
		job_free(job);
	return r;
}

bool jobs_full(struct jobs *j)
{
	bool full;

	pthread_mutex_lock(&j->lock);
	full = j->stopping || j->waiting >= JOBS_WAITING;
	pthread_mutex_unlock(&j->lock);
	return full;
}

/* The job ID of ACTOR about ABOUT, under the lock, or NULL. */
static struct job *find(struct jobs *j, const struct uuid *id, uint32_t actor, struct str about)
{
	struct job *job = j->first;

	while (job && !uuid_eq(&job->work.id, id))
		job = job->next;
	return job && job->work.actor == actor && (!about.n || str_eq(about, job->work.about)) ? job : NULL;
}

bool job_look(struct jobs *j, const struct uuid *id, uint32_t actor, struct str about, struct job_view *out)
{
	struct job *job;

	*out = (struct job_view){.state = JOB_WAITING};
	pthread_mutex_lock(&j->lock);
	job = find(j, id, actor, about);
	if (job) {
		out->state = job->state;
		memcpy(out->about, job->about, sizeof out->about);
		out->persons = job->persons;
		out->error = job->error;
		out->answer = json_incref(job->answer);
		job->looked = now_ms(j);
		if (is_over(job) && job->work.patience_ms)
			forget(j, job);
	}
	pthread_mutex_unlock(&j->lock);
	return job != NULL;
}

bool job_call_off(struct jobs *j, const struct uuid *id, uint32_t actor, struct str about)
{
	struct job *job;

	pthread_mutex_lock(&j->lock);
	job = find(j, id, actor, about);
	if (job)
		job->off = true;
	pthread_mutex_unlock(&j->lock);
	return job != NULL;
}

const char *job_state_name(enum job_state state)
{
	static const char *const names[JOB_STATES] = {"waiting", "under_way", "done", "failed", "called_off"};

	return names[state];
}

struct access_reader *job_reader(struct job *j)
{
	return j->reader;
}

bool job_goes_on(struct job *j, uint64_t persons)
{
	j->persons = persons;
	if (j->work.patience_ms && now_ms(j->of) - j->looked > j->work.patience_ms)
		j->off = true;
	return !j->off;
}

static void nap(int64_t ms)
{
	const struct timespec t = {ms / MS_PER_SECOND, (long)(ms % MS_PER_SECOND) * 1000000};

	(void)nanosleep(&t, NULL); /* ignored: shorter is no harm */
}

/* Pages of the WAL that wait to be written back; 0 when nobody does that. */
static int64_t wal_behind(struct access *a)
{
	int64_t written = a->wal_written, pages = sequencer_counts(a->sequencer).wal;

	if (written < 0)
		return 0;
	return pages >= written ? pages - written : pages; /* it was begun anew */
}

void job_rest(struct job *j)
{
	struct access *a = j->of->access;
	uint64_t ops = sequencer_counts(a->sequencer).ops;
	int64_t took = now_ms(j->of) - j->rested;

	if (ops - j->ops > 1 && took > 0)
		nap(took < REST_MS ? took : REST_MS);
	for (int64_t waited = 0; waited < BEHIND_MS && !j->off && wal_behind(a) > BEHIND_PAGES; waited += NAP_MS)
		nap(NAP_MS);
	j->rested = now_ms(j->of);
	j->ops = sequencer_counts(a->sequencer).ops;
}

struct jobs *access_jobs(struct access *a)
{
	return a->jobs;
}
