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

/* Finds who makes REQUEST to A into *OUT; false with E set when the token is nobody's. */
bool control_actor(struct access *a, const json_t *request, struct token_actor *out, struct error *e);

/* Fills OP with what every REQUEST to A has: who asks, for what, why; false with E set when the token is nobody's. */
bool control_fill(struct access *a, const json_t *request, struct op *op, struct error *e);

/* Runs OP with READER and gives its refusal, the caller's to json_decref; NULL with E set when it was not decided, NULL alone when it was done. */
json_t *control_run(struct access_reader *reader, struct op *op, struct error *e);

/* The JSON in B, which is wiped; the caller's to json_decref.  NULL without memory. */
json_t *control_answer(struct buf *b);

#endif
