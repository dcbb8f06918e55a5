#include "base/csv.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * The input is read in blocks into one buffer that holds at least the row at
 * hand; a row that is not whole yet moves to the front, and the buffer grows by
 * doubling up to the bound, so that a long row costs a constant number of passes.
 * Behind the bytes stand STEP zeros, so that whole steps can be looked at.
 */
enum {
	STEP = 64,
	FIRST_BLOCK = 262144,
	LEAST_ROOM = 2 * SOURCE_MIN, /* a decoder keeps a few bytes back */
};

struct csv_reader {
	struct source source;
	struct csv_options o;

	char *buf; /* cap + STEP bytes */
	size_t cap;
	size_t row;  /* where the row at hand begins */
	size_t next; /* where the row behind it begins */
	size_t to;   /* end of what was read */
	bool ended;  /* the source is */
	bool started;

	uint64_t line; /* of `row` */
	uint64_t next_line;
	size_t columns; /* of the first row; 0 before it */

	struct str *field;
	size_t fields;
	size_t field_cap;

	char *plain; /* fields without their doubled quotes; cap bytes */
	size_t plain_cap;
	size_t plain_n;
};

/* A walk over the bytes that may end a field or begin quotes. */
struct walk {
	const char *base; /* bits are of the STEP bytes from here */
	const char *end;
	uint64_t bits;
	bool open;	      /* the last quoted field has no closing quote */
};

result csv_open(struct csv_reader **r, struct source source, const struct csv_options *o, struct error *e)
{
	struct csv_reader *made;
	struct csv_options set = *o;

	*r = NULL;
	if (!set.separator)
		set.separator = ',';
	if (!set.max_row)
		set.max_row = (size_t)64 << 20;
	if (set.max_row < 2 * STEP)
		set.max_row = 2 * STEP;
	if (set.separator == '"' || set.separator == '\n' || set.separator == '\r')
		return error_set(e, CODE_USAGE, "a quote or line end cannot separate fields");
	if (set.max_row >= (size_t)2 << 30)
		return error_set(e, CODE_USAGE, "the bound of a row must be below 2 GiB");
	made = calloc(1, sizeof *made);
	if (!made)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a table");
	made->source = source;
	made->o = set;
	made->next_line = 1;
	made->cap = set.max_row < FIRST_BLOCK ? set.max_row : FIRST_BLOCK;
	made->buf = malloc(made->cap + STEP);
	if (!made->buf) {
		csv_close(made);
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a table");
	}
	*r = made;
	return RESULT_OK;
}

void csv_close(struct csv_reader *r)
{
	if (!r)
		return;
	free(r->buf);
	free(r->field);
	free(r->plain);
	free(r);
}

#if defined(__SSE2__)
static uint64_t step_bits(const char *p, char separator)
{
	const __m128i sep = _mm_set1_epi8(separator), lf = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
	uint64_t bits = 0;

	for (unsigned i = 0; i < STEP / 16; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		__m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, sep), _mm_cmpeq_epi8(v, lf)),
					   _mm_cmpeq_epi8(v, quote));

		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (16 * i);
	}
	return bits;
}
#else
static uint64_t step_bits(const char *p, char separator)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < STEP; i++)
		bits |= (uint64_t)(p[i] == separator || p[i] == '\n' || p[i] == '"') << i;
	return bits;
}
#endif

static void walk_from(struct walk *w, const char *p, char separator)
{
	w->base = p;
	w->bits = step_bits(p, separator);
}

/* The next byte of interest, or the end. */
static const char *walk_next(struct walk *w, char separator)
{
	const char *at;

	while (!w->bits) {
		if (w->end - w->base <= STEP)
			return w->end;
		walk_from(w, w->base + STEP, separator);
	}
	at = w->base + __builtin_ctzll(w->bits);
	w->bits &= w->bits - 1;
	return at < w->end ? at : w->end;
}

static result add_field(struct csv_reader *r, struct str field, struct error *e)
{
	if (r->fields == r->field_cap) {
		size_t cap = r->field_cap ? r->field_cap * 2 : 64;
		struct str *p;

		if (cap > CSV_MAX_COLUMNS)
			cap = CSV_MAX_COLUMNS;
		if (r->fields == CSV_MAX_COLUMNS)
			return error_set(e, CODE_TOO_LARGE, "%s: line %llu has more than %d columns", r->o.name,
					 (unsigned long long)r->line, CSV_MAX_COLUMNS);
		p = realloc(r->field, cap * sizeof *p);
		if (!p)
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a row");
		r->field = p;
		r->field_cap = cap;
	}
	r->field[r->fields++] = field;
	return RESULT_OK;
}

/* IN, which has doubled quotes, with single ones, in the reader's own memory. */
static result undouble(struct csv_reader *r, struct str in, struct str *out, struct error *e)
{
	char *to;

	if (r->plain_n == 0 && r->plain_cap < r->to - r->row) {
		/* as much as the whole row at most, so that no field of this row moves later */
		free(r->plain);
		r->plain_cap = r->to - r->row;
		r->plain = malloc(r->plain_cap);
		if (!r->plain) {
			r->plain_cap = 0;
			return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a row");
		}
	}
	to = r->plain + r->plain_n;
	out->p = to;
	while (in.n) {
		size_t n = str_find(in, '"');

		n += n < in.n; /* with one quote of the pair */
		memcpy(to, in.p, n);
		to += n;
		in = str_sub(in, n < in.n ? n + 1 : n, in.n);
	}
	out->n = (size_t)(to - out->p);
	r->plain_n += out->n;
	return RESULT_OK;
}

static uint64_t line_ends(struct str s)
{
	uint64_t n = 0;

	for (size_t at = str_find(s, '\n'); at < s.n; at = str_find(s, '\n')) {
		n++;
		s = str_sub(s, at + 1, s.n);
	}
	return n;
}

/*
 * Reads the field that begins with the quote at P.  *STOP is where it ends: at a
 * separator, a line end or the end of the bytes, then W is `open` when no closing
 * quote was found.
 */
static result quoted_field(struct csv_reader *r, struct walk *w, const char *p, const char **stop, struct csv_row *row,
			   struct error *e)
{
	const char *from = p + 1;
	const char *at = from;
	bool doubled = false;
	struct str text;

	while (at < w->end) {
		at = memchr(at, '"', (size_t)(w->end - at));
		if (!at || at + 1 >= w->end || at[1] != '"')
			break;
		doubled = true;
		at += 2;
	}
	if (!at || at >= w->end || (at + 1 == w->end && !r->ended)) {
		w->open = true;
		*stop = w->end;
		return add_field(r, (struct str){from, (size_t)(w->end - from)}, e);
	}
	text = (struct str){from, (size_t)(at - from)};
	r->next_line += line_ends(text);
	if (doubled)
		TRY(undouble(r, text, &text, e));
	walk_from(w, at + 1, r->o.separator);
	do {
		*stop = walk_next(w, r->o.separator);
	} while (*stop < w->end && **stop == '"');
	if (*stop != at + 1 && !(*stop == at + 2 && at[1] == '\r' && (*stop == w->end || **stop == '\n')) &&
	    row->fault == CSV_FINE) {
		row->fault = CSV_STRAY_QUOTE;
		row->fault_field = r->fields;
	}
	return add_field(r, text, e);
}

/*
 * Reads the row at r->row; *WHOLE tells whether its end was there.  When the
 * bytes end before it, and the source has not, it is to be read again with more.
 */
static result parse_row(struct csv_reader *r, struct csv_row *row, bool *whole, struct error *e)
{
	const char *p = r->buf + r->row;
	struct walk w = {p, r->buf + r->to, 0, false};

	*row = (struct csv_row){.line = r->line};
	r->fields = 0;
	r->plain_n = 0;
	r->next_line = r->line;
	walk_from(&w, p, r->o.separator);
	for (;;) {
		const char *stop;

		if (p < w.end && *p == '"') {
			TRY(quoted_field(r, &w, p, &stop, row, e));
		} else {
			while ((stop = walk_next(&w, r->o.separator)) < w.end && *stop == '"')
				if (row->fault == CSV_FINE) {
					row->fault = CSV_STRAY_QUOTE;
					row->fault_field = r->fields;
				}
			TRY(add_field(r, (struct str){p, (size_t)(stop - p)}, e));
			if ((stop == w.end || *stop == '\n') && stop > p && stop[-1] == '\r')
				r->field[r->fields - 1].n--;
		}
		if (stop == w.end || *stop == '\n') {
			*whole = stop < w.end || r->ended;
			r->next = (size_t)(stop - r->buf) + (stop < w.end);
			r->next_line += stop < w.end;
			if (w.open) {
				row->fault = CSV_OPEN_QUOTE;
				row->fault_field = r->fields - 1;
			}
			return RESULT_OK;
		}
		p = stop + 1;
	}
}

/* Makes room behind what was read: the row at hand moves to the front, the buffer grows when that is not enough. */
static result make_room(struct csv_reader *r, struct error *e)
{
	size_t have = r->to - r->row;
	size_t cap = r->cap;
	char *p;

	if (have + LEAST_ROOM > r->cap && r->cap == r->o.max_row) {
		return csv_fail(r, SIZE_MAX, e, CODE_TOO_LARGE,
				"the row is longer than %zu bytes and still not at its end in this field; a closing quote "
				"may be missing",
				r->o.max_row);
	}
	memmove(r->buf, r->buf + r->row, have);
	r->row = 0;
	r->to = have;
	if (have <= r->cap / 2)
		return RESULT_OK;
	cap = cap > r->o.max_row / 2 ? r->o.max_row : cap * 2;
	p = realloc(r->buf, cap + STEP);
	if (!p)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to read a row");
	r->buf = p;
	r->cap = cap;
	return RESULT_OK;
}

static result fill(struct csv_reader *r, struct error *e)
{
	TRY(make_room(r, e));
	/* a read of a few bytes at a time must not make the row be parsed as often */
	while (!r->ended && r->cap - r->to >= LEAST_ROOM) {
		size_t got;

		TRY(r->source.read(r->source.ctx, r->buf + r->to, r->cap - r->to, &got, e));
		r->to += got;
		r->ended = got == 0;
	}
	memset(r->buf + r->to, 0, STEP);
	if (!r->started && str_starts((struct str){r->buf, r->to}, STR("\xEF\xBB\xBF")))
		r->row = r->next = 3;
	r->started = true;
	return RESULT_OK;
}

static bool is_blank_line(const struct csv_reader *r)
{
	return r->columns != 1 && r->fields == 1 && r->field[0].n == 0 && r->buf[r->row] != '"';
}

result csv_next(struct csv_reader *r, struct csv_row *row, bool *more, struct error *e)
{
	bool whole = false;

	*more = false;
	do {
		r->row = r->next;
		r->line = r->next_line;
		if (!r->started)
			TRY(fill(r, e));
		for (;;) {
			uint64_t line = r->line;

			if (r->row == r->to && r->ended)
				return RESULT_OK;
			TRY(parse_row(r, row, &whole, e));
			if (whole)
				break;
			r->line = line;
			TRY(fill(r, e));
		}
	} while (is_blank_line(r));
	row->field = r->field;
	row->count = r->fields;
	if (!r->columns)
		r->columns = row->count;
	if (row->count != r->columns && row->fault == CSV_FINE) {
		row->fault = CSV_RAGGED;
		row->fault_field = row->count < r->columns ? row->count : r->columns;
	}
	*more = true;
	return RESULT_OK;
}

void csv_where(const struct csv_reader *r, size_t field, struct buf *b)
{
	unsigned long long line = r->line, column = 1, at_line = line, at_column = 1;
	bool quoted = false, fresh = true;
	size_t seen = 0;

	for (size_t i = r->row; i < r->to && seen < field; i++) {
		char c = r->buf[i];

		if (c == '"' && (fresh || quoted))
			quoted = !quoted;
		fresh = false;
		if ((c & 0xC0) != 0x80)
			column++;
		if (c == '\n') {
			if (!quoted)
				break;
			line++;
			column = 1;
		}
		if (c == r->o.separator && !quoted) {
			fresh = true;
			seen++;
			at_line = line;
			at_column = column;
		}
	}
	buf_printf(b, "%s:%llu:%llu", r->o.name, at_line, at_column);
}

result csv_fail(const struct csv_reader *r, size_t field, struct error *e, enum code code, const char *format, ...)
{
	struct buf where, message;
	va_list args;
	result failed;

	buf_init(&where);
	buf_init(&message);
	csv_where(r, field, &where);
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	failed = error_at(e, code, buf_c(&where), "%s", buf_c(&message));
	buf_free(&message);
	buf_free(&where);
	return failed;
}

result csv_refuse(const struct csv_reader *r, const struct csv_row *row, struct error *e)
{
	switch (row->fault) {
	case CSV_STRAY_QUOTE:
		return csv_fail(r, row->fault_field, e, CODE_MALFORMED,
				"a quote stands within this field; a field with quotes is written in quotes, with each of "
				"its own quotes doubled");
	case CSV_OPEN_QUOTE:
		return csv_fail(r, row->fault_field, e, CODE_MALFORMED, "the quotes that begin here are never closed");
	default:
		return csv_fail(r, row->fault_field, e, CODE_MALFORMED,
				"the row has %zu field%s where the first row has %zu", row->count, row->count == 1 ? "" : "s", r->columns);
	}
}

void csv_write(struct buf *b, struct str field, char separator)
{
	bool quote = field.n && (field.p[0] == ' ' || field.p[field.n - 1] == ' ');

	for (size_t i = 0; i < field.n && !quote; i++) {
		char c = field.p[i];

		quote = c == separator || c == '"' || c == '\n' || c == '\r';
	}
	if (!quote) {
		buf_str(b, field);
		return;
	}
	buf_byte(b, '"');
	for (size_t at = str_find(field, '"'); at < field.n; at = str_find(field, '"')) {
		buf_add(b, field.p, at + 1);
		buf_byte(b, '"');
		field = str_sub(field, at + 1, field.n);
	}
	buf_str(b, field);
	buf_byte(b, '"');
}
