#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/control.h"

static int rotate(int argc, char **argv)
{
	bool json = false;
	const struct cmd_option options[] = {{"--json", NULL, "as JSON", &json, NULL}};
	const struct cmd_usage usage = {"key rotate", "INSTANCE", "Begins a new epoch of key-encryption keys.", options, 1, 1, 1};
	struct control *c = NULL;
	struct error e = {0};
	json_t *answer = NULL;
	const char *dir;
	int status = cmd_parse(&usage, argc, argv, &dir);

	if (status != CMD_GO_ON)
		return status;
	if (ok(control_open(dir, &c, &e)))
		answer = control_ask(c, json_pack("{s:s}", "op", "key_rotate"), &e);
	if (answer)
		printf(json ? "{\"epoch\":%lld}\n" : "epoch %lld has begun; the keys of all persons follow while the instance is served\n",
		       (long long)json_integer_value(json_object_get(answer, "epoch")));
	else
		status = cmd_fail(&e);
	json_decref(answer);
	control_close(c);
	return cmd_finish(status == CMD_GO_ON ? EXIT_DONE : status);
}

int cmd_key(int argc, char **argv)
{
	static const struct command commands[] = {
		{"rotate", "begin a new epoch of key-encryption keys", rotate},
		{NULL, NULL, NULL},
	};

	return cmd_dispatch(commands, "sekisho key", argc, argv);
}
