/* Pseudonymized sets of an instance: made, read, destroyed, listed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "cmd/cells.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/deidentify.h"
#include "cmd/job.h"
#include "cmd/person.h"
#include "cmd/progress.h"
#include "cmd/release.h"
#include "cmd/token_file.h"

enum { FLUSH_AT = 1 << 16 };

/* One command under way. */
struct work {
	const char *set;
	struct person_asker asker;
	struct control *control;
	struct buf token;
	json_t *refusal; /* the problem document that ended it */
	struct progress progress;
	struct job_wait wait; /* of making */
};

/* ANSWER, or NULL with w->refusal set to it when it refuses. */
static json_t *unless_refused(struct work *w, json_t *answer)
{
	if (!answer || !json_object_get(answer, "status"))
		return answer;
	w->refusal = answer;
	return NULL;
}

/* Asks REQUEST (taken over), completed by who asks, and gives the answer; NULL with E or w->refusal set. */
static json_t *ask(struct work *w, json_t *request, struct error *e)
{
	json_t *answer = NULL;
	bool complete = request && json_object_set_new(request, "token", json_stringn(w->token.p, w->token.n)) == 0 &&
			json_object_set_new(request, "set", json_string(w->set)) == 0 &&
			(!w->asker.purpose || json_object_set_new(request, "purpose", json_string(w->asker.purpose)) == 0) &&
			(!w->asker.reason || json_object_set_new(request, "reason", json_string(w->asker.reason)) == 0);

	if (complete)
		answer = control_ask(w->control, request, e);
	else
		json_decref(request);
	if (!complete)
		(void)error_set(e, CODE_USAGE, "what was given is no text in UTF-8"); /* ignored: only sets */
	return unless_refused(w, answer);
}

static json_int_t number(const json_t *answer, const char *key)
{
	return json_integer_value(json_object_get(answer, key));
}

/* Runs BODY with the instance in DIR open; gives the exit status. */
static int with_instance(struct work *w, const char *dir, result (*body)(struct work *w, struct error *e))
{
	struct error e = {0};
	int status = EXIT_DONE;

	buf_init(&w->token);
	if (ok(token_file_read(w->asker.token_file, &w->token, &e)) && ok(control_open(dir, &w->control, &e)))
		(void)body(w, &e); /* ignored: E and w->refusal say */
	progress_end(&w->progress);
	if (w->refusal)
		status = person_refused(w->refusal);
	else if (e.code != CODE_NONE)
		status = cmd_fail(&e);
	json_decref(w->refusal);
	control_close(w->control);
	buf_wipe(&w->token);
	return cmd_finish(status);
}

/* Making ---------------------------------------------------------------------------------------------------- */

static result make(struct work *w, struct error *e)
{
	json_t *begun = ask(w, json_pack("{s:s}", "op", "set_run"), e), *made;

	if (!begun)
		return RESULT_FAIL;
	made = unless_refused(w, job_wait(&w->wait, w->control, buf_view(&w->token), begun, e));
	json_decref(begun);
	if (!made)
		return RESULT_FAIL;
	if (w->asker.json) {
		(void)json_dumpf(made, stdout, JSON_COMPACT); /* ignored: cmd_finish looks at stdout */
		putchar('\n');
	} else {
		printf("%lld\n", (long long)number(made, "run"));
		fprintf(stderr, "run %lld of %s: %lld rows, %lld persons left out, %lld cells emptied\n", (long long)number(made, "run"), w->set,
			(long long)number(made, "rows"), (long long)number(made, "left_out"), (long long)number(made, "emptied"));
	}
	json_decref(made);
	return RESULT_OK;
}

int cmd_set_make(const char *dir, const char *set, const struct person_asker *asker)
{
	struct work w = {.set = set, .asker = *asker};
	struct error e = {0};
	int status;

	if (!ok(job_wait_begin(&w.wait, &e)))
		return cmd_fail(&e);
	status = with_instance(&w, dir, make);
	job_wait_end(&w.wait);
	return status;
}

/* Reading --------------------------------------------------------------------------------------------------- */

struct reading {
	struct work w; /* first */
	const char *out;
	json_int_t run;
	bool csv, begun;
	struct outfile file;
	uint64_t rows, withheld;
};

static void write_csv(struct buf *b, const json_t *columns, const json_t *row)
{
	const json_t *column;
	size_t i;

	if (row)
		cell_write(b, json_object_get(row, "token"));
	else
		buf_text(b, "token");
	json_array_foreach(columns, i, column) {
		buf_byte(b, ',');
		cell_write(b, row ? json_object_get(row, json_string_value(column)) : column);
	}
	buf_byte(b, '\n');
}

static void write_json(struct buf *b, const json_t *row)
{
	char *text = json_dumps(row, JSON_COMPACT);

	if (text)
		buf_text(b, text);
	else
		b->failed = true;
	buf_byte(b, '\n');
	free(text);
}

/* Takes the rows of ANSWER. */
static result take(struct reading *r, const json_t *answer, struct error *e)
{
	const json_t *columns = json_object_get(answer, "columns"), *row;
	struct buf *b = outfile_buf(&r->file);
	size_t i;

	if (!r->begun) {
		r->run = number(answer, "run"); /* the pages that follow are of the same */
		if (r->csv)
			write_csv(b, columns, NULL);
		person_withheld(answer);
		r->begun = true;
	}
	json_array_foreach(json_object_get(answer, "rows"), i, row) {
		if (r->csv)
			write_csv(b, columns, row);
		else
			write_json(b, row);
		r->rows++;
	}
	r->withheld += (uint64_t)number(answer, "withheld_rows");
	if (r->out)
		return outfile_flush(&r->file, FLUSH_AT, e);
	if (!buf_ok(b))
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for a set");
	if ((b->n && fwrite(b->p, 1, b->n, stdout) != b->n) || fflush(stdout) != 0)
		return error_set(e, CODE_IO, "the output could not be written");
	buf_reset(b);
	return RESULT_OK;
}

static result read_all(struct work *w, struct error *e)
{
	struct reading *r = (struct reading *)w;
	json_t *answer = NULL;
	result done = RESULT_OK;
	bool more = true;

	if (r->out)
		TRY(outfile_open(&r->file, r->out, 0600, e));
	progress_begin(&w->progress, "rows", 0);
	w->progress.on = w->progress.on && (r->out || isatty(STDOUT_FILENO) == 0);
	while (ok(done) && more) {
		json_t *request = json_pack("{s:s, s:I, s:O*}", "op", "set_read", "run", r->run, "after", json_object_get(answer, "next"));

		json_decref(answer);
		answer = ask(w, request, e);
		done = answer ? take(r, answer, e) : RESULT_FAIL;
		more = json_is_string(json_object_get(answer, "next"));
		progress_show(&w->progress, r->rows, 0);
	}
	json_decref(answer);
	if (ok(done) && r->out)
		done = outfile_commit(&r->file, e);
	if (ok(done))
		fprintf(stderr, "run %lld of %s: %llu rows given, %llu left out that do not serve this purpose\n", (long long)r->run,
			w->set, (unsigned long long)r->rows, (unsigned long long)r->withheld);
	return done;
}

/* TEXT (NULL: 0) as the number of a run into *OUT; false, and said, when it is none. */
static bool run_number(const char *text, json_int_t *out)
{
	uint64_t n = 0;

	if (text && (!str_to_u64(str_of(text), UINT32_MAX, &n) || n == 0)) {
		fputs("sekisho deidentify: a run is a number from 1 on\n", stderr);
		return false;
	}
	*out = (json_int_t)n;
	return true;
}

int cmd_set_read(int argc, char **argv)
{
	struct reading r = {.csv = true};
	const char *format = NULL, *run = NULL, *given[2];
	const struct cmd_option options[] = {
		PERSON_OPTION_TOKEN(r.w.asker),
		PERSON_OPTION_PURPOSE(r.w.asker),
		PERSON_OPTION_REASON(r.w.asker),
		{"--run", "NUMBER", "of the run; the latest that may be read, unless given", NULL, &run},
		{"--format", "FORMAT", "csv (default) or ndjson", NULL, &format},
		{"--out", "FILE", "write there, not to stdout", NULL, &r.out},
	};
	const struct cmd_usage usage = {"deidentify read", "INSTANCE SET --purpose PURPOSE",
					"Reads a pseudonymized set for a purpose: its columns that the purpose uses, and the rows that may serve it.",
					options, sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	r.csv = !format || strcmp(format, "csv") == 0;
	if (!r.w.asker.purpose || (!r.csv && strcmp(format, "ndjson") != 0)) {
		fputs("sekisho deidentify read: --purpose is needed; --format is csv or ndjson\n", stderr);
		return EXIT_USAGE;
	}
	if (!run_number(run, &r.run))
		return EXIT_USAGE;
	r.w.set = given[1];
	r.file = OUTFILE_NONE;
	buf_init(outfile_buf(&r.file));
	status = with_instance(&r.w, given[0], read_all);
	buf_wipe(outfile_buf(&r.file));
	outfile_drop(&r.file);
	return status;
}

/* Destroying, listing --------------------------------------------------------------------------------------- */

static void tell_destroyed(const json_t *answer)
{
	const json_t *final = json_object_get(answer, "final");

	printf("run %lld of %s is destroyed: %lld rows; what was removed is %s\n", (long long)number(answer, "run"),
	       json_string_value(json_object_get(answer, "set")), (long long)number(answer, "rows"),
	       json_string_value(json_object_get(answer, "removed_information")));
	printf("no backup of the keys can open a copy from %s on\n", json_string_value(json_object_get(final, "copies_until")));
}

int cmd_set_destroy(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	const char *given[3];
	const struct cmd_option options[] = {
		PERSON_OPTION_TOKEN(a),
		PERSON_OPTION_REASON(a),
		PERSON_OPTION_JSON(a),
	};
	const struct cmd_usage usage = {"deidentify destroy", "INSTANCE SET RUN --reason TEXT",
					"Destroys a run of a pseudonymized set with its key, and prints the certificate.", options,
					sizeof options / sizeof *options, 3, 3};
	int status = cmd_parse(&usage, argc, argv, given);
	json_int_t run;

	if (status != CMD_GO_ON)
		return status;
	if (!a.reason) {
		fputs("sekisho deidentify destroy: --reason is needed\n", stderr);
		return EXIT_USAGE;
	}
	if (!run_number(given[2], &run))
		return EXIT_USAGE;
	return person_ask(given[0], &a, json_pack("{s:s, s:s, s:I}", "op", "set_destroy", "set", given[1], "run", run), tell_destroyed);
}

static void tell_runs(const json_t *answer)
{
	const json_t *run;
	size_t i;

	json_array_foreach(json_object_get(answer, "runs"), i, run)
		printf("%s\t%lld\t%s\t%.10s\t%.10s\t%lld rows%s%s\n", json_string_value(json_object_get(run, "set")),
		       (long long)number(run, "run"), json_string_value(json_object_get(run, "state")),
		       json_string_value(json_object_get(run, "made")), json_string_value(json_object_get(run, "expires")),
		       (long long)number(run, "rows"), json_object_get(run, "end") ? "\t" : "",
		       json_object_get(run, "end") ? json_string_value(json_object_get(run, "end")) : "");
}

int cmd_set_list(int argc, char **argv)
{
	bool json = false;
	const struct cmd_option options[] = {{"--json", NULL, "the answer as JSON", &json, NULL}};
	const struct cmd_usage usage = {"deidentify list", "INSTANCE", "Lists the runs and releases of sets: what was made when, until when it is kept, to whom it went, what is due.",
					options, sizeof options / sizeof *options, 1, 1};
	struct control *c = NULL;
	struct error e = {0};
	json_t *answer = NULL, *releases = NULL;
	const char *dir;
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (ok(control_open(dir, &c, &e)))
		answer = control_ask(c, json_pack("{s:s}", "op", "set_list"), &e);
	if (answer)
		releases = control_ask(c, json_pack("{s:s}", "op", "release_list"), &e);
	control_close(c);
	if (!releases || json_object_update(answer, releases) != 0) {
		json_decref(answer);
		json_decref(releases);
		return cmd_fail(&e);
	}
	json_decref(releases);
	if (json) {
		(void)json_dumpf(answer, stdout, JSON_COMPACT); /* ignored: cmd_finish looks at stdout */
		putchar('\n');
	} else {
		tell_runs(answer);
		release_print(json_object_get(answer, "sets"));
	}
	json_decref(answer);
	return cmd_finish(EXIT_DONE);
}
