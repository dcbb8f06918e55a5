/*
 * evidence/log.h - the log in the database: batches, head, checkpoints.
 *
 * A log is one generation of one origin.  Entries are appended a batch at a
 * time, in the same transaction as the data they speak of: log_append writes one
 * row of log_batch and moves log_head, which fences any other writer.  Nothing
 * is remembered until log_committed; after log_rolled_back the log is as before.
 *
 * Threads: append, committed and rolled_back belong to one thread, the
 * sequencer; log_checkpoint and log_size may be called from any.
 */
#ifndef SEKISHO_EVIDENCE_LOG_H
#define SEKISHO_EVIDENCE_LOG_H

#include "crypto/sign.h"
#include "db/db.h"
#include "evidence/merkle.h"

struct log;

struct log_config {
	struct str origin;	     /* without the generation: "sekisho.invalid/<id>" */
	const struct sign_key *key;  /* borrowed for the log's life */
	const char *high_water;	     /* path of the file with the highest known head */
	struct clock clock;
};

/* Writes the first head: generation 1, size 0, in D's open transaction.  Fails with database. */
result log_create(struct db *d, const struct log_config *c, struct error *e);

/*
 * Opens the current generation, checking the head's signature, that its batches
 * lead to its root, and that it is no shorter than the high-water file says;
 * takes the fencing epoch.  Gives the log in *OUT, the caller's to close.
 * Fails with log_corrupt (the place names the first bad index), log_rolled_back.
 */
result log_open(struct db *d, const struct log_config *c, struct log **out, struct error *e);

void log_close(struct log *l);

/*
 * Appends the N entries (1 to 65,535 bytes each) in D's open transaction with
 * REFS, the sealed list of whom they concern (opaque here).  *FIRST is the index
 * of the first.  Fails with log_fenced (another writer has the log: stop),
 * database, storage_unavailable.
 */
result log_append(struct log *l, struct db *d, const struct str *entries, size_t n, struct str refs,
		  uint64_t *first, struct error *e);

/* The transaction of the last append was committed: its size and checkpoint are the log's. */
void log_committed(struct log *l);

/* It was rolled back: forget it. */
void log_rolled_back(struct log *l);

/* The generation's number, the number of entries committed. */
uint64_t log_generation(const struct log *l);
uint64_t log_size(const struct log *l);

/* Appends to B the signed checkpoint of the last commit. */
void log_checkpoint(const struct log *l, struct buf *b);

#endif
