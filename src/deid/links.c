#include "deid/links.h"

#include <stdlib.h>
#include <string.h>

enum {
	DRAWN = 65536, /* values of a key that are kept */
	SLOTS = 4 * DRAWN,
};

/* Some values of a key: those whose hash ends in `bits` zeros. */
struct drawn {
	uint64_t *slot; /* hashes; 0 where there is none */
	uint32_t n;
	unsigned bits;
};

/* A key beside another column. */
struct pair {
	uint64_t *key_of; /* by code: the hash of the key's value, 0 where there was none */
	uint32_t cap;
	uint32_t n;	 /* codes seen */
	bool contradicted;
};

struct deid_links {
	size_t keys, others;
	uint64_t *now; /* by key: the hash in the row at hand */
	struct drawn *drawn;
	struct pair *pair; /* by key and other */
};

struct deid_links *deid_links_make(size_t keys, size_t others)
{
	struct deid_links *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->keys = keys;
	l->others = others;
	l->now = calloc(keys + 1, sizeof *l->now);
	l->drawn = calloc(keys + 1, sizeof *l->drawn);
	l->pair = calloc(keys * others + 1, sizeof *l->pair);
	if (l->now && l->drawn && l->pair)
		return l;
	deid_links_free(l);
	return NULL;
}

void deid_links_free(struct deid_links *l)
{
	if (!l)
		return;
	for (size_t i = 0; l->drawn && i < l->keys; i++)
		free(l->drawn[i].slot);
	for (size_t i = 0; l->pair && i < l->keys * l->others; i++)
		free(l->pair[i].key_of);
	free(l->now);
	free(l->drawn);
	free(l->pair);
	free(l);
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to compare columns");
}

static bool is_drawn(const struct drawn *d, uint64_t hash)
{
	return (hash & ((UINT64_C(1) << d->bits) - 1)) == 0;
}

/* The slot of HASH, or the empty one where it would stand. */
static uint64_t *slot_of(const struct drawn *d, uint64_t hash)
{
	size_t i = (size_t)(hash >> 40) % SLOTS;

	while (d->slot[i] && d->slot[i] != hash)
		i = (i + 1) % SLOTS;
	return &d->slot[i];
}

/* Keeps half as many. */
static bool draw_fewer(struct drawn *d)
{
	struct drawn fewer = {calloc(SLOTS, sizeof *fewer.slot), 0, d->bits + 1};

	if (!fewer.slot)
		return false;
	for (size_t i = 0; i < SLOTS; i++) {
		if (!d->slot[i] || !is_drawn(&fewer, d->slot[i]))
			continue;
		*slot_of(&fewer, d->slot[i]) = d->slot[i];
		fewer.n++;
	}
	free(d->slot);
	*d = fewer;
	return true;
}

static uint64_t hash_of(struct str value)
{
	uint64_t h = deid_text_hash(value);

	return h ? h : 1;
}

result deid_links_key(struct deid_links *l, size_t key, struct str value, struct error *e)
{
	struct drawn *d = &l->drawn[key];
	uint64_t h = hash_of(value), *slot;

	l->now[key] = h;
	if (!is_drawn(d, h))
		return RESULT_OK;
	if (!d->slot)
		d->slot = calloc(SLOTS, sizeof *d->slot);
	if (!d->slot)
		return no_memory(e);
	slot = slot_of(d, h);
	if (*slot)
		return RESULT_OK;
	*slot = h;
	if (++d->n > DRAWN && !draw_fewer(d))
		return no_memory(e);
	return RESULT_OK;
}

static bool grow(struct pair *p, uint32_t code)
{
	size_t cap = p->cap ? p->cap : 64;
	uint64_t *made;

	while (cap <= code)
		cap *= 2;
	made = realloc(p->key_of, cap * sizeof *made);
	if (!made)
		return false;
	memset(made + p->cap, 0, (cap - p->cap) * sizeof *made);
	p->key_of = made;
	p->cap = (uint32_t)cap;
	return true;
}

result deid_links_other(struct deid_links *l, size_t other, uint32_t code, struct error *e)
{
	for (size_t key = 0; key < l->keys; key++) {
		struct pair *p = &l->pair[key * l->others + other];

		if (p->contradicted)
			continue;
		if (code >= p->cap && !grow(p, code))
			return no_memory(e);
		if (p->key_of[code] == 0) {
			p->key_of[code] = l->now[key];
			p->n++;
		} else if (p->key_of[code] != l->now[key]) {
			p->contradicted = true;
			free(p->key_of);
			p->key_of = NULL;
		}
	}
	return RESULT_OK;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

bool deid_links_one_to_one(struct deid_links *l, size_t key, size_t other)
{
	struct pair *p = &l->pair[key * l->others + other];

	if (p->contradicted || p->n < DEID_LINK_MANY)
		return false;
	/* the codes go by value of the key now: two with the same key's value would be neighbours */
	qsort(p->key_of, p->cap, sizeof *p->key_of, by_hash);
	for (uint32_t i = 1; i < p->cap; i++)
		if (p->key_of[i] && p->key_of[i] == p->key_of[i - 1])
			return false;
	return true;
}

bool deid_links_same_values(const struct deid_links *l, size_t key, const struct str *value, uint32_t n)
{
	const struct drawn *d = &l->drawn[key];
	uint64_t looked = 0, found = 0;

	if (!d->slot || n < DEID_LINK_MANY)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t h = hash_of(value[i]);

		if (!is_drawn(d, h))
			continue;
		looked++;
		found += *slot_of(d, h) != 0;
	}
	return looked >= DEID_LINK_MANY && found * 100 >= looked * DEID_LINK_NEARLY;
}
