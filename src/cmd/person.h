/*
 * cmd/person.h - what the commands about one person share: who asks, for which purpose, and how an answer is told.
 */
#ifndef SEKISHO_CMD_PERSON_H
#define SEKISHO_CMD_PERSON_H

#include <jansson.h>
#include <stdbool.h>

#include "cmd/cmd.h"

struct person_asker {
	const char *token_file, *purpose, *reason;
	bool json;
};

/* The options that fill A (a struct person_asker), for the table of a command. */
#define PERSON_OPTION_TOKEN(a) {"--token-file", "FILE", "file of the token to act with; else SEKISHO_TOKEN_FILE names it", NULL, &(a).token_file}
#define PERSON_OPTION_PURPOSE(a) {"--purpose", "PURPOSE", "what it is for", NULL, &(a).purpose}
#define PERSON_OPTION_REASON(a) {"--reason", "TEXT", "why, sealed for the record", NULL, &(a).reason}
#define PERSON_OPTION_JSON(a) {"--json", NULL, "the answer as JSON", &(a).json, NULL}

/*
 * Asks REQUEST (taken over), completed by who asks as A says, of the instance in DIR, and tells the
 * answer: as JSON when A says so, else by TELL; a refusal with what is withheld.
 * Gives the exit status.
 */
int person_ask(const char *dir, const struct person_asker *a, json_t *request, void (*tell)(const json_t *answer));

/* Prints to stderr the refusal ANSWER, a problem document, with clause, law and what is withheld, and gives the exit status. */
int person_refused(const json_t *answer);

/* Prints to stderr what of ANSWER is withheld, one item a line, with code, clause and law. */
void person_withheld(const json_t *answer);

/* The place of ANSWER's entry in the log, printed to stderr. */
void person_log(const json_t *answer);

#endif
