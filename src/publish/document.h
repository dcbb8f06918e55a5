/*
 * publish/document.h - Markdown of a policy's wordings as a tree.
 *
 * What authors write is CommonMark with tables, without raw HTML and pictures,
 * and with three additions: {{path}} inserts a fact, [text](#anchor) refers to a
 * clause (an empty text stands for the clause's title), and a paragraph that is
 * {{> part}} alone stands for what the program makes of the facts
 * (publish/part.h).  The tree is JSON, the same for HTML, PDF and the JSON that
 * is published:
 *
 *	block:  {"type":"paragraph","content":[inline]}
 *	        {"type":"heading","level":2,"content":[inline]}
 *	        {"type":"list","ordered":true,"start":1,"items":[[block]]}
 *	        {"type":"table","head":[[inline]],"rows":[[[inline]]]}
 *	        {"type":"quote","blocks":[block]}  {"type":"code","text":"…"}  {"type":"rule"}
 *	inline: {"text":"…"}  {"text":"…","fact":"path"}  {"strong":[inline]}  {"em":[inline]}
 *	        {"code":"…"}  {"link":"href","content":[inline]}  {"break":true}
 *
 * What is wrong becomes a finding with its place and stands in the tree as plain
 * text, so that every text gives a tree that is safe to show.
 */
#ifndef SEKISHO_PUBLISH_DOCUMENT_H
#define SEKISHO_PUBLISH_DOCUMENT_H

#include <jansson.h>

#include "policy/policy.h"

enum {
	DOCUMENT_BYTES = 1024 * 1024, /* of one text at the most */
	DOCUMENT_DEPTH = 24,	      /* lists, quotes and emphasis within each other */
};

/* Where a text stands and what it may refer to; all borrowed. */
struct wording {
	const struct policy *policy;
	size_t language;	/* an index of the policy's languages */
	date on;		/* as of which day it is read: who takes part in a joint use then */
	const char *file;	/* the text's name in findings; outlives them */
	struct findings *found; /* NULL: nothing is reported */
};

/*
 * Reads the Markdown TEXT of W into *OUT, a list of blocks, the caller's to
 * json_decref.  A text that is too long or nested too deep gives a finding and an
 * empty list.  Fails with out_of_memory.
 */
result document_read(const struct wording *w, struct str text, json_t **out, struct error *e);

/* A new paragraph or inline that is TEXT and nothing else; NULL without memory.  The caller's. */
json_t *document_paragraph(struct str text);
json_t *document_text(struct str text);

/* Appends to OUT all text in the tree V, a block, an inline or a list of them: what is read aloud. */
void document_plain(const json_t *v, struct buf *out);

#endif
