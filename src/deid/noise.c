#include "deid/noise.h"

#include <math.h>

#include "deid/job.h"

enum {
	WHOLE_DIGITS = 12,
	PLACES = 6,
};

typedef __int128 wide;

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for noise");
}

/* What is asked ---------------------------------------------------------------------------------------------- */

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

bool deid_fixed_parse(struct str text, struct deid_fixed *out)
{
	bool negative = text.n && text.p[0] == '-';
	struct str digits = str_sub(text, negative, text.n);
	size_t point = str_find(digits, '.');
	struct str whole = str_sub(digits, 0, point), part = str_sub(digits, point + 1, digits.n);

	if (whole.n == 0 || whole.n > WHOLE_DIGITS || part.n > PLACES || (point < digits.n && part.n == 0) || !all_digits(whole) ||
	    !all_digits(part))
		return false;
	*out = (struct deid_fixed){0, (unsigned)part.n};
	for (size_t i = 0; i < whole.n; i++)
		out->num = out->num * 10 + (whole.p[i] - '0');
	for (size_t i = 0; i < part.n; i++)
		out->num = out->num * 10 + (part.p[i] - '0');
	out->num = negative ? -out->num : out->num;
	return true;
}

static bool parse_range(struct str text, struct deid_noise *n)
{
	size_t at = 0;

	while (at + 1 < text.n && !str_has_at(text, at, ".."))
		at++;
	n->has_range = deid_fixed_parse(str_sub(text, 0, at), &n->low) && deid_fixed_parse(str_sub(text, at + 2, text.n), &n->high);
	return n->has_range && (wide)n->low.num * powers[n->high.places] < (wide)n->high.num * powers[n->low.places];
}

/* One of the parts between commas, FIRST or further. */
static bool parse_part(struct str part, bool first, struct deid_noise *n)
{
	const struct str epsilon = STR("epsilon="), range = STR("range="), step = STR("step=");

	if (first) {
		n->epsilon = str_starts(part, epsilon);
		return deid_decimal_parse(n->epsilon ? str_sub(part, epsilon.n, part.n) : part, &n->size) && n->size.num > 0;
	}
	if (str_starts(part, range))
		return !n->has_range && parse_range(str_sub(part, range.n, part.n), n);
	if (n->has_step || !str_starts(part, step))
		return false;
	n->has_step = true;
	return deid_decimal_parse(str_sub(part, step.n, part.n), &n->step) && n->step.num > 0 && n->step.den <= powers[PLACES];
}

static bool parse_all(struct str text, struct deid_noise *n)
{
	size_t is = str_find(text, '='), colon;
	struct str rest = str_sub(text, is + 1, text.n), name;

	n->column = str_sub(text, 0, is);
	colon = str_find(rest, ':');
	name = str_sub(rest, 0, colon);
	if (n->column.n == 0 || colon == rest.n || (!str_is(name, "laplace") && !str_is(name, "gaussian")))
		return false;
	n->gaussian = str_is(name, "gaussian");
	rest = str_sub(rest, colon + 1, rest.n);
	for (bool first = true; first || rest.n; first = false) {
		size_t comma = str_find(rest, ',');

		if (!parse_part(str_sub(rest, 0, comma), first, n))
			return false;
		rest = str_sub(rest, comma + 1, rest.n);
	}
	return !n->epsilon || (n->has_range && !n->gaussian);
}

result deid_noise_parse(struct str text, struct deid_noise *out, struct error *e)
{
	*out = (struct deid_noise){.text = text};
	if (parse_all(text, out))
		return RESULT_OK;
	return error_set(e, CODE_MODEL_INVALID,
			 "the noise \"%.*s\" is not right; it is written such as income=laplace:50000, height=gaussian:1.5,step=0.5, "
			 "income=laplace:50000,range=0..9000000 or income=laplace:epsilon=1,range=0..9000000; epsilon is for laplace and "
			 "needs a range, from the lower end to the higher, and numbers have six decimal places at most",
			 (int)text.n, text.p);
}

static bool is_aggregated(const struct deid_run *r, struct str column)
{
	for (size_t i = 0; i < r->job->aggregates.n; i++)
		if (str_eq(r->aggregate[i].column, column))
			return true;
	return false;
}

/* Fails unless the column of R that D declares may have the noise N. */
static result allow(const struct deid_run *r, const struct deid_noise *n, const struct deid_declared *d, struct error *e)
{
	const char *why = NULL;

	if (d->role == DEID_QUASI)
		why = "is quasi-identifying: its values are generalized, and there is no number left to add noise to";
	else if (d->role == DEID_SENSITIVE)
		why = "is sensitive: models count its exact values, and would no longer hold for what is written; declare it insensitive";
	else if (d->role == DEID_IDENTIFYING)
		why = "is left out";
	else if (is_aggregated(r, n->column))
		why = "is microaggregated: the classes' values replace its own";
	else if (d->number)
		why = "has noise already";
	if (!why)
		return RESULT_OK;
	return error_set(e, CODE_MODEL_INVALID, "noise cannot be added to column \"%.*s\", which %s", (int)n->column.n, n->column.p, why);
}

result deid_noise_declare(struct deid_run *r, struct deid_declared *declared, size_t n, struct error *e)
{
	const struct deid_names *names = &r->job->noise;

	if (names->n == 0)
		return RESULT_OK;
	if (!r->job->entropy)
		return error_set(e, CODE_INTERNAL, "noise is asked for without a source of randomness");
	r->noised = arena_array(&r->arena, names->n, sizeof *r->noised);
	if (!r->noised)
		return no_memory(e);
	for (size_t i = 0; i < names->n; i++) {
		struct deid_noised *it = &r->noised[i];
		struct deid_declared *d = declared;

		deid_dict_init(&it->exact);
		r->noises++;
		TRY(deid_noise_parse(names->at[i], &it->asked, e));
		while (d < declared + n && !str_eq(d->name, it->asked.column))
			d++;
		if (d == declared + n)
			return error_set(e, CODE_COLUMN_UNKNOWN, "noise is asked for column \"%.*s\", which is not declared",
					 (int)it->asked.column.n, it->asked.column.p);
		TRY(allow(r, &it->asked, d, e));
		d->number = true;
	}
	return RESULT_OK;
}

/* The grid -------------------------------------------------------------------------------------------------- */

/* X / Y, halves away from zero; Y is above 0. */
static int64_t divide(wide x, wide y)
{
	return (int64_t)(x < 0 ? -((-x + y / 2) / y) : (x + y / 2) / y);
}

/* V in steps of STEP, to the nearest. */
static int64_t steps_of(struct deid_fixed v, struct deid_decimal step)
{
	return divide((wide)v.num * step.den, (wide)powers[v.places] * step.num);
}

static bool is_on_grid(struct deid_fixed v, struct deid_decimal step)
{
	return (wide)v.num * step.den % ((wide)powers[v.places] * step.num) == 0;
}

/* X times Y into *OUT; false when it is too large or small to draw with. */
static bool times(struct deid_share x, struct deid_share y, struct deid_share *out)
{
	struct deid_share a, b;
	unsigned __int128 num, den;

	x = deid_share_reduced(x);
	y = deid_share_reduced(y);
	a = deid_share_reduced((struct deid_share){x.num, y.den});
	b = deid_share_reduced((struct deid_share){y.num, x.den});
	num = (unsigned __int128)a.num * b.num;
	den = (unsigned __int128)a.den * b.den;
	*out = (struct deid_share){(uint64_t)num, (uint64_t)den};
	return num > 0 && num <= DEID_DRAW_MOST && den <= DEID_DRAW_MOST;
}

/* Decides IT's step, range and scale; PLACES are those that the column has at most. */
static result make_grid(struct deid_noised *it, unsigned places, struct error *e)
{
	const struct deid_noise *n = &it->asked;
	struct deid_share size = {(uint64_t)n->size.num, (uint64_t)n->size.den}, steps;
	bool fine;

	if (n->epsilon)
		places = 0;
	if (n->has_range)
		places = n->low.places > places ? n->low.places : places;
	if (n->has_range)
		places = n->high.places > places ? n->high.places : places;
	it->step = n->has_step ? n->step : (struct deid_decimal){1, powers[places]};
	it->low = INT64_MIN;
	it->high = INT64_MAX;
	if (n->has_range) {
		if (!is_on_grid(n->low, it->step) || !is_on_grid(n->high, it->step))
			return error_set(e, CODE_MODEL_INVALID, "the ends of the range in \"%.*s\" are no multiples of its step", (int)n->text.n,
					 n->text.p);
		it->low = steps_of(n->low, it->step);
		it->high = steps_of(n->high, it->step);
	}
	steps = (struct deid_share){(uint64_t)it->step.den, (uint64_t)it->step.num};
	if (n->epsilon)
		fine = times((struct deid_share){(uint64_t)(it->high - it->low), 1}, (struct deid_share){size.den, size.num}, &it->scale);
	else
		fine = times(size, steps, &it->scale);
	if (fine)
		return RESULT_OK;
	return error_set(e, CODE_MODEL_INVALID,
			 "the noise \"%.*s\" is of more steps than can be drawn exactly (10^12), or has too many digits; take a larger step",
			 (int)n->text.n, n->text.p);
}

static int64_t within(const struct deid_noised *it, int64_t x)
{
	return x < it->low ? it->low : x > it->high ? it->high : x;
}

/* X steps as a number with the places of the step. */
static void write_steps(const struct deid_noised *it, int64_t x, struct buf *b)
{
	wide value = (wide)x * it->step.num;
	uint64_t whole, part;

	if (value < 0)
		buf_byte(b, '-');
	value = value < 0 ? -value : value;
	whole = (uint64_t)(value / it->step.den);
	part = (uint64_t)(value % it->step.den);
	buf_u64(b, whole);
	if (it->step.den == 1)
		return;
	buf_byte(b, '.');
	for (int64_t place = it->step.den / 10; place; place /= 10)
		buf_byte(b, (char)('0' + part / (uint64_t)place % 10));
}

/* Adding ---------------------------------------------------------------------------------------------------- */

/* One column while its noise is drawn. */
struct adding {
	struct deid_run *r;
	struct deid_noised *it;
	struct deid_column *column;
	struct deid_draw *draw;
	struct deid_fixed *value; /* by code */
	struct deid_dict written;
	struct buf text;
};

/* The number in DICT of X steps as text, or DEID_NONE without memory. */
static uint32_t number_of(struct adding *a, int64_t x, struct deid_dict *dict)
{
	buf_reset(&a->text);
	write_steps(a->it, x, &a->text);
	return buf_ok(&a->text) ? deid_dict_add(dict, buf_view(&a->text)) : DEID_NONE;
}

/* Counts one more record whose exact value, on the grid and within the range, is X. */
static bool count_exact(struct adding *a, int64_t x)
{
	struct deid_noised *it = a->it;
	uint32_t code = number_of(a, x, &it->exact);

	if (code == DEID_NONE)
		return false;
	it->exact_rows[code]++;
	return true;
}

/* Draws for a record whose value is V; gives its code in what is written. */
static uint32_t add_one(struct adding *a, struct deid_fixed v)
{
	struct deid_noised *it = a->it;
	int64_t on_grid = steps_of(v, it->step), exact = within(it, on_grid), x;
	double distance;

	if (!count_exact(a, exact))
		return DEID_NONE;
	x = within(it, exact + (it->asked.gaussian ? deid_draw_gaussian(a->draw, it->scale) : deid_draw_laplace(a->draw, it->scale)));
	distance = fabs((double)x * (double)it->step.num / (double)it->step.den - (double)v.num / (double)powers[v.places]);
	it->records++;
	it->clamped += exact != on_grid;
	it->changed += (wide)x * it->step.num * powers[v.places] != (wide)v.num * it->step.den;
	it->moved += distance;
	return number_of(a, x, &a->written);
}

static result add_rows(struct adding *a, struct error *e)
{
	const struct deid_table *t = &a->r->table;

	for (uint64_t row = 0; row < t->rows; row++) {
		uint32_t *code = &a->column->code[row];

		if (a->r->block_of[t->tuple_of[row]] == DEID_NONE) {
			*code = 0; /* it is not written */
		} else if (a->column->dict.value[*code].n == 0) {
			a->it->empty++;
			*code = deid_dict_add(&a->written, (struct str){"", 0});
		} else {
			*code = add_one(a, a->value[*code]);
		}
		if (*code == DEID_NONE)
			return no_memory(e);
	}
	return RESULT_OK;
}

static result add_column(struct adding *a, struct error *e)
{
	const struct deid_dict *dict = &a->column->dict;
	unsigned places = 0;
	result done = RESULT_FAIL;

	deid_dict_init(&a->written);
	buf_init(&a->text);
	a->it->column = a->column;
	a->value = arena_array(&a->r->arena, dict->n, sizeof *a->value);
	a->it->exact_rows = arena_array(&a->r->arena, dict->n, sizeof *a->it->exact_rows);
	if (!a->value || !a->it->exact_rows) {
		done = no_memory(e);
		goto out;
	}
	for (uint32_t i = 0; i < dict->n; i++)
		if (deid_fixed_parse(dict->value[i], &a->value[i]) && a->value[i].places > places)
			places = a->value[i].places;
	TRY_OUT(make_grid(a->it, places, e));
	TRY_OUT(add_rows(a, e));
	a->it->moved = a->it->records ? a->it->moved / (double)a->it->records : 0;
	deid_dict_free(&a->column->dict);
	a->column->dict = a->written;
	deid_dict_init(&a->written);
	done = RESULT_OK;
out:
	deid_dict_free(&a->written);
	buf_free(&a->text);
	return done;
}

result deid_noise_add(struct deid_run *r, struct error *e)
{
	struct deid_draw draw;
	result done = RESULT_OK;

	if (r->noises == 0)
		return RESULT_OK;
	deid_draw_init(&draw, *r->job->entropy);
	for (size_t i = 0; i < r->noises && ok(done); i++) {
		uint32_t at = deid_dict_find(&r->table.names, r->noised[i].asked.column);
		struct adding a = {.r = r, .it = &r->noised[i], .column = &r->table.column[at], .draw = &draw};

		done = add_column(&a, e);
	}
	deid_draw_end(&draw);
	return done;
}

const struct deid_noised *deid_noise_of(const struct deid_run *r, const struct deid_column *c)
{
	for (size_t i = 0; i < r->noises; i++)
		if (r->noised[i].column == c)
			return &r->noised[i];
	return NULL;
}

void deid_noise_free(struct deid_run *r)
{
	for (size_t i = 0; i < r->noises; i++)
		deid_dict_free(&r->noised[i].exact);
	r->noises = 0;
}
