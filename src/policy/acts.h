/*
 * policy/acts.h - what a compiled policy says is done with data and by whom:
 * purposes, consents, roles.
 *
 * All of it belongs to its policy; indexes refer to the arrays of struct policy.
 */
#ifndef SEKISHO_POLICY_ACTS_H
#define SEKISHO_POLICY_ACTS_H

#include "policy/held.h"

enum basis_kind { BASIS_ANNOUNCED, BASIS_CONSENT, BASIS_STATUTE };

struct policy_purpose {
	struct str id, was;
	uint32_t number;
	struct policy_text text;
	struct policy_uses *uses; /* by ascending category */
	size_t n_uses;
	enum basis_kind basis;
	int consent;
	struct str statute;
	bool may_object, needs_reason, prohibited;
	bool contacts_person;
	struct str *means; /* contacts_person.by */
	size_t n_means;
	int *stops_after; /* events of `after: {EVENT: stop}` */
	size_t n_stops_after;
	int *related_to; /* purposes */
	size_t n_related_to;
	struct policy_clock keep;
	bool keeps_longer; /* as an item's */
	date observe_until; /* through this date; DATE_NONE when not observed */
	struct place at;
};

struct policy_consent {
	struct str id, was;
	uint32_t number;
	int *purposes; /* its scope; empty when it is for a provision */
	size_t n_purposes;
	struct str provision; /* id under `provision`, or empty */
	struct policy_uses *items; /* items in scope: those that its purposes use, or the provision's */
	size_t n_items;
	int minors_under; /* 0: no rule */
	int birth_category, birth_item; /* POLICY_NONE when not held */
	struct policy_wording wording;
	struct place at;
};

/* What a role may do; the order is the bit in policy_role.may. */
enum action {
	ACTION_READ, ACTION_LOOKUP, ACTION_HISTORY, ACTION_CREATE, ACTION_UPDATE, ACTION_CORRECT, ACTION_IMPORT,
	ACTION_EXPORT, ACTION_PROVIDE, ACTION_ERASE, ACTION_SUSPEND, ACTION_RESUME, ACTION_OBJECT, ACTION_HOLD,
	ACTION_RELEASE, ACTION_CONSENT, ACTION_EVENT, ACTION_CLAIM, ACTION_APPROVE, ACTION_PUBLISH, ACTION_TRACE,
	ACTION_DEIDENTIFY, ACTION_AUDIT, ACTIONS
};

enum role_kind { ROLE_APPLICATION, ROLE_STAFF, ROLE_PARTNER, ROLE_PERSON, ROLE_AGENT, ROLE_SYSTEM, ROLE_KINDS };

/* Kinds of a person's request; the order is the bit in policy_role.answers. */
enum request_kind {
	REQUEST_NOTIFY_PURPOSE, REQUEST_DISCLOSE, REQUEST_DISCLOSE_PROVISION_RECORDS, REQUEST_CORRECT, REQUEST_ADD,
	REQUEST_DELETE, REQUEST_SUSPEND_USE, REQUEST_ERASE, REQUEST_SUSPEND_PROVISION, REQUEST_KINDS
};

struct policy_approval {
	enum action action;
	int by; /* role */
	bool has_length;
	struct duration length;	   /* `for`; without it, once */
	struct policy_uses *items; /* only for these; n 0: for all */
	size_t n_items;
};

struct policy_role {
	struct str id, was;
	uint32_t number;
	enum role_kind kind;
	int *purposes;
	size_t n_purposes;
	uint32_t may; /* bit per enum action */
	struct policy_uses *collects;
	size_t n_collects;
	uint32_t answers; /* bit per enum request_kind */
	uint64_t requests_per_second, persons_per_hour; /* 0: no limit */
	struct policy_approval *approvals;
	size_t n_approvals;
	struct str organization; /* of a partner */
	int *sets; /* pseudonymized sets that it may open: indexes of policy->derived */
	size_t n_sets;
	struct place at;
};

#endif
