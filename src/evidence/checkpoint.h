/*
 * evidence/checkpoint.h - the signed head of a log (C2SP tlog-checkpoint).
 *
 * Three lines: the origin, the size in decimal, the root in base64.  No extension
 * lines.  The origin is also the name of the key that signs.
 *
 * Ownership: what is read points into the text it was read from.  Pure.
 */
#ifndef SEKISHO_EVIDENCE_CHECKPOINT_H
#define SEKISHO_EVIDENCE_CHECKPOINT_H

#include "evidence/merkle.h"
#include "evidence/note.h"

struct checkpoint {
	struct str origin;
	uint64_t size;
	struct merkle_hash root;
};

enum { CHECKPOINT_MAX = 4096 };

/* Appends the text of C (unsigned) to B. */
void checkpoint_write(struct buf *b, const struct checkpoint *c);

/* Reads the text TEXT into *OUT; false when it is no checkpoint. */
bool checkpoint_read(struct str text, struct checkpoint *out);

/* Appends to B the note of C signed by K in the name of C's origin. */
void checkpoint_sign(struct buf *b, const struct checkpoint *c, const struct sign_key *k);

/*
 * Opens NOTE, which KEY must have signed, into *OUT; its origin must be KEY's
 * name.  Fails with malformed, log_corrupt (signature or origin).
 */
result checkpoint_open(struct str note, const struct note_key *key, struct checkpoint *out, struct error *e);

/* The generation that ORIGIN ends in (`…/g<generation>`), 0 when it ends in none. */
uint64_t checkpoint_generation(struct str origin);

#endif
