/*
 * access/access_private.h - what an open instance is made of; for this folder only.
 */
#ifndef SEKISHO_ACCESS_ACCESS_PRIVATE_H
#define SEKISHO_ACCESS_ACCESS_PRIVATE_H

#include <pthread.h>

#include "access/access.h"
#include "access/changed.h"
#include "access/gates.h"
#include "access/instance.h"
#include "access/sequencer.h"
#include "access/tokens.h"
#include "crypto/sign.h"
#include "evidence/log.h"
#include "vault/token.h"
#include "vault/vault.h"

enum { ACTOR_SYSTEM = 1 };

struct housekeeper;
struct jobs;

struct access {
	/* set at opening, then read-only */
	struct instance instance;
	struct clock machine;	/* as given */
	struct clock clock;	/* never goes backwards */
	struct entropy entropy;
	int lock;		/* file descriptor of run/lock */
	struct access_options options;
	moment opened;
	/* keys of `changed`: objections of erased persons; that somebody was erased */
	struct uuid objections_key, erasures_key;

	/* each safe by itself */
	struct vault *vault;
	struct changed *changed;
	struct gates *gates;
	struct tokens *tokens;
	struct sequencer *sequencer;
	struct housekeeper *housekeeper;
	struct access_counts *counts;
	struct jobs *jobs;
	/* No entry from this index on is about a person who is erased: the end of the log at opening, or the last erasure. */
	_Atomic uint64_t last_erasure;
	_Atomic int64_t wal_written; /* pages of the WAL that the housekeeper had written back when it looked last; -1: there is none */
	_Atomic int64_t floor; /* the latest time given by `clock` */

	struct sign_key log_key;

	/* the sequencer's */
	struct db *writer;
	struct log *log; /* size and checkpoint: any thread */
};

/* After an erasure: the housekeeper shall take what was deleted out of the WAL soon. */
void access_erased(struct access *a);

struct access_reader {
	struct access *access;
	struct db *db;
	bool open;	   /* in a read transaction */
	uint64_t snapshot; /* changed_number before it began */
	uint64_t epoch;
	struct gated *gated;
	int64_t since;	   /* monotonic ms when it began */
	unsigned under_way; /* submitted and not yet delivered */
};

#endif
