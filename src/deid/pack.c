#include "deid/pack.h"

#include <stdlib.h>
#include <string.h>

/* Two tables of this many numbers fit beside each other in a first-level cache; several stay in the second. */
enum { DOMAIN = 2048 };

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

/* Deals the attributes, largest first, each into the first chunk with room; chunk_of and domain by attribute and chunk. */
static size_t deal(const struct deid_pack *p, const size_t *by_size, size_t *chunk_of, uint64_t *domain)
{
	size_t chunks = 0;

	for (size_t i = 0; i < p->attributes; i++) {
		size_t a = by_size[i];
		uint64_t leaves = p->h[a]->leaf.n;
		/* beyond a few chunks, looking at them all for each attribute costs more than it saves */
		size_t c = chunks > 64 ? chunks - 64 : 0;

		while (c < chunks && domain[c] * leaves > DOMAIN)
			c++;
		if (c == chunks)
			domain[chunks++] = 1;
		domain[c] *= leaves;
		chunk_of[a] = c;
	}
	return chunks;
}

static int larger_first(const void *a, const void *b, void *ctx)
{
	const struct deid_hierarchy *const *h = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	uint32_t m = h[x]->leaf.n, n = h[y]->leaf.n;

	if (m != n)
		return m > n ? -1 : 1;
	return (x > y) - (x < y);
}

static bool lay_chunks(struct deid_pack *p, const size_t *chunk_of, const uint64_t *domain)
{
	size_t at = 0;

	for (size_t c = 0; c < p->chunks; c++) {
		struct deid_chunk *k = &p->chunk[c];
		uint32_t stride = 1;

		k->from = at;
		k->domain = (uint32_t)domain[c];
		k->combinations = 1;
		for (size_t a = 0; a < p->attributes; a++) {
			if (chunk_of[a] != c)
				continue;
			p->order[at] = a;
			p->stride[at++] = stride;
			stride *= p->h[a]->leaf.n;
			k->combinations *= p->h[a]->levels;
		}
		k->n = at - k->from;
		k->lut = arena_array(&p->arena, k->combinations, sizeof *k->lut);
		if (!k->lut)
			return false;
	}
	return true;
}

result deid_pack_make(struct deid_pack *p, const struct deid_hierarchy *const *h, size_t n, struct error *e)
{
	size_t *by_size, *chunk_of;
	uint64_t *domain;

	*p = (struct deid_pack){.h = h, .attributes = n};
	arena_init(&p->arena, 0, false);
	by_size = arena_array(&p->arena, n, sizeof *by_size);
	chunk_of = arena_array(&p->arena, n, sizeof *chunk_of);
	domain = arena_array(&p->arena, n, sizeof *domain);
	p->order = arena_array(&p->arena, n, sizeof *p->order);
	p->stride = arena_array(&p->arena, n, sizeof *p->stride);
	if (!by_size || !chunk_of || !domain || !p->order || !p->stride)
		return no_memory(e);
	for (size_t a = 0; a < n; a++)
		by_size[a] = a;
	qsort_r(by_size, n, sizeof *by_size, larger_first, (void *)(uintptr_t)h);
	p->chunks = deal(p, by_size, chunk_of, domain);
	p->chunk = arena_array(&p->arena, p->chunks, sizeof *p->chunk);
	if (!p->chunk || !lay_chunks(p, chunk_of, domain))
		return no_memory(e);
	return RESULT_OK;
}

void deid_pack_free(struct deid_pack *p)
{
	for (size_t c = 0; p->chunk && c < p->chunks; c++)
		for (size_t i = 0; p->chunk[c].lut && i < p->chunk[c].combinations; i++)
			free(atomic_load(&p->chunk[c].lut[i]));
	arena_free(&p->arena);
	*p = (struct deid_pack){.attributes = 0};
}

uint32_t deid_pack_code(const struct deid_pack *p, size_t c, const uint32_t *leaf)
{
	const struct deid_chunk *k = &p->chunk[c];
	uint32_t code = 0;

	for (size_t i = k->from; i < k->from + k->n; i++)
		code += leaf[p->order[i]] * p->stride[i];
	return code;
}

static struct deid_lut *make_lut(const struct deid_pack *p, const struct deid_chunk *k, const uint8_t *levels)
{
	struct deid_lut *l = malloc(sizeof *l + 2 * (size_t)k->domain * sizeof *l->dense);

	if (!l)
		return NULL;
	l->values = 0;
	l->dense = (uint32_t *)(void *)(l + 1);
	l->first = l->dense + k->domain;
	for (uint32_t code = 0; code < k->domain; code++) {
		uint32_t first = 0;

		for (size_t i = k->from; i < k->from + k->n; i++) {
			size_t a = p->order[i];

			first += p->h[a]->level[levels[a]].first[deid_pack_leaf(p, i, code)] * p->stride[i];
		}
		l->first[code] = first;
		/* first leaves come no later than the leaf itself, so the first code was numbered before */
		l->dense[code] = first == code ? l->values++ : l->dense[first];
	}
	return l;
}

const struct deid_lut *deid_pack_lut(struct deid_pack *p, size_t c, const uint8_t *levels)
{
	struct deid_chunk *k = &p->chunk[c];
	struct deid_lut *made, *there;
	size_t at = 0;

	for (size_t i = k->from; i < k->from + k->n; i++)
		at = at * p->h[p->order[i]]->levels + levels[p->order[i]];
	there = atomic_load_explicit(&k->lut[at], memory_order_acquire);
	if (there)
		return there;
	made = make_lut(p, k, levels);
	if (!made)
		return NULL;
	if (atomic_compare_exchange_strong(&k->lut[at], &there, made))
		return made;
	free(made);
	return there;
}
