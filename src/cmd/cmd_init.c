#include <stdio.h>

#include "access/access.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/report.h"
#include "crypto/crypto.h"
#include "publish/texts.h"

static void print_findings(const struct findings *f)
{
	struct buf b;

	buf_init(&b);
	report_text(f, &b);
	if (b.n)
		fwrite(b.p, 1, b.n, stderr);
	buf_free(&b);
}

/* What its owner has to know and keep. */
static int tell(const char *dir, const char *key, struct error *e)
{
	struct control *c = NULL;
	json_t *answer = NULL;

	if (ok(control_open(dir, &c, e)))
		answer = control_ask(c, json_pack("{s:s}", "op", "log_key"), e);
	control_close(c);
	if (!answer)
		return cmd_fail(e);
	printf("instance   %s\nlog key    %s\n", dir, json_string_value(json_object_get(answer, "vkey")));
	fprintf(stderr,
		"\nKeep safe, and apart from backups of the database:\n  %s\n"
		"Without it no value can be opened again. Publish the log key: whoever has it can verify the log.\n",
		key);
	json_decref(answer);
	return cmd_finish(EXIT_DONE);
}

int cmd_init(int argc, char **argv)
{
	struct access_plan plan = {.dir = NULL, .texts = edition_texts};
	const struct access_options o = {.clock = clock_system(), .entropy = crypto_entropy()};
	const char *origin = NULL;
	const struct cmd_option options[] = {
		{"--policy", "DIR", "the policy that is published as its first version", NULL, &plan.policy_dir},
		{"--db", "URL", "the database; default sekisho.db in the instance", NULL, &plan.database},
		{"--key-file", "FILE", "the root key, made when it is not there; default keys/root.key", NULL, &plan.key_file},
		{"--passphrase-file", "FILE", "a passphrase instead of a root key", NULL, &plan.passphrase_file},
		{"--origin", "HOST/PATH", "the name of the log; default sekisho.invalid/<instance id>", NULL, &origin},
	};
	const struct cmd_usage usage = {"init", "INSTANCE --policy DIR",
					"Makes an instance: root key, database, log key, first published policy.", options,
					sizeof options / sizeof *options, 1, 1};
	struct findings f;
	struct error e = {0};
	int status = cmd_parse(&usage, argc, argv, &plan.dir);

	if (status != CMD_GO_ON)
		return status;
	if (!plan.policy_dir) {
		fputs("sekisho init: --policy DIR is missing\n", stderr);
		return EXIT_USAGE;
	}
	plan.origin = str_of(origin);
	findings_init(&f);
	if (ok(access_init(&plan, &o, &f, &e)))
		status = tell(plan.dir, plan.passphrase_file ? plan.passphrase_file : plan.key_file ? plan.key_file : "keys/ in the instance", &e);
	else
		status = cmd_fail(&e);
	if (status != EXIT_DONE)
		print_findings(&f);
	findings_free(&f);
	return status;
}
