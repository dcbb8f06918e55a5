/*
 * publish/statement.h - the statement and the other wordings of an edition as views.
 *
 * A view is JSON.  That of a statement is what is published as such
 * (assets/statement.schema.json describes it) and what HTML and PDF are made of,
 * so that all of them have the same clauses.
 */
#ifndef SEKISHO_PUBLISH_STATEMENT_H
#define SEKISHO_PUBLISH_STATEMENT_H

#include <jansson.h>

#include "publish/edition.h"

/*
 * Makes the view of ED's statement in LANGUAGE (an index) into *OUT, the caller's:
 *
 *	{"format": "sekisho statement 1", "policy": "…", "version": 3 or null, "hash": "…" or null,
 *	 "language": "ja", "languages": ["ja","en"], "organization": "…", "established": date or null,
 *	 "revised": …, "effective": …, "published": time or null,
 *	 "title": "…", "lead": [block],
 *	 "clauses": [{"anchor": "…", "title": "…", "keeps": ["path"], "blocks": [block]}],
 *	 "facts": {"path": value}}                what the text inserts, as the policy has it
 *
 * Blocks are those of publish/document.h.  What is wrong with the text goes to
 * FOUND (NULL: nowhere).  Fails with io (ED has no statement in that language),
 * out_of_memory.
 */
result statement_view(const struct edition *ed, size_t language, struct findings *found, json_t **out, struct error *e);

/*
 * Makes the view of ED's wording NAME ("forms/disclosure") in LANGUAGE into *OUT,
 * the caller's: {"name", "language", "title", "blocks"}.  FOUND as above.  Fails with
 * no_such_resource, out_of_memory.
 */
result wording_view(const struct edition *ed, struct str name, size_t language, struct findings *found, json_t **out,
		    struct error *e);

/*
 * Reads the statement, forms and earlier statements of ED in all languages and
 * adds what is wrong with them to F.  Fails with out_of_memory.
 */
result statement_check(const struct edition *ed, struct findings *f, struct error *e);

/* The names of ED's wordings in the folder FOLDER ("forms/"), each once, without language and ending: a list of texts, the caller's; NULL without memory. */
json_t *wording_names(const struct edition *ed, struct str folder);

/* The value of the node N as JSON: maps, lists, texts.  NULL without memory.  The caller's. */
json_t *fact_value(const struct node *n);

#endif
