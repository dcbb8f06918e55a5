/* cmd/token_file.h - the bearer token that a command acts with: never an argument, where every process could read it. */
#ifndef SEKISHO_CMD_TOKEN_FILE_H
#define SEKISHO_CMD_TOKEN_FILE_H

#include "base/result.h"
#include "base/str.h"

/*
 * Reads the token in the file PATH, or when PATH is NULL in the file that the
 * variable SEKISHO_TOKEN_FILE names, into OUT, which the caller has made empty
 * and wipes.  Fails with usage (neither is given, or the file holds no token),
 * io, too_large.
 */
result token_file_read(const char *path, struct buf *out, struct error *e);

#endif
