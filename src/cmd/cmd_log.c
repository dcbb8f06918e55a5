#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/outfile.h"
#include "cmd/cmd.h"
#include "cmd/log_commands.h"
#include "cmd/log_open.h"
#include "evidence/export.h"
#include "evidence/proof.h"
#include "evidence/tiles.h"

/* Places ---------------------------------------------------------------------------------------------------- */

/* Reads TEXT, "g1/123" or "123", into *GENERATION (0: the current one) and *INDEX; false when it is none. */
static bool place_read(const char *text, uint64_t *generation, uint64_t *index)
{
	struct str s = str_of(text);
	size_t slash = str_find(s, '/');

	*generation = 0;
	if (slash == s.n)
		return str_to_u64(s, UINT64_MAX >> 1, index);
	return s.p[0] == 'g' && str_to_u64(str_sub(s, 1, slash - 1), UINT32_MAX, generation) &&
	       str_to_u64(str_sub(s, slash + 1, s.n), UINT64_MAX >> 1, index);
}

/* Prints B. */
static int put(const struct buf *b)
{
	fwrite(b->p ? b->p : "", 1, b->n, stdout);
	return cmd_finish(EXIT_DONE);
}

/* prove ----------------------------------------------------------------------------------------------------- */

static int prove(int argc, char **argv)
{
	const char *entry_file = NULL, *given[2];
	const struct cmd_option options[] = {
		{"--entry", "FILE", "write the entry itself to FILE", NULL, &entry_file},
	};
	const struct cmd_usage usage = {"log prove", "INSTANCE PLACE",
					"Prints the receipt of the entry at PLACE (g1/123456, or an index): proof and checkpoint.",
					options, sizeof options / sizeof *options, 2, 2};
	struct log_opened l = {.db = NULL};
	uint64_t generation, index;
	struct error e = {0};
	struct str entry;
	struct buf receipt;
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	if (!place_read(given[1], &generation, &index)) {
		fputs("sekisho log prove: a place is g1/123456, as in Sekisho-Log, or an index\n", stderr);
		return EXIT_USAGE;
	}
	buf_init(&receipt);
	if (ok(log_opened_open(&l, given[0], generation, &e)) && ok(log_head_check(&l.head, &l.key, &e)) &&
	    ok(proof_make(l.nodes, &l.head, index, &receipt, &e)) &&
	    (!entry_file || (ok(log_reader_entry(l.reader, index, &entry, &e)) && ok(file_write(entry_file, entry.p, entry.n, 0600, &e)))))
		status = put(&receipt);
	else
		status = cmd_fail(&e);
	log_opened_close(&l);
	buf_free(&receipt);
	return status;
}

/* export ---------------------------------------------------------------------------------------------------- */

struct export_options {
	const char *format, *from, *to, *out, *checkpoint, *tiles;
};

static result to_file(void *ctx, struct str bytes, struct error *e)
{
	struct outfile *f = ctx;

	buf_str(outfile_buf(f), bytes);
	return outfile_flush(f, 1 << 16, e);
}

static result to_stdout(void *ctx, struct str bytes, struct error *e)
{
	(void)ctx;
	if (fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n)
		return error_set(e, CODE_IO, "the output could not be written");
	return RESULT_OK;
}

/* What span and format O asks for.  Fails with usage. */
static result export_wanted(const struct export_options *o, uint64_t size, struct export_span *span, enum export_format *format,
			    struct error *e)
{
	*span = (struct export_span){0, size};
	*format = o->format && strcmp(o->format, "csv") == 0 ? EXPORT_CSV : EXPORT_NDJSON;
	if (o->format && *format == EXPORT_NDJSON && strcmp(o->format, "ndjson") != 0)
		return error_set(e, CODE_USAGE, "--format is ndjson or csv");
	if ((o->from && !str_to_u64(str_of(o->from), size, &span->from)) || (o->to && !str_to_u64(str_of(o->to), size, &span->to)) ||
	    span->from > span->to)
		return error_set(e, CODE_USAGE, "--from and --to are indexes of entries; the log has %llu", (unsigned long long)size);
	return RESULT_OK;
}

static result export_log(struct log_opened *l, const struct export_options *o, struct error *e)
{
	struct outfile f = OUTFILE_NONE;
	struct export_sink sink = {to_stdout, NULL};
	enum export_format format;
	struct export_span span;
	result r = RESULT_FAIL;

	TRY(export_wanted(o, l->head.size, &span, &format, e));
	TRY(log_head_check(&l->head, &l->key, e));
	if (o->out) {
		TRY(outfile_open(&f, o->out, 0600, e));
		sink = (struct export_sink){to_file, &f};
	}
	TRY_OUT(export_entries(l->reader, &span, format, &sink, e));
	if (o->out)
		TRY_OUT(outfile_commit(&f, e));
	if (o->checkpoint)
		TRY_OUT(file_write(o->checkpoint, l->head.note, strlen(l->head.note), 0644, e));
	r = RESULT_OK;
out:
	outfile_drop(&f);
	return r;
}

/* Writes hash tiles and entry bundles of L under DIR: a log that anybody can serve and verify. */
static result export_tiles(struct log_opened *l, const char *dir, struct error *e)
{
	const struct log_tiles_config c = {.dir = dir, .key = &l->key, .bundles = true, .rebuild = true};
	struct log_tiles *t = NULL;
	result r;

	TRY(file_make_dir(dir, e));
	TRY(log_tiles_open(l->db, l->head.generation, &c, &t, e));
	r = log_write_tiles(t, e);
	log_tiles_close(t);
	return r;
}

static int export(int argc, char **argv)
{
	struct export_options o = {.format = NULL};
	const struct cmd_option options[] = {
		{"--format", "FORMAT", "ndjson (default), whose bytes can be verified, or csv", NULL, &o.format},
		{"--from", "INDEX", "the first entry", NULL, &o.from},
		{"--to", "INDEX", "the first that is left out", NULL, &o.to},
		{"--out", "FILE", "write there, whole or not at all", NULL, &o.out},
		{"--checkpoint", "FILE", "write the signed checkpoint to FILE", NULL, &o.checkpoint},
		{"--tiles", "DIR", "write tiles and entry bundles (C2SP tlog-tiles) under DIR instead", NULL, &o.tiles},
	};
	const struct cmd_usage usage = {"log export", "INSTANCE", "Writes the entries of the log, one a line.", options,
					sizeof options / sizeof *options, 1, 1};
	struct log_opened l = {.db = NULL};
	struct error e = {0};
	const char *dir;
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	status = ok(log_opened_open(&l, dir, 0, &e)) && ok(o.tiles ? export_tiles(&l, o.tiles, &e) : export_log(&l, &o, &e))
			 ? cmd_finish(EXIT_DONE)
			 : cmd_fail(&e);
	log_opened_close(&l);
	return status;
}

/* rebuild and key ------------------------------------------------------------------------------------------- */

static result rebuild_tiles(const char *dir, uint64_t *size, struct error *e)
{
	struct log_opened l = {.db = NULL};
	struct log_tiles *t = NULL;
	int lock = -1;
	result r = RESULT_FAIL;

	TRY_OUT(log_opened_open(&l, dir, 0, e));
	TRY_OUT(instance_lock(&l.instance, &lock, e));
	TRY_OUT(file_make_dir(l.instance.tiles, e));
	TRY_OUT(log_tiles_open(l.db, l.head.generation,
			       &(struct log_tiles_config){.dir = l.instance.tiles, .key = &l.key, .rebuild = true}, &t, e));
	TRY_OUT(log_write_tiles(t, e));
	*size = log_tiles_size(t);
	r = RESULT_OK;
out:
	log_tiles_close(t);
	log_opened_close(&l);
	if (lock >= 0)
		(void)close(lock); /* ignored: the lock goes with the descriptor */
	return r;
}

static int rebuild(int argc, char **argv)
{
	const struct cmd_usage usage = {"log rebuild", "INSTANCE", "Writes the tiles of the log anew from the database.", NULL, 0, 1, 1};
	struct error e = {0};
	uint64_t size = 0;
	const char *dir;
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (!ok(rebuild_tiles(dir, &size, &e)))
		return cmd_fail(&e);
	printf("tiles of %llu entries written\n", (unsigned long long)size);
	return cmd_finish(EXIT_DONE);
}

static int key(int argc, char **argv)
{
	const struct cmd_usage usage = {"log key", "INSTANCE", "Prints the key that the log is verified with.", NULL, 0, 1, 1};
	struct log_opened l = {.db = NULL};
	struct error e = {0};
	struct buf b;
	const char *dir;
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	buf_init(&b);
	if (ok(log_opened_open(&l, dir, 0, &e))) {
		note_key_write(&b, &l.key);
		buf_byte(&b, '\n');
		status = put(&b);
	} else {
		status = cmd_fail(&e);
	}
	log_opened_close(&l);
	buf_free(&b);
	return status;
}

int cmd_log(int argc, char **argv)
{
	static const struct command commands[] = {
		{"verify", "verify a log or a receipt", cmd_log_verify},
		{"prove", "print the receipt of one entry", prove},
		{"export", "write the entries out", export},
		{"rebuild", "write the tiles anew", rebuild},
		{"key", "print the verifier key", key},
		{NULL, NULL, NULL},
	};

	return cmd_dispatch(commands, "sekisho log", argc, argv);
}
