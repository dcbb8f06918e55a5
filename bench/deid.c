/*
 * What de-identification costs: the published reference tables (tests/data), the adult extract resampled to a million
 * rows and ten million rows read.  Every result is checked against the reference optimum.
 */
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/outfile.h"
#include "deid/search.h"
#include "deid/table.h"
#include "figures.h"

enum { MOST = 16, MILLION = 1000000 };

/* Added to a figure's number: the search has one thread instead of as many as there are cores. */
enum { ONE_THREAD = 100 };

struct data {
	const char *dir;
	const char *file;
	const char *prefix;
	const char *columns[MOST + 1];
};

static const struct data adult = {
	"adult",
	"adult.csv",
	"adult_hierarchy_",
	{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"},
};
static const struct data mach = {
	"mach16",
	"mach2019_int.csv",
	"mach2019_int_hierarchy_",
	{"age", "familysize", "gender", "married", "race", "religion", "Q1A", "Q2A", "Q3A", "Q4A", "Q5A", "Q6A", "Q7A", "Q8A",
	 "Q9A", "Q10A"},
};

struct loaded {
	struct deid_hierarchy h[MOST];
	const struct deid_hierarchy *hp[MOST];
	struct deid_table table;
	size_t columns;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static result load(const struct data *d, const char *path, struct loaded *l, struct error *e)
{
	struct deid_declared declared[MOST];
	struct deid_read o = {.name = path, .separator = ';', .declared = declared};
	struct descriptor_source file = {-1, path};
	struct charset_decoder *decoder = NULL;
	result r = RESULT_FAIL;

	*l = (struct loaded){.columns = 0};
	while (l->columns < MOST && d->columns[l->columns]) {
		size_t i = l->columns++;
		char name[600];

		snprintf(name, sizeof name, BENCH_SOURCE_DIR "/tests/data/%s/%s%s.csv", d->dir, d->prefix, d->columns[i]);
		TRY(deid_hierarchy_load(&l->h[i], name, ';', e));
		l->hp[i] = &l->h[i];
		declared[i] = (struct deid_declared){.name = str_of(d->columns[i]), .role = DEID_QUASI, .file = &l->h[i]};
	}
	o.declared_n = l->columns;
	file.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file.fd < 0)
		return error_at(e, CODE_IO, path, "cannot open the table");
	TRY_OUT(charset_open(&decoder, CHARSET_UTF8, source_descriptor(&file), path, e));
	r = deid_table_read(&l->table, charset_source(decoder), &o, e);
out:
	charset_close(decoder);
	close(file.fd);
	return r;
}

static void unload(struct loaded *l)
{
	deid_table_free(&l->table);
	for (size_t i = 0; i < l->columns; i++)
		deid_hierarchy_free(&l->h[i]);
}

/* The reference results on adult: tests/data/adult/README.md. */
static const struct asked {
	uint64_t k;
	struct deid_decimal suppression;
	enum deid_metric_kind metric;
	double score;
} adult_rows[] = {
	{5, {0, 1}, DEID_LOSS, 0.6355438466888889},	   {5, {5, 100}, DEID_LOSS, 0.26963466275555553},
	{5, {1, 1}, DEID_LOSS, 0.22770032318888891},	   {10, {5, 100}, DEID_LOSS, 0.3178416058111111},
	{5, {5, 100}, DEID_DISCERNABILITY, 7220555}, {5, {5, 100}, DEID_AECS, 28.808022922636102},
};
static const struct asked mach_row = {5, {1, 1}, DEID_LOSS_GEOMETRIC, 0};

static result search(const struct loaded *l, const struct asked *asked, const struct deid_search_options *o,
		     struct deid_found *f, struct error *e)
{
	struct deid_model k = {.kind = DEID_K, .count = asked->k, .text = STR("k")};
	struct deid_input in = {.h = l->hp,
				.attributes = l->columns,
				.code = l->table.code,
				.count = l->table.count,
				.tuples = l->table.tuples,
				.model = &k,
				.models = 1,
				.metric = asked->metric,
				.suppression = asked->suppression};
	struct deid_problem p;
	result r;

	r = deid_problem_make(&p, &in, e);
	if (ok(r))
		r = deid_search(&p, o, f, e);
	deid_problem_free(&p);
	return r;
}

static void data_path(const struct data *d, char *out, size_t cap)
{
	snprintf(out, cap, BENCH_SOURCE_DIR "/tests/data/%s/%s", d->dir, d->file);
}

static result adult_search(const struct figure *g, int ms, struct sample *out, struct error *e)
{
	struct clock clock = clock_system();
	struct deid_search_options o = {.clock = &clock, .threads = g->n >= ONE_THREAD};
	const struct asked *asked = &adult_rows[g->n % ONE_THREAD];
	struct loaded l;
	struct deid_found f = {.levels = NULL};
	char path[600];
	double begun;
	result r;

	(void)ms;
	data_path(&adult, path, sizeof path);
	r = load(&adult, path, &l, e);
	begun = now_ms();
	if (ok(r))
		r = search(&l, asked, &o, &f, e);
	out->value = now_ms() - begun;
	out->errors = !f.optimal || fabs(f.score - asked->score) > 1e-10;
	deid_found_free(&f);
	unload(&l);
	return r;
}

static result mach_score(const struct figure *g, int ms, struct sample *out, struct error *e)
{
	struct clock clock = clock_system();
	struct deid_search_options o = {
		.clock = &clock, .threads = g->n >= ONE_THREAD, .time_limit = (int64_t)(g->n % ONE_THREAD) * 1000};
	struct loaded l;
	struct deid_found f = {.levels = NULL};
	char path[600];
	result r;

	(void)ms;
	data_path(&mach, path, sizeof path);
	r = load(&mach, path, &l, e);
	if (ok(r))
		r = search(&l, &mach_row, &o, &f, e);
	out->value = f.score;
	out->errors = !(f.bound <= f.score);
	deid_found_free(&f);
	unload(&l);
	return r;
}

/* The directory for what the figures make, gone with the last. */
static char made[64];

static result make_dir(struct error *e)
{
	if (made[0])
		return RESULT_OK;
	snprintf(made, sizeof made, "/tmp/sekisho-bench-XXXXXX");
	if (mkdtemp(made))
		return RESULT_OK;
	made[0] = '\0';
	return error_set(e, CODE_IO, "cannot make a directory");
}

static void remove_made(void)
{
	static const char *const names[] = {"1000000.csv", "10000000.csv", "out.csv", "report.json"};
	char path[128];

	for (size_t i = 0; made[0] && i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", made, names[i]);
		(void)unlink(path); /* ignored: not every figure makes each file */
	}
	if (made[0])
		(void)rmdir(made); /* ignored: nothing depends on it */
	made[0] = '\0';
}

static uint64_t roll(uint64_t *dice)
{
	*dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *dice >> 33;
}

/* Appends the line LINE of TEXT with age and occupation of LENDER, when they differ. */
static void mix_line(struct buf *b, struct str line, struct str lender)
{
	for (int field = 0; field < 9; field++) {
		struct str mine = str_sub(line, 0, str_find(line, ';')), other = str_sub(lender, 0, str_find(lender, ';'));

		buf_str(b, field == 1 || field == 7 ? other : mine);
		buf_byte(b, field < 8 ? ';' : '\n');
		line = str_sub(line, mine.n + 1, line.n);
		lender = str_sub(lender, other.n + 1, lender.n);
	}
}

/*
 * Makes ROWS rows of adult's shape in PATH unless they are there: rows drawn again, a quarter of them with another
 * row's age and occupation, from a fixed seed.
 */
static result resample(uint64_t rows, char *path, size_t cap, struct error *e)
{
	struct outfile f = OUTFILE_NONE;
	struct buf text;
	struct str *line = NULL, rest;
	uint64_t dice = 1;
	size_t n = 0;
	char from[600];
	result r = RESULT_FAIL;

	TRY(make_dir(e));
	snprintf(path, cap, "%s/%llu.csv", made, (unsigned long long)rows);
	if (access(path, R_OK) == 0)
		return RESULT_OK;
	data_path(&adult, from, sizeof from);
	buf_init(&text);
	TRY_OUT(file_read(from, 1 << 24, &text, e));
	line = calloc(text.n, sizeof *line);
	rest = buf_view(&text);
	while (line && rest.n) {
		line[n] = str_sub(rest, 0, str_find(rest, '\n'));
		rest = str_sub(rest, line[n].n + 1, rest.n);
		n += line[n].n > 0;
	}
	TRY_OUT(outfile_open(&f, path, 0600, e));
	buf_str(outfile_buf(&f), line[0]);
	buf_byte(outfile_buf(&f), '\n');
	for (uint64_t i = 0; i < rows; i++) {
		struct str own = line[1 + roll(&dice) % (n - 1)];

		mix_line(outfile_buf(&f), own, roll(&dice) % 4 ? own : line[1 + roll(&dice) % (n - 1)]);
		TRY_OUT(outfile_flush(&f, 1 << 20, e));
	}
	r = outfile_commit(&f, e);
out:
	outfile_drop(&f);
	free(line);
	buf_free(&text);
	return r;
}

/* Runs the command of this build over the table INPUT; its time, and its peak of memory in *MB. */
static result whole(const char *input, double *ms, double *mb, struct error *e)
{
	char program[1024], in[700], dir[700], out[200], report[200];
	char *argv[] = {program, "deidentify", "anonymize", "--separator", ";", "--quiet", "--model", "k=5", "--suppression",
			"0.05", "--quasi", "sex,age,race,marital-status,education,native-country,workclass,occupation,salary-class",
			"--input", in, "--hierarchies", dir, "--output", out, "--report", report, NULL};
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 32);
	double begun = now_ms();
	struct rusage used = {0};
	int status = -1;
	char *slash;
	pid_t pid;

	program[n > 0 ? n : 0] = '\0';
	for (int up = 0; up < 2; up++) {
		slash = strrchr(program, '/');
		if (slash)
			*slash = '\0';
	}
	memcpy(program + strlen(program), "/sekisho", sizeof "/sekisho");
	snprintf(in, sizeof in, "%s", input);
	snprintf(dir, sizeof dir, BENCH_SOURCE_DIR "/tests/data/adult");
	snprintf(out, sizeof out, "%s/out.csv", made);
	snprintf(report, sizeof report, "%s/report.json", made);
	if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0 || wait4(pid, &status, 0, &used) != pid || status != 0)
		return error_at(e, CODE_IO, program, "the command could not be run; build it first");
	*ms = now_ms() - begun;
	*mb = (double)used.ru_maxrss / 1024;
	return RESULT_OK;
}

static result run_whole(const struct figure *g, int ms, struct sample *out, struct error *e)
{
	bool memory = strcmp(g->unit, "MB") == 0;
	double took = 0, mb = 0;
	char path[700];

	(void)ms;
	TRY(make_dir(e));
	if (g->n)
		TRY(resample(g->n, path, sizeof path, e));
	else
		data_path(&adult, path, sizeof path);
	TRY(whole(path, &took, &mb, e));
	out->value = memory ? mb : took;
	return RESULT_OK;
}

static result read_rows(const struct figure *g, int ms, struct sample *out, struct error *e)
{
	struct loaded l;
	char path[700];
	double begun;
	result r;

	(void)ms;
	TRY(resample(g->n, path, sizeof path, e));
	begun = now_ms();
	r = load(&adult, path, &l, e);
	out->value = (double)l.table.rows / (now_ms() - begun) * 1e3;
	out->errors = l.table.rows != g->n;
	unload(&l);
	return r;
}

const struct figure figures_deid[] = {
	{.name = "deid_adult_k5_none_search", .unit = "ms", .run = adult_search, .n = 0},
	{.name = "deid_adult_k5_search", .unit = "ms", .run = adult_search, .n = 1},
	{.name = "deid_adult_k5_search_1", .unit = "ms", .run = adult_search, .n = ONE_THREAD + 1},
	{.name = "deid_adult_k5_all_search", .unit = "ms", .run = adult_search, .n = 2},
	{.name = "deid_adult_k5_all_search_1", .unit = "ms", .run = adult_search, .n = ONE_THREAD + 2},
	{.name = "deid_adult_k10_search", .unit = "ms", .run = adult_search, .n = 3},
	{.name = "deid_adult_k10_search_1", .unit = "ms", .run = adult_search, .n = ONE_THREAD + 3},
	{.name = "deid_adult_discernability_search", .unit = "ms", .run = adult_search, .n = 4},
	{.name = "deid_adult_discernability_search_1", .unit = "ms", .run = adult_search, .n = ONE_THREAD + 4},
	{.name = "deid_adult_aecs_search", .unit = "ms", .run = adult_search, .n = 5},
	{.name = "deid_adult_aecs_search_1", .unit = "ms", .run = adult_search, .n = ONE_THREAD + 5},
	{.name = "deid_adult_k5_whole", .unit = "ms", .run = run_whole, .close = remove_made},
	{.name = "deid_adult_k5_memory", .unit = "MB", .run = run_whole, .close = remove_made},
	{.name = "deid_adult_1m_whole", .unit = "ms", .run = run_whole, .close = remove_made, .n = MILLION},
	{.name = "deid_adult_1m_memory", .unit = "MB", .run = run_whole, .close = remove_made, .n = MILLION},
	{.name = "deid_10m_read", .unit = "/s", .run = read_rows, .close = remove_made, .n = 10 * MILLION},
	{.name = "deid_mach16_score_1s", .unit = "score", .run = mach_score, .n = 1},
	{.name = "deid_mach16_score_10s", .unit = "score", .run = mach_score, .n = 10},
	{.name = "deid_mach16_score_10s_1", .unit = "score", .run = mach_score, .n = ONE_THREAD + 10},
	{.name = NULL},
};
