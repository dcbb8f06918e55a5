/*
 * api/call.h - one request on its way through an operation.
 *
 * A call lies in the request's arena and goes with it.  It holds the operation
 * (whichever its handler needs), the request's body as JSON, and how the answer
 * is rendered.
 */
#ifndef SEKISHO_API_CALL_H
#define SEKISHO_API_CALL_H

#include <jansson.h>
#include <pthread.h>

#include "access/access.h"
#include "access/acquire.h"
#include "access/admin.h"
#include "access/consent.h"
#include "access/erase.h"
#include "access/lookup.h"
#include "access/mark.h"
#include "access/read.h"
#include "access/receipt.h"
#include "access/set.h"
#include "access/set_look.h"
#include "access/shown.h"
#include "access/trace.h"
#include "api/api.h"

struct api {
	struct access *access;
	struct http_server *_Atomic http; /* NULL until it was started: its first requests may come before that */
	struct http_server *control;
	pthread_key_t reader; /* of each event thread */
	_Atomic uint64_t unauthorized; /* since the last entry of kind refused */
	moment started;
	void *pages_state; /* borrowed */
};

struct call {
	struct api *api;
	struct http_request *http;
	struct token_actor actor; /* as its token said when it came */
	json_t *body;
	void (*render)(struct call *c); /* when the operation was done */
	union {
		struct op op; /* first member of each of the others */
		struct op_read read;
		struct op_lookup lookup;
		struct op_acquire acquire;
		struct op_mark mark;
		struct op_consent consent;
		struct op_erase erase;
		struct op_trace trace;
		struct op_request request;
		struct op_approve approve;
		struct op_what_if what_if;
		struct op_shown shown;
		struct op_receipt receipt;
		struct op_set_read set_read;
		struct op_set_look set_look;
		struct op_set_begin set_begin;
		struct op_set_destroy set_destroy;
		struct op_made_set made_set;
		struct op_delivery delivery;
		struct op_release_read release_read;
	} u;
};

/*
 * Makes the call of request R of the interface CTX, after checking its token: NULL when it was answered
 * already (401).  The request's.
 */
struct call *call_begin(struct http_request *r, void *ctx);

/* Fills C's operation, which was made ready, with actor, purpose, reason, means and Idempotency-Key from the request. */
void call_fill(struct call *c);

/* Reads the request's body as JSON into C->body; false when it was answered already (400, 415). */
bool call_body(struct call *c);

/* Parks the request and submits C's operation; RENDER makes the answer when it was done. */
void call_submit(struct call *c, void (*render)(struct call *c));

/* The `woken` of every route that parks; CTX is the interface. */
void call_woken(struct http_request *r, void *ctx);

/* Answers with the operation's own answer and status. */
void call_render_answer(struct call *c);

/* Refuses C with CODE at the JSON pointer WHERE before it became an operation: what is malformed. */
void call_malformed(struct call *c, const char *where, const char *what);

/*
 * Answers C, whose role may not do ACTION on the instance itself (audit, approve),
 * with the refusal of an operation that decides just that, so that it is recorded.
 */
void call_refuse(struct call *c, enum action action);

/* The text under KEY of OBJECT, a part of C's body, into *OUT; empty when absent or null.  False, and answered, when it is no string. */
bool call_text(struct call *c, const json_t *object, const char *key, struct str *out);

/* The time under KEY of OBJECT into *OUT; unchanged when absent.  False, and answered, when it is none. */
bool call_time(struct call *c, const json_t *object, const char *key, moment *out);

/* The strings of the array under KEY of OBJECT into *OUT and *N (the request's).  False, and answered, when it is none. */
bool call_texts(struct call *c, const json_t *object, const char *key, const struct str **out, size_t *n);

/* A's reader of the calling event thread, or NULL without memory. */
struct access_reader *api_reader(struct api *a);

/* Answers R with E as a problem that is no decision. */
void api_problem(struct http_request *r, const struct error *e);

#endif
