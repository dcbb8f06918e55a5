#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/policy.h"
#include "policy/finding.h"
#include "policy/reference.h"
#include "policy/schema.h"

/* The code that S is most likely meant to be, or NULL.  Static. */
static const char *nearest(struct str s)
{
	const char *best = NULL;
	unsigned least = 4;

	for (int i = 0; i < FINDING_CODES; i++) {
		const char *text = finding_text((enum finding_code)i);
		unsigned distance = str_distance(s, str_of(text), 3);

		if (distance < least) {
			least = distance;
			best = text;
		}
	}
	return best;
}

static void print_entry(enum finding_code code, bool japanese)
{
	struct finding_entry entry = finding_explain(code, japanese);

	printf("%s (%s)\n\n%s\n", finding_text(code), severity_text(finding_severity(code)), entry.meaning);
	if (*entry.law)
		printf("\n%s %s\n", japanese ? "法令:" : "Law:", entry.law);
	printf("\n%s %s\n", japanese ? "例:" : "Example:", entry.example);
	printf("\n%s %s\n", japanese ? "直し方:" : "Cure:", entry.cure);
}

int policy_explain_command(int argc, char **argv)
{
	const char *language = "en", *given;
	const struct cmd_option options[] = {
		{"--language", "ja|en", "the language of the explanation; en when not said", NULL, &language},
	};
	const struct cmd_usage usage = {"policy explain", "CODE", "Says what a finding means, the law behind it, an example, and the cure.",
					options, sizeof options / sizeof *options, 1, 1};
	enum finding_code code;
	int status = cmd_parse(&usage, argc, argv, &given);

	if (status != CMD_GO_ON)
		return status;
	if (!cmd_language(language))
		return EXIT_USAGE;
	if (!finding_parse(str_of(given), &code)) {
		const char *meant = nearest(str_of(given));

		fprintf(stderr, "sekisho: no finding has the code \"%s\"%s%s%s\n", given, meant ? "; did you mean \"" : "",
			meant ? meant : "", meant ? "\"?" : "");
		return EXIT_USAGE;
	}
	print_entry(code, language[0] == 'j');
	return cmd_finish(EXIT_DONE);
}

int policy_schema_command(int argc, char **argv)
{
	const char *language = "en", *given = NULL;
	bool markdown = false;
	const struct cmd_option options[] = {
		{"--markdown", NULL, "the same keys as a reference for people, in Markdown", &markdown, NULL},
		{"--language", "ja|en", "the language of the reference; en when not said", NULL, &language},
	};
	const struct cmd_usage usage = {"policy schema", "", "Prints the JSON Schema of policy.yaml, for editors.", options,
					sizeof options / sizeof *options, 0, 0};
	struct buf b;
	int status = cmd_parse(&usage, argc, argv, &given);

	if (status != CMD_GO_ON)
		return status;
	if (!cmd_language(language))
		return EXIT_USAGE;
	buf_init(&b);
	if (markdown)
		policy_reference_write(&b, language[0] == 'j');
	else
		schema_write(&b);
	status = buf_ok(&b) ? EXIT_DONE : EXIT_FAULT;
	if (buf_ok(&b))
		fputs(buf_c(&b), stdout);
	buf_free(&b);
	return cmd_finish(status);
}
