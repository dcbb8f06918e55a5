/*
 * access/limits.h - how many persons and requests one actor had lately (T12).
 *
 * Distinct persons within the last hour, each counted from when it was first
 * asked for, and requests within the last second.  Belongs to one lock of its
 * owner's.
 */
#ifndef SEKISHO_ACCESS_LIMITS_H
#define SEKISHO_ACCESS_LIMITS_H

#include "base/clock.h"

struct limiter;

/* A new empty limiter, the caller's to free with limiter_free, or NULL without memory. */
struct limiter *limiter_new(void);

/* Frees L; NULL is nothing. */
void limiter_free(struct limiter *l);

/*
 * Counts one request of L at NOW_MS (monotonic) against PER_SECOND (0: no
 * limit).  0 when it is within, else the milliseconds until the next may be.
 */
int64_t limiter_request(struct limiter *l, uint64_t per_second, int64_t now_ms);

/*
 * Counts the N persons at KEYS at NOW_MS against PER_HOUR (0: no limit) in L, all
 * or none.  0 when they are within, else the milliseconds until one falls out of
 * the hour; without memory they are not within.
 */
int64_t limiter_persons(struct limiter *l, uint64_t per_hour, const struct uuid *keys, size_t n, int64_t now_ms);

#endif
