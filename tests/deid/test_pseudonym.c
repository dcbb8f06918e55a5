#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/date.h"
#include "base/file.h"
#include "deid/pseudonym.h"
#include "scratch.h"

static const struct str token_columns[] = {{"id", 2}}, date_columns[] = {{"day", 3}}, kept_columns[] = {{"note", 4}};

/* A job with R, made with the key 1 2 3, KEYED or not. */
static struct deid_pseudonymize job(const struct entropy *entropy, struct deid_removed *r, bool keyed)
{
	static const struct crypto_key key = {{1, 2, 3}};

	deid_removed_init(r, &key, keyed, 30);
	return (struct deid_pseudonymize){.input = "t.csv",
					  .separator = ',',
					  .tokens = {token_columns, 1},
					  .dates = {date_columns, 1},
					  .keep = {kept_columns, 1},
					  .person = STR("id"),
					  .removed = r,
					  .entropy = entropy};
}

/* Pseudonymizes TEXT as J says; the outcome, with the table in OUT. */
static result run(const struct deid_pseudonymize *j, struct str text, struct buf *out, struct deid_pseudonymized *p,
		  struct error *e)
{
	struct scratch s;
	struct outfile f;
	result r;

	scratch_make(&s);
	buf_init(out);
	assert_ok(outfile_open(&f, scratch_path(&s, "out.csv"), 0600, e), e);
	r = deid_pseudonymize(j, source_memory(&text), &f, p, e);
	if (ok(r)) {
		assert_ok(outfile_commit(&f, e), e);
		assert_ok(file_read(scratch_path(&s, "out.csv"), 1 << 20, out, e), e);
	}
	outfile_drop(&f);
	scratch_remove(&s);
	return r;
}

static const char table[] = "id,day,note\n7,2024-02-28,fine\n8,2024-02-28,call 090-1234-5678\n7,2024/03/01 10:00,4111111111111111\n";

struct three {
	char token[3][40];
	date day[3];
	bool empty[3];
};

static void parse(struct buf *b, struct three *t)
{
	struct csv_options o = {.name = "out"};
	struct csv_reader *r;
	struct csv_row row;
	struct error e = {0};
	struct str s = buf_view(b);
	bool more;

	assert_ok(csv_open(&r, source_memory(&s), &o, &e), &e);
	assert_ok(csv_next(r, &row, &more, &e), &e);
	assert_true(str_is(row.field[0], "id"));
	for (int i = 0; i < 3; i++) {
		assert_ok(csv_next(r, &row, &more, &e), &e);
		assert_true(more && row.field[0].n < 40);
		memset(t->token[i], 0, 40);
		memcpy(t->token[i], row.field[0].p, row.field[0].n);
		assert_true(date_parse(str_sub(row.field[1], 0, 10), &t->day[i]));
		t->empty[i] = row.field[2].n == 0;
	}
	csv_close(r);
}

static void a_person_has_one_token_and_one_shift(void **state)
{
	struct error e = {0};
	struct entropy entropy;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	for (int keyed = 0; keyed < 2; keyed++) {
		struct deid_removed r, r2;
		struct deid_pseudonymize j = job(&entropy, &r, keyed), j2 = job(&entropy, &r2, keyed);
		struct deid_pseudonymized p, again;
		struct buf out, out2;
		struct three t, t2;

		assert_ok(run(&j, STR(table), &out, &p, &e), &e);
		assert_ok(run(&j2, STR(table), &out2, &again, &e), &e);
		parse(&out, &t);
		parse(&out2, &t2);
		assert_string_equal(t.token[0], t.token[2]);
		assert_string_not_equal(t.token[0], t.token[1]);
		/* random tokens differ from run to run, keyed ones do not */
		assert_int_equal(strcmp(t.token[0], t2.token[0]) == 0, keyed);
		assert_int_equal(t.day[2] - t.day[0], 2);
		assert_true(t.day[0] != date_make(2024, 2, 28));
		assert_true(t.day[0] - date_make(2024, 2, 28) <= 30 && t.day[0] - date_make(2024, 2, 28) >= -30);
		assert_false(t.empty[0]);
		assert_true(t.empty[1] && t.empty[2]);
		assert_int_equal(p.emptied, 2);
		assert_int_equal(p.tokens, 2);
		assert_int_equal(p.new_tokens, 2);
		deid_pseudonymized_free(&p);
		deid_pseudonymized_free(&again);
		deid_removed_free(&r);
		deid_removed_free(&r2);
		buf_free(&out);
		buf_free(&out2);
	}
}

static void a_later_table_goes_on_with_the_tokens(void **state)
{
	static const char later[] = "id,day,note\n8,2024-02-28,\n9,2024-02-28,\n7,2024-02-28,\n";
	struct error e = {0};
	struct entropy entropy;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	for (int keyed = 0; keyed < 2; keyed++) {
		struct deid_removed r, known;
		struct deid_pseudonymize j = job(&entropy, &r, keyed);
		struct deid_pseudonymized p, more;
		struct buf out, out2, text, again;
		struct three t, t2;

		buf_init(&text);
		buf_init(&again);
		assert_ok(run(&j, STR(table), &out, &p, &e), &e);
		assert_ok(deid_removed_write(&r, &text, &e), &e);
		assert_ok(deid_removed_read(&known, buf_view(&text), "old", &e), &e);
		assert_ok(deid_removed_write(&known, &again, &e), &e);
		assert_true(str_eq(buf_view(&text), buf_view(&again)));
		j.removed = &known;
		assert_ok(run(&j, STR(later), &out2, &more, &e), &e);
		parse(&out, &t);
		parse(&out2, &t2);
		assert_string_equal(t2.token[0], t.token[1]);
		assert_string_equal(t2.token[2], t.token[0]);
		assert_string_not_equal(t2.token[1], t.token[0]);
		assert_string_not_equal(t2.token[1], t.token[1]);
		assert_int_equal(t2.day[2], t.day[0]);
		assert_int_equal(t2.day[0], t.day[1]);
		assert_int_equal(more.tokens, 3);
		assert_int_equal(more.new_tokens, 1);
		deid_pseudonymized_free(&p);
		deid_pseudonymized_free(&more);
		deid_removed_free(&r);
		deid_removed_free(&known);
		buf_free(&out);
		buf_free(&out2);
		buf_free(&text);
		buf_free(&again);
	}
}

static void what_leads_back_opens_with_its_key_only(void **state)
{
	struct error e = {0};
	struct entropy entropy;
	struct deid_removed r;
	struct deid_pseudonymize j;
	struct deid_pseudonymized p;
	struct crypto_key key = {{9}}, other = {{8}};
	struct buf out, text, sealed, opened;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy, &r, false);
	assert_ok(run(&j, STR(table), &out, &p, &e), &e);
	buf_init(&text);
	buf_init(&sealed);
	buf_init(&opened);
	assert_ok(deid_removed_write(&r, &text, &e), &e);
	assert_ok(deid_removed_seal(&key, &entropy, buf_view(&text), &sealed, &e), &e);
	assert_null(memmem(sealed.p, sealed.n, "\"value\"", 7));
	assert_ok(deid_removed_open(&key, buf_view(&sealed), &opened, &e), &e);
	assert_non_null(strstr(buf_c(&opened), "\"value\":\"8\""));
	buf_reset(&opened);
	assert_fails(deid_removed_open(&other, buf_view(&sealed), &opened, &e), &e, CODE_KEY_INVALID);
	assert_fails(deid_removed_open(&key, str_sub(buf_view(&sealed), 0, 40), &opened, &e), &e, CODE_KEY_INVALID);
	buf_free(&opened);
	buf_free(&sealed);
	buf_free(&text);
	buf_free(&out);
	deid_removed_free(&r);
	deid_pseudonymized_free(&p);
}

#define HEAD                                                                                                              \
	"{\"key\":\"0102030405060708090a0b0c0d0e0f100102030405060708090a0b0c0d0e0f10\",\"method\":\"random\",\"most_days\":9}\n"

static void removed_information_that_was_not_written_here_is_refused(void **state)
{
	static const struct {
		const char *text, *where;
	} cases[] = {
		{"", "r:1"},
		{"{}\n", "r:1"},
		{"{\"key\":\"00\",\"method\":\"random\",\"most_days\":9}\n", "r:1"},
		{HEAD "\n", "r:2"},
		{HEAD "[]\n", "r:2"},
		{HEAD "{\"column\":\"a\",\"format\":\"rhyme\"}\n", "r:2"},
		{HEAD "{\"column\":\"a\",\"format\":\"digits\"}\n{\"column\":\"a\",\"format\":\"digits\"}\n", "r:3"},
		{HEAD "{\"column\":\"a\",\"token\":\"p_AAAAAAAAAAAAAAAAAAAAAA\"}\n", "r:2"},
		{HEAD "{\"column\":\"a\",\"token\":\"p_AAAAAAAAAAAAAAAAAAAAA\",\"value\":\"x\"}\n", "r:2"},
		{HEAD "{\"column\":\"a\",\"token\":\"p_AAAAAAAAAAAAAAAAAAAAAA\",\"value\":\"x\"}\n"
		      "{\"column\":\"a\",\"token\":\"p_AAAAAAAAAAAAAAAAAAAAAA\",\"value\":\"x\"}\n",
		 "r:3"},
		{HEAD "{\"column\":\"a\",\"format\":\"digits\"}\n"
		      "{\"column\":\"a\",\"token\":\"p_AAAAAAAAAAAAAAAAAAAAAA\",\"value\":\"x\"}\n",
		 "r:3"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct deid_removed r;
		struct error e = {0};

		assert_false(ok(deid_removed_read(&r, str_of(cases[i].text), "r", &e)));
		assert_int_equal(e.code, CODE_MALFORMED);
		assert_string_equal(e.where, cases[i].where);
		deid_removed_free(&r);
	}
}

static void keys_of_tokens_days_and_formats_tell_nothing_of_each_other(void **state)
{
	static const struct crypto_key key = {{5}};
	unsigned char token[DEID_TOKEN];
	struct deid_removed r;
	struct buf b;
	struct crypto_key format, other;
	struct error e = {0};
	size_t n;

	(void)state;
	deid_removed_init(&r, &key, true, 3650);
	buf_init(&b);
	deid_removed_format_key(&r, STR("id"), &format);
	deid_removed_format_key(&r, STR("ie"), &other);
	assert_memory_not_equal(format.b, other.b, sizeof format.b);
	/* a column by the name that anything else goes by: its tokens are none of that */
	assert_ok(deid_removed_token(&r, deid_removed_column(&r, STR("id"), DEID_FORMAT_NONE), STR("7"), NULL, &b, &e), &e);
	assert_true(base64url_decode(str_sub(buf_view(&b), 2, b.n), token, sizeof token, &n));
	assert_memory_not_equal(format.b, token, sizeof token);
	assert_int_equal(b.n, DEID_TOKEN_TEXT);
	buf_free(&b);
	deid_removed_free(&r);
}

static void assert_refused(const struct deid_pseudonymize *j, struct str text, enum code code, const char *where)
{
	struct deid_pseudonymized p;
	struct error e = {0};
	struct buf out;

	if (ok(run(j, text, &out, &p, &e)))
		fail_msg("a table was taken that should not be");
	assert_string_equal(code_text(e.code), code_text(code));
	assert_string_equal(e.where, where);
	deid_pseudonymized_free(&p);
	buf_free(&out);
}

static void undeclared_columns_bad_dates_and_credentials_are_refused(void **state)
{
	static const struct str credentials[] = {{"Password", 8}}, both[] = {{"note", 4}, {"id", 2}};
	struct error e = {0};
	struct entropy entropy;
	struct deid_removed r;
	struct deid_pseudonymize j;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy, &r, false);
	assert_refused(&j, STR("id,day,note,more\n"), CODE_COLUMN_UNKNOWN, "t.csv:1:13");
	assert_refused(&j, STR("id,day\n"), CODE_COLUMN_UNKNOWN, "t.csv");
	assert_refused(&j, STR("id,day,note,id\n"), CODE_MALFORMED, "t.csv:1:13");
	assert_refused(&j, STR("id,day,note\n1,2024-02-30,\n"), CODE_ITEM_INVALID, "t.csv:2:3");
	assert_refused(&j, STR("id,day,note\n1,2024-02-20\n"), CODE_MALFORMED, "t.csv:2:3");
	assert_refused(&j, STR(""), CODE_MALFORMED, "t.csv");
	j.person = STR("who");
	assert_refused(&j, STR("id,day,note\n"), CODE_COLUMN_UNKNOWN, "t.csv");
	j.keep = (struct deid_pseudonym_names){both, 2};
	assert_refused(&j, STR("id,day,note\n"), CODE_USAGE, "t.csv");
	j.keep = (struct deid_pseudonym_names){credentials, 1};
	assert_refused(&j, STR("id,day,Password\n"), CODE_ITEM_INVALID, "t.csv");
	deid_removed_free(&r);
}

static void behind_a_day_there_is_a_time_or_nothing(void **state)
{
	static const char *const well[] = {"", " 10:30", "T10:30", "T10:30:59", " 10:30:59.123456", "T10:30Z", "T10:30:00.5+09:00"};
	static const char *const bad[] = {" 090-1234-5678", " call", ",x", " 10", " 10:3", "T10:30:", "T10:30.5", "T10:30+9", "x"};
	struct error e = {0};
	struct entropy entropy;
	struct deid_removed r;
	struct deid_pseudonymize j;
	struct deid_pseudonymized p;
	struct buf out;
	char text[100];

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy, &r, false);
	for (size_t i = 0; i < sizeof well / sizeof well[0]; i++) {
		snprintf(text, sizeof text, "id,day,note\n1,2024-05-31%s,\n", well[i]);
		assert_ok(run(&j, str_of(text), &out, &p, &e), &e);
		snprintf(text, sizeof text, "%s,\n", well[i]);
		assert_string_equal(buf_c(&out) + out.n - strlen(text), text);
		buf_free(&out);
		deid_pseudonymized_free(&p);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, "id,day,note\n1,\"2024-05-31%s\",\n", bad[i]);
		assert_refused(&j, str_of(text), CODE_ITEM_INVALID, "t.csv:2:3");
	}
	deid_removed_free(&r);
}

static void what_the_name_of_a_column_says_of_its_numbers_counts(void **state)
{
	static const struct str pension[] = {{"年金番号", 12}};
	struct error e = {0};
	struct entropy entropy;
	struct deid_removed r;
	struct deid_pseudonymize j;
	struct deid_pseudonymized p;
	struct buf out;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy, &r, false);
	j.keep = (struct deid_pseudonym_names){pension, 1};
	assert_ok(run(&j, STR("id,day,年金番号\n1,,1234567890\n1,,none\n"), &out, &p, &e), &e);
	assert_int_equal(p.emptied, 1);
	assert_non_null(strstr(buf_c(&out), ",none\n"));
	assert_null(strstr(buf_c(&out), "1234567890"));
	buf_free(&out);
	deid_pseudonymized_free(&p);
	deid_removed_free(&r);
}

static void a_format_is_kept_and_leads_back(void **state)
{
	static const struct str customer[] = {{"note", 4}};
	static const enum deid_format_kind kinds[] = {DEID_FORMAT_DIGITS};
	struct error e = {0};
	struct entropy entropy;
	struct deid_removed r, known;
	struct deid_pseudonymize j;
	struct deid_pseudonymized p;
	struct deid_format f;
	struct crypto_key key;
	struct buf out, back, text;
	struct str became;
	char joined[16];

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy, &r, false);
	j.keep.n = 0;
	j.formats = (struct deid_pseudonym_names){customer, 1};
	j.kinds = kinds;
	assert_ok(run(&j, STR("note,id,day\n1234-5678,1,\n,2,\n12345678,3,\n"), &out, &p, &e), &e);
	became = (struct str){buf_c(&out) + strlen("note,id,day\n"), strlen("1234-5678")};
	assert_int_equal(became.p[4], '-');
	assert_false(str_eq(became, STR("1234-5678")));
	assert_non_null(strstr(buf_c(&out), "\n,p_"));
	/* however it is written, it is the same number */
	snprintf(joined, sizeof joined, "\n%.4s%.4s,p_", became.p, became.p + 5);
	assert_non_null(strstr(buf_c(&out), joined));
	buf_init(&text);
	buf_init(&back);
	assert_ok(deid_removed_write(&r, &text, &e), &e);
	assert_ok(deid_removed_read(&known, buf_view(&text), "r", &e), &e);
	deid_removed_format_key(&known, STR("note"), &key);
	assert_ok(deid_format_make(&f, DEID_FORMAT_DIGITS, STR("note"), &key, &e), &e);
	assert_ok(deid_format_undo(&f, became, &back, &e), &e);
	assert_string_equal(buf_c(&back), "1234-5678");
	/* once tokens, always tokens; once a format, always that */
	j.removed = &known;
	j.formats.n = 0;
	j.tokens = (struct deid_pseudonym_names){customer, 1};
	j.dates.n = 0;
	assert_refused(&j, STR("note\n"), CODE_USAGE, "t.csv");
	deid_format_free(&f);
	buf_free(&text);
	buf_free(&back);
	buf_free(&out);
	deid_pseudonymized_free(&p);
	deid_removed_free(&r);
	deid_removed_free(&known);
}

static void an_interrupt_stops_it(void **state)
{
	volatile sig_atomic_t stop = 1;
	struct error e = {0};
	struct entropy entropy;
	struct deid_removed r;
	struct deid_pseudonymize j;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy, &r, false);
	j.stop = &stop;
	assert_refused(&j, STR(table), CODE_STOPPING, "t.csv");
	deid_removed_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_has_one_token_and_one_shift),
		cmocka_unit_test(a_later_table_goes_on_with_the_tokens),
		cmocka_unit_test(what_leads_back_opens_with_its_key_only),
		cmocka_unit_test(removed_information_that_was_not_written_here_is_refused),
		cmocka_unit_test(keys_of_tokens_days_and_formats_tell_nothing_of_each_other),
		cmocka_unit_test(undeclared_columns_bad_dates_and_credentials_are_refused),
		cmocka_unit_test(behind_a_day_there_is_a_time_or_nothing),
		cmocka_unit_test(what_the_name_of_a_column_says_of_its_numbers_counts),
		cmocka_unit_test(a_format_is_kept_and_leads_back),
		cmocka_unit_test(an_interrupt_stops_it),
	};

	return cmocka_run_group_tests_name("deid/pseudonym", tests, NULL, NULL);
}
