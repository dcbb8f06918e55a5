/*
 * evidence/reader.h - the log as it stands in the database, read.
 *
 * A reader follows one generation over a connection of its own choosing and
 * checks nothing but form: whether the entries are those that were signed, proofs
 * (evidence/nodes.h) and verification (evidence/verify.h) tell.
 *
 * Ownership: an entry or batch is the reader's and lives until its next call.
 * Threads: a reader belongs to one thread at a time, as its connection does.
 */
#ifndef SEKISHO_EVIDENCE_READER_H
#define SEKISHO_EVIDENCE_READER_H

#include "evidence/log.h"
#include "evidence/tile.h"

struct log_head {
	uint64_t generation;
	uint64_t epoch;
	uint64_t size;
	struct merkle_range range;
	char origin[LOG_ORIGIN_MAX + 24]; /* with /g<generation> */
	char note[CHECKPOINT_MAX];	  /* the signed checkpoint */
};

/*
 * Reads from D the head of GENERATION (0: the current one) into *OUT, unchecked.
 * Fails with no_such_resource when there is none, log_corrupt (its form),
 * database.
 */
result log_head_read(struct db *d, uint64_t generation, struct log_head *out, struct error *e);

/*
 * Checks that KEY (its name is H's origin) signed H and that H's range leads to
 * the root.  Fails with log_corrupt.
 */
result log_head_check(const struct log_head *h, const struct note_key *key, struct error *e);

struct log_batch {
	uint64_t first;
	uint64_t count;
	struct str bundle; /* the entries as in an entry bundle */
	struct str refs;
	struct merkle_hash root; /* of the tree that ends with this batch */
	unsigned char signature[SIGN_SIGNATURE];
};

struct log_reader;

/* Makes a reader of GENERATION over D, which is borrowed, in *OUT, the caller's to free.  Fails with out_of_memory. */
result log_reader_make(struct db *d, uint64_t generation, struct log_reader **out, struct error *e);

/* Frees R; NULL is nothing. */
void log_reader_free(struct log_reader *r);

/*
 * Reads the batch that holds entry INDEX into *OUT.  Fails with no_such_resource
 * when there is none, log_corrupt (it cannot be unpacked), database.
 */
result log_reader_batch(struct log_reader *r, uint64_t index, struct log_batch *out, struct error *e);

/*
 * Reads entry INDEX into *ENTRY; one after the other is cheap.  Fails as
 * log_reader_batch.
 */
result log_reader_entry(struct log_reader *r, uint64_t index, struct str *entry, struct error *e);

/*
 * Appends to B the bytes of entry bundle N, WIDTH entries wide, which have to be
 * there.  Fails as log_reader_batch.
 */
result log_reader_bundle(struct log_reader *r, uint64_t n, unsigned width, struct buf *b, struct error *e);

#endif
