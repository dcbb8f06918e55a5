/*
 * Golden cases: tests/cases/policy/NAME.case changes the example and says what is
 * found, exactly and with places.  A case has blocks; each begins with a line
 * `# …` that says what it shows, then
 *
 *	change FILE	followed by `- ` lines (they stand there once) and `+ ` lines
 *	add FILE	(or replace it) followed by `+ ` lines; \xNN is one byte
 *	remove FILE
 *	finds FILE:LINE:COLUMN CODE	once for each finding, in their order
 *	finds nothing
 */
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/diff.h"
#include "policy/policy_dir.h"
#include "policy/publish.h"
#include "policy/source.h"
#include "publish/texts.h"

#define CASES TEST_SOURCE_DIR "/cases/policy"

/* Where cases stand: of the facts, and of what is said in words. */
static const char *const folders[] = {CASES, TEST_SOURCE_DIR "/cases/findings"};

struct block {
	const char *name;
	unsigned line;
	struct arena *a;
	struct source s;
	struct buf expected;
	bool expects; /* a `finds` was read */
};

/* Where the cases are published, and which findings refused it. */
static struct {
	struct db *d;
	bool refused[FINDING_CODES];
} publications;

static struct source example(struct arena *a)
{
	struct source s;
	struct error e = {0};

	assert_ok(source_read(a, CASES "/example", &s, &e), &e);
	return s;
}

static struct source_file *file(struct block *b, struct str name)
{
	const struct source_file *f = source_find(&b->s, name);

	if (!f)
		fail_msg("%s:%u: the example has no %.*s", b->name, b->line, (int)name.n, name.p);
	return &b->s.files[f - b->s.files];
}

/* Takes the lines that begin with MARK and a blank from *REST, joined, with \xNN as bytes. */
static struct str lines(struct block *b, struct str *rest, char mark)
{
	struct buf joined;
	struct str text;
	size_t count = 0;

	buf_init(&joined);
	while (rest->n >= 2 && rest->p[0] == mark && rest->p[1] == ' ') {
		size_t n = str_find(*rest, '\n');
		struct str line = str_sub(*rest, 2, n - 2);

		if (count++)
			buf_byte(&joined, '\n');
		for (size_t i = 0; i < line.n; i++) {
			unsigned char byte;

			if (str_starts(str_sub(line, i, line.n), STR("\\x")) && hex_decode(str_sub(line, i + 2, 2), &byte, 1)) {
				buf_byte(&joined, (char)byte);
				i += 3;
			} else {
				buf_byte(&joined, line.p[i]);
			}
		}
		*rest = str_sub(*rest, n + 1, rest->n);
		b->line++;
	}
	text = str_copy(b->a, buf_view(&joined));
	buf_free(&joined);
	return text;
}

static void change(struct block *b, struct str name, struct str *rest)
{
	struct source_file *f = file(b, name);
	struct str from = lines(b, rest, '-'), to = lines(b, rest, '+');
	const char *at = from.n ? memmem(f->text.p, f->text.n, from.p, from.n) : NULL;
	struct buf text;

	if (!at)
		fail_msg("%s:%u: %.*s does not have: %.*s", b->name, b->line, (int)name.n, name.p, (int)from.n, from.p);
	if (memmem(at + 1, f->text.n - (size_t)(at + 1 - f->text.p), from.p, from.n))
		fail_msg("%s:%u: %.*s has this twice: %.*s", b->name, b->line, (int)name.n, name.p, (int)from.n, from.p);
	buf_init(&text);
	buf_add(&text, f->text.p, (size_t)(at - f->text.p));
	buf_str(&text, to);
	buf_add(&text, at + from.n, f->text.n - (size_t)(at - f->text.p) - from.n);
	f->text = str_copy(b->a, buf_view(&text));
	buf_free(&text);
}

static int by_name(const void *x, const void *y)
{
	return str_cmp(((const struct source_file *)x)->name, ((const struct source_file *)y)->name);
}

static void take_out(struct block *b, struct str name)
{
	struct source_file *f = file(b, name);

	memmove(f, f + 1, (size_t)(b->s.files + b->s.n - f - 1) * sizeof *f);
	b->s.n--;
}

static void add(struct block *b, struct str name, struct str *rest)
{
	struct source_file *f;

	if (source_find(&b->s, name))
		take_out(b, name);
	f = &b->s.files[b->s.n++];
	f->name = str_copy(b->a, name);
	f->text = lines(b, rest, '+');
	qsort(b->s.files, b->s.n, sizeof *b->s.files, by_name);
}

static void begin(struct block *b)
{
	b->s = example(b->a);
	b->expects = false;
	buf_init(&b->expected);
}

/* Publishes what the block made, which has errors: it is refused by just what F has, and nothing is published. */
static void refused(struct block *b, const struct findings *f)
{
	const struct policy_candidate candidate = {.files = &b->s, .texts = edition_texts, .now = 1796000000000};
	struct policy_published out;
	struct error e = {0};
	struct findings again;

	findings_init(&again);
	assert_ok(db_begin_write(publications.d, &e), &e);
	assert_fails(policy_publish(publications.d, &candidate, &again, &out, &e), &e, CODE_POLICY_INVALID);
	db_rollback(publications.d);
	assert_int_equal(out.version, 0);
	assert_int_equal(again.n, f->n);
	for (size_t i = 0; i < f->n; i++) {
		assert_int_equal(again.list[i].code, f->list[i].code);
		assert_int_equal(again.list[i].at.line, f->list[i].at.line);
		publications.refused[f->list[i].code] = true;
	}
	findings_free(&again);
}

/* Examines what the block made and compares what is found. */
static void finish(struct block *b)
{
	const struct policy_terms terms = {.texts = edition_texts, .law = DATE_NONE};
	struct error e = {0};
	struct findings f;
	struct policy *p;
	struct buf found;

	buf_init(&found);
	findings_init(&f);
	assert_ok(policy_examine(&b->s, &terms, &f, &p, &e), &e);
	for (size_t i = 0; i < f.n; i++)
		buf_printf(&found, "%s:%u:%u %s\n", f.list[i].at.file, (unsigned)f.list[i].at.line,
			   (unsigned)f.list[i].at.column, finding_text(f.list[i].code));
	if (!str_eq(buf_view(&found), buf_view(&b->expected)))
		fail_msg("%s: the block before line %u finds\n%sbut should find\n%s", b->name, b->line + 1, buf_c(&found),
			 buf_c(&b->expected));
	assert_true((p != NULL) == (f.count[SEVERITY_ERROR] == 0));
	if (!p)
		refused(b, &f);
	policy_free(p);
	findings_free(&f);
	buf_free(&found);
	buf_free(&b->expected);
}

/* Does what one line of the case says. */
static void step(struct block *b, struct str line, struct str *rest)
{
	if (str_starts(line, STR("change ")))
		change(b, str_sub(line, 7, line.n), rest);
	else if (str_starts(line, STR("add ")))
		add(b, str_sub(line, 4, line.n), rest);
	else if (str_starts(line, STR("remove ")))
		take_out(b, str_sub(line, 7, line.n));
	else if (str_is(line, "finds nothing"))
		b->expects = true;
	else if (str_starts(line, STR("finds "))) {
		buf_str(&b->expected, str_sub(line, 6, line.n));
		buf_byte(&b->expected, '\n');
		b->expects = true;
	} else if (line.n)
		fail_msg("%s:%u: what is \"%.*s\"?", b->name, b->line, (int)line.n, line.p);
}

/* Runs all blocks of the case NAME in FOLDER. */
static void run_case(const char *folder, const char *name)
{
	char path[512];
	struct error e = {0};
	struct arena a;
	struct buf text;
	struct block b = {.name = name, .a = &a};
	struct str rest;
	unsigned blocks = 0;

	arena_init(&a, 0, false);
	buf_init(&text);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_ok(file_read(path, 1 << 20, &text, &e), &e);
	rest = buf_view(&text);
	while (rest.n) {
		size_t n = str_find(rest, '\n');
		struct str line = str_sub(rest, 0, n);

		rest = str_sub(rest, n + 1, rest.n);
		b.line++;
		if (str_starts(line, STR("# "))) {
			if (blocks++) {
				assert_true(b.expects);
				finish(&b);
			}
			begin(&b);
		} else {
			assert_true(blocks > 0);
			step(&b, line, &rest);
		}
	}
	if (blocks < 2)
		fail_msg("%s has no neighbour that stays silent", name);
	assert_true(b.expects);
	finish(&b);
	buf_free(&text);
	arena_free(&a);
}

static bool is_case(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".case") == 0;
}

/* Runs the cases in FOLDER and gives how many there are. */
static unsigned run_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	unsigned run = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL)
		if (is_case(entry->d_name)) {
			run_case(folder, entry->d_name);
			run++;
		}
	closedir(d);
	return run;
}

static void every_case_finds_exactly_what_it_says(void **state)
{
	char dir[64], path[96];
	struct error e = {0};
	unsigned facts, wordings;

	(void)state;
	policy_dir_make(dir, sizeof dir);
	snprintf(path, sizeof path, "%s/sekisho.db", dir);
	assert_ok(db_open(path, DB_CREATE, &publications.d, &e), &e);
	assert_ok(db_migrate(publications.d, &e), &e);
	facts = run_folder(folders[0]);
	wordings = run_folder(folders[1]);
	db_close(publications.d);
	policy_dir_remove(dir);
	cases_ran("policy/*.case", facts);
	cases_ran("findings/*.case", wordings);
	assert_true(facts >= 60);
	assert_true(wordings >= 40);
	/* and each code that is an error has refused publication; test_publish.c and test_limits.c have the rest */
	for (int i = 0; i < FINDING_CODES; i++)
		if (finding_severity((enum finding_code)i) == SEVERITY_ERROR && !publications.refused[i] &&
		    i != FINDING_FILE_TOO_LARGE && i != FINDING_TOO_MANY && i != FINDING_ANSWER_OUTDATED)
			fail_msg("%s refused no publication", finding_text((enum finding_code)i));
}

/*
 * Each code has a case of its name, or is named in test_limits.c, whose inputs are too large to be written down, or in
 * test_explain.c, which asks for what is not yet in force, or in test_publish.c, which has versions, or is a change (test_diff.c).
 */
static void every_finding_has_its_case(void **state)
{
	(void)state;
	for (int i = 0; i < FINDING_CODES; i++) {
		bool found = i == FINDING_FILE_TOO_LARGE || i == FINDING_TOO_MANY || i == FINDING_PENDING_LAW || i == FINDING_ANSWER_OUTDATED ||
			     change_is((enum finding_code)i);

		for (size_t k = 0; k < sizeof folders / sizeof *folders && !found; k++) {
			char path[512];
			FILE *f;

			snprintf(path, sizeof path, "%s/%s.case", folders[k], finding_text((enum finding_code)i));
			f = fopen(path, "r");
			found = f != NULL;
			if (f)
				fclose(f);
		}
		if (!found)
			fail_msg("%s has no case", finding_text((enum finding_code)i));
	}
}

/* The example of faults: all that is found, as tests/cases/findings/reference.golden lists it. */
static void faults_of_the_reference_are_found(void **state)
{
	struct error e = {0};
	struct findings f;
	struct policy *p;
	struct buf found, golden;

	(void)state;
	findings_init(&f);
	buf_init(&found);
	buf_init(&golden);
	assert_ok(policy_compile(TEST_SOURCE_DIR "/../examples/reference-findings", &f, &p, &e), &e);
	assert_null(p);
	for (size_t i = 0; i < f.n; i++)
		buf_printf(&found, "%s:%u:%u %s\n", f.list[i].at.file, (unsigned)f.list[i].at.line,
			   (unsigned)f.list[i].at.column, finding_text(f.list[i].code));
	assert_ok(file_read(TEST_SOURCE_DIR "/cases/findings/reference.golden", 1 << 20, &golden, &e), &e);
	assert_string_equal(buf_c(&found), buf_c(&golden));
	buf_free(&golden);
	buf_free(&found);
	findings_free(&f);
}

/* Every code has its entry in both languages, and a pending law is only told when asked for. */
static void every_finding_is_explained(void **state)
{
	(void)state;
	for (int i = 0; i < FINDING_CODES; i++)
		for (int japanese = 0; japanese < 2; japanese++) {
			struct finding_entry entry = finding_explain((enum finding_code)i, japanese);

			assert_true(entry.meaning && *entry.meaning && entry.cure && *entry.cure);
			assert_true(entry.example && *entry.example && entry.law);
		}
}

static void example_is_clean(void **state)
{
	struct arena a;
	struct block b = {.name = "example", .a = &a};

	(void)state;
	arena_init(&a, 0, false);
	begin(&b);
	finish(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_is_clean),
		cmocka_unit_test(every_case_finds_exactly_what_it_says),
		cmocka_unit_test(every_finding_has_its_case),
		cmocka_unit_test(faults_of_the_reference_are_found),
		cmocka_unit_test(every_finding_is_explained),
	};

	return cmocka_run_group_tests_name("policy/cases", tests, NULL, NULL);
}
