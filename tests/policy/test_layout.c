/* The one layout of a policy's files: what it makes alike, what it keeps, and that it never changes what a file says. */
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "policy/layout.h"
#include "policy/source.h"
#include "policy/yaml.h"

#define ROOT TEST_SOURCE_DIR "/.."

static const char *const policies[] = {ROOT "/examples/reference", ROOT "/examples/reference-findings",
				       TEST_SOURCE_DIR "/cases/policy/example"};

/* TEXT laid out, into OUT; fails the test when it is not well-formed. */
static void lay_out(struct str text, struct buf *out)
{
	struct error e = {0};
	struct findings f;

	findings_init(&f);
	buf_init(out);
	assert_ok(layout_yaml("policy.yaml", text, &f, out, &e), &e);
	assert_int_equal(f.n, 0);
	findings_free(&f);
}

/* What TEXT says, one line a node, without regard to its layout; false when it cannot be read. */
static bool says(struct str text, struct buf *out);

static void node_says(const struct node *n, int depth, struct buf *out)
{
	bool word = str_is(n->text, "true") || str_is(n->text, "false") || str_is(n->text, "null") || str_is(n->text, "~") ||
		    strspn(n->text.p ? n->text.p : "", "0123456789.-") == n->text.n;

	buf_printf(out, "%d %d ", depth, (int)n->kind);
	buf_json(out, n->key);
	buf_json(out, n->text);
	buf_text(out, n->kind == NODE_SCALAR && word && n->quoted ? " quoted\n" : "\n");
	for (NODE_EACH(c, n))
		node_says(c, depth + 1, out);
}

static bool says(struct str text, struct buf *out)
{
	struct error e = {0};
	struct findings f;
	struct arena a;
	struct node *root;
	bool readable;

	buf_init(out);
	arena_init(&a, 0, false);
	findings_init(&f);
	assert_ok(yaml_read(&a, "policy.yaml", text, &f, &root, &e), &e);
	readable = root && f.n == 0;
	if (readable)
		node_says(root, 0, out);
	findings_free(&f);
	arena_free(&a);
	return readable;
}

/* Lays TEXT out and checks that it says the same, and that doing it twice changes nothing more; the result is OUT's. */
static void check_layout(struct str text, struct buf *out)
{
	struct buf again, before, after;

	lay_out(text, out);
	assert_true(says(text, &before));
	assert_true(says(buf_view(out), &after));
	if (!str_eq(buf_view(&before), buf_view(&after)))
		fail_msg("says something else:\n%.*s\nlaid out:\n%s", (int)text.n, text.p, buf_c(out));
	lay_out(buf_view(out), &again);
	if (!str_eq(buf_view(out), buf_view(&again)))
		fail_msg("laid out:\n%s\nlaid out again:\n%s\nof:\n%.*s", buf_c(out), buf_c(&again), (int)text.n, text.p);
	buf_free(&again);
	buf_free(&before);
	buf_free(&after);
}

static const struct {
	const char *in, *out;
} cases[] = {
	/* indentation, blanks, empty lines */
	{"a:\n    b:   1\n\n\n\n    c:\n    - x\n    -   y\n\n\n", "a:\n  b: 1\n\n  c:\n    - x\n    - y\n"},
	{"---\r\na: 1\r\nb: [ 1,2 ]\r\n...\r\n", "a: 1\nb: [1, 2]\n"},
	{"\xEF\xBB\xBF" "a: {b: 1}\n", "a: {b: 1}\n"},
	{"- a: 1\n\n  b: 2\n-   - x\n    - y\n", "- a: 1\n\n  b: 2\n- - x\n  - y\n"},
	{"a:\nb: {}\nc: []\nd: ~\ne: {x, y: }\n", "a:\nb: {}\nc: []\nd: ~\ne: {x: , y: }\n"},
	/* quotes only where needed */
	{"a: \"x\"\nb: 'true'\nc: \"12\"\nd: 'a, b'\ne: \"it's\"\nf: 'say \"x\"'\ng: \"a: b\"\n",
	 "a: x\nb: \"true\"\nc: \"12\"\nd: \"a, b\"\ne: it's\nf: say \"x\"\ng: \"a: b\"\n"},
	{"a: '2026-11-01'\nb: \"No\"\n\"c\": \"x\\ny\"\n'd: e': \"\"\nf: '\"'\n", "a: \"2026-11-01\"\nb: \"No\"\nc: \"x\\ny\"\n\"d: e\": \"\"\nf: '\"'\n"},
	{"{\"a\":1,\"b\":[\"x\",{\"c\":true}]}", "{a: 1, b: [x, {c: true}]}\n"},
	/* several lines that fit in one become one */
	{"a: [x,\n    y,\n  z]\nb:\n  {c: 1,\n   d: 2}\ne: one\n  two\n", "a: [x, y, z]\nb: {c: 1, d: 2}\ne: one two\n"},
	/* texts by the line are kept, at their new place */
	{"a:\n     b: |\n          one\n            two  \n\n          three\n     c: >-\n          x\n          y\n\n",
	 "a:\n  b: |\n    one\n      two  \n\n    three\n  c: >-\n    x\n    y\n"},
	{"a: |2-\n    one\n  two\nb: |+\n  x\n\n\nc: 1\n", "a: |2-\n    one\n  two\nb: |+\n  x\n\n\nc: 1\n"},
	/* comments */
	{"# head\n\n\n#of a\na: 1   # behind\n       # goes on\n   # of b\nb: 2\n\n# end\n",
	 "# head\n\n#of a\na: 1   # behind\n       # goes on\n# of b\nb: 2\n\n# end\n"},
	{"a:  # of a\n   # of b\n   b: 1 # close\n   # foot of a\n# of c\nc:\n   - x\n   # of y\n   - y\n   # foot of c\n",
	 "a:  # of a\n  # of b\n  b: 1  # close\n  # foot of a\n# of c\nc:\n  - x\n  # of y\n  - y\n  # foot of c\n"},
	{"a: [x, # of x\n  y # of y\n  ] # of a\nb: {c: 1,\n  # of d\n  d: 2}\n",
	 "a:  # of a\n  - x  # of x\n  - y  # of y\nb:\n  c: 1\n  # of d\n  d: 2\n"},
	{"- {a: 1,\n   # of b\n   b: 2}  # of the first\n- # of the second\n  c: 3\n", "# of the first\n- a: 1\n  # of b\n  b: 2\n# of the second\n- c: 3\n"},
	{"a: |  # how\n  text # no comment\n# a comment\nb: \"# none\"\n", "a: |  # how\n  text # no comment\n# a comment\nb: \"# none\"\n"},
	{"a:\n  # of b\n  b: {c: # of c\n    1, d:\n  # of d\n   {e: 2}}\n", "a:\n  # of b\n  b:\n    c: 1  # of c\n    # of d\n    d: {e: 2}\n"},
	{"a: { # nothing yet\n  # at all\n  }\nb: 1\n", "# at all\na: {}  # nothing yet\nb: 1\n"},
};

static void layout_makes_alike_what_is_only_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		check_layout(str_of(cases[i].in), &out);
		assert_string_equal(buf_c(&out), cases[i].out);
		buf_free(&out);
	}
}

/* A map in braces of the length LENGTH under the key "a". */
static void long_map(struct buf *b, size_t length)
{
	buf_init(b);
	buf_text(b, "a: {b: [x, y], c: ");
	while (b->n < length - 1)
		buf_byte(b, 'z');
	buf_text(b, "}\n");
}

static void map_in_braces_becomes_a_block_when_it_is_longer_than_a_line(void **state)
{
	struct buf in, out;

	(void)state;
	long_map(&in, LAYOUT_WIDTH);
	check_layout(buf_view(&in), &out);
	assert_string_equal(buf_c(&out), buf_c(&in));
	buf_free(&in);
	buf_free(&out);
	long_map(&in, LAYOUT_WIDTH + 1);
	check_layout(buf_view(&in), &out);
	assert_true(str_starts(buf_view(&out), STR("a:\n  b: [x, y]\n  c: zzz")));
	buf_free(&in);
	buf_free(&out);
}

static void long_list_of_words_is_filled_and_wide_characters_count_twice(void **state)
{
	struct buf in, out;
	struct str rest;
	size_t lines = 0;

	(void)state;
	buf_init(&in);
	buf_text(&in, "a: [x");
	for (int i = 0; i < 100; i++)
		buf_text(&in, ", 北浜");
	buf_text(&in, "]\n");
	check_layout(buf_view(&in), &out);
	for (rest = buf_view(&out); rest.n; lines++) {
		size_t end = str_find(rest, '\n');

		/* 北浜 has 6 bytes and 4 columns; the rest is ASCII */
		assert_in_range(end, 1, LAYOUT_WIDTH + 2 * 30);
		rest = str_sub(rest, end + 1, rest.n);
	}
	assert_int_equal(lines, 4);
	buf_free(&in);
	buf_free(&out);
}

static void what_is_no_yaml_is_found_and_not_laid_out(void **state)
{
	static const char *const wrong[] = {"a: [1\n", "a: &x 1\n", "a: 1\na: 2\n", "a: !t 1\n", "a: 1\n---\nb: 2\n", "\xFF", "", "# only\n"};
	struct error e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct findings f;
		struct buf out;

		findings_init(&f);
		buf_init(&out);
		assert_ok(layout_yaml("policy.yaml", str_of(wrong[i]), &f, &out, &e), &e);
		assert_true(f.n > 0);
		assert_int_equal(out.n, 0);
		findings_free(&f);
		buf_free(&out);
	}
}

static void wording_gets_plain_lines_and_keeps_its_line_breaks(void **state)
{
	struct findings f;
	struct buf out;

	(void)state;
	findings_init(&f);
	buf_init(&out);
	layout_markdown("statement.en.md",
			STR("\xEF\xBB\xBF# Title  \r\n\r\nFirst  \r\nsecond \t\nthird   \n\n| a |  \n|---|\n\n```\ncode  \n```\n\n\n \n"), &f, &out);
	assert_string_equal(buf_c(&out), "# Title\n\nFirst\\\nsecond\nthird\n\n| a |\n|---|\n\n```\ncode  \n```\n");
	buf_reset(&out);
	layout_markdown("statement.en.md", STR("no \x83 text"), &f, &out);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.list[0].code, FINDING_NOT_UTF8);
	assert_int_equal(out.n, 0);
	buf_free(&out);
	findings_free(&f);
}

static void read_policy(struct arena *a, const char *dir, const char *name, struct str *text)
{
	struct error e = {0};
	struct source s;
	const struct source_file *file;

	assert_ok(source_read(a, dir, &s, &e), &e);
	file = source_find(&s, str_of(name));
	*text = file ? file->text : (struct str){0};
}

static void examples_keep_what_they_say(void **state)
{
	static const char *const names[] = {"policy.yaml", "decisions.yaml"};
	struct arena a;

	(void)state;
	arena_init(&a, 0, false);
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		for (size_t j = 0; j < 2; j++) {
			struct buf out;
			struct str text;

			read_policy(&a, policies[i], names[j], &text);
			if (!text.n)
				continue;
			check_layout(text, &out);
			buf_free(&out);
		}
	arena_free(&a);
}

static int rounds(void)
{
	return getenv("SEKISHO_TEST_LONG") ? 20000 : 1500;
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* One of the top-level sections of TEXT. */
static struct str section(struct str text, uint32_t *seed)
{
	size_t from = next(seed) % text.n, end;

	while (from > 0 && !(text.p[from - 1] == '\n' && text.p[from] >= 'a' && text.p[from] <= 'z'))
		from--;
	for (end = from + 1; end < text.n && !(text.p[end - 1] == '\n' && text.p[end] >= 'a' && text.p[end] <= 'z');)
		end++;
	return str_sub(text, from, end - from);
}

/* Puts PIECE into TEXT at AT, taking out CUT bytes there; the text is OUT's. */
static void splice(struct str text, size_t at, size_t cut, const char *piece, struct buf *out)
{
	buf_init(out);
	buf_str(out, str_sub(text, 0, at));
	buf_text(out, piece);
	buf_str(out, str_sub(text, at + cut, text.n));
}

/* Changes TEXT at a random place in one of many ways; the text is OUT's. */
static void mutate(struct str text, uint32_t *seed, struct buf *out)
{
	static const char *const pieces[] = {"\n", "\n\n", " ", "  ", "\"", "'", ", ", ": ", "[", "]", "{", "}", "- ", "\t", "\r\n", "|\n", ">-\n",
					     "北", "\\n", "#", " # x\n", "\n  # y\n", "true", "~", "? ", "\xC2\x85", "\xE2\x80\xA8", "%", "&a ", "...\n"};

	splice(text, next(seed) % (text.n + 1), next(seed) % 3 ? 0 : next(seed) % 12, pieces[next(seed) % (sizeof pieces / sizeof *pieces)], out);
}

static void mutated_policies_keep_what_they_say(void **state)
{
	uint32_t seed = 2463534242u;
	int kept = 0;
	struct arena a;
	struct str text;

	(void)state;
	arena_init(&a, 0, false);
	read_policy(&a, policies[0], "policy.yaml", &text);
	for (int i = 0; i < rounds(); i++) {
		struct buf changed, said, out, more;

		mutate(section(text, &seed), &seed, &changed);
		for (uint32_t j = next(&seed) % 4; j > 0; j--) {
			mutate(buf_view(&changed), &seed, &more);
			buf_free(&changed);
			changed = more;
		}
		if (says(buf_view(&changed), &said)) {
			kept++;
			check_layout(buf_view(&changed), &out);
			buf_free(&out);
		}
		buf_free(&said);
		buf_free(&changed);
	}
	assert_in_range(kept, rounds() / 5, rounds());
	arena_free(&a);
}

static void no_comment_is_lost(void **state)
{
	uint32_t seed = 88172645u;
	int checked = 0;
	struct arena a;
	struct str text;

	(void)state;
	arena_init(&a, 0, false);
	read_policy(&a, policies[0], "policy.yaml", &text);
	for (int i = 0; i < rounds(); i++) {
		struct str part = section(text, &seed);
		struct buf changed, before, after, out;

		/* Where a line ends and the file still says the same, what was put in is a comment. */
		splice(part, next(&seed) % (part.n + 1), 0, next(&seed) % 2 ? " # %kept%\n" : "\n   # %kept%\n", &changed);
		if (!says(part, &before)) { /* the comments that the file begins with */
			buf_free(&before);
			buf_free(&changed);
			continue;
		}
		if (says(buf_view(&changed), &after) && str_eq(buf_view(&before), buf_view(&after))) {
			const char *at;

			checked++;
			check_layout(buf_view(&changed), &out);
			at = strstr(buf_c(&out), "# %kept%\n");
			if (!at || strstr(at + strlen("# %kept%"), "%kept%"))
				fail_msg("the comment is lost or doubled:\n%s\nlaid out:\n%s", buf_c(&changed), buf_c(&out));
			buf_free(&out);
		}
		buf_free(&before);
		buf_free(&after);
		buf_free(&changed);
	}
	assert_in_range(checked, rounds() / 15, rounds());
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_makes_alike_what_is_only_form),
		cmocka_unit_test(map_in_braces_becomes_a_block_when_it_is_longer_than_a_line),
		cmocka_unit_test(long_list_of_words_is_filled_and_wide_characters_count_twice),
		cmocka_unit_test(what_is_no_yaml_is_found_and_not_laid_out),
		cmocka_unit_test(wording_gets_plain_lines_and_keeps_its_line_breaks),
		cmocka_unit_test(examples_keep_what_they_say),
		cmocka_unit_test(mutated_policies_keep_what_they_say),
		cmocka_unit_test(no_comment_is_lost),
	};

	return cmocka_run_group_tests_name("policy/layout", tests, NULL, NULL);
}
