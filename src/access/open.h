/*
 * access/open.h - an instance's parts made and opened, in their order; for this folder only.
 */
#ifndef SEKISHO_ACCESS_OPEN_H
#define SEKISHO_ACCESS_OPEN_H

#include "access/access_private.h"

/*
 * Opens into A, whose clocks are set, everything but the threads: lock, database,
 * vault, log, policy, tokens.  What was opened is closed by access_close, on
 * failure too.  Fails as access_open.
 */
result access_open_parts(struct access *a, const char *dir, struct error *e);

#endif
