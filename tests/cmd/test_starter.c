/* The first policy that `policy init` makes: whatever the answers are, its check finds nothing. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/starter.h"
#include "policy/answers.h"
#include "policy/compile.h"
#include "policy/layout.h"
#include "publish/statement.h"

static uint32_t seed;

static uint32_t next(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static const char *const names[] = {
	"はまかぜ商店株式会社", "Hamakaze Shoten Co., Ltd.", "O'Hara \"and\" Sons", "A: B # C", "- dash", "[brackets] {braces}", "100",
	"true", "株式会社　北の丸・*星印*_下線_", "{{policy.id}} {{> desks}}", "back\\slash | pipe", "<b>&amp;", "ﾊﾝｶｸ ㈱😀", "# heading",
	"null", "!tag &anchor *alias", "%x @y `z`",
};

static const char *any_name(void)
{
	return names[next(sizeof names / sizeof *names)];
}

/* In a flow map a plain scalar may end early, so all are quoted there. */
static void quoted(struct buf *b, const char *name)
{
	buf_json(b, str_of(name));
}

/* Writes a text under KEY: one for both languages, or one each. */
static void text(struct buf *b, const char *lead, const char *key)
{
	buf_printf(b, "%s%s: ", lead, key);
	if (next(3) == 0) {
		layout_scalar(b, str_of(any_name()));
	} else {
		buf_text(b, "{ja: ");
		quoted(b, any_name());
		buf_text(b, ", en: ");
		quoted(b, any_name());
		buf_byte(b, '}');
	}
	buf_byte(b, '\n');
}

/* Writes a random choice of WORDS as the list KEY, LEAST of them at the least; gives its bits. */
static unsigned words(struct buf *b, const char *key, const char *const *list, bool needed)
{
	unsigned bits = 0, count = 0;
	bool first = true;

	while (list[count])
		count++;
	do
		bits = next(1u << count);
	while (needed && !bits);
	buf_printf(b, "%s: [", key);
	for (unsigned i = 0; i < count; i++)
		if (bits >> i & 1) {
			buf_printf(b, "%s%s", first ? "" : ", ", list[i]);
			first = false;
		}
	buf_text(b, "]\n");
	return bits;
}

static void company(struct buf *b)
{
	buf_text(b, "company:\n");
	text(b, "  ", "name");
	text(b, "  ", "address");
	if (next(2))
		buf_text(b, "  postal_code: \"231-0000\"\n");
	buf_text(b, "  representative:\n");
	text(b, "    ", "title");
	text(b, "    ", "name");
	if (next(2))
		text(b, "", "officer");
	buf_text(b, "desk:\n  email: privacy@hamakaze.example\n");
	if (next(2))
		buf_text(b, "  phone: \"045-000-0000\"\n");
	if (next(2))
		buf_text(b, "  hours: \"Mo-Fr 09:30-18:00; PH off\"\n");
	if (next(2))
		text(b, "  ", "name");
	buf_text(b, "effective: 2026-12-01\n");
}

static void customers(struct buf *b)
{
	words(b, "channels", answers_channels, true);
	words(b, "purposes", answers_purposes, false);
	buf_printf(b, "marketing: %s\n", answers_marketing[next(3)]);
	buf_printf(b, "statistics: %s\n", next(2) ? "true" : "false");
	if (next(2)) {
		buf_text(b, "joint_use:\n");
		for (uint32_t n = 1 + next(3); n > 0; n--)
			text(b, "  - ", "name");
	}
}

static void outsourcing(struct buf *b, unsigned who)
{
	static const unsigned needs[] = {1, 1, 15, 2}; /* one of these people */
	bool any = false;

	for (size_t i = 0; answers_outsourcing[i]; i++) {
		if (!(who & needs[i]) || next(2))
			continue;
		buf_printf(b, "%s  %s:\n", any ? "" : "outsourcing:\n", answers_outsourcing[i]);
		text(b, "    ", "name");
		if (next(2))
			buf_printf(b, "    country: %s\n", next(3) ? "US" : next(2) ? "DE" : "JP");
		any = true;
	}
}

static void answers(struct buf *b)
{
	unsigned who;

	company(b);
	who = words(b, "people", answers_people, true);
	if (who & 1)
		customers(b);
	outsourcing(b, who);
	if (next(2))
		buf_printf(b, "cookies: %s\n", next(2) ? "true" : "false");
	if (next(2)) {
		buf_text(b, "analytics:\n");
		text(b, "  ", "name");
		buf_printf(b, "  country: %s\n", next(2) ? "US" : "JP");
		if (next(2))
			buf_text(b, "  opt_out: https://analytics.example/opt-out\n");
	}
	if (who & 4 && next(2))
		buf_text(b, "keep: {applicants: P6M}\n");
	else if (who & 1 && next(2))
		buf_printf(b, "keep: {customers: P%uY}\n", 1 + next(10));
}

static int by_name(const void *x, const void *y)
{
	return str_cmp(((const struct source_file *)x)->name, ((const struct source_file *)y)->name);
}

/* Makes the policy of the answers in B and checks it; what is found goes to F. */
static void make_and_check(struct buf *b, struct findings *f)
{
	struct starter_file made[STARTER_FILES];
	struct source_file files[STARTER_FILES];
	struct source s = {.files = files, .n = 0};
	const struct node *root;
	struct error e = {0};
	struct policy *p;
	struct arena a;

	arena_init(&a, 0, false);
	assert_ok(answers_read(&a, &(struct source_file){STR("answers.yaml"), buf_view(b)}, false, f, &root, &e), &e);
	if (f->n)
		fail_msg("%s: %s", finding_text(f->list[0].code), f->list[0].message.p);
	assert_ok(starter_make(&a, root, next(2), made, &s.n, &e), &e);
	for (size_t i = 0; i < s.n; i++)
		files[i] = (struct source_file){str_of(made[i].path), made[i].text};
	qsort(files, s.n, sizeof *files, by_name);
	assert_ok(policy_compile_source(&s, f, &p, &e), &e);
	if (p) {
		const struct edition ed = {p, &s, p->effective};

		assert_ok(statement_check(&ed, f, &e), &e);
	}
	policy_free(p);
	arena_free(&a);
}

static void policy_of_any_answers_is_clean(void **state)
{
	int rounds = getenv("SEKISHO_TEST_LONG") ? 5000 : 200;

	(void)state;
	seed = 20261201;
	for (int i = 0; i < rounds; i++) {
		struct findings f;
		struct buf b;

		buf_init(&b);
		findings_init(&f);
		answers(&b);
		make_and_check(&b, &f);
		if (f.n)
			fail_msg("%s:%u: %s: %s\nof the answers\n%s", f.list[0].at.file, (unsigned)f.list[0].at.line,
				 finding_text(f.list[0].code), f.list[0].message.p, buf_c(&b));
		findings_free(&f);
		buf_free(&b);
	}
}

static void example_of_answers_makes_a_clean_policy(void **state)
{
	(void)state;
	seed = 1;
	for (int japanese = 0; japanese < 2; japanese++) {
		struct findings f;
		struct buf b;

		buf_init(&b);
		findings_init(&f);
		answers_example(&b, japanese);
		make_and_check(&b, &f);
		assert_int_equal(f.n, 0);
		findings_free(&f);
		buf_free(&b);
	}
}

#define MOST "company: {name: A, address: B, representative: {title: C, name: D}}\ndesk: {email: a@b.example}\neffective: 2026-12-01\n"

static void answer_that_is_wrong_is_found_at_its_place(void **state)
{
	static const struct {
		const char *more;
		unsigned line, column;
		enum finding_code code;
	} cases[] = {
		{"people: [custmers]\n", 4, 10, FINDING_BAD_WORD},
		{"people: []\n", 4, 9, FINDING_WRONG_TYPE},
		{"people: [customers]\n", 4, 1, FINDING_WRONG_TYPE},
		{"people: [employees]\nchannels: [paper]\n", 5, 1, FINDING_WRONG_TYPE},
		{"people: [employees]\nmarketing: consent\n", 5, 1, FINDING_WRONG_TYPE},
		{"people: [employees]\nstatistics: true\n", 5, 1, FINDING_WRONG_TYPE},
		{"people: [employees]\nkeep: {customers: P5Y}\n", 5, 8, FINDING_WRONG_TYPE},
		{"people: [employees]\nkeep: {applicant: P5Y}\n", 5, 8, FINDING_UNKNOWN_KEY},
		{"people: [visitors]\noutsourcing:\n  payroll: {name: X}\n", 6, 3, FINDING_WRONG_TYPE},
		{"people: [visitors]\noutsourcing: {hosting: {name: X, country: Japan}}\n", 5, 43, FINDING_BAD_WORD},
		{"people: [visitors]\noutsourcing: {hosting: {country: JP}}\n", 5, 15, FINDING_MISSING_KEY},
		{"people: [visitors]\nanalytics: {name: X, opt_out: \"http://x\"}\n", 5, 31, FINDING_WRONG_TYPE},
		{"people: [visitors]\ncookies: maybe\n", 5, 10, FINDING_WRONG_TYPE},
		{"people: [visitors]\nofficer: {ja: X}\n", 5, 1, FINDING_MISSING_LANGUAGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct node *root;
		struct error e = {0};
		struct findings f;
		struct arena a;
		struct buf b;

		buf_init(&b);
		arena_init(&a, 0, false);
		findings_init(&f);
		buf_text(&b, MOST);
		buf_text(&b, cases[i].more);
		assert_ok(answers_read(&a, &(struct source_file){STR("answers.yaml"), buf_view(&b)}, false, &f, &root, &e), &e);
		if (f.n != 1 || f.list[0].code != cases[i].code || f.list[0].at.line != cases[i].line || f.list[0].at.column != cases[i].column)
			fail_msg("%sfinds %zu, first %s at %u:%u (%s)", cases[i].more, f.n, f.n ? finding_text(f.list[0].code) : "none",
				 f.n ? (unsigned)f.list[0].at.line : 0, f.n ? (unsigned)f.list[0].at.column : 0, f.n ? f.list[0].message.p : "");
		findings_free(&f);
		arena_free(&a);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy_of_any_answers_is_clean),
		cmocka_unit_test(example_of_answers_makes_a_clean_policy),
		cmocka_unit_test(answer_that_is_wrong_is_found_at_its_place),
	};

	return cmocka_run_group_tests_name("cmd/starter", tests, NULL, NULL);
}
