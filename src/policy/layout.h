/*
 * policy/layout.h - the one layout of a policy's files.
 *
 * policy.yaml and decisions.yaml keep the author's order, comments, and choice
 * between a map or list in one line and one over several lines.  What is made
 * alike: two blanks a level, no quotes where none are needed, one line for what
 * was written in braces or brackets and fits, several where it does not, one
 * empty line at the most.  Doing it twice changes nothing more, and what the file
 * says stays what it was.
 */
#ifndef SEKISHO_POLICY_LAYOUT_H
#define SEKISHO_POLICY_LAYOUT_H

#include "base/result.h"
#include "policy/finding.h"

enum { LAYOUT_WIDTH = 160 }; /* columns; a character of an East Asian script takes two */

/*
 * Appends to OUT the YAML TEXT of FILE, laid out.  Where it cannot be read,
 * findings go to F and OUT stays as it was.  Fails with out_of_memory, or with
 * malformed when the text says something that no layout here can say; then OUT
 * is not to be used.
 */
result layout_yaml(const char *file, struct str text, struct findings *f, struct buf *out, struct error *e);

/* Appends TEXT to B as a YAML scalar of one line, in quotes where it needs them. */
void layout_scalar(struct buf *b, struct str text);

/*
 * Appends to OUT the Markdown TEXT of FILE with plain line ends, without a byte
 * order mark, blanks at line ends and empty lines at its end.  Two blanks that
 * break a line become a backslash; fenced code keeps its blanks.  What is not
 * UTF-8 is a finding in F, and OUT stays as it was.
 */
void layout_markdown(const char *file, struct str text, struct findings *f, struct buf *out);

#endif
