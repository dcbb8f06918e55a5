/*
 * evidence/tile.h - tiles of height 8 and entry bundles (C2SP tlog-tiles): paths and bytes.
 *
 * Tile N of level L holds up to 256 hashes, the roots of the complete subtrees
 * of 256^L leaves from number 256 N on.  Entry bundle N holds up to 256 entries
 * from index 256 N on, each with its length before it (2 bytes, big-endian).
 * Paths are `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, where W is the
 * width of a partial tile and N is written in groups of three digits, all but
 * the last with an x before them: 1234067 is x001/x234/067.
 *
 * Ownership: what is read points into what it was read from.  Pure but for
 * tile_read and tile_write.
 */
#ifndef SEKISHO_EVIDENCE_TILE_H
#define SEKISHO_EVIDENCE_TILE_H

#include "evidence/merkle.h"

enum {
	TILE_HEIGHT = 8,
	TILE_WIDTH = 256,
	TILE_BYTES = TILE_WIDTH * HASH_SIZE,
	TILE_LEVELS = 8,
	TILE_ENTRIES = -1, /* as a level: entry bundles */
	ENTRY_MAX = 65535,
	BUNDLE_MAX = TILE_WIDTH * (2 + ENTRY_MAX),
};

struct tile_id {
	int level; /* 0 to TILE_LEVELS - 1, or TILE_ENTRIES */
	uint64_t n;
	unsigned width; /* 1 to TILE_WIDTH, which is a full tile */
};

/* Appends the path of T to B. */
void tile_path(struct buf *b, const struct tile_id *t);

/* Reads PATH into *OUT; false when it is no tile's path in its one form. */
bool tile_path_read(struct str path, struct tile_id *out);

/* How wide tile N of LEVEL is in a log of SIZE entries: 0 when there is none. */
unsigned tile_width(int level, uint64_t n, uint64_t size);

/* Appends ENTRY, of at most ENTRY_MAX bytes, to the bundle in B. */
void bundle_add(struct buf *b, struct str entry);

/* Takes the next entry off REST, the rest of a bundle, into *ENTRY; false when there is none or it is cut short. */
bool bundle_next(struct str *rest, struct str *entry);

/*
 * Reads into B, which is reset, the file of T under DIR or, when T is partial,
 * that of the full tile, and cuts it to T's width.  Fails with io (there is
 * none), log_corrupt (it has not the right length).
 */
result tile_read(const char *dir, const struct tile_id *t, struct buf *b, struct error *e);

/*
 * Writes BYTES as the file of T under DIR, whole or not at all, but not synced:
 * tiles can be made again.  Folders are made.  Fails with io, too_large.
 */
result tile_write(const char *dir, const struct tile_id *t, struct str bytes, struct error *e);

/*
 * Makes all that was written under DIR durable, with the rest of its file
 * system: one call for hundreds of files costs less than one for each.  Fails
 * with io.
 */
result tile_sync_all(const char *dir, struct error *e);

/* Removes the partial tiles under DIR that the full tile T has replaced.  Fails with io. */
result tile_drop_partial(const char *dir, const struct tile_id *t, struct error *e);

#endif
