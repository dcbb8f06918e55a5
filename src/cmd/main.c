#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

static const struct command commands[] = {
	{"deidentify", "anonymize or pseudonymize a table", cmd_deidentify},
	{"demo", "serve an example to try", cmd_demo},
	{"erase", "erase one person", cmd_erase},
	{"export", "give values out through the gate", cmd_export},
	{"get", "read the values of one person", cmd_get},
	{"hold", "keep one person from being erased", cmd_hold},
	{"import", "bring rows of a file in through the gate", cmd_import},
	{"init", "make an instance", cmd_init},
	{"log", "verify, prove and export the evidence", cmd_log},
	{"policy", "check a policy directory", cmd_policy},
	{"serve", "serve an instance", cmd_serve},
	{"token", "make, list and revoke bearer tokens", cmd_token},
	{"uses", "list who used one person's data", cmd_uses},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		puts("sekisho " SEKISHO_VERSION);
		return cmd_finish(EXIT_DONE);
	}
	return cmd_dispatch(commands, "sekisho", argc, argv);
}
