/*
 * publish/form.h - the forms with which people ask for what the policy grants.
 *
 * A form is made of the facts (`requests`), with the company's own text on top.
 * It is a view as publish/statement.h has them, with two more kinds of block:
 *
 *	{"type":"fields","fields":[{"id":"person-name","label":"…","input":"text","lines":1,"auto":"name"}]}
 *	{"type":"choices","id":"ground","label":"…","one":false,"items":[{"text":"…","note":"…"}]}
 *
 * `input` is text, tel, email, address, long, date (boxes before each of `units`), sign (filled in by hand) or
 * office (filled in by the company); `auto`, which may be missing, is what a browser
 * may fill in by itself; `note` may be missing; `one` says that they exclude each other.
 */
#ifndef SEKISHO_PUBLISH_FORM_H
#define SEKISHO_PUBLISH_FORM_H

#include <jansson.h>

#include "publish/edition.h"

enum { FORMS = 7 };

/* The name of the page of form FORM, below FORMS: "form-disclose".  Static. */
const char *form_page(size_t form);

/* True when P grants a request that is made with FORM, below FORMS. */
bool form_granted(const struct policy *p, size_t form);

/* True when P takes a fee for a request that is made with FORM, below FORMS. */
bool form_costs(const struct policy *p, size_t form);

/* True when a form shows the text NAME ("forms/disclosure") of P on top. */
bool form_has_text(const struct policy *p, struct str name);

/*
 * Makes the view of FORM, which ED's policy grants, in LANGUAGE (an index) into
 * *OUT, the caller's:
 *
 *	{"language", "title", "organization", "lead": [block], "clauses": [{"anchor", "title", "blocks"}]}
 *
 * Fails with out_of_memory.
 */
result form_view(const struct edition *ed, size_t form, size_t language, json_t **out, struct error *e);

#endif
