/*
 * deid/output.h - how a person's values go into a pseudonymized set of a policy
 * (`output`; APPI 41(1), Enforcement Rules 31).
 *
 * Each column has its treatment: `keep`, `shift` (a date that moves by the person's days), or
 * how it is made coarser.  In whatever stays each text that still holds an
 * identifier, an identification code or a card number is emptied and counted; so
 * is a value that its treatment cannot take, and every file.  Nothing here knows
 * whose values they are.
 */
#ifndef SEKISHO_DEID_OUTPUT_H
#define SEKISHO_DEID_OUTPUT_H

#include "access/set.h"
#include "policy/policy.h"

struct deid_output;

/*
 * Makes *OUT for the set SET of P, both of which must live as long; it is A's.  Fails with
 * policy_invalid (what may be in no such set, or days of what is no date),
 * hierarchy_invalid, out_of_memory.
 */
result deid_output_make(const struct policy *p, const struct policy_derived *set, struct arena *a, struct deid_output **out,
			struct error *e);

/* What O does, for a step of a run; it goes on pointing to O. */
struct set_output deid_output_of(struct deid_output *o);

#endif
