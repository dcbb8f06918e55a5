#include "deid/risk.h"

#include <math.h>

/* The logarithm of the gamma function of X > 0; lgamma keeps a sign that threads would share. */
static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

enum { HALVINGS = 60 };

struct sample {
	const struct deid_sizes *s;
	double rows;
	double classes;
	double uniques;
};

static struct sample sample_of(const struct deid_sizes *s)
{
	struct sample t = {s, 0, 0, 0};

	for (size_t i = 0; i < s->n; i++) {
		t.rows += (double)(s->at[i].size * s->at[i].classes);
		t.classes += (double)s->at[i].classes;
		t.uniques += s->at[i].size == 1 ? (double)s->at[i].classes : 0;
	}
	return t;
}

/* The derivative of the logarithm of the gamma function, for X above 0. */
static double digamma(double x)
{
	double sum = 0, y;

	for (; x < 12; x++)
		sum -= 1 / x;
	y = 1 / (x * x);
	return sum + log(x) - 0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y / 132))));
}

/* sum over i = 1 .. u - 1 of 1 / (theta + i alpha) */
static double class_sum(double theta, double alpha, double u)
{
	return (digamma(theta / alpha + u) - digamma(theta / alpha + 1)) / alpha;
}

/* The theta that the likelihood is stationary in, for ALPHA. */
static double theta_for(const struct sample *t, double alpha)
{
	double lo = -alpha, hi = 1;

	while (class_sum(hi, alpha, t->classes) > digamma(hi + t->rows) - digamma(hi + 1) && hi < 1e12)
		hi *= 4;
	for (int i = 0; i < HALVINGS; i++) {
		double mid = (lo + hi) / 2;

		if (class_sum(mid, alpha, t->classes) > digamma(mid + t->rows) - digamma(mid + 1))
			lo = mid;
		else
			hi = mid;
	}
	return (lo + hi) / 2;
}

/* The likelihood's derivative by ALPHA at THETA. */
static double slope(const struct sample *t, double alpha, double theta)
{
	double sum = (t->classes - 1 - theta * class_sum(theta, alpha, t->classes)) / alpha;

	for (size_t i = 0; i < t->s->n; i++) {
		double size = (double)t->s->at[i].size;

		if (size > 1)
			sum -= (double)t->s->at[i].classes * (digamma(size - alpha) - digamma(1 - alpha));
	}
	return sum;
}

bool deid_pitman_fit(const struct deid_sizes *s, struct deid_pitman *fit)
{
	struct sample t = sample_of(s);
	double lo = 1e-9, hi = 1 - 1e-9;

	if (t.uniques <= 0 || t.uniques >= t.rows)
		return false;
	for (int i = 0; i < HALVINGS; i++) {
		double mid = (lo + hi) / 2;

		if (slope(&t, mid, theta_for(&t, mid)) > 0)
			lo = mid;
		else
			hi = mid;
	}
	fit->alpha = (lo + hi) / 2;
	fit->theta = theta_for(&t, fit->alpha);
	return true;
}

double deid_population_unique_pitman(const struct deid_sizes *s, uint64_t population)
{
	struct sample t = sample_of(s);
	struct deid_pitman f;
	double n = (double)population, share;

	if (t.uniques <= 0)
		return 0;
	if (n <= t.rows || !deid_pitman_fit(s, &f))
		return t.uniques / t.rows;
	share = exp(log_gamma(f.theta + 1) - log_gamma(f.theta + f.alpha) + (f.alpha - 1) * log(n));
	return share < 1 ? share : 1;
}

/* The chance that exactly one of a class of SIZE persons is among ROWS drawn from N. */
static double one_drawn(double size, double rows, double n)
{
	if (size - 1 > n - rows)
		return 0;
	return exp(log(size) + log(rows / n) + log_gamma(n - rows + 1) - log_gamma(n - rows - size + 2) - log_gamma(n) +
		   log_gamma(n - size + 1));
}

double deid_population_unique_zayatz(const struct deid_sizes *s, uint64_t population)
{
	struct sample t = sample_of(s);
	double n = (double)population, sum = 0, unique;

	if (t.uniques <= 0)
		return 0;
	if (n <= t.rows)
		return t.uniques / t.rows;
	for (size_t i = 0; i < s->n; i++)
		sum += (double)s->at[i].classes / t.classes * one_drawn((double)s->at[i].size, t.rows, n);
	unique = t.uniques / t.classes * (t.rows / n) / sum; /* of those unique in the sample */
	return t.uniques * unique / t.rows;
}
