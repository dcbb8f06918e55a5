#include "test.h"

#include <string.h>

#include "base/csv.h"
#include "base/date.h"
#include "base/file.h"
#include "deid/pseudonym.h"
#include "scratch.h"

static const struct str token_columns[] = {{"id", 2}}, date_columns[] = {{"day", 3}}, kept_columns[] = {{"note", 4}};

static struct deid_pseudonymize job(const struct entropy *entropy)
{
	return (struct deid_pseudonymize){.input = "t.csv",
					  .separator = ',',
					  .tokens = {token_columns, 1},
					  .dates = {date_columns, 1},
					  .keep = {kept_columns, 1},
					  .person = STR("id"),
					  .most_days = 30,
					  .key = {{1, 2, 3}},
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
	struct deid_pseudonymize j;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy);
	for (int keyed = 0; keyed < 2; keyed++) {
		struct deid_pseudonymized p, again;
		struct buf out, out2;
		struct three t, t2;

		j.keyed = keyed;
		assert_ok(run(&j, STR(table), &out, &p, &e), &e);
		assert_ok(run(&j, STR(table), &out2, &again, &e), &e);
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
		deid_pseudonymized_free(&p);
		deid_pseudonymized_free(&again);
		buf_free(&out);
		buf_free(&out2);
	}
}

static void what_leads_back_opens_with_its_key_only(void **state)
{
	struct error e = {0};
	struct entropy entropy;
	struct deid_pseudonymize j;
	struct deid_pseudonymized p;
	struct crypto_key key = {{9}}, other = {{8}};
	struct buf out, sealed, opened;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy);
	assert_ok(run(&j, STR(table), &out, &p, &e), &e);
	buf_init(&sealed);
	buf_init(&opened);
	assert_ok(deid_removed_seal(&key, &entropy, buf_view(&p.removed), &sealed, &e), &e);
	assert_null(memmem(sealed.p, sealed.n, "\"value\"", 7));
	assert_ok(deid_removed_open(&key, buf_view(&sealed), &opened, &e), &e);
	assert_non_null(strstr(buf_c(&opened), "\"value\":\"8\""));
	buf_reset(&opened);
	assert_fails(deid_removed_open(&other, buf_view(&sealed), &opened, &e), &e, CODE_KEY_INVALID);
	assert_fails(deid_removed_open(&key, str_sub(buf_view(&sealed), 0, 40), &opened, &e), &e, CODE_KEY_INVALID);
	buf_free(&opened);
	buf_free(&sealed);
	buf_free(&out);
	deid_pseudonymized_free(&p);
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
	static const struct str credentials[] = {{"Password", 8}};
	struct error e = {0};
	struct entropy entropy;
	struct deid_pseudonymize j;

	(void)state;
	assert_ok(crypto_init(&e), &e);
	entropy = crypto_entropy();
	j = job(&entropy);
	assert_refused(&j, STR("id,day,note,more\n"), CODE_COLUMN_UNKNOWN, "t.csv:1:13");
	assert_refused(&j, STR("id,day\n"), CODE_COLUMN_UNKNOWN, "t.csv");
	assert_refused(&j, STR("id,day,note\n1,2024-02-30,\n"), CODE_ITEM_INVALID, "t.csv:2:3");
	assert_refused(&j, STR("id,day,note\n1,2024-02-20\n"), CODE_MALFORMED, "t.csv:2:3");
	assert_refused(&j, STR(""), CODE_MALFORMED, "t.csv");
	j.keep = (struct deid_pseudonym_names){credentials, 1};
	assert_refused(&j, STR("id,day,Password\n"), CODE_ITEM_INVALID, "t.csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_has_one_token_and_one_shift),
		cmocka_unit_test(what_leads_back_opens_with_its_key_only),
		cmocka_unit_test(undeclared_columns_bad_dates_and_credentials_are_refused),
	};

	return cmocka_run_group_tests_name("deid/pseudonym", tests, NULL, NULL);
}
