#include "deid/metric.h"

#include <math.h>
#include <string.h>

static const char *const names[DEID_METRIC_KINDS] = {
	[DEID_LOSS] = "loss",
	[DEID_LOSS_GEOMETRIC] = "loss-geometric",
	[DEID_PRECISION] = "precision",
	[DEID_ENTROPY] = "entropy",
	[DEID_HEIGHT] = "height",
	[DEID_DISCERNABILITY] = "discernability",
	[DEID_AECS] = "aecs",
	[DEID_AMBIGUITY] = "ambiguity",
	[DEID_KL] = "kl",
};

/* Attributes from which logarithms are added instead of multiplying: sorting so many would take long. */
enum { LONG_PRODUCT = 64 };

enum deid_metric_kind deid_metric_named(struct str name)
{
	int k = 0;

	while (k < DEID_METRIC_KINDS && !str_is(name, names[k]))
		k++;
	return (enum deid_metric_kind)k;
}

const char *deid_metric_name(enum deid_metric_kind kind)
{
	return names[kind];
}

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the metric");
}

result deid_metric_make(struct deid_metric *m, enum deid_metric_kind kind, const struct deid_hierarchy *const *h, size_t n,
			const double *weight, struct error *e)
{
	*m = (struct deid_metric){.kind = kind, .h = h, .attributes = n, .weight = weight};
	arena_init(&m->arena, 0, false);
	m->gap = arena_array(&m->arena, n, sizeof *m->gap);
	m->price_sum = arena_array(&m->arena, n, sizeof *m->price_sum);
	m->base = arena_array(&m->arena, n, sizeof *m->base);
	m->span = arena_array(&m->arena, n, sizeof *m->span);
	m->log_leaves = arena_array(&m->arena, n, sizeof *m->log_leaves);
	if (!m->gap || !m->price_sum || !m->base || !m->span || !m->log_leaves)
		return no_memory(e);
	for (size_t a = 0; a < n; a++) {
		/* until deid_metric_ready, gap[a] holds the counts of the leaves in its first level */
		m->gap[a] = arena_array(&m->arena, (size_t)h[a]->levels * h[a]->leaf.n, sizeof **m->gap);
		m->price_sum[a] = arena_array(&m->arena, h[a]->levels, sizeof **m->price_sum);
		if (!m->gap[a] || !m->price_sum[a])
			return no_memory(e);
		m->weights += weight ? weight[a] : 1;
		m->log_leaves[a] = log2((double)h[a]->leaf.n);
	}
	return RESULT_OK;
}

void deid_metric_count(struct deid_metric *m, size_t a, uint32_t leaf, uint64_t count)
{
	m->gap[a][leaf] += count;
}

void deid_metric_free(struct deid_metric *m)
{
	arena_free(&m->arena);
	*m = (struct deid_metric){.attributes = 0};
}

/* A logarithm as an integer, in parts so small that the sum over all rows still fits 64 bits. */
static uint64_t fixed_log2(const struct deid_metric *m, uint64_t n)
{
	int rows_bits = m->rows ? 64 - __builtin_clzll(m->rows) : 1;

	return n ? (uint64_t)llround(ldexp(log2((double)n), 57 - rows_bits)) : 0;
}

/*
 * The worst price of attribute A less the price of LEAF's value at LEVEL, where
 * ROWS_THERE rows of the table have that value.  It is the same for all leaves of
 * a value.
 */
static uint64_t gap_of(const struct deid_metric *m, size_t a, unsigned level, uint32_t leaf, uint64_t rows_there)
{
	const struct deid_hierarchy *h = m->h[a];

	switch (m->kind) {
	case DEID_LOSS:
	case DEID_LOSS_GEOMETRIC:
		return h->leaf.n - h->level[level].size[leaf];
	case DEID_PRECISION:
		return h->levels - 1 - level;
	case DEID_ENTROPY:
		return fixed_log2(m, m->rows) - fixed_log2(m, rows_there);
	default:
		return 0;
	}
}

/* The worst price of a record of attribute A, summed over the rows; RAW are rows by leaf. */
static uint64_t worst_sum(const struct deid_metric *m, size_t a, const uint64_t *raw)
{
	const struct deid_hierarchy *h = m->h[a];
	uint64_t sum = 0;

	switch (m->kind) {
	case DEID_LOSS:
	case DEID_LOSS_GEOMETRIC:
		return m->rows * h->leaf.n;
	case DEID_PRECISION:
		return m->rows * (h->levels - 1);
	case DEID_ENTROPY:
		for (uint32_t i = 0; i < h->leaf.n; i++)
			sum += raw[i] * (fixed_log2(m, m->rows) - fixed_log2(m, raw[i]));
		return sum;
	default:
		return 0;
	}
}

static result price_attribute(struct deid_metric *m, size_t a, struct error *e)
{
	const struct deid_hierarchy *h = m->h[a];
	uint32_t leaves = h->leaf.n;
	uint64_t *raw = arena_array(&m->arena, leaves, sizeof *raw);
	uint64_t *there = arena_array(&m->arena, leaves, sizeof *there);
	uint64_t worst;

	if (!raw || !there)
		return no_memory(e);
	memcpy(raw, m->gap[a], leaves * sizeof *raw);
	worst = worst_sum(m, a, raw);
	for (unsigned l = 0; l < h->levels; l++) {
		const uint32_t *first = h->level[l].first;
		uint64_t saved = 0;

		memset(there, 0, leaves * sizeof *there);
		for (uint32_t i = 0; i < leaves; i++)
			there[first[i]] += raw[i];
		for (uint32_t i = 0; i < leaves; i++) {
			uint64_t gap = gap_of(m, a, l, i, there[first[i]]);

			m->gap[a][(size_t)l * leaves + i] = gap;
			saved += gap * raw[i];
		}
		m->price_sum[a][l] = m->kind == DEID_HEIGHT ? l : worst - saved;
	}
	m->base[a] = m->kind == DEID_LOSS || m->kind == DEID_LOSS_GEOMETRIC ? m->rows : 0;
	m->span[a] = m->kind == DEID_HEIGHT ? 1 : worst - m->base[a];
	return RESULT_OK;
}

result deid_metric_ready(struct deid_metric *m, uint64_t rows, struct error *e)
{
	m->rows = rows;
	for (size_t a = 0; a < m->attributes; a++) {
		if (m->h[a]->leaf.n && rows > UINT64_MAX / 64 / m->h[a]->leaf.n)
			return error_set(e, CODE_TOO_LARGE, "the table's rows times a hierarchy's leaves are too many to add up");
		TRY(price_attribute(m, a, e));
	}
	return RESULT_OK;
}

double deid_metric_share(const struct deid_metric *m, size_t a, uint64_t price)
{
	if (m->span[a] == 0)
		return 0;
	if (m->kind == DEID_HEIGHT)
		return (double)price * 1e10;
	return (double)(uint64_t)((unsigned __int128)(price - m->base[a]) * UINT64_C(10000000000) / m->span[a]);
}

/* The product of 1 + share by attribute: the smallest first, so that it is the same in whatever columns they are. */
static double product_of(const struct deid_metric *m, const double *share)
{
	double sorted[LONG_PRODUCT], key = 1;

	for (size_t a = 0; a < m->attributes; a++) {
		size_t i = a;

		for (; i && sorted[i - 1] > share[a]; i--)
			sorted[i] = sorted[i - 1];
		sorted[i] = share[a];
	}
	for (size_t a = 0; a < m->attributes; a++)
		key *= 1 + sorted[a] * 1e-10;
	return key;
}

/* X as a multiple of STEP, a power of two so fine that sums of such are exact, in whatever order. */
static double rounded(double x, double step)
{
	return nearbyint(x / step) * step;
}

double deid_metric_key(const struct deid_metric *m, const double *share)
{
	double key = 0;

	if (m->kind == DEID_LOSS_GEOMETRIC && !m->weight && m->attributes < LONG_PRODUCT)
		return product_of(m, share);
	for (size_t a = 0; a < m->attributes; a++) {
		double weight = m->weight ? m->weight[a] : 1;

		if (m->kind == DEID_LOSS_GEOMETRIC)
			key += rounded(weight * log1p(share[a] * 1e-10), 0x1p-42);
		else
			key += m->weight ? rounded(weight * share[a], 0x1p-8) : share[a];
	}
	return key;
}

double deid_metric_slack(const struct deid_metric *m, double key)
{
	switch (m->kind) {
	case DEID_KL:
		return 2e-10;
	case DEID_AMBIGUITY:
	case DEID_LOSS_GEOMETRIC:
		return fabs(key) * 4e-12;
	default:
		return m->weight ? fabs(key) * 4e-12 : 0;
	}
}

double deid_metric_score(const struct deid_metric *m, double key)
{
	switch (m->kind) {
	case DEID_LOSS_GEOMETRIC:
		if (m->attributes == 0)
			return 0;
		return m->weight || m->attributes >= LONG_PRODUCT ? expm1(key / m->weights)
								  : pow(key, 1 / (double)m->attributes) - 1;
	case DEID_LOSS:
	case DEID_PRECISION:
	case DEID_ENTROPY:
		return m->weights > 0 ? key / 1e10 / m->weights : 0;
	case DEID_HEIGHT:
		return key / 1e10;
	default:
		return key;
	}
}

double deid_metric_round(const struct deid_metric *m, double x)
{
	int exponent;
	double part;

	if (m->kind == DEID_KL)
		return nearbyint(x * 1e10) / 1e10;
	part = frexp(x, &exponent);
	return ldexp(nearbyint(ldexp(part, 40)), exponent - 40);
}
