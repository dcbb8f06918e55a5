#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/outfile.h"
#include "cmd/cells.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/progress.h"
#include "cmd/token_file.h"

enum { FLUSH_AT = 1 << 16 };

struct export {
	const char *purpose, *reason, *category, *items, *out;
	bool csv;
	struct control *control;
	struct str token;
	struct outfile file; /* with --out; else what is pending goes to stdout */
	struct outfile withheld; /* its side file */
	struct buf side; /* what is withheld, without --out */
	json_t *columns; /* names of items, once the first person is known */
	uint64_t given, partial, refused;
	struct progress progress;
};

/* Where the values go. */
static struct buf *values(struct export *x)
{
	return outfile_buf(&x->file);
}

static result flush(struct export *x, struct error *e)
{
	struct buf *b = values(x);

	if (x->out) {
		TRY(outfile_flush(&x->file, FLUSH_AT, e));
		return outfile_flush(&x->withheld, FLUSH_AT, e);
	}
	if (!buf_ok(b) || !buf_ok(&x->side))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an export");
	if ((b->n && fwrite(b->p, 1, b->n, stdout) != b->n) || fflush(stdout) != 0)
		return error_set(e, CODE_IO, "the output could not be written");
	if (x->side.n)
		fwrite(x->side.p, 1, x->side.n, stderr);
	buf_reset(b);
	buf_reset(&x->side);
	return RESULT_OK;
}

/* One line on what is withheld of person ID: ITEM (empty: all), its code, clause and law. */
static void withhold(struct export *x, const char *id, const char *item, const json_t *why)
{
	struct buf *b = x->out ? outfile_buf(&x->withheld) : &x->side;
	const char *keys[] = {"code", "clause", "law"};

	buf_text(b, id);
	buf_byte(b, ',');
	csv_write(b, str_of(item), ',');
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		buf_byte(b, ',');
		csv_write(b, str_of(json_string_value(json_object_get(why, keys[i]))), ',');
	}
	buf_byte(b, '\n');
}

static void withhold_items(struct export *x, const char *id, const json_t *list)
{
	const json_t *why;
	size_t i;

	json_array_foreach(list, i, why)
		withhold(x, id, json_string_value(json_object_get(why, "item")), why);
}

/* The columns are the items as asked, or those of the first person, given and withheld. */
static void begin_csv(struct export *x, const json_t *person)
{
	struct str rest = str_of(x->items);
	const char *item;
	const json_t *value;
	size_t i;

	x->columns = json_array();
	while (rest.n) {
		size_t comma = str_find(rest, ',');

		json_array_append_new(x->columns, json_stringn(rest.p, comma));
		rest = str_sub(rest, comma + 1, rest.n);
	}
	if (!x->items) {
		json_object_foreach((json_t *)json_object_get(person, "items"), item, value)
			json_array_append_new(x->columns, json_string(item));
		json_array_foreach(json_object_get(person, "withheld"), i, value)
			json_array_append(x->columns, json_object_get(value, "item"));
	}
	buf_text(values(x), "id");
	json_array_foreach(x->columns, i, value) {
		buf_byte(values(x), ',');
		csv_write(values(x), str_of(json_string_value(value)), ',');
	}
	buf_text(values(x), ",log\n");
}

static void write_csv(struct export *x, const json_t *person)
{
	const json_t *log = json_object_get(person, "log"), *column;
	size_t i;

	if (!x->columns)
		begin_csv(x, person);
	buf_text(values(x), json_string_value(json_object_get(person, "id")));
	json_array_foreach(x->columns, i, column) {
		buf_byte(values(x), ',');
		cell_write(values(x), json_object_get(json_object_get(person, "items"), json_string_value(column)));
	}
	buf_printf(values(x), ",g%lld/%lld\n", (long long)json_integer_value(json_object_get(log, "generation")),
		   (long long)json_integer_value(json_object_get(log, "index")));
}

static void write_json(struct export *x, const json_t *person)
{
	char *text = json_dumps(person, JSON_COMPACT);

	if (text)
		buf_text(values(x), text);
	else
		values(x)->failed = true;
	buf_byte(values(x), '\n');
	free(text);
}

/* Takes one step's persons; fails when the export as a whole cannot go on. */
static result take(struct export *x, const json_t *answer, struct error *e)
{
	const json_t *person;
	size_t i;

	json_array_foreach(json_object_get(answer, "persons"), i, person) {
		const json_t *withheld = json_object_get(person, "withheld");

		x->given++;
		x->partial += json_array_size(withheld) != 0;
		withhold_items(x, json_string_value(json_object_get(person, "id")), withheld);
		if (x->csv)
			write_csv(x, person);
		else
			write_json(x, person);
	}
	json_array_foreach(json_object_get(answer, "refused"), i, person) {
		enum code code = code_from_text(json_string_value(json_object_get(person, "code")));

		/* what is wrong with the asking is wrong for everybody: say it once */
		if (code == CODE_LIMIT_EXCEEDED || code_class(code) == CLASS_BAD_INPUT || code == CODE_ROLE_LACKS_ACTION ||
		    code == CODE_ROLE_LACKS_PURPOSE || code == CODE_PURPOSE_UNKNOWN)
			return error_set(e, code, "%s", json_string_value(json_object_get(person, "detail")));
		x->refused++;
		withhold(x, json_string_value(json_object_get(person, "id")), "", person);
	}
	return flush(x, e);
}

static result run(struct export *x, struct error *e)
{
	json_t *answer = NULL;
	bool more = true;
	result r = RESULT_OK;

	while (ok(r) && more) {
		json_t *request = json_pack("{s:s, s:s%, s:s*, s:s*, s:s, s:s*, s:O*}", "op", "export", "token", x->token.p, x->token.n,
					    "purpose", x->purpose, "reason", x->reason, "category", x->category, "items", x->items,
					    "after", json_object_get(answer, "after"));

		json_decref(answer);
		answer = request ? control_ask(x->control, request, e) : NULL;
		r = answer ? take(x, answer, e) : error_set(e, CODE_USAGE, "what was given is no text in UTF-8");
		more = json_is_true(json_object_get(answer, "more"));
		progress_show(&x->progress, x->given + x->refused, 0);
	}
	json_decref(answer);
	return r;
}

static result open_files(struct export *x, struct error *e)
{
	char side[PATH_MAX];

	if (!x->out)
		return RESULT_OK;
	if (snprintf(side, sizeof side, "%s.withheld.csv", x->out) >= (int)sizeof side)
		return error_at(e, CODE_TOO_LARGE, x->out, "the path is too long");
	TRY(outfile_open(&x->file, x->out, 0600, e));
	TRY(outfile_open(&x->withheld, side, 0600, e));
	buf_text(outfile_buf(&x->withheld), "id,item,code,clause,law\n");
	return RESULT_OK;
}

static result export_all(struct export *x, struct error *e)
{
	result r = open_files(x, e);

	progress_begin(&x->progress, "persons", 0);
	x->progress.on = x->progress.on && (x->out || isatty(STDOUT_FILENO) == 0);
	if (ok(r))
		r = run(x, e);
	progress_end(&x->progress);
	if (ok(r) && x->out)
		r = outfile_commit(&x->withheld, e);
	if (ok(r) && x->out)
		r = outfile_commit(&x->file, e);
	return r;
}

static int export(struct export *x, const char *dir, const char *token_file)
{
	struct error e = {0};
	struct buf token;
	int status;

	buf_init(&token);
	buf_init(&x->side);
	x->file = x->withheld = OUTFILE_NONE;
	buf_init(values(x));
	buf_init(outfile_buf(&x->withheld));
	if (ok(token_file_read(token_file, &token, &e)) && ok(control_open(dir, &x->control, &e))) {
		x->token = buf_view(&token);
		(void)export_all(x, &e); /* ignored: E says */
	}
	if (e.code == CODE_NONE) {
		fprintf(stderr, "%llu persons given, of %llu some items withheld; %llu refused\n", (unsigned long long)x->given,
			(unsigned long long)x->partial, (unsigned long long)x->refused);
		status = cmd_finish(x->partial || x->refused ? EXIT_REFUSED : EXIT_DONE);
	} else {
		status = cmd_fail(&e);
	}
	buf_wipe(values(x));
	outfile_drop(&x->file);
	outfile_drop(&x->withheld);
	buf_free(&x->side);
	json_decref(x->columns);
	control_close(x->control);
	buf_wipe(&token);
	return status;
}

int cmd_export(int argc, char **argv)
{
	struct export x = {.csv = true};
	const char *token_file = NULL, *format = NULL, *dir;
	const struct cmd_option options[] = {
		{"--category", "CATEGORY", "of which persons", NULL, &x.category},
		{"--items", "ITEMS", "which, joined by commas; default all that the purpose uses", NULL, &x.items},
		{"--purpose", "PURPOSE", "what it is for", NULL, &x.purpose},
		{"--reason", "TEXT", "why, sealed for the record", NULL, &x.reason},
		{"--token-file", "FILE", "file of the token to act with; else SEKISHO_TOKEN_FILE names it", NULL, &token_file},
		{"--format", "FORMAT", "csv (default) or ndjson", NULL, &format},
		{"--out", "FILE", "write there, and what is withheld to FILE.withheld.csv", NULL, &x.out},
	};
	const struct cmd_usage usage = {"export", "INSTANCE --purpose PURPOSE --category CATEGORY",
					"Gives the values of all persons of a category out through the gate.", options,
					sizeof options / sizeof *options, 1, 1};
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	x.csv = !format || strcmp(format, "csv") == 0;
	if (!x.category || !x.purpose || (!x.csv && strcmp(format, "ndjson") != 0)) {
		fputs("sekisho export: --category and --purpose are needed; --format is csv or ndjson\n", stderr);
		return EXIT_USAGE;
	}
	return export(&x, dir, token_file);
}
