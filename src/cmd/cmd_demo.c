#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access/access.h"
#include "access/instance.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/demo.h"
#include "cmd/import.h"
#include "cmd/report.h"
#include "cmd/serve.h"
#include "crypto/crypto.h"
#include "publish/texts.h"

enum { PEOPLE_DEFAULT = 1000, PEOPLE_MAX = 1000000, BATCH = 500, OLDEST_DAYS = 20 };

struct demo {
	const char *policy;  /* directory, or NULL: the example that belongs to this program */
	uint64_t people;
	char program[PATH_MAX], policy_found[PATH_MAX], script[PATH_MAX];
	char dir[PATH_MAX], file[PATH_MAX]; /* the instance; the invented people on their way into it */
	bool temporary;
};

/* What belongs to this program ------------------------------------------------------------------------------ */

/* The first of NAMES (ends in NULL), each beside this program's folder, that is there: into OUT; false when none is. */
static bool beside(const struct demo *d, const char *const *names, char *out)
{
	char folder[PATH_MAX];
	char *slash;

	memcpy(folder, d->program, sizeof folder);
	slash = strrchr(folder, '/');
	if (!slash)
		return false;
	*slash = '\0';
	for (; *names; names++)
		if (snprintf(out, PATH_MAX, "%s/../%s", folder, *names) < PATH_MAX && access(out, R_OK) == 0)
			return true;
	return false;
}

static result find_parts(struct demo *d, struct error *e)
{
	static const char *const policies[] = {"examples/reference", "share/sekisho/examples/reference", NULL};
	static const char *const scripts[] = {"script/people", "share/sekisho/people", NULL};
	ssize_t n = readlink("/proc/self/exe", d->program, sizeof d->program - 1);

	if (n < 0)
		return error_set(e, CODE_IO, "this program's own path is not known: %s", strerror(errno));
	d->program[n] = '\0';
	if (!d->policy) {
		if (!beside(d, policies, d->policy_found))
			return error_set(e, CODE_USAGE, "the example is not beside this program; --policy DIR names it");
		d->policy = d->policy_found;
	}
	if (!beside(d, scripts, d->script))
		return error_set(e, CODE_IO, "script/people, which invents the people, is not beside this program");
	return RESULT_OK;
}

/* The instance ---------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	return remove(path);
}

static result take_dir(struct demo *d, const char *given, bool *fresh, struct error *e)
{
	const char *tmp = getenv("TMPDIR");
	char config[PATH_MAX];

	*fresh = true;
	if (!given) {
		if (snprintf(d->dir, sizeof d->dir, "%s/sekisho-demo-XXXXXX", tmp && tmp[0] ? tmp : "/tmp") >= (int)sizeof d->dir ||
		    !mkdtemp(d->dir))
			return error_set(e, CODE_IO, "no temporary directory can be made: %s", strerror(errno));
		d->temporary = true;
		return RESULT_OK;
	}
	if (snprintf(d->dir, sizeof d->dir, "%s", given) >= (int)sizeof d->dir)
		return error_set(e, CODE_TOO_LARGE, "the path is too long");
	TRY(path_join(config, sizeof config, d->dir, "config.yaml", e));
	*fresh = access(config, F_OK) != 0;
	return RESULT_OK;
}

static int make_instance(const struct demo *d)
{
	const struct access_plan plan = {.dir = d->dir, .policy_dir = d->policy, .texts = edition_texts};
	const struct access_options o = {.clock = clock_system(), .entropy = crypto_entropy()};
	struct error e = {0};
	struct findings f;
	struct buf b;
	int status = EXIT_DONE;

	findings_init(&f);
	if (!ok(access_init(&plan, &o, &f, &e))) {
		buf_init(&b);
		report_text(&f, &b);
		if (b.n)
			fwrite(b.p, 1, b.n, stderr);
		buf_free(&b);
		status = cmd_fail(&e);
	}
	findings_free(&f);
	return status;
}

/* The people ------------------------------------------------------------------------------------------------ */

/* The date DAYS before today, as text into OUT. */
static void day_before(int days, char out[16])
{
	struct clock clock = clock_system();
	struct buf b;

	buf_init(&b);
	date_write(&b, moment_date(clock_now(&clock), 0) - days);
	snprintf(out, 16, "%s", buf_c(&b));
	buf_free(&b);
}

/* Has script/people write the invented people to D->file. */
static result invent(struct demo *d, struct error *e)
{
	extern char **environ;
	char number[24], first[16], last[16];
	char *argv[] = {"python3", d->script, number, "--from", first, "--to", last, NULL};
	posix_spawn_file_actions_t actions;
	int spawned, status = -1;
	pid_t pid;

	snprintf(number, sizeof number, "%llu", (unsigned long long)d->people);
	day_before(OLDEST_DAYS, first);
	day_before(1, last);
	TRY(path_join(d->file, sizeof d->file, d->dir, "people.csv", e));
	if (posix_spawn_file_actions_init(&actions) != 0)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a process");
	spawned = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, d->file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (spawned == 0)
		spawned = posix_spawnp(&pid, "python3", &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions); /* ignored: it was made */
	while (spawned == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (spawned != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_at(e, CODE_IO, d->script, "the people could not be invented%s%s", spawned ? ": python3: " : "",
				spawned ? strerror(spawned) : "");
	return RESULT_OK;
}

static result load(struct demo *d, struct control *c, struct error *e)
{
	struct import_job job = {.file = d->file, .category = "customer", .channel = "web_form", .batch = BATCH};
	struct import_result r;
	json_t *answer = control_ask(c, json_pack("{s:s, s:s, s:s, s:s}", "op", "token_create", "name", "loader of the first people", "role",
						  "loader", "expires", "P1D"), e);
	result done;

	if (!answer)
		return RESULT_FAIL;
	job.token = str_of(json_string_value(json_object_get(answer, "token")));
	done = import_run(c, &job, &r, e);
	if (ok(done) && r.rejected)
		done = error_at(e, CODE_INTERNAL, r.rejects, "%llu of the invented people were rejected", (unsigned long long)r.rejected);
	json_decref(answer);
	return done;
}

static int fill(struct demo *d)
{
	struct control *c = NULL;
	struct error e = {0};
	bool done = ok(invent(d, &e)) && ok(control_open(d->dir, &c, &e)) && ok(load(d, c, &e));

	control_close(c);
	if (d->file[0])
		(void)unlink(d->file); /* ignored: it may not have been made */
	return done ? EXIT_DONE : cmd_fail(&e);
}

/* Serving --------------------------------------------------------------------------------------------------- */

static int ready(struct access *a, const char *url, void *ctx)
{
	const struct demo *d = ctx;
	struct demo_cast cast = {.tokens = {{0}}};
	struct error e = {0};
	int status = EXIT_DONE;

	if (ok(demo_cast_make(a, &cast, &e)))
		demo_print(&cast, url, d->program);
	else
		status = cmd_fail(&e);
	crypto_wipe(&cast, sizeof cast);
	return status;
}

static int demo(struct demo *d, const char *given, const struct api_config *config)
{
	struct error e = {0};
	sigset_t stop;
	bool fresh;
	int status = EXIT_DONE;

	/* kept until it serves, so that a temporary directory never stays behind */
	if (sigemptyset(&stop) != 0 || sigaddset(&stop, SIGINT) != 0 || sigaddset(&stop, SIGTERM) != 0 ||
	    pthread_sigmask(SIG_BLOCK, &stop, NULL) != 0)
		return EXIT_FAULT;
	if (!ok(crypto_init(&e)) || !ok(find_parts(d, &e)) || !ok(take_dir(d, given, &fresh, &e)))
		return cmd_fail(&e);
	if (fresh) {
		status = make_instance(d);
		if (status == EXIT_DONE)
			status = fill(d);
	}
	if (status == EXIT_DONE)
		status = serve_run(d->dir, config, ready, d);
	if (d->temporary)
		(void)nftw(d->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* ignored: what stays is the system's to clear */
	return status;
}

int cmd_demo(int argc, char **argv)
{
	struct api_config c = {.listen = "127.0.0.1:8420"};
	struct demo d = {.people = PEOPLE_DEFAULT};
	const char *people = NULL, *dir;
	const struct cmd_option options[] = {
		{"--listen", "ADDR:PORT", "where to listen; default 127.0.0.1:8420, port 0 for a free one", NULL, &c.listen},
		{"--people", "N", "how many people are invented; default 1000", NULL, &people},
		{"--policy", "DIR", "the policy; default examples/reference beside this program", NULL, &d.policy},
	};
	const struct cmd_usage usage = {"demo", "[DIR]",
					"Serves an invented company with invented people, and prints what to try.\n"
					"Without DIR all of it is gone when it ends.",
					options, sizeof options / sizeof *options, 0, 1};
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (people && (!str_to_u64(str_of(people), PEOPLE_MAX, &d.people) || !d.people)) {
		fputs("sekisho demo: --people is a number, 1000000 at the most\n", stderr);
		return EXIT_USAGE;
	}
	return demo(&d, dir, &c);
}
