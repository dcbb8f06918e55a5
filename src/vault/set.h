/*
 * vault/set.h - pseudonymized sets: runs, their rows, and what was removed.
 *
 * Each run of a set seals its rows under a key of its own; destroying the run
 * destroys that key, and with it every copy of the rows.  What was removed, by
 * which a person and a row could be brought together, is one more key, the
 * set's link key: a row's token, its place and its days are keyed hashes of the
 * person's id under it.  It serves three things only: tokens and days that stay
 * the same from run to run, finding a person's rows to erase them, and being
 * destroyed with the last run.  Reading a set never touches it, and no function
 * here leads from a row to a person.
 *
 * Rows of a run that is not complete are never given.  What a run says of itself
 * carries a MAC; a row is bound to its set, run, place and purposes.
 *
 * Ownership: what is given lies in the reader's arena.  Threads: as for the vault.
 */
#ifndef SEKISHO_VAULT_SET_H
#define SEKISHO_VAULT_SET_H

#include "crypto/crypto.h"
#include "vault/read.h"

enum {
	VAULT_SET_TOKEN = 16,	 /* bytes of a row's token */
	VAULT_SET_PLACE = 16,	 /* of its place among the rows of its run */
	VAULT_SET_PURPOSES = 64, /* of one set at the most */
	VAULT_SET_ROW_MAX = 1 << 20, /* bytes of a row's values */
};

enum vault_set_state { SET_RUN_UNDER_WAY, SET_RUN_COMPLETE, SET_RUN_DESTROYED, SET_RUN_STATES };

/* Why a run was destroyed. */
enum vault_set_end { SET_END_NONE, SET_END_EXPIRED, SET_END_REMOVED, SET_END_ORDERED, SET_END_BROKEN_OFF, SET_ENDS };

struct vault_set_run {
	bool exists;
	uint32_t set; /* registry number */
	uint32_t run; /* of the set, counts from 1 */
	enum vault_set_state state;
	uint32_t policy;	   /* version that it was made under */
	moment made, expires;	   /* made: begun */
	uint64_t rows, left_out, emptied; /* so far: persons taken, persons who may not serve, cells that had to go */
	moment touched;		   /* when it last came further */
	struct uuid after;	   /* the last person looked at */
	enum vault_set_end end;
	moment ended;		   /* MOMENT_NONE before */
	const uint32_t *purposes; size_t n_purposes; /* registry numbers of the bits of a row's mask */
	const uint32_t *items; size_t n_items;	     /* of the columns, in the order of a row's values */
	uint32_t epoch;
	unsigned char key[VAULT_WRAPPED_KEY]; /* of no meaning when destroyed */
};

/* Runs, by set and number. */
struct vault_set_runs {
	const struct vault_set_run *at;
	size_t n;
};

/* Lists all runs by FROM, destroyed ones too, into *OUT.  Fails with seal_broken, database, out_of_memory. */
result vault_set_runs(const struct vault_reader *from, struct vault_set_runs *out, struct error *e);

/*
 * Loads by FROM run number RUN of SET, or with 0 the latest of any state, into *OUT;
 * none gives exists = false and success.  Fails as vault_set_runs.
 */
result vault_set_run_load(const struct vault_reader *from, uint32_t set, uint32_t run, struct vault_set_run *out,
			  struct error *e);

/*
 * Begins in FROM's open write transaction a run as RUN says (set, policy, made,
 * expires, purposes, items): gives it its number, state and key, and the set a
 * link key if it has none.  Fails with seal_broken, too_large (too many purposes),
 * database, storage_unavailable, out_of_memory.
 */
result vault_set_begin(const struct vault_reader *from, struct vault_set_run *run, struct error *e);

/*
 * Stores in D's open write transaction how far RUN of V, which is under way, has come; with COMPLETE it is
 * complete from then on.  Fails with conflict, database, storage_unavailable,
 * out_of_memory.
 */
result vault_set_advance(struct vault *v, struct db *d, struct vault_set_run *run, bool complete, struct error *e);

/*
 * Destroys in D's open write transaction at NOW, for the reason END, RUN of V: its
 * key is gone with the commit.  Its rows, then waste, go by vault_set_clear.  Fails
 * with conflict (it is destroyed already), database, storage_unavailable,
 * out_of_memory.
 */
result vault_set_destroy(struct vault *v, struct db *d, struct vault_set_run *run, enum vault_set_end end, moment now,
			 struct error *e);

/* Whether the destroyed RUN has rows left in D: *ROWS.  Fails with database. */
result vault_set_has_rows(struct db *d, const struct vault_set_run *run, bool *rows, struct error *e);

/* Deletes in D's open write transaction up to LIMIT rows of the destroyed RUN; *N is how many.  Fails with database, storage_unavailable. */
result vault_set_clear(struct db *d, const struct vault_set_run *run, size_t limit, size_t *n, struct error *e);

/* Destroys the link key of SET in D's open write transaction: when no run of it stands.  Fails with database, storage_unavailable. */
result vault_set_unlink(struct db *d, uint32_t set, struct error *e);

/* Wraps anew under V's current KEK, in D's open write transaction, whatever of sets hangs on an older one.  Fails with seal_broken, database, storage_unavailable, out_of_memory. */
result vault_set_rewrap(struct vault *v, struct db *d, struct error *e);

/* What rows of a run are made with; wiped by vault_set_maker_wipe. */
struct vault_set_maker {
	const struct vault_set_run *run;
	struct crypto_key rows, link;
};

/* Opens by FROM what rows of RUN are made with: *OUT.  Fails with seal_broken, conflict (it is not under way), database. */
result vault_set_maker_open(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_maker *out,
			    struct error *e);

/* Wipes M. */
void vault_set_maker_wipe(struct vault_set_maker *m);

/* The days, other than 0 and MOST at the most either way, that all dates of the person SUBJECT move by in every run of M's set. */
int32_t vault_set_days(const struct vault_set_maker *m, const struct uuid *subject, int32_t most);

/* One row, sealed. */
struct vault_set_row {
	unsigned char place[VAULT_SET_PLACE];
	uint64_t purposes;
	struct str sealed;
};

/* What goes into a row. */
struct vault_set_source {
	const struct uuid *subject;
	uint64_t purposes;	  /* bits that all of the values may serve */
	const struct str *values; /* canonical JSON, one for each column of the run; {NULL, 0}: none */
};

/* Seals S by FROM (its connection is not used) with M into *OUT.  Fails with too_large, out_of_memory. */
result vault_set_row_seal(const struct vault_reader *from, const struct vault_set_maker *m, const struct vault_set_source *s,
			  struct vault_set_row *out, struct error *e);

/* Stores ROW of RUN in D's open write transaction, in the place of an earlier one.  Fails with database, storage_unavailable. */
result vault_set_row_put(struct db *d, const struct vault_set_run *run, const struct vault_set_row *row, struct error *e);

/* A page of rows: those after `after` that may serve the purpose, of `limit` that are looked at. */
struct vault_set_page {
	unsigned char after[VAULT_SET_PLACE]; /* in: zeros at first; out: of the last row looked at */
	uint64_t purpose;		      /* one bit */
	size_t limit;
	const struct vault_set_row *rows; /* out: that may serve it, sealed */
	size_t n, withheld;		  /* out: of these, and of those that may not */
	bool more;			  /* out: there may be others */
};

/* Lists by FROM the next PAGE of the complete RUN.  Fails with seal_broken, conflict (it is not complete), database, out_of_memory. */
result vault_set_list(const struct vault_reader *from, const struct vault_set_run *run, struct vault_set_page *page,
		      struct error *e);

/* A row as it is opened. */
struct vault_set_opened {
	unsigned char token[VAULT_SET_TOKEN];
	const struct str *values; /* as in vault_set_source */
};

/* Opens by FROM (its connection is not used) the rows of PAGE, of RUN, into *OUT, page->n of them, not to be freed.  Fails with seal_broken, out_of_memory. */
result vault_set_open(const struct vault_reader *from, const struct vault_set_run *run, const struct vault_set_page *page,
		      const struct vault_set_opened **out, struct error *e);

/*
 * Takes the purposes DROP (bits) from the row of SUBJECT in RUN, which stands, in FROM's open write
 * transaction: it is sealed anew without them, and deleted when none is left.
 * Nothing when there is no such row.  Fails with seal_broken, database,
 * storage_unavailable, out_of_memory.
 */
result vault_set_narrow(const struct vault_reader *from, const struct vault_set_run *run, const struct uuid *subject,
			uint64_t drop, struct error *e);

/* Whose rows are to go, and of which columns. */
struct vault_set_forgetting {
	struct uuid subject;
	const uint32_t *items; size_t n_items; /* registry numbers: only where one of them is a column; none: everywhere */
	uint64_t gone;			       /* out: rows deleted */
};

/* Deletes what F says in FROM's open write transaction, of every run that stands.  Fails with seal_broken, database, storage_unavailable, out_of_memory. */
result vault_set_forget(const struct vault_reader *from, struct vault_set_forgetting *f, struct error *e);

#endif
