/*
 * evidence/verify.h - the whole log verified, offline.
 *
 * From a database, a folder of tiles with bundles, or an exported file.  Every
 * entry is hashed and the tree must lead to the signed checkpoint; a checkpoint
 * kept from earlier must be a beginning of it; every entry must be of a known
 * form and kind; in a database every person of an indexed entry must have its
 * row or mark.  Nothing here prints.
 */
#ifndef SEKISHO_EVIDENCE_VERIFY_H
#define SEKISHO_EVIDENCE_VERIFY_H

#include "evidence/nodes.h"

struct verify_config {
	const struct note_key *key; /* that must have signed; its name is the origin with its generation */
	struct str older;	    /* a signed checkpoint from earlier, or empty */
	const char *tiles;	    /* for a database: the folder g<generation> of its hash tiles, or NULL; only used
				       to name a bad entry exactly */
	unsigned threads;	    /* 0: as many as the machine has, 8 at most */
};

/* What was found; filled also when verification fails. */
struct verify_report {
	uint64_t size;	  /* entries that the checkpoint covers */
	uint64_t indexed; /* of a database: entries that the index by person covers */
	struct merkle_hash root;
	uint64_t bad_first; /* the first bad entry when the tree is bad, */
	uint64_t bad_last;  /* and the last that may be the culprit: the same when it is known exactly */
};

/*
 * Verifies the log of generation GENERATION (0: the current one) in the database
 * at URL as C says; *R is what was found.  Fails with log_corrupt (the place
 * names the first bad entry), log_rolled_back (shorter than the older
 * checkpoint), malformed (an entry of unknown form or kind, a checkpoint that is
 * none), database, out_of_memory.
 */
result verify_database(const char *url, uint64_t generation, const struct verify_config *c, struct verify_report *r,
		       struct error *e);

/*
 * Verifies the tiles under DIR (the folder of one generation, with bundles)
 * against its file `checkpoint`, as C says; *R is what was found.  Fails as
 * verify_database, and with io.
 */
result verify_tiles(const char *dir, const struct verify_config *c, struct verify_report *r, struct error *e);

/*
 * Verifies the exported file PATH (one entry a line) against the signed
 * checkpoint NOTE as C says; *R is what was found.  Fails as verify_database,
 * and with io.
 */
result verify_export(const char *path, struct str note, const struct verify_config *c, struct verify_report *r,
		     struct error *e);

#endif
