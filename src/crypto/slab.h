/*
 * crypto/slab.h - keys that live as long as the process, in locked pages.
 *
 * A slab is one guarded, locked, undumped region that is allocated once and
 * handed out in places of one key.  A request never allocates one: a guarded
 * allocation costs more than a whole read.
 *
 * Threads: taking and giving places belongs to one thread at a time; keys may be
 * read by any while they stand.
 */
#ifndef SEKISHO_CRYPTO_SLAB_H
#define SEKISHO_CRYPTO_SLAB_H

#include "crypto/crypto.h"

struct key_slab;

/*
 * Allocates and locks room for COUNT keys (1 to 4096).  Gives in *OUT a slab,
 * the caller's to free with key_slab_free.  Fails with out_of_memory, also when
 * the machine does not let the pages be locked.
 */
result key_slab_make(size_t count, struct key_slab **out, struct error *e);

/* Wipes and frees S and all its keys; NULL is nothing. */
void key_slab_free(struct key_slab *s);

/* Gives a zeroed place for a key of S, or NULL when all are taken.  The slab's. */
struct crypto_key *key_slab_take(struct key_slab *s);

/* Wipes the place K of S, so that it can be taken again; NULL is nothing. */
void key_slab_give(struct key_slab *s, struct crypto_key *k);

#endif
