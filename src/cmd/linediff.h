/* cmd/linediff.h - what changes from one text to another, as `diff -u` prints it. */
#ifndef SEKISHO_CMD_LINEDIFF_H
#define SEKISHO_CMD_LINEDIFF_H

#include "base/str.h"

/*
 * Appends to OUT the unified diff from BEFORE to AFTER, both called NAME; nothing
 * when they are equal.  Where very much changes, whole stretches are shown as
 * replaced.
 */
void linediff(const char *name, struct str before, struct str after, struct buf *out);

#endif
