#include "policy/levels.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "crypto/hash.h"
#include "policy/bytes.h"

/* A line of the file: the value, then what stands above it. */
struct line {
	const struct str *field;
	uint64_t line;
};

struct reading {
	const struct levels *of;
	struct findings *f;
	struct csv_reader *csv;
	struct arena a; /* what is kept until the file is read */
	struct line *lines;
	size_t n, fields;
};

/* The place that WHERE, "name:line:column", says of L. */
static struct place place_in(const struct levels *l, struct str where)
{
	struct str tail = str_sub(where, strlen(l->name) + 1, where.n);
	size_t n = str_find(tail, ':');
	uint64_t line = 0, column = 1;

	if (!str_to_u64(str_sub(tail, 0, n), UINT32_MAX, &line) ||
	    (n < tail.n && !str_to_u64(str_sub(tail, n + 1, tail.n), UINT32_MAX, &column)))
		line = 0;
	return (struct place){l->name, (uint32_t)line, (uint32_t)column};
}

/* Reports WHAT at WHERE, "name:line:column". */
static bool wrong(struct reading *r, struct str where, const char *what)
{
	findings_add(r->f, FINDING_SET_HIERARCHY, place_in(r->of, where),
		     STR("a line has a value and what stands above it, level by level: 東京都,関東,東日本"), "%s", what);
	return false;
}

/* Reports WHAT of field FIELD of the row that was read last. */
static bool wrong_field(struct reading *r, size_t field, const char *what)
{
	struct buf where;

	buf_init(&where);
	csv_where(r->csv, field, &where);
	wrong(r, buf_view(&where), what);
	buf_free(&where);
	return false;
}

static bool no_memory(struct reading *r)
{
	r->f->failed = true;
	return false;
}

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20)
			return false;
	return true;
}

static bool take_row(struct reading *r, const struct csv_row *row)
{
	struct error e = {0};
	struct str *field;

	if (row->fault != CSV_FINE && !ok(csv_refuse(r->csv, row, &e)))
		return wrong(r, str_of(e.where), e.message);
	if (row->count > LEVELS_FIELDS)
		return wrong_field(r, LEVELS_FIELDS, "a hierarchy has at most 31 levels above its values");
	if (r->n == LEVELS_LEAVES)
		return wrong_field(r, 0, "a set's hierarchy has at most 65,536 lines");
	field = arena_array(&r->a, row->count, sizeof *field);
	if (!field)
		return no_memory(r);
	for (size_t i = 0; i < row->count; i++) {
		if (!row->field[i].n)
			return wrong_field(r, i, "nothing stands in this field");
		if (!is_plain(row->field[i]))
			return wrong_field(r, i, "this field has a line end or another control character");
		field[i] = str_copy(&r->a, row->field[i]);
		if (!field[i].p)
			return no_memory(r);
	}
	r->fields = row->count;
	r->lines[r->n++] = (struct line){field, row->line};
	return true;
}

/* The separator of TEXT: a semicolon where its first line has one. */
static char separator_of(struct str text)
{
	struct str first = str_sub(text, 0, str_find(text, '\n'));

	return str_find(first, ';') < first.n ? ';' : ',';
}

static bool take_rows(struct reading *r)
{
	struct str rest = r->of->text;
	const struct csv_options o = {.separator = separator_of(rest), .max_row = 1 << 20, .name = r->of->name};
	struct csv_row row;
	struct error e = {0};
	bool more = true, fine = true;

	if (!ok(csv_open(&r->csv, source_memory(&rest), &o, &e)))
		return no_memory(r);
	while (fine && more) {
		if (!ok(csv_next(r->csv, &row, &more, &e)))
			fine = e.code == CODE_TOO_LARGE ? wrong_field(r, 0, "this line is longer than a hierarchy's may be") : no_memory(r);
		else if (more)
			fine = take_row(r, &row);
	}
	return fine;
}

/* At which field qsort compares; lines that are alike stay in their order. */
struct sorted {
	const struct line *line;
	struct str by;
};

static int by_field(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	int order = str_cmp(a->by, b->by);

	return order ? order : (a->line->line > b->line->line) - (a->line->line < b->line->line);
}

static void sort(const struct reading *r, struct sorted *s, size_t field)
{
	for (size_t i = 0; i < r->n; i++)
		s[i] = (struct sorted){&r->lines[i], r->lines[i].field[field]};
	qsort(s, r->n, sizeof *s, by_field);
}

static void wrong_line(struct reading *r, const struct line *l, const char *hint, const struct line *other, const char *what)
{
	findings_add(r->f, FINDING_SET_HIERARCHY, (struct place){r->of->name, (uint32_t)l->line, 1}, str_of(hint), "%s line %llu",
		     what, (unsigned long long)other->line);
}

/* Each value has one line, and what shares a value shares all above it; S has room for all lines. */
static bool is_tree(struct reading *r, struct sorted *s)
{
	bool fine = true;

	for (size_t field = 0; field < r->fields; field++) {
		sort(r, s, field);
		for (size_t i = 1; i < r->n && fine; i++) {
			const struct line *l = s[i].line, *before = s[i - 1].line;
			bool same = str_eq(s[i].by, s[i - 1].by);

			if (same && field == 0) {
				wrong_line(r, l, "each value has one line", before, "this value was already given in");
				fine = false;
			} else if (same && field + 1 < r->fields && !str_eq(l->field[field + 1], before->field[field + 1])) {
				wrong_line(r, l, "what shares a value shares all that stands above it", before,
					   "the hierarchy is no tree: this line shares a value and not what stands above it with");
				fine = false;
			}
		}
	}
	return fine;
}

/* The leaves by value, with their labels, into O, in A. */
static bool make_leaves(struct reading *r, struct arena *a, struct policy_output *o)
{
	struct sorted *s = arena_array(&r->a, r->n + 1, sizeof *s);

	if (!s)
		return no_memory(r);
	if (!is_tree(r, s))
		return false;
	o->leaves = arena_array(a, r->n, sizeof *o->leaves);
	if (!o->leaves)
		return no_memory(r);
	sort(r, s, 0);
	for (; o->n_leaves < r->n; o->n_leaves++) {
		struct policy_leaf *leaf = &o->leaves[o->n_leaves];

		leaf->value = str_copy(a, s[o->n_leaves].by);
		leaf->label = str_copy(a, s[o->n_leaves].line->field[r->of->level]);
		if (!leaf->value.p || !leaf->label.p)
			return no_memory(r);
	}
	return true;
}

/* True when there are lines, and as many levels as are asked for. */
static bool is_enough(struct reading *r)
{
	if (!r->n)
		findings_add(r->f, FINDING_SET_HIERARCHY, (struct place){r->of->name, 1, 1}, STR("write one line for each value"),
			     "the hierarchy is empty");
	else if (r->of->level >= r->fields)
		findings_add(r->f, FINDING_SET_HIERARCHY, r->of->asked, (struct str){0},
			     "%s has %zu levels above its values, and level %u is asked for", r->of->name, r->fields - 1,
			     (unsigned)r->of->level);
	return r->n && r->of->level < r->fields;
}

bool levels_read(const struct levels *l, struct arena *a, struct policy_output *o, struct findings *f)
{
	struct reading r = {.of = l, .f = f};
	bool fine;

	if (!bytes_utf8(l->name, l->text, f))
		return false;
	arena_init(&r.a, 0, false);
	r.lines = arena_array(&r.a, LEVELS_LEAVES, sizeof *r.lines);
	fine = r.lines ? take_rows(&r) : no_memory(&r);
	csv_close(r.csv);
	fine = fine && is_enough(&r) && make_leaves(&r, a, o);
	arena_free(&r.a);
	hash_sha256(l->text.p, l->text.n, o->hash);
	return fine;
}
