/*
 * base/bits.h - sets of small numbers as words of 64 bits.
 *
 * A set is an array of uint64_t that its owner sizes with BITS_WORDS; bit 0 of
 * word 0 is number 0.  Nothing is checked against the size: the owner knows the
 * highest number, as numbers come from compiled tables, never from outside.
 */
#ifndef SEKISHO_BASE_BITS_H
#define SEKISHO_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words needed for the numbers 0 to COUNT - 1. */
#define BITS_WORDS(count) (((size_t)(count) + 63) / 64)

/* True when N is in SET. */
static inline bool bits_has(const uint64_t *set, size_t n)
{
	return (set[n / 64] >> (n % 64)) & 1;
}

/* Puts N into SET. */
static inline void bits_add(uint64_t *set, size_t n)
{
	set[n / 64] |= UINT64_C(1) << (n % 64);
}

/* Takes N out of SET. */
static inline void bits_remove(uint64_t *set, size_t n)
{
	set[n / 64] &= ~(UINT64_C(1) << (n % 64));
}

/* Puts into SET what is in OTHER; both have WORDS words. */
static inline void bits_join(uint64_t *set, const uint64_t *other, size_t words)
{
	for (size_t i = 0; i < words; i++)
		set[i] |= other[i];
}

/* True when SET of WORDS words is empty. */
static inline bool bits_none(const uint64_t *set, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (set[i])
			return false;
	return true;
}

/* True when all of INNER is in OUTER; both have WORDS words. */
static inline bool bits_within(const uint64_t *inner, const uint64_t *outer, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (inner[i] & ~outer[i])
			return false;
	return true;
}

/* True when A and B share a number; both have WORDS words. */
static inline bool bits_meet(const uint64_t *a, const uint64_t *b, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (a[i] & b[i])
			return true;
	return false;
}

#endif
