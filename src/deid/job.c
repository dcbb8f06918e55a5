#include "deid/job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "deid/aggregate.h"
#include "deid/plan.h"
#include "deid/private.h"
#include "deid/rule.h"

enum { PATH_MOST = 4096 };

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table");
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The separator that the hierarchy file at PATH uses. */
static char separator_of(const struct deid_job *j, const char *path)
{
	char line[4096];
	int fd;
	ssize_t n;

	if (j->hierarchy_separator)
		return j->hierarchy_separator;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return j->separator;
	n = read(fd, line, sizeof line);
	close(fd);
	for (ssize_t i = 0; i < n && line[i] != '\n'; i++)
		if (line[i] == ';')
			return ';';
	return j->separator;
}

static result load(struct deid_run *r, const char *path, struct deid_declared *d, struct error *e)
{
	struct deid_hierarchy *h = &r->file[r->files];
	char *name = arena_copy(&r->arena, path, strlen(path));

	if (!name)
		return no_memory(e);
	r->files++; /* it is freed whatever comes of it */
	TRY(deid_hierarchy_load(h, name, separator_of(r->job, name), e));
	d->file = h;
	return RESULT_OK;
}

/* Looks for the file *_hierarchy_COLUMN.csv in DIR; *FOUND when there is one. */
static result find_file(const char *dir, struct str column, char *path, bool *found, struct error *e)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char text[128];
	struct buf ending;
	result r = RESULT_OK;

	*found = false;
	if (!d)
		return error_at(e, CODE_IO, dir, "cannot read the directory: %s", strerror_r(errno, text, sizeof text));
	buf_init(&ending);
	buf_printf(&ending, "_hierarchy_%.*s.csv", (int)column.n, column.p);
	while ((entry = readdir(d)) && ok(r)) {
		size_t n = strlen(entry->d_name);

		if (n < ending.n || !str_eq((struct str){entry->d_name + n - ending.n, ending.n}, buf_view(&ending)))
			continue;
		if (*found)
			r = error_at(e, CODE_HIERARCHY_INVALID, dir,
				     "two files end in \"%s\"; name the right one with --hierarchies %.*s=FILE", buf_c(&ending),
				     (int)column.n, column.p);
		else
			r = path_join(path, PATH_MOST, dir, entry->d_name, e);
		*found = true;
	}
	buf_free(&ending);
	closedir(d);
	return r;
}

/* What follows the = in SPEC when that is about COLUMN; {NULL, 0} otherwise. */
static struct str spec_for(struct str spec, struct str column)
{
	if (spec.n > column.n && spec.p[column.n] == '=' && str_starts(spec, column))
		return str_sub(spec, column.n + 1, spec.n);
	return (struct str){NULL, 0};
}

static bool is_aggregated(const struct deid_job *j, struct str column)
{
	for (size_t i = 0; i < j->aggregates.n; i++)
		if (spec_for(j->aggregates.at[i], column).p)
			return true;
	return false;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Finds the hierarchy of the column that D declares: named ones first, then directories. */
static result find_hierarchy(struct deid_run *r, struct deid_declared *d, struct error *e)
{
	const struct deid_names *specs = &r->job->hierarchies;

	for (size_t i = 0; i < specs->n; i++) {
		struct str value = spec_for(specs->at[i], d->name);
		char *path;

		if (!value.p)
			continue;
		if (deid_rule_looks_like(value))
			return deid_rule_parse(&r->arena, value, &d->rule, e);
		path = arena_copy(&r->arena, value.p, value.n);
		return path ? load(r, path, d, e) : no_memory(e);
	}
	for (size_t i = 0; i < specs->n; i++) {
		char *dir = arena_copy(&r->arena, specs->at[i].p, specs->at[i].n);
		char path[PATH_MOST];
		bool found;

		if (!dir)
			return no_memory(e);
		if (str_find(specs->at[i], '=') < specs->at[i].n && !is_directory(dir))
			continue;
		TRY(find_file(dir, d->name, path, &found, e));
		if (found)
			return load(r, path, d, e);
	}
	if (d->role != DEID_QUASI || r->job->flat || is_aggregated(r->job, d->name))
		return RESULT_OK; /* flat, or of neighbouring values */
	return error_set(e, CODE_HIERARCHY_INVALID,
			 "column \"%.*s\" has no hierarchy; give --hierarchies %.*s=FILE, a rule such as %.*s=bands(5,10), or a "
			 "directory with a file that ends in _hierarchy_%.*s.csv",
			 (int)d->name.n, d->name.p, (int)d->name.n, d->name.p, (int)d->name.n, d->name.p, (int)d->name.n,
			 d->name.p);
}

static result declare(struct deid_run *r, struct deid_declared *d, size_t *n, struct error *e)
{
	const struct deid_job *j = r->job;
	const struct {
		const struct deid_names *names;
		enum deid_role role;
	} kinds[] = {
		{&j->quasi, DEID_QUASI},
		{&j->sensitive, DEID_SENSITIVE},
		{&j->insensitive, DEID_INSENSITIVE},
		{&j->identifying, DEID_IDENTIFYING},
	};

	*n = 0;
	for (size_t k = 0; k < 4; k++) {
		for (size_t i = 0; i < kinds[k].names->n; i++) {
			d[*n] = (struct deid_declared){.name = kinds[k].names->at[i], .role = kinds[k].role};
			if (kinds[k].role == DEID_QUASI || kinds[k].role == DEID_SENSITIVE)
				TRY(find_hierarchy(r, &d[*n], e));
			(*n)++;
		}
	}
	return RESULT_OK;
}

static result read_table(const struct deid_job *j, const char *path, struct deid_table *t, struct deid_read *o, struct error *e)
{
	struct descriptor_source file = {STDIN_FILENO, path};
	struct charset_decoder *decoder = NULL;
	char text[128];
	result r = RESULT_FAIL;

	if (strcmp(path, "-") != 0) {
		file.fd = open(path, O_RDONLY | O_CLOEXEC);
		if (file.fd < 0)
			return error_at(e, CODE_IO, path, "cannot open the table: %s", strerror_r(errno, text, sizeof text));
	}
	o->name = path;
	o->separator = j->separator;
	o->strict = j->strict;
	TRY_OUT(charset_open(&decoder, j->charset, source_descriptor(&file), path, e));
	r = deid_table_read(t, charset_source(decoder), o, e);
out:
	charset_close(decoder);
	if (file.fd != STDIN_FILENO)
		close(file.fd);
	return r;
}

/* Reads the population that some model names, in the quasi-identifying columns. */
static result read_population(struct deid_run *r, const struct deid_declared *declared, struct error *e)
{
	struct deid_read o = {.declared = declared, .declared_n = r->job->quasi.n, .rest_left_out = true};
	const struct deid_model *m = NULL;
	char *path;

	for (size_t i = 0; i < r->models; i++) {
		if (!deid_model_needs_population(&r->model[i]))
			continue;
		if (m && !str_eq(m->file, r->model[i].file))
			return error_set(e, CODE_MODEL_INVALID, "the models name two populations; one is taken");
		m = &r->model[i];
	}
	if (!m)
		return RESULT_OK;
	for (size_t i = 0; i < o.declared_n; i++)
		if (!declared[i].file)
			return error_set(e, CODE_MODEL_INVALID,
					 "a model with a population needs a hierarchy file, not a rule, for column \"%.*s\"",
					 (int)declared[i].name.n, declared[i].name.p);
	path = arena_copy(&r->arena, m->file.p, m->file.n);
	if (!path)
		return no_memory(e);
	TRY(read_table(r->job, path, &r->population, &o, e));
	r->in.population_code = r->population.code;
	r->in.population_count = r->population.count;
	r->in.population_tuples = r->population.tuples;
	return RESULT_OK;
}

static result parse_models(struct deid_run *r, struct error *e)
{
	const struct deid_job *j = r->job;

	r->model = arena_array(&r->arena, j->models.n, sizeof *r->model);
	if (!r->model)
		return no_memory(e);
	if (j->models.n == 0)
		return error_set(e, CODE_MODEL_INVALID, "no privacy model is asked for; give one, such as --model k=5");
	for (size_t i = 0; i < j->models.n; i++) {
		struct deid_model *m = &r->model[i];

		TRY(deid_model_parse(j->models.at[i], m, e));
		r->models++;
		if (m->kind == DEID_DP)
			TRY(deid_private_begin(r, m, e));
		m->sensitive = SIZE_MAX;
		for (size_t s = 0; s < j->sensitive.n; s++)
			if (m->column.n && str_eq(m->column, j->sensitive.at[s]))
				m->sensitive = s;
		if (m->column.n && m->sensitive == SIZE_MAX)
			return error_set(e, CODE_MODEL_INVALID,
					 "the model \"%.*s\" is about column \"%.*s\", which is not declared sensitive; give --sensitive "
					 "%.*s",
					 (int)m->text.n, m->text.p, (int)m->column.n, m->column.p, (int)m->column.n, m->column.p);
	}
	return RESULT_OK;
}

static result parse_weights(struct deid_run *r, struct error *e)
{
	const struct deid_job *j = r->job;

	if (j->weights.n == 0)
		return RESULT_OK;
	r->weight = arena_array(&r->arena, j->quasi.n, sizeof *r->weight);
	if (!r->weight)
		return no_memory(e);
	for (size_t a = 0; a < j->quasi.n; a++)
		r->weight[a] = 1;
	for (size_t i = 0; i < j->weights.n; i++) {
		struct deid_decimal w = {0, 1};
		bool found = false;

		for (size_t a = 0; a < j->quasi.n; a++) {
			struct str value = spec_for(j->weights.at[i], j->quasi.at[a]);

			if (!value.p || !deid_decimal_parse(value, &w))
				continue;
			r->weight[a] = (double)w.num / (double)w.den;
			found = true;
		}
		if (!found)
			return error_set(e, CODE_MODEL_INVALID,
					 "the weight \"%.*s\" is not right; it is a quasi-identifying column and a number, such as age=2",
					 (int)j->weights.at[i].n, j->weights.at[i].p);
	}
	return RESULT_OK;
}

/* The level that the job gives the quasi-identifying column number A, of LEVELS. */
static result level_given(const struct deid_run *r, size_t a, unsigned levels, uint8_t *out, struct error *e)
{
	const struct deid_job *j = r->job;
	struct str name = j->quasi.at[a];

	for (size_t i = 0; i < j->levels.n; i++) {
		struct str value = spec_for(j->levels.at[i], name);
		uint64_t level;

		if (!value.p)
			continue;
		if (!str_to_u64(value, levels - 1, &level))
			return error_set(e, CODE_MODEL_INVALID, "the level \"%.*s\" is not right; the levels of column \"%.*s\" are 0 to %u",
					 (int)j->levels.at[i].n, j->levels.at[i].p, (int)name.n, name.p, levels - 1);
		*out = (uint8_t)level;
		return RESULT_OK;
	}
	return error_set(e, CODE_MODEL_INVALID, "the level of column \"%.*s\" is not given; add %.*s=LEVEL to --levels", (int)name.n, name.p,
			 (int)name.n, name.p);
}

static result take_levels(struct deid_run *r, struct error *e)
{
	if (r->job->levels.n == 0)
		return RESULT_OK;
	if (r->job->recoding == DEID_RECODE_LOCAL)
		return error_set(e, CODE_MODEL_INVALID, "--levels gives the levels that --recode local would search");
	if (r->job->levels.n != r->table.quasi)
		return error_set(e, CODE_MODEL_INVALID, "--levels gives each quasi-identifying column one level: %zu, not %zu", r->table.quasi,
				 r->job->levels.n);
	r->given = arena_array(&r->arena, r->table.quasi, 1);
	if (!r->given)
		return no_memory(e);
	for (size_t a = 0; a < r->table.quasi; a++)
		TRY(level_given(r, a, r->h[a]->levels, &r->given[a], e));
	return RESULT_OK;
}

static result make_problem(struct deid_run *r, struct error *e)
{
	struct deid_table *t = &r->table;
	size_t width = t->quasi + t->sensitive;

	if (t->rows == 0 && t->bad_rows)
		return error_at(e, CODE_MALFORMED, r->job->input, "no row of the table is well-formed; the first is not because: %.*s",
				(int)str_find(buf_view(&t->bad), '\n'), t->bad.p);
	if (t->rows == 0)
		return error_at(e, CODE_MALFORMED, r->job->input, "the table has a header but no rows");
	r->h = arena_array(&r->arena, width, sizeof(*r->h));
	if (!r->h)
		return no_memory(e);
	for (size_t i = 0; i < width; i++)
		r->h[i] = t->slot[i]->h;
	r->in.h = r->h;
	r->in.attributes = t->quasi;
	r->in.sensitive_h = r->h + t->quasi;
	r->in.sensitives = t->sensitive;
	r->in.code = t->code;
	r->in.count = t->count;
	r->in.tuples = t->tuples;
	r->in.model = r->model;
	r->in.models = r->models;
	r->in.metric = r->job->metric;
	r->in.weight = r->weight;
	r->in.suppression = r->job->suppression;
	/* that of the census of 2020, when nobody says whom the table is about */
	r->in.population_size = r->job->population_size ? r->job->population_size : UINT64_C(126146099);
	TRY(deid_problem_make(&r->problem, &r->in, e));
	if (r->private)
		r->problem.limit = r->problem.rows;
	return take_levels(r, e);
}

result deid_job_run(const struct deid_job *j, struct deid_run *r, struct error *e)
{
	int64_t begun = now_us();
	size_t names = j->quasi.n + j->sensitive.n + j->insensitive.n + j->identifying.n, declared_n;
	struct deid_declared *declared;
	struct deid_read o = {.strict = j->strict};

	*r = (struct deid_run){.job = j};
	arena_init(&r->arena, 0, false);
	declared = arena_array(&r->arena, names, sizeof *declared);
	r->file = arena_array(&r->arena, names, sizeof *r->file);
	if (!declared || !r->file)
		return no_memory(e);
	if (j->quasi.n == 0)
		return error_set(e, CODE_USAGE, "no quasi-identifying column is declared; give --quasi");
	TRY(parse_models(r, e));
	TRY(parse_weights(r, e));
	TRY(declare(r, declared, &declared_n, e));
	TRY(deid_aggregate_declare(r, declared, declared_n, e));
	TRY(deid_noise_declare(r, declared, declared_n, e));
	o.declared = declared;
	o.declared_n = declared_n;
	o.name = j->input;
	o.separator = j->separator;
	if (j->rows) {
		TRY(deid_table_read_rows(&r->table, *j->rows, &o, e));
	} else if (j->from) {
		TRY(deid_table_read(&r->table, *j->from, &o, e));
	} else {
		TRY(read_table(j, j->input, &r->table, &o, e));
	}
	if (r->private) {
		TRY(deid_private_allowed(r, declared, declared_n, e));
		TRY(deid_private_draw(r, e));
	}
	TRY(read_population(r, declared, e));
	TRY(make_problem(r, e));
	r->read_us = now_us() - begun;
	TRY(deid_plan_make(r, e));
	TRY(deid_aggregate(r, e));
	TRY(deid_noise_add(r, e));
	r->search_us = now_us() - begun - r->read_us;
	return RESULT_OK;
}

void deid_run_free(struct deid_run *r)
{
	deid_plan_free(r);
	deid_noise_free(r);
	deid_found_free(&r->found);
	deid_problem_free(&r->problem);
	deid_table_free(&r->table);
	deid_table_free(&r->population);
	for (size_t i = 0; i < r->files; i++)
		deid_hierarchy_free(&r->file[i]);
	arena_free(&r->arena);
}
