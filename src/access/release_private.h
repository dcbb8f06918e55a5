/*
 * access/release_private.h - what the operations on releases share; of this folder alone.
 */
#ifndef SEKISHO_ACCESS_RELEASE_PRIVATE_H
#define SEKISHO_ACCESS_RELEASE_PRIVATE_H

#include "access/ask.h"
#include "access/release.h"

/*
 * Asks in C for OP, which is on the anonymized set with the id SET, into *ASK and *D: checks 1 to 7, and that
 * what is recorded of the set is OP's alone.  A refusal is in op->error; *D is NULL when there is no such set, or
 * the actor may not know.  Fails with database, out_of_memory.
 */
result release_ask(struct op *op, const struct op_context *c, struct str set, struct ask **ask, const struct policy_derived **d,
		   struct error *e);

#endif
