/*
 * publish/revision.h - what changed from one published version to the next, and the feed of it.
 */
#ifndef SEKISHO_PUBLISH_REVISION_H
#define SEKISHO_PUBLISH_REVISION_H

#include <jansson.h>

#include "base/str.h"

/*
 * What changed in the clauses from the statement BEFORE to AFTER, both views of
 * publish/statement.h in one language: [{"kind": "added"|"removed"|"changed",
 * "anchor", "title"}] in the order of the clauses, those removed last.  Clauses
 * are told apart by their anchors; one whose title or text differs has changed.
 * The caller's; NULL without memory.
 */
json_t *revision_changes(const json_t *before, const json_t *after);

/*
 * Appends to OUT an Atom feed (RFC 4287) of the N statement views in VIEWS, all in
 * one language and published, oldest first, with the words of Japanese when JA.
 * Links are relative to the feed: "versions/3/statement.ja.html".
 */
void revision_feed(const json_t *const *views, size_t n, bool ja, struct buf *out);

#endif
