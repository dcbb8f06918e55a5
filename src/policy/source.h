/*
 * policy/source.h - the files of a policy, from a directory or from where a
 * published version was frozen.
 *
 * A source holds all files with their content, sorted by name.  Compiling reads
 * nothing else, so that a version compiled from what was stored at publication
 * is the one that was checked.
 */
#ifndef SEKISHO_POLICY_SOURCE_H
#define SEKISHO_POLICY_SOURCE_H

#include "base/arena.h"
#include "base/result.h"
#include "base/str.h"

enum {
	SOURCE_FILES = 4096,		    /* of a policy at the most */
	SOURCE_FILE_BYTES = 16 * 1024 * 1024, /* of one file at the most; what is read as YAML has a lower bound */
	SOURCE_BYTES = 64 * 1024 * 1024,    /* of all files at the most */
};

struct source_file {
	struct str name; /* relative, with slashes, NUL behind it */
	struct str text;
};

/* What stands in a directory and is no file that is read. */
struct source_other {
	struct str name;
	const char *what; /* "a directory" */
};

struct source {
	struct source_file *files; /* sorted by name */
	size_t n;
	struct source_other *others; /* of a directory */
	size_t n_others;
};

/*
 * Reads the directory DIR and what is in it into *OUT, in arena A.  Names that
 * begin with a dot and what is neither file nor directory (links too) are left
 * out.  Fails with io, too_large, out_of_memory.
 */
result source_read(struct arena *a, const char *dir, struct source *out, struct error *e);

/* What S has at NAME instead of a file ("a link, and links are not followed"), or NULL when there is nothing.  Static. */
const char *source_why_missing(const struct source *s, struct str name);

/* The file NAME of S, or NULL.  S's. */
const struct source_file *source_find(const struct source *s, struct str name);

/*
 * Appends S to B in its one framing: the line "sekisho policy 1", then for each
 * file in order of name its length and name, its length and content; lengths are
 * 8 bytes, big-endian.  The hash of a version is the SHA-256 of this.
 */
void source_pack(const struct source *s, struct buf *b);

/*
 * Reads PACKED, made by source_pack, into *OUT in arena A (the content is not
 * copied: PACKED must live as long).  Fails with malformed when it is anything
 * else, also when names are not in order; out_of_memory.
 */
result source_unpack(struct arena *a, struct str packed, struct source *out, struct error *e);

#endif
