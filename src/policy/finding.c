#include "policy/finding.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	enum severity severity;
	const char *law, *meaning, *meaning_ja, *cure, *cure_ja, *example;
} table[FINDING_CODES] = {
#define X(id, text, severity, law, en, ja, cure, cure_ja, example) \
	[FINDING_##id] = {text, severity, law, en, ja, cure, cure_ja, example},
#include "policy/findings.def"
#undef X
};

void findings_init(struct findings *f)
{
	*f = (struct findings){.checked = {.law = DATE_NONE}};
	arena_init(&f->arena, 0, false);
}

void findings_free(struct findings *f)
{
	arena_free(&f->arena);
	*f = (struct findings){.checked = {.law = DATE_NONE}};
}

static bool grow(struct findings *f)
{
	size_t cap = f->cap ? f->cap * 2 : 32;
	struct finding *list = arena_array(&f->arena, cap, sizeof *list);

	if (!list)
		return false;
	if (f->n)
		memcpy(list, f->list, f->n * sizeof *list);
	f->list = list;
	f->cap = cap;
	return true;
}

void findings_add(struct findings *f, enum finding_code code, struct place at, struct str hint, const char *format,
		  ...)
{
	struct finding found = {.at = at, .code = code};
	struct buf message;
	va_list args;

	buf_init(&message);
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	found.message = str_copy(&f->arena, buf_view(&message));
	found.hint = str_copy(&f->arena, hint);
	found.at.file = arena_copy(&f->arena, at.file, strlen(at.file));
	if (!buf_ok(&message) || !found.message.p || !found.at.file || (f->n == f->cap && !grow(f))) {
		f->failed = true;
	} else {
		f->list[f->n++] = found;
		f->count[finding_severity(code)]++;
	}
	buf_free(&message);
}

void findings_about(struct findings *f, const char *prefix, struct str id)
{
	struct buf path;

	if (f->n == 0)
		return;
	buf_init(&path);
	buf_printf(&path, "%s.%.*s", prefix, (int)id.n, id.p);
	f->list[f->n - 1].path = str_copy(&f->arena, buf_view(&path));
	if (!f->list[f->n - 1].path.p)
		f->failed = true;
	buf_free(&path);
}

static int compare_files(const char *a, const char *b)
{
	bool main_a = strcmp(a, "policy.yaml") == 0, main_b = strcmp(b, "policy.yaml") == 0;

	if (main_a != main_b)
		return main_a ? -1 : 1;
	return strcmp(a, b);
}

static int compare(const void *x, const void *y)
{
	const struct finding *a = x, *b = y;
	int order = compare_files(a->at.file, b->at.file);

	if (order)
		return order;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.column != b->at.column)
		return a->at.column < b->at.column ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return str_cmp(a->message, b->message);
}

void findings_sort(struct findings *f)
{
	if (f->n < 2)
		return;
	qsort(f->list, f->n, sizeof *f->list, compare);
	for (size_t i = f->n; i-- > 1;)
		if (compare(&f->list[i - 1], &f->list[i]) == 0)
			findings_remove(f, i);
}

void findings_remove(struct findings *f, size_t i)
{
	f->count[finding_severity(f->list[i].code)]--;
	f->n--;
	memmove(&f->list[i], &f->list[i + 1], (f->n - i) * sizeof *f->list);
}

const char *finding_text(enum finding_code code)
{
	return table[code].text;
}

enum severity finding_severity(enum finding_code code)
{
	return table[code].severity;
}

const char *finding_meaning(enum finding_code code)
{
	return table[code].meaning;
}

struct finding_entry finding_explain(enum finding_code code, bool japanese)
{
	return (struct finding_entry){
		.law = table[code].law,
		.meaning = japanese ? table[code].meaning_ja : table[code].meaning,
		.cure = japanese ? table[code].cure_ja : table[code].cure,
		.example = table[code].example,
	};
}

const char *severity_text(enum severity s)
{
	static const char *const names[SEVERITIES] = {"error", "warning", "question", "information"};

	return names[s];
}

bool finding_parse(struct str s, enum finding_code *out)
{
	for (int i = 0; i < FINDING_CODES; i++)
		if (str_is(s, table[i].text)) {
			*out = (enum finding_code)i;
			return true;
		}
	return false;
}
