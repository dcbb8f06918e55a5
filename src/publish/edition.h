/*
 * publish/edition.h - one version of a policy with the files that it was compiled from.
 *
 * What is published is made from an edition alone, so that the same version
 * always gives the same bytes.
 *
 * Ownership: an edition of a directory, and the list of those in a database, are
 * freed by their own _free; everything in them is theirs.  Read-only once made.
 */
#ifndef SEKISHO_PUBLISH_EDITION_H
#define SEKISHO_PUBLISH_EDITION_H

#include "db/db.h"
#include "policy/set.h"
#include "policy/source.h"

struct edition {
	const struct policy *policy;
	const struct source *files;
	date on;  /* as of which day it is rendered: when it takes effect, unless asked otherwise */
};

/* All published versions, ascending. */
struct editions {
	struct arena arena;
	struct policy_set *set;
	struct edition *list;
	size_t n;
};

/* A policy directory, compiled. */
struct draft {
	struct arena arena;
	struct source files;
	struct policy *policy; /* NULL when it has errors */
	struct edition edition;
};

/*
 * Examines the directory DIR by the law in force on LAW (DATE_NONE: on its own
 * date), with PENDING also by enacted law that is not yet in force; findings go to F.
 * Fails with io, too_large, out_of_memory.
 */
result draft_check(const char *dir, date law, bool pending, struct findings *f, struct error *e);

/*
 * Reads and examines the directory DIR into *OUT, the caller's to free with
 * draft_free in any case; findings, those of its texts too, go to F.  Fails with
 * io, too_large, out_of_memory.
 */
result draft_read(const char *dir, struct findings *f, struct draft *out, struct error *e);

/* Frees what D holds. */
void draft_free(struct draft *d);

/*
 * Reads all published versions of D into *OUT, the caller's to free with
 * editions_free.  Fails with database (a version is damaged), out_of_memory.
 */
result editions_load(struct db *d, struct editions **out, struct error *e);

/* Frees E; NULL is nothing. */
void editions_free(struct editions *e);

#endif
