/* policy/levels.h - hierarchy files of a policy: what stands above each value; for policy/ alone. */
#ifndef SEKISHO_POLICY_LEVELS_H
#define SEKISHO_POLICY_LEVELS_H

#include "policy/sharing.h"

enum {
	LEVELS_LEAVES = 65536, /* lines of a hierarchy file at the most */
	LEVELS_FIELDS = 32,    /* of a line */
};

/* A hierarchy file, and the level of it that is asked for. */
struct levels {
	const char *name;
	struct str text;
	uint32_t level;
	struct place asked; /* where */
};

/*
 * Reads L: its leaves with their labels at the level asked for, and its hash, into
 * O, in A.  What is wrong is reported in F at its place; false then, or without
 * memory (F->failed).
 */
bool levels_read(const struct levels *l, struct arena *a, struct policy_output *o, struct findings *f);

#endif
