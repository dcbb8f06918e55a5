/*
 * base/file.h - whole files: read with a bound, written so that they are there
 * whole or not at all, and durable when the call returns.
 */
#ifndef SEKISHO_BASE_FILE_H
#define SEKISHO_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/result.h"
#include "base/str.h"

/*
 * Reads the regular file PATH of at most MAX bytes into B, which the caller has
 * made empty and frees.  Fails with io (missing, unreadable, no regular file)
 * or too_large.
 */
result file_read(const char *path, size_t max, struct buf *b, struct error *e);

/*
 * Writes the N bytes at P to PATH with MODE: to a temporary file beside it,
 * synced, renamed, and the directory synced.  Fails with io; then PATH is as it
 * was.
 */
result file_write(const char *path, const void *p, size_t n, mode_t mode, struct error *e);

/* Syncs the directory PATH, so that names made in it are durable.  Fails with io. */
result file_sync_dir(const char *path, struct error *e);

/* Makes the directory PATH (0700 and its parents too) unless it is there.  Fails with io. */
result file_make_dir(const char *path, struct error *e);

/* Joins DIR and NAME with one slash into OUT of CAP bytes.  Fails with too_large when it does not fit. */
result path_join(char *out, size_t cap, const char *dir, const char *name, struct error *e);

#endif
