/*
 * access/counts.h - how much was decided: by purpose today, by outcome since the start; and what failed.
 *
 * Only numbers, for the status page and for /metrics; what happened is in the
 * log.  Threads: any.
 */
#ifndef SEKISHO_ACCESS_COUNTS_H
#define SEKISHO_ACCESS_COUNTS_H

#include "base/clock.h"
#include "base/result.h"

struct access_counts;

enum { COUNTS_PURPOSES = 1024 }; /* registry numbers above are counted together under 0 */

/* Makes all zero in *OUT, the caller's to free with counts_free.  Fails with out_of_memory. */
result counts_new(struct access_counts **out, struct error *e);

/* Frees C; NULL is nothing. */
void counts_free(struct access_counts *c);

/* Counts a decision, ALLOWED or not, on DAY for the purpose with registry number PURPOSE (0: none of the policy's). */
void counts_add(struct access_counts *c, date day, uint32_t purpose, bool allowed);

struct purpose_count {
	uint64_t allowed, denied;
};

/* What was decided on DAY for PURPOSE into *OUT; zero when DAY is another than the last counted. */
void counts_get(struct access_counts *c, date day, uint32_t purpose, struct purpose_count *out);

/* What can become of the making of a set. */
enum run_outcome {
	RUN_MADE,      /* of a pseudonymized set */
	RUN_DESTROYED, /* likewise */
	RUN_FAILED,    /* a run or a release: refused, or for a fault */
	RUN_OUTCOMES
};

/* Runs since the start, by outcome. */
struct run_count {
	uint64_t of[RUN_OUTCOMES];
};

/* Counts in C the OUTCOME of a run. */
void counts_run(struct access_counts *c, enum run_outcome outcome);

/* What counts_run counted in C into *OUT. */
void counts_runs(struct access_counts *c, struct run_count *out);

/* What was decided since the start into *OUT. */
void counts_total(struct access_counts *c, struct purpose_count *out);

/* Counts in C a round of the housekeeper that failed. */
void counts_failed(struct access_counts *c);

/* How many rounds of the housekeeper failed since C was made. */
uint64_t counts_failures(struct access_counts *c);

#endif
