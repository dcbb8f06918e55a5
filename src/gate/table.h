/*
 * gate/table.h - what gate_build makes of the published versions.  Of the gate alone.
 *
 * Everything is turned round so that a decision only looks up: purposes become
 * bits in words over the purposes of the version in force ("here"), items bits in
 * words over its items, whatever version they were said in; what a person's state
 * names by registry number is an index away.  All hangs in one arena and does not
 * change once built.
 */
#ifndef SEKISHO_GATE_TABLE_H
#define SEKISHO_GATE_TABLE_H

#include "base/arena.h"
#include "base/bits.h"
#include "gate/gate.h"

enum {
	GATE_PURPOSES = 1024, /* at the most */
	GATE_PURPOSE_WORDS = GATE_PURPOSES / 64,
	GATE_ITEM_WORDS = GATE_ITEMS / 64,
	CLOCK_NONE = 0, /* position in gate.clocks that is no clock: it always runs */
};

/* A clock (T8); equal ones of all versions are one. */
struct gate_clock {
	struct duration length;
	uint32_t event;	       /* registry number; 0: from acquisition */
	uint32_t cancelled_by; /* registry number of an event; 0: none */
	uint16_t otherwise;    /* `else`, a position in gate.clocks */
	int32_t shortest, longest; /* days from the event to the last day are never less or more than these */
};

/* What one wording of a consent covers. */
struct gate_scope {
	const uint64_t *purposes; /* here */
	const uint64_t **items;	  /* per category here */
};

/* What was promised before the first version, from one date to another. */
struct gate_promise {
	date from, until; /* both included; DATE_NONE: open */
	const uint64_t *purposes;
};

/* One published version, in terms of the one in force. */
struct gate_version {
	const struct policy *policy;
	const uint64_t *declared;	  /* purposes here that it has too (T5) */
	const uint64_t **notices;	  /* by number: the purposes told; NULL: it has no such notice */
	const uint64_t **channels;	  /* by number: the purposes of the channel itself; NULL: no such channel */
	bool *legacy;			  /* by number: a channel of kind legacy, bound by `history` */
	struct gate_promise *history;
	size_t n_history;
	struct gate_scope *scopes;	  /* by number of the consent; purposes NULL: no such consent */
	uint16_t *item_keep;		  /* by number of the item: its clock, or its category's */
	uint16_t *item_at_least;	  /* by number of the item */
	uint16_t *purpose_keep;		  /* by index here */
};

/* What decisions look at lies together: the policy's own structs are wide, and each line of the cache counts. */
struct gate_purpose {
	const struct policy_purpose *policy;
	const uint64_t **uses;	    /* per category */
	const uint64_t *serves;	    /* itself, and what it is related to without a consent (T6) */
	const uint16_t *through;    /* what it is related to and rests on a consent itself */
	size_t n_through;
	const uint64_t *own_use;    /* categories that are entrusted for other purposes */
	uint32_t consent;	    /* registry number of its basis; 0: another basis */
	uint32_t number;
	date observe_until;
	bool task;		    /* a statutory task for individual numbers */
	bool secrets;		    /* it may open communication secrets: it rests on a consent or a statute */
	bool prohibited, needs_reason, may_object, stops;
};

struct gate_category {
	const struct policy_category *policy;
	size_t words;
	uint32_t number;
	const uint32_t *numbers; /* of its items */
	const uint64_t *all, *individual, *secret;
	const uint64_t *strict; /* never answered because a purpose is observed */
};

struct gate_role {
	const struct policy_role *policy;
	const uint64_t *purposes;
	const uint64_t **collects; /* per category */
};

/* Where an item of the version in force stands. */
struct gate_slot {
	uint16_t category, item;
	bool here;
};

/* The id of a purpose. */
struct gate_name {
	struct str id;
	size_t purpose; /* its index + 1; 0: nothing here */
};

/* How many registry numbers of a kind there are, 0 with them. */
struct gate_numbers {
	size_t roles, channels, notices, consents, items;
};

struct gate {
	struct arena arena;
	const struct policy_set *set;
	const struct policy *here;
	struct gate_numbers numbers;
	size_t purpose_words;
	struct gate_version *versions; /* of version n at n - 1 */
	size_t n_versions;
	struct gate_purpose *purposes;
	struct gate_category *categories;
	struct gate_role *roles;
	uint16_t *role_of;	/* by number: index + 1; 0: none */
	struct gate_slot *slots; /* by item number */
	struct gate_name *names; /* by hash */
	uint32_t names_mask;
	struct gate_clock *clocks;
	size_t n_clocks, cap_clocks;
};

/* The purpose of G here whose id is ID, or POLICY_NONE. */
int gate_purpose_of(const struct gate *g, struct str id);

/* Version number N of G, or NULL.  G's. */
static inline const struct gate_version *gate_version_of(const struct gate *g, uint32_t n)
{
	return n && n <= g->n_versions ? &g->versions[n - 1] : NULL;
}

/*
 * Puts the clock of policy P at CLOCK among G's and gives its position in *OUT,
 * CLOCK_NONE when it is not set.  Fails with out_of_memory, or policy_invalid when there
 * are too many.
 */
result gate_clock_add(struct gate *g, const struct policy *p, const struct policy_clock *clock, uint16_t *out,
		      struct error *e);

/* True while G's clock number CLOCK runs on TODAY for what STATE's person gave by the acquisition A (T8). */
bool gate_clock_runs(const struct gate *g, uint16_t clock, const struct person_state *state,
		     const struct person_acquisition *a, date today);

/*
 * True when EVENT, a registry number, has happened to STATE's person before TODAY
 * and no later CANCELLED_BY (0: none) has happened until TODAY.
 */
bool gate_event_past(const struct person_state *state, uint32_t event, uint32_t cancelled_by, date today);

/* True while the clocks of item number ITEM for purpose PURPOSE run after the acquisition A, in the version in force
 * and as promised at acquisition, the shorter of both unless decided otherwise (T1, T8).  STATE and TODAY as for gate_clock_runs. */
bool gate_value_runs(const struct gate *g, uint32_t item, size_t purpose, const struct person_state *state,
		     const struct person_acquisition *a, date today);

/* True when the acquisition A bound its values to one of PURPOSES, words over the purposes here (T2, T5). */
bool gate_bound(const struct gate *g, const struct person_acquisition *a, const uint64_t *purposes);

/* Puts the purposes that the acquisition A bound its values to into MASK, which the caller has zeroed. */
void gate_binding(const struct gate *g, const struct person_acquisition *a, uint64_t *mask);

/*
 * True when the acquisition A lets item ITEM of category CATEGORY serve PURPOSE,
 * or a purpose that it is related to, otherwise than by PURPOSE's own consent (T2, T6).  STATE has
 * the consents.
 */
bool gate_serves(const struct gate *g, const struct person_acquisition *a, size_t purpose, size_t category, size_t item,
		 const struct person_state *state);

/*
 * Where STATE's first value stands that is not before (CATEGORY, ITEM), registry
 * numbers, among those from LOW on; GUESS is where it may well be.
 */
size_t gate_value_at(const struct person_state *state, size_t low, size_t guess, uint32_t category, uint32_t item);

/* STATE's value of ITEM in CATEGORY, searched from LOW on with GUESS as by gate_value_at, or NULL.  STATE's. */
const struct person_value *gate_value_of(const struct person_state *state, size_t low, size_t guess, uint32_t category,
					 uint32_t item);

/* What STATE says of the consent with registry number CONSENT, or NULL.  STATE's. */
const struct person_consent *gate_consent_of(const struct person_state *state, uint32_t consent);

/*
 * The consent ID in the newest published version that has it, which goes to
 * *VERSION; NULL when none has.  The policy's.
 */
const struct policy_consent *gate_consent_named(const struct gate *g, struct str id, const struct policy **version);

/* The consent of P with the registry number NUMBER, or NULL.  P's. */
const struct policy_consent *gate_consent_in(const struct policy *p, uint32_t number);

/*
 * True when WORDING of the version P reads so since P, was published at SHOWN, is
 * there in LANGUAGE and, unless HASH is NULL, has that hash in it (T4, T7).
 */
bool gate_wording_shown(const struct policy *p, const struct policy_wording *wording, struct str language,
			const unsigned char *hash, moment shown);

/* True when the wording of C covers item ITEM of CATEGORY for PURPOSE, all indexes here (T7). */
bool gate_covers(const struct gate *g, const struct person_consent *c, size_t purpose, size_t category, size_t item);

#endif
