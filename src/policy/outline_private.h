/* policy/outline_private.h - what the parts of policy/outline.h share; for them alone. */
#ifndef SEKISHO_POLICY_OUTLINE_PRIVATE_H
#define SEKISHO_POLICY_OUTLINE_PRIVATE_H

#include "policy/outline.h"

/* Adds to D a block of KIND (a heading: of LEVEL) from LINE on, with TEXT trimmed and copied; an empty one is nothing. */
void outline_add(struct outline *d, enum outline_kind kind, int level, uint32_t line, struct str text);

/* Adds to D the blocks of the HTML document (plain text) TEXT. */
void outline_read_html(struct outline *d, struct str text);
void outline_read_text(struct outline *d, struct str text);

/* Finds where the blocks of D belong. */
void outline_sort(struct outline *d);

/* True when TEXT has one of the words of LIST, joined by bars; letters of ASCII in either case. */
bool outline_says(struct str text, const char *list);

#endif
