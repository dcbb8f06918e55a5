/*
 * access/ask.h - what is asked, resolved: the first half of every operation's prepare.
 *
 * An ask turns what came in (actor, purpose, reason, category, items, person)
 * into a gate_request against the policy of the moment, with the person's
 * state, the person request and the approval that it may rest on, and counts it
 * against the role's limits.  Whatever is wrong with it in a way that is a
 * decision (an unknown item, say) goes to op->error, and the ask goes on, so
 * that the refusal is recorded like any other.
 *
 * Ownership: an ask lies in its operation's arena.
 */
#ifndef SEKISHO_ACCESS_ASK_H
#define SEKISHO_ACCESS_ASK_H

#include "access/approval.h"
#include "access/op.h"
#include "gate/set.h"
#include "vault/read.h"
#include "vault/text.h"

struct ask {
	struct gate_request request;
	const struct policy *policy;	 /* in force; NULL when none is */
	const struct policy_role *role;	 /* of the actor; NULL when it is no more */
	const struct policy_category *category; /* asked for; NULL for none */
	struct str category_text;	 /* as asked */
	struct uuid id;			 /* who is asked for */
	struct vault_person person;	 /* their state; exists = false for nobody */
	const struct gate_set_request *of_set; /* a pseudonymized set is opened; what REQUEST has is taken from there.  NULL: none is */
	bool reason_by_instance;	 /* seal the reason under the instance's key, not the person's */
	bool has_reason;
	struct vault_text reason;	 /* sealed, to be stored with the operation */
	struct approval approval;	 /* that it rests on, or that it wants; id nil: none */
	bool approval_once;		 /* it is used up by this operation */
	bool approval_new;		 /* it was refused for want of it: to be stored as pending */
};

/*
 * Begins in OP's arena an ask for ACTION in context C: actor, role, purpose, person
 * request.  Gives it in *OUT.  Fails with database, out_of_memory.
 */
result ask_begin(struct op *op, const struct op_context *c, enum action action, struct ask **out, struct error *e);

/*
 * Names in ASK the category with id CATEGORY and, unless ITEMS is empty, its items,
 * ids joined by commas.  Unknown ones set op->error (category_unknown,
 * item_unknown).  Fails with out_of_memory.
 */
result ask_items(struct op *op, struct ask *ask, struct str category, struct str items, struct error *e);

/*
 * Names in ASK, of OP, the de-identified set with the id SET as what is made in C, and so
 * its category and items.  An unknown one sets op->error: set_unknown, or
 * set_not_published when only a version that is not in force yet has it; before that,
 * a role that may not do what ASK asks for sets it: role_lacks_action.
 */
void ask_set(struct op *op, const struct op_context *c, struct ask *ask, struct str set);

/* Loads person ID by the connections of C into ASK and makes OP depend on them.  Fails with seal_broken, database, out_of_memory. */
result ask_person(struct op *op, const struct op_context *c, struct ask *ask, const struct uuid *id, struct error *e);

/* Counts ASK once for the N KEYS (persons, or hashes of what was looked for) against its role's limits (T12), which C has. */
void ask_count(struct op *op, const struct op_context *c, struct ask *ask, const struct uuid *keys, size_t n);

/*
 * Seals what people typed (op->reason) under the log key of ASK's person; the
 * instance's, which C has, when nobody is loaded.  Nothing when no reason was given.  Fails
 * with seal_broken, out_of_memory; too_large sets op->error.
 */
result ask_reason(struct op *op, const struct op_context *c, struct ask *ask, struct error *e);

/*
 * Decides ASK into V.  A code set before in op->error (unknown item) stays; else
 * op->error gets the verdict's code when all is denied.  Where the role needs a
 * second approver (check 7), an approval that was given is looked for by C, and a
 * refusal for want of one makes ASK->approval one to be asked for.  Fails with
 * database, out_of_memory.
 */
result ask_decide(struct op *op, const struct op_context *c, struct ask *ask, struct gate_verdict *v, struct error *e);

/*
 * Sets op->stores when ASK has something to store of its own: the reason, a
 * pending approval, an approval used up.
 */
void ask_stores(struct op *op, const struct ask *ask);

/* Stores what ask_stores spoke of, in C's write transaction.  Fails with database, storage_unavailable. */
result ask_store(const struct op *op, const struct op_context *c, const struct ask *ask, struct error *e);

/* Refuses OP with CODE: a message made of the code's meaning, unless it is refused already. */
void ask_refuse(struct op *op, enum code code);

/*
 * Calls ADD (op_depends or op_touches) on OP for the key, in access/changed.h, of
 * each element of JSON, a canonical value of ITEM, as it is looked up.  Fails
 * with out_of_memory.
 */
result ask_value_keys(struct op *op, const struct policy_item *item, struct str json,
		      result (*add)(struct op *op, const struct uuid *key, struct error *e), struct error *e);

#endif
