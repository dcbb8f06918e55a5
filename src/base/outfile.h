/*
 * base/outfile.h - a long file, written in pieces, that is there whole or not at all.
 *
 * What is added goes to a temporary file beside the final name; outfile_commit
 * syncs it and renames it, outfile_drop removes it.  Either ends the file.
 */
#ifndef SEKISHO_BASE_OUTFILE_H
#define SEKISHO_BASE_OUTFILE_H

#include <limits.h>

#include "base/result.h"
#include "base/str.h"

struct outfile {
	int fd; /* -1 when there is none */
	struct buf pending;
	char path[PATH_MAX];
	char temporary[PATH_MAX];
	bool fresh; /* its name was not there when it was about to be given */
};

/* A file that is not open, so that outfile_drop may always be called. */
#define OUTFILE_NONE ((struct outfile){.fd = -1})

/*
 * Begins the file PATH with permissions MODE as F.  Fails with io or too_large
 * (the path); then there is nothing to drop.
 */
result outfile_open(struct outfile *f, const char *path, unsigned mode, struct error *e);

/* The buffer that what comes next is appended to; F's. */
static inline struct buf *outfile_buf(struct outfile *f)
{
	return &f->pending;
}

/* Writes out what F's buffer holds when that is LEAST bytes or more.  Fails with io or out_of_memory. */
result outfile_flush(struct outfile *f, size_t least, struct error *e);

/*
 * Ends the COUNT files of F, those that are open, under their names, durably and in this order: all of them are
 * written out and synced before the first has its name, so that what fails for want of room fails before.  Fails with
 * io or out_of_memory; then each name that was not there before is not there, and all of them are to be dropped.
 * Whoever is killed in between leaves the first of them, each whole, and none of a later one without the earlier.
 */
result outfile_commit_all(struct outfile *f, size_t count, struct error *e);

/* Ends F under its name, durably.  Fails with io; then the name is as it was, and F is to be dropped. */
result outfile_commit(struct outfile *f, struct error *e);

/* Ends F without a trace, unless it was committed or never open. */
void outfile_drop(struct outfile *f);

#endif
