/*
 * policy/examine.h - the one way to examine a policy, on every road to publication.
 *
 * `policy check`, `policy publish`, `init` and a running server all come through
 * policy_examine, so that what one calls an error the others refuse.  How texts
 * are written (their parts, links and tables) is known above this folder; those
 * checks are passed in and are never left out.
 */
#ifndef SEKISHO_POLICY_EXAMINE_H
#define SEKISHO_POLICY_EXAMINE_H

#include "policy/set.h"

struct source; /* policy/source.h */

/* Checks how the texts of the policy P, compiled from FILES, are written; findings go to F.  Fails with out_of_memory. */
typedef result policy_texts(const struct policy *p, const struct source *files, struct findings *f, struct error *e);

/* By what a policy is examined. */
struct policy_terms {
	policy_texts *texts;	      /* never NULL */
	date law;		      /* by the law in force on this date; DATE_NONE: on its own date */
	bool pending;		      /* also by enacted law that is not yet in force */
	const struct policy_set *set; /* the versions before it, for answers that were given then; NULL: none are known */
};

/*
 * Examines FILES by the terms T: compiles and checks them and, when the facts have
 * no errors, their texts.  All findings go to F, in order of position; the policy
 * goes to *OUT, the caller's to free with policy_free, or NULL when there are
 * errors.  Nothing of FILES is kept.  Fails with usage (T has no texts),
 * out_of_memory.
 */
result policy_examine(const struct source *files, const struct policy_terms *t, struct findings *f, struct policy **out,
		      struct error *e);

#endif
