/* `sekisho policy draft`: a first draft of a policy from a statement that a company has. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/policy.h"
#include "policy/outline.h"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static result write_new(const char *dir, const char *name, const struct buf *b, struct error *e)
{
	char path[PATH_MAX];

	if (!buf_ok(b))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a draft");
	TRY(path_join(path, sizeof path, dir, name, e));
	if (access(path, F_OK) == 0)
		return error_at(e, CODE_IO, path, "is there already: a draft overwrites nothing");
	return file_write(path, b->p ? b->p : "", b->n, 0644, e);
}

/* Writes both files of D to DIR, which may not have them yet. */
static result write_draft(const struct outline *d, const char *dir, struct error *e)
{
	struct buf policy, statement;
	result r;

	buf_init(&policy);
	buf_init(&statement);
	outline_write_policy(d, &policy);
	outline_write_statement(d, &statement);
	r = file_make_dir(dir, e);
	if (ok(r))
		r = write_new(dir, "policy.yaml", &policy, e);
	if (ok(r))
		r = write_new(dir, d->ja ? "statement.ja.md" : "statement.en.md", &statement, e);
	buf_free(&policy);
	buf_free(&statement);
	return r;
}

/* Where each list item went: line, key, text. */
static void print_items(const struct outline *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->blocks[i].kind == OUTLINE_ITEM)
			printf("%u\t%s\t%.*s\n", (unsigned)d->blocks[i].line, d->blocks[i].key ? d->blocks[i].key : "-",
			       (int)d->blocks[i].text.n, d->blocks[i].text.p);
}

int policy_draft_command(int argc, char **argv)
{
	const char *out = NULL, *file;
	const struct cmd_option options[] = {{"--out", "DIR", "where the draft is written", NULL, &out}};
	const struct cmd_usage usage = {
		"policy draft", "FILE --out DIR",
		"Takes the statement in FILE (.html, else plain text) apart and writes a first draft of a policy.\n"
		"Everything in it is a guess and marked as one. Prints where each list item went: line, key, text.",
		options, sizeof options / sizeof *options, 1, 1};
	struct error e = {0};
	struct outline d;
	struct arena a;
	struct buf text;
	int status = cmd_parse(&usage, argc, argv, &file);

	if (status != CMD_GO_ON)
		return status;
	if (!out) {
		fputs("sekisho policy draft: --out is needed\n", stderr);
		return EXIT_USAGE;
	}
	arena_init(&a, 0, false);
	buf_init(&text);
	if (ok(file_read(file, OUTLINE_BYTES, &text, &e)) &&
	    ok(outline_read(&a, buf_view(&text), ends_with(file, ".html") || ends_with(file, ".htm"), &d, &e)) &&
	    ok(write_draft(&d, out, &e))) {
		print_items(&d);
		status = cmd_finish(EXIT_DONE);
	} else {
		status = cmd_fail(&e);
	}
	buf_free(&text);
	arena_free(&a);
	return status;
}
