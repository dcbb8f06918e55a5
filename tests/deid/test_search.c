#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deid/search.h"
#include "deid/risk.h"

/* First, de-identification by the definitions, row by row: slow, and sharing nothing with the engine but the hierarchies. */

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

static uint32_t naive_value(const struct naive *n, const uint8_t *levels, const uint32_t *row, size_t a)
{
	return n->in->h[a]->level[levels[a]].first[row[a]];
}

static bool naive_same(const struct naive *n, const uint8_t *levels, const uint32_t *x, const uint32_t *y)
{
	for (size_t a = 0; a < n->in->attributes; a++)
		if (naive_value(n, levels, x, a) != naive_value(n, levels, y, a))
			return false;
	return true;
}

static long double naive_distance(const struct naive *n, const struct naive_view *v, int c, enum deid_model_kind kind)
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

static int naive_persons(const struct naive *n, const struct naive_view *v, const uint8_t *levels, int c)
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

static bool naive_class_holds(const struct naive *n, const struct naive_view *v, const uint8_t *levels, int c,
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

static bool naive_table_holds(const struct naive *n, const struct naive_view *v)
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
static bool naive_unshared(const struct naive *n, const uint8_t *levels)
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

static void naive_classes(const struct naive *n, const uint8_t *levels, struct naive_view *v)
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
static bool naive_feasible(const struct naive *n, const uint8_t *levels, struct naive_view *v)
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
static long double naive_share(const struct naive *n, const struct naive_view *v, const uint8_t *levels, size_t a)
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

static long double naive_area(const struct naive *n, const uint8_t *levels, const uint32_t *row)
{
	long double area = 1;

	for (size_t a = 0; a < n->in->attributes; a++)
		area *= row ? n->in->h[a]->level[levels[a]].size[row[a]] : n->in->h[a]->leaf.n;
	return area;
}

static long double naive_by_class(const struct naive *n, const struct naive_view *v, const uint8_t *levels)
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

static long double naive_score(const struct naive *n, const struct naive_view *v, const uint8_t *levels)
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
static bool naive_next(const struct naive *n, uint8_t *levels)
{
	for (size_t a = n->in->attributes; a-- > 0;) {
		if (++levels[a] < n->in->h[a]->levels)
			return true;
		levels[a] = 0;
	}
	return false;
}

/* Random tables, the same in each run. */
struct dice {
	uint64_t state;
};

static unsigned roll(struct dice *d, unsigned sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((d->state >> 33) % sides);
}

/* A random tree over up to LEAVES leaves, ending in one value when ROOT. */
static void make_hierarchy(struct dice *d, struct deid_hierarchy *h, unsigned most, bool root)
{
	unsigned leaves = 1 + roll(d, most), levels = 1 + roll(d, 4);
	unsigned parent[8];
	struct buf lines[8];
	struct buf text;
	struct error e = {0};
	struct str s;

	for (unsigned i = 0; i < leaves; i++) {
		parent[i] = i;
		buf_init(&lines[i]);
		buf_printf(&lines[i], "%u", i);
	}
	for (unsigned l = 1; l < levels; l++) {
		unsigned up[8];

		for (unsigned i = 0; i < 8; i++)
			up[i] = roll(d, 3);
		for (unsigned i = 0; i < leaves; i++) {
			parent[i] = up[parent[i]];
			buf_printf(&lines[i], ";%u", parent[i]);
		}
	}
	buf_init(&text);
	for (unsigned i = 0; i < leaves; i++) {
		buf_printf(&text, "%s%s\n", buf_c(&lines[i]), root ? ";*" : "");
		buf_free(&lines[i]);
	}
	s = buf_view(&text);
	assert_ok(deid_hierarchy_read(h, source_memory(&s), ';', "h", &e), &e);
	buf_free(&text);
}

/* A random problem, in both forms. */
struct trial {
	struct deid_hierarchy h[NAIVE_ATTRIBUTES + 1];
	const struct deid_hierarchy *hp[NAIVE_ATTRIBUTES + 1];
	uint32_t code[NAIVE_ROWS * (NAIVE_ATTRIBUTES + 1)];
	uint32_t count[NAIVE_ROWS];
	uint32_t population_code[2 * NAIVE_ROWS * NAIVE_ATTRIBUTES];
	uint32_t population_count[2 * NAIVE_ROWS];
	double weight[NAIVE_ATTRIBUTES];
	struct deid_model model[4];
	struct deid_input in;
	struct naive naive;
};

static const char *const model_sets[] = {
	"k=2", "k=3", "k=5", "distinct-l=2:s", "entropy-l=2:s", "entropy-l=1.5:s", "recursive-cl=2,2:s", "recursive-cl=0.9,2:s",
	"t=0.2:s", "t=0.35:s", "t-ordered=0.15:s", "t-hierarchical=0.25:s", "k-map=3:p", "delta=0,0.6:p", "delta=0.2,0.8:p",
	"average-risk=0.3", "average-risk=0.15", "population-unique=0.05", "k=2 distinct-l=2:s", "k=3 t=0.3:s",
	"k=2 recursive-cl=3,2:s", "k=2 average-risk=0.25", "k=2 delta=0,0.7:p", "k=2 k-map=4:p", "entropy-l=1.7:s t-ordered=0.3:s",
	"k=2 distinct-l=2:s average-risk=0.4",
};

static const char *const limits[] = {"0", "0.05", "0.2", "0.5", "1"};

static void make_rows(struct dice *d, struct trial *t)
{
	struct naive *n = &t->naive;
	size_t attributes = t->in.attributes, width = attributes + 1;

	n->rows = 1 + roll(d, NAIVE_ROWS);
	for (uint32_t i = 0; i < n->rows; i++) {
		for (size_t a = 0; a < width; a++) {
			/* uneven, so that there are rare values */
			unsigned x = roll(d, t->h[a == attributes ? NAIVE_ATTRIBUTES : a].leaf.n);
			unsigned y = roll(d, x + 1);

			n->row[i][a] = roll(d, 2) ? x : y;
			t->code[i * width + a] = n->row[i][a];
		}
		t->count[i] = 1;
	}
	n->persons = n->rows + roll(d, n->rows + 1);
	for (uint32_t j = 0; j < n->persons; j++) {
		for (size_t a = 0; a < attributes; a++) {
			n->person[j][a] = j < n->rows ? n->row[j][a] : roll(d, t->h[a].leaf.n);
			t->population_code[j * attributes + a] = n->person[j][a];
		}
		t->population_count[j] = 1;
	}
}

static void make_trial(struct dice *d, struct trial *t, size_t set, enum deid_metric_kind metric, size_t limit)
{
	struct str text = str_of(model_sets[set]);
	struct error e = {0};

	*t = (struct trial){.in.attributes = 1 + roll(d, NAIVE_ATTRIBUTES)};
	for (size_t a = 0; a < t->in.attributes; a++) {
		make_hierarchy(d, &t->h[a], 6, roll(d, 4) != 0);
		t->hp[a] = &t->h[a];
		t->weight[a] = 1 + roll(d, 3);
	}
	make_hierarchy(d, &t->h[NAIVE_ATTRIBUTES], 5, true);
	t->hp[NAIVE_ATTRIBUTES] = &t->h[NAIVE_ATTRIBUTES];
	make_rows(d, t);
	while (text.n) {
		size_t n = str_find(text, ' ');

		assert_ok(deid_model_parse(str_sub(text, 0, n), &t->model[t->in.models++], &e), &e);
		text = str_sub(text, n + 1, text.n);
	}
	t->in.h = t->hp;
	t->in.sensitive_h = &t->hp[NAIVE_ATTRIBUTES];
	t->in.sensitives = 1;
	t->in.code = t->code;
	t->in.count = t->count;
	t->in.tuples = t->naive.rows;
	t->in.population_code = strchr(model_sets[set], 'p') && strstr(model_sets[set], ":p") ? t->population_code : NULL;
	t->in.population_count = t->population_count;
	t->in.population_tuples = t->naive.persons;
	t->in.model = t->model;
	t->in.metric = metric;
	t->in.weight = roll(d, 3) == 0 ? t->weight : NULL;
	t->in.population_size = t->naive.rows * 10;
	assert_true(deid_decimal_parse(str_of(limits[limit]), &t->in.suppression));
	t->naive.in = &t->in;
	t->naive.limit = (uint64_t)floorl(t->naive.rows * strtold(limits[limit], NULL) + 1e-9L);
}

static void free_trial(struct trial *t)
{
	for (size_t a = 0; a <= NAIVE_ATTRIBUTES; a++)
		deid_hierarchy_free(&t->h[a]);
}

/* The best by the definitions; false when nothing is feasible. */
static bool naive_best(const struct naive *n, long double *score, uint8_t *best)
{
	uint8_t levels[NAIVE_ATTRIBUTES] = {0};
	bool found = false;

	do {
		struct naive_view v;
		long double s;

		if (!naive_feasible(n, levels, &v))
			continue;
		s = naive_score(n, &v, levels);
		if (n->in->metric == DEID_KL)
			s = nearbyintl(s * 1e10L) / 1e10L;
		if (!found || s < *score - 1e-13L * (1 + fabsl(s))) {
			*score = s;
			memcpy(best, levels, sizeof levels);
			found = true;
		}
	} while (naive_next(n, levels));
	return found;
}

/* Searches P, made of T, with THREADS threads: the answer has to be BEST, of SCORE, or none when NULL. */
static void check_search(const struct trial *t, struct deid_problem *p, unsigned threads, const uint8_t *best, long double score,
			 const char *what)
{
	struct clock clock = clock_system();
	/* every other time with climbing, as in large lattices, and with hardly any memory for cells */
	struct deid_search_options o = {.clock = &clock,
					.boxes_alone = t->naive.rows % 2,
					.memory = t->naive.rows % 3 ? 0 : 1,
					.threads = threads};
	struct deid_found f = {.levels = NULL};
	struct error e = {0};
	struct naive_view v;

	if (!best) {
		if (ok(deid_search(p, &o, &f, &e)))
			fail_msg("%s: found something where nothing is feasible", what);
		assert_int_equal(e.code, CODE_NO_TRANSFORMATION);
		assert_true(f.optimal);
	} else {
		uint64_t smallest = UINT64_MAX;
		int kept = 0;

		if (!ok(deid_search(p, &o, &f, &e)))
			fail_msg("%s: %s", what, e.message);
		if (fabsl((long double)f.score - score) > 1e-9L * (1 + fabsl(score)) || !f.optimal || f.bound != f.score)
			fail_msg("%s: score %.12g instead of %.12g", what, f.score, (double)score);
		if (memcmp(f.levels, best, t->in.attributes) != 0)
			fail_msg("%s: of equals not the smallest levels", what);
		assert_true(naive_feasible(&t->naive, f.levels, &v));
		for (int c = 0; c < v.classes; c++) {
			kept += v.kept[c];
			if (v.kept[c] && (uint64_t)v.size[c] < smallest)
				smallest = (uint64_t)v.size[c];
		}
		assert_int_equal(v.suppressed, f.outcome.suppressed);
		assert_int_equal(kept, f.outcome.classes);
		assert_int_equal(smallest, f.outcome.smallest);
		assert_in_range(f.threads, 1, threads);
	}
	deid_found_free(&f);
}

static void check_trial(const struct trial *t, const char *what)
{
	struct deid_problem p;
	struct error e = {0};
	uint8_t best[NAIVE_ATTRIBUTES] = {0};
	long double score = 0;
	bool exists = naive_best(&t->naive, &score, best);

	if (!ok(deid_problem_make(&p, &t->in, &e))) {
		/* k above the rows: then nothing is feasible either */
		assert_int_equal(e.code, CODE_MODEL_INVALID);
		assert_false(exists);
	} else {
		check_search(t, &p, 1, exists ? best : NULL, score, what);
		check_search(t, &p, 2 + t->naive.rows % 3, exists ? best : NULL, score, what);
	}
	deid_problem_free(&p);
}

static void the_search_finds_what_trying_everything_finds(void **state)
{
	struct dice d = {1};
	const char *more = getenv("SEKISHO_TEST_LONG");
	int rounds = more ? 60 : 1;

	(void)state;
	for (int round = 0; round < rounds; round++)
		for (size_t set = 0; set < sizeof model_sets / sizeof model_sets[0]; set++)
			for (int metric = 0; metric < DEID_METRIC_KINDS; metric++)
				for (size_t limit = 0; limit < sizeof limits / sizeof limits[0]; limit++) {
					struct trial t;
					char what[120];

					make_trial(&d, &t, set, (enum deid_metric_kind)metric, limit);
					snprintf(what, sizeof what, "round %d, %s, %s, limit %s", round, model_sets[set],
						 deid_metric_name((enum deid_metric_kind)metric), limits[limit]);
					check_trial(&t, what);
					free_trial(&t);
				}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_search_finds_what_trying_everything_finds),
	};

	return cmocka_run_group_tests_name("deid/search", tests, NULL, NULL);
}
