/*
 * deid/hierarchy.h - how the values of a column become coarser, level by level.
 *
 * Level 0 is the values themselves, the leaves; each further level joins values
 * of the level below.  It is a tree: two leaves that share a value share all
 * values above it.  A value at a level is named by its first leaf (`first`), so
 * that a coarser value is reached from any finer one by the same table.
 *
 * A hierarchy comes from a file (one line a leaf, one field a level, leaf
 * first) or from a rule that makes the levels of whatever values appear.  It
 * owns its texts; it does not change once made, so threads may share it.
 */
#ifndef SEKISHO_DEID_HIERARCHY_H
#define SEKISHO_DEID_HIERARCHY_H

#include "base/source.h"
#include "deid/dict.h"

enum { DEID_MAX_LEVELS = 32 };

struct deid_level {
	const struct str *label; /* by leaf */
	const uint32_t *first;	 /* by leaf: the first leaf of the same value */
	const uint32_t *size;	 /* by leaf: leaves of the same value */
	uint32_t values;	 /* different values */
};

struct deid_hierarchy {
	struct arena arena;
	struct deid_dict leaf;
	struct deid_level level[DEID_MAX_LEVELS];
	unsigned levels;
};

/*
 * Reads a hierarchy from SOURCE, its fields separated by SEPARATOR, into *H,
 * which the caller frees with deid_hierarchy_free whatever the outcome.  NAME
 * is what messages call the file.  Fails with hierarchy_invalid and the place:
 * no lines, lines of different length, more than DEID_MAX_LEVELS levels, a leaf
 * given twice, or a line that breaks the tree; and as csv_next does.
 */
result deid_hierarchy_read(struct deid_hierarchy *h, struct source source, char separator, const char *name,
			   struct error *e);

/*
 * Opens the file PATH and reads it as deid_hierarchy_read does into H, with
 * SEPARATOR.  Fails as that, and with io.
 */
result deid_hierarchy_load(struct deid_hierarchy *h, const char *path, char separator, struct error *e);

/* Makes H the hierarchy of one level over the values of LEAF, which it copies.  Fails with out_of_memory. */
result deid_hierarchy_flat(struct deid_hierarchy *h, const struct deid_dict *leaf, struct error *e);

/* Makes H empty without allocating. */
void deid_hierarchy_init(struct deid_hierarchy *h);

/*
 * Gives H, whose leaves are set, its next level: LABELS by leaf, in H's arena.
 * Fails with hierarchy_invalid when that breaks the tree (*BAD is then the leaf)
 * or there are too many levels, and with out_of_memory.
 */
result deid_hierarchy_add_level(struct deid_hierarchy *h, const struct str *labels, uint32_t *bad, struct error *e);

/* Frees what H holds; H is empty. */
void deid_hierarchy_free(struct deid_hierarchy *h);

/* Appends H to B as a file of the usual form, its fields separated by SEPARATOR. */
void deid_hierarchy_write(const struct deid_hierarchy *h, char separator, struct buf *b);

#endif
