#include "db/foreign_table.h"

#include "db/compose.h"
#include "db/foreign_engine.h"
#include "db/sql_texts.h"

static const struct str no_text = {NULL, 0};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a statement");
}

/* Pieces ---------------------------------------------------------------------------------------------------- */

/* The text of the value that COLUMN, a piece of SQL, has. */
static struct str value_of(const struct foreign *f, struct arena *a, struct str column)
{
	return compose(a, f->words->value, (struct compose_hole[]){{"column", column}, {NULL, no_text}});
}

/* The column number I of the query. */
static struct str column_of(struct arena *a, size_t i)
{
	return compose_number(a, "s.c", i);
}

/* BEFORE and the numbers from FIRST on, N of them, with commas. */
static struct str numbered(struct arena *a, const char *before, size_t first, size_t n)
{
	struct str *at = arena_array(a, n, sizeof *at);

	for (size_t i = 0; at && i < n; i++)
		at[i] = compose_number(a, before, first + i);
	return compose_list(a, at, n, ", ");
}

/* The texts of the N columns COLUMN. */
static struct str values_of(const struct foreign *f, struct arena *a, const size_t *column, size_t n, const char *around)
{
	struct str *at = arena_array(a, n, sizeof *at);

	for (size_t i = 0; at && i < n; i++) {
		at[i] = value_of(f, a, column_of(a, column[i]));
		if (around)
			at[i] = compose(a, around, (struct compose_hole[]){{"value", at[i]}, {NULL, no_text}});
	}
	return compose_list(a, at, n, ", ");
}

static struct str map_name(struct arena *a, size_t number)
{
	struct str name = compose_number(a, "sekisho map ", number);

	return name.p ? compose_name(a, name) : no_text;
}

static struct str kept_name(struct arena *a)
{
	return compose_name(a, STR("sekisho kept"));
}

/* Statements ------------------------------------------------------------------------------------------------ */

/* Prepares TEXT, a statement that was composed. */
static result prepare(struct foreign *f, struct str text, struct error *e)
{
	return text.p ? f->engine->prepare(f, text.p, false, e) : no_memory(e);
}

/* Prepares TEMPLATE, which has the query, with up to three holes MORE. */
static result prepare_query(struct foreign *f, struct arena *a, const char *template, const struct compose_hole *more,
			    struct error *e)
{
	struct compose_hole holes[6] = {{"names", numbered(a, "c", 0, f->query_columns)}, {"query", f->query}};

	for (size_t i = 0; i < 3 && more[i].name; i++)
		holes[2 + i] = more[i];
	return prepare(f, compose(a, template, holes), e);
}

/* Runs the statement at hand to its end; its first row's numbers go to OUT, N of them. */
static result run_numbers(struct foreign *f, uint64_t *out, size_t n, struct error *e)
{
	const struct str *row;
	bool more;

	TRY(foreign_next(f, &row, &more, e));
	for (size_t i = 0; i < n; i++)
		if (!more || !str_to_u64(row[i], INT64_MAX, &out[i]))
			return error_at(e, CODE_DATABASE, f->label, "the database counts in no way that is known");
	while (more)
		TRY(foreign_next(f, &row, &more, e));
	return RESULT_OK;
}

static result run(struct foreign *f, struct str text, struct error *e)
{
	TRY(prepare(f, text, e));
	return run_numbers(f, NULL, 0, e);
}

result foreign_count(struct foreign *f, const size_t *column, size_t n, struct error *e)
{
	struct arena a;
	result r;

	arena_init(&a, 0, false);
	r = prepare_query(f, &a, f->words->count,
			  (struct compose_hole[]){{"values", values_of(f, &a, column, n, NULL)},
						  {"places", numbered(&a, "", 1, n)},
						  {NULL, no_text}},
			  e);
	arena_free(&a);
	return r;
}

result foreign_absent(struct foreign *f, struct str name, struct error *e)
{
	bool taken = true;

	if (name.n == 0 || (f->words->longest_name && name.n > f->words->longest_name) || !str_utf8_valid(name))
		return error_at(e, CODE_USAGE, f->label, "no table can have the name that is given: it is empty, too long or no UTF-8");
	TRY(f->engine->ask(f, f->words->taken, name, &taken, e));
	if (taken)
		return error_at(e, CODE_CONFLICT, f->label, "there is a table \"%.*s\" already; it is neither replaced nor added to",
				(int)name.n, name.p);
	return RESULT_OK;
}

result foreign_begin_making(struct foreign *f, struct error *e)
{
	return run(f, str_of(f->words->end_reading), e);
}

/* Makes the temporary table NAME by the statement MAKE and gives it ROWS. */
static result make_table(struct foreign *f, struct arena *a, struct str make, struct str name, const struct foreign_rows *rows,
			 struct error *e)
{
	struct compose_hole holes[] = {{"table", name}, {"parameters", numbered(a, "$", 1, rows->columns)}, {NULL, no_text}};
	struct str load = compose(a, f->words->load, holes);

	TRY(run(f, make, e));
	if (!load.p)
		return no_memory(e);
	TRY(f->engine->load(f, load.p, rows, e));
	return run(f, compose(a, f->words->ready, holes), e);
}

/* N columns of words of an engine's own kind, named BEFORE and a number, each behind a comma unless BARE. */
static struct str words(const struct foreign *f, struct arena *a, const char *before, size_t n, bool bare)
{
	struct str *at = arena_array(a, n + 1, sizeof *at);

	if (!at)
		return no_text;
	at[0] = STR("");
	for (size_t i = 0; i < n; i++)
		at[i + 1] = compose(a, f->words->word,
				    (struct compose_hole[]){{"name", compose_number(a, before, i)}, {NULL, no_text}});
	return bare ? compose_list(a, at + 1, n, ", ") : compose_list(a, at, n + 1, ", ");
}

result foreign_map(struct foreign *f, size_t number, struct foreign_rows rows, struct error *e)
{
	struct arena a;
	struct str name, *label, make = no_text;
	size_t n = rows.columns - 2;
	result r;

	arena_init(&a, 0, false);
	name = map_name(&a, number);
	label = arena_array(&a, n + 1, sizeof *label);
	if (label) {
		label[0] = STR("");
		for (size_t i = 0; i < n; i++)
			label[i + 1] = compose(&a, sql_compose_label,
					       (struct compose_hole[]){{"name", compose_number(&a, "l", i)}, {NULL, no_text}});
		make = compose(&a, f->words->make_map,
			       (struct compose_hole[]){{"table", name}, {"labels", compose_list(&a, label, n + 1, ", ")}, {NULL, no_text}});
	}
	r = make_table(f, &a, make, name, &rows, e);
	arena_free(&a);
	return r;
}

result foreign_kept(struct foreign *f, size_t key, struct foreign_rows rows, struct error *e)
{
	struct arena a;
	struct str name, make;
	result r;

	arena_init(&a, 0, false);
	name = kept_name(&a);
	make = compose(&a, f->words->make_kept,
		       (struct compose_hole[]){{"table", name},
					       {"words", words(f, &a, "w", key, true)},
					       {"levels", words(f, &a, "g", rows.columns - key, false)},
					       {"keys", numbered(&a, "w", 0, key)},
					       {NULL, no_text}});
	r = make_table(f, &a, make, name, &rows, e);
	arena_free(&a);
	return r;
}

/* Publishing ------------------------------------------------------------------------------------------------ */

/* The label number I of the map M. */
static struct str label_of(struct arena *a, size_t map, size_t i)
{
	struct str parts[] = {compose_number(a, "m", map), compose_number(a, "l", i)};

	return compose_list(a, parts, 2, ".");
}

/* What the column C of the new table is made of. */
static struct str source_of(struct arena *a, const struct foreign_column *c)
{
	struct str *cases;

	if (!c->mapped)
		return column_of(a, c->from);
	if (c->labels == 1)
		return label_of(a, c->map, 0);
	cases = arena_array(a, c->labels, sizeof *cases);
	for (size_t i = 0; cases && i < c->labels; i++)
		cases[i] = compose(a, sql_compose_publish_case,
				   (struct compose_hole[]){{"number", compose_number(a, "", c->levels[i])},
							   {"label", label_of(a, c->map, i)},
							   {NULL, no_text}});
	return compose(a, sql_compose_publish_level,
		       (struct compose_hole[]){{"level", compose_number(a, "k.g", c->map)},
					       {"labels", compose_list(a, cases, c->labels, " ")},
					       {NULL, no_text}});
}

static struct str columns_of(struct arena *a, const struct foreign_layout *columns)
{
	struct str *at = arena_array(a, columns->n, sizeof *at);

	for (size_t i = 0; at && i < columns->n; i++)
		at[i] = compose(a, sql_compose_publish_column,
				(struct compose_hole[]){{"value", source_of(a, &columns->at[i])},
							{"name", compose_name(a, columns->at[i].name)},
							{NULL, no_text}});
	return compose_list(a, at, columns->n, ", ");
}

static struct str joins_of(const struct foreign *f, struct arena *a, const struct foreign_layout *columns)
{
	struct str *at = arena_array(a, columns->n, sizeof *at);
	size_t n = 0;

	for (size_t i = 0; at && i < columns->n; i++) {
		const struct foreign_column *c = &columns->at[i];

		if (c->mapped)
			at[n++] = compose(a, sql_compose_publish_join,
					  (struct compose_hole[]){{"join", str_of(f->words->join)},
								  {"map", map_name(a, c->map)},
								  {"alias", compose_number(a, "m", c->map)},
								  {"value", value_of(f, a, column_of(a, c->from))},
								  {NULL, no_text}});
	}
	return compose_list(a, at, n, "\n");
}

/* That each word of the key is the sum of its parts. */
static struct str keys_of(struct arena *a, const struct foreign_layout *columns)
{
	struct str *word = arena_array(a, columns->words, sizeof *word);
	struct str *part = arena_array(a, columns->n, sizeof *part);

	for (size_t w = 0; word && part && w < columns->words; w++) {
		struct str sides[2] = {compose_number(a, "k.w", w), no_text};
		size_t n = 0;

		for (size_t i = 0; i < columns->n; i++) {
			const struct foreign_column *c = &columns->at[i];

			if (!c->mapped || c->word != w)
				continue;
			part[n] = compose_number(a, "m", c->map);
			part[n] = compose_list(a, (struct str[]){part[n], STR("part")}, 2, ".");
			n++;
		}
		sides[1] = compose_list(a, part, n, " + ");
		word[w] = compose_list(a, sides, 2, " = ");
	}
	return part ? compose_list(a, word, columns->words, " AND ") : no_text;
}

result foreign_publish(struct foreign *f, struct str name, const struct foreign_layout *columns, struct error *e)
{
	struct arena a;
	struct compose_hole holes[8];
	result r;

	arena_init(&a, 0, false);
	holes[0] = (struct compose_hole){"table", compose_name(&a, name)};
	holes[1] = (struct compose_hole){"names", numbered(&a, "c", 0, f->query_columns)};
	holes[2] = (struct compose_hole){"query", f->query};
	holes[3] = (struct compose_hole){"columns", columns_of(&a, columns)};
	holes[4] = (struct compose_hole){"joins", joins_of(f, &a, columns)};
	holes[5] = (struct compose_hole){"join", str_of(f->words->join)};
	holes[6] = (struct compose_hole){"keys", keys_of(&a, columns)};
	holes[7] = (struct compose_hole){NULL, no_text};
	r = run(f, compose(&a, sql_compose_publish, holes), e);
	arena_free(&a);
	return r;
}

/* The column NAME of the new table. */
static struct str written_column(struct arena *a, struct str name)
{
	struct str parts[] = {STR("s"), compose_name(a, name)};

	return compose_list(a, parts, 2, ".");
}

result foreign_count_written(struct foreign *f, struct str name, const struct str *column, size_t n, struct error *e)
{
	struct arena a;
	struct str *at;
	result r;

	arena_init(&a, 0, false);
	at = arena_array(&a, n, sizeof *at);
	for (size_t i = 0; at && i < n; i++)
		at[i] = value_of(f, &a, written_column(&a, column[i]));
	r = prepare(f,
		    compose(&a, f->words->count_written,
			    (struct compose_hole[]){{"table", compose_name(&a, name)},
						    {"values", compose_list(&a, at, n, ", ")},
						    {"places", numbered(&a, "", 1, n)},
						    {NULL, no_text}}),
		    e);
	arena_free(&a);
	return r;
}

/* Comparing columns ----------------------------------------------------------------------------------------- */

result foreign_distinct(struct foreign *f, const size_t *column, size_t n, uint64_t *out, struct error *e)
{
	struct arena a;
	result r;

	arena_init(&a, 0, false);
	r = prepare_query(f, &a, sql_compose_distinct,
			  (struct compose_hole[]){{"values", values_of(f, &a, column, n, sql_compose_distinct_value)}, {NULL, no_text}}, e);
	if (ok(r))
		r = run_numbers(f, out, n, e);
	arena_free(&a);
	return r;
}

result foreign_pairs(struct foreign *f, size_t a, size_t b, uint64_t *out, struct error *e)
{
	const size_t both[] = {a, b};
	struct arena arena;
	result r;

	arena_init(&arena, 0, false);
	r = prepare_query(f, &arena, sql_compose_pairs,
			  (struct compose_hole[]){{"values", values_of(f, &arena, both, 2, NULL)}, {NULL, no_text}}, e);
	if (ok(r))
		r = run_numbers(f, out, 1, e);
	arena_free(&arena);
	return r;
}

result foreign_shared(struct foreign *f, size_t key, size_t other, const size_t *listed, uint64_t *out, struct error *e)
{
	struct arena a;
	struct str others;
	result r;

	arena_init(&a, 0, false);
	if (listed)
		others = compose(&a, sql_compose_shared_listed,
				 (struct compose_hole[]){{"table", map_name(&a, *listed)}, {NULL, no_text}});
	else
		others = compose(&a, sql_compose_shared_values,
				 (struct compose_hole[]){{"value", value_of(f, &a, column_of(&a, other))}, {NULL, no_text}});
	r = prepare_query(f, &a, sql_compose_shared,
			  (struct compose_hole[]){{"others", others}, {"value", value_of(f, &a, column_of(&a, key))}, {NULL, no_text}}, e);
	if (ok(r))
		r = run_numbers(f, out, 1, e);
	arena_free(&a);
	return r;
}

result foreign_commit(struct foreign *f, struct error *e)
{
	return f->engine->commit(f, e);
}
