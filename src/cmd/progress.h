/*
 * cmd/progress.h - how far a long command has come, on a terminal only.
 *
 * One line on stderr, drawn over itself some times a second, with the rate and
 * the time left; nothing at all when stderr is no terminal.
 */
#ifndef SEKISHO_CMD_PROGRESS_H
#define SEKISHO_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *unit; /* "rows" */
	uint64_t total;	  /* of the work in units of its own; 0: unknown */
	int64_t started, shown; /* monotonic ms */
	bool on;
};

/* Begins P: things called UNIT (a literal) are counted, and the work is done at TOTAL (0: unknown). */
void progress_begin(struct progress *p, const char *unit, uint64_t total);

/* Says of P that COUNT things are done and DONE of its total. */
void progress_show(struct progress *p, uint64_t count, uint64_t done);

/* Takes P's line away. */
void progress_end(struct progress *p);

/* Milliseconds since P began. */
int64_t progress_elapsed(const struct progress *p);

#endif
