/*
 * evidence/entry.h - the canonical JSON of an entry, written and scanned.
 *
 * The keys stand in a fixed order, without spaces: v, t, kind, actor, role,
 * purpose, category, items, withheld, result, policy, request, nonce, then
 * subject (or subjects, of a look-up), then the kind's own facts in the order of
 * facts.def.  v, t, kind and nonce are always there; what has no value is left
 * out.  docs/formats-log.md says which kind has what.
 *
 * An entry never holds a personal value, a name, or what someone typed; who it is
 * about stands in it only as MACs (subject) that the vault makes.
 *
 * Ownership: everything given is borrowed for the call.  Pure.
 */
#ifndef SEKISHO_EVIDENCE_ENTRY_H
#define SEKISHO_EVIDENCE_ENTRY_H

#include "base/clock.h"
#include "base/str.h"

enum entry_kind {
	ENTRY_NONE, /* no kind: what entry_kind_of gives for an unknown name */
#define X(id, name) id,
#include "evidence/kinds.def"
#undef X
	ENTRY_KINDS
};

enum entry_fact_key {
#define X(id, name, type) id,
#include "evidence/facts.def"
#undef X
	ENTRY_FACTS
};

enum { ENTRY_NONCE = 16, ENTRY_SUBJECT = 16 };

/* One fact; which member holds it, its key's type in facts.def says. */
struct entry_fact {
	enum entry_fact_key key;
	struct str text; /* TEXT; BYTES: the bytes themselves */
	int64_t number;	 /* NUMBER; TIME: a moment */
	const struct uuid *uuid;
};

struct entry_withheld {
	struct str item;
	struct str code;
};

struct entry {
	moment t;
	enum entry_kind kind;
	int64_t policy;	 /* version; 0 is left out */
	struct str actor; /* a number of a registry, such as "a7" */
	struct str role;
	struct str purpose;
	struct str category;
	struct str result; /* ok, partial, denied */
	const struct str *items;
	size_t item_count;
	const struct entry_withheld *withheld;
	size_t withheld_count;
	const struct uuid *request; /* NULL is left out */
	unsigned char nonce[ENTRY_NONCE];
	const unsigned char (*subjects)[ENTRY_SUBJECT];
	size_t subject_count; /* 1 is written as subject, more, or a look-up's, as subjects */
	const struct entry_fact *facts; /* each key once, in any order */
	size_t fact_count;
};

/* Appends E as JSON to B. */
void entry_write(struct buf *b, const struct entry *e);

/* The name of KIND.  Static. */
const char *entry_kind_name(enum entry_kind kind);

/* The kind called NAME, or ENTRY_NONE. */
enum entry_kind entry_kind_of(struct str name);

/* What a scan finds: values as they stand in the entry, without the quotes of text; empty when left out. */
struct entry_view {
	enum entry_kind kind;
	struct str t;
	struct str actor;
	struct str role;
	struct str purpose;
	struct str category;
	struct str items;    /* the array */
	struct str withheld; /* the object */
	struct str result;
	struct str policy;
	struct str request;
	struct str nonce;
	struct str subject;
	struct str facts;     /* from the first one's key to the closing brace */
	size_t subject_count; /* in subject and subjects */
};

/*
 * Scans TEXT into *OUT, which points into it; false unless it is an entry of a
 * known kind in the form above.
 */
bool entry_scan(struct str text, struct entry_view *out);

#endif
