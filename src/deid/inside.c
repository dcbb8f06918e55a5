#include "deid/inside.h"

#include <string.h>

enum {
	WORDS = 62,	/* bits of a number of the key */
	AT_ONCE = 50, /* columns whose values are counted by one statement */
};

/* The plan as tables. */
struct inside {
	struct deid_run *r;
	struct foreign *f;
	struct str name;
	struct arena arena;
	struct foreign_layout layout;
	uint64_t *stride; /* by quasi-identifying column: of its part of the key */
	size_t *word;	  /* and which number of the key that is in */
	struct deid_dict key; /* kept ones, as bytes */
	struct buf block;     /* of each: uint32_t */
	uint64_t *sum;	      /* the key at hand */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the new table");
}

/* Columns --------------------------------------------------------------------------------------------------- */

/* Whether all records have the same levels: then a key tells a class, else a tuple of leaves. */
static bool same_levels(const struct inside *s)
{
	return s->r->blocks == 1;
}

/* What stands for LEAF of column A in a key. */
static uint32_t number_of(const struct inside *s, size_t a, uint32_t leaf)
{
	return same_levels(s) ? s->r->h[a]->level[s->r->block[0].levels[a]].first[leaf] : leaf;
}

/* Puts the numbers of all columns side by side into as few 64-bit numbers as hold them. */
static result pack_keys(struct inside *s, struct error *e)
{
	size_t n = s->r->table.quasi;
	uint64_t stride = 1;

	s->stride = arena_array(&s->arena, n, sizeof *s->stride);
	s->word = arena_array(&s->arena, n, sizeof *s->word);
	s->sum = arena_array(&s->arena, n, sizeof *s->sum);
	if (!s->stride || !s->word || !s->sum)
		return no_memory(e);
	s->layout.words = 1;
	for (size_t a = 0; a < n; a++) {
		uint64_t values = s->r->h[a]->leaf.n;

		if (stride > (UINT64_C(1) << WORDS) / values) {
			s->layout.words++;
			stride = 1;
		}
		s->stride[a] = stride;
		s->word[a] = s->layout.words - 1;
		stride *= values;
	}
	return RESULT_OK;
}

/* The levels that column A is written at, into C. */
static result take_levels(struct inside *s, size_t a, struct foreign_column *c, struct error *e)
{
	unsigned *levels = arena_array(&s->arena, DEID_MAX_LEVELS, sizeof *levels);
	bool used[DEID_MAX_LEVELS] = {false};

	if (!levels)
		return no_memory(e);
	for (size_t b = 0; b < s->r->blocks; b++)
		used[s->r->block[b].levels[a]] = true;
	for (unsigned l = 0; l < DEID_MAX_LEVELS; l++)
		if (used[l])
			levels[c->labels++] = l;
	c->levels = levels;
	return RESULT_OK;
}

static result lay_out(struct inside *s, struct error *e)
{
	const struct deid_table *t = &s->r->table;
	struct foreign_column *at = arena_array(&s->arena, t->columns, sizeof *at);

	if (!at)
		return no_memory(e);
	s->layout.at = at;
	TRY(pack_keys(s, e));
	for (size_t i = 0; i < t->columns; i++) {
		const struct deid_column *c = &t->column[i];
		struct foreign_column *out = &at[s->layout.n];

		if (c->role == DEID_IDENTIFYING)
			continue;
		s->layout.n++;
		*out = (struct foreign_column){.from = i, .name = c->name, .mapped = c->role == DEID_QUASI};
		if (!out->mapped)
			continue;
		out->map = c->slot;
		out->word = s->word[c->slot];
		TRY(take_levels(s, c->slot, out, e));
	}
	return RESULT_OK;
}

/* Maps ------------------------------------------------------------------------------------------------------ */

/* A map while it is given to the database. */
struct mapping {
	const struct inside *s;
	const struct foreign_column *column; /* NULL: the leaves alone */
	const struct deid_hierarchy *h;
	uint32_t leaf; /* next */
	struct buf number;
};

static bool next_leaf(void *ctx, struct str *field)
{
	struct mapping *m = ctx;
	uint32_t leaf = m->leaf++;

	if (leaf >= m->h->leaf.n)
		return false;
	buf_reset(&m->number);
	buf_u64(&m->number, m->column ? number_of(m->s, m->column->map, leaf) * m->s->stride[m->column->map] : leaf);
	field[0] = m->h->leaf.value[leaf];
	field[1] = buf_view(&m->number);
	for (size_t i = 0; m->column && i < m->column->labels; i++)
		field[2 + i] = m->h->level[m->column->levels[i]].label[leaf];
	return true;
}

/* Makes the map number NUMBER of the hierarchy H, for the column C of the new table or, without one, of its leaves. */
static result make_map(const struct inside *s, size_t number, const struct deid_hierarchy *h, const struct foreign_column *c,
		       struct error *e)
{
	struct mapping m = {.s = s, .column = c, .h = h};
	struct foreign_rows rows = {.columns = 2 + (c ? c->labels : 0), .next = next_leaf, .ctx = &m};
	result done;

	buf_init(&m.number);
	done = foreign_map(s->f, number, rows, e);
	if (ok(done) && !buf_ok(&m.number))
		done = no_memory(e);
	buf_free(&m.number);
	return done;
}

static result make_maps(const struct inside *s, struct error *e)
{
	for (size_t i = 0; i < s->layout.n; i++) {
		const struct foreign_column *c = &s->layout.at[i];

		if (c->mapped)
			TRY(make_map(s, c->map, s->r->h[c->map], c, e));
	}
	return RESULT_OK;
}

/* Kept keys ------------------------------------------------------------------------------------------------- */

/* The key of the tuple number I into S's, as bytes. */
static struct str key_of(struct inside *s, uint32_t i)
{
	const uint32_t *code = deid_table_tuple(&s->r->table, i);

	memset(s->sum, 0, s->layout.words * sizeof *s->sum);
	for (size_t a = 0; a < s->r->table.quasi; a++)
		s->sum[s->word[a]] += number_of(s, a, code[a]) * s->stride[a];
	return (struct str){(const char *)s->sum, s->layout.words * sizeof *s->sum};
}

static uint32_t block_at(const struct inside *s, uint32_t key)
{
	uint32_t block;

	memcpy(&block, s->block.p + key * sizeof block, sizeof block);
	return block;
}

/* Gathers the keys of what is kept, each once. */
static result gather_keys(struct inside *s, struct error *e)
{
	for (uint32_t i = 0; i < s->r->table.tuples; i++) {
		uint32_t block = s->r->block_of[i], before = s->key.n, number;

		if (block == DEID_NONE)
			continue;
		number = deid_dict_add(&s->key, key_of(s, i));
		if (number == DEID_NONE)
			return no_memory(e);
		if (number == before)
			buf_add(&s->block, &block, sizeof block);
		if (!buf_ok(&s->block))
			return no_memory(e);
		if (block_at(s, number) != block)
			return error_set(e, CODE_INTERNAL, "records that look alike in all columns are written differently");
	}
	return RESULT_OK;
}

/* The kept keys while they are given to the database. */
struct keeping {
	const struct inside *s;
	uint32_t key; /* next */
	struct buf numbers;
	size_t *end; /* of each number */
};

static void add_number(struct keeping *k, size_t i, uint64_t n)
{
	buf_u64(&k->numbers, n);
	k->end[i] = k->numbers.n;
}

static bool next_key(void *ctx, struct str *field)
{
	struct keeping *k = ctx;
	const struct inside *s = k->s;
	size_t words = s->layout.words, levels = same_levels(s) ? 0 : s->r->table.quasi;
	uint32_t key = k->key++;

	if (key >= s->key.n)
		return false;
	buf_reset(&k->numbers);
	for (size_t w = 0; w < words; w++) {
		uint64_t sum;

		memcpy(&sum, s->key.value[key].p + w * sizeof sum, sizeof sum);
		add_number(k, w, sum);
	}
	for (size_t a = 0; a < levels; a++)
		add_number(k, words + a, s->r->block[block_at(s, key)].levels[a]);
	for (size_t i = 0, from = 0; i < words + levels; from = k->end[i++])
		field[i] = str_sub(buf_view(&k->numbers), from, k->end[i] - from);
	return true;
}

static result make_kept(struct inside *s, struct error *e)
{
	struct keeping k = {.s = s};
	struct foreign_rows rows = {.columns = s->layout.words + (same_levels(s) ? 0 : s->r->table.quasi), .next = next_key, .ctx = &k};
	result done;

	TRY(gather_keys(s, e));
	k.end = arena_array(&s->arena, rows.columns, sizeof *k.end);
	if (!k.end)
		return no_memory(e);
	buf_init(&k.numbers);
	done = foreign_kept(s->f, s->layout.words, rows, e);
	if (ok(done) && !buf_ok(&k.numbers))
		done = no_memory(e);
	buf_free(&k.numbers);
	return done;
}

/* What was made --------------------------------------------------------------------------------------------- */

/* The next of the rows that the database counts in N columns, with how many there are of it. */
static result next_counted(const struct inside *s, size_t n, const struct str **row, uint64_t *times, bool *more, struct error *e)
{
	TRY(foreign_next(s->f, row, more, e));
	if (*more && !str_to_u64((*row)[n], INT64_MAX, times))
		return error_set(e, CODE_DATABASE, "the database does not count");
	return RESULT_OK;
}

/* Classes of the new table, counted. */
struct classes {
	struct deid_dict key; /* the texts of a class, each behind its length */
	struct buf rows;      /* of each: uint64_t */
	struct buf text;
};

static result add_class(struct classes *c, const struct str *row, size_t n, uint64_t times, struct error *e)
{
	uint32_t before = c->key.n, number;
	uint64_t rows = 0;

	buf_reset(&c->text);
	for (size_t i = 0; i < n; i++) {
		buf_add(&c->text, &row[i].n, sizeof row[i].n);
		buf_str(&c->text, row[i]);
	}
	number = buf_ok(&c->text) ? deid_dict_add(&c->key, buf_view(&c->text)) : DEID_NONE;
	if (number == DEID_NONE)
		return no_memory(e);
	if (number == before)
		buf_add(&c->rows, &rows, sizeof rows);
	if (!buf_ok(&c->rows))
		return no_memory(e);
	memcpy(&rows, c->rows.p + number * sizeof rows, sizeof rows);
	rows += times;
	memcpy(c->rows.p + number * sizeof rows, &rows, sizeof rows);
	return RESULT_OK;
}

static result count_classes(const struct inside *s, struct classes *c, struct error *e)
{
	const struct deid_table *t = &s->r->table;
	struct str *name = arena_array(&s->r->arena, t->quasi, sizeof *name);
	const struct str *row;
	uint64_t times = 0;
	bool more = true;

	if (!name)
		return no_memory(e);
	for (size_t a = 0; a < t->quasi; a++)
		name[a] = t->slot[a]->name;
	TRY(foreign_count_written(s->f, s->name, name, t->quasi, e));
	for (;;) {
		TRY(next_counted(s, t->quasi, &row, &times, &more, e));
		if (!more)
			return RESULT_OK;
		TRY(add_class(c, row, t->quasi, times, e));
	}
}

/* A query that gives other rows each time (by chance, or by the clock) would be written with classes that nobody checked. */
static result judge_classes(const struct inside *s, const struct classes *c, struct error *e)
{
	uint64_t rows, all = 0, smallest = UINT64_MAX, classes = 0, kept = s->r->table.rows - s->r->suppressed;

	for (uint32_t i = 0; i < c->key.n; i++) {
		memcpy(&rows, c->rows.p + i * sizeof rows, sizeof rows);
		all += rows;
		smallest = rows < smallest ? rows : smallest;
	}
	for (size_t i = 0; i < s->r->after.n; i++)
		classes += s->r->after.at[i].classes;
	if (all == kept && c->key.n == classes && (!classes || smallest == s->r->after.at[0].size))
		return RESULT_OK;
	return error_set(e, CODE_CONFLICT,
			 "the query gave other rows when it was asked again: %llu in %llu groups instead of %llu in %llu; what it gives "
			 "must not change by chance or time",
			 (unsigned long long)all, (unsigned long long)c->key.n, (unsigned long long)kept, (unsigned long long)classes);
}

/* Looks at what is in the new table. */
static result look(const struct inside *s, struct error *e)
{
	struct classes c;
	result done;

	deid_dict_init(&c.key);
	buf_init(&c.rows);
	buf_init(&c.text);
	done = count_classes(s, &c, e);
	if (ok(done))
		done = judge_classes(s, &c, e);
	buf_free(&c.text);
	buf_free(&c.rows);
	deid_dict_free(&c.key);
	return done;
}

/* Counts the values of the columns that leave as they are and that were not counted before. */
static result count_written(struct inside *s, struct error *e)
{
	struct deid_table *t = &s->r->table;
	const struct str *row;
	uint64_t times = 0;

	for (size_t i = 0; i < t->columns; i++) {
		bool more = t->column[i].role == DEID_INSENSITIVE;

		if (more)
			TRY(foreign_count_written(s->f, s->name, &t->column[i].name, 1, e));
		while (more) {
			TRY(next_counted(s, 1, &row, &times, &more, e));
			if (more)
				TRY(deid_table_written(t, i, row[0], times, e));
		}
	}
	return RESULT_OK;
}

/* Links: as deid/links.h finds them row by row -------------------------------------------------------------- */

struct comparing {
	size_t *column; /* those left out, then those that leave as they are */
	size_t keys, others;
	uint64_t *values; /* different ones, of each */
};

static result count_values(const struct inside *s, struct comparing *c, struct error *e)
{
	const struct deid_table *t = &s->r->table;

	c->column = arena_array(&s->r->table.arena, t->columns, sizeof *c->column);
	c->values = arena_array(&s->r->table.arena, t->columns, sizeof *c->values);
	if (!c->column || !c->values)
		return no_memory(e);
	for (size_t i = 0; i < t->columns; i++)
		if (t->column[i].role == DEID_IDENTIFYING)
			c->column[c->keys++] = i;
	for (size_t i = 0; i < t->columns; i++)
		if (t->column[i].role == DEID_SENSITIVE || t->column[i].role == DEID_INSENSITIVE)
			c->column[c->keys + c->others++] = i;
	for (size_t i = 0; c->keys && c->others && i < c->keys + c->others; i += AT_ONCE) {
		size_t left = c->keys + c->others - i;

		TRY(foreign_distinct(s->f, c->column + i, left < AT_ONCE ? left : AT_ONCE, c->values + i, e));
	}
	return RESULT_OK;
}

/* Compares the left-out column number K of C with the other number O. */
static result compare(const struct inside *s, const struct comparing *c, size_t k, size_t o, struct error *e)
{
	struct deid_table *t = &s->r->table;
	size_t key = c->column[k], other = c->column[c->keys + o];
	const struct deid_column *column = &t->column[other];
	uint64_t different = c->values[c->keys + o], found;
	uint64_t texts = column->file ? column->file->leaf.n : different;

	if (different >= DEID_LINK_MANY && different == c->values[k]) {
		TRY(foreign_pairs(s->f, key, other, &found, e));
		if (found == different)
			t->link[t->links++] = (struct deid_link){other, key, false};
	}
	/* no more than either has can be in both */
	if (texts < DEID_LINK_MANY || c->values[k] * 100 < texts * DEID_LINK_NEARLY)
		return RESULT_OK;
	TRY(foreign_shared(s->f, key, other, column->file ? &column->slot : NULL, &found, e));
	if (found * 100 >= texts * DEID_LINK_NEARLY)
		t->link[t->links++] = (struct deid_link){other, key, true};
	return RESULT_OK;
}

static result compare_all(const struct inside *s, struct error *e)
{
	struct deid_table *t = &s->r->table;
	struct comparing c = {.keys = 0};

	TRY(count_values(s, &c, e));
	if (c.keys == 0 || c.others == 0)
		return RESULT_OK;
	t->link = arena_array(&t->arena, 2 * c.keys * c.others, sizeof *t->link);
	if (!t->link)
		return no_memory(e);
	for (size_t o = 0; o < c.others; o++) {
		const struct deid_column *column = &t->column[c.column[c.keys + o]];

		if (column->file)
			TRY(make_map(s, column->slot, column->file, NULL, e));
	}
	for (size_t k = 0; k < c.keys; k++)
		for (size_t o = 0; o < c.others; o++)
			TRY(compare(s, &c, k, o, e));
	return RESULT_OK;
}

static result make(struct inside *s, struct error *e)
{
	TRY(lay_out(s, e));
	TRY(foreign_begin_making(s->f, e));
	TRY(make_maps(s, e));
	TRY(make_kept(s, e));
	TRY(foreign_publish(s->f, s->name, &s->layout, e));
	TRY(look(s, e));
	TRY(count_written(s, e));
	return compare_all(s, e);
}

result deid_inside_make(struct deid_run *r, struct foreign *f, struct str name, struct error *e)
{
	struct inside s = {.r = r, .f = f, .name = name};
	result done;

	arena_init(&s.arena, 0, false);
	deid_dict_init(&s.key);
	buf_init(&s.block);
	done = make(&s, e);
	buf_free(&s.block);
	deid_dict_free(&s.key);
	arena_free(&s.arena);
	return done;
}
