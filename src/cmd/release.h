/* cmd/release.h - releases of anonymized sets, for the commands that make, deliver and list them. */
#ifndef SEKISHO_CMD_RELEASE_H
#define SEKISHO_CMD_RELEASE_H

#include <jansson.h>

struct release_command {
	const char *dir, *set; /* instance, set */
	const char *token_file, *recipient, *via, *out;
};

/* The options that fill C (a struct release_command), for the table of a command. */
#define RELEASE_OPTIONS(c)                                                                                                    \
	{"--recipient", "ORGANIZATION", "to whom an anonymized set goes: one that the set declares", NULL, &(c).recipient},   \
	{"--via", "MEANS", "by which of its declared means; recorded as delivered", NULL, &(c).via},                          \
	{"--out", "DIR", "where the table, its statements and reports go", NULL, &(c).out}

/* Makes the set that C names and writes its files; gives the exit status. */
int release_make(const struct release_command *c);

/* Prints SETS, what release_list answers, one release or delivery a line. */
void release_print(const json_t *sets);

#endif
