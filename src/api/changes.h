/*
 * api/changes.h - what changes between two policies, as JSON.
 *
 *   {"changes": [{"code", "path", "line", "column", "text": {"en", "ja"},
 *                 "law": {"article", "in_force_since", "act": {"en", "ja"}},
 *                 "answers": [...], "persons"}]}
 *
 * `answers` is empty where nothing has to be decided; `persons`, how many stored
 * persons it touches, is there when an instance was asked.
 */
#ifndef SEKISHO_API_CHANGES_H
#define SEKISHO_API_CHANGES_H

#include <jansson.h>

#include "access/access.h"

/* What changes between the policies in the directories BEFORE and AFTER; the caller's to json_decref.  NULL with E set:
 * policy_invalid (one of them has errors), io, too_large, out_of_memory. */
json_t *changes_of_directories(const char *before, const char *after, struct error *e);

/*
 * What changes between the `before` and `after` of REQUEST, each a directory or
 * the number of a version of A, and how many persons each change touches, with
 * READER of the calling thread; the caller's to json_decref.  NULL with E set: as
 * changes_of_directories, usage, database.
 */
json_t *changes_of_instance(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);

#endif
