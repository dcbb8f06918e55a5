/*
 * access/export.h - many persons' values given out, person by person through the gate.
 *
 * Each person is an operation of its own, with its own decision and its own entry
 * in the log; the sequencer commits some hundred of them together.
 */
#ifndef SEKISHO_ACCESS_EXPORT_H
#define SEKISHO_ACCESS_EXPORT_H

#include "access/access.h"
#include "access/read.h"

enum { EXPORT_STEP = 256 }; /* persons looked at in one step */

/* What is wanted, and how far it has come.  All texts are the asker's. */
struct export_step {
	struct token_actor actor;
	struct str purpose, reason, category, items;
	struct uuid after; /* in: the last person looked at, nil at first; out: the last of this step */

	struct op_read *reads; /* made: of those who are of the category; each was decided and recorded */
	size_t n;
	bool more; /* there may be others */
};

/*
 * Reads the values of the next persons that X asks for, with READER of A, and
 * waits until they may be given; x->reads are to be freed with export_step_free,
 * on failure too.  A read that was refused says so in its error.  Fails with
 * category_unknown, and when something was not decided at all: too_late,
 * storage_unavailable, database, out_of_memory.
 */
result access_export(struct access *a, struct access_reader *reader, struct export_step *x, struct error *e);

/* Wipes and frees what X has read. */
void export_step_free(struct export_step *x);

#endif
