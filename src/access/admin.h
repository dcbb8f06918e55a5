/*
 * access/admin.h - what is done about the instance and not about a person's values: tokens, policy versions,
 * requests of persons, approvals, and what-if decisions.
 */
#ifndef SEKISHO_ACCESS_ADMIN_H
#define SEKISHO_ACCESS_ADMIN_H

#include "access/approval.h"
#include "access/op.h"
#include "access/request.h"
#include "gate/set.h"
#include "policy/examine.h"
#include "vault/token.h"

/* Makes or revokes a token.  Given: all down to expires.  Made: the rest. */
struct op_token {
	struct op op;
	bool revoke;
	struct str name;
	struct str role; /* id */
	struct uuid person;
	moment expires; /* MOMENT_NONE: never */

	char text[VAULT_TOKEN_TEXT + 1]; /* the token, shown once; the caller wipes it */
	struct vault_token token;
};

/* Makes T ready; the asker, the command line alone, then fills in what is given. */
void op_token_init(struct op_token *t);

/* Publishes a directory as the next version.  Given: dir, texts, findings.  Made: the rest. */
struct op_publish {
	struct op op;
	const char *dir;
	policy_texts *texts;
	struct findings *findings; /* get the policy's */

	uint32_t version;
	moment in_force;
	unsigned char hash[POLICY_HASH];
	struct policy_set *next; /* all versions, this one included, to be swapped in after the commit */
};

/* Makes P ready; the asker then fills in what is given. */
void op_publish_init(struct op_publish *p);

enum request_step { REQUEST_MAKE, REQUEST_IDENTIFY, REQUEST_CLOSE };

/* A step of a person's request.  Given: all down to document.  Made: the rest. */
struct op_request {
	struct op op;
	enum request_step step;
	struct str request;	/* id as sent; not with REQUEST_MAKE */
	enum request_kind kind; /* with REQUEST_MAKE, and the next four */
	struct str subject, by, channel;
	moment received;
	struct str document; /* kind of document, with REQUEST_IDENTIFY */

	struct person_request row;
};

/* Makes R ready for STEP; the asker then fills in what is given. */
void op_request_init(struct op_request *r, enum request_step step);

/* Approves or refuses.  Given: approval, approve.  Made: the rest. */
struct op_approve {
	struct op op;
	struct str approval; /* id as sent */
	bool approve;

	struct approval row;
};

/* Makes A ready; the asker then fills in what is given. */
void op_approve_init(struct op_approve *a);

/* What would be allowed: a decision without data.  Given: all down to joins.  Made: verdict. */
struct op_what_if {
	struct op op;
	enum action action;
	struct str subject;  /* id as sent; empty: nobody in particular */
	struct str category, items;
	struct str set;	     /* id of a de-identified set that would be opened, instead of these; empty: none */
	bool joins;	     /* brought together with what identifies */

	struct gate_set_request asked;
	const struct policy_category *in;
	struct gate_verdict verdict;
};

/* Makes W ready; the asker then fills in what is given. */
void op_what_if_init(struct op_what_if *w);

/* Records COUNT refused calls without a valid token in the minute up to now (kind refused).  Given: count. */
struct op_refused {
	struct op op;
	uint64_t count;
};

/* Makes R ready; the asker then fills in what is given. */
void op_refused_init(struct op_refused *r);

#endif
