/*
 * tests/deid/naive.h - de-identification by the definitions, row by row: slow,
 * short, and sharing nothing with the engine but the hierarchies.
 */
#ifndef SEKISHO_TEST_NAIVE_H
#define SEKISHO_TEST_NAIVE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deid/problem.h"
#include "deid/risk.h"

enum { NAIVE_ROWS = 64, NAIVE_ATTRIBUTES = 4 };

struct naive {
	const struct deid_input *in;
	uint32_t rows;
	uint32_t row[NAIVE_ROWS][NAIVE_ATTRIBUTES + 1]; /* leaves; the sensitive column last */
	uint32_t persons;
	uint32_t person[2 * NAIVE_ROWS][NAIVE_ATTRIBUTES];
	uint64_t limit;
};

/* One transformation's classes: by row, its class; by class, its rows. */
struct naive_view {
	int of[NAIVE_ROWS];
	int classes;
	int size[NAIVE_ROWS];
	bool kept[NAIVE_ROWS]; /* by class */
	uint64_t suppressed;
};

static inline uint32_t naive_value(const struct naive *n, const uint8_t *levels, const uint32_t *row, size_t a)
{
	return n->in->h[a]->level[levels[a]].first[row[a]];
}

static inline bool naive_same(const struct naive *n, const uint8_t *levels, const uint32_t *x, const uint32_t *y)
{
	for (size_t a = 0; a < n->in->attributes; a++)
		if (naive_value(n, levels, x, a) != naive_value(n, levels, y, a))
			return false;
	return true;
}

static inline long double naive_distance(const struct naive *n, const struct naive_view *v, int c, enum deid_model_kind kind)
{
	const struct deid_hierarchy *h = n->in->sensitive_h[0];
	size_t s = n->in->attributes;
	long double p[32] = {0}, sum = 0, run = 0;

	for (uint32_t i = 0; i < n->rows; i++) {
		p[n->row[i][s]] -= 1.0L / n->rows;
		if (v->of[i] == c)
			p[n->row[i][s]] += 1.0L / v->size[c];
	}
	if (kind == DEID_T_EQUAL) {
		for (uint32_t i = 0; i < h->leaf.n; i++)
			sum += fabsl(p[i]) / 2;
	} else if (kind == DEID_T_ORDERED) {
		for (uint32_t i = 0; i + 1 < h->leaf.n; i++) {
			run += p[i];
			sum += fabsl(run) / (h->leaf.n - 1);
		}
	} else {
		/* each node above the leaves: what its children have too much against what they lack */
		for (unsigned l = 1; l < h->levels; l++) {
			for (uint32_t node = 0; node < h->leaf.n; node++) {
				long double more = 0, less = 0;

				for (uint32_t child = 0; child < h->leaf.n; child++) {
					long double extra = 0;

					if (h->level[l].first[child] != node || h->level[l - 1].first[child] != child)
						continue;
					for (uint32_t i = 0; i < h->leaf.n; i++)
						extra += h->level[l - 1].first[i] == child ? p[i] : 0;
					*(extra > 0 ? &more : &less) += fabsl(extra);
				}
				sum += (long double)l / (h->levels - 1) * (more < less ? more : less);
			}
		}
	}
	return sum;
}

static inline int naive_persons(const struct naive *n, const struct naive_view *v, const uint8_t *levels, int c)
{
	int persons = 0;

	for (uint32_t i = 0; i < n->rows; i++) {
		if (v->of[i] != c)
			continue;
		for (uint32_t j = 0; j < n->persons; j++)
			persons += naive_same(n, levels, n->row[i], n->person[j]);
		break;
	}
	return persons;
}

static inline bool naive_class_holds(const struct naive *n, const struct naive_view *v, const uint8_t *levels, int c,
				     const struct deid_model *m)
{
	const long double eps = 1e-12L;
	long double a = (long double)m->a.num / m->a.den, b = (long double)m->b.num / m->b.den;
	long double entropy = 0, tail = 0, ratio;
	int count[32] = {0}, distinct = 0;

	for (uint32_t i = 0; i < n->rows && n->in->sensitives; i++)
		if (v->of[i] == c && count[n->row[i][n->in->attributes]]++ == 0)
			distinct++;
	switch (m->kind) {
	case DEID_K:
		return (uint64_t)v->size[c] >= m->count;
	case DEID_K_MAP:
		return (uint64_t)naive_persons(n, v, levels, c) >= m->count;
	case DEID_DISTINCT_L:
		return (uint64_t)distinct >= m->count;
	case DEID_ENTROPY_L:
		for (int i = 0; i < 32; i++)
			if (count[i])
				entropy -= (long double)count[i] / v->size[c] * logl((long double)count[i] / v->size[c]);
		return entropy >= logl(a) - eps;
	case DEID_RECURSIVE_CL:
		for (int i = 0; i < 32; i++)
			for (int j = i + 1; j < 32; j++)
				if (count[j] > count[i]) {
					int t = count[i];

					count[i] = count[j];
					count[j] = t;
				}
		for (int i = (int)m->count - 1; i < 32; i++)
			tail += count[i];
		return count[0] < a * tail - eps;
	case DEID_DELTA:
		ratio = (long double)v->size[c] / naive_persons(n, v, levels, c);
		return ratio >= a - eps && ratio <= b + eps;
	case DEID_AVERAGE_RISK:
	case DEID_POPULATION_UNIQUE:
		return true;
	default:
		return naive_distance(n, v, c, m->kind) <= a + eps;
	}
}

static inline bool naive_table_holds(const struct naive *n, const struct naive_view *v)
{
	struct deid_size size[NAIVE_ROWS];
	struct deid_sizes s = {size, 0};
	int rows = 0, classes = 0;

	for (int want = 1; want <= NAIVE_ROWS; want++) {
		uint64_t there = 0;

		for (int c = 0; c < v->classes; c++)
			there += v->kept[c] && v->size[c] == want;
		if (there)
			s.at[s.n++] = (struct deid_size){(uint64_t)want, there};
		rows += want * (int)there;
		classes += (int)there;
	}
	for (size_t i = 0; i < n->in->models; i++) {
		const struct deid_model *m = &n->in->model[i];
		long double a = (long double)m->a.num / m->a.den;

		if (m->kind == DEID_AVERAGE_RISK && rows && (long double)classes / rows > a + 1e-12L)
			return false;
		if (m->kind == DEID_POPULATION_UNIQUE && rows &&
		    deid_population_unique_pitman(&s, n->in->population_size) > (double)a)
			return false;
	}
	return true;
}

/* Persons of the population none of whose class is in the table, where some model forbids that. */
static inline bool naive_unshared(const struct naive *n, const uint8_t *levels)
{
	bool forbidden = false;

	for (size_t i = 0; i < n->in->models; i++)
		forbidden = forbidden || (n->in->model[i].kind == DEID_DELTA && n->in->model[i].a.num > 0);
	for (uint32_t j = 0; forbidden && j < n->persons; j++) {
		bool shared = false;

		for (uint32_t i = 0; i < n->rows; i++)
			shared = shared || naive_same(n, levels, n->row[i], n->person[j]);
		if (!shared)
			return true;
	}
	return false;
}

static inline void naive_classes(const struct naive *n, const uint8_t *levels, struct naive_view *v)
{
	*v = (struct naive_view){.classes = 0};
	for (uint32_t i = 0; i < n->rows; i++) {
		v->of[i] = -1;
		for (uint32_t j = 0; j < i && v->of[i] < 0; j++)
			if (naive_same(n, levels, n->row[i], n->row[j]))
				v->of[i] = v->of[j];
		if (v->of[i] < 0)
			v->of[i] = v->classes++;
		v->size[v->of[i]]++;
	}
}

/* True when LEVELS is feasible; then V says what is kept. */
static inline bool naive_feasible(const struct naive *n, const uint8_t *levels, struct naive_view *v)
{
	int kept = 0;

	naive_classes(n, levels, v);
	for (int c = 0; c < v->classes; c++) {
		v->kept[c] = true;
		for (size_t i = 0; i < n->in->models; i++)
			v->kept[c] = v->kept[c] && naive_class_holds(n, v, levels, c, &n->in->model[i]);
	}
	for (int least = 1; !naive_table_holds(n, v); least++)
		for (int c = 0; c < v->classes; c++)
			v->kept[c] = v->kept[c] && v->size[c] > least;
	for (int c = 0; c < v->classes; c++) {
		kept += v->kept[c];
		v->suppressed += v->kept[c] ? 0 : (uint64_t)v->size[c];
	}
	return kept && v->suppressed <= n->limit && !naive_unshared(n, levels);
}

/* By-value metrics: the part of attribute A, from 0 to 1. */
static inline long double naive_share(const struct naive *n, const struct naive_view *v, const uint8_t *levels, size_t a)
{
	const struct deid_hierarchy *h = n->in->h[a];
	long double sum = 0, worst = 0, least = 0;

	for (uint32_t i = 0; i < n->rows; i++) {
		uint32_t leaf = n->row[i][a];
		int alike = 0, same = 0;
		bool kept = v->kept[v->of[i]];

		for (uint32_t j = 0; j < n->rows; j++) {
			alike += naive_value(n, levels, n->row[j], a) == naive_value(n, levels, n->row[i], a);
			same += n->row[j][a] == leaf;
		}
		switch (n->in->metric) {
		case DEID_PRECISION:
			sum += kept ? levels[a] : h->levels - 1;
			worst += h->levels - 1;
			break;
		case DEID_ENTROPY:
			sum += log2l((long double)(kept ? alike : (int)n->rows) / same);
			worst += log2l((long double)n->rows / same);
			break;
		default:
			sum += kept ? h->level[levels[a]].size[leaf] : h->leaf.n;
			worst += h->leaf.n;
			least += 1;
			break;
		}
	}
	return worst > least ? floorl((sum - least) / (worst - least) * 1e10L + 1e-4L) / 1e10L : 0;
}

static inline long double naive_area(const struct naive *n, const uint8_t *levels, const uint32_t *row)
{
	long double area = 1;

	for (size_t a = 0; a < n->in->attributes; a++)
		area *= row ? n->in->h[a]->level[levels[a]].size[row[a]] : n->in->h[a]->leaf.n;
	return area;
}

static inline long double naive_by_class(const struct naive *n, const struct naive_view *v, const uint8_t *levels)
{
	long double sum = 0;
	int kept = 0;

	for (int c = 0; c < v->classes; c++)
		kept += v->kept[c];
	if (n->in->metric == DEID_AECS)
		return (long double)n->rows / (kept + (v->suppressed > 0));
	for (uint32_t i = 0; i < n->rows; i++) {
		int size = v->size[v->of[i]], same = 0;
		bool k = v->kept[v->of[i]];
		long double area = naive_area(n, levels, k ? n->row[i] : NULL);

		for (uint32_t j = 0; j < n->rows; j++)
			same += memcmp(n->row[i], n->row[j], n->in->attributes * sizeof n->row[i][0]) == 0;
		if (n->in->metric == DEID_DISCERNABILITY)
			sum += k ? size : (int)n->rows;
		else if (n->in->metric == DEID_AMBIGUITY)
			sum += area / n->rows;
		else
			sum += log2l(same * area / (k ? size : (int)v->suppressed)) / n->rows;
	}
	return sum;
}

static inline long double naive_score(const struct naive *n, const struct naive_view *v, const uint8_t *levels)
{
	bool geometric = n->in->metric == DEID_LOSS_GEOMETRIC;
	long double sum = 0, weights = 0;

	if (n->in->metric > DEID_HEIGHT)
		return naive_by_class(n, v, levels);
	for (size_t a = 0; a < n->in->attributes; a++) {
		double w = n->in->weight ? n->in->weight[a] : 1;

		weights += w;
		if (n->in->metric == DEID_HEIGHT)
			sum += w * levels[a];
		else if (geometric)
			sum += w * logl(1 + naive_share(n, v, levels, a));
		else
			sum += w * naive_share(n, v, levels, a);
	}
	if (n->in->metric == DEID_HEIGHT)
		return sum;
	return geometric ? expl(sum / weights) - 1 : sum / weights;
}

/* The next transformation after LEVELS in lexicographic order; false after the last. */
static inline bool naive_next(const struct naive *n, uint8_t *levels)
{
	for (size_t a = n->in->attributes; a-- > 0;) {
		if (++levels[a] < n->in->h[a]->levels)
			return true;
		levels[a] = 0;
	}
	return false;
}

#endif
