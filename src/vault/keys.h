/*
 * vault/keys.h - key-encryption keys by epoch, and the destruction of old ones.
 *
 * Each person's keys are wrapped under the KEK of an epoch of 30 days.  The
 * housekeeper begins a new epoch when the last is over, rewraps persons in small
 * steps, and destroys a KEK when nothing hangs on it any more: no wrapped key,
 * and no batch of the log whose refs are not yet indexed.  The table of KEKs is
 * left out of data backups.
 *
 * Threads: the functions that change run in the sequencer's write transactions.
 * What a transaction changed counts in memory only after vault_keys_reload.
 */
#ifndef SEKISHO_VAULT_KEYS_H
#define SEKISHO_VAULT_KEYS_H

#include "vault/vault.h"

enum {
	VAULT_EPOCH_DAYS = 30,
	VAULT_KEKS = 512,	    /* that can stand at once */
	VAULT_KEK_GRACE_MS = 3600000, /* a change prepared, a snapshot taken before this is long stored, long read */
};

/* The epoch under which new keys are wrapped. */
uint32_t vault_epoch(struct vault *v);

/* True when the epoch of V is over, so that vault_keys_rotate would begin another. */
bool vault_keys_due(struct vault *v);

/*
 * Begins a new epoch in D's open write transaction, due or not; vault_keys_reload
 * after the commit takes it in.  Gives its number in *EPOCH.  Fails with
 * conflict (VAULT_KEKS stand), database, storage_unavailable.
 */
result vault_keys_rotate(struct vault *v, struct db *d, uint32_t *epoch, struct error *e);

/* Reads the KEKs of D anew: after a commit that changed them.  Fails with database, key_invalid. */
result vault_keys_reload(struct vault *v, struct db *d, struct error *e);

/* How far a rewrapping has come; zero at its start. */
struct vault_rewrap {
	bool no_grace;	   /* set by a caller who knows that nobody else reads or writes: neither grace is waited for */
	struct uuid after; /* the last person looked at */
	uint64_t done;	   /* persons whose keys were rewrapped */
	bool finished;	   /* every key of every person is of the epoch below, or later */
	moment finished_at;
	uint32_t epoch;	   /* in which the pass began; set by the first step */
};

/*
 * Looks at the next LIMIT persons after R->after and wraps their keys with V under
 * the current KEK, in D's open write transaction.  Does nothing while the current
 * epoch is younger than the grace.  A rolled-back step is done again with the old
 * *R.  Fails with seal_broken, database, storage_unavailable, out_of_memory.
 */
result vault_rewrap_step(struct vault *v, struct db *d, size_t limit, struct vault_rewrap *r, struct error *e);

/* Whether the refs of the log's batches sealed in EPOCH are all in the index by person. */
struct vault_refs_indexed {
	bool (*all)(void *ctx, uint32_t epoch);
	void *ctx;
};

/*
 * Destroys, in D's open write transaction, each KEK of V older than R->epoch when
 * the pass R is finished, its grace is over, and INDEXED says that no batch's
 * refs wait for it.  *N is the number destroyed; vault_keys_reload after the
 * commit forgets them.  Fails with database, storage_unavailable.
 */
result vault_keys_destroy(struct vault *v, struct db *d, const struct vault_rewrap *r,
			  const struct vault_refs_indexed *indexed, size_t *n, struct error *e);

/* What an erasure certificate says about copies of the key. */
struct vault_finality {
	uint32_t epoch;	     /* of the KEK that a copy of the person's keys would need */
	moment kek_until;    /* when the KEK is planned to be destroyed: its epoch's end, a grace, one day of rewrapping */
	date copies_until;   /* from this date on no key backup holds it: kek_until plus the keeping of key backups */
};

/*
 * What an erasure by V at NOW of keys wrapped under EPOCH can promise, when key
 * backups are kept for KEEP and dates are those of ZONE.  A plan, not a fact:
 * a KEK that the housekeeper could not destroy in time lives longer.
 */
struct vault_finality vault_finality(struct vault *v, uint32_t epoch, moment now, struct duration keep, int zone);

#endif
