#include <stdlib.h>

#include "deid/lattice.h"

void box_free(struct box *b)
{
	if (!b)
		return;
	corner_drop(b->above);
	free(b);
}

struct box *box_make(const struct deid_problem *p, const uint8_t *lo, const uint8_t *hi, struct corner *above)
{
	size_t n = p->attributes;
	struct box *b = malloc(sizeof *b + 2 * n);

	if (!b)
		return NULL;
	*b = (struct box){.above = above};
	b->hi = b->lo + n;
	memcpy(b->lo, lo, n);
	memcpy(b->hi, hi, n);
	atomic_fetch_add(&above->users, 1);
	return b;
}

/* Less bound first; of the same, the one with the smaller levels. */
static bool box_before(const struct deid_problem *p, const struct box *a, const struct box *b)
{
	if (a->bound != b->bound)
		return a->bound < b->bound;
	return levels_cmp(p, a->lo, b->lo) < 0;
}

bool boxes_push(struct boxes *h, const struct deid_problem *p, struct box *b)
{
	size_t i = h->n;

	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 256;
		struct box **at = realloc(h->at, cap * sizeof(*at));

		if (!at)
			return false;
		h->at = at;
		h->cap = cap;
	}
	h->n++;
	for (; i && box_before(p, b, h->at[(i - 1) / 2]); i = (i - 1) / 2)
		h->at[i] = h->at[(i - 1) / 2];
	h->at[i] = b;
	return true;
}

struct box *boxes_pop(struct boxes *h, const struct deid_problem *p)
{
	struct box *top = h->at[0], *last = h->at[--h->n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < h->n && box_before(p, h->at[child + 1], h->at[child]))
			child++;
		if (child >= h->n || !box_before(p, h->at[child], last))
			break;
		h->at[i] = h->at[child];
		i = child;
	}
	h->at[i] = last;
	return top;
}

void boxes_free(struct boxes *h)
{
	for (size_t i = 0; i < h->n; i++)
		box_free(h->at[i]);
	free(h->at);
}
