/*
 * access/set.h - pseudonymized sets: made, read, destroyed.
 *
 * A run is begun, made in steps, and complete with its last step; only then may it
 * be read.  Each step looks at the next persons of the set's category: who may
 * serve at least one of the set's purposes with all of their values (T13) gets a
 * row, sealed in the same commit as the entry that names them, so that they find
 * it among the uses of their data.  A run that is left half done is never read and
 * destroyed after an hour.
 *
 * What a value becomes on its way is not known here: whoever makes a run brings a
 * set_output along (deid/output.h).  Values that it gives are what is stored.
 *
 * Erasing a person, or a value that a set has a column of, erases their rows
 * (access/erase.h); a withdrawn consent takes from them the purposes that rest on
 * it.  The other rights do not reach what was made already (APPI 41(9)); they
 * count in the next run.
 */
#ifndef SEKISHO_ACCESS_SET_H
#define SEKISHO_ACCESS_SET_H

#include "access/access.h"
#include "access/op.h"
#include "gate/set.h"
#include "vault/keys.h"
#include "vault/set.h"

enum {
	SET_STEP = 64,		    /* persons looked at in one step: others wait for its commit */
	SET_ROWS = 1000,	    /* of a page at the most */
	SET_IDLE_MS = 3600000,	    /* a run that has not come further for so long is given up */
	SET_SHIFT_DAYS = 180,	    /* that dates move, either way, at the most */
	SET_PLACE_TEXT = 2 * VAULT_SET_PLACE,
};

/* One person's values on their way into a set. */
struct set_values {
	const struct str *in;  /* canonical JSON of each column; {NULL, 0}: none */
	size_t n;
	int32_t days;	       /* that this person's dates move */
	struct str *out;       /* made: as in, in ARENA */
	uint64_t emptied;      /* made: cells that held what has to go (Enforcement Rules 31) */
	struct arena *arena;
};

/* How values become what a set has of them. */
struct set_output {
	/* Makes V->out of V->in for CTX.  Fails with out_of_memory. */
	result (*make)(void *ctx, struct set_values *v, struct error *e);
	void *ctx;
};

/* Begins a run.  Given: set, job.  Made: the rest. */
struct op_set_begin {
	struct op op;
	struct str set; /* id */
	struct uuid job; /* that will make its steps; for the answer */

	struct vault_set_run run;
	uint32_t policy; /* version that it is made under */
};

/* Makes the next step of a run.  Given: all down to output.  Made: the rest. */
struct op_set_step {
	struct op op;
	struct str set;
	uint32_t number; /* of the run */
	struct set_output output;
	uint32_t policy; /* version that OUTPUT was made of */

	struct vault_set_run run; /* as it is after the step */
	bool complete;
	const struct vault_set_row *rows;
	size_t n_rows;
};

/* Reads a page of a run, or provides it.  Given: all down to limit.  Made: the rest, in op.arena. */
struct op_set_read {
	struct op op;
	struct str set;
	uint32_t number;	      /* of the run; 0: the latest that may be read */
	bool joins;		      /* with what identifies people */
	bool provides;		      /* it leaves */
	struct str arrangement, recipient;
	struct str after;	      /* place of the last row before, as text; empty: from the first */
	size_t limit;		      /* rows to look at; 0: SET_ROWS */

	struct gate_verdict verdict;
	struct gate_set_request asked;
	const struct policy_category *in; /* NULL when there is no such set */
	const struct policy_derived *derived;
	struct vault_set_run run;
	struct vault_set_page page;
	const struct vault_set_opened *rows; /* page.n of them */
};

/* Destroys a run.  Given: all down to end.  Made: the rest. */
struct op_set_destroy {
	struct op op;
	struct str set;
	uint32_t number;
	enum vault_set_end end; /* ORDERED by a role that may `deidentify`; else by the system, which is not decided */
	uint32_t set_number;	/* by the system: registry number of the set, which may have no id any more */

	struct vault_set_run run;
	bool last; /* no other run of the set stands: what was removed goes too */
	struct vault_finality finality;
};

/* All runs of an instance, with the ids of their sets (empty where no published version has one). */
struct set_runs {
	const struct vault_set_run *at;
	const struct str *ids;
	size_t n;
};

/* Lists with READER the runs of A into *OUT, in ARENA: what was made when, and how it ended; no row is opened.  Fails with seal_broken, database, out_of_memory. */
result access_set_runs(struct access *a, struct access_reader *reader, struct arena *arena, struct set_runs *out,
		       struct error *e);

/*
 * Destroys with READER the run NUMBER of the set with the registry number SET of A, when it is still under way:
 * what made its steps has broken off.  Fails with seal_broken, database, storage_unavailable, out_of_memory.
 */
result access_set_break_off(struct access *a, struct access_reader *reader, uint32_t set, uint32_t number, struct error *e);

/* Make B, S, R, D ready; the asker then fills in what is given. */
void op_set_begin_init(struct op_set_begin *b);
void op_set_step_init(struct op_set_step *s);
void op_set_read_init(struct op_set_read *r);
void op_set_destroy_init(struct op_set_destroy *d);

/* The JSON of one value of row ROW of R, in the column of item number ITEM (registry), or {NULL, 0}.  R's. */
struct str set_read_value(const struct op_set_read *r, size_t row, uint32_t item);


#endif
