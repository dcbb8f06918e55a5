/*
 * tests/gate/chance.h - policies, persons and questions by chance, from a seed.
 * Few names and near dates, so that rules meet and clocks end near the questions.
 */
#ifndef SEKISHO_TEST_GATE_CHANCE_H
#define SEKISHO_TEST_GATE_CHANCE_H

#include "gate/gate.h"
#include "gate/set.h"

struct chance {
	uint64_t state;
};

/* A number below N from C. */
uint32_t chance_below(struct chance *c, uint32_t n);

/* True by C PERCENT times of a hundred. */
bool chance_of(struct chance *c, uint32_t percent);

/* One to four published versions by C into *OUT, all of A. */
void chance_policies(struct chance *c, struct arena *a, struct policy_set *out);

/* A person by C into *OUT, with numbers of SET and some of nobody, all of A. */
void chance_person(struct chance *c, struct arena *a, const struct policy_set *set, struct person_state *out);

/* A question by C under the version P into *OUT, of A. */
void chance_request(struct chance *c, struct arena *a, const struct policy *p, struct gate_request *out);

/* Gives each version of SET by C sets, ways for them to leave, and roles that have them, all of A. */
void chance_sets(struct chance *c, struct arena *a, struct policy_set *set);

/* A question by C about a set under the version P into *OUT. */
void chance_set_request(struct chance *c, const struct policy *p, struct gate_set_request *out);

/* An acquisition by C at about NOW under the version P into *OUT, with one consent at the most, of A. */
void chance_acquisition(struct chance *c, struct arena *a, const struct policy *p, moment now,
			struct gate_acquisition *out);

/* A consent by C or its withdrawal at about NOW under the version P into *OUT. */
void chance_consent(struct chance *c, const struct policy *p, moment now, struct gate_consent *out);

/* A time by C near the policies', often on a midnight of Japan or a millisecond beside it. */
moment chance_moment(struct chance *c);

#endif
