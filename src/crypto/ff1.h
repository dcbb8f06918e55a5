/*
 * crypto/ff1.h - format-preserving encryption: FF1 of NIST SP 800-38G with AES, whose block is OpenSSL's.
 *
 * A string of numerals below a radix becomes another of the same length and
 * radix, one to one, and only who has the key gets back.  As the draft of
 * Revision 1 asks, a string has to be one of a million at least: fewer could be
 * tried out by whoever may have values enciphered, or by guessing.
 *
 * Ownership: a struct ff1 holds the key's schedule until ff1_free, which wipes it.
 * It belongs to one thread at a time.
 */
#ifndef SEKISHO_CRYPTO_FF1_H
#define SEKISHO_CRYPTO_FF1_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/str.h"

enum {
	FF1_DOMAIN = 1000000, /* strings that there have to be, at least */
	FF1_RADIX = 65536,    /* the highest */
	FF1_LENGTH = 1024,    /* numerals of the longest string */
	FF1_TWEAK = 256,      /* bytes of the longest tweak */
};

struct ff1 {
	struct evp_cipher_ctx_st *aes; /* NULL when there is none */
	unsigned radix;
};

/*
 * Makes F encipher numerals below RADIX (2 to FF1_RADIX) under the N bytes at KEY
 * (16, 24 or 32), which are not needed afterwards.  F is freed by ff1_free whatever
 * the outcome.  Fails with key_invalid (another length), usage (another radix),
 * out_of_memory.
 */
result ff1_make(struct ff1 *f, const void *key, size_t n, unsigned radix, struct error *e);

/* Wipes and frees what F holds; one that is all zero is nothing. */
void ff1_free(struct ff1 *f);

/* The length of the shortest strings of numerals below RADIX (2 to FF1_RADIX) of which there are enough. */
size_t ff1_shortest(unsigned radix);

/*
 * Enciphers the N numerals at X in place with F and TWEAK.  Fails with
 * item_invalid and X as it was when N is below ff1_shortest or above FF1_LENGTH, a
 * numeral is not below the radix, or the tweak is longer than FF1_TWEAK; with
 * internal, X being lost, when the library's block does not work.
 */
result ff1_encrypt(const struct ff1 *f, struct str tweak, uint16_t *x, size_t n, struct error *e);

/* Undoes ff1_encrypt with the same F and TWEAK for the N numerals at X; fails as it does. */
result ff1_decrypt(const struct ff1 *f, struct str tweak, uint16_t *x, size_t n, struct error *e);

#endif
