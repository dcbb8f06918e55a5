#include "evidence/nodes.h"

#include <stdlib.h>
#include <string.h>

/* The tile of one level that was read last. */
struct cached {
	bool there;
	uint64_t n;
	unsigned width;
	struct merkle_hash hashes[TILE_WIDTH];
};

struct log_nodes {
	const char *dir; /* NULL: no files */
	struct log_reader *reader;
	uint64_t size;
	struct buf bytes;
	struct cached level[TILE_LEVELS];
};

result log_nodes_make(const char *dir, struct log_reader *reader, uint64_t size, struct log_nodes **out,
		      struct error *e)
{
	struct log_nodes *n = calloc(1, sizeof *n);

	*out = n;
	if (!n)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the log's nodes");
	n->dir = dir;
	n->reader = reader;
	n->size = size;
	return RESULT_OK;
}

void log_nodes_free(struct log_nodes *n)
{
	if (!n)
		return;
	buf_free(&n->bytes);
	free(n);
}

void log_nodes_without_files(struct log_nodes *n)
{
	n->dir = NULL;
	for (size_t i = 0; i < TILE_LEVELS; i++)
		n->level[i].there = false;
}

/*
 * Fills C from T's file, or from a narrower one of when the log was smaller, and
 * says how many hashes that gave.
 */
static unsigned from_files(struct log_nodes *n, const struct tile_id *t, struct cached *c)
{
	struct tile_id narrower = *t;

	for (; n->dir && narrower.width > 0; narrower.width--) {
		if (ok(tile_read(n->dir, &narrower, &n->bytes, NULL))) {
			memcpy(c->hashes, n->bytes.p, n->bytes.n);
			return narrower.width;
		}
		if (narrower.width == TILE_WIDTH)
			break; /* of a tile that is long full no partial one is left */
	}
	return 0;
}

/* Fills C from hash FROM on. */
static result from_entries(struct log_nodes *n, const struct tile_id *t, unsigned from, struct cached *c,
			   struct error *e)
{
	for (unsigned i = from; i < t->width; i++) {
		struct str entry;

		if (!n->reader)
			return error_set(e, CODE_IO, "a tile is missing");
		TRY(log_reader_entry(n->reader, t->n * TILE_WIDTH + i, &entry, e));
		merkle_leaf(entry, &c->hashes[i]);
	}
	return RESULT_OK;
}

/* Fills C from hash FROM on: each is the root of a full tile of the level below. */
static result from_below(struct log_nodes *n, const struct tile_id *t, unsigned from, struct cached *c, struct error *e)
{
	for (unsigned i = from; i < t->width; i++) {
		const struct tile_id child = {t->level - 1, t->n * TILE_WIDTH + i, TILE_WIDTH};
		struct merkle_hash fold[TILE_WIDTH];
		const struct merkle_hash *hashes;

		TRY(log_nodes_tile(n, &child, &hashes, e));
		memcpy(fold, hashes, sizeof fold);
		merkle_fold(fold, TILE_WIDTH, &c->hashes[i]);
	}
	return RESULT_OK;
}

result log_nodes_tile(struct log_nodes *n, const struct tile_id *t, const struct merkle_hash **hashes, struct error *e)
{
	struct cached *c = &n->level[t->level];
	unsigned have;

	*hashes = c->hashes;
	if (c->there && c->n == t->n && c->width >= t->width)
		return RESULT_OK;
	c->there = false;
	have = from_files(n, t, c);
	TRY(t->level == 0 ? from_entries(n, t, have, c, e) : from_below(n, t, have, c, e));
	c->n = t->n;
	c->width = t->width;
	c->there = true;
	return RESULT_OK;
}

static result node(void *ctx, unsigned height, uint64_t index, struct merkle_hash *out, struct error *e)
{
	struct log_nodes *n = ctx;
	int level = (int)(height / TILE_HEIGHT);
	unsigned below = height % TILE_HEIGHT;
	uint64_t first = index << below;
	struct tile_id t = {level, first / TILE_WIDTH, 0};
	struct merkle_hash fold[TILE_WIDTH];
	const struct merkle_hash *hashes;

	if (level >= TILE_LEVELS)
		return error_set(e, CODE_INTERNAL, "no log is as high as that");
	t.width = tile_width(level, t.n, n->size);
	if (first % TILE_WIDTH + ((uint64_t)1 << below) > t.width)
		return error_set(e, CODE_INTERNAL, "the tree has no such node");
	TRY(log_nodes_tile(n, &t, &hashes, e));
	memcpy(fold, hashes + first % TILE_WIDTH, sizeof fold[0] << below);
	merkle_fold(fold, (size_t)1 << below, out);
	return RESULT_OK;
}

result log_nodes_leaf(struct log_nodes *n, uint64_t index, struct merkle_hash *out, struct error *e)
{
	struct str entry;

	if (!n->reader)
		return node(n, 0, index, out, e);
	TRY(log_reader_entry(n->reader, index, &entry, e));
	merkle_leaf(entry, out);
	return RESULT_OK;
}

struct merkle_source log_nodes_source(struct log_nodes *n)
{
	return (struct merkle_source){node, n};
}
