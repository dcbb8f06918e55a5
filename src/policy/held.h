/*
 * policy/held.h - what a compiled policy says is held and how it comes in: texts,
 * wordings, clocks, items, categories, channels, notices, events.
 *
 * All of it belongs to its policy; indexes refer to the arrays of struct policy.
 */
#ifndef SEKISHO_POLICY_HELD_H
#define SEKISHO_POLICY_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "base/str.h"
#include "policy/finding.h"

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
	bool keeps_longer; /* decided: this version's clock also holds for what was acquired under earlier ones (T1) */
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

#endif
