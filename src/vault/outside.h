/*
 * vault/outside.h - sealed values that an application keeps in its own tables.
 *
 * `sk1.` and base64url: who it is of, category, item, and the value sealed under
 * a key of (person, category, item) that only this vault has.  Erasing the
 * person, the category or the item destroys that key and blinds every copy.
 */
#ifndef SEKISHO_VAULT_OUTSIDE_H
#define SEKISHO_VAULT_OUTSIDE_H

#include "vault/read.h"

enum { VAULT_OUTSIDE_MAX = 360448 }; /* characters of a sealed value at the most */

/* What a sealed value says about itself before it is opened; an enemy may have written it. */
struct vault_outside {
	struct uuid subject;
	uint32_t category, item; /* registry numbers */
	unsigned char nonce[24];
	struct str sealed;
};

/* The key of a person's values of one item outside. */
struct vault_outside_key {
	bool exists; /* stored */
	struct uuid subject;
	uint32_t category, item, epoch;
	unsigned char key[VAULT_WRAPPED_KEY];
};

/* Reads TEXT into *OUT (bytes in A); false when it is no sealed value or A has no memory. */
bool vault_outside_parse(struct str text, struct arena *a, struct vault_outside *out);

/*
 * Loads by FROM the key for PERSON's values of ITEM in CATEGORY into *OUT, or
 * makes one that is not yet stored (exists = false).  Fails with seal_broken,
 * database.
 */
result vault_outside_key_load(const struct vault_reader *from, const struct vault_person *person, uint32_t category,
			      uint32_t item, struct vault_outside_key *out, struct error *e);

/* Stores K, which was made anew, in D's open write transaction.  Fails with duplicate (made meanwhile: load again), database, storage_unavailable. */
result vault_outside_key_put(struct db *d, const struct vault_outside_key *k, struct error *e);

/* Seals JSON, a canonical value, with V under K and appends its text to OUT.  Fails with seal_broken, too_large, out_of_memory. */
result vault_outside_seal(struct vault *v, const struct vault_outside_key *k, struct str json, struct buf *out,
			  struct error *e);

/*
 * Opens S with V under K into *JSON in A, which wipes.  Fails with seal_broken (other
 * person, item or instance, changed, or its key was destroyed: K does not exist),
 * out_of_memory.
 */
result vault_outside_open(struct vault *v, const struct vault_outside_key *k, const struct vault_outside *s,
			  struct arena *a, struct str *json, struct error *e);

#endif
