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
 * Adds to VIEW, made by coverage_view, "count" and "last" of each fact by TALLY, that of coverage_tally.  Fails with
 * out_of_memory.
 */
result coverage_evidence(json_t *view, const json_t *tally, struct error *e);

/* What was counted so far; zero before the first time.  It takes the same memory for a log of any length. */
struct coverage_count {
	uint64_t generation; /* of the log */
	uint64_t size;	     /* its first so many entries are counted */
	uint64_t log_size;   /* so many it had when it was last looked at */
	json_t *tally;	     /* by kind, and by kind with purpose and with category; NULL: nothing yet */
};

/*
 * Goes on with C, the caller's to free with coverage_count_free: counts at most MOST further entries of D's current log,
 * from the first one when C is of another.  Fails with database, log_corrupt, out_of_memory, no_such_resource (there is
 * no log); what was counted before stays.
 */
result coverage_tally(struct db *d, uint64_t most, struct coverage_count *c, struct error *e);

/* Frees what C holds; it begins anew. */
void coverage_count_free(struct coverage_count *c);

#endif
