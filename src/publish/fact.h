/*
 * publish/fact.h - a fact of the policy as a text for people.
 *
 * A fact is named by its path, as in `keeps=` and `{{path}}`.  What it reads as
 * depends on what it is: a text stands in the language asked for, a date is
 * written out, a period is said in words, a list is joined, an organization is
 * named.  Pure.
 */
#ifndef SEKISHO_PUBLISH_FACT_H
#define SEKISHO_PUBLISH_FACT_H

#include "policy/policy.h"

enum fact_state {
	FACT_TEXT,
	FACT_UNKNOWN, /* the policy has none at that path */
	FACT_SILENT,  /* it is there, but has no text of its own: a section, say */
};

/* True when LANGUAGE (an index of P's languages) is Japanese; all other pages use English words around P's texts. */
bool fact_ja(const struct policy *p, size_t language);

/* Appends to OUT the fact of P at PATH as LANGUAGE (an index) writes it, unless it has no text; says which. */
enum fact_state fact_write(struct buf *out, const struct policy *p, size_t language, struct str path);

/* As fact_write for the node N of P; false when it has no text. */
bool fact_node(struct buf *out, const struct policy *p, size_t language, const struct node *n);

/* The text at node N of P, a string or a map by language, in LANGUAGE or the default one; empty when N is neither.  P's. */
struct str fact_text(const struct policy *p, size_t language, const struct node *n);

/* The name of the organization ID of P in LANGUAGE; ID itself when it is none.  P's. */
struct str fact_organization(const struct policy *p, size_t language, struct str id);

/* Appends to OUT what WORD is called in LANGUAGE of P; a word without a name stands with blanks for underscores. */
void fact_word(struct buf *out, const struct policy *p, size_t language, struct str word);

#endif
