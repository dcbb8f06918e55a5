/*
 * access/reach.h - how many persons a change of the policy touches.
 *
 * Goes through the states of all persons, opens no value and tells nothing but
 * numbers.
 */
#ifndef SEKISHO_ACCESS_REACH_H
#define SEKISHO_ACCESS_REACH_H

#include "access/access.h"
#include "policy/diff.h"

/*
 * Counts into PERSONS[i] who is reached by change i of C, with reader R of the
 * calling thread, by what is in force now; nobody while nothing is in force yet.
 * Fails with database, seal_broken, out_of_memory.
 */
result access_count_reach(struct access_reader *r, const struct changes *c, uint64_t *persons, struct error *e);

#endif
