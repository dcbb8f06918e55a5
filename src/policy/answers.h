/*
 * policy/answers.h - what a company says when it begins a policy, as a YAML file.
 *
 * The keys are described by a table like those of the language itself, so that an
 * answer that is wrong is found with its place and with what would be right.
 */
#ifndef SEKISHO_POLICY_ANSWERS_H
#define SEKISHO_POLICY_ANSWERS_H

#include "base/result.h"
#include "policy/node.h"
#include "policy/source.h"

/* The words of the answers `people`, `channels`, `purposes`, `marketing` and of the keys of `outsourcing`; NULL ends each. */
extern const char *const answers_people[];
extern const char *const answers_channels[];
extern const char *const answers_purposes[];
extern const char *const answers_marketing[];
extern const char *const answers_outsourcing[];

/*
 * Reads the answers in FILE (whose name lives as long as they do) into *OUT, a map
 * and arena A's; findings go to F, and *OUT is NULL when there are any that leave
 * nothing to look at.  With PART, keys that are missing and answers that need each
 * other are not asked for.  Fails with out_of_memory.
 */
result answers_read(struct arena *a, const struct source_file *file, bool part, struct findings *f, const struct node **out,
		    struct error *e);

/* Appends to B a file of answers in which everything is said, with a comment on each key in Japanese or English. */
void answers_example(struct buf *b, bool japanese);

/* True when the list under KEY of ANSWERS has WORD. */
bool answers_has(const struct node *answers, const char *key, const char *word);

#endif
