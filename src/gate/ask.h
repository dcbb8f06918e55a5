/*
 * gate/ask.h - a request while the person-independent checks (1 to 7) and the
 * question whether there is such a person (8) are put to it.  Of the gate alone.
 */
#ifndef SEKISHO_GATE_ASK_H
#define SEKISHO_GATE_ASK_H

#include "gate/table.h"

#define GATE_ACTION(a) (1u << (a))

/* Actions that open values or look them up: all checks. */
#define GATE_OPENS                                                                                        \
	(GATE_ACTION(ACTION_READ) | GATE_ACTION(ACTION_LOOKUP) | GATE_ACTION(ACTION_HISTORY) |            \
	 GATE_ACTION(ACTION_EXPORT) | GATE_ACTION(ACTION_PROVIDE) | GATE_ACTION(ACTION_DEIDENTIFY))

/* Actions that bring values in: checks 1-3, 6-8, then gate_acquire (T3). */
#define GATE_ACQUIRES (GATE_ACTION(ACTION_CREATE) | GATE_ACTION(ACTION_UPDATE) | GATE_ACTION(ACTION_IMPORT))

/* Actions on the whole person, done under any purpose of the role. */
#define GATE_ON_PERSON                                                                                    \
	(GATE_ACTION(ACTION_ERASE) | GATE_ACTION(ACTION_SUSPEND) | GATE_ACTION(ACTION_RESUME) |           \
	 GATE_ACTION(ACTION_OBJECT) | GATE_ACTION(ACTION_HOLD) | GATE_ACTION(ACTION_RELEASE) |            \
	 GATE_ACTION(ACTION_CONSENT) | GATE_ACTION(ACTION_EVENT))

/* Actions that need no purpose. */
#define GATE_WITHOUT_PURPOSE                                                                              \
	(GATE_ACTION(ACTION_TRACE) | GATE_ACTION(ACTION_AUDIT) | GATE_ACTION(ACTION_APPROVE) |            \
	 GATE_ACTION(ACTION_PUBLISH) | GATE_ACTION(ACTION_CLAIM))

struct gate_ask {
	const struct gate *g;
	const struct gate_request *r;
	const struct person_state *state;
	uint32_t action; /* its bit */
	const struct gate_role *role;
	const struct gate_purpose *purpose; /* NULL: none needed, or a person request */
	size_t purpose_index;
	bool person_request;
	const struct policy_derived *set; /* that is made; then there is no purpose */
	bool observed; /* the purpose is, today */
	date today;
	const struct gate_category *category; /* NULL: none */
	enum code lowest; /* of the codes given so far; CODE_NONE */
	uint16_t *codes;
	size_t words; /* of the following that count */
	uint64_t asked[GATE_ITEM_WORDS];
	uint64_t pending[GATE_ITEM_WORDS]; /* asked and not refused so far */
	uint64_t waived[GATE_ITEM_WORDS];  /* pending only because the purpose is observed */
};

/*
 * Puts checks 1 to 3 but for `collects` to R for the person in STATE under the policy of G, and
 * makes *ASK ready for gate_ask_items; CODES takes the codes of items.  Gives CODE_NONE or the code of the check that
 * refuses the whole request.
 */
enum code gate_ask_open(struct gate_ask *ask, const struct gate *g, const struct gate_request *r,
			const struct person_state *state, uint16_t *codes);

/* Puts `collects` and the checks 4 to 7 to each item of *ASK, which has a category. */
void gate_ask_items(struct gate_ask *ask);

/* Puts the checks 4 to 8 to the action of *ASK on the whole person, or on nobody: CODE_NONE or a code. */
enum code gate_ask_person(const struct gate_ask *ask);

/* True when *ASK's person is there for this action and has the category, if one is named (check 8). */
bool gate_ask_found(const struct gate_ask *ask);

/*
 * Puts the checks 9 to 12 to each item asked of *ASK that has a value, for a set
 * that is to be made (T13): true when there is one and all of them pass.
 */
bool gate_ask_serves(const struct gate_ask *ask);

/* Refuses the items of *ASK in MASK that are pending, with CODE. */
void gate_ask_refuse(struct gate_ask *ask, const uint64_t *mask, enum code code);

#endif
