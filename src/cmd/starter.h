/*
 * cmd/starter.h - the files of a first policy, made of a company's answers.
 *
 * They are the templates of templates/start, filled in and laid out.  What
 * answers_read took without a finding gives a policy in which `policy check`
 * finds nothing.
 */
#ifndef SEKISHO_CMD_STARTER_H
#define SEKISHO_CMD_STARTER_H

#include "base/arena.h"
#include "base/result.h"
#include "policy/node.h"
#include "web/asset.h"

struct starter_file {
	const char *path; /* "notices/customers.ja.md" */
	struct str text;
};

enum { STARTER_FILES = 32 };

/* The files of templates/start, made by script/embed. */
extern const struct web_asset web_start[];
extern const size_t web_start_count;

/*
 * Makes the files that ANSWERS ask for, in arena A, into OUT (at most
 * STARTER_FILES) and their number into *N.  Comments are in Japanese or English,
 * as JAPANESE says; the wordings are in both.  Fails with out_of_memory.
 */
result starter_make(struct arena *a, const struct node *answers, bool japanese, struct starter_file *out, size_t *n,
		    struct error *e);

#endif
