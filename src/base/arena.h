/*
 * base/arena.h - memory that is given back all at once.
 *
 * One arena serves one request or one compilation.  What is taken from it lives
 * until arena_reset or arena_free and is never freed alone.  An arena keeps its
 * first block over arena_reset, so that a request served from a warm arena does
 * not touch the allocator.  An arena belongs to one thread at a time.
 *
 * Secrets do not belong here unless the arena was made with `wipe`: then every
 * block is zeroed before it is reused or given back.
 */
#ifndef SEKISHO_BASE_ARENA_H
#define SEKISHO_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *first; /* kept over a reset */
	struct arena_block *last;
	size_t block_size; /* bytes of a usual block */
	bool wipe;
};

/*
 * Makes A empty.  Nothing is allocated yet.  BLOCK_SIZE is the size of a usual
 * block in bytes (0: 16 KiB).  With WIPE, memory is zeroed before reuse.
 */
void arena_init(struct arena *a, size_t block_size, bool wipe);

/*
 * Gives SIZE bytes, zeroed, aligned for any object, or NULL when there is no
 * memory.  They are the arena's and are not freed alone.  SIZE 0 gives a valid
 * pointer to nothing.
 */
void *arena_alloc(struct arena *a, size_t size);

/* As arena_alloc for COUNT objects of SIZE bytes; NULL also when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Gives a copy of the N bytes at P, with a NUL behind them, or NULL when there is no memory.  The arena's. */
char *arena_copy(struct arena *a, const void *p, size_t n);

/* Takes back all that was given; the first block stays for the next use. */
void arena_reset(struct arena *a);

/* Gives all memory back; A is as after arena_init. */
void arena_free(struct arena *a);

/* One zeroed object of TYPE from A, or NULL. */
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
