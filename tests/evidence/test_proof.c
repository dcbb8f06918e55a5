#include "test.h"

#include "evidence/proof.h"
#include "log_fixture.h"

enum { SIZE = 700 };

static int setup(void **state)
{
	int failed = fixture_setup(state);

	fixture_fill(*state, SIZE, 13);
	return failed;
}

struct source {
	struct log_head head;
	struct log_reader *reader;
	struct log_nodes *nodes;
};

static void source_open(struct fixture *f, const char *tiles, struct source *s)
{
	assert_ok(log_head_read(f->d, 0, &s->head, &f->e), &f->e);
	assert_ok(log_head_check(&s->head, log_key(f->log), &f->e), &f->e);
	assert_ok(log_reader_make(f->d, 1, &s->reader, &f->e), &f->e);
	assert_ok(log_nodes_make(tiles, s->reader, s->head.size, &s->nodes, &f->e), &f->e);
}

static void source_close(struct source *s)
{
	log_nodes_free(s->nodes);
	log_reader_free(s->reader);
}

static void prove_and_verify(struct fixture *f, struct source *s, uint64_t i)
{
	struct str entry;
	struct buf b;
	uint64_t index;

	buf_init(&b);
	assert_ok(proof_make(s->nodes, &s->head, i, &b, &f->e), &f->e);
	assert_ok(log_reader_entry(s->reader, i, &entry, &f->e), &f->e);
	assert_ok(proof_verify(buf_view(&b), entry, log_key(f->log), &index, &f->e), &f->e);
	assert_int_equal(index, i);
	buf_free(&b);
}

static void every_entry_gets_a_receipt_that_verifies(void **state)
{
	struct fixture *f = *state;
	struct source s;

	source_open(f, NULL, &s);
	for (uint64_t i = 0; i < SIZE; i += i < 5 || i > SIZE - 5 ? 1 : 17)
		prove_and_verify(f, &s, i);
	source_close(&s);
}

static void tiles_give_the_same_receipt_as_the_entries(void **state)
{
	struct fixture *f = *state;
	struct source with, without;
	struct buf a, b;

	fixture_tiles(f);
	source_open(f, f->tiles1, &with);
	source_open(f, NULL, &without);
	for (uint64_t i = 0; i < SIZE; i += 31) {
		buf_init(&a);
		buf_init(&b);
		assert_ok(proof_make(with.nodes, &with.head, i, &a, &f->e), &f->e);
		assert_ok(proof_make(without.nodes, &without.head, i, &b, &f->e), &f->e);
		assert_true(str_eq(buf_view(&a), buf_view(&b)));
		buf_free(&a);
		buf_free(&b);
	}
	source_close(&with);
	source_close(&without);
}

static void tiles_behind_the_head_still_serve(void **state)
{
	struct fixture *f = *state;
	struct source s;

	fixture_tiles(f);
	fixture_fill(f, 400, 50);
	source_open(f, f->tiles1, &s);
	for (uint64_t i = 0; i < SIZE + 400; i += 101)
		prove_and_verify(f, &s, i);
	source_close(&s);
}

static void damaged_tiles_are_passed_by(void **state)
{
	struct fixture *f = *state;
	static const unsigned char zero[TILE_BYTES];
	const struct tile_id t = {0, 0, TILE_WIDTH};
	struct source s;

	fixture_tiles(f);
	assert_ok(tile_write(f->tiles1, &t, (struct str){(const char *)zero, sizeof zero}, &f->e), &f->e);
	source_open(f, f->tiles1, &s);
	prove_and_verify(f, &s, 3);
	source_close(&s);
}

static void receipt_of_another_entry_or_log_is_refused(void **state)
{
	struct fixture *f = *state;
	struct note_key other;
	struct source s;
	struct buf b;
	uint64_t index;
	struct str entry;

	source_open(f, NULL, &s);
	buf_init(&b);
	assert_ok(proof_make(s.nodes, &s.head, 5, &b, &f->e), &f->e);
	assert_ok(log_reader_entry(s.reader, 6, &entry, &f->e), &f->e);
	assert_fails(proof_verify(buf_view(&b), entry, log_key(f->log), &index, &f->e), &f->e, CODE_LOG_CORRUPT);
	assert_ok(log_reader_entry(s.reader, 5, &entry, &f->e), &f->e);
	other = note_key_of(STR("sekisho.invalid/other/g1"), f->key.pub);
	assert_fails(proof_verify(buf_view(&b), entry, &other, &index, &f->e), &f->e, CODE_LOG_CORRUPT);
	for (size_t n = 0; n < b.n; n++)
		if (ok(proof_verify(str_sub(buf_view(&b), 0, n), entry, log_key(f->log), &index, NULL)))
			fail_msg("a receipt cut to %zu bytes was taken", n);
	for (size_t n = 0; n < b.n; n++) {
		b.p[n] ^= 1;
		if (ok(proof_verify(buf_view(&b), entry, log_key(f->log), &index, NULL)))
			fail_msg("a receipt with byte %zu changed was taken", n);
		b.p[n] ^= 1;
	}
	buf_free(&b);
	source_close(&s);
}

static void no_receipt_for_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct source s;
	struct buf b;

	source_open(f, NULL, &s);
	buf_init(&b);
	assert_fails(proof_make(s.nodes, &s.head, SIZE, &b, &f->e), &f->e, CODE_MALFORMED);
	assert_int_equal(b.n, 0);
	buf_free(&b);
	source_close(&s);
}

static void older_checkpoint_is_proved_and_another_history_is_not(void **state)
{
	struct fixture *f = *state;
	struct checkpoint old;
	struct merkle_proof p;
	struct buf note;
	struct source s;

	buf_init(&note);
	log_checkpoint(f->log, &note);
	assert_ok(checkpoint_open(buf_view(&note), log_key(f->log), &old, &f->e), &f->e);
	fixture_fill(f, 99, 7);
	source_open(f, NULL, &s);
	assert_ok(proof_make_consistency(s.nodes, &s.head, &old, &p, &f->e), &f->e);
	assert_true(p.count > 0);
	old.root.b[3] ^= 1;
	assert_fails(proof_make_consistency(s.nodes, &s.head, &old, &p, &f->e), &f->e, CODE_LOG_CORRUPT);
	old.size = SIZE + 100;
	assert_fails(proof_make_consistency(s.nodes, &s.head, &old, &p, &f->e), &f->e, CODE_MALFORMED);
	old.size = 0;
	hash_sha256("", 0, old.root.b);
	assert_ok(proof_make_consistency(s.nodes, &s.head, &old, &p, &f->e), &f->e);
	assert_int_equal(p.count, 0);
	source_close(&s);
	buf_free(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
		T(every_entry_gets_a_receipt_that_verifies),
		T(tiles_give_the_same_receipt_as_the_entries),
		T(tiles_behind_the_head_still_serve),
		T(damaged_tiles_are_passed_by),
		T(receipt_of_another_entry_or_log_is_refused),
		T(no_receipt_for_what_is_not_there),
		T(older_checkpoint_is_proved_and_another_history_is_not),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
