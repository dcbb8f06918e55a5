/*
 * access/approval.h - second approvers (check 7): asked for by a refusal, given by another person.
 *
 * An approval names actor, action, purpose, category, items and person, and is
 * used once, or for the time that the role's `for` says.  A refusal with
 * approval_required leaves a pending one behind and carries its number.
 */
#ifndef SEKISHO_ACCESS_APPROVAL_H
#define SEKISHO_ACCESS_APPROVAL_H

#include "base/arena.h"
#include "db/db.h"
#include "policy/policy.h"

enum approval_state { APPROVAL_PENDING, APPROVAL_APPROVED, APPROVAL_REFUSED, APPROVAL_USED };

struct approval {
	struct uuid id; /* nil: there is none */
	uint32_t actor, approver; /* actor numbers; approver 0 while pending */
	enum action action;
	struct str purpose;
	uint32_t category; /* registry number; 0: the whole person */
	struct str items;  /* item numbers, 4 bytes each in the machine's order, ascending */
	struct uuid subject; /* nil: nobody in particular */
	enum approval_state state;
	moment asked, decided, until; /* MOMENT_NONE: not yet, or once */
};

/*
 * Finds in D an approval in the state and for what WANTED says (actor, action,
 * purpose, category, items, subject), not yet over when WANTED asks for it, into
 * *OUT (texts in A); id nil when there is none.  Fails with database,
 * out_of_memory.
 */
result approval_find(struct db *d, const struct approval *wanted, struct arena *a, struct approval *out, struct error *e);

/* Stores A, new and pending, in D's open write transaction.  Fails with database, storage_unavailable. */
result approval_put(struct db *d, const struct approval *a, struct error *e);

/* Loads approval ID from D into *OUT, texts in A; id nil when there is none.  Fails with database, out_of_memory. */
result approval_load(struct db *d, const struct uuid *id, struct arena *a, struct approval *out, struct error *e);

/* Loads from D into *OUT (the arena A's) and *N those that are pending, oldest first, at most 100.  Fails with database, out_of_memory. */
result approval_pending(struct db *d, struct arena *a, struct approval **out, size_t *n, struct error *e);

/* Stores state, approver and times of A in D.  Fails with database, storage_unavailable. */
result approval_update(struct db *d, const struct approval *a, struct error *e);

#endif
