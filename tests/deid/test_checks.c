#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "deid/checks.h"
#include "scratch.h"

/* The law's checks on small tables: name is left out, town generalized, and what else there is leaves as it is. */
struct table {
	struct scratch s;
	struct clock clock;
	struct str quasi, hierarchy, model, other[2], identifying;
	struct buf text;
	struct deid_job job;
	struct deid_run run;
	struct deid_checks checks;
};

enum { IDENTIFIERS, CODES, LINKS, PECULIAR, CLASSES, COLUMNS, PUBLICATION, STATEMENT };

static void begin(struct table *t, const char *other)
{
	*t = (struct table){.clock = clock_system(),
			    .quasi = STR("town"),
			    .hierarchy = STR("town=list(x:A|B)"),
			    .model = STR("k=2"),
			    .other = {str_of(other)},
			    .identifying = STR("name")};
	scratch_make(&t->s);
	buf_init(&t->text);
	buf_printf(&t->text, "name,town,%s\n", other);
	t->job = (struct deid_job){.separator = ',',
				   .quasi = {&t->quasi, 1},
				   .insensitive = {t->other, 1},
				   .identifying = {&t->identifying, 1},
				   .hierarchies = {&t->hierarchy, 1},
				   .models = {&t->model, 1},
				   .metric = DEID_LOSS,
				   .suppression = {0, 1},
				   .clock = &t->clock};
}

static void check(struct table *t)
{
	struct error e = {0};
	char input[1100];

	assert_ok(file_write(scratch_path(&t->s, "t.csv"), t->text.p, t->text.n, 0600, &e), &e);
	snprintf(input, sizeof input, "%s", scratch_path(&t->s, "t.csv"));
	t->job.input = input;
	assert_ok(deid_job_run(&t->job, &t->run, &e), &e);
	assert_ok(deid_check(&t->run, &t->checks, &e), &e);
	t->job.input = NULL;
}

static void end(struct table *t)
{
	deid_checks_free(&t->checks);
	deid_run_free(&t->run);
	buf_free(&t->text);
	scratch_remove(&t->s);
}

/* Check number WHICH alone failed, and says WORDS; all passed when WHICH is DEID_CHECKS. */
static void assert_only(const struct table *t, size_t which, const char *words)
{
	for (size_t i = 0; i < t->checks.n; i++)
		if (t->checks.at[i].verdict != (i == which ? DEID_FAILED : DEID_PASSED))
			fail_msg("%s: %s: %.*s", t->checks.at[i].id, deid_verdict_name(t->checks.at[i].verdict),
				 (int)t->checks.at[i].detail[DEID_EN].n, t->checks.at[i].detail[DEID_EN].p);
	if (which < DEID_CHECKS && !memmem(t->checks.at[which].detail[DEID_EN].p, t->checks.at[which].detail[DEID_EN].n, words, strlen(words)))
		fail_msg("\"%.*s\" does not say \"%s\"", (int)t->checks.at[which].detail[DEID_EN].n, t->checks.at[which].detail[DEID_EN].p, words);
}

static void a_code_that_goes_one_to_one_with_a_left_out_column_links(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "code");
	for (int i = 0; i < 120; i++)
		buf_printf(&t.text, "person%d,A,%d\n", i % 30, 7000 - (i % 30) * 3); /* by order, four rows a person */
	check(&t);
	assert_only(&t, LINKS, "has one value for each of the left-out column \"name\"");
	end(&t);
}

static void a_value_that_persons_share_does_not_link(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "code");
	for (int i = 0; i < 120; i++)
		buf_printf(&t.text, "person%d,A,%d\n", i % 30, (i % 30) / 2 + 100); /* two persons have each */
	check(&t);
	assert_only(&t, DEID_CHECKS, "");
	end(&t);
}

static void values_of_a_left_out_column_link_wherever_they_stand(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "introduced_by");
	for (int i = 0; i < 200; i++)
		buf_printf(&t.text, "C%04d,A,C%04d\n", i, (i * 7) % 50);
	check(&t);
	assert_only(&t, LINKS, "has the values of the left-out column \"name\"");
	end(&t);
}

static void a_column_with_nearly_as_many_values_as_records_links(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "amount");
	for (int i = 0; i < 100; i++)
		buf_printf(&t.text, "n,A,%d\n", i < 5 ? 1000 : 1000 + i);
	check(&t);
	assert_only(&t, LINKS, "in nearly each record");
	end(&t);
}

static void numbers_far_from_all_others_are_peculiar(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "visits");
	for (int i = 0; i < 100; i++)
		buf_printf(&t.text, "n,A,%d\n", i == 50 ? 400 : i % 10);
	check(&t);
	assert_only(&t, PECULIAR, "\"visits\" has 1 value far from all others");
	end(&t);
}

static void far_numbers_that_many_records_have_are_not_peculiar(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "visits");
	for (int i = 0; i < 100; i++)
		buf_printf(&t.text, "n,A,%d\n", i % 20 == 0 ? 400 : i % 10);
	check(&t);
	assert_only(&t, DEID_CHECKS, "");
	end(&t);
}

static void a_word_of_a_single_record_is_peculiar_and_one_of_two_is_not(void **state)
{
	struct table t;

	(void)state;
	for (int alone = 0; alone < 2; alone++) {
		begin(&t, "illness");
		for (int i = 0; i < 100; i++)
			buf_printf(&t.text, "n,A,%s\n", i == 5 || (i == 6 && !alone) ? "rare" : i % 2 ? "flu" : "cold");
		check(&t);
		assert_only(&t, alone ? PECULIAR : DEID_CHECKS, "\"illness\" has 1 value that a single record has");
		end(&t);
	}
}

static void what_a_columns_name_says_its_numbers_are_is_looked_for(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "年金番号");
	for (int i = 0; i < 100; i++)
		buf_printf(&t.text, "n,A,123456789%d\n", i % 10);
	check(&t);
	assert_only(&t, CODES, "with the form of a basic pension number");
	end(&t);
}

static void the_texts_name_company_items_and_method(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "visits");
	for (int i = 0; i < 100; i++)
		buf_printf(&t.text, "n,A,%d\n", i % 10);
	t.job.company = "北浜商事株式会社";
	t.job.provision = "暗号化したファイルを電子メールで送付";
	check(&t);
	assert_only(&t, DEID_CHECKS, "");
	assert_non_null(strstr(t.checks.notice[DEID_JA].p, "北浜商事株式会社は、個人情報の保護に関する法律"));
	assert_non_null(strstr(t.checks.notice[DEID_JA].p, "・town\n・visits\n\n2. "));
	assert_non_null(strstr(t.checks.notice[DEID_JA].p, "提供の方法：暗号化したファイルを電子メールで送付\n"));
	assert_non_null(strstr(t.checks.notice[DEID_EN].p, "・town\n・visits\n\n2. "));
	assert_non_null(strstr(t.checks.statement[DEID_JA].p, "第2条第6項に定める匿名加工情報です"));
	assert_non_null(strstr(t.checks.statement[DEID_EN].p, "・town\n・visits\n"));
	assert_null(strstr(t.checks.notice[DEID_JA].p, "・name"));
	end(&t);
}

/* A name with a line end could hide an item from whoever reads the notice. */
static void items_that_the_texts_do_not_show_as_the_output_has_them_fail(void **state)
{
	struct table t;

	(void)state;
	begin(&t, "visits");
	buf_reset(&t.text);
	buf_text(&t.text, "name,town,\"visits\nmore\"\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&t.text, "n,A,%d\n", i % 10);
	t.other[0] = STR("visits\nmore");
	check(&t);
	assert_int_equal(t.checks.at[PUBLICATION].verdict, DEID_FAILED);
	assert_int_equal(t.checks.at[STATEMENT].verdict, DEID_FAILED);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_that_goes_one_to_one_with_a_left_out_column_links),
		cmocka_unit_test(a_value_that_persons_share_does_not_link),
		cmocka_unit_test(values_of_a_left_out_column_link_wherever_they_stand),
		cmocka_unit_test(a_column_with_nearly_as_many_values_as_records_links),
		cmocka_unit_test(numbers_far_from_all_others_are_peculiar),
		cmocka_unit_test(far_numbers_that_many_records_have_are_not_peculiar),
		cmocka_unit_test(a_word_of_a_single_record_is_peculiar_and_one_of_two_is_not),
		cmocka_unit_test(what_a_columns_name_says_its_numbers_are_is_looked_for),
		cmocka_unit_test(the_texts_name_company_items_and_method),
		cmocka_unit_test(items_that_the_texts_do_not_show_as_the_output_has_them_fail),
	};

	return cmocka_run_group_tests_name("deid/checks", tests, NULL, NULL);
}
