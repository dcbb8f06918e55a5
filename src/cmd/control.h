/*
 * cmd/control.h - an instance for the time of one command.
 *
 * When a server has the instance open, the command's requests go to it over its
 * control socket; else the command opens the instance itself.  Either way the
 * log has one writer.
 */
#ifndef SEKISHO_CMD_CONTROL_H
#define SEKISHO_CMD_CONTROL_H

#include <jansson.h>

#include "base/result.h"

struct control;

/* Opens the instance in DIR for the command in *OUT, to be closed.  Fails as access_open, or with io (the server does not answer). */
result control_open(const char *dir, struct control **out, struct error *e);

/* Closes C; NULL is nothing. */
void control_close(struct control *c);

/*
 * Asks REQUEST (taken over) of C's instance and gives the answer, the caller's to
 * json_decref, or NULL with E set: the code and message are the instance's.
 */
json_t *control_ask(struct control *c, json_t *request, struct error *e);

#endif
