/* What holds for each of the examples: nothing is found wrong, refusals lead to clauses, laws are called by their names. */
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "publish/edition.h"
#include "publish/say.h"

#define EXAMPLES TEST_SOURCE_DIR "/../examples"

enum { AT_LEAST = 6 };

/* Calls CHECK with the directory of each example, by its name; gives how many there are. */
static size_t examples_each(void (*check)(const char *name, const char *dir))
{
	struct dirent **entries;
	int n = scandir(EXAMPLES, &entries, NULL, alphasort);
	size_t count = 0;

	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		char dir[1024];
		DIR *there;

		snprintf(dir, sizeof dir, EXAMPLES "/%s", entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && strcmp(entries[i]->d_name, "reference-findings") != 0 &&
		    (there = opendir(dir)) != NULL) {
			closedir(there);
			check(entries[i]->d_name, dir);
			count++;
		}
		free(entries[i]);
	}
	free(entries);
	return count;
}

/* Reads DIR, in which nothing is found, not even a hint. */
static void read_example(const char *name, const char *dir, struct draft *d)
{
	struct findings f;
	struct error e = {0};

	findings_init(&f);
	assert_ok(draft_read(dir, &f, d, &e), &e);
	for (size_t i = 0; i < f.n; i++)
		print_error("%s/%s:%u:%u: [%s] %.*s\n", name, f.list[i].at.file, (unsigned)f.list[i].at.line,
			    (unsigned)f.list[i].at.column, finding_text(f.list[i].code), (int)f.list[i].message.n,
			    f.list[i].message.p);
	assert_int_equal(f.n, 0);
	assert_non_null(d->policy);
	findings_free(&f);
}

static void has_clause(const char *name, const struct policy *p, const char *section, struct str id, const char *rest)
{
	struct buf path;

	buf_init(&path);
	buf_printf(&path, "%s.%.*s%s", section, (int)id.n, id.p, rest);
	if (!policy_clause_of(p, buf_view(&path)).n)
		fail_msg("%s: no clause keeps %s", name, buf_c(&path));
	buf_free(&path);
}

static void check_clauses(const char *name, const char *dir)
{
	struct draft d;
	const struct policy *p;

	read_example(name, dir, &d);
	p = d.policy;
	for (size_t i = 0; i < p->n_purposes; i++)
		has_clause(name, p, "purposes", p->purposes[i].id, ".uses");
	for (size_t i = 0; i < p->n_categories; i++)
		has_clause(name, p, "categories", p->categories[i].id, ".keep");
	for (size_t i = 0; i < p->n_consents; i++)
		has_clause(name, p, "consents", p->consents[i].id, "");
	for (size_t i = 0; i < p->n_arrangements; i++)
		if (!policy_clause_of(p, p->arrangements[i].id).n)
			fail_msg("%s: no clause keeps %s", name, p->arrangements[i].id.p);
	for (size_t i = 0; i < p->n_derived; i++)
		has_clause(name, p, p->derived[i].pseudonymized ? "deidentified.pseudonymized" : "deidentified.anonymized",
			   p->derived[i].id, "");
	for (size_t i = 0; i < p->n_exceptions; i++)
		has_clause(name, p, "exceptions", p->exceptions[i].id, "");
	draft_free(&d);
}

static void nothing_is_found_and_every_refusal_leads_to_a_clause(void **state)
{
	(void)state;
	assert_true(examples_each(check_clauses) >= AT_LEAST);
}

/* Every law cited under N is called by its Japanese name on Japanese pages: no letters are left. */
static void check_laws_under(const char *name, const struct node *n)
{
	for (NODE_EACH(k, n)) {
		struct buf said;

		check_laws_under(name, k);
		if (k->kind != NODE_SCALAR || !(str_is(k->key, "law") || str_is(k->key, "statute")))
			continue;
		buf_init(&said);
		say_law(&said, k->text, true);
		for (size_t i = 0; i < said.n; i++)
			if ((said.p[i] >= 'A' && said.p[i] <= 'Z') || (said.p[i] >= 'a' && said.p[i] <= 'z'))
				fail_msg("%s: add \"%.*s\" to publish/laws.def", name, (int)k->text.n, k->text.p);
		buf_free(&said);
	}
}

static void check_laws(const char *name, const char *dir)
{
	struct draft d;

	read_example(name, dir, &d);
	check_laws_under(name, d.policy->root);
	draft_free(&d);
}

static void laws_are_called_by_their_japanese_names(void **state)
{
	(void)state;
	assert_true(examples_each(check_laws) >= AT_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_and_every_refusal_leads_to_a_clause),
		cmocka_unit_test(laws_are_called_by_their_japanese_names),
	};

	return cmocka_run_group_tests_name("examples/each", tests, NULL, NULL);
}
