/*
 * access/set_look.h - which de-identified sets there are, and what was made of them.
 *
 * Nothing here is about a person: what is told is what the policy declares, and
 * when what of it was made, delivered, destroyed.  It is told to roles that make
 * sets or audit, of all sets, and to roles that read sets, of theirs; to others
 * not even that there is one.
 */
#ifndef SEKISHO_ACCESS_SET_LOOK_H
#define SEKISHO_ACCESS_SET_LOOK_H

#include "access/release.h"
#include "access/set.h"

/* One set of the policy in force. */
struct set_looked {
	const struct policy_derived *set;
	const struct vault_set_run *runs; /* of a pseudonymized set, in their order */
	size_t n_runs;
	struct releases releases; /* of an anonymized set, without their contents */
	date due;		  /* when the next release is to be made; DATE_NONE: no time is set */
	moment last;		  /* when the last run was begun, or release made; MOMENT_NONE: never */
	size_t broken_off;	  /* of the runs */
};

struct sets_looked {
	const struct set_looked *at;
	size_t n;
};

/*
 * When D, made last at LAST, is to be made next: a period after that, the day of it, in ZONE, not counted; TODAY when it never was;
 * DATE_NONE when no time is set.
 */
date set_due(const struct policy_derived *d, moment last, date today, int zone);

/*
 * Lists the sets of the policy of G with what D has of them, as A is at its time, into *OUT in ARENA; they point into G.
 * Fails with seal_broken, database, out_of_memory.
 */
result access_sets(struct access *a, const struct gated *g, struct db *d, struct arena *arena, struct sets_looked *out, struct error *e);

/* Looks at sets.  Given: set.  Made: the rest; it points into op.gated. */
struct op_set_look {
	struct op op;
	struct str set; /* id; empty: all that the actor may know of */

	struct sets_looked sets;
};

/* Makes L ready; the asker then fills in what is given.  Refused with role_lacks_action, role_lacks_set, set_unknown; what is given has no entry. */
void op_set_look_init(struct op_set_look *l);

/* Reads a release of an anonymized set, for whoever may make it.  Given: set, number, recipient, means.  Made: the rest. */
struct op_release_read {
	struct op op;
	struct str set;
	uint32_t number;
	struct str recipient, means; /* of the statement that goes with it; empty: as it was delivered last */
	bool statement;		     /* that is what is read */

	const struct policy_derived *made_of;
	struct release release;
	const struct delivery *deliveries; /* of it */
	size_t n_deliveries;
};

/*
 * Makes R ready; the asker then fills in what is given.  Refused as a delivery is, and with no_such_resource (no such
 * release; a statement without a recipient, of one that was delivered to nobody).
 */
void op_release_read_init(struct op_release_read *r);

#endif
