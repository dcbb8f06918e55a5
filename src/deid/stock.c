#include "deid/stock.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_MOST = 1024 };

void stock_drop(struct kept *k)
{
	if (!k || --k->users)
		return;
	if (!k->own)
		free(k->cells);
	free(k);
}

result stock_make(struct stock *s, const struct deid_problem *p, size_t memory, struct error *e)
{
	struct kept *own = malloc(sizeof *own);

	*s = (struct stock){.p = p, .memory = memory};
	s->at = calloc(KEPT_MOST + 1, sizeof(*s->at));
	if (!own || !s->at) {
		free(own);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
	}
	*own = (struct kept){.cells = p->cells, .users = 1, .own = true};
	s->at[s->n++] = own;
	return RESULT_OK;
}

void stock_free(struct stock *s)
{
	for (size_t i = 0; i < s->n; i++)
		stock_drop(s->at[i]);
	free(s->at);
}

static bool all_at_most(const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] > b[i])
			return false;
	return true;
}

struct kept *stock_find(struct stock *s, const uint8_t *levels)
{
	size_t i = 0;

	while (i + 1 < s->n && !all_at_most(s->at[i]->cells->levels, levels, s->p->attributes))
		i++;
	s->at[i]->used = ++s->uses;
	s->at[i]->users++;
	return s->at[i];
}

/* Gives up the kept cells that were of use longest ago; the problem's own are last and stay. */
static void forget_one(struct stock *s)
{
	size_t oldest = 0;

	for (size_t i = 1; i + 1 < s->n; i++)
		if (s->at[i]->used < s->at[oldest]->used)
			oldest = i;
	s->bytes -= s->at[oldest]->bytes;
	stock_drop(s->at[oldest]);
	s->n--;
	memmove(&s->at[oldest], &s->at[oldest + 1], (s->n - oldest) * sizeof *s->at);
}

struct kept *stock_add(struct stock *s, struct deid_cells *cells)
{
	struct kept *k = malloc(sizeof *k);
	size_t bytes = deid_cells_bytes(&s->p->pack, cells->n, cells->aux, cells->population), at = 0;

	if (!k) {
		free(cells);
		return NULL;
	}
	while (s->n > 1 && (s->n == KEPT_MOST || s->bytes + bytes > s->memory))
		forget_one(s);
	while (at + 1 < s->n && s->at[at]->cells->n < cells->n)
		at++;
	memmove(&s->at[at + 1], &s->at[at], (s->n - at) * sizeof *s->at);
	*k = (struct kept){.cells = cells, .bytes = bytes, .used = ++s->uses, .users = 2};
	s->at[at] = k;
	s->n++;
	s->bytes += bytes;
	return k;
}
