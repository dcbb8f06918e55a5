/*
 * vault/change.h - changes in two steps: prepared outside the sequencer, stored inside.
 *
 * A change belongs to one person.  vault_change_begin starts it in memory, the
 * vault_change_ functions add to it - sealing, wrapping and hashing now - and
 * vault_change_state closes it.  vault_store runs it in the caller's write
 * transaction and computes nothing.  Everything rests on the person, records and
 * history as they were loaded: whether they still stand when the change is
 * stored is for the caller to know; a state or record that has changed meanwhile
 * is refused with conflict.
 *
 * Ownership: a change lies in the arena that it was begun in, as must the person
 * and what records and history were loaded with; the structs of records and
 * history themselves are copied.  It holds no plaintext and no open key.
 */
#ifndef SEKISHO_VAULT_CHANGE_H
#define SEKISHO_VAULT_CHANGE_H

#include "policy/policy.h"
#include "vault/read.h"

struct vault_change;

/*
 * Fills *OUT with somebody new: an id of the vault's clock, a wrapped log key, no
 * categories, exists = false.  Nothing is stored.  Never fails.
 */
void vault_new_person(struct vault *v, struct vault_person *out);

/* Fills *OUT with the record that PERSON does not have in CATEGORY (registry number): exists = false. */
void vault_no_record(const struct vault_person *person, uint32_t category, struct vault_record *out);

/* The version that the next change of values gives R, and each value that it writes: what goes into person_value.version. */
uint32_t vault_next_version(const struct vault_record *r);

/* Begins in A a change of PERSON (loaded or new), who must live as long.  Gives it in *OUT, A's.  Fails with out_of_memory. */
result vault_change_begin(struct vault *v, struct arena *a, const struct vault_person *person,
			  struct vault_change **out, struct error *e);

/* One value to write. */
struct vault_put {
	const struct policy_item *item; /* number, lookup, unique, type */
	bool external_id;		/* it is its category's: indexed and unique */
	bool key_only;			/* indexed but not stored (T3: an external id that is not needed) */
	struct str json;		/* canonical (value_check); {NULL, 0} takes the value out */
};

/* Who writes, when, why. */
struct vault_by {
	moment at;
	uint32_t actor;
	struct uuid reason; /* of a sealed text, or nil */
};

/*
 * Writes the N PUTS of BY to R (loaded, or vault_no_record: then the record is made):
 * the values named get the next version, absent ones stay as they are sealed,
 * what was there goes to history.  Used for create, update and correct.  One
 * call per record and change.  Fails with internal (a second call, or an item
 * twice), seal_broken, item_invalid (a value
 * that cannot be indexed), too_large (a value above VALUE_MAX), out_of_memory.
 */
result vault_change_values(struct vault_change *c, const struct vault_record *r, const struct vault_put *puts,
			   size_t n, const struct vault_by *by, struct error *e);

/*
 * Erases the values of the N ITEMS (registry numbers) of R with all their
 * HISTORY (all of R's): what stays is sealed anew under a new key generation and
 * the old key goes.  The record stays, even if empty.  Fails with seal_broken,
 * out_of_memory.
 */
result vault_change_erase_items(struct vault_change *c, const struct vault_record *r, const struct vault_history *history,
				const uint32_t *items, size_t n, struct error *e);

/* Erases the whole record R: its key, values, history, index rows.  Fails with out_of_memory. */
result vault_change_erase_record(struct vault_change *c, const struct vault_record *r, struct error *e);

/*
 * Erases the person; each of their records has been erased in this change
 * before.  Goes in the place of vault_change_state.  Fails with conflict (a
 * record is left), out_of_memory.
 */
result vault_change_erase_person(struct vault_change *c, struct error *e);

/*
 * Leaves keyed hashes of the contact values (telephone, e-mail, address) of R,
 * of the items of CATEGORY, so that somebody created with one of them begins as
 * objected (T9).  Before R is erased, in the same change.  Fails with
 * seal_broken, out_of_memory.
 */
result vault_change_objections(struct vault_change *c, const struct vault_record *r,
			       const struct policy_category *category, struct error *e);

/*
 * Makes STATE the person's; its categories must be those of the records, its
 * values sorted, and each value of the version in which the record has it.  The
 * last call of a change, and the only one when nothing but the state changes.
 * Fails with internal (STATE is none of these), out_of_memory.
 */
result vault_change_state(struct vault_change *c, const struct person_state *state, struct error *e);

/* A value that another person has though its item is unique. */
struct vault_duplicate {
	const struct policy_item *item; /* NULL: there is none */
	struct uuid other;
};

/* Looks in D, within the write transaction, for a unique value of C that another person has: *OUT.  Fails with database. */
result vault_change_duplicate(struct vault_change *c, struct db *d, struct vault_duplicate *out, struct error *e);

/*
 * Whether a contact value of C is one of somebody who was erased and objected:
 * *OUT.  Looks in D.  A change that was begun and prepared for a new person.
 * Fails with database.
 */
result vault_change_objected(struct vault_change *c, struct db *d, bool *out, struct error *e);

/*
 * Stores C in D's open write transaction.  May be called again after a
 * roll-back.  Fails with conflict (person or record is not as it was loaded),
 * duplicate (a new person's id is taken), database, storage_unavailable.
 */
result vault_store(struct vault_change *c, struct db *d, struct error *e);

#endif
