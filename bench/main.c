/*
 * Runs figures and prints one JSON object a line (or a table).
 *
 *   figures [--json] [--list] [--runs N] [--ms N] [NAME…]
 *
 * Without names all of them.  A name that ends in a star names all that begin so.
 * Exit status 1 when one had an error or a stall.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "figures.h"

enum { RUNS_MAX = 99 };

static const struct figure *const families[] = {figures_http, figures_vault, figures_policy, figures_gate, figures_deid, figures_road, figures_storage};

struct options {
	bool json;
	int runs, ms;
	char **names;
	int n_names;
};

struct outcome {
	struct sample runs[RUNS_MAX], median;
	double min, max;
	uint64_t errors;
};

static const struct figure *figure_find(const char *name)
{
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		for (const struct figure *f = families[i]; f->name; f++)
			if (strcmp(f->name, name) == 0)
				return f;
	return NULL;
}

static bool wanted(const struct options *o, const struct figure *f)
{
	for (int i = 0; i < o->n_names; i++) {
		struct str name = str_of(o->names[i]);

		if (str_is(name, f->name) ||
		    (name.n && name.p[name.n - 1] == '*' && str_starts(str_of(f->name), str_sub(name, 0, name.n - 1))))
			return true;
	}
	return o->n_names == 0;
}

static int by_value(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

static void outcome_close(struct outcome *o, int runs)
{
	qsort(o->runs, (size_t)runs, sizeof o->runs[0], by_value);
	o->median = o->runs[runs / 2];
	o->min = o->runs[0].value;
	o->max = o->runs[runs - 1].value;
	o->errors = 0;
	for (int i = 0; i < runs; i++)
		o->errors += o->runs[i].errors;
}

static void print_json(const struct figure *f, const struct outcome *o, const struct outcome *base)
{
	printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"", f->name, o->median.value, f->unit);
	if (f->baseline)
		printf(",\"baseline\":\"%s\",\"baseline_value\":%.6g,\"ratio\":%.3f", f->baseline, base->median.value,
		       base->median.value > 0 ? o->median.value / base->median.value : 0.0);
	else
		printf(",\"baseline\":null,\"baseline_value\":null,\"ratio\":null");
	printf(",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"errors\":%llu,\"min\":%.6g,\"max\":%.6g}\n",
	       o->median.p50_ms, o->median.p99_ms, o->median.p999_ms, (unsigned long long)o->errors, o->min, o->max);
}

static void print_row(const struct figure *f, const struct outcome *o, const struct outcome *base)
{
	printf("%-26s %12.6g %-4s", f->name, o->median.value, f->unit);
	if (f->baseline && base->median.value > 0)
		printf(" %6.2f of %-16s", o->median.value / base->median.value, f->baseline);
	else
		printf(" %26s", "");
	printf(" p50 %8.3f  p99 %8.3f  p999 %8.3f ms  errors %llu\n", o->median.p50_ms, o->median.p99_ms,
	       o->median.p999_ms, (unsigned long long)o->errors);
}

static result figure_run(const struct figure *f, const struct options *o, bool *failed, struct error *e)
{
	static struct outcome own, base;
	const struct figure *b = f->baseline ? figure_find(f->baseline) : NULL;

	for (int i = 0; i < o->runs; i++) {
		if (b)
			TRY(b->run(b, o->ms, &base.runs[i], e));
		TRY(f->run(f, o->ms, &own.runs[i], e));
	}
	outcome_close(&own, o->runs);
	if (b)
		outcome_close(&base, o->runs);
	*failed |= own.errors > 0;
	if (o->json)
		print_json(f, &own, &base);
	else
		print_row(f, &own, &base);
	return fflush(stdout) == 0 ? RESULT_OK : error_set(e, CODE_IO, "cannot write the figures");
}

static bool number(const char *text, int most, int *out)
{
	uint64_t n;

	if (!text || !str_to_u64(str_of(text), (uint64_t)most, &n) || n == 0)
		return false;
	*out = (int)n;
	return true;
}

static bool options_read(struct options *o, int argc, char **argv, bool *list)
{
	int i = 1;

	*o = (struct options){.runs = 5, .ms = 1000};
	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else if (strcmp(argv[i], "--list") == 0)
			*list = true;
		else if (strcmp(argv[i], "--runs") == 0 && number(argv[i + 1], RUNS_MAX, &o->runs))
			i++;
		else if (strcmp(argv[i], "--ms") == 0 && number(argv[i + 1], 3600000, &o->ms))
			i++;
		else
			return false;
	}
	o->names = argv + i;
	o->n_names = argc - i;
	return true;
}

/* A thousand connections have two ends each, and both are here. */
static void allow_many_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		fprintf(stderr, "the limit of open files stays as it is\n");
}

int main(int argc, char **argv)
{
	struct error e = {.code = CODE_NONE};
	struct options o;
	bool list = false, failed = false;
	int status = 0, ran = 0;

	if (!options_read(&o, argc, argv, &list)) {
		fprintf(stderr, "usage: figures [--json] [--list] [--runs N] [--ms N] [NAME...]\n");
		return 2;
	}
	allow_many_descriptors();
	for (size_t i = 0; i < sizeof families / sizeof families[0] && !status; i++) {
		const struct figure *f = families[i];

		for (; f->name && !status; f++) {
			if (!wanted(&o, f))
				continue;
			ran++;
			if (list) {
				printf("%s\n", f->name);
			} else if (!ok(figure_run(f, &o, &failed, &e))) {
				fprintf(stderr, "%s: %s: %s\n", f->name, code_text(e.code), e.message);
				status = 3;
			}
		}
	}
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		for (const struct figure *f = families[i]; f->name; f++)
			if (f->close)
				f->close();
	if (!ran)
		fprintf(stderr, "no figure has this name; --list names them\n");
	return status ? status : !ran ? 2 : failed;
}
