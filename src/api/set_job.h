/*
 * api/set_job.h - sets of a policy made beside the answers (access/job.h), for the command line and for HTTP alike.
 *
 * A job of a pseudonymized set makes the steps of a run that was begun; broken off
 * or failed, it destroys the run, with its entry.  A job of an anonymized set makes a
 * release; until that is recorded there is nothing of it.
 */
#ifndef SEKISHO_API_SET_JOB_H
#define SEKISHO_API_SET_JOB_H

#include <jansson.h>

#include "access/job.h"
#include "access/release.h"
#include "access/set.h"

struct set_job {
	struct uuid id;
	struct token_actor actor;
	struct str set;
	uint32_t run, number; /* of a pseudonymized set: the run that was begun, the set's number in the registry */
	struct str recipient, means; /* of an anonymized set; means may be empty */
	bool files;	      /* of an anonymized set: the answer has all that the command line writes into files */
	int64_t patience_ms;  /* as access/job.h has it */
};

/* Begins in A the job WHAT, whose texts are copied.  Fails as job_begin. */
result set_job_begin(struct access *a, const struct set_job *what, struct error *e);

/*
 * V, the job ID, as JSON: job, set, state, persons; when it is done what it came to (of a run: run, rows,
 * left_out, emptied, log; of a release: release, records, suppressed, left_out, hash, log), when it failed the `problem`.
 * Takes V's answer over.  The caller's to json_decref; NULL without memory.
 */
json_t *set_job_view(const struct uuid *id, struct job_view *v);

/*
 * Why V failed, as a problem document: code, status, detail; of what was refused also clause, law and log.  Takes V's
 * answer over.  The caller's to json_decref; NULL without memory.
 */
json_t *set_job_problem(struct job_view *v);

#endif
