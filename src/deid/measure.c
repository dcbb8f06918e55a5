#include "deid/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "deid/aggregate.h"

enum {
	MOST_ATTRIBUTES = 64,	    /* beyond that, combinations are not looked at */
	MOST_WORK = 6000000, /* cells times combinations of three columns that are looked at */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to measure the result");
}

static struct deid_risk risk_of(const struct deid_sizes *s, uint64_t population)
{
	struct deid_risk k = {0};
	double rows = 0, classes = 0;

	for (size_t i = 0; i < s->n; i++) {
		double here = (double)s->at[i].size * (double)s->at[i].classes;

		rows += here;
		classes += (double)s->at[i].classes;
		k.at_risk += s->at[i].size < 5 ? here : 0;
		k.unique += s->at[i].size == 1 ? here : 0;
	}
	if (s->n == 0)
		return k;
	k.highest = 1 / (double)s->at[0].size;
	k.average = classes / rows;
	k.at_risk /= rows;
	k.unique /= rows;
	k.population_pitman = deid_population_unique_pitman(s, population);
	k.population_zayatz = deid_population_unique_zayatz(s, population);
	return k;
}

/* A leaf with what it is ordered by. */
struct shown {
	double number;
	struct str text;
	uint32_t leaf;
};

static int by_number(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	if (x->number < y->number || x->number > y->number)
		return x->number < y->number ? -1 : 1;
	return str_cmp(x->text, y->text);
}

/* The number that TEXT is or begins with, such as 30 of "30-39" and just below 20 of "<20", into *OUT; false when it has none. */
static bool number_in(struct str text, double *out)
{
	size_t from = 0, to;

	if (deid_number_parse(text, out))
		return true;
	while (from < text.n && (text.p[from] < '0' || text.p[from] > '9'))
		from++;
	for (to = from; to < text.n && text.p[to] >= '0' && text.p[to] <= '9';)
		to++;
	if (to == from || !deid_number_parse(str_sub(text, from, to - from), out))
		return false;
	*out -= text.p[0] == '<' ? 0.5 : 0;
	return true;
}

/* How the leaves of H are shown, into D. */
static result order_leaves(const struct deid_hierarchy *h, struct deid_attribute *d, struct arena *arena, struct error *e)
{
	struct shown *at = arena_array(arena, h->leaf.n, sizeof *at);
	bool numbers = h->levels == 1;

	d->order = arena_array(arena, h->leaf.n, sizeof *d->order);
	if (!at || !d->order)
		return no_memory(e);
	for (uint32_t i = 0; i < h->leaf.n; i++) {
		at[i] = (struct shown){0, h->leaf.value[i], i};
		numbers = numbers && number_in(h->leaf.value[i], &at[i].number);
	}
	if (numbers)
		qsort(at, h->leaf.n, sizeof *at, by_number);
	for (uint32_t i = 0; i < h->leaf.n; i++)
		d->order[i] = at[i].leaf;
	return RESULT_OK;
}

/* Rows by leaf of attribute A, before and after, and the distances between them. */
static result measure_attribute(const struct deid_run *r, size_t a, struct deid_measures *m, struct error *e)
{
	const struct deid_hierarchy *h = r->h[a];
	struct deid_attribute *d = &m->attribute[a];
	double rows = (double)r->table.rows, kept = (double)(r->table.rows - r->suppressed), sum = 0, roots = 0;
	uint64_t *at_first;

	d->before = arena_array(&m->arena, h->leaf.n, sizeof *d->before);
	d->after = arena_array(&m->arena, h->leaf.n, sizeof *d->after);
	at_first = arena_array(&m->arena, (size_t)h->leaf.n * h->levels, sizeof *at_first);
	if (!d->before || !d->after || !at_first)
		return no_memory(e);
	for (uint32_t i = 0; i < r->table.tuples; i++) {
		uint32_t leaf = deid_table_tuple(&r->table, i)[a];
		unsigned level;

		d->before[leaf] += r->table.count[i];
		if (r->block_of[i] == DEID_NONE)
			continue;
		level = a < r->table.quasi ? r->block[r->block_of[i]].levels[a] : 0;
		at_first[(size_t)level * h->leaf.n + h->level[level].first[leaf]] += r->table.count[i];
	}
	for (unsigned l = 0; l < h->levels; l++)
		for (uint32_t i = 0; i < h->leaf.n; i++)
			d->after[i] += (double)at_first[(size_t)l * h->leaf.n + h->level[l].first[i]] / h->level[l].size[i];
	for (uint32_t i = 0; i < h->leaf.n; i++) {
		double p = (double)d->before[i] / rows, q = kept > 0 ? d->after[i] / kept : 0;

		sum += fabs(p - q);
		roots += (sqrt(p) - sqrt(q)) * (sqrt(p) - sqrt(q));
	}
	/* what is aggregated is not spread over the leaves that it stands for */
	d->total_variation = deid_aggregated(r, r->table.slot[a]) ? NAN : sum / 2;
	d->hellinger = deid_aggregated(r, r->table.slot[a]) ? NAN : sqrt(roots / 2);
	return order_leaves(h, d, &m->arena, e);
}

/* The search for records that few columns single out. */
struct hunt {
	struct deid_problem *p;
	struct deid_grouper *grouper;
	struct deid_measures *m;
	uint8_t *levels;
	uint64_t *alone; /* by cell: columns that single it out by themselves */
	uint64_t *pairs; /* by cell and column: columns that do so together with that one; NULL without triples */
};

/* True when some part of the N columns at COLUMN singles CELL out already. */
static bool found_before(const struct hunt *h, uint32_t cell, const size_t *column, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (n > 1 && bits_has(&h->alone[cell], column[i]))
			return true;
		for (size_t j = i + 1; j < n && n > 2; j++)
			if (bits_has(&h->pairs[(size_t)cell * h->p->attributes + column[i]], column[j]))
				return true;
	}
	return false;
}

static result look_at(struct hunt *h, const size_t *column, size_t n, struct error *e)
{
	struct deid_minimal found = {.n = n};
	struct deid_classes classes;

	for (size_t i = 0; i < n; i++) {
		found.column[i] = column[i];
		h->levels[column[i]] = 0;
	}
	TRY(deid_group(h->grouper, h->p->cells, h->levels, &classes, e));
	for (uint32_t c = 0; c < classes.n; c++) {
		uint32_t cell = classes.first[c];

		if (classes.size[c] != 1 || h->p->cells->count[cell] != 1)
			continue;
		if (found_before(h, cell, column, n))
			continue;
		found.records++;
		if (n == 1)
			bits_add(&h->alone[cell], column[0]);
		if (n == 2 && h->pairs)
			bits_add(&h->pairs[(size_t)cell * h->p->attributes + column[0]], column[1]);
	}
	for (size_t i = 0; i < n; i++)
		h->levels[column[i]] = (uint8_t)(h->p->h[column[i]]->levels - 1);
	if (found.records)
		h->m->minimal[h->m->minimals++] = found;
	return RESULT_OK;
}

static result look_at_all(struct hunt *h, struct error *e)
{
	size_t n = h->p->attributes;

	for (size_t a = 0; a < n; a++)
		TRY(look_at(h, &a, 1, e));
	for (size_t a = 0; a < n; a++)
		for (size_t b = a + 1; b < n; b++)
			TRY(look_at(h, (size_t[]){a, b}, 2, e));
	if (!h->pairs)
		return RESULT_OK;
	for (size_t a = 0; a < n; a++)
		for (size_t b = a + 1; b < n; b++)
			for (size_t c = b + 1; c < n; c++)
				TRY(look_at(h, (size_t[]){a, b, c}, 3, e));
	return RESULT_OK;
}

static int most_records_first(const void *a, const void *b)
{
	const struct deid_minimal *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return (x->records < y->records) - (x->records > y->records);
}

static result find_minimals(struct deid_run *r, struct deid_measures *m, struct error *e)
{
	struct deid_problem *p = &r->problem;
	struct hunt h = {.p = p, .m = m};
	size_t n = p->attributes, cells = p->cells->n, triples = n * (n - 1) * (n - 2) / 6;
	result done;

	if (n < 1 || n > MOST_ATTRIBUTES || p->cells->aux || p->cells->population)
		return RESULT_OK;
	for (size_t a = 0; a < n; a++)
		if (p->h[a]->level[p->h[a]->levels - 1].values != 1)
			return RESULT_OK; /* a column that no level takes out of sight */
	h.levels = arena_array(&m->arena, n, 1);
	h.alone = arena_array(&m->arena, cells, sizeof *h.alone);
	if (n > 2 && triples * cells <= MOST_WORK)
		h.pairs = arena_array(&m->arena, cells * n, sizeof *h.pairs);
	m->minimal = arena_array(&m->arena, n + n * n / 2 + triples, sizeof *m->minimal);
	h.grouper = deid_grouper_make(&p->pack, p->cells->n, p->aux_n);
	if (!h.levels || !h.alone || !m->minimal || !h.grouper) {
		deid_grouper_free(h.grouper);
		return no_memory(e);
	}
	m->minimal_up_to = h.pairs ? 3 : n > 1 ? 2 : 1;
	for (size_t a = 0; a < n; a++)
		h.levels[a] = (uint8_t)(p->h[a]->levels - 1);
	done = look_at_all(&h, e);
	deid_grouper_free(h.grouper);
	qsort(m->minimal, m->minimals, sizeof *m->minimal, most_records_first);
	return done;
}

/* The highest risk against the population: one over the persons in the smallest class that is kept. */
static result find_journalist(struct deid_run *r, struct deid_measures *m, struct error *e)
{
	struct deid_evaluator *v;
	const struct deid_classes *k;
	struct deid_outcome outcome;
	uint64_t least = UINT64_MAX;

	if (!r->problem.cells->population)
		return RESULT_OK;
	if (r->least_persons) {
		m->journalist = 1 / (double)r->least_persons;
		return RESULT_OK;
	}
	v = deid_evaluator_make(&r->problem);
	if (!v)
		return no_memory(e);
	if (!ok(deid_evaluate(v, r->problem.cells, r->block[0].levels, &outcome, NULL, e))) {
		deid_evaluator_free(v);
		return RESULT_FAIL;
	}
	k = deid_evaluated_classes(v);
	for (uint32_t i = 0; i < k->n; i++)
		if (!deid_evaluated_suppressed(v, i) && k->population[i] < least)
			least = k->population[i];
	m->journalist = least < UINT64_MAX ? 1 / (double)least : 0;
	deid_evaluator_free(v);
	return RESULT_OK;
}

result deid_measure(struct deid_run *r, struct deid_measures *m, struct error *e)
{
	size_t width = r->table.quasi + r->table.sensitive;

	*m = (struct deid_measures){.minimals = 0};
	arena_init(&m->arena, 0, false);
	m->before = risk_of(&r->before, r->problem.population_size);
	m->after = risk_of(&r->after, r->problem.population_size);
	m->attribute = arena_array(&m->arena, width, sizeof *m->attribute);
	if (!m->attribute)
		return no_memory(e);
	for (size_t a = 0; a < width; a++)
		TRY(measure_attribute(r, a, m, e));
	TRY(find_journalist(r, m, e));
	return find_minimals(r, m, e);
}

void deid_measures_free(struct deid_measures *m)
{
	arena_free(&m->arena);
}
