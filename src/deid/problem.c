#include "deid/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the search");
}

/* How a sum of codes is told apart: by interning them as text of fixed length. */
static uint32_t intern(struct deid_dict *d, const uint32_t *code, size_t n)
{
	return deid_dict_add(d, (struct str){(const char *)code, n * sizeof *code});
}

/* Fails when M asks for more different values in each class than its column has at all. */
static result enough_values(const struct deid_model *m, const struct deid_input *in, struct error *e)
{
	uint64_t asked = m->count, values;

	if (m->kind == DEID_ENTROPY_L)
		asked = (uint64_t)((m->a.num + m->a.den - 1) / m->a.den);
	else if (m->kind != DEID_DISTINCT_L && m->kind != DEID_RECURSIVE_CL)
		return RESULT_OK;
	values = in->sensitive_h[m->sensitive]->leaf.n;
	if (asked <= values)
		return RESULT_OK;
	return error_set(e, CODE_MODEL_INVALID, "the model \"%.*s\" cannot hold: the column has only %llu different value%s", (int)m->text.n,
			 m->text.p, (unsigned long long)values, values == 1 ? "" : "s");
}

static result take_models(struct deid_problem *p, const struct deid_input *in, struct error *e)
{
	p->model = in->model;
	p->models = in->models;
	p->by_record_only = true;
	p->merging = true;
	p->min_size = 1;
	for (size_t i = 0; i < in->models; i++) {
		const struct deid_model *m = &in->model[i];

		p->histograms = p->histograms || deid_model_needs_histogram(m);
		p->by_record_only = p->by_record_only && deid_model_by_record(m);
		p->whole_table = p->whole_table || !deid_model_by_class(m);
		p->merging = p->merging && m->kind != DEID_POPULATION_UNIQUE;
		if (m->kind == DEID_DELTA && m->a.num > 0)
			p->shared_min = (double)m->a.num / (double)m->a.den;
		TRY(enough_values(m, in, e));
		if (m->kind == DEID_K || m->kind == DEID_DISTINCT_L) {
			if (m->count > p->rows)
				return error_set(e, CODE_MODEL_INVALID,
						 "the model \"%.*s\" cannot hold: the table has only %llu rows", (int)m->text.n,
						 m->text.p, (unsigned long long)p->rows);
			p->min_size = m->count > p->min_size ? (uint32_t)m->count : p->min_size;
		}
		if (m->kind == DEID_T_HIERARCHICAL) {
			const struct deid_hierarchy *h = in->sensitive_h[m->sensitive];

			if (h->levels < 2 || h->level[h->levels - 1].values != 1)
				return error_set(e, CODE_MODEL_INVALID,
						 "the model \"%.*s\" needs a hierarchy of the column that ends in one value", (int)m->text.n,
						 m->text.p);
		}
		if (deid_model_needs_population(m) && !in->population_code)
			return error_set(e, CODE_MODEL_INVALID, "the model \"%.*s\" needs a population table", (int)m->text.n,
					 m->text.p);
	}
	return RESULT_OK;
}

struct order_context {
	const struct deid_hierarchy *h;
	bool numbers;
};

bool deid_number_parse(struct str s, double *out)
{
	char text[64], *end;

	if (s.n == 0 || s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, &end);
	return *end == '\0';
}

static int in_order(const void *a, const void *b, void *ctx)
{
	const struct order_context *c = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	double m = 0, n = 0;

	if (!c->numbers || !deid_number_parse(c->h->leaf.value[x], &m) || !deid_number_parse(c->h->leaf.value[y], &n) || m == n)
		return (x > y) - (x < y);
	return m < n ? -1 : 1;
}

/* The order of a sensitive column's values: of numbers when all are, else of the leaves in the hierarchy. */
static const uint32_t *order_of(struct deid_problem *p, const struct deid_hierarchy *h)
{
	struct order_context c = {h, true};
	uint32_t *order = arena_array(&p->arena, h->leaf.n, sizeof *order);

	for (uint32_t i = 0; order && i < h->leaf.n; i++) {
		double v;

		order[i] = i;
		c.numbers = c.numbers && deid_number_parse(h->leaf.value[i], &v);
	}
	if (order)
		qsort_r(order, h->leaf.n, sizeof *order, in_order, &c);
	return order;
}

/* The sensitive combinations that occur, and each column's distribution. */
static result take_sensitive(struct deid_problem *p, const struct deid_input *in, uint32_t *aux, struct error *e)
{
	size_t width = in->attributes + in->sensitives;
	struct deid_dict combos;

	p->sensitives = in->sensitives;
	p->sensitive_rows = in->whole ? in->whole->sensitive_rows : p->rows;
	p->sensitive = arena_array(&p->arena, in->sensitives, sizeof *p->sensitive);
	if (!p->sensitive)
		return no_memory(e);
	deid_dict_init(&combos);
	for (uint32_t i = 0; i < in->tuples; i++) {
		aux[i] = intern(&combos, in->code + i * width + in->attributes, in->sensitives);
		if (aux[i] == DEID_NONE) {
			deid_dict_free(&combos);
			return no_memory(e);
		}
	}
	p->aux_n = combos.n;
	deid_dict_free(&combos);
	for (size_t s = 0; s < in->sensitives; s++) {
		const struct deid_hierarchy *h = in->sensitive_h[s];
		uint64_t *total = arena_array(&p->arena, h->leaf.n, sizeof *total);
		uint32_t *of_aux = arena_array(&p->arena, p->aux_n, sizeof *of_aux);
		const uint32_t *order = order_of(p, h);

		if (!total || !of_aux || !order)
			return no_memory(e);
		for (uint32_t i = 0; i < in->tuples; i++) {
			uint32_t leaf = in->code[i * width + in->attributes + s];

			total[leaf] += in->count[i];
			of_aux[aux[i]] = leaf;
		}
		p->sensitive[s] = (struct deid_sensitive){h, h->leaf.n, in->whole ? in->whole->sensitive[s].total : total, order,
							  of_aux};
		p->largest_sensitive = h->leaf.n > p->largest_sensitive ? h->leaf.n : p->largest_sensitive;
	}
	return RESULT_OK;
}

/*
 * Makes the cells: tuples that differ, those of the table first.  A population's
 * persons are counted once, with the first cell of their values.
 */
static result fill_cells(struct deid_problem *p, const struct deid_input *in, const uint32_t *aux, struct error *e)
{
	size_t width = in->attributes + in->sensitives;
	bool population = in->population_code != NULL;
	struct deid_cells *c;

	/* without models on sensitive columns, tuples that differ only there are brought together by the first grouping */
	c = deid_cells_make(&p->pack, in->tuples + (population ? in->population_tuples : 0), p->histograms, population);
	if (!c)
		return no_memory(e);
	p->cells = c;
	memset(c->levels, 0, p->attributes);
	for (uint32_t i = 0; i < in->tuples; i++) {
		for (size_t k = 0; k < p->pack.chunks; k++)
			c->chunk[k][i] = deid_pack_code(&p->pack, k, in->code + i * width);
		c->count[i] = in->count[i];
		if (c->aux)
			c->aux[i] = aux[i];
		if (population)
			c->population[i] = 0;
	}
	for (uint32_t j = 0; population && j < in->population_tuples; j++) {
		uint32_t i = in->tuples + j;

		for (size_t k = 0; k < p->pack.chunks; k++)
			c->chunk[k][i] = deid_pack_code(&p->pack, k, in->population_code + j * p->attributes);
		c->count[i] = 0;
		c->population[i] = in->population_count[j];
		if (c->aux)
			c->aux[i] = 0;
	}
	return RESULT_OK;
}

/* Brings cells together that are the same, and checks that a population holds the table. */
static result collapse(struct deid_problem *p, struct error *e)
{
	struct deid_grouper *g = deid_grouper_make(&p->pack, p->cells->n, p->aux_n);
	struct deid_classes classes;
	struct deid_cells *fewer;
	result r = RESULT_FAIL;

	if (!g)
		return no_memory(e);
	TRY_OUT(deid_group(g, p->cells, p->cells->levels, &classes, e));
	for (uint32_t i = 0; classes.population && i < classes.n; i++) {
		if (classes.size[i] > classes.population[i]) {
			r = error_set(e, CODE_MODEL_INVALID,
				      "the population does not hold the table: some combination of values has more rows in the "
				      "table than persons in the population");
			goto out;
		}
	}
	for (uint32_t i = 0; i < classes.n; i++)
		if (classes.size[i])
			p->metric.log_tuples += (double)classes.size[i] * log2((double)classes.size[i]);
	fewer = deid_group_cells(g, p->cells, p->cells->levels, &classes);
	if (!fewer) {
		r = no_memory(e);
		goto out;
	}
	memcpy(p->cell_of, classes.of, p->tuples * sizeof *p->cell_of);
	free(p->cells);
	p->cells = fewer;
	r = RESULT_OK;
out:
	deid_grouper_free(g);
	return r;
}

static void count_metric(struct deid_problem *p, const struct deid_input *in)
{
	size_t width = in->attributes + in->sensitives;

	for (uint32_t i = 0; i < in->tuples; i++)
		for (size_t a = 0; a < p->attributes; a++)
			deid_metric_count(&p->metric, a, in->code[i * width + a], in->count[i]);
}

result deid_problem_make(struct deid_problem *p, const struct deid_input *in, struct error *e)
{
	uint32_t *aux = NULL;
	result r = RESULT_FAIL;

	*p = (struct deid_problem){.h = in->h, .attributes = in->attributes, .population_size = in->population_size};
	arena_init(&p->arena, 0, false);
	for (uint32_t i = 0; i < in->tuples; i++)
		p->rows += in->count[i];
	p->limit = (uint64_t)((unsigned __int128)p->rows * (uint64_t)in->suppression.num / (uint64_t)in->suppression.den);
	TRY(take_models(p, in, e));
	TRY(deid_pack_make(&p->pack, in->h, in->attributes, e));
	TRY(deid_metric_make(&p->metric, in->metric, in->h, in->attributes, in->weight, e));
	p->offset = arena_array(&p->arena, in->attributes + 1, sizeof *p->offset);
	p->cell_of = malloc((in->tuples ? in->tuples : 1) * sizeof *p->cell_of);
	p->tuples = in->tuples;
	if (!p->offset || !p->cell_of)
		return no_memory(e);
	for (size_t a = 0; a < in->attributes; a++)
		p->offset[a + 1] = p->offset[a] + in->h[a]->levels;
	aux = malloc((in->tuples ? in->tuples : 1) * sizeof *aux);
	if (!aux)
		return no_memory(e);
	p->aux_n = 1;
	if (p->histograms)
		TRY_OUT(take_sensitive(p, in, aux, e));
	TRY_OUT(fill_cells(p, in, aux, e));
	count_metric(p, in);
	TRY_OUT(deid_metric_ready(&p->metric, p->rows, e));
	r = collapse(p, e);
out:
	free(aux);
	return r;
}

void deid_problem_free(struct deid_problem *p)
{
	deid_pack_free(&p->pack);
	deid_metric_free(&p->metric);
	free(p->cells);
	free(p->cell_of);
	arena_free(&p->arena);
}
