/* cmd/import_file.h - what belongs to a file that is imported: its id, and the file of its rejected rows. */
#ifndef SEKISHO_CMD_IMPORT_FILE_H
#define SEKISHO_CMD_IMPORT_FILE_H

#include <stdio.h>

#include "base/clock.h"
#include "cmd/import.h"

/*
 * The id of importing JOB's file as JOB says into *ID: of its size, its first and
 * last mebibyte, category and channel.  Fails with io, out_of_memory.
 */
result import_identity(const struct import_job *job, struct uuid *id, struct error *e);

/* The rows that were rejected, with why; made when the first comes.  They are personal data: mode 0600. */
struct rejects {
	FILE *file;
	const char *path;
	struct str columns; /* of the originals */
	bool append;	    /* behind those of an earlier run */
};

struct reject {
	uint64_t line;
	struct str column; /* that it is about, or empty */
	struct str original;
	const char *code, *reason;
};

/* Adds ROW to R.  Fails with io. */
result rejects_add(struct rejects *r, const struct reject *row, struct error *e);

/* Makes what R holds durable.  Fails with io. */
result rejects_flush(struct rejects *r, struct error *e);

/* Closes R. */
void rejects_close(struct rejects *r);

#endif
