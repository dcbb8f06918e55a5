/*
 * evidence/tiles.h - the writer of tile files, for the housekeeper.
 *
 * Under the folder it is given lies one folder for each generation, g<number>,
 * with the files of C2SP tlog-tiles: `checkpoint`, `tile/…`, and one more,
 * `synced`: the number of entries whose tiles are surely on disk.  Tiles are not
 * synced one by one; whatever lies behind `synced` is written again at the next
 * start.  `checkpoint` is written last, so that it never names a size whose
 * tiles cannot be served.  Everything here can be lost and made again.
 *
 * Entry bundles are written only when asked for: the server makes them from the
 * database (log_reader_bundle).
 *
 * Threads: a writer belongs to one thread at a time.
 */
#ifndef SEKISHO_EVIDENCE_TILES_H
#define SEKISHO_EVIDENCE_TILES_H

#include "evidence/reader.h"

struct log_tiles;

struct log_tiles_config {
	const char *dir;	    /* the folder above g<generation>; borrowed for the call */
	const struct note_key *key; /* that signs the log's checkpoints; borrowed for the writer's life */
	bool bundles;		    /* entry bundles, too */
	bool rebuild;		    /* believe nothing that is there */
};

/*
 * Opens the writer of GENERATION as C says, reading D's log, in *OUT, the
 * caller's to close; D is borrowed for the writer's life.  Fails with io,
 * out_of_memory.
 */
result log_tiles_open(struct db *d, uint64_t generation, const struct log_tiles_config *c, struct log_tiles **out,
		      struct error *e);

/* Closes T; NULL is nothing. */
void log_tiles_close(struct log_tiles *t);

/*
 * Brings T's files up to the log's head, the checkpoint last.  What lies there
 * already is believed until the root does not come out; then all is written
 * again, once.  Fails with io, database, log_corrupt (the entries do not lead to
 * the signed root).
 */
result log_write_tiles(struct log_tiles *t, struct error *e);

/* The number of entries that T's checkpoint file covers. */
uint64_t log_tiles_size(const struct log_tiles *t);

#endif
