#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "deid/report.h"
#include "deid/write.h"
#include "scratch.h"

/* A job over files of its own. */
struct bench {
	struct scratch s;
	struct clock clock;
	struct str quasi[3], sensitive[2], insensitive[2], identifying[1], hierarchies[4], models[3];
	char input[1100], dir[1100], extra[1100];
	struct deid_job job;
};

static void put(struct bench *b, const char *name, const char *text)
{
	struct error e = {0};

	assert_ok(file_write(scratch_path(&b->s, name), text, strlen(text), 0600, &e), &e);
}

static const char ages[] = "21;20-29;*\n24;20-29;*\n35;30-39;*\n38;30-39;*\n61;60-69;*\n";
static const char towns[] = "A;x;*\nB;x;*\nC;y;*\n";
static const char rows[] = "name,age,town,ill,note\n"
			   "n1,21,A,flu,1\nn2,24,B,cold,1\nn3,24,A,flu,2\nn4,35,C,cold,2\nn5,38,C,flu,3\nn6,35,C,cold,3\nn7,61,B,flu,3\n";

static void begin(struct bench *b)
{
	*b = (struct bench){.clock = clock_system()};
	scratch_make(&b->s);
	put(b, "t_hierarchy_age.csv", ages);
	put(b, "t_hierarchy_town.csv", towns);
	put(b, "t.csv", rows);
	snprintf(b->input, sizeof b->input, "%s", scratch_path(&b->s, "t.csv"));
	snprintf(b->dir, sizeof b->dir, "%s", b->s.dir);
	b->quasi[0] = STR("age");
	b->quasi[1] = STR("town");
	b->sensitive[0] = STR("ill");
	b->insensitive[0] = STR("note");
	b->identifying[0] = STR("name");
	b->hierarchies[0] = str_of(b->dir);
	b->models[0] = STR("k=3");
	b->job = (struct deid_job){.input = b->input,
				   .separator = ',',
				   .quasi = {b->quasi, 2},
				   .sensitive = {b->sensitive, 1},
				   .insensitive = {b->insensitive, 1},
				   .identifying = {b->identifying, 1},
				   .hierarchies = {b->hierarchies, 1},
				   .models = {b->models, 1},
				   .metric = DEID_LOSS,
				   .suppression = {2, 10},
				   .clock = &b->clock};
}

static void end(struct bench *b)
{
	scratch_remove(&b->s);
}

static void assert_writes(struct bench *b, const char *expected)
{
	struct deid_run run;
	struct outfile f;
	struct buf out;
	struct error e = {0};

	assert_ok(deid_job_run(&b->job, &run, &e), &e);
	assert_ok(outfile_open(&f, scratch_path(&b->s, "out.csv"), 0600, &e), &e);
	assert_ok(deid_write(&run, &f, &e), &e);
	assert_ok(outfile_commit(&f, &e), &e);
	buf_init(&out);
	assert_ok(file_read(scratch_path(&b->s, "out.csv"), 1 << 20, &out, &e), &e);
	assert_string_equal(buf_c(&out), expected);
	buf_free(&out);
	deid_run_free(&run);
}

/* Where is a name in the directory, with a place behind it, or a whole text. */
static void assert_refused(struct bench *b, enum code code, const char *place, const char *says)
{
	struct deid_run run;
	struct error e = {0};

	if (ok(deid_job_run(&b->job, &run, &e)))
		fail_msg("a job was done that should be refused");
	assert_string_equal(code_text(e.code), code_text(code));
	if (!strstr(e.where, place) || !strstr(e.message, says))
		fail_msg("\"%s: %s\" does not say \"%s\" and \"%s\"", e.where, e.message, place, says);
	deid_run_free(&run);
}

static void rows_come_out_in_order_without_names_and_what_stands_out(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	assert_writes(&b, "age,town,ill,note\n20-29,x,flu,1\n20-29,x,cold,1\n20-29,x,flu,2\n30-39,y,cold,2\n30-39,y,flu,3\n"
			  "30-39,y,cold,3\n");
	end(&b);
}

static void a_hierarchy_may_be_a_rule(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	b.hierarchies[1] = STR("age=bands(10)");
	b.hierarchies[2] = STR("town=list(x:A|B,y:C)");
	b.job.hierarchies = (struct deid_names){b.hierarchies + 1, 2};
	assert_writes(&b, "age,town,ill,note\n20-29,x,flu,1\n20-29,x,cold,1\n20-29,x,flu,2\n30-39,y,cold,2\n30-39,y,flu,3\n"
			  "30-39,y,cold,3\n");
	put(&b, "t.csv", "name,age,town,ill,note\nn,old,A,flu,1\n");
	assert_refused(&b, CODE_VALUE_WITHOUT_LEAF, "t.csv:2:3", "whole numbers");
	end(&b);
}

static void local_recoding_keeps_what_would_be_left_out(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	put(&b, "t.csv",
	    "name,age,town,ill,note\n1,21,A,f,1\n1,21,A,c,1\n1,21,A,f,1\n1,35,C,f,1\n1,38,B,c,1\n1,61,A,f,1\n");
	b.job.recoding = DEID_RECODE_LOCAL;
	b.job.suppression = (struct deid_decimal){0, 1};
	assert_writes(&b, "age,town,ill,note\n21,A,f,1\n21,A,c,1\n21,A,f,1\n*,*,f,1\n*,*,c,1\n*,*,f,1\n");
	end(&b);
}

static void local_recoding_of_what_has_a_transformation_never_fails(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	/* to keep the first three as they are would leave two, of whom no class can be made */
	put(&b, "t.csv", "name,age,town,ill,note\n1,21,A,f,1\n1,21,A,c,1\n1,21,A,f,1\n1,35,A,f,1\n1,61,A,c,1\n");
	b.job.recoding = DEID_RECODE_LOCAL;
	b.job.suppression = (struct deid_decimal){0, 1};
	assert_writes(&b, "age,town,ill,note\n*,A,f,1\n*,A,c,1\n*,A,f,1\n*,A,f,1\n*,A,c,1\n");
	end(&b);
}

static void other_encodings_are_read_and_wrong_ones_named(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	put(&b, "t.csv", "name,age,town,ill,note\nn,21,A,\x96\x6B,1\nn,21,A,c,1\nn,21,A,c,1\n");
	assert_refused(&b, CODE_ENCODING, "t.csv:2:8", "encoding");
	b.job.charset = CHARSET_SHIFT_JIS;
	assert_writes(&b, "age,town,ill,note\n21,A,北,1\n21,A,c,1\n21,A,c,1\n");
	end(&b);
}

static void columns_that_do_not_fit_are_named(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	b.quasi[2] = STR("zip");
	b.job.quasi.n = 3;
	assert_refused(&b, CODE_HIERARCHY_INVALID, "", "\"zip\" has no hierarchy");
	put(&b, "t_hierarchy_zip.csv", "1;*\n");
	assert_refused(&b, CODE_COLUMN_UNKNOWN, "t.csv", "no column \"zip\"");
	b.job.quasi.n = 2;
	b.job.identifying.n = 0;
	assert_refused(&b, CODE_COLUMN_UNKNOWN, "t.csv:1:1", "not declared");
	b.job.identifying.n = 1;
	b.sensitive[1] = STR("age");
	b.job.sensitive.n = 2;
	assert_refused(&b, CODE_MODEL_INVALID, "t.csv", "\"age\" is declared twice");
	end(&b);
}

static void values_and_hierarchies_that_do_not_fit_are_named_with_their_place(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	put(&b, "t.csv", "name,age,town,ill,note\nn,21,A,f,1\nn,99,A,f,1\n");
	assert_refused(&b, CODE_VALUE_WITHOUT_LEAF, "t.csv:3:3", "no leaf");
	put(&b, "t_hierarchy_town.csv", "A;x;1\nB;x;2\nC;y;1\n");
	assert_refused(&b, CODE_HIERARCHY_INVALID, "town.csv:2", "no tree");
	put(&b, "u_hierarchy_town.csv", towns);
	assert_refused(&b, CODE_HIERARCHY_INVALID, "", "two files");
	end(&b);
}

static void bad_rows_are_left_out_and_counted_or_stop_when_strict(void **state)
{
	struct bench b;
	struct deid_run run;
	struct error e = {0};

	(void)state;
	begin(&b);
	put(&b, "t.csv", "name,age,town,ill,note\nn,21,A,f,1\nn,21,A,f\nn,21,A,f,1\nn,21,A,f\"x,1\nn,21,A,f,1\n");
	assert_ok(deid_job_run(&b.job, &run, &e), &e);
	assert_int_equal(run.table.bad_rows, 2);
	assert_int_equal(run.table.rows, 3);
	assert_non_null(memmem(run.table.bad.p, run.table.bad.n, "t.csv:3:8", 9));
	deid_run_free(&run);
	b.job.strict = true;
	assert_refused(&b, CODE_MALFORMED, "t.csv:3:8", "4 fields");
	end(&b);
}

static void tables_with_nothing_in_them_are_refused(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	put(&b, "t.csv", "");
	assert_refused(&b, CODE_MALFORMED, "t.csv", "empty");
	put(&b, "t.csv", "name,age,town,ill,note\n");
	assert_refused(&b, CODE_MALFORMED, "t.csv", "no rows");
	put(&b, "t.csv", "name,age,town,ill,ill\n");
	assert_refused(&b, CODE_MALFORMED, "t.csv:1:19", "twice");
	end(&b);
}

static void models_that_contradict_the_table_are_refused(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	b.models[0] = STR("k=8");
	assert_refused(&b, CODE_MODEL_INVALID, "", "only 7 rows");
	b.models[0] = STR("distinct-l=2:town");
	assert_refused(&b, CODE_MODEL_INVALID, "", "not declared sensitive");
	b.models[0] = STR("t-hierarchical=0.1:ill");
	assert_refused(&b, CODE_MODEL_INVALID, "", "hierarchy");
	b.models[0] = STR("distinct-l=3:ill");
	assert_refused(&b, CODE_MODEL_INVALID, "", "only 2 different values");
	b.models[0] = STR("entropy-l=2:ill");
	assert_refused(&b, CODE_NO_TRANSFORMATION, "", "suppression");
	b.job.models.n = 0;
	assert_refused(&b, CODE_MODEL_INVALID, "", "no privacy model");
	end(&b);
}

static void a_population_has_to_hold_the_table(void **state)
{
	struct bench b;
	char model[1200];
	struct deid_run run;
	struct error e = {0};

	(void)state;
	begin(&b);
	put(&b, "p.csv", "town,age,more\nA,21,x\nB,24,x\n");
	snprintf(model, sizeof model, "k-map=3:%s", scratch_path(&b.s, "p.csv"));
	b.models[0] = str_of(model);
	assert_refused(&b, CODE_MODEL_INVALID, "", "does not hold the table");
	put(&b, "p.csv", "town,age,more\nA,21,x\nB,24,x\nA,24,x\nC,35,x\nC,38,x\nC,35,x\nB,61,x\nB,61,x\nA,61,x\n");
	assert_ok(deid_job_run(&b.job, &run, &e), &e);
	assert_int_equal(run.suppressed, 0);
	deid_run_free(&run);
	end(&b);
}

static void an_output_with_identifiers_fails_the_laws_check(void **state)
{
	static const struct {
		const char *note;
		const char *check;
	} cases[] = {
		{"call 090-1234-5678", "Rule 34(i)"},
		{"mail taro@example.jp", "Rule 34(i)"},
		{"123456789018", "Rule 34(ii)"},
	};
	struct bench b;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < 3; i++) {
		struct deid_run run;
		struct deid_checks checks;
		struct error e = {0};
		char text[400];

		snprintf(text, sizeof text, "name,age,town,ill,note\nn,21,A,f,1\nn,21,A,f,%s\nn,21,A,f,1\n", cases[i].note);
		put(&b, "t.csv", text);
		assert_ok(deid_job_run(&b.job, &run, &e), &e);
		assert_ok(deid_check(&run, &checks, &e), &e);
		if (ok(deid_checks_verdict(&checks, &e)))
			fail_msg("\"%s\" passed the checks", cases[i].note);
		assert_int_equal(e.code, CODE_LAW_CHECK_FAILED);
		assert_non_null(strstr(e.message, cases[i].check));
		assert_null(strstr(e.message, cases[i].note));
		deid_checks_free(&checks);
		deid_run_free(&run);
	}
	end(&b);
}

static void link_codes_and_values_of_one_person_fail_the_laws_check(void **state)
{
	struct bench b;
	struct buf text;

	(void)state;
	begin(&b);
	for (int peculiar = 0; peculiar < 2; peculiar++) {
		struct deid_run run;
		struct deid_checks checks;
		struct error e = {0};

		buf_init(&text);
		buf_text(&text, "name,age,town,ill,note\n");
		for (int i = 0; i < 30; i++)
			buf_printf(&text, "n,21,A,%s,%d\n", peculiar && i == 7 ? "rare" : "f", peculiar ? i % 5 : i);
		put(&b, "t.csv", buf_c(&text));
		buf_free(&text);
		assert_ok(deid_job_run(&b.job, &run, &e), &e);
		assert_ok(deid_check(&run, &checks, &e), &e);
		assert_fails(deid_checks_verdict(&checks, &e), &e, CODE_LAW_CHECK_FAILED);
		assert_int_equal(checks.at[peculiar ? 3 : 2].verdict, DEID_FAILED);
		assert_int_equal(checks.at[peculiar ? 2 : 3].verdict, DEID_PASSED);
		deid_checks_free(&checks);
		deid_run_free(&run);
	}
	end(&b);
}

static void very_high_ages_fail_the_laws_check_unless_they_are_generalized(void **state)
{
	struct bench b;

	(void)state;
	begin(&b);
	put(&b, "t.csv", "name,age,town,ill,note\nn,94,A,f,1\nn,30,A,f,1\nn,30,A,f,1\n");
	b.quasi[0] = STR("town");
	b.insensitive[1] = STR("age");
	b.job.quasi.n = 1;
	b.job.insensitive.n = 2;
	for (int quasi = 0; quasi < 2; quasi++) {
		struct deid_run run;
		struct deid_checks checks;
		struct error e = {0};

		assert_ok(deid_job_run(&b.job, &run, &e), &e);
		assert_ok(deid_check(&run, &checks, &e), &e);
		assert_int_equal(checks.at[3].verdict, quasi ? DEID_PASSED : DEID_FAILED);
		deid_checks_free(&checks);
		deid_run_free(&run);
		b.quasi[1] = STR("age");
		b.hierarchies[1] = STR("age=bands(10,top=30)");
		b.job.quasi.n = b.job.hierarchies.n = 2;
		b.job.insensitive.n = 1;
	}
	end(&b);
}

static void a_report_says_what_was_done_and_passes_its_checks(void **state)
{
	struct bench b;
	struct deid_run run;
	struct deid_measures m;
	struct deid_checks checks;
	struct deid_report report = {.run = &run, .measures = &m, .checks = &checks};
	struct buf page;
	struct error e = {0};
	json_t *view;

	(void)state;
	begin(&b);
	assert_ok(deid_job_run(&b.job, &run, &e), &e);
	assert_ok(deid_measure(&run, &m, &e), &e);
	assert_ok(deid_check(&run, &checks, &e), &e);
	assert_ok(deid_checks_verdict(&checks, &e), &e);
	view = deid_report_view(&report);
	assert_non_null(view);
	assert_true(json_is_true(json_object_get(view, "optimal")));
	assert_int_equal(json_integer_value(json_object_get(view, "suppressed")), 1);
	assert_int_equal(json_integer_value(json_object_get(view, "smallest_class")), 3);
	assert_int_equal(json_array_size(json_object_get(view, "checks")), DEID_CHECKS - 1); /* no earlier releases */
	assert_true(json_real_value(json_object_get(view, "score")) == json_real_value(json_object_get(view, "bound")));
	buf_init(&page);
	deid_report_html(&report, &page);
	assert_non_null(strstr(buf_c(&page), "Of 7 records, 6 were generalized and 1 left out"));
	assert_non_null(strstr(buf_c(&page), "7件の記録のうち6件を一般化し、1件を除外しました"));
	assert_non_null(strstr(buf_c(&page), "8 of the law's checks passed, none failed."));
	assert_non_null(strstr(buf_c(&page), "All 9 choices of levels by how coarse they are"));
	assert_null(strstr(buf_c(&page), "<script"));
	buf_free(&page);
	json_decref(view);
	deid_checks_free(&checks);
	deid_measures_free(&m);
	deid_run_free(&run);
	end(&b);
}

static void ten_thousand_columns_work(void **state)
{
	enum { MANY = 10000 };
	struct bench b;
	struct buf text, names;
	struct str *name = calloc(MANY, sizeof *name);
	struct deid_run run;
	struct error e = {0};

	(void)state;
	begin(&b);
	assert_non_null(name);
	buf_init(&text);
	buf_init(&names);
	for (int i = 0; i < MANY; i++)
		buf_printf(&names, "c%04d,", i);
	for (int i = 0; i < MANY; i++)
		name[i] = str_sub(buf_view(&names), (size_t)i * 6, 5);
	buf_str(&text, buf_view(&names));
	buf_text(&text, "age\n");
	for (int r = 0; r < 4; r++) {
		for (int i = 0; i < MANY; i++)
			buf_printf(&text, "%d,", i % 7);
		buf_text(&text, "21\n");
	}
	put(&b, "t.csv", buf_c(&text));
	b.job.quasi.n = 1;
	b.job.sensitive.n = b.job.identifying.n = 0;
	b.job.insensitive = (struct deid_names){name, MANY};
	assert_ok(deid_job_run(&b.job, &run, &e), &e);
	assert_int_equal(run.table.columns, MANY + 1);
	deid_run_free(&run);
	buf_free(&text);
	buf_free(&names);
	free(name);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_out_in_order_without_names_and_what_stands_out),
		cmocka_unit_test(a_hierarchy_may_be_a_rule),
		cmocka_unit_test(local_recoding_keeps_what_would_be_left_out),
		cmocka_unit_test(local_recoding_of_what_has_a_transformation_never_fails),
		cmocka_unit_test(other_encodings_are_read_and_wrong_ones_named),
		cmocka_unit_test(columns_that_do_not_fit_are_named),
		cmocka_unit_test(values_and_hierarchies_that_do_not_fit_are_named_with_their_place),
		cmocka_unit_test(bad_rows_are_left_out_and_counted_or_stop_when_strict),
		cmocka_unit_test(tables_with_nothing_in_them_are_refused),
		cmocka_unit_test(models_that_contradict_the_table_are_refused),
		cmocka_unit_test(a_population_has_to_hold_the_table),
		cmocka_unit_test(an_output_with_identifiers_fails_the_laws_check),
		cmocka_unit_test(link_codes_and_values_of_one_person_fail_the_laws_check),
		cmocka_unit_test(very_high_ages_fail_the_laws_check_unless_they_are_generalized),
		cmocka_unit_test(a_report_says_what_was_done_and_passes_its_checks),
		cmocka_unit_test(ten_thousand_columns_work),
	};

	return cmocka_run_group_tests_name("deid/job", tests, NULL, NULL);
}
