/*
 * access/changed.h - what was changed lately, and by which commit.
 *
 * Commits that change something are numbered.  Whoever reads takes the number of
 * the last one *before* it looks, and later asks whether what it looked at has
 * changed since: that keeps an acknowledged change from being overtaken by an
 * answer that was decided before it (C1, C2 in docs/architecture.md).
 *
 * A key is 16 bytes: a person's id, the blind index of a value, a request's id.
 * Keys are forgotten some seconds after their change, longer than any answer may
 * wait, and sooner when there are very many; a number older than what was
 * forgotten counts as changed, so that forgetting only means deciding again.
 *
 * Threads: all functions may be called from any thread; marking and
 * publishing belong to the sequencer.
 */
#ifndef SEKISHO_ACCESS_CHANGED_H
#define SEKISHO_ACCESS_CHANGED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/result.h"

struct changed;

/* Makes an empty table in *OUT, the caller's to free with changed_free.  Fails with out_of_memory. */
result changed_new(struct changed **out, struct error *e);

/* Frees C; NULL is nothing. */
void changed_free(struct changed *c);

/* The number of the last published commit of C that changed something. */
uint64_t changed_number(const struct changed *c);

/* Marks KEY of C as changed by commit NUMBER, before that commit is published.  Fails with out_of_memory. */
result changed_mark(struct changed *c, const struct uuid *key, uint64_t number, struct error *e);

/*
 * Makes NUMBER the last commit of C, at NOW_MS on the monotonic clock, and forgets what was
 * changed more than FORGET_MS before.
 */
void changed_publish(struct changed *c, uint64_t number, int64_t now_ms);

/* True when KEY of C was marked by a commit after NUMBER, or when that cannot be told any more. */
bool changed_since(struct changed *c, const struct uuid *key, uint64_t number);

enum { CHANGED_FORGET_MS = 6000 };

#endif
