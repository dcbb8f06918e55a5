#include <stdio.h>

#include "cmd/person.h"

static void tell(const json_t *answer)
{
	const char *item;
	const json_t *value;

	json_object_foreach((json_t *)json_object_get(answer, "items"), item, value) {
		printf("%s: ", item);
		if (json_is_string(value))
			fwrite(json_string_value(value), 1, json_string_length(value), stdout);
		else
			json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
		putchar('\n');
	}
}

int cmd_get(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	const char *items = NULL, *given[3];
	const struct cmd_option options[] = {
		PERSON_OPTION_TOKEN(a),
		PERSON_OPTION_PURPOSE(a),
		PERSON_OPTION_REASON(a),
		{"--items", "ITEMS", "which, joined by commas; default all that the purpose uses", NULL, &items},
		PERSON_OPTION_JSON(a),
	};
	const struct cmd_usage usage = {"get", "INSTANCE PERSON CATEGORY --purpose PURPOSE", "Reads the values of one person.", options,
					sizeof options / sizeof *options, 3, 3};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	return person_ask(given[0], &a,
			  json_pack("{s:s, s:s, s:s, s:s*}", "op", "get", "subject", given[1], "category", given[2], "items", items), tell);
}
