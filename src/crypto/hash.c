/* The SHA256_ functions cost a fifth of EVP's for inputs as short as a tree's nodes, so their deprecation is borne. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/hash.h"

#include <openssl/sha.h>

void hash_sha256(const void *p, size_t n, unsigned char out[HASH_SIZE])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, p, n);
	SHA256_Final(out, &c);
}

void hash_sha256_parts(const struct str *parts, size_t count, unsigned char out[HASH_SIZE])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	for (size_t i = 0; i < count; i++)
		SHA256_Update(&c, parts[i].p, parts[i].n);
	SHA256_Final(out, &c);
}
