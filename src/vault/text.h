/*
 * vault/text.h - what people type: reasons, facts of a claim.
 *
 * A text may name persons, so it lies in a row sealed under the log key of the
 * person it concerns (of several or nobody: under a key of the instance), and a
 * log entry carries only its MAC.  The person's texts go with the person.
 */
#ifndef SEKISHO_VAULT_TEXT_H
#define SEKISHO_VAULT_TEXT_H

#include "vault/read.h"

enum { VAULT_TEXT_MAX = 65536, VAULT_TEXT_MAC = 16 };

/* A text ready to be stored. */
struct vault_text {
	struct uuid id;	     /* what rows and registers refer to */
	struct uuid subject; /* nil: the instance's */
	unsigned char mac[VAULT_TEXT_MAC]; /* for the entry; tells nothing without the key */
	struct str sealed;
};

/*
 * Seals TEXT with V under the log key of PERSON, or under the instance's when
 * PERSON is NULL, into *OUT in A.  Fails with too_large, seal_broken, out_of_memory.
 */
result vault_text_seal(struct vault *v, const struct vault_person *person, struct str text, struct arena *a,
		       struct vault_text *out, struct error *e);

/* Stores T in D's open write transaction.  Fails with duplicate, database, storage_unavailable. */
result vault_text_put(struct db *d, const struct vault_text *t, struct error *e);

/*
 * Opens by FROM the text ID of PERSON (NULL: of the instance) into *OUT; {NULL,
 * 0} with success when there is none.  Fails with seal_broken, database,
 * out_of_memory.
 */
result vault_text_get(const struct vault_reader *from, const struct vault_person *person, const struct uuid *id,
		      struct str *out, struct error *e);

#endif
