/*
 * access/shown.h - proofs that a notice was shown (T4).
 *
 * An application that shows a notice says so when it does, and gets a proof: an
 * id with the time, kept here.  The acquisition that follows names the proof
 * instead of telling by itself what was shown when.  A proof serves once, and
 * only who got it.
 */
#ifndef SEKISHO_ACCESS_SHOWN_H
#define SEKISHO_ACCESS_SHOWN_H

#include "access/op.h"

/* Given: all down to at.  Made: the rest. */
struct op_shown {
	struct op op;
	struct str notice; /* id */
	uint32_t version;  /* of its wording */
	struct str language;
	bool has_hash;
	unsigned char hash[POLICY_HASH];
	struct str channel; /* id, or empty */
	moment at;	    /* MOMENT_NONE: now */

	struct uuid id; /* of the proof */
};

/* Makes S ready; the asker then fills in what is given. */
void op_shown_init(struct op_shown *s);

/*
 * Puts into A what the proof ID that OP's actor names says, loaded by C; makes OP
 * depend on the proof and use it up.  No such proof, or another's, refuses OP
 * (notice_not_shown).  Texts lie in OP's arena.  Fails with database, out_of_memory.
 */
result shown_take(struct op *op, const struct op_context *c, const struct uuid *id, struct gate_acquisition *a,
		  struct error *e);

/* Uses the proof ID up, in the write transaction of D.  Fails with database, storage_unavailable. */
result shown_use(struct db *d, const struct uuid *id, struct error *e);

#endif
