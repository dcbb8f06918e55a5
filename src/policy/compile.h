/*
 * policy/compile.h - what the passes of the compiler share; for policy/ alone.
 *
 * The passes run in this order over one `struct compile`: shape_check walks the
 * nodes along the table of keys and resolves every name; the build_ functions
 * make the plain arrays of policy.h, leaving out what the first pass reported;
 * text_ reads wordings, statement and decisions; the check_ functions look at
 * what the policy means.  All report to the same findings, so that one run finds
 * everything.
 */
#ifndef SEKISHO_POLICY_COMPILE_H
#define SEKISHO_POLICY_COMPILE_H

#include "policy/keys.h"
#include "policy/policy.h"
#include "policy/set.h"
#include "policy/source.h"

struct compile {
	struct policy *p;
	struct arena *a; /* the policy's */
	const struct source *files;
	struct findings *f;
	const struct policy_set *set; /* the versions before, or NULL */
	bool broken;	/* names or values were wrong: what is missing because of them is not reported again */
	bool no_memory; /* set once, ends the compilation */
};

/*
 * Compiles FILES as policy_compile does, findings to F and the policy to *OUT;
 * nothing of FILES is kept.  Fails with out_of_memory.
 */
result policy_compile_source(const struct source *files, struct findings *f, struct policy **out, struct error *e);

/*
 * Compiles FILES, which were checked when they were published, into *OUT, the
 * caller's to free: nothing is checked again, so that a later program with more
 * checks still reads them.  Fails with database when they are no policy,
 * out_of_memory.
 */
result policy_compile_stored(const struct source *files, struct policy **out, struct error *e);

/* Walks the whole of C's policy.yaml along the table of keys, and its decisions. */
void shape_check(struct compile *c);

/* COUNT objects of SIZE from C's arena, or NULL with no_memory set.  The arena's. */
void *compile_array(struct compile *c, size_t count, size_t size);

/* Where N itself is named: its key, or its first character; the file when a broken policy has no N. */
static inline struct place node_place(const struct node *n)
{
	if (!n)
		return (struct place){"policy.yaml", 1, 1};
	return n->key.p ? n->key_at : n->at;
}

/* Reads the languages of C's policy, which the first pass needs. */
void build_languages(struct compile *c);

/* Fill C's policy: its dates, then the ids of all that is declared, then what they are. */
void build_head(struct compile *c);
void build_names(struct compile *c);
void build_data(struct compile *c);
void build_acts(struct compile *c);
void build_sharing(struct compile *c);

/* Reads the section of a set of items, {category: all | [items]}, of node N into *USES and *N_USES. */
void build_items(struct compile *c, const struct node *n, struct policy_uses **uses, size_t *n_uses);

/* Reads the clock at node N (NULL: none) into *CLOCK. */
void build_clock(struct compile *c, const struct node *n, struct policy_clock *clock);

/* Reads the text at node N (NULL: none) into *TEXT. */
void build_text(struct compile *c, const struct node *n, struct policy_text *text);

/* Reads the list of purposes at node N (NULL: none) into *LIST and *COUNT. */
void build_purposes(struct compile *c, const struct node *n, int **list, size_t *count);

/* Reads the list of strings at node N (NULL: none) into *LIST and *COUNT. */
void build_strings(struct compile *c, const struct node *n, struct str **list, size_t *count);

/* Reads S as a decimal number ([-]digits[.digits]) into *OUT; false when it is none. */
bool build_number(struct str s, double *out);

/* The date of the scalar under KEY of MAP, or DATE_NONE. */
date build_date(const struct node *map, const char *key);

/* Reads the wordings of notices and consents, the statement, and decisions. */
void text_wordings(struct compile *c);
void text_statement(struct compile *c);

/* True when all of C's languages have a file NAME.<language>.md; reports those that lack at AT. */
bool text_files(struct compile *c, struct str name, struct place at);

/* What the policy means: each looks at one part. */
void check_head(struct compile *c);
void check_items(struct compile *c);
void check_channels(struct compile *c);
void check_purposes(struct compile *c);
void check_roles(struct compile *c);
void check_sharing(struct compile *c);
void check_requests(struct compile *c);
void check_texts(struct compile *c);
void check_wording(struct compile *c);

/* What enacted law that is not yet in force will ask of C's policy. */
void check_pending(struct compile *c);

/* Notes in C's findings what was looked at; PENDING: law that is not yet in force, too. */
void check_record(struct compile *c, bool pending);

/* Takes out the questions that C's decisions answer. */
void check_answers(struct compile *c);

#endif
