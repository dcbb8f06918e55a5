/*
 * api/control_set.h - the commands of api/control.h that are about pseudonymized sets, and the jobs that make sets.
 *
 * A request has `token`, `purpose` and `reason` as those about persons, and `set`;
 * a refusal is a problem document with `status`.
 *
 *   set_run                                        -> job, run
 *   release_make recipient, means?                 -> job
 *   job_look     job                               -> as api/set_job.h has it; one that failed, its error
 *   job_call_off job                               -> {}
 *   set_read     run?, after?, limit?              -> as GET /v1/sets/{set}
 *   set_destroy  run                               -> set, run, rows, removed_information, final
 *   set_list     (no token: of the instance)       -> runs
 */
#ifndef SEKISHO_API_CONTROL_SET_H
#define SEKISHO_API_CONTROL_SET_H

#include <jansson.h>

#include "access/access.h"

/*
 * Each does what REQUEST asks of A, with READER of the calling thread, and gives
 * the answer, the caller's to json_decref, or NULL with E set when it was not
 * decided at all.
 */
json_t *control_set_run(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_release_make(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_job_look(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_job_call_off(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_set_read(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_set_destroy(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_set_list(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);

#endif
