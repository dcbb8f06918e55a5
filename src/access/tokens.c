#include "access/tokens.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "access/limits.h"

enum { FIRST_ACTORS = 64 };

struct actor {
	bool used;
	unsigned char hash[TOKEN_HASH];
	struct token_actor token;
	struct limiter *limiter; /* made at the first limited request */
};

struct tokens {
	pthread_mutex_t lock; /* everything below */
	struct actor *actors; /* by number */
	size_t n_actors;
	uint32_t *by_hash; /* numbers, open addressing, 0: empty */
	size_t n_hash;	   /* a power of two, more than twice the actors */
};

result tokens_new(struct tokens **out, struct error *e)
{
	struct tokens *t = calloc(1, sizeof *t);

	*out = NULL;
	if (!t || pthread_mutex_init(&t->lock, NULL) != 0) {
		free(t);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the tokens");
	}
	*out = t;
	return RESULT_OK;
}

void tokens_free(struct tokens *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_actors; i++)
		limiter_free(t->actors[i].limiter);
	free(t->actors);
	free(t->by_hash);
	(void)pthread_mutex_destroy(&t->lock); /* ignored: fails only for a lock in use, and nobody is left */
	free(t);
}

/* The slot of HASH: holds its actor's number, or 0.  Keyed hashes spread by themselves. */
static uint32_t *hash_slot(const struct tokens *t, const unsigned char *hash)
{
	uint64_t h;
	size_t i;

	memcpy(&h, hash, sizeof h);
	for (i = h & (t->n_hash - 1); t->by_hash[i]; i = (i + 1) & (t->n_hash - 1)) {
		const unsigned char *there = t->actors[t->by_hash[i]].hash;
		unsigned char differs = 0;

		for (size_t b = 0; b < TOKEN_HASH; b++)
			differs |= (unsigned char)(there[b] ^ hash[b]);
		if (!differs)
			break;
	}
	return &t->by_hash[i];
}

static bool tokens_grow(struct tokens *t, size_t number)
{
	size_t n = t->n_actors ? t->n_actors : FIRST_ACTORS;
	struct actor *actors;
	uint32_t *by_hash;

	while (n <= number)
		n *= 2;
	if (n == t->n_actors)
		return true;
	actors = calloc(n, sizeof *actors);
	by_hash = calloc(n * 4, sizeof *by_hash);
	if (!actors || !by_hash) {
		free(actors);
		free(by_hash);
		return false;
	}
	if (t->n_actors)
		memcpy(actors, t->actors, t->n_actors * sizeof *actors);
	free(t->actors);
	free(t->by_hash);
	t->actors = actors;
	t->n_actors = n;
	t->by_hash = by_hash;
	t->n_hash = n * 4;
	for (uint32_t i = 0; i < n; i++)
		if (actors[i].used)
			*hash_slot(t, actors[i].hash) = i;
	return true;
}

result tokens_put(struct tokens *t, const unsigned char hash[TOKEN_HASH], const struct token_actor *actor, struct error *e)
{
	struct actor *a;
	result r = RESULT_OK;

	pthread_mutex_lock(&t->lock);
	if (!tokens_grow(t, actor->number)) {
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a token");
		goto out;
	}
	a = &t->actors[actor->number];
	memcpy(a->hash, hash, TOKEN_HASH);
	a->token = *actor;
	a->used = true;
	*hash_slot(t, hash) = actor->number;
out:
	pthread_mutex_unlock(&t->lock);
	return r;
}

bool tokens_find(struct tokens *t, const unsigned char hash[TOKEN_HASH], struct token_actor *out)
{
	uint32_t number = 0;

	pthread_mutex_lock(&t->lock);
	if (t->n_hash)
		number = *hash_slot(t, hash);
	if (number)
		*out = t->actors[number].token;
	pthread_mutex_unlock(&t->lock);
	return number != 0;
}

bool tokens_actor(struct tokens *t, uint32_t number, struct token_actor *out)
{
	bool found;

	pthread_mutex_lock(&t->lock);
	found = number < t->n_actors && t->actors[number].used;
	if (found)
		*out = t->actors[number].token;
	pthread_mutex_unlock(&t->lock);
	return found;
}

bool tokens_revoke(struct tokens *t, uint32_t number)
{
	bool found;

	pthread_mutex_lock(&t->lock);
	found = number < t->n_actors && t->actors[number].used;
	if (found)
		t->actors[number].token.revoked = true;
	pthread_mutex_unlock(&t->lock);
	return found;
}

bool tokens_count(struct tokens *t, const struct token_asking *a, int64_t *retry_ms)
{
	struct actor *actor;

	*retry_ms = 0;
	if (!a->requests_per_second && !a->persons_per_hour)
		return true;
	pthread_mutex_lock(&t->lock);
	actor = a->actor < t->n_actors && t->actors[a->actor].used ? &t->actors[a->actor] : NULL;
	if (actor && !actor->limiter)
		actor->limiter = limiter_new();
	if (!actor || !actor->limiter)
		*retry_ms = MS_PER_SECOND; /* nothing to count with: not within */
	else
		*retry_ms = limiter_request(actor->limiter, a->requests_per_second, a->now_ms);
	if (!*retry_ms)
		*retry_ms = limiter_persons(actor->limiter, a->persons_per_hour, a->keys, a->n, a->now_ms);
	pthread_mutex_unlock(&t->lock);
	return *retry_ms == 0;
}
