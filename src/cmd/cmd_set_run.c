/* Making a run of a de-identified set that an instance's policy declares. */
#include "cmd/cmd.h"
#include "cmd/deidentify.h"

int cmd_set_run(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	const char *given[2];
	const struct cmd_option options[] = {
		PERSON_OPTION_TOKEN(a),
		PERSON_OPTION_REASON(a),
		PERSON_OPTION_JSON(a),
	};
	const struct cmd_usage usage = {"deidentify run", "INSTANCE SET", "Makes a run of a pseudonymized set, as the policy declares it.",
					options, sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	return status == CMD_GO_ON ? cmd_set_make(given[0], given[1], &a) : status;
}
