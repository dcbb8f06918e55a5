/*
 * web/status.h - the page at /: what runs here, by which policy, and what it decided today.
 *
 * A page is a template over a view, a JSON value that the caller makes; this
 * folder knows no policy, log or database.  Nothing on a page needs JavaScript
 * or inline style: it works under the WEB_CSP of web/serve.h.
 */
#ifndef SEKISHO_WEB_STATUS_H
#define SEKISHO_WEB_STATUS_H

#include <jansson.h>

#include "base/result.h"
#include "base/str.h"
#include "web/language.h"

/*
 * Appends to OUT the page for VIEW (borrowed) in LANGUAGE.  The texts in VIEW are
 * in that language already.  Its shape, all members required unless marked:
 *
 *	{"version": "0.1.0", "since": "2026-11-25T06:00:00Z",
 *	 "zone": {"name": "Asia/Tokyo", "minutes": 540},      times are shown in it
 *	 "policy": {"organization": "…", "version": 3, "effective": "2026-11-01",
 *	            "statement": "/privacy/",                 optional: clauses link into it
 *	            "clauses": [{"anchor": "purposes", "title": "…"}, …]},
 *	 "today": {"date": "2026-11-25",
 *	           "purposes": [{"id": "billing", "title": "…", "allowed": 120, "denied": 3}, …]},
 *	 "log": {"origin": "…", "generation": 1, "size": 1234, "root": "base64…", "time": "2026-11-25T06:00:00Z"}}
 *
 * Purposes are shown in the order given, those without a decision today apart.
 * Fails with internal (VIEW lacks a member or has one of another type; the place
 * says which) or out_of_memory.
 */
result web_status_page(json_t *view, enum web_language language, struct buf *out, struct error *e);

#endif
