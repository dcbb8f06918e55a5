/*
 * http/route.h - which row of the table a target belongs to.
 *
 * Pure: no request, no library.  A target is taken as sent; only what stands for
 * a `{name}` or `*` is decoded, so that an encoded slash or colon never becomes
 * structure.
 */
#ifndef SEKISHO_HTTP_ROUTE_H
#define SEKISHO_HTTP_ROUTE_H

#include "http/http.h"

/* Checks that the pattern P can be matched.  Fails with usage in E. */
result route_check(const char *p, struct error *e);

/*
 * True when PATH (as sent, without query) fits PATTERN; then RAW (HTTP_PARAMS_MAX
 * of them) has its parameters as sent and *N their number.
 */
bool route_match(const char *pattern, struct str path, struct str *raw, size_t *n);

/*
 * Decodes %XX of S into *OUT, in A; with PLUS also + as a blank, as in a query.
 * False when S is not strictly encoded: half a %XX, a NUL, a result that is not
 * UTF-8, or no memory.
 */
bool route_decode(struct arena *a, struct str s, bool plus, struct str *out);

/* True when S has a segment "." or "..", which would name another place. */
bool route_climbs(struct str s);

/* Takes the next `name=value` of the query *REST, still encoded; false at its end. */
bool route_next_pair(struct str *rest, struct str *name, struct str *value);

#endif
