/*
 * policy/policy.h - a compiled policy: what one version of a policy directory says.
 *
 * policy_compile reads a directory (policy.yaml, statement, wordings,
 * decisions), checks it, and gives a `struct policy`: plain arrays that refer
 * to each other by index, everything in one arena, nothing changed afterwards.
 * A version that was published also carries the stable numbers of the name
 * registry, which mean the same in every version; the gate compares versions by
 * number, never by index.
 *
 * Ownership: all that hangs on a policy is the policy's and lives until
 * policy_free.  Threads: a compiled policy is read-only and may be shared.
 *
 * The vocabulary is docs/policy-language.md; keys that have no field here are kept
 * as nodes with their positions: node_at(policy->root, path).
 */
#ifndef SEKISHO_POLICY_POLICY_H
#define SEKISHO_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/result.h"
#include "base/str.h"
#include "policy/acts.h"
#include "policy/finding.h"
#include "policy/held.h"
#include "policy/node.h"
#include "policy/sharing.h"

/* One clause of the statement: its anchor and the facts that it rests on. */
struct policy_clause {
	struct str anchor;
	struct policy_text title;
	struct str *keeps; /* fact paths such as "purposes.billing" */
	size_t n_keeps;
	unsigned char hash[POLICY_HASH]; /* of its text in all languages, to tell whether it changed */
	struct place at;
};

struct policy {
	struct arena arena;
	const struct node *root;      /* policy.yaml as read, with positions */
	const struct node *decisions; /* decisions.yaml as read, or NULL */

	struct str id;
	struct str languages[POLICY_LANGUAGES];
	size_t n_languages;
	int default_language;
	date established, revised, effective;
	int zone; /* minutes east of UTC */
	struct str zone_name;
	date law;

	struct policy_category *categories; size_t n_categories;
	struct policy_channel *channels; size_t n_channels;
	struct policy_notice *notices; size_t n_notices;
	struct policy_event *events; size_t n_events;
	struct policy_purpose *purposes; size_t n_purposes;
	struct policy_consent *consents; size_t n_consents;
	struct policy_role *roles; size_t n_roles;
	struct policy_arrangement *arrangements; size_t n_arrangements;
	struct policy_exception *exceptions; size_t n_exceptions;
	struct policy_derived *derived; size_t n_derived;
	struct policy_clause *clauses; size_t n_clauses;
	uint32_t requests; /* bit per enum request_kind: kinds that the policy grants */
	int *task_purposes; size_t n_task_purposes; /* individual_numbers.tasks */

	/* policy.history: what was promised before the first published version; legacy data is bound to it */
	struct policy_promise {
		date from, until;
		int *purposes;
		size_t n_purposes;
	} *history;
	size_t n_history;

	/* set for a published version, else 0 */
	uint32_t version;
	moment published;
	moment in_force; /* from then on: start of `effective`, or publication if later */
	unsigned char hash[POLICY_HASH]; /* SHA-256 of the frozen files */
};

/*
 * Reads the policy directory DIR and checks its facts, wordings and decisions, but
 * not how texts are written, which policy/examine.h does too.  Gives in *OUT the compiled policy,
 * the caller's to free with policy_free, or NULL when there are errors; in
 * either case all findings go to F, in order of position.
 * Fails only for what is no finding: io, out_of_memory.
 */
result policy_compile(const char *dir, struct findings *f, struct policy **out, struct error *e);

/* Frees P and all that hangs on it; NULL is nothing. */
void policy_free(struct policy *p);

/* The index of the thing of P (item of C) with the id ID, or POLICY_NONE; an arrangement's has its section: "joint_use.group". */
int policy_category_find(const struct policy *p, struct str id);
int policy_item_find(const struct policy_category *c, struct str id);
int policy_channel_find(const struct policy *p, struct str id);
int policy_notice_find(const struct policy *p, struct str id);
int policy_event_find(const struct policy *p, struct str id);
int policy_purpose_find(const struct policy *p, struct str id);
int policy_consent_find(const struct policy *p, struct str id);
int policy_role_find(const struct policy *p, struct str id);
int policy_arrangement_find(const struct policy *p, struct str id);
int policy_exception_find(const struct policy *p, struct str id);
int policy_derived_find(const struct policy *p, struct str id);

/* The role of P (NULL: none) with this registry number, or NULL.  P's. */
const struct policy_role *policy_role_numbered(const struct policy *p, uint32_t number);

/*
 * The anchor of the clause that keeps the fact at PATH ("purposes.billing",
 * "categories.customer.keep"), or of the nearest fact around it; empty when no
 * clause does.  The policy's.
 */
struct str policy_clause_of(const struct policy *p, struct str path);

/* The text T of P in the language LANGUAGE (an index), or in the default language.  The policy's. */
struct str policy_text_in(const struct policy *p, const struct policy_text *t, int language);

/* The name of A, R, K, T or C as the language writes it ("read", "application", "disclose", "phone", "oral").  Static. */
const char *action_name(enum action a);
const char *role_kind_name(enum role_kind r);
const char *request_kind_name(enum request_kind k);
const char *item_type_name(enum item_type t);
const char *channel_kind_name(enum channel_kind c);

/* Reads the name S into *OUT; false when there is no such action (kind of request). */
bool action_parse(struct str s, enum action *out);
bool request_kind_parse(struct str s, enum request_kind *out);

#endif
