/*
 * gate/gate.h - the decision.
 *
 * gate_decide takes policy, actor, action, purpose, items, the person's state and
 * the time, and gives per item allow or the code of the first check that fails,
 * in the order of the table in docs/policy-language.md.  It is pure and total: no
 * I/O, no allocation, no clock of its own, an answer for every input.  What is
 * not allowed is denied; VERDICT_DENY is zero.
 *
 * gate_build turns the published versions into the tables that make a decision
 * cost less than 100 ns.  A gate is read-only once built and may be shared by
 * threads; it keeps a pointer to the policy set, which must outlive it.
 *
 * The thirteen points T1 to T13 are named beside the code that keeps them.
 */
#ifndef SEKISHO_GATE_GATE_H
#define SEKISHO_GATE_GATE_H

#include "base/result.h"
#include "gate/person.h"
#include "policy/policy.h"
#include "policy/set.h"

struct gate;

/*
 * Builds the tables for all versions of SET as decided at a time when VERSION
 * (an entry of SET) is in force.  Gives the gate in *OUT, the caller's to free
 * with gate_free.  Fails with out_of_memory, or policy_invalid when VERSION has more
 * than 1,024 purposes or a set with more than 64, a category more than 512 items, or all more than 60,000 clocks.
 */
result gate_build(const struct policy_set *set, const struct policy *version, struct gate **out, struct error *e);

/* Frees G; NULL is nothing. */
void gate_free(struct gate *g);

/* The version that G takes as in force.  G's. */
const struct policy *gate_policy(const struct gate *g);

/* Who asks.  A token holds only its role's id: what the role gains or loses holds from the next answer (T12). */
struct gate_actor {
	bool active;	   /* token known, in date, not revoked */
	uint32_t number;   /* of the actor's registry: "a7" in the log */
	uint32_t role;	   /* registry number of the role */
	struct uuid person; /* of a token that carries a person; nil otherwise */
};

/* PURPOSE_SET: the making of a de-identified set, which is no purpose of its own (APPI 43; T13). */
enum purpose_kind { PURPOSE_NONE, PURPOSE_DECLARED, PURPOSE_EXCEPTION, PURPOSE_PERSON_REQUEST, PURPOSE_SET };

/* An identified, open request of this person (T9), as access found it. */
struct gate_person_request {
	bool open;	 /* identified, not closed */
	enum request_kind kind;
	struct uuid subject;
};

struct gate_request {
	struct gate_actor actor;
	enum action action;
	enum purpose_kind purpose_kind;
	struct str purpose;  /* as sent: an id; empty when none was sent */
	struct gate_person_request request; /* with PURPOSE_PERSON_REQUEST */
	int set;     /* with PURPOSE_SET: which is made, an index in the version in force */
	bool reason_given;
	struct str means;    /* Sekisho-Means, or empty */
	int category;	     /* index in the version in force; POLICY_NONE where an action is on the whole person */
	const uint64_t *items; /* asked, bits of the category's items; NULL: all that the purpose uses (person request: all) */
	bool limit_exceeded; /* check 6, counted by access */
	bool approved;	     /* check 7: a matching approval was found by access */
	moment now;
	/* Who is asked for, as the request names it, whether or not there is such a person; NULL when it names nobody
	 * (a create of somebody new, a look-up that found nobody). */
	const struct uuid *subject;
};

enum verdict { VERDICT_DENY = 0, VERDICT_ALLOW, VERDICT_PARTIAL, VERDICT_OBSERVED };

enum { GATE_ITEMS = 512 }; /* items of one category at the most */

struct gate_verdict {
	/* OBSERVED as soon as one item is allowed only because the purpose is observed, be others denied or not */
	enum verdict verdict;
	/* CODE_NONE when nothing is denied; not_found when all is denied and an item failed at check 8; else the code
	 * that failed at the lowest check. */
	enum code code;
	size_t n_items; /* of the category; 0 for an action on the whole person or on nobody */
	uint64_t asked[GATE_ITEMS / 64];
	uint64_t allowed[GATE_ITEMS / 64];
	uint64_t observed[GATE_ITEMS / 64]; /* allowed only because the purpose is observed */
	uint16_t codes[GATE_ITEMS];	    /* enum code of each item that is asked and not allowed; of others undefined */
};

/*
 * Decides R for the person in STATE (NULL or !exists: nobody) into *OUT; an item
 * without a value is decided too, allowed where a value could be read.  For
 * create, update and import only what does not depend on how the data came in is
 * decided here: the rest is gate_acquire's.  Never fails: what it cannot allow
 * it denies.
 *
 * With PURPOSE_SET, for ACTION_DEIDENTIFY alone, an item of the set passes 9 to 12
 * when it passes them for one purpose: of an anonymized set, one that uses the
 * item; of a pseudonymized set, one of the set's own.  What nobody may open for
 * anything any more goes into no set.  Individual numbers and communication
 * secrets never do.
 */
void gate_decide(const struct gate *g, const struct gate_request *r, const struct person_state *state,
		 struct gate_verdict *out);

/* A consent as it is given or withdrawn (T7). */
struct gate_consent {
	struct str consent;
	uint32_t version; /* wording version */
	struct str language;
	bool has_hash;
	unsigned char hash[POLICY_HASH];
	moment at;
	struct str channel;
	bool by_guardian;
	date birth;    /* DATE_NONE when not held */
	bool withdraw; /* then only consent, at, by_guardian and birth are looked at */
};

/* What is to be acquired: create, update, import (T2, T3, T4). */
struct gate_acquisition {
	struct str channel;	  /* id */
	bool operator_given;	  /* who took it down, for an oral channel */
	moment at;
	bool has_notice;	  /* a proof that a notice was shown or told comes with it */
	struct str notice;	  /* id */
	uint32_t notice_version;
	struct str language;
	bool has_hash;
	unsigned char hash[POLICY_HASH];
	moment shown_at;
	const struct gate_consent *consents; /* that come with it, in the same commit */
	size_t n_consents;
};

/* Per item what acquiring it means. */
struct gate_acquired {
	enum code code;		/* CODE_NONE: may be stored as asked */
	size_t n_items;
	uint64_t refused[GATE_ITEMS / 64];
	uint64_t replaced[GATE_ITEMS / 64]; /* items whose binding becomes that of the new acquisition alone */
	bool key_only; /* the external id was given and serves as key, but nothing needs it: it is not stored as a value */
	struct person_acquisition acquisition; /* what to store: numbers filled in */
	uint16_t codes[GATE_ITEMS];	       /* enum code of each refused item; of others undefined */
};

/*
 * Decides whether the items R.items of R.category, those that get a value, may
 * be acquired as A says: checks 1-3, 6-8 and then channel, notice, ground, need
 * (T3, T4); for a known person (STATE exists) also that no value loses purposes
 * (binding_would_narrow), and for a create or import that the role may update
 * (duplicate).  UNCHANGED has the bits of items whose value is equal to the one
 * stored (they only gain the acquisition, T2); NULL for a create.  The answer is
 * in *OUT.  All or nothing: one code refuses all,
 * and nothing asked is refused too (purpose_mismatch).  Of A's consents each has to
 * pass gate_consent.  That values are unique and required ones there is not
 * asked here.
 */
void gate_acquire(const struct gate *g, const struct gate_request *r, const struct gate_acquisition *a,
		  const struct person_state *state, const uint64_t *unchanged, struct gate_acquired *out);

/*
 * Decides on C for the person in STATE (NULL: new) at NOW: CODE_NONE when it may
 * be recorded.  The role is checked by gate_decide with ACTION_CONSENT.
 */
enum code gate_consent(const struct gate *g, const struct gate_consent *c, const struct person_state *state, moment now);

/* Whether one value of a person may still be kept (T8, T1, T9). */
enum keeping {
	KEEPING_DUE,	/* no bound purpose's clock and no at_least runs, and no hold: to be erased */
	KEEPING_HELD,	/* only a hold keeps it */
	KEEPING_BY_LAW, /* only at_least (or a hold) keeps it */
	KEEPING_RUNS,	/* a bound purpose's clock runs */
};

/*
 * What keeps STATE's value number VALUE at NOW.  A value of an item that the
 * version in force no longer has runs for 30 days from then on (T5).  For one whose
 * erasure was accepted no purpose's clock counts any more (T9).
 */
enum keeping gate_keeping(const struct gate *g, const struct person_state *state, size_t value, moment now);

/*
 * True when STATE's value number VALUE may be erased at NOW because its person
 * asks or nobody needs it: neither a hold nor an `at_least` keeps it, whatever
 * other clock runs (T9).
 */
bool gate_erasable(const struct gate *g, const struct person_state *state, size_t value, moment now);

/*
 * True when STATE's value number VALUE is bound to the purpose with the registry
 * number PURPOSE in the version in force: by its acquisition, or by a consent that
 * was ever given (T2).
 */
bool gate_value_bound(const struct gate *g, const struct person_state *state, size_t value, uint32_t purpose);

/*
 * The path of the fact that CODE rests on for R and its item ITEM (index, or
 * POLICY_NONE), for policy_clause_of, appended to B ("purposes.billing"); nothing
 * where no fact of the policy is behind it.
 */
void gate_fact_of(const struct gate *g, const struct gate_request *r, int item, enum code code, struct buf *b);

/* The article of the law behind CODE ("APPI 18(1)"), or "" when it is the company's own rule.  Static. */
const char *gate_law_of(enum code code);

/* As gate_law_of for CODE where what is asked for is a de-identified set, PSEUDONYMIZED or anonymized.  Static. */
const char *gate_set_law_of(enum code code, bool pseudonymized);

#endif
