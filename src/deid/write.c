#include "deid/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "deid/aggregate.h"

enum {
	PIECE = 1 << 18,
	SHORT = 16, /* a label's first bytes are copied at once, whatever its length */
	ROWS = 1024, /* between looks at how much is waiting */
};

/* A label as it is written, SHORT bytes readable behind it. */
struct label {
	const char *p;
	size_t n;
};

/* One column of the output. */
struct field {
	const struct deid_column *column;
	const struct label **at_level; /* by level, by leaf; of other columns one level, by code */
	bool by_class;		       /* aggregated: one level, by class */
	size_t longest;
};

struct writing {
	const struct deid_run *r;
	struct arena arena;
	struct field *field;
	size_t fields;
	size_t longest_row;
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to write the table");
}

static struct label *make_labels(struct writing *w, struct field *f, const struct str *text, uint32_t n)
{
	struct label *l = arena_array(&w->arena, n, sizeof *l);
	struct buf b;

	buf_init(&b);
	for (uint32_t i = 0; l && i < n; i++) {
		char *p;

		buf_reset(&b);
		csv_write(&b, text[i], w->r->job->separator);
		p = buf_ok(&b) ? arena_alloc(&w->arena, b.n + SHORT) : NULL;
		if (!p) {
			l = NULL;
			break;
		}
		if (b.n)
			memcpy(p, b.p, b.n);
		l[i] = (struct label){p, b.n};
		f->longest = b.n > f->longest ? b.n : f->longest;
	}
	buf_free(&b);
	return l;
}

static result make_field(struct writing *w, const struct deid_column *c, struct error *e)
{
	struct field *f = &w->field[w->fields++];
	const struct deid_aggregated *a = deid_aggregated(w->r, c);
	unsigned levels = c->role == DEID_QUASI && !a ? c->h->levels : 1;

	f->column = c;
	f->by_class = a != NULL;
	f->at_level = arena_array(&w->arena, levels, sizeof(*f->at_level));
	if (!f->at_level)
		return no_memory(e);
	for (unsigned l = 0; l < levels; l++) {
		bool used = c->role != DEID_QUASI || a;

		for (size_t b = 0; b < w->r->blocks && !used; b++)
			used = w->r->block[b].levels[c->slot] == l;
		if (!used)
			continue;
		if (a)
			f->at_level[l] = make_labels(w, f, a->text, w->r->shown);
		else
			f->at_level[l] = c->role == DEID_INSENSITIVE ? make_labels(w, f, c->dict.value, c->dict.n)
							     : make_labels(w, f, c->h->level[l].label, c->h->leaf.n);
		if (!f->at_level[l])
			return no_memory(e);
	}
	w->longest_row += f->longest + 1;
	return RESULT_OK;
}

static char *put(char *to, const struct label *l)
{
	memcpy(to, l->p, SHORT);
	if (l->n > SHORT)
		memcpy(to + SHORT, l->p + SHORT, l->n - SHORT);
	return to + l->n;
}

static void write_row(const struct writing *w, uint64_t row, uint32_t tuple, struct buf *b)
{
	const uint32_t *code = deid_table_tuple(&w->r->table, tuple);
	const uint8_t *levels = w->r->block[w->r->block_of[tuple]].levels;
	char *begin = buf_room(b, w->longest_row + SHORT);
	char *to = begin;

	if (!begin)
		return;
	for (size_t i = 0; i < w->fields; i++) {
		const struct field *f = &w->field[i];
		const struct deid_column *c = f->column;

		if (i)
			*to++ = w->r->job->separator;
		if (f->by_class)
			to = put(to, &f->at_level[0][w->r->class_of[tuple]]);
		else if (c->role == DEID_INSENSITIVE)
			to = put(to, &f->at_level[0][c->code[row]]);
		else
			to = put(to, &f->at_level[c->role == DEID_QUASI ? levels[c->slot] : 0][code[c->slot]]);
	}
	*to++ = '\n';
	b->n -= w->longest_row + SHORT - (size_t)(to - begin);
}

void deid_write_header(const struct deid_run *r, struct buf *b)
{
	bool first = true;

	for (size_t i = 0; i < r->table.columns; i++) {
		if (r->table.column[i].role == DEID_IDENTIFYING)
			continue;
		if (!first)
			buf_byte(b, r->job->separator);
		first = false;
		csv_write(b, r->table.column[i].name, r->job->separator);
	}
	buf_byte(b, '\n');
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(**(const struct str *const *)a, **(const struct str *const *)b);
}

/* The rows in the order of what they say, so that no place among them tells which record it was. */
static result write_sorted(struct writing *w, struct outfile *f, struct error *e)
{
	const struct deid_table *t = &w->r->table;
	uint64_t *times = arena_array(&w->arena, t->tuples, sizeof *times);
	const struct str **order = arena_array(&w->arena, t->tuples, sizeof(*order));
	struct deid_dict rows;
	struct buf row;
	result done = RESULT_FAIL;

	if (!times || !order)
		return no_memory(e);
	deid_dict_init(&rows);
	buf_init(&row);
	for (uint32_t i = 0; i < t->tuples; i++) {
		uint32_t number;

		if (w->r->block_of[i] == DEID_NONE)
			continue;
		buf_reset(&row);
		write_row(w, 0, i, &row);
		number = buf_ok(&row) ? deid_dict_add(&rows, buf_view(&row)) : DEID_NONE;
		if (number == DEID_NONE) {
			done = no_memory(e);
			goto out;
		}
		times[number] += t->count[i];
	}
	for (uint32_t i = 0; i < rows.n; i++)
		order[i] = &rows.value[i];
	qsort(order, rows.n, sizeof(*order), by_text);
	for (uint32_t i = 0; i < rows.n; i++) {
		for (uint64_t n = times[order[i] - rows.value]; n > 0; n--)
			buf_str(outfile_buf(f), *order[i]);
		TRY_OUT(outfile_flush(f, PIECE, e));
	}
	done = outfile_flush(f, 0, e);
out:
	buf_free(&row);
	deid_dict_free(&rows);
	return done;
}

static result write_all(struct writing *w, struct outfile *f, struct error *e)
{
	const struct deid_table *t = &w->r->table;
	struct buf *b = outfile_buf(f);

	w->field = arena_array(&w->arena, t->columns, sizeof *w->field);
	if (!w->field)
		return no_memory(e);
	deid_write_header(w->r, b);
	for (size_t i = 0; i < t->columns; i++)
		if (t->column[i].role != DEID_IDENTIFYING)
			TRY(make_field(w, &t->column[i], e));
	if (w->r->private)
		return write_sorted(w, f, e);
	for (uint64_t row = 0; row < t->rows; row++) {
		uint32_t tuple = t->tuple_of[row];

		if (w->r->block_of[tuple] != DEID_NONE)
			write_row(w, row, tuple, b);
		if (row % ROWS == 0)
			TRY(outfile_flush(f, PIECE, e));
	}
	return outfile_flush(f, 0, e);
}

result deid_write(const struct deid_run *r, struct outfile *f, struct error *e)
{
	struct writing w = {.r = r};
	result done;

	arena_init(&w.arena, 0, false);
	done = write_all(&w, f, e);
	arena_free(&w.arena);
	return done;
}
