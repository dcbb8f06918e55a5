/*
 * base/source.h - bytes that are pulled: from a descriptor, from memory, or from
 * another source that is decoded on the way.
 *
 * A source is a function and its context; it owns nothing.  The context belongs
 * to whoever made it and must outlive the source's last use.
 */
#ifndef SEKISHO_BASE_SOURCE_H
#define SEKISHO_BASE_SOURCE_H

#include <stddef.h>

#include "base/result.h"
#include "base/str.h"

struct source {
	/*
	 * Puts up to CAP bytes into OUT and their number into *N; *N is 0 only
	 * at the end.  CAP is at least SOURCE_MIN.  Fails with io, or with what
	 * the source itself checks (encoding).
	 */
	result (*read)(void *ctx, char *out, size_t cap, size_t *n, struct error *e);
	void *ctx;
};

enum { SOURCE_MIN = 8 };

struct descriptor_source {
	int fd;		  /* open for reading; stays the caller's */
	const char *name; /* for messages */
};

/* A source over the descriptor of S. */
struct source source_descriptor(struct descriptor_source *s);

/* A source over the bytes of S, which is shortened as they are taken. */
struct source source_memory(struct str *s);

#endif
