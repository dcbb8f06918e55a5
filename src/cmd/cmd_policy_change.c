/* `sekisho policy diff` and `sekisho policy publish`: from one version to the next. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/changes.h"
#include "cmd/cmd.h"
#include "cmd/control.h"
#include "cmd/policy.h"

static const char *text_of(const json_t *v, const char *key)
{
	const char *s = json_string_value(json_object_get(v, key));

	return s ? s : "";
}

/* Prints V as JSON; the exit status. */
static int print_json(const json_t *v)
{
	char *s = json_dumps(v, JSON_INDENT(2));

	if (!s) {
		fprintf(stderr, "sekisho: no memory for the report [%s]\n", code_text(CODE_OUT_OF_MEMORY));
		return EXIT_FAULT;
	}
	puts(s);
	free(s);
	return cmd_finish(EXIT_DONE);
}

/* The server reads directories too, from where it stands: PATH as a whole path, or as it is when it is a version. */
static const char *whole(const char *path, char *room)
{
	return realpath(path, room) ? room : path;
}

/* Asks REQUEST (taken over) of the instance in DIR. */
static json_t *ask(const char *dir, json_t *request, struct error *e)
{
	struct control *c = NULL;
	json_t *answer = NULL;

	if (ok(control_open(dir, &c, e)))
		answer = control_ask(c, request, e);
	else
		json_decref(request);
	control_close(c);
	return answer;
}

/* diff ------------------------------------------------------------------------------------------------------- */

static void print_answers(const json_t *change, bool ja)
{
	const json_t *answers = json_object_get(change, "answers"), *one;
	size_t i;

	if (json_array_size(answers))
		printf(ja ? "  回答: " : "  answer: ");
	json_array_foreach(answers, i, one)
		printf("%s%s", i ? " | " : "", json_string_value(one));
	if (json_array_size(answers))
		putchar('\n');
}

/* One change in plain words; `?` stands before what has to be decided. */
static void print_change(const json_t *change, const char *language)
{
	const json_t *law = json_object_get(change, "law"), *persons = json_object_get(change, "persons");
	bool ja = strcmp(language, "ja") == 0;

	printf("%c %s\n", json_array_size(json_object_get(change, "answers")) ? '?' : '-',
	       text_of(json_object_get(change, "text"), language));
	printf("  %s: %s\n", text_of(law, "article"), text_of(json_object_get(law, "act"), language));
	if (persons)
		printf(ja ? "  対象者: %lld人\n" : "  persons touched: %lld\n", (long long)json_integer_value(persons));
	print_answers(change, ja);
	printf("  %s:%s\n", text_of(change, "code"), text_of(change, "path"));
}

int policy_diff_command(int argc, char **argv)
{
	const char *language = "en", *given[3];
	bool json = false;
	const struct cmd_option options[] = {
		{"--json", NULL, "the changes as JSON, in both languages", &json, NULL},
		{"--language", "ja|en", "language of the sentences", NULL, &language},
	};
	const struct cmd_usage usage = {
		"policy diff", "BEFORE AFTER [INSTANCE]",
		"Says what changes for people from one policy to another.  Each is a directory or, with\n"
		"INSTANCE, the number of a version published there; then it also counts the persons touched.",
		options, sizeof options / sizeof *options, 2, 3};
	char before[PATH_MAX], after[PATH_MAX];
	struct error e = {0};
	const json_t *one;
	json_t *answer;
	size_t i;
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	if (strcmp(language, "ja") != 0 && strcmp(language, "en") != 0) {
		fputs("sekisho policy diff: --language is ja or en\n", stderr);
		return EXIT_USAGE;
	}
	answer = given[2] ? ask(given[2],
				json_pack("{s:s, s:s, s:s}", "op", "policy_diff", "before", whole(given[0], before), "after",
					  whole(given[1], after)),
				&e)
			  : changes_of_directories(given[0], given[1], &e);
	if (!answer)
		return cmd_fail(&e);
	if (json) {
		status = print_json(answer);
	} else {
		json_array_foreach(json_object_get(answer, "changes"), i, one)
			print_change(one, language);
		fprintf(stderr, "%zu changes\n", json_array_size(json_object_get(answer, "changes")));
		status = cmd_finish(EXIT_DONE);
	}
	json_decref(answer);
	return status;
}

/* publish ---------------------------------------------------------------------------------------------------- */

static void print_finding(const json_t *f)
{
	long long line = (long long)json_integer_value(json_object_get(f, "line"));
	const char *hint = text_of(f, "hint");

	printf("%s", text_of(f, "file"));
	if (line)
		printf(":%lld:%lld", line, (long long)json_integer_value(json_object_get(f, "column")));
	printf(": %s[%s]: %s%s%s\n", text_of(f, "severity"), text_of(f, "code"), text_of(f, "message"), hint[0] ? "; " : "",
	       hint);
}

int policy_publish_command(int argc, char **argv)
{
	bool json = false;
	const struct cmd_option options[] = {{"--json", NULL, "the answer as JSON", &json, NULL}};
	const struct cmd_usage usage = {
		"policy publish", "DIR INSTANCE",
		"Makes the policy in DIR the next version of INSTANCE.  Refused while it has errors, or changes\n"
		"that decisions.yaml does not decide; what was published is never changed.",
		options, sizeof options / sizeof *options, 2, 2};
	char dir[PATH_MAX];
	struct error e = {0};
	const json_t *one;
	const char *given[2];
	json_t *answer;
	size_t i;
	int status = cmd_parse(&usage, argc, argv, given);

	if (status != CMD_GO_ON)
		return status;
	answer = ask(given[1], json_pack("{s:s, s:s}", "op", "publish", "dir", whole(given[0], dir)), &e);
	if (!answer)
		return cmd_fail(&e);
	status = json_object_get(answer, "version") ? EXIT_DONE : EXIT_REFUSED;
	if (json) {
		int printed = print_json(answer);

		status = printed == EXIT_DONE ? status : printed;
	} else {
		json_array_foreach(json_object_get(answer, "findings"), i, one)
			print_finding(one);
		if (status == EXIT_DONE)
			printf("version %lld, in force from %s, hash %s\n",
			       (long long)json_integer_value(json_object_get(answer, "version")), text_of(answer, "in_force"),
			       text_of(answer, "hash"));
		else
			fputs("not published\n", stderr);
		status = cmd_finish(status);
	}
	json_decref(answer);
	return status;
}
