#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/policy.h"
#include "cmd/report.h"
#include "web/site.h"

/* Writes F under the directory DIR, whose folders are made. */
static result write_file(const char *dir, struct site_file *f, struct error *e)
{
	char path[PATH_MAX], folder[PATH_MAX];
	struct str body;
	char *slash;

	TRY(path_join(path, sizeof path, dir, f->path.p, e));
	TRY(path_join(folder, sizeof folder, dir, f->path.p, e));
	slash = strrchr(folder, '/');
	*slash = '\0'; /* path_join put one there */
	TRY(file_make_dir(folder, e));
	TRY(site_body(f, &body, e));
	return file_write(path, body.p, body.n, 0644, e);
}

static result write_site(const struct edition *ed, const char *dir, size_t *n, struct error *e)
{
	struct site *site;
	result done = RESULT_OK;

	TRY(site_make(ed, 1, 0, &site, e));
	if (mkdir(dir, 0755) != 0 && errno != EEXIST) /* for everyone, unlike what file_make_dir makes */
		done = error_set(e, CODE_IO, "cannot make the directory: %s", strerror(errno));
	for (size_t i = 0; ok(done) && i < site->n; i++)
		done = write_file(dir, &site->files[i], e);
	*n = site->n;
	site_free(site);
	return done;
}

static int fail_usage(const char *what)
{
	fprintf(stderr, "sekisho policy render: %s\n", what);
	return EXIT_USAGE;
}

/* Renders DRAFT to OUT, unless it has errors, which are said. */
static int render(struct draft *draft, const struct findings *f, date on, const char *out)
{
	struct error e = {0};
	struct buf said;
	size_t n = 0;

	if (f->count[SEVERITY_ERROR]) {
		buf_init(&said);
		report_text(f, &said);
		fputs(buf_c(&said), stderr);
		buf_free(&said);
		return EXIT_REFUSED;
	}
	if (on != DATE_NONE)
		draft->edition.on = on;
	if (!ok(write_site(&draft->edition, out, &n, &e)))
		return cmd_fail(&e);
	printf("%zu files in %s\n", n, out);
	return cmd_finish(EXIT_DONE);
}

int policy_render_command(int argc, char **argv)
{
	const char *out = NULL, *day = NULL, *dir;
	const struct cmd_option options[] = {
		{"--out", "DIR", "where to write; it is made when it is not there", NULL, &out},
		{"--date", "YYYY-MM-DD", "the day to render for; default: the day the policy takes effect", NULL, &day},
	};
	const struct cmd_usage usage = {"policy render", "DIR",
					"Writes what is published of the policy in DIR as files: statement, forms, tables, in HTML, PDF and JSON.",
					options, sizeof options / sizeof *options, 1, 1};
	struct draft draft;
	struct findings f;
	struct error e = {0};
	date on = DATE_NONE;
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (!out)
		return fail_usage("say where to write: --out DIR");
	if (day && !date_parse(str_of(day), &on))
		return fail_usage("a date is written 2026-11-01");
	findings_init(&f);
	if (ok(draft_read(dir, &f, &draft, &e)))
		status = render(&draft, &f, on, out);
	else
		status = cmd_fail(&e);
	draft_free(&draft);
	findings_free(&f);
	return status;
}
