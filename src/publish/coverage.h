/*
 * publish/coverage.h - clause by clause: the facts it rests on, what keeps them, and the evidence of it.
 *
 * What keeps which fact stands in one table, mechanisms.def, which also says what
 * Sekisho does not keep.
 */
#ifndef SEKISHO_PUBLISH_COVERAGE_H
#define SEKISHO_PUBLISH_COVERAGE_H

#include <jansson.h>

#include "db/db.h"
#include "policy/policy.h"

/*
 * Makes the view of what keeps P's clauses in LANGUAGE (an index) into *OUT, the
 * caller's.  TALLY is that of coverage_tally, or NULL; then no evidence is counted:
 *
 *	{"clauses": [{"anchor", "title", "facts": [
 *	    {"path", "state": "kept"|"partly"|"not"|"stated", "text", "codes": ["purpose_mismatch"],
 *	     "kinds": ["read"], "count": 12, "last": {"time", "index"}}]}],          count and last only with TALLY
 *	 "count": {"kept", "partly", "not", "stated", "none"}}    facts; none: clauses without one
 *
 * Fails with out_of_memory.
 */
result coverage_view(const struct policy *p, size_t language, const json_t *tally, json_t **out, struct error *e);

/*
 * Counts the entries of D's current log by kind, and by kind with purpose and with
 * category, into *OUT, the caller's.  Reads the whole log.  Fails with database,
 * log_corrupt, out_of_memory, no_such_resource (there is no log).
 */
result coverage_tally(struct db *d, json_t **out, struct error *e);

#endif
