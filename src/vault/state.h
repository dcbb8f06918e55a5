/*
 * vault/state.h - a person's state as a blob, and back: inside the vault.
 *
 * The layout is docs/formats-vault.md, State.  Neither function knows the MAC
 * around it.
 */
#ifndef SEKISHO_VAULT_STATE_H
#define SEKISHO_VAULT_STATE_H

#include "base/arena.h"
#include "gate/person.h"

/*
 * Appends S to OUT, with VERSIONS, one for each of its categories.  False when S
 * is not encodable: categories or values not ascending, a value of a category or
 * acquisition that is not there.  Memory is buf_ok's.
 */
bool state_encode(const struct person_state *s, const uint32_t *versions, struct buf *out);

/* Reads BYTES into *S and *VERSIONS, in A; false when they are no state or memory ran out. */
bool state_decode(struct str bytes, struct arena *a, struct person_state *s, const uint32_t **versions);

#endif
