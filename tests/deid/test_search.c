#include "test.h"

#include <stdio.h>

#include "deid/search.h"
#include "naive.h"

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

static void check_trial(const struct trial *t, const char *what)
{
	struct clock clock = clock_system();
	/* every other time with climbing, as in large lattices, and with hardly any memory for cells */
	struct deid_search_options o = {.clock = &clock,
					.boxes_alone = t->naive.rows % 2,
					.memory = t->naive.rows % 3 ? 0 : 1};
	struct deid_problem p;
	struct deid_found f = {.levels = NULL};
	struct error e = {0};
	uint8_t best[NAIVE_ATTRIBUTES] = {0};
	long double score = 0;
	bool exists = naive_best(&t->naive, &score, best), made;
	struct naive_view v;

	made = ok(deid_problem_make(&p, &t->in, &e));
	if (!made) {
		/* k above the rows: then nothing is feasible either */
		assert_int_equal(e.code, CODE_MODEL_INVALID);
		assert_false(exists);
		deid_problem_free(&p);
		return;
	}
	if (!exists) {
		if (ok(deid_search(&p, &o, &f, &e)))
			fail_msg("%s: found something where nothing is feasible", what);
		assert_int_equal(e.code, CODE_NO_TRANSFORMATION);
	} else {
		if (!ok(deid_search(&p, &o, &f, &e)))
			fail_msg("%s: %s", what, e.message);
		if (fabsl((long double)f.score - score) > 1e-9L * (1 + fabsl(score)) || !f.optimal || f.bound != f.score)
			fail_msg("%s: score %.12g instead of %.12g", what, f.score, (double)score);
		if (memcmp(f.levels, best, t->in.attributes) != 0)
			fail_msg("%s: of equals not the smallest levels", what);
		assert_true(naive_feasible(&t->naive, f.levels, &v));
		assert_int_equal(v.suppressed, f.outcome.suppressed);
	}
	deid_found_free(&f);
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
