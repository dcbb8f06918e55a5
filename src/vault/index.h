/*
 * vault/index.h - exact look-up over keyed hashes of normalized values.
 *
 * Each item with `lookup` or `unique`, and each external id, has a key of its
 * own, so that equal values of two items do not show.  What is found are ids:
 * whether a person may be given is decided by the caller for each.
 */
#ifndef SEKISHO_VAULT_INDEX_H
#define SEKISHO_VAULT_INDEX_H

#include <jansson.h>

#include "policy/policy.h"
#include "vault/vault.h"

enum { VAULT_FOUND = 100 };

struct vault_found {
	struct uuid ids[VAULT_FOUND];
	size_t n;
	bool more; /* there are others */
};

/* True when values of ITEM of CATEGORY are indexed: lookup, unique, or the external id. */
bool vault_indexed(const struct policy_category *category, const struct policy_item *item);

/*
 * Finds in D who has VALUE (one element of a list or of `many`) as ITEM: *OUT.  A
 * value that can be nobody's is found nowhere, with success.  Fails with
 * item_not_indexed (its type has no look-up), database.
 */
result vault_lookup(struct vault *v, struct db *d, const struct policy_item *item, const json_t *value,
		    struct vault_found *out, struct error *e);

#endif
