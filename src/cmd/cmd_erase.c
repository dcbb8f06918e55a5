#include <stdio.h>

#include "cmd/person.h"

static void tell(const json_t *answer)
{
	const json_t *final = json_object_get(answer, "final");

	printf("%lld values erased, %lld kept for now\n", (long long)json_integer_value(json_object_get(answer, "values")),
	       (long long)json_integer_value(json_object_get(answer, "kept")));
	if (json_object_get(final, "copies_until"))
		printf("no backup of the keys can open a copy from %s on\n", json_string_value(json_object_get(final, "copies_until")));
}

/* LIST as an array of JSON, NULL when it is empty. */
static json_t *array_of(const char *const *list)
{
	json_t *v = *list ? json_array() : NULL;

	for (; *list; list++)
		if (json_array_append_new(v, json_string(*list)) != 0)
			break;
	return v;
}

int cmd_erase(int argc, char **argv)
{
	struct person_asker a = {.json = false};
	const char *basis = NULL, *categories[CMD_REPEATS + 1] = {NULL}, *given[2];
	bool keep_objection = false;
	const struct cmd_option options[] = {
		PERSON_OPTION_TOKEN(a),
		PERSON_OPTION_PURPOSE(a),
		PERSON_OPTION_REASON(a),
		{"--basis", "BASIS", "request, not_needed or law", NULL, &basis},
		{"--category", "CATEGORY...", "only this; default the whole person", NULL, categories},
		{"--keep-objection", NULL, "an objection lives on, by keyed hashes alone", &keep_objection, NULL},
		PERSON_OPTION_JSON(a),
	};
	const struct cmd_usage usage = {"erase", "INSTANCE PERSON --basis BASIS --reason TEXT", "Erases one person and prints the certificate.",
					options, sizeof options / sizeof *options, 2, 2};
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	if (!basis || !a.reason) {
		fputs("sekisho erase: --basis and --reason are needed\n", stderr);
		return EXIT_USAGE;
	}
	return person_ask(given[0], &a,
			  json_pack("{s:s, s:s, s:s, s:o*, s:b}", "op", "erase", "subject", given[1], "basis", basis, "categories",
				    array_of(categories), "keep_objection", keep_objection ? 1 : 0),
			  tell);
}
