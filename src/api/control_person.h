/*
 * api/control_person.h - the commands of api/control.h that are about persons.
 *
 * A request has `token`, `purpose` and `reason`, as the headers of the HTTP
 * interface; the answer is that interface's, a refusal its problem document with
 * `status`.
 */
#ifndef SEKISHO_API_CONTROL_PERSON_H
#define SEKISHO_API_CONTROL_PERSON_H

#include <jansson.h>

#include "access/access.h"

/*
 * Each does what REQUEST asks of A, with READER of the calling thread, and gives
 * the answer, the caller's to json_decref, or NULL with E set when it was not
 * decided at all.
 */
json_t *control_get(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_erase(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_hold(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_uses(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);
json_t *control_export(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);

#endif
