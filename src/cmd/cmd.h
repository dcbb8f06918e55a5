/*
 * cmd/cmd.h - the command line: arguments in, calls of the library, text out.
 *
 * Each command is one file with one function, listed in the table of main.c.
 * Results go to stdout, notes and errors to stderr.  A command gives its exit
 * status: done, findings or refused, wrong use, or failure.
 */
#ifndef SEKISHO_CMD_CMD_H
#define SEKISHO_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"

enum cmd_exit {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* findings, or decided against */
	EXIT_USAGE = 2,
	EXIT_FAULT = 3,
};

/* A command, or a command of a command ("policy check"). */
struct command {
	const char *name;
	const char *help; /* one line */
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; gives the exit status */
};

enum { CMD_REPEATS = 256 };

/*
 * An option: with METAVAR it takes a value, into *VALUE, else it sets *FLAG.  One
 * whose METAVAR ends in "..." may come up to CMD_REPEATS times; VALUE is then an
 * array of one more, NULL behind the last.
 */
struct cmd_option {
	const char *name; /* "--json" */
	const char *metavar;
	const char *help;
	bool *flag;
	const char **value;
};

struct cmd_usage {
	const char *name;      /* "policy check" */
	const char *arguments; /* "DIR" */
	const char *help;
	const struct cmd_option *options;
	size_t n_options;
	size_t min, max; /* how many arguments beside options it takes */
};

enum { CMD_GO_ON = -1 };

/*
 * Reads the options of ARGV (ARGC of them, the first is the command's name) as U
 * says and puts the other arguments, U->max at the most, into GIVEN, NULL for
 * those that are not there.  `--` ends the options.  Gives CMD_GO_ON, or the exit
 * status when help was asked for and printed, or when the use was wrong and said
 * so.
 */
int cmd_parse(const struct cmd_usage *u, int argc, char **argv, const char **given);

/*
 * Runs the command of TABLE (ended by a NULL name) that ARGV[1] of the ARGC names,
 * or prints what there is; FAMILY ("sekisho policy") is for that.
 */
int cmd_dispatch(const struct command *table, const char *family, int argc, char **argv);

/* True when LANGUAGE is one that the program speaks (ja, en), else says so on stderr. */
bool cmd_language(const char *language);

/* True when LANGUAGE is Japanese, or, when it is NULL, the locale of the environment is. */
bool cmd_is_japanese(const char *language);

/* Prints E to stderr as this command's failure; gives the exit status of its class. */
int cmd_fail(const struct error *e);

/* Flushes stdout; gives STATUS, or EXIT_FAULT with a message when what was printed did not go out. */
int cmd_finish(int status);

/* The commands, one file each; ARGC and ARGV as in struct command. */
int cmd_deidentify(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_erase(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_get(int argc, char **argv);
int cmd_hold(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_uses(int argc, char **argv);

#endif
