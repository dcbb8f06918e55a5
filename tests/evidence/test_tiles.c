#include "test.h"

#include <sys/stat.h>

#include "evidence/verify.h"
#include "log_fixture.h"

static void verify_files(struct fixture *f)
{
	struct verify_config c = {.key = log_key(f->log), .threads = 2};
	struct verify_report r;

	assert_ok(verify_tiles(f->tiles1, &c, &r, &f->e), &f->e);
	assert_int_equal(r.size, log_size(f->log));
}

static struct log_tiles *open_tiles(struct fixture *f, bool rebuild)
{
	struct log_tiles_config c = {f->tiles, log_key(f->log), true, rebuild};
	struct log_tiles *t;

	assert_ok(log_tiles_open(f->d, 1, &c, &t, &f->e), &f->e);
	return t;
}

static bool there(struct fixture *f, const char *name)
{
	char path[1100];

	snprintf(path, sizeof path, "%s/%s", f->tiles1, name);
	return access(path, F_OK) == 0;
}

static void remove_file(struct fixture *f, const char *name)
{
	char path[1100];

	snprintf(path, sizeof path, "%s/%s", f->tiles1, name);
	assert_int_equal(unlink(path), 0);
}

static void files_verify_after_every_step(void **state)
{
	struct fixture *f = *state;
	struct log_tiles *t = open_tiles(f, false);
	static const unsigned char steps[] = {0, 1, 3, 250, 2, 1, 200, 55};

	for (size_t i = 0; i < sizeof steps; i++) {
		fixture_fill(f, steps[i], 64);
		assert_ok(log_write_tiles(t, &f->e), &f->e);
		assert_int_equal(log_tiles_size(t), log_size(f->log));
		verify_files(f);
	}
	log_tiles_close(t);
}

static void partial_tiles_go_when_the_full_one_is_there(void **state)
{
	struct fixture *f = *state;
	struct log_tiles *t = open_tiles(f, false);

	fixture_fill(f, 255, 255);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	assert_true(there(f, "tile/0/000.p/255"));
	assert_true(there(f, "tile/entries/000.p/255"));
	fixture_fill(f, 2, 1);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	assert_false(there(f, "tile/0/000.p"));
	assert_false(there(f, "tile/entries/000.p"));
	assert_true(there(f, "tile/0/000"));
	assert_true(there(f, "tile/0/001.p/1"));
	assert_true(there(f, "tile/1/000.p/1"));
	log_tiles_close(t);
}

static void lost_tiles_are_written_again_at_the_next_start(void **state)
{
	struct fixture *f = *state;

	fixture_fill(f, 600, 200);
	fixture_tiles(f);
	remove_file(f, "tile/0/001");
	remove_file(f, "tile/entries/000");
	fixture_tiles(f); /* nothing was durable yet, so all is written */
	verify_files(f);
}

static void checkpoint_is_not_moved_when_the_entries_do_not_fit(void **state)
{
	struct fixture *f = *state;
	static const unsigned char other[SIGN_SEED] = {43};
	struct sign_key key;
	struct note_key known;
	struct log_tiles_config c = {f->tiles, &known, true, false};
	struct log_tiles *t;

	sign_key_of(&key, other);
	known = note_key_of(log_key(f->log)->name, key.pub);
	fixture_fill(f, 3, 1);
	assert_ok(log_tiles_open(f->d, 1, &c, &t, &f->e), &f->e);
	assert_fails(log_write_tiles(t, &f->e), &f->e, CODE_LOG_CORRUPT);
	assert_false(there(f, "checkpoint"));
	log_tiles_close(t);
}

static void durable_tiles_are_gone_on_from_and_damage_is_mended(void **state)
{
	struct fixture *f = *state;
	static const unsigned char zero[TILE_BYTES];
	const struct tile_id level1 = {1, 0, TILE_WIDTH};
	struct log_tiles *t = open_tiles(f, false);

	fixture_fill(f, 65536 + 700, FIXTURE_BATCH_MAX);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	log_tiles_close(t);
	assert_true(there(f, "synced"));
	assert_true(there(f, "tile/2/000.p/1"));
	verify_files(f);
	/* what lies before the mark is not looked at again */
	remove_file(f, "tile/entries/000");
	fixture_fill(f, 10, 1);
	t = open_tiles(f, false);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	log_tiles_close(t);
	assert_false(there(f, "tile/entries/000"));
	/* but a root that does not come out makes everything be written again */
	assert_ok(tile_write(f->tiles1, &level1, (struct str){(const char *)zero, sizeof zero}, &f->e), &f->e);
	t = open_tiles(f, false);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	log_tiles_close(t);
	assert_true(there(f, "tile/entries/000"));
	verify_files(f);
}

static void tile_that_cannot_be_written_is_tried_again(void **state)
{
	static const char *const in_the_way[] = {"tile/0/000", "tile/entries/000", "tile/1"};
	struct fixture *f = *state;
	struct log_tiles *t = open_tiles(f, false);
	char path[1100];

	fixture_fill(f, 250, 250);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	fixture_fill(f, 20, 10);
	for (size_t i = 0; i < sizeof in_the_way / sizeof *in_the_way; i++) {
		FILE *file = NULL;

		snprintf(path, sizeof path, "%s/%s", f->tiles1, in_the_way[i]);
		if (i == 2)
			assert_non_null(file = fopen(path, "w"));
		else
			assert_int_equal(mkdir(path, 0700), 0);
		for (int again = 0; again < 3; again++)
			assert_fails(log_write_tiles(t, &f->e), &f->e, CODE_IO);
		assert_int_equal(log_tiles_size(t), 250); /* the old checkpoint stands */
		if (file)
			assert_int_equal(fclose(file), 0);
		assert_int_equal(remove(path), 0);
	}
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	verify_files(f);
	log_tiles_close(t);
}

static void rebuild_believes_nothing(void **state)
{
	struct fixture *f = *state;
	struct log_tiles *t;

	fixture_fill(f, 300, 100);
	fixture_tiles(f);
	remove_file(f, "tile/0/000");
	t = open_tiles(f, true);
	assert_ok(log_write_tiles(t, &f->e), &f->e);
	log_tiles_close(t);
	verify_files(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(files_verify_after_every_step),
		T(partial_tiles_go_when_the_full_one_is_there),
		T(lost_tiles_are_written_again_at_the_next_start),
		T(checkpoint_is_not_moved_when_the_entries_do_not_fit),
		T(durable_tiles_are_gone_on_from_and_damage_is_mended),
		T(tile_that_cannot_be_written_is_tried_again),
		T(rebuild_believes_nothing),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
