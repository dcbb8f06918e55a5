/*
 * gate/set.h - the decision on a pseudonymized set (T13).
 *
 * A set has no persons that could be asked for one by one, so that nothing here
 * depends on a person's state: that was looked at when the set was made, and each
 * row carries the purposes that all of its source values could serve then
 * (gate_set_purposes).  What may be read is decided anew each time, by the policy
 * in force: who, for which purpose, which columns; a row that does not carry the
 * purpose is left out by whoever reads.
 *
 * Articles 32 to 39 do not apply to pseudonymously processed information (APPI
 * 41(9)): a suspension or an objection counts when the next run is made.  That
 * an erased person's row goes, and a withdrawn consent's purpose with it, is kept
 * where rows lie, not asked here.
 */
#ifndef SEKISHO_GATE_SET_H
#define SEKISHO_GATE_SET_H

#include "gate/gate.h"

enum { GATE_SET_PURPOSES = 64 }; /* of one set at the most: bits of a row's mask */

struct gate_set_request {
	struct gate_actor actor;
	enum action action; /* read, or provide; what else is asked is denied */
	enum purpose_kind purpose_kind;
	struct str purpose; /* as sent */
	bool reason_given;
	int set;	    /* index in the version in force; POLICY_NONE: it has none of that name */
	bool joins;	    /* with data that identifies people: a look-up by token too (41(7)) */
	/* of provide */
	struct str arrangement; /* id ("outsourcing.letter_shop"); empty: none named */
	struct str recipient;	/* organization; may be empty where the arrangement has one party */
	bool reviewed;		/* the processor is assessed, contracted, reviewed, as the registers say */
	bool limit_exceeded;	/* check 6, counted by access */
	bool approved;		/* check 7: a matching approval was found by access */
	moment now;
};

/*
 * Decides R by G into *OUT: checks 1 to 7 and T13.  The items of *OUT are those of the
 * set's category: asked are the set's columns, allowed those that the purpose
 * uses.  Never fails: what it cannot allow it denies.
 */
void gate_decide_set(const struct gate *g, const struct gate_set_request *r, struct gate_verdict *out);

/*
 * The purposes of SET, an index in the version in force of G, that each of the
 * values of STATE's person named in ITEMS (bits of the set's category) may serve
 * at NOW, bit i for its purpose number i: bound (9), with a standing basis (10),
 * free of marks (11), kept (12).  An item without a value is no hindrance; where
 * none has one, no purpose is served.
 */
uint64_t gate_set_purposes(const struct gate *g, int set, const struct person_state *state, const uint64_t *items,
			   moment now);

/*
 * The last day on which a run of the set with the registry number SET may be kept,
 * when it was made at MADE under version VERSION: the shorter of what was promised
 * then and what is now (T1), and 30 days from the day on which the set was taken
 * out of the policy, when it was (T5).
 */
date gate_set_until(const struct gate *g, uint32_t set, uint32_t version, moment made);

/* The path of the fact that CODE rests on for R by G, appended to B, as gate_fact_of does ("deidentified.pseudonymized.analysis"). */
void gate_set_fact_of(const struct gate *g, const struct gate_set_request *r, enum code code, struct buf *b);

#endif
