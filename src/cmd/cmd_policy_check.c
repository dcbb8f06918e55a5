/* `sekisho policy check`: once, or again at each change of a file. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/policy.h"
#include "cmd/report.h"
#include "cmd/watch.h"
#include "publish/edition.h"

struct check {
	const char *dir;
	bool json, sarif, strict, pending, rules, watch;
	date law; /* DATE_NONE: the policy's own */
	bool japanese;
};

/* One line for people on how many there are, and one on what was looked at. */
static void tally(const struct findings *f)
{
	struct buf b;

	buf_init(&b);
	report_checked(f, &b);
	fprintf(stderr, "%zu error%s, %zu warning%s, %zu question%s\n%s", f->count[SEVERITY_ERROR],
		f->count[SEVERITY_ERROR] == 1 ? "" : "s", f->count[SEVERITY_WARNING],
		f->count[SEVERITY_WARNING] == 1 ? "" : "s", f->count[SEVERITY_QUESTION],
		f->count[SEVERITY_QUESTION] == 1 ? "" : "s", buf_c(&b));
	buf_free(&b);
}

static int print(const struct findings *f, const struct check *c)
{
	struct buf b;
	int status = f->count[SEVERITY_ERROR] || (c->strict && f->n) ? EXIT_REFUSED : EXIT_DONE;

	buf_init(&b);
	if (c->rules)
		report_rules(f, c->japanese, &b);
	else if (c->json)
		report_json(f, &b);
	else if (c->sarif)
		report_sarif(f, &b);
	else
		report_text(f, &b);
	if (!buf_ok(&b)) {
		fprintf(stderr, "sekisho: no memory for the report [%s]\n", code_text(CODE_OUT_OF_MEMORY));
		status = EXIT_FAULT;
	} else if (fwrite(b.p ? b.p : "", 1, b.n, stdout) == b.n && !c->json && !c->sarif && !c->rules) {
		fflush(stdout);
		tally(f);
	}
	buf_free(&b);
	return cmd_finish(status);
}

/* Checks once and prints; CTX is the struct check. */
static int once(void *ctx)
{
	const struct check *c = ctx;
	struct findings f;
	struct error e = {0};
	int status;

	findings_init(&f);
	status = ok(draft_check(c->dir, c->law, c->pending, &f, &e)) ? print(&f, c) : cmd_fail(&e);
	findings_free(&f);
	return status;
}

static int wrong_use(const char *message)
{
	fprintf(stderr, "sekisho policy check: %s\n", message);
	return EXIT_USAGE;
}

int policy_check_command(int argc, char **argv)
{
	const char *law_text = NULL, *language = "en";
	struct check c = {.law = DATE_NONE};
	const struct cmd_option options[] = {
		{"--json", NULL, "findings as JSON, with what was checked", &c.json, NULL},
		{"--sarif", NULL, "findings as SARIF 2.1.0, for editors and code hosts", &c.sarif, NULL},
		{"--strict", NULL, "exit 1 for warnings and questions too", &c.strict, NULL},
		{"--law", "DATE", "by the law in force on DATE, not on the policy's own date", NULL, &law_text},
		{"--pending", NULL, "also what enacted law will ask that is not yet in force", &c.pending, NULL},
		{"--rules", NULL, "instead of findings, what was checked, and what was not", &c.rules, NULL},
		{"--language", "ja|en", "the language of --rules; en when not said", NULL, &language},
		{"--watch", NULL, "check again when a file changes, until Ctrl-C", &c.watch, NULL},
	};
	const struct cmd_usage usage = {"policy check", "DIR",
					"Checks the policy in the directory DIR and prints what it finds, each with its place.",
					options, sizeof options / sizeof *options, 1, 1};
	struct error e = {0};
	int status = cmd_parse(&usage, argc, argv, &c.dir);

	if (status != CMD_GO_ON)
		return status;
	if (law_text && !date_parse(str_of(law_text), &c.law))
		return wrong_use("--law takes a date such as 2026-11-01");
	if (!cmd_language(language))
		return EXIT_USAGE;
	if (c.json + c.sarif + c.rules > 1 || (c.watch && c.json + c.sarif + c.rules > 0))
		return wrong_use("--json, --sarif, --rules and --watch do not go together");
	c.japanese = language[0] == 'j';
	if (!c.watch)
		return once(&c);
	return ok(watch(c.dir, once, &c, &e)) ? EXIT_DONE : cmd_fail(&e);
}
