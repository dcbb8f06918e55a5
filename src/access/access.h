/*
 * access/access.h - the one road to personal data.
 *
 * authorize -> decide -> open -> record -> commit.  An instance is opened once; each
 * thread that asks has a reader of its own.  Every operation (read.h, lookup.h,
 * acquire.h, mark.h, consent.h, erase.h, trace.h, admin.h) is prepared on the
 * thread that asks, committed by the sequencer, and delivered back on the
 * asking thread: access_deliver says whether its answer may still be sent.
 * Nothing above this folder opens a value or writes a row of a person.
 *
 * Promises (C1 to C5) and threads: docs/architecture.md.
 */
#ifndef SEKISHO_ACCESS_ACCESS_H
#define SEKISHO_ACCESS_ACCESS_H

#include <jansson.h>

#include "access/op.h"
#include "base/clock.h"
#include "base/result.h"
#include "policy/examine.h"

struct access;
struct access_reader;

struct access_options {
	struct clock clock;
	struct entropy entropy;
	/* The process must stop at once without another answer: a commit's outcome is unknown.  NULL: abort. */
	void (*fatal)(void *ctx, const struct error *why);
	void *fatal_ctx;
	int64_t late_ms;     /* C3; 0: 5,000 */
	bool no_housekeeper; /* for tests that do its steps themselves */
};

/* What a new instance is made of. */
struct access_plan {
	const char *dir;
	const char *policy_dir;
	policy_texts *texts;	     /* examine the policy's texts; never NULL */
	const char *key_file;	     /* NULL: keys/root.key inside DIR */
	const char *passphrase_file; /* instead of a key file */
	const char *database;	     /* NULL: sekisho.db inside DIR */
	struct str origin;	     /* empty: sekisho.invalid/<instance id> */
};

/*
 * Makes the instance of PLAN by the options O: directory, keys, database, log, first published
 * policy.  The policy's findings go to F.  What was made is removed again on
 * failure.  Fails with conflict (DIR is not empty), policy_invalid, policy_date,
 * io, key_mode, key_invalid, database.
 */
result access_init(const struct access_plan *plan, const struct access_options *o, struct findings *f, struct error *e);

/*
 * Opens the instance in DIR by the options O for this process alone and starts its threads; gives
 * it in *OUT, the caller's to close.  Fails with instance_invalid, instance_busy
 * (another process has it), key_invalid, key_mode, schema_newer, log_corrupt,
 * log_rolled_back, clock, database, io.
 */
result access_open(const char *dir, const struct access_options *o, struct access **out, struct error *e);

/* Commits what was taken in, stops the threads, wipes the keys; NULL is nothing. */
void access_close(struct access *a);

/* A reader of A for one thread in *OUT, the caller's to close.  Fails with database, out_of_memory. */
result access_reader_open(struct access *a, struct access_reader **out, struct error *e);

/* Closes R; NULL is nothing. */
void access_reader_close(struct access_reader *r);

/* Lets go of R's read snapshot. */
void access_reader_rest(struct access_reader *r);

/*
 * A burst of requests is through: lets go of R's snapshot, unless it is still the
 * latest, some milliseconds old at the most, and answers are under way that will
 * soon wake R's thread again.  Each new snapshot empties the page cache.
 */
void access_reader_idle(struct access_reader *r);

/*
 * Prepares OP on R's thread and hands it to the sequencer; OP->done is called on
 * the sequencer's thread, or here at once when preparing failed.
 */
void access_submit(struct access_reader *r, struct op *op);

/* As access_submit for N operations that are committed together or not at all. */
void access_submit_group(struct access_reader *r, struct op **ops, size_t n);

/*
 * After OP->done, on R's thread: true when OP's answer may be sent now.  False
 * when what it rests on has changed meanwhile (C2): then the caller submits OP
 * again.
 */
bool access_deliver(struct access_reader *r, struct op *op);

/* Submits OP and waits for it: for commands and tests, not for event threads.  OP->done is set here. */
void access_run(struct access_reader *r, struct op *op);

/* Finds the actor of the bearer token TEXT into *OUT; false when it is none of A's. */
bool access_actor(struct access *a, struct str text, struct token_actor *out);

/* Makes *OUT of CALL with A's keys: what op->idempotency takes. */
void access_idempotency(struct access *a, const struct idempotency_call *call, struct idempotency *out);

/* A's policy and gate of this moment, to be given back with gated_unref; NULL before the first. */
struct gated *access_gated(struct access *a);

/* A's time, which never goes backwards. */
moment access_now(struct access *a);

/* A's clock and entropy; both are A's own. */
const struct clock *access_clock(const struct access *a);
const struct entropy *access_entropy(const struct access *a);

/* A's parts that answer for themselves.  A's. */
struct log *access_log(struct access *a);
const struct instance *access_instance(const struct access *a);
struct sequencer *access_sequencer(struct access *a);
struct access_counts *access_counts(struct access *a);

/* R's connection, in a snapshot of now, for what is not personal data (log, registers); R's, until its rest.  NULL with E set: database. */
struct db *access_reader_db(struct access_reader *r, struct error *e);

#endif
