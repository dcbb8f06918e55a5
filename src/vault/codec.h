/*
 * vault/codec.h - numbers in the vault's blobs: inside the vault.
 *
 * Whole numbers are LEB128 (seven bits a byte, the lowest first), times the
 * zigzag difference to the time before in the same blob, fixed numbers
 * big-endian.  A reader that ran over its end or met a number out of bounds is
 * bad for good and gives zeros.
 */
#ifndef SEKISHO_VAULT_CODEC_H
#define SEKISHO_VAULT_CODEC_H

#include "base/date.h"
#include "base/str.h"

struct reader {
	struct str rest;
	uint64_t last_time;
	bool bad;
};

struct writer {
	struct buf *out;
	uint64_t last_time;
};

/* Puts N big-endian into the four bytes at OUT. */
static inline void put_u32(unsigned char *out, uint32_t n)
{
	out[0] = (unsigned char)(n >> 24);
	out[1] = (unsigned char)(n >> 16);
	out[2] = (unsigned char)(n >> 8);
	out[3] = (unsigned char)n;
}

/* The big-endian number of the four bytes at P. */
static inline uint32_t get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The next number of R, at most MAX. */
uint64_t read_number(struct reader *r, uint64_t max);

/* The next number of R, of 32 bits. */
uint32_t read_u32(struct reader *r);

/* The next count of R, of things of which each takes EACH bytes (at least 1) of what is left. */
size_t read_count(struct reader *r, size_t each);

/* The next time of R. */
moment read_time(struct reader *r);

/* The next N bytes of R, as they lie there; zero-length and bad when there are not so many. */
struct str read_bytes(struct reader *r, size_t n);

/* Appends N to W. */
void write_number(struct writer *w, uint64_t n);

/* Appends the time M to W. */
void write_time(struct writer *w, moment m);

#endif
