/* Making a run of a de-identified set that an instance's policy declares. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/deidentify.h"
#include "cmd/release.h"

int cmd_set_run(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	struct release_command c = {.dir = NULL};
	const char *given[2];
	const struct cmd_option options[] = {
		RELEASE_OPTIONS(c),
		PERSON_OPTION_TOKEN(a),
		PERSON_OPTION_REASON(a),
		PERSON_OPTION_JSON(a),
	};
	const struct cmd_usage usage = {"deidentify run", "INSTANCE SET [--recipient ORGANIZATION --out DIR]",
					"Makes a set as the policy declares it: a run of a pseudonymized one, a release of an anonymized one.",
					options, sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	if (!c.recipient && !c.out && !c.via)
		return cmd_set_make(given[0], given[1], &a);
	if (!c.recipient || !c.out || a.reason || a.json) {
		fputs("sekisho deidentify run: an anonymized set takes --recipient and --out, and neither --reason nor --json\n", stderr);
		return EXIT_USAGE;
	}
	c.dir = given[0];
	c.set = given[1];
	c.token_file = a.token_file;
	return release_make(&c);
}
