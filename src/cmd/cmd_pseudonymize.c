#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/deidentify.h"
#include "deid/pseudonym.h"

/* The files that a run makes, in the order in which they get their names: what leads back is there before the table is. */
enum made {
	MADE_TOKEN_KEY,
	MADE_REMOVED_KEY,
	MADE_REMOVED,
	MADE_REPORT,
	MADE_OUTPUT,
	MADE,
};

struct pseudonymize {
	const char *input, *separator, *encoding, *output, *report, *removed, *earlier, *removed_key, *token_key, *method, *tokens,
		*dates, *keep, *remove, *person, *most_days;
	const char *formats[CMD_REPEATS + 1];
	enum charset charset;
	struct arena arena;
	struct entropy entropy;
	struct crypto_key sealing; /* of the removed information */
	struct deid_removed known;
	struct deid_pseudonymize job;
	struct outfile made[MADE];
};

/* More than the names of ten million people. */
static const size_t longest_removed = (size_t)4 << 30;

/* Set by the first interrupt; a handler reaches nothing else. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* The first interrupt ends the run with nothing written; a second one ends the program. */
static void catch_interrupt(void)
{
	struct sigaction a = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&a.sa_mask);
	(void)sigaction(SIGINT, &a, NULL);  /* ignored: then it ends the program, as it does without */
	(void)sigaction(SIGTERM, &a, NULL); /* ignored: likewise */
}

/* Reads the 32 bytes of the key file PATH, which nobody else may read; a new one is begun as F when it is not there. */
static result read_key(const char *path, const struct entropy *entropy, struct crypto_key *key, struct outfile *f,
		       struct error *e)
{
	struct stat st;
	struct buf b;
	result r;

	if (stat(path, &st) != 0 && errno == ENOENT) {
		entropy->fill(entropy->ctx, key->b, sizeof key->b);
		TRY(outfile_open(f, path, 0600, e));
		buf_add(outfile_buf(f), key->b, sizeof key->b);
		return RESULT_OK;
	}
	if (stat(path, &st) == 0 && (st.st_mode & 077))
		return error_at(e, CODE_KEY_MODE, path, "the key file can be read by others; chmod 600 it");
	buf_init(&b);
	r = file_read(path, sizeof key->b, &b, e);
	if (ok(r) && b.n != sizeof key->b)
		r = error_at(e, CODE_KEY_INVALID, path, "a key file has %zu bytes", sizeof key->b);
	if (ok(r))
		memcpy(key->b, b.p, sizeof key->b);
	buf_wipe(&b);
	return r;
}

/* Reads what an earlier run removed. */
static result go_on(struct pseudonymize *c, struct error *e)
{
	struct buf sealed, text;
	result r;

	if (c->token_key || c->method || c->most_days)
		return error_set(e, CODE_USAGE, "--continue goes on with the key, the method and the days of the earlier run; leave out "
						"--token-key, --method and --most-days");
	buf_init(&sealed);
	buf_init(&text);
	r = file_read(c->earlier, longest_removed, &sealed, e);
	if (ok(r))
		r = deid_removed_open(&c->sealing, buf_view(&sealed), &text, e);
	if (ok(r))
		r = deid_removed_read(&c->known, buf_view(&text), c->earlier, e);
	buf_wipe(&text);
	buf_free(&sealed);
	return r;
}

/* Makes the key and the method anew. */
static result begin(struct pseudonymize *c, struct error *e)
{
	uint64_t days = 180;
	CRYPTO_WIPED key;

	if (c->method && strcmp(c->method, "random") != 0 && strcmp(c->method, "keyed") != 0)
		return error_set(e, CODE_USAGE, "--method is random or keyed; a bare hash can be tried out and is not offered");
	if (c->most_days && (!str_to_u64(str_of(c->most_days), DEID_MOST_DAYS, &days) || days == 0))
		return error_set(e, CODE_USAGE, "--most-days is a number from 1 to %d", DEID_MOST_DAYS);
	if (c->token_key)
		TRY(read_key(c->token_key, &c->entropy, &key, &c->made[MADE_TOKEN_KEY], e));
	else
		c->entropy.fill(c->entropy.ctx, key.b, sizeof key.b);
	deid_removed_init(&c->known, &key, c->method && strcmp(c->method, "keyed") == 0, (unsigned)days);
	return RESULT_OK;
}

/* Reads COLUMN=FORMAT into the job. */
static result read_formats(struct pseudonymize *c, struct error *e)
{
	enum deid_format_kind *kinds;
	struct cmd_list list;
	struct str *names;

	TRY(cmd_strings(&c->arena, c->formats, true, &list, e));
	names = arena_array(&c->arena, list.n, sizeof *names);
	kinds = arena_array(&c->arena, list.n, sizeof *kinds);
	if (!names || !kinds)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the options");
	for (size_t i = 0; i < list.n; i++) {
		size_t at = str_find(list.at[i], '=');

		names[i] = str_sub(list.at[i], 0, at);
		if (at == 0 || !deid_format_of(str_sub(list.at[i], at + 1, list.at[i].n), &kinds[i]))
			return error_set(e, CODE_USAGE, "--format is COLUMN=digits, COLUMN=capitals or COLUMN=alphanumeric, not \"%.*s\"",
					 (int)list.at[i].n, list.at[i].p);
	}
	c->job.formats = (struct deid_pseudonym_names){names, list.n};
	c->job.kinds = kinds;
	return RESULT_OK;
}

/* No file is written that is read, and none twice. */
static result check_files(const struct pseudonymize *c, struct error *e)
{
	const char *const read[] = {c->input, c->removed_key, c->token_key, c->earlier};
	const char *const written[] = {c->output, c->report, c->removed};

	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		for (size_t k = 0; k < sizeof read / sizeof *read; k++)
			TRY(cmd_not_same_file(read[k], written[i], e));
		for (size_t k = 0; k < i; k++)
			if (written[i] && written[k] && strcmp(written[i], written[k]) == 0)
				return error_at(e, CODE_USAGE, written[i], "this file is to be written twice; give each another name");
	}
	return RESULT_OK;
}

static result make_job(struct pseudonymize *c, struct error *e)
{
	struct deid_pseudonymize *j = &c->job;

	if (!c->input || !c->output || !(c->removed || c->earlier) || !c->removed_key)
		return error_set(e, CODE_USAGE, "--input, --output, --removed (or --continue) and --removed-key are all needed");
	*j = (struct deid_pseudonymize){.input = c->input,
					.person = str_of(c->person),
					.removed = &c->known,
					.entropy = &c->entropy,
					.stop = &interrupted};
	TRY(cmd_separator(c->separator, &j->separator, e));
	TRY(cmd_charset(c->encoding, &c->charset, e));
	TRY(cmd_names(&c->arena, c->tokens, &j->tokens.at, &j->tokens.n, e));
	TRY(cmd_names(&c->arena, c->dates, &j->dates.at, &j->dates.n, e));
	TRY(cmd_names(&c->arena, c->keep, &j->keep.at, &j->keep.n, e));
	TRY(cmd_names(&c->arena, c->remove, &j->left_out.at, &j->left_out.n, e));
	TRY(read_formats(c, e));
	TRY(check_files(c, e));
	if (c->removed && access(c->removed, F_OK) == 0)
		return error_at(e, CODE_USAGE, c->removed,
				"the removed information of an earlier run is not written over; go on from it with --continue, or give "
				"--removed another name");
	TRY(read_key(c->removed_key, &c->entropy, &c->sealing, &c->made[MADE_REMOVED_KEY], e));
	return c->earlier ? go_on(c, e) : begin(c, e);
}

static result write_removed(struct pseudonymize *c, struct error *e)
{
	struct outfile *f = &c->made[MADE_REMOVED];
	struct buf text;
	result r;

	TRY(outfile_open(f, c->removed ? c->removed : c->earlier, 0600, e));
	buf_init(&text);
	r = deid_removed_write(&c->known, &text, e);
	if (ok(r))
		r = deid_removed_seal(&c->sealing, &c->entropy, buf_view(&text), outfile_buf(f), e);
	buf_wipe(&text);
	return r;
}

static result write_report(struct pseudonymize *c, const struct deid_pseudonymized *p, struct error *e)
{
	struct outfile *f = &c->made[MADE_REPORT];
	char *text;

	if (!c->report)
		return RESULT_OK;
	TRY(outfile_open(f, c->report, 0600, e));
	text = json_dumps(p->view, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the report");
	buf_text(outfile_buf(f), text);
	buf_byte(outfile_buf(f), '\n');
	free(text);
	return RESULT_OK;
}

static result pseudonymize(struct pseudonymize *c, struct error *e)
{
	struct descriptor_source file = {-1, c->input};
	struct charset_decoder *decoder = NULL;
	struct deid_pseudonymized p = {.rows = 0};
	char text[128];
	result r = RESULT_FAIL;

	catch_interrupt();
	TRY(make_job(c, e));
	file.fd = strcmp(c->input, "-") == 0 ? dup(STDIN_FILENO) : open(c->input, O_RDONLY | O_CLOEXEC);
	if (file.fd < 0)
		return error_at(e, CODE_IO, c->input, "cannot open the table: %s", strerror_r(errno, text, sizeof text));
	TRY_OUT(charset_open(&decoder, c->charset, source_descriptor(&file), c->input, e));
	TRY_OUT(outfile_open(&c->made[MADE_OUTPUT], c->output, 0600, e));
	TRY_OUT(deid_pseudonymize(&c->job, charset_source(decoder), &c->made[MADE_OUTPUT], &p, e));
	TRY_OUT(write_removed(c, e));
	TRY_OUT(write_report(c, &p, e));
	TRY_OUT(outfile_commit_all(c->made, MADE, e));
	fprintf(stderr, "%llu records, %llu tokens, %llu of them new; %llu cells of kept columns held identifiers and are empty.\n",
		(unsigned long long)p.rows, (unsigned long long)p.tokens, (unsigned long long)p.new_tokens,
		(unsigned long long)p.emptied);
	r = RESULT_OK;
out:
	deid_pseudonymized_free(&p);
	charset_close(decoder);
	close(file.fd);
	return r;
}

int cmd_pseudonymize(int argc, char **argv)
{
	struct pseudonymize c = {.input = NULL};
	const struct cmd_option options[] = {
		{"--input", "FILE", "the table, with a header; - for standard input", NULL, &c.input},
		{"--separator", "BYTE", "between its fields; a comma, unless given", NULL, &c.separator},
		{"--encoding", "NAME", "utf-8 (the default), shift_jis or euc-jp", NULL, &c.encoding},
		{"--tokens", "A,B", "columns whose values become tokens", NULL, &c.tokens},
		{"--format", "COLUMN=KIND...", "columns whose values become others of their form: digits, capitals or alphanumeric", NULL,
		 c.formats},
		{"--dates", "A,B", "columns whose days move, the same for all of a person's", NULL, &c.dates},
		{"--keep", "A,B", "columns that are kept, but for cells with identifiers", NULL, &c.keep},
		{"--remove", "A,B", "columns that are left out", NULL, &c.remove},
		{"--person", "A", "the column that tells whose row it is", NULL, &c.person},
		{"--most-days", "N", "that a date moves, either way; 180, unless given", NULL, &c.most_days},
		{"--method", "random|keyed", "of making tokens; random, unless given", NULL, &c.method},
		{"--token-key", "FILE", "the key of keyed tokens and of days; a new one, unless given", NULL, &c.token_key},
		{"--output", "FILE", "the pseudonymized table", NULL, &c.output},
		{"--removed", "FILE", "the removed information, sealed", NULL, &c.removed},
		{"--continue", "FILE", "the removed information of an earlier run, to go on with its tokens; replaced, unless --removed is given",
		 NULL, &c.earlier},
		{"--removed-key", "FILE", "the key that seals it; made when it is not there", NULL, &c.removed_key},
		{"--report", "FILE", "what was done, as JSON", NULL, &c.report},
	};
	const struct cmd_usage usage = {"deidentify pseudonymize", "",
					"Makes pseudonymously processed information (APPI 41) of a table, and seals what leads back.",
					options, sizeof options / sizeof *options, 0, 0};
	struct error e = {0};
	int status = cmd_parse(&usage, argc, argv, NULL);

	if (status != CMD_GO_ON)
		return status;
	if (!ok(crypto_init(&e)))
		return cmd_fail(&e);
	for (int i = 0; i < MADE; i++)
		c.made[i] = OUTFILE_NONE;
	c.entropy = crypto_entropy();
	arena_init(&c.arena, 0, false);
	status = ok(pseudonymize(&c, &e)) ? cmd_finish(EXIT_DONE) : cmd_fail(&e);
	for (int i = 0; i < MADE; i++)
		outfile_drop(&c.made[i]);
	deid_removed_free(&c.known);
	arena_free(&c.arena);
	crypto_key_wipe(&c.sealing);
	return status;
}
