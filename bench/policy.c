/*
 * What a check of a policy costs: the reference example with people, purposes and roles added until policy.yaml has
 * 2,000 lines, from a directory, with all rules on facts and wordings.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "figures.h"
#include "policy/source.h"
#include "publish/edition.h"

#define EXAMPLE BENCH_SOURCE_DIR "/examples/reference"

enum { LINES = 2000, DIR_BYTES = 64, PATH_BYTES = 512 };

/* What is kept between runs. */
struct scene {
	struct arena arena;
	struct source files;
	char dir[DIR_BYTES];
};

static struct scene scene;

static size_t lines_of(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

static void add_people(struct buf *b, unsigned i)
{
	buf_printf(b, "  people_%u:\n    people: {ja: 第%u種の会員, en: Members of kind %u}\n    external_id: number\n    channels: [way_%u]\n    items:\n", i, i, i, i);
	buf_text(b, "      number: {type: text, label: {ja: 会員番号, en: Number}, identifies: direct, lookup: true, unique: true}\n"
		    "      name: {type: name, label: {ja: 氏名, en: Name}, identifies: direct, required: true}\n"
		    "      address: {type: address, label: {ja: 住所, en: Address}, identifies: direct}\n"
		    "      phone: {type: phone, label: {ja: 電話番号, en: Telephone number}, identifies: direct}\n"
		    "      email: {type: email, label: {ja: メールアドレス, en: E-mail address}, identifies: direct}\n"
		    "      joined: {type: date, label: {ja: 入会日, en: Day of joining}}\n"
		    "      fees: {type: text, label: {ja: 会費, en: Fees}}\n");
	buf_text(b, "    keep: {for: P5Y, from: contract_end, reason: {ja: 請求権の時効, en: Limitation of claims}}\n");
}

static void add_channel(struct buf *b, unsigned i)
{
	buf_printf(b, "  way_%u: {kind: oral, purposes: [care_%u, dues_%u, news_%u]}\n", i, i, i, i);
}

static void add_purpose(struct buf *b, unsigned i)
{
	static const char *const each[][3] = {{"care", "サービスの提供", "Providing the services"},
					      {"dues", "会費の請求", "Invoicing the fees"},
					      {"news", "会報の送付", "Sending the newsletter"}};

	for (size_t k = 0; k < sizeof each / sizeof *each; k++)
		buf_printf(b, "  %s_%u:\n    text: {ja: 第%u種の会員への%s, en: \"%s, to members of kind %u\"}\n    uses: {people_%u: all}\n", each[k][0], i,
			   i, each[k][1], each[k][2], i, i);
}

static void add_role(struct buf *b, unsigned i)
{
	buf_printf(b, "  staff_%u:\n    kind: staff\n    purposes: [care_%u, dues_%u, news_%u]\n    may: [read, lookup, create, update]\n    collects: {people_%u: all}\n",
		   i, i, i, i, i);
}

/* TEXT with COUNT people, purposes and roles more, into B. */
static void lengthen(struct str text, unsigned count, struct buf *b)
{
	static const struct {
		const char *section;
		void (*add)(struct buf *b, unsigned i);
	} sections[] = {{"channels:", add_channel}, {"categories:", add_people}, {"purposes:", add_purpose}, {"roles:", add_role}};

	buf_init(b);
	while (text.n) {
		size_t end = str_find(text, '\n');
		struct str line = str_sub(text, 0, end);

		buf_str(b, line);
		buf_byte(b, '\n');
		for (size_t k = 0; k < sizeof sections / sizeof *sections; k++)
			for (unsigned i = 0; str_is(line, sections[k].section) && i < count; i++)
				sections[k].add(b, i);
		text = str_sub(text, end + 1, text.n);
	}
}

/* Writes F of the example to the scene's directory, policy.yaml with at least LINES lines. */
static result write_one(const struct source_file *f, struct error *e)
{
	char path[PATH_BYTES];
	struct buf longer;
	unsigned count = 0;
	char *slash;
	result done;

	TRY(path_join(path, sizeof path, scene.dir, f->name.p, e));
	slash = strrchr(path, '/');
	*slash = '\0'; /* path_join put one there */
	TRY(file_make_dir(path, e));
	*slash = '/';
	buf_init(&longer);
	do {
		buf_free(&longer);
		lengthen(f->text, count++, &longer);
	} while (str_is(f->name, "policy.yaml") && buf_ok(&longer) && lines_of(buf_view(&longer)) < LINES);
	done = file_write(path, longer.p, longer.n, 0600, e);
	buf_free(&longer);
	return done;
}

static result open_scene(struct error *e)
{
	if (scene.dir[0])
		return RESULT_OK;
	arena_init(&scene.arena, 0, false);
	snprintf(scene.dir, sizeof scene.dir, "/tmp/sekisho-bench-policy.XXXXXX");
	if (!mkdtemp(scene.dir))
		return error_set(e, CODE_IO, "no directory for the figure");
	TRY(source_read(&scene.arena, EXAMPLE, &scene.files, e));
	for (size_t i = 0; i < scene.files.n; i++)
		TRY(write_one(&scene.files.files[i], e));
	return RESULT_OK;
}

/* For nftw. */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void close_scene(void)
{
	if (!scene.dir[0])
		return;
	if (nftw(scene.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
		fprintf(stderr, "figures: %s is left behind\n", scene.dir);
	arena_free(&scene.arena);
	scene.dir[0] = '\0';
}

/* Of the processor: a check waits for nothing but the files, and other programs are none of its cost. */
static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

/* The median time of the checks that fit into MS, five at the least. */
static result policy_check(const struct figure *f, int ms, struct sample *out, struct error *e)
{
	double times[1000], begin;
	size_t n = 0;

	(void)f;
	TRY(open_scene(e));
	begin = now_ms();
	while (n < 5 || (n < 1000 && now_ms() - begin < ms)) {
		struct findings found;
		double start = now_ms();
		result done;

		findings_init(&found);
		done = draft_check(scene.dir, DATE_NONE, false, &found, e);
		out->errors += found.count[SEVERITY_ERROR];
		findings_free(&found);
		TRY(done);
		times[n++] = now_ms() - start;
	}
	qsort(times, n, sizeof *times, by_size);
	out->value = times[n / 2];
	return RESULT_OK;
}

const struct figure figures_policy[] = {
	{.name = "policy_check", .unit = "ms", .run = policy_check, .close = close_scene},
	{.name = NULL},
};
