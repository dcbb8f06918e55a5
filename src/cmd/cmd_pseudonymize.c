#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/deidentify.h"
#include "deid/pseudonym.h"

enum { MOST_DAYS = 3650 };

struct pseudonymize {
	const char *input, *separator, *encoding, *output, *report, *removed, *removed_key, *token_key, *method, *tokens, *dates,
		*keep, *remove, *person, *most_days;
	enum charset charset;
	struct arena arena;
	struct entropy entropy;
	struct deid_pseudonymize job;
};

/* Reads the 32 bytes of the key file PATH, which nobody else may read; a new one is made when it is not there. */
static result read_key(const char *path, const struct entropy *entropy, struct crypto_key *key, struct error *e)
{
	struct stat st;
	struct buf b;
	result r;

	if (stat(path, &st) != 0 && errno == ENOENT) {
		entropy->fill(entropy->ctx, key->b, sizeof key->b);
		return file_write(path, key->b, sizeof key->b, 0600, e);
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

static result make_job(struct pseudonymize *c, struct error *e)
{
	struct deid_pseudonymize *j = &c->job;
	uint64_t days = 180;

	if (!c->input || !c->output || !c->removed || !c->removed_key)
		return error_set(e, CODE_USAGE, "--input, --output, --removed and --removed-key are all needed");
	*j = (struct deid_pseudonymize){.input = c->input, .person = str_of(c->person), .entropy = &c->entropy};
	TRY(cmd_separator(c->separator, &j->separator, e));
	TRY(cmd_charset(c->encoding, &c->charset, e));
	TRY(cmd_names(&c->arena, c->tokens, &j->tokens.at, &j->tokens.n, e));
	TRY(cmd_names(&c->arena, c->dates, &j->dates.at, &j->dates.n, e));
	TRY(cmd_names(&c->arena, c->keep, &j->keep.at, &j->keep.n, e));
	TRY(cmd_names(&c->arena, c->remove, &j->removed.at, &j->removed.n, e));
	if (c->method && strcmp(c->method, "random") != 0 && strcmp(c->method, "keyed") != 0)
		return error_set(e, CODE_USAGE, "--method is random or keyed; a bare hash can be tried out and is not offered");
	j->keyed = c->method && strcmp(c->method, "keyed") == 0;
	if (c->most_days && (!str_to_u64(str_of(c->most_days), MOST_DAYS, &days) || days == 0))
		return error_set(e, CODE_USAGE, "--most-days is a number from 1 to %d", MOST_DAYS);
	j->most_days = (unsigned)days;
	TRY(cmd_not_same_file(c->input, c->output, e));
	TRY(cmd_not_same_file(c->input, c->removed, e));
	if (c->token_key)
		return read_key(c->token_key, &c->entropy, &j->key, e);
	c->entropy.fill(c->entropy.ctx, j->key.b, sizeof j->key.b);
	return RESULT_OK;
}

static result write_removed(const struct pseudonymize *c, const struct deid_pseudonymized *p, struct error *e)
{
	CRYPTO_WIPED key;
	struct buf sealed;
	result r;

	TRY(read_key(c->removed_key, &c->entropy, &key, e));
	buf_init(&sealed);
	r = deid_removed_seal(&key, &c->entropy, buf_view(&p->removed), &sealed, e);
	if (ok(r))
		r = file_write(c->removed, sealed.p, sealed.n, 0600, e);
	buf_free(&sealed);
	return r;
}

static result write_report(const struct pseudonymize *c, const struct deid_pseudonymized *p, struct error *e)
{
	char *text;
	result r;

	if (!c->report)
		return RESULT_OK;
	text = json_dumps(p->view, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (!text)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for the report");
	r = file_write(c->report, text, strlen(text), 0600, e);
	free(text);
	return r;
}

static result pseudonymize(struct pseudonymize *c, struct error *e)
{
	struct descriptor_source file = {-1, c->input};
	struct charset_decoder *decoder = NULL;
	struct deid_pseudonymized p = {.rows = 0};
	struct outfile out = OUTFILE_NONE;
	char text[128];
	result r = RESULT_FAIL;

	TRY(make_job(c, e));
	file.fd = open(c->input, O_RDONLY | O_CLOEXEC);
	if (file.fd < 0)
		return error_at(e, CODE_IO, c->input, "cannot open the table: %s", strerror_r(errno, text, sizeof text));
	TRY_OUT(charset_open(&decoder, c->charset, source_descriptor(&file), c->input, e));
	TRY_OUT(outfile_open(&out, c->output, 0600, e));
	TRY_OUT(deid_pseudonymize(&c->job, charset_source(decoder), &out, &p, e));
	/* what leads back is safe before the table is there */
	TRY_OUT(write_removed(c, &p, e));
	TRY_OUT(outfile_commit(&out, e));
	TRY_OUT(write_report(c, &p, e));
	fprintf(stderr, "%llu records, %llu tokens; %llu cells of kept columns held identifiers and are empty.\n",
		(unsigned long long)p.rows, (unsigned long long)p.tokens, (unsigned long long)p.emptied);
	r = RESULT_OK;
out:
	outfile_drop(&out);
	deid_pseudonymized_free(&p);
	charset_close(decoder);
	close(file.fd);
	return r;
}

int cmd_pseudonymize(int argc, char **argv)
{
	struct pseudonymize c = {.input = NULL};
	const struct cmd_option options[] = {
		{"--input", "FILE", "the table, with a header", NULL, &c.input},
		{"--separator", "BYTE", "between its fields; a comma, unless given", NULL, &c.separator},
		{"--encoding", "NAME", "utf-8 (the default), shift_jis or euc-jp", NULL, &c.encoding},
		{"--tokens", "A,B", "columns whose values become tokens", NULL, &c.tokens},
		{"--dates", "A,B", "columns whose days move, the same for all of a person's", NULL, &c.dates},
		{"--keep", "A,B", "columns that are kept, but for cells with identifiers", NULL, &c.keep},
		{"--remove", "A,B", "columns that are left out", NULL, &c.remove},
		{"--person", "A", "the column that tells whose row it is", NULL, &c.person},
		{"--most-days", "N", "that a date moves, either way; 180, unless given", NULL, &c.most_days},
		{"--method", "random|keyed", "of making tokens; random, unless given", NULL, &c.method},
		{"--token-key", "FILE", "the key of keyed tokens and of days; a new one, unless given", NULL, &c.token_key},
		{"--output", "FILE", "the pseudonymized table", NULL, &c.output},
		{"--removed", "FILE", "the removed information, sealed", NULL, &c.removed},
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
	c.entropy = crypto_entropy();
	arena_init(&c.arena, 0, false);
	status = ok(pseudonymize(&c, &e)) ? cmd_finish(EXIT_DONE) : cmd_fail(&e);
	arena_free(&c.arena);
	crypto_key_wipe(&c.job.key);
	return status;
}
