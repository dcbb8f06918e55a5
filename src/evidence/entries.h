/*
 * evidence/entries.h - entries from a database, from tiles or from an export, one
 * like the other; seen inside this folder only.
 *
 * A source is opened once for each thread that reads it.
 */
#ifndef SEKISHO_EVIDENCE_ENTRIES_H
#define SEKISHO_EVIDENCE_ENTRIES_H

#include "evidence/reader.h"

struct entries {
	/* Opens the source for one thread in *WORKER, which `close` frees.  Fails with database, io, out_of_memory. */
	result (*open)(void *ctx, void **worker, struct error *e);

	/* Reads entry INDEX into *ENTRY, the worker's; in sequence it is cheap.  Fails with log_corrupt, io, database. */
	result (*entry)(void *worker, uint64_t index, struct str *entry, struct error *e);

	/* Compares LEAVES with tile N of level 0, WIDTH wide: *BAD is the first that differs, or WIDTH.  NULL: there is none. */
	void (*compare)(void *worker, uint64_t n, unsigned width, const struct merkle_hash *leaves, unsigned *bad);

	void (*close)(void *worker);
	void *ctx;
};

struct entries_database {
	const char *url;
	uint64_t generation;
};

/* The entries of D, which is borrowed. */
struct entries entries_of_database(struct entries_database *d);

/* The entries of the bundles under the folder DIR, of SIZE entries in all; both are borrowed. */
struct entries_tiles {
	const char *dir;
	uint64_t size;
};

/* The entries of T, which is borrowed. */
struct entries entries_of_tiles(struct entries_tiles *t);

struct entries_export {
	struct str bytes;
	struct buf marks; /* offset of each ENTRIES_STRIDE-th line */
	uint64_t size;
	bool mapped;
};

enum { ENTRIES_STRIDE = 65536 };

/* Opens the exported file PATH in *X, which entries_export_close frees in any case.  Fails with io, malformed, out_of_memory. */
result entries_export_open(const char *path, struct entries_export *x, struct error *e);

/* Frees what X holds. */
void entries_export_close(struct entries_export *x);

/* The entries of X, which is borrowed. */
struct entries entries_of_export(struct entries_export *x);

#endif
