/*
 * policy/set.h - the published versions of a policy, all of them.
 *
 * Nothing has effect before it is published; every published version stays
 * loaded, because a value is bound to what was promised when it was acquired.
 * A set is read-only once built and is swapped whole when a version is published.
 */
#ifndef SEKISHO_POLICY_SET_H
#define SEKISHO_POLICY_SET_H

#include "policy/policy.h"

struct policy_set {
	struct arena arena;	  /* holds the set itself */
	struct policy **versions; /* ascending, versions[i]->version == i + 1 */
	size_t n;
};

/* The version in force at T: the last of S with in_force <= T, or NULL when none is yet.  S's. */
const struct policy *policy_set_at(const struct policy_set *s, moment t);

/* Version number N of S, or NULL when there is none.  S's. */
const struct policy *policy_set_version(const struct policy_set *s, uint32_t n);

/* Frees S and its policies; NULL is nothing. */
void policy_set_free(struct policy_set *s);

#endif
