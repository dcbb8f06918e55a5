/* `sekisho policy init`: a first policy, made of answers; the directory is there whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/interview.h"
#include "cmd/policy.h"
#include "cmd/report.h"
#include "cmd/starter.h"
#include "policy/answers.h"
#include "publish/edition.h"

enum { ANSWERS_BYTES = 1024 * 1024 };

struct beginning {
	const char *dir;
	bool japanese;
	struct arena arena;
	struct findings f;
	struct starter_file files[STARTER_FILES];
	size_t n;
};

/* Fails with io unless DIR is not there, or is an empty directory. */
static result is_free(const char *dir, struct error *e)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *d = opendir(dir);

	if (!d && errno == ENOENT)
		return RESULT_OK;
	if (!d)
		return error_at(e, CODE_IO, dir, "cannot be made: %s", strerror(errno));
	while (empty && (entry = readdir(d)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(d);
	return empty ? RESULT_OK : error_at(e, CODE_IO, dir, "is there already and not empty: nothing is overwritten");
}

static result write_file(const char *dir, const struct starter_file *f, struct error *e)
{
	char path[PATH_MAX];
	char *slash;

	TRY(path_join(path, sizeof path, dir, f->path, e));
	slash = strrchr(path, '/');
	*slash = '\0'; /* path_join put one there */
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return error_at(e, CODE_IO, path, "cannot be made: %s", strerror(errno));
	*slash = '/';
	return file_write(path, f->text.p, f->text.n, 0644, e);
}

/* Takes away what was written to DIR. */
static void take_away(const struct beginning *b, const char *dir)
{
	static const char *const folders[] = {"notices", "consents", "forms", "foreign", NULL};
	char path[PATH_MAX];

	for (size_t i = 0; i < b->n; i++)
		if (ok(path_join(path, sizeof path, dir, b->files[i].path, NULL)))
			(void)unlink(path); /* ignored: what was not written is not there */
	for (size_t i = 0; folders[i]; i++)
		if (ok(path_join(path, sizeof path, dir, folders[i], NULL)))
			(void)rmdir(path); /* ignored: as above */
	(void)rmdir(dir); /* ignored: as above */
}

/* Writes the files of B beside its directory, and renames. */
static result write_all(const struct beginning *b, struct error *e)
{
	char beside[PATH_MAX];
	result done = RESULT_OK;
	size_t length = strlen(b->dir);

	while (length > 1 && b->dir[length - 1] == '/')
		length--;
	if (snprintf(beside, sizeof beside, "%.*s.XXXXXX", (int)length, b->dir) >= (int)sizeof beside)
		return error_at(e, CODE_TOO_LARGE, b->dir, "is too long a path");
	if (!mkdtemp(beside) || chmod(beside, 0755) != 0)
		return error_at(e, CODE_IO, b->dir, "cannot be made: %s", strerror(errno));
	for (size_t i = 0; ok(done) && i < b->n; i++)
		done = write_file(beside, &b->files[i], e);
	if (ok(done) && rename(beside, b->dir) != 0)
		done = error_at(e, CODE_IO, b->dir, "cannot be made: %s", strerror(errno));
	if (!ok(done))
		take_away(b, beside);
	return done;
}

static void say(const struct findings *f)
{
	struct buf text;

	buf_init(&text);
	report_text(f, &text);
	fputs(buf_c(&text), stderr);
	buf_free(&text);
}

/* Checks what was written, and says how to go on. */
static int finish(struct beginning *b)
{
	struct draft draft;
	struct error e = {0};
	int status = EXIT_DONE;

	if (!ok(draft_read(b->dir, &b->f, &draft, &e))) {
		draft_free(&draft);
		return cmd_fail(&e);
	}
	say(&b->f);
	if (b->f.count[SEVERITY_ERROR])
		status = EXIT_REFUSED;
	for (size_t i = 0; i < b->n; i++)
		printf("%s/%s\n", b->dir, b->files[i].path);
	printf(b->japanese ? "\nお読みになり、事実と違うところを直してから、次のように進めてください。\n" : "\nRead them, correct what is not so, and go on with\n");
	printf("  sekisho policy check %s\n  sekisho policy render %s --out site\n  sekisho init instance --policy %s\n", b->dir, b->dir, b->dir);
	draft_free(&draft);
	return cmd_finish(status);
}

/* Makes the policy of the answers in FILE. */
static int begin(struct beginning *b, const struct source_file *file)
{
	const struct node *answers;
	struct error e = {0};

	if (!ok(answers_read(&b->arena, file, false, &b->f, &answers, &e)))
		return cmd_fail(&e);
	if (b->f.n) {
		say(&b->f);
		fputs("sekisho policy init: nothing was written\n", stderr);
		return EXIT_REFUSED;
	}
	if (!ok(starter_make(&b->arena, answers, b->japanese, b->files, &b->n, &e)) || !ok(write_all(b, &e)))
		return cmd_fail(&e);
	return finish(b);
}

/* Prints a file of answers to fill in. */
static int example(bool japanese)
{
	struct buf text;
	int status = EXIT_FAULT;

	buf_init(&text);
	answers_example(&text, japanese);
	if (buf_ok(&text) && fputs(buf_c(&text), stdout) >= 0)
		status = EXIT_DONE;
	buf_free(&text);
	return cmd_finish(status);
}

static int run(const char *dir, const char *file, bool japanese)
{
	struct beginning b = {.dir = dir, .japanese = japanese};
	struct buf text;
	struct error e = {0};
	int status;

	arena_init(&b.arena, 0, false);
	findings_init(&b.f);
	buf_init(&text);
	if (!ok(is_free(dir, &e)))
		status = cmd_fail(&e);
	else if (file ? ok(file_read(file, ANSWERS_BYTES, &text, &e)) : ok(interview(japanese, &text, &e)))
		status = begin(&b, &(struct source_file){str_of(file ? file : "answers"), buf_view(&text)});
	else
		status = cmd_fail(&e);
	buf_free(&text);
	findings_free(&b.f);
	arena_free(&b.arena);
	return status;
}

int policy_init_command(int argc, char **argv)
{
	const char *file = NULL, *language = "en", *dir;
	bool wants_example = false;
	const struct cmd_option options[] = {
		{"--answers", "FILE", "take the answers from a YAML file instead of asking", NULL, &file},
		{"--example", NULL, "print a file of answers to fill in, and make nothing", &wants_example, NULL},
		{"--language", "ja|en", "the language of questions and comments; en when not said", NULL, &language},
	};
	const struct cmd_usage usage = {"policy init", "DIR",
					"Asks some questions and writes a first policy to DIR, with comments that say what stands where.\n"
					"The statement and all wordings are in Japanese and English.",
					options, sizeof options / sizeof *options, 0, 1};
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (!cmd_language(language))
		return EXIT_USAGE;
	if (wants_example)
		return example(language[0] == 'j');
	if (!dir) {
		fputs("sekisho policy init: an argument is missing: the directory to make\n", stderr);
		return EXIT_USAGE;
	}
	if (!file && !isatty(STDIN_FILENO)) {
		fputs("sekisho policy init: there is no terminal to ask on; give --answers FILE (--example prints one)\n", stderr);
		return EXIT_USAGE;
	}
	return run(dir, file, language[0] == 'j');
}
