/*
 * deid/judge.h - whether cells, taken together as one class, meet the models.
 *
 * Only models by class are looked at.  A judge is one thread's working memory.
 */
#ifndef SEKISHO_DEID_JUDGE_H
#define SEKISHO_DEID_JUDGE_H

#include "deid/problem.h"

enum deid_judged {
	DEID_HOLDS = 0,
	DEID_FAILS = 1,
	DEID_FAILS_FINER = 2, /* a model by record: in finer transformations, too */
	DEID_NO_ROWS = 4,     /* persons of the population alone */
};

struct deid_judge {
	struct arena arena;
	const struct deid_problem *p;
	struct deid_histogram *histogram; /* by sensitive column; NULL when no model needs them */
	struct deid_model_room room;
};

/* A class: some of CELLS, those at the N places AT, with ROWS rows and PERSONS persons of the population in all. */
struct deid_members {
	const struct deid_cells *cells;
	const uint32_t *at;
	uint32_t n;
	uint64_t rows;
	uint64_t persons;
};

/* Makes J for P, which outlives it; false when there is no memory.  Freed by deid_judge_free whatever the outcome. */
bool deid_judge_make(struct deid_judge *j, const struct deid_problem *p);

/* Frees what J holds. */
void deid_judge_free(struct deid_judge *j);

/* What J says of the class M of its problem's cells. */
enum deid_judged deid_judge_class(struct deid_judge *j, const struct deid_members *m);

#endif
