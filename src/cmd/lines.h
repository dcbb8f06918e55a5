/* cmd/lines.h - the lines of a source, each whole. */
#ifndef SEKISHO_CMD_LINES_H
#define SEKISHO_CMD_LINES_H

#include "base/source.h"

struct lines {
	const char *name;
	size_t max;
	struct source source;
	struct buf held;
	size_t at; /* in held */
	uint64_t line;
	bool ended;
};

/* Makes L empty; NAME is what messages call the input, borrowed; a line has MAX bytes at the most. */
void lines_init(struct lines *l, const char *name, size_t max);

/* Reads SOURCE from now on as L's, from line 1. */
void lines_begin(struct lines *l, struct source source);

/* Wipes and frees what L holds. */
void lines_free(struct lines *l);

/*
 * Gives L's next line that is not blank in *LINE (L's, until the next call) and its
 * number in *NUMBER, and sets *MORE; clears it at the end.  Fails with too_large,
 * out_of_memory, and as the source does.
 */
result lines_next(struct lines *l, struct str *line, uint64_t *number, bool *more, struct error *e);

#endif
