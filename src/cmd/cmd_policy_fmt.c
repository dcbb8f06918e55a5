/* `sekisho policy fmt`: the one layout for a policy's files.  All are laid out before the first is written. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/linediff.h"
#include "cmd/policy.h"
#include "cmd/report.h"
#include "policy/layout.h"
#include "policy/source.h"

enum { MOST_ARGUMENTS = 256 };

struct job {
	struct arena arena;
	struct findings f;
	struct changed {
		const char *path; /* without links */
		const char *name; /* as it was given */
		struct buf before, after;
		mode_t mode;
		struct changed *next;
	} *first, **tail;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static result lay_out(struct job *j, const char *name, struct changed *c, struct error *e)
{
	struct str text = buf_view(&c->before);

	if (ends_with(name, ".md"))
		layout_markdown(name, text, &j->f, &c->after);
	else
		TRY(layout_yaml(name, text, &j->f, &c->after, e));
	return buf_ok(&c->after) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for %s", name);
}

/* Lays out the file PATH, which messages call NAME. */
static result add(struct job *j, const char *path, const char *name, struct error *e)
{
	struct changed *c = arena_new(&j->arena, struct changed);
	char whole[PATH_MAX];
	struct stat st;
	size_t known = j->f.n;

	if (!c)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for %s", path);
	if (!realpath(path, whole) || stat(whole, &st) != 0)
		return error_at(e, CODE_IO, path, "cannot be read: %s", strerror(errno));
	c->name = arena_copy(&j->arena, name, strlen(name));
	c->path = arena_copy(&j->arena, whole, strlen(whole));
	c->mode = st.st_mode & 07777;
	if (!c->name || !c->path)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for %s", path);
	*j->tail = c;
	j->tail = &c->next;
	TRY(file_read(whole, SOURCE_FILE_BYTES, &c->before, e));
	TRY(lay_out(j, name, c, e));
	if (j->f.n > known) { /* not laid out, so it stays */
		buf_reset(&c->after);
		buf_str(&c->after, buf_view(&c->before));
	}
	return RESULT_OK;
}

/* Lays out all of the policy in the directory DIR. */
static result add_dir(struct job *j, const char *dir, struct error *e)
{
	struct source files;
	char path[PATH_MAX];

	TRY(source_read(&j->arena, dir, &files, e));
	for (size_t i = 0; i < files.n; i++) {
		const char *name = files.files[i].name.p;

		if (!ends_with(name, ".md") && strcmp(name, "policy.yaml") != 0 && strcmp(name, "decisions.yaml") != 0)
			continue;
		TRY(path_join(path, sizeof path, dir, name, e));
		TRY(add(j, path, name, e));
	}
	return RESULT_OK;
}

static result add_all(struct job *j, const char *const *given, struct error *e)
{
	for (; *given; given++) {
		struct stat st;

		if (stat(*given, &st) == 0 && S_ISDIR(st.st_mode)) {
			TRY(add_dir(j, *given, e));
		} else if (ends_with(*given, ".yaml") || ends_with(*given, ".yml") || ends_with(*given, ".md")) {
			TRY(add(j, *given, *given, e));
		} else {
			return error_at(e, CODE_USAGE, *given, "is no directory of a policy, and no .yaml or .md file");
		}
	}
	return RESULT_OK;
}

/* Says what would change, or changes it; *CHANGES is how many files are not laid out. */
static result apply(struct job *j, bool check, size_t *changes, struct error *e)
{
	for (struct changed *c = j->first; c; c = c->next) {
		struct buf diff;

		if (str_eq(buf_view(&c->before), buf_view(&c->after)))
			continue;
		++*changes;
		if (!check) {
			TRY(file_write(c->path, c->after.p ? c->after.p : "", c->after.n, c->mode, e));
			printf("%s\n", c->name);
			continue;
		}
		buf_init(&diff);
		linediff(c->name, buf_view(&c->before), buf_view(&c->after), &diff);
		fwrite(diff.p ? diff.p : "", 1, diff.n, stdout);
		if (!buf_ok(&diff))
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory for what changes");
		buf_free(&diff);
	}
	return RESULT_OK;
}

static int report(const struct findings *f)
{
	struct buf said;

	buf_init(&said);
	report_text(f, &said);
	fputs(buf_c(&said), stderr);
	buf_free(&said);
	fputs("sekisho policy fmt: nothing was changed\n", stderr);
	return EXIT_REFUSED;
}

static int run(struct job *j, const char *const *given, bool check)
{
	struct error e = {0};
	size_t changes = 0;

	if (!ok(add_all(j, given, &e)))
		return cmd_fail(&e);
	if (j->f.n)
		return report(&j->f);
	if (!ok(apply(j, check, &changes, &e)))
		return cmd_fail(&e);
	return cmd_finish(check && changes ? EXIT_REFUSED : EXIT_DONE);
}

int policy_fmt_command(int argc, char **argv)
{
	bool check = false;
	const struct cmd_option options[] = {
		{"--check", NULL, "change nothing; print what would change, and end with 1 if anything would", &check, NULL},
	};
	const struct cmd_usage usage = {
		"policy fmt", "DIR|FILE...",
		"Gives policy.yaml, decisions.yaml and the wordings their one layout, and prints which files that changed.\n"
		"Comments, the order of keys and what the files say stay as they are.",
		options, sizeof options / sizeof *options, 1, MOST_ARGUMENTS};
	const char *given[MOST_ARGUMENTS + 1] = {NULL};
	struct job j = {.first = NULL};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	arena_init(&j.arena, 0, false);
	findings_init(&j.f);
	j.tail = &j.first;
	status = run(&j, given, check);
	for (struct changed *c = j.first; c; c = c->next) {
		buf_free(&c->before);
		buf_free(&c->after);
	}
	findings_free(&j.f);
	arena_free(&j.arena);
	return status;
}
