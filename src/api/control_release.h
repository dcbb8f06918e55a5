/*
 * api/control_release.h - the commands of api/control.h that are about releases of anonymized sets that were made.
 *
 * A refusal is given as an error: there is no person behind it.
 *
 *   release_deliver  token, set, release, recipient, means    -> release, content, hash, statements, delivery, log
 *   release_list                                              -> sets
 *
 * `content` is what deid/release.h writes; `statements` has a text for each
 * language of the policy; `hash` is that of the table as CSV, as the log has it.
 */
#ifndef SEKISHO_API_CONTROL_RELEASE_H
#define SEKISHO_API_CONTROL_RELEASE_H

#include <jansson.h>

#include "access/access.h"

/*
 * Each does what REQUEST asks of A, with READER of the calling thread, and gives
 * the answer, the caller's to json_decref, or NULL with E set.
 */
json_t *control_release_deliver(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_release_list(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);

#endif
