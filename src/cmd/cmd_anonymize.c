#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/deidentify.h"
#include "cmd/table_source.h"
#include "crypto/crypto.h"
#include "deid/inside.h"
#include "deid/previous.h"
#include "deid/report.h"
#include "deid/rule.h"
#include "deid/write.h"

/* Set by the first interrupt; a handler reaches nothing else. */
static volatile sig_atomic_t interrupted;

struct anonymize {
	const char *separator, *encoding, *output, *quasi, *sensitive, *insensitive, *identifying, *suppression, *metric,
		*time_limit, *threads, *recode, *suppress, *population_size, *hierarchy_separator, *company, *provision, *language;
	const char *hierarchies[2 * CMD_REPEATS + 1], *models[CMD_REPEATS + 1], *weights[CMD_REPEATS + 1], *levels[CMD_REPEATS + 1],
		*aggregates[CMD_REPEATS + 1], *previous[CMD_REPEATS + 1], *noise[CMD_REPEATS + 1],
		*reports[CMD_REPEATS + 1];
	bool strict, quiet;
	struct table_source table;
	const char *output_table, *texts;
	struct clock clock;
	struct entropy entropy;
	struct arena arena;
	struct deid_job job;
	struct deid_names earlier;
};

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* The first interrupt ends the search with the best so far; a second one ends the program. */
static void catch_interrupt(void)
{
	struct sigaction a = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&a.sa_mask);
	(void)sigaction(SIGINT, &a, NULL); /* ignored: then an interrupt ends the program, as it does without */
}

static void show_progress(void *ctx, const struct deid_progress *p)
{
	(void)ctx;
	fprintf(stderr, "\r\033[K");
	if (p->found)
		fprintf(stderr, "best %.6g, ", p->score);
	fprintf(stderr, "bound %.6g, %llu tried", p->bound, (unsigned long long)p->evaluated);
	if (p->ms_left >= 0)
		fprintf(stderr, ", %lld s left", (long long)((p->ms_left + 999) / 1000));
	fflush(stderr);
}

static result parse_recoding(struct anonymize *a, struct error *e)
{
	static const char *const names[] = {[DEID_RECODE_NONE] = "none", [DEID_RECODE_LOCAL] = "local", [DEID_RECODE_MONDRIAN] = "mondrian"};
	const char *suppress = a->suppress ? a->suppress : "records", *recode = a->recode ? a->recode : "none";
	size_t k = 0, n = sizeof names / sizeof *names;

	while (k < n && strcmp(recode, names[k]) != 0)
		k++;
	if (k == n)
		return error_set(e, CODE_USAGE, "--recode is none, local or mondrian");
	a->job.recoding = (enum deid_recoding)k;
	if (strcmp(suppress, "records") == 0)
		return RESULT_OK;
	if (strcmp(suppress, "cells") != 0)
		return error_set(e, CODE_USAGE, "--suppress is records or cells");
	if (a->job.recoding != DEID_RECODE_NONE)
		return error_set(e, CODE_USAGE, "--suppress cells goes without --recode, which generalizes what would be left out already");
	a->job.recoding = DEID_RECODE_CELLS;
	return RESULT_OK;
}

static result parse_numbers(struct anonymize *a, struct error *e)
{
	struct deid_decimal seconds = {0, 1};
	uint64_t population = 0, threads = 0;

	if (!deid_decimal_parse(str_of(a->suppression ? a->suppression : "0"), &a->job.suppression) ||
	    a->job.suppression.num > a->job.suppression.den)
		return error_set(e, CODE_USAGE, "--suppression is a share from 0 to 1, such as 0.05");
	if (a->time_limit && !deid_decimal_parse(str_of(a->time_limit), &seconds))
		return error_set(e, CODE_USAGE, "--time-limit is a number of seconds, such as 10");
	a->job.time_limit = seconds.num * 1000 / seconds.den;
	if (a->threads && (!str_to_u64(str_of(a->threads), DEID_THREADS_MOST, &threads) || !threads))
		return error_set(e, CODE_USAGE, "--threads is a number from 1 to %d", DEID_THREADS_MOST);
	a->job.threads = (unsigned)threads;
	if (a->population_size && (!str_to_u64(str_of(a->population_size), UINT64_C(1) << 40, &population) || !population))
		return error_set(e, CODE_USAGE, "--population-size is a number of persons");
	a->job.population_size = population;
	a->job.metric = deid_metric_named(str_of(a->metric ? a->metric : "loss"));
	if (a->job.metric == DEID_METRIC_KINDS)
		return error_set(e, CODE_USAGE,
				 "there is no metric \"%s\"; the metrics are loss, loss-geometric, precision, entropy, height, "
				 "discernability, aecs, ambiguity and kl",
				 a->metric);
	return parse_recoding(a, e);
}

static result take_list(struct anonymize *a, const char *const *list, bool split, struct deid_names *out, struct error *e)
{
	struct cmd_list made;

	TRY(cmd_strings(&a->arena, list, split, &made, e));
	*out = (struct deid_names){made.at, made.n};
	return RESULT_OK;
}

static result make_job(struct anonymize *a, struct error *e)
{
	struct deid_job *j = &a->job;

	*j = (struct deid_job){.strict = a->strict, .company = a->company, .provision = a->provision,
			       .clock = &a->clock, .entropy = &a->entropy, .stop = &interrupted};
	if (!a->output && !a->output_table && !a->reports[0])
		return error_set(e, CODE_USAGE, "nothing is asked for; give --output FILE, --report FILE or both");
	if (a->output && a->output_table)
		return error_set(e, CODE_USAGE, "the output is a file or a table; give --output or --output-table, not both");
	if (a->output_table && a->table.input)
		return error_set(e, CODE_USAGE, "--output-table is a table of the database that --source names");
	TRY(cmd_separator(a->separator, &j->separator, e));
	if (a->hierarchy_separator)
		TRY(cmd_separator(a->hierarchy_separator, &j->hierarchy_separator, e));
	TRY(cmd_charset(a->encoding, &j->charset, e));
	TRY(cmd_names(&a->arena, a->quasi, &j->quasi.at, &j->quasi.n, e));
	TRY(cmd_names(&a->arena, a->sensitive, &j->sensitive.at, &j->sensitive.n, e));
	TRY(cmd_names(&a->arena, a->insensitive, &j->insensitive.at, &j->insensitive.n, e));
	TRY(cmd_names(&a->arena, a->identifying, &j->identifying.at, &j->identifying.n, e));
	TRY(take_list(a, a->hierarchies, true, &j->hierarchies, e));
	TRY(take_list(a, a->models, false, &j->models, e));
	TRY(take_list(a, a->weights, true, &j->weights, e));
	TRY(take_list(a, a->levels, true, &j->levels, e));
	TRY(take_list(a, a->aggregates, true, &j->aggregates, e));
	TRY(take_list(a, a->previous, false, &a->earlier, e));
	TRY(take_list(a, a->noise, false, &j->noise, e));
	TRY(crypto_init(e));
	a->entropy = crypto_entropy();
	TRY(parse_numbers(a, e));
	if (!a->quiet && isatty(STDERR_FILENO))
		j->progress = show_progress;
	return RESULT_OK;
}

static const char notice_ending[] = ".notice.txt", statement_ending[] = ".statement.txt";

/* BASE with ENDING behind it, in A; NULL when there is no memory. */
static const char *joined(struct arena *a, struct str base, const char *ending)
{
	struct buf b;
	struct str made;

	buf_init(&b);
	buf_str(&b, base);
	buf_text(&b, ending);
	made = str_copy(a, buf_view(&b));
	buf_free(&b);
	return made.p;
}

/* Fails when PATH, which is written, is one of the files that are read. */
static result check_apart(const struct anonymize *a, const char *path, struct error *e)
{
	TRY(cmd_not_same_file(a->table.file, path, e));
	for (size_t i = 0; i < a->job.hierarchies.n; i++)
		TRY(cmd_not_in_hierarchies(a->job.hierarchies.at[i].p, path, e));
	for (size_t i = 0; a->previous[i]; i++)
		TRY(cmd_not_same_file(a->previous[i], path, e));
	for (size_t i = 0; a->models[i]; i++) {
		const char *file = strchr(a->models[i], ':'); /* or a column, as which no file is written */

		if (file)
			TRY(cmd_not_same_file(file + 1, path, e));
	}
	return RESULT_OK;
}

/* Checks that what is written are files of their own, and none that is read. */
static result check_written(struct anonymize *a, struct error *e)
{
	const char *written[CMD_REPEATS + 3];
	size_t n = 0;

	if (a->texts) {
		written[n++] = joined(&a->arena, str_of(a->texts), notice_ending);
		written[n++] = joined(&a->arena, str_of(a->texts), statement_ending);
		if (!written[0] || !written[1])
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a path");
	}
	if (a->output)
		written[n++] = a->output;
	for (size_t i = 0; a->reports[i]; i++)
		written[n++] = a->reports[i];
	for (size_t i = 0; i < n; i++)
		TRY(check_apart(a, written[i], e));
	return cmd_written_apart(written, n, e);
}

/* Opens what the table is read from, which nothing is written onto. */
static result open_table(struct anonymize *a, struct error *e)
{
	if (!a->table.input && a->encoding)
		return error_set(e, CODE_USAGE, "--encoding is about a file; a database says itself how its texts are written");
	TRY(table_source_open(&a->table, a->output_table ? FOREIGN_WRITE : FOREIGN_READ, e));
	if (a->output_table && (a->job.aggregates.n || a->job.noise.n))
		return error_set(e, CODE_USAGE,
				 "--output-table goes with neither --microaggregate nor --noise: what they write is no map of values");
	if (a->output_table)
		TRY(foreign_absent(a->table.db, str_of(a->output_table), e));
	a->job.input = a->table.name;
	a->job.rows = a->table.db ? &a->table.rows : NULL;
	return check_written(a, e);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t peak_kb(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0;
}

static bool is_html(const char *path)
{
	struct str p = str_of(path), end = STR(".html");

	return p.n > end.n && str_eq(str_sub(p, p.n - end.n, end.n), end);
}

static result write_report(const struct deid_report *r, json_t *view, const char *path, struct error *e)
{
	struct outfile f = OUTFILE_NONE;
	result done = RESULT_FAIL;
	char *text = NULL;

	TRY(outfile_open(&f, path, 0600, e));
	if (is_html(path)) {
		deid_report_html(r, outfile_buf(&f));
	} else {
		text = json_dumps(view, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
		if (!text) {
			done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the report");
			goto out;
		}
		buf_text(outfile_buf(&f), text);
		buf_byte(outfile_buf(&f), '\n');
	}
	done = outfile_commit(&f, e);
out:
	free(text);
	outfile_drop(&f);
	return done;
}

static result write_reports(const struct anonymize *a, struct deid_report *report, struct error *e)
{
	json_t *view;
	result done = RESULT_OK;

	report->peak_kb = peak_kb();
	view = deid_report_view(report);
	if (!view)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the report");
	for (size_t i = 0; a->reports[i] && ok(done); i++)
		done = write_report(report, view, a->reports[i], e);
	json_decref(view);
	return done;
}

static void say_done(const struct deid_report *r)
{
	struct buf said;

	buf_init(&said);
	deid_report_sentence(r, r->first, &said);
	fprintf(stderr, "%s\n", buf_c(&said));
	buf_free(&said);
	if (r->run->table.bad_rows)
		fprintf(stderr, r->first == DEID_JA ? "正しい形式でない%s行を読み飛ばしました。最初のもの：\n%.*s"
						    : "rows that were not well-formed and were left out: %s; the first:\n%.*s",
			GROUPED(r->run->table.bad_rows), (int)r->run->table.bad.n, r->run->table.bad.p);
}

/* Writes at the path of the texts and ENDING TEXT, in Japanese first. */
static result write_texts(struct anonymize *a, const char *ending, const struct str text[DEID_LANGUAGES], struct error *e)
{
	struct outfile f = OUTFILE_NONE;
	const char *path = joined(&a->arena, str_of(a->texts), ending);
	result done = RESULT_FAIL;

	if (!path)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the texts");
	TRY_OUT(outfile_open(&f, path, 0600, e));
	buf_str(outfile_buf(&f), text[DEID_JA]);
	buf_byte(outfile_buf(&f), '\n');
	buf_str(outfile_buf(&f), text[DEID_EN]);
	done = outfile_commit(&f, e);
out:
	outfile_drop(&f);
	return done;
}

static result write_both_texts(struct anonymize *a, const struct deid_checks *c, struct error *e)
{
	if (!a->texts)
		return RESULT_OK;
	TRY(write_texts(a, notice_ending, c->notice, e));
	return write_texts(a, statement_ending, c->statement, e);
}

/* The table comes last: where it is, its texts are. */
static result write_all(struct anonymize *a, const struct deid_run *run, const struct deid_checks *c, struct error *e)
{
	struct outfile out = OUTFILE_NONE;
	result done = RESULT_FAIL;

	if (a->output_table) {
		TRY(write_both_texts(a, c, e));
		return foreign_commit(a->table.db, e);
	}
	TRY_OUT(outfile_open(&out, a->output, 0600, e));
	TRY_OUT(deid_write(run, &out, e));
	TRY_OUT(write_both_texts(a, c, e));
	done = outfile_commit(&out, e);
out:
	outfile_drop(&out);
	return done;
}

/* Checks and measures what was planned, and writes it when no check fails. */
static result finish(struct anonymize *a, struct deid_run *run, struct error *e)
{
	struct deid_measures measures = {.minimals = 0};
	struct deid_checks checks = {.n = 0};
	struct deid_report report = {.run = run,
				     .measures = &measures,
				     .checks = &checks,
				     .first = cmd_is_japanese(a->language) ? DEID_JA : DEID_EN};
	int64_t begun = now_us();
	struct error verdict = {0};
	result done = RESULT_FAIL;

	if (a->output_table) /* its checks are made of it; nobody sees it before they are passed */
		TRY_OUT(deid_inside_make(run, a->table.db, str_of(a->output_table), e));
	report.write_us = now_us() - begun;
	if (run->private && a->earlier.n) {
		done = error_set(e, CODE_MODEL_INVALID, "--previous would let an earlier release decide about one that is differentially private");
		goto out;
	}
	TRY_OUT(deid_previous_measure(run, &a->earlier, e));
	TRY_OUT(deid_measure(run, &measures, e));
	TRY_OUT(deid_check(run, &checks, e));
	begun = now_us();
	if (ok(deid_checks_verdict(&checks, &verdict)) && (a->output || a->output_table))
		TRY_OUT(write_all(a, run, &checks, e));
	report.write_us += now_us() - begun;
	TRY_OUT(write_reports(a, &report, e));
	if (verdict.code != CODE_NONE) {
		done = error_set(e, verdict.code, "%s", verdict.message);
		goto out;
	}
	if (!a->quiet)
		say_done(&report);
	done = RESULT_OK;
out:
	deid_measures_free(&measures);
	deid_checks_free(&checks);
	return done;
}

static int anonymize(struct anonymize *a)
{
	struct deid_run run = {.files = 0};
	struct error e = {0};
	result done;

	catch_interrupt();
	a->texts = a->texts ? a->texts : a->output;
	done = make_job(a, &e);
	if (ok(done))
		done = open_table(a, &e);
	if (ok(done))
		done = deid_job_run(&a->job, &run, &e);
	if (a->job.progress)
		fprintf(stderr, "\r\033[K");
	if (ok(done))
		done = finish(a, &run, &e);
	deid_run_free(&run);
	table_source_close(&a->table);
	return ok(done) ? cmd_finish(EXIT_DONE) : cmd_fail(&e);
}

/* Adds to A's hierarchies what was given without an option, MORE. */
static void take_bare(struct anonymize *a, const char *const *more)
{
	size_t n = 0;

	while (a->hierarchies[n])
		n++;
	for (size_t i = 0; i < CMD_REPEATS && more[i]; i++)
		a->hierarchies[n++] = more[i];
}

int cmd_anonymize(int argc, char **argv)
{
	struct anonymize a = {.clock = clock_system()};
	const struct cmd_option options[] = {
		{"--input", "FILE", "the table, with a header; - for standard input", NULL, &a.table.input},
		{"--source", "URL", "instead, a database: sqlite:FILE or postgresql://HOST/DATABASE", NULL, &a.table.source},
		{"--source-file", "FILE", "with its URL; without both, the variable SEKISHO_SOURCE has it", NULL, &a.table.source_file},
		{"--query", "QUERY", "what gives the table, in that database", NULL, &a.table.query},
		{"--separator", "BYTE", "between the fields; a comma, unless given", NULL, &a.separator},
		{"--encoding", "NAME", "utf-8 (the default), shift_jis or euc-jp", NULL, &a.encoding},
		{"--quasi", "A,B", "columns that may single people out together", NULL, &a.quasi},
		{"--sensitive", "A,B", "columns that models protect and that are kept as they are", NULL, &a.sensitive},
		{"--insensitive", "A,B", "columns that are kept as they are", NULL, &a.insensitive},
		{"--identifying", "A,B", "columns that are left out", NULL, &a.identifying},
		{"--hierarchies", "DIR|NAME=FILE|NAME=RULE...", "how values become coarser; see deidentify hierarchy", NULL,
		 a.hierarchies},
		{"--hierarchy-separator", "BYTE", "in hierarchy files; found out, unless given", NULL, &a.hierarchy_separator},
		{"--model", "MODEL...", "what must hold, such as k=5; several must all hold", NULL, a.models},
		{"--suppression", "SHARE", "of the records that may be left out; 0, unless given", NULL, &a.suppression},
		{"--metric", "NAME", "what is to be small; loss, unless given", NULL, &a.metric},
		{"--weights", "NAME=NUMBER...", "how much a column matters", NULL, a.weights},
		{"--time-limit", "SECONDS", "for the search; a minute where it cannot be done to the end", NULL, &a.time_limit},
		{"--levels", "NAME=LEVEL...", "of every quasi column, instead of a search", NULL, a.levels},
		{"--threads", "NUMBER", "for the search; as many as there are cores, 8 at most, unless given", NULL, &a.threads},
		{"--recode", "none|local|mondrian", "levels of their own for what would be left out, or for each class", NULL, &a.recode},
		{"--suppress", "records|cells", "whole records, or as few of their cells as serves", NULL, &a.suppress},
		{"--microaggregate", "NAME=HOW...", "one value for each class: mean, median, mode or interval", NULL, a.aggregates},
		{"--population-size", "PERSONS", "that the table is taken from; Japan's, unless given", NULL, &a.population_size},
		{"--noise", "COLUMN=NOISE...", "moves an insensitive column's numbers, such as pay=laplace:500", NULL, a.noise},
		{"--previous", "FILE...", "tables that were released before: all together may narrow nobody down", NULL, a.previous},
		{"--strict", NULL, "stop at the first row that is not well-formed", &a.strict, NULL},
		{"--quiet", NULL, "no progress and no summary", &a.quiet, NULL},
		{"--company", "NAME", "who publishes it, for the texts beside the output", NULL, &a.company},
		{"--provision", "TEXT", "how it is provided to others, for those texts", NULL, &a.provision},
		{"--output", "FILE", "the table; FILE.notice.txt is to be published, FILE.statement.txt goes with it", NULL, &a.output},
		{"--language", "ja|en", "of the summary, and first in an HTML report; the locale's, unless given", NULL, &a.language},
		{"--output-table", "NAME", "the same as a new table of the database: its rows never leave it", NULL, &a.output_table},
		{"--texts", "PATH", "where the texts are written, instead of beside the output", NULL, &a.texts},
		{"--report", "FILE...", "what was done, as JSON, or HTML when it ends in .html", NULL, a.reports},
	};
	const struct cmd_usage usage = {
		"deidentify anonymize", "[NAME=FILE...]",
		"Makes anonymously processed information (APPI 43) of a table: the best generalization that meets the privacy\n"
		"models, the law's checks, and a report.",
		options, sizeof options / sizeof *options, 0, CMD_REPEATS};
	const char *more[CMD_REPEATS];
	int status = cmd_parse(&usage, argc, argv, more);

	if (status != CMD_GO_ON)
		return status;
	if (a.language && !cmd_language(a.language))
		return EXIT_USAGE;
	take_bare(&a, more);
	arena_init(&a.arena, 0, false);
	status = anonymize(&a);
	arena_free(&a.arena);
	return status;
}

/* Reads a column's values from standard input or a file, one a line, and prints their hierarchy by a rule. */
static result show_hierarchy(const char *rule_text, const char *path, char separator, struct error *e)
{
	struct deid_declared d = {.name = STR("value"), .role = DEID_QUASI};
	struct deid_hierarchy h;
	struct arena arena;
	struct deid_dict values;
	struct buf in, out;
	result done = RESULT_FAIL;
	struct str rest;

	arena_init(&arena, 0, false);
	deid_hierarchy_init(&h);
	deid_dict_init(&values);
	buf_init(&in);
	buf_init(&out);
	TRY_OUT(deid_rule_parse(&arena, str_of(rule_text), &d.rule, e));
	TRY_OUT(file_read(path, (size_t)64 << 20, &in, e));
	rest = buf_view(&in);
	for (uint64_t line = 1; rest.n; line++) {
		size_t n = str_find(rest, '\n');
		struct str value = str_trim(str_sub(rest, 0, n));

		rest = str_sub(rest, n + 1, rest.n);
		if (value.n == 0)
			continue;
		if (memchr(value.p, '\0', value.n) || !str_utf8_valid(value)) {
			done = error_set(e, CODE_ENCODING, "%s:%llu:1: this value is no text in UTF-8; save the file as UTF-8", path,
					 (unsigned long long)line);
			goto out;
		}
		if (!deid_rule_accepts(d.rule, value)) {
			done = error_set(e, CODE_VALUE_WITHOUT_LEAF, "%s:%llu:1: %s", path, (unsigned long long)line,
					 deid_rule_expects(d.rule));
			goto out;
		}
		if (deid_dict_add(&values, value) == DEID_NONE) {
			done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for the values");
			goto out;
		}
	}
	if (values.n == 0) {
		done = error_at(e, CODE_MALFORMED, path, "the file has no values; it has one on each line");
		goto out;
	}
	TRY_OUT(deid_rule_apply(d.rule, &values, &h, e));
	deid_hierarchy_write(&h, separator, &out);
	done = buf_ok(&out) && fwrite(out.p ? out.p : "", 1, out.n, stdout) == out.n
		       ? RESULT_OK
		       : error_set(e, CODE_IO, "the hierarchy could not be written");
out:
	buf_free(&in);
	buf_free(&out);
	deid_dict_free(&values);
	deid_hierarchy_free(&h);
	arena_free(&arena);
	return done;
}

int cmd_hierarchy(int argc, char **argv)
{
	const char *separator = ";";
	const struct cmd_option options[] = {
		{"--separator", "BYTE", "between the levels; a semicolon, unless given", NULL, &separator},
	};
	const struct cmd_usage usage = {
		"deidentify hierarchy", "RULE FILE",
		"Prints the hierarchy that RULE makes of the values in FILE, one a line.  Rules:\n"
		"  bands(5,10,20)                  whole numbers in bands; bottom=15 and top=90 join what is below and above\n"
		"  date(month,quarter,year,decade) days such as 2024-05-31\n"
		"  mask(right) mask(left,2)        characters hidden from one end, so many more at each level\n"
		"  prefecture                      Japanese addresses: prefecture, then region\n"
		"  list(A:x|y|z,B:v|w)             a code list: groups and their values",
		options, sizeof options / sizeof *options, 2, 2};
	const char *given[2];
	struct error e = {0};
	char byte;
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	if (!ok(cmd_separator(separator, &byte, &e)) || !ok(show_hierarchy(given[0], given[1], byte, &e)))
		return cmd_fail(&e);
	return cmd_finish(EXIT_DONE);
}
