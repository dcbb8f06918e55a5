#include <stdio.h>

#include "cmd/person.h"

/* A member of ENTRY as text, "-" when it has none. */
static const char *text(const json_t *entry, const char *key)
{
	const char *s = json_string_value(json_object_get(entry, key));

	return s ? s : "-";
}

static void tell(const json_t *answer)
{
	const json_t *use;
	size_t i;

	json_array_foreach(json_object_get(answer, "uses"), i, use) {
		const json_t *entry = json_object_get(use, "entry");

		printf("%-24s %-10s %-16s %-16s %-8s g%lld/%lld\n", text(entry, "t"), text(entry, "kind"), text(entry, "role"),
		       text(entry, "purpose"), text(entry, "result"), (long long)json_integer_value(json_object_get(use, "generation")),
		       (long long)json_integer_value(json_object_get(use, "index")));
	}
	if (json_object_get(answer, "next"))
		fputs("there are older ones; the HTTP interface goes on with them\n", stderr);
}

int cmd_uses(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	const char *given[2];
	const struct cmd_option options[] = {PERSON_OPTION_TOKEN(a), PERSON_OPTION_JSON(a)};
	const struct cmd_usage usage = {"uses", "INSTANCE PERSON", "Lists who used a person's data, for which purpose and when, newest first.",
					options, sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	return person_ask(given[0], &a, json_pack("{s:s, s:s}", "op", "uses", "subject", given[1]), tell);
}
