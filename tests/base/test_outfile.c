#include "test.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/outfile.h"
#include "scratch.h"

static size_t names_in(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void a_file_is_there_whole_when_committed(void **state)
{
	struct scratch s;
	struct outfile f;
	struct buf b;
	struct error e = {0};

	(void)state;
	scratch_make(&s);
	assert_ok(outfile_open(&f, scratch_path(&s, "x"), 0600, &e), &e);
	for (int i = 0; i < 1000; i++) {
		buf_text(outfile_buf(&f), "0123456789");
		assert_ok(outfile_flush(&f, 64, &e), &e);
	}
	assert_int_not_equal(access(scratch_path(&s, "x"), F_OK), 0);
	assert_ok(outfile_commit(&f, &e), &e);
	outfile_drop(&f);
	buf_init(&b);
	assert_ok(file_read(scratch_path(&s, "x"), 100000, &b, &e), &e);
	assert_int_equal(b.n, 10000);
	assert_int_equal(names_in(s.dir), 1);
	buf_free(&b);
	scratch_remove(&s);
}

static void a_dropped_file_leaves_nothing(void **state)
{
	struct scratch s;
	struct outfile f;
	struct error e = {0};

	(void)state;
	scratch_make(&s);
	assert_ok(outfile_open(&f, scratch_path(&s, "x"), 0600, &e), &e);
	buf_text(outfile_buf(&f), "abc");
	assert_ok(outfile_flush(&f, 0, &e), &e);
	outfile_drop(&f);
	assert_int_equal(names_in(s.dir), 0);
	scratch_remove(&s);
}

static void a_full_disk_is_an_error_and_the_name_stays_as_it_was(void **state)
{
	struct rlimit old, small = {4096, 4096};
	struct scratch s;
	struct outfile f;
	struct buf b;
	struct error e = {0};
	result r = RESULT_OK;

	(void)state;
	scratch_make(&s);
	assert_ok(file_write(scratch_path(&s, "x"), "old", 3, 0600, &e), &e);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL), 0);
	assert_ok(outfile_open(&f, scratch_path(&s, "x"), 0600, &e), &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 1000 && ok(r); i++) {
		buf_text(outfile_buf(&f), "0123456789");
		r = outfile_flush(&f, 100, &e);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_false(ok(r));
	assert_int_equal(e.code, CODE_IO);
	outfile_drop(&f);
	buf_init(&b);
	error_clear(&e);
	assert_ok(file_read(scratch_path(&s, "x"), 100, &b, &e), &e);
	assert_int_equal(b.n, 3);
	assert_int_equal(names_in(s.dir), 1);
	buf_free(&b);
	scratch_remove(&s);
}

static void what_is_no_regular_file_is_not_written_over(void **state)
{
	struct scratch s;
	struct outfile f;
	struct error e = {0};

	(void)state;
	scratch_make(&s);
	assert_int_equal(symlink("/dev/null", scratch_path(&s, "link")), 0);
	assert_fails(outfile_open(&f, scratch_path(&s, "link"), 0600, &e), &e, CODE_IO);
	assert_fails(outfile_open(&f, s.dir, 0600, &e), &e, CODE_IO);
	outfile_drop(&f);
	scratch_remove(&s);
}

enum { FILES = 3 };

static const char *const together[FILES] = {"keys", "report", "table"};

/* What a disk does that is told to: the COUNTDOWN-th call to it kills the program, or fails when it is to FAIL. */
static struct {
	bool armed, fails;
	int countdown, calls;
} machine;

static bool strikes(void)
{
	if (!machine.armed)
		return false;
	machine.calls++;
	if (machine.countdown-- != 0)
		return false;
	if (!machine.fails)
		raise(SIGKILL);
	errno = EIO;
	return true;
}

/* These stand before the library's; all that a file goes through on its way to its name. */
ssize_t write(int fd, const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (!real)
		real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
	return strikes() ? -1 : real(fd, p, n);
}

int fsync(int fd)
{
	static int (*real)(int);

	if (!real)
		real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	return strikes() ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);

	if (!real)
		real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
	return strikes() ? -1 : real(from, to);
}

/* Writes the three files in S, and tells whether it went well. */
static bool write_together(struct scratch *s)
{
	struct outfile f[FILES];
	struct error e = {0};
	result r;

	for (int i = 0; i < FILES; i++) {
		assert_ok(outfile_open(&f[i], scratch_path(s, together[i]), 0600, &e), &e);
		buf_text(outfile_buf(&f[i]), "0123456789");
	}
	r = outfile_commit_all(f, FILES, &e);
	for (int i = 0; i < FILES; i++)
		outfile_drop(&f[i]);
	return ok(r);
}

/* How many bytes the file NAME in S has, -1 when it is not there. */
static long length_of(struct scratch *s, const char *name)
{
	struct stat st;

	return stat(scratch_path(s, name), &st) == 0 ? (long)st.st_size : -1;
}

static void files_that_belong_together_are_all_there_or_none_when_a_call_fails(void **state)
{
	int nth = 0;

	(void)state;
	for (;; nth++) {
		struct scratch s;
		bool well;

		scratch_make(&s);
		machine.armed = machine.fails = true;
		machine.countdown = nth;
		machine.calls = 0;
		well = write_together(&s);
		machine.armed = false;
		for (int i = 0; i < FILES; i++)
			assert_int_equal(length_of(&s, together[i]), well ? 10 : -1);
		assert_int_equal(names_in(s.dir), well ? FILES : 0);
		scratch_remove(&s);
		if (well)
			break;
	}
	assert_true(nth >= 4 * FILES);
}

static void killed_at_any_call_no_file_is_half_and_none_is_there_without_the_earlier(void **state)
{
	size_t states = 0;
	bool seen[FILES + 1] = {false};

	(void)state;
	for (int nth = 0;; nth++) {
		struct scratch s;
		int status, there = 0;
		pid_t child;

		scratch_make(&s);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			machine.armed = true;
			machine.fails = false;
			machine.countdown = nth;
			_exit(write_together(&s) ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		while (there < FILES && length_of(&s, together[there]) == 10)
			there++;
		for (int i = there; i < FILES; i++)
			assert_int_equal(length_of(&s, together[i]), -1);
		states += !seen[there];
		seen[there] = true;
		scratch_remove(&s);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			assert_int_equal(there, FILES);
			break;
		}
		assert_int_equal(WTERMSIG(status), SIGKILL);
	}
	assert_int_equal(states, FILES + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_there_whole_when_committed),
		cmocka_unit_test(a_dropped_file_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_an_error_and_the_name_stays_as_it_was),
		cmocka_unit_test(what_is_no_regular_file_is_not_written_over),
		cmocka_unit_test(files_that_belong_together_are_all_there_or_none_when_a_call_fails),
		cmocka_unit_test(killed_at_any_call_no_file_is_half_and_none_is_there_without_the_earlier),
	};

	return cmocka_run_group_tests_name("base/outfile", tests, NULL, NULL);
}
