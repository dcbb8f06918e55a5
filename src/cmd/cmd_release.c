/* Anonymized sets of an instance: made, delivered, listed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/deidentify.h"
#include "cmd/job.h"
#include "cmd/person.h"
#include "cmd/release.h"
#include "cmd/token_file.h"
#include "crypto/hash.h"
#include "deid/release.h"

/* The file DIR/SET-RELEASE.ENDING. */
static result path_of(const struct release_command *c, json_int_t release, const char *ending, char path[PATH_MAX], struct error *e)
{
	int n = snprintf(path, PATH_MAX, "%s/%s-%lld.%s", c->out, c->set, (long long)release, ending);

	return n >= 0 && n < PATH_MAX ? RESULT_OK : error_at(e, CODE_TOO_LARGE, c->out, "the path is too long");
}

/* The files of one release, not yet under their names. */
enum { FILES_MOST = 32 };

struct files {
	struct outfile at[FILES_MOST];
	size_t n;
};

static result add_file(struct files *f, const struct release_command *c, json_int_t release, const char *ending, struct str text,
		       struct error *e)
{
	char path[PATH_MAX];

	if (f->n == FILES_MOST)
		return error_set(e, CODE_TOO_LARGE, "a release has more than %d files", FILES_MOST);
	TRY(path_of(c, release, ending, path, e));
	f->at[f->n] = OUTFILE_NONE;
	TRY(outfile_open(&f->at[f->n], path, 0600, e));
	buf_str(outfile_buf(&f->at[f->n++]), text);
	return RESULT_OK;
}

static struct str text_in(const json_t *v)
{
	return (struct str){json_string_value(v), json_string_length(v)};
}

/* The table in CONTENT as CSV into B, if it has the HASH that the log has. */
static result make_table(const json_t *content, const json_t *hash, struct buf *b, struct error *e)
{
	unsigned char found[HASH_SIZE];
	struct deid_release release;
	struct arena arena;
	struct buf hex;
	result r;

	arena_init(&arena, 0, false);
	buf_init(&hex);
	r = deid_release_parse(text_in(content), &arena, &release, e);
	if (ok(r)) {
		deid_release_csv(&release, b);
		hash_sha256(b->p, b->n, found);
		buf_hex(&hex, found, sizeof found);
		if (!buf_ok(b) || !buf_ok(&hex))
			r = error_set(e, CODE_OUT_OF_MEMORY, "no memory for a release");
		else if (!str_eq(buf_view(&hex), text_in(hash)))
			r = error_set(e, CODE_LOG_CORRUPT, "what is kept of this release is not what the log has the hash of");
	}
	buf_free(&hex);
	arena_free(&arena);
	return r;
}

static result add_statements(struct files *f, const struct release_command *c, json_int_t release, const json_t *answer,
			     struct error *e)
{
	const char *language;
	json_t *text;

	json_object_foreach(json_object_get(answer, "statements"), language, text) {
		char ending[64];

		if (snprintf(ending, sizeof ending, "statement.%s.txt", language) >= (int)sizeof ending)
			return error_set(e, CODE_TOO_LARGE, "a language has too long a name");
		TRY(add_file(f, c, release, ending, text_in(text), e));
	}
	return RESULT_OK;
}

/* Writes what ANSWER gives, all files or none, the table last: where it stands, the rest stands too. */
static result write_answer(const struct release_command *c, const json_t *answer, struct error *e)
{
	json_int_t release = json_integer_value(json_object_get(answer, "release"));
	const json_t *page = json_object_get(answer, "page"), *report = json_object_get(answer, "report");
	char *text = report ? json_dumps(report, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17)) : NULL;
	struct files files;
	struct buf table;
	result r = RESULT_FAIL;

	files.n = 0;
	buf_init(&table);
	TRY_OUT(make_table(json_object_get(answer, "content"), json_object_get(answer, "hash"), &table, e));
	TRY_OUT(add_statements(&files, c, release, answer, e));
	if (text)
		TRY_OUT(add_file(&files, c, release, "report.json", str_of(text), e));
	if (page)
		TRY_OUT(add_file(&files, c, release, "report.html", text_in(page), e));
	TRY_OUT(add_file(&files, c, release, "csv", buf_view(&table), e));
	r = outfile_commit_all(files.at, files.n, e);
out:
	for (size_t i = 0; i < files.n; i++)
		outfile_drop(&files.at[i]);
	free(text);
	buf_free(&table);
	return r;
}

/* Makes the directory PATH unless it is there; *MADE when it was not. */
static result make_directory(const char *path, bool *made, struct error *e)
{
	char text[128];

	*made = mkdir(path, 0700) == 0;
	if (*made || errno == EEXIST)
		return RESULT_OK;
	return error_at(e, CODE_IO, path, "cannot make the directory: %s", strerror_r(errno, text, sizeof text));
}

static void tell(const struct release_command *c, const json_t *answer)
{
	const json_t *log = json_object_get(answer, "log");
	json_int_t release = json_integer_value(json_object_get(answer, "release"));

	if (json_object_get(answer, "records"))
		fprintf(stderr, "%lld records, %lld left out because those who look alike there do not meet the model; %lld persons may not be in it or lack a value\n",
			(long long)json_integer_value(json_object_get(answer, "records")),
			(long long)json_integer_value(json_object_get(answer, "suppressed")),
			(long long)json_integer_value(json_object_get(answer, "left_out")));
	fprintf(stderr, "log g%lld/%lld\n", (long long)json_integer_value(json_object_get(log, "generation")),
		(long long)json_integer_value(json_object_get(log, "index")));
	printf("%s/%s-%lld.csv\n", c->out, c->set, (long long)release);
}

/* Makes REQUEST of CONTROL; where that begins a job, waits for it by W.  Gives what it came to. */
static json_t *answer_of(struct job_wait *w, struct control *control, json_t *request, struct str token, struct error *e)
{
	json_t *answer = control_ask(control, json_incref(request), e), *made;

	if (!json_object_get(answer, "job"))
		return answer;
	made = job_wait(w, control, token, answer, e);
	json_decref(answer);
	return made;
}

static int ask(const struct release_command *c, json_t *request)
{
	struct job_wait wait = {.signals = -1};
	struct control *control = NULL;
	json_t *answer = NULL;
	struct error e = {0};
	struct buf token;
	bool made = false, refused = false;
	int status;
	result r = RESULT_FAIL;

	buf_init(&token);
	TRY_OUT(token_file_read(c->token_file, &token, &e));
	TRY_OUT(make_directory(c->out, &made, &e));
	TRY_OUT(job_wait_begin(&wait, &e));
	TRY_OUT(control_open(c->dir, &control, &e));
	if (!request || json_object_set_new(request, "token", json_stringn(token.p, token.n)) != 0) {
		(void)error_set(&e, CODE_USAGE, "what was given is no text in UTF-8"); /* ignored: only sets */
		goto out;
	}
	answer = answer_of(&wait, control, request, buf_view(&token), &e);
	refused = json_object_get(answer, "status") != NULL;
	if (answer && !refused)
		r = write_answer(c, answer, &e);
	if (ok(r))
		tell(c, answer);
out:
	status = ok(r) ? cmd_finish(EXIT_DONE) : refused ? person_refused(answer) : cmd_fail(&e);
	json_decref(request);
	json_decref(answer);
	control_close(control);
	job_wait_end(&wait);
	buf_wipe(&token);
	if (!ok(r) && made)
		(void)rmdir(c->out); /* ignored: it stays where something is in it */
	return status;
}

int release_make(const struct release_command *c)
{
	return ask(c, json_pack("{s:s, s:s, s:s, s:s*}", "op", "release_make", "set", c->set, "recipient", c->recipient, "means", c->via));
}

static int release_deliver(const struct release_command *c, const char *number)
{
	uint64_t release;

	if (!number || !str_to_u64(str_of(number), UINT32_MAX, &release) || !c->via || !c->recipient || !c->out) {
		fputs("sekisho deidentify deliver: --release, --recipient, --via and --out are needed; a release is a number\n", stderr);
		return EXIT_USAGE;
	}
	return ask(c, json_pack("{s:s, s:s, s:I, s:s, s:s}", "op", "release_deliver", "set", c->set, "release", (json_int_t)release,
				"recipient", c->recipient, "means", c->via));
}

int cmd_deliver(int argc, char **argv)
{
	struct release_command c = {.dir = NULL};
	const char *number = NULL, *given[2];
	const struct cmd_option options[] = {
		{"--release", "NUMBER", "which release of the set", NULL, &number},
		RELEASE_OPTIONS(c),
		{"--token-file", "FILE", "file of the token to act with; else SEKISHO_TOKEN_FILE names it", NULL, &c.token_file},
	};
	const struct cmd_usage usage = {"deidentify deliver", "INSTANCE SET --release NUMBER --recipient ORGANIZATION --via MEANS --out DIR",
					"Records that a release of an anonymized set goes to a declared recipient, and writes it again.", options,
					sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	c.dir = given[0];
	c.set = given[1];
	return release_deliver(&c, number);
}

/* Listing --------------------------------------------------------------------------------------------------- */

static void print_release(const json_t *r, const char *set)
{
	const json_t *log = json_object_get(r, "log"), *d;
	size_t i;

	printf("%s  release %lld  %s  policy %lld  %lld records  smallest class %lld  log g%lld/%lld\n", set,
	       (long long)json_integer_value(json_object_get(r, "release")), json_string_value(json_object_get(r, "made")),
	       (long long)json_integer_value(json_object_get(r, "policy")), (long long)json_integer_value(json_object_get(r, "records")),
	       (long long)json_integer_value(json_object_get(r, "smallest")),
	       (long long)json_integer_value(json_object_get(log, "generation")),
	       (long long)json_integer_value(json_object_get(log, "index")));
	json_array_foreach(json_object_get(r, "deliveries"), i, d) {
		log = json_object_get(d, "log");
		printf("%s  release %lld  %s  to %s by %s  log g%lld/%lld\n", set,
		       (long long)json_integer_value(json_object_get(r, "release")), json_string_value(json_object_get(d, "at")),
		       json_string_value(json_object_get(d, "recipient")), json_string_value(json_object_get(d, "means")),
		       (long long)json_integer_value(json_object_get(log, "generation")),
		       (long long)json_integer_value(json_object_get(log, "index")));
	}
}

void release_print(const json_t *sets)
{
	const json_t *set, *r;
	size_t i, k;

	json_array_foreach(sets, i, set) {
		const char *id = json_string_value(json_object_get(set, "set")), *due = json_string_value(json_object_get(set, "due"));

		json_array_foreach(json_object_get(set, "releases"), k, r)
			print_release(r, id);
		if (due)
			printf("%s  next release %s on %s\n", id, json_is_true(json_object_get(set, "is_due")) ? "due" : "is due", due);
	}
}
