/*
 * crypto/hash.h - SHA-256 (FIPS 180-4), by OpenSSL's libcrypto with the machine's own instructions.
 *
 * For public hashes only: the log, published versions.  Nothing allocates, and
 * all of it may be called from any thread.
 */
#ifndef SEKISHO_CRYPTO_HASH_H
#define SEKISHO_CRYPTO_HASH_H

#include <stddef.h>

#include "base/str.h"

enum { HASH_SIZE = 32 };

/* The hash of the N bytes at P into OUT, which may overlap P. */
void hash_sha256(const void *p, size_t n, unsigned char out[HASH_SIZE]);

/* The hash of the COUNT PARTS, one behind the other, into OUT. */
void hash_sha256_parts(const struct str *parts, size_t count, unsigned char out[HASH_SIZE]);

#endif
