#include "test.h"

#include "evidence/tile.h"
#include "log_fixture.h"

#define LOG15 TEST_SOURCE_DIR "/data/tlog/log15/"

static const char *const leaves15[] = {"one", "two", "three",  "four", "five",	  "six",     "seven",  "eit",
				       "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"};

static void expect_path(int level, uint64_t n, unsigned width, const char *path)
{
	struct tile_id t = {level, n, width}, again;
	struct buf b;

	buf_init(&b);
	tile_path(&b, &t);
	assert_string_equal(buf_c(&b), path);
	assert_true(tile_path_read(buf_view(&b), &again));
	assert_int_equal(again.level, level);
	assert_true(again.n == n);
	assert_int_equal(again.width, width);
	buf_free(&b);
}

static void paths_are_those_of_the_specification(void **state)
{
	(void)state;
	expect_path(0, 0, 256, "tile/0/000");
	expect_path(0, 0, 1, "tile/0/000.p/1");
	expect_path(1, 999, 255, "tile/1/999.p/255");
	expect_path(0, 1000, 256, "tile/0/x001/000");
	expect_path(0, 1234067, 256, "tile/0/x001/x234/067");
	expect_path(7, 1234067, 8, "tile/7/x001/x234/067.p/8");
	expect_path(TILE_ENTRIES, 273, 256, "tile/entries/273");
	expect_path(TILE_ENTRIES, 1000000, 12, "tile/entries/x001/x000/000.p/12");
}

static void other_paths_are_refused(void **state)
{
	static const char *const paths[] = {
		"",		     "tile",		  "tile/0",	     "tile/0/",		 "tile/8/000",
		"tile/00/000",	     "tile/0/0",	  "tile/0/0000",     "tile/0/000/",	 "tile/0/000.p",
		"tile/0/000.p/",     "tile/0/000.p/0",	  "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/2",
		"tile/0/x000/001",   "tile/0/x001",	  "tile/0/x1/000",   "tile/0/001/000",	 "tile/0/x001/000.p",
		"tile/entry/000",    "tile/-1/000",	  "/tile/0/000",     "tile/0/../000",	 "tile/0/00a",
		"tile/0/x001.p/001", "tile/0/x999/x999/x999/x999/x999/x999/999",
	};
	struct tile_id t;

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (tile_path_read(str_of(paths[i]), &t))
			fail_msg("%s was taken", paths[i]);
}

static void width_follows_the_size(void **state)
{
	(void)state;
	assert_int_equal(tile_width(0, 0, 0), 0);
	assert_int_equal(tile_width(0, 0, 1), 1);
	assert_int_equal(tile_width(0, 0, 256), 256);
	assert_int_equal(tile_width(0, 1, 256), 0);
	assert_int_equal(tile_width(TILE_ENTRIES, 1, 300), 44);
	assert_int_equal(tile_width(1, 0, 255), 0);
	assert_int_equal(tile_width(1, 0, 256), 1);
	assert_int_equal(tile_width(2, 0, 65536), 1);
	assert_int_equal(tile_width(1, 1, 65536 + 511), 1);
}

static void bundle_gives_back_its_entries(void **state)
{
	struct str rest, entry;
	struct buf b;

	(void)state;
	buf_init(&b);
	bundle_add(&b, STR("one"));
	bundle_add(&b, STR(""));
	rest = buf_view(&b);
	assert_true(bundle_next(&rest, &entry));
	assert_true(str_is(entry, "one"));
	assert_true(bundle_next(&rest, &entry));
	assert_int_equal(entry.n, 0);
	assert_false(bundle_next(&rest, &entry));
	for (size_t n = 0; n < 5; n++) {
		rest = str_sub(buf_view(&b), 0, n);
		assert_false(bundle_next(&rest, &entry)); /* cut short */
	}
	buf_free(&b);
}

static void tile_of_a_wrong_length_is_refused(void **state)
{
	struct scratch s;
	struct buf b;
	struct error e = {0};
	static const unsigned char bytes[TILE_BYTES];
	const struct tile_id full = {0, 0, 256}, part = {0, 0, 3}, other = {0, 1, 3};

	(void)state;
	scratch_make(&s);
	buf_init(&b);
	assert_fails(tile_read(s.dir, &full, &b, &e), &e, CODE_IO);
	assert_ok(tile_write(s.dir, &full, (struct str){(const char *)bytes, TILE_BYTES}, &e), &e);
	assert_ok(tile_read(s.dir, &part, &b, &e), &e);
	assert_int_equal(b.n, 3 * HASH_SIZE); /* cut out of the full one */
	assert_ok(tile_write(s.dir, &full, (struct str){(const char *)bytes, TILE_BYTES - 1}, &e), &e);
	assert_fails(tile_read(s.dir, &full, &b, &e), &e, CODE_LOG_CORRUPT);
	assert_ok(tile_write(s.dir, &other, (struct str){(const char *)bytes, 4 * HASH_SIZE}, &e), &e);
	assert_fails(tile_read(s.dir, &other, &b, &e), &e, CODE_LOG_CORRUPT);
	buf_free(&b);
	scratch_remove(&s);
}

static void compare_files(const char *a, const char *b)
{
	struct buf x, y;
	struct error e = {0};

	buf_init(&x);
	buf_init(&y);
	assert_ok(file_read(a, 1 << 20, &x, &e), &e);
	assert_ok(file_read(b, 1 << 20, &y, &e), &e);
	if (!str_eq(buf_view(&x), buf_view(&y)))
		fail_msg("%s is not as published", b);
	buf_free(&x);
	buf_free(&y);
}

static void published_checkpoints_come_out_to_the_byte(void **state)
{
	struct str secret = STR("PRIVATE+KEY+example.com/log/testdata+33d7b496+"
				"AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg");
	struct checkpoint c;
	struct sign_key key;
	struct merkle_range r;
	struct error e = {0};

	(void)state;
	assert_true(note_secret_read(secret, &c.origin, &key));
	merkle_range_init(&r);
	for (size_t n = 0;; n++) {
		struct merkle_hash leaf;
		struct buf mine, theirs;
		char path[512];

		buf_init(&mine);
		buf_init(&theirs);
		snprintf(path, sizeof path, LOG15 "checkpoint.%zu", n);
		assert_ok(file_read(path, CHECKPOINT_MAX, &theirs, &e), &e);
		c.size = n;
		merkle_range_root(&r, &c.root);
		checkpoint_sign(&mine, &c, &key);
		if (!str_eq(buf_view(&mine), buf_view(&theirs)))
			fail_msg("checkpoint.%zu is not as published", n);
		buf_free(&mine);
		buf_free(&theirs);
		if (n == 15)
			break;
		merkle_leaf(str_of(leaves15[n]), &leaf);
		merkle_range_add(&r, &leaf);
	}
}

static void published_tiles_and_bundles_come_out_to_the_byte(void **state)
{
	static const unsigned char seed[SIGN_SEED] = {1};
	struct fixture f;
	struct log_tiles_config c = {NULL, NULL, true, false};
	struct log_tiles *t;

	(void)state;
	fixture_make(&f, "sekisho.invalid/15", seed);
	c.dir = f.tiles;
	c.key = log_key(f.log);
	assert_ok(log_tiles_open(f.d, 1, &c, &t, &f.e), &f.e);
	for (size_t n = 0; n < 15; n++) {
		struct str entry = str_of(leaves15[n]);
		struct log_entries batch = {&entry, 1, STR("")};
		char mine[2048], theirs[1024];

		assert_ok(fixture_append(&f, &batch, &f.e), &f.e);
		assert_ok(log_write_tiles(t, &f.e), &f.e);
		assert_int_equal(log_tiles_size(t), n + 1);
		snprintf(mine, sizeof mine, "%s/tile/0/000.p/%zu", f.tiles1, n + 1);
		snprintf(theirs, sizeof theirs, LOG15 "tile/0/000.p/%zu", n + 1);
		compare_files(theirs, mine);
		snprintf(mine, sizeof mine, "%s/tile/entries/000.p/%zu", f.tiles1, n + 1);
		snprintf(theirs, sizeof theirs, LOG15 "tile/entries/000.p/%zu", n + 1);
		compare_files(theirs, mine);
	}
	log_tiles_close(t);
	fixture_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_the_specification),
		cmocka_unit_test(other_paths_are_refused),
		cmocka_unit_test(width_follows_the_size),
		cmocka_unit_test(bundle_gives_back_its_entries),
		cmocka_unit_test(tile_of_a_wrong_length_is_refused),
		cmocka_unit_test(published_checkpoints_come_out_to_the_byte),
		cmocka_unit_test(published_tiles_and_bundles_come_out_to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
