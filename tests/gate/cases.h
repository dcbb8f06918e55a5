/*
 * tests/gate/cases.h - one table of cases while it is run (test_table.c), for the
 * questions that stand in files of their own.
 */
#ifndef SEKISHO_TEST_GATE_CASES_H
#define SEKISHO_TEST_GATE_CASES_H

#include "gate/scene.h"

enum { MANY = 24 };

/* A file, the person of its case, and what came of it. */
struct table {
	struct scene scene;
	const char *name;
	size_t line;
	struct str title; /* of the case */
	bool built;
	/* the person */
	struct person_state state;
	uint32_t categories[MANY];
	struct person_acquisition acquisitions[MANY];
	struct person_value values[MANY];
	uint16_t acquired[MANY][4];
	struct person_consent consents[MANY];
	struct person_suspension suspensions[MANY];
	struct person_objection objections[MANY];
	struct person_event events[MANY];
	struct person_hold holds[MANY];
	/* counted */
	size_t run, wrong;
	bool seen[CODE_COUNT];
};

/* Says at F's line, and counts, that WHAT (and GOT) is not as expected, unless RIGHT. */
void table_check(struct table *f, bool right, const char *what, const char *got);

/* F's registry number of KIND NAME; wrong when no version has it. */
uint32_t table_number(struct table *f, const char *kind, struct str name);

/* The items of C that LIST names, joined by commas, into ITEMS, for F. */
void table_items(struct table *f, const struct policy_category *c, struct str list, uint64_t *items);

/* Compares V, about C, with ANSWER of F: its verdict, a code, then each ITEM=answer. */
void table_verdict(struct table *f, const struct policy_category *c, const struct gate_verdict *v,
		   const struct line *answer);

/* `set`: the question L of F about a pseudonymized set, and its ANSWER. */
void table_set(struct table *f, const struct line *l, const struct line *answer);

/* `until`: the question L of F how long a run is kept, and its ANSWER. */
void table_until(struct table *f, const struct line *l, const struct line *answer);

/* `serves`: the question L of F what a person's row in a set would serve, and its ANSWER. */
void table_serves(struct table *f, const struct line *l, const struct line *answer);

#endif
