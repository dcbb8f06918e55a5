#include <stdio.h>

#include "access/import.h"
#include "cmd/cmd.h"
#include "cmd/deidentify.h"
#include "cmd/import.h"
#include "cmd/token_file.h"

enum { BATCH_DEFAULT = 500 };

static int wrong(const char *what)
{
	fprintf(stderr, "sekisho import: %s\n", what);
	return EXIT_USAGE;
}

static int tell(const struct import_job *job, const struct import_result *r, bool json)
{
	uint64_t stored = r->rows - r->before - r->rejected;

	if (json) {
		json_t *v = json_pack("{s:I, s:I, s:I, s:I, s:s*, s:f}", "rows", (json_int_t)r->rows, "before", (json_int_t)r->before,
				      "stored", (json_int_t)stored, "rejected", (json_int_t)r->rejected, "rejects",
				      r->rejected ? r->rejects : NULL, "seconds", (double)r->ms / 1000);

		if (!v || json_dumpf(v, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6)) != 0)
			fputs("sekisho import: no memory for the summary\n", stderr);
		putchar('\n');
		json_decref(v);
	} else {
		printf("%llu rows stored, %llu rejected", (unsigned long long)stored, (unsigned long long)r->rejected);
		if (r->before)
			printf(", %llu passed over", (unsigned long long)r->before);
		printf(" in %.1f s", (double)r->ms / 1000);
		if (r->rejected)
			printf("; see %s", r->rejects);
		putchar('\n');
	}
	(void)job;
	return cmd_finish(r->rejected ? EXIT_REFUSED : EXIT_DONE);
}

/* Does JOB on the instance in DIR with the token in TOKEN_FILE. */
static int import(const char *dir, const char *token_file, struct import_job *job, bool json)
{
	struct control *c = NULL;
	struct import_result r = {0};
	struct error e = {0};
	struct buf token;
	int status;

	buf_init(&token);
	if (ok(token_file_read(token_file, &token, &e)) && ok(control_open(dir, &c, &e))) {
		job->token = buf_view(&token);
		if (ok(import_run(c, job, &r, &e))) {
			status = tell(job, &r, json);
			goto out;
		}
	}
	status = cmd_fail(&e);
	if (r.rows > r.before)
		fprintf(stderr, "sekisho import: %llu rows are through, %llu of them rejected; --resume goes on behind them\n",
			(unsigned long long)r.rows, (unsigned long long)r.rejected);
out:
	control_close(c);
	buf_wipe(&token);
	return status;
}

/* What the texts of the options mean, into JOB; CMD_GO_ON, or the exit status. */
static int read_options(const char *encoding, const char *batch, struct import_job *job)
{
	struct error e = {0};
	uint64_t n = BATCH_DEFAULT;

	if (!job->category || !job->channel)
		return wrong("--category and --channel are needed");
	if (batch && (!str_to_u64(str_of(batch), IMPORT_BATCH, &n) || !n))
		return wrong("--batch is a number of rows, 1000 at the most");
	job->batch = (size_t)n;
	return ok(cmd_charset(encoding, &job->charset, &e)) ? CMD_GO_ON : cmd_fail(&e);
}

int cmd_import(int argc, char **argv)
{
	struct import_job job = {.category = NULL};
	const char *token_file = NULL, *encoding = NULL, *batch = NULL, *given[2];
	bool json = false;
	const struct cmd_option options[] = {
		{"--category", "CATEGORY", "what the rows are", NULL, &job.category},
		{"--channel", "CHANNEL", "how they came", NULL, &job.channel},
		{"--token-file", "FILE", "file of the token to act with; else SEKISHO_TOKEN_FILE names it", NULL, &token_file},
		{"--purpose", "PURPOSE", "for which; default the first of the token's role", NULL, &job.purpose},
		{"--notice", "NOTICE", "what people were shown; default the channel's", NULL, &job.common.notice},
		{"--notice-version", "N", "its version, for rows that do not say", NULL, &job.common.notice_version},
		{"--notice-language", "LANGUAGE", "its language, likewise", NULL, &job.common.notice_language},
		{"--shown-at", "TIME", "when it was shown, likewise", NULL, &job.common.shown_at},
		{"--acquired-at", "TIME", "when the data came, likewise; default now", NULL, &job.common.acquired_at},
		{"--operator", NULL, "an operator took it down", &job.by_word, NULL},
		{"--map", "MAP", "column=item, more behind commas; nothing behind = passes a column over", NULL, &job.map},
		{"--encoding", "NAME", "utf-8 (default), shift_jis or euc-jp", NULL, &encoding},
		{"--batch", "ROWS", "how many are stored at once; default 500", NULL, &batch},
		{"--resume", NULL, "go on behind the rows that are in already", &job.resume, NULL},
		{"--again", NULL, "begin again with the first row, though some are in already", &job.again, NULL},
		{"--json", NULL, "the summary as JSON", &json, NULL},
	};
	const struct cmd_usage usage = {"import", "INSTANCE --category CATEGORY --channel CHANNEL FILE",
					"Brings the rows of FILE (.csv, .ndjson, .jsonl) in through the gate.", options,
					sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status == CMD_GO_ON)
		status = read_options(encoding, batch, &job);
	if (status != CMD_GO_ON)
		return status;
	job.file = given[1];
	return import(given[0], token_file, &job, json);
}
