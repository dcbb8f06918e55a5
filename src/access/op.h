/*
 * access/op.h - one operation on its way: decided, recorded, committed, answered.
 *
 * Every road to personal data is an operation with the same three steps.
 * `prepare` runs on the thread that asks: it reads, decides, opens or seals, and
 * builds the log entries, all in the operation's own arena.  Then the sequencer
 * takes it: if what it depends on has changed since, `prepare` runs again
 * inside the write transaction; `store` makes its changes; its entries go into
 * the log; all in one commit.  `done` tells the asker.  An operation that was
 * refused still has its entry; one that failed (a fault) has none and gives no
 * data.
 *
 * A concrete operation has `struct op` as its first member.  Its inputs belong
 * to the asker and stay until `done`; its outputs live in op.arena, which is
 * wiped.  Between submit and `done` nobody but the sequencer touches it.
 */
#ifndef SEKISHO_ACCESS_OP_H
#define SEKISHO_ACCESS_OP_H

#include "access/gates.h"
#include "access/idempotency.h"
#include "access/tokens.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/str.h"
#include "db/db.h"
#include "gate/gate.h"
#include "vault/read.h"

struct access;
struct ask;
struct op;

/* What an operation sees while it is prepared or stored. */
struct op_context {
	struct access *access;
	struct db *db;		/* a read snapshot, or the write transaction */
	const struct gated *gated; /* policy set and gate of this moment */
	moment now;
};

struct op_type {
	const char *name;
	/*
	 * Decides OP in context C.  Sets op->error when it is refused, adds the
	 * entries.  May run more than once; each time it starts from a reset
	 * arena.  Fails for faults only (the operation then has no entry).
	 */
	result (*prepare)(struct op *op, const struct op_context *c, struct error *e);
	/* Makes OP's changes in the write transaction; called when prepare set op->stores.  May run again after a roll-back. */
	result (*store)(struct op *op, const struct op_context *c, struct error *e);
	/* After the commit of one that stored, on the sequencer's thread, before any later batch; NULL: nothing. */
	void (*committed)(struct op *op, struct access *a);
	/* Appends OP's answer as JSON, without any value of a person; NULL: it has none of its own.  Log index and id are known then. */
	void (*answer)(const struct op *op, struct buf *out);
	bool fresh; /* reads the log: its snapshot is of now */
	bool alone; /* changes what every decision rests on (policy, tokens): a batch of its own */
};

/* One log entry of an operation. */
struct op_entry {
	struct op_entry *next;
	struct str bytes;
	const struct uuid *subjects; /* whom it concerns; a nil one is nobody */
	size_t n_subjects;
};

/* A key of access/changed.h that an operation depends on or changes. */
struct op_key {
	struct op_key *next;
	struct uuid key;
};

enum op_outcome {
	OP_PENDING = 0,
	OP_COMMITTED, /* entries are in the log from op->first on */
	OP_FAILED,    /* op->error says why; nothing was done or recorded */
};

struct op {
	const struct op_type *type;
	struct op *next; /* in the sequencer's queue */

	/* given by the asker */
	struct token_actor actor; /* a copy: as known when asked; looked up again when decided again */
	struct str purpose, reason, means;
	struct uuid request; /* request id */
	void (*done)(struct op *op, void *ctx); /* on the sequencer's thread; may hand OP to another thread */
	void *ctx;
	struct idempotency idempotency; /* of a call that may be repeated */
	struct op *group; /* first of a group that is committed together, or NULL */

	/* kept over a second prepare: what is counted is counted once (T12) */
	bool counted, limit_exceeded;
	int64_t retry_ms;

	/* made by prepare, in arena */
	struct arena arena;
	struct error error; /* CODE_NONE, or why it was refused or failed */
	struct op_entry *entries, **entries_end;
	size_t n_entries;
	struct op_key *depends; /* whose change makes it stale */
	struct op_key *touches; /* that its store changes */
	bool stores;		/* it changes something: `store` is to run */
	int status;		/* HTTP status when it was done */
	bool replayed;		/* an earlier call with the same key: `status` and `replay` are its answer, nothing is done */
	struct str replay;
	struct ask *ask;	/* what it asked (access/ask.h) */

	/* when and on what it was decided */
	uint64_t snapshot; /* changed_number before it looked */
	uint64_t epoch;	   /* gates' epoch */
	int64_t taken;	   /* monotonic ms when it looked: no answer 5 s later (C3) */
	struct gated *gated; /* reference held until op_release */

	/* set by the sequencer */
	enum op_outcome outcome;
	uint64_t generation, first; /* index of its first entry */
	uint64_t committed_as; /* changed_number of its commit */
};

/* Makes OP ready with TYPE; all else is zero.  The asker then fills in what it gives. */
void op_init(struct op *op, const struct op_type *type);

/* Wipes and frees what OP owns. */
void op_release(struct op *op);

/* OP is stale once KEY changes.  Fails with out_of_memory. */
result op_depends(struct op *op, const struct uuid *key, struct error *e);

/* OP's store changes KEY.  Fails with out_of_memory. */
result op_touches(struct op *op, const struct uuid *key, struct error *e);

/* What OP reads the vault by in context C: its values lie in OP's arena. */
struct vault_reader op_vault(struct op *op, const struct op_context *c);

/* Adds a log entry of OP with BYTES about the N SUBJECTS (all in op->arena).  Fails with out_of_memory. */
result op_entry_add(struct op *op, struct str bytes, const struct uuid *subjects, size_t n, struct error *e);

/* Forgets what an earlier prepare of OP made. */
void op_reset(struct op *op);

/*
 * Runs OP's prepare in context C, after looking for an earlier call with the same
 * Idempotency-Key.  Fails as its type's prepare.
 */
result op_prepare(struct op *op, const struct op_context *c, struct error *e);

/* Runs OP's store in C and keeps its answer for a repeated call.  Fails as its type's store. */
result op_store(struct op *op, const struct op_context *c, struct error *e);

/* Appends to OUT `,"log":{"generation":…,"index":…}`: OP's first entry. */
void op_answer_log(const struct op *op, struct buf *out);

/* Appends to OUT `{"id":"…","log":{…}}`: all that a change answers about person ID. */
void op_answer_id(const struct op *op, const struct uuid *id, struct buf *out);

/* Appends to OUT what OP answers when it was done: its own JSON, or that of the earlier call. */
void op_answer(const struct op *op, struct buf *out);

#endif
