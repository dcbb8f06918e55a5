/*
 * evidence/verify_run.h - all entries of a source hashed, by several threads; seen
 * inside this folder only.
 */
#ifndef SEKISHO_EVIDENCE_VERIFY_RUN_H
#define SEKISHO_EVIDENCE_VERIFY_RUN_H

#include <pthread.h>

#include "evidence/entries.h"

enum { VERIFY_CHUNK = 65536 };

#define VERIFY_NONE UINT64_MAX

/* What one chunk of entries came to. */
struct verify_chunk {
	struct merkle_hash root; /* when it is a whole chunk */
	uint64_t bad_form;	 /* the first entry that is none, or VERIFY_NONE */
	uint64_t bad_index;	 /* the first with someone whom the index lacks */
	uint64_t bad_leaf;	 /* the first whose hash is not that of the source's own tile */
};

struct verify_run {
	/* set before the threads begin */
	struct entries source;
	uint64_t size;
	uint64_t indexed;	  /* entries that are compared with */
	const uint16_t *persons; /* how many persons the index has at each of them */
	struct verify_chunk *chunks;

	/* under the lock */
	pthread_mutex_t lock;
	uint64_t next;	      /* chunk to be taken */
	uint64_t failed;      /* the lowest chunk that could not be read, VERIFY_NONE when none */
	struct error error;   /* why */

	/* of the thread that has the last, unfinished chunk */
	struct merkle_range tail;
};

/* The number of chunks of SIZE entries, a started one too. */
uint64_t verify_chunks(uint64_t size);

/*
 * Hashes R's entries in THREADS threads (1 at least) into its chunks and tail.
 * Fails as the source, with the error of the lowest entry.
 */
result verify_run(struct verify_run *r, unsigned threads, struct error *e);

/* The root of R's first SIZE entries, no more than it has, into ROOT, after the run.  Fails as the source. */
result verify_run_root(struct verify_run *r, uint64_t size, struct merkle_hash *root, struct error *e);

#endif
