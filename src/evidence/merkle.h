/*
 * evidence/merkle.h - Merkle trees of RFC 6962 section 2.1 over SHA-256.
 *
 * A leaf is H(0x00 || entry), a node H(0x01 || left || right), the empty tree
 * H(""); a tree of n leaves splits at the largest power of two below n.
 *
 * A range (struct merkle_range) is what has to be kept of a tree to append to
 * it: the roots of the complete subtrees that n's binary digits name, largest
 * first.  Proofs are verified from their bytes alone; to make them a source of
 * nodes is needed (evidence/tile.h, evidence/log.h have one each).
 *
 * Ownership: nothing allocates.  Everything is pure and may be called anywhere.
 */
#ifndef SEKISHO_EVIDENCE_MERKLE_H
#define SEKISHO_EVIDENCE_MERKLE_H

#include "base/result.h"
#include "crypto/hash.h"

struct merkle_hash {
	unsigned char b[HASH_SIZE];
};

enum {
	MERKLE_LEVELS = 63,	/* so many complete subtrees a range has at most */
	MERKLE_PROOF_MAX = 64,	/* hashes in a proof */
};

/* Sizes and indexes are below this. */
#define MERKLE_SIZE_MAX (UINT64_C(1) << 62)

/* True when A and B are the same. */
bool merkle_hash_eq(const struct merkle_hash *a, const struct merkle_hash *b);

/* The leaf hash of ENTRY into OUT. */
void merkle_leaf(struct str entry, struct merkle_hash *out);

/* The node over LEFT and RIGHT into OUT, which may be one of them. */
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right, struct merkle_hash *out);

/* The root of the complete tree over the COUNT (a power of two) HASHES into OUT; HASHES is overwritten. */
void merkle_fold(struct merkle_hash *hashes, size_t count, struct merkle_hash *out);

/* at[0] is the root of the largest subtree; count is the number of ones in size. */
struct merkle_range {
	uint64_t size;
	unsigned count;
	struct merkle_hash at[MERKLE_LEVELS];
};

/* Makes R the range of the empty tree. */
void merkle_range_init(struct merkle_range *r);

/* Appends LEAF to R's tree, which has fewer than MERKLE_SIZE_MAX leaves. */
void merkle_range_add(struct merkle_range *r, const struct merkle_hash *leaf);

/* The root of R's tree into OUT. */
void merkle_range_root(const struct merkle_range *r, struct merkle_hash *out);

/* R's hashes as bytes, HASH_SIZE for each, largest subtree first.  R's. */
struct str merkle_range_bytes(const struct merkle_range *r);

/* Makes R the range of SIZE leaves from BYTES as merkle_range_bytes gave them; false when their number is another. */
bool merkle_range_read(struct merkle_range *r, uint64_t size, struct str bytes);

struct merkle_proof {
	unsigned count;
	struct merkle_hash at[MERKLE_PROOF_MAX];
};

/*
 * True when P proves that LEAF is number INDEX of the tree whose leaves are
 * START to END - 1 of a log and whose root is ROOT.  The whole tree of n leaves
 * is START 0, END n; another is a subtree only when START is a multiple of the
 * power of two that END - START fits in.
 */
bool merkle_included(uint64_t index, uint64_t start, uint64_t end, const struct merkle_hash *leaf,
		     const struct merkle_proof *p, const struct merkle_hash *root);

struct merkle_span {
	uint64_t start;
	uint64_t end;
	struct merkle_hash root;
};

/*
 * True when P proves that PART, a subtree as above, lies in the tree of SIZE
 * leaves with ROOT.  An empty part lies in every tree: its proof is empty and its
 * root that of the empty tree.
 */
bool merkle_consistent(const struct merkle_span *part, uint64_t size, const struct merkle_proof *p,
		       const struct merkle_hash *root);

/*
 * True when P proves that OLD, which starts at 0, is an older state of the tree
 * of SIZE leaves with ROOT.  The empty tree is older than every other, which
 * proves nothing: true only when the whole is empty, too.
 */
bool merkle_continues(const struct merkle_span *old, uint64_t size, const struct merkle_proof *p,
		      const struct merkle_hash *root);

/* Where nodes come from: the complete subtree of 2^HEIGHT leaves that begins at leaf INDEX * 2^HEIGHT. */
struct merkle_source {
	result (*node)(void *ctx, unsigned height, uint64_t index, struct merkle_hash *out, struct error *e);
	void *ctx;
};

/*
 * Makes in P the proof that leaf INDEX is in the tree of SIZE leaves, from the
 * nodes of S.  Fails with malformed (INDEX is not below SIZE), or as the source.
 */
result merkle_prove_inclusion(const struct merkle_source *s, uint64_t index, uint64_t size, struct merkle_proof *p,
			      struct error *e);

/*
 * Makes in P the proof that the tree of OLD leaves is the beginning of that of
 * SIZE, from the nodes of S.  Fails with malformed (OLD is above SIZE), or as
 * the source.
 */
result merkle_prove_consistency(const struct merkle_source *s, uint64_t old, uint64_t size, struct merkle_proof *p,
				struct error *e);

/* The root of the tree of the SIZE first leaves into OUT, from the nodes of S.  Fails as the source. */
result merkle_root(const struct merkle_source *s, uint64_t size, struct merkle_hash *out, struct error *e);

#endif
