#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_DEFAULT_BLOCK = 16384 };

struct arena_block {
	struct arena_block *next;
	size_t size; /* usable bytes */
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *a, size_t block_size, bool wipe)
{
	a->first = NULL;
	a->last = NULL;
	a->block_size = block_size ? block_size : ARENA_DEFAULT_BLOCK;
	a->wipe = wipe;
}

static struct arena_block *arena_grow(struct arena *a, size_t size)
{
	size_t room = size > a->block_size ? size : a->block_size;
	struct arena_block *b;

	if (room > SIZE_MAX - sizeof *b)
		return NULL;
	b = malloc(sizeof *b + room);
	if (!b)
		return NULL;
	b->next = NULL;
	b->size = room;
	b->used = 0;
	if (a->last)
		a->last->next = b;
	else
		a->first = b;
	a->last = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *b = a->last;
	void *p;

	if (size > SIZE_MAX - align)
		return NULL;
	size = (size + align - 1) & ~(align - 1);
	if (!b || b->size - b->used < size) {
		b = arena_grow(a, size);
		if (!b)
			return NULL;
	}
	p = b->bytes + b->used;
	b->used += size;
	memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return arena_alloc(a, count * size);
}

char *arena_copy(struct arena *a, const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		return NULL;
	copy = arena_alloc(a, n + 1);
	if (copy && n)
		memcpy(copy, p, n);
	return copy;
}

static void block_wipe(struct arena_block *b)
{
	explicit_bzero(b->bytes, b->used);
}

static void blocks_free(struct arena_block *b, bool wipe)
{
	while (b) {
		struct arena_block *next = b->next;

		if (wipe)
			block_wipe(b);
		free(b);
		b = next;
	}
}

void arena_reset(struct arena *a)
{
	if (!a->first)
		return;
	blocks_free(a->first->next, a->wipe);
	if (a->wipe)
		block_wipe(a->first);
	a->first->next = NULL;
	a->first->used = 0;
	a->last = a->first;
}

void arena_free(struct arena *a)
{
	blocks_free(a->first, a->wipe);
	a->first = NULL;
	a->last = NULL;
}
