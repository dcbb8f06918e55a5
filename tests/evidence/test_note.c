#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "evidence/checkpoint.h"

#define LOG15 TEST_SOURCE_DIR "/data/tlog/log15/"
#define KEY15 "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
#define SECRET15 \
	"PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg"

static struct note_key key15(void)
{
	struct note_key k;

	assert_true(note_key_read(STR(KEY15), &k));
	return k;
}

static void key_texts_are_read_and_written_alike(void **state)
{
	struct note_key k = key15();
	struct str name;
	struct sign_key secret;
	struct buf b;

	(void)state;
	buf_init(&b);
	note_key_write(&b, &k);
	assert_string_equal(buf_c(&b), KEY15);
	assert_true(note_secret_read(STR(SECRET15), &name, &secret));
	assert_true(str_is(name, "example.com/log/testdata"));
	assert_memory_equal(secret.pub, k.pub, sizeof k.pub);
	buf_reset(&b);
	note_secret_write(&b, name, &secret);
	assert_string_equal(buf_c(&b), SECRET15);
	buf_free(&b);
}

static void broken_key_texts_are_refused(void **state)
{
	static const char *const keys[] = {
		"",
		"example.com",
		"example.com/log/testdata+33d7b496",
		"example.com/log/testdata+33d7b496+",
		"example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", /* id */
		"example.com/log/testdatb+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", /* name */
		"example.com/log/testdata+33d7b496+AuHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", /* type */
		"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkk==", /* short */
		"example.com log+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
		"+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
	};
	struct note_key k;
	struct sign_key s;
	struct str name;

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (note_key_read(str_of(keys[i]), &k))
			fail_msg("%s was taken", keys[i]);
	assert_false(note_secret_read(STR(KEY15), &name, &s));
	assert_false(note_secret_read(STR("PRIVATE+KEY+" KEY15), &name, &s));
}

static void names_are_without_space_and_plus(void **state)
{
	(void)state;
	assert_true(note_name_valid(STR("sekisho.invalid/0190/g1")));
	assert_true(note_name_valid(STR("関所.example/g1")));
	assert_false(note_name_valid(STR("")));
	assert_false(note_name_valid(STR("a b")));
	assert_false(note_name_valid(STR("a+b")));
	assert_false(note_name_valid(STR("a\nb")));
	assert_false(note_name_valid(STR("a\x7f\xff"))); /* no UTF-8 */
	assert_false(note_name_valid(STR("a\xC2\xA0" "b")));
	assert_false(note_name_valid(STR("a\xE3\x80\x80" "b")));
}

static void read_checkpoint15(struct buf *b, const char *name)
{
	char path[512];
	struct error e = {0};

	snprintf(path, sizeof path, "%s%s", LOG15, name);
	buf_init(b);
	assert_ok(file_read(path, CHECKPOINT_MAX, b, &e), &e);
}

static void published_checkpoint_is_opened(void **state)
{
	struct note_key k = key15();
	struct checkpoint c;
	struct error e = {0};
	struct buf b;

	(void)state;
	read_checkpoint15(&b, "checkpoint");
	assert_ok(checkpoint_open(buf_view(&b), &k, &c, &e), &e);
	assert_int_equal(c.size, 15);
	assert_true(str_is(c.origin, "example.com/log/testdata"));
	buf_free(&b);
}

/* Changes the published note by replacing byte AT with C and expects CODE. */
static void expect_refusal(size_t at, char c, enum code code)
{
	struct note_key k = key15();
	struct checkpoint out;
	struct error e = {0};
	struct buf b;

	read_checkpoint15(&b, "checkpoint");
	b.p[at] = c;
	assert_fails(checkpoint_open(buf_view(&b), &k, &out, &e), &e, code);
	buf_free(&b);
}

static void every_changed_byte_is_refused(void **state)
{
	struct note_key k = key15();
	struct buf b;
	size_t n;

	(void)state;
	read_checkpoint15(&b, "checkpoint");
	n = b.n;
	for (size_t i = 0; i < n; i++) {
		struct checkpoint out;
		struct error e = {0};

		b.p[i] ^= 1;
		if (ok(checkpoint_open(buf_view(&b), &k, &out, &e)))
			fail_msg("the note with byte %zu changed was taken", i);
		b.p[i] ^= 1;
		if (ok(checkpoint_open(str_sub(buf_view(&b), 0, i), &k, &out, NULL)))
			fail_msg("the note cut to %zu bytes was taken", i);
	}
	buf_free(&b);
	expect_refusal(25, '2', CODE_LOG_CORRUPT); /* another size, not signed */
}

static void signatures_of_others_are_ignored_but_not_alone(void **state)
{
	unsigned char seed[SIGN_SEED] = {7};
	struct sign_key mine;
	struct note_key known;
	struct str text;
	struct error e = {0};
	struct buf b;

	(void)state;
	sign_key_of(&mine, seed);
	known = note_key_of(STR("a.example"), mine.pub);
	buf_init(&b);
	note_sign(&b, STR("text\n\nwith a blank line\n"), STR("a.example"), &mine);
	buf_text(&b, "\xE2\x80\x94 b.example AAAAAAAA\n");
	assert_ok(note_open(buf_view(&b), &known, 1, &text, &e), &e);
	assert_true(str_is(text, "text\n\nwith a blank line\n"));
	known.id[0] ^= 1;
	assert_fails(note_open(buf_view(&b), &known, 1, &text, &e), &e, CODE_LOG_CORRUPT);
	known.id[0] ^= 1;
	/* a second one by the known key that does not verify */
	buf_text(&b, "\xE2\x80\x94 a.example ");
	{
		unsigned char raw[NOTE_KEY_ID + SIGN_SIGNATURE] = {0};

		memcpy(raw, known.id, NOTE_KEY_ID);
		buf_base64(&b, raw, sizeof raw);
	}
	buf_byte(&b, '\n');
	assert_fails(note_open(buf_view(&b), &known, 1, &text, &e), &e, CODE_LOG_CORRUPT);
	buf_free(&b);
}

static void malformed_notes_are_refused(void **state)
{
	static const char *const notes[] = {
		"",
		"\n",
		"text\n",
		"text\n\n",
		"text\n\n\xE2\x80\x94 a.example AAAAAAAA", /* no last newline */
		"text\n\n- a.example AAAAAAAA\n",
		"text\n\n\xE2\x80\x94 a.example\n",
		"text\n\n\xE2\x80\x94 a.example AAAAAA==\n", /* only the key id */
		"text\n\n\xE2\x80\x94 a.example AAAAAAAB=\n",
		"text\n\n\xE2\x80\x94  AAAAAAAA\n",
		"te\txt\n\n\xE2\x80\x94 a.example AAAAAAAA\n",
		"te\xFFxt\n\n\xE2\x80\x94 a.example AAAAAAAA\n",
	};
	struct note_key k = key15();
	struct buf many;

	(void)state;
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		struct error e = {0};
		struct str text;

		if (ok(note_open(str_of(notes[i]), &k, 1, &text, &e)))
			fail_msg("note %zu was taken", i);
		if (e.code != CODE_MALFORMED && i != 3)
			fail_msg("note %zu: %s", i, code_text(e.code));
	}
	buf_init(&many);
	buf_text(&many, "text\n\n");
	for (int i = 0; i < NOTE_SIGNATURES_MAX + 1; i++)
		buf_text(&many, "\xE2\x80\x94 a.example AAAAAAAA\n");
	{
		struct error e = {0};
		struct str text;

		assert_fails(note_open(buf_view(&many), &k, 1, &text, &e), &e, CODE_MALFORMED);
	}
	buf_free(&many);
}

static void checkpoint_text_has_one_form(void **state)
{
	static const char *const texts[] = {
		"",
		"o\n1\n",
		"o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"o\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"o\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"o\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"o\n1\nAAAA\n",
		"o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n",
		"o\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	};
	struct checkpoint c;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (checkpoint_read(str_of(texts[i]), &c))
			fail_msg("text %zu was taken", i);
	assert_true(checkpoint_read(STR("o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), &c));
}

static void generation_ends_the_origin(void **state)
{
	(void)state;
	assert_int_equal(checkpoint_generation(STR("sekisho.invalid/x/g1")), 1);
	assert_int_equal(checkpoint_generation(STR("sekisho.invalid/x/g120")), 120);
	assert_int_equal(checkpoint_generation(STR("sekisho.invalid/x/g0")), 0);
	assert_int_equal(checkpoint_generation(STR("sekisho.invalid/x/g01")), 0);
	assert_int_equal(checkpoint_generation(STR("sekisho.invalid/x/g")), 0);
	assert_int_equal(checkpoint_generation(STR("sekisho.invalid/xg1")), 0);
	assert_int_equal(checkpoint_generation(STR("g1")), 0);
	assert_int_equal(checkpoint_generation(STR("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_texts_are_read_and_written_alike),
		cmocka_unit_test(broken_key_texts_are_refused),
		cmocka_unit_test(names_are_without_space_and_plus),
		cmocka_unit_test(published_checkpoint_is_opened),
		cmocka_unit_test(every_changed_byte_is_refused),
		cmocka_unit_test(signatures_of_others_are_ignored_but_not_alone),
		cmocka_unit_test(malformed_notes_are_refused),
		cmocka_unit_test(checkpoint_text_has_one_form),
		cmocka_unit_test(generation_ends_the_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
