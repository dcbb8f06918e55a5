/*
 * deid/checks.h - what the law asks of anonymously processed information, checked
 * on what is about to be written.
 *
 * Each check has its article, its outcome and one sentence; no sentence holds a
 * value of the table.  A result with a failed check is not written.
 */
#ifndef SEKISHO_DEID_CHECKS_H
#define SEKISHO_DEID_CHECKS_H

#include "deid/job.h"
#include "deid/say.h"

enum deid_verdict {
	DEID_FAILED,
	DEID_PASSED,
	DEID_NOT_APPLICABLE,
};

struct deid_check {
	const char *id;
	const char *title[DEID_LANGUAGES];
	const char *law[DEID_LANGUAGES];
	enum deid_verdict verdict;
	struct str detail[DEID_LANGUAGES];
};

enum { DEID_CHECKS = 9 };

struct deid_checks {
	struct arena arena;
	struct deid_check at[DEID_CHECKS];
	size_t n;
	struct str items;     /* of the output, for the publication */
	struct str notice[DEID_LANGUAGES];    /* what is to be published before provision */
	struct str statement[DEID_LANGUAGES]; /* what the recipient is told */
};

/*
 * Checks R's plan into *C, freed by deid_checks_free whatever the outcome.  Fails
 * with out_of_memory; a failed check is no failure of this function.
 */
result deid_check(const struct deid_run *r, struct deid_checks *c, struct error *e);

/* Fails with law_check_failed, naming in English the first check of C that failed, unless none did. */
result deid_checks_verdict(const struct deid_checks *c, struct error *e);

/* Frees what C holds. */
void deid_checks_free(struct deid_checks *c);

/* The name of V in JSON: "failed", "passed", "not applicable".  Static. */
const char *deid_verdict_name(enum deid_verdict v);

#endif
