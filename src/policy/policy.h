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
#include "policy/finding.h"
#include "policy/node.h"

enum {
	POLICY_LANGUAGES = 8, /* languages of one policy at the most */
	POLICY_HASH = 32,     /* SHA-256 */
	POLICY_NONE = -1,     /* an index that names nothing */
};

/* A text in the policy's languages, in the order of policy->languages; {NULL, 0} where there is none. */
struct policy_text {
	struct str in[POLICY_LANGUAGES];
};

/* A wording that people are shown: its text and SHA-256 by language, and since when it reads so. */
struct policy_wording {
	struct str text[POLICY_LANGUAGES];
	unsigned char hash[POLICY_LANGUAGES][POLICY_HASH];
	bool has[POLICY_LANGUAGES];
	uint32_t version; /* policy version in which text, purposes or scope last changed; 0 before publication */
};

/* Items of one category: bit i is the category's item i. */
struct policy_uses {
	int category;
	uint64_t *items; /* BITS_WORDS(n_items of that category) words */
};

/* How long something is kept: a duration from an event. */
struct policy_clock {
	bool set;
	struct duration length;
	int event;			/* index; POLICY_NONE: from acquisition */
	struct policy_clock *otherwise; /* `else`: counts while the event has neither happened nor been cancelled */
	struct str law;
	struct policy_text reason;
};

enum item_type {
	ITEM_TEXT, ITEM_LONG_TEXT, ITEM_NAME, ITEM_ADDRESS, ITEM_PHONE, ITEM_EMAIL, ITEM_CODE, ITEM_DATE,
	ITEM_DATETIME, ITEM_NUMBER, ITEM_PERSON, ITEM_LIST, ITEM_FILE, ITEM_BANK_ACCOUNT, ITEM_CARD,
	ITEM_INDIVIDUAL_NUMBER, ITEM_TYPES
};

enum data_class {
	DATA_ORDINARY, DATA_SPECIAL_CARE, DATA_PROPERTY, DATA_INDIVIDUAL_NUMBER,
	DATA_COMMUNICATION_SECRET, DATA_REFERABLE, DATA_CLASSES
};

enum ground_kind { GROUND_NONE, GROUND_CONSENT, GROUND_STATUTE };

struct policy_item {
	struct str id;
	struct str was; /* earlier id, or empty */
	uint32_t number; /* registry, kind "item", name "category.item" */
	enum item_type type;
	enum data_class class_;
	bool required, lookup, unique, many;
	bool direct, quasi; /* identifies */
	struct policy_text label;
	struct policy_clock keep; /* instead of the category's */
	enum ground_kind acquire;
	int acquire_consent;
	bool acquire_by_conduct;
	int acquire_notice;
	struct str acquire_statute;
	int person_of;		  /* category of type person, else POLICY_NONE */
	enum item_type list_of;	  /* of type list */
	bool has_min, has_max;
	double min, max;
	struct str *values; /* of type code: the ids allowed */
	size_t n_values;
	struct str *media; /* of type file */
	size_t n_media;
	struct place at;
};

/* A channel of a category, with the notice that the category names for it. */
struct policy_category_channel {
	int channel;
	int notice; /* POLICY_NONE: the channel's own */
};

struct policy_at_least {
	bool set;
	struct policy_clock clock;
	uint64_t *items; /* NULL: all */
};

struct policy_entrusted {
	bool set;
	struct str by, task;
	int *purposes;
	size_t n_purposes;
};

struct policy_category {
	struct str id, was;
	uint32_t number;
	struct policy_text people;
	struct policy_item *items;
	size_t n_items;
	int external_id; /* item index or POLICY_NONE */
	struct policy_category_channel *channels;
	size_t n_channels;
	struct policy_clock keep;
	struct policy_at_least at_least;
	struct policy_entrusted entrusted;
	struct place at;
};

enum channel_kind {
	CHANNEL_ORAL, CHANNEL_FORM, CHANNEL_DOCUMENT, CHANNEL_MESSAGE, CHANNEL_DEVICE, CHANNEL_THIRD_PARTY,
	CHANNEL_JOINT_USE, CHANNEL_LEGACY, CHANNEL_SUCCESSION, CHANNEL_KINDS
};

struct policy_channel {
	struct str id, was;
	uint32_t number;
	enum channel_kind kind;
	bool written;
	int notice; /* the channel's own, or POLICY_NONE */
	int *purposes;
	size_t n_purposes;
	date before; /* legacy; DATE_NONE when not said */
	struct place at;
};

struct policy_notice {
	struct str id, was;
	uint32_t number;
	bool told; /* told or posted, not shown per person */
	int *purposes;
	size_t n_purposes;
	struct policy_text voluntary;
	struct policy_wording wording;
	struct place at;
};

struct policy_event {
	struct str id, was;
	uint32_t number;
	int cancelled_by; /* event or POLICY_NONE */
	struct place at;
};

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

enum arrangement_kind { ARRANGEMENT_JOINT_USE, ARRANGEMENT_OUTSOURCING, ARRANGEMENT_PROVISION, ARRANGEMENT_KINDS };

enum provision_basis { PROVISION_CONSENT, PROVISION_STATUTE, PROVISION_OPT_OUT, PROVISION_SUCCESSION };

enum foreign_basis { FOREIGN_NONE, FOREIGN_CONSENT, FOREIGN_EQUAL_COUNTRY, FOREIGN_EQUAL_SYSTEM, FOREIGN_LAW };

/* Who receives: a party of a joint use, a processor, a recipient. */
struct policy_party {
	struct str organization; /* id; empty when the recipient is a class that the consent names */
	date from, until;	 /* both included; DATE_NONE: open */
	bool abroad;		 /* its country is not the controller's */
	enum foreign_basis foreign;
};

/* Who may receive what for which purpose (T10). */
struct policy_arrangement {
	enum arrangement_kind kind;
	struct str id; /* with its section: "joint_use.group"; so also in the registry */
	struct str was;
	uint32_t number; /* registry, kind "arrangement" */
	struct policy_party *parties;
	size_t n_parties;
	int *purposes;
	size_t n_purposes;
	struct policy_uses *items;
	size_t n_items;
	enum provision_basis basis; /* of a provision */
	int consent;
	struct str statute;
	struct policy_text recipient_class; /* `recipient: {class: …, named_by: consent}` */
	struct duration review;		    /* of a processor: `review.every`; zero when not said */
	struct place at;
};

enum { COVERS_USE = 1, COVERS_PROVIDE = 2, COVERS_ACQUIRE = 4 };

/* A ground of 18(3), 20(2) or 27(1) that this company opens (T11). */
struct policy_exception {
	struct str id, was;
	uint32_t number;
	unsigned covers;			  /* COVERS_ bits */
	struct str law_use, law_provide, law_acquire; /* articles such as "27-1-1"; empty when not covered */
	unsigned opens;				  /* bit per enum data_class */
	struct str *facts;
	size_t n_facts;
	bool recipient_stated;
	int approver; /* role, or POLICY_NONE */
	bool has_afterwards;
	struct duration afterwards; /* runs from the claim, closed unless approved in this time */
	struct duration length;
	struct place at;
};

/* A de-identified set (T13). */
struct policy_derived {
	struct str id; /* unique over both sections of `deidentified` */
	struct str was;
	uint32_t number; /* registry, kind "derived" */
	bool pseudonymized;
	int from;	 /* category */
	uint64_t *items; /* that its output has */
	int *purposes;	 /* of a pseudonymized set */
	size_t n_purposes;
	struct place at;
};

/* One clause of the statement: its anchor and the facts that it rests on. */
struct policy_clause {
	struct str anchor;
	struct policy_text title;
	struct str *keeps; /* fact paths such as "purposes.billing" */
	size_t n_keeps;
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
 * Reads and checks the policy directory DIR.  Gives in *OUT the compiled policy,
 * the caller's to free with policy_free, or NULL when there are errors; in
 * either case all findings go to F, in order of position.
 * Fails only for what is no finding: io, out_of_memory.
 */
result policy_compile(const char *dir, struct findings *f, struct policy **out, struct error *e);

/* Frees P and all that hangs on it; NULL is nothing. */
void policy_free(struct policy *p);

/* The index of the thing with this id, or POLICY_NONE. */
int policy_category_find(const struct policy *p, struct str id);
int policy_item_find(const struct policy_category *c, struct str id);
int policy_channel_find(const struct policy *p, struct str id);
int policy_notice_find(const struct policy *p, struct str id);
int policy_event_find(const struct policy *p, struct str id);
int policy_purpose_find(const struct policy *p, struct str id);
int policy_consent_find(const struct policy *p, struct str id);
int policy_role_find(const struct policy *p, struct str id);
int policy_arrangement_find(const struct policy *p, struct str id); /* "joint_use.group" */
int policy_exception_find(const struct policy *p, struct str id);
int policy_derived_find(const struct policy *p, struct str id);

/*
 * The anchor of the clause that keeps the fact at PATH ("purposes.billing",
 * "categories.customer.keep"), or of the nearest fact around it; empty when no
 * clause does.  The policy's.
 */
struct str policy_clause_of(const struct policy *p, struct str path);

/* The text in the language LANGUAGE (an index), or in the default language. */
struct str policy_text_in(const struct policy *p, const struct policy_text *t, int language);

/* The name of A, R, K, T or C as the language writes it ("read", "application", "disclose", "phone", "oral").  Static. */
const char *action_name(enum action a);
const char *role_kind_name(enum role_kind r);
const char *request_kind_name(enum request_kind k);
const char *item_type_name(enum item_type t);
const char *channel_kind_name(enum channel_kind c);

/* Reads a name into *OUT; false when there is no such action (kind of request). */
bool action_parse(struct str s, enum action *out);
bool request_kind_parse(struct str s, enum request_kind *out);

#endif
