/*
 * policy/outline.h - a first draft of a policy from a statement that a company has.
 *
 * A statement as HTML or plain text is taken apart into headings, list items and
 * paragraphs; what a heading speaks of decides under which key its items belong.
 * Everything is a guess and is marked as one: a person goes through the draft
 * before it is anything.  Input is taken as it comes: broken HTML or bytes that
 * are no UTF-8 give a worse draft, never a failure.
 */
#ifndef SEKISHO_POLICY_OUTLINE_H
#define SEKISHO_POLICY_OUTLINE_H

#include "base/arena.h"
#include "base/result.h"
#include "base/str.h"

enum { OUTLINE_BLOCKS = 20000, OUTLINE_BYTES = 4 * 1024 * 1024 };

enum outline_kind { OUTLINE_HEADING, OUTLINE_ITEM, OUTLINE_PARAGRAPH };

/* A piece of the statement. */
struct outline_block {
	enum outline_kind kind;
	int level; /* of a heading: 1 a chapter, 2 a part of one */
	uint32_t line;
	struct str text;
	const char *key; /* where it belongs ("joint_use.group.items"); NULL: nowhere known.  Static. */
};

struct outline {
	struct arena *a;
	struct outline_block *blocks;
	size_t n, cap;
	bool ja;
	bool failed; /* memory ran out */
};

/* Takes TEXT (HTML when HTML, else plain) apart into *OUT, in the arena A.  Fails with too_large, out_of_memory. */
result outline_read(struct arena *a, struct str text, bool html, struct outline *out, struct error *e);

/* Appends D as a policy.yaml with `# guess:` beside each guess to B. */
void outline_write_policy(const struct outline *d, struct buf *b);

/* Appends D as a statement of clauses with anchors to B. */
void outline_write_statement(const struct outline *d, struct buf *b);

#endif
