/*
 * cmd/demo.h - the example to try: eight people by name among many, tokens, and what to ask.
 */
#ifndef SEKISHO_CMD_DEMO_H
#define SEKISHO_CMD_DEMO_H

#include "access/access.h"

enum { DEMO_PEOPLE = 8, DEMO_ROLES = 5, DEMO_TOKEN = 64 };

/* Who asks, and the shell variable of their token. */
struct demo_role {
	const char *variable, *role;
};

/* Who is asked about. */
struct demo_cast {
	struct uuid ids[DEMO_PEOPLE]; /* by demo_person_name */
	char tokens[DEMO_ROLES][DEMO_TOKEN]; /* by demo_roles; wiped by who has it */
};

/* The roles that have a token, DEMO_ROLES of them.  Static. */
const struct demo_role *demo_roles(void);

/* The shell variable of person I.  Static. */
const char *demo_person_name(size_t i);

/*
 * Makes in A the tokens and the eight people of the walk-through (examples/README.md) as
 * their lives say, or brings those there are to that state again; *OUT is
 * who they are.  Fails as the operations do.
 */
result demo_cast_make(struct access *a, struct demo_cast *out, struct error *e);

/* Prints what to paste into a shell to ask the server at URL about CAST; PROGRAM is this program's path. */
void demo_print(const struct demo_cast *cast, const char *url, const char *program);

#endif
