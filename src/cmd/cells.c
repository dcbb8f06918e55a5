#include "cmd/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

static const struct {
	const char *name;
	enum column_use use;
} special[] = {
	{"acquired_at", COLUMN_ACQUIRED_AT},
	{"shown_at", COLUMN_SHOWN_AT},
	{"notice_version", COLUMN_NOTICE_VERSION},
	{"notice_language", COLUMN_NOTICE_LANGUAGE},
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a row");
}

void cells_init(struct cells *x, const struct rows_config *c)
{
	*x = (struct cells){.c = c};
	arena_init(&x->arena, 0, false);
}

void cells_free(struct cells *x)
{
	arena_free(&x->arena);
}

/* The map -------------------------------------------------------------------------------------------------- */

result cells_map(struct cells *x, struct error *e)
{
	struct str rest = str_of(x->c->map);
	size_t most = 1;

	for (size_t i = 0; i < rest.n; i++)
		most += rest.p[i] == ',';
	x->from = arena_array(&x->arena, most, sizeof *x->from);
	x->to = arena_array(&x->arena, most, sizeof *x->to);
	if (!x->from || !x->to)
		return no_memory(e);
	while (rest.n) {
		size_t comma = str_find(rest, ',');
		struct str part = str_sub(rest, 0, comma);
		size_t sign = str_find(part, '=');

		if (sign == 0 || sign == part.n)
			return error_set(e, CODE_USAGE, "--map is column=item, more of them behind commas");
		x->from[x->n_map] = str_sub(part, 0, sign);
		x->to[x->n_map++] = str_sub(part, sign + 1, part.n);
		rest = str_sub(rest, comma + 1, rest.n);
	}
	return RESULT_OK;
}

/* What the column NAME is called by the map. */
static struct str mapped(const struct cells *x, struct str name)
{
	for (size_t i = 0; i < x->n_map; i++)
		if (str_eq(x->from[i], name))
			return x->to[i];
	return name;
}

/* Columns --------------------------------------------------------------------------------------------------- */

static enum cell_kind kind_of(const json_t *item)
{
	const char *type = json_string_value(json_object_get(item, "type"));
	const char *of = json_string_value(json_object_get(item, "list_of"));
	bool list = type && strcmp(type, "list") == 0;
	bool several = list || json_is_true(json_object_get(item, "many"));
	bool number = list ? of && strcmp(of, "number") == 0 : type && strcmp(type, "number") == 0;

	if (several)
		return number ? CELL_NUMBERS : CELL_TEXTS;
	if (number)
		return CELL_NUMBER;
	return type && strcmp(type, "file") == 0 ? CELL_FILE : CELL_TEXT;
}

/* Finds what NAME is for; false when it is nothing of ours. */
static bool column_find(const struct cells *x, struct str name, struct column *out)
{
	struct str as = mapped(x, name);
	const json_t *item;
	size_t i;

	*out = (struct column){.name = name, .use = COLUMN_NOTHING};
	if (!as.n)
		return true;
	for (i = 0; i < sizeof special / sizeof *special; i++)
		if (str_is(as, special[i].name)) {
			out->use = special[i].use;
			return true;
		}
	json_array_foreach(x->c->items, i, item) {
		const char *id = json_string_value(json_object_get(item, "id"));

		if (id && str_is(as, id)) {
			out->use = COLUMN_ITEM;
			out->item = id;
			out->kind = kind_of(item);
			return true;
		}
	}
	return false;
}

result cells_column(struct cells *x, struct str name, struct error *e)
{
	struct column c;
	struct column *list = x->columns;

	if (!column_find(x, name, &c))
		return error_at(e, CODE_COLUMN_UNKNOWN, x->c->path,
				"column %zu, \"%.*s\", is no item of the category; --map \"%.*s=item\" names one, and nothing behind the sign passes it over",
				x->n + 1, (int)(name.n < 60 ? name.n : 60), name.p, (int)(name.n < 60 ? name.n : 60), name.p);
	if (x->n == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 32;
		list = arena_array(&x->arena, x->cap, sizeof *list);
		if (!list)
			return no_memory(e);
		if (x->n)
			memcpy(list, x->columns, x->n * sizeof *list);
		x->columns = list;
	}
	c.name = str_copy(&x->arena, name);
	if (!c.name.p)
		return no_memory(e);
	list[x->n++] = c;
	return RESULT_OK;
}

static bool same_use(const struct column *a, const struct column *b)
{
	return a->use == b->use && a->use != COLUMN_NOTHING && (a->use != COLUMN_ITEM || strcmp(a->item, b->item) == 0);
}

result cells_complete(struct cells *x, struct error *e)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; j < i; j++)
			if (same_use(&x->columns[i], &x->columns[j]))
				return error_at(e, CODE_COLUMN_UNKNOWN, x->c->path, "columns %zu and %zu are the same item", j + 1, i + 1);
	for (size_t m = 0; m < x->n_map; m++) {
		bool there = false;

		for (size_t i = 0; i < x->n; i++)
			there = there || str_eq(x->columns[i].name, x->from[m]);
		if (!there)
			return error_at(e, CODE_COLUMN_UNKNOWN, x->c->path, "--map names the column \"%.*s\", which is not there",
					(int)(x->from[m].n < 60 ? x->from[m].n : 60), x->from[m].p);
	}
	return RESULT_OK;
}

struct str cells_column_of(const struct cells *x, struct str id)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->columns[i].use == COLUMN_ITEM && str_is(id, x->columns[i].item))
			return x->columns[i].name;
	for (size_t m = 0; m < x->n_map; m++)
		if (str_eq(x->to[m], id))
			return x->from[m];
	return id;
}

/* Cells ---------------------------------------------------------------------------------------------------- */

static json_t *text_value(struct str s)
{
	return json_stringn_nocheck(s.p, s.n); /* the decoder gives nothing but UTF-8 */
}

static json_t *number_value(struct str s)
{
	json_t *v = json_loadb(s.p, s.n, JSON_DECODE_ANY, NULL);

	if (json_is_number(v))
		return v;
	json_decref(v);
	return text_value(s);
}

static json_t *list_value(struct str s, bool numbers)
{
	json_t *list;

	if (s.n && s.p[0] == '[') {
		list = json_loadb(s.p, s.n, 0, NULL);
		return list ? list : text_value(s);
	}
	list = json_array();
	while (s.n) {
		size_t end = str_find(s, ';');
		struct str part = str_trim(str_sub(s, 0, end));

		if (part.n && json_array_append_new(list, numbers ? number_value(part) : text_value(part)) != 0) {
			json_decref(list);
			return NULL;
		}
		s = str_sub(s, end + 1, s.n);
	}
	return list;
}

static json_t *cell_value(enum cell_kind kind, struct str s)
{
	json_t *v = NULL;

	switch (kind) {
	case CELL_NUMBER:
		return number_value(str_trim(s));
	case CELL_TEXTS:
	case CELL_NUMBERS:
		return list_value(str_trim(s), kind == CELL_NUMBERS);
	case CELL_FILE:
		if (s.n && s.p[0] == '{')
			v = json_loadb(s.p, s.n, 0, NULL);
		return v ? v : text_value(s);
	default:
		return text_value(s);
	}
}

/* What a row has beside its items: its own, else what all have. */
struct beside {
	struct str acquired_at, shown_at, version, language;
	char digits[24]; /* of a version that came as a number */
};

static struct beside beside_common(const struct cells *x)
{
	const struct rows_common *c = &x->c->common;

	return (struct beside){.acquired_at = str_of(c->acquired_at), .shown_at = str_of(c->shown_at),
			       .version = str_of(c->notice_version), .language = str_of(c->notice_language)};
}

static void beside_put(struct beside *b, enum column_use use, struct str s)
{
	if (!s.n)
		return;
	if (use == COLUMN_ACQUIRED_AT)
		b->acquired_at = s;
	else if (use == COLUMN_SHOWN_AT)
		b->shown_at = s;
	else if (use == COLUMN_NOTICE_VERSION)
		b->version = s;
	else
		b->language = s;
}

static bool put_text(json_t *object, const char *key, struct str s)
{
	return !s.n || json_object_set_new_nocheck(object, key, text_value(s)) == 0;
}

/* The row of ITEMS (taken over) and B; NULL without memory. */
static json_t *row_value(const struct cells *x, json_t *items, const struct beside *b)
{
	json_t *row = json_object();
	json_t *notice = NULL;
	bool fine = json_object_set_new_nocheck(row, "items", items) == 0 && put_text(row, "at", b->acquired_at);

	if (b->shown_at.n || b->version.n) {
		notice = json_object();
		fine = fine && put_text(notice, "id", str_of(x->c->common.notice)) && put_text(notice, "shown_at", b->shown_at) &&
		       put_text(notice, "language", b->language) &&
		       json_object_set_new_nocheck(notice, "version", number_value(b->version)) == 0 &&
		       json_object_set_new_nocheck(row, "notice", notice) == 0;
	}
	if (fine)
		return row;
	json_decref(row);
	return NULL;
}

result cells_row(const struct cells *x, const struct str *field, json_t **value, struct error *e)
{
	struct beside beside = beside_common(x);
	json_t *items = json_object();

	for (size_t i = 0; i < x->n; i++) {
		const struct column *c = &x->columns[i];

		if (c->use == COLUMN_NOTHING || !field[i].n)
			continue;
		if (c->use != COLUMN_ITEM)
			beside_put(&beside, c->use, str_trim(field[i]));
		else if (json_object_set_new_nocheck(items, c->item, cell_value(c->kind, field[i])) != 0) {
			json_decref(items);
			return no_memory(e);
		}
	}
	*value = row_value(x, items, &beside);
	return *value ? RESULT_OK : no_memory(e);
}

/* Takes MEMBER of an object, named KEY, into ITEMS or B; false without memory. */
static bool take_member(const struct cells *x, const char *key, json_t *member, json_t *items, struct beside *b, struct error *bad)
{
	struct column c;

	if (!column_find(x, str_of(key), &c)) {
		/* the name is not repeated: anything may stand there */
		(void)error_set(bad, CODE_ITEM_UNKNOWN, "%s", code_meaning(CODE_ITEM_UNKNOWN)); /* ignored: only sets */
		return true;
	}
	if (c.use == COLUMN_NOTHING || json_is_null(member))
		return true;
	if (c.use == COLUMN_ITEM)
		return json_object_set_nocheck(items, c.item, member) == 0;
	if (json_is_string(member)) {
		beside_put(b, c.use, (struct str){json_string_value(member), json_string_length(member)});
	} else if (json_is_integer(member) && c.use == COLUMN_NOTICE_VERSION) {
		int n = snprintf(b->digits, sizeof b->digits, "%" JSON_INTEGER_FORMAT, json_integer_value(member));

		beside_put(b, c.use, (struct str){b->digits, n > 0 ? (size_t)n : 0});
	} else {
		(void)error_set(bad, CODE_MALFORMED, "%.40s is text", key); /* ignored: only sets */
	}
	return true;
}

result cells_object(const struct cells *x, struct str line, json_t **value, struct error *bad, struct error *e)
{
	json_t *in = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL), *items, *member;
	struct beside beside = beside_common(x);
	const char *key;
	bool fine;

	*value = NULL;
	if (!json_is_object(in)) {
		json_decref(in);
		(void)error_set(bad, CODE_MALFORMED, "the line is no JSON object, or a key comes twice"); /* ignored: only sets */
		return RESULT_OK;
	}
	items = json_object();
	fine = items != NULL;
	json_object_foreach(in, key, member)
		fine = fine && take_member(x, key, member, items, &beside, bad);
	if (fine && bad->code == CODE_NONE) {
		*value = row_value(x, items, &beside);
		fine = *value != NULL;
	} else {
		json_decref(items);
	}
	json_decref(in);
	return fine ? RESULT_OK : no_memory(e);
}

void cell_write(struct buf *b, const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		csv_write(b, (struct str){json_string_value(value), json_string_length(value)}, ',');
	} else if (value && !json_is_null(value)) {
		text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		if (text)
			csv_write(b, str_of(text), ',');
		else
			b->failed = true;
		free(text);
	}
}
