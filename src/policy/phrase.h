/*
 * policy/phrase.h - finds wordings by small patterns; for policy/ alone.
 *
 * A pattern is alternatives joined by `|`; an alternative is pieces joined by `~`
 * that stand in this order with anything between them.  A piece that begins with
 * a Latin letter or digit begins a word, so that "use" is not found in "house";
 * `>` at its end ends the word, else it is a stem.  Latin capitals and small
 * letters are the same.  Nothing is backtracked: the time is the product of the
 * lengths at the most.
 */
#ifndef SEKISHO_POLICY_PHRASE_H
#define SEKISHO_POLICY_PHRASE_H

#include <stdbool.h>

#include "base/str.h"

/* Where PATTERN first stands in TEXT, or NULL.  The text's: it is not freed. */
const char *phrase_find(struct str text, const char *pattern);

/* True when PATTERN stands in TEXT. */
static inline bool phrase_in(struct str text, const char *pattern)
{
	return phrase_find(text, pattern) != NULL;
}

/* The next sentence of *REST, without blanks around it, which is taken off; empty at the end. */
struct str phrase_sentence(struct str *rest);

/* Length in bytes of the character at P, which has N bytes and is UTF-8. */
size_t phrase_char(const char *p, size_t n);

#endif
