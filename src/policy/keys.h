/*
 * policy/keys.h - the one table of the language's keys.
 *
 * Every key of policy.yaml and decisions.yaml stands here once, with its form,
 * type, whether it is required, what it means in English and Japanese, the law
 * behind it and an example.  The checker walks a file along this table; manual,
 * schema and "did you mean" come from it too.  All of it is constant.
 */
#ifndef SEKISHO_POLICY_KEYS_H
#define SEKISHO_POLICY_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/finding.h"

/* How the value is put together. */
enum key_form {
	FORM_ONE,     /* one value of the type */
	FORM_LIST,    /* a list of such values */
	FORM_IDS,     /* a map that declares ids: id -> value */
	FORM_BY_WORD, /* a map whose keys are of `key_words` */
	FORM_BY_REF,  /* a map whose keys name things of kind `key_ref` */
	FORM_CODES,   /* a map whose keys are any short text */
};

enum key_type {
	TYPE_MAP,      /* a map of `keys` */
	TYPE_TEXT,     /* a text for people: a string, or a map by language */
	TYPE_STRING,   /* a string that is not empty */
	TYPE_ID,       /* a word of the form of ids, from an open list */
	TYPE_WORD,     /* one of `words` */
	TYPE_TRUTH,    /* true or false */
	TYPE_COUNT,    /* a whole number from `min` to `max` */
	TYPE_NUMBER,   /* a decimal number */
	TYPE_DATE,     /* YYYY-MM-DD */
	TYPE_DURATION, /* ISO 8601, longer than nothing */
	TYPE_ZONE,     /* UTC, Asia/Tokyo or a fixed offset */
	TYPE_COUNTRY,  /* ISO 3166-1, two capitals */
	TYPE_LANGUAGE, /* ja, en, … */
	TYPE_REF,      /* the id of something of kind `ref`, or one of `words` */
	TYPE_ITEMS,    /* category -> all, or a list of items and groups */
	TYPE_FILE,     /* a wording: path without ".<language>.md" */
};

/* What a reference names. */
enum ref_kind {
	REF_NONE, REF_ORGANIZATION,
	REF_ENTITY, /* an organization under the policy: the controller, or one of policy.entities */
	REF_DESK, REF_CERTIFIED_BODY, REF_SERVICE, REF_EVENT, REF_NOTICE, REF_CHANNEL,
	REF_CATEGORY, REF_PURPOSE, REF_CONSENT, REF_ROLE, REF_JOINT_USE, REF_PROVISION, REF_DERIVED,
	REF_OWN_ITEM, /* an item of the category that it stands in (or that the set is made from) */
	REF_ITEM,     /* "category.item" */
	REF_KINDS
};

enum key_flags {
	KEY_REQUIRED = 1,
	KEY_OR_ALL = 2,	 /* or the word `all` */
	KEY_OR_ONE = 4,	 /* a list of one may be written without the brackets */
	KEY_OR_WORD = 8, /* or one of `words` instead of the form */
	KEY_GROUPS = 16, /* own items: a group's name too */
};

struct key {
	const char *name; /* NULL ends a list of keys */
	enum key_form form;
	enum key_type type;
	unsigned flags;
	enum finding_code missing;	   /* when required and missing; 0: missing-key */
	const struct key *keys;		   /* of TYPE_MAP */
	const struct key *each;		   /* FORM_IDS, _BY_WORD, _BY_REF, _CODES: form and type of one value, instead of `type` */
	const struct key *other;	   /* another shape that the value may have, when its node is of another kind */
	const char *const *words;
	const char *const *key_words;
	enum ref_kind ref, key_ref;
	const char *noun;		   /* FORM_IDS: what one of them is called in messages */
	uint32_t min, max;		   /* TYPE_COUNT; FORM_IDS: max is the most of them, 0: no bound */
	const char *en, *ja;
	const char *law;
	const char *example;
};

/* The keys of policy.yaml. */
extern const struct key keys_policy[];

/* One entry of the list that decisions.yaml is. */
extern const struct key keys_decision[];

/* The keys of a clock, {for, from, else, law, reason}. */
extern const struct key keys_clock[];

/* What things of kind KIND are called ("purpose").  Static. */
const char *ref_noun(enum ref_kind kind);

/* The finding for a reference of KIND that names nothing declared. */
enum finding_code ref_unknown(enum ref_kind kind);

/* The section that declares things of KIND by id ("purposes"), or NULL for those declared otherwise.  Static. */
const char *ref_section(enum ref_kind kind);

/* The key NAME of the list KEYS, or NULL.  Static. */
const struct key *key_find(const struct key *keys, struct str name);

#endif
