#include "deid/pseudonym.h"

#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/date.h"
#include "deid/detect.h"

enum role {
	UNDECLARED,
	TOKEN,
	FORMAT,
	DATE,
	KEEP,
	REMOVE,
};

enum { PIECE = 1 << 18 };

struct column {
	struct str name;
	enum role role;
	struct deid_removed_column *removed; /* of a column of tokens */
	struct deid_format format;
	uint64_t emptied[DEID_FINDINGS];
};

struct work {
	const struct deid_pseudonymize *j;
	struct deid_pseudonymized *p;
	struct csv_reader *csv;
	struct outfile *f;
	struct arena arena;
	struct buf value; /* one that keeps its format */
	struct deid_dict names; /* of the columns, by their place */
	struct column *column;
	size_t columns;
	size_t person; /* its column; SIZE_MAX when there is none */
};

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table");
}

/* Fails when FIELD, the row's number I, has a NUL byte: no text has, but text in UTF-16 has many. */
static result refuse_nul(const struct work *w, size_t i, struct str field, struct error *e)
{
	if (field.n == 0 || !memchr(field.p, '\0', field.n))
		return RESULT_OK;
	return csv_fail(w->csv, i, e, CODE_MALFORMED, "a NUL byte is in this field; a file in UTF-16 has to be saved as UTF-8");
}

/* True when NAME is that of a column of secrets that give access to property (Rule 31(iii)). */
static bool names_credentials(struct str name)
{
	static const char *const words[] = {"password", "passwd", "passcode", "cvv", "cvc", "security_code", "pin_code",
					    "パスワード", "暗証番号", "セキュリティコード"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t n = strlen(words[i]);

		for (size_t at = 0; at + n <= name.n; at++)
			if (strncasecmp(name.p + at, words[i], n) == 0)
				return true;
	}
	return false;
}

/* What stays of a column of credentials, or keeps their form, can be tried out. */
static result refuse_credentials(const struct work *w, const struct column *c, struct error *e)
{
	if (!names_credentials(c->name))
		return RESULT_OK;
	return error_at(e, CODE_ITEM_INVALID, w->j->input,
			"column \"%.*s\" by its name holds credentials, which have to be removed (Rule 31(iii)); declare it with --remove",
			(int)c->name.n, c->name.p);
}

/* The column NAME into *C, which becomes one of ROLE. */
static result declare(struct work *w, struct str name, enum role role, struct column **c, struct error *e)
{
	uint32_t at = deid_dict_find(&w->names, name);

	*c = NULL;
	if (at == DEID_NONE)
		return error_at(e, CODE_COLUMN_UNKNOWN, w->j->input, "the header has no column \"%.*s\"", (int)name.n, name.p);
	*c = &w->column[at];
	if ((*c)->role != UNDECLARED)
		return error_at(e, CODE_USAGE, w->j->input, "column \"%.*s\" is declared twice", (int)name.n, name.p);
	(*c)->role = role;
	return RESULT_OK;
}

static result declare_all(struct work *w, const struct deid_pseudonym_names *names, enum role role, struct error *e)
{
	for (size_t i = 0; i < names->n; i++) {
		struct column *c;

		TRY(declare(w, names->at[i], role, &c, e));
		if (role == KEEP)
			TRY(refuse_credentials(w, c, e));
	}
	return RESULT_OK;
}

/* What C, declared with the format KIND, has in the removed information. */
static result find_removed(struct work *w, struct column *c, enum deid_format_kind kind, struct error *e)
{
	c->removed = deid_removed_column(w->j->removed, c->name, kind);
	if (!c->removed)
		return no_memory(e);
	if (c->removed->format != kind)
		return error_at(e, CODE_USAGE, w->j->input, "column \"%.*s\" became %s%s before, and has to again", (int)c->name.n,
				c->name.p, c->removed->format ? "others of the format " : "tokens",
				c->removed->format ? deid_format_name(c->removed->format) : "");
	return RESULT_OK;
}

static result declare_removed(struct work *w, struct error *e)
{
	const struct deid_pseudonymize *j = w->j;
	struct column *c;

	for (size_t i = 0; i < j->tokens.n; i++) {
		TRY(declare(w, j->tokens.at[i], TOKEN, &c, e));
		TRY(find_removed(w, c, DEID_FORMAT_NONE, e));
	}
	for (size_t i = 0; i < j->formats.n; i++) {
		CRYPTO_WIPED key;

		TRY(declare(w, j->formats.at[i], FORMAT, &c, e));
		TRY(refuse_credentials(w, c, e));
		TRY(find_removed(w, c, j->kinds[i], e));
		deid_removed_format_key(j->removed, c->name, &key);
		TRY(deid_format_make(&c->format, j->kinds[i], c->name, &key, e));
	}
	return RESULT_OK;
}

static result take_names(struct work *w, const struct csv_row *row, struct error *e)
{
	if (row->fault != CSV_FINE)
		return csv_refuse(w->csv, row, e);
	w->column = arena_array(&w->arena, row->count, sizeof *w->column);
	if (!w->column)
		return no_memory(e);
	for (size_t i = 0; i < row->count; i++) {
		uint32_t at;

		TRY(refuse_nul(w, i, row->field[i], e));
		at = deid_dict_add(&w->names, row->field[i]);
		if (at == DEID_NONE)
			return no_memory(e);
		if (at != i)
			return csv_fail(w->csv, i, e, CODE_MALFORMED, "two columns have this name; each needs its own");
		w->column[i].name = w->names.value[at];
		w->columns = i + 1;
	}
	return RESULT_OK;
}

static result take_header(struct work *w, const struct csv_row *row, struct error *e)
{
	uint32_t person;

	TRY(take_names(w, row, e));
	TRY(declare_removed(w, e));
	TRY(declare_all(w, &w->j->dates, DATE, e));
	TRY(declare_all(w, &w->j->keep, KEEP, e));
	TRY(declare_all(w, &w->j->left_out, REMOVE, e));
	for (size_t i = 0; i < w->columns; i++)
		if (w->column[i].role == UNDECLARED)
			return csv_fail(w->csv, i, e, CODE_COLUMN_UNKNOWN,
					"this column is not declared; each becomes tokens, keeps its format, has its dates moved, is kept or "
					"is removed");
	person = deid_dict_find(&w->names, w->j->person);
	if (w->j->person.n && person == DEID_NONE)
		return error_at(e, CODE_COLUMN_UNKNOWN, w->j->input, "the header has no column \"%.*s\", which tells whose row it is",
				(int)w->j->person.n, w->j->person.p);
	if (w->j->dates.n && w->j->person.n == 0)
		return error_at(e, CODE_COLUMN_UNKNOWN, w->j->input,
				"dates move by person, and no column tells whose row it is; give --person");
	w->person = w->j->person.n ? person : SIZE_MAX;
	return RESULT_OK;
}

static void write_header(struct work *w)
{
	struct buf *b = outfile_buf(w->f);
	bool first = true;

	for (size_t i = 0; i < w->columns; i++) {
		if (w->column[i].role == REMOVE)
			continue;
		if (!first)
			buf_byte(b, w->j->separator);
		csv_write(b, w->column[i].name, w->j->separator);
		first = false;
	}
	buf_byte(b, '\n');
}

static result write_token(struct work *w, struct column *c, struct str value, struct error *e)
{
	uint32_t before = c->removed->values.n;

	if (value.n == 0)
		return RESULT_OK; /* nobody, and so no token */
	TRY(deid_removed_token(w->j->removed, c->removed, value, w->j->entropy, outfile_buf(w->f), e));
	w->p->new_tokens += c->removed->values.n - before;
	return RESULT_OK;
}

static result write_formatted(struct work *w, const struct csv_row *row, size_t i, struct error *e)
{
	struct error why = {0};

	if (row->field[i].n == 0)
		return RESULT_OK;
	buf_reset(&w->value);
	if (!ok(deid_format_apply(&w->column[i].format, row->field[i], &w->value, &why)))
		return csv_fail(w->csv, i, e, why.code, "%s", why.message);
	csv_write(outfile_buf(w->f), buf_view(&w->value), w->j->separator);
	return RESULT_OK;
}

/* How many of the N characters at S, at most, are digits and separated by SEPARATOR in pairs, such as 10:30. */
static size_t pairs(struct str s, char separator, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t digits = at + (i > 0);

		if ((i > 0 && (at >= s.n || s.p[at] != separator)) || digits + 2 > s.n || s.p[digits] < '0' || s.p[digits] > '9' ||
		    s.p[digits + 1] < '0' || s.p[digits + 1] > '9')
			break;
		at = digits + 2;
	}
	return at;
}

/* A time of day behind a day, with a zone or without: " 10:30", "T10:30:00.123+09:00", "T10:30Z". */
static bool is_time(struct str s)
{
	size_t at;

	if (s.n == 0)
		return true;
	if (s.p[0] != ' ' && s.p[0] != 'T')
		return false;
	s = str_sub(s, 1, s.n);
	at = pairs(s, ':', 3);
	if (at < 5)
		return false;
	s = str_sub(s, at, s.n);
	if (at == 8 && s.n > 1 && s.p[0] == '.') {
		for (at = 1; at < s.n && at < 10 && s.p[at] >= '0' && s.p[at] <= '9';)
			at++;
		s = str_sub(s, at, s.n);
	}
	return s.n == 0 || str_is(s, "Z") || ((s.p[0] == '+' || s.p[0] == '-') && s.n == 6 && pairs(str_sub(s, 1, s.n), ':', 2) == 5);
}

static result write_date(struct work *w, const struct csv_row *row, size_t i, struct error *e)
{
	struct str value = row->field[i];
	char day[10];
	date d;

	if (value.n == 0)
		return RESULT_OK;
	memcpy(day, value.p, value.n < sizeof day ? value.n : sizeof day);
	if (value.n >= sizeof day && day[4] == '/' && day[7] == '/')
		day[4] = day[7] = '-';
	if (value.n < sizeof day || !date_parse((struct str){day, sizeof day}, &d) || !is_time(str_sub(value, sizeof day, value.n)))
		return csv_fail(w->csv, i, e, CODE_ITEM_INVALID, "this is no day such as 2024-05-31, with a time of day or without");
	buf_reset(&w->value);
	date_write(&w->value, d + deid_removed_days(w->j->removed, row->field[w->person]));
	buf_str(&w->value, str_sub(value, sizeof day, value.n)); /* the time of day stays */
	csv_write(outfile_buf(w->f), buf_view(&w->value), w->j->separator);
	return RESULT_OK;
}

static void write_kept(struct work *w, struct column *c, struct str value)
{
	uint32_t found = deid_detect_field(c->name, value);

	if (!found) {
		csv_write(outfile_buf(w->f), value, w->j->separator);
		return;
	}
	w->p->emptied++;
	for (int k = 0; k < DEID_FINDINGS; k++)
		c->emptied[k] += found >> k & 1;
}

static result write_row(struct work *w, const struct csv_row *row, struct error *e)
{
	bool first = true;

	if (row->fault != CSV_FINE)
		return csv_refuse(w->csv, row, e);
	for (size_t i = 0; i < w->columns; i++) {
		struct column *c = &w->column[i];

		if (c->role == REMOVE)
			continue;
		TRY(refuse_nul(w, i, row->field[i], e));
		if (!first)
			buf_byte(outfile_buf(w->f), w->j->separator);
		first = false;
		if (c->role == TOKEN)
			TRY(write_token(w, c, row->field[i], e));
		else if (c->role == FORMAT)
			TRY(write_formatted(w, row, i, e));
		else if (c->role == DATE)
			TRY(write_date(w, row, i, e));
		else
			write_kept(w, c, row->field[i]);
	}
	buf_byte(outfile_buf(w->f), '\n');
	w->p->rows++;
	return outfile_flush(w->f, PIECE, e);
}

static json_t *emptied_view(const struct work *w)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->columns; i++)
		for (int k = 0; k < DEID_FINDINGS; k++)
			if (w->column[i].emptied[k] &&
			    json_array_append_new(list, json_pack("{s:s%, s:s, s:I}", "column", w->column[i].name.p, w->column[i].name.n,
								  "found", deid_finding_name((enum deid_finding)k), "cells",
								  (json_int_t)w->column[i].emptied[k])) != 0) {
				json_decref(list);
				return NULL;
			}
	return list;
}

static json_t *check(const char *id, const char *law, const char *detail)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "id", id, "law", law, "result", "passed", "detail", detail);
}

/* The columns whose format is kept, each with its format. */
static json_t *formats_view(const struct work *w)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->j->formats.n; i++)
		if (json_array_append_new(list, json_pack("{s:s%, s:s}", "column", w->j->formats.at[i].p, w->j->formats.at[i].n, "format",
							  deid_format_name(w->j->kinds[i]))) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *checks_view(void)
{
	return json_pack(
		"[o, o, o, o]",
		check("identifying_descriptions", "APPI 41(1), Rule 31(i)",
		      "Declared columns became tokens or others of the same form, or are left out; cells of kept columns that held an "
		      "identifier are empty."),
		check("identification_codes", "APPI 41(1), Rule 31(ii)",
		      "No cell that is kept, or kept in its format, has the form of an individual identification code."),
		check("property_damage", "APPI 41(1), Rule 31(iii)",
		      "No cell that is kept, or kept in its format, has the form of a payment card number; none of these columns is of "
		      "credentials by its name."),
		check("no_regularity", "APPI 41(1), Rule 31(i)",
		      "Tokens are random or made with a secret key, formats are kept by encryption with one; none is computed from the value "
		      "alone."));
}

static result make_view(struct work *w, struct error *e)
{
	w->p->view = json_pack("{s:I, s:I, s:I, s:I, s:s, s:o, s:o, s:o}", "records", (json_int_t)w->p->rows, "tokens",
			       (json_int_t)w->p->tokens, "new_tokens", (json_int_t)w->p->new_tokens, "emptied_cells",
			       (json_int_t)w->p->emptied, "method", w->j->removed->keyed ? "keyed tokens" : "random tokens", "formats",
			       formats_view(w), "emptied", emptied_view(w), "checks", checks_view());
	return w->p->view ? RESULT_OK : no_memory(e);
}

static result run(struct work *w, struct error *e)
{
	struct csv_row row;
	bool more;

	TRY(csv_next(w->csv, &row, &more, e));
	if (!more)
		return error_at(e, CODE_MALFORMED, w->j->input, "the input is empty; its first line names the columns");
	TRY(take_header(w, &row, e));
	write_header(w);
	for (;;) {
		if (w->j->stop && *w->j->stop)
			return error_at(e, CODE_STOPPING, w->j->input, "interrupted; nothing was written");
		TRY(csv_next(w->csv, &row, &more, e));
		if (!more)
			break;
		TRY(write_row(w, &row, e));
	}
	TRY(outfile_flush(w->f, 0, e));
	for (const struct deid_removed_column *c = w->j->removed->column; c; c = c->next)
		w->p->tokens += c->values.n;
	return make_view(w, e);
}

result deid_pseudonymize(const struct deid_pseudonymize *j, struct source source, struct outfile *f,
			 struct deid_pseudonymized *p, struct error *e)
{
	struct csv_options o = {.separator = j->separator, .name = j->input};
	struct work w = {.j = j, .p = p, .f = f};
	result r;

	*p = (struct deid_pseudonymized){.rows = 0};
	TRY(csv_open(&w.csv, source, &o, e));
	arena_init(&w.arena, 0, true);
	buf_init(&w.value);
	deid_dict_init(&w.names);
	r = run(&w, e);
	for (size_t i = 0; i < w.columns; i++)
		deid_format_free(&w.column[i].format);
	csv_close(w.csv);
	deid_dict_free(&w.names);
	buf_wipe(&w.value);
	arena_free(&w.arena);
	return r;
}

void deid_pseudonymized_free(struct deid_pseudonymized *p)
{
	json_decref(p->view);
	p->view = NULL;
}
