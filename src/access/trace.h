/*
 * access/trace.h - who used this person's data, for which purpose, when (`uses`).
 */
#ifndef SEKISHO_ACCESS_TRACE_H
#define SEKISHO_ACCESS_TRACE_H

#include "access/op.h"

enum { TRACE_MAX = 1000 };

/* One entry about the person. */
struct trace_use {
	uint64_t generation, index;
	struct str entry; /* as it is hashed */
};

/* Given: subject, before, limit.  Made: the rest. */
struct op_trace {
	struct op op;
	struct str subject; /* id as sent */
	int64_t before;	    /* log_place; INT64_MAX: from the newest on */
	size_t limit;	    /* TRACE_MAX at the most */

	struct uuid id;
	const struct trace_use *uses; /* newest first */
	size_t n;
	bool more;
};

/*
 * Finds what T asks for in the log by context C, when T was allowed: its uses, n
 * and more.  Fails with database, seal_broken, malformed, out_of_memory.
 */
result trace_find(struct op_trace *t, const struct op_context *c, struct error *e);

/* Makes T ready; the asker then fills in what is given. */
void op_trace_init(struct op_trace *t);

#endif
