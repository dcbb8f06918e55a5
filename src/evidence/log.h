/*
 * evidence/log.h - the log in the database: batches, head, checkpoints.
 *
 * A log is one generation of one origin.  Entries are appended a batch at a
 * time, in the same transaction as the data they speak of: log_append writes one
 * row of log_batch and moves log_head, which fences any other writer.  Nothing
 * is remembered until log_committed; after log_rolled_back the log is as before.
 *
 * The rows:
 *
 *   log_head     one row a generation: origin (without /g<generation>), epoch
 *                (raised by each log_open: an older writer's update then meets no
 *                row), size, frontier (merkle_range_bytes of the tree, so that
 *                nothing has to be read to append), checkpoint (the signed note).
 *   log_batch    place = generation * 2^40 + index of the first entry; count;
 *                entries: one zstd frame, with its content size, of the entries
 *                as in a bundle (2 bytes of length, big-endian, then the entry);
 *                refs: as given to log_append; checkpoint: root (32 bytes) and
 *                signature (64) of the tree that ends with this batch, from which
 *                the note can be written again.
 *   log_subject, log_erased, log_indexed: evidence/subject.h.
 *
 * The batches of a generation follow each other without a gap; the last ends at
 * the head's size.  Leaf hashes are made from the entries; hashes above them lie
 * in the tile files (evidence/tiles.h), which are derived: a node that is not
 * there is computed from the entries.  So a proof costs the batches of one
 * bundle and one small file a level, and a lost file costs time only.
 *
 * The high-water file holds the note of the highest head that is known; a
 * database that is behind it, or that has another tree at its size, was put back.
 * It is written from time to time, not with each commit.
 *
 * Threads: open, append, committed, rolled_back and close belong to one thread,
 * the sequencer; the others may be called from any.
 */
#ifndef SEKISHO_EVIDENCE_LOG_H
#define SEKISHO_EVIDENCE_LOG_H

#include "db/db.h"
#include "evidence/checkpoint.h"

struct log;

/* What is appended at once: COUNT entries (1 to LOG_BATCH_MAX) of 1 to 65,535 bytes each. */
struct log_entries {
	const struct str *entry;
	size_t count;
	struct str refs; /* the sealed list of whom they concern, opaque here */
};

struct log_config {
	struct str origin;	    /* without the generation: "sekisho.invalid/<id>"; borrowed */
	const struct sign_key *key; /* borrowed for the log's life */
	const char *high_water;	    /* path of the file with the highest known head; borrowed */
};

enum { LOG_ORIGIN_MAX = 200, LOG_BATCH_MAX = 65536, LOG_PLACE_BITS = 40, LOG_REFS_MAX = 1 << 24 };

/* The place of entry INDEX of GENERATION: one number that orders all entries. */
int64_t log_place(uint64_t generation, uint64_t index);

/*
 * Writes the first head of generation 1, size 0, in D's open transaction, signed
 * as C says.  Fails with database, malformed (the origin cannot name a key).
 */
result log_create(struct db *d, const struct log_config *c, struct error *e);

/*
 * Writes the first head of the generation after the current one, in D's open
 * transaction: what a restore does.  The caller's first entry names the old
 * head.  C's high-water file is not looked at.  Fails with database, log_corrupt.
 */
result log_next_generation(struct db *d, const struct log_config *c, struct error *e);

/*
 * Opens the current generation as C says, checking the head's signature, that
 * its last entries lead to its root, and that it is not behind the high-water
 * file; takes the fencing epoch in a transaction of its own on D.  Reads no more
 * than the last tile's entries.  Gives the log in *OUT, the caller's to close.
 * Fails with log_corrupt (the place names the first bad entry), log_rolled_back,
 * database, storage_unavailable, out_of_memory.
 */
result log_open(struct db *d, const struct log_config *c, struct log **out, struct error *e);

/* Closes L; NULL is nothing.  The high-water file is not written: log_keep_high_water. */
void log_close(struct log *l);

/*
 * Appends BATCH to L in D's open transaction.  *FIRST is the index of its first
 * entry.  Fails with log_fenced (another
 * writer has the log: stop), malformed, database, storage_unavailable,
 * out_of_memory; then the transaction is to be rolled back.
 */
result log_append(struct log *l, struct db *d, const struct log_entries *batch, uint64_t *first, struct error *e);

/* The transaction of the appends since the last call was committed: L's size and checkpoint are theirs. */
void log_committed(struct log *l);

/* It was rolled back: L forgets it. */
void log_rolled_back(struct log *l);

/* The generation's number. */
uint64_t log_generation(const struct log *l);

/* The number of entries committed to L. */
uint64_t log_size(struct log *l);

/* Appends to B the signed checkpoint of L's last commit. */
void log_checkpoint(struct log *l, struct buf *b);

/* The key that L's checkpoints are verified with; its name is the origin with the generation.  L's. */
const struct note_key *log_key(const struct log *l);

/* Writes L's last commit to the high-water file, durably, unless it is there.  Fails with io. */
result log_keep_high_water(struct log *l, struct error *e);

#endif
