#include "access/changed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SLOTS = 1024,
	MANY_SLOTS = 131072, /* 3 MB: from here on the older half is forgotten rather than more memory taken */
	STAMP_MS = 100,
};

struct slot {
	struct uuid key;
	uint64_t number; /* 0: empty */
};

/* One commit's time: everything up to its number may be forgotten when it is old. */
struct stamp {
	uint64_t number;
	int64_t at;
};

enum { STAMPS = 64 };

struct changed {
	_Atomic uint64_t number;
	pthread_mutex_t lock; /* everything below */
	struct slot *slots;
	size_t n_slots; /* a power of two */
	size_t used;
	uint64_t forgotten; /* numbers up to this one are no longer in the table */
	struct stamp stamps[STAMPS]; /* one every STAMP_MS or so, oldest first */
	size_t n_stamps;
};

result changed_new(struct changed **out, struct error *e)
{
	struct changed *c = calloc(1, sizeof *c);

	*out = NULL;
	if (!c)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table of changes");
	c->slots = calloc(FIRST_SLOTS, sizeof *c->slots);
	if (!c->slots || pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c->slots);
		free(c);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table of changes");
	}
	c->n_slots = FIRST_SLOTS;
	*out = c;
	return RESULT_OK;
}

void changed_free(struct changed *c)
{
	if (!c)
		return;
	(void)pthread_mutex_destroy(&c->lock); /* ignored: fails only for a lock in use, and nobody is left */
	free(c->slots);
	free(c);
}

uint64_t changed_number(const struct changed *c)
{
	return atomic_load_explicit(&c->number, memory_order_acquire);
}

/* Keys end in random bytes (UUIDv7, keyed hashes), so their last eight are hash enough. */
static struct slot *slot_find(struct slot *slots, size_t n, const struct uuid *key)
{
	uint64_t h;
	size_t i;

	memcpy(&h, key->b + 8, sizeof h);
	for (i = h & (n - 1); slots[i].number; i = (i + 1) & (n - 1))
		if (uuid_eq(&slots[i].key, key))
			break;
	return &slots[i];
}

/* Copies what is younger than `forgotten` into a table of N slots. */
static bool table_rebuild(struct changed *c, size_t n)
{
	struct slot *slots = calloc(n, sizeof *slots);
	size_t used = 0;

	if (!slots)
		return false;
	for (size_t i = 0; i < c->n_slots; i++) {
		if (c->slots[i].number <= c->forgotten)
			continue;
		*slot_find(slots, n, &c->slots[i].key) = c->slots[i];
		used++;
	}
	free(c->slots);
	c->slots = slots;
	c->n_slots = n;
	c->used = used;
	return true;
}

/* Forgets the older half of the stamps. */
static void forget_half(struct changed *c)
{
	size_t half = (c->n_stamps + 1) / 2;

	if (!half)
		return;
	c->forgotten = c->stamps[half - 1].number;
	c->n_stamps -= half;
	memmove(c->stamps, c->stamps + half, c->n_stamps * sizeof *c->stamps);
}

/* Room for another key: by forgetting when there are many, else by growing. */
static bool table_make_room(struct changed *c)
{
	if (c->n_slots >= MANY_SLOTS) {
		forget_half(c);
		if (!table_rebuild(c, c->n_slots))
			return false;
	}
	return c->used * 4 < c->n_slots || table_rebuild(c, c->n_slots * 2);
}

result changed_mark(struct changed *c, const struct uuid *key, uint64_t number, struct error *e)
{
	result r = RESULT_OK;
	struct slot *s;

	pthread_mutex_lock(&c->lock);
	if (c->used * 2 >= c->n_slots && !table_make_room(c)) {
		r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table of changes");
		goto out;
	}
	s = slot_find(c->slots, c->n_slots, key);
	if (!s->number) {
		s->key = *key;
		c->used++;
	}
	s->number = number;
out:
	pthread_mutex_unlock(&c->lock);
	return r;
}

/* Remembers when NUMBER was, and what may be forgotten now. */
static void stamp_add(struct changed *c, uint64_t number, int64_t now_ms)
{
	size_t old = 0;

	while (old < c->n_stamps && now_ms - c->stamps[old].at > CHANGED_FORGET_MS)
		c->forgotten = c->stamps[old++].number;
	if (old) {
		c->n_stamps -= old;
		memmove(c->stamps, c->stamps + old, c->n_stamps * sizeof *c->stamps);
	}
	/* a commit soon after the last stamp only moves its number on */
	if (c->n_stamps == STAMPS || (c->n_stamps && now_ms - c->stamps[c->n_stamps - 1].at < STAMP_MS))
		c->stamps[c->n_stamps - 1].number = number;
	else
		c->stamps[c->n_stamps++] = (struct stamp){number, now_ms};
}

void changed_publish(struct changed *c, uint64_t number, int64_t now_ms)
{
	uint64_t before;

	pthread_mutex_lock(&c->lock);
	before = c->forgotten;
	stamp_add(c, number, now_ms);
	/* a failed rebuild only keeps more than is needed */
	if (c->forgotten != before && c->used > FIRST_SLOTS / 4)
		(void)table_rebuild(c, c->n_slots); /* ignored: the old table stays valid */
	atomic_store_explicit(&c->number, number, memory_order_release);
	pthread_mutex_unlock(&c->lock);
}

bool changed_since(struct changed *c, const struct uuid *key, uint64_t number)
{
	const struct slot *s;
	bool changed;

	/* while a commit is under way its marks are above the published number, so only the lock tells */
	pthread_mutex_lock(&c->lock);
	s = slot_find(c->slots, c->n_slots, key);
	changed = number < c->forgotten || (s->number && s->number > number);
	pthread_mutex_unlock(&c->lock);
	return changed;
}
