#include "deid/pseudonym.h"

#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/date.h"
#include "deid/detect.h"
#include "deid/dict.h"

enum role {
	UNDECLARED,
	TOKEN,
	DATE,
	KEEP,
	REMOVE,
};

enum {
	TOKEN_BYTES = 16,
	PIECE = 1 << 18,
};

struct column {
	struct str name;
	enum role role;
	struct deid_dict values; /* of a token column */
	struct buf token;	 /* TOKEN_BYTES for each value, when random */
	uint64_t emptied[DEID_FINDINGS];
};

struct work {
	const struct deid_pseudonymize *j;
	struct deid_pseudonymized *p;
	struct csv_reader *csv;
	struct outfile *f;
	struct arena arena;
	struct column *column;
	size_t columns;
	size_t person; /* its column; SIZE_MAX when there is none */
};

static const char magic[8] = "SKREM1\0";

static result no_memory(struct error *e)
{
	return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the table");
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

static result declare(struct work *w, const struct deid_pseudonym_names *names, enum role role, struct error *e)
{
	for (size_t i = 0; i < names->n; i++) {
		struct column *c = NULL;

		for (size_t k = 0; k < w->columns; k++)
			if (str_eq(w->column[k].name, names->at[i]))
				c = &w->column[k];
		if (!c)
			return error_at(e, CODE_COLUMN_UNKNOWN, w->j->input, "the header has no column \"%.*s\"",
					(int)names->at[i].n, names->at[i].p);
		if (c->role != UNDECLARED)
			return error_at(e, CODE_USAGE, w->j->input, "column \"%.*s\" is declared twice", (int)c->name.n, c->name.p);
		c->role = role;
		if (role == KEEP && names_credentials(c->name))
			return error_at(e, CODE_ITEM_INVALID, w->j->input,
					"column \"%.*s\" by its name holds credentials, which have to be removed (Rule 31(iii)); declare it "
					"with --remove",
					(int)c->name.n, c->name.p);
	}
	return RESULT_OK;
}

static result take_header(struct work *w, const struct csv_row *row, struct error *e)
{
	if (row->fault != CSV_FINE)
		return csv_refuse(w->csv, row, e);
	w->column = arena_array(&w->arena, row->count, sizeof *w->column);
	if (!w->column)
		return no_memory(e);
	w->person = SIZE_MAX;
	for (size_t i = 0; i < row->count; i++) {
		struct column *c = &w->column[i];

		deid_dict_init(&c->values);
		buf_init(&c->token);
		w->columns = i + 1;
		c->name = str_copy(&w->arena, row->field[i]);
		if (!c->name.p)
			return no_memory(e);
		if (w->j->person.n && str_eq(c->name, w->j->person))
			w->person = i;
	}
	TRY(declare(w, &w->j->tokens, TOKEN, e));
	TRY(declare(w, &w->j->dates, DATE, e));
	TRY(declare(w, &w->j->keep, KEEP, e));
	TRY(declare(w, &w->j->removed, REMOVE, e));
	for (size_t i = 0; i < w->columns; i++)
		if (w->column[i].role == UNDECLARED)
			return csv_fail(w->csv, i, e, CODE_COLUMN_UNKNOWN,
					"this column is not declared; each becomes tokens, has its dates moved, is kept or is removed");
	if (w->j->dates.n && w->person == SIZE_MAX)
		return error_at(e, CODE_COLUMN_UNKNOWN, w->j->input,
				"dates move by person, and no column tells whose row it is; give --person");
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

/* What the key makes of VALUE for the use USE, in N bytes at OUT. */
static void keyed(const struct work *w, struct str use, struct str value, unsigned char *out, size_t n)
{
	/* the length of the use stands in front, so that no use and value run together as others do */
	unsigned char length[8];
	struct str parts[3] = {{(const char *)length, sizeof length}, use, value};

	for (size_t i = 0; i < sizeof length; i++)
		length[i] = (unsigned char)(use.n >> (8 * i));
	crypto_mac(w->j->key.b, sizeof w->j->key.b, parts, 3, out, n);
}

static result write_token(struct work *w, struct column *c, struct str value, struct error *e)
{
	unsigned char token[TOKEN_BYTES];
	uint32_t before = c->values.n;
	uint32_t number;

	if (value.n == 0)
		return RESULT_OK; /* nobody, and so no token */
	number = deid_dict_add(&c->values, value);
	if (number == DEID_NONE)
		return no_memory(e);
	if (w->j->keyed) {
		keyed(w, c->name, value, token, sizeof token);
	} else if (number == before) {
		w->j->entropy->fill(w->j->entropy->ctx, token, sizeof token);
		buf_add(&c->token, token, sizeof token);
	} else {
		memcpy(token, c->token.p + (size_t)number * TOKEN_BYTES, sizeof token);
	}
	if (!buf_ok(&c->token))
		return no_memory(e);
	buf_text(outfile_buf(w->f), "p_");
	buf_base64url(outfile_buf(w->f), token, sizeof token);
	return RESULT_OK;
}

/* Days by which PERSON's dates move: never none, the same for all of them. */
static int days_of(const struct work *w, struct str person)
{
	unsigned char hash[CRYPTO_MAC];
	uint64_t v;

	keyed(w, STR("date-shift"), person, hash, sizeof hash);
	memcpy(&v, hash, sizeof v);
	v %= 2 * (uint64_t)w->j->most_days;
	return v < w->j->most_days ? (int)v - (int)w->j->most_days : (int)(v - w->j->most_days) + 1;
}

static result write_date(struct work *w, const struct csv_row *row, size_t i, struct error *e)
{
	struct str value = row->field[i];
	char day[10];
	date d;

	if (value.n == 0)
		return RESULT_OK;
	if (value.n < sizeof day)
		return csv_fail(w->csv, i, e, CODE_ITEM_INVALID, "this is no day such as 2024-05-31");
	memcpy(day, value.p, sizeof day);
	if (day[4] == '/' && day[7] == '/')
		day[4] = day[7] = '-';
	if (!date_parse((struct str){day, sizeof day}, &d))
		return csv_fail(w->csv, i, e, CODE_ITEM_INVALID, "this is no day such as 2024-05-31");
	date_write(outfile_buf(w->f), d + days_of(w, row->field[w->person]));
	buf_str(outfile_buf(w->f), str_sub(value, sizeof day, value.n)); /* the time of day stays */
	return RESULT_OK;
}

static void write_kept(struct work *w, struct column *c, struct str value)
{
	uint32_t found = deid_detect(value);

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
		if (!first)
			buf_byte(outfile_buf(w->f), w->j->separator);
		first = false;
		if (c->role == TOKEN)
			TRY(write_token(w, c, row->field[i], e));
		else if (c->role == DATE)
			TRY(write_date(w, row, i, e));
		else
			write_kept(w, c, row->field[i]);
	}
	buf_byte(outfile_buf(w->f), '\n');
	w->p->rows++;
	return outfile_flush(w->f, PIECE, e);
}

/* The removed information: a line for the key, and one for each token. */
static result list_removed(struct work *w, struct error *e)
{
	struct buf *b = &w->p->removed;

	buf_text(b, "{\"key\":\"");
	buf_hex(b, w->j->key.b, sizeof w->j->key.b);
	buf_printf(b, "\",\"most_days\":%u}\n", w->j->most_days);
	for (size_t i = 0; i < w->columns; i++) {
		struct column *c = &w->column[i];

		w->p->tokens += c->values.n;
		for (uint32_t v = 0; v < c->values.n; v++) {
			unsigned char token[TOKEN_BYTES];

			if (w->j->keyed)
				keyed(w, c->name, c->values.value[v], token, sizeof token);
			else
				memcpy(token, c->token.p + (size_t)v * TOKEN_BYTES, sizeof token);
			buf_text(b, "{\"column\":");
			buf_json(b, c->name);
			buf_text(b, ",\"token\":\"p_");
			buf_base64url(b, token, sizeof token);
			buf_text(b, "\",\"value\":");
			buf_json(b, c->values.value[v]);
			buf_text(b, "}\n");
		}
	}
	return buf_ok(b) ? RESULT_OK : no_memory(e);
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

static result make_view(struct work *w, struct error *e)
{
	w->p->view = json_pack(
		"{s:I, s:I, s:I, s:s, s:o, s:[o, o, o, o]}", "records", (json_int_t)w->p->rows, "tokens", (json_int_t)w->p->tokens,
		"emptied_cells", (json_int_t)w->p->emptied, "method", w->j->keyed ? "keyed tokens" : "random tokens", "emptied",
		emptied_view(w), "checks",
		check("identifying_descriptions", "APPI 41(1), Rule 31(i)",
		      "Declared columns became tokens or are left out; cells of kept columns that held an identifier are empty."),
		check("identification_codes", "APPI 41(1), Rule 31(ii)",
		      "No kept cell has the form of an individual identification code."),
		check("property_damage", "APPI 41(1), Rule 31(iii)",
		      "No kept cell has the form of a payment card number; no kept column is of credentials by its name."),
		check("no_regularity", "APPI 41(1), Rule 31(i)",
		      "Tokens are random or made with a secret key; none is computed from the value alone."));
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
		TRY(csv_next(w->csv, &row, &more, e));
		if (!more)
			break;
		TRY(write_row(w, &row, e));
	}
	TRY(outfile_flush(w->f, 0, e));
	TRY(list_removed(w, e));
	return make_view(w, e);
}

result deid_pseudonymize(const struct deid_pseudonymize *j, struct source source, struct outfile *f,
			 struct deid_pseudonymized *p, struct error *e)
{
	struct csv_options o = {.separator = j->separator, .name = j->input};
	struct work w = {.j = j, .p = p, .f = f};
	result r;

	*p = (struct deid_pseudonymized){.rows = 0};
	buf_init(&p->removed);
	TRY(csv_open(&w.csv, source, &o, e));
	arena_init(&w.arena, 0, true);
	r = run(&w, e);
	for (size_t i = 0; i < w.columns; i++) {
		deid_dict_free(&w.column[i].values);
		buf_wipe(&w.column[i].token);
	}
	csv_close(w.csv);
	arena_free(&w.arena);
	return r;
}

void deid_pseudonymized_free(struct deid_pseudonymized *p)
{
	json_decref(p->view);
	p->view = NULL;
	buf_wipe(&p->removed);
}

result deid_removed_seal(const struct crypto_key *key, const struct entropy *entropy, struct str text, struct buf *out,
			 struct error *e)
{
	unsigned char nonce[CRYPTO_NONCE];
	char *at;

	entropy->fill(entropy->ctx, nonce, sizeof nonce);
	buf_add(out, magic, sizeof magic);
	buf_add(out, nonce, sizeof nonce);
	at = buf_room(out, text.n + CRYPTO_TAG);
	if (!at)
		return no_memory(e);
	crypto_seal(key, nonce, (struct str){magic, sizeof magic}, text.p, text.n, (unsigned char *)at);
	return RESULT_OK;
}

result deid_removed_open(const struct crypto_key *key, struct str file, struct buf *out, struct error *e)
{
	struct str sealed = str_sub(file, sizeof magic + CRYPTO_NONCE, file.n);
	char *at;

	if (!str_starts(file, (struct str){magic, sizeof magic}) || sealed.n < CRYPTO_TAG)
		return error_set(e, CODE_KEY_INVALID, "this is no sealed file of removed information");
	at = buf_room(out, sealed.n - CRYPTO_TAG);
	if (!at)
		return no_memory(e);
	if (!crypto_open(key, (const unsigned char *)file.p + sizeof magic, (struct str){magic, sizeof magic}, sealed,
			 (unsigned char *)at))
		return error_set(e, CODE_KEY_INVALID, "the key does not open the removed information");
	return RESULT_OK;
}
