/*
 * access/gates.h - the policy and gate of the moment, swapped whole.
 *
 * A `struct gated` is one policy set, the version in force, and the gate built
 * from them.  It is replaced when a version is published or comes into force, and
 * freed when the last operation that was decided by it is done.  `epoch` counts
 * up with everything that changes what every decision rests on: a new gate, a
 * revoked token; a decision of another epoch is taken again.
 *
 * Threads: any.
 */
#ifndef SEKISHO_ACCESS_GATES_H
#define SEKISHO_ACCESS_GATES_H

#include "gate/gate.h"
#include "policy/set.h"

struct gates;
struct shared_set; /* a policy set with a count of its users */

struct gated {
	const struct policy_set *set;
	const struct policy *policy; /* in force; NULL when none is yet */
	const struct gate *gate;     /* NULL without policy */
	moment until;		     /* another version comes into force then; INT64_MAX: none is waiting */
	struct shared_set *shared;
	_Atomic unsigned refs;
};

/* Makes an empty holder in *OUT, the caller's to free with gates_free.  Fails with out_of_memory. */
result gates_new(struct gates **out, struct error *e);

/* Frees G, once nobody holds a reference any more; NULL is nothing. */
void gates_free(struct gates *g);

/*
 * Takes SET over and makes it G's from now on, with the version in force at NOW.
 * Fails with out_of_memory; then SET is freed and G is as before.
 */
result gates_replace(struct gates *g, struct policy_set *set, moment now, struct error *e);

/* Switches G to another version when one has come into force by NOW.  Fails with out_of_memory. */
result gates_tick(struct gates *g, moment now, struct error *e);

/* A reference to G's present, to be given back with gated_unref; NULL when no set was given yet. */
struct gated *gates_ref(struct gates *g);

/* Another reference to GATED, the caller's to give back. */
struct gated *gated_ref(struct gated *gated);

/* Gives GATED back; NULL is nothing. */
void gated_unref(struct gated *gated);

/* The number that counts up with every change to what all decisions of G rest on. */
uint64_t gates_epoch(const struct gates *g);

/* Counts G's epoch up: what was decided before is decided again. */
void gates_bump(struct gates *g);

#endif
