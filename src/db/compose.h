/*
 * db/compose.h - statements with holes, as they stand in sql/; seen inside this folder only.
 *
 * A hole is {name}.  What fills it is SQL itself: a name that was quoted, a number,
 * a piece that was composed before.  Values never are: they are bound or copied.
 *
 * Ownership: all texts are the arena's.  One whose pointer is NULL says that there was
 * no memory, and whatever is made of it says so too.
 */
#ifndef SEKISHO_DB_COMPOSE_H
#define SEKISHO_DB_COMPOSE_H

#include "base/str.h"

struct compose_hole {
	const char *name;
	struct str text;
};

/* TEXT with each of its holes filled by the one of HOLES with its name, in A; HOLES end with one without a name. */
struct str compose(struct arena *a, const char *text, const struct compose_hole *holes);

/* The N texts AT, with BETWEEN between them, in A. */
struct str compose_list(struct arena *a, const struct str *at, size_t n, const char *between);

/* NAME as an identifier in quotes, in A. */
struct str compose_name(struct arena *a, struct str name);

/* BEFORE and the number N, in A. */
struct str compose_number(struct arena *a, const char *before, size_t n);

#endif
