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
 * Of a column under l or t the releases tell what values the persons of a class
 * have.  It is watched: what can be concluded of a group's values is at most which
 * of them the group has and how often, so that each such group has to hold the
 * model as a class has to.
 *
 * docs/deidentification.md has the definition, its source and its limits.
 */
#ifndef SEKISHO_DEID_NARROW_H
#define SEKISHO_DEID_NARROW_H

#include "base/result.h"
#include "deid/model.h"

/* A column under l or t. */
struct deid_watch {
	const struct deid_model *model; /* distinct-l or t, read from text */
	bool alike;	   /* all releases that tell it write its values in the same way */
	const bool *tells; /* by release, this one first: it has the column */
};

/* What the persons of one column under l or t have. */
struct deid_watched {
	struct deid_dict labels;
	struct deid_dict pairs; /* of a view's number and a label's */
	struct buf counts;	/* of each pair: uint64_t */
};

struct deid_narrowing {
	size_t releases;	  /* earlier ones */
	struct deid_dict *classes; /* of each, the keys that it published */
	struct deid_dict views;	  /* the classes of a person in all releases, this one first */
	struct buf counts;	  /* of each view: uint64_t */
	struct buf text;
	const struct deid_watch *watch;
	struct deid_watched *watched;
	size_t watches;
};

/* What there is to watch, if anything. */
struct deid_watches {
	const struct deid_watch *at;
	size_t n;
};

/*
 * Makes N ready for RELEASES earlier releases and the columns in WATCH, all of which
 * stay in A; what it holds is freed with deid_narrowing_free.  Fails with out_of_memory.
 */
result deid_narrowing_init(struct deid_narrowing *n, size_t releases, struct deid_watches watch, struct arena *a, struct error *e);

/* Frees what N holds. */
void deid_narrowing_free(struct deid_narrowing *n);

/* Adds to N that its earlier release number RELEASE published records with KEY.  Fails with out_of_memory. */
result deid_narrowing_published(struct deid_narrowing *n, size_t release, struct str key, struct error *e);

/* How persons look in all releases. */
struct deid_view {
	struct str key;		   /* what this release would write them as */
	const struct str *earlier; /* by release, the same of the earlier ones, whether they did or left them out; {NULL, 0}: surely not at all */
	const struct str *watched; /* by watched column, what they have */
};

/* Adds to N COUNT persons who look as V.  Fails with out_of_memory. */
result deid_narrowing_add(struct deid_narrowing *n, const struct deid_view *v, uint64_t count, struct error *e);

/*
 * Puts into *SMALLEST the size of N's smallest group, of those that are not whole
 * and of those that are whole in this release, which publishes the keys in KEPT
 * and leaves the others out; 0 when there is none.  Fails with out_of_memory.
 */
result deid_narrowing_smallest(const struct deid_narrowing *n, const struct deid_dict *kept, uint64_t *smallest,
			       struct error *e);

/*
 * Puts into *FAILED the number of the first watched column of N of whose values the
 * releases, this one with KEPT, tell more of some group than its model allows;
 * N->watches when there is none.  Fails with out_of_memory.
 */
result deid_narrowing_watch(const struct deid_narrowing *n, const struct deid_dict *kept, size_t *failed, struct error *e);

#endif
