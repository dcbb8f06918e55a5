#include "test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_there_whole_when_committed),
		cmocka_unit_test(a_dropped_file_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_an_error_and_the_name_stays_as_it_was),
		cmocka_unit_test(what_is_no_regular_file_is_not_written_over),
	};

	return cmocka_run_group_tests_name("base/outfile", tests, NULL, NULL);
}
