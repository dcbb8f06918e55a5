#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/log_commands.h"
#include "cmd/log_open.h"
#include "evidence/proof.h"
#include "evidence/verify.h"



/* What the options say; texts of the command line, NULL where absent. */
struct wanted {
	const char *what; /* INSTANCE, DIR or FILE */
	const char *vkey, *checkpoint, *older, *receipt, *entry;
	bool json;
};

/* Prints what holds: N entries of ORIGIN under ROOT. */
static int holds(const struct wanted *w, struct str origin, const struct verify_report *r)
{
	struct buf root;

	buf_init(&root);
	buf_base64(&root, r->root.b, sizeof r->root.b);
	if (w->json)
		printf("{\"origin\":\"%.*s\",\"size\":%llu,\"root\":\"%s\",\"verified\":true}\n", (int)origin.n, origin.p,
		       (unsigned long long)r->size, buf_c(&root));
	else
		printf("%.*s: %llu entries, all of them lead to the signed root %s%s\n", (int)origin.n, origin.p,
		       (unsigned long long)r->size, buf_c(&root), w->older ? "; the older checkpoint is a beginning of it" : "");
	buf_free(&root);
	return EXIT_DONE;
}

/* Prints what does not hold; the evidence's own faults are findings of this command, not failures. */
static int broken(const struct wanted *w, const struct verify_report *r, const struct error *e)
{
	bool finding = e->code == CODE_LOG_CORRUPT || e->code == CODE_LOG_ROLLED_BACK || e->code == CODE_MALFORMED;
	int status = cmd_fail(e);

	if (!finding)
		return status;
	if (w->json)
		printf("{\"verified\":false,\"code\":\"%s\",\"bad_first\":%llu,\"bad_last\":%llu}\n", code_text(e->code),
		       (unsigned long long)r->bad_first, (unsigned long long)r->bad_last);
	return EXIT_REFUSED;
}

static result read_older(const struct wanted *w, struct buf *b, struct verify_config *c, struct error *e)
{
	if (!w->older)
		return RESULT_OK;
	TRY(file_read(w->older, NOTE_SIZE_MAX, b, e));
	c->older = buf_view(b);
	return RESULT_OK;
}

/* An instance: every generation, or the one that the key names. */
static int verify_instance(const struct wanted *w, struct verify_config *c)
{
	struct verify_report r = {0};
	struct log_opened l;
	struct error e = {0};
	uint64_t last = 1;
	int status = EXIT_DONE;

	for (uint64_t g = 1; g <= last && status == EXIT_DONE; g++) {
		result done = log_opened_open(&l, w->what, 0, &e);

		last = l.head.generation;
		if (ok(done) && g < last) {
			log_opened_close(&l);
			done = log_opened_open(&l, w->what, g, &e);
		}
		if (ok(done)) {
			struct verify_config here = *c;

			if (!w->vkey)
				here.key = &l.key;
			here.tiles = l.tiles;
			if (g < last)
				here.older = (struct str){NULL, 0}; /* the current generation is meant */
			db_rollback(l.db); /* verifying has connections of its own */
			done = verify_database(l.instance.database, g, &here, &r, &e);
		}
		status = ok(done) ? holds(w, str_of(l.head.origin), &r) : broken(w, &r, &e);
		log_opened_close(&l);
	}
	return status;
}

static int verify_outside(const struct wanted *w, struct verify_config *c, bool is_dir)
{
	struct verify_report r = {0};
	struct error e = {0};
	struct buf note;
	result done;

	buf_init(&note);
	if (is_dir) {
		done = verify_tiles(w->what, c, &r, &e);
	} else if (!w->checkpoint) {
		done = error_set(&e, CODE_USAGE, "--checkpoint FILE, which was exported with the entries, is missing");
	} else {
		done = file_read(w->checkpoint, NOTE_SIZE_MAX, &note, &e);
		if (ok(done))
			done = verify_export(w->what, buf_view(&note), c, &r, &e);
	}
	buf_free(&note);
	return ok(done) ? holds(w, c->key->name, &r) : broken(w, &r, &e);
}

static int verify_receipt(const struct wanted *w, const struct note_key *key)
{
	struct verify_report r = {0};
	struct error e = {0};
	struct buf receipt, entry;
	uint64_t index = 0;
	int status;

	buf_init(&receipt);
	buf_init(&entry);
	if (!w->entry || !key)
		(void)error_set(&e, CODE_USAGE, "a receipt is verified with --entry FILE and --vkey KEY"); /* ignored: shown below */
	else if (ok(file_read(w->receipt, PROOF_RECEIPT_MAX, &receipt, &e)) && ok(file_read(w->entry, ENTRY_MAX, &entry, &e)) &&
		 ok(proof_verify(buf_view(&receipt), buf_view(&entry), key, &index, &e))) {
		if (w->json)
			printf("{\"origin\":\"%.*s\",\"index\":%llu,\"verified\":true}\n", (int)key->name.n, key->name.p,
			       (unsigned long long)index);
		else
			printf("entry %llu is in the log %.*s\n", (unsigned long long)index, (int)key->name.n, key->name.p);
	}
	status = e.code == CODE_NONE ? EXIT_DONE : broken(w, &r, &e);
	buf_free(&receipt);
	buf_free(&entry);
	return status;
}

/* Finds out what W is about, and verifies it. */
static int verify(const struct wanted *w)
{
	struct verify_config c = {.key = NULL};
	char config[PATH_MAX];
	struct note_key key;
	struct buf vkey, older;
	struct error e = {0};
	struct stat s;
	int status;

	buf_init(&vkey);
	buf_init(&older);
	if ((w->vkey && !ok(log_vkey_read(w->vkey, &vkey, &key, &e))) || !ok(read_older(w, &older, &c, &e))) {
		status = cmd_fail(&e);
		goto out;
	}
	c.key = w->vkey ? &key : NULL;
	if (w->receipt) {
		status = verify_receipt(w, c.key);
		goto out;
	}
	if (!w->what || stat(w->what, &s) != 0 || !ok(path_join(config, sizeof config, w->what, "config.yaml", &e)))
		(void)error_at(&e, CODE_IO, w->what, "there is no such instance, folder of tiles or file"); /* ignored: shown below */
	else if (S_ISDIR(s.st_mode) && access(config, F_OK) == 0) {
		status = verify_instance(w, &c);
		goto out;
	} else if (!c.key)
		(void)error_set(&e, CODE_USAGE, "outside its instance a log is verified with --vkey KEY"); /* ignored: shown below */
	status = e.code == CODE_NONE ? verify_outside(w, &c, S_ISDIR(s.st_mode)) : cmd_fail(&e);
out:
	buf_free(&vkey);
	buf_free(&older);
	return status;
}

int cmd_log_verify(int argc, char **argv)
{
	struct wanted w = {.what = NULL};
	const struct cmd_option options[] = {
		{"--vkey", "KEY", "the verifier key, or a file with it; of an instance, its own", NULL, &w.vkey},
		{"--checkpoint", "FILE", "the signed checkpoint of an exported file", NULL, &w.checkpoint},
		{"--older", "FILE", "a checkpoint kept from earlier, which must be a beginning of the log", NULL, &w.older},
		{"--receipt", "FILE", "verify this receipt, and nothing else,", NULL, &w.receipt},
		{"--entry", "FILE", "with the entry that it proves", NULL, &w.entry},
		{"--json", NULL, "as JSON", &w.json, NULL},
	};
	const struct cmd_usage usage = {"log verify", "[INSTANCE | TILES | FILE]",
					"Verifies a log: every entry, the tree, the signed checkpoint; or one receipt.", options,
					sizeof options / sizeof *options, 0, 1};
	int status = cmd_parse(&usage, argc, argv, &w.what);

	if (status != CMD_GO_ON)
		return status;
	if (!w.what == !w.receipt) {
		fputs("sekisho log verify: either an instance, tiles or file, or --receipt FILE\n", stderr);
		return EXIT_USAGE;
	}
	return cmd_finish(verify(&w));
}
