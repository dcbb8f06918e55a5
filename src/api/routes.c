/* The table that routes, and from which the OpenAPI document is made.  A literal row stands before a {name} row. */
#include "api/handlers.h"

#define PARKED call_woken
#define BODY HTTP_BODY_MAX

static const struct http_route routes[] = {
	{HTTP_POST, "/v1/subjects", handle_create, PARKED, BODY, "Create a person, or update one whose external id is known"},
	{HTTP_POST, "/v1/subjects:lookup", handle_lookup, PARKED, BODY, "Find persons by an exact value"},
	{HTTP_POST, "/v1/subjects/{id}:erase", handle_erase, PARKED, BODY, "Erase a person or categories; gives a certificate"},
	{HTTP_POST, "/v1/subjects/{id}:suspend", handle_suspend, PARKED, BODY, "Suspend use"},
	{HTTP_POST, "/v1/subjects/{id}:resume", handle_resume, PARKED, BODY, "Lift a suspension"},
	{HTTP_POST, "/v1/subjects/{id}:stop_provision", handle_stop_provision, PARKED, BODY, "Stop provision to third parties"},
	{HTTP_POST, "/v1/subjects/{id}:object", handle_object, PARKED, BODY, "Record an objection to a purpose"},
	{HTTP_POST, "/v1/subjects/{id}:hold", handle_hold, PARKED, BODY, "Keep a person's data from being erased"},
	{HTTP_POST, "/v1/subjects/{id}:release", handle_release, PARKED, BODY, "Release a hold"},
	{HTTP_PUT, "/v1/subjects/{id}/consents/{consent}", handle_consent, PARKED, BODY, "Record a consent to the wording shown"},
	{HTTP_DELETE, "/v1/subjects/{id}/consents/{consent}", handle_withdraw, PARKED, 0, "Withdraw a consent"},
	{HTTP_GET, "/v1/subjects/{id}/consents/{consent}/receipt", handle_receipt, PARKED, 0, "What a person consented to, with its proof"},
	{HTTP_PUT, "/v1/subjects/{id}/events/{event}", handle_event, PARKED, BODY, "Record the date of an event"},
	{HTTP_DELETE, "/v1/subjects/{id}/events/{event}", handle_event_undo, PARKED, 0, "Take a wrong date back"},
	{HTTP_GET, "/v1/subjects/{id}/uses", handle_uses, PARKED, 0, "Who used this person's data, for which purpose, when"},
	{HTTP_GET, "/v1/subjects/{id}/{category}", handle_read, PARKED, 0, "Read values for a purpose"},
	{HTTP_PATCH, "/v1/subjects/{id}/{category}", handle_change, PARKED, BODY, "Update or correct values"},
	{HTTP_GET, "/v1/subjects/{id}/{category}/history", handle_history, PARKED, 0, "Values that others have replaced"},
	{HTTP_GET, "/v1/sets", handle_sets, PARKED, 0, "De-identified sets, how they are made, when they are due"},
	{HTTP_GET, "/v1/sets/{set}", handle_set_read, PARKED, 0, "Read a pseudonymized set for a purpose"},
	{HTTP_POST, "/v1/sets/{set}:provide", handle_set_provide, PARKED, BODY, "Provide a pseudonymized set by an arrangement"},
	{HTTP_GET, "/v1/sets/{set}/runs", handle_set_runs, PARKED, 0, "A set's runs, or releases with their deliveries"},
	{HTTP_POST, "/v1/sets/{set}:run", handle_set_run, PARKED, BODY, "Begin a run, or a release to a recipient; gives a job"},
	{HTTP_GET, "/v1/sets/{set}/jobs/{job}", handle_set_job, NULL, 0, "How far a job is, and what it came to"},
	{HTTP_POST, "/v1/sets/{set}/jobs/{job}:call_off", handle_set_job_call_off, NULL, BODY, "Call a job off"},
	{HTTP_POST, "/v1/sets/{set}/runs/{run}:destroy", handle_set_destroy, PARKED, BODY, "Destroy a run with its key; gives a certificate"},
	{HTTP_GET, "/v1/sets/{set}/releases/{release}", handle_release_read, PARKED, 0, "A release: its report, or as text/csv its table"},
	{HTTP_GET, "/v1/sets/{set}/releases/{release}/table", handle_release_table, PARKED, 0, "The table of a release, as CSV"},
	{HTTP_GET, "/v1/sets/{set}/releases/{release}/statement", handle_release_statement, PARKED, 0, "What goes with a release to its recipient"},
	{HTTP_POST, "/v1/sets/{set}/releases/{release}:deliver", handle_release_deliver, PARKED, BODY, "Record that a release goes to a recipient"},
	{HTTP_POST, "/v1/decisions", handle_what_if, PARKED, BODY, "What would be allowed, and why; no data"},
	{HTTP_POST, "/v1/requests", handle_request_make, PARKED, BODY, "Take in a person's request"},
	{HTTP_POST, "/v1/requests/{id}:identify", handle_request_identify, PARKED, BODY, "The person of a request is identified"},
	{HTTP_POST, "/v1/requests/{id}:close", handle_request_close, PARKED, BODY, "Close a request"},
	{HTTP_GET, "/v1/approvals", handle_approvals, PARKED, 0, "Approvals that are asked for"},
	{HTTP_POST, "/v1/approvals/{id}:approve", handle_approve, PARKED, BODY, "Approve"},
	{HTTP_POST, "/v1/approvals/{id}:refuse", handle_refuse, PARKED, BODY, "Refuse an approval"},
	{HTTP_GET, "/v1/policy", handle_policy, NULL, 0, "The policy in force"},
	{HTTP_GET, "/v1/policy/versions/{version}", handle_policy_version, NULL, 0, "A published version"},
	{HTTP_GET, "/v1/notices/{id}", handle_notice, NULL, 0, "A notice's wording, to show to people"},
	{HTTP_POST, "/v1/notices/{id}:shown", handle_shown, PARKED, BODY, "Record that a notice was shown; gives a proof to acquire with"},
	{HTTP_GET, "/v1/consents/{id}", handle_consent_wording, NULL, 0, "A consent's wording, to show to people"},
	{HTTP_GET, "/v1/log/{generation}/{index}", handle_entry, PARKED, 0, "An entry of the evidence log"},
	{HTTP_GET, "/v1/log/{generation}/{index}/proof", handle_proof, PARKED, 0, "Its receipt (c2sp.org/tlog-proof)"},
	{HTTP_GET, "/v1/openapi.json", handle_openapi, NULL, 0, "This interface as OpenAPI 3.1"},
	{HTTP_GET, "/log/vkey", handle_vkey, NULL, 0, "The log's public key"},
	{HTTP_GET, "/log/checkpoint", handle_checkpoint, NULL, 0, "The signed head of the log"},
	{HTTP_GET, "/log/tile/*", handle_tile, PARKED, 0, "A tile of the log"},
	{HTTP_GET, "/log/{generation}/checkpoint", handle_checkpoint, NULL, 0, "The signed head of a generation"},
	{HTTP_GET, "/log/{generation}/tile/*", handle_tile, PARKED, 0, "A tile of a generation"},
	{HTTP_GET, "/healthz", handle_health, NULL, 0, "Alive"},
	{HTTP_GET, "/readyz", handle_ready, NULL, 0, "Ready to decide"},
	{HTTP_GET, "/metrics", handle_metrics, NULL, 0, "Counters (Prometheus text)"},
};

const struct http_route *api_routes(size_t *n)
{
	*n = sizeof routes / sizeof *routes;
	return routes;
}
