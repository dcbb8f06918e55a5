/*
 * web/blocks.h - the tree of a wording (publish/document.h) or form (publish/form.h) as HTML.
 */
#ifndef SEKISHO_WEB_BLOCKS_H
#define SEKISHO_WEB_BLOCKS_H

#include <jansson.h>

#include "base/str.h"

/* How a page shows blocks. */
struct blocks_style {
	const char *statement; /* what stands before #anchor: "" on the statement's own page */
	int heading;	       /* the level of the highest heading in blocks */
};

/* Appends to OUT the list BLOCKS as HTML in the style S; all text is escaped, and nothing else than the tree's elements is written. */
void blocks_html(const json_t *blocks, const struct blocks_style *s, struct buf *out);

#endif
