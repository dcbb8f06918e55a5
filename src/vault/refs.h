/*
 * vault/refs.h - whom an entry of the log concerns, without saying it there.
 *
 * An entry names its subject by a MAC of the entry's nonce under the person's log
 * key.  The ids themselves go beside the batch, sealed under the epoch's KEK,
 * until the housekeeper has made the index by person from them.
 */
#ifndef SEKISHO_VAULT_REFS_H
#define SEKISHO_VAULT_REFS_H

#include "vault/read.h"

enum { VAULT_ENTRY_NONCE = 16, VAULT_SUBJECT_MAC = 16 };

/*
 * The subject of an entry with NONCE: the MAC under the log key of PERSON (loaded
 * or new), or 16 random bytes when PERSON is NULL: nobody.  Into OUT.  Fails
 * with seal_broken (the log key does not open); then OUT is zeroed.
 */
result vault_log_mac(struct vault *v, const struct vault_person *person, const unsigned char nonce[VAULT_ENTRY_NONCE],
		     unsigned char out[VAULT_SUBJECT_MAC], struct error *e);

/* One entry of a batch and one person it concerns. */
struct vault_ref {
	uint32_t entry;	     /* place in the batch, from 0 */
	struct uuid subject; /* nil: nobody */
};

/*
 * Seals the N REFS, by ascending entry, of a batch under the current epoch's KEK
 * and appends them to OUT: 37 bytes, and 17 for each (more where a batch
 * has gaps above 127).  N 0 appends nothing.  Fails with internal (not
 * ascending), out_of_memory.
 */
result vault_seal_refs(struct vault *v, const struct vault_ref *refs, size_t n, struct buf *out, struct error *e);

/* The epoch under whose KEK SEALED was sealed, which must stand to open it; 0 when SEALED is none. */
uint32_t vault_refs_epoch(struct str sealed);

/*
 * Opens SEALED into *REFS (in A) and *N; none when SEALED is empty.  Fails with
 * seal_broken (also when the KEK was destroyed), out_of_memory.
 */
result vault_open_refs(struct vault *v, struct str sealed, struct arena *a, const struct vault_ref **refs, size_t *n,
		       struct error *e);

#endif
