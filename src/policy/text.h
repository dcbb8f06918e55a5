/* policy/text.h - wordings and statements as files by language; for policy/ alone. */
#ifndef SEKISHO_POLICY_TEXT_H
#define SEKISHO_POLICY_TEXT_H

#include "policy/compile.h"

/* NAME.LANGUAGE.md, in C's arena; {NULL, 0} with no_memory set.  The arena's. */
struct str text_file_name(struct compile *c, struct str name, struct str language);

/*
 * The file of wording NAME in the language LANGUAGE (an index); NULL when it is
 * missing, empty or not UTF-8, which is reported at AT.  The source's.
 */
const struct source_file *text_file(struct compile *c, struct str name, size_t language, struct place at);

#endif
