/*
 * api/handlers.h - the handlers that the route table names, one for each call of docs/http-api.md.
 *
 * Each takes the request R and the server CTX (struct api) and answers, parks or
 * refuses; none returns anything.
 */
#ifndef SEKISHO_API_HANDLERS_H
#define SEKISHO_API_HANDLERS_H

#include "api/call.h"

/* Handles R of the server CTX. */
typedef void api_handler(struct http_request *r, void *ctx);

/* subjects.c */
api_handler handle_create, handle_read, handle_history, handle_change, handle_lookup, handle_what_if;

/* persons.c */
api_handler handle_erase, handle_consent, handle_withdraw, handle_suspend, handle_resume, handle_stop_provision,
	handle_object, handle_hold, handle_release, handle_event, handle_event_undo, handle_uses;

/* desk.c */
api_handler handle_request_make, handle_request_identify, handle_request_close, handle_approvals, handle_approve,
	handle_refuse;

/* sets.c */
api_handler handle_set_read, handle_set_provide;

/* Has C, which asks for what identifies together with the set SET, decided as the join that it is: no policy allows one. */
void set_join_decided(struct call *c, struct str set);

/* set_runs.c */
api_handler handle_sets, handle_set_runs, handle_set_run, handle_set_job, handle_set_job_call_off, handle_set_destroy,
	handle_release_deliver, handle_release_read, handle_release_table, handle_release_statement;

/* policies.c */
api_handler handle_policy, handle_policy_version, handle_notice, handle_consent_wording, handle_shown;

/* receipt.c */
api_handler handle_receipt;

/* logs.c */
api_handler handle_checkpoint, handle_tile, handle_vkey, handle_entry, handle_proof;

/* service.c */
api_handler handle_health, handle_ready, handle_metrics, handle_openapi;

/*
 * Appends to OUT the receipt (evidence/proof.h) of entry INDEX of GENERATION in A's
 * log, for the calling event thread.  Fails with malformed (no such entry),
 * log_corrupt, database, io, out_of_memory.
 */
result api_log_receipt(struct api *a, uint64_t generation, uint64_t index, struct buf *out, struct error *e);

/* The route table, and in *N its length.  Static. */
const struct http_route *api_routes(size_t *n);

#endif
