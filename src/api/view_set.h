/*
 * api/view_set.h - de-identified sets, their runs and releases, as JSON.
 *
 * All of them are NULL without memory.
 */
#ifndef SEKISHO_API_VIEW_SET_H
#define SEKISHO_API_VIEW_SET_H

#include <jansson.h>

#include "access/set_look.h"
#include "deid/release.h"
#include "publish/recipient.h"

/* HASH in hexadecimal digits; the caller's to json_decref. */
json_t *view_hash(const unsigned char hash[RELEASE_HASH]);

/* The place of OP's first entry; the caller's to json_decref. */
json_t *view_log(const struct op *op);

/* What goes with a release, L, as an object of a text for each language of its policy, the caller's to json_decref; NULL with E set. */
json_t *view_statements(const struct recipient_letter *l, struct error *e);

/* The releases of LIST with their deliveries, as an array; the caller's to json_decref. */
json_t *view_releases(const struct releases *list);

/* What can be said of the release that R read, whose CONTENT is what it published; the caller's to json_decref. */
json_t *view_release_report(const struct op_release_read *r, const struct deid_release *content);

/* Whether X is due on TODAY, and when: due, is_due; the caller's to json_decref. */
json_t *view_due(const struct set_looked *x, date today);

/* The set X as P declares it, with when it was made last and is due, TODAY being the day; the caller's to json_decref. */
json_t *view_set_state(const struct policy *p, const struct set_looked *x, date today);

/* RUNS with the ids of their sets: {"runs": […]}; the caller's to json_decref. */
json_t *view_set_runs(const struct set_runs *runs);

/* RUN, one of a pseudonymized set; the caller's to json_decref. */
json_t *view_run(const struct vault_set_run *run);

#endif
