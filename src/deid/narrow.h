/*
 * deid/narrow.h - what somebody who holds all releases of a set can narrow down.
 *
 * Each release joins persons into classes and publishes those that are large
 * enough.  Two persons look alike to the holder of several releases when each of
 * them joins both into one class.  A group of persons who look alike is whole when
 * it is all of a class that some release published: about it, all releases tell no
 * more than that one.  In the smallest group that is not whole, and of which some
 * release published a class that it is part of, nobody hides among more.  No
 * conclusion about the table, from published counts, from differences between
 * them, or from what is missing, is about fewer persons than that, or than the
 * smallest class of a release.
 *
 * docs/deidentification.md has the definition, its source and its limits.
 */
#ifndef SEKISHO_DEID_NARROW_H
#define SEKISHO_DEID_NARROW_H

#include "base/result.h"
#include "deid/dict.h"

struct deid_narrowing {
	size_t releases;	  /* earlier ones */
	struct deid_dict *classes; /* of each, the keys that it published */
	struct deid_dict views;	  /* the classes of a person in all releases, this one first */
	struct buf counts;	  /* of each view: uint64_t */
	struct buf text;
};

/* Makes N ready for RELEASES earlier releases, which stay in A; what it holds is freed with deid_narrowing_free.  Fails with out_of_memory. */
result deid_narrowing_init(struct deid_narrowing *n, size_t releases, struct arena *a, struct error *e);

/* Frees what N holds. */
void deid_narrowing_free(struct deid_narrowing *n);

/* Adds to N that its earlier release number RELEASE published records with KEY.  Fails with out_of_memory. */
result deid_narrowing_published(struct deid_narrowing *n, size_t release, struct str key, struct error *e);

/*
 * Adds to N COUNT persons whom this release would write as KEY and the earlier
 * ones as EARLIER[0 to releases-1], whether they did or left them out; {NULL, 0}:
 * surely not at all.  Fails with out_of_memory.
 */
result deid_narrowing_add(struct deid_narrowing *n, struct str key, const struct str *earlier, uint64_t count, struct error *e);

/*
 * Puts into *SMALLEST the size of N's smallest group, of those that are not whole
 * and of those that are whole in this release, which publishes the keys in KEPT
 * and leaves the others out; 0 when there is none.  Fails with out_of_memory.
 */
result deid_narrowing_smallest(const struct deid_narrowing *n, const struct deid_dict *kept, uint64_t *smallest,
			       struct error *e);

#endif
