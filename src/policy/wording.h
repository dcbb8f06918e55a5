/* policy/wording.h - since which version a wording reads as it does; for policy/ alone. */
#ifndef SEKISHO_POLICY_WORDING_H
#define SEKISHO_POLICY_WORDING_H

#include "policy/policy.h"

/*
 * Sets the version of each wording in P: that of its wording in BEFORE, the
 * version published before (NULL for none), when text, purposes and scope are the
 * same there, else P's own.  A is for scratch.  False when memory ran out.
 */
bool wording_versions(struct policy *p, const struct policy *before, struct arena *a);

#endif
