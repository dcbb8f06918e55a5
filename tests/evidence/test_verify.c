#include "test.h"

#include <sqlite3.h>

#include "evidence/export.h"
#include "evidence/pack.h"
#include "evidence/subject.h"
#include "evidence/verify.h"
#include "log_fixture.h"

enum { SIZE = 600 };

static int setup(void **state)
{
	int failed = fixture_setup(state);

	fixture_fill(*state, SIZE, 13);
	return failed;
}

/* The configuration that verifies F's log. */
static struct verify_config config_of(struct fixture *f)
{
	return (struct verify_config){.key = log_key(f->log), .threads = 2};
}

static void write_export(struct fixture *f, enum export_format format, struct buf *b);

static void whole_log_verifies_from_everywhere(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct verify_report r;
	struct buf note, lines;
	struct merkle_hash root;

	fixture_tiles(f);
	assert_ok(verify_database(f->url, 0, &c, &r, &f->e), &f->e);
	assert_int_equal(r.size, SIZE);
	root = r.root;
	assert_ok(verify_tiles(f->tiles1, &c, &r, &f->e), &f->e);
	assert_int_equal(r.size, SIZE);
	assert_true(merkle_hash_eq(&root, &r.root));
	buf_init(&note);
	buf_init(&lines);
	log_checkpoint(f->log, &note);
	write_export(f, EXPORT_NDJSON, &lines);
	assert_ok(file_write(scratch_path(&f->scratch, "x"), lines.p, lines.n, 0600, &f->e), &f->e);
	assert_ok(verify_export(f->scratch.path, buf_view(&note), &c, &r, &f->e), &f->e);
	assert_int_equal(r.size, SIZE);
	assert_true(merkle_hash_eq(&root, &r.root));
	buf_free(&note);
	buf_free(&lines);
}

static result add_to_buf(void *ctx, struct str bytes, struct error *e)
{
	(void)e;
	buf_str(ctx, bytes);
	return RESULT_OK;
}

static void write_export(struct fixture *f, enum export_format format, struct buf *b)
{
	struct export_sink sink = {add_to_buf, b};
	struct export_span span = {0, log_size(f->log)};
	struct log_reader *r;

	assert_ok(log_reader_make(f->d, 1, &r, &f->e), &f->e);
	assert_ok(export_entries(r, &span, format, &sink, &f->e), &f->e);
	log_reader_free(r);
}

static void csv_has_a_line_for_each_entry(void **state)
{
	struct fixture *f = *state;
	struct buf b;
	size_t lines = 0;
	const char *second;

	buf_init(&b);
	write_export(f, EXPORT_CSV, &b);
	for (size_t i = 0; i < b.n; i++)
		lines += b.p[i] == '\n';
	assert_int_equal(lines, SIZE + 1);
	assert_true(str_starts(buf_view(&b), STR("index,t,kind,actor,")));
	second = strchr(buf_c(&b), '\n') + 1;
	assert_true(str_starts(str_of(second),
			       STR("0,2026-12-01T00:00:00.123Z,read,a7,billing_app,billing,customer,\"[\"\"name\"\",")));
	buf_free(&b);
}

static void empty_log_verifies(void **state)
{
	struct fixture f;
	struct verify_config c;
	struct verify_report r;

	(void)state;
	fixture_make(&f, "sekisho.invalid/empty", fixture_seed);
	c = config_of(&f);
	assert_ok(verify_database(f.url, 1, &c, &r, &f.e), &f.e);
	assert_int_equal(r.size, 0);
	fixture_tiles(&f);
	assert_ok(verify_tiles(f.tiles1, &c, &r, &f.e), &f.e);
	fixture_remove(&f);
}

static void older_checkpoint_has_to_be_a_beginning(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct verify_report r;
	struct checkpoint other = {.origin = log_key(f->log)->name, .size = SIZE};
	struct buf older, forged;

	buf_init(&older);
	buf_init(&forged);
	log_checkpoint(f->log, &older);
	fixture_fill(f, 50, 7);
	c.older = buf_view(&older);
	assert_ok(verify_database(f->url, 0, &c, &r, &f->e), &f->e);
	checkpoint_sign(&forged, &other, &f->key);
	c.older = buf_view(&forged);
	assert_fails(verify_database(f->url, 0, &c, &r, &f->e), &f->e, CODE_LOG_CORRUPT);
	buf_reset(&forged);
	other.size = SIZE + 51;
	checkpoint_sign(&forged, &other, &f->key);
	c.older = buf_view(&forged);
	assert_fails(verify_database(f->url, 0, &c, &r, &f->e), &f->e, CODE_LOG_ROLLED_BACK);
	buf_free(&older);
	buf_free(&forged);
}

/* Runs SQL on F's file behind its back. */
static void tamper(struct fixture *f, const char *sql, const void *blob, size_t n, int64_t place)
{
	sqlite3 *raw;
	sqlite3_stmt *q;

	assert_int_equal(sqlite3_open(f->url, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &q, NULL), SQLITE_OK);
	if (blob)
		sqlite3_bind_blob(q, 1, blob, (int)n, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, place);
	assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	assert_int_equal(sqlite3_changes(raw), 1);
	sqlite3_close(raw);
}

/* Flips bit BIT of byte AT of entry INDEX in the database, packing the batch again as it was. */
static void flip(struct fixture *f, uint64_t index, size_t at, int bit)
{
	struct log_reader *r;
	struct log_batch batch;
	struct str entry;
	struct packer *p = packer_make();
	struct buf bundle, packed;
	size_t offset;

	assert_non_null(p);
	buf_init(&bundle);
	buf_init(&packed);
	assert_ok(log_reader_make(f->d, 1, &r, &f->e), &f->e);
	assert_ok(log_reader_entry(r, index, &entry, &f->e), &f->e);
	assert_ok(log_reader_batch(r, index, &batch, &f->e), &f->e);
	offset = (size_t)(entry.p - batch.bundle.p) + at % entry.n;
	buf_str(&bundle, batch.bundle);
	bundle.p[offset] = (char)(bundle.p[offset] ^ (1 << bit));
	assert_ok(packer_add(p, buf_view(&bundle), &packed, &f->e), &f->e);
	tamper(f, "UPDATE log_batch SET entries = ? WHERE place = ?", packed.p, packed.n, log_place(1, batch.first));
	log_reader_free(r);
	packer_free(p);
	buf_free(&bundle);
	buf_free(&packed);
}

static void one_changed_bit_is_found_with_its_index(void **state)
{
	static const struct {
		uint64_t index;
		size_t at;
		int bit;
	} changes[] = {{0, 0, 0}, {1, 20, 1}, {255, 250, 0}, {256, 299, 3}, {300, 60, 2}, {SIZE - 1, 285, 5}};
	struct fixture *f = *state;

	fixture_tiles(f);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct verify_config c = config_of(f);
		struct verify_report r;
		char where[32];

		flip(f, changes[i].index, changes[i].at, changes[i].bit);
		/* without tiles at least the batch is known */
		assert_false(ok(verify_database(f->url, 0, &c, &r, &f->e)));
		assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
		assert_true(r.bad_first <= changes[i].index && changes[i].index <= r.bad_last);
		assert_true(r.bad_last - r.bad_first < 13);
		error_clear(&f->e);
		c.tiles = f->tiles1;
		assert_false(ok(verify_database(f->url, 0, &c, &r, &f->e)));
		assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
		snprintf(where, sizeof where, "%u", (unsigned)changes[i].index);
		assert_string_equal(f->e.where, where);
		assert_int_equal(r.bad_first, changes[i].index);
		assert_int_equal(r.bad_last, changes[i].index);
		error_clear(&f->e);
		flip(f, changes[i].index, changes[i].at, changes[i].bit); /* back */
	}
	{
		struct verify_config c = config_of(f);
		struct verify_report r;

		assert_ok(verify_database(f->url, 0, &c, &r, &f->e), &f->e);
	}
}

static void damaged_frame_is_found_with_its_batch(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct verify_report r;

	tamper(f, "UPDATE log_batch SET entries = ? WHERE place = ?", "nothing", 7, log_place(1, 130));
	assert_false(ok(verify_database(f->url, 0, &c, &r, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "g1/130");
	error_clear(&f->e);
}

static void missing_batch_is_found(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct verify_report r;

	tamper(f, "DELETE FROM log_batch WHERE ? IS NULL AND place = ?", NULL, 0, log_place(1, 130));
	assert_false(ok(verify_database(f->url, 0, &c, &r, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "g1/130");
	error_clear(&f->e);
}

static void changed_bundle_or_tile_is_found_with_its_index(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	const struct tile_id bundle = {TILE_ENTRIES, 1, 256}, hashes = {0, 1, 256};
	struct verify_report r;
	struct buf b;

	fixture_tiles(f);
	buf_init(&b);
	assert_ok(tile_read(f->tiles1, &hashes, &b, &f->e), &f->e);
	b.p[HASH_SIZE * 9 + 1] ^= 1;
	assert_ok(tile_write(f->tiles1, &hashes, buf_view(&b), &f->e), &f->e);
	assert_false(ok(verify_tiles(f->tiles1, &c, &r, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "265");
	error_clear(&f->e);
	b.p[HASH_SIZE * 9 + 1] ^= 1;
	assert_ok(tile_write(f->tiles1, &hashes, buf_view(&b), &f->e), &f->e);

	assert_ok(tile_read(f->tiles1, &bundle, &b, &f->e), &f->e);
	b.p[2 + 30] ^= 1;
	assert_ok(tile_write(f->tiles1, &bundle, buf_view(&b), &f->e), &f->e);
	assert_false(ok(verify_tiles(f->tiles1, &c, &r, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "256");
	error_clear(&f->e);
	buf_free(&b);
}

static void changed_or_cut_export_is_refused(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct verify_report r;
	struct buf note, lines;

	buf_init(&note);
	buf_init(&lines);
	log_checkpoint(f->log, &note);
	write_export(f, EXPORT_NDJSON, &lines);
	lines.p[5000] ^= 1;
	assert_ok(file_write(scratch_path(&f->scratch, "x"), lines.p, lines.n, 0600, &f->e), &f->e);
	assert_fails(verify_export(f->scratch.path, buf_view(&note), &c, &r, &f->e), &f->e, CODE_LOG_CORRUPT);
	lines.p[5000] ^= 1;
	assert_ok(file_write(f->scratch.path, lines.p, lines.n - 1, 0600, &f->e), &f->e);
	assert_fails(verify_export(f->scratch.path, buf_view(&note), &c, &r, &f->e), &f->e, CODE_MALFORMED);
	while (lines.p[lines.n - 2] != '\n')
		lines.n--;
	assert_ok(file_write(f->scratch.path, lines.p, lines.n - 1, 0600, &f->e), &f->e);
	assert_fails(verify_export(f->scratch.path, buf_view(&note), &c, &r, &f->e), &f->e, CODE_LOG_CORRUPT);
	assert_int_equal(r.bad_first, SIZE - 1);
	buf_free(&note);
	buf_free(&lines);
}

static void entry_of_an_unknown_form_is_refused(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct verify_report r;
	struct str entry = STR("{\"v\":1,\"t\":\"x\",\"kind\":\"peek\",\"nonce\":\"A\"}");
	struct log_entries batch = {&entry, 1, STR("")};

	assert_ok(fixture_append(f, &batch, &f->e), &f->e);
	assert_false(ok(verify_database(f->url, 0, &c, &r, &f->e)));
	assert_int_equal(f->e.code, CODE_MALFORMED);
	assert_string_equal(f->e.where, "600");
	error_clear(&f->e);
}

static void person_missing_from_the_index_is_found(void **state)
{
	struct fixture *f = *state;
	struct verify_config c = config_of(f);
	struct subject_row rows[SIZE];
	struct verify_report r;

	for (unsigned i = 0; i < SIZE; i++)
		rows[i] = (struct subject_row){{{(unsigned char)(i % 7), 1}}, log_place(1, i)};
	rows[433].subject = (struct uuid){{0}};
	subject_sort(rows, SIZE);
	assert_ok(subject_add(f->d, rows, SIZE, &f->e), &f->e);
	assert_ok(subject_done(f->d, 1, SIZE, rows, SIZE, &f->e), &f->e);
	assert_ok(subject_erase(f->d, &rows[300].subject, &f->e), &f->e);
	assert_ok(verify_database(f->url, 0, &c, &r, &f->e), &f->e);
	assert_int_equal(r.indexed, SIZE);
	tamper(f, "DELETE FROM log_erased WHERE ? IS NULL AND place = ?", NULL, 0, log_place(1, 433));
	assert_false(ok(verify_database(f->url, 0, &c, &r, &f->e)));
	assert_int_equal(f->e.code, CODE_LOG_CORRUPT);
	assert_string_equal(f->e.where, "433");
	error_clear(&f->e);
}

static void another_key_verifies_nothing(void **state)
{
	struct fixture *f = *state;
	static const unsigned char other[SIGN_SEED] = {43};
	struct verify_config c = config_of(f);
	struct verify_report r;
	struct sign_key key;
	struct note_key known;

	sign_key_of(&key, other);
	known = note_key_of(log_key(f->log)->name, key.pub);
	c.key = &known;
	assert_fails(verify_database(f->url, 0, &c, &r, &f->e), &f->e, CODE_LOG_CORRUPT);
	known = note_key_of(STR("sekisho.invalid/other/g1"), f->key.pub);
	assert_fails(verify_database(f->url, 0, &c, &r, &f->e), &f->e, CODE_LOG_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
		T(whole_log_verifies_from_everywhere),
		T(csv_has_a_line_for_each_entry),
		T(empty_log_verifies),
		T(older_checkpoint_has_to_be_a_beginning),
		T(one_changed_bit_is_found_with_its_index),
		T(damaged_frame_is_found_with_its_batch),
		T(missing_batch_is_found),
		T(changed_bundle_or_tile_is_found_with_its_index),
		T(changed_or_cut_export_is_refused),
		T(entry_of_an_unknown_form_is_refused),
		T(person_missing_from_the_index_is_found),
		T(another_key_verifies_nothing),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
