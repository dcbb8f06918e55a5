/* publish/reference.h - character references of Markdown. */
#ifndef SEKISHO_PUBLISH_REFERENCE_H
#define SEKISHO_PUBLISH_REFERENCE_H

#include "base/str.h"

/*
 * Appends to B what the character reference S stands for: "&#12354;", "&#x3042;",
 * or one of the few names that texts need ("&amp;"); S itself when it is another.
 */
void reference_write(struct buf *b, struct str s);

#endif
