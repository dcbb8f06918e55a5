#include "deid/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deid/judge.h"
#include "deid/risk.h"

enum flag {
	KEPT = DEID_HOLDS,
	SUPPRESSED = DEID_FAILS,
	FORCED = DEID_FAILS_FINER,
	EMPTY = DEID_NO_ROWS,
};

struct deid_evaluator {
	struct deid_problem *p;
	struct deid_grouper *grouper;
	struct deid_classes classes;
	uint8_t *flag; /* by class */

	uint64_t *forced; /* rows by code, chunk by chunk, that are forced, */
	uint64_t *more;	  /* and that are suppressed but not forced */
	size_t *chunk_at; /* by chunk: where its codes begin in those */
	size_t codes;
	uint64_t *leaf; /* rows by leaf of one attribute */
	double *share;	 /* by attribute */

	uint32_t *begin;  /* by class: its first place in `sorted` */
	uint32_t *sorted; /* cells, class by class */
	struct deid_judge judge;
	struct deid_size *size;

	uint32_t *large; /* aecs: by class, cells that are large enough, */
	uint32_t *small; /* and the rows of those that are not */
};

static bool allocate(struct deid_evaluator *v, struct deid_problem *p)
{
	size_t cells = p->cells->n + 1;
	uint32_t most = 1;

	for (size_t a = 0; a < p->attributes; a++)
		most = p->h[a]->leaf.n > most ? p->h[a]->leaf.n : most;
	v->chunk_at = calloc(p->pack.chunks + 1, sizeof *v->chunk_at);
	if (!v->chunk_at)
		return false;
	for (size_t c = 0; c < p->pack.chunks; c++)
		v->chunk_at[c + 1] = v->chunk_at[c] + p->pack.chunk[c].domain;
	v->codes = v->chunk_at[p->pack.chunks];
	v->flag = malloc(cells);
	v->forced = calloc(v->codes + 1, sizeof *v->forced);
	v->more = calloc(v->codes + 1, sizeof *v->more);
	v->leaf = calloc(most, sizeof *v->leaf);
	v->share = calloc(p->attributes + 1, sizeof *v->share);
	v->size = p->whole_table ? malloc(cells * sizeof *v->size) : NULL;
	if (!v->flag || !v->forced || !v->more || !v->leaf || !v->share || (p->whole_table && !v->size))
		return false;
	if (p->metric.kind == DEID_AECS) {
		v->large = malloc(cells * sizeof *v->large);
		v->small = malloc(cells * sizeof *v->small);
		if (!v->large || !v->small)
			return false;
	}
	if (!p->histograms)
		return true;
	v->begin = malloc((cells + 1) * sizeof *v->begin);
	v->sorted = malloc(cells * sizeof *v->sorted);
	return v->begin && v->sorted;
}

struct deid_evaluator *deid_evaluator_make(struct deid_problem *p)
{
	struct deid_evaluator *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->p = p;
	v->grouper = deid_grouper_make(&p->pack, p->cells->n, p->aux_n);
	if (deid_judge_make(&v->judge, p) && v->grouper && allocate(v, p))
		return v;
	deid_evaluator_free(v);
	return NULL;
}

void deid_evaluator_free(struct deid_evaluator *v)
{
	if (!v)
		return;
	deid_judge_free(&v->judge);
	deid_grouper_free(v->grouper);
	free(v->flag);
	free(v->forced);
	free(v->more);
	free(v->chunk_at);
	free(v->leaf);
	free(v->share);
	free(v->begin);
	free(v->sorted);
	free(v->size);
	free(v->large);
	free(v->small);
	free(v);
}

/* Puts the cells in the order of their classes. */
static void sort_cells(struct deid_evaluator *v, const struct deid_cells *cells)
{
	const struct deid_classes *k = &v->classes;

	memset(v->begin, 0, ((size_t)k->n + 2) * sizeof *v->begin);
	for (uint32_t i = 0; i < cells->n; i++)
		v->begin[k->of[i] + 2]++;
	for (uint32_t c = 2; c <= k->n + 1; c++)
		v->begin[c] += v->begin[c - 1];
	/* begin[c + 1] moves from the start of class c to its end, so that begin[c] is its start in the end */
	for (uint32_t i = 0; i < cells->n; i++)
		v->sorted[v->begin[k->of[i] + 1]++] = i;
}

/* Flags each class; *UNSHARED when some persons of the population are without rows in their class. */
static void flag_classes(struct deid_evaluator *v, const struct deid_cells *cells, bool *unshared)
{
	const struct deid_problem *p = v->p;
	const struct deid_classes *k = &v->classes;

	*unshared = false;
	if (p->by_record_only && !p->histograms && !k->population) {
		for (uint32_t i = 0; i < k->n; i++)
			v->flag[i] = k->size[i] < p->min_size ? FORCED : KEPT;
		return;
	}
	if (p->histograms)
		sort_cells(v, cells);
	for (uint32_t i = 0; i < k->n; i++) {
		struct deid_members m = {.cells = cells, .rows = k->size[i], .persons = k->population ? k->population[i] : 0};

		if (p->histograms) {
			m.at = v->sorted + v->begin[i];
			m.n = v->begin[i + 1] - v->begin[i];
		}
		v->flag[i] = (uint8_t)deid_judge_class(&v->judge, &m);
		*unshared = *unshared || v->flag[i] == EMPTY;
	}
}

static int by_size(const void *a, const void *b)
{
	const struct deid_size *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

static bool table_holds(const struct deid_problem *p, const struct deid_sizes *s)
{
	unsigned __int128 rows = 0, classes = 0;

	for (size_t i = 0; i < s->n; i++) {
		rows += s->at[i].size * s->at[i].classes;
		classes += s->at[i].classes;
	}
	for (size_t i = 0; i < p->models; i++) {
		const struct deid_model *m = &p->model[i];

		if (m->kind == DEID_AVERAGE_RISK && classes * (uint64_t)m->a.den > (uint64_t)m->a.num * rows)
			return false;
		if (m->kind == DEID_POPULATION_UNIQUE &&
		    deid_population_unique_pitman(s, p->population_size) > (double)m->a.num / (double)m->a.den)
			return false;
	}
	return true;
}

/* Suppresses the smallest classes, all of one size at a time, until the models of the whole table hold. */
static void suppress_smallest(struct deid_evaluator *v)
{
	const struct deid_classes *k = &v->classes;
	struct deid_sizes s = {v->size, 0};
	uint64_t least;
	size_t n = 0;

	for (uint32_t i = 0; i < k->n; i++)
		if (v->flag[i] == KEPT)
			s.at[n++] = (struct deid_size){k->size[i], 1};
	qsort(s.at, n, sizeof *s.at, by_size);
	for (size_t i = 0; i < n; i++) {
		if (s.n && s.at[s.n - 1].size == s.at[i].size)
			s.at[s.n - 1].classes++;
		else
			s.at[s.n++] = s.at[i];
	}
	while (s.n && !table_holds(v->p, &s)) {
		s.at++;
		s.n--;
	}
	least = s.n ? s.at[0].size : UINT64_MAX;
	for (uint32_t i = 0; i < k->n; i++)
		if (v->flag[i] == KEPT && k->size[i] < least)
			v->flag[i] = SUPPRESSED;
}

static void count_classes(const struct deid_evaluator *v, struct deid_outcome *out)
{
	const struct deid_classes *k = &v->classes;

	out->smallest = UINT64_MAX;
	for (uint32_t i = 0; i < k->n; i++) {
		uint64_t size = k->size[i];

		if (v->flag[i] == KEPT) {
			out->classes++;
			out->smallest = size < out->smallest ? size : out->smallest;
		} else {
			out->suppressed += size;
			out->forced += v->flag[i] == FORCED ? size : 0;
		}
	}
	if (out->classes == 0)
		out->smallest = 0;
}

/* Counts, by chunk and code of CELLS, the rows of classes that are suppressed. */
static void count_codes(struct deid_evaluator *v, const struct deid_cells *cells, uint8_t flag, uint64_t *rows)
{
	for (uint32_t i = 0; i < cells->n; i++) {
		if (v->flag[v->classes.of[i]] != flag)
			continue;
		for (size_t c = 0; c < v->p->pack.chunks; c++)
			rows[v->chunk_at[c] + cells->chunk[c][i]] += cells->count[i];
	}
}

/* Brings ROWS, by code of CHUNK, to rows by leaf of the attribute at place I. */
static void leaves_of(struct deid_evaluator *v, size_t chunk, size_t i, const uint64_t *rows)
{
	const struct deid_pack *pack = &v->p->pack;
	const struct deid_chunk *k = &pack->chunk[chunk];

	memset(v->leaf, 0, v->p->h[pack->order[i]]->leaf.n * sizeof *v->leaf);
	for (uint32_t code = 0; code < k->domain; code++)
		if (rows[v->chunk_at[chunk] + code])
			v->leaf[deid_pack_leaf(pack, i, code)] += rows[v->chunk_at[chunk] + code];
}

/* What the rows in v->leaf would save against the worst in attribute A at LEVEL. */
static uint64_t gap_sum(const struct deid_evaluator *v, size_t a, unsigned level)
{
	uint32_t leaves = v->p->h[a]->leaf.n;
	const uint64_t *gap = v->p->metric.gap[a] + (size_t)level * leaves;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < leaves; i++)
		sum += gap[i] * v->leaf[i];
	return sum;
}

/* By-value metrics: the key, and the shares for bounds. */
static void price_values(struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels,
			 struct deid_outcome *out, double *share)
{
	const struct deid_problem *p = v->p;
	const struct deid_pack *pack = &p->pack;
	bool more = out->suppressed > out->forced;

	memset(v->forced, 0, v->codes * sizeof *v->forced);
	count_codes(v, cells, FORCED, v->forced);
	if (more) {
		memset(v->more, 0, v->codes * sizeof *v->more);
		count_codes(v, cells, SUPPRESSED, v->more);
	}
	for (size_t c = 0; c < pack->chunks; c++) {
		for (size_t i = pack->chunk[c].from; i < pack->chunk[c].from + pack->chunk[c].n; i++) {
			size_t a = pack->order[i];
			unsigned own = levels[a];

			uint64_t paid;

			leaves_of(v, c, i, v->forced);
			paid = p->metric.price_sum[a][own] + gap_sum(v, a, own);
			for (unsigned l = 0; share && l <= own; l++) {
				/* below the cells' own level a value's rows are not told apart: the gap is at least that here */
				unsigned known = l < cells->levels[a] ? cells->levels[a] : l;

				share[p->offset[a] + l] =
					deid_metric_share(&p->metric, a, p->metric.price_sum[a][l] + gap_sum(v, a, known));
			}
			if (more) {
				leaves_of(v, c, i, v->more);
				paid += gap_sum(v, a, own);
			}
			v->share[a] = deid_metric_share(&p->metric, a, paid);
		}
	}
	out->key = deid_metric_key(&p->metric, v->share);
}

/* How many leaf combinations CELL stands for at LEVELS, or the logarithm of that. */
static double area_of(const struct deid_problem *p, const struct deid_cells *cells, const uint8_t *levels, uint32_t cell)
{
	const struct deid_pack *pack = &p->pack;
	bool logarithm = p->metric.kind == DEID_KL;
	double area = logarithm ? 0 : 1;

	for (size_t c = 0; c < pack->chunks; c++) {
		uint32_t code = cells->chunk[c][cell];

		for (size_t i = pack->chunk[c].from; i < pack->chunk[c].from + pack->chunk[c].n; i++) {
			size_t a = pack->order[i];
			uint32_t size = p->h[a]->level[levels[a]].size[deid_pack_leaf(pack, i, code)];

			if (logarithm)
				area += log2((double)size);
			else
				area *= size;
		}
	}
	return area;
}

static double whole_area(const struct deid_problem *p)
{
	bool logarithm = p->metric.kind == DEID_KL;
	double area = logarithm ? 0 : 1;

	for (size_t a = 0; a < p->attributes; a++) {
		if (logarithm)
			area += p->metric.log_leaves[a];
		else
			area *= p->h[a]->leaf.n;
	}
	return area;
}

/* Ambiguity: records times the combinations that each may stand for. */
static void price_ambiguity(const struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels,
			    struct deid_outcome *out)
{
	const struct deid_problem *p = v->p;
	double whole = whole_area(p), n = (double)p->rows, kept = 0, finest = 0;

	for (uint32_t i = 0; i < v->classes.n; i++)
		if (v->flag[i] == KEPT)
			kept += v->classes.size[i] * area_of(p, cells, levels, v->classes.first[i]);
	for (uint32_t i = 0; i < cells->n; i++)
		if (v->flag[v->classes.of[i]] != FORCED)
			finest += cells->count[i] * area_of(p, cells, cells->levels, i);
	out->key = deid_metric_round(&p->metric, (kept + (double)out->suppressed * whole) / n);
	out->between = (finest + (double)out->forced * whole) / n;
}

/*
 * Kullback-Leibler divergence of the table from what the classes tell, each
 * spread evenly over the combinations it may stand for; what is suppressed is one
 * class over all.  Joining classes never makes it smaller.
 */
static void price_kl(const struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels,
		     struct deid_outcome *out)
{
	const struct deid_problem *p = v->p;
	double n = (double)p->rows, rest = (double)out->suppressed, kept = 0, finest = 0;

	for (uint32_t i = 0; i < v->classes.n; i++) {
		double size = v->classes.size[i];

		if (v->flag[i] == KEPT)
			kept += size * (area_of(p, cells, levels, v->classes.first[i]) - log2(size));
	}
	for (uint32_t i = 0; i < cells->n; i++) {
		double size = cells->count[i];

		/* cells of one class that differ in sensitive values would count too much: then as if all were one class */
		if (size > 0)
			finest += size * (area_of(p, cells, cells->levels, i) - log2(cells->aux ? n : size));
	}
	kept += rest > 0 ? rest * (whole_area(p) - log2(rest)) : 0;
	out->key = deid_metric_round(&p->metric, (kept + p->metric.log_tuples) / n);
	out->between = (finest + p->metric.log_tuples) / n;
}

/* Discernability: each record pays its class's size, or all rows when it is suppressed. */
static void price_discernability(const struct deid_evaluator *v, const struct deid_cells *cells, struct deid_outcome *out)
{
	const struct deid_problem *p = v->p;
	uint64_t least = p->min_size, squares = 0, finest = 0;

	for (uint32_t i = 0; i < v->classes.n; i++)
		if (v->flag[i] == KEPT)
			squares += (uint64_t)v->classes.size[i] * v->classes.size[i];
	for (uint32_t i = 0; i < cells->n; i++) {
		uint64_t size = cells->count[i];

		/* a kept record shares its class with so many at least; a suppressed one pays more */
		if (v->flag[v->classes.of[i]] != FORCED)
			finest += size * (size > least ? size : least);
	}
	out->key = (double)(squares + p->rows * out->suppressed);
	out->between = (double)(finest + p->rows * out->forced);
}

/*
 * Average class size.  Between the cells and the classes, each kept class has
 * either a cell that is large enough by itself, or only small ones that are large
 * enough together.
 */
static void price_aecs(const struct deid_evaluator *v, const struct deid_cells *cells, struct deid_outcome *out)
{
	const struct deid_problem *p = v->p;
	uint32_t least = p->min_size, *restrict large = v->large, *restrict small = v->small;
	const uint32_t *restrict of = v->classes.of, *restrict count = cells->count;
	uint64_t most = 0;

	memset(large, 0, v->classes.n * sizeof *large);
	memset(small, 0, v->classes.n * sizeof *small);
	for (uint32_t i = 0; i < cells->n; i++) {
		large[of[i]] += count[i] >= least;
		small[of[i]] += count[i] < least ? count[i] : 0;
	}
	for (uint32_t i = 0; i < v->classes.n; i++)
		if (v->flag[i] != FORCED)
			most += large[i] + (small[i] < least ? 0 : small[i] / least);
	out->key = (double)p->rows / ((double)out->classes + (out->suppressed > 0));
	out->between = (double)p->rows / ((double)(most ? most : 1) + (p->limit > 0));
}

static void price(struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels,
		  struct deid_outcome *out, double *share)
{
	switch (v->p->metric.kind) {
	case DEID_AMBIGUITY:
		price_ambiguity(v, cells, levels, out);
		break;
	case DEID_KL:
		price_kl(v, cells, levels, out);
		break;
	case DEID_DISCERNABILITY:
		price_discernability(v, cells, out);
		break;
	case DEID_AECS:
		price_aecs(v, cells, out);
		break;
	default:
		price_values(v, cells, levels, out, share);
		break;
	}
}

result deid_evaluate(struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels,
		     struct deid_outcome *out, double *share, struct error *e)
{
	const struct deid_problem *p = v->p;
	bool unshared;

	*out = (struct deid_outcome){.feasible = false};
	TRY(deid_group(v->grouper, cells, levels, &v->classes, e));
	flag_classes(v, cells, &unshared);
	if (p->whole_table)
		suppress_smallest(v);
	count_classes(v, out);
	out->feasible = out->suppressed <= p->limit && out->classes > 0 && !(unshared && p->shared_min > 0);
	out->hopeless = out->forced > p->limit || (p->limit == 0 && p->merging && out->suppressed > 0);
	if (unshared && p->shared_min > 0)
		out->hopeless = true; /* persons without rows in a class are without in any part of it that holds them */
	if (!out->hopeless)
		price(v, cells, levels, out, share);
	return RESULT_OK;
}

void deid_evaluated_from(struct deid_evaluator *v, const struct deid_cells *cells, const uint32_t *first,
			 const uint8_t *levels, struct deid_outcome *out)
{
	deid_group_from(v->grouper, &v->classes, first, cells->n);
	price(v, cells, levels, out, NULL);
}

const struct deid_classes *deid_evaluated_classes(const struct deid_evaluator *v)
{
	return &v->classes;
}

bool deid_evaluated_suppressed(const struct deid_evaluator *v, uint32_t i)
{
	return v->flag[i] != KEPT;
}

struct deid_cells *deid_evaluated_cells(struct deid_evaluator *v, const struct deid_cells *cells, const uint8_t *levels)
{
	return deid_group_cells(v->grouper, cells, levels, &v->classes);
}
