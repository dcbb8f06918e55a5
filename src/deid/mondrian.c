#include "deid/mondrian.h"

#include <string.h>

#include "deid/judge.h"

enum { MOST_PULLED = 16 }; /* values that are put back to what stays, before a column is given up */

/* A value of the part that is looked at, one step finer in one attribute. */
struct child {
	uint32_t begin; /* places in `sorted` */
	uint32_t end;
	uint32_t leaf; /* the first of its leaves */
	bool leaves;   /* becomes a part of its own */
	uint64_t rows;
	uint64_t persons;
	double gain; /* by-value metrics */
};

struct dividing {
	struct deid_partition *t;
	const struct deid_problem *p;
	const uint8_t *floor; /* or NULL */
	struct deid_judge judge;
	struct arena room;
	uint32_t *leaf; /* by attribute, by cell */

	struct child *child;
	uint32_t children;
	uint32_t *child_of; /* by leaf: child + 1; 0 between divisions */
	uint32_t *sorted;   /* cells, child by child */
	uint32_t *rest;	    /* cells that stay together */
	struct deid_members staying;
	uint32_t leaving; /* children */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the partition");
}

/* There are never more parts than cells. */
static struct deid_part *add_part(struct deid_partition *t, const uint8_t *levels, struct error *e)
{
	struct deid_part *p = &t->part[t->n];

	*p = (struct deid_part){.levels = (uint8_t *)arena_copy(&t->arena, (const char *)levels, t->p->attributes)};
	if (!p->levels) {
		(void)no_memory(e); /* ignored: told by NULL */
		return NULL;
	}
	t->n++;
	return p;
}

/* Making ---------------------------------------------------------------------------------------------------- */

/* What is being made of classes. */
struct making {
	struct deid_partition *t;
	struct deid_problem *p;
	struct deid_judge judge;
	struct deid_grouper *grouper;
	uint32_t *begin; /* by class: its first place in `sorted` */
	uint32_t *sorted;
	bool *placed; /* by cell */
	uint8_t *coarsest;
};

/* Puts M's cells that are not placed yet in the order of their classes OF, N of them. */
static void sort_cells(struct making *m, const struct deid_classes *k)
{
	const struct deid_cells *cells = m->p->cells;

	memset(m->begin, 0, ((size_t)k->n + 2) * sizeof *m->begin);
	for (uint32_t i = 0; i < cells->n; i++)
		if (!m->placed[i])
			m->begin[k->of[i] + 2]++;
	for (uint32_t c = 2; c <= k->n + 1; c++)
		m->begin[c] += m->begin[c - 1];
	for (uint32_t i = 0; i < cells->n; i++)
		if (!m->placed[i])
			m->sorted[m->begin[k->of[i] + 1]++] = i;
}

/* Makes parts of those classes at LEVELS of what is not placed yet that meet the models. */
static result place(struct making *m, const uint8_t *levels, struct error *e)
{
	const struct deid_cells *cells = m->p->cells;
	struct deid_partition *t = m->t;
	struct deid_classes k;

	TRY(deid_group(m->grouper, cells, levels, &k, e));
	sort_cells(m, &k);
	for (uint32_t c = 0; c < k.n; c++) {
		struct deid_members of = {.cells = cells, .at = m->sorted + m->begin[c], .n = m->begin[c + 1] - m->begin[c]};
		struct deid_part *part;

		for (uint32_t i = 0; i < of.n; i++) {
			of.rows += cells->count[of.at[i]];
			of.persons += cells->population ? cells->population[of.at[i]] : 0;
		}
		if (deid_judge_class(&m->judge, &of) != DEID_HOLDS)
			continue;
		part = add_part(t, levels, e);
		if (!part)
			return RESULT_FAIL;
		part->begin = t->n > 1 ? t->part[t->n - 2].end : 0;
		part->end = part->begin + of.n;
		part->rows = of.rows;
		part->persons = of.persons;
		t->suppressed -= of.rows;
		for (uint32_t i = 0; i < of.n; i++) {
			t->cell[part->begin + i] = of.at[i];
			m->placed[of.at[i]] = true;
		}
	}
	return RESULT_OK;
}

result deid_partition_make(struct deid_partition *t, struct deid_problem *p, const uint8_t *levels, bool rest,
			   struct error *e)
{
	struct making m = {.t = t, .p = p};
	size_t n = (size_t)p->cells->n + 3;
	struct arena room;
	result done = RESULT_FAIL;

	*t = (struct deid_partition){.p = p, .suppressed = p->rows};
	arena_init(&t->arena, 0, false);
	arena_init(&room, 0, false);
	t->cell = arena_array(&t->arena, n, sizeof *t->cell);
	t->part = arena_array(&t->arena, n, sizeof *t->part);
	m.begin = arena_array(&room, n, sizeof *m.begin);
	m.sorted = arena_array(&room, n, sizeof *m.sorted);
	m.placed = arena_array(&room, n, sizeof *m.placed);
	m.coarsest = arena_array(&room, p->attributes, 1);
	m.grouper = deid_grouper_make(&p->pack, p->cells->n, p->aux_n);
	if (!deid_judge_make(&m.judge, p) || !t->cell || !t->part || !m.begin || !m.sorted || !m.placed || !m.coarsest || !m.grouper) {
		done = no_memory(e);
		goto out;
	}
	for (size_t a = 0; a < p->attributes; a++)
		m.coarsest[a] = (uint8_t)(p->h[a]->levels - 1);
	TRY_OUT(place(&m, levels, e));
	if (rest)
		TRY_OUT(place(&m, m.coarsest, e));
	done = RESULT_OK;
out:
	deid_judge_free(&m.judge);
	deid_grouper_free(m.grouper);
	arena_free(&room);
	return done;
}

void deid_partition_free(struct deid_partition *t)
{
	arena_free(&t->arena);
	*t = (struct deid_partition){.n = 0};
}

/* Dividing -------------------------------------------------------------------------------------------------- */

/* The level that comes next below LEVEL in attribute A; LEVEL when there is none. */
static unsigned next_level(const struct dividing *d, size_t a, unsigned level)
{
	if (d->floor)
		return d->floor[a] < level ? d->floor[a] : level;
	return level ? level - 1 : 0;
}

/* Sorts PART's cells by their values at LEVEL in attribute A, each value a child. */
static void find_children(struct dividing *d, const struct deid_part *part, size_t a, unsigned level)
{
	const struct deid_cells *cells = d->p->cells;
	const uint32_t *first = d->p->h[a]->level[level].first, *leaf = d->leaf + a * cells->n, *cell = d->t->cell;
	uint32_t at = 0;

	d->children = 0;
	for (uint32_t i = part->begin; i < part->end; i++) {
		uint32_t value = first[leaf[cell[i]]];
		struct child *c;

		if (!d->child_of[value]) {
			d->child[d->children] = (struct child){.leaf = value};
			d->child_of[value] = ++d->children;
		}
		c = &d->child[d->child_of[value] - 1];
		c->end++;
		c->rows += cells->count[cell[i]];
		c->persons += cells->population ? cells->population[cell[i]] : 0;
	}
	for (uint32_t k = 0; k < d->children; k++) {
		d->child[k].begin = at;
		at += d->child[k].end;
		d->child[k].end = d->child[k].begin;
	}
	for (uint32_t i = part->begin; i < part->end; i++)
		d->sorted[d->child[d->child_of[first[leaf[cell[i]]]] - 1].end++] = cell[i];
	for (uint32_t k = 0; k < d->children; k++)
		d->child_of[d->child[k].leaf] = 0;
}

/* Whether each child may be a part of its own, and what it would gain. */
static void judge_children(struct dividing *d, const struct deid_part *part, size_t a, unsigned level)
{
	const struct deid_metric *m = &d->p->metric;
	size_t leaves = d->p->h[a]->leaf.n;

	d->leaving = 0;
	for (uint32_t k = 0; k < d->children; k++) {
		struct child *c = &d->child[k];
		struct deid_members of = {d->p->cells, d->sorted + c->begin, c->end - c->begin, c->rows, c->persons};

		c->leaves = c->rows >= d->p->min_size && deid_judge_class(&d->judge, &of) == DEID_HOLDS;
		d->leaving += c->leaves;
		if (!deid_metric_by_value(m) || m->span[a] == 0)
			continue;
		c->gain = (m->weight ? m->weight[a] : 1) * (double)c->rows *
			  (double)(m->gap[a][level * leaves + c->leaf] - m->gap[a][part->levels[a] * leaves + c->leaf]) /
			  (double)m->span[a];
	}
}

static void let_stay(struct dividing *d, const struct child *c)
{
	memcpy(d->rest + d->staying.n, d->sorted + c->begin, (c->end - c->begin) * sizeof *d->rest);
	d->staying.n += c->end - c->begin;
	d->staying.rows += c->rows;
	d->staying.persons += c->persons;
}

static bool gains_less(const struct child *a, const struct child *b)
{
	return a->gain != b->gain ? a->gain < b->gain : a->rows < b->rows;
}

/* Keeps together what may not leave, and as much more as that needs to meet the models; false when nothing leaves then. */
static bool settle(struct dividing *d)
{
	d->staying = (struct deid_members){.cells = d->p->cells, .at = d->rest};
	for (uint32_t k = 0; k < d->children; k++)
		if (!d->child[k].leaves)
			let_stay(d, &d->child[k]);
	for (unsigned pulled = 0; d->leaving; pulled++) {
		struct child *least = NULL;

		/* persons without rows alone are in no part, unless a model asks for a share of them */
		if (d->staying.rows == 0 && (d->staying.persons == 0 || d->p->shared_min <= 0))
			return true;
		if (deid_judge_class(&d->judge, &d->staying) == DEID_HOLDS)
			return true;
		for (uint32_t k = 0; k < d->children; k++)
			if (d->child[k].leaves && (!least || gains_less(&d->child[k], least)))
				least = &d->child[k];
		if (!least || pulled == MOST_PULLED)
			return false;
		least->leaves = false;
		d->leaving--;
		let_stay(d, least);
	}
	return false;
}

/* What the division at hand of PART gains by the metric. */
static double gain_of(const struct dividing *d, const struct deid_part *part)
{
	double rows = (double)part->rows, rest = (double)d->staying.rows, squares = rest * rest, gain = 0;

	for (uint32_t k = 0; k < d->children; k++) {
		double n = (double)d->child[k].rows;

		if (!d->child[k].leaves)
			continue;
		gain += d->child[k].gain;
		squares += n * n;
	}
	if (deid_metric_by_value(&d->p->metric))
		return gain;
	if (d->p->metric.kind == DEID_DISCERNABILITY)
		return rows * rows - squares;
	/* as many classes as can be; of equally many, even ones, since they can be divided again */
	return (double)d->leaving - (rest > 0 ? 0 : 1) + (1 - squares / (rows * rows)) / 2;
}

/*
 * Tries to divide PART in attribute A, to LEVEL; *GAIN is what that gains, and
 * *WHOLE set when all of it goes to one value.  False when it cannot be.
 */
static bool try_attribute(struct dividing *d, const struct deid_part *part, size_t a, double *gain, bool *whole)
{
	unsigned level = next_level(d, a, part->levels[a]);

	*whole = false;
	if (level == part->levels[a])
		return false;
	find_children(d, part, a, level);
	judge_children(d, part, a, level);
	if (!settle(d))
		return false;
	*whole = d->leaving == 1 && d->staying.rows == 0;
	*gain = gain_of(d, part);
	return *whole || *gain > 0;
}

/* Carries out the division at hand, of part number I, in attribute A. */
static result divide(struct dividing *d, size_t i, size_t a, struct error *e)
{
	struct deid_partition *t = d->t;
	struct deid_part whole = t->part[i];
	unsigned level = next_level(d, a, whole.levels[a]);
	bool taken = d->staying.rows > 0; /* the part's own place */
	uint32_t at = whole.begin;

	for (uint32_t k = 0; k < d->children; k++) {
		const struct child *c = &d->child[k];
		struct deid_part *part = &t->part[i];

		if (!c->leaves)
			continue;
		if (taken)
			part = add_part(t, whole.levels, e);
		if (!part)
			return RESULT_FAIL;
		/* the part's own levels are the last to change: the others are copies of them */
		*part = (struct deid_part){at, at + c->end - c->begin, part->levels, c->rows, c->persons};
		memcpy(t->cell + at, d->sorted + c->begin, (c->end - c->begin) * sizeof *t->cell);
		at = part->end;
		if (taken)
			part->levels[a] = (uint8_t)level;
		taken = true;
	}
	if (d->staying.rows) {
		memcpy(t->cell + at, d->rest, d->staying.n * sizeof *t->cell);
		t->part[i] = (struct deid_part){at, at + d->staying.n, whole.levels, d->staying.rows, d->staying.persons};
	} else {
		whole.levels[a] = (uint8_t)level;
	}
	return RESULT_OK;
}

/* Divides part number I until nothing gains; what parts from it is added behind. */
static result divide_part(struct dividing *d, size_t i, struct error *e)
{
	for (;;) {
		size_t best = SIZE_MAX;
		double most = 0, gain;
		bool whole;

		for (size_t a = 0; a < d->p->attributes; a++) {
			bool can = try_attribute(d, &d->t->part[i], a, &gain, &whole);

			if (can && whole) {
				TRY(divide(d, i, a, e));
				a--; /* perhaps one level more */
			} else if (can && gain > most) {
				most = gain;
				best = a;
			}
		}
		if (best == SIZE_MAX || !try_attribute(d, &d->t->part[i], best, &gain, &whole))
			return RESULT_OK;
		TRY(divide(d, i, best, e));
	}
}

static bool allocate(struct dividing *d)
{
	const struct deid_problem *p = d->p;
	size_t cells = (size_t)p->cells->n + 1, most = 1;

	for (size_t a = 0; a < p->attributes; a++)
		most = p->h[a]->leaf.n > most ? p->h[a]->leaf.n : most;
	d->leaf = arena_array(&d->room, cells * p->attributes, sizeof *d->leaf);
	d->child = arena_array(&d->room, most, sizeof *d->child);
	d->child_of = arena_array(&d->room, most, sizeof *d->child_of);
	d->sorted = arena_array(&d->room, cells, sizeof *d->sorted);
	d->rest = arena_array(&d->room, cells, sizeof *d->rest);
	return deid_judge_make(&d->judge, p) && d->leaf && d->child && d->child_of && d->sorted && d->rest;
}

static void unpack_leaves(struct dividing *d)
{
	const struct deid_pack *pack = &d->p->pack;
	const struct deid_cells *cells = d->p->cells;

	for (size_t c = 0; c < pack->chunks; c++)
		for (size_t i = pack->chunk[c].from; i < pack->chunk[c].from + pack->chunk[c].n; i++)
			for (uint32_t k = 0; k < cells->n; k++)
				d->leaf[pack->order[i] * cells->n + k] = deid_pack_leaf(pack, i, cells->chunk[c][k]);
}

result deid_partition_divide(struct deid_partition *t, const uint8_t *floor, struct error *e)
{
	struct dividing d = {.t = t, .p = t->p, .floor = floor};
	result done = RESULT_FAIL;

	arena_init(&d.room, 0, false);
	if (!allocate(&d)) {
		done = no_memory(e);
		goto out;
	}
	unpack_leaves(&d);
	for (size_t i = 0; i < t->n; i++)
		TRY_OUT(divide_part(&d, i, e));
	done = RESULT_OK;
out:
	deid_judge_free(&d.judge);
	arena_free(&d.room);
	return done;
}
