/*
 * access/housekeeper.h - what is done beside the answers: tiles, the index by person, the WAL, keys, what is due.
 *
 * One thread with connections of its own.  Whatever it writes to the database it
 * hands to the sequencer as an operation, since the log has one writer; files it
 * writes itself.  Its steps are small, so that no answer waits for one.
 */
#ifndef SEKISHO_ACCESS_HOUSEKEEPER_H
#define SEKISHO_ACCESS_HOUSEKEEPER_H

#include "access/access.h"

struct housekeeper;

/* Starts A's housekeeper; gives it in *OUT, the caller's to stop.  Fails with database, internal, out_of_memory. */
result housekeeper_start(struct access *a, struct housekeeper **out, struct error *e);

/* Ends H after the step it is at, writes what is left to the log's files, frees it; NULL is nothing. */
void housekeeper_stop(struct housekeeper *h);

#endif
