/*
 * base/clock.h - time, randomness and identifiers, passed in.
 *
 * Whoever needs the time or randomness is given a `struct clock` or a `struct
 * entropy`, so that tests can run it under a clock and a seed of their own.
 */
#ifndef SEKISHO_BASE_CLOCK_H
#define SEKISHO_BASE_CLOCK_H

#include <stddef.h>

#include "base/date.h"

struct clock {
	moment (*now)(void *ctx);	/* wall clock */
	int64_t (*monotonic)(void *ctx); /* milliseconds that never go backwards */
	void *ctx;
};

/* The machine's clock. */
struct clock clock_system(void);

/* The wall clock's time now. */
static inline moment clock_now(const struct clock *c)
{
	return c->now(c->ctx);
}

/* Milliseconds on a clock that never goes backwards; only differences mean something. */
static inline int64_t clock_monotonic(const struct clock *c)
{
	return c->monotonic(c->ctx);
}

struct entropy {
	void (*fill)(void *ctx, void *out, size_t n); /* never fails */
	void *ctx;
};

/* An identifier of 16 bytes: UUID version 7 (RFC 9562 section 5.7). */
struct uuid {
	unsigned char b[16];
};

enum { UUID_TEXT = 36 };

/* A new UUIDv7 of time NOW with randomness from E. */
struct uuid uuid_make(moment now, const struct entropy *e);

/* Appends U in the usual form of 36 lower-case characters. */
void uuid_write(struct buf *b, const struct uuid *u);

/* Reads the 36 characters of S into *OUT; false when they are no UUID. */
bool uuid_parse(struct str s, struct uuid *out);

/* True when A and B are the same. */
bool uuid_eq(const struct uuid *a, const struct uuid *b);

/* True when U is all zero: nobody. */
bool uuid_is_nil(const struct uuid *u);

#endif
