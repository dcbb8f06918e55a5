/*
 * policy/sharing.h - what a compiled policy says may leave, be derived, or be
 * opened by exception.
 *
 * All of it belongs to its policy; indexes refer to the arrays of struct policy.
 */
#ifndef SEKISHO_POLICY_SHARING_H
#define SEKISHO_POLICY_SHARING_H

#include "policy/acts.h"

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

/* The ways in which a pseudonymized set may leave, in the order of words_leaves_by. */
enum { LEAVES_OUTSOURCING = 1, LEAVES_STATUTE = 2, LEAVES_SUCCESSION = 4, LEAVES_JOINT_USE = 8 };

/* What becomes of a column's values. */
enum output_kind {
	OUTPUT_NOTHING, /* nothing that can be made; only of versions published before the checker refused it */
	OUTPUT_KEEP,
	OUTPUT_SHIFT,  /* a date, moved by the person's days */
	OUTPUT_TO,     /* a date, to its month, quarter, year or decade */
	OUTPUT_BANDS,  /* a number, to its band */
	OUTPUT_DIGITS, /* the first characters */
	OUTPUT_LEVEL,  /* what a hierarchy file has above the value */
};

/* A line of a hierarchy file: a value, and what it is written as. */
struct policy_leaf {
	struct str value, label;
};

/* A column of a set, with its treatment as read in one place for all (policy/build_output.c). */
struct policy_output {
	int item; /* of the set's category */
	enum output_kind kind;
	struct str to;			/* of OUTPUT_TO: "year" */
	struct str bands, bottom, top;	/* of OUTPUT_BANDS, as written; bottom and top may be empty */
	uint32_t digits;		/* of OUTPUT_DIGITS */
	struct str file;		/* of OUTPUT_LEVEL: name of the hierarchy file, */
	uint32_t level;			/* the field of its lines that is written, from 1, */
	unsigned char hash[POLICY_HASH]; /* SHA-256 of the file, */
	struct policy_leaf *leaves;	/* and its lines, by value */
	size_t n_leaves;
	uint32_t l;   /* different values that a class has at least; 0: not asked for */
	struct str t; /* greatest distance of a class's distribution from the whole one's; empty: not asked for */
};

struct node; /* policy/node.h */

/* Reads what N, a column of a set's `output`, says becomes of its values into *OUT; a hierarchy file is not read. */
void policy_output_read(const struct node *n, struct policy_output *out);

/* A de-identified set (T13). */
struct policy_derived {
	struct str id; /* unique over both sections of `deidentified` */
	struct str was;
	uint32_t number; /* registry, kind "derived" */
	bool pseudonymized;
	int from;	 /* category */
	uint64_t *items; /* that its output has */
	struct policy_output *outputs; /* the same, in the order of the category */
	size_t n_outputs;
	uint32_t k; /* of an anonymized set: its smallest class; 0 when not said */
	int *purposes;	 /* of a pseudonymized set */
	size_t n_purposes;
	unsigned leaves_by; /* LEAVES_ bits, of a pseudonymized set */
	struct duration keep; /* of a pseudonymized set: how long a run of it, from its creation */
	struct str *recipients; /* of an anonymized set: organizations that it may be provided to */
	size_t n_recipients;
	struct str *deliver; /* likewise: the means by which */
	size_t n_deliver;
	struct duration every; /* likewise: how often it is made; zero when not said */
	struct place at;
};

#endif
