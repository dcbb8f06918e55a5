#include "deid/neighbours.h"

#include <math.h>
#include <stdlib.h>

#include "deid/quantity.h"

/* A value in its order, and what all up to it add up to. */
struct point {
	uint32_t leaf;
	deid_sum value;
	uint64_t records; /* up to and with this one */
	long double sum;  /* of distances from the first value, */
	long double squares;
	long double least; /* of all ways to cut what is up to here; infinite when there is none */
	uint32_t from;	   /* points before the last group of that way */
};

struct cutting {
	struct arena room;
	struct point *point; /* the first one stands before all values */
	uint32_t n;	     /* values */
	uint32_t *group;     /* by value in order: its group's number */
	uint32_t groups;
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the groups of neighbouring values");
}

static int by_value(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static result read_values(struct cutting *c, const struct deid_dict *d, const uint64_t *count, struct error *e)
{
	struct point *before;

	c->point = arena_array(&c->room, (size_t)d->n + 1, sizeof *c->point);
	c->group = arena_array(&c->room, (size_t)d->n + 1, sizeof *c->group);
	if (!c->point || !c->group)
		return no_memory(e);
	for (uint32_t i = 0; i < d->n; i++) {
		struct deid_quantity q;

		if (!deid_quantity_parse(d->value[i], &q))
			return error_set(e, CODE_VALUE_WITHOUT_LEAF, "only numbers and days have neighbours");
		c->point[i + 1] = (struct point){.leaf = i, .value = deid_quantity_in(&q, DEID_DECIMALS)};
	}
	c->n = d->n;
	qsort(c->point + 1, c->n, sizeof *c->point, by_value);
	for (uint32_t i = 1; i <= c->n; i++) {
		struct point *p = &c->point[i];
		long double distance = (long double)(p->value - c->point[1].value), n = (long double)count[p->leaf];

		before = p - 1;
		p->records = before->records + count[p->leaf];
		p->sum = before->sum + n * distance;
		p->squares = before->squares + n * distance * distance;
		p->least = INFINITY;
	}
	return RESULT_OK;
}

/* The sum of squared distances from their mean of the values behind A up to B. */
static long double cost(const struct point *a, const struct point *b)
{
	long double sum = b->sum - a->sum;

	return b->squares - a->squares - sum * sum / (long double)(b->records - a->records);
}

/*
 * The least cost up to each value.  A last group that could be cut in two is never
 * better than the two, so that few are looked at.
 */
static void cut(struct cutting *c, uint64_t k)
{
	uint32_t nearest = 0; /* points before the smallest group that ends here */
	uint32_t at;

	for (uint32_t j = 1; j <= c->n; j++) {
		struct point *end = &c->point[j];

		if (end->records < k)
			continue;
		while (end->records - c->point[nearest + 1].records >= k)
			nearest++;
		for (uint32_t i = nearest + 1; i-- > 0 && c->point[nearest].records - c->point[i].records < k;) {
			long double least = c->point[i].least + cost(&c->point[i], end);

			if (least < end->least) {
				end->least = least;
				end->from = i;
			}
		}
	}
	/* fewer records than a group needs are one group */
	for (at = c->n; at; at = c->point[at].from, c->groups++)
		for (uint32_t i = c->point[at].from; i < at; i++)
			c->group[i] = c->groups;
	for (uint32_t i = 0; i < c->n; i++)
		c->group[i] = c->groups - 1 - c->group[i];
}

/* The next level of H: GROUPS groups, by value in order in C's group. */
static result add_level(struct deid_hierarchy *h, const struct cutting *c, struct error *e)
{
	struct str *label = arena_array(&h->arena, c->n, sizeof *label);
	uint32_t bad;

	if (!label)
		return no_memory(e);
	for (uint32_t from = 0, to; from < c->n; from = to) {
		struct buf b;
		struct str text;

		for (to = from + 1; to < c->n && c->group[to] == c->group[from]; to++)
			;
		buf_init(&b);
		buf_str(&b, h->leaf.value[c->point[from + 1].leaf]);
		if (to > from + 1) {
			buf_text(&b, "..");
			buf_str(&b, h->leaf.value[c->point[to].leaf]);
		}
		text = c->groups == 1 ? STR("*") : str_copy(&h->arena, buf_view(&b));
		buf_free(&b);
		if (!text.p)
			return no_memory(e);
		for (uint32_t i = from; i < to; i++)
			label[c->point[i + 1].leaf] = text;
	}
	return deid_hierarchy_add_level(h, label, &bad, e);
}

result deid_neighbours_make(struct deid_hierarchy *h, const struct deid_dict *d, const uint64_t *count, uint64_t k,
			    struct error *e)
{
	struct cutting c = {.n = 0};
	result r = RESULT_FAIL;

	arena_init(&c.room, 0, false);
	TRY_OUT(deid_hierarchy_flat(h, d, e));
	TRY_OUT(read_values(&c, d, count, e));
	cut(&c, k);
	TRY_OUT(add_level(h, &c, e));
	while (c.groups > 1) {
		for (uint32_t i = 0; i < c.n; i++)
			c.group[i] /= 2;
		c.groups = (c.groups + 1) / 2;
		TRY_OUT(add_level(h, &c, e));
	}
	r = RESULT_OK;
out:
	arena_free(&c.room);
	return r;
}
