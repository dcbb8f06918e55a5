/*
 * policy/diff.h - what changes from one version of a policy to another, as a
 * person would want to know it.
 *
 * Things are compared by registry number, so that a renamed id is no change.
 * Each change has a code of findings.def, the fact it is about, a sentence in
 * English and Japanese, the act that the law asks for, and whose data it
 * touches.  What widens, lengthens or takes away needs a person's answer before
 * it can be published; what narrows is only told.
 */
#ifndef SEKISHO_POLICY_DIFF_H
#define SEKISHO_POLICY_DIFF_H

#include "policy/policy.h"

/* What something is called: a text of the policy OF, or plain words when it has none. */
struct change_name {
	const struct policy *of;
	struct policy_text text;
	struct str plain;
	struct str plain_ja; /* or empty: as `plain` */
};

/* Whose data a change touches, by registry number; a person is touched by any of these. */
struct change_reach {
	bool everyone;
	uint32_t category; /* who is in it; 0: none */
	uint32_t consent;  /* whose consent to it stands; 0: none */
	const uint32_t *items; /* who has a value of one of these … */
	size_t n_items;
	uint32_t purpose; /* … that is bound to this purpose; 0: however bound */
};

struct change_act {
	const char *law;
	const char *since; /* the law is cited as in force since this date */
	const char *en, *ja;
};

struct change {
	enum finding_code code;
	struct change_act act;
	const char *answers; /* that it takes, separated by blanks; empty when it needs none */
	struct place at;     /* in the later version */
	struct str path;
	struct change_name what, from, to;
	struct change_name *more;
	size_t n_more, cap_more;
	struct change_reach reach;
};

struct changes {
	struct arena *a;
	struct change *list;
	size_t n, cap;
	bool failed; /* memory ran out: the list is not whole */
};

/*
 * Finds what changes from BEFORE to AFTER, both with registry numbers, into *OUT,
 * in the order of the file; all of it lies in A and refers to both policies.
 * Fails with out_of_memory.
 */
result policy_diff(const struct policy *before, const struct policy *after, struct arena *a, struct changes *out,
		   struct error *e);

/* Gives the names of BEFORE and AFTER numbers of their own, as if they were the only versions. Fails with out_of_memory. */
result policy_diff_number(struct policy *before, struct policy *after, struct error *e);

/* Appends the sentence of C to B: in Japanese when JA, else in English. */
void change_write(const struct change *c, bool ja, struct buf *b);

/* True when CODE is that of a change. */
bool change_is(enum finding_code code);

/* True when C touches the data of persons, so that a count of them means something. */
bool change_reaches(const struct change *c);

/*
 * Adds to F a question for each of C that needs an answer and has no valid one in
 * the decisions of AFTER for the change from version SINCE; gives their number.
 */
size_t changes_ask(const struct changes *c, const struct policy *after, uint32_t since, struct findings *f);

/*
 * Notes in P, a published version, that a longer keeping was decided to hold for
 * what was acquired before too (T1).
 */
void policy_apply_answers(struct policy *p);

#endif
