/* cmd/watch.h - does something again whenever a file of a directory changes. */
#ifndef SEKISHO_CMD_WATCH_H
#define SEKISHO_CMD_WATCH_H

#include "base/result.h"

/*
 * Calls RUN with CTX, and again whenever a file under the directory DIR, two
 * folders deep, was written, made, moved or removed, each time on a cleared
 * terminal and under the time.  Changes that come together count once.  What RUN
 * gives is not looked at.  Succeeds when SIGINT or SIGTERM comes; fails with io
 * when DIR cannot be watched.
 */
result watch(const char *dir, int (*run)(void *ctx), void *ctx, struct error *e);

#endif
