#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "cmd/cmd.h"

static const struct command commands[] = {
	{"deidentify", "anonymize or pseudonymize a table", cmd_deidentify},
	{"demo", "serve an example to try", cmd_demo},
	{"doctor", "say what is wrong with an instance", cmd_doctor},
	{"erase", "erase one person", cmd_erase},
	{"export", "give values out through the gate", cmd_export},
	{"get", "read the values of one person", cmd_get},
	{"hold", "keep one person from being erased", cmd_hold},
	{"import", "bring rows of a file in through the gate", cmd_import},
	{"init", "make an instance", cmd_init},
	{"key", "rotate keys", cmd_key},
	{"log", "verify, prove and export the evidence", cmd_log},
	{"policy", "check a policy directory", cmd_policy},
	{"serve", "serve an instance", cmd_serve},
	{"token", "make, list and revoke bearer tokens", cmd_token},
	{"uses", "list who used one person's data", cmd_uses},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	/* values and keys pass through most commands: no core, and no other process of the same user may look in */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		fputs("sekisho: core dumps cannot be switched off [internal]\n", stderr);
		return EXIT_FAULT;
	}
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		puts("sekisho " SEKISHO_VERSION);
		return cmd_finish(EXIT_DONE);
	}
	return cmd_dispatch(commands, "sekisho", argc, argv);
}
