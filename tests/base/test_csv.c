#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"

/* A source that gives STEP bytes at a time, so that every place of a cut is met. */
struct drip {
	struct str left;
	size_t step;
};

static result drip_read(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	struct drip *d = ctx;

	(void)e;
	*n = d->left.n < d->step ? d->left.n : d->step;
	*n = *n < cap ? *n : cap;
	if (*n)
		memcpy(out, d->left.p, *n);
	d->left = str_sub(d->left, *n, d->left.n);
	return RESULT_OK;
}

/* What TEXT reads as, one line of output a row: [field|field]fault@line. */
static void read_as(struct str text, char separator, size_t step, struct buf *out)
{
	static const char *const faults[] = {"", "ragged", "stray", "open"};
	struct drip d = {text, step};
	struct csv_options o = {.separator = separator, .name = "t.csv"};
	struct csv_reader *r;
	struct csv_row row;
	struct error e = {0};
	bool more;

	buf_init(out);
	assert_ok(csv_open(&r, (struct source){drip_read, &d}, &o, &e), &e);
	for (;;) {
		assert_ok(csv_next(r, &row, &more, &e), &e);
		if (!more)
			break;
		buf_byte(out, '[');
		for (size_t i = 0; i < row.count; i++) {
			buf_text(out, i ? "|" : "");
			buf_str(out, row.field[i]);
		}
		buf_printf(out, "]%s@%d ", faults[row.fault], (int)row.line);
	}
	csv_close(r);
}

static void assert_reads(struct str text, char separator, const char *expected)
{
	for (size_t step = 1; step < 70; step = step * 2 + 1) {
		struct buf out;

		read_as(text, separator, step, &out);
		assert_string_equal(buf_c(&out), expected);
		buf_free(&out);
	}
}

static void rows_end_in_lf_crlf_or_with_the_input(void **state)
{
	(void)state;
	assert_reads(STR("a,b\r\n1,2\n3,4"), 0, "[a|b]@1 [1|2]@2 [3|4]@3 ");
	assert_reads(STR("a;b\n;\n"), ';', "[a|b]@1 [|]@2 ");
	assert_reads(STR("\xEF\xBB\xBF" "a\tb"), '\t', "[a|b]@1 ");
	assert_reads(STR(""), 0, "");
	assert_reads(STR("\n\n"), 0, "");
}

static void quoted_fields_hold_separators_line_ends_and_quotes(void **state)
{
	(void)state;
	assert_reads(STR("\"a,\"\"x\"\"\",\"b\nc\"\n\"\",\"\"\"\"\r\n5,6\n"), 0, "[a,\"x\"|b\nc]@1 [|\"]@3 [5|6]@4 ");
}

static void an_empty_line_is_a_row_only_where_rows_have_one_column(void **state)
{
	(void)state;
	assert_reads(STR("a,b\n\n1,2\n\r\n"), 0, "[a|b]@1 [1|2]@3 ");
	assert_reads(STR("a\n\n1\n"), 0, "[a]@1 []@2 [1]@3 ");
}

static void faults_name_their_row_and_reading_goes_on(void **state)
{
	(void)state;
	assert_reads(STR("a,b\n1\n1,2,3\n4,5\n"), 0, "[a|b]@1 [1]ragged@2 [1|2|3]ragged@3 [4|5]@4 ");
	assert_reads(STR("a,b\nx\"y,2\n\"x\"y,2\n4,5\n"), 0, "[a|b]@1 [x\"y|2]stray@2 [x|2]stray@3 [4|5]@4 ");
	assert_reads(STR("a,b\n1,\"2\n3"), 0, "[a|b]@1 [1|2\n3]open@2 ");
}

static void a_place_counts_characters_and_lines_within_quotes(void **state)
{
	struct str text = STR("a,b,c\n\"\xE5\x8C\x97\n\xE6\xB5\x9C\",\xE5\x8C\x97\xE6\xB5\x9C,x,y\n");
	struct csv_options o = {.name = "t.csv"};
	struct csv_reader *r;
	struct csv_row row;
	struct error e = {0};
	struct buf b;
	bool more;

	(void)state;
	assert_ok(csv_open(&r, source_memory(&text), &o, &e), &e);
	assert_ok(csv_next(r, &row, &more, &e), &e);
	assert_ok(csv_next(r, &row, &more, &e), &e);
	buf_init(&b);
	csv_where(r, 0, &b);
	csv_where(r, 1, &b);
	csv_where(r, 2, &b);
	assert_string_equal(buf_c(&b), "t.csv:2:1t.csv:3:4t.csv:3:7");
	assert_int_equal(row.fault, CSV_RAGGED);
	if (ok(csv_refuse(r, &row, &e)))
		fail();
	assert_string_equal(e.where, "t.csv:3:9");
	assert_int_equal(e.code, CODE_MALFORMED);
	buf_free(&b);
	csv_close(r);
}

static result endless_read(void *ctx, char *out, size_t cap, size_t *n, struct error *e)
{
	size_t *given = ctx;

	(void)e;
	memset(out, 'x', cap);
	if (*given == 0)
		memcpy(out, "a,b\n1,\"", 7);
	*given += cap;
	*n = cap;
	return RESULT_OK;
}

static void a_cell_without_end_is_refused_at_the_bound_with_its_place(void **state)
{
	size_t given = 0;
	struct csv_options o = {.name = "t.csv", .max_row = 1000000};
	struct csv_reader *r;
	struct csv_row row;
	struct error e = {0};
	bool more;

	(void)state;
	assert_ok(csv_open(&r, (struct source){endless_read, &given}, &o, &e), &e);
	assert_ok(csv_next(r, &row, &more, &e), &e);
	if (ok(csv_next(r, &row, &more, &e)))
		fail();
	assert_int_equal(e.code, CODE_TOO_LARGE);
	assert_string_equal(e.where, "t.csv:2:3");
	assert_true(given < 3000000);
	csv_close(r);
}

static void ten_thousand_columns_are_read_and_a_hundred_thousand_and_one_are_not(void **state)
{
	static const size_t counts[] = {10000, CSV_MAX_COLUMNS, CSV_MAX_COLUMNS + 1};
	struct csv_options o = {.name = "t.csv"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct csv_reader *r;
		struct csv_row row;
		struct error e = {0};
		struct buf b;
		struct str text;
		bool more;

		buf_init(&b);
		for (size_t c = 1; c < counts[i]; c++)
			buf_text(&b, "1,");
		text = buf_view(&b);
		assert_ok(csv_open(&r, source_memory(&text), &o, &e), &e);
		if (i < 2) {
			assert_ok(csv_next(r, &row, &more, &e), &e);
			assert_int_equal(row.count, counts[i]);
		} else {
			assert_fails(csv_next(r, &row, &more, &e), &e, CODE_TOO_LARGE);
		}
		csv_close(r);
		buf_free(&b);
	}
}

static void what_is_written_reads_back(void **state)
{
	static const char *const fields[] = {"", "a", ",", "\"", "a\"b\"\"", "x\ny", "x\r", " blank ", "\xE5\x8C\x97"};
	enum { COUNT = sizeof fields / sizeof fields[0] };
	struct csv_options o = {.name = "t.csv"};
	struct csv_reader *r;
	struct csv_row row;
	struct error e = {0};
	struct buf b;
	struct str text;
	bool more;

	(void)state;
	buf_init(&b);
	for (size_t i = 0; i < COUNT; i++) {
		csv_write(&b, str_of(fields[i]), ',');
		buf_text(&b, i + 1 < COUNT ? "," : "\r\n");
	}
	text = buf_view(&b);
	assert_ok(csv_open(&r, source_memory(&text), &o, &e), &e);
	assert_ok(csv_next(r, &row, &more, &e), &e);
	assert_int_equal(row.count, COUNT);
	assert_int_equal(row.fault, CSV_FINE);
	for (size_t i = 0; i < COUNT; i++)
		assert_true(str_is(row.field[i], fields[i]));
	csv_close(r);
	buf_free(&b);
}

static void a_quote_or_line_end_cannot_separate(void **state)
{
	struct str text = STR("a");
	struct csv_reader *r;
	struct error e = {0};

	(void)state;
	assert_fails(csv_open(&r, source_memory(&text), &(struct csv_options){.separator = '"', .name = "t"}, &e), &e,
		     CODE_USAGE);
	assert_fails(csv_open(&r, source_memory(&text), &(struct csv_options){.separator = '\n', .name = "t"}, &e), &e,
		     CODE_USAGE);
	assert_null(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_end_in_lf_crlf_or_with_the_input),
		cmocka_unit_test(quoted_fields_hold_separators_line_ends_and_quotes),
		cmocka_unit_test(an_empty_line_is_a_row_only_where_rows_have_one_column),
		cmocka_unit_test(faults_name_their_row_and_reading_goes_on),
		cmocka_unit_test(a_place_counts_characters_and_lines_within_quotes),
		cmocka_unit_test(a_cell_without_end_is_refused_at_the_bound_with_its_place),
		cmocka_unit_test(ten_thousand_columns_are_read_and_a_hundred_thousand_and_one_are_not),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_quote_or_line_end_cannot_separate),
	};

	return cmocka_run_group_tests_name("base/csv", tests, NULL, NULL);
}
