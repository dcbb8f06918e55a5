/*
 * access/gather.h - the persons of a category as one table: the road from the vault into a de-identified set.
 *
 * Asked once whether the actor may make the set; then each person is decided
 * alone and only the set's declared items are opened.  Who may not serve is left
 * out and counted by the code that said so.  The values go to the caller one
 * person at a time and are wiped with the next; no id goes with them, and nothing
 * is written anywhere.
 *
 * A large set takes longer to read than an answer may wait (C3), so what was
 * decided first may have changed at the end.  A gather therefore remembers whom
 * it took (20 bytes a person), finds by gather_settle who has changed since, and
 * decides those again; gather_stands does it once more inside the transaction
 * that records the set, for the last seconds.  So a withdrawal, suspension or
 * erasure that was acknowledged before the entry keeps its person out (C2): the
 * set is then made anew without them.
 *
 * One entry tells of the whole set, and it names nobody: a list of who is in an
 * anonymized set would be what Enforcement Rules 34(iii) has removed.
 *
 * Ownership: a gather is its opener's.  Threads: one, the reader's.
 */
#ifndef SEKISHO_ACCESS_GATHER_H
#define SEKISHO_ACCESS_GATHER_H

#include "access/access.h"
#include "vault/fold.h"

struct gather;

/* One person's values. */
struct gather_row {
	const struct str *values; /* by column: canonical JSON; {NULL, 0} where there is none */
	uint64_t purposes; /* of a pseudonymized set: bit i, all values may serve its purpose number i; else 0 */
};

/* How far a gather has come. */
struct gather_counts {
	uint64_t taken;
	uint64_t left_out;	      /* who are of the category and may not serve */
	uint64_t by_code[CODE_COUNT]; /* of these, why: the code of the first item that was refused */
};

/*
 * Asks with READER of A whether ACTOR may make the set with the id SET now, and
 * begins to read it; gives the gather in *OUT, to be
 * freed.  A refusal is recorded in the log as `deidentify`.  Fails with it
 * (set_unknown, unauthorized, role_lacks_action, approval_required), and with
 * too_late, storage_unavailable, database, out_of_memory.
 */
result gather_open(struct access *a, struct access_reader *reader, const struct token_actor *actor, struct str set,
		   struct gather **out, struct error *e);

/* Wipes and frees G; NULL is nothing. */
void gather_free(struct gather *g);

/* The set that G reads, of gather_policy. */
const struct policy_derived *gather_set(const struct gather *g);

/* The policy that G decides by; G's. */
const struct policy *gather_policy(const struct gather *g);

/* How many columns G has, and the item of COLUMN, from 0: those of the set, in the order of their category.  G's. */
size_t gather_columns(const struct gather *g);
const struct policy_item *gather_column(const struct gather *g, size_t column);

/*
 * Reads the next person of G who may serve into *ROW, G's until the next call;
 * *MORE is false at the end, and there is no row.  Fails with seal_broken,
 * database, out_of_memory.
 */
result gather_next(struct gather *g, struct gather_row *row, bool *more, struct error *e);

/* Counts of G.  G's. */
const struct gather_counts *gather_counts(const struct gather *g);

/* A keyed hash of all values that G gave, into OUT; once, after the last row. */
void gather_hash(struct gather *g, unsigned char out[VAULT_FOLD]);

/*
 * Looks for those taken by G who have changed since and decides them again:
 * *STANDS is false when one of them may not serve any more, or another policy is
 * in force; then the set has to be made anew.  Fails as gather_next.
 */
result gather_settle(struct gather *g, bool *stands, struct error *e);

/*
 * As gather_settle for what changed since it, within the write transaction of C.
 * Also false when that cannot be told any more.
 */
result gather_stands(struct gather *g, const struct op_context *c, bool *stands, struct error *e);

#endif
