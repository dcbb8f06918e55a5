/*
 * evidence/proof.h - receipts (C2SP tlog-proof): an entry's proof with the checkpoint it leads to.
 *
 *   c2sp.org/tlog-proof@v1
 *   index <n>
 *   <base64 of each hash, from the bottom>
 *   (blank line)
 *   <signed checkpoint>
 *
 * A receipt and the log's public key are all that is needed to verify, offline,
 * that the entry is in the log.  Ownership: nothing is kept.
 */
#ifndef SEKISHO_EVIDENCE_PROOF_H
#define SEKISHO_EVIDENCE_PROOF_H

#include "evidence/nodes.h"

enum { PROOF_RECEIPT_MAX = NOTE_SIZE_MAX };

/* Appends to B the receipt of entry INDEX with proof P and the checkpoint NOTE. */
void proof_write(struct buf *b, uint64_t index, const struct merkle_proof *p, struct str note);

/* Reads RECEIPT into *INDEX, *P and *NOTE (borrowed from it); false when it is none.  Nothing is verified. */
bool proof_read(struct str receipt, uint64_t *index, struct merkle_proof *p, struct str *note);

/*
 * Verifies that RECEIPT proves ENTRY to be in the log of KEY, and gives its place
 * in *INDEX.  Fails with malformed, or log_corrupt (signature, or the proof does
 * not lead to the root).
 */
result proof_verify(struct str receipt, struct str entry, const struct note_key *key, uint64_t *index,
		    struct error *e);

/*
 * Appends to B the receipt of entry INDEX in the tree of the head H from the
 * nodes N, and checks it; wrong tile files are passed by.  Fails with malformed
 * (no such entry), log_corrupt, database, io.
 */
result proof_make(struct log_nodes *n, const struct log_head *h, uint64_t index, struct buf *b, struct error *e);

/*
 * Makes in P the proof that the tree of OLD is the beginning of that of the head
 * H from the nodes N, and checks it as proof_make does.  Fails with malformed,
 * log_corrupt (the log does not continue OLD: two histories), database, io.
 */
result proof_make_consistency(struct log_nodes *n, const struct log_head *h, const struct checkpoint *old,
			      struct merkle_proof *p, struct error *e);

#endif
