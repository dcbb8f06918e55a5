/*
 * evidence/pack.h - the entries of a batch as one zstd frame; seen inside this folder only.
 *
 * The frame carries its content size and a checksum.  Ownership: a packer's and
 * an unpacker's maker frees it.  Threads: each belongs to one thread at a time.
 */
#ifndef SEKISHO_EVIDENCE_PACK_H
#define SEKISHO_EVIDENCE_PACK_H

#include "base/result.h"
#include "base/str.h"

enum { PACK_BUNDLE_MAX = 1 << 26 }; /* bytes of a batch's entries with their lengths */

struct packer;
struct unpacker;

/* A packer, freed with packer_free, or NULL when there is no memory. */
struct packer *packer_make(void);

/* Frees P; NULL is nothing. */
void packer_free(struct packer *p);

/* Appends BUNDLE, packed with P, to OUT.  Fails with out_of_memory. */
result packer_add(struct packer *p, struct str bundle, struct buf *out, struct error *e);

/* An unpacker, freed with unpacker_free, or NULL when there is no memory. */
struct unpacker *unpacker_make(void);

/* Frees U; NULL is nothing. */
void unpacker_free(struct unpacker *u);

/*
 * Appends what PACKED holds to OUT by U.  Fails with log_corrupt (no frame, damaged,
 * larger than PACK_BUNDLE_MAX), out_of_memory.
 */
result unpacker_add(struct unpacker *u, struct str packed, struct buf *out, struct error *e);

#endif
