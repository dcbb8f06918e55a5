#include <stdio.h>

#include "cmd/person.h"

static void tell_hold(const json_t *answer)
{
	printf("%s is held\n", json_string_value(json_object_get(answer, "id")));
}

static void tell_release(const json_t *answer)
{
	printf("%s is released\n", json_string_value(json_object_get(answer, "id")));
}

int cmd_hold(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	const char *until = NULL, *given[2];
	bool release = false;
	const struct cmd_option options[] = {
		PERSON_OPTION_TOKEN(a),
		PERSON_OPTION_PURPOSE(a),
		PERSON_OPTION_REASON(a),
		{"--until", "DATE", "through this date; default until released", NULL, &until},
		{"--release", NULL, "end the holds on the person", &release, NULL},
		PERSON_OPTION_JSON(a),
	};
	const struct cmd_usage usage = {"hold", "INSTANCE PERSON --reason TEXT", "Keeps a person's data from being erased, or no longer.",
					options, sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	if ((!release && !a.reason) || (release && until)) {
		fputs("sekisho hold: a hold has its --reason; --release has no --until\n", stderr);
		return EXIT_USAGE;
	}
	return person_ask(given[0], &a,
			  json_pack("{s:s, s:s, s:s*, s:b}", "op", "hold", "subject", given[1], "until", until, "release", release ? 1 : 0),
			  release ? tell_release : tell_hold);
}
