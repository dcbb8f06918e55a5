#include "deid/aggregate.h"

#include <math.h>
#include <stdlib.h>

#include "deid/quantity.h"
#include "deid/recode.h"
#include "deid/release.h"

enum {
	MORE = 2,	  /* decimals of a mean beyond those of the column */
	ERA = 10000 * 366, /* days: as much later all sums of days are above 0 */
};

static const char *const names[DEID_AGGREGATES] = {
	[DEID_MEAN] = "mean",
	[DEID_MEDIAN] = "median",
	[DEID_MODE] = "mode",
	[DEID_INTERVAL] = "interval",
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory to aggregate a column");
}

/* What is asked --------------------------------------------------------------------------------------------- */

result deid_aggregate_parse(struct str text, struct deid_aggregate *out, struct error *e)
{
	size_t is = text.n;
	int how = 0;

	while (is && text.p[is - 1] != '=')
		is--;
	while (how < DEID_AGGREGATES && !str_is(str_sub(text, is, text.n), names[how]))
		how++;
	if (is < 2 || how == DEID_AGGREGATES)
		return error_set(e, CODE_USAGE,
				 "\"%.*s\" is no aggregate; it is a column and mean, median, mode or interval, such as income=mean",
				 (int)text.n, text.p);
	*out = (struct deid_aggregate){str_sub(text, 0, is - 1), (enum deid_aggregate_how)how};
	return RESULT_OK;
}

const char *deid_aggregate_name(enum deid_aggregate_how how)
{
	return names[how];
}

/* Groups of neighbouring values for D, a quasi-identifying column without a hierarchy. */
static result group(const struct deid_run *r, struct deid_declared *d, struct error *e)
{
	for (size_t i = 0; i < r->models; i++)
		if (r->model[i].kind == DEID_K && r->model[i].count > d->neighbours)
			d->neighbours = r->model[i].count;
	if (!d->neighbours)
		return error_set(e, CODE_MODEL_INVALID,
				 "column \"%.*s\" has no hierarchy, and no k says how many records are to share a value; give a model k=5 "
				 "or a hierarchy",
				 (int)d->name.n, d->name.p);
	d->scale = DEID_QUANTITIES;
	return RESULT_OK;
}

static result declare(const struct deid_run *r, const struct deid_aggregate *a, struct deid_declared *d, struct error *e)
{
	for (size_t i = 0; i < r->models; i++)
		if (r->model[i].column.n && str_eq(r->model[i].column, a->column))
			return error_set(e, CODE_MODEL_INVALID,
					 "the model \"%.*s\" protects the single values of column \"%.*s\", and aggregating leaves one for "
					 "each class",
					 (int)r->model[i].text.n, r->model[i].text.p, (int)a->column.n, a->column.p);
	/* a file's lines are an order for words, too */
	if (a->how == DEID_MEAN || a->how == DEID_INTERVAL || (a->how == DEID_MEDIAN && !d->file))
		d->scale = DEID_QUANTITIES;
	if (d->role == DEID_QUASI && !d->file && !d->rule && !r->job->flat)
		return group(r, d, e);
	return RESULT_OK;
}

result deid_aggregate_declare(struct deid_run *r, struct deid_declared *d, size_t n, struct error *e)
{
	const struct deid_names *asked = &r->job->aggregates;

	r->aggregate = arena_array(&r->arena, asked->n, sizeof *r->aggregate);
	if (!r->aggregate)
		return no_memory(e);
	for (size_t i = 0; i < asked->n; i++) {
		struct deid_aggregate *a = &r->aggregate[i];
		size_t at = 0;

		TRY(deid_aggregate_parse(asked->at[i], a, e));
		for (size_t k = 0; k < i; k++)
			if (str_eq(r->aggregate[k].column, a->column))
				return error_set(e, CODE_MODEL_INVALID, "column \"%.*s\" is to be aggregated twice", (int)a->column.n,
						 a->column.p);
		while (at < n && !(str_eq(d[at].name, a->column) && d[at].role != DEID_IDENTIFYING))
			at++;
		if (at == n)
			return error_set(e, CODE_COLUMN_UNKNOWN,
					 "column \"%.*s\" is to be aggregated, but the output has no such column", (int)a->column.n,
					 a->column.p);
		TRY(declare(r, a, &d[at], e));
	}
	r->aggregates = asked->n;
	return RESULT_OK;
}

/* One column ------------------------------------------------------------------------------------------------- */

/* A value of the column, in the place that it has in their order. */
struct value {
	struct str text;
	struct deid_quantity q;
	deid_sum v; /* in the column's decimals */
	uint32_t code;
	bool used;
};

/* Some records of one class with one value. */
struct held {
	uint32_t class_;
	uint32_t rank; /* of the value */
	uint64_t records;
};

struct column {
	struct deid_run *r;
	struct deid_aggregated *a;
	struct arena room;
	struct value *value; /* in their order */
	uint32_t values;
	uint32_t *rank; /* by code */
	struct held *held; /* by class, each in the order of the values */
	size_t n;
	bool quantities; /* all values are numbers, or all days */
	bool day;
	unsigned decimals;
};

static int by_quantity(const void *a, const void *b)
{
	const struct value *x = a, *y = b;

	if (x->v != y->v)
		return x->v < y->v ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

static int by_class(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->class_ != y->class_)
		return x->class_ < y->class_ ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Who has what of the column: by row where rows have their own codes, else by tuple. */
static result hold_all(struct column *c, struct error *e)
{
	const struct deid_table *t = &c->r->table;
	const struct deid_column *column = c->a->column;
	bool by_row = column->role == DEID_INSENSITIVE;
	uint64_t most = by_row ? t->rows : t->tuples;

	c->held = arena_array(&c->room, most, sizeof *c->held);
	if (!c->held)
		return no_memory(e);
	for (uint64_t i = 0; i < most; i++) {
		uint32_t tuple = by_row ? t->tuple_of[i] : (uint32_t)i;
		uint32_t code = by_row ? column->code[i] : deid_table_tuple(t, tuple)[column->slot];

		if (c->r->class_of[tuple] == DEID_NONE)
			continue;
		c->held[c->n++] = (struct held){c->r->class_of[tuple], code, by_row ? 1 : t->count[tuple]};
		c->value[code].used = true;
	}
	return RESULT_OK;
}

/* Whether the values that are used are all numbers, or all days. */
static void find_scale(struct column *c)
{
	bool numbers = true, days = true;

	for (uint32_t i = 0; i < c->values; i++) {
		struct value *v = &c->value[i];
		bool is = v->used && deid_quantity_parse(v->text, &v->q);

		numbers = numbers && (!v->used || (is && !v->q.day));
		days = days && (!v->used || (is && v->q.day));
		if (is && v->q.decimals > c->decimals)
			c->decimals = v->q.decimals;
	}
	c->day = days;
	c->quantities = numbers || days;
	for (uint32_t i = 0; c->quantities && i < c->values; i++)
		c->value[i].v = deid_quantity_in(&c->value[i].q, c->decimals);
}

static result order_values(struct column *c, struct error *e)
{
	const struct deid_column *column = c->a->column;
	const struct deid_dict *d = column->role == DEID_INSENSITIVE ? &column->dict : &column->h->leaf;

	c->values = d->n;
	c->value = arena_array(&c->room, d->n, sizeof *c->value);
	c->rank = arena_array(&c->room, d->n, sizeof *c->rank);
	if (!c->value || !c->rank)
		return no_memory(e);
	for (uint32_t i = 0; i < d->n; i++)
		c->value[i] = (struct value){.text = d->value[i], .code = i};
	TRY(hold_all(c, e));
	find_scale(c);
	if (c->quantities)
		qsort(c->value, c->values, sizeof *c->value, by_quantity);
	for (uint32_t i = 0; i < c->values; i++)
		c->rank[c->value[i].code] = i;
	for (size_t i = 0; i < c->n; i++)
		c->held[i].rank = c->rank[c->held[i].rank];
	qsort(c->held, c->n, sizeof *c->held, by_class);
	return RESULT_OK;
}

/* The records of one class: H, N of them in order, RECORDS in all. */
struct members {
	const struct held *h;
	size_t n;
	uint64_t records;
};

/* The value that M's record number I has, from 0. */
static const struct value *value_at(const struct column *c, const struct members *m, uint64_t i)
{
	const struct held *h = m->h;

	while (i >= h->records)
		i -= (h++)->records;
	return &c->value[h->rank];
}

static const struct value *most_frequent(const struct column *c, const struct members *m)
{
	const struct held *best = m->h;
	uint64_t most = 0, here = 0;

	for (size_t i = 0; i < m->n; i++) {
		here = i && m->h[i].rank == m->h[i - 1].rank ? here + m->h[i].records : m->h[i].records;
		if (here > most) {
			most = here;
			best = &m->h[i];
		}
	}
	return &c->value[best->rank];
}

/* The mean of M in parts of MORE decimals more than the column's; of days the day itself. */
static deid_sum mean(const struct column *c, const struct members *m)
{
	deid_sum sum = 0, part = c->day ? 1 : 100;

	for (size_t i = 0; i < m->n; i++)
		sum += c->value[m->h[i].rank].v * (deid_sum)m->h[i].records;
	if (c->day)
		return deid_quotient(sum + (deid_sum)ERA * m->records, m->records) - ERA;
	/* whole and rest apart: the sum times the part might not fit */
	return sum / m->records * part + deid_quotient(sum % m->records * part, m->records);
}

/* Appends to B what replaces M's values, and puts into *PUT what that is in parts of MORE decimals more. */
static void write_class(const struct column *c, const struct members *m, struct buf *b, deid_sum *put)
{
	const struct value *low = value_at(c, m, 0), *high = value_at(c, m, m->records - 1);
	deid_sum part = c->day ? 1 : 100;

	switch (c->a->how) {
	case DEID_MEAN:
		*put = mean(c, m);
		deid_quantity_write(b, c->day, *put, c->decimals + MORE, c->decimals);
		return;
	case DEID_MEDIAN:
		low = value_at(c, m, (m->records - 1) / 2);
		high = value_at(c, m, m->records / 2);
		*put = c->day ? deid_quotient(low->v + high->v + 2 * (deid_sum)ERA, 2) - ERA : (low->v + high->v) * (part / 2);
		if (c->quantities)
			deid_quantity_write(b, c->day, *put, c->decimals + MORE, c->decimals);
		else
			buf_str(b, low->text);
		return;
	case DEID_MODE:
		low = most_frequent(c, m);
		*put = low->v * part;
		buf_str(b, low->text);
		return;
	default:
		*put = (low->v + high->v) * part / 2;
		buf_str(b, low->text);
		if (low->v == high->v)
			return;
		buf_text(b, "..");
		buf_str(b, high->text);
		return;
	}
}

/* Adds to the sums of squares those of M, replaced by PUT, when the mean of all is ALL; both in parts of MORE decimals more. */
static void measure(struct column *c, const struct members *m, deid_sum put, long double all)
{
	long double unit = 1;

	for (unsigned i = 0; i < c->decimals + MORE && !c->day; i++)
		unit *= 10;
	for (size_t i = 0; i < m->n; i++) {
		deid_sum v = c->value[m->h[i].rank].v * (c->day ? 1 : 100);
		long double from_put = (long double)(v - put) / unit, from_all = ((long double)v - all) / unit;

		c->a->sse += (double)((long double)m->h[i].records * from_put * from_put);
		c->a->sst += (double)((long double)m->h[i].records * from_all * from_all);
	}
}

static struct members next_class(const struct column *c, size_t from)
{
	struct members m = {.h = c->held + from};

	while (from + m.n < c->n && m.h[m.n].class_ == m.h->class_)
		m.records += m.h[m.n++].records;
	return m;
}

/* The mean of all that is held, in parts of MORE decimals more. */
static long double mean_of_all(const struct column *c)
{
	long double records = 0, sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		records += (long double)c->held[i].records;
		sum += (long double)c->value[c->held[i].rank].v * (long double)c->held[i].records;
	}
	return records > 0 ? sum * (c->day ? 1 : 100) / records : 0;
}

static result aggregate(struct column *c, struct error *e)
{
	struct buf b;
	long double all;
	result done = RESULT_OK;

	TRY(order_values(c, e));
	c->a->measured = c->quantities;
	all = mean_of_all(c);
	buf_init(&b);
	for (size_t from = 0; from < c->n && ok(done);) {
		struct members m = next_class(c, from);
		struct str *text = &c->a->text[m.h->class_];
		deid_sum put = 0;

		buf_reset(&b);
		write_class(c, &m, &b, &put);
		if (c->quantities)
			measure(c, &m, put, all);
		*text = str_copy(&c->r->arena, buf_view(&b));
		if (!buf_ok(&b) || !text->p)
			done = no_memory(e);
		from += m.n;
	}
	buf_free(&b);
	return done;
}

/* All columns ------------------------------------------------------------------------------------------------ */

/* Counts the classes anew, as what is written in quasi-identifying columns shows them: aggregates of two may be the same. */
static result count_again(struct deid_run *r, struct error *e)
{
	struct deid_dict shown;
	uint64_t *rows = arena_array(&r->arena, r->shown, sizeof *rows);
	struct buf key;
	result done = rows ? RESULT_OK : no_memory(e);

	deid_dict_init(&shown);
	buf_init(&key);
	for (uint32_t i = 0; i < r->table.tuples && ok(done); i++) {
		uint32_t number;

		if (r->class_of[i] == DEID_NONE)
			continue;
		buf_reset(&key);
		for (size_t s = 0; s < r->table.quasi; s++) {
			const struct deid_aggregated *a = deid_aggregated(r, r->table.slot[s]);
			const uint8_t *levels = r->block[r->block_of[i]].levels;

			buf_str(&key, a ? a->text[r->class_of[i]] : r->h[s]->level[levels[s]].label[deid_table_tuple(&r->table, i)[s]]);
			buf_byte(&key, DEID_KEY_END);
		}
		number = buf_ok(&key) ? deid_dict_add(&shown, buf_view(&key)) : DEID_NONE;
		if (number == DEID_NONE)
			done = no_memory(e);
		else
			rows[number] += r->table.count[i];
	}
	if (ok(done))
		done = deid_sizes_make(&r->after, rows, shown.n, &r->arena, e);
	buf_free(&key);
	deid_dict_free(&shown);
	return done;
}

result deid_aggregate(struct deid_run *r, struct error *e)
{
	bool quasi = false;

	if (!r->aggregates)
		return RESULT_OK;
	r->class_of = arena_array(&r->arena, r->table.tuples, sizeof *r->class_of);
	r->aggregated = arena_array(&r->arena, r->aggregates, sizeof *r->aggregated);
	if (!r->class_of || !r->aggregated)
		return no_memory(e);
	TRY(deid_recode_classes(r, r->class_of, &r->shown, e));
	for (size_t i = 0; i < r->aggregates; i++) {
		struct deid_aggregated *a = &r->aggregated[i];
		struct column c = {.r = r, .a = a};
		result done;

		a->column = deid_table_column(&r->table, r->aggregate[i].column);
		a->how = r->aggregate[i].how;
		a->text = arena_array(&r->arena, r->shown, sizeof *a->text);
		if (!a->text)
			return no_memory(e);
		arena_init(&c.room, 0, false);
		done = aggregate(&c, e);
		arena_free(&c.room);
		TRY(done);
		quasi = quasi || a->column->role == DEID_QUASI;
	}
	return quasi ? count_again(r, e) : RESULT_OK;
}

double deid_aggregate_loss(const struct deid_aggregated *a)
{
	if (!a->measured)
		return NAN;
	return a->sst > 0 ? a->sse / a->sst : 0;
}

const struct deid_aggregated *deid_aggregated(const struct deid_run *r, const struct deid_column *c)
{
	for (size_t i = 0; i < r->aggregates; i++)
		if (r->aggregated[i].column == c)
			return &r->aggregated[i];
	return NULL;
}
