#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(const struct cmd_usage *u)
{
	printf("usage: sekisho %s%s%s%s\n\n%s\n\noptions:\n", u->name, u->n_options ? " [options]" : "",
	       u->arguments[0] ? " " : "", u->arguments, u->help);
	for (size_t i = 0; i < u->n_options; i++) {
		const struct cmd_option *o = &u->options[i];
		int width = printf("  %s%s%s", o->name, o->metavar ? " " : "", o->metavar ? o->metavar : "");

		printf("%*s%s\n", width < 26 ? 26 - width : 2, "", o->help);
	}
	printf("  %-24s%s\n", "--help", "this text");
}

static int wrong(const struct cmd_usage *u, const char *message, const char *what)
{
	fprintf(stderr, "sekisho %s: %s%s%s%s\n", u->name, message, what ? " \"" : "", what ? what : "", what ? "\"" : "");
	fprintf(stderr, "usage: sekisho %s%s%s%s; --help says more\n", u->name, u->n_options ? " [options]" : "",
		u->arguments[0] ? " " : "", u->arguments);
	return EXIT_USAGE;
}

/* The option that ARG is ("--name" or "--name=value"); *VALUE is what stands behind the sign, or NULL. */
static const struct cmd_option *option(const struct cmd_usage *u, const char *arg, const char **value)
{
	size_t n = strcspn(arg, "=");

	*value = arg[n] ? arg + n + 1 : NULL;
	for (size_t i = 0; i < u->n_options; i++)
		if (strlen(u->options[i].name) == n && strncmp(u->options[i].name, arg, n) == 0)
			return &u->options[i];
	return NULL;
}

/* Keeps VALUE for O; CMD_GO_ON, or the exit status. */
static int keep_value(const struct cmd_usage *u, const struct cmd_option *o, const char *value)
{
	size_t length = strlen(o->metavar), n = 0;

	if (length > 3 && strcmp(o->metavar + length - 3, "...") == 0) {
		while (o->value[n])
			n++;
		if (n == CMD_REPEATS)
			return wrong(u, "this option comes too often:", o->name);
	}
	o->value[n] = value;
	return CMD_GO_ON;
}

/* Takes the option at ARGV[*I] and its value; CMD_GO_ON, or the exit status. */
static int take_option(const struct cmd_usage *u, int argc, char **argv, int *i)
{
	const char *value;
	const struct cmd_option *o = option(u, argv[*i], &value);

	if (!o)
		return wrong(u, "there is no option", argv[*i]);
	if (!o->metavar) {
		if (value)
			return wrong(u, "this option takes no value:", o->name);
		*o->flag = true;
		return CMD_GO_ON;
	}
	if (!value && *i + 1 < argc)
		value = argv[++*i];
	if (!value)
		return wrong(u, "this option needs a value:", o->name);
	return keep_value(u, o, value);
}

int cmd_parse(const struct cmd_usage *u, int argc, char **argv, const char **given)
{
	bool options = true;
	size_t n = 0;

	for (size_t i = 0; i < u->max; i++)
		given[i] = NULL;
	for (int i = 1; i < argc; i++) {
		int status;

		if (options && strcmp(argv[i], "--help") == 0) {
			print_help(u);
			return cmd_finish(EXIT_DONE);
		}
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			status = take_option(u, argc, argv, &i);
			if (status != CMD_GO_ON)
				return status;
		} else if (n == u->max) {
			return wrong(u, "one argument too many:", argv[i]);
		} else {
			given[n++] = argv[i];
		}
	}
	return n < u->min ? wrong(u, "an argument is missing", NULL) : CMD_GO_ON;
}

static void print_table(const struct command *table, const char *family)
{
	printf("usage: %s COMMAND [options] [arguments]\n\ncommands:\n", family);
	for (; table->name; table++)
		printf("  %-12s%s\n", table->name, table->help);
	printf("\n%s COMMAND --help says more about one.\n", family);
}

int cmd_dispatch(const struct command *table, const char *family, int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
		print_table(table, family);
		return cmd_finish(EXIT_DONE);
	}
	for (const struct command *c = table; argc >= 2 && c->name; c++)
		if (strcmp(c->name, argv[1]) == 0)
			return c->run(argc - 1, argv + 1);
	if (argc >= 2)
		fprintf(stderr, "%s: there is no command \"%s\"; %s --help lists them\n", family, argv[1], family);
	else
		fprintf(stderr, "%s: a command is missing; %s --help lists them\n", family, family);
	return EXIT_USAGE;
}

bool cmd_language(const char *language)
{
	if (strcmp(language, "ja") == 0 || strcmp(language, "en") == 0)
		return true;
	fputs("sekisho: --language takes ja or en\n", stderr);
	return false;
}

bool cmd_is_japanese(const char *language)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; !language && i < sizeof names / sizeof *names; i++) {
		const char *set = getenv(names[i]);

		if (set && *set)
			language = set;
	}
	return language && strncmp(language, "ja", 2) == 0;
}

int cmd_fail(const struct error *e)
{
	enum error_class class_ = code_class(e->code);

	fprintf(stderr, "sekisho: %s%s%s [%s]\n", e->where, e->where[0] ? ": " : "", e->message, code_text(e->code));
	if (e->code == CODE_USAGE)
		return EXIT_USAGE;
	return class_ == CLASS_FAULT || class_ == CLASS_BUSY || class_ == CLASS_NONE ? EXIT_FAULT : EXIT_REFUSED;
}

int cmd_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "sekisho: the output could not be written [%s]\n", code_text(CODE_IO));
	return EXIT_FAULT;
}
