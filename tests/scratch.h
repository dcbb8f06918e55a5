/*
 * tests/scratch.h - a directory of one's own that is gone afterwards.
 */
#ifndef SEKISHO_TEST_SCRATCH_H
#define SEKISHO_TEST_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

struct scratch {
	char dir[512];
	char path[1024]; /* of the last scratch_path */
};

/* Makes the directory of S. */
static inline void scratch_make(struct scratch *s)
{
	const char *base = getenv("TMPDIR");

	snprintf(s->dir, sizeof s->dir, "%s/sekisho-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(s->dir));
}

/* The path of NAME in S.  S's, until the next call. */
static inline const char *scratch_path(struct scratch *s, const char *name)
{
	snprintf(s->path, sizeof s->path, "%s/%s", s->dir, name);
	return s->path;
}

/* Removes PATH; ST, TYPE and AT are as nftw gives them. */
static inline int scratch_unlink(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* Removes the directory of S and all that is in it. */
static inline void scratch_remove(struct scratch *s)
{
	assert_int_equal(nftw(s->dir, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS), 0);
}

#endif
