/*
 * access/job.h - long work, done beside the answers.
 *
 * Making a set goes through all persons and takes minutes where there are many.
 * No event thread may wait for that, and nobody else's command either, so it is a
 * job: begun, looked at, called off.  One thread does jobs one after another, in
 * the order in which they were begun; a job goes on in steps and asks between them
 * whether it is to go on.  It is not, once it was called off, when nobody has
 * looked at it for as long as it bears, and when the instance is closed: then it
 * leaves nothing half, or records what it left.
 *
 * What a job came to is kept until others have come after it, in memory alone: what
 * it did is in the log, and in what it made.
 *
 * Ownership: an instance owns its jobs.  Threads: any, but for what is the job's own.
 */
#ifndef SEKISHO_ACCESS_JOB_H
#define SEKISHO_ACCESS_JOB_H

#include <jansson.h>

#include "access/access.h"

struct job;
struct jobs;

enum job_state { JOB_WAITING, JOB_UNDER_WAY, JOB_DONE, JOB_FAILED, JOB_CALLED_OFF, JOB_STATES };

enum {
	JOBS_WAITING = 16, /* that may wait at the most */
	JOBS_KEPT = 64,	   /* that are over and can still be looked at */
	JOB_ABOUT = 256,   /* bytes of what a job is about */
};

/* What is to be done. */
struct job_work {
	/*
	 * Does it as job J, called off before or not: it asks that first, and puts right what was begun.  Gives in *ANSWER what it came to, which the job takes over, of a failure too.  Fails
	 * as the work does; whatever it gives when it was not to go on counts as called off.
	 */
	result (*run)(struct job *j, void *ctx, json_t **answer, struct error *e);
	void (*free)(void *ctx); /* once, when it was run or will not be */
	void *ctx;
	struct uuid id;	     /* made by uuid_make */
	uint32_t actor;	     /* whose it is: nobody else may look at it or call it off */
	struct str about;    /* id of the set; copied */
	int64_t patience_ms; /* not looked at for so long it is called off, and once its end was told it is forgotten; 0: neither */
};

/* What can be said of a job. */
struct job_view {
	enum job_state state;
	char about[JOB_ABOUT];
	uint64_t persons; /* looked at so far */
	struct error error; /* of one that failed */
	json_t *answer;	    /* of one that is over, or NULL; the looker's to json_decref */
};

/* Makes the jobs of A in *OUT, the caller's to stop.  Fails with out_of_memory. */
result jobs_new(struct access *a, struct jobs **out, struct error *e);

/* Calls off what is under way or waits in J, waits for its end, frees J; NULL is nothing. */
void jobs_stop(struct jobs *j);

/*
 * Takes WORK into J, to be done after what waits already; takes over its ctx, which
 * is freed in case of failure too.  Fails with stopping (too many wait), internal,
 * out_of_memory.
 */
result job_begin(struct jobs *j, const struct job_work *work, struct error *e);

/* True when J takes no more at the moment. */
bool jobs_full(struct jobs *j);

/* What can be said of the job ID of ACTOR about ABOUT (empty: whatever it is about) into *OUT; false when J has no such job. */
bool job_look(struct jobs *j, const struct uuid *id, uint32_t actor, struct str about, struct job_view *out);

/* Calls off the job ID of ACTOR about ABOUT (empty: whatever) in J; false when there is none.  One that is over stays as it is. */
bool job_call_off(struct jobs *j, const struct uuid *id, uint32_t actor, struct str about);

/* The name of STATE, as interfaces have it.  Static. */
const char *job_state_name(enum job_state state);

/* The job's own: */

/* The reader of J's thread.  J's. */
struct access_reader *job_reader(struct job *j);

/* Says that J has looked at PERSONS so far; true when it is to go on. */
bool job_goes_on(struct job *j, uint64_t persons);

/*
 * Rests between two steps of J that change the database: as long as the last one took when others asked for something
 * meanwhile, so that they have half of the time, and while much of the WAL waits to be written back.
 */
void job_rest(struct job *j);

/* A's jobs.  A's. */
struct jobs *access_jobs(struct access *a);

#endif
