#include "deid/table.h"

#include <stdlib.h>
#include <string.h>

#include "deid/neighbours.h"
#include "deid/noise.h"
#include "deid/quantity.h"
#include "deid/rule.h"

enum {
	BLOCK = 256,	  /* rows that are looked up together, so that their cache misses overlap */
	PAIRS = 65536,	  /* of a column that is left out and one that leaves, that are compared */
	BAD_LISTED = 20, /* bad rows that are named; all are counted */
	NEAR = 2,	 /* letters in which a name that was meant may differ */
};

/* The reading of one table. */
struct reading {
	struct deid_table *t;
	const struct deid_read *o;
	const struct deid_rows *from;
	uint32_t *block; /* codes of up to BLOCK rows */
	uint32_t times[BLOCK]; /* records that each stands for */
	size_t in_block;
	size_t width;
	struct deid_links *links; /* or NULL */
	size_t *key, keys;	  /* columns that are left out, */
	size_t *other, others;	  /* and those that leave as they are */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table");
}

/* Fails with CODE and SAID at field I of the row at hand. */
static result fail_at(const struct reading *r, size_t i, enum code code, const char *said, struct error *e)
{
	struct buf where;
	result done;

	buf_init(&where);
	r->from->where(r->from->ctx, i, &where);
	done = error_at(e, code, buf_c(&where), "%s", said);
	buf_free(&where);
	return done;
}

/* Fails when FIELD, the row's number I, has a NUL byte (no text has, but text in UTF-16 has many), or is no UTF-8. */
static result refuse_bytes(const struct reading *r, size_t i, struct str field, struct error *e)
{
	if (field.n && memchr(field.p, '\0', field.n))
		return fail_at(r, i, CODE_MALFORMED, "a NUL byte is in this field; a file in UTF-16 has to be saved as UTF-8", e);
	if (r->from->unchecked && !str_utf8_valid(field))
		return fail_at(r, i, CODE_ENCODING, "this text is not UTF-8", e);
	return RESULT_OK;
}

/* That the header has no column NAME; of its own names, which may be a person's where the header is missing, only one nearly alike. */
static result no_column(const struct deid_table *t, const struct deid_read *o, struct str name, struct error *e)
{
	struct str near = {NULL, 0};
	struct buf where;
	result r;

	for (size_t i = 0; i < t->columns && !near.n; i++)
		if (str_distance(t->column[i].name, name, NEAR) <= NEAR)
			near = t->column[i].name;
	buf_init(&where);
	buf_printf(&where, "%s:1", o->name);
	if (near.n && name.n > NEAR)
		r = error_at(e, CODE_COLUMN_UNKNOWN, buf_c(&where), "the header has no column \"%.*s\"; it has \"%.*s\"", (int)name.n, name.p,
			     (int)near.n, near.p);
	else if (t->columns == 1)
		r = error_at(e, CODE_COLUMN_UNKNOWN, buf_c(&where),
			     "the header has no column \"%.*s\"; it has a single column: give the right --separator, such as ';' or tab",
			     (int)name.n, name.p);
	else
		r = error_at(e, CODE_COLUMN_UNKNOWN, buf_c(&where),
			     "the header has no column \"%.*s\"; its %zu columns have other names",
			     (int)name.n, name.p, t->columns);
	buf_free(&where);
	return r;
}

static result declare(struct deid_table *t, const struct deid_read *o, const struct deid_declared *d, struct error *e)
{
	uint32_t at = deid_dict_find(&t->names, d->name);
	struct deid_column *c;

	if (at == DEID_NONE)
		return no_column(t, o, d->name, e);
	c = &t->column[at];
	if (c->role != DEID_UNDECLARED)
		return error_at(e, CODE_MODEL_INVALID, o->name,
				"column \"%.*s\" is declared twice; a column is quasi-identifying, sensitive, insensitive or "
				"identifying, one of these",
				(int)d->name.n, d->name.p);
	c->role = d->role;
	c->file = d->file;
	c->rule = d->rule;
	c->scale = d->scale;
	c->neighbours = d->neighbours;
	c->number = d->number;
	c->h = d->file;
	return RESULT_OK;
}

/* Gives the columns of the tuple their places: quasi-identifying ones first, each kind as declared. */
static void number_slots(struct deid_table *t, const struct deid_read *o)
{
	static const enum deid_role order[] = {DEID_QUASI, DEID_SENSITIVE};
	size_t slot = 0;

	for (size_t k = 0; k < 2; k++) {
		for (size_t d = 0; d < o->declared_n; d++) {
			if (o->declared[d].role == order[k]) {
				struct deid_column *c = &t->column[deid_dict_find(&t->names, o->declared[d].name)];

				t->slot[slot] = c;
				c->slot = slot++;
			}
		}
		if (k == 0)
			t->quasi = slot;
	}
	t->sensitive = slot - t->quasi;
}

/* Makes ready to compare the columns that are left out with those that leave as they are. */
static result begin_links(struct reading *r, struct error *e)
{
	struct deid_table *t = r->t;

	r->key = arena_array(&t->arena, t->columns, sizeof *r->key);
	r->other = arena_array(&t->arena, t->columns, sizeof *r->other);
	if (!r->key || !r->other)
		return no_memory(e);
	for (size_t i = 0; i < t->columns; i++) {
		enum deid_role role = t->column[i].role;

		if (role == DEID_IDENTIFYING)
			r->key[r->keys++] = i;
		if (role == DEID_SENSITIVE || role == DEID_INSENSITIVE)
			r->other[r->others++] = i;
	}
	if (r->keys == 0 || r->others == 0)
		return RESULT_OK;
	if (r->keys > PAIRS / r->others) {
		t->keys_not_compared = r->keys - PAIRS / r->others;
		r->keys = PAIRS / r->others;
	}
	r->links = deid_links_make(r->keys, r->others);
	return r->links ? RESULT_OK : no_memory(e);
}

static result note_links(struct reading *r, const struct csv_row *row, const uint32_t *tuple, struct error *e)
{
	for (size_t k = 0; k < r->keys; k++)
		TRY(deid_links_key(r->links, k, row->field[r->key[k]], e));
	for (size_t o = 0; o < r->others; o++) {
		const struct deid_column *c = &r->t->column[r->other[o]];

		TRY(deid_links_other(r->links, o, c->role == DEID_INSENSITIVE ? c->code[r->t->rows] : tuple[c->slot], e));
	}
	return RESULT_OK;
}

static result end_links(struct reading *r, struct error *e)
{
	struct deid_table *t = r->t;

	if (!r->links)
		return RESULT_OK;
	t->link = arena_array(&t->arena, 2 * r->keys * r->others, sizeof *t->link);
	if (!t->link)
		return no_memory(e);
	for (size_t k = 0; k < r->keys; k++) {
		for (size_t o = 0; o < r->others; o++) {
			const struct deid_column *c = &t->column[r->other[o]];
			const struct deid_dict *values = c->file ? &c->file->leaf : &c->dict;

			if (deid_links_one_to_one(r->links, k, o))
				t->link[t->links++] = (struct deid_link){r->other[o], r->key[k], false};
			if (deid_links_same_values(r->links, k, values->value, values->n))
				t->link[t->links++] = (struct deid_link){r->other[o], r->key[k], true};
		}
	}
	return RESULT_OK;
}

/* Tells where the rows come from which columns are asked for. */
static result begin_rows(struct reading *r, struct error *e)
{
	size_t *column = arena_array(&r->t->arena, r->width, sizeof *column);

	if (!column)
		return no_memory(e);
	for (size_t i = 0; i < r->width; i++)
		column[i] = (size_t)(r->t->slot[i] - r->t->column);
	return r->from->begin ? r->from->begin(r->from->ctx, column, r->width, e) : RESULT_OK;
}

static result take_header(struct reading *r, const struct csv_row *row, struct error *e)
{
	struct deid_table *t = r->t;

	t->column = arena_array(&t->arena, row->count, sizeof *t->column);
	t->slot = arena_array(&t->arena, row->count, sizeof *t->slot);
	if (!t->column || !t->slot)
		return no_memory(e);
	for (size_t i = 0; i < row->count; i++) {
		struct deid_column *c = &t->column[i];

		deid_dict_init(&c->dict);
		deid_hierarchy_init(&c->made);
		t->columns = i + 1;
		if (row->field[i].n == 0)
			return fail_at(r, i, CODE_MALFORMED, "this column has no name in the header", e);
		TRY(refuse_bytes(r, i, row->field[i], e));
		if (deid_dict_find(&t->names, row->field[i]) != DEID_NONE)
			return fail_at(r, i, CODE_MALFORMED, "the header names this column twice", e);
		if (deid_dict_add(&t->names, row->field[i]) == DEID_NONE)
			return no_memory(e);
		c->name = t->names.value[i];
	}
	for (size_t d = 0; d < r->o->declared_n; d++)
		TRY(declare(t, r->o, &r->o->declared[d], e));
	for (size_t i = 0; i < t->columns; i++) {
		if (t->column[i].role == DEID_UNDECLARED && r->o->rest_left_out)
			t->column[i].role = DEID_IDENTIFYING;
		if (t->column[i].role == DEID_UNDECLARED)
			return fail_at(r, i, CODE_COLUMN_UNKNOWN,
				       "this column is not declared; each column is quasi-identifying, sensitive, insensitive or "
				       "identifying",
				       e);
	}
	number_slots(t, r->o);
	if (!r->o->rest_left_out && !t->counted)
		TRY(begin_links(r, e));
	r->width = t->quasi + t->sensitive;
	r->block = arena_array(&t->arena, BLOCK * (r->width ? r->width : 1), sizeof *r->block);
	return r->block ? begin_rows(r, e) : no_memory(e);
}

static uint32_t hash_codes(const uint32_t *code, size_t n)
{
	uint64_t h = n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ code[i]) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(h >> 32);
}

static bool grow_tuples(struct deid_table *t, size_t width)
{
	uint32_t cap = t->tuple_cap ? t->tuple_cap * 2 : 4096;
	uint32_t *code, *count;
	uint64_t *slot;

	if (cap > UINT32_MAX / 4)
		return false;
	slot = calloc((size_t)cap * 2, sizeof *slot);
	code = realloc(t->code, cap * (width ? width : 1) * sizeof *code);
	if (code)
		t->code = code;
	count = realloc(t->count, cap * sizeof *count);
	if (count)
		t->count = count;
	if (!slot || !code || !count) {
		free(slot);
		return false;
	}
	for (size_t i = 0; t->hashed && i <= t->hash_mask; i++) {
		uint32_t at = (uint32_t)(t->hashed[i] >> 32) & (cap * 2 - 1);

		if (!t->hashed[i])
			continue;
		while (slot[at])
			at = (at + 1) & (cap * 2 - 1);
		slot[at] = t->hashed[i];
	}
	free(t->hashed);
	t->hashed = slot;
	t->hash_mask = cap * 2 - 1;
	t->tuple_cap = cap;
	return true;
}

static bool same_codes(const uint32_t *a, const uint32_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* The number of the tuple CODE, a new one when it was not there; TIMES more records have it. */
static uint32_t intern(struct deid_table *t, const uint32_t *code, size_t width, uint32_t hash, uint32_t times)
{
	uint32_t at = hash & t->hash_mask;

	for (; t->hashed[at]; at = (at + 1) & t->hash_mask) {
		uint32_t id = (uint32_t)t->hashed[at] - 1;

		if ((uint32_t)(t->hashed[at] >> 32) == hash && same_codes(t->code + id * width, code, width)) {
			t->count[id] += times;
			return id;
		}
	}
	t->hashed[at] = (uint64_t)hash << 32 | (t->tuples + 1);
	memcpy(t->code + (size_t)t->tuples * width, code, width * sizeof *code);
	t->count[t->tuples] = times;
	return t->tuples++;
}

/* Puts the rows of the block into the table. */
static result flush_block(struct reading *r, struct error *e)
{
	struct deid_table *t = r->t;
	uint32_t hash[BLOCK];

	while (t->tuples + r->in_block > t->tuple_cap)
		if (!grow_tuples(t, r->width))
			return no_memory(e);
	for (size_t i = 0; i < r->in_block; i++) {
		hash[i] = hash_codes(r->block + i * r->width, r->width);
		__builtin_prefetch(&t->hashed[hash[i] & t->hash_mask]);
	}
	for (size_t i = 0; i < r->in_block; i++) {
		uint64_t s = t->hashed[hash[i] & t->hash_mask];

		if (s)
			__builtin_prefetch(t->code + ((uint32_t)s - 1) * r->width);
	}
	for (size_t i = 0; i < r->in_block; i++) {
		uint32_t tuple = intern(t, r->block + i * r->width, r->width, hash[i], r->times[i]);

		if (!t->counted)
			t->tuple_of[t->rows - r->in_block + i] = tuple;
	}
	r->in_block = 0;
	return RESULT_OK;
}

static result grow_rows(struct deid_table *t, struct error *e)
{
	size_t cap = t->row_cap ? t->row_cap * 2 : 65536;
	uint32_t *p;

	p = realloc(t->tuple_of, cap * sizeof *p);
	if (!p)
		return no_memory(e);
	t->tuple_of = p;
	for (size_t i = 0; i < t->columns; i++) {
		if (t->column[i].role != DEID_INSENSITIVE)
			continue;
		p = realloc(t->column[i].code, cap * sizeof *p);
		if (!p)
			return no_memory(e);
		t->column[i].code = p;
	}
	t->row_cap = cap;
	return RESULT_OK;
}

/* Fails when FIELD, the row's number I, is not on its column's scale, which the first value makes narrower. */
static result refuse_scale(const struct reading *r, size_t i, struct str field, struct error *e)
{
	struct deid_column *c = &r->t->column[i];
	struct deid_quantity q;
	enum deid_scale scale;

	if (c->scale == DEID_ANYTHING)
		return RESULT_OK;
	if (!deid_quantity_parse(field, &q))
		return fail_at(r, i, CODE_VALUE_WITHOUT_LEAF,
			       "the column is aggregated, and this is neither a number of at most 18 digits nor a day such as 2024-05-31", e);
	scale = q.day ? DEID_DAYS : DEID_NUMBERS;
	if (c->scale != DEID_QUANTITIES && c->scale != scale)
		return fail_at(r, i, CODE_VALUE_WITHOUT_LEAF,
			       q.day ? "the column is aggregated and has numbers before this day"
				     : "the column is aggregated and has days before this number",
			       e);
	c->scale = scale;
	return RESULT_OK;
}

/* The code of field I of the row at hand, in its column. */
static result encode(struct reading *r, size_t i, struct str field, uint32_t *code, struct error *e)
{
	struct deid_column *c = &r->t->column[i];
	uint32_t before = c->dict.n;
	struct deid_fixed number;

	if (c->file) {
		*code = deid_dict_find(&c->file->leaf, field);
		if (*code == DEID_NONE)
			return fail_at(r, i, CODE_VALUE_WITHOUT_LEAF,
				       "the column's hierarchy has no leaf for this value; add a line that begins with it", e);
		return refuse_scale(r, i, field, e);
	}
	*code = deid_dict_add(&c->dict, field);
	if (*code == DEID_NONE)
		return no_memory(e);
	if (*code == before)
		TRY(refuse_bytes(r, i, field, e));
	if (*code == before && c->number && field.n && !deid_fixed_parse(field, &number))
		return fail_at(r, i, CODE_MALFORMED,
			       "noise is added to this column, and this is no number such as -12.50 (at most 12 digits before the point "
			       "and 6 behind it)",
			       e);
	if (*code == before && c->rule && !deid_rule_accepts(c->rule, field))
		return fail_at(r, i, CODE_VALUE_WITHOUT_LEAF, deid_rule_expects(c->rule), e);
	if (*code == before)
		return refuse_scale(r, i, field, e);
	return RESULT_OK;
}

/* Notes how many records the row at hand stands for, and makes room for it. */
static result count_row(struct reading *r, struct error *e)
{
	struct deid_table *t = r->t;
	uint64_t times = r->from->times ? *r->from->times : 1;

	if (times > UINT32_MAX - 1 - t->rows)
		return error_set(e, CODE_TOO_LARGE, "the table has more than %u rows", UINT32_MAX - 1);
	r->times[r->in_block] = (uint32_t)times;
	return t->counted || t->rows < t->row_cap ? RESULT_OK : grow_rows(t, e);
}

static result take_row(struct reading *r, const struct csv_row *row, struct error *e)
{
	struct deid_table *t = r->t;
	uint32_t *to = r->block + r->in_block * r->width;

	TRY(count_row(r, e));
	for (size_t i = 0; i < t->columns; i++) {
		const struct deid_column *c = &t->column[i];

		if (c->role == DEID_IDENTIFYING || (t->counted && c->role == DEID_INSENSITIVE))
			continue;
		TRY(encode(r, i, row->field[i], c->role == DEID_INSENSITIVE ? &c->code[t->rows] : &to[c->slot], e));
	}
	if (r->links)
		TRY(note_links(r, row, to, e));
	t->rows += r->times[r->in_block];
	if (++r->in_block == BLOCK)
		return flush_block(r, e);
	return RESULT_OK;
}

static result bad_row(struct reading *r, const struct csv_row *row, struct error *e)
{
	struct error why = {0};

	if (ok(r->from->refuse(r->from->ctx, row, r->o->strict ? e : &why)) || r->o->strict)
		return RESULT_FAIL;
	if (r->t->bad_rows++ < BAD_LISTED)
		buf_printf(&r->t->bad, "%s: %s\n", why.where, why.message);
	return RESULT_OK;
}

static result make_neighbours(const struct deid_table *t, struct deid_column *c, struct error *e)
{
	struct arena room;
	uint64_t *count;
	result r;

	arena_init(&room, 0, false);
	count = arena_array(&room, c->dict.n, sizeof *count);
	for (uint32_t i = 0; count && i < t->tuples; i++)
		count[deid_table_tuple(t, i)[c->slot]] += t->count[i];
	r = count ? deid_neighbours_make(&c->made, &c->dict, count, c->neighbours, e) : no_memory(e);
	arena_free(&room);
	return r;
}

/* Gives each column of the tuple its hierarchy: of the file, by its rule, or flat. */
static result make_hierarchies(struct deid_table *t, struct error *e)
{
	for (size_t i = 0; i < t->columns; i++) {
		struct deid_column *c = &t->column[i];

		if (c->file || (c->role != DEID_QUASI && c->role != DEID_SENSITIVE))
			continue;
		if (c->rule)
			TRY(deid_rule_apply(c->rule, &c->dict, &c->made, e));
		else if (c->neighbours)
			TRY(make_neighbours(t, c, e));
		else
			TRY(deid_hierarchy_flat(&c->made, &c->dict, e));
		c->h = &c->made;
	}
	return RESULT_OK;
}

static result read_rows(struct reading *r, struct error *e)
{
	struct csv_row row;
	bool more;

	TRY(r->from->header(r->from->ctx, &row, e));
	TRY(take_header(r, &row, e));
	for (;;) {
		TRY(r->from->next(r->from->ctx, &row, &more, e));
		if (!more)
			break;
		if (row.fault == CSV_FINE)
			TRY(take_row(r, &row, e));
		else
			TRY(bad_row(r, &row, e));
	}
	TRY(flush_block(r, e));
	TRY(end_links(r, e));
	return make_hierarchies(r->t, e);
}

result deid_table_read_rows(struct deid_table *t, struct deid_rows from, const struct deid_read *o, struct error *e)
{
	struct reading r = {.t = t, .o = o, .from = &from};
	result done;

	*t = (struct deid_table){.columns = 0};
	arena_init(&t->arena, 0, false);
	buf_init(&t->bad);
	deid_dict_init(&t->names);
	t->counted = from.times != NULL;
	done = read_rows(&r, e);
	deid_links_free(r.links);
	free(t->hashed);
	t->hashed = NULL;
	return done;
}

result deid_table_read(struct deid_table *t, struct source source, const struct deid_read *o, struct error *e)
{
	struct csv_options csv = {.separator = o->separator, .name = o->name};
	struct deid_csv_rows rows = {.name = o->name};
	result done;

	*t = (struct deid_table){.columns = 0};
	TRY(csv_open(&rows.csv, source, &csv, e));
	done = deid_table_read_rows(t, deid_rows_csv(&rows), o, e);
	csv_close(rows.csv);
	return done;
}

result deid_table_written(struct deid_table *t, size_t column, struct str value, uint64_t rows, struct error *e)
{
	struct deid_column *c = &t->column[column];
	uint32_t code;

	if (memchr(value.p, '\0', value.n))
		return error_set(e, CODE_MALFORMED, "column \"%.*s\" has a text with a NUL byte", (int)c->name.n, c->name.p);
	if (!str_utf8_valid(value))
		return error_set(e, CODE_ENCODING, "column \"%.*s\" has a text that is not UTF-8", (int)c->name.n, c->name.p);
	code = deid_dict_add(&c->dict, value);
	if (code == DEID_NONE)
		return no_memory(e);
	if (code >= c->written_cap) {
		uint32_t cap = c->written_cap ? c->written_cap * 2 : 64;
		uint64_t *p = realloc(c->written, cap * sizeof *p);

		if (!p)
			return no_memory(e);
		memset(p + c->written_cap, 0, (cap - c->written_cap) * sizeof *p);
		c->written = p;
		c->written_cap = cap;
	}
	c->written[code] += rows;
	return RESULT_OK;
}

void deid_table_free(struct deid_table *t)
{
	for (size_t i = 0; i < t->columns; i++) {
		deid_dict_free(&t->column[i].dict);
		deid_hierarchy_free(&t->column[i].made);
		free(t->column[i].code);
		free(t->column[i].written);
	}
	free(t->tuple_of);
	free(t->code);
	free(t->count);
	free(t->hashed);
	buf_free(&t->bad);
	deid_dict_free(&t->names);
	arena_free(&t->arena);
	*t = (struct deid_table){.columns = 0};
}

const struct deid_column *deid_table_column(const struct deid_table *t, struct str name)
{
	uint32_t at = deid_dict_find(&t->names, name);

	return at == DEID_NONE ? NULL : &t->column[at];
}
