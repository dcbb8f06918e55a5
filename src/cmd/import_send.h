/*
 * cmd/import_send.h - the batch that is on its way while the next one is read.
 *
 * One thread asks the instance; one request is under way at a time.  The control
 * belongs to that thread from import_send on until import_receive.
 */
#ifndef SEKISHO_CMD_IMPORT_SEND_H
#define SEKISHO_CMD_IMPORT_SEND_H

#include "cmd/control.h"

struct import_sender;

/* Makes a sender over C (borrowed) in *OUT, the caller's to stop.  Fails with out_of_memory, internal. */
result import_sender_start(struct control *c, struct import_sender **out, struct error *e);

/* Waits for what is under way, and frees S; NULL is nothing. */
void import_sender_stop(struct import_sender *s);

/* Sends REQUEST, taken over, by S; nothing may be under way. */
void import_send(struct import_sender *s, json_t *request);

/* Waits for the answer to S's request: the caller's to json_decref, or NULL with E set. */
json_t *import_receive(struct import_sender *s, struct error *e);

#endif
