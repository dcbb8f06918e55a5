/*
 * policy/registry.h - the numbers of the names in a policy.
 *
 * Every category, item ("category.item"), purpose, consent, role, channel,
 * notice, event, arrangement ("joint_use.group"), exception and derived set has a
 * number, counted from 1 in its kind, that means the same in every version.  A
 * number is never given twice.  A name keeps its number as long as it is that
 * number's latest name, also when it is gone for some versions; a renamed id
 * says `was` and takes the number along; an old name that comes again after that
 * is another thing and gets a new number.
 */
#ifndef SEKISHO_POLICY_REGISTRY_H
#define SEKISHO_POLICY_REGISTRY_H

#include "base/arena.h"
#include "base/result.h"
#include "db/db.h"
#include "policy/policy.h"

struct registry_name {
	const char *kind;
	struct str name;
	uint32_t since; /* version */
	uint32_t number;
};

struct registry {
	struct arena *a; /* for names; not the registry's */
	struct registry_name *names;
	size_t n, cap;
};

/* Makes R empty; names are taken from A. */
void registry_init(struct registry *r, struct arena *a);

/* Reads all names from D into R.  Fails with database, out_of_memory. */
result registry_load(struct registry *r, struct db *d, struct error *e);

/*
 * Gives every name in P its number as of VERSION, adding to R those that are
 * new.  Versions must come in their order.  Fails with out_of_memory.
 */
result registry_assign(struct registry *r, struct policy *p, uint32_t version, struct error *e);

/* Writes the names of R that are new in VERSION to D's open transaction.  Fails with database, storage_unavailable. */
result registry_store(const struct registry *r, uint32_t version, struct db *d, struct error *e);

/* The latest name of number NUMBER of KIND ("purpose"); empty when there is none.  R's. */
struct str registry_find(const struct registry *r, const char *kind, uint32_t number);

#endif
