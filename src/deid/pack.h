/*
 * deid/pack.h - several attributes' values in one small number.
 *
 * The quasi-identifying attributes are dealt into chunks so that a chunk's leaf
 * combinations are few enough for a table that stays in the cache.  A tuple is
 * one code per chunk; taking it to coarser levels is one look-up per chunk, and
 * the look-up gives dense numbers, so that a class is found by an index.
 *
 * A coarser value is written as the code of its first leaves: the same tables
 * take it further up.
 *
 * Threads may share a packing; a table is made when it is first asked for.
 */
#ifndef SEKISHO_DEID_PACK_H
#define SEKISHO_DEID_PACK_H

#include <stdatomic.h>

#include "deid/hierarchy.h"

/* For one chunk at given levels, by code. */
struct deid_lut {
	uint32_t values; /* different combinations of values */
	uint32_t *dense; /* the combination's number, from 0 to values - 1 */
	uint32_t *first; /* its code: that of the first leaves */
};

struct deid_chunk {
	size_t from; /* places in `order` */
	size_t n;
	uint32_t domain; /* combinations of leaves */
	size_t combinations; /* of levels */
	_Atomic(struct deid_lut *) *lut;
};

struct deid_pack {
	struct arena arena;
	const struct deid_hierarchy *const *h; /* by attribute */
	size_t attributes;
	size_t *order;	  /* attributes, chunk by chunk */
	uint32_t *stride; /* by place in order */
	struct deid_chunk *chunk;
	size_t chunks;
};

/*
 * Makes P over the N attributes with the hierarchies H, which must outlive it.
 * P is freed by deid_pack_free whatever the outcome.  Fails with out_of_memory.
 */
result deid_pack_make(struct deid_pack *p, const struct deid_hierarchy *const *h, size_t n, struct error *e);

/* Frees what P holds. */
void deid_pack_free(struct deid_pack *p);

/* The code of chunk C of P for the leaves LEAF, by attribute. */
uint32_t deid_pack_code(const struct deid_pack *p, size_t c, const uint32_t *leaf);

/* The leaf of the attribute at place I of P's order in CODE, a code of the chunk that it is in. */
static inline uint32_t deid_pack_leaf(const struct deid_pack *p, size_t i, uint32_t code)
{
	return code / p->stride[i] % p->h[p->order[i]]->leaf.n;
}

/* The table of chunk C of P at LEVELS (by attribute), or NULL when there is no memory.  P's. */
const struct deid_lut *deid_pack_lut(struct deid_pack *p, size_t c, const uint8_t *levels);

#endif
