/*
 * access/sequencer.h - the one thread that commits.
 *
 * It takes all operations that arrived while the last commit ran as one batch,
 * puts those that change something first, decides again what has become stale,
 * runs their stores, appends their entries to the log, and commits: data and
 * evidence in one transaction.  Then the operations are told, in the log's order.
 *
 * Why changes go first: every answer of a batch leaves after its commit, so an
 * answer decided before a change of the same batch would leave after that change
 * is acknowledged (C2).
 *
 * A commit that surely did not happen gives its batch storage_unavailable: no
 * data, no entry.  One whose outcome is unknown calls `fatal` and ends the
 * thread: nobody gets an answer, and the next start reads what became of it.
 */
#ifndef SEKISHO_ACCESS_SEQUENCER_H
#define SEKISHO_ACCESS_SEQUENCER_H

#include "access/changed.h"
#include "access/op.h"
#include "evidence/log.h"
#include "vault/refs.h"

struct sequencer;

struct sequencer_config {
	struct access *access; /* given to operations in their context */
	struct db *db;	       /* a writing connection, the sequencer's alone */
	struct log *log;
	struct vault *vault; /* seals the list of whom a batch concerns */
	struct changed *changed;
	struct gates *gates;
	struct clock clock;
	int64_t late_ms; /* an operation older than this is not committed (C3): 5000 */
	/* the commit's outcome is unknown or the log is no longer ours: stop at once.  On the sequencer's thread. */
	void (*fatal)(void *ctx, const struct error *why);
	void *fatal_ctx;
};

/* Starts the thread.  Gives it in *OUT, the caller's to stop.  Fails with out_of_memory, internal. */
result sequencer_start(const struct sequencer_config *c, struct sequencer **out, struct error *e);

/* Commits what S has taken in, ends the thread and frees S; NULL is nothing. */
void sequencer_stop(struct sequencer *s);

/* Hands OP (a list by `next`, committed in one batch) to S. */
void sequencer_submit(struct sequencer *s, struct op *op);

/* Keeps S from taking a batch until sequencer_resume: what arrives waits.  For tests of order, and for a database that is being copied. */
void sequencer_pause(struct sequencer *s);
void sequencer_resume(struct sequencer *s);

/* True when OP, committed, may be sent at NOW_MS: nothing that it rests on has been changed by a later commit (C2). */
bool sequencer_may_send(const struct sequencer *s, const struct op *op);

struct sequencer_counts {
	uint64_t batches, ops, again; /* again: decided a second time */
	uint64_t waiting;	      /* in the queue now */
	int64_t wal;		      /* pages in the WAL after the last commit */
};

/* Counters of S for /metrics. */
struct sequencer_counts sequencer_counts(struct sequencer *s);

#endif
