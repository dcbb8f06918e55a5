/*
 * tests/gate/naive.h - the decision once more, straight from the manual: slow,
 * without tables, item by item and rule by rule over the policies as they are
 * compiled.  It shares no code with the gate but types, so that both have to make
 * the same mistake to agree on one.
 */
#ifndef SEKISHO_TEST_GATE_NAIVE_H
#define SEKISHO_TEST_GATE_NAIVE_H

#include "gate/gate.h"
#include "gate/set.h"

/* One question: who asks what of whom under which policies. */
struct naive {
	const struct policy_set *set;
	const struct policy *now; /* in force */
	const struct gate_request *r;
	const struct person_state *s; /* NULL: nobody */
};

/* As gate_decide for Q into *OUT. */
void naive_decide(const struct naive *q, struct gate_verdict *out);

/* The code that gate_acquire gives for Q, A and UNCHANGED; *BINDING is the acquisition, zero when refused. */
enum code naive_acquire(const struct naive *q, const struct gate_acquisition *a, const uint64_t *unchanged,
			struct person_acquisition *binding);

/* As gate_consent for C; of Q, `now`, `set`, `s` and the time of R count. */
enum code naive_consent(const struct naive *q, const struct gate_consent *c);

/* As gate_keeping for Q's value number VALUE; of Q, `now`, `set`, `s` and the time of R count. */
enum keeping naive_keeping(const struct naive *q, size_t value);

/* T13: whether each value of Q's person among ITEMS may serve P, when the set of the category of Q's R is made at the time of R. */
bool naive_serves(const struct naive *q, const struct policy_purpose *p, const uint64_t *items);

/* As gate_decide_set for R under the version NOW into *OUT. */
void naive_decide_set(const struct policy *now, const struct gate_set_request *r, struct gate_verdict *out);

/* What naive_rules.c knows, rule by rule; numbers are registry numbers. */

/* T8: whether the clock C of the version P has not run out for Q's person and what came in by A. */
bool rule_clock(const struct naive *q, const struct policy *p, const struct policy_clock *c,
		const struct person_acquisition *a);

/* T1, T8: whether ITEM may still be kept for PURPOSE by what came in by A from Q's person. */
bool rule_kept(const struct naive *q, uint32_t item, uint32_t purpose, const struct person_acquisition *a);

/* T2, T5: whether under Q's versions A told PURPOSE. */
bool rule_told(const struct naive *q, uint32_t purpose, const struct person_acquisition *a);

/* T2, T6: whether ITEM of Q's person, come in by A, may serve PURPOSE but for PURPOSE's own consent. */
bool rule_serves(const struct naive *q, uint32_t item, const struct policy_purpose *purpose,
		 const struct person_acquisition *a);

/* T7: whether under Q's versions C covers ITEM for PURPOSE. */
bool rule_covers(const struct naive *q, const struct person_consent *c, uint32_t purpose, uint32_t item);

/* Whether one of the N USES, said in the version P, has ITEM. */
bool rule_uses(const struct policy *p, const struct policy_uses *uses, size_t n, uint32_t item);

/* What Q's person said last of CONSENT, or NULL.  The state's. */
const struct person_consent *rule_consent(const struct naive *q, uint32_t consent);

/* T8: whether EVENT of Q's version in force has happened before today and was not cancelled since. */
bool rule_over(const struct naive *q, int event);

/* Version N of Q, or NULL.  The set's. */
const struct policy *rule_version(const struct naive *q, uint32_t n);

/* Q's day, in the zone of the policy in force. */
date rule_today(const struct naive *q);

#endif
