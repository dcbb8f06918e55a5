/*
 * evidence/nodes.h - where the hashes of a log's tree come from.
 *
 * Tile files when they are there, else the entries of the database; either may
 * be left out.  Files are not trusted: a proof is to be checked against the
 * signed root before it is given to anyone, as proof_make does.
 *
 * Threads: one thread at a time.
 */
#ifndef SEKISHO_EVIDENCE_NODES_H
#define SEKISHO_EVIDENCE_NODES_H

#include "evidence/reader.h"

struct log_nodes;

/*
 * Makes a source of the nodes of the tree of SIZE entries from the tile files
 * under DIR (NULL: none) and the entries of READER (NULL: none), both borrowed,
 * in *OUT, the caller's to free.  Fails with out_of_memory.
 */
result log_nodes_make(const char *dir, struct log_reader *reader, uint64_t size, struct log_nodes **out,
		      struct error *e);

/* Frees N; NULL is nothing. */
void log_nodes_free(struct log_nodes *n);

/* N as a source: its nodes fail with log_corrupt, io, database when neither files nor entries give them.  N's. */
struct merkle_source log_nodes_source(struct log_nodes *n);

/*
 * The leaf of entry INDEX into OUT: of the entry itself when N has a reader, else
 * from the files.  Fails as the source.
 */
result log_nodes_leaf(struct log_nodes *n, uint64_t index, struct merkle_hash *out, struct error *e);

/* From now on N uses no files. */
void log_nodes_without_files(struct log_nodes *n);

/*
 * Gives the hashes of the tile T of N's tree at *HASHES, T's width many; N's,
 * until its next call.  Fails as the source.
 */
result log_nodes_tile(struct log_nodes *n, const struct tile_id *t, const struct merkle_hash **hashes, struct error *e);

#endif
