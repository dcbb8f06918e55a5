/*
 * access/set_private.h - what the operations on pseudonymized sets share; of this folder alone.
 */
#ifndef SEKISHO_ACCESS_SET_PRIVATE_H
#define SEKISHO_ACCESS_SET_PRIVATE_H

#include "access/ask.h"
#include "access/record.h"
#include "access/set.h"

/* The key, in access/changed.h, of run NUMBER of the set with the registry number SET. */
struct uuid set_run_key(uint32_t set, uint32_t number);

/* The key there that whatever takes rows out of runs touches, and every reading of a set depends on (C2). */
struct uuid set_rows_key(void);

/*
 * Takes from the rows of the person ID, in C's write transaction where their state is stored already,
 * the purposes that rest on the consent with the registry number CONSENT and that they may not serve
 * any more.  Uses OP's arena.  Fails with seal_broken, database, storage_unavailable, out_of_memory.
 */
result set_withdrawn(struct op *op, const struct op_context *c, const struct uuid *id, uint32_t consent, struct error *e);

/* True when RUN may not be kept any more at NOW, by the policies of G (gate_set_until). */
bool set_run_over(const struct gated *g, const struct vault_set_run *run, moment now);

/* The pseudonymized set with the id SET in P into *DERIVED, its index or POLICY_NONE. */
int set_named(const struct policy *p, struct str set, const struct policy_derived **derived);

/*
 * Names in ASK the set with the id SET as what is opened, by ASKED, whose other members are set, and so its category and
 * items.  Gives it when it is a pseudonymized one of ASK's policy, which owns it, else NULL: then the gate says why not.
 */
const struct policy_derived *set_name(struct ask *ask, struct str set, struct gate_set_request *asked);

/* Refuses OP with CODE at the member WHERE ("/set"), unless it is refused already. */
void set_refuse(struct op *op, enum code code, const char *where);

#endif
