#include "deid/group.h"

#include <stdlib.h>
#include <string.h>

/*
 * Each cell's key is the mixed-radix number of its chunks' dense numbers.  While
 * the product of the chunks' values is small, the key is an index into a table
 * of class numbers; above that it is hashed.  Should the product not fit 64
 * bits, the chunks so far are numbered first and their number goes on as one
 * digit, so that the key is always exact.
 */
enum {
	DIRECT = 1 << 18,
	BLOCK = 1024,
};

static const uint64_t HASH = UINT64_C(0x9E3779B97F4A7C15);

struct hashed {
	uint64_t key;
	uint32_t class_;
	uint32_t stamp; /* of the grouping that it belongs to: nothing is ever cleared */
};

/* The same in eight bytes, where keys and classes are small: key << 32 | stamp << 20 | class. */
enum {
	CLASS_BITS = 20,
	STAMP_BITS = 12,
};

struct deid_grouper {
	struct deid_pack *pack;
	uint32_t cells; /* at most */
	uint32_t aux_n;
	uint32_t *of;
	uint32_t *first;
	uint32_t *size;
	uint64_t *population;
	const struct deid_lut **lut; /* by chunk */

	uint32_t *direct; /* by key: class + used + 1; what is not above `used` is of earlier groupings */
	uint64_t direct_n;
	uint32_t used;
	struct hashed *hashed;
	uint32_t mask; /* of as many slots as the grouping at hand needs */
	uint32_t stamp;
	uint64_t *small; /* as `hashed`, for small keys */
	uint32_t small_stamp;
	uint32_t slots;
};

size_t deid_cells_bytes(const struct deid_pack *p, uint32_t n, bool aux, bool population)
{
	return sizeof(struct deid_cells) + p->chunks * sizeof(uint32_t *) + (population ? (size_t)n * 8 : 0) +
	       (size_t)n * 4 * (p->chunks + 1 + aux) + p->attributes;
}

struct deid_cells *deid_cells_make(const struct deid_pack *p, uint32_t n, bool aux, bool population)
{
	struct deid_cells *c = malloc(deid_cells_bytes(p, n, aux, population));
	char *at = (char *)(c + 1);

	if (!c)
		return NULL;
	*c = (struct deid_cells){.n = n};
	c->chunk = (uint32_t **)(void *)at;
	at += p->chunks * sizeof *c->chunk;
	if (population) {
		c->population = (uint64_t *)(void *)at;
		at += (size_t)n * sizeof *c->population;
	}
	for (size_t i = 0; i < p->chunks; i++, at += (size_t)n * sizeof(uint32_t))
		c->chunk[i] = (uint32_t *)(void *)at;
	c->count = (uint32_t *)(void *)at;
	at += (size_t)n * sizeof(uint32_t);
	if (aux) {
		c->aux = (uint32_t *)(void *)at;
		at += (size_t)n * sizeof(uint32_t);
	}
	c->levels = (uint8_t *)at;
	return c;
}

struct deid_grouper *deid_grouper_make(struct deid_pack *p, uint32_t n, uint32_t aux_n)
{
	struct deid_grouper *g = calloc(1, sizeof *g);
	size_t slots = 64;
	size_t cells = (size_t)n + 1; /* one more: what number_directly writes ahead */

	if (!g)
		return NULL;
	while (slots < 2 * cells)
		slots *= 2;
	g->pack = p;
	g->cells = n;
	g->aux_n = aux_n;
	g->slots = (uint32_t)slots;
	g->of = malloc(cells * sizeof *g->of);
	g->first = malloc(cells * sizeof *g->first);
	g->size = malloc(cells * sizeof *g->size);
	g->population = malloc(cells * sizeof *g->population);
	g->lut = calloc(p->chunks ? p->chunks : 1, sizeof *g->lut);
	g->direct_n = 1;
	for (size_t c = 0; c < p->chunks && g->direct_n < DIRECT; c++)
		g->direct_n *= p->chunk[c].domain;
	if (g->direct_n > DIRECT)
		g->direct_n = DIRECT;
	g->direct = calloc(g->direct_n, sizeof *g->direct);
	g->hashed = calloc(slots, sizeof *g->hashed);
	g->small = calloc(slots, sizeof *g->small);
	if (g->of && g->first && g->size && g->population && g->lut && g->direct && g->hashed && g->small)
		return g;
	deid_grouper_free(g);
	return NULL;
}

void deid_grouper_free(struct deid_grouper *g)
{
	if (!g)
		return;
	free(g->of);
	free(g->first);
	free(g->size);
	free(g->population);
	free(g->lut);
	free(g->direct);
	free(g->hashed);
	free(g->small);
	free(g);
}

/* Where numbering stands. */
struct numbering {
	const uint32_t *count; /* by cell: rows */
	uint32_t at;	       /* cells so far */
	uint32_t classes;
};

/*
 * Numbers the next N cells, whose keys are KEY, and adds up their classes' rows.
 * About every second key is new, and a branch would be foretold wrongly as often:
 * so each cell writes what the next class begins with, and counts it when it is
 * one.
 */
static void number_directly(struct deid_grouper *g, const uint64_t *key, uint32_t n, struct numbering *at)
{
	uint32_t *restrict direct = g->direct, *restrict first = g->first;
	uint32_t *restrict of = g->of + at->at, *restrict size = g->size;
	const uint32_t *restrict count = at->count + at->at;
	const uint32_t used = g->used;
	uint32_t classes = at->classes;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t known = direct[key[i]], class_;
		bool fresh = known <= used;

		class_ = fresh ? classes : known - used - 1;
		first[classes] = at->at + i;
		size[classes] = 0;
		classes += fresh;
		direct[key[i]] = class_ + used + 1;
		of[i] = class_;
		size[class_] += count[i];
	}
	at->classes = classes;
}

/* As number_directly, for keys of 32 bits. */
static void number_small(struct deid_grouper *g, const uint64_t *key, uint32_t n, struct numbering *at)
{
	const uint64_t class_mask = (UINT64_C(1) << CLASS_BITS) - 1, stamp_mask = UINT32_MAX & ~class_mask;
	const uint64_t stamp = (uint64_t)g->small_stamp << CLASS_BITS;
	uint64_t *restrict slot = g->small;
	uint32_t *restrict first = g->first, *restrict of = g->of + at->at, *restrict size = g->size;
	const uint32_t *restrict count = at->count + at->at;
	const uint32_t mask = g->mask;
	uint32_t classes = at->classes;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t wanted = key[i] << 32 | stamp;
		uint32_t j = (uint32_t)(key[i] * HASH >> 32) & mask, class_;
		bool fresh;

		while ((slot[j] & stamp_mask) == stamp && (slot[j] & ~class_mask) != wanted)
			j = (j + 1) & mask;
		fresh = (slot[j] & ~class_mask) != wanted;
		class_ = fresh ? classes : (uint32_t)(slot[j] & class_mask);
		first[classes] = at->at + i;
		size[classes] = 0;
		classes += fresh;
		slot[j] = wanted | class_;
		of[i] = class_;
		size[class_] += count[i];
	}
	at->classes = classes;
}

/* As number_directly, for any keys. */
static void number_by_hash(struct deid_grouper *g, const uint64_t *key, uint32_t n, struct numbering *at)
{
	struct hashed *restrict slot = g->hashed;
	uint32_t *restrict first = g->first, *restrict of = g->of + at->at, *restrict size = g->size;
	const uint32_t *restrict count = at->count + at->at;
	const uint32_t mask = g->mask, stamp = g->stamp;
	uint32_t classes = at->classes;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t j = (uint32_t)(key[i] * HASH >> 32) & mask, class_;
		bool fresh;

		while (slot[j].stamp == stamp && slot[j].key != key[i])
			j = (j + 1) & mask;
		fresh = slot[j].stamp != stamp;
		class_ = fresh ? classes : slot[j].class_;
		first[classes] = at->at + i;
		size[classes] = 0;
		classes += fresh;
		slot[j] = (struct hashed){key[i], class_, stamp};
		of[i] = class_;
		size[class_] += count[i];
	}
	at->classes = classes;
}

/* Makes ready to number N keys. */
static void begin_numbering(struct deid_grouper *g, uint32_t n)
{
	g->mask = 63;
	while (g->mask < g->slots - 1 && g->mask < n + n / 2)
		g->mask = g->mask * 2 + 1;
	if (++g->stamp == 0) {
		memset(g->hashed, 0, g->slots * sizeof *g->hashed);
		g->stamp = 1;
	}
	if (++g->small_stamp == 1U << STAMP_BITS) {
		memset(g->small, 0, g->slots * sizeof *g->small);
		g->small_stamp = 1;
	}
	if (g->used > UINT32_MAX - n) {
		memset(g->direct, 0, g->direct_n * sizeof *g->direct);
		g->used = 0;
	}
}

/* Some cells on end, and their keys so far. */
struct block {
	const struct deid_cells *cells;
	uint32_t at;
	uint32_t n;
	uint64_t radix; /* of what comes next */
	uint64_t key[BLOCK];
};

static void add_chunk(const struct deid_grouper *g, struct block *b, size_t c)
{
	const uint32_t *restrict dense = g->lut[c]->dense, *restrict code = b->cells->chunk[c] + b->at;
	uint64_t *restrict key = b->key;
	const uint64_t radix = b->radix;

	for (uint32_t i = 0; i < b->n; i++)
		key[i] += dense[code[i]] * radix;
	b->radix *= g->lut[c]->values;
}

/* Adds the chunks C and C + 1: one pass over the keys instead of two. */
static void add_two(const struct deid_grouper *g, struct block *b, size_t c)
{
	const uint32_t *restrict low = g->lut[c]->dense, *restrict high = g->lut[c + 1]->dense;
	const uint32_t *restrict low_code = b->cells->chunk[c] + b->at, *restrict high_code = b->cells->chunk[c + 1] + b->at;
	uint64_t *restrict key = b->key;
	const uint64_t radix = b->radix, high_radix = radix * g->lut[c]->values;

	for (uint32_t i = 0; i < b->n; i++)
		key[i] += low[low_code[i]] * radix + high[high_code[i]] * high_radix;
	b->radix = high_radix * g->lut[c + 1]->values;
}

/* Makes B's keys by the chunks FROM to TO - 1, and by the cells' numbers when CARRY is not 0. */
static void make_keys(const struct deid_grouper *g, struct block *b, size_t from, size_t to, uint64_t carry)
{
	size_t c = from;

	b->radix = carry ? carry : 1;
	for (uint32_t i = 0; i < b->n; i++)
		b->key[i] = carry ? g->of[b->at + i] : 0;
	for (; c + 1 < to; c += 2)
		add_two(g, b, c);
	if (c < to)
		add_chunk(g, b, c);
}

/* Numbers CELLS by the chunks FROM to TO - 1, and by the numbers that they have when CARRY is not 0 (how many). */
static uint32_t number_cells(struct deid_grouper *g, const struct deid_cells *cells, size_t from, size_t to,
			     uint64_t carry)
{
	struct numbering at = {.count = cells->count};
	struct block b; /* not set to zero: its keys are made before they are read */
	uint64_t product = carry ? carry : 1;

	b.cells = cells;
	for (size_t c = from; c < to; c++)
		product *= g->lut[c]->values;
	begin_numbering(g, cells->n);
	while (at.at < cells->n) {
		b.at = at.at;
		b.n = cells->n - at.at < BLOCK ? cells->n - at.at : BLOCK;
		make_keys(g, &b, from, to, carry);
		if (product <= g->direct_n)
			number_directly(g, b.key, b.n, &at);
		else if (product <= UINT32_MAX && cells->n < 1U << CLASS_BITS)
			number_small(g, b.key, b.n, &at);
		else
			number_by_hash(g, b.key, b.n, &at);
		at.at += b.n;
	}
	if (product <= g->direct_n)
		g->used += at.classes;
	return at.classes;
}

static void sum_population(struct deid_grouper *g, const struct deid_cells *cells, uint32_t classes)
{
	memset(g->population, 0, classes * sizeof *g->population);
	for (uint32_t i = 0; i < cells->n; i++)
		g->population[g->of[i]] += cells->population[i];
}

result deid_group(struct deid_grouper *g, const struct deid_cells *cells, const uint8_t *levels,
		  struct deid_classes *out, struct error *e)
{
	size_t chunks = g->pack->chunks;
	uint32_t classes = 0;
	size_t from = 0;

	for (size_t c = 0; c < chunks; c++) {
		g->lut[c] = deid_pack_lut(g->pack, c, levels);
		if (!g->lut[c])
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
	}
	do {
		uint64_t product = classes ? classes : 1;
		size_t to = from;

		while (to < chunks && product <= UINT64_MAX / g->lut[to]->values)
			product *= g->lut[to++]->values;
		classes = number_cells(g, cells, from, to, classes);
		from = to;
	} while (from < chunks);
	if (cells->population)
		sum_population(g, cells, classes);
	*out = (struct deid_classes){classes, g->of, g->first, g->size, cells->population ? g->population : NULL};
	return RESULT_OK;
}

void deid_group_from(struct deid_grouper *g, struct deid_classes *classes, const uint32_t *first, uint32_t n)
{
	/* no cell begins before as many as come before it, so nothing is overwritten that is still to be read */
	for (uint32_t i = 0; i < n; i++)
		g->of[i] = g->of[first[i]];
	for (uint32_t i = n; i-- > 0;)
		g->first[g->of[i]] = i;
	classes->of = g->of;
}

struct deid_cells deid_group_counts(struct deid_grouper *g, const struct deid_classes *classes)
{
	return (struct deid_cells){.count = g->size, .n = classes->n};
}

static void copy_codes(const struct deid_grouper *g, const struct deid_cells *from, struct deid_cells *to,
		       const uint32_t *first)
{
	for (size_t c = 0; c < g->pack->chunks; c++)
		for (uint32_t i = 0; i < to->n; i++)
			to->chunk[c][i] = g->lut[c]->first[from->chunk[c][first[i]]];
}

/* Cells where the sensitive combination counts: classes are parted by it. */
static struct deid_cells *cells_by_aux(struct deid_grouper *g, const struct deid_cells *cells)
{
	struct numbering at = {.count = cells->count};
	struct deid_cells *made;

	begin_numbering(g, cells->n);
	while (at.at < cells->n) {
		uint32_t n = cells->n - at.at < BLOCK ? cells->n - at.at : BLOCK;
		uint64_t key[BLOCK];

		for (uint32_t i = 0; i < n; i++)
			key[i] = (uint64_t)g->of[at.at + i] * g->aux_n + cells->aux[at.at + i];
		number_by_hash(g, key, n, &at);
		at.at += n;
	}
	made = deid_cells_make(g->pack, at.classes, true, cells->population != NULL);
	if (!made)
		return NULL;
	for (uint32_t i = 0; i < made->n; i++)
		made->aux[i] = cells->aux[g->first[i]];
	copy_codes(g, cells, made, g->first);
	if (cells->population)
		sum_population(g, cells, made->n);
	return made;
}

struct deid_cells *deid_group_cells(struct deid_grouper *g, const struct deid_cells *cells, const uint8_t *levels,
				    const struct deid_classes *out)
{
	struct deid_cells *made;

	if (cells->aux) {
		made = cells_by_aux(g, cells);
	} else {
		made = deid_cells_make(g->pack, out->n, false, cells->population != NULL);
		if (made)
			copy_codes(g, cells, made, out->first);
	}
	if (!made)
		return NULL;
	memcpy(made->count, g->size, made->n * sizeof *made->count);
	if (cells->population)
		memcpy(made->population, g->population, made->n * sizeof *made->population);
	memcpy(made->levels, levels, g->pack->attributes);
	return made;
}
