#include "deid/model.h"

#include <math.h>
#include <stdlib.h>

typedef __int128 wide;

enum {
	NEEDS_COLUMN = 1,
	NEEDS_FILE = 2,
	BY_RECORD = 4,
	BY_CLASS = 8,
	HISTOGRAM = 16,
	MAX_K = 1000000000,
};

enum argument {
	COUNT,
	SHARE,	     /* 0 to 1 */
	TWO_SHARES,
	RATIO_COUNT, /* c,l */
	EPSILON_DELTA,
};

static const struct {
	const char *name;
	enum argument argument;
	unsigned flags;
	const char *form;
} kinds[DEID_MODEL_KINDS] = {
	[DEID_K] = {"k", COUNT, BY_CLASS | BY_RECORD, "k=5"},
	[DEID_K_MAP] = {"k-map", COUNT, NEEDS_FILE | BY_CLASS | BY_RECORD, "k-map=5:population.csv"},
	[DEID_DISTINCT_L] = {"distinct-l", COUNT, NEEDS_COLUMN | BY_CLASS | BY_RECORD | HISTOGRAM, "distinct-l=3:disease"},
	[DEID_ENTROPY_L] = {"entropy-l", SHARE, NEEDS_COLUMN | BY_CLASS | HISTOGRAM, "entropy-l=3:disease"},
	[DEID_RECURSIVE_CL] = {"recursive-cl", RATIO_COUNT, NEEDS_COLUMN | BY_CLASS | HISTOGRAM, "recursive-cl=4,3:disease"},
	[DEID_T_EQUAL] = {"t", SHARE, NEEDS_COLUMN | BY_CLASS | HISTOGRAM, "t=0.2:disease"},
	[DEID_T_ORDERED] = {"t-ordered", SHARE, NEEDS_COLUMN | BY_CLASS | HISTOGRAM, "t-ordered=0.2:salary"},
	[DEID_T_HIERARCHICAL] = {"t-hierarchical", SHARE, NEEDS_COLUMN | BY_CLASS | HISTOGRAM, "t-hierarchical=0.2:disease"},
	[DEID_DELTA] = {"delta", TWO_SHARES, NEEDS_FILE | BY_CLASS, "delta=0.1,0.5:population.csv"},
	[DEID_AVERAGE_RISK] = {"average-risk", SHARE, 0, "average-risk=0.1"},
	[DEID_POPULATION_UNIQUE] = {"population-unique", SHARE, 0, "population-unique=0.01"},
	[DEID_DP] = {"dp", EPSILON_DELTA, 0, "dp=1,0.00001, epsilon being from 0.001 to 10 and delta above 0 and below 1"},
};

bool deid_decimal_parse(struct str text, struct deid_decimal *out)
{
	size_t point = str_find(text, '.');
	struct str whole = str_sub(text, 0, point);
	struct str part = str_sub(text, point + 1, text.n);
	uint64_t w, p = 0;
	int64_t den = 1;

	if (!str_to_u64(whole, MAX_K, &w) || part.n > 9 || (point < text.n && !str_to_u64(part, MAX_K, &p)))
		return false;
	for (size_t i = 0; i < part.n; i++)
		den *= 10;
	*out = (struct deid_decimal){(int64_t)w * den + (int64_t)p, den};
	return true;
}

static bool is_share(const struct deid_decimal *d)
{
	return d->num <= d->den;
}

static bool parse_argument(struct deid_model *m, struct str value)
{
	size_t comma = str_find(value, ',');
	struct str first = str_sub(value, 0, comma), second = str_sub(value, comma + 1, value.n);

	switch (kinds[m->kind].argument) {
	case COUNT:
		return str_to_u64(value, MAX_K, &m->count) && m->count >= 1;
	case TWO_SHARES:
		return deid_decimal_parse(first, &m->a) && deid_decimal_parse(second, &m->b) && is_share(&m->b) &&
		       (wide)m->a.num * m->b.den <= (wide)m->b.num * m->a.den;
	case EPSILON_DELTA:
		return deid_decimal_parse(first, &m->a) && deid_decimal_parse(second, &m->b) && (wide)m->a.num * 1000 >= m->a.den &&
		       m->a.num <= 10 * (wide)m->a.den && m->b.num > 0 && m->b.num < m->b.den;
	case RATIO_COUNT:
		return deid_decimal_parse(first, &m->a) && m->a.num > 0 && str_to_u64(second, MAX_K, &m->count) &&
		       m->count >= 2;
	default:
		/* the l of an entropy may be broken, and is no share */
		return deid_decimal_parse(value, &m->a) &&
		       (m->kind == DEID_ENTROPY_L ? m->a.num >= m->a.den : is_share(&m->a));
	}
}

result deid_model_parse(struct str text, struct deid_model *m, struct error *e)
{
	size_t is = str_find(text, '=');
	struct str name = str_sub(text, 0, is);
	struct str rest = str_sub(text, is + 1, text.n);
	size_t colon = str_find(rest, ':');
	struct str value = str_sub(rest, 0, colon), about = str_sub(rest, colon + 1, rest.n);
	unsigned flags;

	*m = (struct deid_model){.text = text, .a = {0, 1}, .b = {0, 1}};
	while (m->kind < DEID_MODEL_KINDS && !str_is(name, kinds[m->kind].name))
		m->kind++;
	if (m->kind == DEID_MODEL_KINDS)
		return error_set(e, CODE_MODEL_INVALID,
				 "there is no privacy model \"%.*s\"; the models are k, k-map, distinct-l, entropy-l, "
				 "recursive-cl, t, t-ordered, t-hierarchical, delta, average-risk, population-unique and dp",
				 (int)name.n, name.p);
	flags = kinds[m->kind].flags;
	if (flags & NEEDS_COLUMN)
		m->column = about;
	if (flags & NEEDS_FILE)
		m->file = about;
	if (!parse_argument(m, value) || (about.n > 0) != ((flags & (NEEDS_COLUMN | NEEDS_FILE)) != 0))
		return error_set(e, CODE_MODEL_INVALID, "the model \"%.*s\" is not right; it is written such as %s",
				 (int)text.n, text.p, kinds[m->kind].form);
	return RESULT_OK;
}

bool deid_model_by_class(const struct deid_model *m)
{
	return kinds[m->kind].flags & BY_CLASS;
}

bool deid_model_by_record(const struct deid_model *m)
{
	return kinds[m->kind].flags & BY_RECORD;
}

bool deid_model_needs_histogram(const struct deid_model *m)
{
	return kinds[m->kind].flags & HISTOGRAM;
}

bool deid_model_needs_population(const struct deid_model *m)
{
	return kinds[m->kind].flags & NEEDS_FILE;
}

static bool entropy_holds(const struct deid_model *m, const struct deid_histogram *h, uint64_t size)
{
	double entropy = 0;

	for (uint32_t i = 0; i < h->n; i++) {
		double p = (double)h->count[h->value[i]] / (double)size;

		entropy -= p * log(p);
	}
	return entropy >= log((double)m->a.num / (double)m->a.den) - 1e-12;
}

static int descending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x < y) - (x > y);
}

static bool recursive_holds(const struct deid_model *m, const struct deid_histogram *h, uint32_t *sorted)
{
	wide tail = 0;

	if (h->n < m->count)
		return false;
	for (uint32_t i = 0; i < h->n; i++)
		sorted[i] = h->count[h->value[i]];
	qsort(sorted, h->n, sizeof *sorted, descending);
	for (uint32_t i = (uint32_t)m->count - 1; i < h->n; i++)
		tail += sorted[i];
	return (wide)sorted[0] * m->a.den < m->a.num * tail;
}

/* DISTANCE over UNIT is at most the model's t. */
static bool within(const struct deid_model *m, wide distance, wide unit)
{
	return distance * m->a.den <= m->a.num * unit;
}

/* The class's share of a value less the table's, in parts of (class size times rows). */
static wide excess(const struct deid_histogram *h, const struct deid_sensitive *s, uint32_t leaf, uint64_t size,
		   uint64_t rows)
{
	return (wide)h->count[leaf] * (int64_t)rows - (wide)s->total[leaf] * (int64_t)size;
}

static bool equal_holds(const struct deid_model *m, const struct deid_class *c, const struct deid_sensitive *s,
			uint64_t rows)
{
	const struct deid_histogram *h = &c->histogram[m->sensitive];
	/* values that do not occur weigh their share of the table; those that do are taken out again */
	wide sum = (wide)c->size * (int64_t)rows;

	for (uint32_t i = 0; i < h->n; i++) {
		wide x = excess(h, s, h->value[i], c->size, rows);

		sum += (x < 0 ? -x : x) - (wide)s->total[h->value[i]] * (int64_t)c->size;
	}
	return within(m, sum, 2 * (wide)c->size * (int64_t)rows);
}

static bool ordered_holds(const struct deid_model *m, const struct deid_class *c, const struct deid_sensitive *s,
			  uint64_t rows)
{
	wide run = 0, sum = 0;

	for (uint32_t i = 0; i + 1 < s->values; i++) {
		run += excess(&c->histogram[m->sensitive], s, s->order[i], c->size, rows);
		sum += run < 0 ? -run : run;
	}
	return s->values < 2 || within(m, sum, (wide)(s->values - 1) * (int64_t)c->size * (int64_t)rows);
}

/* Li, Li, Venkatasubramanian (2007): what cannot be moved below a node is moved through it, at the cost of its height. */
static bool hierarchical_holds(const struct deid_model *m, const struct deid_class *c, const struct deid_sensitive *s,
			       uint64_t rows, const struct deid_model_room *room)
{
	int64_t *extra = room->sum, *more = extra + s->values, *less = more + s->values;
	unsigned height = s->h->levels - 1;
	wide cost = 0;

	for (uint32_t i = 0; i < s->values; i++)
		extra[i] = (int64_t)excess(&c->histogram[m->sensitive], s, i, c->size, rows);
	for (unsigned l = 1; l <= height; l++) {
		const uint32_t *below = s->h->level[l - 1].first, *first = s->h->level[l].first;

		for (uint32_t i = 0; i < s->values; i++)
			more[i] = less[i] = 0;
		for (uint32_t i = 0; i < s->values; i++) {
			if (below[i] != i)
				continue;
			if (extra[i] > 0)
				more[first[i]] += extra[i];
			else
				less[first[i]] -= extra[i];
		}
		for (uint32_t i = 0; i < s->values; i++) {
			if (first[i] != i)
				continue;
			extra[i] = more[i] - less[i];
			cost += (wide)l * (more[i] < less[i] ? more[i] : less[i]);
		}
	}
	return height == 0 || within(m, cost, (wide)height * (int64_t)c->size * (int64_t)rows);
}

static bool delta_holds(const struct deid_model *m, const struct deid_class *c)
{
	return (wide)c->size * m->a.den >= m->a.num * (wide)c->population &&
	       (wide)c->size * m->b.den <= m->b.num * (wide)c->population;
}

bool deid_model_holds(const struct deid_model *m, const struct deid_class *c, const struct deid_sensitive *s,
		      uint64_t rows, const struct deid_model_room *room)
{
	switch (m->kind) {
	case DEID_K:
		return c->size >= m->count;
	case DEID_K_MAP:
		return c->population >= m->count;
	case DEID_DISTINCT_L:
		return c->histogram[m->sensitive].n >= m->count;
	case DEID_ENTROPY_L:
		return entropy_holds(m, &c->histogram[m->sensitive], c->size);
	case DEID_RECURSIVE_CL:
		return recursive_holds(m, &c->histogram[m->sensitive], room->sorted);
	case DEID_T_EQUAL:
		return equal_holds(m, c, s, rows);
	case DEID_T_ORDERED:
		return ordered_holds(m, c, s, rows);
	case DEID_T_HIERARCHICAL:
		return hierarchical_holds(m, c, s, rows, room);
	case DEID_DELTA:
		return delta_holds(m, c);
	default:
		return true; /* of the whole table */
	}
}
