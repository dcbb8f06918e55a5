/* cmd/deidentify.h - the commands under "sekisho deidentify", and what they share. */
#ifndef SEKISHO_CMD_DEIDENTIFY_H
#define SEKISHO_CMD_DEIDENTIFY_H

#include "base/charset.h"
#include "base/result.h"
#include "cmd/person.h"

/* The commands; ARGC and ARGV as in struct command. */
int cmd_anonymize(int argc, char **argv);
int cmd_hierarchy(int argc, char **argv);
int cmd_pseudonymize(int argc, char **argv);
int cmd_set_run(int argc, char **argv);
int cmd_set_read(int argc, char **argv);
int cmd_set_destroy(int argc, char **argv);
int cmd_set_list(int argc, char **argv);
int cmd_deliver(int argc, char **argv);

/* Makes a run of the pseudonymized set SET in the instance DIR, as ASKER asks, and prints its number; gives the exit status. */
int cmd_set_make(const char *dir, const char *set, const struct person_asker *asker);

/*
 * Splits LIST (or NULL: nothing) at commas into names of A, *AT and *N of them.
 * Fails with out_of_memory, and with usage when one is empty.
 */
result cmd_names(struct arena *a, const char *list, const struct str **at, size_t *n, struct error *e);

struct cmd_list {
	const struct str *at;
	size_t n;
};

/*
 * Makes *OUT, in A, from the strings of LIST, which ends in NULL; with SPLIT
 * each is divided at its commas, unless it has a parenthesis.  Fails with
 * out_of_memory.
 */
result cmd_strings(struct arena *a, const char *const *list, bool split, struct cmd_list *out, struct error *e);

/* Reads TEXT (NULL: a comma) as a separator into *OUT: one byte, or "\t" and "tab".  Fails with usage. */
result cmd_separator(const char *text, char *out, struct error *e);

/* Reads TEXT (NULL: UTF-8) as a character set into *OUT.  Fails with usage. */
result cmd_charset(const char *text, enum charset *out, struct error *e);

/* Fails with usage when the path OUTPUT names the same file as INPUT. */
result cmd_not_same_file(const char *input, const char *output, struct error *e);

/* Fails with usage when two of the N paths WRITTEN name one file, whether it is there or not yet. */
result cmd_written_apart(const char *const *written, size_t n, struct error *e);

/* Fails with usage when the path OUTPUT names a file that is read for HIERARCHIES: a directory, or NAME=FILE. */
result cmd_not_in_hierarchies(const char *hierarchies, const char *output, struct error *e);

#endif
