/*
 * deid/plan.h - from a run's table to the levels at which each tuple is written.
 */
#ifndef SEKISHO_DEID_PLAN_H
#define SEKISHO_DEID_PLAN_H

#include "deid/job.h"

/*
 * Searches R's problem and makes its plan: one block for all that is kept, or as
 * many as the job's recoding makes.  Fails as deid_search does, and with
 * model_invalid where a model or metric has no meaning for the recoding.
 */
result deid_plan_make(struct deid_run *r, struct error *e);

/* Frees what deid_plan_make made. */
void deid_plan_free(struct deid_run *r);

#endif
