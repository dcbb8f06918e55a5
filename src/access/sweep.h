/*
 * access/sweep.h - the housekeeper's steps that change the database, each an operation of its own.
 *
 * Indexing by person follows the log at once when it is quiet and in large steps
 * when it is busy; keys are rewrapped once an epoch; values whose keeping is over
 * are found by going through all persons, a little at a time.
 */
#ifndef SEKISHO_ACCESS_SWEEP_H
#define SEKISHO_ACCESS_SWEEP_H

#include "access/access.h"

struct sweep;

/* Makes the sweeps of A in *OUT, the caller's to free with sweep_free.  Fails with out_of_memory. */
result sweep_new(struct access *a, struct sweep **out, struct error *e);

/* Frees S; NULL is nothing. */
void sweep_free(struct sweep *s);

/* Brings the index by person up to the log, with R.  Fails with database, storage_unavailable, seal_broken. */
result sweep_index(struct sweep *s, struct access_reader *r, struct error *e);

/* Begins a new key epoch when it is time, rewraps some persons, destroys old KEKs, with R.  Fails as the vault's steps. */
result sweep_keys(struct sweep *s, struct access_reader *r, struct error *e);

/*
 * Begins a new key epoch with R, due or not, and gives its number in *EPOCH; the
 * housekeeper rewraps what there is and destroys the old KEK after that.  Fails
 * with conflict (too many KEKs stand), database, storage_unavailable.
 */
result sweep_rotate(struct access_reader *r, uint32_t *epoch, struct error *e);

/*
 * Forgets with R, once an hour, what nobody will ask for any more: proofs of notices
 * shown that no acquisition named in 90 days, imports that did not go on for 30
 * days, answers kept for repeated calls for a day.  Fails with database,
 * storage_unavailable.
 */
result sweep_forget(struct sweep *s, struct access_reader *r, struct error *e);

/* Looks at some persons and erases what is due, with R.  Fails with database, seal_broken. */
result sweep_due(struct sweep *s, struct access_reader *r, struct error *e);

/*
 * Destroys with R the runs of A's pseudonymized sets whose time is over, whose set was taken out of
 * the policy 30 days ago, or that were broken off, and deletes rows of what was
 * destroyed.  Fails with database, seal_broken, storage_unavailable.
 */
result sweep_sets(struct access *a, struct access_reader *r, struct error *e);

#endif
