#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/policy.h"
#include "cmd/report.h"
#include "publish/edition.h"

/* One line for people on how many there are. */
static void tally(const struct findings *f)
{
	fprintf(stderr, "%zu error%s, %zu warning%s, %zu question%s\n", f->count[SEVERITY_ERROR],
		f->count[SEVERITY_ERROR] == 1 ? "" : "s", f->count[SEVERITY_WARNING],
		f->count[SEVERITY_WARNING] == 1 ? "" : "s", f->count[SEVERITY_QUESTION],
		f->count[SEVERITY_QUESTION] == 1 ? "" : "s");
}

static int print(const struct findings *f, bool json, bool sarif, bool strict)
{
	struct buf b;
	int status = f->count[SEVERITY_ERROR] || (strict && f->n) ? EXIT_REFUSED : EXIT_DONE;

	buf_init(&b);
	if (json)
		report_json(f, &b);
	else if (sarif)
		report_sarif(f, &b);
	else
		report_text(f, &b);
	if (!buf_ok(&b)) {
		fprintf(stderr, "sekisho: no memory for the report [%s]\n", code_text(CODE_OUT_OF_MEMORY));
		status = EXIT_FAULT;
	} else if (fwrite(b.p ? b.p : "", 1, b.n, stdout) == b.n && !json && !sarif) {
		tally(f);
	}
	buf_free(&b);
	return cmd_finish(status);
}

static int check(int argc, char **argv)
{
	bool json = false, sarif = false, strict = false, pending = false;
	const char *law_text = NULL;
	date law = DATE_NONE;
	const struct cmd_option options[] = {
		{"--json", NULL, "findings as JSON", &json, NULL},
		{"--sarif", NULL, "findings as SARIF 2.1.0, for editors and code hosts", &sarif, NULL},
		{"--strict", NULL, "exit 1 for warnings and questions too", &strict, NULL},
		{"--law", "DATE", "by the law in force on DATE, not on the policy's own date", NULL, &law_text},
		{"--pending", NULL, "also what enacted law will ask that is not yet in force", &pending, NULL},
	};
	const struct cmd_usage usage = {"policy check", "DIR",
					"Checks the policy in the directory DIR and prints what it finds, each with its place.",
					options, sizeof options / sizeof *options, 1, 1};
	const char *dir;
	struct findings f;
	struct error e = {0};
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (law_text && !date_parse(str_of(law_text), &law)) {
		fprintf(stderr, "sekisho: --law takes a date such as 2026-11-01\n");
		return EXIT_USAGE;
	}
	findings_init(&f);
	status = ok(draft_check(dir, law, pending, &f, &e)) ? print(&f, json, sarif, strict) : cmd_fail(&e);
	findings_free(&f);
	return status;
}

int cmd_policy(int argc, char **argv)
{
	static const struct command commands[] = {
		{.name = "init", .help = "begin a policy: questions, and a commented directory", .run = policy_init_command},
		{.name = "check", .help = "check a policy directory", .run = check},
		{.name = "diff", .help = "what changes for people from one policy to another", .run = policy_diff_command},
		{.name = "draft", .help = "a first draft of a policy from a statement", .run = policy_draft_command},
		{.name = "fmt", .help = "give a policy's files their one layout", .run = policy_fmt_command},
		{.name = "publish", .help = "make a policy the next version of an instance", .run = policy_publish_command},
		{.name = "coverage", .help = "what keeps each clause of the statement", .run = policy_coverage_command},
		{.name = "render", .help = "write statement, forms and pages as files", .run = policy_render_command},
		{.name = "explain", .help = "what a finding means, and its cure", .run = policy_explain_command},
		{.name = "schema", .help = "the JSON Schema of policy.yaml", .run = policy_schema_command},
		{.name = NULL},
	};

	return cmd_dispatch(commands, "sekisho policy", argc, argv);
}
