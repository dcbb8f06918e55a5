/* What a check says that it looked at, and what it did not. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/checked.h"
#include "policy/compile.h"
#include "policy/diff.h"
#include "policy/matters.h"

#define EXAMPLE TEST_SOURCE_DIR "/cases/policy/example"

/* Skips what stands in parentheses at *P. */
static void skip_inner(const char **p)
{
	while (**p == '(')
		*p += strcspn(*p, ")") + 1;
}

/* True when LAW, such as "APPI 32(1), 34 to 37, Order 10", cites the article NUMBER of the Act. */
static bool cites(const char *law, long number)
{
	const char *p = strncmp(law, "APPI ", 5) == 0 ? law + 5 : "";

	while (*p >= '0' && *p <= '9') {
		char *end;
		long from = strtol(p, &end, 10), to = from;

		p = end;
		skip_inner(&p);
		if (*p == '-' || strncmp(p, " to ", 4) == 0) {
			to = strtol(p + (*p == '-' ? 1 : 4), &end, 10);
			p = end;
			skip_inner(&p);
		}
		if (number >= from && number <= to)
			return true;
		while (strncmp(p, ", (", 3) == 0) { /* another paragraph of the same article */
			p += 2;
			skip_inner(&p);
		}
		if (strncmp(p, ", ", 2) == 0)
			p += 2;
		if (strncmp(p, "APPI ", 5) == 0)
			p += 5;
	}
	return false;
}

/* The articles of chapter 4 in force, from articles.def. */
static const long articles[] = {
#define NOW(article, paragraphs) article,
#define ITEMS(article, paragraph, items)
#define WAS(article, sub, now, before, subject)
#include "policy/articles.def"
#undef NOW
#undef ITEMS
#undef WAS
};

static void every_article_is_cited_by_a_rule_a_matter_or_as_not_checked(void **state)
{
	size_t n_matters, n_unchecked;
	const struct matter *said = matters(&n_matters);
	const struct unchecked *open = unchecked(&n_unchecked);

	(void)state;
	assert_true(sizeof articles / sizeof *articles >= 30);
	for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
		bool found = articles[i] == 39; /* binds who sues */

		for (int code = 0; code < FINDING_CODES; code++)
			found = found || cites(finding_explain((enum finding_code)code, false).law, articles[i]);
		for (size_t k = 0; k < n_matters; k++)
			found = found || cites(said[k].law, articles[i]);
		for (size_t k = 0; k < n_unchecked; k++)
			found = found || cites(open[k].law, articles[i]);
		if (!found)
			fail_msg("nothing speaks of article %ld", articles[i]);
	}
}

static void every_obligation_says_its_law_and_reason_in_both_languages(void **state)
{
	size_t n;
	const struct unchecked *list = unchecked(&n);

	(void)state;
	assert_true(n >= 20);
	for (size_t i = 0; i < n; i++) {
		assert_true(*list[i].law && *list[i].en && *list[i].ja);
		assert_true(*unchecked_reason_text(list[i].reason) && *unchecked_reason_says(list[i].reason, false) &&
			    *unchecked_reason_says(list[i].reason, true));
	}
}

static void check_notes_law_date_and_the_matters_that_facts_call_for(void **state)
{
	size_t n;
	const struct matter *list = matters(&n);
	struct findings f;
	struct policy *p;
	struct error e = {0};

	(void)state;
	findings_init(&f);
	assert_int_equal(f.checked.law, DATE_NONE);
	assert_ok(policy_compile(EXAMPLE, &f, &p, &e), &e);
	assert_non_null(p);
	assert_int_equal(f.checked.law, p->law != DATE_NONE ? p->law : p->effective);
	assert_in_range(checked_matters(&f), 20, n - 1);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].when, "") == 0 && list[i].where != MATTER_PENDING)
			assert_true(checked_matter(&f, i));
		if (strcmp(list[i].when, "provision.*.basis=opt_out") == 0 || list[i].where == MATTER_PENDING)
			assert_false(checked_matter(&f, i));
	}
	policy_free(p);
	findings_free(&f);
}

static void rules_of_publishing_and_of_pending_law_are_not_counted(void **state)
{
	struct findings f;
	size_t n = 0;

	(void)state;
	findings_init(&f);
	for (int i = 0; i < FINDING_CODES; i++)
		n += !change_is((enum finding_code)i);
	assert_int_equal(checked_rules(&f), n - 1);
	f.checked.pending = true;
	assert_int_equal(checked_rules(&f), n);
	assert_false(checked_rule(FINDING_PURPOSE_WIDENED, true));
	assert_true(checked_rule(FINDING_UNKNOWN_PURPOSE, false));
	findings_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_article_is_cited_by_a_rule_a_matter_or_as_not_checked),
		cmocka_unit_test(every_obligation_says_its_law_and_reason_in_both_languages),
		cmocka_unit_test(check_notes_law_date_and_the_matters_that_facts_call_for),
		cmocka_unit_test(rules_of_publishing_and_of_pending_law_are_not_counted),
	};

	return cmocka_run_group_tests_name("policy/checked", tests, NULL, NULL);
}
