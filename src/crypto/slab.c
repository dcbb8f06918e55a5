#include "crypto/slab.h"

#include <sodium.h>
#include <stdlib.h>

enum { SLAB_MAX = 4096 };

struct key_slab {
	struct crypto_key *keys; /* guarded and locked */
	size_t count;
	bool taken[];
};

result key_slab_make(size_t count, struct key_slab **out, struct error *e)
{
	struct key_slab *s;

	*out = NULL;
	if (count < 1 || count > SLAB_MAX)
		return error_set(e, CODE_INTERNAL, "a key slab of %zu places", count);
	s = calloc(1, sizeof *s + count * sizeof s->taken[0]);
	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for keys");
	s->keys = sodium_allocarray(count, sizeof *s->keys);
	/* the allocation locks its pages but does not say when it could not; locking again does */
	if (!s->keys || sodium_mlock(s->keys, count * sizeof *s->keys) != 0) {
		sodium_free(s->keys);
		free(s);
		return error_set(e, CODE_OUT_OF_MEMORY,
				 "the pages for keys cannot be locked in memory; raise the limit of locked memory (ulimit -l)");
	}
	sodium_memzero(s->keys, count * sizeof *s->keys);
	s->count = count;
	*out = s;
	return RESULT_OK;
}

void key_slab_free(struct key_slab *s)
{
	if (!s)
		return;
	sodium_free(s->keys);
	free(s);
}

struct crypto_key *key_slab_take(struct key_slab *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->taken[i])
			continue;
		s->taken[i] = true;
		return &s->keys[i];
	}
	return NULL;
}

void key_slab_give(struct key_slab *s, struct crypto_key *k)
{
	if (!k)
		return;
	crypto_key_wipe(k);
	s->taken[(size_t)(k - s->keys)] = false;
}
