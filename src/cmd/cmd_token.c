#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/control.h"

/* Asks REQUEST of the instance in DIR; the answer, or NULL after saying why, with *STATUS set. */
static json_t *ask(const char *dir, json_t *request, int *status)
{
	struct control *c = NULL;
	struct error e = {0};
	json_t *answer = NULL;

	if (ok(control_open(dir, &c, &e)))
		answer = control_ask(c, request, &e);
	else
		json_decref(request);
	control_close(c);
	*status = answer ? EXIT_DONE : cmd_fail(&e);
	return answer;
}

static int create(int argc, char **argv)
{
	const char *role = NULL, *name = NULL, *person = NULL, *expires = NULL, *dir;
	const struct cmd_option options[] = {
		{"--role", "ROLE", "role of the policy in force", NULL, &role},
		{"--name", "NAME", "what it is called in lists", NULL, &name},
		{"--person", "ID", "the person who carries it: a second approver is another person", NULL, &person},
		{"--expires", "DURATION", "such as P30D; without it, never", NULL, &expires},
	};
	const struct cmd_usage usage = {"token create", "INSTANCE --role ROLE --name NAME",
					"Makes a bearer token and prints it, once.", options,
					sizeof options / sizeof *options, 1, 1};
	int status = cmd_parse(&usage, argc, argv, &dir);
	json_t *answer;

	if (status != CMD_GO_ON)
		return status;
	if (!role || !name) {
		fputs("sekisho token create: --role and --name are needed\n", stderr);
		return EXIT_USAGE;
	}
	answer = ask(dir, json_pack("{s:s, s:s, s:s, s:s*, s:s*}", "op", "token_create", "role", role, "name", name, "person",
				    person, "expires", expires),
		     &status);
	if (answer)
		printf("%s\n", json_string_value(json_object_get(answer, "token")));
	json_decref(answer);
	return cmd_finish(status);
}

/* A member of a token as text, "-" when it is null. */
static const char *text(const json_t *token, const char *key)
{
	const char *s = json_string_value(json_object_get(token, key));

	return s ? s : "-";
}

static int list(int argc, char **argv)
{
	bool json = false;
	const char *dir;
	const struct cmd_option options[] = {{"--json", NULL, "as JSON", &json, NULL}};
	const struct cmd_usage usage = {"token list", "INSTANCE", "Lists the tokens, revoked ones too.", options, 1, 1, 1};
	int status = cmd_parse(&usage, argc, argv, &dir);
	json_t *answer, *token;
	size_t i;

	if (status != CMD_GO_ON)
		return status;
	answer = ask(dir, json_pack("{s:s}", "op", "token_list"), &status);
	if (answer && json) {
		json_dumpf(answer, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (answer) {
		printf("%-24s %-20s %-6s %-24s %-24s %s\n", "name", "role", "actor", "created", "expires", "revoked");
		json_array_foreach(json_object_get(answer, "tokens"), i, token)
			printf("%-24s %-20s a%-5lld %-24s %-24s %s\n", text(token, "name"), text(token, "role"),
			       (long long)json_integer_value(json_object_get(token, "actor")), text(token, "created"),
			       text(token, "expires"), text(token, "revoked"));
	}
	json_decref(answer);
	return cmd_finish(status);
}

static int revoke(int argc, char **argv)
{
	const char *name = NULL, *dir;
	const struct cmd_option options[] = {{"--name", "NAME", "which", NULL, &name}};
	const struct cmd_usage usage = {"token revoke", "INSTANCE --name NAME",
					"Revokes a token; it holds for every answer sent after this has returned.", options, 1,
					1, 1};
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (!name) {
		fputs("sekisho token revoke: --name is needed\n", stderr);
		return EXIT_USAGE;
	}
	json_decref(ask(dir, json_pack("{s:s, s:s}", "op", "token_revoke", "name", name), &status));
	return status;
}

static const struct command token_commands[] = {
	{"create", "make a token", create},
	{"list", "list the tokens", list},
	{"revoke", "revoke a token", revoke},
	{NULL, NULL, NULL},
};

int cmd_token(int argc, char **argv)
{
	return cmd_dispatch(token_commands, "sekisho token", argc, argv);
}
