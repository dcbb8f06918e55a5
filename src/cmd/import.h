/*
 * cmd/import.h - a file brought in through the gate, batch by batch: what `import` and `demo` share.
 *
 * While one batch is decided, sealed and committed, the next one is read.  Each
 * batch names the row that it goes on from, and the instance refuses it unless the
 * import has come exactly there: so a batch is stored once whatever happens to
 * this process.  The import's id is made of the file's size and content and of
 * what it is imported as.
 */
#ifndef SEKISHO_CMD_IMPORT_H
#define SEKISHO_CMD_IMPORT_H

#include <limits.h>

#include "cmd/control.h"
#include "cmd/rows.h"

struct import_job {
	const char *file, *category, *channel, *map;
	const char *purpose; /* NULL: the first of the token's role */
	struct str token;
	struct rows_common common;
	enum charset charset;
	size_t batch; /* rows */
	bool by_word; /* an operator took it down (T2) */
	bool resume, again;
	bool quiet; /* no progress */
};

struct import_result {
	uint64_t rows;	   /* read, with those of an earlier run */
	uint64_t before;   /* of them by an earlier run */
	uint64_t rejected; /* by this run */
	int64_t ms;
	char rejects[PATH_MAX]; /* the file that they are in */
};

/*
 * Does JOB by C; *R is what came of it, also on failure: then rows up to R->rows are
 * stored or rejected.  Fails as rows_open and rows_next, as the instance refuses a
 * batch, with conflict (the file was imported before and neither resume nor again is set) and io.
 */
result import_run(struct control *c, const struct import_job *job, struct import_result *r, struct error *e);

#endif
