/* policy/bytes.h - what a file of a policy may be made of, before anything reads it; for policy/ alone. */
#ifndef SEKISHO_POLICY_BYTES_H
#define SEKISHO_POLICY_BYTES_H

#include "policy/finding.h"

enum { BYTES_OF_LINE = 65536 }; /* of a wording at the most: a longer line is no text for people */

/* The place of the byte at OFFSET of TEXT, the content of FILE. */
struct place bytes_place(const char *file, struct str text, size_t offset);

/* Reports in F the first byte of TEXT, the content of FILE, that is not UTF-8; false when there is one. */
bool bytes_utf8(const char *file, struct str text, struct findings *f);

/*
 * As bytes_utf8 for a wording, and also reports characters that nobody sees but
 * that change how it reads (controls, and those that turn the direction of text),
 * and lines longer than BYTES_OF_LINE.
 */
bool bytes_wording(const char *file, struct str text, struct findings *f);

#endif
