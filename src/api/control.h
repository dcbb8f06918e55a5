/*
 * api/control.h - what the command line asks of an instance.
 *
 * A command runs control_call itself when nobody serves the instance, and sends
 * the same request to the server's control socket (run/control.sock, mode 0600)
 * when somebody does: the log has one writer.  A request is an object with `op`;
 * the rest depends on it (api/control.c).
 *
 *   token_create   name, role, person?, expires? (duration)   -> token, actor
 *   token_list                                                 -> tokens
 *   token_revoke   name                                        -> {}
 *   policy_diff    before, after (directory or version)        -> changes (api/changes.h)
 *   publish        dir                                         -> version, in_force, hash, findings
 *   category       category, channel                           -> items with their types, notice of the channel
 *   import         (access/import.h)                           -> rejected rows
 *   get, uses, erase, hold, export: api/control_person.h
 *   release_deliver, release_list: api/control_release.h
 *   set_run, release_make, job_look, job_call_off, set_read, set_destroy, set_list: api/control_set.h
 *   key_rotate                                                 -> epoch
 *   log_key                                                    -> vkey
 */
#ifndef SEKISHO_API_CONTROL_H
#define SEKISHO_API_CONTROL_H

#include <jansson.h>

#include "access/access.h"

/*
 * Does what REQUEST asks of A, with READER of the calling thread, and waits for
 * it.  Gives the answer, the caller's to json_decref, or NULL with E set.
 */
json_t *control_call(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);

#endif
