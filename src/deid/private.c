#include "deid/private.h"

#include <math.h>

#include "deid/rule.h"

/*
 * With b the chance of being drawn and g = 1 - (1 - b) exp(-epsilon), delta is at least
 * the chance that more than g n of n records are drawn, for each n from k / g - 1 on.
 * These chances go up and down but are below exp(-n KL(g, b)), so that above some n none
 * matters; from there the last that is too high is looked for.  Each is taken for a
 * little more than it comes to, so that no rounding makes k too small.
 */
static const double ROUNDING = 1e-6;

static double value_of(struct deid_decimal d)
{
	return (double)d.num / (double)d.den;
}

/* The chance that more than G * N of N records are drawn, each with the chance B, or a little more. */
static double chance_above(uint64_t n, double g, double b)
{
	uint64_t j = (uint64_t)(g * (double)n - ROUNDING) + 1;
	double term, sum = 0;
	int sign;

	if (j > n)
		return 0;
	term = exp(lgamma_r((double)n + 1, &sign) - lgamma_r((double)j + 1, &sign) - lgamma_r((double)(n - j) + 1, &sign) +
		   (double)j * log(b) + (double)(n - j) * log1p(-b));
	for (; j <= n && term > sum * 1e-18; j++) {
		sum += term;
		term *= (double)(n - j) / (double)(j + 1) * b / (1 - b);
	}
	return sum * (1 + ROUNDING);
}

uint64_t deid_private_k(struct deid_decimal epsilon, struct deid_decimal delta)
{
	double stay = exp(-value_of(epsilon)), b = 1 - stay, g = 1 - stay * stay, most = value_of(delta);
	double divergence = g * log(g / b) + (1 - g) * log((1 - g) / stay);
	uint64_t n = (uint64_t)(log(1 / most) / divergence) + 2;

	while (n > 0 && chance_above(n, g, b) <= most)
		n--;
	/* k / g - 1 has to be above the last n whose chance is too high */
	return (uint64_t)(g * (double)(n + 1) + ROUNDING) + 1;
}

result deid_private_begin(struct deid_run *r, struct deid_model *m, struct error *e)
{
	struct deid_private *p = arena_new(&r->arena, struct deid_private);

	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a model");
	p->epsilon = m->a;
	p->delta = m->b;
	p->both = str_sub(m->text, str_find(m->text, '=') + 1, m->text.n);
	p->k = deid_private_k(p->epsilon, p->delta);
	m->kind = DEID_K;
	m->count = p->k;
	r->private = p;
	return RESULT_OK;
}

result deid_private_allowed(const struct deid_run *r, const struct deid_declared *declared, size_t n, struct error *e)
{
	const struct deid_job *j = r->job;
	const char *wrong = NULL;

	if (j->models.n > 1)
		wrong = "it goes with no other model: whether another one holds would depend on each record";
	else if (!j->levels.n)
		wrong = "the levels have to be given with --levels: if they were searched, records would decide about them";
	else if (j->sensitive.n || j->insensitive.n)
		wrong = "all columns that leave have to be quasi-identifying: one that is kept as it is tells of its record";
	else if (j->recoding != DEID_RECODE_NONE || j->aggregates.n || j->noise.n)
		wrong = "it goes with neither local recoding nor microaggregation nor noise, which depend on the records";
	else if (j->suppression.num)
		wrong = "--suppression has no place beside it: what is suppressed follows from k alone";
	else if (r->table.counted)
		wrong = "the table has to be written here: --output-table cannot draw records by chance";
	for (size_t i = 0; i < n && !wrong; i++)
		if (declared[i].rule && !deid_rule_is_fixed(declared[i].rule))
			wrong = "the rule mask has as many levels as the longest value needs; give a hierarchy file instead";
	return wrong ? error_set(e, CODE_MODEL_INVALID, "the model \"%.*s\" does not go so: %s", (int)r->model[0].text.n,
				 r->model[0].text.p, wrong)
		     : RESULT_OK;
}

result deid_private_draw(struct deid_run *r, struct error *e)
{
	struct deid_table *t = &r->table;
	const struct deid_share epsilon = {(uint64_t)r->private->epsilon.num, (uint64_t)r->private->epsilon.den};
	struct deid_draw draw;
	uint32_t left = 0;

	r->private->records = t->rows;
	t->rows = 0;
	t->counted = true; /* which of a tuple's rows were drawn does not matter: they are alike */
	deid_draw_init(&draw, *r->job->entropy);
	for (uint32_t i = 0; i < t->tuples; i++) {
		uint32_t drawn = 0;

		for (uint32_t k = 0; k < t->count[i]; k++)
			drawn += !deid_draw_exp(&draw, epsilon);
		if (!drawn)
			continue;
		for (size_t a = 0; a < t->quasi; a++)
			t->code[left * t->quasi + a] = t->code[i * t->quasi + a];
		t->count[left++] = drawn;
		t->rows += drawn;
	}
	deid_draw_end(&draw);
	t->tuples = left;
	return left ? RESULT_OK : error_set(e, CODE_NO_TRANSFORMATION, "no record was drawn; the table is too small for this epsilon");
}
