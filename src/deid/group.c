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
	uint64_t *key; /* by class */
	const struct deid_lut **lut; /* by chunk */

	uint32_t *direct; /* class + 1; zero between groupings */
	uint64_t direct_n;
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
	size_t cells = n ? n : 1;

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
	g->key = malloc((cells > BLOCK ? cells : BLOCK) * sizeof *g->key);
	g->lut = calloc(p->chunks ? p->chunks : 1, sizeof *g->lut);
	g->direct_n = 1;
	for (size_t c = 0; c < p->chunks && g->direct_n < DIRECT; c++)
		g->direct_n *= p->chunk[c].domain;
	if (g->direct_n > DIRECT)
		g->direct_n = DIRECT;
	g->direct = calloc(g->direct_n, sizeof *g->direct);
	g->hashed = calloc(slots, sizeof *g->hashed);
	g->small = calloc(slots, sizeof *g->small);
	if (g->of && g->first && g->size && g->population && g->key && g->lut && g->direct && g->hashed && g->small)
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
	free(g->key);
	free(g->lut);
	free(g->direct);
	free(g->hashed);
	free(g->small);
	free(g);
}

/* The class of each of the N keys at KEY, cells FROM on, when every key is below DIRECT. */
static uint32_t number_directly(struct deid_grouper *g, const uint64_t *key, uint32_t from, uint32_t n, uint32_t classes)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t *slot = &g->direct[key[i]];

		if (*slot == 0) {
			g->first[classes] = from + i;
			g->key[classes] = key[i];
			*slot = ++classes;
		}
		g->of[from + i] = *slot - 1;
	}
	return classes;
}

static uint32_t number_by_hash(struct deid_grouper *g, const uint64_t *key, uint32_t from, uint32_t n, uint32_t classes)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t h = key[i] * UINT64_C(0x9E3779B97F4A7C15);
		uint32_t at = (uint32_t)(h >> 32) & g->mask;
		struct hashed *s = &g->hashed[at];

		while (s->stamp == g->stamp && s->key != key[i]) {
			at = (at + 1) & g->mask;
			s = &g->hashed[at];
		}
		if (s->stamp != g->stamp) {
			*s = (struct hashed){key[i], classes, g->stamp};
			g->first[classes++] = from + i;
		}
		g->of[from + i] = s->class_;
	}
	return classes;
}

static uint32_t number_small(struct deid_grouper *g, const uint64_t *key, uint32_t from, uint32_t n, uint32_t classes)
{
	const uint64_t stamp = (uint64_t)g->small_stamp << CLASS_BITS;
	const uint64_t class_mask = (UINT64_C(1) << CLASS_BITS) - 1;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t wanted = key[i] << 32 | stamp;
		uint32_t at = (uint32_t)(key[i] * UINT64_C(0x9E3779B97F4A7C15) >> 32) & g->mask;
		uint64_t s = g->small[at];

		while ((s & ~class_mask) != wanted && (s & 0xFFFFFFFF & ~class_mask) == stamp) {
			at = (at + 1) & g->mask;
			s = g->small[at];
		}
		if ((s & ~class_mask) != wanted) {
			s = wanted | classes;
			g->small[at] = s;
			g->first[classes++] = from + i;
		}
		g->of[from + i] = (uint32_t)(s & class_mask);
	}
	return classes;
}

/* Makes ready to number N keys by hash. */
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
}

/* Numbers CELLS by the chunks FROM to TO - 1, and by the numbers that they have when CARRY is not 0 (how many). */
static uint32_t number_cells(struct deid_grouper *g, const struct deid_cells *cells, size_t from, size_t to,
			     uint64_t carry)
{
	uint64_t product = carry ? carry : 1;
	uint32_t classes = 0;

	for (size_t c = from; c < to; c++)
		product *= g->lut[c]->values;
	begin_numbering(g, cells->n);
	for (uint32_t at = 0; at < cells->n; at += BLOCK) {
		uint32_t n = cells->n - at < BLOCK ? cells->n - at : BLOCK;
		uint64_t key[BLOCK];
		uint64_t radix = carry ? carry : 1;

		for (uint32_t i = 0; i < n; i++)
			key[i] = carry ? g->of[at + i] : 0;
		for (size_t c = from; c < to; c++) {
			const uint32_t *dense = g->lut[c]->dense;
			const uint32_t *code = cells->chunk[c] + at;

			for (uint32_t i = 0; i < n; i++)
				key[i] += dense[code[i]] * radix;
			radix *= g->lut[c]->values;
		}
		if (product <= g->direct_n)
			classes = number_directly(g, key, at, n, classes);
		else if (product <= UINT32_MAX && cells->n < 1U << CLASS_BITS)
			classes = number_small(g, key, at, n, classes);
		else
			classes = number_by_hash(g, key, at, n, classes);
	}
	if (product <= g->direct_n)
		for (uint32_t i = 0; i < classes; i++)
			g->direct[g->key[i]] = 0;
	return classes;
}

static void sum_classes(struct deid_grouper *g, const struct deid_cells *cells, uint32_t classes)
{
	memset(g->size, 0, classes * sizeof *g->size);
	for (uint32_t i = 0; i < cells->n; i++)
		g->size[g->of[i]] += cells->count[i];
	if (!cells->population)
		return;
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
	sum_classes(g, cells, classes);
	*out = (struct deid_classes){classes, g->of, g->first, g->size, cells->population ? g->population : NULL};
	return RESULT_OK;
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
	uint32_t n = 0;
	struct deid_cells *made;

	begin_numbering(g, cells->n);
	for (uint32_t at = 0; at < cells->n; at += BLOCK) {
		uint32_t some = cells->n - at < BLOCK ? cells->n - at : BLOCK;
		uint64_t key[BLOCK];

		for (uint32_t i = 0; i < some; i++)
			key[i] = (uint64_t)g->of[at + i] * g->aux_n + cells->aux[at + i];
		n = number_by_hash(g, key, at, some, n);
	}
	made = deid_cells_make(g->pack, n, true, cells->population != NULL);
	if (!made)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		made->aux[i] = cells->aux[g->first[i]];
	copy_codes(g, cells, made, g->first);
	sum_classes(g, cells, n);
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
