#include "publish/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PDF_BYTES = 32 * 1024 * 1024 };

/* Jobs --------------------------------------------------------------------------------------------------------- */

result pdf_job(json_t *view, const struct pdf_about *about, struct buf *out, struct error *e)
{
	json_t *job = json_pack("{s:O, s:{s:s, s:s, s:s, s:I}}", "view", view, "about", "organization", about->organization,
				"line", about->line, "language", about->language, "created", (json_int_t)about->created);
	char *text = json_dumps(job, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(job);
	if (text)
		buf_text(out, text);
	free(text);
	return text && buf_ok(out) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for what is to be printed");
}

result pdf_job_read(struct str job, json_t **view, struct pdf_about *about, struct error *e)
{
	json_int_t created = 0;

	*view = json_loadb(job.p, job.n, 0, NULL);
	if (json_unpack(*view, "{s:o, s:{s:s, s:s, s:s, s:I}}", "view", &(json_t *){NULL}, "about", "organization",
			&about->organization, "line", &about->line, "language", &about->language, "created", &created) != 0) {
		json_decref(*view);
		*view = NULL;
		return error_set(e, CODE_MALFORMED, "this is nothing to print");
	}
	about->created = created;
	return RESULT_OK;
}

/* The program --------------------------------------------------------------------------------------------------- */

/* The path of sekisho-print into PATH. */
static result find_program(struct buf *path, struct error *e)
{
	static const char *const places[] = {"/sekisho-print", "/../sekisho-print", "/../libexec/sekisho/sekisho-print"};
	char own[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);

	own[n > 0 ? n : 0] = '\0';
	if (strrchr(own, '/'))
		*strrchr(own, '/') = '\0';
	for (size_t i = 0; n > 0 && i < sizeof places / sizeof *places; i++) {
		buf_reset(path);
		buf_text(path, own);
		buf_text(path, places[i]);
		if (access(buf_c(path), X_OK) == 0)
			return RESULT_OK;
	}
	return error_set(e, CODE_IO, "the program sekisho-print, which makes PDFs, is not beside this one");
}

/* A file in memory with the bytes of S, to be read from its start; negative when there is none.  The caller's to close. */
static int memory_file(const char *name, struct str s)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	while (fd >= 0 && s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			(void)close(fd); /* ignored: it is given up */
			return -1;
		}
		s = str_sub(s, (size_t)n, s.n);
	}
	if (fd >= 0 && lseek(fd, 0, SEEK_SET) != 0) {
		(void)close(fd); /* ignored: it is given up */
		return -1;
	}
	return fd;
}

/* Starts PROGRAM from IN to OUT with no other file of ours open and no signal blocked. */
static int start(const char *program, int in, int out, pid_t *child)
{
	char *const argv[] = {"sekisho-print", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none;
	int failed;

	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&how) != 0) {
		(void)posix_spawn_file_actions_destroy(&files); /* ignored: nothing is in it */
		return ENOMEM;
	}
	failed = sigemptyset(&none) || posix_spawnattr_setsigmask(&how, &none) ||
		 posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK) || posix_spawn_file_actions_adddup2(&files, in, 0) ||
		 posix_spawn_file_actions_adddup2(&files, out, 1) || posix_spawn_file_actions_addclosefrom_np(&files, 3);
	failed = failed ? ENOMEM : posix_spawn(child, program, &files, &how, argv, environ);
	(void)posix_spawnattr_destroy(&how);		/* ignored: it is ours */
	(void)posix_spawn_file_actions_destroy(&files); /* ignored: it is ours */
	return failed;
}

/* Appends all of the file FD to OUT. */
static bool read_all(int fd, struct buf *out)
{
	static const size_t step = 64 * 1024;
	off_t at = 0;

	for (;;) {
		size_t had = out->n;
		char *room = at < PDF_BYTES ? buf_room(out, step) : NULL;
		ssize_t n = room ? pread(fd, room, step, at) : -1;

		out->n = had + (n > 0 ? (size_t)n : 0);
		if (n < 0 && room && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		at += n;
	}
}

result pdf_write(struct str job, struct buf *out, struct error *e)
{
	int in = -1, from = -1, status = -1, failed;
	struct buf program;
	result done = RESULT_FAIL;
	pid_t child;

	buf_init(&program);
	TRY_OUT(find_program(&program, e));
	in = memory_file("job", job);
	from = memory_file("pdf", STR(""));
	if (in < 0 || from < 0) {
		done = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a PDF");
		goto out;
	}
	failed = start(buf_c(&program), in, from, &child);
	if (failed) {
		done = error_set(e, CODE_INTERNAL, "sekisho-print cannot be started: %s", strerror(failed));
		goto out;
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		done = error_set(e, CODE_INTERNAL, "sekisho-print failed");
	else
		done = read_all(from, out) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a PDF");
out:
	buf_free(&program);
	if (in >= 0)
		(void)close(in); /* ignored: it was read */
	if (from >= 0)
		(void)close(from); /* ignored: it was read */
	return done;
}
