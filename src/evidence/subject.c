#include "evidence/subject.h"

#include <stdlib.h>
#include <string.h>

/* A row is full when its differences take so many bytes: about 60 places of a person who is looked up often. */
enum { ROW_FULL = 120, VARINT_MAX = 10 };

static int compare_rows(const void *a, const void *b)
{
	const struct subject_row *x = a, *y = b;
	int order = str_cmp((struct str){(const char *)x->subject.b, sizeof x->subject.b},
			    (struct str){(const char *)y->subject.b, sizeof y->subject.b});

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

void subject_sort(struct subject_row *rows, size_t n)
{
	qsort(rows, n, sizeof *rows, compare_rows);
}

static size_t put_varint(unsigned char *at, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		at[n++] = (unsigned char)(v | 0x80);
	at[n++] = (unsigned char)v;
	return n;
}

/* Takes the next difference off MORE and adds it to *PLACE; false when it is none. */
static bool take_place(struct str *more, int64_t *place)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < VARINT_MAX && i < more->n; i++) {
		unsigned char c = (unsigned char)more->p[i];

		v |= (uint64_t)(c & 0x7F) << (7 * i);
		if (c & 0x80)
			continue;
		*more = str_sub(*more, i + 1, more->n);
		if (v == 0 || v > (uint64_t)(INT64_MAX - *place))
			return false;
		*place += (int64_t)v;
		return true;
	}
	return false;
}

static result bad_row(struct error *e)
{
	return error_set(e, CODE_LOG_CORRUPT, "a row of the index by person cannot be read");
}

/* The last row of one person, while rows are added. */
struct growing {
	bool there;
	int64_t first;
	int64_t last;
	size_t n;
	unsigned char more[ROW_FULL + VARINT_MAX];
};

static result read_last(struct db *d, const struct uuid *subject, struct growing *g, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_SUBJECT_LAST, e);
	struct str more;
	bool fine;

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, subject);
	TRY(db_step(s, &g->there, e));
	g->n = 0;
	if (!g->there)
		return RESULT_OK;
	g->first = g->last = db_i64(s, 0);
	more = db_blob(s, 1);
	fine = more.n <= sizeof g->more;
	if (fine && more.n) {
		memcpy(g->more, more.p, more.n);
		g->n = more.n;
	}
	while (fine && more.n)
		fine = take_place(&more, &g->last);
	db_reset(s);
	return fine ? RESULT_OK : bad_row(e);
}

static result write_row(struct db *d, const struct uuid *subject, const struct growing *g, bool insert,
			struct error *e)
{
	struct db_stmt *s = db_stmt(d, insert ? SQL_LOG_SUBJECT_INSERT : SQL_LOG_SUBJECT_GROW, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, subject);
	db_bind_i64(s, 2, g->first);
	db_bind_blob(s, 3, g->more, g->n);
	return db_run(s, e);
}

/* Adds the N ROWS of one person. */
static result add_person(struct db *d, const struct subject_row *rows, size_t n, struct error *e)
{
	const struct uuid *subject = &rows->subject;
	struct growing g;
	bool insert, changed = false;

	TRY(read_last(d, subject, &g, e));
	insert = !g.there;
	for (size_t i = 0; i < n; i++) {
		if (g.there && rows[i].place <= g.last)
			continue; /* it was added before a crash */
		if (!g.there || g.n >= ROW_FULL) {
			if (changed)
				TRY(write_row(d, subject, &g, insert, e));
			g = (struct growing){.there = true, .first = rows[i].place};
			insert = true;
		} else {
			g.n += put_varint(g.more + g.n, (uint64_t)(rows[i].place - g.last));
		}
		g.last = rows[i].place;
		changed = true;
	}
	return changed ? write_row(d, subject, &g, insert, e) : RESULT_OK;
}

result subject_add(struct db *d, const struct subject_row *rows, size_t n, struct error *e)
{
	size_t from = 0;

	while (from < n) {
		size_t to = from + 1;

		while (to < n && uuid_eq(&rows[to].subject, &rows[from].subject))
			to++;
		if (!uuid_is_nil(&rows[from].subject))
			TRY(add_person(d, rows + from, to - from, e));
		from = to;
	}
	return RESULT_OK;
}

static result add_mark(struct db *d, int64_t place, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_ERASED_ADD, e);

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, place);
	return db_run(s, e);
}

result subject_done(struct db *d, uint64_t generation, uint64_t size, const struct subject_row *rows, size_t n,
		    struct error *e)
{
	struct db_stmt *s;

	for (size_t i = 0; i < n; i++)
		if (uuid_is_nil(&rows[i].subject))
			TRY(add_mark(d, rows[i].place, e));
	s = db_stmt(d, SQL_LOG_INDEXED_SET, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, (int64_t)generation);
	db_bind_i64(s, 2, (int64_t)size);
	return db_run(s, e);
}

result subject_indexed(struct db *d, uint64_t generation, uint64_t *size, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_INDEXED_GET, e);
	bool row;

	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, (int64_t)generation);
	TRY(db_step(s, &row, e));
	*size = row ? (uint64_t)db_i64(s, 0) : 0;
	db_reset(s);
	return RESULT_OK;
}

/* Appends the places of the row of S below BEFORE, oldest first, to PLACES, of *N; at most ROW_FULL + 1. */
static bool row_places(struct db_stmt *s, int64_t before, int64_t *places, size_t *n)
{
	int64_t place = db_i64(s, 0);
	struct str more = db_blob(s, 1);

	if (more.n > ROW_FULL + VARINT_MAX)
		return false;
	for (;;) {
		if (place < before)
			places[(*n)++] = place;
		if (!more.n)
			return true;
		if (!take_place(&more, &place))
			return false;
	}
}

enum { ROW_PLACES = ROW_FULL + VARINT_MAX + 1 };

result subject_list(struct db *d, const struct uuid *subject, struct subject_page *page, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_SUBJECT_BEFORE, e);
	int64_t places[ROW_PLACES];
	bool row;

	page->n = 0;
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, subject);
	db_bind_i64(s, 2, page->before);
	while (page->n < page->cap) {
		size_t n = 0;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		if (!row_places(s, page->before, places, &n)) {
			db_reset(s);
			return bad_row(e);
		}
		while (n > 0 && page->n < page->cap)
			page->places[page->n++] = places[--n];
	}
	db_reset(s);
	return RESULT_OK;
}

result subject_erase(struct db *d, const struct uuid *subject, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_SUBJECT_BEFORE, e);
	int64_t places[ROW_PLACES];
	bool row;

	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, subject);
	db_bind_i64(s, 2, INT64_MAX);
	for (;;) {
		size_t n = 0;

		TRY(db_step(s, &row, e));
		if (!row)
			break;
		if (!row_places(s, INT64_MAX, places, &n)) {
			db_reset(s);
			return bad_row(e);
		}
		for (size_t i = 0; i < n; i++)
			TRY(add_mark(d, places[i], e));
	}
	s = db_stmt(d, SQL_LOG_SUBJECT_DELETE, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_uuid(s, 1, subject);
	return db_run(s, e);
}

static uint64_t place_index(int64_t place)
{
	return (uint64_t)place & ((UINT64_C(1) << LOG_PLACE_BITS) - 1);
}

static result visit_rows(struct db *d, uint64_t generation, const struct subject_visitor *v, struct error *e)
{
	struct db_stmt *s = db_stmt(d, SQL_LOG_SUBJECT_ALL, e);
	int64_t places[ROW_PLACES];
	bool row;

	if (!s)
		return RESULT_FAIL;
	for (;;) {
		size_t n = 0;

		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		if (!row_places(s, INT64_MAX, places, &n)) {
			db_reset(s);
			return bad_row(e);
		}
		for (size_t i = 0; i < n; i++)
			if ((uint64_t)places[i] >> LOG_PLACE_BITS == generation)
				v->at(v->ctx, place_index(places[i]), 1);
	}
}

result subject_visit(struct db *d, uint64_t generation, const struct subject_visitor *v, struct error *e)
{
	struct db_stmt *s;
	bool row;

	TRY(visit_rows(d, generation, v, e));
	s = db_stmt(d, SQL_LOG_ERASED_ALL, e);
	if (!s)
		return RESULT_FAIL;
	db_bind_i64(s, 1, log_place(generation, 0));
	db_bind_i64(s, 2, log_place(generation + 1, 0));
	for (;;) {
		TRY(db_step(s, &row, e));
		if (!row)
			return RESULT_OK;
		v->at(v->ctx, place_index(db_i64(s, 0)), (uint64_t)db_i64(s, 1));
	}
}
