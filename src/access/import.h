/*
 * access/import.h - a batch of rows from a file, through the gate.
 *
 * Each row is a create by the role of a token; the rows of a batch and how far the
 * file has come are committed together or not at all.  A row that is refused has
 * its entry like any other refusal and goes back with its reason; the others of
 * its batch go in.
 */
#ifndef SEKISHO_ACCESS_IMPORT_H
#define SEKISHO_ACCESS_IMPORT_H

#include <jansson.h>

#include "access/access.h"

enum { IMPORT_BATCH = 1000 }; /* rows at the most */

/*
 * Imports what REQUEST says into A with READER, and waits for the commit:
 *
 *	{"token": "skt_…", "purpose": "…", "category": "customer", "channel": "web_form",
 *	 "operator": true, "import": "<id>", "from": 1, "next": 1001,
 *	 "rows": [{"row": 1, "items": {…}, "at": "…", "notice": {"id", "version", "language", "shown_at"}}, …]}
 *
 * Without `purpose` it is the first of the token's role.  With `from`, the import
 * must have come exactly there, so that a batch sent twice is stored once and
 * none is left out; else the batch is refused as conflict.
 *
 * Gives {"rejected": [{"row", "code", "where", "message"}, …]}, the caller's to
 * json_decref, or NULL with E set: unauthorized, malformed, storage_unavailable,
 * too_late and the like; then nothing of the batch was done.  With no `rows` it
 * gives {"next": …}, where the import with this id has come to (0: nothing yet).
 */
json_t *access_import(struct access *a, struct access_reader *reader, const json_t *request, struct error *e);

#endif
