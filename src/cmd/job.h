/*
 * cmd/job.h - a job of an instance (access/job.h), waited for by a command.
 *
 * How far it has come is shown on a terminal.  SIGINT and SIGTERM call it off; the
 * command then waits for what that leaves, and a second one ends it at once: the
 * instance calls off what nobody asks after.
 */
#ifndef SEKISHO_CMD_JOB_H
#define SEKISHO_CMD_JOB_H

#include "cmd/control.h"
#include "base/str.h"

struct job_wait {
	int signals; /* a descriptor that SIGINT and SIGTERM come by */
};

/* Has SIGINT and SIGTERM come to *W from now on: before control_open, which makes threads.  Fails with io. */
result job_wait_begin(struct job_wait *w, struct error *e);

/* Gives back what W holds. */
void job_wait_end(struct job_wait *w);

/*
 * Waits by W for the job that BEGUN names, of C's instance, as whoever has TOKEN; gives what it came to, or the problem
 * document (with `status`) that refuses it, the caller's to json_decref; or NULL with E set: what failed, or stopping
 * when it was called off.
 */
json_t *job_wait(struct job_wait *w, struct control *c, struct str token, const json_t *begun, struct error *e);

#endif
